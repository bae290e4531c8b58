/* SPDX-License-Identifier: MIT */
/* ansi_string_ddi.c - STRING and ANSI_STRING: make, copy, append, compare, upper case.
 *
 * Case is ASCII's: the narrow code page is UTF-8, where other letters have several bytes.
 */
#include <string.h>

#include "crt/string.h"
#include "rtl_ddi.h"
#include "rtl_internal.h"

#define STRING_BYTES_MAX 0xfffeu

/* Doc: nf-wdm-rtlinitstring */
VOID NTAPI RtlInitString(PSTRING DestinationString, PCSZ SourceString)
{
    size_t bytes = SourceString == NULL ? 0 : strlen(SourceString);

    if (bytes > STRING_BYTES_MAX)
        bytes = STRING_BYTES_MAX;
    DestinationString->Buffer = (PCHAR)SourceString;
    DestinationString->Length = (USHORT)bytes;
    DestinationString->MaximumLength = SourceString == NULL ? 0 : (USHORT)(bytes + 1);
}

/* Doc: nf-wdm-rtlinitansistring */
VOID NTAPI RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString)
{
    RtlInitString(DestinationString, SourceString);
}

static NTSTATUS string_init_checked(PSTRING string, PCSZ source)
{
    if (source != NULL && strlen(source) > STRING_BYTES_MAX) {
        memset(string, 0, sizeof(*string));
        return STATUS_NAME_TOO_LONG;
    }
    RtlInitString(string, source);
    return STATUS_SUCCESS;
}

/* Errors: STATUS_NAME_TOO_LONG */
NTSTATUS NTAPI RtlInitStringEx(PSTRING DestinationString, PCSZ SourceString)
{
    return string_init_checked(DestinationString, SourceString);
}

/* Errors: STATUS_NAME_TOO_LONG */
NTSTATUS NTAPI RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString)
{
    return string_init_checked(DestinationString, SourceString);
}

/* Doc: nf-ntifs-rtlinitutf8string */
VOID NTAPI RtlInitUTF8String(PUTF8_STRING DestinationString, PCSZ SourceString)
{
    RtlInitString(DestinationString, SourceString);
}

NTSTATUS NTAPI RtlInitUTF8StringEx(PUTF8_STRING DestinationString, PCSZ SourceString)
{
    return string_init_checked(DestinationString, SourceString);
}

/* What does not fit is left out; no terminator.
 *
 * Doc:     nf-wdm-rtlcopystring
 */
VOID NTAPI RtlCopyString(PSTRING DestinationString, const PSTRING SourceString)
{
    USHORT bytes = 0;

    if (SourceString != NULL) {
        bytes = SourceString->Length;
        if (bytes > DestinationString->MaximumLength)
            bytes = DestinationString->MaximumLength;
        if (bytes != 0) /* either buffer may be NULL then */
            memmove(DestinationString->Buffer, SourceString->Buffer, bytes);
    }
    DestinationString->Length = bytes;
}

static NTSTATUS string_append(STRING *to, const char *from, size_t bytes)
{
    if (bytes + to->Length > to->MaximumLength)
        return STATUS_BUFFER_TOO_SMALL;
    if (bytes == 0)
        return STATUS_SUCCESS;
    memmove(to->Buffer + to->Length, from, bytes);
    to->Length = (USHORT)(to->Length + bytes);
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_BUFFER_TOO_SMALL
 * Doc:     nf-ntifs-rtlappendstringtostring
 */
NTSTATUS NTAPI RtlAppendStringToString(PSTRING Destination, const STRING *Source)
{
    return string_append(Destination, Source->Buffer, Source->Length);
}

NTSTATUS NTAPI RtlAppendAsciizToString(PSTRING Destination, PCSZ Source)
{
    return Source == NULL ? STATUS_SUCCESS : string_append(Destination, Source, strlen(Source));
}

/* Doc: nf-wdm-rtlcomparestring */
LONG NTAPI RtlCompareString(const PSTRING String1, const PSTRING String2, BOOLEAN CaseInSensitive)
{
    USHORT count = String1->Length < String2->Length ? String1->Length : String2->Length;

    for (unsigned i = 0; i < count; i++) {
        int a = (UCHAR)String1->Buffer[i], b = (UCHAR)String2->Buffer[i];
        if (CaseInSensitive) {
            a = crt_toupper(a);
            b = crt_toupper(b);
        }
        if (a != b)
            return a - b;
    }
    return (LONG)String1->Length - (LONG)String2->Length;
}

/* Doc: nf-wdm-rtlequalstring */
BOOLEAN NTAPI RtlEqualString(const PSTRING String1, const PSTRING String2, BOOLEAN CaseInSensitive)
{
    return String1->Length == String2->Length &&
           RtlCompareString(String1, String2, CaseInSensitive) == 0;
}

/* Is String1 the beginning of String2? */
BOOLEAN NTAPI RtlPrefixString(const STRING *String1, const STRING *String2, BOOLEAN CaseInSensitive)
{
    STRING head = *String2;

    if (String1->Length > String2->Length)
        return FALSE;
    head.Length = String1->Length;
    return RtlCompareString((PSTRING)String1, &head, CaseInSensitive) == 0;
}

/* Doc: nf-wdm-rtlupperchar */
CHAR NTAPI RtlUpperChar(CHAR Character)
{
    return (CHAR)crt_toupper((UCHAR)Character);
}

/* Doc: nf-wdm-rtlupperstring; what does not fit is left out */
VOID NTAPI RtlUpperString(PSTRING DestinationString, const PSTRING SourceString)
{
    USHORT bytes = SourceString->Length;

    if (bytes > DestinationString->MaximumLength)
        bytes = DestinationString->MaximumLength;
    for (unsigned i = 0; i < bytes; i++)
        DestinationString->Buffer[i] = RtlUpperChar(SourceString->Buffer[i]);
    DestinationString->Length = bytes;
}

/* Doc: nf-wdm-rtlfreeansistring */
VOID NTAPI RtlFreeAnsiString(PANSI_STRING AnsiString)
{
    rtl_free(AnsiString->Buffer);
    memset(AnsiString, 0, sizeof(*AnsiString));
}

/* Doc: nf-ntifs-rtlfreeoemstring */
VOID NTAPI RtlFreeOemString(POEM_STRING OemString)
{
    RtlFreeAnsiString(OemString);
}

/* Doc: nf-ntifs-rtlfreeutf8string */
VOID NTAPI RtlFreeUTF8String(PUTF8_STRING Utf8String)
{
    RtlFreeAnsiString(Utf8String);
}
