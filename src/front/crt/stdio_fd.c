/* SPDX-License-Identifier: MIT */
/* stdio_fd.c - stdio_fd of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
