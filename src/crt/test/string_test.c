/* SPDX-License-Identifier: MIT */
/* string_test.c - strings of both widths: comparison, search, tokens, and the checked copies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crt/string.h"

static void classes_are_those_of_the_c_locale(void **state)
{
    for (int c = -1; c < 300; c++) {
        bool digit = c >= '0' && c <= '9';
        bool upper = c >= 'A' && c <= 'Z';
        bool lower = c >= 'a' && c <= 'z';
        assert_int_equal(!!crt_is(c, CRT_DIGIT), digit);
        assert_int_equal(!!crt_is(c, CRT_UPPER), upper);
        assert_int_equal(!!crt_is(c, CRT_LOWER), lower);
        assert_int_equal(!!crt_is(c, CRT_ALPHA), upper || lower);
        assert_int_equal(!!crt_is(c, CRT_HEX),
                         digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
        assert_int_equal(!!crt_is(c, CRT_SPACE), c == ' ' || (c >= 9 && c <= 13));
        assert_int_equal(!!crt_is(c, CRT_CONTROL), (c >= 0 && c < 32) || c == 127);
        assert_int_equal(crt_tolower(c), upper ? c + 32 : c);
        assert_int_equal(crt_toupper(c), lower ? c - 32 : c);
    }
    assert_int_equal(crt_towupper(L'\u00e9'), L'\u00e9');
}

static void comparisons(void **state)
{
    assert_int_equal(crt_stricmp("Hello", "hELLO"), 0);
    assert_int_equal(crt_stricmp("abc", "abd"), -1);
    assert_int_equal(crt_stricmp("abcd", "abc"), 1);
    assert_int_equal(crt_stricmp("_", "A"), -1); /* folded to lower case: '_' < 'a' */
    assert_int_equal(crt_strnicmp("ABCx", "abcy", 3), 0);
    assert_int_equal(crt_strnicmp("a", "b", 0), 0);
    assert_int_equal(crt_wcscmp(L"a\xffff", L"a\x0001"), 1);
    assert_int_equal(crt_wcscmp(L"a", L"a"), 0);
    assert_int_equal(crt_wcsncmp(L"abX", L"abY", 2), 0);
    assert_int_equal(crt_wcsncmp(L"abX", L"abY", 3), -1);
    assert_int_equal(crt_wcsicmp(L"DEVICE", L"device"), 0);
    assert_int_equal(crt_wcsnicmp(L"DEVx", L"devY", 3), 0);
}

static void searches(void **state)
{
    const wchar_t *text = L"hello world";
    assert_ptr_equal(crt_wcschr(text, L'o'), text + 4);
    assert_ptr_equal(crt_wcsrchr(text, L'o'), text + 7);
    assert_ptr_equal(crt_wcschr(text, 0), text + 11);
    assert_ptr_equal(crt_wcsrchr(text, 0), text + 11);
    assert_null(crt_wcschr(text, L'z'));
    assert_ptr_equal(crt_wcsstr(text, L"wor"), text + 6);
    assert_ptr_equal(crt_wcsstr(text, L""), text);
    assert_null(crt_wcsstr(text, L"worlds"));
    assert_ptr_equal(crt_wcspbrk(text, L"wxyz"), text + 6);
    assert_null(crt_wcspbrk(text, L"xyz"));
    assert_int_equal(crt_wcsspn(text, L"hel"), 4);
    assert_int_equal(crt_wcscspn(text, L" "), 5);
    assert_int_equal(crt_wcsnlen(text, 5), 5);
    assert_int_equal(crt_wcsnlen(text, 50), 11);
}

static void copies(void **state)
{
    wchar_t out[8];
    crt_wmemset(out, L'#', 8);
    crt_wcsncpy(out, L"ab", 4);
    assert_memory_equal(out, L"ab\0\0####", 16);
    crt_wcsncpy(out, L"abcdef", 3);
    assert_memory_equal(out, L"abc\0####", 16);
    crt_wcscpy(out, L"ab");
    crt_wcscat(out, L"cd");
    crt_wcsncat(out, L"efgh", 2);
    assert_memory_equal(out, L"abcdef", 14);
    assert_memory_equal(crt_wcsupr(out), L"ABCDEF", 14);
    assert_memory_equal(crt_wcslwr(out), L"abcdef", 14);
    assert_memory_equal(crt_wcsrev(out), L"fedcba", 14);
    char narrow[] = "aBc";
    assert_string_equal(crt_strupr(narrow), "ABC");
    assert_string_equal(crt_strlwr(narrow), "abc");
    assert_string_equal(crt_strrev(narrow), "cba");
}

static void tokens(void **state)
{
    char text[] = ",,one, two,,three", *context = NULL;
    assert_string_equal(crt_strtok(text, ", ", &context), "one");
    assert_string_equal(crt_strtok(NULL, ", ", &context), "two");
    assert_string_equal(crt_strtok(NULL, ", ", &context), "three");
    assert_null(crt_strtok(NULL, ", ", &context));
    assert_null(crt_strtok(NULL, ", ", &context));
    wchar_t wide[] = L"a;b", *wide_context = NULL;
    assert_memory_equal(crt_wcstok(wide, L";", &wide_context), L"a", 4);
    assert_memory_equal(crt_wcstok(NULL, L";", &wide_context), L"b", 4);
    assert_null(crt_wcstok(NULL, L";", &wide_context));
}

static void checked_copies(void **state)
{
    char out[8];
    assert_int_equal(crt_strcpy_s(out, 8, "1234567"), 0);
    assert_string_equal(out, "1234567");
    assert_int_equal(crt_strcpy_s(out, 8, "12345678"), CRT_ERANGE);
    assert_string_equal(out, "");
    assert_int_equal(crt_strcpy_s(out, 0, "1"), CRT_EINVAL);
    assert_int_equal(crt_strcpy_s(NULL, 8, "1"), CRT_EINVAL);
    strcpy(out, "x");
    assert_int_equal(crt_strcpy_s(out, 8, NULL), CRT_EINVAL);
    assert_string_equal(out, "");
    assert_int_equal(crt_strncpy_s(out, 8, "123456789", 3), 0);
    assert_string_equal(out, "123");
    assert_int_equal(crt_strncpy_s(out, 4, "1234", 4), CRT_ERANGE);
    assert_int_equal(crt_strncpy_s(out, 4, "12345", CRT_TRUNCATE), CRT_STRUNCATE);
    assert_string_equal(out, "123");
    assert_int_equal(crt_strncpy_s(out, 4, "12", CRT_TRUNCATE), 0);
    assert_string_equal(out, "12");
    assert_int_equal(crt_strcat_s(out, 4, "3"), 0);
    assert_string_equal(out, "123");
    assert_int_equal(crt_strcat_s(out, 4, "4"), CRT_ERANGE);
    assert_string_equal(out, "");
    strcpy(out, "ab");
    assert_int_equal(crt_strncat_s(out, 5, "cdef", 2), 0);
    assert_string_equal(out, "abcd");
    assert_int_equal(crt_strncat_s(out, 5, "e", CRT_TRUNCATE), CRT_STRUNCATE);
    assert_string_equal(out, "abcd");
    memset(out, 'x', 8);
    assert_int_equal(crt_strcat_s(out, 8, "y"), CRT_EINVAL); /* not terminated */
    assert_int_equal(out[0], 0);

    wchar_t wide[4];
    assert_int_equal(crt_wcscpy_s(wide, 4, L"abc"), 0);
    assert_int_equal(crt_wcscat_s(wide, 4, L"d"), CRT_ERANGE);
    assert_int_equal(wide[0], 0);
    assert_int_equal(crt_wcsncpy_s(wide, 4, L"abcdef", CRT_TRUNCATE), CRT_STRUNCATE);
    assert_memory_equal(wide, L"abc", 8);
    assert_int_equal(crt_wcsncat_s(wide, 4, L"d", CRT_TRUNCATE), CRT_STRUNCATE);
    assert_int_equal(crt_wcsncpy_s(wide, 4, L"abcdef", 2), 0);
    assert_int_equal(crt_wcsncat_s(wide, 4, L"xyz", 1), 0);
    assert_memory_equal(wide, L"abx", 8);

    char bytes[4] = "abc";
    assert_int_equal(crt_memcpy_s(bytes, 4, "xyz", 4), 0);
    assert_int_equal(crt_memcpy_s(bytes, 4, "12345", 5), CRT_ERANGE);
    assert_memory_equal(bytes, "\0\0\0\0", 4);
    assert_int_equal(crt_memcpy_s(NULL, 4, "1", 1), CRT_EINVAL);
    assert_int_equal(crt_memcpy_s(NULL, 0, NULL, 0), 0);
    memcpy(bytes, "abcd", 4);
    assert_int_equal(crt_memmove_s(bytes + 1, 3, bytes, 3), 0);
    assert_memory_equal(bytes, "aabc", 4);
    assert_int_equal(crt_memmove_s(bytes, 2, "xyz", 3), CRT_ERANGE);
    assert_memory_equal(bytes, "aabc", 4);
}

static void checked_copies_stay_inside_exact_buffers(void **state)
{
    for (size_t size = 1; size < 6; size++) {
        for (size_t length = 0; length < 8; length++) {
            char *to = malloc(size), *from = malloc(length + 1);
            memset(from, 'a', length);
            from[length] = 0;
            assert_int_equal(crt_strcpy_s(to, size, from), length < size ? 0 : CRT_ERANGE);
            assert_int_equal(crt_strncpy_s(to, size, from, CRT_TRUNCATE),
                             length < size ? 0 : CRT_STRUNCATE);
            assert_int_equal(strlen(to), length < size ? length : size - 1);
            free(to);
            free(from);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_those_of_the_c_locale),
        cmocka_unit_test(comparisons),
        cmocka_unit_test(searches),
        cmocka_unit_test(copies),
        cmocka_unit_test(tokens),
        cmocka_unit_test(checked_copies),
        cmocka_unit_test(checked_copies_stay_inside_exact_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
