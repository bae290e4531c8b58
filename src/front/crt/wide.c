/* SPDX-License-Identifier: MIT */
/* wide.c - wide of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
