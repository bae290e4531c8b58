/* SPDX-License-Identifier: MIT */
/* expression_test.c - numbers, operators, names and memory in expressions; what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "expression.h"

static const uint8_t memory[] = {0x78, 0x56, 0x34, 0x12, 0xf0, 0xde, 0xbc, 0x9a};

static bool symbol(void *context, const char *name, uint64_t *out_value)
{
    if (strcmp(name, "wdm1!Wdm1Read") && strcmp(name, "wdm1") && strcmp(name, "C::m"))
        return false;
    *out_value = 0x480000001280;
    return true;
}

static bool memory_at(void *context, uint64_t address, void *bytes, size_t count)
{
    if (address < 0x1000 || address + count > 0x1000 + sizeof memory)
        return false;
    memcpy(bytes, memory + (address - 0x1000), count);
    return true;
}

static const struct expression_world world = {symbol, memory_at, NULL};

static void is(const char *text, uint64_t wanted)
{
    char error[128] = "";
    uint64_t value = 0;
    if (!expression_evaluate(&world, text, &value, error, sizeof error))
        fail_msg("%s: %s", text, error);
    if (value != wanted)
        fail_msg("%s is %llx, not %llx", text, (unsigned long long)value,
                 (unsigned long long)wanted);
}

static void is_refused(const char *text, const char *words)
{
    char error[128] = "";
    uint64_t value = 0x77;
    assert_false(expression_evaluate(&world, text, &value, error, sizeof error));
    assert_int_equal(value, 0x77);
    if (!strstr(error, words))
        fail_msg("%s: '%s' does not say '%s'", text, error, words);
}

static void numbers(void **state)
{
    is("10", 0x10);
    is("0x10", 0x10);
    is("0n10", 10);
    is("0t17", 15);
    is("0y101", 5);
    is("10h", 0x10);
    is("00004a00`00001000", 0x4a0000001000);
    is("ffffffffffffffff", UINT64_MAX);
    is("  0n1 ", 1);
}

static void operators(void **state)
{
    is("1+2*3", 7);
    is("(1+2)*3", 9);
    is("-1", UINT64_MAX);
    is("~0", UINT64_MAX);
    is("0n10 / 3", 3);
    is("0n10 % 3", 1);
    is("0n10 mod 3", 1);
    is("1 << 4", 0x10);
    is("80 >> 3", 0x10);
    is("-8 >>> 1", (uint64_t)-4);
    is("1 << 40", 0); /* 64 places */
    is("f0 & 3c", 0x30);
    is("f0 | f", 0xff);
    is("f0 xor ff", 0x0f);
    is("f0 and f0", 0xf0);
    is("1 == 1", 1);
    is("2 < 1", 0);
    is("2 >= 1", 1);
    is("2 != 1", 1);
    is("not 5", 0);
    is("hi 12345678", 0x1234);
    is("low 12345678", 0x5678);
}

static void names_and_memory(void **state)
{
    is("wdm1!Wdm1Read", 0x480000001280);
    is("wdm1!Wdm1Read+10", 0x480000001290);
    is("wdm1", 0x480000001280);
    is("C::m", 0x480000001280);
    is("poi(1000)", 0x9abcdef012345678);
    is("by(1000)", 0x78);
    is("wo(1000)", 0x5678);
    is("dwo(1000)", 0x12345678);
    is("qwo(1000)+1", 0x9abcdef012345679);
    is("by(by(1000)+0n3976)", 0x78); /* 0x78 + 3976 = 0x1000 */
}

static void refused(void **state)
{
    is_refused("", "Numeric expression missing");
    is_refused("1 +", "Numeric expression missing");
    is_refused("(1", "Missing ')'");
    is_refused("1)", "Extra character");
    is_refused("nt!Nobody", "Couldn't resolve error at 'nt!Nobody'");
    is_refused("1/0", "Divide by zero");
    is_refused("1 mod 0", "Divide by zero");
    is_refused("poi(0)", "Memory access error at '0'");
    is_refused("0n", "Couldn't resolve");
    is_refused("0n1f", "Couldn't resolve");
    is_refused("\"x\"", "Syntax error");
}

static void deep(void **state)
{
    char text[4096], error[128];
    uint64_t value;
    memset(text, '(', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_false(expression_evaluate(&world, text, &value, error, sizeof error));
    memset(text, '-', sizeof text - 1);
    assert_false(expression_evaluate(&world, text, &value, error, sizeof error));
    memset(text, 'a', sizeof text - 1);
    assert_false(expression_evaluate(&world, text, &value, error, sizeof error));
    for (size_t i = 0; i + 4 < sizeof text; i += 4)
        memcpy(text + i, "not ", 4);
    assert_false(expression_evaluate(&world, text, &value, error, sizeof error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test(operators),
                                       cmocka_unit_test(names_and_memory),
                                       cmocka_unit_test(refused), cmocka_unit_test(deep)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
