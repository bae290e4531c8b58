/* SPDX-License-Identifier: MIT */
/* text.c - UTF-8 in, UTF-16 out, and the other way, in memory that services can read. */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "win32_internal.h"

void wide_of(struct wide *wide, const char *text)
{
    wide->text = NULL;
    if (!text)
        return;
    size_t length = strlen(text), room = sizeof wide->space / sizeof *wide->space;
    wide->text = wide->space;
    if (length >= room) {
        room = length + 1;
        wide->text = heap_take(room * sizeof *wide->text);
    }
    if (wide->text)
        wide->text[crt_utf8_to_utf16(text, length, 0, wide->text, room - 1).written] = 0;
}

void wide_drop(struct wide *wide)
{
    if (wide->text != wide->space)
        heap_give(wide->text);
}

DWORD narrow_answer(const wchar_t *text, char *out, DWORD size)
{
    size_t count = crt_wcslen(text);
    size_t length = crt_utf16_to_utf8(text, count, 0, NULL, 0).written;
    if (length >= size)
        return (DWORD)length + 1;
    crt_utf16_to_utf8(text, count, 0, out, length);
    out[length] = '\0';
    return (DWORD)length;
}

DWORD wide_answer(const wchar_t *text, size_t length, wchar_t *out, DWORD count)
{
    if (length >= count)
        return (DWORD)length + 1;
    memcpy(out, text, length * sizeof *out);
    out[length] = 0;
    return (DWORD)length;
}
