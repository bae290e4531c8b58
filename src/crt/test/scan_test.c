/* SPDX-License-Identifier: MIT */
/* scan_test.c - the scanner: conversions, widths, sets, ends of input, secure capacities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "crt/scan.h"

#define MS __attribute__((ms_abi))

static int MS scan(const char *text, unsigned options, const char *format, ...)
{
    __builtin_ms_va_list args;
    __builtin_ms_va_start(args, format);
    int result = crt_vsscanf(text, SIZE_MAX, options, format, args);
    __builtin_ms_va_end(args);
    return result;
}

static int MS wide_scan(const wchar_t *text, unsigned options, const wchar_t *format, ...)
{
    __builtin_ms_va_list args;
    __builtin_ms_va_start(args, format);
    int result = crt_vswscanf(text, SIZE_MAX, options, format, args);
    __builtin_ms_va_end(args);
    return result;
}

static void integers(void **state)
{
    int a = 0, b = 0, n = 0;
    unsigned u = 0;
    int64_t big = 0;
    struct {
        uint8_t before;
        int8_t tiny;
        uint8_t after;
    } bytes = {0x11, 0, 0x22};
    int16_t small[2] = {0, 0x7777};
    assert_int_equal(scan("  12 -34", 0, "%d%d%n", &a, &b, &n), 2);
    assert_int_equal(a, 12);
    assert_int_equal(b, -34);
    assert_int_equal(n, 8);
    assert_int_equal(scan("0x1F 017 9", 0, "%i %i %i", &a, &b, &n), 3);
    assert_int_equal(a, 31);
    assert_int_equal(b, 15);
    assert_int_equal(n, 9);
    assert_int_equal(scan("ff", 0, "%x", &u), 1);
    assert_int_equal(u, 255);
    assert_int_equal(scan("0xdeadBEEF", 0, "%X", &u), 1);
    assert_int_equal(u, 0xdeadbeef);
    assert_int_equal(scan("777", 0, "%o", &u), 1);
    assert_int_equal(u, 511);
    assert_int_equal(scan("4294967295", 0, "%u", &u), 1);
    assert_int_equal(u, UINT32_MAX);
    assert_int_equal(scan("-9223372036854775807", 0, "%I64d", &big), 1);
    assert_true(big == -INT64_MAX);
    assert_int_equal(scan("1234567890123", 0, "%lld", &big), 1);
    assert_true(big == 1234567890123);
    assert_int_equal(scan("-5 300", 0, "%hhd %hd", &bytes.tiny, &small[0]), 2);
    assert_int_equal(bytes.tiny, -5);
    assert_int_equal(bytes.before, 0x11);
    assert_int_equal(bytes.after, 0x22);
    assert_int_equal(small[0], 300);
    assert_int_equal(small[1], 0x7777);
    assert_int_equal(scan("12345", 0, "%2d%3d", &a, &b), 2);
    assert_int_equal(a, 12);
    assert_int_equal(b, 345);
    assert_int_equal(scan("1,2", 0, "%d,%d", &a, &b), 2);
    assert_int_equal(scan("1;2", 0, "%d,%d", &a, &b), 1);
    assert_int_equal(scan("7 8", 0, "%*d %d", &a), 1);
    assert_int_equal(a, 8);
    assert_int_equal(scan("5%", 0, "%d%%%n", &a, &n), 1);
    assert_int_equal(n, 2);
}

static void ends_and_mismatches(void **state)
{
    int a = 99;
    char text[8];
    assert_int_equal(scan("", 0, "%d", &a), CRT_SCAN_EOF);
    assert_int_equal(scan("   ", 0, "%d", &a), CRT_SCAN_EOF);
    assert_int_equal(scan("x", 0, "%d", &a), 0);
    assert_int_equal(scan("-", 0, "%d", &a), CRT_SCAN_EOF);
    assert_int_equal(a, 99);
    assert_int_equal(scan("5", 0, "%d%s", &a, text), 1);
    assert_int_equal(scan("", 0, "%s", text), CRT_SCAN_EOF);
    assert_int_equal(scan("ab", 0, "ab"), 0);
    assert_int_equal(crt_vsscanf("123", 2, 0, "", NULL), 0);
}

static void text(void **state)
{
    char a[16], b[16];
    wchar_t wide[16];
    memset(a, '#', sizeof(a));
    assert_int_equal(scan("  hello world", 0, "%s %s", a, b), 2);
    assert_string_equal(a, "hello");
    assert_string_equal(b, "world");
    assert_int_equal(scan("abcdef", 0, "%3s%s", a, b), 2);
    assert_string_equal(a, "abc");
    assert_string_equal(b, "def");
    memset(a, '#', sizeof(a));
    assert_int_equal(scan(" xyz", 0, "%c%2c", a, b), 2);
    assert_int_equal(a[0], ' ');
    assert_int_equal(a[1], '#'); /* no terminator */
    assert_memory_equal(b, "xy", 2);
    assert_int_equal(scan("key=value;", 0, "%[^=]=%[a-z]", a, b), 2);
    assert_string_equal(a, "key");
    assert_string_equal(b, "value");
    assert_int_equal(scan("]]-x", 0, "%[]-]", a), 1);
    assert_string_equal(a, "]]-");
    assert_int_equal(scan("123abc", 0, "%*[0-9]%s", a), 1);
    assert_string_equal(a, "abc");
    assert_int_equal(scan("abc", 0, "%[0-9]", a), 0);
    assert_int_equal(scan("\xe2\x82\xac!", 0, "%S", wide), 1);
    assert_memory_equal(wide, L"\u20ac!", 6);
    assert_int_equal(scan("ab", 0, "%ls", wide), 1);
    assert_memory_equal(wide, L"ab", 6);
}

static void wide_functions(void **state)
{
    int a = 0;
    char narrow[16];
    wchar_t wide[16];
    assert_int_equal(wide_scan(L"42 text more", 0, L"%d %s %S", &a, wide, narrow), 3);
    assert_int_equal(a, 42);
    assert_memory_equal(wide, L"text", 10);
    assert_string_equal(narrow, "more");
    assert_int_equal(wide_scan(L"\xd83d\xde00x", 0, L"%hs", narrow), 1);
    assert_string_equal(narrow, "\xf0\x9f\x98\x80x");
    assert_int_equal(wide_scan(L"iso", CRT_SCAN_ISO_WIDE, L"%s", narrow), 1);
    assert_string_equal(narrow, "iso");
    assert_int_equal(wide_scan(L"\u4e2d\u6587", 0, L"%[\u4e00-\u9fff]", wide), 1);
    assert_memory_equal(wide, L"\u4e2d\u6587", 6);
}

static void doubles(void **state)
{
    float f = 0;
    double d = 0;
    int a = 0;
    assert_int_equal(scan("1.5 -2.5e3 .25", 0, "%f %lf %f", &f, &d, &f), 3);
    assert_true(d == -2500.0);
    assert_true(f == 0.25f);
    assert_int_equal(scan("3.5x7", 0, "%lgx%d", &d, &a), 2);
    assert_int_equal(a, 7);
    assert_int_equal(scan(".", 0, "%f", &f), CRT_SCAN_EOF);
    assert_int_equal(scan("e5", 0, "%f", &f), 0);
}

static void secure_capacities(void **state)
{
    char a[8];
    int n = 0;
    memset(a, '#', sizeof(a));
    assert_int_equal(scan("abc 5", CRT_SCAN_SECURE, "%s %d", a, 4u, &n), 2);
    assert_string_equal(a, "abc");
    assert_int_equal(n, 5);
    memset(a, '#', sizeof(a));
    assert_int_equal(scan("abcd 5", CRT_SCAN_SECURE, "%s %d", a, 4u, &n), 0);
    assert_int_equal(a[0], 0);
    assert_int_equal(a[4], '#');
    assert_int_equal(scan("abcd", CRT_SCAN_SECURE, "%3s", a, 4u), 1);
    assert_int_equal(scan("xy", CRT_SCAN_SECURE, "%2c", a, 2u), 1);
    assert_int_equal(scan("xy", CRT_SCAN_SECURE, "%2c", a, 1u), 0);
    assert_int_equal(scan("xy", CRT_SCAN_SECURE, "%s", a, 0u), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers), cmocka_unit_test(ends_and_mismatches),
        cmocka_unit_test(text),     cmocka_unit_test(wide_functions),
        cmocka_unit_test(doubles),  cmocka_unit_test(secure_capacities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
