/* SPDX-License-Identifier: MIT */
/* time.c - the calendar: seconds to fields and back, and their text.
 *
 * Days are counted from 1 March of year 0 so that leap days end a year (the usual civil
 * calendar arithmetic); everything is UTC, a bias comes from the caller.
 */
#include "crt/time.h"

#include "crt/string.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DAY_S 86400

static const char day_names[7][10] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};
static const char month_names[12][10] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days since 1970-01-01 of a date; month 0..11, day may be out of its month. */
static int64_t days_of(int64_t year, int month, int64_t day)
{
    year -= month < 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * ((month + 10) % 12) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

int crt_gmtime(int64_t time_s, struct crt_tm *out_tm)
{
    if (time_s < 0 || time_s > CRT_TIME_MAX) {
        memset(out_tm, 0xff, sizeof(*out_tm));
        return CRT_EINVAL;
    }
    int64_t days = time_s / DAY_S;
    int rest = (int)(time_s % DAY_S);
    int64_t shifted = days + 719468;
    int64_t era = shifted / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (int)((5 * day_of_year + 2) / 153);
    int month = (shifted_month + 2) % 12;
    int64_t year = year_of_era + era * 400 + (month < 2);

    out_tm->tm_year = (int)(year - 1900);
    out_tm->tm_mon = month;
    out_tm->tm_mday = (int)(day_of_year - (153 * shifted_month + 2) / 5) + 1;
    out_tm->tm_hour = rest / 3600;
    out_tm->tm_min = rest / 60 % 60;
    out_tm->tm_sec = rest % 60;
    out_tm->tm_wday = (int)((days + 4) % 7);
    out_tm->tm_yday = (int)(days - days_of(year, 0, 1));
    out_tm->tm_isdst = 0;
    return 0;
}

int64_t crt_mktime(struct crt_tm *tm, int32_t bias_s)
{
    int64_t months = (int64_t)tm->tm_year * 12 + tm->tm_mon;
    int64_t year = months / 12 - (months % 12 < 0);
    int month = (int)(months - year * 12);
    int64_t local_s = days_of(year + 1900, month, tm->tm_mday) * DAY_S +
                      (int64_t)tm->tm_hour * 3600 + (int64_t)tm->tm_min * 60 + tm->tm_sec;
    int64_t time_s = local_s + bias_s;
    struct crt_tm fields;

    if (time_s < 0 || time_s > CRT_TIME_MAX || crt_gmtime(local_s, &fields))
        return -1;
    *tm = fields;
    return time_s;
}

int64_t crt_mkgmtime(struct crt_tm *tm)
{
    return crt_mktime(tm, 0);
}

void crt_asctime(const struct crt_tm *tm, char out_text[26])
{
    /* Fields out of range come from the program; they must not spill over. */
    snprintf(out_text, 26, "%.3s %.3s %2u %02u:%02u:%02u %04u\n",
             day_names[(unsigned)tm->tm_wday % 7], month_names[(unsigned)tm->tm_mon % 12],
             (unsigned)tm->tm_mday % 100u, (unsigned)tm->tm_hour % 100u,
             (unsigned)tm->tm_min % 100u, (unsigned)tm->tm_sec % 100u,
             (unsigned)(tm->tm_year + 1900) % 10000u);
}

/* --- strftime --- */

struct moment {
    const struct crt_tm *tm;
    const char *zone;
    int32_t bias_s;
};

/* Weeks since the first given weekday of the year (0 Sunday, 1 Monday). */
static int week_of(const struct crt_tm *tm, int first_weekday)
{
    return (tm->tm_yday + 7 - (tm->tm_wday + 7 - first_weekday) % 7) / 7;
}

/* ISO 8601: week and the year it belongs to. */
static int iso_week(const struct crt_tm *tm, int *out_year)
{
    int year = tm->tm_year + 1900;
    int week = (tm->tm_yday + 10 - (tm->tm_wday + 6) % 7) / 7;
    if (week < 1) {
        year--;
        int jan1 = (int)(((days_of(year, 0, 1) + 4) % 7 + 7) % 7);
        week = jan1 == 4 || (jan1 == 3 && is_leap(year)) ? 53 : 52;
    } else if (week == 53) {
        int jan1 = (int)(((days_of(year, 0, 1) + 4) % 7 + 7) % 7);
        if (jan1 != 4 && !(jan1 == 3 && is_leap(year))) {
            week = 1;
            year++;
        }
    }
    *out_year = year;
    return week;
}

static int hour12(const struct crt_tm *tm)
{
    return tm->tm_hour % 12 ? tm->tm_hour % 12 : 12;
}

/* The conversions that are spelled with others. */
static const char *expansion(char letter, bool alternate)
{
    switch (letter) {
    case 'c':
        return alternate ? "%A, %B %d, %Y %H:%M:%S" : "%a %b %e %H:%M:%S %Y";
    case 'D':
        return "%m/%d/%y";
    case 'x':
        return alternate ? "%A, %B %d, %Y" : "%m/%d/%y";
    case 'X':
    case 'T':
        return "%H:%M:%S";
    case 'F':
        return "%Y-%m-%d";
    case 'r':
        return "%I:%M:%S %p";
    case 'R':
        return "%H:%M";
    default:
        return NULL;
    }
}

/* Numbers: value, width and fill of a conversion; false when it is none. */
static bool number_of(char letter, const struct crt_tm *tm, int *value, const char **format)
{
    int year = tm->tm_year + 1900;
    *format = "%02d";
    switch (letter) {
    case 'C':
        *value = year / 100;
        break;
    case 'd':
        *value = tm->tm_mday;
        break;
    case 'e':
        *value = tm->tm_mday;
        *format = "%2d";
        break;
    case 'g':
        iso_week(tm, value);
        *value %= 100;
        break;
    case 'G':
        iso_week(tm, value);
        *format = "%d";
        break;
    case 'H':
        *value = tm->tm_hour;
        break;
    case 'I':
        *value = hour12(tm);
        break;
    case 'j':
        *value = tm->tm_yday + 1;
        *format = "%03d";
        break;
    case 'm':
        *value = tm->tm_mon + 1;
        break;
    case 'M':
        *value = tm->tm_min;
        break;
    case 'S':
        *value = tm->tm_sec;
        break;
    case 'u':
        *value = tm->tm_wday ? tm->tm_wday : 7;
        *format = "%d";
        break;
    case 'U':
        *value = week_of(tm, 0);
        break;
    case 'V':
        *value = iso_week(tm, &year);
        break;
    case 'w':
        *value = tm->tm_wday;
        *format = "%d";
        break;
    case 'W':
        *value = week_of(tm, 1);
        break;
    case 'y':
        *value = year % 100;
        break;
    case 'Y':
        *value = year;
        *format = "%d";
        break;
    default:
        return false;
    }
    return true;
}

/* One conversion as text in out; returns false for an unknown letter. */
static bool piece_of(char letter, bool alternate, const struct moment *at, char out[64])
{
    const struct crt_tm *tm = at->tm;
    const char *number_format;
    int value = 0;
    if (number_of(letter, tm, &value, &number_format)) {
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
        snprintf(out, 64, alternate ? "%d" : number_format, value);
#pragma clang diagnostic pop
        return true;
    }
    int32_t east = -at->bias_s / 60;
    switch (letter) {
    case 'a':
        snprintf(out, 64, "%.3s", day_names[(unsigned)tm->tm_wday % 7]);
        return true;
    case 'A':
        snprintf(out, 64, "%s", day_names[(unsigned)tm->tm_wday % 7]);
        return true;
    case 'b':
    case 'h':
        snprintf(out, 64, "%.3s", month_names[(unsigned)tm->tm_mon % 12]);
        return true;
    case 'B':
        snprintf(out, 64, "%s", month_names[(unsigned)tm->tm_mon % 12]);
        return true;
    case 'p':
        snprintf(out, 64, "%s", tm->tm_hour < 12 ? "AM" : "PM");
        return true;
    case 'n':
    case 't':
    case '%':
        snprintf(out, 64, "%c", letter == 'n' ? '\n' : letter == 't' ? '\t' : '%');
        return true;
    case 'z':
        snprintf(out, 64, "%c%02d%02d", east < 0 ? '-' : '+', (east < 0 ? -east : east) / 60,
                 (east < 0 ? -east : east) % 60);
        return true;
    case 'Z':
        snprintf(out, 64, "%s", at->zone ? at->zone : "");
        return true;
    default:
        return false;
    }
}

/* Appends; false when the terminator would not fit any more. */
static bool append(char *buffer, size_t size, size_t *used, const char *text, size_t count)
{
    if (count >= size - *used)
        return false;
    memcpy(buffer + *used, text, count);
    *used += count;
    return true;
}

static bool print_moment(char *buffer, size_t size, size_t *used, const char *format,
                         const struct moment *at)
{
    while (*format) {
        size_t n = strcspn(format, "%");
        if (!append(buffer, size, used, format, n))
            return false;
        format += n;
        if (!*format)
            break;
        bool alternate = *++format == '#';
        format += alternate;
        if (*format == 'E' || *format == 'O')
            format++;
        char piece[64];
        const char *longer = expansion(*format, alternate);
        if (longer) {
            if (!print_moment(buffer, size, used, longer, at))
                return false;
        } else if (!piece_of(*format, alternate, at, piece) ||
                   !append(buffer, size, used, piece, strlen(piece))) {
            return false;
        }
        format++;
    }
    return true;
}

size_t crt_strftime(char *buffer, size_t size, const char *format, const struct crt_tm *tm,
                    const char *zone, int32_t bias_s)
{
    struct moment at = {tm, zone, bias_s};
    size_t used = 0;
    if (size == 0)
        return 0;
    if (!print_moment(buffer, size, &used, format, &at))
        used = 0;
    buffer[used] = 0;
    return used;
}

size_t crt_wcsftime(wchar_t *buffer, size_t size, const wchar_t *format, const struct crt_tm *tm,
                    const char *zone, int32_t bias_s)
{
    struct moment at = {tm, zone, bias_s};
    size_t used = 0;
    if (size == 0)
        return 0;
    for (; *format; format++) {
        /* Each conversion goes through the narrow printer; other characters pass as they are. */
        char conversion[5] = {(char)*format};
        char piece[160];
        size_t n = 0;
        if (*format != '%') {
            if (used + 1 >= size)
                goto bad;
            buffer[used++] = *format;
            continue;
        }
        size_t length = 1;
        while (length < 3 &&
               (format[length] == '#' || format[length] == 'E' || format[length] == 'O'))
            length++;
        if (format[length] == 0 || format[length] > 0x7f)
            goto bad;
        for (size_t i = 1; i <= length; i++)
            conversion[i] = (char)format[i];
        if (!print_moment(piece, sizeof(piece), &n, conversion, &at) || n >= size - used)
            goto bad;
        for (size_t i = 0; i < n; i++)
            buffer[used++] = (unsigned char)piece[i];
        format += length;
    }
    buffer[used] = 0;
    return used;
bad:
    buffer[0] = 0;
    return 0;
}
