/* SPDX-License-Identifier: MIT */
/* windows_test.c - what --windows may say, and which release a build or an NTDDI value means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/windows.h"

static void words(void **state)
{
    static const struct {
        const char *text;
        uint32_t build;
    } good[] = {
        {"7", 7601},           {"8", 9200},        {"8.1", 9600},       {"10", 19045},
        {"11", 22621},         {"7:7600", 7600},   {"7:sp1", 7601},     {"10:22H2", 19045},
        {"10:22h2", 19045},    {"10:1809", 17763}, {"10:19045", 19045}, {"10:18999", 18999},
        {"11:26100", 26100},   {"11:24H2", 26100}, {"6.1.7601", 7601},  {"6.3.9600", 9600},
        {"10.0.22000", 22000}, {"8.1:9600", 9600}, {"95", 950},         {"98", 1998},
        {"98:SE", 2222},
    };
    static const char *const bad[] = {
        "",       "6",      "9",        "10:",    ":22H2",     "10:23H2",   "10:22621",  "11:19045",
        "7:7602", "8:9600", "10.0.",    "10.0.x", "6.1.19045", "10.0.7601", "10:0x4a65", "10 ",
        "all",    "8.1:",   "10:10000", "95:SE",  "98:",       "96"};
    struct windows_version version;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (windows_parse(good[i].text, &version) != 0)
            fail_msg("%s is refused", good[i].text);
        if (version.build != good[i].build)
            fail_msg("%s is build %u", good[i].text, version.build);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (windows_parse(bad[i], &version) == 0)
            fail_msg("\"%s\" is taken for build %u", bad[i], version.build);
}

static void builds(void **state)
{
    struct windows_version version = windows_of_build(0);
    assert_int_equal(version.build, WINDOWS_BUILD_DEFAULT);
    version = windows_of_build(7601);
    assert_int_equal(version.major, 6);
    assert_int_equal(version.minor, 1);
    assert_int_equal(version.service_pack, 1);
    assert_int_equal(version.ntddi, 0x06010000);
    version = windows_of_build(20348); /* between 10 and 11 */
    assert_int_equal(version.build, 20348);
    assert_int_equal(version.ntddi, 0x0a000008);
    assert_int_equal(windows_of_build(1).build, 7600);
    version = windows_of_build(1998);
    assert_int_equal(version.major, 4);
    assert_int_equal(version.minor, 10);
    assert_true(windows_is_9x(950) && windows_is_9x(2222));
    assert_false(windows_is_9x(0) || windows_is_9x(951) || windows_is_9x(7600));
    for (size_t i = 1; i < windows_release_count; i++) {
        assert_true(windows_releases[i].build > windows_releases[i - 1].build);
        assert_true(windows_releases[i].ntddi >= windows_releases[i - 1].ntddi);
    }
}

static void text(void **state)
{
    char line[80];
    assert_string_equal(windows_text(7601, line, sizeof line), "Windows 7 SP1 (6.1.7601)");
    assert_string_equal(windows_text(9600, line, sizeof line), "Windows 8.1 (6.3.9600)");
    assert_string_equal(windows_text(19045, line, sizeof line),
                        "Windows 10, version 22H2 (10.0.19045)");
    assert_int_equal(windows_first_with(0x0a000008)->build, 19041);
    assert_int_equal(windows_first_with(0x0a000009)->build, 22000); /* was a server's first */
    assert_int_equal(windows_first_with(0x05010000)->build, 7600);
    assert_null(windows_first_with(0x0b000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(builds),
        cmocka_unit_test(text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
