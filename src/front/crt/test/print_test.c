/* SPDX-License-Identifier: MIT */
/* print_test.c - the printf and scanf families of both libraries: results, cuts, broken rules. */
#include "program_fake.h"

int WINAPI msvcrt_sprintf(char *buffer, const char *format, ...);
int WINAPI msvcrt__snprintf(char *buffer, size_t count, const char *format, ...);
int WINAPI msvcrt_sprintf_s(char *buffer, size_t size, const char *format, ...);
int WINAPI msvcrt__snwprintf(wchar_t *buffer, size_t count, const wchar_t *format, ...);
int WINAPI msvcrt__scprintf(const char *format, ...);
int WINAPI msvcrt_printf(const char *format, ...);
int WINAPI msvcrt_fprintf(struct stream *stream, const char *format, ...);
int WINAPI msvcrt_wprintf(const wchar_t *format, ...);
int WINAPI msvcrt_sscanf(const char *text, const char *format, ...);
int WINAPI msvcrt_fscanf(struct stream *stream, const char *format, ...);
int WINAPI ucrt___stdio_common_vsprintf(uint64_t options, char *buffer, size_t count,
                                        const char *format, void *locale,
                                        __builtin_ms_va_list args);
int WINAPI ucrt_fflush(struct stream *stream);
invalid_parameter_handler WINAPI
ucrt__set_invalid_parameter_handler(invalid_parameter_handler handler);

static int WINAPI ucrt_print(uint64_t options, char *buffer, size_t count, const char *format, ...)
{
    __builtin_ms_va_list args;
    __builtin_ms_va_start(args, format);
    int result = ucrt___stdio_common_vsprintf(options, buffer, count, format, NULL, args);
    __builtin_ms_va_end(args);
    return result;
}

static int invalid_calls;

static void WINAPI invalid_count(const wchar_t *expression, const wchar_t *function,
                                 const wchar_t *file, unsigned line, uintptr_t reserved)
{
    invalid_calls++;
}

static void buffers(void **state)
{
    char text[64];
    program_begin();
    assert_int_equal(msvcrt_sprintf(text, "%d %s %5.2f %I64x", -3, "x", 1.5, 0x123456789abull), 22);
    assert_string_equal(text, "-3 x  1.50 123456789ab");
    program_end();
}

static void exponents(void **state)
{
    char text[64];
    program_begin();
    msvcrt_sprintf(text, "%e", 1.5);
    assert_string_equal(text, "1.500000e+000");
    assert_int_equal(ucrt_print(2, text, sizeof text, "%e", 1.5), 12);
    assert_string_equal(text, "1.500000e+00");
    ucrt_print(2 | 0x10, text, sizeof text, "%e", 1.5);
    assert_string_equal(text, "1.500000e+000");
    program_end();
}

static void cuts(void **state)
{
    char text[8];
    wchar_t wide[4];
    static const wchar_t format[] = {'%', 'd', 0};
    program_begin();
    memset(text, '#', sizeof text);
    assert_int_equal(msvcrt__snprintf(text, 3, "%s", "abc"), 3);
    assert_memory_equal(text, "abc#", 4);
    assert_int_equal(msvcrt__snprintf(text, 3, "%s", "abcd"), -1);
    assert_int_equal(msvcrt__scprintf("%d", 1234), 4);
    assert_int_equal(msvcrt__snwprintf(wide, 4, format, 12345), -1);
    assert_int_equal(ucrt_print(2, text, 4, "%s", "abcdef"), 6);
    assert_string_equal(text, "abc");
    assert_int_equal(ucrt_print(1, text, 4, "%s", "abcdef"), -1);
    assert_memory_equal(text, "abcd", 4);
    assert_int_equal(ucrt_print(0, text, 4, "%s", "abcdef"), -1);
    assert_string_equal(text, "abc");
    assert_int_equal(ucrt_print(2, NULL, 0, "%s", "abcdef"), 6);
    program_end();
}

static void rules(void **state)
{
    char text[4] = "abc";
    program_begin();
    invalid_calls = 0;
    assert_null(ucrt__set_invalid_parameter_handler(invalid_count));
    assert_int_equal(msvcrt_sprintf_s(text, sizeof text, "%s", "toolong"), -1);
    assert_string_equal(text, "");
    assert_int_equal(crt_thread()->error, ERANGE);
    assert_int_equal(invalid_calls, 1);
    assert_int_equal(msvcrt_fprintf(NULL, "x"), -1);
    assert_int_equal(crt_thread()->error, EINVAL);
    assert_int_equal(invalid_calls, 2);
    assert_ptr_equal(ucrt__set_invalid_parameter_handler(NULL), invalid_count);
    program_end();
}

static void streams(void **state)
{
    static const wchar_t format[] = {'%', 's', '|', '%', 'S', '\n', 0};
    static const wchar_t euro[] = {0x20ac, 0};
    program_begin();
    assert_int_equal(msvcrt_printf("a%db\n", 7), 4);
    assert_int_equal(msvcrt_wprintf(format, euro, "n"), 4);
    assert_string_equal(fake_text("stdout"), "");
    ucrt_fflush(STREAM_OUT);
    assert_string_equal(fake_text("stdout"), "a7b\n\xe2\x82\xac|n\n");
    /* Without a buffer, but not character by character. */
    assert_int_equal(msvcrt_fprintf(STREAM_ERR, "%s-%d-%s", "left", 5, "right"), 12);
    assert_string_equal(fake_text("stderr"), "left-5-right");
    assert_int_equal(fake_file("stderr")->writes, 1);
    program_end();
}

static void long_text(void **state)
{
    program_begin();
    assert_int_equal(msvcrt_printf("%6000d|", 1), 6001);
    ucrt_fflush(STREAM_OUT);
    assert_int_equal(fake_file("stdout")->size, 6001);
    assert_string_equal(fake_text("stdout") + 5999, "1|");
    program_end();
}

static void failing_stream(void **state)
{
    program_begin();
    fake_file("stderr")->is_full = true;
    assert_int_equal(msvcrt_fprintf(STREAM_ERR, "x"), -1);
    assert_true(STREAM_ERR->flags & STREAM_ERROR);
    assert_int_equal(crt_thread()->error, ENOSPC);
    program_end();
}

static void scans(void **state)
{
    int a = 0, b = 0;
    char word[8];
    double real = 0;
    program_begin();
    fake_file_make("stdin", "12 2.5 end\n-7");
    assert_int_equal(msvcrt_sscanf("0x1f,abc", "%i,%7s", &a, word), 2);
    assert_int_equal(a, 31);
    assert_string_equal(word, "abc");
    assert_int_equal(msvcrt_fscanf(STREAM_IN, "%d %lf %7s", &a, &real, word), 3);
    assert_true(a == 12 && real == 2.5);
    assert_int_equal(msvcrt_fscanf(STREAM_IN, "%d", &b), 1);
    assert_int_equal(b, -7);
    assert_int_equal(msvcrt_fscanf(STREAM_IN, "%d", &b), CRT_EOF);
    assert_true(STREAM_IN->flags & STREAM_END);
    program_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffers),        cmocka_unit_test(exponents), cmocka_unit_test(cuts),
        cmocka_unit_test(rules),          cmocka_unit_test(streams),   cmocka_unit_test(long_text),
        cmocka_unit_test(failing_stream), cmocka_unit_test(scans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
