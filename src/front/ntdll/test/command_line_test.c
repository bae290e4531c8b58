/* SPDX-License-Identifier: MIT */
/* command_line_test.c - arguments quoted the way programs take them apart. */
#include "front_fake.h"
#include "ntdll/process.h"

static void expect(const char *argument, const char *answer)
{
    char out[100];
    assert_int_equal(argument_quote(argument, out, sizeof out), strlen(answer));
    assert_string_equal(out, answer);
    /* Counting alone says the same. */
    assert_int_equal(argument_quote(argument, NULL, 0), strlen(answer));
}

static void plain_ones_stay(void **state)
{
    expect("abc", "abc");
    expect("a\\b\\", "a\\b\\");
    expect("--x=1", "--x=1");
}

static void blanks_and_nothing_are_quoted(void **state)
{
    expect("", "\"\"");
    expect("a b", "\"a b\"");
    expect("tab\there", "\"tab\there\"");
}

static void quotes_and_backslashes(void **state)
{
    expect("q\"x", "\"q\\\"x\"");
    expect("a\\\"b", "\"a\\\\\\\"b\"");
    expect("dir with\\", "\"dir with\\\\\"");
    expect("a\\b c", "\"a\\b c\"");
}

static void what_does_not_fit_is_cut(void **state)
{
    char out[4] = "###";
    assert_int_equal(argument_quote("abcdef", out, sizeof out), 6);
    assert_string_equal(out, "abc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_ones_stay),
        cmocka_unit_test(blanks_and_nothing_are_quoted),
        cmocka_unit_test(quotes_and_backslashes),
        cmocka_unit_test(what_does_not_fit_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
