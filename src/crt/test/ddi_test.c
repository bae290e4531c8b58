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

extern int MS ddi__splitpath_s(const char *path, char *drive, size_t drive_size, char *directory,
                               size_t directory_size, char *name, size_t name_size, char *extension,
                               size_t extension_size);
extern int MS ddi__wsplitpath_s(const wchar_t *path, wchar_t *drive, size_t drive_size,
                                wchar_t *directory, size_t directory_size, wchar_t *name,
                                size_t name_size, wchar_t *extension, size_t extension_size);
extern int MS ddi__makepath_s(char *path, size_t size, const char *drive, const char *directory,
                              const char *name, const char *extension);
extern int MS ddi__wmakepath_s(wchar_t *path, size_t size, const wchar_t *drive,
                               const wchar_t *directory, const wchar_t *name,
                               const wchar_t *extension);
extern int MS ddi__strnset_s(char *text, size_t size, int c, size_t count);
extern int MS ddi__wcsupr_s(wchar_t *text, size_t size);
extern int MS ddi__memicmp(const void *a, const void *b, size_t count);
extern int MS ddi_iswctype(wchar_t c, unsigned short classes);

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

static void paths_come_apart_and_together(void **state)
{
    static const struct {
        const char *path, *drive, *directory, *name, *extension;
    } cases[] = {
        {"C:\\Windows\\x.y\\a.tar.gz", "C:", "\\Windows\\x.y\\", "a.tar", ".gz"},
        {"name", "", "", "name", ""},
        {"d:.txt", "d:", "", "", ".txt"},
        {"/a.b/c", "", "/a.b/", "c", ""},
        {"", "", "", "", ""},
    };
    char drive[3], directory[20], name[8], extension[8], whole[40];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(
            ddi__splitpath_s(cases[i].path, drive, 3, directory, 20, name, 8, extension, 8), 0);
        assert_string_equal(drive, cases[i].drive);
        assert_string_equal(directory, cases[i].directory);
        assert_string_equal(name, cases[i].name);
        assert_string_equal(extension, cases[i].extension);
        assert_int_equal(ddi__makepath_s(whole, 40, drive, directory, name, extension), 0);
        assert_string_equal(whole, cases[i].path);
    }
    /* One part too small empties all; parts may be left out in pairs only. */
    strcpy(drive, "x");
    assert_int_equal(ddi__splitpath_s("C:\\a\\toolong.x", drive, 3, NULL, 0, name, 7, NULL, 0), 34);
    assert_string_equal(drive, "");
    assert_string_equal(name, "");
    assert_int_equal(ddi__splitpath_s("C:\\a\\fits.x", NULL, 0, NULL, 0, name, 5, NULL, 0), 0);
    assert_string_equal(name, "fits");
    assert_int_equal(ddi__splitpath_s("a", NULL, 1, NULL, 0, name, 5, NULL, 0), 22);
    assert_int_equal(ddi__splitpath_s(NULL, drive, 3, NULL, 0, NULL, 0, NULL, 0), 22);
    assert_int_equal(ddi__makepath_s(whole, 40, "c", "dir", "file", "ext"), 0);
    assert_string_equal(whole, "c:dir\\file.ext");
    assert_int_equal(ddi__makepath_s(whole, 8, "c", "dir", "file", "ext"), 34);
    assert_string_equal(whole, "");
    wchar_t wide[16], part[8];
    assert_int_equal(ddi__wsplitpath_s(L"C:\\d\\f.e", NULL, 0, part, 8, wide, 16, NULL, 0), 0);
    assert_memory_equal(part, L"\\d\\", 8);
    assert_memory_equal(wide, L"f", 4);
    assert_int_equal(ddi__wmakepath_s(wide, 16, L"C:", L"\\d", L"f", L".e"), 0);
    assert_memory_equal(wide, L"C:\\d\\f.e", 18);
}

static void bounded_changes_check_their_string(void **state)
{
    char text[] = "abcdef";
    wchar_t wide[] = L"abc";
    assert_int_equal(ddi__strnset_s(text, 7, '-', 2), 0);
    assert_string_equal(text, "--cdef");
    assert_int_equal(ddi__strnset_s(text, 7, '-', 100), 0);
    assert_string_equal(text, "------");
    assert_int_equal(ddi__strnset_s(text, 6, '-', 2), 22);
    assert_string_equal(text, "");
    assert_int_equal(ddi__wcsupr_s(wide, 4), 0);
    assert_memory_equal(wide, L"ABC", 8);
    assert_int_equal(ddi__wcsupr_s(NULL, 4), 22);
    assert_int_equal(ddi__memicmp("aBC", "AbD", 3), -1);
    assert_int_equal(ddi__memicmp("aBC", "AbD", 2), 0);
    assert_true(ddi_iswctype(L'f', 0x80) && !ddi_iswctype(L'g', 0x80));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variable_arguments_arrive),
        cmocka_unit_test(scanning_takes_capacities),
        cmocka_unit_test(strings_and_memory),
        cmocka_unit_test(callbacks_are_entered),
        cmocka_unit_test(paths_come_apart_and_together),
        cmocka_unit_test(bounded_changes_check_their_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
