/* SPDX-License-Identifier: MIT */
/* user_text_ddi.c - user32's texts: wsprintf, string resources, message boxes. Doc: winuser.h
 *
 * A message box goes to standard error, and its default button is pressed at once.
 */
#include <stdio.h>
#include <string.h>

#include "crt/format.h"
#include "crt/string.h"
#include "crt/utf.h"
#include "host/host.h"
#include "ntdll/ldr.h"
#include "pe/resource.h"
#include "user.h"

void user_unseen(const char *function)
{
    static const char *_Atomic said[8];
    for (unsigned i = 0; i < 8; i++) {
        const char *none = NULL;
        if (said[i] == function)
            return;
        if (atomic_compare_exchange_strong(&said[i], &none, function))
            break;
    }
    program_complain("%s: there is no screen; the program goes on unseen", function);
}

/* ---- wsprintf: at most 1,024 characters ---------------------------------------------------------
 */

#define PRINT_MOST 1024u

EXPORT(int, wvsprintfW, (LPWSTR out, LPCWSTR format, __builtin_ms_va_list arguments))
{
    int count = crt_vsnwprintf_ms(out, PRINT_MOST, 0, format, arguments);
    if (count < 0 || count >= (int)PRINT_MOST) {
        out[PRINT_MOST - 1] = 0;
        count = PRINT_MOST - 1;
    }
    return count;
}

EXPORT(int, wvsprintfA, (LPSTR out, LPCSTR format, __builtin_ms_va_list arguments))
{
    int count = crt_vsnprintf_ms(out, PRINT_MOST, 0, format, arguments);
    if (count < 0 || count >= (int)PRINT_MOST) {
        out[PRINT_MOST - 1] = '\0';
        count = PRINT_MOST - 1;
    }
    return count;
}

EXPORT_VARIADIC(int, wsprintfW, (LPWSTR out, LPCWSTR format, ...))
{
    __builtin_ms_va_list arguments;
    __builtin_ms_va_start(arguments, format);
    int count = wvsprintfW(out, format, arguments);
    __builtin_ms_va_end(arguments);
    return count;
}

EXPORT_VARIADIC(int, wsprintfA, (LPSTR out, LPCSTR format, ...))
{
    __builtin_ms_va_list arguments;
    __builtin_ms_va_start(arguments, format);
    int count = wvsprintfA(out, format, arguments);
    __builtin_ms_va_end(arguments);
    return count;
}

/* ---- string resources
 * ------------------------------------------------------------------------------ */

#define PE_RT_STRINGS 6

/* A block holds 16 strings: a length in characters and the characters, without a zero. */
static const wchar_t *string_find(HINSTANCE instance, UINT id, unsigned *out_length)
{
    const struct ldr_module *module = instance ? ldr_by_base(instance) : ldr_program();
    if (!module || module->builtin)
        return NULL;
    struct pe_view view = ldr_view(module);
    struct pe_resource_id type = {.number = PE_RT_STRINGS}, name = {.number = id / 16 + 1};
    struct pe_resource resource;
    if (pe_resource_find(&view, type, name, PE_LANGUAGE_ANY, &resource, NULL) != PE_OK)
        return NULL;
    const uint16_t *at = (const uint16_t *)(module->base + resource.rva);
    const uint16_t *end = at + resource.size_bytes / 2;
    for (unsigned i = 0; i < id % 16 && at < end; i++)
        at += 1 + *at;
    if (at >= end || !*at || at + 1 + *at > end)
        return NULL;
    *out_length = *at;
    return (const wchar_t *)at + 1;
}

EXPORT(int, LoadStringW, (HINSTANCE instance, UINT id, LPWSTR out, int count))
{
    unsigned length;
    const wchar_t *text = string_find(instance, id, &length);
    if (!text)
        return error_fail(ERROR_RESOURCE_NAME_NOT_FOUND);
    if (!count) {
        *(const wchar_t **)out = text; /* as documented: where it lies */
        return (int)length;
    }
    if (length >= (unsigned)count)
        length = (unsigned)count - 1;
    memcpy(out, text, length * sizeof *out);
    out[length] = 0;
    return (int)length;
}

EXPORT(int, LoadStringA, (HINSTANCE instance, UINT id, LPSTR out, int count))
{
    unsigned length;
    const wchar_t *text = string_find(instance, id, &length);
    if (!text || count <= 0)
        return error_fail(text ? ERROR_INVALID_PARAMETER : ERROR_RESOURCE_NAME_NOT_FOUND);
    size_t bytes;
    do
        bytes = crt_utf16_to_utf8(text, length, 0, NULL, 0).written;
    while (bytes >= (size_t)count && length--);
    crt_utf16_to_utf8(text, length, 0, out, bytes);
    out[bytes] = '\0';
    return (int)bytes;
}

/* ---- message boxes
 * --------------------------------------------------------------------------------- */

/* The button that Return would press: MB_DEFBUTTON2 … move it. */
static int default_button(UINT type)
{
    static const uint8_t buttons[][3] = {
        {1},         /* OK */
        {1, 2},      /* OK, Cancel */
        {3, 4, 5},   /* Abort, Retry, Ignore */
        {6, 7, 2},   /* Yes, No, Cancel */
        {6, 7},      /* Yes, No */
        {4, 2},      /* Retry, Cancel */
        {2, 10, 11}, /* Cancel, Try again, Continue */
    };
    unsigned kind = type & 15, which = type >> 8 & 3;
    if (kind >= sizeof buttons / sizeof *buttons)
        return 0;
    return which < 3 && buttons[kind][which] ? buttons[kind][which] : buttons[kind][0];
}

EXPORT(int, MessageBoxA, (HWND owner, LPCSTR text, LPCSTR title, UINT type))
{
    static const char *const names[] = {"",    "OK", "Cancel", "Abort", "Retry",     "Ignore",
                                        "Yes", "No", "Close",  "Help",  "Try again", "Continue"};
    int button = default_button(type);
    if (!button)
        return error_fail(ERROR_INVALID_PARAMETER);
    program_complain("message box \"%s\": %s [%s]", title ? title : "Error", text ? text : "",
                     names[button]);
    return button;
}

EXPORT(int, MessageBoxW, (HWND owner, LPCWSTR text, LPCWSTR title, UINT type))
{
    char narrow[1024], heading[128];
    crt_utf8_from_string(text ? text : L"", narrow, sizeof narrow);
    crt_utf8_from_string(title ? title : L"Error", heading, sizeof heading);
    return MessageBoxA(owner, narrow, heading, type);
}

EXPORT(int, MessageBoxExA, (HWND owner, LPCSTR text, LPCSTR title, UINT type, WORD language))
{
    return MessageBoxA(owner, text, title, type);
}

EXPORT(int, MessageBoxExW, (HWND owner, LPCWSTR text, LPCWSTR title, UINT type, WORD language))
{
    return MessageBoxW(owner, text, title, type);
}

EXPORT(BOOL, MessageBeep, (UINT type))
{
    return TRUE;
}

/* ---- characters ---------------------------------------------------------------------------------
 */

EXPORT(LPWSTR, CharNextW, (LPCWSTR text))
{
    return (LPWSTR)text + (*text != 0);
}

EXPORT(LPWSTR, CharPrevW, (LPCWSTR start, LPCWSTR text))
{
    return (LPWSTR)text - (text > start);
}

/* The code page is UTF-8: bytes that continue a character belong to it. */
EXPORT(LPSTR, CharNextA, (LPCSTR text))
{
    if (*text)
        text++;
    while (((unsigned char)*text & 0xc0) == 0x80)
        text++;
    return (LPSTR)text;
}

EXPORT(LPSTR, CharPrevA, (LPCSTR start, LPCSTR text))
{
    if (text > start)
        text--;
    while (text > start && ((unsigned char)*text & 0xc0) == 0x80)
        text--;
    return (LPSTR)text;
}
