/* SPDX-License-Identifier: MIT */
/* utf_test.c - conversions: every code point, every kind of damage, full outputs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "crt/string.h"
#include "crt/utf.h"

static void every_code_point_survives(void **state)
{
    for (uint32_t c = 1; c < 0x110000; c++) {
        if (c == 0xd800)
            c = 0xe000;
        wchar_t wide[2] = {(wchar_t)c}, back[4];
        size_t n = 1;
        if (c >= 0x10000) {
            wide[0] = (wchar_t)(0xd800 + ((c - 0x10000) >> 10));
            wide[1] = (wchar_t)(0xdc00 + (c & 0x3ff));
            n = 2;
        }
        char bytes[8];
        struct crt_utf r = crt_utf16_to_utf8(wide, n, 0, bytes, sizeof(bytes));
        assert_int_equal(r.written, c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
        assert_int_equal(r.replaced, 0);
        r = crt_utf8_to_utf16(bytes, r.written, 0, back, 4);
        assert_int_equal(r.written, n);
        assert_int_equal(r.replaced, 0);
        assert_memory_equal(back, wide, n * 2);
    }
}

static void ill_formed_parts_are_replaced(void **state)
{
    static const struct {
        const char *in;
        const wchar_t *out;
        size_t replaced;
    } cases[] = {
        {"a\x80"
         "b",
         L"a\xfffd"
         L"b",
         1},
        {"\xc0\xaf", L"\xfffd\xfffd", 2}, /* overlong */
        {"\xe0\x80\xaf", L"\xfffd\xfffd\xfffd", 3},
        {"\xed\xa0\x80", L"\xfffd\xfffd\xfffd", 3}, /* a surrogate */
        {"\xf4\x90\x80\x80", L"\xfffd\xfffd\xfffd\xfffd", 4},
        {"\xe2\x82", L"\xfffd", 1}, /* cut: one maximal part */
        {"\xe2\x82"
         "A",
         L"\xfffd"
         L"A",
         1},
        {"\xf0\x9f\x98"
         "A",
         L"\xfffd"
         L"A",
         1},
        {"\xff\xfe", L"\xfffd\xfffd", 2},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wchar_t out[16];
        struct crt_utf r = crt_utf8_to_utf16(cases[i].in, strlen(cases[i].in), 0, out, 16);
        assert_int_equal(r.replaced, cases[i].replaced);
        assert_int_equal(r.written, crt_wcslen(cases[i].out));
        assert_memory_equal(out, cases[i].out, r.written * 2);
        assert_int_equal(r.consumed, strlen(cases[i].in));
    }
    char out[16];
    struct crt_utf r = crt_utf16_to_utf8(L"\xd800"
                                         L"A\xdc00",
                                         3, 0, out, 16);
    assert_int_equal(r.replaced, 2);
    assert_memory_equal(out,
                        "\xef\xbf\xbd"
                        "A\xef\xbf\xbd",
                        7);
}

static void lone_surrogates_can_be_kept(void **state)
{
    char bytes[16];
    wchar_t back[8];
    struct crt_utf r = crt_utf16_to_utf8(L"\xd800"
                                         L"A\xdc00",
                                         3, CRT_UTF_KEEP, bytes, 16);
    assert_int_equal(r.replaced, 0);
    assert_int_equal(r.written, 7);
    r = crt_utf8_to_utf16(bytes, 7, CRT_UTF_KEEP, back, 8);
    assert_int_equal(r.written, 3);
    assert_memory_equal(back,
                        L"\xd800"
                        L"A\xdc00",
                        6);
}

static void output_is_counted_and_never_cut_inside(void **state)
{
    char bytes[5];
    struct crt_utf r = crt_utf16_to_utf8(L"a\u20ac\u20ac", 3, 0, NULL, 0);
    assert_int_equal(r.written, 7);
    assert_int_equal(r.consumed, 3);
    r = crt_utf16_to_utf8(L"a\u20ac\u20ac", 3, 0, bytes, 5);
    assert_int_equal(r.written, 4);
    assert_int_equal(r.consumed, 2);
    wchar_t wide[2];
    r = crt_utf8_to_utf16("a\xf0\x9f\x98\x80", 5, 0, wide, 2);
    assert_int_equal(r.written, 1);
    assert_int_equal(r.consumed, 1);
    assert_int_equal(crt_utf8_from_string(L"a\u20ac\u20ac", bytes, 5), 4);
    assert_string_equal(bytes, "a\xe2\x82\xac");
    assert_int_equal(crt_utf16_from_string("xyz", wide, 2), 1);
    assert_int_equal(wide[1], 0);
}

static void multibyte_functions(void **state)
{
    wchar_t wide[8];
    char bytes[8];
    assert_int_equal(crt_mbstowcs(NULL, "a\xe2\x82\xac", 0), 2);
    assert_int_equal(crt_mbstowcs(wide, "a\xe2\x82\xac", 8), 2);
    assert_memory_equal(wide, L"a\u20ac", 6);
    wide[1] = 0x55;
    assert_int_equal(crt_mbstowcs(wide, "ab", 1), 1);
    assert_int_equal(wide[1], 0x55);
    assert_int_equal(crt_mbstowcs(wide, "a\xff", 8), (size_t)-1);
    assert_int_equal(crt_wcstombs(NULL, L"a\u20ac", 0), 4);
    assert_int_equal(crt_wcstombs(bytes, L"a\u20ac", 8), 4);
    assert_string_equal(bytes, "a\xe2\x82\xac");
    assert_int_equal(crt_wcstombs(bytes, L"\xdc00", 8), (size_t)-1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_survives),
        cmocka_unit_test(ill_formed_parts_are_replaced),
        cmocka_unit_test(lone_surrogates_can_be_kept),
        cmocka_unit_test(output_is_counted_and_never_cut_inside),
        cmocka_unit_test(multibyte_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
