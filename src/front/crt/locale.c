/* SPDX-License-Identifier: MIT */
/* locale.c - locale of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
