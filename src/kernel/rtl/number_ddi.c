/* SPDX-License-Identifier: MIT */
/* number_ddi.c - numbers from text, text from numbers, GUIDs.
 *
 * A base is 2, 8, 10 or 16; 0 means 10 when writing, and "as the prefix says" when reading
 * (0b, 0o, 0x; without one 10). Results wrap at 32 bits, as they do on Windows.
 */
#include <stdbool.h>

#include "rtl_ddi.h"
#include "rtl_internal.h"

/* A character at index of either kind of text; 0 behind its end. */
struct number_text {
    const WCHAR *wide;
    const char *narrow; /* when wide is NULL; ends with 0 */
    size_t count;
};

static unsigned number_char(const struct number_text *text, size_t index)
{
    if (text->wide == NULL)
        return (UCHAR)text->narrow[index];
    return index < text->count ? text->wide[index] : 0;
}

static unsigned number_digit(unsigned c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return ~0u;
}

static NTSTATUS number_read(const struct number_text *text, ULONG base, ULONG *out_value)
{
    ULONG value = 0;
    size_t i = 0;
    bool is_negative = false;
    unsigned c;

    while ((c = number_char(text, i)) != 0 && c <= ' ')
        i++;
    if (c == '-' || c == '+') {
        is_negative = c == '-';
        i++;
    }
    if (base == 0) {
        base = 10;
        if (number_char(text, i) == '0') {
            c = number_char(text, i + 1);
            base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 10;
            i += base == 10 ? 0 : 2;
        }
    } else if (base != 2 && base != 8 && base != 10 && base != 16) {
        return STATUS_INVALID_PARAMETER;
    }
    for (unsigned digit; (digit = number_digit(number_char(text, i))) < base; i++)
        value = value * base + digit;
    *out_value = is_negative ? 0u - value : value;
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_INVALID_PARAMETER: the base
 * Doc:     nf-wdm-rtlunicodestringtointeger
 */
NTSTATUS NTAPI RtlUnicodeStringToInteger(PCUNICODE_STRING String, ULONG Base, PULONG Value)
{
    struct number_text text = {.wide = String->Buffer, .count = String->Length / sizeof(WCHAR)};

    if (text.wide == NULL)
        text.narrow = "";
    return number_read(&text, Base, Value);
}

/* Doc: nf-ntddk-rtlchartointeger */
NTSTATUS NTAPI RtlCharToInteger(PCSZ String, ULONG Base, PULONG Value)
{
    struct number_text text = {.narrow = String};

    return number_read(&text, Base, Value);
}

static NTSTATUS number_write(ULONGLONG value, ULONG base, UNICODE_STRING *string)
{
    WCHAR digits[64];
    unsigned at = 64, count;

    if (base == 0)
        base = 10;
    if (base != 2 && base != 8 && base != 10 && base != 16)
        return STATUS_INVALID_PARAMETER;
    do
        digits[--at] = (WCHAR) "0123456789ABCDEF"[value % base];
    while ((value /= base) != 0);
    count = 64 - at;
    if (count * sizeof(WCHAR) > string->MaximumLength)
        return STATUS_BUFFER_OVERFLOW;
    for (unsigned i = 0; i < count; i++)
        string->Buffer[i] = digits[at + i];
    string->Length = (USHORT)(count * sizeof(WCHAR));
    if ((count + 1) * sizeof(WCHAR) <= string->MaximumLength)
        string->Buffer[count] = L'\0';
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_BUFFER_OVERFLOW, STATUS_INVALID_PARAMETER: the base
 * Doc:     nf-wdm-rtlintegertounicodestring
 */
NTSTATUS NTAPI RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String)
{
    return number_write(Value, Base, String);
}

/* Doc: nf-wdm-rtlint64tounicodestring */
NTSTATUS NTAPI RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String)
{
    return number_write(Value, Base, String);
}

/* ---- GUIDs ----------------------------------------------------------------------------- */

/* "{hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh}": which byte of the structure each pair of digits
 * is; the first three parts have their bytes reversed in memory. */
static const UCHAR guid_bytes[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
#define GUID_TEXT_LENGTH 38

static bool guid_is_dash_before(unsigned byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

/* Errors:  STATUS_INVALID_PARAMETER
 * Doc:     nf-wdm-rtlguidfromstring
 */
NTSTATUS NTAPI RtlGUIDFromString(PUNICODE_STRING GuidString, GUID *Guid)
{
    const WCHAR *at = GuidString->Buffer;
    UCHAR bytes[16];

    if (GuidString->Length < GUID_TEXT_LENGTH * sizeof(WCHAR) || *at++ != '{')
        return STATUS_INVALID_PARAMETER;
    for (unsigned i = 0; i < 16; i++) {
        unsigned high, low;
        if (guid_is_dash_before(i) && *at++ != '-')
            return STATUS_INVALID_PARAMETER;
        high = number_digit(*at++);
        low = number_digit(*at++);
        if (high > 15 || low > 15)
            return STATUS_INVALID_PARAMETER;
        bytes[guid_bytes[i]] = (UCHAR)(high << 4 | low);
    }
    if (*at != '}')
        return STATUS_INVALID_PARAMETER;
    __builtin_memcpy(Guid, bytes, sizeof(bytes));
    return STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   GuidString: gives a new buffer, RtlFreeUnicodeString
 * Errors:  STATUS_NO_MEMORY
 * Doc:     nf-wdm-rtlstringfromguid
 */
NTSTATUS NTAPI RtlStringFromGUID(const GUID *const Guid, PUNICODE_STRING GuidString)
{
    const UCHAR *bytes = (const UCHAR *)Guid;
    WCHAR *at = rtl_allocate((GUID_TEXT_LENGTH + 1) * sizeof(WCHAR), RTL_STRING_TAG);

    if (at == NULL)
        return STATUS_NO_MEMORY;
    GuidString->Buffer = at;
    GuidString->Length = GUID_TEXT_LENGTH * sizeof(WCHAR);
    GuidString->MaximumLength = (GUID_TEXT_LENGTH + 1) * sizeof(WCHAR);
    *at++ = L'{';
    for (unsigned i = 0; i < 16; i++) {
        if (guid_is_dash_before(i))
            *at++ = L'-';
        *at++ = (WCHAR) "0123456789abcdef"[bytes[guid_bytes[i]] >> 4];
        *at++ = (WCHAR) "0123456789abcdef"[bytes[guid_bytes[i]] & 15];
    }
    *at++ = L'}';
    *at = L'\0';
    return STATUS_SUCCESS;
}
