/* SPDX-License-Identifier: MIT */
/* format.c - the printf engine: reads the format, fetches arguments, hands each to its printer.
 *
 * One engine for both widths: the format is read through format_at, output goes through a
 * writer that knows its width. The first refusal ends everything.
 */
#include "format_internal.h"

#include "crt/string.h"

#include <limits.h>
#include <string.h>

struct format_text {
    const char *narrow;
    const wchar_t *wide;
    size_t at;
};

static unsigned format_at(const struct format_text *format, size_t ahead)
{
    size_t i = format->at + ahead;
    return format->narrow ? (unsigned char)format->narrow[i] : format->wide[i];
}

void writer_chars(struct writer *writer, const void *chars, size_t count)
{
    if (writer->status || count == 0)
        return;
    if (count > INT_MAX - writer->total)
        writer->status = CRT_FORMAT_INVALID;
    else if (writer->put(writer->context, chars, count))
        writer->status = CRT_FORMAT_FAILED;
    else
        writer->total += count;
}

void writer_ascii(struct writer *writer, const char *text, size_t count)
{
    if (!writer->is_wide) {
        writer_chars(writer, text, count);
        return;
    }
    while (count && !writer->status) {
        wchar_t chunk[64];
        size_t n = count < 64 ? count : 64;
        for (size_t i = 0; i < n; i++)
            chunk[i] = (unsigned char)text[i];
        writer_chars(writer, chunk, n);
        text += n;
        count -= n;
    }
}

void writer_repeat(struct writer *writer, char c, size_t count)
{
    char chunk[64];
    memset(chunk, c, sizeof(chunk));
    while (count && !writer->status) {
        size_t n = count < sizeof(chunk) ? count : sizeof(chunk);
        writer_ascii(writer, chunk, n);
        count -= n;
    }
}

void writer_padded(struct writer *writer, const struct conversion *conversion,
                   const struct padded *padded, bool zero_fill)
{
    size_t length =
        padded->prefix_count + padded->leading_zeros + padded->body_count + padded->inner_zeros;
    size_t pad = (size_t)conversion->width > length ? (size_t)conversion->width - length : 0;
    zero_fill = zero_fill && !conversion->left;
    if (!zero_fill && !conversion->left)
        writer_repeat(writer, ' ', pad);
    writer_ascii(writer, padded->prefix, padded->prefix_count);
    writer_repeat(writer, '0', padded->leading_zeros + (zero_fill ? pad : 0));
    writer_ascii(writer, padded->body, padded->inner_at);
    writer_repeat(writer, '0', padded->inner_zeros);
    writer_ascii(writer, padded->body + padded->inner_at, padded->body_count - padded->inner_at);
    if (conversion->left)
        writer_repeat(writer, ' ', pad);
}

static void read_flags(struct format_text *format, struct conversion *conversion)
{
    for (;; format->at++) {
        switch (format_at(format, 0)) {
        case '-':
            conversion->left = true;
            break;
        case '+':
            conversion->plus = true;
            break;
        case ' ':
            conversion->space = true;
            break;
        case '#':
            conversion->alternate = true;
            break;
        case '0':
            conversion->zero = true;
            break;
        default:
            return;
        }
    }
}

/* Digits or a star; what is beyond INT_MAX is refused. */
static int read_count(struct format_text *format, __builtin_ms_va_list *args, int *out_count)
{
    if (format_at(format, 0) == '*') {
        format->at++;
        *out_count = __builtin_va_arg(*args, int);
        return 0;
    }
    int64_t count = 0;
    for (; format_at(format, 0) >= '0' && format_at(format, 0) <= '9'; format->at++) {
        count = count * 10 + (int)(format_at(format, 0) - '0');
        if (count > INT_MAX)
            return CRT_FORMAT_INVALID;
    }
    *out_count = (int)count;
    return 0;
}

static int read_width_precision(struct format_text *format, __builtin_ms_va_list *args,
                                struct conversion *conversion)
{
    if (read_count(format, args, &conversion->width))
        return CRT_FORMAT_INVALID;
    if (conversion->width < 0) {
        conversion->left = true;
        if (conversion->width == INT_MIN)
            return CRT_FORMAT_INVALID;
        conversion->width = -conversion->width;
    }
    conversion->precision = -1;
    if (format_at(format, 0) != '.')
        return 0;
    format->at++;
    if (read_count(format, args, &conversion->precision))
        return CRT_FORMAT_INVALID;
    if (conversion->precision < 0)
        conversion->precision = -1;
    return 0;
}

static enum argument_size read_size(struct format_text *format)
{
    unsigned c = format_at(format, 0);
    unsigned next = c ? format_at(format, 1) : 0;
    switch (c) {
    case 'h':
        format->at += next == 'h' ? 2 : 1;
        return next == 'h' ? SIZE_CHAR : SIZE_SHORT;
    case 'l':
        format->at += next == 'l' ? 2 : 1;
        return next == 'l' ? SIZE_64 : SIZE_LONG;
    case 'w':
        format->at++;
        return SIZE_LONG;
    case 'I':
        if (next == '6' && format_at(format, 2) == '4') {
            format->at += 3;
            return SIZE_64;
        }
        if (next == '3' && format_at(format, 2) == '2') {
            format->at += 3;
            return SIZE_DEFAULT;
        }
        format->at++;
        return SIZE_64;
    case 'j':
    case 'z':
    case 't':
        format->at++;
        return SIZE_64;
    case 'L':
        format->at++;
        return SIZE_DEFAULT;
    default:
        return SIZE_DEFAULT;
    }
}

static uint64_t fetch_integer(__builtin_ms_va_list *args, enum argument_size size, bool is_signed)
{
    if (size == SIZE_64)
        return __builtin_va_arg(*args, uint64_t);
    uint32_t value = __builtin_va_arg(*args, uint32_t);
    if (size == SIZE_CHAR)
        return is_signed ? (uint64_t)(int8_t)value : (uint8_t)value;
    if (size == SIZE_SHORT)
        return is_signed ? (uint64_t)(int16_t)value : (uint16_t)value;
    return is_signed ? (uint64_t)(int32_t)value : value;
}

/* Whether %c, %s, %C, %S mean 16-bit characters here. */
static bool text_is_wide(const struct conversion *conversion, bool is_wide, unsigned options)
{
    if (conversion->size == SIZE_SHORT || conversion->size == SIZE_CHAR)
        return false;
    if (conversion->size == SIZE_LONG || conversion->size == SIZE_64)
        return true;
    bool capital = conversion->letter == 'C' || conversion->letter == 'S';
    if (is_wide && (options & CRT_FORMAT_ISO_WIDE))
        return capital;
    return capital ? !is_wide : is_wide;
}

/* The counted strings of the kernel: ANSI_STRING, UNICODE_STRING. */
struct counted_string {
    uint16_t length_bytes;
    uint16_t capacity_bytes;
    const void *buffer;
};

static struct text_argument fetch_text(__builtin_ms_va_list *args,
                                       const struct conversion *conversion, bool is_wide)
{
    const void *pointer = __builtin_va_arg(*args, const void *);
    size_t count = SIZE_MAX;
    if (conversion->letter == 'Z' && pointer) {
        const struct counted_string *string = pointer;
        count = string->length_bytes / (is_wide ? sizeof(wchar_t) : 1);
        pointer = string->buffer;
    }
    if (!pointer)
        return (struct text_argument){.narrow = "(null)", .count = SIZE_MAX};
    return is_wide ? (struct text_argument){.wide = pointer, .count = count}
                   : (struct text_argument){.narrow = pointer, .count = count};
}

static void format_character(struct writer *writer, const struct conversion *conversion,
                             bool is_wide, int value)
{
    struct conversion plain = *conversion;
    plain.precision = -1;
    if (is_wide) {
        wchar_t c = (wchar_t)value;
        format_text(writer, &plain, (struct text_argument){.wide = &c, .count = 1});
    } else {
        char c = (char)value;
        format_text(writer, &plain, (struct text_argument){.narrow = &c, .count = 1});
    }
}

static void format_conversion(struct writer *writer, struct conversion *conversion,
                              unsigned options, __builtin_ms_va_list *args)
{
    bool is_wide = text_is_wide(conversion, writer->is_wide, options);
    switch (conversion->letter) {
    case 'd':
    case 'i':
        format_integer(writer, conversion, fetch_integer(args, conversion->size, true), true);
        break;
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        format_integer(writer, conversion, fetch_integer(args, conversion->size, false), false);
        break;
    case 'p':
        conversion->letter = 'X';
        conversion->precision = 16;
        format_integer(writer, conversion, __builtin_va_arg(*args, uint64_t), false);
        break;
    case 'c':
    case 'C':
        format_character(writer, conversion, is_wide, __builtin_va_arg(*args, int));
        break;
    case 'Z':
        is_wide = conversion->size == SIZE_LONG;
        format_text(writer, conversion, fetch_text(args, conversion, is_wide));
        break;
    case 's':
    case 'S':
        format_text(writer, conversion, fetch_text(args, conversion, is_wide));
        break;
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        format_float(writer, conversion, options, __builtin_va_arg(*args, double));
        break;
    case 'n':
        writer->status = CRT_FORMAT_INVALID;
        break;
    default:
        writer_ascii(writer, &conversion->letter, 1);
        break;
    }
}

/* Everything up to the next percent sign. */
static void format_literal(struct writer *writer, struct format_text *format)
{
    size_t n = 0;
    while (format_at(format, n) && format_at(format, n) != '%')
        n++;
    writer_chars(writer,
                 writer->is_wide ? (const void *)(format->wide + format->at)
                                 : (const void *)(format->narrow + format->at),
                 n);
    format->at += n;
}

static int format_all(struct writer *writer, unsigned options, struct format_text *format,
                      __builtin_ms_va_list args)
{
    while (!writer->status) {
        format_literal(writer, format);
        if (writer->status || format_at(format, 0) == 0)
            break;
        format->at++;
        struct conversion conversion = {0};
        read_flags(format, &conversion);
        if (read_width_precision(format, &args, &conversion)) {
            writer->status = CRT_FORMAT_INVALID;
            break;
        }
        conversion.size = read_size(format);
        unsigned letter = format_at(format, 0);
        if (letter == 0)
            break;
        if (letter > 0x7f) { /* not a conversion: the next literal run prints it */
            continue;
        }
        format->at++;
        conversion.letter = (char)letter;
        format_conversion(writer, &conversion, options, &args);
    }
    return writer->status ? writer->status : (int)writer->total;
}

int crt_format(crt_put *put, void *context, unsigned options, const char *format,
               __builtin_ms_va_list args)
{
    struct writer writer = {.put = put, .context = context};
    return format_all(&writer, options, &(struct format_text){.narrow = format}, args);
}

int crt_format_wide(crt_put *put, void *context, unsigned options, const wchar_t *format,
                    __builtin_ms_va_list args)
{
    struct writer writer = {.put = put, .context = context, .is_wide = true};
    return format_all(&writer, options, &(struct format_text){.wide = format}, args);
}
