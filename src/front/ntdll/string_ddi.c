/* SPDX-License-Identifier: MIT */
/* string_ddi.c - counted strings of ntdll: made, copied, compared, converted.
 *
 * Doc: wdm.h Rtl… of the same names. Narrow text is UTF-8, the code page of every program
 * here. What is allocated lies on the process heap.
 */
#include <string.h>

#include "crt/number.h"
#include "crt/string.h"
#include "crt/utf.h"
#include "ntdll/heap.h"
#include "ntdll/nt.h"

#define UNITS(bytes) ((bytes) / sizeof(wchar_t))

/* ---- made and freed ---------------------------------------------------------------------------
 */

EXPORT(void, front_RtlInitUnicodeString, (UNICODE_STRING * string, PCWSTR text))
{
    size_t bytes = text ? crt_wcslen(text) * sizeof(wchar_t) : 0;
    bytes = bytes > 0xfffc ? 0xfffc : bytes;
    *string =
        (UNICODE_STRING){(USHORT)bytes, text ? (USHORT)(bytes + sizeof(wchar_t)) : 0, (PWSTR)text};
}

EXPORT(NTSTATUS, front_RtlInitUnicodeStringEx, (UNICODE_STRING * string, PCWSTR text))
{
    if (text && crt_wcslen(text) > UNITS(0xfffc))
        return STATUS_NAME_TOO_LONG;
    front_RtlInitUnicodeString(string, text);
    return STATUS_SUCCESS;
}

EXPORT(void, front_RtlInitAnsiString, (ANSI_STRING * string, PCSTR text))
{
    size_t bytes = text ? strlen(text) : 0;
    bytes = bytes > 0xfffe ? 0xfffe : bytes;
    *string = (ANSI_STRING){(USHORT)bytes, text ? (USHORT)(bytes + 1) : 0, (PSTR)text};
}

EXPORT(void, front_RtlFreeUnicodeString, (UNICODE_STRING * string))
{
    heap_give(string->Buffer);
    *string = (UNICODE_STRING){0};
}

EXPORT(BOOLEAN, front_RtlCreateUnicodeString, (UNICODE_STRING * string, PCWSTR text))
{
    size_t bytes = (crt_wcslen(text) + 1) * sizeof(wchar_t);
    PWSTR buffer = bytes <= 0xfffe ? heap_take(bytes) : NULL;
    if (!buffer)
        return FALSE;
    memcpy(buffer, text, bytes);
    *string = (UNICODE_STRING){(USHORT)(bytes - sizeof(wchar_t)), (USHORT)bytes, buffer};
    return TRUE;
}

EXPORT(NTSTATUS, front_RtlDuplicateUnicodeString,
       (ULONG flags, const UNICODE_STRING *from, UNICODE_STRING *to))
{
    PWSTR buffer = heap_take(from->Length + sizeof(wchar_t));
    if (!buffer)
        return STATUS_NO_MEMORY;
    memcpy(buffer, from->Buffer, from->Length);
    buffer[UNITS(from->Length)] = 0;
    *to = (UNICODE_STRING){from->Length, (USHORT)(from->Length + sizeof(wchar_t)), buffer};
    return STATUS_SUCCESS;
}

/* ---- copied and compared
 * -------------------------------------------------------------------------- */

EXPORT(void, front_RtlCopyUnicodeString, (UNICODE_STRING * to, const UNICODE_STRING *from))
{
    if (!from) {
        to->Length = 0;
        return;
    }
    USHORT bytes = from->Length < to->MaximumLength ? from->Length : to->MaximumLength;
    memmove(to->Buffer, from->Buffer, bytes);
    to->Length = bytes;
    if (bytes + sizeof(wchar_t) <= to->MaximumLength)
        to->Buffer[UNITS(bytes)] = 0;
}

EXPORT(LONG, front_RtlCompareUnicodeString,
       (const UNICODE_STRING *a, const UNICODE_STRING *b, BOOLEAN ignore_case))
{
    size_t count = UNITS(a->Length < b->Length ? a->Length : b->Length);
    for (size_t i = 0; i < count; i++) {
        wchar_t x = a->Buffer[i], y = b->Buffer[i];
        if (ignore_case) {
            x = crt_towupper(x);
            y = crt_towupper(y);
        }
        if (x != y)
            return x < y ? -1 : 1;
    }
    return a->Length - b->Length;
}

EXPORT(BOOLEAN, front_RtlEqualUnicodeString,
       (const UNICODE_STRING *a, const UNICODE_STRING *b, BOOLEAN ignore_case))
{
    return a->Length == b->Length && !front_RtlCompareUnicodeString(a, b, ignore_case);
}

EXPORT(BOOLEAN, front_RtlPrefixUnicodeString,
       (const UNICODE_STRING *prefix, const UNICODE_STRING *string, BOOLEAN ignore_case))
{
    UNICODE_STRING start = {prefix->Length, prefix->Length, string->Buffer};
    return prefix->Length <= string->Length &&
           front_RtlEqualUnicodeString(prefix, &start, ignore_case);
}

EXPORT(NTSTATUS, front_RtlAppendUnicodeStringToString,
       (UNICODE_STRING * to, const UNICODE_STRING *from))
{
    if (to->Length + from->Length > to->MaximumLength)
        return STATUS_BUFFER_TOO_SMALL;
    memmove((char *)to->Buffer + to->Length, from->Buffer, from->Length);
    to->Length += from->Length;
    if (to->Length + sizeof(wchar_t) <= to->MaximumLength)
        to->Buffer[UNITS(to->Length)] = 0;
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, front_RtlAppendUnicodeToString, (UNICODE_STRING * to, PCWSTR text))
{
    UNICODE_STRING from;
    front_RtlInitUnicodeString(&from, text);
    return front_RtlAppendUnicodeStringToString(to, &from);
}

EXPORT(WCHAR, front_RtlUpcaseUnicodeChar, (WCHAR c))
{
    return crt_towupper(c);
}

/* ---- converted
 * ---------------------------------------------------------------------------------------- */

EXPORT(NTSTATUS, front_RtlMultiByteToUnicodeN,
       (PWCH out, ULONG out_bytes, ULONG *stored, PCCH in, ULONG in_bytes))
{
    struct crt_utf done = crt_utf8_to_utf16(in, in_bytes, 0, out, UNITS(out_bytes));
    if (stored)
        *stored = (ULONG)(done.written * sizeof(wchar_t));
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, front_RtlUnicodeToMultiByteN,
       (PCHAR out, ULONG out_bytes, ULONG *stored, PCWCH in, ULONG in_bytes))
{
    struct crt_utf done = crt_utf16_to_utf8(in, UNITS(in_bytes), 0, out, out_bytes);
    if (stored)
        *stored = (ULONG)done.written;
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, front_RtlUnicodeToMultiByteSize, (ULONG * bytes, PCWCH in, ULONG in_bytes))
{
    *bytes = (ULONG)crt_utf16_to_utf8(in, UNITS(in_bytes), 0, NULL, 0).written;
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, front_RtlAnsiStringToUnicodeString,
       (UNICODE_STRING * to, const ANSI_STRING *from, BOOLEAN allocate))
{
    size_t count = crt_utf8_to_utf16(from->Buffer, from->Length, 0, NULL, 0).written;
    size_t bytes = (count + 1) * sizeof(wchar_t);
    if (bytes > 0xfffe)
        return STATUS_INVALID_PARAMETER_2;
    if (allocate) {
        to->Buffer = heap_take(bytes);
        to->MaximumLength = (USHORT)bytes;
    } else if (bytes > to->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    if (!to->Buffer)
        return STATUS_NO_MEMORY;
    crt_utf8_to_utf16(from->Buffer, from->Length, 0, to->Buffer, count);
    to->Buffer[count] = 0;
    to->Length = (USHORT)(count * sizeof(wchar_t));
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, front_RtlUnicodeStringToAnsiString,
       (ANSI_STRING * to, const UNICODE_STRING *from, BOOLEAN allocate))
{
    size_t count = crt_utf16_to_utf8(from->Buffer, UNITS(from->Length), 0, NULL, 0).written;
    if (count + 1 > 0xffff)
        return STATUS_INVALID_PARAMETER_2;
    if (allocate) {
        to->Buffer = heap_take(count + 1);
        to->MaximumLength = (USHORT)(count + 1);
    } else if (count + 1 > to->MaximumLength) {
        return STATUS_BUFFER_OVERFLOW;
    }
    if (!to->Buffer)
        return STATUS_NO_MEMORY;
    crt_utf16_to_utf8(from->Buffer, UNITS(from->Length), 0, to->Buffer, count);
    to->Buffer[count] = 0;
    to->Length = (USHORT)count;
    return STATUS_SUCCESS;
}

EXPORT(NTSTATUS, front_RtlIntegerToUnicodeString, (ULONG value, ULONG base, UNICODE_STRING *to))
{
    wchar_t text[40];
    if (base != 0 && base != 2 && base != 8 && base != 10 && base != 16)
        return STATUS_INVALID_PARAMETER;
    crt_ultow(value, text, base ? (int)base : 10);
    size_t bytes = crt_wcslen(crt_wcsupr(text)) * sizeof(wchar_t);
    if (bytes > to->MaximumLength)
        return STATUS_BUFFER_OVERFLOW;
    memcpy(to->Buffer, text, bytes);
    to->Length = (USHORT)bytes;
    if (bytes + sizeof(wchar_t) <= to->MaximumLength)
        to->Buffer[UNITS(bytes)] = 0;
    return STATUS_SUCCESS;
}

/* ---- memory
 * --------------------------------------------------------------------------------------------- */

EXPORT(void, front_RtlZeroMemory, (void *to, SIZE_T size))
{
    memset(to, 0, size);
}

EXPORT(void, front_RtlFillMemory, (void *to, SIZE_T size, int byte))
{
    memset(to, byte, size);
}

EXPORT(void, front_RtlMoveMemory, (void *to, const void *from, SIZE_T size))
{
    memmove(to, from, size);
}

EXPORT(SIZE_T, front_RtlCompareMemory, (const void *a, const void *b, SIZE_T size))
{
    const uint8_t *x = a, *y = b;
    SIZE_T same = 0;
    while (same < size && x[same] == y[same])
        same++;
    return same;
}

/* ---- the version
 * ------------------------------------------------------------------------------------------- */

EXPORT(NTSTATUS, front_RtlGetVersion, (RTL_OSVERSIONINFOW * version))
{
    const struct peb *peb = peb_current();
    ULONG size = version->dwOSVersionInfoSize;
    memset((char *)version + sizeof size, 0, size - sizeof size);
    version->dwMajorVersion = peb->OSMajorVersion;
    version->dwMinorVersion = peb->OSMinorVersion;
    version->dwBuildNumber = peb->OSBuildNumber;
    version->dwPlatformId = peb->OSPlatformId;
    if (peb->OSCSDVersion != 0)
        memcpy(version->szCSDVersion, L"Service Pack 1", sizeof L"Service Pack 1");
    if (size >= sizeof(RTL_OSVERSIONINFOEXW)) {
        ((RTL_OSVERSIONINFOEXW *)version)->wServicePackMajor = peb->OSCSDVersion >> 8;
        ((RTL_OSVERSIONINFOEXW *)version)->wProductType = 1; /* a workstation */
    }
    return STATUS_SUCCESS;
}

EXPORT(void, front_RtlGetNtVersionNumbers, (ULONG * major, ULONG *minor, ULONG *build))
{
    const struct peb *peb = peb_current();
    *major = peb->OSMajorVersion;
    *minor = peb->OSMinorVersion;
    *build = peb->OSBuildNumber | 0xf0000000u; /* a free build, as documented */
}
