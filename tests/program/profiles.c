/* SPDX-License-Identifier: MIT */
/* profiles.c - initialization files: read, changed, listed, cut; WinExec beside them. */
#include "check.h"

#define FILE_NAME ".\\profiles.ini"
#define WIDE_NAME L".\\profiles.ini"

static void Put(const char *name, const void *bytes, DWORD size)
{
    DWORD done;
    HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    Check("a file is made", WriteFile(file, bytes, size, &done, NULL) && done == size);
    CloseHandle(file);
}

static int Has(const char *name, const char *text)
{
    char bytes[512] = "";
    DWORD done = 0;
    HANDLE file = CreateFileA(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    ReadFile(file, bytes, sizeof bytes - 1, &done, NULL);
    CloseHandle(file);
    bytes[done] = 0;
    return !strcmp(bytes, text);
}

static const char Text[] = "; a comment\r\n"
                           "[First]\r\n"
                           "Name = some text \r\n"
                           ";Name=hidden\r\n"
                           "quoted=\"  kept  \"\r\n"
                           "number=-12 apples\r\n"
                           "\r\n"
                           "[ second ]\r\n"
                           "a=1\r\n"
                           "no value";

static void CheckReading(void)
{
    char out[64];
    Put(FILE_NAME, Text, sizeof Text - 1);
    Check("a value without blanks, whatever the case",
          GetPrivateProfileStringA("FIRST", "name", "x", out, sizeof out, FILE_NAME) == 9 &&
              !strcmp(out, "some text"));
    Check("quotes keep them",
          GetPrivateProfileStringA("First", "quoted", "x", out, sizeof out, FILE_NAME) == 8 &&
              !strcmp(out, "  kept  "));
    Check("the default without blanks behind it",
          GetPrivateProfileStringA("First", "a", " otherwise  ", out, sizeof out, FILE_NAME) ==
                  10 &&
              !strcmp(out, " otherwise"));
    Check("it was not found", GetLastError() == ERROR_FILE_NOT_FOUND);
    Check("cut", GetPrivateProfileStringA("First", "Name", "x", out, 5, FILE_NAME) == 4 &&
                     !strcmp(out, "some"));
    Check("a file that is not there",
          GetPrivateProfileStringA("First", "Name", "x", out, sizeof out, ".\\none.ini") == 1 &&
              !strcmp(out, "x"));
    Check("names of keys",
          GetPrivateProfileStringA("First", NULL, "x", out, sizeof out, FILE_NAME) == 19 &&
              !memcmp(out, "Name\0quoted\0number\0", 20));
    Check("names of sections", GetPrivateProfileSectionNamesA(out, sizeof out, FILE_NAME) == 13 &&
                                   !memcmp(out, "First\0second\0", 14));
    Check("names, cut",
          GetPrivateProfileSectionNamesA(out, 9, FILE_NAME) == 7 && !memcmp(out, "First\0s\0", 9));
    Check("a section", GetPrivateProfileSectionA("Second", out, sizeof out, FILE_NAME) == 13 &&
                           !memcmp(out, "a=1\0no value\0", 14));
    Check("no section", GetPrivateProfileSectionA("third", out, sizeof out, FILE_NAME) == 0 &&
                            !out[0] && !out[1]);
    Check("a number up to what is none",
          GetPrivateProfileIntA("First", "number", 5, FILE_NAME) == (UINT)-12);
    Check("no number", GetPrivateProfileIntW(L"First", L"Name", 5, WIDE_NAME) == 0);
    Check("the default", GetPrivateProfileIntW(L"First", L"none", -5, WIDE_NAME) == (UINT)-5);
}

static void CheckWriting(void)
{
    WCHAR wide[32];
    Check("a value changes", WritePrivateProfileStringA("first", "NAME", "new", FILE_NAME));
    Check("a key goes", WritePrivateProfileStringA("first", "quoted", NULL, FILE_NAME));
    Check("a key comes", WritePrivateProfileStringW(L"First", L"more", L"\x20ac", WIDE_NAME));
    Check("behind what has no line break",
          WritePrivateProfileStringA("second", "b", "2", FILE_NAME));
    Check("a section comes", WritePrivateProfileStringA("third", "c", "", FILE_NAME));
    Check("the rest stays",
          Has(FILE_NAME, "; a comment\r\n[First]\r\nNAME=new\r\n;Name=hidden\r\n"
                         "number=-12 apples\r\nmore=\xe2\x82\xac\r\n\r\n[ second ]\r\na=1\r\n"
                         "no value\r\nb=2\r\n[third]\r\nc=\r\n"));
    Check("wide", GetPrivateProfileStringW(L"first", L"more", L"", wide, 32, WIDE_NAME) == 1 &&
                      wide[0] == 0x20ac);
    Check("a section goes", WritePrivateProfileStringA("first", NULL, NULL, FILE_NAME));
    Check("a whole section", WritePrivateProfileSectionA("second", "x=1\0y=2\0", FILE_NAME) &&
                                 WritePrivateProfileSectionW(L"fourth", L"z\0", WIDE_NAME));
    Check("it is what was said", Has(FILE_NAME, "; a comment\r\n[ second ]\r\nx=1\r\ny=2\r\n"
                                                "[third]\r\nc=\r\n[fourth]\r\nz\r\n"));
    Check("nothing to write", !WritePrivateProfileStringA(NULL, NULL, NULL, FILE_NAME));
    Check("gone", DeleteFileA(FILE_NAME));
}

static void CheckWide(void)
{
    static const WCHAR text[] = L"\xfeff[a]\r\nb=\x4e2d\r\n", after[] = L"\xfeff[a]\r\nb=c\r\n";
    WCHAR out[8];
    Put(FILE_NAME, text, sizeof text - 2);
    Check("UTF-16 is read",
          GetPrivateProfileStringW(L"A", L"B", L"", out, 8, WIDE_NAME) == 1 && out[0] == 0x4e2d);
    Check("and stays UTF-16", WritePrivateProfileStringW(L"a", L"b", L"c", WIDE_NAME));
    char bytes[64];
    DWORD done;
    HANDLE file = CreateFileA(FILE_NAME, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    Check("as bytes", ReadFile(file, bytes, sizeof bytes, &done, NULL) &&
                          done == sizeof after - 2 && !memcmp(bytes, after, done));
    CloseHandle(file);
    DeleteFileA(FILE_NAME);
}

static void CheckWinIni(void)
{
    char out[16];
    WCHAR wide[16];
    Check("WIN.INI has no such key", GetProfileStringA("Cove", "none", "d", out, 16) == 1 &&
                                         GetProfileIntA("Cove", "none", 3) == 3);
    if (!WriteProfileStringA("Cove", "key", "17")) {
        /* A machine that is not kept has no Windows folder to write to. */
        Check("says why",
              GetLastError() == ERROR_PATH_NOT_FOUND || GetLastError() == ERROR_ACCESS_DENIED);
        return;
    }
    Check("WIN.INI", GetProfileStringW(L"cove", L"KEY", L"", wide, 16) == 2 &&
                         GetProfileIntW(L"cove", L"key", 0) == 17);
    Check("a section of it goes", WriteProfileStringW(L"cove", NULL, NULL));
}

/* Started again by WinExec: leaves a file. */
static int Child(void)
{
    Put("child.tmp", "x", 1);
    return 0;
}

static void CheckWinExec(const char *self)
{
    char line[MAX_PATH];
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, "profiles-child");
    snprintf(line, sizeof line, "\"%s\" child", self);
    Check("WinExec starts a program", WinExec(line, SW_HIDE) > 31);
    Check("which runs",
          WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0 && Has("child.tmp", "x"));
    Check("what it left goes", DeleteFileA("child.tmp"));
    Check("WinExec says what is not there", WinExec("nothing.exe", 0) == ERROR_FILE_NOT_FOUND);
    CloseHandle(event);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        HANDLE event = OpenEventA(EVENT_MODIFY_STATE, FALSE, "profiles-child");
        int result = Child();
        SetEvent(event);
        return result;
    }
    CheckReading();
    CheckWriting();
    CheckWide();
    CheckWinIni();
    CheckWinExec(argv[0]);
    return Result();
}
