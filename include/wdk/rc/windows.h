/* SPDX-License-Identifier: MIT */
/* windows.h - all of Windows, of which a resource script needs the version numbers and languages. */
#ifndef _RC_WINDOWS_
#define _RC_WINDOWS_

#include "languages.h"
#include "verrsrc.h"

#endif
