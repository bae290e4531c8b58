/* SPDX-License-Identifier: MIT */
/* corecrt_wstdio.h - wide formatting into memory, for stdio.h and wchar.h.
 *
 * swprintf has the kernel's shape: it takes no size. C code that wants the sized
 * one of the standard calls swprintf_s or _snwprintf, as on Windows.
 */
#pragma once
#include <crtdefs.h>

_CRT_BEGIN_C_HEADER
#ifndef __cplusplus
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wincompatible-library-redeclaration"
#endif
int __cdecl swprintf(wchar_t *, const wchar_t *, ...);
int __cdecl vswprintf(wchar_t *, const wchar_t *, va_list);
#ifndef __cplusplus
#pragma clang diagnostic pop
#endif
int __cdecl _swprintf(wchar_t *, const wchar_t *, ...);
int __cdecl _vswprintf(wchar_t *, const wchar_t *, va_list);
int __cdecl _snwprintf(wchar_t *, size_t, const wchar_t *, ...);
int __cdecl _vsnwprintf(wchar_t *, size_t, const wchar_t *, va_list);
int __cdecl _scwprintf(const wchar_t *, ...);
int __cdecl _vscwprintf(const wchar_t *, va_list);
int __cdecl swprintf_s(wchar_t *, size_t, const wchar_t *, ...);
int __cdecl vswprintf_s(wchar_t *, size_t, const wchar_t *, va_list);
int __cdecl _snwprintf_s(wchar_t *, size_t, size_t, const wchar_t *, ...);
int __cdecl _vsnwprintf_s(wchar_t *, size_t, size_t, const wchar_t *, va_list);
int __cdecl swscanf_s(const wchar_t *, const wchar_t *, ...);
_CRT_END_C_HEADER

#ifdef __cplusplus
extern "C++" {
template <size_t N> inline int __cdecl swprintf_s(wchar_t (&to)[N], const wchar_t *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = vswprintf_s(to, N, format, arguments);
    va_end(arguments);
    return written;
}
}
#endif
