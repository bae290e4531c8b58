/* SPDX-License-Identifier: MIT */
/* windows.h - all of Windows, of which a resource script needs the version numbers and languages. */
#ifndef _RC_WINDOWS_
#define _RC_WINDOWS_

#include "verrsrc.h"

#define LANG_NEUTRAL       0x00
#define LANG_ENGLISH       0x09
#define SUBLANG_NEUTRAL    0x00
#define SUBLANG_DEFAULT    0x01
#define SUBLANG_ENGLISH_US 0x01

#endif
