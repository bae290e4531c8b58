/* SPDX-License-Identifier: MIT */
/* names.c - what a program acts as and is called with: impersonation, words of a command line,
 * dates as text, values of the registry by type. Doc: securitybaseapi.h, shellapi.h,
 * datetimeapi.h, winreg.h */
#include "check.h"

#include <shellapi.h>

/* ---- who acts ------------------------------------------------------------------------------- */

static BOOL IsActing(HANDLE *Token)
{
    return OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, Token);
}

static DWORD WINAPI Other(void *Unused)
{
    HANDLE token;
    (void)Unused;
    return IsActing(&token) ? 0 : GetLastError();
}

static void CheckImpersonation(void)
{
    SECURITY_IMPERSONATION_LEVEL level = SecurityAnonymous;
    TOKEN_TYPE type = TokenPrimary;
    HANDLE token = NULL, process = NULL, copy = NULL;
    DWORD size, code = 0;
    CheckFails("nobody is acted for", IsActing(&token), ERROR_NO_TOKEN);
    Check("act as oneself", ImpersonateSelf(SecurityImpersonation));
    Check("the thread has a token", IsActing(&token));
    Check("of its kind",
          GetTokenInformation(token, TokenType, &type, sizeof type, &size) &&
              type == TokenImpersonation &&
              GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof level, &size) &&
              level == SecurityImpersonation);
    CloseHandle(token);
    HANDLE thread = CreateThread(NULL, 0, Other, NULL, 0, NULL);
    Check("another thread has none", WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 &&
                                         GetExitCodeThread(thread, &code) &&
                                         code == ERROR_NO_TOKEN);
    CloseHandle(thread);
    Check("back to oneself", RevertToSelf());
    CheckFails("nobody again", IsActing(&token), ERROR_NO_TOKEN);
    Check("the process's token",
          OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &process));
    Check("a copy of it", DuplicateToken(process, SecurityIdentification, &copy));
    Check("set", SetThreadToken(NULL, copy) && IsActing(&token));
    CloseHandle(token);
    Check("taken away", SetThreadToken(NULL, NULL) && !IsActing(&token));
    CloseHandle(copy);
    Check("a primary copy", DuplicateTokenEx(process, TOKEN_ALL_ACCESS, NULL, SecurityAnonymous,
                                             TokenPrimary, &copy));
    CheckFails("is for no thread", SetThreadToken(NULL, copy), ERROR_BAD_TOKEN_TYPE);
    Check("but to act as", ImpersonateLoggedOnUser(copy) && IsActing(&token));
    Check("and back", RevertToSelf());
    CloseHandle(token);
    CloseHandle(copy);
    CloseHandle(process);
}

/* ---- words ---------------------------------------------------------------------------------- */

static int AreWords(const WCHAR *Line, int Count, const WCHAR *Second, const WCHAR *Third)
{
    int count = 0;
    WCHAR **words = CommandLineToArgvW(Line, &count);
    int is_right = words && count == Count && !words[count] &&
                   (!Second || !wcscmp(words[1], Second)) && (!Third || !wcscmp(words[2], Third));
    LocalFree(words);
    return is_right;
}

static void CheckWords(void)
{
    int count;
    Check("two words", AreWords(L"a.exe one two", 3, L"one", L"two"));
    Check("blanks between quotes", AreWords(L"a \"one two\"  three", 3, L"one two", L"three"));
    Check("a quote in a word", AreWords(L"a o\\\"e \\\\\"t w\"", 3, L"o\"e", L"\\t w"));
    Check("backslashes are themselves", AreWords(L"a c:\\x\\ \"d\\\\\"", 3, L"c:\\x\\", L"d\\"));
    Check("two quotes within quotes", AreWords(L"a \"b\"\"c\" d", 3, L"b\"c", L"d"));
    Check("an empty word", AreWords(L"a \"\" b", 3, L"", L"b"));
    Check("a name with backslashes", AreWords(L"\"c:\\a b\\\" x", 2, L"x", NULL));
    Check("a name that is empty", AreWords(L" x", 2, L"x", NULL));
    WCHAR own[MAX_PATH], **words = CommandLineToArgvW(L"", &count);
    Check("of nothing: the program's name",
          GetModuleFileNameW(NULL, own, MAX_PATH) && words && count == 1 && !wcscmp(words[0], own));
    LocalFree(words);
}

/* ---- dates ---------------------------------------------------------------------------------- */

static const SYSTEMTIME When = {2024, 2, 0, 29, 15, 4, 5, 6}; /* a Thursday, whatever stands here */

static int IsDate(DWORD Flags, const WCHAR *Picture, const WCHAR *Text)
{
    WCHAR text[100] = L"";
    int count = GetDateFormatW(LOCALE_USER_DEFAULT, Flags, &When, Picture, text, 100);
    return count == (int)wcslen(Text) + 1 && !wcscmp(text, Text) &&
           GetDateFormatW(LOCALE_USER_DEFAULT, Flags, &When, Picture, NULL, 0) == count;
}

static int IsTime(DWORD Flags, const WCHAR *Picture, const WCHAR *Text)
{
    WCHAR text[100] = L"";
    int count = GetTimeFormatW(LOCALE_USER_DEFAULT, Flags, &When, Picture, text, 100);
    return count == (int)wcslen(Text) + 1 && !wcscmp(text, Text);
}

static void CheckDates(void)
{
    SYSTEMTIME never = When;
    WCHAR text[100];
    char narrow[100];
    Check("a short date", IsDate(0, NULL, L"2/29/2024"));
    Check("a long date", IsDate(DATE_LONGDATE, NULL, L"Thursday, February 29, 2024"));
    Check("a month", IsDate(DATE_YEARMONTH, NULL, L"February 2024"));
    Check("by a picture", IsDate(0, L"yy'y''s' dd.MMM.yyyy ddd", L"24y's 29.Feb.2024 Thu"));
    CheckFails("a picture and a kind",
               GetDateFormatW(LOCALE_USER_DEFAULT, DATE_LONGDATE, &When, L"d", text, 100),
               ERROR_INVALID_FLAGS);
    never.wDay = 30;
    CheckFails("a day that there is not",
               GetDateFormatW(LOCALE_USER_DEFAULT, 0, &never, NULL, text, 100),
               ERROR_INVALID_PARAMETER);
    CheckFails("too little room", GetDateFormatW(LOCALE_USER_DEFAULT, 0, &When, NULL, text, 9),
               ERROR_INSUFFICIENT_BUFFER);
    Check("a time", IsTime(0, NULL, L"3:04:05 PM"));
    Check("without seconds", IsTime(TIME_NOSECONDS, NULL, L"3:04 PM"));
    Check("without minutes", IsTime(TIME_NOMINUTESORSECONDS, NULL, L"3 PM"));
    Check("of a whole day", IsTime(TIME_FORCE24HOURFORMAT | TIME_NOTIMEMARKER, NULL, L"15:04:05"));
    Check("by a picture of letters", IsTime(0, L"HH'h'mm t", L"15h04 P"));
    Check("narrow", GetDateFormatA(LOCALE_USER_DEFAULT, 0, &When, NULL, narrow, 100) == 10 &&
                        !strcmp(narrow, "2/29/2024") &&
                        GetTimeFormatA(LOCALE_USER_DEFAULT, 0, &When, "hh:mm", narrow, 100) == 6 &&
                        !strcmp(narrow, "03:04"));
    Check("by a name", GetDateFormatEx(L"en-US", 0, &When, NULL, text, 100, NULL) == 10 &&
                           GetTimeFormatEx(L"en-US", 0, &When, NULL, text, 100) == 11);
    Check("now", GetDateFormatW(LOCALE_USER_DEFAULT, 0, NULL, NULL, text, 100) > 8 &&
                     GetTimeFormatW(LOCALE_USER_DEFAULT, 0, NULL, NULL, text, 100) > 8);
}

/* ---- values --------------------------------------------------------------------------------- */

static void CheckValues(void)
{
    static const WCHAR list[] = L"one\0two";
    HKEY key, inner;
    DWORD type, size, number = 0, keys = 0, values = 0, longest = 0, longest_key = 0, data = 0;
    WCHAR text[100];
    char narrow[100];
    RegCreateKeyExA(HKEY_LOCAL_MACHINE, "SOFTWARE\\Names", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key,
                    NULL);
    RegCreateKeyExA(key, "Inner", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &inner, NULL);
    SetEnvironmentVariableA("NAMES", "expanded");
    number = 42;
    RegSetValueExA(inner, "Number", 0, REG_DWORD, (BYTE *)&number, 4);
    RegSetValueExW(inner, L"Text", 0, REG_SZ, (const BYTE *)L"open", 8); /* without its end */
    RegSetValueExW(inner, L"Expand", 0, REG_EXPAND_SZ, (const BYTE *)L"%NAMES%!", 18);
    RegSetValueExW(inner, L"List", 0, REG_MULTI_SZ, (const BYTE *)list, sizeof list);
    number = 0;
    size = sizeof number;
    Check("a number",
          !RegGetValueA(key, "Inner", "Number", RRF_RT_REG_DWORD, &type, &number, &size) &&
              number == 42 && size == 4 && type == REG_DWORD);
    size = sizeof number;
    Check("is no text", RegGetValueW(key, L"Inner", L"Number", RRF_RT_REG_SZ, NULL, &number,
                                     &size) == ERROR_UNSUPPORTED_TYPE);
    size = 2;
    number = 7;
    Check("too little room gives zeros",
          RegGetValueA(key, "Inner", "Number", RRF_RT_ANY | RRF_ZEROONFAILURE, NULL, &number,
                       &size) == ERROR_MORE_DATA &&
              size == 4 && number == 0);
    size = sizeof text;
    Check("a text gets its end",
          !RegGetValueW(inner, NULL, L"Text", RRF_RT_REG_SZ, NULL, text, &size) && size == 10 &&
              !wcscmp(text, L"open"));
    size = sizeof narrow;
    Check("narrow as well",
          !RegGetValueA(inner, NULL, "Text", RRF_RT_REG_SZ, NULL, narrow, &size) && size == 5 &&
              !strcmp(narrow, "open"));
    size = sizeof narrow;
    Check("expanded it is a text",
          !RegGetValueA(inner, NULL, "Expand", RRF_RT_REG_SZ, &type, narrow, &size) &&
              type == REG_SZ && !strcmp(narrow, "expanded!"));
    size = sizeof narrow;
    Check("or as it is", !RegGetValueA(inner, NULL, "Expand", RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND,
                                       &type, narrow, &size) &&
                             type == REG_EXPAND_SZ && !strcmp(narrow, "%NAMES%!"));
    size = sizeof text;
    Check("a list gets two ends",
          !RegGetValueW(inner, NULL, L"List", RRF_RT_REG_MULTI_SZ, NULL, text, &size) &&
              size == sizeof list + 2 && !memcmp(text, list, sizeof list) && !text[8]);
    Check("what a key holds", !RegQueryInfoKeyA(inner, NULL, NULL, NULL, &keys, &longest_key, NULL,
                                                &values, &longest, &data, NULL, NULL) &&
                                  keys == 0 && values == 4 && longest >= 6 && data >= 9);
    Check("and one above", !RegQueryInfoKeyA(key, NULL, NULL, NULL, &keys, &longest_key, NULL,
                                             &values, NULL, NULL, NULL, NULL) &&
                               keys == 1 && values == 0 && longest_key >= 5);
    RegCloseKey(inner);
    RegDeleteKeyA(key, "Inner");
    RegCloseKey(key);
    RegDeleteKeyA(HKEY_LOCAL_MACHINE, "SOFTWARE\\Names");
}

/* What belongs to one width is not there in the other one. */
static void CheckWidth(void)
{
    HMODULE run_time = GetModuleHandleA("msvcrt.dll");
    int is_there = (void *)GetProcAddress(run_time, "_except_handler3") != NULL;
    Check("a function of 32-bit programs", is_there == (sizeof(void *) == 4));
    Check("and one of both", (void *)GetProcAddress(run_time, "_exit") != NULL);
}

int main(void)
{
    CheckImpersonation();
    CheckWords();
    CheckDates();
    CheckValues();
    CheckWidth();
    return Result();
}
