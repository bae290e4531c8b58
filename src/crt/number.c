/* SPDX-License-Identifier: MIT */
/* number.c - integers from text and back, once for both character widths.
 *
 * Reading goes through struct text, which hides the width; writing makes digits in a small
 * local buffer and copies them out.
 */
#include "crt/number.h"
#include "crt/string.h"

#include <stdlib.h>

/* A string of either width. */
struct text {
    const char *narrow;
    const wchar_t *wide;
};

static unsigned text_at(struct text text, size_t i)
{
    return text.narrow ? (unsigned char)text.narrow[i] : text.wide[i];
}

static int digit_value(unsigned c)
{
    if (c >= '0' && c <= '9')
        return (int)(c - '0');
    if (c >= 'a' && c <= 'z')
        return (int)(c - 'a') + 10;
    if (c >= 'A' && c <= 'Z')
        return (int)(c - 'A') + 10;
    return 99;
}

static struct crt_number read_number(struct text text, int base)
{
    struct crt_number number = {0};
    size_t i = 0;

    if (base < 0 || base == 1 || base > 36)
        return number;
    while (crt_is((int)text_at(text, i), CRT_SPACE))
        i++;
    if (text_at(text, i) == '-' || text_at(text, i) == '+')
        number.negative = text_at(text, i++) == '-';
    if ((base == 0 || base == 16) && text_at(text, i) == '0' &&
        (text_at(text, i + 1) | 0x20) == 'x' && digit_value(text_at(text, i + 2)) < 16) {
        i += 2;
        base = 16;
    } else if (base == 0) {
        base = text_at(text, i) == '0' ? 8 : 10;
    }
    size_t first = i;
    for (int digit; (digit = digit_value(text_at(text, i))) < base; i++) {
        uint64_t limit = (UINT64_MAX - (unsigned)digit) / (unsigned)base;
        if (number.magnitude > limit)
            number.overflow = true;
        number.magnitude = number.magnitude * (unsigned)base + (unsigned)digit;
    }
    if (number.overflow)
        number.magnitude = UINT64_MAX;
    if (i == first)
        return (struct crt_number){0};
    number.used = i;
    return number;
}

struct crt_number crt_number_read(const char *text, int base)
{
    return read_number((struct text){.narrow = text}, base);
}

struct crt_number crt_number_read_wide(const wchar_t *text, int base)
{
    return read_number((struct text){.wide = text}, base);
}

/* Signed clamp to a type whose greatest value is max. */
static int64_t clamp_signed(struct crt_number n, int64_t max, bool *out_range)
{
    uint64_t limit = (uint64_t)max + n.negative;
    bool out = n.overflow || n.magnitude > limit;
    if (out_range)
        *out_range = out;
    uint64_t magnitude = out ? limit : n.magnitude;
    return (int64_t)(n.negative ? 0 - magnitude : magnitude);
}

/* Unsigned clamp: a minus sign negates within the type, as strtoul does. */
static uint64_t clamp_unsigned(struct crt_number n, uint64_t max, bool *out_range)
{
    bool out = n.overflow || n.magnitude > max;
    if (out_range)
        *out_range = out;
    if (out)
        return max;
    return (n.negative ? 0 - n.magnitude : n.magnitude) & max;
}

int32_t crt_number_long(struct crt_number number, bool *out_range)
{
    return (int32_t)clamp_signed(number, INT32_MAX, out_range);
}

uint32_t crt_number_ulong(struct crt_number number, bool *out_range)
{
    return (uint32_t)clamp_unsigned(number, UINT32_MAX, out_range);
}

int64_t crt_number_int64(struct crt_number number, bool *out_range)
{
    return clamp_signed(number, INT64_MAX, out_range);
}

uint64_t crt_number_uint64(struct crt_number number, bool *out_range)
{
    return clamp_unsigned(number, UINT64_MAX, out_range);
}

/* strto… in both widths: read, tell where it ended, clamp. */
#define NUMBER_READER(type, name, wide_name, clamp)                  \
    type name(const char *text, char **end, int base)                \
    {                                                                \
        struct crt_number number = crt_number_read(text, base);      \
        if (end)                                                     \
            *end = (char *)text + number.used;                       \
        return clamp(number, NULL);                                  \
    }                                                                \
    type wide_name(const wchar_t *text, wchar_t **end, int base)     \
    {                                                                \
        struct crt_number number = crt_number_read_wide(text, base); \
        if (end)                                                     \
            *end = (wchar_t *)text + number.used;                    \
        return clamp(number, NULL);                                  \
    }

NUMBER_READER(int32_t, crt_strtol, crt_wcstol, crt_number_long)
NUMBER_READER(uint32_t, crt_strtoul, crt_wcstoul, crt_number_ulong)
NUMBER_READER(int64_t, crt_strtoll, crt_wcstoll, crt_number_int64)
NUMBER_READER(uint64_t, crt_strtoull, crt_wcstoull, crt_number_uint64)

double crt_wcstod(const wchar_t *text, wchar_t **end)
{
    /* Long enough for any double written out in full; the rest cannot change the value much. */
    char narrow[1152];
    size_t n = 0;
    while (n < sizeof(narrow) - 1 && text[n] && text[n] < 0x80) {
        narrow[n] = (char)text[n];
        n++;
    }
    narrow[n] = 0;
    char *stop;
    double value = strtod(narrow, &stop);
    if (end)
        *end = (wchar_t *)text + (stop - narrow);
    return value;
}

/* Digits of magnitude, last first; returns how many. 64 binary digits are the most. */
static size_t digits_reversed(uint64_t magnitude, int radix, char out[64])
{
    size_t n = 0;
    do {
        out[n++] = "0123456789abcdefghijklmnopqrstuvwxyz"[magnitude % (unsigned)radix];
        magnitude /= (unsigned)radix;
    } while (magnitude);
    return n;
}

int crt_number_text_s(uint64_t magnitude, bool negative, char *buffer, size_t size, int radix)
{
    char digits[64];
    if (!buffer || size == 0)
        return CRT_EINVAL;
    buffer[0] = 0;
    if (radix < 2 || radix > 36)
        return CRT_EINVAL;
    size_t n = digits_reversed(magnitude, radix, digits);
    if (n + negative >= size)
        return CRT_ERANGE;
    size_t at = 0;
    if (negative)
        buffer[at++] = '-';
    while (n)
        buffer[at++] = digits[--n];
    buffer[at] = 0;
    return 0;
}

int crt_number_text_ws(uint64_t magnitude, bool negative, wchar_t *buffer, size_t size, int radix)
{
    char digits[66];
    if (!buffer || size == 0)
        return CRT_EINVAL;
    int error = crt_number_text_s(magnitude, negative, digits,
                                  size < sizeof(digits) ? size : sizeof(digits), radix);
    size_t i = 0;
    for (; digits[i]; i++)
        buffer[i] = (wchar_t)digits[i];
    buffer[i] = 0;
    return error;
}

/* The plain forms: the caller's buffer is as large as the documentation asks, 66 at most. */
#define NUMBER_WRITER(type, unsigned_type, name, wide_name, signed_radix)                       \
    char *name(type value, char *buffer, int radix)                                             \
    {                                                                                           \
        bool negative = (signed_radix) && radix == 10 && (int64_t)value < 0;                    \
        unsigned_type u = (unsigned_type)value;                                                 \
        crt_number_text_s(negative ? (unsigned_type)(0 - u) : u, negative, buffer, 66, radix);  \
        return buffer;                                                                          \
    }                                                                                           \
    wchar_t *wide_name(type value, wchar_t *buffer, int radix)                                  \
    {                                                                                           \
        bool negative = (signed_radix) && radix == 10 && (int64_t)value < 0;                    \
        unsigned_type u = (unsigned_type)value;                                                 \
        crt_number_text_ws(negative ? (unsigned_type)(0 - u) : u, negative, buffer, 66, radix); \
        return buffer;                                                                          \
    }

NUMBER_WRITER(int32_t, uint32_t, crt_itoa, crt_itow, true)
NUMBER_WRITER(uint32_t, uint32_t, crt_ultoa, crt_ultow, false)
NUMBER_WRITER(int64_t, uint64_t, crt_i64toa, crt_i64tow, true)
NUMBER_WRITER(uint64_t, uint64_t, crt_ui64toa, crt_ui64tow, false)
