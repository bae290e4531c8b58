/* SPDX-License-Identifier: MIT */
/* wchar.h - wide strings, wide formatting, wide character classes. */
#pragma once
#include <crtdefs.h>
#include <corecrt_wstring.h>
#include <string.h>
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

/* Counted wide characters. Inline: the kernel exports none of them. */
_CRT_BEGIN_C_HEADER
static __inline int __cdecl wmemcmp(const wchar_t *a, const wchar_t *b, size_t count)
{
    for (; count != 0; count--, a++, b++)
        if (*a != *b)
            return *a < *b ? -1 : 1;
    return 0;
}

static __inline const wchar_t *__cdecl wmemchr(const wchar_t *s, wchar_t wanted, size_t count)
{
    for (; count != 0; count--, s++)
        if (*s == wanted)
            return s;
    return NULL;
}

static __inline wchar_t *__cdecl wmemcpy(wchar_t *to, const wchar_t *from, size_t count)
{
    return (wchar_t *)memcpy(to, from, count * sizeof *to);
}

static __inline wchar_t *__cdecl wmemmove(wchar_t *to, const wchar_t *from, size_t count)
{
    return (wchar_t *)memmove(to, from, count * sizeof *to);
}

static __inline wchar_t *__cdecl wmemset(wchar_t *to, wchar_t value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = value;
    return to;
}
_CRT_END_C_HEADER
