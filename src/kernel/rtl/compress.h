/* SPDX-License-Identifier: MIT */
/* compress.h - the two formats of RtlCompressBuffer; for compress_ddi.c only.
 *
 * All lengths are bytes. A decompressor trusts nothing of what it reads and writes nothing
 * beyond its output. The work space of a compressor is a table of hashed positions.
 */
#ifndef RTL_COMPRESS_H
#define RTL_COMPRESS_H

#include <stdbool.h>

#include "rtl/rtl.h"

#define COMPRESS_HASH_BITS       12
#define COMPRESS_HASH_COUNT      (1u << COMPRESS_HASH_BITS)
#define COMPRESS_WORKSPACE_BYTES (COMPRESS_HASH_COUNT * sizeof(ULONG))

/* Where a compressor has seen three bytes last: position + 1, 0 for never. */
ULONG compress_hash(const UCHAR *bytes);

/* STATUS_SUCCESS, STATUS_BUFFER_TOO_SMALL, STATUS_BAD_COMPRESSION_BUFFER */
#define LZNT1_CHUNK_BYTES 4096u
NTSTATUS lznt1_compress(const UCHAR *in, ULONG in_length, UCHAR *out, ULONG out_room,
                        ULONG *out_length, ULONG *hash);
NTSTATUS lznt1_decompress(const UCHAR *in, ULONG in_length, UCHAR *out, ULONG out_room,
                          ULONG *out_length);
/* Steps over one chunk; *out_header 0: the end. */
NTSTATUS lznt1_chunk(const UCHAR *in, ULONG in_length, USHORT *out_header, ULONG *out_chunk_length);
NTSTATUS lznt1_chunk_decompress(const UCHAR *chunk, ULONG chunk_length, UCHAR *out, ULONG out_room,
                                ULONG *out_length);
NTSTATUS xpress_compress(const UCHAR *in, ULONG in_length, UCHAR *out, ULONG out_room,
                         ULONG *out_length, ULONG *hash);
NTSTATUS xpress_decompress(const UCHAR *in, ULONG in_length, UCHAR *out, ULONG out_room,
                           ULONG *out_length);

#endif
