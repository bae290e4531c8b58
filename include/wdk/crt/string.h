/* SPDX-License-Identifier: MIT */
/* string.h - memory and narrow string functions of ntoskrnl.exe.
 *
 * The wide ones are declared too, as the Microsoft runtime's string.h does.
 */
#pragma once
#include <crtdefs.h>
#include <corecrt_wstring.h>

_CRT_BEGIN_C_HEADER
void *__cdecl memcpy(void *, const void *, size_t);
void *__cdecl memmove(void *, const void *, size_t);
void *__cdecl memset(void *, int, size_t);
int __cdecl memcmp(const void *, const void *, size_t);
void *__cdecl memchr(const void *, int, size_t);
void *__cdecl _memccpy(void *, const void *, int, size_t);
int __cdecl _memicmp(const void *, const void *, size_t);
errno_t __cdecl memcpy_s(void *, size_t, const void *, size_t);
errno_t __cdecl memmove_s(void *, size_t, const void *, size_t);

size_t __cdecl strlen(const char *);
size_t __cdecl strnlen(const char *, size_t);
char *__cdecl strcpy(char *, const char *);
char *__cdecl strncpy(char *, const char *, size_t);
char *__cdecl strcat(char *, const char *);
char *__cdecl strncat(char *, const char *, size_t);
int __cdecl strcmp(const char *, const char *);
int __cdecl strncmp(const char *, const char *, size_t);
char *__cdecl strchr(const char *, int);
char *__cdecl strrchr(const char *, int);
char *__cdecl strstr(const char *, const char *);
char *__cdecl strpbrk(const char *, const char *);
size_t __cdecl strspn(const char *, const char *);
size_t __cdecl strcspn(const char *, const char *);
int __cdecl _stricmp(const char *, const char *);
int __cdecl _strnicmp(const char *, const char *, size_t);
char *__cdecl _strlwr(char *);
char *__cdecl _strupr(char *);
char *__cdecl _strrev(char *);
char *__cdecl _strset(char *, int);
char *__cdecl _strnset(char *, int, size_t);
errno_t __cdecl _strset_s(char *, size_t, int);
errno_t __cdecl _strnset_s(char *, size_t, int, size_t);
errno_t __cdecl _strlwr_s(char *, size_t);
errno_t __cdecl _strupr_s(char *, size_t);

errno_t __cdecl strcpy_s(char *, rsize_t, const char *);
errno_t __cdecl strncpy_s(char *, rsize_t, const char *, rsize_t);
errno_t __cdecl strcat_s(char *, rsize_t, const char *);
errno_t __cdecl strncat_s(char *, rsize_t, const char *, rsize_t);
char *__cdecl strtok(char *, const char *);
char *__cdecl strtok_s(char *, const char *, char **);

static __inline size_t __cdecl strnlen_s(const char *s, size_t n)
{
    return s ? strnlen(s, n) : 0;
}
_CRT_END_C_HEADER

#ifdef __cplusplus
extern "C++" {
template <size_t N> inline errno_t __cdecl strcpy_s(char (&to)[N], const char *from)
{
    return strcpy_s(to, N, from);
}
template <size_t N> inline errno_t __cdecl strncpy_s(char (&to)[N], const char *from, rsize_t count)
{
    return strncpy_s(to, N, from, count);
}
template <size_t N> inline errno_t __cdecl strcat_s(char (&to)[N], const char *from)
{
    return strcat_s(to, N, from);
}
template <size_t N> inline errno_t __cdecl strncat_s(char (&to)[N], const char *from, rsize_t count)
{
    return strncat_s(to, N, from, count);
}
}
#endif
