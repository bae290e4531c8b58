/* SPDX-License-Identifier: MIT */
/* text.c - what a file's bytes are as text: UTF-16 of either order, UTF-8, or an old code page. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "regfile/regfile.h"
#include "regfile_internal.h"

#define REPLACEMENT 0xfffd

/* One character of UTF-8; *io_at moves on by at least one. Negative: it is none. */
static int32_t character_take(const uint8_t *bytes, size_t length, size_t *io_at)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    uint8_t lead = bytes[(*io_at)++];
    unsigned more = lead < 0x80 ? 0 : lead >= 0xf0 && lead < 0xf5 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead >= 0x80 && (lead < 0xc2 || lead >= 0xf5))
        return -1;
    uint32_t value = more == 0 ? lead : lead & (0x3fu >> more);
    size_t at = *io_at;
    for (unsigned i = 0; i < more; i++, at++) {
        if (at >= length || (bytes[at] & 0xc0) != 0x80)
            return -1;
        value = value << 6 | (bytes[at] & 0x3f);
    }
    if (value < least[more] || value > 0x10ffff)
        return -1;
    *io_at = at;
    return (int32_t)value;
}

static size_t utf16_put(uint32_t value, uint16_t *out_wide)
{
    if (value < 0x10000) {
        out_wide[0] = (uint16_t)value;
        return 1;
    }
    value -= 0x10000;
    out_wide[0] = (uint16_t)(0xd800 | value >> 10);
    out_wide[1] = (uint16_t)(0xdc00 | (value & 0x3ff));
    return 2;
}

static bool is_utf8(const uint8_t *bytes, size_t length)
{
    for (size_t at = 0; at < length;)
        if (character_take(bytes, length, &at) < 0)
            return false;
    return true;
}

uint16_t *regfile_decode(const void *from, size_t length, size_t *out_count)
{
    const uint8_t *bytes = from;
    uint16_t *text = malloc((length + 1) * sizeof *text);
    size_t count = 0, at = 0;
    if (!text)
        return NULL;
    bool is_little = length >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe;
    if (is_little || (length >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff)) {
        for (at = 2; at + 1 < length; at += 2)
            text[count++] = (uint16_t)(is_little ? bytes[at] | bytes[at + 1] << 8
                                                 : bytes[at] << 8 | bytes[at + 1]);
    } else if (is_utf8(bytes, length)) {
        if (length >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3))
            at = 3;
        while (at < length)
            count += utf16_put((uint32_t)character_take(bytes, length, &at), text + count);
    } else {
        while (at < length)
            text[count++] = bytes[at++];
    }
    *out_count = count;
    return text;
}

size_t regfile_widen(const char *utf8, uint16_t *out_wide)
{
    size_t length = strlen(utf8), count = 0;
    for (size_t at = 0; at < length;) {
        int32_t value = character_take((const uint8_t *)utf8, length, &at);
        count += utf16_put(value < 0 ? REPLACEMENT : (uint32_t)value, out_wide + count);
    }
    out_wide[count] = 0;
    return count;
}

size_t regfile_narrow(const uint16_t *wide, size_t count, char *out_utf8)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t value = wide[i];
        bool is_pair =
            (value & 0xfc00) == 0xd800 && i + 1 < count && (wide[i + 1] & 0xfc00) == 0xdc00;
        if (is_pair) {
            value = 0x10000 + ((value & 0x3ff) << 10 | (wide[++i] & 0x3ff));
            out_utf8[length++] = (char)(0xf0 | value >> 18);
            out_utf8[length++] = (char)(0x80 | (value >> 12 & 0x3f));
        } else if (value >= 0x800) {
            if ((value & 0xf800) == 0xd800)
                value = REPLACEMENT;
            out_utf8[length++] = (char)(0xe0 | value >> 12);
        }
        if (value >= 0x800)
            out_utf8[length++] = (char)(0x80 | (value >> 6 & 0x3f));
        else if (value >= 0x80)
            out_utf8[length++] = (char)(0xc0 | value >> 6);
        out_utf8[length++] = (char)(value >= 0x80 ? 0x80 | (value & 0x3f) : value);
    }
    out_utf8[length] = '\0';
    return length;
}
