/* SPDX-License-Identifier: MIT */
/* time.c - what time it is, in seconds, parts and text.
 *
 * Calendar and text are src/crt's; the host says the zone, summer time with it.
 * Doc: "Time management", a page by name. Differs: TZ is the host's, not the Windows form.
 */
#include <string.h>
#include <time.h>

#include "crt_internal.h"
#include "host/host.h"

#define EPOCH_100NS  116444736000000000ull
#define SECOND_100NS 10000000ull

static uint64_t clock_start_ns;
int32_t ucrt__timezone, ucrt__daylight, ucrt__dstbias;
static char zone_names[2][64];
char *ucrt__tzname[2] = {zone_names[0], zone_names[1]};

CRT(void, ucrt__tzset, (void))
{
    tzset();
    ucrt__timezone = (int32_t)timezone;
    ucrt__daylight = daylight;
    ucrt__dstbias = daylight ? -3600 : 0;
    for (int i = 0; i < 2; i++)
        crt_strncpy_s(zone_names[i], sizeof zone_names[i], tzname[i], CRT_TRUNCATE);
}

void clock_init(void)
{
    clock_start_ns = host_clock_ns();
    ucrt__tzset();
}

/* Behind ucrt's macros _timezone, _daylight and _tzname. */
CRT(int32_t *, ucrt_timezone_cell, (void))
{
    return &ucrt__timezone;
}

CRT(int32_t *, ucrt_daylight_cell, (void))
{
    return &ucrt__daylight;
}

CRT(char **, ucrt_tzname_cell, (void))
{
    return ucrt__tzname;
}

CRT(int, ucrt__get_timezone, (int32_t *out))
{
    return out ? *out = ucrt__timezone, 0 : crt_invalid(EINVAL);
}

CRT(int, ucrt__get_daylight, (int32_t *out))
{
    return out ? *out = ucrt__daylight, 0 : crt_invalid(EINVAL);
}

/* ---- now ------------------------------------------------------------------------------------- */

CRT(int64_t, ucrt__time64, (int64_t *out))
{
    int64_t now = (int64_t)((host_wallclock_100ns() - EPOCH_100NS) / SECOND_100NS);
    if (out)
        *out = now;
    return now;
}

CRT(int32_t, ucrt__time32, (int32_t *out))
{
    int32_t now = (int32_t)ucrt__time64(NULL);
    if (out)
        *out = now;
    return now;
}

CRT(int32_t, ucrt_clock, (void))
{
    return (int32_t)((host_clock_ns() - clock_start_ns) / 1000000);
}

CRT(double, ucrt__difftime32, (int32_t end, int32_t start))
{
    return (double)end - start;
}

CRT(double, ucrt__difftime64, (int64_t end, int64_t start))
{
    return (double)(end - start);
}

struct timespec64 {
    int64_t seconds;
    int32_t nanoseconds;
};

CRT(int, ucrt__timespec64_get, (struct timespec64 * out, int base))
{
    if (!out || base != 1) /* TIME_UTC */
        return 0;
    uint64_t now = host_wallclock_100ns() - EPOCH_100NS;
    *out = (struct timespec64){(int64_t)(now / SECOND_100NS), (int32_t)(now % SECOND_100NS) * 100};
    return base;
}

struct timeb64 { /* struct __timeb64 */
    int64_t time;
    uint16_t millisecond;
    int16_t zone_minutes, is_summer;
};

CRT(int, ucrt__ftime64_s, (struct timeb64 * out))
{
    if (!out)
        return crt_invalid(EINVAL);
    uint64_t now = host_wallclock_100ns() - EPOCH_100NS;
    time_t seconds = (time_t)(now / SECOND_100NS);
    struct tm local;
    localtime_r(&seconds, &local);
    *out = (struct timeb64){seconds, (uint16_t)(now % SECOND_100NS / 10000),
                            (int16_t)(ucrt__timezone / 60), (int16_t)local.tm_isdst};
    return 0;
}

CRT(void, ucrt__ftime64, (struct timeb64 * out))
{
    ucrt__ftime64_s(out);
}

/* ---- parts ----------------------------------------------------------------------------------- */

CRT(int, ucrt__gmtime64_s, (struct crt_tm * out, const int64_t *seconds))
{
    if (!out || !seconds)
        return crt_invalid(EINVAL);
    int error = crt_gmtime(*seconds, out);
    return error ? crt_invalid(error) : 0;
}

CRT(struct crt_tm *, ucrt__gmtime64, (const int64_t *seconds))
{
    struct crt_tm *tm = &crt_thread()->tm;
    return ucrt__gmtime64_s(tm, seconds) ? NULL : tm;
}

CRT(int, ucrt__localtime64_s, (struct crt_tm * out, const int64_t *seconds))
{
    struct tm local;
    if (!out || !seconds)
        return crt_invalid(EINVAL);
    time_t at = *seconds;
    if (at < 0 || at > CRT_TIME_MAX || !localtime_r(&at, &local)) {
        memset(out, 0xff, sizeof *out);
        return crt_invalid(EINVAL);
    }
    *out = (struct crt_tm){local.tm_sec,  local.tm_min,  local.tm_hour, local.tm_mday, local.tm_mon,
                           local.tm_year, local.tm_wday, local.tm_yday, local.tm_isdst};
    return 0;
}

CRT(struct crt_tm *, ucrt__localtime64, (const int64_t *seconds))
{
    struct crt_tm *tm = &crt_thread()->tm;
    return ucrt__localtime64_s(tm, seconds) ? NULL : tm;
}

CRT(struct crt_tm *, ucrt__localtime32, (const int32_t *seconds))
{
    int64_t wide = seconds ? *seconds : -1;
    return ucrt__localtime64(&wide);
}

CRT(struct crt_tm *, ucrt__gmtime32, (const int32_t *seconds))
{
    int64_t wide = seconds ? *seconds : -1;
    return ucrt__gmtime64(&wide);
}

CRT(int, ucrt__localtime32_s, (struct crt_tm * out, const int32_t *seconds))
{
    int64_t wide = seconds ? *seconds : -1;
    return ucrt__localtime64_s(out, &wide);
}

CRT(int, ucrt__gmtime32_s, (struct crt_tm * out, const int32_t *seconds))
{
    int64_t wide = seconds ? *seconds : -1;
    return ucrt__gmtime64_s(out, &wide);
}

CRT(int64_t, ucrt__mktime64, (struct crt_tm * tm))
{
    if (!tm)
        return crt_invalid(EINVAL), -1;
    struct tm local = {.tm_sec = tm->tm_sec,
                       .tm_min = tm->tm_min,
                       .tm_hour = tm->tm_hour,
                       .tm_mday = tm->tm_mday,
                       .tm_mon = tm->tm_mon,
                       .tm_year = tm->tm_year,
                       .tm_isdst = tm->tm_isdst};
    int64_t seconds = mktime(&local);
    if (seconds < 0 || seconds > CRT_TIME_MAX)
        return crt_fail(EINVAL);
    ucrt__localtime64_s(tm, &seconds);
    return seconds;
}

CRT(int32_t, ucrt__mktime32, (struct crt_tm * tm))
{
    int64_t seconds = ucrt__mktime64(tm);
    return seconds > INT32_MAX ? (int32_t)crt_fail(EINVAL) : (int32_t)seconds;
}

CRT(int64_t, ucrt__mkgmtime64, (struct crt_tm * tm))
{
    if (!tm)
        return crt_invalid(EINVAL), -1;
    int64_t seconds = crt_mkgmtime(tm);
    return seconds < 0 ? crt_fail(EINVAL) : seconds;
}

/* ---- text ------------------------------------------------------------------------------------ */

CRT(int, ucrt_asctime_s, (char *out, size_t size, const struct crt_tm *tm))
{
    if (!out || size < 26 || !tm)
        return crt_invalid(EINVAL);
    crt_asctime(tm, out);
    return 0;
}

CRT(char *, ucrt_asctime, (const struct crt_tm *tm))
{
    char *text = crt_thread()->time_text;
    return ucrt_asctime_s(text, 26, tm) ? NULL : text;
}

/* msvcrt.dll pads the day with a zero. */
CRT(char *, msvcrt_asctime, (const struct crt_tm *tm))
{
    char *text = ucrt_asctime(tm);
    if (text && text[8] == ' ')
        text[8] = '0';
    return text;
}

CRT(wchar_t *, ucrt__wasctime, (const struct crt_tm *tm))
{
    wchar_t *text = crt_thread()->wide_time_text;
    const char *narrow = ucrt_asctime(tm);
    if (narrow)
        crt_utf16_from_string(narrow, text, 26);
    return narrow ? text : NULL;
}

CRT(char *, ucrt__ctime64, (const int64_t *seconds))
{
    const struct crt_tm *tm = ucrt__localtime64(seconds);
    return tm ? ucrt_asctime(tm) : NULL;
}

CRT(char *, msvcrt__ctime64, (const int64_t *seconds))
{
    const struct crt_tm *tm = ucrt__localtime64(seconds);
    return tm ? msvcrt_asctime(tm) : NULL;
}

CRT(wchar_t *, ucrt__wctime64, (const int64_t *seconds))
{
    const struct crt_tm *tm = ucrt__localtime64(seconds);
    return tm ? ucrt__wasctime(tm) : NULL;
}

CRT(int, ucrt__ctime64_s, (char *out, size_t size, const int64_t *seconds))
{
    struct crt_tm tm;
    int error = ucrt__localtime64_s(&tm, seconds);
    return error ? error : ucrt_asctime_s(out, size, &tm);
}

static int32_t bias_of(const struct crt_tm *tm)
{
    return ucrt__timezone + (tm->tm_isdst > 0 ? ucrt__dstbias : 0);
}

CRT(char *, ucrt__ctime32, (const int32_t *seconds))
{
    int64_t wide = seconds ? *seconds : -1;
    return ucrt__ctime64(&wide);
}

CRT(size_t, ucrt_strftime, (char *out, size_t size, const char *format, const struct crt_tm *tm))
{
    if (!out || !format || !tm)
        return crt_invalid(EINVAL), 0;
    size_t count = crt_strftime(out, size, format, tm, zone_names[tm->tm_isdst > 0], bias_of(tm));
    if (!count && size && *format)
        *out = 0, crt_fail(ERANGE);
    return count;
}

CRT(size_t, ucrt_wcsftime,
    (wchar_t * out, size_t size, const wchar_t *format, const struct crt_tm *tm))
{
    if (!out || !format || !tm)
        return crt_invalid(EINVAL), 0;
    size_t count = crt_wcsftime(out, size, format, tm, zone_names[tm->tm_isdst > 0], bias_of(tm));
    if (!count && size && *format)
        *out = 0, crt_fail(ERANGE);
    return count;
}

static char *now_text(char *out, const char *format)
{
    struct crt_tm tm;
    int64_t now = ucrt__time64(NULL);
    if (!ucrt__localtime64_s(&tm, &now))
        crt_strftime(out, 9, format, &tm, "", 0);
    return out;
}

CRT(char *, ucrt__strdate, (char *out))
{
    return now_text(out, "%m/%d/%y");
}

CRT(char *, ucrt__strtime, (char *out))
{
    return now_text(out, "%H:%M:%S");
}

CRT(int, ucrt__strdate_s, (char *out, size_t size))
{
    if (!out || size < 9)
        return crt_invalid(out && size ? ERANGE : EINVAL);
    now_text(out, "%m/%d/%y");
    return 0;
}

CRT(int, ucrt__strtime_s, (char *out, size_t size))
{
    if (!out || size < 9)
        return crt_invalid(out && size ? ERANGE : EINVAL);
    now_text(out, "%H:%M:%S");
    return 0;
}
