/* SPDX-License-Identifier: MIT */
/* locale_ddi.c - what a program may ask about its language: there is one, English (US).
 * Doc: winnls.h
 *
 * In: a kind of fact; out: its text. The narrow functions do what the wide ones do, by way of
 * UTF-16, except that a code page's single bytes are looked at one by one.
 */
#include <string.h>

#include "crt/string.h"
#include "win32_internal.h"

#define ENGLISH       0x409u
#define RETURN_NUMBER 0x20000000u /* LOCALE_RETURN_NUMBER */
#define FACT_MASK     0x0000ffffu
#define FIRST_DAY     0x2au /* LOCALE_SDAYNAME1, Monday */
#define FIRST_DAY_3   0x31u
#define FIRST_MONTH   0x38u
#define FIRST_MONTH_3 0x44u
#define SHORT_NAME    3u

static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                   "Friday", "Saturday", "Sunday"};
static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

static const struct fact {
    WORD kind;
    bool is_hexadecimal; /* a number in the text */
    const char *text;
} facts[] = {
    {0x01, true, "0409"},
    {0x02, false, "English (United States)"},
    {0x03, false, "ENU"},
    {0x04, false, "English"},
    {0x05, false, "1"},
    {0x06, false, "United States"},
    {0x07, false, "USA"},
    {0x08, false, "United States"},
    {0x09, true, "0409"},
    {0x0a, false, "1"},
    {0x0b, false, "65001"}, /* the OEM code page, as GetOEMCP says */
    {0x0c, false, ","},
    {0x0d, false, "1"},
    {0x0e, false, "."},
    {0x0f, false, ","},
    {0x10, false, "3;0"},
    {0x11, false, "2"},
    {0x12, false, "1"},
    {0x13, false, "0123456789"},
    {0x14, false, "$"},
    {0x15, false, "USD"},
    {0x16, false, "."},
    {0x17, false, ","},
    {0x18, false, "3;0"},
    {0x19, false, "2"},
    {0x1a, false, "2"},
    {0x1b, false, "0"},
    {0x1c, false, "0"},
    {0x1d, false, "/"},
    {0x1e, false, ":"},
    {0x1f, false, "M/d/yyyy"},
    {0x20, false, "dddd, MMMM d, yyyy"},
    {0x21, false, "0"},
    {0x22, false, "0"},
    {0x23, false, "0"},
    {0x24, false, "1"},
    {0x25, false, "0"},
    {0x26, false, "0"},
    {0x27, false, "0"},
    {0x28, false, "AM"},
    {0x29, false, "PM"},
    {0x50, false, ""},
    {0x51, false, "-"},
    {0x52, false, "3"},
    {0x53, false, "0"},
    {0x54, false, "1"},
    {0x55, false, "0"},
    {0x56, false, "1"},
    {0x57, false, "0"},
    {0x59, false, "en"},
    {0x5a, false, "US"},
    {0x5c, false, "en-US"},
    {0x1001, false, "English"},
    {0x1002, false, "United States"},
    {0x1003, false, "h:mm:ss tt"},
    {0x1004, false, "65001"}, /* as GetACP says */
    {0x1005, false, "0"},
    {0x1006, false, "MMMM yyyy"},
    {0x1009, false, "1"},
    {0x100c, false, "6"},
    {0x100d, false, "0"},
};

/* The text of a fact in at most length bytes; NULL: unknown. */
static const char *fact_text(DWORD kind, size_t *out_length, bool *out_is_hexadecimal)
{
    const char *text = NULL;
    *out_is_hexadecimal = false;
    *out_length = SHORT_NAME;
    if (kind >= FIRST_DAY_3 && kind < FIRST_DAY_3 + 7)
        return days[kind - FIRST_DAY_3];
    if (kind >= FIRST_MONTH_3 && kind < FIRST_MONTH_3 + 12)
        return months[kind - FIRST_MONTH_3];
    if (kind >= FIRST_DAY && kind < FIRST_DAY + 7)
        text = days[kind - FIRST_DAY];
    else if (kind >= FIRST_MONTH && kind < FIRST_MONTH + 12)
        text = months[kind - FIRST_MONTH];
    for (size_t i = 0; !text && i < sizeof facts / sizeof facts[0]; i++) {
        if (facts[i].kind != kind)
            continue;
        text = facts[i].text;
        *out_is_hexadecimal = facts[i].is_hexadecimal;
    }
    *out_length = text ? strlen(text) : 0;
    return text;
}

static DWORD number_of(const char *text, bool is_hexadecimal)
{
    DWORD number = 0;
    for (; *text >= '0' && *text <= '9'; text++) /* the one language's number has decimal digits */
        number = number * (is_hexadecimal ? 16 : 10) + (DWORD)(*text - '0');
    return number;
}

/* Units stored, with the terminator, or needed when room is 0; put stores one. */
static int fact_answer(DWORD kind, void *out, int room, size_t unit)
{
    bool is_hexadecimal;
    size_t length;
    const char *text = fact_text(kind & FACT_MASK, &length, &is_hexadecimal);
    if (!text)
        return error_fail(ERROR_INVALID_FLAGS), 0;
    if (room < 0 || (room && !out))
        return error_fail(ERROR_INVALID_PARAMETER), 0;
    int count = kind & RETURN_NUMBER ? (int)(sizeof(DWORD) / unit) : (int)length + 1;
    if (!room)
        return count;
    if (room < count)
        return error_fail(ERROR_INSUFFICIENT_BUFFER), 0;
    if (kind & RETURN_NUMBER) {
        DWORD number = number_of(text, is_hexadecimal);
        memcpy(out, &number, sizeof number);
        return count;
    }
    for (int i = 0; i < count; i++) {
        char c = i < count - 1 ? text[i] : '\0';
        if (unit == 1)
            ((char *)out)[i] = c;
        else
            ((wchar_t *)out)[i] = (wchar_t)c;
    }
    return count;
}

EXPORT(int, GetLocaleInfoA, (LCID locale, DWORD kind, LPSTR out, int size))
{
    return fact_answer(kind, out, size, 1);
}

EXPORT(int, GetLocaleInfoW, (LCID locale, DWORD kind, LPWSTR out, int count))
{
    return fact_answer(kind, out, count, sizeof(wchar_t));
}

EXPORT(LCID, GetThreadLocale, (void))
{
    return ENGLISH;
}

EXPORT(BOOL, SetThreadLocale, (LCID locale))
{
    if (locale != ENGLISH && locale != 0x400 && locale != 0x800) /* the user's, the system's */
        return error_fail(ERROR_INVALID_PARAMETER);
    return TRUE;
}

/* ---- classes, case and order of narrow text ------------------------------------------------- */

BOOL WINAPI GetStringTypeW(DWORD type, LPCWSTR in, int count, WORD *out);
int WINAPI LCMapStringW(LCID locale, DWORD flags, LPCWSTR in, int count, LPWSTR out, int out_count);
int WINAPI CompareStringW(LCID locale, DWORD flags, LPCWSTR a, int a_count, LPCWSTR b, int b_count);

EXPORT(BOOL, GetStringTypeA, (LCID locale, DWORD type, LPCSTR in, int count, WORD *out))
{
    int length = count < 0 ? (int)strlen(in) + 1 : count;
    for (int i = 0; i < length; i++) {
        wchar_t c = (unsigned char)in[i];
        if (!GetStringTypeW(type, &c, 1, &out[i]))
            return FALSE;
        if (c >= 0x80)
            out[i] = 0; /* a piece of a character */
    }
    return TRUE;
}

EXPORT(BOOL, GetStringTypeExW, (LCID locale, DWORD type, LPCWSTR in, int count, WORD *out))
{
    return GetStringTypeW(type, in, count, out);
}

/* Case changes ASCII alone, so lengths stay. */
EXPORT(int, LCMapStringA, (LCID locale, DWORD flags, LPCSTR in, int count, LPSTR out, int size))
{
    int length = count < 0 ? (int)strlen(in) + 1 : count;
    if (!size)
        return length;
    if (length > size)
        return error_fail(ERROR_INSUFFICIENT_BUFFER), 0;
    for (int i = 0; i < length; i++) {
        wchar_t c = (unsigned char)in[i];
        if (c < 0x80)
            (void)LCMapStringW(locale, flags, &c, 1, &c, 1);
        out[i] = (char)c;
    }
    return length;
}

/* Differs: by bytes, not by a language's rules. */
EXPORT(int, CompareStringA,
       (LCID locale, DWORD flags, LPCSTR a, int a_count, LPCSTR b, int b_count))
{
    size_t x = a_count < 0 ? strlen(a) : (size_t)a_count;
    size_t y = b_count < 0 ? strlen(b) : (size_t)b_count;
    for (size_t i = 0; i < x && i < y; i++) {
        wchar_t p = (unsigned char)a[i], q = (unsigned char)b[i];
        int order = CompareStringW(locale, flags, &p, 1, &q, 1);
        if (order != 2) /* CSTR_EQUAL */
            return order;
    }
    return x < y ? 1 : x > y ? 3 : 2;
}
