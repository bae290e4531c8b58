/* SPDX-License-Identifier: MIT */
/* compress_ddi.c - RtlCompressBuffer and its family: LZNT1 and plain Xpress.
 *
 * The format is checked first, in the documented order of errors. Xpress with Huffman coding
 * is not there and says so. The engine is not looked at beyond being a known one.
 */
#include "compress.h"
#include "rtl_ddi.h"

#include <string.h>

#define FORMAT_OF(both) ((both) & 0xffu)
#define ENGINE_OF(both) ((both) & 0xff00u)

static NTSTATUS format_check(USHORT both, bool may_be_xpress)
{
    switch (FORMAT_OF(both)) {
    case COMPRESSION_FORMAT_NONE:
    case COMPRESSION_FORMAT_DEFAULT:
        return STATUS_INVALID_PARAMETER;
    case COMPRESSION_FORMAT_LZNT1:
        return STATUS_SUCCESS;
    case COMPRESSION_FORMAT_XPRESS:
        return may_be_xpress ? STATUS_SUCCESS : STATUS_UNSUPPORTED_COMPRESSION;
    default:
        return STATUS_UNSUPPORTED_COMPRESSION;
    }
}

static NTSTATUS engine_check(USHORT both)
{
    return ENGINE_OF(both) == COMPRESSION_ENGINE_STANDARD ||
                   ENGINE_OF(both) == COMPRESSION_ENGINE_MAXIMUM
               ? STATUS_SUCCESS
               : STATUS_NOT_SUPPORTED;
}

/* Doc: nf-ntifs-rtlgetcompressionworkspacesize */
NTSTATUS NTAPI RtlGetCompressionWorkSpaceSize(USHORT CompressionFormatAndEngine,
                                              PULONG CompressBufferWorkSpaceSize,
                                              PULONG CompressFragmentWorkSpaceSize)
{
    NTSTATUS status = format_check(CompressionFormatAndEngine, true);
    if (NT_SUCCESS(status))
        status = engine_check(CompressionFormatAndEngine);
    if (!NT_SUCCESS(status))
        return status;
    *CompressBufferWorkSpaceSize = COMPRESS_WORKSPACE_BYTES;
    *CompressFragmentWorkSpaceSize = LZNT1_CHUNK_BYTES;
    return STATUS_SUCCESS;
}

static bool is_zeros(const UCHAR *bytes, ULONG length)
{
    while (length > 0)
        if (bytes[--length] != 0)
            return false;
    return true;
}

/* IRQL:    <= APC_LEVEL
 * Errors:  STATUS_BUFFER_ALL_ZEROS (a success), STATUS_BUFFER_TOO_SMALL,
 *          STATUS_INVALID_PARAMETER, STATUS_UNSUPPORTED_COMPRESSION, STATUS_NOT_SUPPORTED
 * Doc:     nf-ntifs-rtlcompressbuffer
 * Differs: chunks are 4096 bytes whatever the chunk size; no Xpress Huffman; one engine
 */
NTSTATUS NTAPI RtlCompressBuffer(USHORT CompressionFormatAndEngine, PUCHAR UncompressedBuffer,
                                 ULONG UncompressedBufferSize, PUCHAR CompressedBuffer,
                                 ULONG CompressedBufferSize, ULONG UncompressedChunkSize,
                                 PULONG FinalCompressedSize, PVOID WorkSpace)
{
    NTSTATUS status = format_check(CompressionFormatAndEngine, true);
    if (NT_SUCCESS(status))
        status = engine_check(CompressionFormatAndEngine);
    if (!NT_SUCCESS(status))
        return status;
    status = FORMAT_OF(CompressionFormatAndEngine) == COMPRESSION_FORMAT_LZNT1
                 ? lznt1_compress(UncompressedBuffer, UncompressedBufferSize, CompressedBuffer,
                                  CompressedBufferSize, FinalCompressedSize, WorkSpace)
                 : xpress_compress(UncompressedBuffer, UncompressedBufferSize, CompressedBuffer,
                                   CompressedBufferSize, FinalCompressedSize, WorkSpace);
    if (status == STATUS_SUCCESS && is_zeros(UncompressedBuffer, UncompressedBufferSize))
        status = STATUS_BUFFER_ALL_ZEROS;
    return status;
}

/* Errors:  STATUS_BAD_COMPRESSION_BUFFER, STATUS_INVALID_PARAMETER,
 *          STATUS_UNSUPPORTED_COMPRESSION
 * Doc:     nf-ntifs-rtldecompressbufferex
 * Differs: no Xpress Huffman
 */
NTSTATUS NTAPI RtlDecompressBufferEx(USHORT CompressionFormat, PUCHAR UncompressedBuffer,
                                     ULONG UncompressedBufferSize, PUCHAR CompressedBuffer,
                                     ULONG CompressedBufferSize, PULONG FinalUncompressedSize,
                                     PVOID WorkSpace)
{
    NTSTATUS status = format_check(CompressionFormat, true);
    if (!NT_SUCCESS(status))
        return status;
    return FORMAT_OF(CompressionFormat) == COMPRESSION_FORMAT_LZNT1
               ? lznt1_decompress(CompressedBuffer, CompressedBufferSize, UncompressedBuffer,
                                  UncompressedBufferSize, FinalUncompressedSize)
               : xpress_decompress(CompressedBuffer, CompressedBufferSize, UncompressedBuffer,
                                   UncompressedBufferSize, FinalUncompressedSize);
}

/* Doc: nf-ntifs-rtldecompressbuffer */
NTSTATUS NTAPI RtlDecompressBuffer(USHORT CompressionFormat, PUCHAR UncompressedBuffer,
                                   ULONG UncompressedBufferSize, PUCHAR CompressedBuffer,
                                   ULONG CompressedBufferSize, PULONG FinalUncompressedSize)
{
    return RtlDecompressBufferEx(CompressionFormat, UncompressedBuffer, UncompressedBufferSize,
                                 CompressedBuffer, CompressedBufferSize, FinalUncompressedSize,
                                 NULL);
}

/* Bytes from FragmentOffset of the original on; chunks in front of it are stepped over.
 *
 * Errors:  as RtlDecompressBuffer
 * Doc:     nf-ntifs-rtldecompressfragment
 */
NTSTATUS NTAPI RtlDecompressFragment(USHORT CompressionFormat, PUCHAR UncompressedFragment,
                                     ULONG UncompressedFragmentSize, PUCHAR CompressedBuffer,
                                     ULONG CompressedBufferSize, ULONG FragmentOffset,
                                     PULONG FinalUncompressedSize, PVOID WorkSpace)
{
    ULONG from = 0, done = 0;
    NTSTATUS status = format_check(CompressionFormat, false);
    if (!NT_SUCCESS(status))
        return status;
    while (done < UncompressedFragmentSize) {
        USHORT header;
        ULONG length, got = 0;
        status =
            lznt1_chunk(CompressedBuffer + from, CompressedBufferSize - from, &header, &length);
        if (!NT_SUCCESS(status))
            return status;
        if (header == 0)
            break;
        if (FragmentOffset >= LZNT1_CHUNK_BYTES) {
            FragmentOffset -= LZNT1_CHUNK_BYTES;
        } else {
            status = lznt1_chunk_decompress(CompressedBuffer + from, length, WorkSpace,
                                            LZNT1_CHUNK_BYTES, &got);
            if (!NT_SUCCESS(status))
                return status;
            ULONG there = got > FragmentOffset ? got - FragmentOffset : 0;
            if (there > UncompressedFragmentSize - done)
                there = UncompressedFragmentSize - done;
            memcpy(UncompressedFragment + done, (UCHAR *)WorkSpace + FragmentOffset, there);
            done += there;
            FragmentOffset = 0;
        }
        from += length;
    }
    *FinalUncompressedSize = done;
    return STATUS_SUCCESS;
}

/* The next chunk; moves *CompressedBuffer behind it.
 *
 * Errors:  STATUS_NO_MORE_ENTRIES at the end, STATUS_BAD_COMPRESSION_BUFFER
 * Doc:     nf-ntifs-rtldescribechunk
 */
NTSTATUS NTAPI RtlDescribeChunk(USHORT CompressionFormat, PUCHAR *CompressedBuffer,
                                PUCHAR EndOfCompressedBufferPlus1, PUCHAR *ChunkBuffer,
                                PULONG ChunkSize)
{
    USHORT header;
    ULONG length;
    NTSTATUS status = format_check(CompressionFormat, false);
    if (!NT_SUCCESS(status))
        return status;
    status = lznt1_chunk(*CompressedBuffer, (ULONG)(EndOfCompressedBufferPlus1 - *CompressedBuffer),
                         &header, &length);
    if (!NT_SUCCESS(status))
        return status;
    *ChunkBuffer = *CompressedBuffer;
    *ChunkSize = length;
    if (header == 0)
        return STATUS_NO_MORE_ENTRIES;
    *CompressedBuffer += length;
    return STATUS_SUCCESS;
}
