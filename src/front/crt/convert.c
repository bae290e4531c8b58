/* SPDX-License-Identifier: MIT */
/* convert.c - convert of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
