/* SPDX-License-Identifier: MIT */
/* corecrt_wstring.h - wide string functions of ntoskrnl.exe, for string.h and wchar.h. */
#pragma once
#include <crtdefs.h>

_CRT_BEGIN_C_HEADER
size_t __cdecl wcslen(const wchar_t *);
size_t __cdecl wcsnlen(const wchar_t *, size_t);
wchar_t *__cdecl wcscpy(wchar_t *, const wchar_t *);
wchar_t *__cdecl wcsncpy(wchar_t *, const wchar_t *, size_t);
wchar_t *__cdecl wcscat(wchar_t *, const wchar_t *);
wchar_t *__cdecl wcsncat(wchar_t *, const wchar_t *, size_t);
int __cdecl wcscmp(const wchar_t *, const wchar_t *);
int __cdecl wcsncmp(const wchar_t *, const wchar_t *, size_t);
wchar_t *__cdecl wcschr(const wchar_t *, wchar_t);
wchar_t *__cdecl wcsrchr(const wchar_t *, wchar_t);
wchar_t *__cdecl wcsstr(const wchar_t *, const wchar_t *);
wchar_t *__cdecl wcspbrk(const wchar_t *, const wchar_t *);
size_t __cdecl wcsspn(const wchar_t *, const wchar_t *);
size_t __cdecl wcscspn(const wchar_t *, const wchar_t *);
int __cdecl _wcsicmp(const wchar_t *, const wchar_t *);
int __cdecl _wcsnicmp(const wchar_t *, const wchar_t *, size_t);
wchar_t *__cdecl _wcslwr(wchar_t *);
wchar_t *__cdecl _wcsupr(wchar_t *);
wchar_t *__cdecl _wcsrev(wchar_t *);
wchar_t *__cdecl _wcsset(wchar_t *, wchar_t);
wchar_t *__cdecl _wcsnset(wchar_t *, wchar_t, size_t);
errno_t __cdecl _wcslwr_s(wchar_t *, size_t);
errno_t __cdecl _wcsupr_s(wchar_t *, size_t);
errno_t __cdecl _wcsset_s(wchar_t *, size_t, wchar_t);
errno_t __cdecl _wcsnset_s(wchar_t *, size_t, wchar_t, size_t);

errno_t __cdecl wcscpy_s(wchar_t *, rsize_t, const wchar_t *);
errno_t __cdecl wcsncpy_s(wchar_t *, rsize_t, const wchar_t *, rsize_t);
errno_t __cdecl wcscat_s(wchar_t *, rsize_t, const wchar_t *);
errno_t __cdecl wcsncat_s(wchar_t *, rsize_t, const wchar_t *, rsize_t);
wchar_t *__cdecl wcstok_s(wchar_t *, const wchar_t *, wchar_t **);

static __inline size_t __cdecl wcsnlen_s(const wchar_t *s, size_t n)
{
    return s ? wcsnlen(s, n) : 0;
}
_CRT_END_C_HEADER

#ifdef __cplusplus
extern "C++" {
template <size_t N> inline errno_t __cdecl wcscpy_s(wchar_t (&to)[N], const wchar_t *from)
{
    return wcscpy_s(to, N, from);
}
template <size_t N>
inline errno_t __cdecl wcsncpy_s(wchar_t (&to)[N], const wchar_t *from, rsize_t count)
{
    return wcsncpy_s(to, N, from, count);
}
template <size_t N> inline errno_t __cdecl wcscat_s(wchar_t (&to)[N], const wchar_t *from)
{
    return wcscat_s(to, N, from);
}
}
#endif
