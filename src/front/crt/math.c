/* SPDX-License-Identifier: MIT */
/* math.c - math of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
