/* SPDX-License-Identifier: MIT */
/* stdlib.h - conversions, sorting and small arithmetic for drivers.
 *
 * There is no heap behind it: a driver allocates with ExAllocatePool2 and its
 * kin, and declarations of malloc would only move the error to link time.
 */
#pragma once
#include <crtdefs.h>
#include <limits.h>

#define _MAX_PATH  260
#define _MAX_DRIVE 3
#define _MAX_DIR   256
#define _MAX_FNAME 256
#define _MAX_EXT   256
#define RAND_MAX   0x7fff
#define MB_CUR_MAX 2
#ifndef __cplusplus
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#endif
#define __min(a, b) (((a) < (b)) ? (a) : (b))
#define __max(a, b) (((a) > (b)) ? (a) : (b))

typedef struct _div_t {
    int quot;
    int rem;
} div_t;

typedef struct _ldiv_t {
    long quot;
    long rem;
} ldiv_t;

_CRT_BEGIN_C_HEADER
typedef int(__cdecl *_CoreCrtNonSecureSearchSortCompareFunction)(const void *, const void *);
typedef int(__cdecl *_CoreCrtSecureSearchSortCompareFunction)(void *, const void *, const void *);

int __cdecl abs(int);
long __cdecl labs(long);
long long __cdecl llabs(long long);
__int64 __cdecl _abs64(__int64);
int __cdecl atoi(const char *);
long __cdecl atol(const char *);
__int64 __cdecl _atoi64(const char *);
int __cdecl _wtoi(const wchar_t *);
long __cdecl _wtol(const wchar_t *);
__int64 __cdecl _wtoi64(const wchar_t *);
long __cdecl strtol(const char *, char **, int);
unsigned long __cdecl strtoul(const char *, char **, int);
__int64 __cdecl _strtoi64(const char *, char **, int);
unsigned __int64 __cdecl _strtoui64(const char *, char **, int);
long __cdecl wcstol(const wchar_t *, wchar_t **, int);
unsigned long __cdecl wcstoul(const wchar_t *, wchar_t **, int);
__int64 __cdecl _wcstoi64(const wchar_t *, wchar_t **, int);
unsigned __int64 __cdecl _wcstoui64(const wchar_t *, wchar_t **, int);

char *__cdecl _itoa(int, char *, int);
wchar_t *__cdecl _itow(int, wchar_t *, int);
errno_t __cdecl _itoa_s(int, char *, size_t, int);
errno_t __cdecl _itow_s(int, wchar_t *, size_t, int);
errno_t __cdecl _ltoa_s(long, char *, size_t, int);
errno_t __cdecl _ltow_s(long, wchar_t *, size_t, int);
errno_t __cdecl _ultoa_s(unsigned long, char *, size_t, int);
errno_t __cdecl _ultow_s(unsigned long, wchar_t *, size_t, int);
errno_t __cdecl _i64toa_s(__int64, char *, size_t, int);
errno_t __cdecl _i64tow_s(__int64, wchar_t *, size_t, int);
errno_t __cdecl _ui64toa_s(unsigned __int64, char *, size_t, int);
errno_t __cdecl _ui64tow_s(unsigned __int64, wchar_t *, size_t, int);

int __cdecl mbtowc(wchar_t *, const char *, size_t);
int __cdecl wctomb(char *, wchar_t);
size_t __cdecl mbstowcs(wchar_t *, const char *, size_t);
size_t __cdecl wcstombs(char *, const wchar_t *, size_t);

void __cdecl qsort(void *, size_t, size_t, _CoreCrtNonSecureSearchSortCompareFunction);
void *__cdecl bsearch(const void *, const void *, size_t, size_t,
                      _CoreCrtNonSecureSearchSortCompareFunction);
void __cdecl qsort_s(void *, rsize_t, rsize_t, _CoreCrtSecureSearchSortCompareFunction, void *);
void *__cdecl bsearch_s(const void *, const void *, rsize_t, rsize_t,
                        _CoreCrtSecureSearchSortCompareFunction, void *);
int __cdecl rand(void);
void __cdecl srand(unsigned int);

errno_t __cdecl _splitpath_s(const char *, char *, size_t, char *, size_t, char *, size_t, char *,
                             size_t);
errno_t __cdecl _makepath_s(char *, size_t, const char *, const char *, const char *, const char *);
errno_t __cdecl _wsplitpath_s(const wchar_t *, wchar_t *, size_t, wchar_t *, size_t, wchar_t *,
                              size_t, wchar_t *, size_t);
errno_t __cdecl _wmakepath_s(wchar_t *, size_t, const wchar_t *, const wchar_t *, const wchar_t *,
                             const wchar_t *);

unsigned short __cdecl _byteswap_ushort(unsigned short);
unsigned long __cdecl _byteswap_ulong(unsigned long);
unsigned __int64 __cdecl _byteswap_uint64(unsigned __int64);
unsigned int __cdecl _rotl(unsigned int, int);
unsigned int __cdecl _rotr(unsigned int, int);
unsigned __int64 __cdecl _rotl64(unsigned __int64, int);
unsigned __int64 __cdecl _rotr64(unsigned __int64, int);
unsigned long __cdecl _lrotl(unsigned long, int);
unsigned long __cdecl _lrotr(unsigned long, int);
_CRT_END_C_HEADER
