/* SPDX-License-Identifier: MIT */
/* signal.c - signal of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
