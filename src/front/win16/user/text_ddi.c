/* SPDX-License-Identifier: MIT */
/* text_ddi.c - USER and KEYBOARD: comparing, cases, steps through text, code pages.
 *
 * The program's code page is taken for both ANSI and OEM: only ASCII letters have cases.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "abi/win16.h"
#include "loader16/builtin.h"

static uint32_t sign(int order)
{
    return (uint16_t)(order < 0 ? -1 : order > 0);
}

uint32_t user16_lstrcmp(const char *a, const char *b)
{
    return sign(strcmp(a ? a : "", b ? b : ""));
}

uint32_t user16_lstrcmpi(const char *a, const char *b)
{
    return sign(strcasecmp(a ? a : "", b ? b : ""));
}

static bool is_ascii(uint16_t c)
{
    return (c & 0xff) < 0x80;
}

static void upper(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        text[i] = is_ascii((uint8_t)text[i]) ? (char)toupper(text[i]) : text[i];
}

static void lower(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        text[i] = is_ascii((uint8_t)text[i]) ? (char)tolower(text[i]) : text[i];
}

/* Text, or one character in the low word. */
static uint32_t cased(struct far16 text, void (*change)(char *text, size_t length))
{
    if (!text.selector) {
        char c = (char)text.offset;
        change(&c, 1);
        return (uint8_t)c;
    }
    char *flat = (char *)win16_string(cpu16_outer(), far16_value(text));
    change(flat, strlen(flat));
    return far16_value(text);
}

uint32_t user16_AnsiUpper(struct far16 text)
{
    return cased(text, upper);
}

uint32_t user16_AnsiLower(struct far16 text)
{
    return cased(text, lower);
}

uint32_t user16_AnsiUpperBuff(struct far16 text, uint16_t length)
{
    if (length)
        upper(win16_buffer(cpu16_outer(), far16_value(text), length), length);
    return length;
}

uint32_t user16_AnsiLowerBuff(struct far16 text, uint16_t length)
{
    if (length)
        lower(win16_buffer(cpu16_outer(), far16_value(text), length), length);
    return length;
}

uint32_t user16_IsCharAlpha(uint16_t c)
{
    return is_ascii(c) && isalpha(c & 0xff);
}

uint32_t user16_IsCharAlphaNumeric(uint16_t c)
{
    return is_ascii(c) && isalnum(c & 0xff);
}

uint32_t user16_IsCharUpper(uint16_t c)
{
    return is_ascii(c) && isupper(c & 0xff);
}

uint32_t user16_IsCharLower(uint16_t c)
{
    return is_ascii(c) && islower(c & 0xff);
}

uint32_t user16_AnsiNext(struct far16 text)
{
    const char *flat = win16_string(cpu16_outer(), far16_value(text));
    return far16_value(text) + (flat && *flat ? 1 : 0);
}

uint32_t user16_AnsiPrev(struct far16 start, struct far16 text)
{
    return far16_value(text) - (text.offset > start.offset ? 1 : 0);
}

/* ---- KEYBOARD -------------------------------------------------------------------------------- */

static uint32_t copied(const void *from, struct far16 to, uint32_t bytes)
{
    void *flat = win16_buffer(cpu16_outer(), far16_value(to), bytes);
    if (flat)
        memmove(flat, from, bytes);
    return (uint16_t)-1;
}

uint32_t keyboard16_AnsiToOem(const char *from, struct far16 to)
{
    return from ? copied(from, to, (uint32_t)strlen(from) + 1) : 0;
}

uint32_t keyboard16_OemToAnsi(const char *from, struct far16 to)
{
    return keyboard16_AnsiToOem(from, to);
}

uint32_t keyboard16_AnsiToOemBuff(struct far16 from, struct far16 to, uint16_t length)
{
    return length ? copied(win16_buffer(cpu16_outer(), far16_value(from), length), to, length) : 0;
}

uint32_t keyboard16_OemToAnsiBuff(struct far16 from, struct far16 to, uint16_t length)
{
    return keyboard16_AnsiToOemBuff(from, to, length);
}
