/* SPDX-License-Identifier: MIT */
/* crtdefs.h - what every C runtime header of a driver build begins with.
 *
 * Only the PE target sees this folder. The functions declared in it are exports
 * of ntoskrnl.exe or inline; nothing here has a runtime library of its own.
 */
#pragma once
#include <vcruntime.h>

#ifndef _ERRNO_T_DEFINED
#define _ERRNO_T_DEFINED
typedef int errno_t;
#endif

typedef unsigned short wint_t;
typedef unsigned short wctype_t;
typedef __int64 __time64_t;
typedef __time64_t time_t;

typedef size_t rsize_t;

#define _TRUNCATE           ((size_t)-1)
#define __STDC_SECURE_LIB__ 200411L
#define __GOT_SECURE_LIB__  __STDC_SECURE_LIB__

#ifndef _countof
#ifdef __cplusplus
extern "C++" {
template <typename T, size_t N> char (*__countof_helper(T (&)[N]))[N];
}
#define _countof(array) (sizeof(*__countof_helper(array)) + 0)
#else
#define _countof(array) (sizeof(array) / sizeof((array)[0]))
#endif
#endif

struct __crt_locale_pointers;
typedef struct __crt_locale_pointers *_locale_t;
