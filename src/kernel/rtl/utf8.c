/* SPDX-License-Identifier: MIT */
/* utf8.c - UTF-8 for native rooms: counted strings to terminated text and back.
 *
 * Lone surrogates survive the round trip, so that every name Windows allows can be stored
 * under a name of the host. What is no UTF-8 at all becomes U+FFFD.
 */
#include "crt/utf.h"
#include "rtl_internal.h"

#include <string.h>

char *rtl_utf8_of(const UNICODE_STRING *string)
{
    size_t count = string->Length / sizeof(WCHAR);
    size_t bytes = crt_utf16_to_utf8(string->Buffer, count, CRT_UTF_KEEP, NULL, 0).written;
    char *text = rtl_allocate(bytes + 1, RTL_STRING_TAG);

    if (text == NULL)
        return NULL;
    crt_utf16_to_utf8(string->Buffer, count, CRT_UTF_KEEP, text, bytes);
    text[bytes] = '\0';
    return text;
}

NTSTATUS rtl_unicode_of(const char *utf8, UNICODE_STRING *out_string)
{
    size_t length = strlen(utf8);
    size_t bytes = crt_utf8_to_utf16(utf8, length, CRT_UTF_KEEP, NULL, 0).written * sizeof(WCHAR);
    WCHAR *buffer;

    if (bytes > UNICODE_STRING_BYTES_MAX - sizeof(WCHAR))
        return STATUS_NAME_TOO_LONG;
    buffer = rtl_allocate(bytes + sizeof(WCHAR), RTL_STRING_TAG);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    crt_utf8_to_utf16(utf8, length, CRT_UTF_KEEP, buffer, bytes / sizeof(WCHAR));
    buffer[bytes / sizeof(WCHAR)] = L'\0';
    out_string->Buffer = buffer;
    out_string->Length = (USHORT)bytes;
    out_string->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    return STATUS_SUCCESS;
}
