/* SPDX-License-Identifier: MIT */
/* arithmetic_ddi.c - random numbers, checksums, byte order, and the large-integer functions that
 * old binaries import and the kit has inline. Any IRQL.
 */
#include "base/abi_names.h"
#include "rtl_ddi.h"

/* ---- random numbers ----------------------------------------------------------------------------
 */

#define RANDOM_MAX 0x7fffffffu

/* Lehmer's generator modulo 2^31 - 1, with the constant the documentation's source names. */
static ULONG random_step(ULONG *seed)
{
    *seed = (ULONG)(((ULONGLONG)*seed * 0x7fffffedu + 0x7fffffc3u) % RANDOM_MAX);
    return *seed;
}

/* 0 to MAXLONG - 1; the seed is changed. RtlRandom itself is mixed once more with a table.
 *
 * Doc:     nf-ntifs-rtlrandom
 * Differs: not the same sequence as Windows' for a seed
 */
ULONG NTAPI RtlRandom(PULONG Seed)
{
    ULONG high = random_step(Seed), low = random_step(Seed);

    return (ULONG)((((ULONGLONG)high << 16) ^ low) % RANDOM_MAX);
}

/* Doc: nf-ntifs-rtlrandomex; as RtlRandom */
ULONG NTAPI RtlRandomEx(PULONG Seed)
{
    return RtlRandom(Seed);
}

/* Doc: nf-ntifs-rtluniform (obsolete) */
ULONG NTAPI RtlUniform(PULONG Seed)
{
    return random_step(Seed);
}

/* ---- checksums
 * ------------------------------------------------------------------------------------ */

/* The CRC-32 of Ethernet and ZIP, going on from PartialCrc. */
ULONG NTAPI RtlComputeCrc32(ULONG PartialCrc, const void *Buffer, ULONG Length)
{
    const UCHAR *bytes = Buffer;
    ULONG crc = ~PartialCrc;

    while (Length-- > 0) {
        crc ^= *bytes++;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
    }
    return ~crc;
}

ULONGLONG NTAPI RtlCrc64(const void *Buffer, SIZE_T Size, ULONGLONG InitialCrc)
{
    const UCHAR *bytes = Buffer;
    ULONGLONG crc = ~InitialCrc;

    while (Size-- > 0) {
        crc ^= *bytes++;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0x9a6c9329ac4bc9b5ull & (0ull - (crc & 1)));
    }
    return ~crc;
}

ULONG NTAPI RtlCrc32(const void *Buffer, SIZE_T Size, ULONG InitialCrc)
{
    return RtlComputeCrc32(InitialCrc, Buffer, (ULONG)Size);
}

/* ---- byte order
 * -------------------------------------------------------------------------------------- */

USHORT NTAPI RtlUshortByteSwap(USHORT Source)
{
    return __builtin_bswap16(Source);
}

ULONG NTAPI RtlUlongByteSwap(ULONG Source)
{
    return __builtin_bswap32(Source);
}

ULONGLONG NTAPI RtlUlonglongByteSwap(ULONGLONG Source)
{
    return __builtin_bswap64(Source);
}

/* ---- large integers
 * ------------------------------------------------------------------------------------ */

/* Divides by the documented "magic" number: multiply high, then shift. */
LARGE_INTEGER NTAPI RtlExtendedMagicDivide(LARGE_INTEGER Dividend, LARGE_INTEGER MagicDivisor,
                                           CCHAR ShiftCount)
{
    BOOLEAN is_negative = Dividend.QuadPart < 0;
    ULONGLONG magnitude =
        is_negative ? 0 - (ULONGLONG)Dividend.QuadPart : (ULONGLONG)Dividend.QuadPart;
    ULONGLONG high =
        (ULONGLONG)((unsigned __int128)magnitude * (ULONGLONG)MagicDivisor.QuadPart >> 64);
    LARGE_INTEGER result = {.QuadPart = (LONGLONG)(high >> ShiftCount)};

    if (is_negative)
        result.QuadPart = -result.QuadPart;
    return result;
}

LARGE_INTEGER NTAPI RtlLargeIntegerDivide(LARGE_INTEGER Dividend, LARGE_INTEGER Divisor,
                                          PLARGE_INTEGER Remainder)
{
    ULONGLONG a = (ULONGLONG)Dividend.QuadPart, b = (ULONGLONG)Divisor.QuadPart;
    LARGE_INTEGER quotient = {.QuadPart = (LONGLONG)(a / b)};

    if (Remainder != NULL)
        Remainder->QuadPart = (LONGLONG)(a % b);
    return quotient;
}

/* ---- errors
 * --------------------------------------------------------------------------------------------- */

/* Doc: nf-ntifs-rtlntstatustodoserror */
ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status)
{
    return abi_status_to_win32((uint32_t)Status);
}

ULONG NTAPI RtlNtStatusToDosErrorNoTeb(NTSTATUS Status)
{
    return abi_status_to_win32((uint32_t)Status);
}
