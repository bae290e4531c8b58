/* SPDX-License-Identifier: MIT */
/* text.c - the bytes of a file as UTF-8 text, whatever their encoding.
 *
 * A byte order mark decides; without one UTF-16 is told by its zero bytes, and what is not well
 * formed UTF-8 is the ANSI code page 1252. Halves of surrogate pairs become U+FFFD.
 */
#include "inf_internal.h"

#include <stdlib.h>
#include <string.h>

#define REPLACEMENT 0xfffdu
#define CONTROL_Z   0x1a

/* What the code page puts at 0x80 to 0x9f; five places are the control characters of Latin 1. */
static const uint16_t ansi_high[32] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178,
};

static char *utf8_put(char *to, uint32_t point)
{
    if (point < 0x80) {
        *to++ = (char)point;
    } else if (point < 0x800) {
        *to++ = (char)(0xc0 | point >> 6);
        *to++ = (char)(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        *to++ = (char)(0xe0 | point >> 12);
        *to++ = (char)(0x80 | (point >> 6 & 0x3f));
        *to++ = (char)(0x80 | (point & 0x3f));
    } else {
        *to++ = (char)(0xf0 | point >> 18);
        *to++ = (char)(0x80 | (point >> 12 & 0x3f));
        *to++ = (char)(0x80 | (point >> 6 & 0x3f));
        *to++ = (char)(0x80 | (point & 0x3f));
    }
    return to;
}

/* Length of the well formed sequence at bytes, 0: none. */
static unsigned utf8_length(const uint8_t *bytes, size_t left)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned length = bytes[0] < 0x80             ? 1
                      : (bytes[0] & 0xe0) == 0xc0 ? 2
                      : (bytes[0] & 0xf0) == 0xe0 ? 3
                      : (bytes[0] & 0xf8) == 0xf0 ? 4
                                                  : 0;
    if (length <= 1 || length > left)
        return length > left ? 0 : length;
    uint32_t point = bytes[0] & (0x7fu >> length);
    for (unsigned i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (bytes[i] & 0x3f);
    }
    bool is_good =
        point >= least[length] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    return is_good ? length : 0;
}

static bool is_utf8(const uint8_t *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        unsigned step = utf8_length(bytes + at, length - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

/* Most text of an INF is ASCII: half of its UTF-16 bytes are zero. */
static bool looks_utf16(const uint8_t *bytes, size_t length)
{
    size_t zeros = 0, seen = length < 512 ? length : 512;
    for (size_t i = 1; i < seen; i += 2)
        zeros += bytes[i] == 0 && bytes[i - 1] != 0;
    return length >= 4 && zeros * 4 > seen;
}

static enum inf_encoding encoding_find(const uint8_t *bytes, size_t length, size_t *out_skip)
{
    *out_skip = 0;
    if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        *out_skip = 3;
        return INF_UTF8_BOM;
    }
    if (length >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe) {
        *out_skip = 2;
        return INF_UTF16_LE;
    }
    if (length >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff) {
        *out_skip = 2;
        return INF_UTF16_BE;
    }
    if (looks_utf16(bytes, length))
        return INF_UTF16_LE;
    bool is_ascii = true;
    for (size_t i = 0; i < length && is_ascii; i++)
        is_ascii = bytes[i] < 0x80;
    return !is_ascii && is_utf8(bytes, length) ? INF_UTF8 : INF_ANSI;
}

static uint32_t unit_at(const uint8_t *bytes, size_t at, bool is_big)
{
    return is_big ? (uint32_t)bytes[at] << 8 | bytes[at + 1]
                  : (uint32_t)bytes[at + 1] << 8 | bytes[at];
}

static char *utf16_decode(const uint8_t *bytes, size_t length, bool is_big, char *to, bool *out_odd)
{
    for (size_t at = 0; at + 1 < length; at += 2) {
        uint32_t point = unit_at(bytes, at, is_big);
        if (point >= 0xd800 && point < 0xe000) {
            uint32_t low = at + 3 < length ? unit_at(bytes, at + 2, is_big) : 0;
            bool is_pair = point < 0xdc00 && low >= 0xdc00 && low < 0xe000;
            *out_odd = *out_odd || !is_pair;
            if (is_pair)
                at += 2;
            point = is_pair ? 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00) : REPLACEMENT;
        }
        to = utf8_put(to, point);
    }
    *out_odd = *out_odd || length % 2 != 0;
    return to;
}

static char *bytes_decode(enum inf_encoding encoding, const uint8_t *bytes, size_t length, char *to,
                          bool *out_odd)
{
    if (encoding == INF_UTF16_LE || encoding == INF_UTF16_BE)
        return utf16_decode(bytes, length, encoding == INF_UTF16_BE, to, out_odd);
    for (size_t at = 0; at < length;) {
        unsigned step = encoding == INF_ANSI ? 0 : utf8_length(bytes + at, length - at);
        if (step != 0) {
            memcpy(to, bytes + at, step);
            to += step;
            at += step;
            continue;
        }
        uint8_t byte = bytes[at++];
        *out_odd = *out_odd || encoding != INF_ANSI;
        to = utf8_put(to, byte >= 0x80 && byte < 0xa0 ? ansi_high[byte - 0x80] : byte);
    }
    return to;
}

int text_decode(struct inf *inf, const uint8_t *bytes, size_t length, char **out_text,
                size_t *out_length, struct inf_error *out_error)
{
    size_t skip;
    bool is_odd = false;
    if (length > INF_FILE_MAX)
        return inf_fail(inf, 0, out_error,
                        "the file has %zu bytes, more than %u; no INF is that long", length,
                        INF_FILE_MAX);
    inf->encoding = encoding_find(bytes, length, &skip);
    char *text = memory_take(&inf->memory, 3 * (length - skip) + 1);
    if (!text)
        return inf_fail_memory(inf, out_error);
    char *end = bytes_decode(inf->encoding, bytes + skip, length - skip, text, &is_odd);
    /* Editors of old end a file with these. */
    while (end > text && (end[-1] == 0 || end[-1] == CONTROL_Z))
        end--;
    *end = 0;
    if (is_odd)
        inf_odd(inf, INF_ODD_BYTES, 0, "");
    const char *zero = memchr(text, 0, (size_t)(end - text));
    if (zero) {
        uint32_t line = 1;
        for (const char *at = text; at < zero; at++)
            line += *at == '\n';
        return inf_fail(inf, line, out_error,
                        "a NUL character; this is no text file, or its encoding is none of UTF-16, "
                        "UTF-8 and ANSI");
    }
    *out_text = text;
    *out_length = (size_t)(end - text);
    return INF_OK;
}

size_t text_utf16(const char *text, size_t length, uint8_t *out_units)
{
    size_t count = 0;
    const uint8_t *bytes = (const uint8_t *)text;
    for (size_t at = 0; at < length;) {
        unsigned step = utf8_length(bytes + at, length - at);
        uint32_t point = step == 0   ? REPLACEMENT
                         : step == 1 ? bytes[at]
                                     : bytes[at] & (0x7fu >> step);
        for (unsigned i = 1; i < step; i++)
            point = point << 6 | (bytes[at + i] & 0x3f);
        at += step == 0 ? 1 : step;
        uint32_t units[2] = {point, 0};
        unsigned unit_count = point >= 0x10000 ? 2 : 1;
        if (unit_count == 2) {
            units[0] = 0xd800 + ((point - 0x10000) >> 10);
            units[1] = 0xdc00 + ((point - 0x10000) & 0x3ff);
        }
        for (unsigned i = 0; i < unit_count; i++, count++) {
            if (!out_units)
                continue;
            out_units[2 * count] = (uint8_t)units[i];
            out_units[2 * count + 1] = (uint8_t)(units[i] >> 8);
        }
    }
    return count;
}

/* The byte of the code page for a character; what it does not have becomes '?'. */
static uint8_t ansi_byte(uint32_t point)
{
    for (unsigned i = 0; i < sizeof ansi_high / sizeof ansi_high[0]; i++)
        if (ansi_high[i] == point)
            return (uint8_t)(0x80 + i);
    return point < 0x100 ? (uint8_t)point : '?';
}

static size_t ansi_encode(const char *text, size_t length, uint8_t *out)
{
    size_t count = 0;
    for (size_t at = 0; at < length; count++) {
        const uint8_t *bytes = (const uint8_t *)text + at;
        unsigned step = utf8_length(bytes, length - at);
        uint32_t point = step <= 1 ? bytes[0] : bytes[0] & (0x7fu >> step);
        for (unsigned i = 1; i < step; i++)
            point = point << 6 | (bytes[i] & 0x3f);
        out[count] = ansi_byte(point);
        at += step ? step : 1;
    }
    return count;
}

int text_encode(enum inf_encoding encoding, const char *text, size_t length, uint8_t **out_bytes,
                size_t *out_length)
{
    static const char marks[][4] = {
        [INF_UTF8_BOM] = "\xef\xbb\xbf", [INF_UTF16_LE] = "\xff\xfe", [INF_UTF16_BE] = "\xfe\xff"};
    const char *mark = encoding >= INF_UTF8_BOM ? marks[encoding] : "";
    uint8_t *bytes = malloc(2 * length + 4);
    size_t used = strlen(mark);
    if (!bytes)
        return INF_DAMAGED;
    memcpy(bytes, mark, used);
    if (encoding == INF_ANSI) {
        used += ansi_encode(text, length, bytes + used);
    } else if (encoding == INF_UTF8 || encoding == INF_UTF8_BOM) {
        memcpy(bytes + used, text, length);
        used += length;
    } else {
        size_t units = text_utf16(text, length, bytes + used);
        for (size_t i = 0; encoding == INF_UTF16_BE && i < units; i++) {
            uint8_t low = bytes[used + 2 * i];
            bytes[used + 2 * i] = bytes[used + 2 * i + 1];
            bytes[used + 2 * i + 1] = low;
        }
        used += 2 * units;
    }
    *out_bytes = bytes;
    *out_length = used;
    return INF_OK;
}
