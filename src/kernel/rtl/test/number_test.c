/* SPDX-License-Identifier: MIT */
/* number_test.c - time, random numbers, checksums, memory, versions, errors. */
#include "rtl_test.h"

#include "../rtl_ddi.h"

static void times(void **state)
{
    TIME_FIELDS fields;
    LARGE_INTEGER time = {.QuadPart = 0}, back;
    ULONG seconds;

    RtlTimeToTimeFields(&time, &fields);
    assert_int_equal(fields.Year, 1601);
    assert_int_equal(fields.Month, 1);
    assert_int_equal(fields.Day, 1);
    assert_int_equal(fields.Weekday, 1);
    /* Unix time 951827696: Tuesday 2000-02-29 12:34:56. */
    RtlSecondsSince1970ToTime(951827696, &time);
    time.QuadPart += 7890000;
    RtlTimeToTimeFields(&time, &fields);
    assert_int_equal(fields.Year, 2000);
    assert_int_equal(fields.Month, 2);
    assert_int_equal(fields.Day, 29);
    assert_int_equal(fields.Hour, 12);
    assert_int_equal(fields.Minute, 34);
    assert_int_equal(fields.Second, 56);
    assert_int_equal(fields.Milliseconds, 789);
    assert_int_equal(fields.Weekday, 2);
    assert_true(RtlTimeToSecondsSince1970(&time, &seconds));
    assert_int_equal(seconds, 951827696);
    RtlSecondsSince1980ToTime(0, &time);
    RtlTimeToTimeFields(&time, &fields);
    assert_int_equal(fields.Year, 1980);
    assert_int_equal(fields.Day, 1);
    time.QuadPart -= 1;
    assert_false(RtlTimeToSecondsSince1980(&time, &seconds));

    /* Every day of 1601 to 2400, there and back. */
    for (LONGLONG day = 0; day < 292500; day++) {
        time.QuadPart = day * 864000000000ll + 12345 * 10000000ll;
        RtlTimeToTimeFields(&time, &fields);
        assert_true(RtlTimeFieldsToTime(&fields, &back));
        assert_true(back.QuadPart == time.QuadPart);
        assert_int_equal(fields.Weekday, (day + 1) % 7);
    }
    fields = (TIME_FIELDS){.Year = 2023, .Month = 2, .Day = 29};
    assert_false(RtlTimeFieldsToTime(&fields, &time));
    fields = (TIME_FIELDS){.Year = 2023, .Month = 13, .Day = 1};
    assert_false(RtlTimeFieldsToTime(&fields, &time));
}

static void random_numbers(void **state)
{
    ULONG a = 1, b = 1, low = 0;

    for (unsigned i = 0; i < 1000; i++) {
        ULONG x = RtlRandomEx(&a);
        assert_true(x < MAXLONG);
        assert_int_equal(x, RtlRandomEx(&b)); /* only the seed decides */
        low += x < MAXLONG / 2;
    }
    assert_in_range(low, 400, 600);
}

static void checksums_and_memory(void **state)
{
    UCHAR a[40] = {0}, b[40] = {0};

    assert_int_equal(RtlComputeCrc32(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(RtlComputeCrc32(RtlComputeCrc32(0, "1234", 4), "56789", 5), 0xcbf43926);
    for (unsigned i = 0; i < 40; i++) {
        b[i] = 1;
        assert_int_equal(RtlCompareMemory(a, b, 40), i);
        assert_int_equal(RtlCompareMemory(a, b, i), i);
        b[i] = 0;
    }
    assert_int_equal(RtlCompareMemory(a, b, 40), 40);
    assert_int_equal(RtlUlongByteSwap(0x11223344), 0x44332211);
}

static void versions(void **state)
{
    RTL_OSVERSIONINFOEXW info = {.dwOSVersionInfoSize = sizeof(info)}, asked = {0};
    ULONGLONG mask = VerSetConditionMask(0, VER_MAJORVERSION, VER_GREATER_EQUAL);

    rtl_version_set(10, 0, 19045);
    assert_int_equal(RtlGetVersion((PRTL_OSVERSIONINFOW)&info), STATUS_SUCCESS);
    assert_int_equal(info.dwMajorVersion, 10);
    assert_int_equal(info.dwBuildNumber, 19045);
    assert_int_equal(info.wProductType, VER_NT_WORKSTATION);
    assert_true(RtlIsNtDdiVersionAvailable(NTDDI_WIN7));
    assert_true(RtlIsNtDdiVersionAvailable(NTDDI_WIN10_VB));
    assert_false(RtlIsNtDdiVersionAvailable(0x0A00000B)); /* Windows 11 */

    mask = VerSetConditionMask(mask, VER_MINORVERSION, VER_GREATER_EQUAL);
    asked.dwMajorVersion = 6;
    asked.dwMinorVersion = 3; /* 10.0 is later than 6.3 */
    assert_int_equal(RtlVerifyVersionInfo(&asked, VER_MAJORVERSION | VER_MINORVERSION, mask),
                     STATUS_SUCCESS);
    asked.dwMajorVersion = 10;
    assert_int_equal(RtlVerifyVersionInfo(&asked, VER_MAJORVERSION | VER_MINORVERSION, mask),
                     STATUS_REVISION_MISMATCH);
    asked.dwMinorVersion = 0;
    assert_int_equal(RtlVerifyVersionInfo(&asked, VER_MAJORVERSION | VER_MINORVERSION, mask),
                     STATUS_SUCCESS);
    asked.dwBuildNumber = 19045;
    mask = VerSetConditionMask(0, VER_BUILDNUMBER, VER_GREATER);
    assert_int_equal(RtlVerifyVersionInfo(&asked, VER_BUILDNUMBER, mask), STATUS_REVISION_MISMATCH);
    assert_int_equal(RtlVerifyVersionInfo(&asked, 0, mask), STATUS_INVALID_PARAMETER);
}

static void errors(void **state)
{
    assert_int_equal(RtlNtStatusToDosError(STATUS_ACCESS_DENIED), 5);
    assert_int_equal(RtlNtStatusToDosError(STATUS_SUCCESS), 0);
    assert_string_equal(rtl_status_text((NTSTATUS)0xdeadbeef), "0xdeadbeef");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        RTL_TEST(times),    RTL_TEST(random_numbers), RTL_TEST(checksums_and_memory),
        RTL_TEST(versions), RTL_TEST(errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
