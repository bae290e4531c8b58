/* SPDX-License-Identifier: MIT */
/* wchar.h - wide strings, wide formatting, wide character classes. */
#pragma once
#include <crtdefs.h>
#include <corecrt_wstring.h>
#include <corecrt_wstdio.h>
#include <wctype.h>

#ifndef WCHAR_MIN
#define WCHAR_MIN 0x0000
#define WCHAR_MAX 0xffff
#endif
#ifndef WEOF
#define WEOF ((wint_t)0xffff)
#endif
typedef int mbstate_t;
