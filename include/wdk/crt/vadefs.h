/* SPDX-License-Identifier: MIT */
/* vadefs.h - va_list under the names that runtime headers use for it. */
#pragma once
#include <stdarg.h>

typedef __UINTPTR_TYPE__ uintptr_t;

#define __crt_va_start(ap, x) __builtin_va_start(ap, x)
#define __crt_va_arg(ap, t)   __builtin_va_arg(ap, t)
#define __crt_va_end(ap)      __builtin_va_end(ap)
#define _crt_va_start         __crt_va_start
#define _crt_va_arg           __crt_va_arg
#define _crt_va_end           __crt_va_end
