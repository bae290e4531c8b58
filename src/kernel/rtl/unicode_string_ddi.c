/* SPDX-License-Identifier: MIT */
/* unicode_string_ddi.c - UNICODE_STRING: make, copy, append, compare, change case.
 *
 * Lengths are bytes. A result is terminated where there is room, but its terminator is never
 * counted. Case is the same whatever the language. Callable at any IRQL on memory that is
 * resident, which here all memory is; those that allocate want DISPATCH_LEVEL at most.
 */
#include <stdbool.h>
#include <string.h>

#include "crt/string.h"
#include "rtl_ddi.h"
#include "rtl_internal.h"
#include "unicode_case.h"

/* Doc: nf-wdm-rtlinitunicodestring */
VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    size_t bytes = SourceString == NULL ? 0 : crt_wcslen(SourceString) * sizeof(WCHAR);

    if (bytes > UNICODE_STRING_BYTES_MAX - sizeof(WCHAR))
        bytes = UNICODE_STRING_BYTES_MAX - sizeof(WCHAR);
    DestinationString->Buffer = (PWSTR)SourceString;
    DestinationString->Length = (USHORT)bytes;
    DestinationString->MaximumLength = SourceString == NULL ? 0 : (USHORT)(bytes + sizeof(WCHAR));
}

/* Errors:  STATUS_NAME_TOO_LONG
 * Doc:     nf-ntifs-rtlinitunicodestringex
 */
NTSTATUS NTAPI RtlInitUnicodeStringEx(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    if (SourceString != NULL &&
        crt_wcslen(SourceString) * sizeof(WCHAR) > UNICODE_STRING_BYTES_MAX - sizeof(WCHAR)) {
        memset(DestinationString, 0, sizeof(*DestinationString));
        return STATUS_NAME_TOO_LONG;
    }
    RtlInitUnicodeString(DestinationString, SourceString);
    return STATUS_SUCCESS;
}

static void unicode_terminate(UNICODE_STRING *string)
{
    if ((size_t)string->Length + sizeof(WCHAR) <= string->MaximumLength)
        string->Buffer[string->Length / sizeof(WCHAR)] = L'\0';
}

/* What does not fit is left out.
 *
 * Doc:     nf-wdm-rtlcopyunicodestring
 */
VOID NTAPI RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
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
    if (SourceString != NULL)
        unicode_terminate(DestinationString);
}

static NTSTATUS unicode_append(UNICODE_STRING *to, const WCHAR *from, size_t bytes)
{
    if (bytes + to->Length > to->MaximumLength)
        return STATUS_BUFFER_TOO_SMALL;
    if (bytes == 0)
        return STATUS_SUCCESS;
    memmove((char *)to->Buffer + to->Length, from, bytes);
    to->Length = (USHORT)(to->Length + bytes);
    unicode_terminate(to);
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_BUFFER_TOO_SMALL, nothing appended
 * Doc:     nf-wdm-rtlappendunicodestringtostring
 */
NTSTATUS NTAPI RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source)
{
    if (Source->Length == 0)
        return STATUS_SUCCESS;
    return unicode_append(Destination, Source->Buffer, Source->Length);
}

/* Errors:  STATUS_BUFFER_TOO_SMALL, nothing appended
 * Doc:     nf-wdm-rtlappendunicodetostring
 */
NTSTATUS NTAPI RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source)
{
    if (Source == NULL)
        return STATUS_SUCCESS;
    return unicode_append(Destination, Source, crt_wcslen(Source) * sizeof(WCHAR));
}

/* Doc: nf-ntddk-rtlcompareunicodestrings; lengths in characters */
LONG NTAPI RtlCompareUnicodeStrings(PCWCH String1, SIZE_T String1Length, PCWCH String2,
                                    SIZE_T String2Length, BOOLEAN CaseInSensitive)
{
    SIZE_T count = String1Length < String2Length ? String1Length : String2Length;

    for (SIZE_T i = 0; i < count; i++) {
        WCHAR a = String1[i], b = String2[i];
        if (a == b)
            continue;
        if (CaseInSensitive) {
            a = unicode_upcase(a);
            b = unicode_upcase(b);
            if (a == b)
                continue;
        }
        return (LONG)a - (LONG)b;
    }
    if (String1Length == String2Length)
        return 0;
    return String1Length < String2Length ? -1 : 1;
}

/* Doc: nf-wdm-rtlcompareunicodestring */
LONG NTAPI RtlCompareUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                   BOOLEAN CaseInSensitive)
{
    return RtlCompareUnicodeStrings(String1->Buffer, String1->Length / sizeof(WCHAR),
                                    String2->Buffer, String2->Length / sizeof(WCHAR),
                                    CaseInSensitive);
}

/* Doc: nf-wdm-rtlequalunicodestring */
BOOLEAN NTAPI RtlEqualUnicodeString(const UNICODE_STRING *String1, const UNICODE_STRING *String2,
                                    BOOLEAN CaseInSensitive)
{
    return String1->Length == String2->Length &&
           RtlCompareUnicodeString(String1, String2, CaseInSensitive) == 0;
}

/* Is String1 the beginning of String2?
 *
 * Doc:     nf-ntddk-rtlprefixunicodestring
 */
BOOLEAN NTAPI RtlPrefixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                     BOOLEAN CaseInSensitive)
{
    SIZE_T count = String1->Length / sizeof(WCHAR);

    return String1->Length <= String2->Length &&
           RtlCompareUnicodeStrings(String1->Buffer, count, String2->Buffer, count,
                                    CaseInSensitive) == 0;
}

/* The end of String2 instead of its beginning. */
BOOLEAN NTAPI RtlSuffixUnicodeString(PCUNICODE_STRING String1, PCUNICODE_STRING String2,
                                     BOOLEAN CaseInSensitive)
{
    SIZE_T count = String1->Length / sizeof(WCHAR), whole = String2->Length / sizeof(WCHAR);

    return count <= whole &&
           RtlCompareUnicodeStrings(String1->Buffer, count, String2->Buffer + (whole - count),
                                    count, CaseInSensitive) == 0;
}

/* Doc: nf-wdm-rtlupcaseunicodechar */
WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR SourceCharacter)
{
    return unicode_upcase(SourceCharacter);
}

/* Doc: nf-wdm-rtldowncaseunicodechar */
WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR SourceCharacter)
{
    return unicode_downcase(SourceCharacter);
}

/* Gives the destination a buffer of bytes, or finds out that it has one. */
static NTSTATUS unicode_provide(UNICODE_STRING *to, USHORT bytes, bool is_allocating)
{
    if (!is_allocating)
        return bytes > to->MaximumLength ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
    to->Buffer = rtl_allocate(bytes == 0 ? sizeof(WCHAR) : bytes, RTL_STRING_TAG);
    if (to->Buffer == NULL)
        return STATUS_NO_MEMORY;
    to->MaximumLength = bytes;
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_BUFFER_OVERFLOW, STATUS_NO_MEMORY
 * Doc:     nf-ntifs-rtlupcaseunicodestring; the destination may be the source
 */
NTSTATUS NTAPI RtlUpcaseUnicodeString(PUNICODE_STRING DestinationString,
                                      PCUNICODE_STRING SourceString,
                                      BOOLEAN AllocateDestinationString)
{
    USHORT bytes = SourceString->Length;
    NTSTATUS status = unicode_provide(DestinationString, bytes, AllocateDestinationString);

    if (!NT_SUCCESS(status))
        return status;
    for (unsigned i = 0; i < bytes / sizeof(WCHAR); i++)
        DestinationString->Buffer[i] = unicode_upcase(SourceString->Buffer[i]);
    DestinationString->Length = bytes;
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_BUFFER_OVERFLOW, STATUS_NO_MEMORY
 * Doc:     nf-ntifs-rtldowncaseunicodestring
 */
NTSTATUS NTAPI RtlDowncaseUnicodeString(PUNICODE_STRING DestinationString,
                                        PCUNICODE_STRING SourceString,
                                        BOOLEAN AllocateDestinationString)
{
    USHORT bytes = SourceString->Length;
    NTSTATUS status = unicode_provide(DestinationString, bytes, AllocateDestinationString);

    if (!NT_SUCCESS(status))
        return status;
    for (unsigned i = 0; i < bytes / sizeof(WCHAR); i++)
        DestinationString->Buffer[i] = unicode_downcase(SourceString->Buffer[i]);
    DestinationString->Length = bytes;
    return STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     nf-wdm-rtlfreeunicodestring
 */
VOID NTAPI RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
    rtl_free(UnicodeString->Buffer);
    memset(UnicodeString, 0, sizeof(*UnicodeString));
}

/* Are the lengths whole characters, in order, and is there a buffer for them?
 *
 * Errors:  STATUS_INVALID_PARAMETER: they are not, or Flags is not 0
 * Doc:     nf-ntifs-rtlvalidateunicodestring
 */
NTSTATUS NTAPI RtlValidateUnicodeString(ULONG Flags, PCUNICODE_STRING String)
{
    if (Flags != 0)
        return STATUS_INVALID_PARAMETER;
    if (String == NULL)
        return STATUS_SUCCESS;
    if (String->Length % sizeof(WCHAR) != 0 || String->MaximumLength % sizeof(WCHAR) != 0 ||
        String->Length > String->MaximumLength ||
        (String->Buffer == NULL && String->MaximumLength != 0))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_NO_MEMORY, STATUS_NAME_TOO_LONG, STATUS_INVALID_PARAMETER
 * Doc:     nf-ntifs-rtlduplicateunicodestring
 */
NTSTATUS NTAPI RtlDuplicateUnicodeString(ULONG Flags, PCUNICODE_STRING StringIn,
                                         PUNICODE_STRING StringOut)
{
    bool is_terminated = (Flags & RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE) != 0;
    bool is_empty_kept = (Flags & RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING) != 0;
    size_t bytes;

    if (Flags > 3 || (is_empty_kept && !is_terminated) || StringOut == NULL)
        return STATUS_INVALID_PARAMETER;
    bytes = (StringIn == NULL ? 0u : StringIn->Length) + (is_terminated ? sizeof(WCHAR) : 0u);
    if (bytes > UNICODE_STRING_BYTES_MAX)
        return STATUS_NAME_TOO_LONG;
    if ((StringIn == NULL || StringIn->Length == 0) && !is_empty_kept) {
        memset(StringOut, 0, sizeof(*StringOut));
        return STATUS_SUCCESS;
    }
    StringOut->Buffer = rtl_allocate(bytes, RTL_STRING_TAG);
    if (StringOut->Buffer == NULL)
        return STATUS_NO_MEMORY;
    StringOut->MaximumLength = (USHORT)bytes;
    StringOut->Length = StringIn == NULL ? 0 : StringIn->Length;
    if (StringOut->Length != 0)
        memcpy(StringOut->Buffer, StringIn->Buffer, StringOut->Length);
    unicode_terminate(StringOut);
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_INVALID_PARAMETER
 * Doc:     nf-wdm-rtlhashunicodestring; the x65599 algorithm by its name
 */
NTSTATUS NTAPI RtlHashUnicodeString(const UNICODE_STRING *String, BOOLEAN CaseInSensitive,
                                    ULONG HashAlgorithm, PULONG HashValue)
{
    ULONG hash = 0;

    if (String == NULL || HashValue == NULL || HashAlgorithm > HASH_STRING_ALGORITHM_X65599)
        return STATUS_INVALID_PARAMETER;
    for (unsigned i = 0; i < String->Length / sizeof(WCHAR); i++) {
        WCHAR c = String->Buffer[i];
        hash = hash * 65599u + (CaseInSensitive ? unicode_upcase(c) : c);
    }
    *HashValue = hash;
    return STATUS_SUCCESS;
}
