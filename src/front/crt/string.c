/* SPDX-License-Identifier: MIT */
/* string.c - string of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
