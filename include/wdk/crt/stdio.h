/* SPDX-License-Identifier: MIT */
/* stdio.h - formatting into memory; a driver has no streams.
 *
 * The functions are exports of ntoskrnl.exe. None of them formats floating point.
 */
#pragma once
#include <crtdefs.h>
#include <corecrt_wstdio.h>

#ifndef EOF
#define EOF (-1)
#endif

_CRT_BEGIN_C_HEADER
int __cdecl sprintf(char *, const char *, ...);
int __cdecl vsprintf(char *, const char *, va_list);
int __cdecl _snprintf(char *, size_t, const char *, ...);
int __cdecl _vsnprintf(char *, size_t, const char *, va_list);
int __cdecl _scprintf(const char *, ...);
int __cdecl _vscprintf(const char *, va_list);
int __cdecl sscanf(const char *, const char *, ...);

int __cdecl sprintf_s(char *, size_t, const char *, ...);
int __cdecl vsprintf_s(char *, size_t, const char *, va_list);
int __cdecl _snprintf_s(char *, size_t, size_t, const char *, ...);
int __cdecl _vsnprintf_s(char *, size_t, size_t, const char *, va_list);
int __cdecl sscanf_s(const char *, const char *, ...);
_CRT_END_C_HEADER

#ifdef __cplusplus
extern "C++" {
template <size_t N> inline int __cdecl sprintf_s(char (&to)[N], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = vsprintf_s(to, N, format, arguments);
    va_end(arguments);
    return written;
}
}
#endif
