/* SPDX-License-Identifier: MIT */
/* stdio_scan.c - stdio_scan of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
