/* SPDX-License-Identifier: MIT */
/* crt/string.h - string functions for 8-bit and 16-bit characters, "C" locale.
 *
 * The native C library's wide functions assume 32-bit characters, so nothing here uses them.
 * Plain functions behave as their C namesakes; case folding is ASCII's. The _s functions
 * return 0 or a CRT_E… code, and empty the destination on failure as documented.
 */
#pragma once

#include <stddef.h>

#define CRT_EINVAL    22
#define CRT_ERANGE    34
#define CRT_EILSEQ    42
#define CRT_STRUNCATE 80
/* count of strncpy_s and friends: copy what fits and return CRT_STRUNCATE. Same as _TRUNCATE. */
#ifndef CRT_TRUNCATE
#define CRT_TRUNCATE ((size_t)-1)
#endif

/* Characters. The int versions take EOF or an unsigned char; others are false. */
int crt_tolower(int c);
int crt_toupper(int c);
wchar_t crt_towlower(wchar_t c);
wchar_t crt_towupper(wchar_t c);

/* Classes of the "C" locale, the bits that _isctype and iswctype take. */
#define CRT_UPPER   0x0001u
#define CRT_LOWER   0x0002u
#define CRT_DIGIT   0x0004u
#define CRT_SPACE   0x0008u
#define CRT_PUNCT   0x0010u
#define CRT_CONTROL 0x0020u
#define CRT_BLANK   0x0040u
#define CRT_HEX     0x0080u
#define CRT_ALPHA   0x0100u
unsigned crt_class(int c);
/* Nonzero when c is in one of the classes. CRT_ALPHA covers both cases. */
int crt_is(int c, unsigned classes);

/* 8-bit strings; the rest (strlen, memcpy, strstr …) is the native C library's. */
size_t crt_strnlen(const char *text, size_t limit);
int crt_stricmp(const char *a, const char *b);
int crt_strnicmp(const char *a, const char *b, size_t count);
char *crt_strlwr(char *text);
char *crt_strupr(char *text);
char *crt_strrev(char *text);
char *crt_strtok(char *text, const char *delimiters, char **context);
int crt_strcpy_s(char *to, size_t size, const char *from);
int crt_strncpy_s(char *to, size_t size, const char *from, size_t count);
int crt_strcat_s(char *to, size_t size, const char *from);
int crt_strncat_s(char *to, size_t size, const char *from, size_t count);
int crt_memcpy_s(void *to, size_t size, const void *from, size_t count);
int crt_memmove_s(void *to, size_t size, const void *from, size_t count);

/* 16-bit strings. */
size_t crt_wcslen(const wchar_t *text);
size_t crt_wcsnlen(const wchar_t *text, size_t limit);
wchar_t *crt_wcscpy(wchar_t *to, const wchar_t *from);
wchar_t *crt_wcsncpy(wchar_t *to, const wchar_t *from, size_t count);
wchar_t *crt_wcscat(wchar_t *to, const wchar_t *from);
wchar_t *crt_wcsncat(wchar_t *to, const wchar_t *from, size_t count);
int crt_wcscmp(const wchar_t *a, const wchar_t *b);
int crt_wcsncmp(const wchar_t *a, const wchar_t *b, size_t count);
int crt_wcsicmp(const wchar_t *a, const wchar_t *b);
int crt_wcsnicmp(const wchar_t *a, const wchar_t *b, size_t count);
wchar_t *crt_wcschr(const wchar_t *text, wchar_t c);
wchar_t *crt_wcsrchr(const wchar_t *text, wchar_t c);
wchar_t *crt_wcsstr(const wchar_t *text, const wchar_t *part);
wchar_t *crt_wcspbrk(const wchar_t *text, const wchar_t *set);
size_t crt_wcsspn(const wchar_t *text, const wchar_t *set);
size_t crt_wcscspn(const wchar_t *text, const wchar_t *set);
wchar_t *crt_wcslwr(wchar_t *text);
wchar_t *crt_wcsupr(wchar_t *text);
wchar_t *crt_wcsrev(wchar_t *text);
wchar_t *crt_wcstok(wchar_t *text, const wchar_t *delimiters, wchar_t **context);
wchar_t *crt_wmemset(wchar_t *to, wchar_t c, size_t count);
int crt_wcscpy_s(wchar_t *to, size_t size, const wchar_t *from);
int crt_wcsncpy_s(wchar_t *to, size_t size, const wchar_t *from, size_t count);
int crt_wcscat_s(wchar_t *to, size_t size, const wchar_t *from);
int crt_wcsncat_s(wchar_t *to, size_t size, const wchar_t *from, size_t count);

/* Multibyte (UTF-8) strings: (size_t)-1 on ill-formed input; a null output counts. */
size_t crt_mbstowcs(wchar_t *to, const char *from, size_t count);
size_t crt_wcstombs(char *to, const wchar_t *from, size_t count);
