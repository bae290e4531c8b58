/* SPDX-License-Identifier: MIT */
/* time_test.c - file times and calendar dates, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/host.h"
#include "win32_internal.h"

BOOL WINAPI FileTimeToSystemTime(const FILETIME *from, SYSTEMTIME *to);
BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *from, FILETIME *to);
LONG WINAPI CompareFileTime(const FILETIME *a, const FILETIME *b);

#define DAY UINT64_C(864000000000)

static struct teb teb;

static int begin(void **state)
{
    memset(&teb, 0, sizeof teb);
    teb.Self = &teb;
    host_gs_set(&teb);
    return 0;
}

static void expect(uint64_t time, int year, int month, int day, int weekday)
{
    FILETIME file = filetime_of(time), back;
    SYSTEMTIME date;
    assert_true(FileTimeToSystemTime(&file, &date));
    assert_int_equal(date.wYear, year);
    assert_int_equal(date.wMonth, month);
    assert_int_equal(date.wDay, day);
    assert_int_equal(date.wDayOfWeek, weekday);
    assert_true(SystemTimeToFileTime(&date, &back));
    assert_int_equal(time_of(&back), time);
}

static void known_days(void **state)
{
    expect(0, 1601, 1, 1, 1);
    expect(UINT64_C(116444736000000000), 1970, 1, 1, 4);
    expect(UINT64_C(125911584000000000), 2000, 1, 1, 6);
    expect(UINT64_C(125911584000000000) + 59 * DAY, 2000, 2, 29, 2);
    expect(UINT64_C(125911584000000000) + 60 * DAY, 2000, 3, 1, 3);
}

/* Every day of 400 years follows the one before; leap years are where they belong. */
static void every_day_of_the_cycle(void **state)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 1601, month = 1, day = 1;
    for (uint64_t count = 0; count < 146097; count++) {
        expect(count * DAY, year, month, day, (int)((count + 1) % 7));
        int is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        if (++day > days[month - 1] + (month == 2 && is_leap)) {
            day = 1;
            if (++month > 12) {
                month = 1;
                year++;
            }
        }
    }
    assert_int_equal(year, 2001);
}

static void the_time_of_day(void **state)
{
    FILETIME file = filetime_of(((uint64_t)23 * 3600 + 59 * 60 + 58) * 10000000 + 7650000);
    SYSTEMTIME date;
    assert_true(FileTimeToSystemTime(&file, &date));
    assert_int_equal(date.wHour, 23);
    assert_int_equal(date.wMinute, 59);
    assert_int_equal(date.wSecond, 58);
    assert_int_equal(date.wMilliseconds, 765);
}

static void impossible_dates_are_refused(void **state)
{
    SYSTEMTIME date = {.wYear = 2023, .wMonth = 2, .wDay = 29};
    FILETIME file = filetime_of(UINT64_C(1) << 63);
    assert_false(SystemTimeToFileTime(&date, &file));
    assert_int_equal(teb.LastErrorValue, ERROR_INVALID_PARAMETER);
    date.wYear = 2024;
    assert_true(SystemTimeToFileTime(&date, &file));
    date.wMonth = 13;
    assert_false(SystemTimeToFileTime(&date, &file));
    date = (SYSTEMTIME){.wYear = 1600, .wMonth = 1, .wDay = 1};
    assert_false(SystemTimeToFileTime(&date, &file));
    file = filetime_of(UINT64_C(1) << 63);
    assert_false(FileTimeToSystemTime(&file, &date));
}

static void order(void **state)
{
    FILETIME a = filetime_of(UINT64_C(0x1ffffffff)), b = filetime_of(UINT64_C(0x200000000));
    assert_int_equal(CompareFileTime(&a, &b), -1);
    assert_int_equal(CompareFileTime(&b, &a), 1);
    assert_int_equal(CompareFileTime(&a, &a), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(known_days, begin),
        cmocka_unit_test_setup(every_day_of_the_cycle, begin),
        cmocka_unit_test_setup(the_time_of_day, begin),
        cmocka_unit_test_setup(impossible_dates_are_refused, begin),
        cmocka_unit_test_setup(order, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
