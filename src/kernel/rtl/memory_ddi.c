/* SPDX-License-Identifier: MIT */
/* memory_ddi.c - comparing, copying and filling memory, for binaries that import what the kit
 * has inline. Any IRQL.
 */
#include <string.h>

#include "rtl_ddi.h"

/* How many bytes are the same, from the start.
 *
 * Doc: nf-wdm-rtlcomparememory
 */
SIZE_T NTAPI RtlCompareMemory(const void *Source1, const void *Source2, SIZE_T Length)
{
    const UCHAR *a = Source1, *b = Source2;
    SIZE_T i = 0;

    for (; i + 8 <= Length; i += 8) {
        ULONGLONG x, y;
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        if (x != y)
            return i + (SIZE_T)__builtin_ctzll(x ^ y) / 8;
    }
    while (i < Length && a[i] == b[i])
        i++;
    return i;
}

/* Doc: nf-ntifs-rtlcomparememoryulong; 0 for what is not aligned */
SIZE_T NTAPI RtlCompareMemoryUlong(PVOID Source, SIZE_T Length, ULONG Pattern)
{
    const ULONG *words = Source;
    SIZE_T count = Length / 4, i = 0;

    if (((ULONG_PTR)Source & 3) != 0)
        return 0;
    while (i < count && words[i] == Pattern)
        i++;
    return i * 4;
}

VOID NTAPI ddi_RtlCopyMemory(void *Destination, const void *Source, SIZE_T Length)
{
    memcpy(Destination, Source, Length);
}

VOID NTAPI ddi_RtlMoveMemory(void *Destination, const void *Source, SIZE_T Length)
{
    memmove(Destination, Source, Length);
}

VOID NTAPI ddi_RtlFillMemory(void *Destination, SIZE_T Length, UCHAR Fill)
{
    memset(Destination, Fill, Length);
}

VOID NTAPI ddi_RtlZeroMemory(void *Destination, SIZE_T Length)
{
    memset(Destination, 0, Length);
}

/* Doc: nf-wdm-rtlcopymemorynontemporal */
VOID NTAPI RtlCopyMemoryNonTemporal(void *Destination, const void *Source, SIZE_T Length)
{
    memcpy(Destination, Source, Length);
}

/* Doc: nf-wdm-rtlprefetchmemorynontemporal */
VOID NTAPI RtlPrefetchMemoryNonTemporal(PVOID Source, SIZE_T Length)
{
    const char *at = Source;

    for (SIZE_T i = 0; i < Length; i += 64)
        __builtin_prefetch(at + i, 0, 0);
}
