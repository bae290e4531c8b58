/* SPDX-License-Identifier: MIT */
/* string_test.c - counted strings: ends of buffers, case, conversion, numbers, GUIDs. */
#include "rtl_test.h"

#include "../rtl_ddi.h"

static void init_and_limits(void **state)
{
    static WCHAR longest[0x8001];
    UNICODE_STRING string = unicode(NULL);
    STRING narrow;

    assert_int_equal(string.Length, 0);
    assert_int_equal(string.MaximumLength, 0);
    string = unicode(L"abc");
    assert_int_equal(string.Length, 6);
    assert_int_equal(string.MaximumLength, 8);
    for (unsigned i = 0; i < 0x8000; i++)
        longest[i] = 'x';
    string = unicode(longest);
    assert_int_equal(string.Length, 0xfffc);
    assert_int_equal(string.MaximumLength, 0xfffe);
    assert_int_equal(RtlInitUnicodeStringEx(&string, longest), STATUS_NAME_TOO_LONG);
    RtlInitAnsiString(&narrow, "xyz");
    assert_int_equal(narrow.Length, 3);
    assert_int_equal(narrow.MaximumLength, 4);
}

static void copy_and_append(void **state)
{
    WCHAR buffer[8];
    UNICODE_STRING to = {0, 10, buffer}, from = unicode(L"abcdefgh");

    memset(buffer, 0xee, sizeof(buffer));
    RtlCopyUnicodeString(&to, &from);
    assert_int_equal(to.Length, 10); /* cut, and no room to terminate */
    assert_int_equal(buffer[4], 'e');
    assert_int_equal(buffer[5], 0xeeee);
    from = unicode(L"ab");
    RtlCopyUnicodeString(&to, &from);
    assert_int_equal(to.Length, 4);
    assert_int_equal(buffer[2], 0);
    RtlCopyUnicodeString(&to, NULL);
    assert_int_equal(to.Length, 0);

    assert_int_equal(RtlAppendUnicodeToString(&to, L"ab"), STATUS_SUCCESS);
    from = unicode(L"cde");
    assert_int_equal(RtlAppendUnicodeStringToString(&to, &from), STATUS_SUCCESS);
    assert_true(unicode_is(&to, L"abcde"));
    assert_int_equal(RtlAppendUnicodeToString(&to, L"f"), STATUS_BUFFER_TOO_SMALL);
    assert_true(unicode_is(&to, L"abcde"));
    assert_int_equal(RtlAppendUnicodeToString(&to, NULL), STATUS_SUCCESS);
    to = (UNICODE_STRING){0, 0, NULL}; /* nothing to nothing */
    from = to;
    RtlCopyUnicodeString(&to, &from);
    assert_int_equal(RtlAppendUnicodeStringToString(&to, &from), STATUS_SUCCESS);
    assert_int_equal(RtlAppendUnicodeToString(&to, L""), STATUS_SUCCESS);
    assert_true(RtlEqualUnicodeString(&to, &from, TRUE));
    assert_int_equal(RtlValidateUnicodeString(0, &to), STATUS_SUCCESS);
    to.MaximumLength = 2;
    assert_int_equal(RtlValidateUnicodeString(0, &to), STATUS_INVALID_PARAMETER);
    to = unicode(L"x");
    assert_int_equal(RtlValidateUnicodeString(0, &to), STATUS_SUCCESS);
    to.Length = 1;
    assert_int_equal(RtlValidateUnicodeString(0, &to), STATUS_INVALID_PARAMETER);
}

static void comparing(void **state)
{
    UNICODE_STRING a = unicode(L"Gr\u00fc\u00dfe"), b = unicode(L"GR\u00dc\u00dfE");
    UNICODE_STRING prefix = unicode(L"\\Device\\"), whole = unicode(L"\\device\\Memory");

    assert_true(RtlCompareUnicodeString(&a, &b, FALSE) > 0);
    assert_int_equal(RtlCompareUnicodeString(&a, &b, TRUE), 0);
    assert_false(RtlEqualUnicodeString(&a, &b, FALSE));
    assert_true(RtlEqualUnicodeString(&a, &b, TRUE));
    assert_false(RtlPrefixUnicodeString(&prefix, &whole, FALSE));
    assert_true(RtlPrefixUnicodeString(&prefix, &whole, TRUE));
    assert_false(RtlPrefixUnicodeString(&whole, &prefix, TRUE));
    a = unicode(L"abc");
    b = unicode(L"abcd");
    assert_true(RtlCompareUnicodeString(&a, &b, FALSE) < 0);
    assert_true(RtlCompareUnicodeString(&b, &a, FALSE) > 0);
}

static void letter_case(void **state)
{
    static const WCHAR pairs[][2] = {
        {'a', 'A'},       {0xe4, 0xc4},     {0xff, 0x178},    {0x101, 0x100},
        {0x3b1, 0x391},   {0x451, 0x401},   {0x1c6, 0x1c4},   {0x1f80, 0x1f88},
        {0x2170, 0x2160}, {0xff41, 0xff21}, {0x10d0, 0x1c90},
    };

    for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        assert_int_equal(RtlUpcaseUnicodeChar(pairs[i][0]), pairs[i][1]);
        assert_int_equal(RtlDowncaseUnicodeChar(pairs[i][1]), pairs[i][0]);
    }
    /* No way into ASCII, nothing from surrogates, sharp s alone. */
    assert_int_equal(RtlUpcaseUnicodeChar(0x131), 0x131);
    assert_int_equal(RtlUpcaseUnicodeChar(0x17f), 0x17f);
    assert_int_equal(RtlDowncaseUnicodeChar(0x212a), 0x212a);
    assert_int_equal(RtlUpcaseUnicodeChar(0xdf), 0xdf);
    for (unsigned c = 0x80; c < 0x10000; c++) {
        assert_true(RtlUpcaseUnicodeChar((WCHAR)c) >= 0x80);
        assert_int_equal(RtlUpcaseUnicodeChar(RtlUpcaseUnicodeChar((WCHAR)c)),
                         RtlUpcaseUnicodeChar((WCHAR)c));
        if (c >= 0xd800 && c < 0xe000)
            assert_int_equal(RtlDowncaseUnicodeChar((WCHAR)c), c);
    }
}

static void case_of_strings(void **state)
{
    UNICODE_STRING from = unicode(L"\u00e4bc"), to, small = {0, 4, (WCHAR[2]){0}};

    assert_int_equal(RtlUpcaseUnicodeString(&to, &from, TRUE), STATUS_SUCCESS);
    assert_true(unicode_is(&to, L"\u00c4BC"));
    assert_int_equal(RtlDowncaseUnicodeString(&to, &to, FALSE), STATUS_SUCCESS);
    assert_true(unicode_is(&to, L"\u00e4bc"));
    RtlFreeUnicodeString(&to);
    assert_null(to.Buffer);
    assert_int_equal(RtlUpcaseUnicodeString(&small, &from, FALSE), STATUS_BUFFER_OVERFLOW);
    test_failures = 1;
    assert_int_equal(RtlUpcaseUnicodeString(&to, &from, TRUE), STATUS_NO_MEMORY);
}

static void duplicates(void **state)
{
    UNICODE_STRING from = unicode(L"abc"), empty = unicode(L""), to;

    from.Length = 4;
    assert_int_equal(RtlDuplicateUnicodeString(1, &from, &to), STATUS_SUCCESS);
    assert_true(unicode_is(&to, L"ab"));
    assert_int_equal(to.MaximumLength, 6);
    assert_int_equal(to.Buffer[2], 0);
    RtlFreeUnicodeString(&to);
    assert_int_equal(RtlDuplicateUnicodeString(1, &empty, &to), STATUS_SUCCESS);
    assert_null(to.Buffer);
    assert_int_equal(RtlDuplicateUnicodeString(3, &empty, &to), STATUS_SUCCESS);
    assert_int_equal(to.Buffer[0], 0);
    RtlFreeUnicodeString(&to);
    assert_int_equal(RtlDuplicateUnicodeString(2, &from, &to), STATUS_INVALID_PARAMETER);
}

static void narrow_and_wide(void **state)
{
    ANSI_STRING narrow, back;
    UNICODE_STRING wide, fixed = {0, 8, (WCHAR[4]){0}};
    char buffer[4];
    ANSI_STRING small = {0, sizeof(buffer), buffer};

    RtlInitAnsiString(&narrow, "a\xc3\xa4z");
    assert_int_equal(RtlAnsiStringToUnicodeSize(&narrow), 8);
    assert_int_equal(RtlAnsiStringToUnicodeString(&wide, &narrow, TRUE), STATUS_SUCCESS);
    assert_true(unicode_is(&wide, L"a\u00e4z"));
    assert_int_equal(wide.Buffer[3], 0);
    assert_int_equal(RtlAnsiStringToUnicodeString(&fixed, &narrow, FALSE), STATUS_SUCCESS);
    fixed.MaximumLength = 6;
    assert_int_equal(RtlAnsiStringToUnicodeString(&fixed, &narrow, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(RtlUnicodeStringToAnsiString(&back, &wide, TRUE), STATUS_SUCCESS);
    assert_string_equal(back.Buffer, "a\xc3\xa4z");
    RtlFreeAnsiString(&back);
    assert_int_equal(RtlUnicodeStringToAnsiString(&small, &wide, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(small.Buffer, "a\xc3\xa4");
    RtlFreeUnicodeString(&wide);
}

static void utf8(void **state)
{
    WCHAR wide[8];
    ULONG bytes;
    UNICODE_STRING lone = {2, 2, (WCHAR[1]){0xd800}}, back;
    char *text;

    assert_int_equal(RtlUTF8ToUnicodeN(NULL, 0, &bytes, "\xf0\x9f\x98\x80", 4), STATUS_SUCCESS);
    assert_int_equal(bytes, 4);
    assert_int_equal(RtlUTF8ToUnicodeN(wide, 2, &bytes, "ab", 2), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(bytes, 2);
    assert_int_equal(RtlUTF8ToUnicodeN(wide, sizeof(wide), &bytes, "a\xff", 2),
                     STATUS_SOME_NOT_MAPPED);
    assert_int_equal(wide[1], 0xfffd);
    assert_int_equal(RtlUTF8ToUnicodeN(wide, 2, NULL, NULL, 2), STATUS_INVALID_PARAMETER_4);
    assert_int_equal(RtlUTF8ToUnicodeN(NULL, 0, NULL, "a", 1), STATUS_INVALID_PARAMETER);
    /* Our own way keeps what Windows allows in names. */
    text = rtl_utf8_of(&lone);
    assert_int_equal(rtl_unicode_of(text, &back), STATUS_SUCCESS);
    assert_int_equal(back.Length, 2);
    assert_int_equal(back.Buffer[0], 0xd800);
    rtl_free(text);
    RtlFreeUnicodeString(&back);
}

static void numbers(void **state)
{
    static const struct {
        const WCHAR *text;
        ULONG base, value;
        NTSTATUS status;
    } cases[] = {
        {L"42", 0, 42, 0},
        {L"  -5", 10, (ULONG)-5, 0},
        {L"0x1F", 0, 0x1f, 0},
        {L"1f", 16, 0x1f, 0},
        {L"0b101", 0, 5, 0},
        {L"0o17", 0, 15, 0},
        {L"12z", 10, 12, 0},
        {L"", 10, 0, 0},
        {L"z", 0, 0, 0},
        {L"4294967297", 10, 1, 0},
        {L"1", 7, 99, STATUS_INVALID_PARAMETER},
    };
    WCHAR buffer[12];
    UNICODE_STRING out = {0, sizeof(buffer), buffer};

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        UNICODE_STRING text = unicode(cases[i].text);
        ULONG value = 99;
        assert_int_equal(RtlUnicodeStringToInteger(&text, cases[i].base, &value), cases[i].status);
        assert_int_equal(value, cases[i].value);
    }
    assert_int_equal(RtlIntegerToUnicodeString(0xBEEF, 16, &out), STATUS_SUCCESS);
    assert_true(unicode_is(&out, L"BEEF"));
    assert_int_equal(RtlIntegerToUnicodeString(0, 0, &out), STATUS_SUCCESS);
    assert_true(unicode_is(&out, L"0"));
    assert_int_equal(RtlIntegerToUnicodeString(1, 3, &out), STATUS_INVALID_PARAMETER);
    out.MaximumLength = 4;
    assert_int_equal(RtlIntegerToUnicodeString(100, 10, &out), STATUS_BUFFER_OVERFLOW);
}

static void guids(void **state)
{
    UNICODE_STRING text = unicode(L"{53f56307-B6BF-11d0-94f2-00a0c91efb8b}"), bad;
    static const GUID expected = {
        0x53f56307, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}};
    GUID guid;

    assert_int_equal(RtlGUIDFromString(&text, &guid), STATUS_SUCCESS);
    assert_memory_equal(&guid, &expected, sizeof(guid));
    assert_int_equal(RtlStringFromGUID(&guid, &text), STATUS_SUCCESS);
    assert_true(unicode_is(&text, L"{53f56307-b6bf-11d0-94f2-00a0c91efb8b}"));
    RtlFreeUnicodeString(&text);
    bad = unicode(L"{53f56307-b6bf-11d0-94f2_00a0c91efb8b}");
    assert_int_equal(RtlGUIDFromString(&bad, &guid), STATUS_INVALID_PARAMETER);
    bad = unicode(L"{53f56307-b6bf-11d0-94f2-00a0c91efb8}");
    assert_int_equal(RtlGUIDFromString(&bad, &guid), STATUS_INVALID_PARAMETER);
}

static void hashes(void **state)
{
    UNICODE_STRING a = unicode(L"abc"), b = unicode(L"ABC");
    ULONG x, y;

    assert_int_equal(RtlHashUnicodeString(&a, TRUE, HASH_STRING_ALGORITHM_DEFAULT, &x), 0);
    assert_int_equal(RtlHashUnicodeString(&b, FALSE, HASH_STRING_ALGORITHM_X65599, &y), 0);
    assert_int_equal(x, y);
    assert_int_equal(y, (('A' * 65599u) + 'B') * 65599u + 'C');
    assert_int_equal(RtlHashUnicodeString(&a, TRUE, 7, &x), STATUS_INVALID_PARAMETER);
}

static char printed[2000];
static unsigned prints;
static void print(ULONG component, ULONG level, const char *text, size_t length)
{
    memcpy(printed, text, length);
    printed[length] = '\0';
    prints++;
}

static void debug_prints(void **state)
{
    UNICODE_STRING name = unicode(L"\\Device\\x");

    rtl_debug_print_set(print);
    prints = 0;
    DbgPrint("%wZ %s %d %I64x\n", &name, "s", -3, 0x123456789ull);
    assert_string_equal(printed, "\\Device\\x s -3 123456789\n");
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, 3, "level %u", 3);
    assert_string_equal(printed, "level 3");
    assert_int_equal(prints, 2);
    assert_int_equal(DbgQueryDebugFilterState(DPFLTR_IHVDRIVER_ID, 3), TRUE);
    assert_int_equal(DbgSetDebugFilterState(DPFLTR_IHVDRIVER_ID, 3, FALSE), STATUS_SUCCESS);
    assert_int_equal(DbgQueryDebugFilterState(DPFLTR_IHVDRIVER_ID, 3), FALSE);
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, 3, "silent");
    assert_int_equal(prints, 2);
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, 2, "another level");
    assert_int_equal(prints, 3);
    DbgPrint("%0600d", 7); /* one call sends no more than 512 bytes */
    assert_int_equal(strlen(printed), 512);
    rtl_debug_printf("%s %s\n", "native", rtl_status_text(STATUS_ACCESS_DENIED));
    assert_string_equal(printed, "native STATUS_ACCESS_DENIED (0xc0000022)\n");
    rtl_debug_print_set(NULL);
    DbgPrint("nobody");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        RTL_TEST(init_and_limits), RTL_TEST(copy_and_append),
        RTL_TEST(comparing),       RTL_TEST(letter_case),
        RTL_TEST(case_of_strings), RTL_TEST(duplicates),
        RTL_TEST(narrow_and_wide), RTL_TEST(utf8),
        RTL_TEST(numbers),         RTL_TEST(guids),
        RTL_TEST(hashes),          RTL_TEST(debug_prints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
