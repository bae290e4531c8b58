/* SPDX-License-Identifier: MIT */
/* time.c - time of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
