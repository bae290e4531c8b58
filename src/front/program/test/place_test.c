/* SPDX-License-Identifier: MIT */
/* place_test.c - host files by the names that programs see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "place.h"

static void expect(const char *file, const char *host, const char *directory, const char *answer)
{
    char out[200];
    place_of_file(file, host, directory, out, sizeof out);
    assert_string_equal(out, answer);
}

static void beside_the_folder(void **state)
{
    expect("/home/me/x/app.exe", "/home/me/x", "C:\\Programs\\x", "C:\\Programs\\x\\app.exe");
    expect("/home/me/x/bin/app.exe", "/home/me/x", "C:\\Programs\\x",
           "C:\\Programs\\x\\bin\\app.exe");
}

static void below_a_known_place(void **state)
{
    expect("/home/me/x/app.exe", "/home/me/x/y/z", "C:\\Programs\\x\\y\\z",
           "C:\\Programs\\x\\app.exe");
    expect("/home/me/x/y/app.exe", "/home/me/x/y/z", "C:\\Programs\\x-2\\y\\z",
           "C:\\Programs\\x-2\\y\\app.exe");
}

static void out_of_reach(void **state)
{
    expect("/opt/app.exe", "/home/me/x", "C:\\Programs\\x", "C:\\Programs\\x\\app.exe");
    /* The name of the folder is the beginning of another one's. */
    expect("/home/me/x2/app.exe", "/home/me/x", "C:\\Programs\\x", "C:\\Programs\\x\\app.exe");
}

static void from_the_root(void **state)
{
    expect("/opt/app.exe", "/", "C:\\Programs\\root", "C:\\Programs\\root\\opt\\app.exe");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beside_the_folder),
        cmocka_unit_test(below_a_known_place),
        cmocka_unit_test(out_of_reach),
        cmocka_unit_test(from_the_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
