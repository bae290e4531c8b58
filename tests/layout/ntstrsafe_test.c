/* SPDX-License-Identifier: MIT */
/* ntstrsafe_test.c - the inline string functions, as a driver gets them.
 *
 * The formatter they import is played by two functions that copy the format.
 */
#include <ntdef.h>
#include <ntstrsafe.h>
#include <ntintsafe.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

int NTAPI_CDECL _vsnprintf(char *to, size_t count, const char *format, NT_VA_LIST arguments)
{
    size_t i;

    (void)arguments;
    for (i = 0; format[i] && i < count; i++)
        to[i] = format[i];
    if (format[i])
        return -1;
    if (i < count)
        to[i] = 0;
    return (int)i;
}

int NTAPI_CDECL _vsnwprintf(wchar_t *to, size_t count, const wchar_t *format, NT_VA_LIST arguments)
{
    size_t i;

    (void)arguments;
    for (i = 0; format[i] && i < count; i++)
        to[i] = format[i];
    if (format[i])
        return -1;
    if (i < count)
        to[i] = 0;
    return (int)i;
}

static void copy_cuts_and_terminates(void **state)
{
    char text[4] = "xyz";

    (void)state;
    assert_int_equal(RtlStringCchCopyA(text, 4, "abc"), STATUS_SUCCESS);
    assert_string_equal(text, "abc");
    assert_int_equal(RtlStringCchCopyA(text, 4, "abcd"), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(text, "abc");
    assert_int_equal(RtlStringCchCopyA(text, 0, "a"), STATUS_INVALID_PARAMETER);
    assert_string_equal(text, "abc");
    assert_int_equal(RtlStringCchCopyNA(text, 4, "abcdef", 2), STATUS_SUCCESS);
    assert_string_equal(text, "ab");
}

static void cat_finds_the_end(void **state)
{
    char text[6] = "ab";

    (void)state;
    assert_int_equal(RtlStringCbCatA(text, sizeof(text), "cd"), STATUS_SUCCESS);
    assert_string_equal(text, "abcd");
    assert_int_equal(RtlStringCbCatA(text, sizeof(text), "efg"), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(text, "abcde");
    text[5] = 'x';
    assert_int_equal(RtlStringCbCatA(text, sizeof(text), "f"), STATUS_INVALID_PARAMETER);
}

static void length_wants_a_terminator(void **state)
{
    size_t length = 99;

    (void)state;
    assert_int_equal(RtlStringCbLengthW(L"abc", 8, &length), STATUS_SUCCESS);
    assert_int_equal(length, 6);
    assert_int_equal(RtlStringCbLengthW(L"abc", 6, &length), STATUS_INVALID_PARAMETER);
    assert_int_equal(length, 0);
}

static void flags_say_what_a_failure_leaves(void **state)
{
    char text[4], *end;
    size_t left;

    (void)state;
    assert_int_equal(RtlStringCchCopyExA(text, 4, "a", &end, &left, STRSAFE_FILL_BYTE('z')),
                     STATUS_SUCCESS);
    assert_ptr_equal(end, text + 1);
    assert_int_equal(left, 3);
    assert_int_equal(text[2], 'z');
    assert_int_equal(RtlStringCchCopyExA(text, 4, "abcd", &end, &left, STRSAFE_NO_TRUNCATION),
                     STATUS_BUFFER_OVERFLOW);
    assert_string_equal(text, "");
    assert_int_equal(RtlStringCchCopyExA(text, 4, "abcd", NULL, NULL, STRSAFE_FAILURE_BYTE('q')),
                     STATUS_BUFFER_OVERFLOW);
    assert_string_equal(text, "qqq");
    assert_int_equal(RtlStringCchCopyExA(NULL, 0, NULL, NULL, NULL, STRSAFE_IGNORE_NULLS),
                     STATUS_SUCCESS);
    assert_int_equal(RtlStringCchCopyExA(text, 4, "a", NULL, NULL, 0x80000000),
                     STATUS_INVALID_PARAMETER);
}

static void printf_reports_a_cut(void **state)
{
    WCHAR text[4];

    (void)state;
    assert_int_equal(RtlStringCbPrintfW(text, sizeof(text), L"abc"), STATUS_SUCCESS);
    assert_int_equal(text[2], 'c');
    assert_int_equal(text[3], 0);
    assert_int_equal(RtlStringCbPrintfW(text, sizeof(text), L"abcdef"), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(text[3], 0);
}

static void unicode_strings_are_counted(void **state)
{
    WCHAR room[4] = {0};
    UNICODE_STRING to = {0, sizeof(room), room}, odd = {1, 2, room}, rest;

    (void)state;
    assert_int_equal(RtlUnicodeStringCopyString(&to, L"abcd"), STATUS_SUCCESS);
    assert_int_equal(to.Length, 8);
    assert_int_equal(RtlUnicodeStringCatString(&to, L"e"), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(to.Length, 8);
    assert_int_equal(RtlUnicodeStringCbCopyStringNEx(&to, L"abcd", 4, &rest, 0), STATUS_SUCCESS);
    assert_int_equal(to.Length, 4);
    assert_ptr_equal(rest.Buffer, room + 2);
    assert_int_equal(rest.MaximumLength, 4);
    assert_int_equal(RtlUnicodeStringPrintf(&to, L"xyz"), STATUS_SUCCESS);
    assert_int_equal(to.Length, 6);
    assert_int_equal(RtlUnicodeStringValidate(&odd), STATUS_INVALID_PARAMETER);
}

static void integers_say_what_does_not_fit(void **state)
{
    USHORT small = 1;
    LONG sum = 0;
    SIZE_T size = 0;

    (void)state;
    assert_int_equal(RtlULongToUShort(0xffff, &small), STATUS_SUCCESS);
    assert_int_equal(small, 0xffff);
    assert_int_equal(RtlULongToUShort(0x10000, &small), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(small, 0xffff);
    assert_int_equal(RtlLongAdd(0x7fffffff, 1, &sum), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(sum, -1);
    assert_int_equal(RtlLongSub(-5, -7, &sum), STATUS_SUCCESS);
    assert_int_equal(sum, 2);
    assert_int_equal(RtlSizeTMult(1ull << 40, 1ull << 30, &size), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlLongToULong(-1, (ULONG *)&sum), STATUS_INTEGER_OVERFLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copy_cuts_and_terminates),
        cmocka_unit_test(cat_finds_the_end),
        cmocka_unit_test(length_wants_a_terminator),
        cmocka_unit_test(flags_say_what_a_failure_leaves),
        cmocka_unit_test(printf_reports_a_cut),
        cmocka_unit_test(unicode_strings_are_counted),
        cmocka_unit_test(integers_say_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
