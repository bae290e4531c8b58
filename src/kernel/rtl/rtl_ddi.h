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
VOID NTAPI RtlFreeUTF8String(PUTF8_STRING Utf8String);
WCHAR NTAPI RtlAnsiCharToUnicodeChar(PUCHAR *SourceCharacter);

#endif
