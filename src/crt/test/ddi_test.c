/* SPDX-License-Identifier: MIT */
/* ddi_test.c - the driver-facing names, called as a driver calls them: Windows' convention. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define MS __attribute__((ms_abi))

extern int MS ddi_sprintf(char *buffer, const char *format, ...);
extern int MS ddi__snprintf(char *buffer, size_t count, const char *format, ...);
extern int MS ddi__snwprintf(wchar_t *buffer, size_t count, const wchar_t *format, ...);
extern int MS ddi_swprintf(wchar_t *buffer, const wchar_t *format, ...);
extern int MS ddi_sprintf_s(char *buffer, size_t size, const char *format, ...);
extern int MS ddi__snprintf_s(char *buffer, size_t size, size_t count, const char *format, ...);
extern int MS ddi_swprintf_s(wchar_t *buffer, size_t size, const wchar_t *format, ...);
extern int MS ddi_sscanf_s(const char *text, const char *format, ...);
extern int MS ddi__snscanf_s(const char *text, size_t limit, const char *format, ...);
extern int MS ddi_swscanf_s(const wchar_t *text, const wchar_t *format, ...);
extern void *MS ddi_memcpy(void *to, const void *from, size_t count);
extern void *MS ddi_memset(void *to, int value, size_t count);
extern int MS ddi_strcmp(const char *a, const char *b);
extern char *MS ddi_strncpy(char *to, const char *from, size_t count);
extern char *MS ddi_strncat(char *to, const char *from, size_t count);
extern char *MS ddi__strnset(char *text, int c, size_t count);
extern char *MS ddi_strtok_s(char *text, const char *delimiters, char **context);
extern wchar_t *MS ddi_wcscpy(wchar_t *to, const wchar_t *from);
extern int MS ddi_mbtowc(wchar_t *to, const char *from, size_t count);
extern int MS ddi_wctomb(char *to, wchar_t c);
extern int MS ddi_isprint(int c);
extern int MS ddi_isalnum(int c);
extern int MS ddi__i64toa_s(int64_t value, char *buffer, size_t size, int radix);
extern int MS ddi__itow_s(int32_t value, wchar_t *buffer, size_t size, int radix);
extern void MS ddi_qsort(void *base, size_t count, size_t size,
                         int MS (*compare)(const void *, const void *));
extern int MS ddi_rand(void);
extern void MS ddi_srand(unsigned seed);

static void variable_arguments_arrive(void **state)
{
    char text[64];
    wchar_t wide[64];
    assert_int_equal(ddi_sprintf(text, "%d %s %I64x %c %u %S %.2f", 1, "two",
                                 INT64_C(0x123456789ab), 'c', 5u, L"six", 7.25),
                     30);
    assert_string_equal(text, "1 two 123456789ab c 5 six 7.25");
    assert_int_equal(ddi__snprintf(text, 3, "%d", 1234), -1);
    assert_memory_equal(text, "123", 3);
    assert_int_equal(ddi_swprintf(wide, L"%s-%S", L"a", "b"), 3);
    assert_memory_equal(wide, L"a-b", 8);
    assert_int_equal(ddi__snwprintf(wide, 64, L"%wZ%d", NULL, 3), 7);
    assert_int_equal(ddi_sprintf_s(text, 4, "%d", 1234), -1);
    assert_string_equal(text, "");
    assert_int_equal(ddi__snprintf_s(text, 4, (size_t)-1, "%d", 1234), -1);
    assert_string_equal(text, "123");
    assert_int_equal(ddi_swprintf_s(wide, 5, L"%04x", 0xab), 4);
    assert_memory_equal(wide, L"00ab", 10);
}

static void scanning_takes_capacities(void **state)
{
    char word[8];
    wchar_t wide[8];
    int n = 0, m = 0;
    assert_int_equal(ddi_sscanf_s("7 word 9", "%d %s %d", &n, word, 8u, &m), 3);
    assert_string_equal(word, "word");
    assert_int_equal(n + m, 16);
    assert_int_equal(ddi__snscanf_s("12345", 3, "%d", &n), 1);
    assert_int_equal(n, 123);
    assert_int_equal(ddi_swscanf_s(L"wide 3", L"%s %d", wide, 8u, &n), 2);
    assert_memory_equal(wide, L"wide", 10);
    assert_int_equal(ddi_sscanf_s("", "%d", &n), -1);
}

static void strings_and_memory(void **state)
{
    char text[16] = "0123456789", *context = NULL;
    wchar_t wide[4];
    assert_ptr_equal(ddi_memcpy(text + 2, text, 5), text + 2); /* overlap is tolerated */
    assert_string_equal(text, "0101234789");
    assert_ptr_equal(ddi_memset(text, 'x', 2), text);
    assert_int_equal(ddi_strcmp("a", "c"), -1);
    assert_int_equal(ddi_strcmp("\xff", "a"), 1);
    memset(text, '#', 16);
    ddi_strncpy(text, "ab", 4);
    assert_memory_equal(text, "ab\0\0#", 5);
    assert_string_equal(ddi_strncat(text, "cdef", 2), "abcd");
    assert_string_equal(ddi__strnset(text, '*', 2), "**cd");
    assert_string_equal(ddi_strtok_s(text, "c", &context), "**");
    assert_null(ddi_strtok_s(text, NULL, &context));
    assert_memory_equal(ddi_wcscpy(wide, L"abc"), L"abc", 8);
    assert_int_equal(ddi_mbtowc(wide, "\xe2\x82\xac", 3), 3);
    assert_int_equal(wide[0], 0x20ac);
    assert_int_equal(ddi_mbtowc(wide, "\xe2\x82", 2), -1);
    assert_int_equal(ddi_mbtowc(wide, "a\xff", 2), 1);
    assert_int_equal(ddi_mbtowc(wide, "", 1), 0);
    assert_int_equal(ddi_wctomb(text, L'\u20ac'), 3);
    assert_int_equal(ddi_wctomb(text, 0xd800), -1);
    assert_true(ddi_isprint(' ') && !ddi_isprint(0x7f) && !ddi_isprint(-1));
    assert_true(ddi_isalnum('Z') && ddi_isalnum('0') && !ddi_isalnum('_'));
    assert_int_equal(ddi__i64toa_s(INT64_MIN, text, 16, 10), 34);
    assert_int_equal(ddi__i64toa_s(-255, text, 16, 10), 0);
    assert_string_equal(text, "-255");
    assert_int_equal(ddi__itow_s(-1, wide, 4, 16), 34);
    assert_int_equal(ddi__itow_s(0xabc, wide, 4, 16), 0);
    assert_memory_equal(wide, L"abc", 8);
}

static int MS compare_bytes(const void *a, const void *b)
{
    return *(const uint8_t *)a - *(const uint8_t *)b;
}

static void callbacks_are_entered(void **state)
{
    char text[] = "sorting";
    ddi_qsort(text, 7, 1, compare_bytes);
    assert_string_equal(text, "ginorst");
    ddi_srand(1);
    assert_int_equal(ddi_rand(), 41);
    assert_int_equal(ddi_rand(), 18467);
    ddi_srand(1);
    assert_int_equal(ddi_rand(), 41);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variable_arguments_arrive),
        cmocka_unit_test(scanning_takes_capacities),
        cmocka_unit_test(strings_and_memory),
        cmocka_unit_test(callbacks_are_entered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
