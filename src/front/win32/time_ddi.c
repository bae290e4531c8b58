/* SPDX-License-Identifier: MIT */
/* time_ddi.c - clocks and calendar time. Doc: sysinfoapi.h, timezoneapi.h, profileapi.h
 *
 * The clocks are the host's: no call into the kernel. Differs: the zone is the host's, and its
 * rules are shown as the bias of now.
 */
#include <string.h>
#include <time.h>

#include "host/host.h"
#include "win32_internal.h"

#define TICKS_MS     UINT64_C(10000)
#define TICKS_S      UINT64_C(10000000)
#define EPOCH_1970_S INT64_C(11644473600)
#define MARCH_YEAR_0 584694 /* days from 0000-03-01 to 1601-01-01 */

FILETIME filetime_of(uint64_t time_100ns)
{
    return (FILETIME){(DWORD)time_100ns, (DWORD)(time_100ns >> 32)};
}

uint64_t time_of(const FILETIME *filetime)
{
    return (uint64_t)filetime->dwHighDateTime << 32 | filetime->dwLowDateTime;
}

/* ---- clocks -----------------------------------------------------------------------------------
 */

EXPORT(ULONGLONG, GetTickCount64, (void))
{
    return host_clock_ns() / 1000000u;
}

EXPORT(DWORD, GetTickCount, (void))
{
    return (DWORD)GetTickCount64();
}

EXPORT(BOOL, QueryPerformanceCounter, (LARGE_INTEGER * count))
{
    count->QuadPart = (LONGLONG)(host_clock_ns() / 100u);
    return TRUE;
}

EXPORT(BOOL, QueryPerformanceFrequency, (LARGE_INTEGER * frequency))
{
    frequency->QuadPart = (LONGLONG)TICKS_S;
    return TRUE;
}

EXPORT(BOOL, QueryUnbiasedInterruptTime, (ULONGLONG * time))
{
    *time = host_clock_ns() / 100u;
    return TRUE;
}

EXPORT(void, GetSystemTimeAsFileTime, (FILETIME * out))
{
    *out = filetime_of(host_wallclock_100ns());
}

EXPORT(BOOL, GetSystemTimeAdjustment, (DWORD * adjustment, DWORD *increment, BOOL *is_disabled))
{
    *adjustment = *increment = 156250;
    *is_disabled = TRUE;
    return TRUE;
}

/* winmm's clock and its wishes. */
EXPORT(DWORD, front_timeGetTime, (void))
{
    return (DWORD)GetTickCount64();
}

/* ---- the calendar -------------------------------------------------------------------------------
 */

/* The calendar of 1601: crt's begins in 1970, so days are counted here (proleptic Gregorian). */
static void days_to_date(int64_t days, SYSTEMTIME *out)
{
    out->wDayOfWeek = (WORD)((days + 1) % 7);
    int64_t era_day = days + MARCH_YEAR_0;
    int64_t era = era_day / 146097, day = era_day % 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    out->wDay = (WORD)(of_year - (153 * month + 2) / 5 + 1);
    out->wMonth = (WORD)(month < 10 ? month + 3 : month - 9);
    out->wYear = (WORD)(year + era * 400 + (month >= 10));
}

static int64_t date_to_days(int year, int month, int day)
{
    int64_t y = year - (month <= 2), era = y / 400, of_era = y % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - MARCH_YEAR_0;
}

EXPORT(BOOL, FileTimeToSystemTime, (const FILETIME *from, SYSTEMTIME *to))
{
    uint64_t time = time_of(from);
    if (time >> 63)
        return error_fail(ERROR_INVALID_PARAMETER);
    uint64_t seconds = time / TICKS_S;
    days_to_date((int64_t)(seconds / 86400), to);
    to->wHour = (WORD)(seconds / 3600 % 24);
    to->wMinute = (WORD)(seconds / 60 % 60);
    to->wSecond = (WORD)(seconds % 60);
    to->wMilliseconds = (WORD)(time / TICKS_MS % 1000);
    return TRUE;
}

EXPORT(BOOL, SystemTimeToFileTime, (const SYSTEMTIME *from, FILETIME *to))
{
    if (from->wYear < 1601 || from->wMonth < 1 || from->wMonth > 12 || from->wDay < 1 ||
        from->wDay > 31 || from->wHour > 23 || from->wMinute > 59 || from->wSecond > 59 ||
        from->wMilliseconds > 999)
        return error_fail(ERROR_INVALID_PARAMETER);
    int64_t days = date_to_days(from->wYear, from->wMonth, from->wDay);
    SYSTEMTIME check;
    days_to_date(days, &check);
    if (check.wDay != from->wDay)
        return error_fail(ERROR_INVALID_PARAMETER); /* February 30 */
    uint64_t seconds =
        (uint64_t)days * 86400 + from->wHour * 3600u + from->wMinute * 60u + from->wSecond;
    *to = filetime_of(seconds * TICKS_S + from->wMilliseconds * TICKS_MS);
    return TRUE;
}

EXPORT(void, GetSystemTime, (SYSTEMTIME * out))
{
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    FileTimeToSystemTime(&now, out);
}

EXPORT(LONG, CompareFileTime, (const FILETIME *a, const FILETIME *b))
{
    uint64_t x = time_of(a), y = time_of(b);
    return x < y ? -1 : x > y;
}

/* ---- the zone
 * --------------------------------------------------------------------------------------- */

/* Seconds east of UTC at that time. */
static int64_t zone_offset_s(uint64_t time_100ns)
{
    time_t seconds = (time_t)((int64_t)(time_100ns / TICKS_S) - EPOCH_1970_S);
    struct tm local;
    return localtime_r(&seconds, &local) ? local.tm_gmtoff : 0;
}

EXPORT(BOOL, FileTimeToLocalFileTime, (const FILETIME *from, FILETIME *to))
{
    uint64_t time = time_of(from);
    *to = filetime_of(time + (uint64_t)(zone_offset_s(time) * (int64_t)TICKS_S));
    return TRUE;
}

EXPORT(BOOL, LocalFileTimeToFileTime, (const FILETIME *from, FILETIME *to))
{
    uint64_t time = time_of(from);
    *to = filetime_of(time - (uint64_t)(zone_offset_s(time) * (int64_t)TICKS_S));
    return TRUE;
}

EXPORT(BOOL, SystemTimeToTzSpecificLocalTime,
       (const void *zone, const SYSTEMTIME *from, SYSTEMTIME *to))
{
    FILETIME time, local;
    if (zone)
        return error_fail(ERROR_NOT_SUPPORTED);
    return SystemTimeToFileTime(from, &time) && FileTimeToLocalFileTime(&time, &local) &&
           FileTimeToSystemTime(&local, to);
}

EXPORT(void, GetLocalTime, (SYSTEMTIME * out))
{
    FILETIME now, local;
    GetSystemTimeAsFileTime(&now);
    FileTimeToLocalFileTime(&now, &local);
    FileTimeToSystemTime(&local, out);
}

struct time_zone { /* TIME_ZONE_INFORMATION */
    LONG bias;
    WCHAR standard_name[32];
    SYSTEMTIME standard_date;
    LONG standard_bias;
    WCHAR daylight_name[32];
    SYSTEMTIME daylight_date;
    LONG daylight_bias;
};

EXPORT(DWORD, GetTimeZoneInformation, (struct time_zone * out))
{
    memset(out, 0, sizeof *out);
    out->bias = (LONG)(-zone_offset_s(host_wallclock_100ns()) / 60);
    memcpy(out->standard_name, L"Local", sizeof L"Local");
    memcpy(out->daylight_name, L"Local", sizeof L"Local");
    return 0; /* TIME_ZONE_ID_UNKNOWN: no rules */
}
