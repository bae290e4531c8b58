/* SPDX-License-Identifier: MIT */
/* thread.c - thread of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
