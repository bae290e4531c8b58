/* SPDX-License-Identifier: MIT */
/* format_test.c - the formatter against tables of what Microsoft's functions print and return. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <limits.h>
#include <math.h>
#include <cmocka.h>

#include "crt/format.h"
#include "crt/string.h"

#define MS __attribute__((ms_abi))

static int MS print(char *buffer, size_t count, unsigned options, const char *format, ...)
{
    __builtin_ms_va_list args;
    __builtin_ms_va_start(args, format);
    int result = crt_vsnprintf_c99(buffer, count, options, format, args);
    __builtin_ms_va_end(args);
    return result;
}

static int MS wide_print(wchar_t *buffer, size_t count, unsigned options, const wchar_t *format,
                         ...)
{
    __builtin_ms_va_list args;
    __builtin_ms_va_start(args, format);
    int result = crt_vswprintf_c99(buffer, count, options, format, args);
    __builtin_ms_va_end(args);
    return result;
}

#define EXPECT(text, ...)                                   \
    do {                                                    \
        char out_[512];                                     \
        int n_ = print(out_, sizeof(out_), 0, __VA_ARGS__); \
        assert_string_equal(out_, text);                    \
        assert_int_equal(n_, strlen(text));                 \
    } while (0)

#define EXPECT_WITH(options, text, ...)                           \
    do {                                                          \
        char out_[512];                                           \
        int n_ = print(out_, sizeof(out_), options, __VA_ARGS__); \
        assert_string_equal(out_, text);                          \
        assert_int_equal(n_, strlen(text));                       \
    } while (0)

#define EXPECT_WIDE(options, text, ...)                       \
    do {                                                      \
        wchar_t out_[512];                                    \
        int n_ = wide_print(out_, 512, options, __VA_ARGS__); \
        assert_int_equal(crt_wcscmp(out_, text), 0);          \
        assert_int_equal(n_, crt_wcslen(text));               \
    } while (0)

static void integers(void **state)
{
    EXPECT("0", "%d", 0);
    EXPECT("-1", "%d", -1);
    EXPECT("-2147483648", "%i", INT_MIN);
    EXPECT("4294967295", "%u", -1);
    EXPECT("ffffffff", "%x", -1);
    EXPECT("DEADBEEF", "%X", 0xdeadbeef);
    EXPECT("37777777777", "%o", -1);
    EXPECT("+5", "%+d", 5);
    EXPECT(" 5", "% d", 5);
    EXPECT("+5", "%+ d", 5);
    EXPECT("5", "%+u", 5);
    EXPECT("0x1f", "%#x", 31);
    EXPECT("0X1F", "%#X", 31);
    EXPECT("0", "%#x", 0);
    EXPECT("010", "%#o", 8);
    EXPECT("0", "%#o", 0);
    EXPECT("0", "%#.0o", 0);
    EXPECT("010", "%#.3o", 8);
    EXPECT("    5", "%5d", 5);
    EXPECT("5    |", "%-5d|", 5);
    EXPECT("00005", "%05d", 5);
    EXPECT("-0005", "%05d", -5);
    EXPECT("5    |", "%-05d|", 5);
    EXPECT("0x00001f", "%#08x", 31);
    EXPECT("  005", "%5.3d", 5);
    EXPECT("  005", "%05.3d", 5);
    EXPECT("", "%.0d", 0);
    EXPECT("     ", "%5.0d", 0);
    EXPECT("7", "%.0d", 7);
    EXPECT("   42", "%*d", 5, 42);
    EXPECT("42   |", "%*d|", -5, 42);
    EXPECT("042", "%.*d", 3, 42);
    EXPECT("42", "%.*d", -3, 42);
    EXPECT("00000000000000000000000000000000000000000000000000000000000000000000000000000042",
           "%.80d", 42);
}

static void integer_sizes(void **state)
{
    EXPECT("-1", "%hhd", 0x1ff);
    EXPECT("255", "%hhu", 0x1ff);
    EXPECT("-32768", "%hd", 0x18000);
    EXPECT("32768", "%hu", 0x18000);
    EXPECT("-1", "%ld", (int)0xffffffff);
    EXPECT("4294967295", "%lu", 0xffffffffu);
    EXPECT("-9223372036854775808", "%lld", INT64_MIN);
    EXPECT("-9223372036854775808", "%I64d", INT64_MIN);
    EXPECT("18446744073709551615", "%I64u", UINT64_MAX);
    EXPECT("ffffffffffffffff", "%I64x", UINT64_MAX);
    EXPECT("ffffffff", "%I32x", 0xffffffffu);
    EXPECT("1234567890123", "%Iu", UINT64_C(1234567890123));
    EXPECT("1234567890123", "%zu", UINT64_C(1234567890123));
    EXPECT("1234567890123", "%jd", INT64_C(1234567890123));
    EXPECT("-5", "%td", INT64_C(-5));
    EXPECT("1 2 3", "%d %I64d %d", 1, INT64_C(2), 3);
}

static void pointers(void **state)
{
    EXPECT("0000000000000000", "%p", NULL);
    EXPECT("FFFFF80012345678", "%p", (void *)0xfffff80012345678);
    EXPECT("    0000000000001234", "%20p", (void *)0x1234);
    EXPECT("0000000000001234    |", "%-20p|", (void *)0x1234);
    EXPECT_WIDE(0, L"0000000000ABCDEF", L"%p", (void *)0xabcdef);
}

static void narrow_text(void **state)
{
    EXPECT("hello", "%s", "hello");
    EXPECT("  hello", "%7s", "hello");
    EXPECT("hello  |", "%-7s|", "hello");
    EXPECT("hel", "%.3s", "hello");
    EXPECT("", "%.0s", "hello");
    EXPECT("  hel", "%*.*s", 5, 3, "hello");
    EXPECT("00abc", "%05s", "abc");
    EXPECT("(null)", "%s", NULL);
    EXPECT("(nu", "%.3s", NULL);
    EXPECT("(null)", "%S", NULL);
    EXPECT("x", "%c", 'x');
    EXPECT("    x", "%5c", 'x');
    EXPECT("%", "%%");
    EXPECT("100%", "%d%%", 100);
    EXPECT("wide", "%S", L"wide");
    EXPECT("wide", "%ls", L"wide");
    EXPECT("wide", "%ws", L"wide");
    EXPECT("char", "%hs", "char");
    EXPECT("char", "%hS", "char");
    EXPECT("w", "%C", L'w');
    EXPECT("w", "%lc", L'w');
    EXPECT("w", "%wc", L'w');
    EXPECT("\xc3\xa9\xe2\x82\xac", "%S", L"\u00e9\u20ac");
    EXPECT("\xf0\x9f\x98\x80", "%S", L"\xd83d\xde00");
    EXPECT("\xef\xbf\xbd!", "%S", L"\xd83d!");
    EXPECT("\xc3\xa9", "%.4S", L"\u00e9\u20ac"); /* a character is never cut */
    EXPECT("   \xc3\xa9", "%5S", L"\u00e9");
    /* A precision keeps the reader inside an unterminated array. */
    char *narrow = malloc(3);
    memcpy(narrow, "abc", 3);
    EXPECT("abc", "%.3s", narrow);
    wchar_t *wide = malloc(2 * sizeof(wchar_t));
    wide[0] = L'd';
    wide[1] = L'e';
    EXPECT("de", "%.2S", wide);
    EXPECT_WIDE(0, L"abc", L"%.3S", narrow);
    EXPECT_WIDE(0, L"de", L"%.2s", wide);
    free(narrow);
    free(wide);
    char out[8];
    assert_int_equal(print(out, 8, 0, "a%cb", 0), 3);
    assert_memory_equal(out, "a\0b", 4);
}

static void wide_text(void **state)
{
    EXPECT_WIDE(0, L"wide", L"%s", L"wide");
    EXPECT_WIDE(0, L"narrow", L"%S", "narrow");
    EXPECT_WIDE(0, L"narrow", L"%hs", "narrow");
    EXPECT_WIDE(0, L"wide", L"%ls", L"wide");
    EXPECT_WIDE(0, L"wide", L"%ws", L"wide");
    EXPECT_WIDE(0, L"\u20ac", L"%S", "\xe2\x82\xac");
    EXPECT_WIDE(0, L"\xd83d\xde00", L"%S", "\xf0\x9f\x98\x80");
    EXPECT_WIDE(0, L"(null)", L"%s", NULL);
    EXPECT_WIDE(0, L"c", L"%c", L'c');
    EXPECT_WIDE(0, L"c", L"%C", 'c');
    EXPECT_WIDE(0, L"  ab|ab  ", L"%4s|%-4s", L"ab", L"ab");
    EXPECT_WIDE(0, L"-7 0x10", L"%d %#x", -7, 16);
    EXPECT_WIDE(CRT_FORMAT_ISO_WIDE, L"narrow wide", L"%s %S", "narrow", L"wide");
    EXPECT_WIDE(CRT_FORMAT_ISO_WIDE, L"wide", L"%ls", L"wide");
    EXPECT_WIDE(0, L"\u4e2d%", L"\u4e2d%%");
}

static void counted_strings(void **state)
{
    struct {
        uint16_t length, capacity;
        const void *buffer;
    } ansi = {3, 10, "abcdef"}, unicode = {6, 20, L"uvwxyz"}, empty = {0, 0, NULL};
    EXPECT("[abc]", "[%Z]", &ansi);
    EXPECT("[uvw]", "[%wZ]", &unicode);
    EXPECT("[uvw]", "[%lZ]", &unicode);
    EXPECT("[  uvw]", "[%5wZ]", &unicode);
    EXPECT("[uvw  ]", "[%-5wZ]", &unicode);
    EXPECT("(null)", "%wZ", NULL);
    EXPECT("(null)", "%wZ", &empty);
    EXPECT_WIDE(0, L"[uvw]", L"[%wZ]", &unicode);
    EXPECT_WIDE(0, L"[abc]", L"[%Z]", &ansi);
}

static void doubles(void **state)
{
    EXPECT("3.140000", "%f", 3.14);
    EXPECT("-3.1", "%.1f", -3.14);
    EXPECT("3", "%.0f", 3.14);
    EXPECT("3.", "%#.0f", 3.14);
    EXPECT("+3.14", "%+.2f", 3.14);
    EXPECT("  3.14", "%6.2f", 3.14);
    EXPECT("003.14", "%06.2f", 3.14);
    EXPECT("-03.14", "%06.2f", -3.14);
    EXPECT("3.14  |", "%-6.2f|", 3.14);
    EXPECT("1.500000e+10", "%e", 1.5e10);
    EXPECT("1.5E-07", "%.1E", 1.5e-7);
    EXPECT("1.5e+100", "%.1e", 1.5e100);
    EXPECT("0.0001", "%g", 0.0001);
    EXPECT("1e-05", "%g", 0.00001);
    EXPECT("100000", "%g", 100000.0);
    EXPECT("1e+06", "%g", 1000000.0);
    EXPECT("1.00000", "%#g", 1.0);
    EXPECT("0x1.8000000000000p+1", "%a", 3.0);
    EXPECT("0X1.8P+1", "%.1A", 3.0);
    EXPECT("-0.000000", "%f", -0.0);
    EXPECT("inf", "%f", HUGE_VAL);
    EXPECT("-INF", "%F", -HUGE_VAL);
    EXPECT("  inf", "%05f", HUGE_VAL);
    EXPECT("2.50", "%.2Lf", 2.5);
    EXPECT("1 2.5 3", "%d %g %d", 1, 2.5, 3);
    EXPECT_WITH(CRT_FORMAT_OLD_FLOAT, "1.500000e+010", "%e", 1.5e10);
    EXPECT_WITH(CRT_FORMAT_OLD_FLOAT, "1e-005", "%g", 0.00001);
    EXPECT_WITH(CRT_FORMAT_OLD_FLOAT, "1.#INF00", "%f", HUGE_VAL);
    EXPECT_WIDE(0, L"2.50", L"%.2f", 2.5);
    /* Precisions beyond any double's digits: zeros, in their place. */
    char *big = malloc(5000);
    assert_int_equal(print(big, 5000, 0, "%.4000f", 1.5), 4002);
    assert_memory_equal(big, "1.50000", 7);
    assert_int_equal(strspn(big + 3, "0"), 3999);
    assert_int_equal(print(big, 5000, 0, "%.3000e", 1.5), 3006);
    assert_string_equal(big + 3002, "e+00");
    assert_int_equal(print(big, 5000, 0, "%.3000g", 1.5), 3);
    free(big);
}

static void odd_formats(void **state)
{
    char out[32];
    EXPECT("", "");
    EXPECT("plain", "plain");
    EXPECT("y", "%y");
    EXPECT("abc", "abc%");
    assert_int_equal(print(out, 32, 0, "ab%n", NULL), -1);
    assert_int_equal(print(out, 32, 0, "%99999999999d", 1), -1);
    assert_int_equal(print(out, 32, 0, "%2147483647d%d", 1, 1), -1);
}

/* --- buffers --- */

static int MS old_print(char *buffer, size_t count, const char *format, ...)
{
    __builtin_ms_va_list args;
    __builtin_ms_va_start(args, format);
    int result = crt_vsnprintf_ms(buffer, count, 0, format, args);
    __builtin_ms_va_end(args);
    return result;
}

static int MS old_wide_print(wchar_t *buffer, size_t count, const wchar_t *format, ...)
{
    __builtin_ms_va_list args;
    __builtin_ms_va_start(args, format);
    int result = crt_vsnwprintf_ms(buffer, count, 0, format, args);
    __builtin_ms_va_end(args);
    return result;
}

static int MS safe_print(char *buffer, size_t size, size_t count, const char *format, ...)
{
    __builtin_ms_va_list args;
    __builtin_ms_va_start(args, format);
    int result = crt_vsnprintf_s(buffer, size, count, 0, format, args);
    __builtin_ms_va_end(args);
    return result;
}

static int MS safe_wide_print(wchar_t *buffer, size_t size, size_t count, const wchar_t *format,
                              ...)
{
    __builtin_ms_va_list args;
    __builtin_ms_va_start(args, format);
    int result = crt_vsnwprintf_s(buffer, size, count, 0, format, args);
    __builtin_ms_va_end(args);
    return result;
}

static void old_functions_return_minus_one(void **state)
{
    char out[8];
    memset(out, '#', sizeof(out));
    assert_int_equal(old_print(out, 6, "%s", "hello"), 5);
    assert_memory_equal(out, "hello\0##", 8);
    memset(out, '#', sizeof(out));
    assert_int_equal(old_print(out, 5, "%s", "hello"), 5); /* full: no terminator */
    assert_memory_equal(out, "hello###", 8);
    memset(out, '#', sizeof(out));
    assert_int_equal(old_print(out, 4, "%s", "hello"), -1);
    assert_memory_equal(out, "hell####", 8);
    assert_int_equal(old_print(out, 0, "%s", ""), 0);
    assert_int_equal(old_print(out, 0, "%s", "x"), -1);
    assert_int_equal(old_print(NULL, 0, "%d-%s", 12, "ab"), 5);
    assert_int_equal(old_print(NULL, 5, "%d", 12), -1);
    wchar_t wide[6] = L"#####";
    assert_int_equal(old_wide_print(wide, 3, L"%d", 123), 3);
    assert_memory_equal(wide, L"123##", 12);
    assert_int_equal(old_wide_print(wide, 3, L"%d", 1234), -1);
    assert_memory_equal(wide, L"123##", 12);
    assert_int_equal(old_wide_print(wide, 4, L"%d", 7), 1);
    assert_memory_equal(wide, L"7", 4);
}

static void c99_functions_always_terminate(void **state)
{
    char out[8];
    memset(out, '#', sizeof(out));
    assert_int_equal(print(out, 4, 0, "%s", "hello"), 5);
    assert_memory_equal(out, "hel\0####", 8);
    assert_int_equal(print(NULL, 0, 0, "%s", "hello"), 5);
    wchar_t wide[8];
    assert_int_equal(wide_print(wide, 4, 0, L"%s", L"hello"), -1);
    assert_memory_equal(wide, L"hel", 8);
    assert_int_equal(wide_print(NULL, 0, 0, L"%s", L"hello"), 5);
}

static void safe_functions_empty_what_does_not_fit(void **state)
{
    char out[8];
    assert_int_equal(safe_print(out, 8, CRT_NO_LIMIT, "%s", "1234567"), 7);
    assert_string_equal(out, "1234567");
    assert_int_equal(safe_print(out, 8, CRT_NO_LIMIT, "%s", "12345678"), CRT_FORMAT_OVERFLOW);
    assert_string_equal(out, "");
    assert_int_equal(safe_print(out, 8, CRT_TRUNCATE, "%s", "123456789"), CRT_FORMAT_FAILED);
    assert_string_equal(out, "1234567");
    assert_int_equal(safe_print(out, 8, 3, "%s", "12345"), CRT_FORMAT_FAILED);
    assert_string_equal(out, "123");
    assert_int_equal(safe_print(out, 8, 3, "%s", "123"), 3);
    assert_int_equal(safe_print(out, 8, 8, "%s", "12345678"), CRT_FORMAT_OVERFLOW);
    assert_string_equal(out, "");
    assert_int_equal(safe_print(out, 8, CRT_NO_LIMIT, "ab%n", NULL), CRT_FORMAT_INVALID);
    assert_string_equal(out, "");
    assert_int_equal(safe_print(NULL, 8, CRT_NO_LIMIT, "x"), CRT_FORMAT_INVALID);
    assert_int_equal(safe_print(out, 0, CRT_NO_LIMIT, "x"), CRT_FORMAT_INVALID);
    wchar_t wide[4];
    assert_int_equal(safe_wide_print(wide, 4, CRT_NO_LIMIT, L"%d", 123), 3);
    assert_int_equal(safe_wide_print(wide, 4, CRT_NO_LIMIT, L"%d", 1234), CRT_FORMAT_OVERFLOW);
    assert_int_equal(wide[0], 0);
    assert_int_equal(safe_wide_print(wide, 4, CRT_TRUNCATE, L"%d", 1234), CRT_FORMAT_FAILED);
    assert_memory_equal(wide, L"123", 8);
}

/* A sink that refuses after so many characters. */
static int put_limited(void *context, const void *chars, size_t count)
{
    size_t *left = context;
    (void)chars;
    if (count > *left)
        return 1;
    *left -= count;
    return 0;
}

static int MS sink_print(size_t *left, const char *format, ...)
{
    __builtin_ms_va_list args;
    __builtin_ms_va_start(args, format);
    int result = crt_format(put_limited, left, 0, format, args);
    __builtin_ms_va_end(args);
    return result;
}

static void sink_can_refuse(void **state)
{
    size_t left = 10;
    assert_int_equal(sink_print(&left, "%5d%s", 1, "abcde"), 10);
    assert_int_equal(left, 0);
    left = 9;
    assert_int_equal(sink_print(&left, "%5d%s and %1000000000d", 1, "abcde", 1), CRT_FORMAT_FAILED);
    assert_int_equal(left, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(integer_sizes),
        cmocka_unit_test(pointers),
        cmocka_unit_test(narrow_text),
        cmocka_unit_test(wide_text),
        cmocka_unit_test(counted_strings),
        cmocka_unit_test(doubles),
        cmocka_unit_test(odd_formats),
        cmocka_unit_test(old_functions_return_minus_one),
        cmocka_unit_test(c99_functions_always_terminate),
        cmocka_unit_test(safe_functions_empty_what_does_not_fit),
        cmocka_unit_test(sink_can_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
