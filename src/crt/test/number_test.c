/* SPDX-License-Identifier: MIT */
/* number_test.c - numbers from and to text, sorting, searching, the random sequence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crt/number.h"
#include "crt/sort.h"
#include "crt/string.h"

#define MS __attribute__((ms_abi))

static void text_becomes_numbers(void **state)
{
    char *end;
    assert_int_equal(crt_strtol("  -42abc", &end, 10), -42);
    assert_string_equal(end, "abc");
    assert_int_equal(crt_strtol("0x1fz", &end, 0), 31);
    assert_string_equal(end, "z");
    assert_int_equal(crt_strtol("0x", &end, 16), 0);
    assert_string_equal(end, "x");
    assert_int_equal(crt_strtol("077", NULL, 0), 63);
    assert_int_equal(crt_strtol("zz", NULL, 36), 35 * 36 + 35);
    assert_int_equal(crt_strtol("12", &end, 1), 0);
    assert_string_equal(end, "12");
    const char *none = "  +x";
    assert_int_equal(crt_strtol(none, &end, 10), 0);
    assert_ptr_equal(end, none);
    assert_int_equal(crt_strtol("2147483648", NULL, 10), INT32_MAX);
    assert_int_equal(crt_strtol("-2147483648", NULL, 10), INT32_MIN);
    assert_int_equal(crt_strtol("-2147483649", NULL, 10), INT32_MIN);
    assert_int_equal(crt_strtoul("-1", NULL, 10), UINT32_MAX);
    assert_int_equal(crt_strtoul("4294967296", NULL, 10), UINT32_MAX);
    assert_true(crt_strtoll("-9223372036854775808", NULL, 10) == INT64_MIN);
    assert_true(crt_strtoll("9223372036854775808", NULL, 10) == INT64_MAX);
    assert_true(crt_strtoull("18446744073709551615", NULL, 10) == UINT64_MAX);
    assert_true(crt_strtoull("18446744073709551616", NULL, 10) == UINT64_MAX);
    bool range;
    crt_number_uint64(crt_number_read("18446744073709551616", 10), &range);
    assert_true(range);
    crt_number_uint64(crt_number_read("18446744073709551615", 10), &range);
    assert_false(range);
    wchar_t *wide_end;
    assert_int_equal(crt_wcstol(L"-0x10 ", &wide_end, 16), -16);
    assert_int_equal(*wide_end, L' ');
    assert_int_equal(crt_wcstoul(L"4000000000", NULL, 10), 4000000000u);
    assert_int_equal(crt_wcstol(L"\u0661", NULL, 10), 0); /* only ASCII digits */
    assert_true(crt_wcstod(L" 2.5e2x", &wide_end) == 250.0);
    assert_int_equal(*wide_end, L'x');
}

static void numbers_become_text(void **state)
{
    char text[72];
    wchar_t wide[72];
    assert_string_equal(crt_itoa(-123, text, 10), "-123");
    assert_string_equal(crt_itoa(-1, text, 16), "ffffffff");
    assert_string_equal(crt_itoa(INT32_MIN, text, 10), "-2147483648");
    assert_string_equal(crt_itoa(0, text, 2), "0");
    assert_string_equal(crt_ultoa(UINT32_MAX, text, 10), "4294967295");
    assert_string_equal(crt_i64toa(INT64_MIN, text, 10), "-9223372036854775808");
    assert_string_equal(crt_i64toa(-1, text, 16), "ffffffffffffffff");
    assert_int_equal(strlen(crt_ui64toa(UINT64_MAX, text, 2)), 64);
    assert_string_equal(crt_ui64toa(UINT64_MAX, text, 36), "3w5e11264sgsf");
    assert_memory_equal(crt_itow(-7, wide, 10), L"-7", 6);
    assert_memory_equal(crt_ui64tow(255, wide, 16), L"ff", 6);
    assert_int_equal(crt_number_text_s(123, true, text, 5, 10), 0);
    assert_string_equal(text, "-123");
    assert_int_equal(crt_number_text_s(123, true, text, 4, 10), CRT_ERANGE);
    assert_string_equal(text, "");
    assert_int_equal(crt_number_text_s(1, false, text, 4, 37), CRT_EINVAL);
    assert_int_equal(crt_number_text_s(1, false, NULL, 4, 10), CRT_EINVAL);
    assert_int_equal(crt_number_text_ws(12, false, wide, 3, 10), 0);
    assert_int_equal(crt_number_text_ws(123, false, wide, 3, 10), CRT_ERANGE);
    assert_int_equal(wide[0], 0);
}

static int MS by_value(const void *a, const void *b)
{
    int32_t x, y;
    memcpy(&x, a, 4);
    memcpy(&y, b, 4);
    return (x > y) - (x < y);
}

static int MS by_value_counted(void *context, const void *a, const void *b)
{
    ++*(unsigned *)context;
    return -by_value(a, b);
}

static int MS contradicts(const void *a, const void *b)
{
    (void)a;
    (void)b;
    return 1;
}

/* Elements of any size whose first four bytes are the key and whose rest follows from it. */
static void fill(uint8_t *base, size_t count, size_t size, uint32_t *seed)
{
    for (size_t i = 0; i < count; i++) {
        int32_t key = crt_rand(seed) % 50;
        memcpy(base + i * size, &key, 4);
        memset(base + i * size + 4, key, size - 4);
    }
}

static void sorting(void **state)
{
    uint32_t seed = 7;
    unsigned calls = 0;
    for (size_t count = 0; count < 60; count++) {
        for (size_t size = 4; size < 150; size += 29) {
            uint8_t *base = malloc(count * size + 1);
            int keys[50] = {0};
            fill(base, count, size, &seed);
            for (size_t i = 0; i < count; i++)
                keys[base[i * size]]++;
            crt_qsort(base, count, size, by_value);
            for (size_t i = 0; i < count; i++) {
                assert_true(i == 0 || base[(i - 1) * size] <= base[i * size]);
                for (size_t j = 4; j < size; j++)
                    assert_int_equal(base[i * size + j], base[i * size]);
                keys[base[i * size]]--;
            }
            for (int i = 0; i < 50; i++)
                assert_int_equal(keys[i], 0);
            crt_qsort_s(base, count, size, by_value_counted, &calls);
            for (size_t i = 1; i < count; i++)
                assert_true(base[(i - 1) * size] >= base[i * size]);
            crt_qsort(base, count, size, contradicts);
            free(base);
        }
    }
    assert_true(calls > 1000);
}

static void searching(void **state)
{
    int32_t values[] = {1, 3, 5, 7, 9, 11};
    unsigned calls = 0;
    for (int32_t key = 0; key <= 12; key++) {
        int32_t *found = crt_bsearch(&key, values, 6, 4, by_value);
        if (key % 2)
            assert_ptr_equal(found, values + key / 2);
        else
            assert_null(found);
    }
    int32_t key = 5, falling[] = {9, 5, 1};
    assert_ptr_equal(crt_bsearch_s(&key, falling, 3, 4, by_value_counted, &calls), falling + 1);
    assert_true(calls > 0);
    assert_null(crt_bsearch(&key, values, 0, 4, by_value));
}

static void random_sequence_is_known(void **state)
{
    static const int expected[] = {41, 18467, 6334, 26500, 19169, 15724, 11478, 29358};
    uint32_t seed = 1;
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(crt_rand(&seed), expected[i]);
    seed = 0;
    assert_int_equal(crt_rand(&seed), 38);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_becomes_numbers),
        cmocka_unit_test(numbers_become_text),
        cmocka_unit_test(sorting),
        cmocka_unit_test(searching),
        cmocka_unit_test(random_sequence_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
