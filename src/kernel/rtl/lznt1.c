/* SPDX-License-Identifier: MIT */
/* lznt1.c - the LZNT1 format: chunks of 4096 bytes, each on its own.
 *
 * A chunk has a header (its length less 3, a signature, whether it is compressed) and groups
 * of a flag byte and eight items: literal bytes, or pairs of distance and length whose split
 * of 16 bits depends on how far into the chunk they stand. Doc: [MS-XCA] 2.5.
 */
#include "compress.h"

#include <string.h>

#define HEADER_COMPRESSED 0x8000u
#define HEADER_SIGNATURE  0x3000u
#define MATCH_MIN         3u

ULONG compress_hash(const UCHAR *bytes)
{
    ULONG three = (ULONG)bytes[0] | (ULONG)bytes[1] << 8 | (ULONG)bytes[2] << 16;
    return three * 2654435761u >> (32 - COMPRESS_HASH_BITS);
}

/* How many of the 16 bits are the length, at this place in the chunk. */
static unsigned length_bits(ULONG place)
{
    unsigned bits = 12;
    for (ULONG reach = 16; reach < place; reach <<= 1)
        bits--;
    return bits;
}

/* The best earlier match of what stands at `at` in the chunk; 0: none. */
static ULONG match_find(const UCHAR *chunk, ULONG chunk_length, ULONG at, ULONG *hash,
                        ULONG *out_distance)
{
    if (chunk_length - at < MATCH_MIN)
        return 0;
    ULONG *slot = &hash[compress_hash(chunk + at)];
    ULONG seen = *slot, length = 0;
    *slot = at + 1;
    if (seen == 0)
        return 0;
    ULONG most = (1u << length_bits(at)) - 1 + MATCH_MIN;
    if (most > chunk_length - at)
        most = chunk_length - at;
    while (length < most && chunk[seen - 1 + length] == chunk[at + length])
        length++;
    *out_distance = at - (seen - 1);
    return length >= MATCH_MIN ? length : 0;
}

/* Items of one chunk behind its header; false: not shorter than the bytes themselves. */
static bool chunk_compress(const UCHAR *chunk, ULONG chunk_length, UCHAR *out, ULONG out_room,
                           ULONG *out_used, ULONG *hash)
{
    ULONG used = 0, at = 0;
    memset(hash, 0, COMPRESS_WORKSPACE_BYTES);
    while (at < chunk_length) {
        ULONG flags_at = used++;
        if (flags_at >= out_room)
            return false;
        out[flags_at] = 0;
        for (unsigned item = 0; item < 8 && at < chunk_length; item++) {
            ULONG distance = 0, length = match_find(chunk, chunk_length, at, hash, &distance);
            if (used + (length ? 2 : 1) > out_room)
                return false;
            if (length) {
                ULONG pair = (distance - 1) << length_bits(at) | (length - MATCH_MIN);
                out[flags_at] |= (UCHAR)(1u << item);
                out[used++] = (UCHAR)pair;
                out[used++] = (UCHAR)(pair >> 8);
                at += length;
            } else {
                out[used++] = chunk[at++];
            }
        }
    }
    *out_used = used;
    return true;
}

NTSTATUS lznt1_compress(const UCHAR *in, ULONG in_length, UCHAR *out, ULONG out_room,
                        ULONG *out_length, ULONG *hash)
{
    ULONG used = 0;
    for (ULONG at = 0; at < in_length; at += LZNT1_CHUNK_BYTES) {
        ULONG length = in_length - at < LZNT1_CHUNK_BYTES ? in_length - at : LZNT1_CHUNK_BYTES;
        if (out_room - used < 2)
            return STATUS_BUFFER_TOO_SMALL;
        ULONG room = out_room - used - 2, body;
        bool is_compressed = chunk_compress(in + at, length, out + used + 2,
                                            room < length ? room : length - 1, &body, hash);
        if (!is_compressed) {
            if (room < length)
                return STATUS_BUFFER_TOO_SMALL;
            memcpy(out + used + 2, in + at, length);
            body = length;
        }
        ULONG header = HEADER_SIGNATURE | (body - 1) | (is_compressed ? HEADER_COMPRESSED : 0);
        out[used] = (UCHAR)header;
        out[used + 1] = (UCHAR)(header >> 8);
        used += 2 + body;
    }
    *out_length = used;
    return STATUS_SUCCESS;
}

NTSTATUS lznt1_chunk(const UCHAR *in, ULONG in_length, USHORT *out_header, ULONG *out_chunk_length)
{
    *out_header = 0;
    *out_chunk_length = 0;
    if (in_length < 2)
        return STATUS_SUCCESS;
    USHORT header = (USHORT)(in[0] | in[1] << 8);
    if (header == 0)
        return STATUS_SUCCESS;
    ULONG length = (header & 0xfffu) + 3;
    if ((header & 0x7000u) != HEADER_SIGNATURE || length > in_length)
        return STATUS_BAD_COMPRESSION_BUFFER;
    *out_header = header;
    *out_chunk_length = length;
    return STATUS_SUCCESS;
}

/* One pair; false: it points in front of the chunk. Stops at the end of the room. */
static bool pair_copy(ULONG pair, UCHAR *out, ULONG out_room, ULONG *at)
{
    unsigned bits = length_bits(*at);
    ULONG distance = (pair >> bits) + 1, length = (pair & ((1u << bits) - 1)) + MATCH_MIN;
    if (distance > *at)
        return false;
    if (length > out_room - *at)
        length = out_room - *at;
    for (; length > 0; length--, ++*at)
        out[*at] = out[*at - distance];
    return true;
}

NTSTATUS lznt1_chunk_decompress(const UCHAR *chunk, ULONG chunk_length, UCHAR *out, ULONG out_room,
                                ULONG *out_length)
{
    ULONG from = 2, at = 0;
    if (out_room > LZNT1_CHUNK_BYTES)
        out_room = LZNT1_CHUNK_BYTES;
    if (!((ULONG)chunk[1] << 8 & HEADER_COMPRESSED)) {
        at = chunk_length - 2 < out_room ? chunk_length - 2 : out_room;
        memcpy(out, chunk + 2, at);
        *out_length = at;
        return STATUS_SUCCESS;
    }
    while (from < chunk_length && at < out_room) {
        unsigned flags = chunk[from++];
        for (unsigned item = 0; item < 8 && from < chunk_length && at < out_room; item++) {
            if (!(flags & 1u << item)) {
                out[at++] = chunk[from++];
                continue;
            }
            if (chunk_length - from < 2 ||
                !pair_copy((ULONG)chunk[from] | (ULONG)chunk[from + 1] << 8, out, out_room, &at))
                return STATUS_BAD_COMPRESSION_BUFFER;
            from += 2;
        }
    }
    *out_length = at;
    return STATUS_SUCCESS;
}

NTSTATUS lznt1_decompress(const UCHAR *in, ULONG in_length, UCHAR *out, ULONG out_room,
                          ULONG *out_length)
{
    ULONG from = 0, at = 0;
    while (at < out_room) {
        USHORT header;
        ULONG chunk_length, got;
        NTSTATUS status = lznt1_chunk(in + from, in_length - from, &header, &chunk_length);
        if (!NT_SUCCESS(status))
            return status;
        if (header == 0)
            break;
        /* Every chunk but the last stands for 4096 bytes: what is missing is zeros. */
        if (at % LZNT1_CHUNK_BYTES != 0) {
            ULONG gap = LZNT1_CHUNK_BYTES - at % LZNT1_CHUNK_BYTES;
            gap = gap < out_room - at ? gap : out_room - at;
            memset(out + at, 0, gap);
            at += gap;
        }
        status = lznt1_chunk_decompress(in + from, chunk_length, out + at, out_room - at, &got);
        if (!NT_SUCCESS(status))
            return status;
        at += got;
        from += chunk_length;
    }
    *out_length = at;
    return STATUS_SUCCESS;
}
