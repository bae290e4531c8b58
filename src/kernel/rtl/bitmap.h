/* SPDX-License-Identifier: MIT */
/* bitmap.h - runs of bits in an array of 32-bit words, 64 bits at a look. */
#ifndef RTL_BITMAP_H
#define RTL_BITMAP_H

#include <stdbool.h>

#include "rtl/rtl.h"

/* The first bit at or behind from that is (or is not) set; size if there is none. */
ULONG bits_next(const RTL_BITMAP *bitmap, ULONG from, bool is_set);
void bits_fill(RTL_BITMAP *bitmap, ULONG start, ULONG count, bool is_set);
ULONG bits_count_set(const RTL_BITMAP *bitmap, ULONG start, ULONG count);
/* The first run of count bits, from hint to the end, then from the start; ~0 if none. */
ULONG bits_find_run(const RTL_BITMAP *bitmap, ULONG count, ULONG hint, bool is_set);

#endif
