/* SPDX-License-Identifier: MIT */
/* vcruntime.h - the compiler's part of the C runtime: calling convention and
 * base types.
 *
 * size_t, ptrdiff_t and wchar_t come from the compiler, so that they are right
 * for the target whatever was included before.
 */
#pragma once
#include <stddef.h>
#include <sal.h>
#include <vadefs.h>

#ifndef _VCRTIMP
#define _VCRTIMP
#endif
#ifndef _CRTIMP
#define _CRTIMP
#endif
#ifndef _ACRTIMP
#define _ACRTIMP
#endif
#ifndef __CRTDECL
#define __CRTDECL __cdecl
#endif
#ifndef _CRT_STRINGIZE
#define _CRT_STRINGIZE_(x)      #x
#define _CRT_STRINGIZE(x)       _CRT_STRINGIZE_(x)
#define _CRT_WIDE_(s)           L##s
#define _CRT_WIDE(s)            _CRT_WIDE_(s)
#define _CRT_CONCATENATE_(a, b) a##b
#define _CRT_CONCATENATE(a, b)  _CRT_CONCATENATE_(a, b)
#endif
#ifndef _CRT_ALIGN
#define _CRT_ALIGN(x) __declspec(align(x))
#endif
#ifndef _CRT_INLINE_PURE_SECURITYCRITICAL_ATTRIBUTE
#define _CRT_INLINE_PURE_SECURITYCRITICAL_ATTRIBUTE
#endif

#ifdef __cplusplus
#define _CRT_BEGIN_C_HEADER extern "C" {
#define _CRT_END_C_HEADER   }
#else
#define _CRT_BEGIN_C_HEADER
#define _CRT_END_C_HEADER
#endif

#define _CRT_UNUSED(x) (void)(x)

/* A driver may name the aligned form of operator delete without <new>. */
#ifdef __cpp_aligned_new
extern "C++" {
namespace std
{
enum class align_val_t : size_t;
}
}
#endif

#ifdef __cplusplus
typedef bool __vcrt_bool;
#else
typedef _Bool __vcrt_bool;
#endif
