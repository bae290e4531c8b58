/* SPDX-License-Identifier: MIT */
/* code_page_ddi.c - between UTF-16 and narrow text: ANSI, OEM and UTF-8 are all UTF-8 here.
 *
 * A character that has no counterpart becomes U+FFFD. Counted results that are too long are
 * cut between characters. Sizes are bytes, as everywhere in this family.
 */
#include <stdbool.h>
#include <string.h>

#include "crt/utf.h"
#include "rtl_ddi.h"
#include "rtl_internal.h"

/* The exported variables NlsMbCodePageTag, NlsMbOemCodePageTag: a character may be several
 * bytes, so callers must ask for sizes. */
BOOLEAN NlsMbCodePageTag = TRUE;
BOOLEAN NlsMbOemCodePageTag = TRUE;
static USHORT lead_bytes[256]; /* none: UTF-8 has no double-byte tables */
PUSHORT NlsOemLeadByteInfo = lead_bytes;
USHORT NlsAnsiCodePage = 65001;
USHORT NlsOemCodePage = 65001;

static size_t wide_bytes_of(const char *narrow, size_t bytes)
{
    return crt_utf8_to_utf16(narrow, bytes, 0, NULL, 0).written * sizeof(WCHAR);
}

static size_t narrow_bytes_of(const WCHAR *wide, size_t bytes)
{
    return crt_utf16_to_utf8(wide, bytes / sizeof(WCHAR), 0, NULL, 0).written;
}

/* ---- buffers ------------------------------------------------------------------------- */

/* Cut where the buffer ends; that is no error.
 *
 * Doc:     nf-ntifs-rtlmultibytetounicoden
 */
NTSTATUS NTAPI RtlMultiByteToUnicodeN(PWCH UnicodeString, ULONG MaxBytesInUnicodeString,
                                      PULONG BytesInUnicodeString, const CHAR *MultiByteString,
                                      ULONG BytesInMultiByteString)
{
    struct crt_utf done = crt_utf8_to_utf16(MultiByteString, BytesInMultiByteString, 0,
                                            UnicodeString, MaxBytesInUnicodeString / sizeof(WCHAR));

    if (BytesInUnicodeString != NULL)
        *BytesInUnicodeString = (ULONG)(done.written * sizeof(WCHAR));
    return STATUS_SUCCESS;
}

/* Doc: nf-ntifs-rtlmultibytetounicodesize */
NTSTATUS NTAPI RtlMultiByteToUnicodeSize(PULONG BytesInUnicodeString, const CHAR *MultiByteString,
                                         ULONG BytesInMultiByteString)
{
    *BytesInUnicodeString = (ULONG)wide_bytes_of(MultiByteString, BytesInMultiByteString);
    return STATUS_SUCCESS;
}

/* Doc: nf-ntifs-rtlunicodetomultibyten */
NTSTATUS NTAPI RtlUnicodeToMultiByteN(PCHAR MultiByteString, ULONG MaxBytesInMultiByteString,
                                      PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                      ULONG BytesInUnicodeString)
{
    struct crt_utf done = crt_utf16_to_utf8(UnicodeString, BytesInUnicodeString / sizeof(WCHAR), 0,
                                            MultiByteString, MaxBytesInMultiByteString);

    if (BytesInMultiByteString != NULL)
        *BytesInMultiByteString = (ULONG)done.written;
    return STATUS_SUCCESS;
}

/* Doc: nf-ntifs-rtlunicodetomultibytesize */
NTSTATUS NTAPI RtlUnicodeToMultiByteSize(PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                         ULONG BytesInUnicodeString)
{
    *BytesInMultiByteString = (ULONG)narrow_bytes_of(UnicodeString, BytesInUnicodeString);
    return STATUS_SUCCESS;
}

/* Character by character, because upper case may have another number of bytes.
 *
 * Doc:     nf-ntifs-rtlupcaseunicodetomultibyten
 */
NTSTATUS NTAPI RtlUpcaseUnicodeToMultiByteN(PCHAR MultiByteString, ULONG MaxBytesInMultiByteString,
                                            PULONG BytesInMultiByteString, PCWCH UnicodeString,
                                            ULONG BytesInUnicodeString)
{
    ULONG count = BytesInUnicodeString / sizeof(WCHAR), written = 0;

    for (ULONG i = 0; i < count;) {
        WCHAR pair[2] = {RtlUpcaseUnicodeChar(UnicodeString[i]), 0};
        bool is_pair = (pair[0] & 0xfc00) == 0xd800 && i + 1 < count;
        struct crt_utf done;

        if (is_pair)
            pair[1] = UnicodeString[i + 1];
        done = crt_utf16_to_utf8(pair, is_pair ? 2 : 1, 0, MultiByteString + written,
                                 MaxBytesInMultiByteString - written);
        if (done.consumed == 0)
            break;
        written += (ULONG)done.written;
        i += (ULONG)done.consumed;
    }
    if (BytesInMultiByteString != NULL)
        *BytesInMultiByteString = written;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlOemToUnicodeN(PWCH UnicodeString, ULONG MaxBytesInUnicodeString,
                                PULONG BytesInUnicodeString, PCCH OemString, ULONG BytesInOemString)
{
    return RtlMultiByteToUnicodeN(UnicodeString, MaxBytesInUnicodeString, BytesInUnicodeString,
                                  OemString, BytesInOemString);
}

NTSTATUS NTAPI RtlUnicodeToOemN(PCHAR OemString, ULONG MaxBytesInOemString, PULONG BytesInOemString,
                                PCWCH UnicodeString, ULONG BytesInUnicodeString)
{
    return RtlUnicodeToMultiByteN(OemString, MaxBytesInOemString, BytesInOemString, UnicodeString,
                                  BytesInUnicodeString);
}

NTSTATUS NTAPI RtlUpcaseUnicodeToOemN(PCHAR OemString, ULONG MaxBytesInOemString,
                                      PULONG BytesInOemString, PCWCH UnicodeString,
                                      ULONG BytesInUnicodeString)
{
    return RtlUpcaseUnicodeToMultiByteN(OemString, MaxBytesInOemString, BytesInOemString,
                                        UnicodeString, BytesInUnicodeString);
}

/* Errors:  STATUS_SOME_NOT_MAPPED (a success), STATUS_BUFFER_TOO_SMALL with what fitted written,
 *          STATUS_INVALID_PARAMETER, STATUS_INVALID_PARAMETER_4
 * Doc:     nf-ntifs-rtlutf8tounicoden
 */
NTSTATUS NTAPI RtlUTF8ToUnicodeN(PWSTR UnicodeStringDestination, ULONG UnicodeStringMaxByteCount,
                                 PULONG UnicodeStringActualByteCount, PCCH UTF8StringSource,
                                 ULONG UTF8StringByteCount)
{
    struct crt_utf done;

    if (UTF8StringSource == NULL)
        return STATUS_INVALID_PARAMETER_4;
    if (UnicodeStringDestination == NULL && UnicodeStringActualByteCount == NULL)
        return STATUS_INVALID_PARAMETER;
    done = crt_utf8_to_utf16(UTF8StringSource, UTF8StringByteCount, 0, UnicodeStringDestination,
                             UnicodeStringMaxByteCount / sizeof(WCHAR));
    if (UnicodeStringActualByteCount != NULL)
        *UnicodeStringActualByteCount = (ULONG)(done.written * sizeof(WCHAR));
    if (UnicodeStringDestination != NULL && done.consumed < UTF8StringByteCount)
        return STATUS_BUFFER_TOO_SMALL;
    return done.replaced != 0 ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

/* Errors:  as RtlUTF8ToUnicodeN
 * Doc:     nf-ntifs-rtlunicodetoutf8n
 */
NTSTATUS NTAPI RtlUnicodeToUTF8N(PCHAR UTF8StringDestination, ULONG UTF8StringMaxByteCount,
                                 PULONG UTF8StringActualByteCount, PCWCH UnicodeStringSource,
                                 ULONG UnicodeStringByteCount)
{
    ULONG count = UnicodeStringByteCount / sizeof(WCHAR);
    struct crt_utf done;

    if (UnicodeStringSource == NULL)
        return STATUS_INVALID_PARAMETER_4;
    if (UTF8StringDestination == NULL && UTF8StringActualByteCount == NULL)
        return STATUS_INVALID_PARAMETER;
    if (UnicodeStringByteCount % sizeof(WCHAR) != 0)
        return STATUS_INVALID_PARAMETER_5;
    done = crt_utf16_to_utf8(UnicodeStringSource, count, 0, UTF8StringDestination,
                             UTF8StringMaxByteCount);
    if (UTF8StringActualByteCount != NULL)
        *UTF8StringActualByteCount = (ULONG)done.written;
    if (UTF8StringDestination != NULL && done.consumed < count)
        return STATUS_BUFFER_TOO_SMALL;
    return done.replaced != 0 ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

/* ---- counted strings --------------------------------------------------------------------- */

/* Sizes with the terminator. */
ULONG NTAPI RtlxAnsiStringToUnicodeSize(PCANSI_STRING AnsiString)
{
    return (ULONG)(wide_bytes_of(AnsiString->Buffer, AnsiString->Length) + sizeof(WCHAR));
}

ULONG NTAPI RtlxUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString)
{
    return (ULONG)(narrow_bytes_of(UnicodeString->Buffer, UnicodeString->Length) + 1);
}

ULONG NTAPI RtlxOemStringToUnicodeSize(PCOEM_STRING OemString)
{
    return RtlxAnsiStringToUnicodeSize(OemString);
}

ULONG NTAPI RtlxUnicodeStringToOemSize(PCUNICODE_STRING UnicodeString)
{
    return RtlxUnicodeStringToAnsiSize(UnicodeString);
}

/* terminator: bytes kept free behind the text, which are then zero. */
static NTSTATUS string_widen(UNICODE_STRING *to, const STRING *from, size_t terminator,
                             bool is_allocating)
{
    size_t bytes = wide_bytes_of(from->Buffer, from->Length);

    if (bytes + terminator > UNICODE_STRING_BYTES_MAX)
        return STATUS_INVALID_PARAMETER_2;
    if (is_allocating) {
        to->Buffer = rtl_allocate(bytes + sizeof(WCHAR), RTL_STRING_TAG);
        if (to->Buffer == NULL)
            return STATUS_NO_MEMORY;
        to->MaximumLength = (USHORT)(bytes + terminator);
    } else if (bytes + terminator > to->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    crt_utf8_to_utf16(from->Buffer, from->Length, 0, to->Buffer, bytes / sizeof(WCHAR));
    to->Length = (USHORT)bytes;
    if (terminator != 0)
        to->Buffer[bytes / sizeof(WCHAR)] = L'\0';
    return STATUS_SUCCESS;
}

/* A result that is too long for the caller's buffer is cut, and terminated. */
static NTSTATUS string_narrow(STRING *to, const UNICODE_STRING *from, size_t terminator,
                              bool is_allocating)
{
    size_t bytes = narrow_bytes_of(from->Buffer, from->Length);
    size_t room = bytes;

    if (is_allocating) {
        if (bytes + terminator > UNICODE_STRING_BYTES_MAX)
            return STATUS_INVALID_PARAMETER_2;
        to->Buffer = rtl_allocate(bytes + 1, RTL_STRING_TAG);
        if (to->Buffer == NULL)
            return STATUS_NO_MEMORY;
        to->MaximumLength = (USHORT)(bytes + terminator);
    } else if (bytes + terminator > to->MaximumLength) {
        if (to->MaximumLength < terminator)
            return STATUS_BUFFER_OVERFLOW;
        room = to->MaximumLength - terminator;
    }
    to->Length =
        (USHORT)crt_utf16_to_utf8(from->Buffer, from->Length / sizeof(WCHAR), 0, to->Buffer, room)
            .written;
    if (terminator != 0)
        to->Buffer[to->Length] = '\0';
    return room < bytes ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_BUFFER_OVERFLOW, STATUS_INVALID_PARAMETER_2 (too long), STATUS_NO_MEMORY
 * Doc:     nf-wdm-rtlansistringtounicodestring
 */
NTSTATUS NTAPI RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString,
                                            PANSI_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    return string_widen(DestinationString, SourceString, sizeof(WCHAR), AllocateDestinationString);
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_BUFFER_OVERFLOW with the text cut, STATUS_NO_MEMORY
 * Doc:     nf-wdm-rtlunicodestringtoansistring
 */
NTSTATUS NTAPI RtlUnicodeStringToAnsiString(PANSI_STRING DestinationString,
                                            PCUNICODE_STRING SourceString,
                                            BOOLEAN AllocateDestinationString)
{
    return string_narrow(DestinationString, SourceString, 1, AllocateDestinationString);
}

/* Doc: nf-ntifs-rtloemstringtounicodestring */
NTSTATUS NTAPI RtlOemStringToUnicodeString(PUNICODE_STRING DestinationString,
                                           PCOEM_STRING SourceString,
                                           BOOLEAN AllocateDestinationString)
{
    return string_widen(DestinationString, SourceString, sizeof(WCHAR), AllocateDestinationString);
}

/* The counted forms have no terminator.
 *
 * Doc:     nf-ntifs-rtloemstringtocountedunicodestring
 */
NTSTATUS NTAPI RtlOemStringToCountedUnicodeString(PUNICODE_STRING DestinationString,
                                                  PCOEM_STRING SourceString,
                                                  BOOLEAN AllocateDestinationString)
{
    return string_widen(DestinationString, SourceString, 0, AllocateDestinationString);
}

/* Doc: nf-ntifs-rtlunicodestringtooemstring */
NTSTATUS NTAPI RtlUnicodeStringToOemString(POEM_STRING DestinationString,
                                           PCUNICODE_STRING SourceString,
                                           BOOLEAN AllocateDestinationString)
{
    return string_narrow(DestinationString, SourceString, 1, AllocateDestinationString);
}

/* Doc: nf-ntifs-rtlunicodestringtocountedoemstring */
NTSTATUS NTAPI RtlUnicodeStringToCountedOemString(POEM_STRING DestinationString,
                                                  PCUNICODE_STRING SourceString,
                                                  BOOLEAN AllocateDestinationString)
{
    return string_narrow(DestinationString, SourceString, 0, AllocateDestinationString);
}

static NTSTATUS string_narrow_upcased(STRING *to, const UNICODE_STRING *from, size_t terminator,
                                      bool is_allocating)
{
    UNICODE_STRING upper;
    NTSTATUS status = RtlUpcaseUnicodeString(&upper, from, TRUE);

    if (!NT_SUCCESS(status))
        return status;
    status = string_narrow(to, &upper, terminator, is_allocating);
    RtlFreeUnicodeString(&upper);
    return status;
}

/* Doc: nf-ntifs-rtlupcaseunicodestringtooemstring */
NTSTATUS NTAPI RtlUpcaseUnicodeStringToOemString(POEM_STRING DestinationString,
                                                 PCUNICODE_STRING SourceString,
                                                 BOOLEAN AllocateDestinationString)
{
    return string_narrow_upcased(DestinationString, SourceString, 1, AllocateDestinationString);
}

/* Doc: nf-ntifs-rtlupcaseunicodestringtocountedoemstring */
NTSTATUS NTAPI RtlUpcaseUnicodeStringToCountedOemString(POEM_STRING DestinationString,
                                                        PCUNICODE_STRING SourceString,
                                                        BOOLEAN AllocateDestinationString)
{
    return string_narrow_upcased(DestinationString, SourceString, 0, AllocateDestinationString);
}

/* A terminated copy in pool.
 *
 * Doc:     nf-ntifs-rtlcreateunicodestring
 */
BOOLEAN NTAPI RtlCreateUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    UNICODE_STRING source;

    return NT_SUCCESS(RtlInitUnicodeStringEx(&source, SourceString)) &&
           NT_SUCCESS(
               RtlDuplicateUnicodeString(RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE |
                                             RTL_DUPLICATE_UNICODE_STRING_ALLOCATE_NULL_STRING,
                                         &source, DestinationString));
}

/* One character of narrow text; the pointer goes on behind it. */
WCHAR NTAPI RtlAnsiCharToUnicodeChar(PUCHAR *SourceCharacter)
{
    const char *at = (const char *)*SourceCharacter;
    size_t bytes = 1;
    WCHAR pair[2] = {L'?', 0};

    if ((UCHAR)*at >= 0x80)
        while (bytes < 4 && ((UCHAR)at[bytes] & 0xc0) == 0x80)
            bytes++;
    crt_utf8_to_utf16(at, bytes, 0, pair, 2);
    *SourceCharacter += bytes;
    return pair[0];
}
