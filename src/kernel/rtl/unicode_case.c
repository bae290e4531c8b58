/* SPDX-License-Identifier: MIT */
/* unicode_case.c - looks a character up in the ranges of unicode_case_table.c. */
#include "unicode_case.h"

uint16_t unicode_map_slow(const struct case_range *ranges, unsigned count, uint16_t c)
{
    unsigned low = 0, high = count;

    while (low < high) { /* the first range that ends at or behind c */
        unsigned middle = (low + high) / 2;
        if (ranges[middle].last < c)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == count || c < ranges[low].first || (c - ranges[low].first) % ranges[low].step != 0)
        return c;
    return (uint16_t)(c + ranges[low].delta);
}
