/* SPDX-License-Identifier: MIT */
/* address_text.c - Internet addresses as text: IPv4 in one to four parts, IPv6 with "::".
 *
 * Written are the shortest usual forms: zeros of an IPv6 address shrink once, the longest
 * run of them; the last 32 bits are dotted when the address embeds an IPv4 one (mapped,
 * compatible, ISATAP). Numbers never wrap: what is too large is no address.
 */
#include "address_text.h"

#include <stddef.h>
#include <string.h>

static unsigned text_char(const struct address_text *text, unsigned index)
{
    return text->wide ? text->wide[index] : (UCHAR)text->narrow[index];
}

/* ---- writing --------------------------------------------------------------------------- */

static unsigned number_put(char *to, ULONG value, unsigned base)
{
    char digits[12];
    unsigned at = sizeof digits;
    do
        digits[--at] = "0123456789abcdef"[value % base];
    while ((value /= base) != 0);
    memcpy(to, digits + at, sizeof digits - at);
    return (unsigned)sizeof digits - at;
}

unsigned address4_write(const UCHAR bytes[4], char *out_text)
{
    unsigned at = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (i > 0)
            out_text[at++] = '.';
        at += number_put(out_text + at, bytes[i], 10);
    }
    return at;
}

static unsigned word_at(const UCHAR bytes[16], unsigned index)
{
    return (unsigned)bytes[index * 2] << 8 | bytes[index * 2 + 1];
}

static bool words_are_zero(const UCHAR bytes[16], unsigned first, unsigned end)
{
    while (first < end)
        if (word_at(bytes, first++) != 0)
            return false;
    return true;
}

/* Are the last four bytes an IPv4 address? */
static bool embeds_v4(const UCHAR bytes[16])
{
    if (words_are_zero(bytes, 0, 4) && word_at(bytes, 6) != 0) {
        unsigned four = word_at(bytes, 4), five = word_at(bytes, 5);
        if ((four == 0 && (five == 0 || five == 0xffff)) || (four == 0xffff && five == 0))
            return true; /* compatible, mapped, translated */
    }
    return (word_at(bytes, 4) & 0xfdff) == 0 && word_at(bytes, 5) == 0x5efe; /* ISATAP */
}

unsigned address6_write(const UCHAR bytes[16], char *out_text)
{
    unsigned words = embeds_v4(bytes) ? 6 : 8, run = 0, run_length = 1, at = 0;
    for (unsigned i = 0; i < words; i++) {
        unsigned end = i;
        while (end < words && word_at(bytes, end) == 0)
            end++;
        if (end - i > run_length) {
            run = i;
            run_length = end - i;
        }
    }
    for (unsigned i = 0; i < words; i++) {
        if (run_length > 1 && i == run) {
            out_text[at++] = ':';
            out_text[at++] = ':';
            i += run_length - 1;
            continue;
        }
        if (i > 0 && !(run_length > 1 && i == run + run_length))
            out_text[at++] = ':';
        at += number_put(out_text + at, word_at(bytes, i), 16);
    }
    if (words == 6) {
        if (out_text[at - 1] != ':')
            out_text[at++] = ':';
        at += address4_write(bytes + 12, out_text + at);
    }
    return at;
}

static USHORT port_swap(USHORT port)
{
    return (USHORT)(port << 8 | port >> 8);
}

unsigned address4_write_full(const UCHAR bytes[4], USHORT port, char *out_text)
{
    unsigned at = address4_write(bytes, out_text);
    if (port != 0) {
        out_text[at++] = ':';
        at += number_put(out_text + at, port_swap(port), 10);
    }
    return at;
}

unsigned address6_write_full(const UCHAR bytes[16], ULONG scope, USHORT port, char *out_text)
{
    unsigned at = 0;
    if (port != 0)
        out_text[at++] = '[';
    at += address6_write(bytes, out_text + at);
    if (scope != 0) {
        out_text[at++] = '%';
        at += number_put(out_text + at, scope, 10);
    }
    if (port != 0) {
        out_text[at++] = ']';
        out_text[at++] = ':';
        at += number_put(out_text + at, port_swap(port), 10);
    }
    return at;
}

/* ---- reading --------------------------------------------------------------------------- */

static unsigned digit_value(unsigned c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : ~0u;
}

/* A number up to 32 bits at *at; false: none there, or too large. */
static bool number_read(const struct address_text *text, unsigned base, unsigned *at,
                        ULONG *out_value)
{
    ULONGLONG value = 0;
    unsigned begin = *at, digit;
    while ((digit = digit_value(text_char(text, *at))) < base) {
        value = value * base + digit;
        if (value > MAXULONG)
            return false;
        ++*at;
    }
    *out_value = (ULONG)value;
    return *at > begin;
}

/* As in C: 0x is hexadecimal, another leading 0 octal. */
static bool number_read_prefixed(const struct address_text *text, unsigned *at, ULONG *out_value)
{
    unsigned base = 10;
    if (text_char(text, *at) == '0') {
        unsigned next = text_char(text, *at + 1);
        if ((next | 0x20) == 'x') {
            base = 16;
            *at += 2;
        } else if (digit_value(next) < 10) {
            base = 8;
        }
    }
    return number_read(text, base, at, out_value);
}

static bool address4_read_at(const struct address_text *text, unsigned at, bool is_strict,
                             unsigned *out_end, UCHAR out_bytes[4])
{
    ULONG parts[4];
    unsigned count = 0;
    for (;;) {
        if (!(is_strict ? number_read(text, 10, &at, &parts[count])
                        : number_read_prefixed(text, &at, &parts[count])))
            return false;
        count++;
        if (text_char(text, at) != '.' || count == 4)
            break;
        at++;
    }
    if (is_strict && count != 4)
        return false;
    ULONG address = 0;
    for (unsigned i = 0; i + 1 < count; i++) {
        if (parts[i] > 255)
            return false;
        address |= parts[i] << (24 - 8 * i);
    }
    /* The last part fills what the others have left. */
    if ((ULONGLONG)parts[count - 1] >= 1ull << (8 * (5 - count)))
        return false;
    address |= parts[count - 1];
    for (unsigned i = 0; i < 4; i++)
        out_bytes[i] = (UCHAR)(address >> (24 - 8 * i));
    *out_end = at;
    return true;
}

bool address4_read(const struct address_text *text, bool is_strict, unsigned *out_end,
                   UCHAR out_bytes[4])
{
    return address4_read_at(text, 0, is_strict, out_end, out_bytes);
}

/* The words before and behind the gap, if there is one. */
struct words {
    USHORT word[8];
    unsigned count, gap; /* gap: 8 when there is none */
};

static void words_put(const struct words *words, UCHAR out_bytes[16])
{
    unsigned tail = words->gap == 8 ? 0 : words->count - words->gap;
    memset(out_bytes, 0, 16);
    for (unsigned i = 0; i < words->count; i++) {
        unsigned place = words->gap != 8 && i >= words->gap ? 8 - tail + (i - words->gap) : i;
        out_bytes[place * 2] = (UCHAR)(words->word[i] >> 8);
        out_bytes[place * 2 + 1] = (UCHAR)words->word[i];
    }
}

/* One group of hexadecimal digits, or a dotted end. */
static bool group_read(const struct address_text *text, unsigned *at, struct words *words,
                       bool *out_is_last)
{
    unsigned begin = *at;
    ULONG value;
    UCHAR dotted[4];
    if (!number_read(text, 16, at, &value))
        return false;
    if (text_char(text, *at) == '.' && words->count <= 6 &&
        address4_read_at(text, begin, true, at, dotted)) {
        words->word[words->count++] = (USHORT)(dotted[0] << 8 | dotted[1]);
        words->word[words->count++] = (USHORT)(dotted[2] << 8 | dotted[3]);
        *out_is_last = true;
        return true;
    }
    if (*at - begin > 4)
        return false;
    words->word[words->count++] = (USHORT)value;
    return true;
}

bool address6_read(const struct address_text *text, unsigned at, unsigned *out_end,
                   UCHAR out_bytes[16])
{
    struct words words = {.gap = 8};
    bool is_last = false;
    if (text_char(text, at) == ':') {
        if (text_char(text, at + 1) != ':')
            return false;
        words.gap = 0;
        at += 2;
    }
    while (words.count < 8 && !is_last && digit_value(text_char(text, at)) < 16) {
        if (!group_read(text, &at, &words, &is_last))
            return false;
        if (is_last || words.count == 8 || text_char(text, at) != ':')
            break;
        if (text_char(text, at + 1) == ':') {
            if (words.gap != 8)
                break; /* a second gap is not ours */
            words.gap = words.count;
            at += 2;
        } else if (digit_value(text_char(text, at + 1)) < 16) {
            at++;
        } else {
            break;
        }
    }
    if (words.gap == 8 ? words.count != 8 : words.count > 7)
        return false;
    words_put(&words, out_bytes);
    *out_end = at;
    return true;
}

static bool port_read(const struct address_text *text, unsigned *at, USHORT *out_port)
{
    ULONG port;
    if (!number_read_prefixed(text, at, &port) || port > 0xffff)
        return false;
    *out_port = port_swap((USHORT)port);
    return true;
}

bool address4_read_full(const struct address_text *text, bool is_strict, UCHAR out_bytes[4],
                        USHORT *out_port)
{
    unsigned at;
    USHORT port = 0;
    if (!address4_read(text, is_strict, &at, out_bytes))
        return false;
    if (text_char(text, at) == ':') {
        at++;
        if (!port_read(text, &at, &port) || port == 0)
            return false;
    }
    *out_port = port;
    return text_char(text, at) == 0;
}

bool address6_read_full(const struct address_text *text, UCHAR out_bytes[16], ULONG *out_scope,
                        USHORT *out_port)
{
    bool is_bracketed = text_char(text, 0) == '[';
    unsigned at = is_bracketed;
    ULONG scope = 0;
    USHORT port = 0;
    if (!address6_read(text, at, &at, out_bytes))
        return false;
    if (text_char(text, at) == '%') {
        at++;
        if (!number_read(text, 10, &at, &scope))
            return false;
    }
    if (is_bracketed) {
        if (text_char(text, at++) != ']')
            return false;
        if (text_char(text, at) == ':') {
            at++;
            if (!port_read(text, &at, &port) || port == 0)
                return false;
        }
    }
    *out_scope = scope;
    *out_port = port;
    return text_char(text, at) == 0;
}
