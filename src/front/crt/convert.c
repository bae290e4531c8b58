/* SPDX-License-Identifier: MIT */
/* convert.c - numbers of text, with errno; division, absolute values, random numbers.
 *
 * "long" is 32 bits. Doc: "Data conversion", a page by name; "div", "_rotl", "rand", "rand_s".
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crt/number.h"
#include "crt/sort.h"
#include "crt_internal.h"
#include "host/host.h"

static bool is_base(int base)
{
    return !base || (base >= 2 && base <= 36);
}

#define READ_NUMBER(name, result_type, character, read, clamp)                 \
    CRT(result_type, name, (const character *text, character **end, int base)) \
    {                                                                          \
        bool out_range = false;                                                \
        if (!text || !is_base(base)) {                                         \
            if (end)                                                           \
                *end = (character *)text;                                      \
            crt_invalid(EINVAL);                                               \
            return 0;                                                          \
        }                                                                      \
        struct crt_number number = read(text, base);                           \
        if (end)                                                               \
            *end = (character *)text + number.used;                            \
        result_type value = clamp(number, &out_range);                         \
        if (out_range)                                                         \
            crt_fail(ERANGE);                                                  \
        return value;                                                          \
    }

READ_NUMBER(ucrt_strtol, int32_t, char, crt_number_read, crt_number_long)
READ_NUMBER(ucrt_strtoul, uint32_t, char, crt_number_read, crt_number_ulong)
READ_NUMBER(ucrt__strtoi64, int64_t, char, crt_number_read, crt_number_int64)
READ_NUMBER(ucrt__strtoui64, uint64_t, char, crt_number_read, crt_number_uint64)
READ_NUMBER(ucrt_wcstol, int32_t, wchar_t, crt_number_read_wide, crt_number_long)
READ_NUMBER(ucrt_wcstoul, uint32_t, wchar_t, crt_number_read_wide, crt_number_ulong)
READ_NUMBER(ucrt__wcstoi64, int64_t, wchar_t, crt_number_read_wide, crt_number_int64)
READ_NUMBER(ucrt__wcstoui64, uint64_t, wchar_t, crt_number_read_wide, crt_number_uint64)

/* ---- floating point -------------------------------------------------------------------------- */

CRT(double, ucrt_strtod, (const char *text, char **end))
{
    errno = 0;
    double value = strtod(text, end);
    if (errno == ERANGE)
        crt_fail(ERANGE);
    return value;
}

CRT(float, ucrt_strtof, (const char *text, char **end))
{
    errno = 0;
    float value = strtof(text, end);
    if (errno == ERANGE)
        crt_fail(ERANGE);
    return value;
}

CRT(double, ucrt_atof, (const char *text))
{
    return ucrt_strtod(text, NULL);
}

CRT(double, ucrt_wcstod, (const wchar_t *text, wchar_t **end))
{
    double value = crt_wcstod(text, end);
    if (isinf(value) && !crt_wcspbrk(text, (const wchar_t[]){'i', 'I', 0}))
        crt_fail(ERANGE);
    return value;
}

CRT(float, ucrt_wcstof, (const wchar_t *text, wchar_t **end))
{
    return (float)ucrt_wcstod(text, end);
}

CRT(double, ucrt__wtof, (const wchar_t *text))
{
    return ucrt_wcstod(text, NULL);
}

CRT(char *, ucrt__gcvt, (double value, int digits, char *out))
{
    snprintf(out, (size_t)digits + 9, "%.*g", digits, value);
    return out;
}

/* _ecvt and _fcvt answer in the thread's block. */
static char *digits_of(char *(*convert)(double, int, int *, int *), double value, int count,
                       int *place, int *is_negative)
{
    static RTL_SRWLOCK lock; /* guards: the host's one result */
    struct crt_thread *thread = crt_thread();
    srw_take_exclusive(&lock);
    const char *text = convert(value, count, place, is_negative);
    crt_strncpy_s(thread->error_text, sizeof thread->error_text, text, CRT_TRUNCATE);
    srw_give_exclusive(&lock);
    return thread->error_text;
}

CRT(char *, ucrt__ecvt, (double value, int count, int *place, int *is_negative))
{
    return digits_of(ecvt, value, count, place, is_negative);
}

CRT(char *, ucrt__fcvt, (double value, int count, int *place, int *is_negative))
{
    return digits_of(fcvt, value, count, place, is_negative);
}

/* digits and place into a caller's buffer. */
static int digits_copy(const char *text, char *out, size_t size)
{
    if (!out || !size)
        return crt_invalid(EINVAL);
    int error = crt_strcpy_s(out, size, text);
    return error ? crt_invalid(error) : 0;
}

CRT(int, ucrt__ecvt_s,
    (char *out, size_t size, double value, int count, int *place, int *is_negative))
{
    return digits_copy(ucrt__ecvt(value, count, place, is_negative), out, size);
}

CRT(int, ucrt__fcvt_s,
    (char *out, size_t size, double value, int count, int *place, int *is_negative))
{
    return digits_copy(ucrt__fcvt(value, count, place, is_negative), out, size);
}

CRT(int, ucrt__gcvt_s, (char *out, size_t size, double value, int digits))
{
    char text[400];
    if (digits < 0 || digits > 350)
        return crt_invalid(ERANGE);
    return digits_copy(ucrt__gcvt(value, digits, text), out, size);
}

CRT(char *, ucrt__ui64toa, (uint64_t value, char *buffer, int radix))
{
    return crt_ui64toa(value, buffer, radix);
}

CRT(wchar_t *, ucrt__ui64tow, (uint64_t value, wchar_t *buffer, int radix))
{
    return crt_ui64tow(value, buffer, radix);
}

/* ---- integers -------------------------------------------------------------------------------- */

struct division {
    int32_t quotient, remainder;
};

CRT(struct division, ucrt_div, (int32_t a, int32_t b))
{
    return (struct division){a / b, a % b};
}

struct division64 {
    int64_t quotient, remainder;
};

CRT(struct division64, ucrt_lldiv, (int64_t a, int64_t b))
{
    return (struct division64){a / b, a % b};
}

CRT(int32_t, ucrt_abs, (int32_t value))
{
    return value < 0 ? -value : value;
}

CRT(int64_t, ucrt__abs64, (int64_t value))
{
    return value < 0 ? -value : value;
}

CRT(uint32_t, ucrt__rotl, (uint32_t value, int shift))
{
    return value << (shift & 31) | value >> (-shift & 31);
}

CRT(uint32_t, ucrt__rotr, (uint32_t value, int shift))
{
    return value >> (shift & 31) | value << (-shift & 31);
}

CRT(uint64_t, ucrt__rotl64, (uint64_t value, int shift))
{
    return value << (shift & 63) | value >> (-shift & 63);
}

CRT(uint64_t, ucrt__rotr64, (uint64_t value, int shift))
{
    return value >> (shift & 63) | value << (-shift & 63);
}

CRT(uint16_t, ucrt__byteswap_ushort, (uint16_t value))
{
    return __builtin_bswap16(value);
}

CRT(uint32_t, ucrt__byteswap_ulong, (uint32_t value))
{
    return __builtin_bswap32(value);
}

CRT(uint64_t, ucrt__byteswap_uint64, (uint64_t value))
{
    return __builtin_bswap64(value);
}

CRT(int, ucrt_rand, (void))
{
    return crt_rand(&crt_thread()->random);
}

CRT(void, ucrt_srand, (unsigned seed))
{
    crt_thread()->random = seed;
}

CRT(int, ucrt_rand_s, (unsigned *out))
{
    if (!out)
        return crt_invalid(EINVAL);
    *out = (unsigned)host_random64();
    return 0;
}

/* ---- searches -------------------------------------------------------------------------------- */

CRT(void *, ucrt__lfind,
    (const void *key, const void *base, const unsigned *count, unsigned size, crt_compare *compare))
{
    for (unsigned i = 0; i < *count; i++) {
        const char *at = (const char *)base + (size_t)i * size;
        if (!compare(key, at))
            return (void *)at;
    }
    return NULL;
}

CRT(void *, ucrt__lsearch,
    (const void *key, void *base, unsigned *count, unsigned size, crt_compare *compare))
{
    void *found = ucrt__lfind(key, base, count, size, compare);
    if (found)
        return found;
    return memcpy((char *)base + (size_t)(*count)++ * size, key, size);
}
