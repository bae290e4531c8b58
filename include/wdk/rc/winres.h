/* SPDX-License-Identifier: MIT */
/* winres.h - what resource editors put first. */
#include "verrsrc.h"
