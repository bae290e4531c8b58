/* SPDX-License-Identifier: MIT */
/* environ.c - environ of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
