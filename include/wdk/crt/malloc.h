/* SPDX-License-Identifier: MIT */
/* malloc.h - stack allocation. Drivers have no heap besides the pools. */
#pragma once
#include <crtdefs.h>

#define _alloca __builtin_alloca
#define alloca  __builtin_alloca
/* The compiler's vector headers want to define these over a heap. */
#define _mm_malloc _mm_malloc_is_not_there_in_the_kernel
#define _mm_free   _mm_free_is_not_there_in_the_kernel
