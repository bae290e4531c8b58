/* SPDX-License-Identifier: MIT */
/* stdio_print.c - stdio_print of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
