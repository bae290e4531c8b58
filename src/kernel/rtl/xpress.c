/* SPDX-License-Identifier: MIT */
/* xpress.c - the plain LZ77 variant of the Xpress format.
 *
 * Words of 32 flags announce literals and matches; a match is 13 bits of distance and 3 of
 * length, and longer lengths follow as a nibble shared by two matches, then a byte, then 16
 * or 32 bits. Doc: [MS-XCA] 2.3 and 2.4.
 */
#include "compress.h"

#include <string.h>

#define MATCH_MIN    3u
#define DISTANCE_MAX 8192u
#define NO_NIBBLE    MAXULONG

/* Output under construction; does not fit any more: is_full. */
struct writer {
    UCHAR *out;
    ULONG room, used, flags_at, nibble_at, flag_count;
    ULONG flags;
    bool is_full;
};

static void byte_put(struct writer *writer, ULONG byte)
{
    if (writer->used < writer->room)
        writer->out[writer->used++] = (UCHAR)byte;
    else
        writer->is_full = true;
}

static void word_put(struct writer *writer, ULONG word)
{
    byte_put(writer, word);
    byte_put(writer, word >> 8);
}

static void flags_store(struct writer *writer)
{
    for (unsigned i = 0; i < 4 && writer->flags_at + i < writer->room; i++)
        writer->out[writer->flags_at + i] = (UCHAR)(writer->flags >> (8 * i));
}

static void flags_begin(struct writer *writer)
{
    writer->flags_at = writer->used;
    writer->flags = writer->flag_count = 0;
    word_put(writer, 0);
    word_put(writer, 0);
}

static void flag_put(struct writer *writer, bool is_match)
{
    writer->flags = writer->flags << 1 | is_match;
    if (++writer->flag_count == 32) {
        flags_store(writer);
        flags_begin(writer);
    }
}

static void length_put(struct writer *writer, ULONG length)
{
    if (length < 7)
        return; /* it is in the pair */
    length -= 7;
    ULONG nibble = length < 15 ? length : 15;
    if (writer->nibble_at == NO_NIBBLE) {
        writer->nibble_at = writer->used;
        byte_put(writer, nibble);
    } else {
        if (writer->nibble_at < writer->room)
            writer->out[writer->nibble_at] |= (UCHAR)(nibble << 4);
        writer->nibble_at = NO_NIBBLE;
    }
    if (length < 15)
        return;
    length -= 15;
    if (length < 255) {
        byte_put(writer, length);
        return;
    }
    byte_put(writer, 255);
    length += 15 + 7;
    if (length < 0x10000) {
        word_put(writer, length);
    } else {
        word_put(writer, 0);
        word_put(writer, length);
        word_put(writer, length >> 16);
    }
}

static ULONG match_find(const UCHAR *in, ULONG in_length, ULONG at, ULONG *hash,
                        ULONG *out_distance)
{
    if (in_length - at < MATCH_MIN)
        return 0;
    ULONG *slot = &hash[compress_hash(in + at)];
    ULONG seen = *slot, length = 0;
    *slot = at + 1;
    if (seen == 0 || at - (seen - 1) > DISTANCE_MAX)
        return 0;
    while (length < in_length - at && in[seen - 1 + length] == in[at + length])
        length++;
    *out_distance = at - (seen - 1);
    return length >= MATCH_MIN ? length : 0;
}

NTSTATUS xpress_compress(const UCHAR *in, ULONG in_length, UCHAR *out, ULONG out_room,
                         ULONG *out_length, ULONG *hash)
{
    struct writer writer = {.out = out, .room = out_room, .nibble_at = NO_NIBBLE};
    memset(hash, 0, COMPRESS_WORKSPACE_BYTES);
    flags_begin(&writer);
    for (ULONG at = 0; at < in_length && !writer.is_full;) {
        ULONG distance, length = match_find(in, in_length, at, hash, &distance);
        if (length) {
            ULONG rest = length - MATCH_MIN;
            word_put(&writer, (distance - 1) << 3 | (rest < 7 ? rest : 7));
            length_put(&writer, rest);
            at += length;
        } else {
            byte_put(&writer, in[at++]);
        }
        flag_put(&writer, length != 0);
    }
    /* Flags that announce nothing are ones. */
    if (writer.flag_count < 32)
        writer.flags = (ULONG)(((ULONGLONG)writer.flags << (32 - writer.flag_count)) |
                               ((1ull << (32 - writer.flag_count)) - 1));
    flags_store(&writer);
    if (writer.is_full)
        return STATUS_BUFFER_TOO_SMALL;
    *out_length = writer.used;
    return STATUS_SUCCESS;
}

/* ---- back ------------------------------------------------------------------------------ */

struct reader {
    const UCHAR *in;
    ULONG length, at, nibble_at;
    bool is_over; /* something was wanted behind the end */
};

static ULONG bytes_get(struct reader *reader, unsigned count)
{
    ULONG value = 0;
    if (reader->length - reader->at < count) {
        reader->is_over = true;
        return 0;
    }
    for (unsigned i = 0; i < count; i++)
        value |= (ULONG)reader->in[reader->at++] << (8 * i);
    return value;
}

static ULONG length_get(struct reader *reader, ULONG pair)
{
    ULONG length = pair & 7, nibble;
    if (length < 7)
        return length + MATCH_MIN;
    if (reader->nibble_at == NO_NIBBLE) {
        reader->nibble_at = reader->at;
        nibble = bytes_get(reader, 1) & 15;
    } else {
        nibble = reader->in[reader->nibble_at] >> 4;
        reader->nibble_at = NO_NIBBLE;
    }
    if (nibble < 15)
        return nibble + 7 + MATCH_MIN;
    length = bytes_get(reader, 1);
    if (length < 255)
        return length + 15 + 7 + MATCH_MIN;
    length = bytes_get(reader, 2);
    if (length == 0)
        length = bytes_get(reader, 4);
    if (length < 15 + 7 || length > MAXULONG - MATCH_MIN)
        reader->is_over = true; /* no compressor writes that */
    return length + MATCH_MIN;
}

NTSTATUS xpress_decompress(const UCHAR *in, ULONG in_length, UCHAR *out, ULONG out_room,
                           ULONG *out_length)
{
    struct reader reader = {.in = in, .length = in_length, .nibble_at = NO_NIBBLE};
    ULONG flags = 0, flag_count = 0, at = 0;
    while (at < out_room) {
        if (flag_count == 0) {
            flags = bytes_get(&reader, 4);
            flag_count = 32;
        }
        flag_count--;
        bool is_match = flags >> flag_count & 1;
        if (reader.at == reader.length && !reader.is_over && is_match)
            break; /* the end: flags that announce nothing */
        if (!is_match) {
            ULONG byte = bytes_get(&reader, 1);
            if (reader.is_over)
                return STATUS_BAD_COMPRESSION_BUFFER;
            out[at++] = (UCHAR)byte;
            continue;
        }
        ULONG pair = bytes_get(&reader, 2), distance = (pair >> 3) + 1;
        ULONG length = length_get(&reader, pair);
        if (reader.is_over || distance > at)
            return STATUS_BAD_COMPRESSION_BUFFER;
        for (; length > 0 && at < out_room; length--, at++)
            out[at] = out[at - distance];
    }
    *out_length = at;
    return STATUS_SUCCESS;
}
