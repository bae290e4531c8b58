/* SPDX-License-Identifier: MIT */
/* limits.h - the compiler's limits and the sized ones of the Microsoft runtime. */
#pragma once
#include_next <limits.h>

#ifndef MB_LEN_MAX
#define MB_LEN_MAX 5
#endif
#define _I8_MIN   (-127i8 - 1)
#define _I8_MAX   127i8
#define _UI8_MAX  0xffui8
#define _I16_MIN  (-32767i16 - 1)
#define _I16_MAX  32767i16
#define _UI16_MAX 0xffffui16
#define _I32_MIN  (-2147483647i32 - 1)
#define _I32_MAX  2147483647i32
#define _UI32_MAX 0xffffffffui32
#define _I64_MIN  (-9223372036854775807i64 - 1)
#define _I64_MAX  9223372036854775807i64
#define _UI64_MAX 0xffffffffffffffffui64
#ifndef SIZE_MAX
#define SIZE_MAX 0xffffffffffffffffui64
#endif
#ifndef RSIZE_MAX
#define RSIZE_MAX (SIZE_MAX >> 1)
#endif
