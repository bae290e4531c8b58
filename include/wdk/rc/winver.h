/* SPDX-License-Identifier: MIT */
/* winver.h - version resources. */
#include "verrsrc.h"
