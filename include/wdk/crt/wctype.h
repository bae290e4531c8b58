/* SPDX-License-Identifier: MIT */
/* wctype.h - wide character classes and case, as ntoskrnl.exe exports them. */
#pragma once
#include <crtdefs.h>
#include <ctype.h>

#ifndef WEOF
#define WEOF ((wint_t)0xffff)
#endif

_CRT_BEGIN_C_HEADER
int __cdecl iswctype(wint_t, wctype_t);
int __cdecl iswalnum(wint_t);
int __cdecl iswalpha(wint_t);
int __cdecl iswascii(wint_t);
int __cdecl iswdigit(wint_t);
int __cdecl iswspace(wint_t);
int __cdecl iswxdigit(wint_t);
wint_t __cdecl towlower(wint_t);
wint_t __cdecl towupper(wint_t);

static __inline int iswupper(wint_t c)
{
    return iswctype(c, _UPPER);
}

static __inline int iswlower(wint_t c)
{
    return iswctype(c, _LOWER);
}

static __inline int iswpunct(wint_t c)
{
    return iswctype(c, _PUNCT);
}

static __inline int iswcntrl(wint_t c)
{
    return iswctype(c, _CONTROL);
}
_CRT_END_C_HEADER
