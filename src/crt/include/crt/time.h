/* SPDX-License-Identifier: MIT */
/* crt/time.h - calendar time: 64-bit seconds since 1970 UTC, broken down and printed.
 *
 * No clock and no zone data in here: a caller passes the zone's bias (seconds WEST of UTC, as
 * Windows counts) where local time matters. Valid times are 1970 to the end of year 3000.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Same layout as Microsoft's struct tm. */
struct crt_tm {
    int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
};

#define CRT_TIME_MAX INT64_C(32536850399)

/* 0 or CRT_EINVAL (fields set to -1) when time_s is out of range. */
int crt_gmtime(int64_t time_s, struct crt_tm *out_tm);
/* Seconds since 1970 of a broken-down UTC time, which it brings into range; -1 if impossible. */
int64_t crt_mkgmtime(struct crt_tm *tm);
/* The same of a local time that is bias_s seconds behind UTC. */
int64_t crt_mktime(struct crt_tm *tm, int32_t bias_s);

/* Characters stored without terminator, 0 when they do not fit or the format is bad. zone is what
 * %Z prints, bias_s what %z prints. */
size_t crt_strftime(char *buffer, size_t size, const char *format, const struct crt_tm *tm,
                    const char *zone, int32_t bias_s);
size_t crt_wcsftime(wchar_t *buffer, size_t size, const wchar_t *format, const struct crt_tm *tm,
                    const char *zone, int32_t bias_s);
/* asctime's 26 bytes, "Thu Jan  1 00:00:00 1970\n"; ucrt's way (msvcrt.dll prints the day as 01).
 */
void crt_asctime(const struct crt_tm *tm, char out_text[26]);
