/* SPDX-License-Identifier: MIT */
/* stream_wide.c - UTF-16 characters over the UTF-8 of a stream.
 *
 * A character beyond U+FFFF is two calls: the half that waits is kept in the stream's state.
 * Ill-formed input becomes U+FFFD.
 */
#include "crt_internal.h"

#define REPLACEMENT 0xfffdu
#define WIDE_EOF    ((wchar_t)0xffff)

static int tail_of(int lead)
{
    return lead < 0x80                   ? 0
           : lead >= 0xc2 && lead < 0xe0 ? 1
           : lead >= 0xe0 && lead < 0xf0 ? 2
           : lead >= 0xf0 && lead < 0xf5 ? 3
                                         : -1;
}

wchar_t stream_get_wide(struct stream *stream)
{
    struct stream_state *state = stream_state(stream);
    char bytes[4];
    wchar_t out[2] = {0, 0};
    if (state->low) {
        out[0] = state->low;
        state->low = 0;
        return out[0];
    }
    int lead = stream_get(stream);
    if (lead == CRT_EOF)
        return WIDE_EOF;
    int tail = tail_of(lead);
    if (tail < 0)
        return REPLACEMENT;
    bytes[0] = (char)lead;
    for (int i = 1; i <= tail; i++) {
        int next = stream_get(stream);
        if (next == CRT_EOF || (next & 0xc0) != 0x80) {
            stream_unget(stream, next);
            return REPLACEMENT;
        }
        bytes[i] = (char)next;
    }
    crt_utf8_to_utf16(bytes, (size_t)tail + 1, 0, out, 2);
    if (out[0] >= 0xd800 && out[0] < 0xdc00)
        state->low = out[1];
    return out[0];
}

wchar_t stream_unget_wide(struct stream *stream, wchar_t character)
{
    struct stream_state *state = stream_state(stream);
    char bytes[4];
    if (character == WIDE_EOF)
        return WIDE_EOF;
    if (character >= 0xdc00 && character < 0xe000) {
        state->low = character;
        return character;
    }
    wchar_t pair[2] = {character, state->low};
    size_t units = character >= 0xd800 && character < 0xdc00 ? 2 : 1;
    size_t count = crt_utf16_to_utf8(pair, units, CRT_UTF_KEEP, bytes, sizeof bytes).written;
    /* What was just read is still in the buffer: only step back over it, or put it in front. */
    while (count) {
        if (stream_unget(stream, (uint8_t)bytes[--count]) == CRT_EOF)
            return WIDE_EOF;
    }
    if (units == 2)
        state->low = 0;
    return character;
}

int stream_put_wide(struct stream *stream, const wchar_t *text, size_t count)
{
    struct stream_state *state = stream_state(stream);
    char bytes[192];
    while (count) {
        wchar_t piece[64];
        size_t filled = 0;
        if (state->high)
            piece[filled++] = state->high;
        state->high = 0;
        while (count && filled < sizeof piece / sizeof *piece) {
            piece[filled++] = *text++;
            count--;
        }
        wchar_t last = piece[filled - 1];
        if (last >= 0xd800 && last < 0xdc00) {
            state->high = last;
            filled--;
        }
        size_t size = crt_utf16_to_utf8(piece, filled, 0, bytes, sizeof bytes).written;
        if (size && stream_write(stream, bytes, size) != size)
            return CRT_EOF;
    }
    return 0;
}
