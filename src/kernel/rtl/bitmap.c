/* SPDX-License-Identifier: MIT */
/* bitmap.c - runs of bits. Bits beyond the bitmap's size are never looked at or changed. */
#include "bitmap.h"

static ULONG word_mask(ULONG start, ULONG count)
{
    return (count >= 32 ? ~0u : (1u << count) - 1) << start;
}

ULONG bits_next(const RTL_BITMAP *bitmap, ULONG from, bool is_set)
{
    ULONG size = bitmap->SizeOfBitMap, flip = is_set ? 0 : ~0u;

    while (from < size) {
        ULONG word = (bitmap->Buffer[from / 32] ^ flip) >> (from % 32);
        if (word != 0) {
            from += (ULONG)__builtin_ctz(word);
            return from < size ? from : size;
        }
        from = (from | 31) + 1;
        if (from == 0)
            break;
    }
    return size;
}

void bits_fill(RTL_BITMAP *bitmap, ULONG start, ULONG count, bool is_set)
{
    while (count > 0) {
        ULONG bit = start % 32, step = 32 - bit < count ? 32 - bit : count;
        ULONG mask = word_mask(bit, step);
        if (is_set)
            bitmap->Buffer[start / 32] |= mask;
        else
            bitmap->Buffer[start / 32] &= ~mask;
        start += step;
        count -= step;
    }
}

ULONG bits_count_set(const RTL_BITMAP *bitmap, ULONG start, ULONG count)
{
    ULONG set = 0;

    while (count > 0) {
        ULONG bit = start % 32, step = 32 - bit < count ? 32 - bit : count;
        set += (ULONG)__builtin_popcount(bitmap->Buffer[start / 32] & word_mask(bit, step));
        start += step;
        count -= step;
    }
    return set;
}

static ULONG find_between(const RTL_BITMAP *bitmap, ULONG count, ULONG from, ULONG last_start,
                          bool is_set)
{
    while (from <= last_start) {
        ULONG start = bits_next(bitmap, from, is_set), end;
        if (start > last_start)
            break;
        end = bits_next(bitmap, start, !is_set);
        if (end - start >= count)
            return start;
        from = end;
    }
    return ~0u;
}

ULONG bits_find_run(const RTL_BITMAP *bitmap, ULONG count, ULONG hint, bool is_set)
{
    ULONG size = bitmap->SizeOfBitMap, found;

    if (count > size)
        return ~0u;
    if (hint >= size)
        hint = 0;
    if (count == 0)
        return hint & ~7u;
    found = find_between(bitmap, count, hint, size - count, is_set);
    if (found == ~0u && hint != 0)
        found = find_between(bitmap, count, 0, size - count, is_set);
    return found;
}
