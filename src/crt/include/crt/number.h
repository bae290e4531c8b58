/* SPDX-License-Identifier: MIT */
/* crt/number.h - numbers from text and text from numbers. "long" is 32 bits, as on Windows.
 *
 * The short functions clamp as documented and keep no errno; a caller that must set one reads
 * with crt_number_read and looks at what happened.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crt_number {
    uint64_t magnitude; /* UINT64_MAX when overflow */
    bool negative;
    bool overflow; /* did not fit 64 bits */
    size_t used;   /* characters read, with white space and sign; 0 when there was no number */
};

/* Reads an integer; base 0 takes 0x and 0 prefixes, else 2..36 (others read nothing). */
struct crt_number crt_number_read(const char *text, int base);
struct crt_number crt_number_read_wide(const wchar_t *text, int base);

/* Clamp a number that was read. out_range (may be null) tells whether it had to be clamped. */
int32_t crt_number_long(struct crt_number number, bool *out_range);
uint32_t crt_number_ulong(struct crt_number number, bool *out_range);
int64_t crt_number_int64(struct crt_number number, bool *out_range);
uint64_t crt_number_uint64(struct crt_number number, bool *out_range);

int32_t crt_strtol(const char *text, char **end, int base);
uint32_t crt_strtoul(const char *text, char **end, int base);
int64_t crt_strtoll(const char *text, char **end, int base);
uint64_t crt_strtoull(const char *text, char **end, int base);
int32_t crt_wcstol(const wchar_t *text, wchar_t **end, int base);
uint32_t crt_wcstoul(const wchar_t *text, wchar_t **end, int base);
int64_t crt_wcstoll(const wchar_t *text, wchar_t **end, int base);
uint64_t crt_wcstoull(const wchar_t *text, wchar_t **end, int base);
double crt_wcstod(const wchar_t *text, wchar_t **end);

/* Text of a number; returns the buffer. radix 2..36; only radix 10 shows a sign. */
char *crt_itoa(int32_t value, char *buffer, int radix);
char *crt_ultoa(uint32_t value, char *buffer, int radix);
char *crt_i64toa(int64_t value, char *buffer, int radix);
char *crt_ui64toa(uint64_t value, char *buffer, int radix);
wchar_t *crt_itow(int32_t value, wchar_t *buffer, int radix);
wchar_t *crt_ultow(uint32_t value, wchar_t *buffer, int radix);
wchar_t *crt_i64tow(int64_t value, wchar_t *buffer, int radix);
wchar_t *crt_ui64tow(uint64_t value, wchar_t *buffer, int radix);

/* The core of the _s forms: 0, CRT_EINVAL or CRT_ERANGE (buffer emptied). */
int crt_number_text_s(uint64_t magnitude, bool negative, char *buffer, size_t size, int radix);
int crt_number_text_ws(uint64_t magnitude, bool negative, wchar_t *buffer, size_t size, int radix);
