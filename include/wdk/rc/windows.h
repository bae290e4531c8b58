/* SPDX-License-Identifier: MIT */
/* windows.h - all of Windows, of which a resource script needs the version numbers. */
#include "verrsrc.h"
