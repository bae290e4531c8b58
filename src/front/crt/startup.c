/* SPDX-License-Identifier: MIT */
/* startup.c - startup of the C run-times; being written. */
#include "frontcrt/frontcrt.h"
