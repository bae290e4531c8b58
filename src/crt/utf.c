/* SPDX-License-Identifier: MIT */
/* utf.c - UTF-8 to UTF-16 and back, one code point at a time.
 *
 * decode_… read one code point or one maximal ill-formed part; encode_… write one whole or
 * nothing. Everything else is the loop between them.
 */
#include "crt/utf.h"
#include "crt/string.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define REPLACEMENT UINT32_C(0xfffd)
#define ILL_FORMED  UINT32_C(0xffffffff)

static bool is_surrogate(uint32_t c)
{
    return c >= 0xd800 && c <= 0xdfff;
}

/* Reads one code point from n > 0 bytes; returns how many bytes it or the ill-formed part has. */
static size_t decode_utf8(const unsigned char *in, size_t n, unsigned options, uint32_t *out_c)
{
    unsigned char b = in[0];
    size_t need;
    unsigned char low = 0x80, high = 0xbf;

    *out_c = ILL_FORMED;
    if (b < 0x80) {
        *out_c = b;
        return 1;
    }
    if (b < 0xc2 || b > 0xf4)
        return 1;
    if (b < 0xe0) {
        need = 1;
    } else if (b < 0xf0) {
        need = 2;
        if (b == 0xe0)
            low = 0xa0;
        else if (b == 0xed && !(options & CRT_UTF_KEEP))
            high = 0x9f;
    } else {
        need = 3;
        if (b == 0xf0)
            low = 0x90;
        else if (b == 0xf4)
            high = 0x8f;
    }
    uint32_t c = b & (0x3f >> need);
    for (size_t i = 1; i <= need; i++) {
        if (i >= n || in[i] < low || in[i] > high)
            return i;
        c = c << 6 | (in[i] & 0x3f);
        low = 0x80;
        high = 0xbf;
    }
    *out_c = c;
    return need + 1;
}

static size_t decode_utf16(const wchar_t *in, size_t n, unsigned options, uint32_t *out_c)
{
    uint32_t c = in[0];
    if (!is_surrogate(c)) {
        *out_c = c;
        return 1;
    }
    if (c < 0xdc00 && n > 1 && in[1] >= 0xdc00 && in[1] <= 0xdfff) {
        *out_c = 0x10000 + ((c - 0xd800) << 10) + (in[1] - 0xdc00u);
        return 2;
    }
    *out_c = options & CRT_UTF_KEEP ? c : ILL_FORMED;
    return 1;
}

static size_t encode_utf16(uint32_t c, wchar_t out[2])
{
    if (c < 0x10000) {
        out[0] = (wchar_t)c;
        return 1;
    }
    out[0] = (wchar_t)(0xd800 + ((c - 0x10000) >> 10));
    out[1] = (wchar_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
    return 2;
}

static size_t encode_utf8(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t extra = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    for (size_t i = extra; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((0xf0 << (3 - extra) & 0xff) | c);
    return extra + 1;
}

struct crt_utf crt_utf8_to_utf16(const char *in, size_t in_bytes, unsigned options, wchar_t *out,
                                 size_t out_count)
{
    struct crt_utf r = {0};
    while (r.consumed < in_bytes) {
        uint32_t c;
        size_t used =
            decode_utf8((const unsigned char *)in + r.consumed, in_bytes - r.consumed, options, &c);
        bool bad = c == ILL_FORMED;
        wchar_t units[2];
        size_t n = encode_utf16(bad ? REPLACEMENT : c, units);
        if (out) {
            if (out_count - r.written < n)
                break;
            memcpy(out + r.written, units, n * sizeof(wchar_t));
        }
        r.replaced += bad;
        r.written += n;
        r.consumed += used;
    }
    return r;
}

struct crt_utf crt_utf16_to_utf8(const wchar_t *in, size_t in_count, unsigned options, char *out,
                                 size_t out_bytes)
{
    struct crt_utf r = {0};
    while (r.consumed < in_count) {
        uint32_t c;
        size_t used = decode_utf16(in + r.consumed, in_count - r.consumed, options, &c);
        bool bad = c == ILL_FORMED;
        char units[4];
        size_t n = encode_utf8(bad ? REPLACEMENT : c, units);
        if (out) {
            if (out_bytes - r.written < n)
                break;
            memcpy(out + r.written, units, n);
        }
        r.replaced += bad;
        r.written += n;
        r.consumed += used;
    }
    return r;
}

size_t crt_utf16_from_string(const char *in, wchar_t *out, size_t size)
{
    size_t n = crt_utf8_to_utf16(in, strlen(in), 0, out, size - 1).written;
    out[n] = 0;
    return n;
}

size_t crt_utf8_from_string(const wchar_t *in, char *out, size_t size)
{
    size_t n = crt_utf16_to_utf8(in, crt_wcslen(in), 0, out, size - 1).written;
    out[n] = 0;
    return n;
}

size_t crt_mbstowcs(wchar_t *to, const char *from, size_t count)
{
    size_t length = strlen(from);
    struct crt_utf r = crt_utf8_to_utf16(from, length, 0, to, to ? count : 0);
    if (r.replaced)
        return (size_t)-1;
    if (to && r.written < count && r.consumed == length)
        to[r.written] = 0;
    return r.written;
}

size_t crt_wcstombs(char *to, const wchar_t *from, size_t count)
{
    size_t length = crt_wcslen(from);
    struct crt_utf r = crt_utf16_to_utf8(from, length, 0, to, to ? count : 0);
    if (r.replaced)
        return (size_t)-1;
    if (to && r.written < count && r.consumed == length)
        to[r.written] = 0;
    return r.written;
}
