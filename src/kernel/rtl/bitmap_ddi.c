/* SPDX-License-Identifier: MIT */
/* bitmap_ddi.c - RTL_BITMAP as drivers call it. Any IRQL; the caller keeps others out. */
#include "bitmap.h"
#include "rtl_ddi.h"

/* Doc: nf-wdm-rtlinitializebitmap */
VOID NTAPI RtlInitializeBitMap(PRTL_BITMAP BitMapHeader, PULONG BitMapBuffer, ULONG SizeOfBitMap)
{
    BitMapHeader->SizeOfBitMap = SizeOfBitMap;
    BitMapHeader->Buffer = BitMapBuffer;
}

/* Doc: nf-wdm-rtlclearbit */
VOID NTAPI RtlClearBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    BitMapHeader->Buffer[BitNumber / 32] &= ~(1u << BitNumber % 32);
}

/* Doc: nf-wdm-rtlsetbit */
VOID NTAPI RtlSetBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    BitMapHeader->Buffer[BitNumber / 32] |= 1u << BitNumber % 32;
}

/* Doc: nf-wdm-rtltestbit */
BOOLEAN NTAPI RtlTestBit(PRTL_BITMAP BitMapHeader, ULONG BitNumber)
{
    return BitMapHeader->Buffer[BitNumber / 32] >> BitNumber % 32 & 1;
}

/* Doc: nf-wdm-rtlclearallbits */
VOID NTAPI RtlClearAllBits(PRTL_BITMAP BitMapHeader)
{
    __builtin_memset(BitMapHeader->Buffer, 0, (BitMapHeader->SizeOfBitMap + 31) / 32 * 4);
}

/* Doc: nf-wdm-rtlsetallbits */
VOID NTAPI RtlSetAllBits(PRTL_BITMAP BitMapHeader)
{
    __builtin_memset(BitMapHeader->Buffer, 0xff, (BitMapHeader->SizeOfBitMap + 31) / 32 * 4);
}

/* Doc: nf-wdm-rtlclearbits */
VOID NTAPI RtlClearBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToClear)
{
    bits_fill(BitMapHeader, StartingIndex, NumberToClear, false);
}

/* Doc: nf-wdm-rtlsetbits */
VOID NTAPI RtlSetBits(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG NumberToSet)
{
    bits_fill(BitMapHeader, StartingIndex, NumberToSet, true);
}

static BOOLEAN bits_are(const RTL_BITMAP *bitmap, ULONG start, ULONG length, bool is_set)
{
    if (length == 0 || start >= bitmap->SizeOfBitMap || length > bitmap->SizeOfBitMap - start)
        return FALSE;
    return bits_next(bitmap, start, !is_set) >= start + length;
}

/* FALSE also for an empty range and one beyond the end.
 *
 * Doc: nf-wdm-rtlarebitsclear
 */
BOOLEAN NTAPI RtlAreBitsClear(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    return bits_are(BitMapHeader, StartingIndex, Length, false);
}

/* Doc: nf-wdm-rtlarebitsset */
BOOLEAN NTAPI RtlAreBitsSet(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    return bits_are(BitMapHeader, StartingIndex, Length, true);
}

/* Doc: nf-wdm-rtlnumberofsetbits */
ULONG NTAPI RtlNumberOfSetBits(PRTL_BITMAP BitMapHeader)
{
    return bits_count_set(BitMapHeader, 0, BitMapHeader->SizeOfBitMap);
}

/* Doc: nf-wdm-rtlnumberofclearbits */
ULONG NTAPI RtlNumberOfClearBits(PRTL_BITMAP BitMapHeader)
{
    return BitMapHeader->SizeOfBitMap - RtlNumberOfSetBits(BitMapHeader);
}

ULONG NTAPI RtlNumberOfSetBitsInRange(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    return bits_count_set(BitMapHeader, StartingIndex, Length);
}

ULONG NTAPI RtlNumberOfClearBitsInRange(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length)
{
    return Length - bits_count_set(BitMapHeader, StartingIndex, Length);
}

/* Doc: nf-wdm-rtlnumberofsetbitsulongptr */
ULONG NTAPI RtlNumberOfSetBitsUlongPtr(ULONG_PTR Target)
{
    return (ULONG)__builtin_popcountll(Target);
}

/* Errors: 0xFFFFFFFF: no such run
 * Doc:    nf-wdm-rtlfindclearbits
 */
ULONG NTAPI RtlFindClearBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    return bits_find_run(BitMapHeader, NumberToFind, HintIndex, false);
}

/* Doc: nf-wdm-rtlfindsetbits */
ULONG NTAPI RtlFindSetBits(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    return bits_find_run(BitMapHeader, NumberToFind, HintIndex, true);
}

/* Doc: nf-wdm-rtlfindclearbitsandset */
ULONG NTAPI RtlFindClearBitsAndSet(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    ULONG found = bits_find_run(BitMapHeader, NumberToFind, HintIndex, false);

    if (found != ~0u)
        bits_fill(BitMapHeader, found, NumberToFind, true);
    return found;
}

/* Doc: nf-wdm-rtlfindsetbitsandclear */
ULONG NTAPI RtlFindSetBitsAndClear(PRTL_BITMAP BitMapHeader, ULONG NumberToFind, ULONG HintIndex)
{
    ULONG found = bits_find_run(BitMapHeader, NumberToFind, HintIndex, true);

    if (found != ~0u)
        bits_fill(BitMapHeader, found, NumberToFind, false);
    return found;
}

/* Length of the next clear run; 0: none.
 *
 * Doc: nf-wdm-rtlfindnextforwardrunclear
 */
ULONG NTAPI RtlFindNextForwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex,
                                       PULONG StartingRunIndex)
{
    ULONG start = bits_next(BitMapHeader, FromIndex, false);

    *StartingRunIndex = start;
    return bits_next(BitMapHeader, start, true) - start;
}

/* Doc: nf-wdm-rtlfindfirstrunclear */
ULONG NTAPI RtlFindFirstRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
    return RtlFindNextForwardRunClear(BitMapHeader, 0, StartingIndex);
}

/* The clear run that ends at or before FromIndex.
 *
 * Doc: nf-wdm-rtlfindlastbackwardrunclear
 */
ULONG NTAPI RtlFindLastBackwardRunClear(PRTL_BITMAP BitMapHeader, ULONG FromIndex,
                                        PULONG StartingRunIndex)
{
    LONG64 end, start;

    if (BitMapHeader->SizeOfBitMap == 0)
        return 0;
    end = FromIndex < BitMapHeader->SizeOfBitMap ? FromIndex : BitMapHeader->SizeOfBitMap - 1;
    while (end >= 0 && RtlTestBit(BitMapHeader, (ULONG)end))
        end--;
    for (start = end; start > 0 && !RtlTestBit(BitMapHeader, (ULONG)start - 1); start--)
        ;
    if (end < 0)
        return 0;
    *StartingRunIndex = (ULONG)start;
    return (ULONG)(end - start + 1);
}

/* Doc: nf-wdm-rtlfindlongestrunclear */
ULONG NTAPI RtlFindLongestRunClear(PRTL_BITMAP BitMapHeader, PULONG StartingIndex)
{
    ULONG longest = 0, at = 0, start;

    *StartingIndex = 0;
    for (;;) {
        ULONG length = RtlFindNextForwardRunClear(BitMapHeader, at, &start);
        if (length == 0)
            return longest;
        if (length > longest) {
            longest = length;
            *StartingIndex = start;
        }
        at = start + length;
    }
}

/* The first runs, or the longest ones, longest first; returns how many.
 *
 * Doc: nf-wdm-rtlfindclearruns
 */
ULONG NTAPI RtlFindClearRuns(PRTL_BITMAP BitMapHeader, PRTL_BITMAP_RUN RunArray,
                             ULONG SizeOfRunArray, BOOLEAN LocateLongestRuns)
{
    ULONG count = 0, at = 0, start, length;

    while ((length = RtlFindNextForwardRunClear(BitMapHeader, at, &start)) != 0) {
        ULONG slot = count;
        at = start + length;
        if (LocateLongestRuns) {
            while (slot > 0 && RunArray[slot - 1].NumberOfBits < length)
                slot--;
            if (slot == SizeOfRunArray)
                continue;
            if (count == SizeOfRunArray)
                count--;
            for (ULONG i = count; i > slot; i--)
                RunArray[i] = RunArray[i - 1];
        } else if (count == SizeOfRunArray) {
            break;
        }
        RunArray[slot] = (RTL_BITMAP_RUN){start, length};
        count++;
    }
    return count;
}

/* Errors: -1: no bit is set
 * Doc:    nf-wdm-rtlfindleastsignificantbit
 */
CCHAR NTAPI RtlFindLeastSignificantBit(ULONGLONG Set)
{
    return Set == 0 ? -1 : (CCHAR)__builtin_ctzll(Set);
}

/* Doc: nf-wdm-rtlfindmostsignificantbit */
CCHAR NTAPI RtlFindMostSignificantBit(ULONGLONG Set)
{
    return Set == 0 ? -1 : (CCHAR)(63 - __builtin_clzll(Set));
}

/* Source's bits to the start of Destination, from TargetBit on. */
VOID NTAPI RtlCopyBitMap(PRTL_BITMAP Source, PRTL_BITMAP Destination, ULONG TargetBit)
{
    for (ULONG i = 0; i < Source->SizeOfBitMap && TargetBit + i < Destination->SizeOfBitMap; i++)
        bits_fill(Destination, TargetBit + i, 1, RtlTestBit(Source, i) != 0);
}
