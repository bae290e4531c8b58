/* SPDX-License-Identifier: MIT */
/* format_internal.h - what the formatter's files share: the writer and one parsed conversion.
 *
 * A writer counts characters of its width and stops for good at the first refusal.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crt/format.h"

struct writer {
    crt_put *put;
    void *context;
    bool is_wide;
    int status;   /* 0, or the CRT_FORMAT_… that ended it */
    size_t total; /* characters accepted */
};

void writer_chars(struct writer *writer, const void *chars, size_t count); /* writer's width */
void writer_ascii(struct writer *writer, const char *text, size_t count);
void writer_repeat(struct writer *writer, char c, size_t count);

enum argument_size {
    SIZE_DEFAULT,
    SIZE_CHAR,  /* hh */
    SIZE_SHORT, /* h: narrow text */
    SIZE_LONG,  /* l, w: wide text, 32-bit numbers */
    SIZE_64,    /* ll, I64, j, and I, z, t on x64 */
};

struct conversion {
    bool left, plus, space, alternate, zero;
    int width;
    int precision; /* -1: none given */
    enum argument_size size;
    char letter;
};

/* Pads body to the width: prefix (sign, 0x), zeros or spaces, body, then trailing zeros that the
 * body leaves out at exponent (body_count: at its end). */
struct padded {
    const char *prefix;
    size_t prefix_count;
    const char *body;
    size_t body_count;
    size_t leading_zeros;
    size_t inner_zeros;
    size_t inner_at;
};
void writer_padded(struct writer *writer, const struct conversion *conversion,
                   const struct padded *padded, bool zero_fill);

void format_integer(struct writer *writer, const struct conversion *conversion, uint64_t value,
                    bool is_signed);
void format_float(struct writer *writer, const struct conversion *conversion, unsigned options,
                  double value);

/* Text of either width. count is how many units there are, SIZE_MAX: up to the terminator. */
struct text_argument {
    const char *narrow;
    const wchar_t *wide;
    size_t count;
};
void format_text(struct writer *writer, const struct conversion *conversion,
                 struct text_argument text);
