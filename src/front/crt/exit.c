/* SPDX-License-Identifier: MIT */
/* exit.c - exit of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
