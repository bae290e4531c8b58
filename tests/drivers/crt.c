/* SPDX-License-Identifier: MIT */
/* crt.c - tests of the C run-time names that the kernel exports: memory, strings of both
 * widths, their bounded forms, numbers, characters, searching and sorting. */
#include "drivertest.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#define TEST static __attribute__((no_builtin)) void

/* Exported, but not declared in the kernel's headers. */
void *__cdecl _memccpy(void *to, const void *from, int c, size_t count);
char *__cdecl strlwr(char *text);
wchar_t *__cdecl wcslwr(wchar_t *text);
errno_t __cdecl _ltoa_s(long value, char *text, size_t room, int base);
errno_t __cdecl _ultoa_s(unsigned long value, char *text, size_t room, int base);
errno_t __cdecl _i64toa_s(__int64 value, char *text, size_t room, int base);
errno_t __cdecl _ui64toa_s(unsigned __int64 value, char *text, size_t room, int base);
errno_t __cdecl _itow_s(int value, wchar_t *text, size_t room, int base);
errno_t __cdecl _ltow_s(long value, wchar_t *text, size_t room, int base);
errno_t __cdecl _ultow_s(unsigned long value, wchar_t *text, size_t room, int base);
errno_t __cdecl _i64tow_s(__int64 value, wchar_t *text, size_t room, int base);
errno_t __cdecl _ui64tow_s(unsigned __int64 value, wchar_t *text, size_t room, int base);
char *__cdecl _itoa(int value, char *text, int base);
char *__cdecl _ultoa(unsigned long value, char *text, int base);
char *__cdecl _i64toa(__int64 value, char *text, int base);
wchar_t *__cdecl _itow(int value, wchar_t *text, int base);
wchar_t *__cdecl _ultow(unsigned long value, wchar_t *text, int base);
wchar_t *__cdecl _i64tow(__int64 value, wchar_t *text, int base);
unsigned __int64 __cdecl _strtoui64(const char *text, char **end, int base);
__int64 __cdecl _wcstoi64(const wchar_t *text, wchar_t **end, int base);
unsigned __int64 __cdecl _wcstoui64(const wchar_t *text, wchar_t **end, int base);
__int64 __cdecl _wtoi64(const wchar_t *text);
int __cdecl _snwscanf_s(const wchar_t *text, size_t count, const wchar_t *format, ...);
void *__cdecl bsearch_s(const void *key, const void *base, size_t count, size_t width,
                        int(__cdecl *compare)(void *, const void *, const void *), void *context);
void __cdecl qsort_s(void *base, size_t count, size_t width,
                     int(__cdecl *compare)(void *, const void *, const void *), void *context);

static BOOLEAN is_text(const char *a, const char *b)
{
    for (; *a && *a == *b; a++, b++)
        ;
    return *a == *b;
}

static BOOLEAN is_wide(const wchar_t *a, const wchar_t *b)
{
    for (; *a && *a == *b; a++, b++)
        ;
    return *a == *b;
}

/* ---- memory ---------------------------------------------------------------------------- */

TEST memory(void)
{
    char bytes[16] = "abcdefgh", other[16];

    memmove(bytes + 2, bytes, 6);
    expect(is_text(bytes, "ababcdef"));
    expect(memchr(bytes, 'c', 8) == bytes + 4 && memchr(bytes, 'z', 8) == NULL);
    expect(_memccpy(other, bytes, 'c', 16) == other + 5);
    expect(RtlEqualMemory(other, "ababc", 5));
    expect(_memccpy(other, bytes, 'z', 8) == NULL);
    expect_number(memcpy_s(other, sizeof other, bytes, 9), 0);
    expect(is_text(other, bytes));
    expect_number(memcpy_s(other, 4, bytes, 8), ERANGE);
    expect_number(other[0], 0); /* cleared, as documented */
    expect_number(memmove_s(bytes + 1, 15, bytes, 9), 0);
    expect(is_text(bytes, "aababcdef"));
    expect_number(memmove_s(bytes, 4, bytes, 8), ERANGE);
}

/* ---- narrow strings ------------------------------------------------------------------------ */

TEST narrow_strings(void)
{
    char text[32] = "Hello, World";

    expect(_stricmp("ABC", "abc") == 0 && _stricmp("abc", "ABD") < 0 && _stricmp("b", "A") > 0);
    expect(_strnicmp("ABCx", "abcy", 3) == 0 && _strnicmp("ABCx", "abcy", 4) < 0);
    expect(is_text(_strlwr(text), "hello, world"));
    expect(is_text(_strupr(text), "HELLO, WORLD"));
    expect(is_text(strlwr(text), "hello, world"));
    expect(is_text(_strrev(text), "dlrow ,olleh"));
    expect(strpbrk(text, ",w") == text + 4 && strpbrk(text, "xyz") == NULL);
    expect_number(strnlen(text, 5), 5);
    expect_number(strnlen(text, 100), 12);
    expect(is_text(_strset(text, 'x'), "xxxxxxxxxxxx"));
}

TEST narrow_strings_bounded(void)
{
    char text[8];

    expect_number(strcpy_s(text, sizeof text, "abc"), 0);
    expect_number(strcat_s(text, sizeof text, "def"), 0);
    expect(is_text(text, "abcdef"));
    expect_number(strcat_s(text, sizeof text, "gh"), ERANGE);
    expect_number(text[0], 0);
    expect_number(strcpy_s(text, 3, "abc"), ERANGE);
    expect_number(strncpy_s(text, sizeof text, "abcdef", 3), 0);
    expect(is_text(text, "abc"));
    expect_number(strncat_s(text, sizeof text, "defgh", 2), 0);
    expect(is_text(text, "abcde"));
    expect_number(strncpy_s(text, 4, "abcdef", _TRUNCATE), STRUNCATE);
    expect(is_text(text, "abc"));
    expect_number(_strupr_s(text, sizeof text), 0);
    expect(is_text(text, "ABC"));
    expect_number(_strlwr_s(text, sizeof text), 0);
    expect(is_text(text, "abc"));
    expect_number(_strset_s(text, sizeof text, '-'), 0);
    expect(is_text(text, "---"));
}

/* ---- wide strings -------------------------------------------------------------------------- */

TEST wide_strings(void)
{
    wchar_t text[32] = L"Hello";

    expect_number(wcslen(text), 5);
    expect_number(wcsnlen(text, 3), 3);
    expect(is_wide(wcscat(text, L", you"), L"Hello, you"));
    expect(is_wide(wcsncat(text, L"rself!!", 5), L"Hello, yourself"));
    expect(wcschr(text, L'l') == text + 2 && wcsrchr(text, L'l') == text + 13);
    expect(wcsstr(text, L"you") == text + 7 && wcsstr(text, L"me") == NULL);
    expect(wcspbrk(text, L" ,") == text + 5);
    expect_number(wcsspn(text, L"Hel"), 4);
    expect_number(wcscspn(text, L" ,"), 5);
    expect(wcsncmp(text, L"Help", 3) == 0 && wcsncmp(text, L"Help", 4) < 0);
    expect(_wcsicmp(text, L"HELLO, YOURSELF") == 0);
    expect(_wcsnicmp(text, L"HELP", 3) == 0 && _wcsnicmp(text, L"HELP", 4) < 0);
    expect(is_wide(_wcslwr(text), L"hello, yourself"));
    expect(is_wide(_wcsupr(text), L"HELLO, YOURSELF"));
    expect(is_wide(wcslwr(text), L"hello, yourself"));
    wcsncpy(text, L"ab", 5);
    expect(is_wide(text, L"ab") && text[4] == 0 && text[5] == L',');
    expect(is_wide(_wcsrev(text), L"ba"));
    expect(is_wide(_wcsnset(text, L'x', 1), L"xa"));
}

TEST wide_strings_bounded(void)
{
    wchar_t text[8], tokens[] = L"a,b;;c", *state = NULL;

    expect_number(wcscpy_s(text, 8, L"abc"), 0);
    expect_number(wcscat_s(text, 8, L"def"), 0);
    expect(is_wide(text, L"abcdef"));
    expect_number(wcscat_s(text, 8, L"gh"), ERANGE);
    expect_number(wcsncpy_s(text, 8, L"abcdef", 3), 0);
    expect_number(wcsncat_s(text, 8, L"defgh", 2), 0);
    expect(is_wide(text, L"abcde"));
    expect_number(wcsncpy_s(text, 4, L"abcdef", _TRUNCATE), STRUNCATE);
    expect_number(_wcslwr_s(text, 8), 0);
    expect_number(_wcsnset_s(text, 8, L'z', 2), 0);
    expect(is_wide(text, L"zzc"));
    expect_number(_wcsset_s(text, 8, L'y'), 0);
    expect(is_wide(text, L"yyy"));
    expect(is_wide(wcstok_s(tokens, L",;", &state), L"a"));
    expect(is_wide(wcstok_s(NULL, L",;", &state), L"b"));
    expect(is_wide(wcstok_s(NULL, L",;", &state), L"c"));
    expect(wcstok_s(NULL, L",;", &state) == NULL);
}

TEST widening(void)
{
    wchar_t wide[8];
    char narrow[8];

    expect_number(mbstowcs(wide, "abc", 8), 3);
    expect(is_wide(wide, L"abc"));
    expect_number(wcstombs(narrow, wide, 8), 3);
    expect(is_text(narrow, "abc"));
}

/* ---- numbers ------------------------------------------------------------------------------- */

TEST numbers_from_text(void)
{
    char *end;
    wchar_t *wide_end;

    expect_number(atoi(" -42x"), -42);
    expect_number(atol("2147483647"), 2147483647);
    expect_number(_atoi64("-9000000000"), -9000000000ll);
    expect_number(_wtoi(L"17"), 17);
    expect_number(_wtol(L"-17"), -17);
    expect_number(_wtoi64(L"9000000000"), 9000000000ll);
    expect_number(strtoul("0xffg", &end, 0), 255);
    expect_number(*end, 'g');
    expect_number(wcstoul(L"777", &wide_end, 8), 511);
    expect_number(wcstol(L"-80 ", &wide_end, 16), -128);
    expect_number(*wide_end, L' ');
    expect_number(_strtoi64("-123456789012", &end, 10), -123456789012ll);
    expect_number(_strtoui64("fffffffffff", &end, 16), 0xfffffffffffll);
    expect_number(_wcstoi64(L"-1z", &wide_end, 36), -71);
    expect_number(_wcstoui64(L"18446744073709551615", &wide_end, 10), -1);
}

TEST text_from_numbers(void)
{
    char text[40];
    wchar_t wide[40];

    expect(is_text(_itoa(-255, text, 10), "-255") && is_text(_itoa(255, text, 16), "ff"));
    expect(is_text(_ultoa(4000000000u, text, 10), "4000000000"));
    expect(is_text(_i64toa(-5000000000ll, text, 10), "-5000000000"));
    expect(is_wide(_itow(42, wide, 2), L"101010"));
    expect(is_wide(_ultow(4000000000u, wide, 16), L"ee6b2800"));
    expect(is_wide(_i64tow(-1, wide, 10), L"-1"));
    expect_number(_itoa_s(12345, text, 6, 10), 0);
    expect(is_text(text, "12345"));
    expect_number(_itoa_s(12345, text, 5, 10), ERANGE);
    expect_number(_ltoa_s(-1, text, sizeof text, 10), 0);
    expect_number(_ultoa_s(8, text, sizeof text, 8), 0);
    expect(is_text(text, "10"));
    expect_number(_i64toa_s(-7, text, sizeof text, 10), 0);
    expect(is_text(text, "-7"));
    expect_number(_ui64toa_s(~0ull, text, sizeof text, 10), 0);
    expect(is_text(text, "18446744073709551615"));
    expect_number(_itow_s(9, wide, 40, 10), 0);
    expect_number(_ltow_s(-9, wide, 40, 10), 0);
    expect(is_wide(wide, L"-9"));
    expect_number(_ultow_s(9, wide, 40, 2), 0);
    expect(is_wide(wide, L"1001"));
    expect_number(_i64tow_s(-90, wide, 40, 10), 0);
    expect(is_wide(wide, L"-90"));
    expect_number(_ui64tow_s(~0ull, wide, 40, 16), 0);
    expect(is_wide(wide, L"ffffffffffffffff"));
}

/* ---- printing and scanning ----------------------------------------------------------------- */

static int print(char *to, size_t room, const char *format, ...)
{
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = _vsnprintf_s(to, room, _TRUNCATE, format, arguments);
    va_end(arguments);
    return count;
}

static int print_old(char *to, size_t room, const char *format, ...)
{
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = room ? vsprintf_s(to, room, format, arguments) : vsprintf(to, format, arguments);
    va_end(arguments);
    return count;
}

static int print_wide(wchar_t *to, size_t room, const wchar_t *format, ...)
{
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = _vsnwprintf_s(to, room, _TRUNCATE, format, arguments);
    va_end(arguments);
    return count;
}

static int print_wide_old(wchar_t *to, size_t room, const wchar_t *format, ...)
{
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = room ? vswprintf_s(to, room, format, arguments) : _vswprintf(to, format, arguments);
    va_end(arguments);
    return count;
}

static int measure(const char *format, ...)
{
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = _vscprintf(format, arguments);
    va_end(arguments);
    return count;
}

static int measure_wide(const wchar_t *format, ...)
{
    va_list arguments;
    int count;

    va_start(arguments, format);
    count = _vscwprintf(format, arguments);
    va_end(arguments);
    return count;
}

TEST printing(void)
{
    char text[16];
    wchar_t wide[16];
    int value = 0;

    expect_number(print(text, sizeof text, "%d %s", 7, "ab"), 4);
    expect(is_text(text, "7 ab"));
    expect_number(print(text, 4, "%s", "abcdef"), -1);
    expect(is_text(text, "abc"));
    expect_number(print_old(text, sizeof text, "%x", 255), 2);
    expect_number(print_old(text, 0, "%04u", 12u), 4);
    expect(is_text(text, "0012"));
    expect_number(print_wide(wide, 16, L"%d %s", 7, L"ab"), 4);
    expect(is_wide(wide, L"7 ab"));
    expect_number(print_wide(wide, 4, L"%s", L"abcdef"), -1);
    expect_number(print_wide_old(wide, 16, L"%X", 48879), 4);
    expect_number(print_wide_old(wide, 0, L"%c!", L'x'), 2);
    expect(is_wide(wide, L"x!"));
    expect_number(_snwprintf_s(wide, 16, _TRUNCATE, L"%u", 99u), 2);
    expect(is_wide(wide, L"99"));
    expect_number(measure("%d-%s", 100, "abc"), 7);
    expect_number(measure_wide(L"%d-%s", 100, L"abc"), 7);
    expect_number(_snwscanf_s(L"1234", 2, L"%d", &value), 1);
    expect_number(value, 12);
}

/* ---- characters ------------------------------------------------------------------------ */

TEST characters(void)
{
    static const struct {
        const char *name;
        int(__cdecl *is)(int c);
        const char *yes, *no;
    } narrow[] = {
        {"isalpha", isalpha, "azAZ", "09 _"},   {"isdigit", isdigit, "09", "a :/"},
        {"isxdigit", isxdigit, "09afAF", "gG"}, {"isspace", isspace, " \t\n\r\v\f", "a_"},
        {"isupper", isupper, "AZ", "az0"},      {"islower", islower, "az", "AZ0"},
        {"ispunct", ispunct, "!~_", "a0 "},     {"isgraph", isgraph, "a0!", " \t"},
        {"iscntrl", iscntrl, "\x1f\x7f", "a "},
    };
    static const struct {
        const char *name;
        int(__cdecl *is)(wint_t c);
        const char *yes, *no;
    } wide[] = {
        {"iswalpha", iswalpha, "azAZ", "09 _"},  {"iswdigit", iswdigit, "09", "a :/"},
        {"iswxdigit", iswxdigit, "09afAF", "g"}, {"iswspace", iswspace, " \t\n", "a_"},
        {"iswalnum", iswalnum, "aZ09", " _!"},
    };
    ULONG i;
    const char *at;

    for (i = 0; i < RTL_NUMBER_OF(narrow); i++) {
        for (at = narrow[i].yes; *at; at++)
            if (!narrow[i].is(*at))
                drivertest_failed(__FILE__, __LINE__, narrow[i].name);
        for (at = narrow[i].no; *at; at++)
            if (narrow[i].is(*at))
                drivertest_failed(__FILE__, __LINE__, narrow[i].name);
    }
    for (i = 0; i < RTL_NUMBER_OF(wide); i++) {
        for (at = wide[i].yes; *at; at++)
            if (!wide[i].is((wint_t)*at))
                drivertest_failed(__FILE__, __LINE__, wide[i].name);
        for (at = wide[i].no; *at; at++)
            if (wide[i].is((wint_t)*at))
                drivertest_failed(__FILE__, __LINE__, wide[i].name);
    }
    expect_number(tolower('Q'), 'q');
    expect_number(toupper('q'), 'Q');
    expect_number(toupper('1'), '1');
    expect_number(towlower(L'Q'), L'q');
    expect_number(towupper(L'q'), L'Q');
}

/* ---- searching and sorting ------------------------------------------------------------- */

static int __cdecl compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int __cdecl compare_in(void *sign, const void *a, const void *b)
{
    return *(int *)sign * (*(const int *)a - *(const int *)b);
}

TEST search_and_sort(void)
{
    int numbers[] = {9, 7, 5, 3, 1}, key = 7, absent = 4, sign = 1;

    qsort_s(numbers, 5, sizeof(int), compare_in, &sign);
    expect(numbers[0] == 1 && numbers[2] == 5 && numbers[4] == 9);
    expect(bsearch(&key, numbers, 5, sizeof(int), compare) == &numbers[3]);
    expect(bsearch(&absent, numbers, 5, sizeof(int), compare) == NULL);
    expect(bsearch_s(&key, numbers, 5, sizeof(int), compare_in, &sign) == &numbers[3]);
    sign = -1;
    qsort_s(numbers, 5, sizeof(int), compare_in, &sign);
    expect(numbers[0] == 9 && numbers[4] == 1);
}

DRIVERTEST_LIST = {
    DRIVERTEST(memory),
    DRIVERTEST(narrow_strings),
    DRIVERTEST(narrow_strings_bounded),
    DRIVERTEST(wide_strings),
    DRIVERTEST(wide_strings_bounded),
    DRIVERTEST(widening),
    DRIVERTEST(numbers_from_text),
    DRIVERTEST(text_from_numbers),
    DRIVERTEST(printing),
    DRIVERTEST(characters),
    DRIVERTEST(search_and_sort),
    DRIVERTEST_END,
};
