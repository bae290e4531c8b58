/* SPDX-License-Identifier: MIT */
/* winresrc.h - what resource editors put first. */
#include "windows.h"
