/* SPDX-License-Identifier: MIT */
/* crt/utf.h - UTF-8 to UTF-16 and back.
 *
 * Well-formed text survives the round trip unchanged. What is not well formed becomes U+FFFD,
 * once per maximal ill-formed part, and is counted. With CRT_UTF_KEEP a lone surrogate is kept
 * as its three-byte form instead, so every UTF-16 name survives too.
 * A null output counts. Output is never cut inside a character and never terminated.
 */
#pragma once

#include <stddef.h>

#define CRT_UTF_KEEP 0x1u /* lone surrogates pass in both directions */

struct crt_utf {
    size_t written;  /* output units, or how many there would be when counting */
    size_t consumed; /* input units; less than given when the output was full */
    size_t replaced; /* ill-formed parts that became U+FFFD */
};

struct crt_utf crt_utf8_to_utf16(const char *in, size_t in_bytes, unsigned options, wchar_t *out,
                                 size_t out_count);
struct crt_utf crt_utf16_to_utf8(const wchar_t *in, size_t in_count, unsigned options, char *out,
                                 size_t out_bytes);

/* Whole terminated strings: result terminated, cut between characters if it must be; returns the
 * length stored, without terminator. size counts units with the terminator and is at least 1. */
size_t crt_utf16_from_string(const char *in, wchar_t *out, size_t size);
size_t crt_utf8_from_string(const wchar_t *in, char *out, size_t size);
