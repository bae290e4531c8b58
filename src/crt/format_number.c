/* SPDX-License-Identifier: MIT */
/* format_number.c - the formatter's integers and doubles.
 *
 * Digits of doubles come from the native C library; signs, padding, exponent width and the
 * words for what is not a number are Microsoft's.
 */
#include "format_internal.h"

#include <stdio.h>
#include <string.h>

void format_integer(struct writer *writer, const struct conversion *conversion, uint64_t value,
                    bool is_signed)
{
    char digits[24];
    size_t at = sizeof(digits);
    char prefix[2];
    struct padded padded = {.prefix = prefix};
    char letter = conversion->letter;
    bool negative = is_signed && (int64_t)value < 0;
    unsigned base = letter == 'x' || letter == 'X' ? 16 : letter == 'o' ? 8 : 10;
    const char *symbols = letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";

    if (negative)
        value = 0 - value;
    if (is_signed && (negative || conversion->plus || conversion->space))
        prefix[padded.prefix_count++] = negative ? '-' : conversion->plus ? '+' : ' ';
    if (base == 16 && conversion->alternate && value != 0) {
        prefix[padded.prefix_count++] = '0';
        prefix[padded.prefix_count++] = letter;
    }
    for (uint64_t rest = value; rest; rest /= base)
        digits[--at] = symbols[rest % base];
    if (value == 0 && conversion->precision != 0)
        digits[--at] = '0';
    padded.body = digits + at;
    padded.body_count = padded.inner_at = sizeof(digits) - at;
    if (conversion->precision > 0 && (size_t)conversion->precision > padded.body_count)
        padded.leading_zeros = (size_t)conversion->precision - padded.body_count;
    if (base == 8 && conversion->alternate && padded.leading_zeros == 0 &&
        (padded.body_count == 0 || padded.body[0] != '0'))
        padded.leading_zeros = 1;
    writer_padded(writer, conversion, &padded, conversion->zero && conversion->precision < 0);
}

/* The most digits after the point that are not zero for certain; a double has 1074. */
#define PRECISION_MAX 1080

struct float_text {
    char text[PRECISION_MAX + 330];
    size_t count;
    bool is_number;
};

static void not_a_number(struct float_text *out, unsigned options, char letter, int precision,
                         uint64_t bits)
{
    bool infinite = (bits << 12) == 0;
    bool indefinite = bits == UINT64_C(0xfff8000000000000);
    if (options & CRT_FORMAT_OLD_FLOAT) {
        strcpy(out->text, infinite ? "1.#INF" : indefinite ? "1.#IND" : "1.#QNAN");
        /* The old run-time treated the word as digits and filled up to the precision. */
        size_t want = letter == 'g' || letter == 'G' ? 0 : 2 + (size_t)precision;
        for (out->count = strlen(out->text); out->count < want && out->count < PRECISION_MAX;)
            out->text[out->count++] = '0';
        return;
    }
    strcpy(out->text, infinite ? "inf" : indefinite ? "nan(ind)" : "nan");
    out->count = strlen(out->text);
    if (letter >= 'A' && letter <= 'Z')
        for (size_t i = 0; i < out->count; i++)
            if (out->text[i] >= 'a')
                out->text[i] = (char)(out->text[i] - 32);
}

/* Digits of the magnitude, without sign and width. */
static void float_digits(struct float_text *out, const struct conversion *conversion,
                         unsigned options, int precision, double magnitude)
{
    char format[8] = {'%', 0};
    size_t n = 1;
    if (conversion->alternate)
        format[n++] = '#';
    format[n++] = '.';
    format[n++] = '*';
    format[n++] = conversion->letter;
    format[n] = 0;
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
    out->count = (size_t)snprintf(out->text, sizeof(out->text), format, precision, magnitude);
#pragma clang diagnostic pop
    char letter = (char)(conversion->letter | 0x20);
    char *exponent = letter == 'e' || letter == 'g' ? strpbrk(out->text, "eE") : NULL;
    if (exponent && (options & CRT_FORMAT_OLD_FLOAT) && strlen(exponent) == 4) {
        memmove(exponent + 3, exponent + 2, 3);
        exponent[2] = '0';
        out->count++;
    }
}

void format_float(struct writer *writer, const struct conversion *conversion, unsigned options,
                  double value)
{
    struct float_text digits;
    char prefix[4];
    struct padded padded = {.prefix = prefix};
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    bool negative = bits >> 63;
    char letter = (char)(conversion->letter | 0x20);
    int precision = conversion->precision >= 0 ? conversion->precision : letter == 'a' ? 13 : 6;

    if (negative || conversion->plus || conversion->space)
        prefix[padded.prefix_count++] = negative ? '-' : conversion->plus ? '+' : ' ';
    digits.is_number = (bits >> 52 & 0x7ff) != 0x7ff;
    if (!digits.is_number) {
        not_a_number(&digits, options, conversion->letter, precision, bits);
    } else {
        int asked = precision < PRECISION_MAX ? precision : PRECISION_MAX;
        bits &= INT64_MAX;
        memcpy(&value, &bits, sizeof(value));
        float_digits(&digits, conversion, options, asked, value);
        /* What lies beyond is zeros; %g shows them only with '#'. */
        if (letter != 'g' || conversion->alternate)
            padded.inner_zeros = (size_t)(precision - asked);
    }
    padded.body = digits.text;
    padded.body_count = digits.count;
    if (digits.is_number && letter == 'a') {
        prefix[padded.prefix_count++] = '0';
        prefix[padded.prefix_count++] = digits.text[1];
        padded.body += 2;
        padded.body_count -= 2;
    }
    size_t exponent = 0;
    while (exponent < padded.body_count && (padded.body[exponent] | 0x20) != 'p' &&
           (letter == 'a' || (padded.body[exponent] | 0x20) != 'e'))
        exponent++;
    padded.inner_at = exponent;
    writer_padded(writer, conversion, &padded, conversion->zero && digits.is_number);
}
