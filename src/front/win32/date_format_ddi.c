/* SPDX-License-Identifier: MIT */
/* date_format_ddi.c - dates and times of day as text, by a picture of letters.
 *
 * Doc: datetimeapi.h; "Day, Month, Year, and Era Format Pictures", "Hour, Minute, and Second
 * Format Pictures". The one language is English (United States); its pictures are in
 * locale_ddi.c's facts.
 */
#include <stdio.h>
#include <string.h>

#include "crt/string.h"
#include "win32_internal.h"

#define DATE_LONG       0x2u
#define DATE_MONTH      0x8u /* DATE_YEARMONTH */
#define TIME_NO_MINUTES 0x1u
#define TIME_NO_SECONDS 0x2u
#define TIME_NO_MARKER  0x4u
#define TIME_24_HOURS   0x8u

#define FACT_DAY_NAME    0x2au
#define FACT_DAY_SHORT   0x31u
#define FACT_MONTH_NAME  0x38u
#define FACT_MONTH_SHORT 0x44u
#define TEXT_MOST        256u

int WINAPI GetLocaleInfoW(LCID locale, DWORD kind, LPWSTR out, int count);
void WINAPI GetLocalTime(SYSTEMTIME *out);
BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *from, FILETIME *to);
BOOL WINAPI FileTimeToSystemTime(const FILETIME *from, SYSTEMTIME *to);

struct text {
    wchar_t buffer[TEXT_MOST];
    size_t count;
    size_t solid; /* without what a left-out part leaves behind */
};

static void put(struct text *text, wchar_t c)
{
    if (text->count < TEXT_MOST - 1)
        text->buffer[text->count++] = c;
}

static void put_number(struct text *text, unsigned number, unsigned digits)
{
    char digits_text[16];
    snprintf(digits_text, sizeof digits_text, "%0*u", (int)digits, number);
    for (const char *at = digits_text; *at; at++)
        put(text, (unsigned char)*at);
}

static void put_fact(struct text *text, DWORD fact)
{
    wchar_t name[40];
    if (!GetLocaleInfoW(0, fact, name, 40))
        return;
    for (const wchar_t *at = name; *at; at++)
        put(text, *at);
}

/* A run of one letter of a picture. False: the letter stands for itself. */
static bool put_date(struct text *text, const SYSTEMTIME *when, wchar_t letter, unsigned run)
{
    unsigned day = (when->wDayOfWeek + 6u) % 7u; /* facts begin with Monday */
    switch (letter) {
    case 'd':
        if (run <= 2)
            put_number(text, when->wDay, run);
        else
            put_fact(text, (run == 3 ? FACT_DAY_SHORT : FACT_DAY_NAME) + day);
        return true;
    case 'M':
        if (run <= 2)
            put_number(text, when->wMonth, run);
        else
            put_fact(text, (run == 3 ? FACT_MONTH_SHORT : FACT_MONTH_NAME) + when->wMonth - 1);
        return true;
    case 'y':
        put_number(text, run <= 2 ? when->wYear % 100u : when->wYear, run <= 2 ? run : 4);
        return true;
    case 'g':
        put(text, 'A');
        put(text, '.');
        put(text, 'D');
        put(text, '.');
        return true;
    default:
        return false;
    }
}

static bool put_time(struct text *text, const SYSTEMTIME *when, wchar_t letter, unsigned run)
{
    unsigned digits = run > 2 ? 2 : run;
    switch (letter) {
    case 'h':
        put_number(text, when->wHour % 12 ? when->wHour % 12 : 12, digits);
        return true;
    case 'H':
        put_number(text, when->wHour, digits);
        return true;
    case 'm':
        put_number(text, when->wMinute, digits);
        return true;
    case 's':
        put_number(text, when->wSecond, digits);
        return true;
    case 't':
        put(text, when->wHour < 12 ? 'A' : 'P');
        if (run > 1)
            put(text, 'M');
        return true;
    default:
        return false;
    }
}

/* Is the letter's part of a time left out? */
static bool is_left_out(wchar_t letter, DWORD flags)
{
    return (letter == 's' && flags & (TIME_NO_SECONDS | TIME_NO_MINUTES)) ||
           (letter == 'm' && flags & TIME_NO_MINUTES) || (letter == 't' && flags & TIME_NO_MARKER);
}

/* Text in quotes stands for itself, two quotes within for one. */
static const wchar_t *put_quoted(struct text *text, const wchar_t *at)
{
    for (at++; *at; at++) {
        if (*at == '\'' && at[1] != '\'')
            return at + 1;
        if (*at == '\'')
            at++;
        put(text, *at);
    }
    return at;
}

static void picture_draw(struct text *text, const SYSTEMTIME *when, const wchar_t *at, DWORD flags,
                         bool is_time)
{
    while (*at) {
        wchar_t letter = *at;
        unsigned run = 1;
        if (letter == '\'') {
            at = put_quoted(text, at);
            continue;
        }
        while (at[run] == letter)
            run++;
        at += run;
        if (is_time && is_left_out(letter, flags)) {
            text->count = text->solid; /* with the separator before it */
            continue;
        }
        if (is_time && letter == 'h' && flags & TIME_24_HOURS)
            letter = 'H';
        if (is_time ? put_time(text, when, letter, run) : put_date(text, when, letter, run)) {
            text->solid = text->count;
            continue;
        }
        for (; run; run--)
            put(text, letter);
    }
    text->buffer[text->count] = 0;
}

/* A day that there is; its weekday is found, whatever is given. */
static bool moment_is_valid(SYSTEMTIME *when, bool is_time)
{
    FILETIME file;
    SYSTEMTIME whole;
    if (is_time)
        return when->wHour < 24 && when->wMinute < 60 && when->wSecond < 60 &&
               when->wMilliseconds < 1000;
    when->wHour = when->wMinute = when->wSecond = when->wMilliseconds = 0;
    if (!SystemTimeToFileTime(when, &file) || !FileTimeToSystemTime(&file, &whole))
        return false;
    *when = whole;
    return true;
}

static int text_answer(const struct text *text, wchar_t *out, int room)
{
    int count = (int)text->count + 1;
    if (!room)
        return count;
    if (room < count)
        return error_fail(ERROR_INSUFFICIENT_BUFFER), 0;
    memcpy(out, text->buffer, (size_t)count * sizeof *out);
    return count;
}

static int moment_format(DWORD flags, const SYSTEMTIME *given, const wchar_t *picture,
                         DWORD own_picture, bool is_time, wchar_t *out, int room)
{
    wchar_t own[80];
    struct text text = {.count = 0};
    SYSTEMTIME when;
    if (given)
        when = *given;
    else
        GetLocalTime(&when);
    if (room < 0 || (room && !out) || !moment_is_valid(&when, is_time))
        return error_fail(ERROR_INVALID_PARAMETER), 0;
    if (!picture) {
        if (!GetLocaleInfoW(0, own_picture, own, 80))
            return 0;
        picture = own;
    }
    picture_draw(&text, &when, picture, flags, is_time);
    return text_answer(&text, out, room);
}

EXPORT(int, GetDateFormatW,
       (LCID locale, DWORD flags, const SYSTEMTIME *when, LPCWSTR picture, LPWSTR out, int room))
{
    DWORD own = flags & DATE_LONG ? 0x20u : flags & DATE_MONTH ? 0x1006u : 0x1fu;
    if (picture && flags & (DATE_LONG | DATE_MONTH | 1u))
        return error_fail(ERROR_INVALID_FLAGS), 0;
    return moment_format(flags, when, picture, own, false, out, room);
}

EXPORT(int, GetTimeFormatW,
       (LCID locale, DWORD flags, const SYSTEMTIME *when, LPCWSTR picture, LPWSTR out, int room))
{
    return moment_format(flags, when, picture, 0x1003u, true, out, room);
}

EXPORT(int, GetDateFormatEx,
       (LPCWSTR locale, DWORD flags, const SYSTEMTIME *when, LPCWSTR picture, LPWSTR out, int room,
        LPCWSTR calendar))
{
    if (calendar)
        return error_fail(ERROR_INVALID_PARAMETER), 0;
    return GetDateFormatW(0, flags, when, picture, out, room);
}

EXPORT(int, GetTimeFormatEx,
       (LPCWSTR locale, DWORD flags, const SYSTEMTIME *when, LPCWSTR picture, LPWSTR out, int room))
{
    return GetTimeFormatW(0, flags, when, picture, out, room);
}

static int narrow_format(int count, const wchar_t *text, LPSTR out, int room)
{
    char narrow[TEXT_MOST * 3];
    if (!count)
        return 0;
    int needed = (int)narrow_answer(text, narrow, sizeof narrow) + 1;
    if (!room)
        return needed;
    if (room < needed)
        return error_fail(ERROR_INSUFFICIENT_BUFFER), 0;
    memcpy(out, narrow, (size_t)needed);
    return needed;
}

EXPORT(int, GetDateFormatA,
       (LCID locale, DWORD flags, const SYSTEMTIME *when, LPCSTR picture, LPSTR out, int room))
{
    struct wide wide;
    wchar_t text[TEXT_MOST];
    wide_of(&wide, picture);
    int count = GetDateFormatW(locale, flags, when, wide.text, text, (int)TEXT_MOST);
    wide_drop(&wide);
    return narrow_format(count, text, out, room);
}

EXPORT(int, GetTimeFormatA,
       (LCID locale, DWORD flags, const SYSTEMTIME *when, LPCSTR picture, LPSTR out, int room))
{
    struct wide wide;
    wchar_t text[TEXT_MOST];
    wide_of(&wide, picture);
    int count = GetTimeFormatW(locale, flags, when, wide.text, text, (int)TEXT_MOST);
    wide_drop(&wide);
    return narrow_format(count, text, out, room);
}
