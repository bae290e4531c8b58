/* SPDX-License-Identifier: MIT */
/* text_test.c - code pages: lengths, room, bad text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crt/string.h"
#include "host/host.h"
#include "win32_internal.h"

int WINAPI MultiByteToWideChar(UINT page, DWORD flags, LPCSTR in, int bytes, LPWSTR out, int count);
int WINAPI WideCharToMultiByte(UINT page, DWORD flags, LPCWSTR in, int count, LPSTR out, int size,
                               LPCSTR standby, BOOL *used);
int WINAPI CompareStringW(LCID locale, DWORD flags, LPCWSTR a, int a_count, LPCWSTR b, int b_count);

#define UTF8 65001

/* Short text needs no memory: none of these may be called. */
NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE process, PVOID *base, ULONG_PTR zero_bits,
                                       PSIZE_T size, ULONG type, ULONG protect)
{
    fail_msg("memory is asked for");
    return STATUS_NO_MEMORY;
}

NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE process, PVOID *base, PSIZE_T size, ULONG type)
{
    fail_msg("memory is given back");
    return STATUS_NO_MEMORY;
}

NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE process, PVOID *base, PSIZE_T size, ULONG protect,
                                      PULONG old)
{
    fail_msg("memory is protected");
    return STATUS_NO_MEMORY;
}

static struct teb teb;

static int begin(void **state)
{
    memset(&teb, 0, sizeof teb);
    teb.Self = &teb;
    host_gs_set(&teb);
    return 0;
}

static void to_wide(void **state)
{
    wchar_t out[8];
    assert_int_equal(MultiByteToWideChar(UTF8, 0, "a\xc3\xa4", -1, NULL, 0), 3);
    assert_int_equal(MultiByteToWideChar(UTF8, 0, "a\xc3\xa4", -1, out, 8), 3);
    assert_true(out[0] == 'a' && out[1] == 0xe4 && out[2] == 0);
    assert_int_equal(MultiByteToWideChar(UTF8, 0, "a\xc3\xa4", 1, out, 8), 1); /* no terminator */
    assert_int_equal(MultiByteToWideChar(0, 0, "\xf0\x9f\x98\x80", -1, out, 8), 3); /* a pair */
    assert_true(out[0] == 0xd83d && out[1] == 0xde00);
    assert_int_equal(MultiByteToWideChar(1252, 0, "\xe4", -1, out, 8), 2);
    assert_true(out[0] == 0xe4);
}

static void failures_of_to_wide(void **state)
{
    wchar_t out[2];
    assert_int_equal(MultiByteToWideChar(UTF8, 0, "abc", -1, out, 2), 0);
    assert_int_equal(teb.LastErrorValue, ERROR_INSUFFICIENT_BUFFER);
    assert_int_equal(MultiByteToWideChar(UTF8, 8, "\xff", -1, out, 2), 0);
    assert_int_equal(teb.LastErrorValue, ERROR_NO_UNICODE_TRANSLATION);
    assert_int_equal(MultiByteToWideChar(UTF8, 0, "\xff", 1, out, 2), 1); /* replaced */
    assert_true(out[0] == 0xfffd);
    assert_int_equal(MultiByteToWideChar(UTF8, 0, NULL, 1, out, 2), 0);
    assert_int_equal(teb.LastErrorValue, ERROR_INVALID_PARAMETER);
}

static void to_narrow(void **state)
{
    char out[8];
    BOOL is_used = TRUE;
    assert_int_equal(WideCharToMultiByte(UTF8, 0, L"\x20ac", -1, NULL, 0, NULL, NULL), 4);
    assert_int_equal(WideCharToMultiByte(UTF8, 0, L"\x20ac", -1, out, 8, NULL, &is_used), 4);
    assert_string_equal(out, "\xe2\x82\xac");
    assert_false(is_used);
    assert_int_equal(WideCharToMultiByte(1252, 0, L"a\x20ac", -1, out, 8, "#", &is_used), 3);
    assert_string_equal(out, "a#");
    assert_true(is_used);
    assert_int_equal(WideCharToMultiByte(UTF8, 0, L"abcd", -1, out, 3, NULL, NULL), 0);
    assert_int_equal(teb.LastErrorValue, ERROR_INSUFFICIENT_BUFFER);
    wchar_t lone[] = {0xd800, 'x', 0};
    assert_int_equal(WideCharToMultiByte(UTF8, 0x80, lone, -1, out, 8, NULL, NULL), 0);
    assert_int_equal(teb.LastErrorValue, ERROR_NO_UNICODE_TRANSLATION);
}

static void answers_by_length(void **state)
{
    char narrow[4];
    wchar_t wide[4];
    assert_int_equal(narrow_answer(L"abc", narrow, 4), 3);
    assert_string_equal(narrow, "abc");
    assert_int_equal(narrow_answer(L"abcd", narrow, 4), 5);
    assert_int_equal(wide_answer(L"abc", 3, wide, 4), 3);
    assert_int_equal(wide_answer(L"abc", 3, wide, 3), 4);
}

static void comparing(void **state)
{
    assert_int_equal(CompareStringW(0, 0, L"abc", -1, L"abd", -1), 1);
    assert_int_equal(CompareStringW(0, 1, L"ABC", -1, L"abc", -1), 2);
    assert_int_equal(CompareStringW(0, 0, L"abc", -1, L"ab", -1), 3);
    assert_int_equal(CompareStringW(0, 0, L"abX", 2, L"abY", 2), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(to_wide, begin),
        cmocka_unit_test_setup(failures_of_to_wide, begin),
        cmocka_unit_test_setup(to_narrow, begin),
        cmocka_unit_test_setup(answers_by_length, begin),
        cmocka_unit_test_setup(comparing, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
