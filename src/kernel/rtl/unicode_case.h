/* SPDX-License-Identifier: MIT */
/* unicode_case.h - upper and lower case of one 16-bit character.
 *
 * The same mapping whatever the language; one unit maps to one unit. Surrogates and
 * characters without a partner map to themselves.
 */
#ifndef RTL_UNICODE_CASE_H
#define RTL_UNICODE_CASE_H

#include <stdint.h>

struct case_range {
    uint16_t first, last, step;
    int32_t delta;
};
extern const struct case_range unicode_upper[], unicode_lower[];
extern const unsigned unicode_upper_count, unicode_lower_count;

uint16_t unicode_map_slow(const struct case_range *ranges, unsigned count, uint16_t c);

static inline uint16_t unicode_upcase(uint16_t c)
{
    if (c < 0x80)
        return (uint16_t)(c >= 'a' && c <= 'z' ? c - 0x20 : c);
    return unicode_map_slow(unicode_upper, unicode_upper_count, c);
}

static inline uint16_t unicode_downcase(uint16_t c)
{
    if (c < 0x80)
        return (uint16_t)(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
    return unicode_map_slow(unicode_lower, unicode_lower_count, c);
}

#endif
