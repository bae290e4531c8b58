/* SPDX-License-Identifier: MIT */
/* rtl_ddi.h - contract functions of this room that no header of the driver kit declares, and
 * exported variables. Drivers reach them by name only.
 */
#ifndef RTL_RTL_DDI_H
#define RTL_RTL_DDI_H

#include "rtl/rtl.h"

extern BOOLEAN KdDebuggerEnabled, KdDebuggerNotPresent;
extern BOOLEAN NlsMbCodePageTag, NlsMbOemCodePageTag;
extern ULONG InitSafeBootMode;
extern PUSHORT NlsOemLeadByteInfo;
extern USHORT NlsAnsiCodePage, NlsOemCodePage;

/* ---- strings ------------------------------------------------------------------------- */

#ifndef RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE
#define RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE       1
#define RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING 2
#endif
NTSTATUS NTAPI RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString);
NTSTATUS NTAPI RtlInitStringEx(PSTRING DestinationString, PCSZ SourceString);
NTSTATUS NTAPI RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString);
VOID NTAPI RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString);
NTSTATUS NTAPI RtlInitUTF8StringEx(PUTF8_STRING DestinationString, PCSZ SourceString);
NTSTATUS NTAPI RtlDuplicateUnicodeString(ULONG Flags, PCUNICODE_STRING StringIn,
                                         PUNICODE_STRING StringOut);
BOOLEAN NTAPI RtlSuffixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                     BOOLEAN CaseInSensitive);
BOOLEAN NTAPI RtlPrefixString(const STRING *String1, const STRING *String2,
                              BOOLEAN CaseInSensitive);
NTSTATUS NTAPI RtlAppendStringToString(PSTRING Destination, const STRING *Source);
NTSTATUS NTAPI RtlAppendAsciizToString(PSTRING Destination, PCSZ Source);
NTSTATUS NTAPI RtlUTF8StringToUnicodeString(PUNICODE_STRING DestinationString,
                                            PUTF8_STRING SourceString,
                                            BOOLEAN AllocateDestinationString);
NTSTATUS NTAPI RtlUnicodeStringToUTF8String(PUTF8_STRING DestinationString,
                                            PCUNICODE_STRING SourceString,
                                            BOOLEAN AllocateDestinationString);
VOID NTAPI RtlFreeUTF8String(PUTF8_STRING Utf8String);
WCHAR NTAPI RtlAnsiCharToUnicodeChar(PUCHAR *SourceCharacter);

/* ---- bitmaps, numbers, memory ------------------------------------------------------------- */

ULONG NTAPI RtlNumberOfSetBitsInRange(PRTL_BITMAP BitMapHeader, ULONG StartingIndex, ULONG Length);
ULONG NTAPI RtlNumberOfClearBitsInRange(PRTL_BITMAP BitMapHeader, ULONG StartingIndex,
                                        ULONG Length);
VOID NTAPI RtlCopyBitMap(PRTL_BITMAP Source, PRTL_BITMAP Destination, ULONG TargetBit);
ULONG NTAPI RtlUniform(PULONG Seed);
ULONG NTAPI RtlComputeCrc32(ULONG PartialCrc, const void *Buffer, ULONG Length);
ULONG NTAPI RtlCrc32(const void *Buffer, SIZE_T Size, ULONG InitialCrc);
ULONGLONG NTAPI RtlCrc64(const void *Buffer, SIZE_T Size, ULONGLONG InitialCrc);
LARGE_INTEGER NTAPI RtlExtendedMagicDivide(LARGE_INTEGER Dividend, LARGE_INTEGER MagicDivisor,
                                           CCHAR ShiftCount);
LARGE_INTEGER NTAPI RtlLargeIntegerDivide(LARGE_INTEGER Dividend, LARGE_INTEGER Divisor,
                                          PLARGE_INTEGER Remainder);
NTSTATUS NTAPI RtlDecompressBufferEx(USHORT CompressionFormat, PUCHAR UncompressedBuffer,
                                     ULONG UncompressedBufferSize, PUCHAR CompressedBuffer,
                                     ULONG CompressedBufferSize, PULONG FinalUncompressedSize,
                                     PVOID WorkSpace);
VOID NTAPI ddi_RtlCopyMemory(void *Destination, const void *Source, SIZE_T Length);
VOID NTAPI ddi_RtlMoveMemory(void *Destination, const void *Source, SIZE_T Length);
VOID NTAPI ddi_RtlFillMemory(void *Destination, SIZE_T Length, UCHAR Fill);
VOID NTAPI ddi_RtlZeroMemory(void *Destination, SIZE_T Length);
BOOLEAN NTAPI RtlIsServicePackVersionInstalled(ULONG Version);
ULONGLONG NTAPI VerSetConditionMask(ULONGLONG ConditionMask, ULONG TypeMask, UCHAR Condition);

#endif
