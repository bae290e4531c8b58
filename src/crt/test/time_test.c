/* SPDX-License-Identifier: MIT */
/* time_test.c - the calendar against known dates and against the native C library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "crt/string.h"
#include "crt/time.h"

static void fields_agree_with_the_native_library(void **state)
{
    for (int64_t at = 0; at <= CRT_TIME_MAX; at += 86400 * 13 + 3599) {
        struct crt_tm mine;
        struct tm theirs;
        time_t t = at;
        assert_int_equal(crt_gmtime(at, &mine), 0);
        gmtime_r(&t, &theirs);
        assert_int_equal(mine.tm_sec, theirs.tm_sec);
        assert_int_equal(mine.tm_min, theirs.tm_min);
        assert_int_equal(mine.tm_hour, theirs.tm_hour);
        assert_int_equal(mine.tm_mday, theirs.tm_mday);
        assert_int_equal(mine.tm_mon, theirs.tm_mon);
        assert_int_equal(mine.tm_year, theirs.tm_year);
        assert_int_equal(mine.tm_wday, theirs.tm_wday);
        assert_int_equal(mine.tm_yday, theirs.tm_yday);
        assert_true(crt_mkgmtime(&mine) == at);
    }
}

static void range_is_kept(void **state)
{
    struct crt_tm tm;
    assert_int_equal(crt_gmtime(-1, &tm), CRT_EINVAL);
    assert_int_equal(tm.tm_year, -1);
    assert_int_equal(crt_gmtime(CRT_TIME_MAX + 1, &tm), CRT_EINVAL);
    tm = (struct crt_tm){.tm_year = 69, .tm_mon = 11, .tm_mday = 31};
    assert_true(crt_mkgmtime(&tm) == -1);
}

static void fields_are_normalised(void **state)
{
    struct crt_tm tm = {.tm_year = 123, .tm_mon = 13, .tm_mday = 30, .tm_hour = 25, .tm_min = -1};
    assert_true(crt_mkgmtime(&tm) == INT64_C(1709341140));
    assert_int_equal(tm.tm_year, 124);
    assert_int_equal(tm.tm_mon, 2); /* 30 February 2024 and a day and an hour less a minute */
    assert_int_equal(tm.tm_mday, 2);
    assert_int_equal(tm.tm_hour, 0);
    assert_int_equal(tm.tm_min, 59);
    tm = (struct crt_tm){.tm_year = 124, .tm_mon = -1, .tm_mday = 0};
    assert_true(crt_mkgmtime(&tm) > 0);
    assert_int_equal(tm.tm_year, 123);
    assert_int_equal(tm.tm_mon, 10);
    assert_int_equal(tm.tm_mday, 30);
    tm = (struct crt_tm){.tm_year = 100, .tm_mday = 1};
    assert_true(crt_mktime(&tm, 3600) == 946684800 + 3600);
    assert_int_equal(tm.tm_wday, 6);
}

static void moments_are_printed(void **state)
{
    struct crt_tm tm;
    char text[64], text26[26];
    wchar_t wide[64];
    crt_gmtime(951829505, &tm); /* Tue Feb 29 13:05:05 2000 */
    static const struct {
        const char *format, *text;
    } cases[] = {
        {"%Y-%m-%d %H:%M:%S", "2000-02-29 13:05:05"},
        {"%a %A %b %B", "Tue Tuesday Feb February"},
        {"%c", "Tue Feb 29 13:05:05 2000"},
        {"%x %X", "02/29/00 13:05:05"},
        {"%#x", "Tuesday, February 29, 2000"},
        {"%I %p", "01 PM"},
        {"%j %U %W %w %u", "060 09 09 2 2"},
        {"%#d/%#m/%y", "29/2/00"},
        {"%e|%C|%D|%F|%R|%T", "29|20|02/29/00|2000-02-29|13:05|13:05:05"},
        {"%G-W%V", "2000-W09"},
        {"%z %Z%%", "-0530 EST%"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(crt_strftime(text, 64, cases[i].format, &tm, "EST", 19800),
                         strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
    assert_int_equal(crt_strftime(text, 4, "%Y", &tm, "", 0), 0);
    assert_int_equal(crt_strftime(text, 5, "%Y", &tm, "", 0), 4);
    assert_int_equal(crt_strftime(text, 64, "%Q", &tm, "", 0), 0);
    assert_int_equal(crt_strftime(text, 64, "%", &tm, "", 0), 0);
    assert_int_equal(crt_wcsftime(wide, 64, L"\u4e2d %#d.%m.", &tm, "", 0), 8);
    assert_memory_equal(wide, L"\u4e2d 29.02.", 18);
    assert_int_equal(crt_wcsftime(wide, 5, L"%Y1", &tm, "", 0), 0);
    crt_asctime(&tm, text26);
    assert_string_equal(text26, "Tue Feb 29 13:05:05 2000\n");
    memset(&tm, 0x7f, sizeof(tm));
    crt_asctime(&tm, text26); /* nonsense stays within its 26 bytes */
    assert_true(strlen(text26) < 26);
}

static void iso_weeks_agree_with_the_native_library(void **state)
{
    for (int64_t at = 0; at < INT64_C(2000000000); at += 86400 * 3) {
        struct crt_tm mine;
        struct tm theirs;
        time_t t = at;
        char a[32], b[32];
        crt_gmtime(at, &mine);
        gmtime_r(&t, &theirs);
        crt_strftime(a, 32, "%G %g %V %U %W %j", &mine, "", 0);
        strftime(b, 32, "%G %g %V %U %W %j", &theirs);
        assert_string_equal(a, b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_agree_with_the_native_library),
        cmocka_unit_test(range_is_kept),
        cmocka_unit_test(fields_are_normalised),
        cmocka_unit_test(moments_are_printed),
        cmocka_unit_test(iso_weeks_agree_with_the_native_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
