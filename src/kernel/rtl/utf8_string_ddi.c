/* SPDX-License-Identifier: MIT */
/* utf8_string_ddi.c - counted UTF-8 strings to counted UTF-16 strings and back. */
#include "rtl_ddi.h"
#include "rtl_internal.h"

/* Cut rather than refused when it does not fit: STATUS_BUFFER_OVERFLOW is a warning. */
static NTSTATUS outcome(NTSTATUS status)
{
    return status == STATUS_BUFFER_TOO_SMALL ? STATUS_BUFFER_OVERFLOW : status;
}

/* Errors:  STATUS_NO_MEMORY, STATUS_BUFFER_OVERFLOW, STATUS_SOME_NOT_MAPPED (a success)
 * Doc:     nf-ntifs-rtlutf8stringtounicodestring
 */
NTSTATUS NTAPI RtlUTF8StringToUnicodeString(PUNICODE_STRING DestinationString,
                                            PUTF8_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    ULONG bytes = 0;
    NTSTATUS status =
        RtlUTF8ToUnicodeN(NULL, 0, &bytes, SourceString->Buffer, SourceString->Length);
    if (!NT_SUCCESS(status))
        return status;
    if (AllocateDestinationString) {
        if (bytes > UNICODE_STRING_BYTES_MAX - sizeof(WCHAR))
            return STATUS_INVALID_PARAMETER_2;
        DestinationString->Buffer = rtl_allocate(bytes + sizeof(WCHAR), RTL_STRING_TAG);
        if (!DestinationString->Buffer)
            return STATUS_NO_MEMORY;
        DestinationString->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
        DestinationString->Buffer[bytes / sizeof(WCHAR)] = 0;
    }
    status = RtlUTF8ToUnicodeN(DestinationString->Buffer, DestinationString->MaximumLength, &bytes,
                               SourceString->Buffer, SourceString->Length);
    DestinationString->Length = (USHORT)bytes;
    return outcome(status);
}

/* Errors:  STATUS_NO_MEMORY, STATUS_BUFFER_OVERFLOW, STATUS_SOME_NOT_MAPPED (a success)
 * Doc:     nf-ntifs-rtlunicodestringtoutf8string
 */
NTSTATUS NTAPI RtlUnicodeStringToUTF8String(PUTF8_STRING DestinationString,
                                            PCUNICODE_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    ULONG bytes = 0;
    NTSTATUS status =
        RtlUnicodeToUTF8N(NULL, 0, &bytes, SourceString->Buffer, SourceString->Length);
    if (!NT_SUCCESS(status))
        return status;
    if (AllocateDestinationString) {
        if (bytes > UNICODE_STRING_BYTES_MAX)
            return STATUS_INVALID_PARAMETER_2;
        DestinationString->Buffer = rtl_allocate(bytes + 1, RTL_STRING_TAG);
        if (!DestinationString->Buffer)
            return STATUS_NO_MEMORY;
        DestinationString->MaximumLength = (USHORT)(bytes + 1);
        DestinationString->Buffer[bytes] = 0;
    }
    status = RtlUnicodeToUTF8N(DestinationString->Buffer, DestinationString->MaximumLength, &bytes,
                               SourceString->Buffer, SourceString->Length);
    DestinationString->Length = (USHORT)bytes;
    return outcome(status);
}
