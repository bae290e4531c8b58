/* SPDX-License-Identifier: MIT */
/* stdio_file.c - stdio_file of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
