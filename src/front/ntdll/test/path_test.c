/* SPDX-License-Identifier: MIT */
/* path_test.c - whole paths, NT names, device names. */
#include "crt/string.h"
#include "crt/utf.h"
#include "front_fake.h"
#include "ntdll/path.h"

static void expect_full(const char *path, const char *current, const char *answer)
{
    wchar_t in[300], here[300], out[300];
    char text[300];
    crt_utf16_from_string(path, in, 300);
    crt_utf16_from_string(current, here, 300);
    size_t count = path_full(in, here, out, 300);
    crt_utf8_from_string(out, text, 300);
    assert_string_equal(text, answer);
    assert_int_equal(count, strlen(answer));
}

static void expect_nt(const char *path, const char *answer)
{
    wchar_t in[300], out[300];
    char text[300];
    size_t length;
    crt_utf16_from_string(path, in, 300);
    assert_int_equal(path_nt(in, L"C:\\dir\\sub\\", out, 300, &length), STATUS_SUCCESS);
    crt_utf8_from_string(out, text, 300);
    assert_string_equal(text, answer);
    assert_int_equal(length, strlen(answer));
}

static void from_the_current_directory(void **state)
{
    expect_full("x.txt", "C:\\dir\\", "C:\\dir\\x.txt");
    expect_full("a/b\\c", "C:\\dir\\", "C:\\dir\\a\\b\\c");
    expect_full("\\x", "D:\\dir\\", "D:\\x");
    expect_full("c:x", "C:\\dir\\", "C:\\dir\\x");
    expect_full("e:x", "C:\\dir\\", "e:\\x");
    expect_full("C:\\x", "D:\\dir\\", "C:\\x");
}

static void dots_go(void **state)
{
    expect_full(".", "C:\\dir\\sub\\", "C:\\dir\\sub");
    expect_full("..", "C:\\dir\\sub\\", "C:\\dir");
    expect_full("..\\x", "C:\\dir\\sub\\", "C:\\dir\\x");
    expect_full("a\\.\\b\\..\\c", "C:\\", "C:\\a\\c");
    expect_full("..\\..\\..\\x", "C:\\dir\\", "C:\\x"); /* never above the root */
    expect_full("C:\\a\\..\\..\\b", "C:\\", "C:\\b");
}

static void ends_are_trimmed(void **state)
{
    expect_full("name. . ", "C:\\", "C:\\name");
    expect_full("dir.\\x", "C:\\", "C:\\dir\\x");
    expect_full("C:\\dir\\", "D:\\", "C:\\dir\\");
    expect_full("C:\\\\a\\\\\\b", "D:\\", "C:\\a\\b");
}

static void servers_and_devices(void **state)
{
    expect_full("\\\\server\\share\\a\\..\\b", "C:\\", "\\\\server\\share\\b");
    expect_full("\\\\server\\share\\..\\..\\b", "C:\\", "\\\\server\\share\\b");
    expect_full("\\\\.\\Wdm1", "C:\\", "\\\\.\\Wdm1");
    expect_full("nul", "C:\\dir\\", "\\\\.\\nul");
    expect_full("C:\\dir\\com7", "C:\\", "\\\\.\\com7");
    expect_full("com0", "C:\\", "C:\\com0");
    expect_full("console", "C:\\", "C:\\console");
}

static void native_names(void **state)
{
    expect_nt("x", "\\??\\C:\\dir\\sub\\x");
    expect_nt("\\\\.\\Wdm1", "\\??\\Wdm1");
    expect_nt("\\\\.\\Wdm1\\a\\b", "\\??\\Wdm1\\a\\b");
    expect_nt("\\\\?\\C:\\a.\\..\\b ", "\\??\\C:\\a.\\..\\b "); /* as it stands */
    expect_nt("\\??\\C:\\x", "\\??\\C:\\x");
    expect_nt("\\\\server\\share\\x", "\\??\\UNC\\server\\share\\x");
    expect_nt("NUL", "\\??\\NUL");
    expect_nt("..\\x", "\\??\\C:\\dir\\x");
}

static void what_does_not_fit(void **state)
{
    wchar_t out[8] = L"kept";
    size_t length = 99;
    assert_int_equal(path_full(L"x.txt", L"C:\\dir\\", out, 8), 13);
    assert_int_equal(path_full(L"", L"C:\\dir\\", out, 8), 0);
    assert_int_equal(path_nt(L"x.txt", L"C:\\dir\\", out, 8, &length), STATUS_NAME_TOO_LONG);
    assert_int_equal(path_nt(L"", L"C:\\", out, 8, &length), STATUS_OBJECT_NAME_INVALID);
    assert_int_equal(length, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_current_directory),
        cmocka_unit_test(dots_go),
        cmocka_unit_test(ends_are_trimmed),
        cmocka_unit_test(servers_and_devices),
        cmocka_unit_test(native_names),
        cmocka_unit_test(what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
