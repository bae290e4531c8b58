/* SPDX-License-Identifier: MIT */
/* memory.c - memory of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
