/* SPDX-License-Identifier: MIT */
/* format_text.c - the formatter's strings and characters, converting width when it must.
 *
 * A precision counts output characters, and nothing past what it allows is read: the string
 * need not be terminated then. A character is written whole or not at all.
 */
#include "format_internal.h"

#include "crt/string.h"
#include "crt/utf.h"

#include <string.h>

/* How many source units the code point at text[0] has at most, by its first unit. */
static size_t units_of_lead(const struct text_argument *text)
{
    if (text->wide)
        return text->wide[0] >= 0xd800 && text->wide[0] < 0xdc00 ? 2 : 1;
    unsigned char lead = (unsigned char)text->narrow[0];
    return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* Converts the first code point; returns the output units made, 0 at the end of the text. */
static size_t convert_next(struct text_argument *text, void *out, size_t out_limit)
{
    size_t n = units_of_lead(text);
    bool counted = text->count != SIZE_MAX;
    struct crt_utf r;

    if (counted && n > text->count)
        n = text->count;
    if (text->wide) {
        if (!counted)
            n = crt_wcsnlen(text->wide, n);
        r = crt_utf16_to_utf8(text->wide, n, 0, out, out_limit);
        text->wide += r.consumed;
    } else {
        if (!counted)
            n = strnlen(text->narrow, n);
        r = crt_utf8_to_utf16(text->narrow, n, 0, out, out_limit);
        text->narrow += r.consumed;
    }
    if (counted)
        text->count -= r.consumed;
    return r.written;
}

/* Converts the whole text, to the writer or, with none, only to count. */
static size_t convert_text(struct writer *writer, struct text_argument text, size_t limit)
{
    size_t total = 0;
    while (text.count && total < limit) {
        union {
            char narrow[12];
            wchar_t wide[8];
        } out;
        size_t room = limit - total < 8 ? limit - total : 8;
        size_t n = convert_next(&text, &out, room);
        if (n == 0)
            break;
        if (writer)
            writer_chars(writer, &out, n);
        total += n;
    }
    return total;
}

void format_text(struct writer *writer, const struct conversion *conversion,
                 struct text_argument text)
{
    size_t limit = conversion->precision < 0 ? SIZE_MAX : (size_t)conversion->precision;
    bool same = writer->is_wide ? text.wide != NULL : text.narrow != NULL;
    size_t length;

    if (!same)
        length = convert_text(NULL, text, limit);
    else if (text.count != SIZE_MAX)
        length = text.count < limit ? text.count : limit;
    else
        length = text.wide ? crt_wcsnlen(text.wide, limit) : strnlen(text.narrow, limit);

    size_t pad = (size_t)conversion->width > length ? (size_t)conversion->width - length : 0;
    if (!conversion->left)
        writer_repeat(writer, conversion->zero ? '0' : ' ', pad);
    if (!same)
        convert_text(writer, text, limit);
    else
        writer_chars(writer, text.wide ? (const void *)text.wide : text.narrow, length);
    if (conversion->left)
        writer_repeat(writer, ' ', pad);
}
