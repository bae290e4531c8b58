/* SPDX-License-Identifier: MIT */
/* hives.c - keys in real hive files, from a program: saved, restored, loaded.
 *
 *   hives save FILE   makes HKLM\Software\Hives and saves it
 *   hives read FILE   loads a hive that another tool has written, and says what is in it
 *   hives             checks */
#include "check.h"

static int Allow(const char *Privilege)
{
    HANDLE token;
    TOKEN_PRIVILEGES wanted = {.PrivilegeCount = 1};
    wanted.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    return OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token) &&
           LookupPrivilegeValueA(NULL, Privilege, &wanted.Privileges[0].Luid) &&
           AdjustTokenPrivileges(token, FALSE, &wanted, 0, NULL, NULL) && CloseHandle(token);
}

static HKEY Make(void)
{
    HKEY key = NULL, child = NULL;
    DWORD number = 42;
    RegCreateKeyExA(HKEY_LOCAL_MACHINE, "Software\\Hives", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key,
                    NULL);
    RegCreateKeyExA(key, "Child\\Grandchild", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &child, NULL);
    RegSetValueExA(child, "Text", 0, REG_SZ, (const BYTE *)"some words", 11);
    RegSetValueExA(key, "Number", 0, REG_DWORD, (const BYTE *)&number, 4);
    RegSetValueExA(key, NULL, 0, REG_SZ, (const BYTE *)"default", 8);
    RegCloseKey(child);
    return key;
}

static DWORD Number(HKEY Key, const char *Name)
{
    DWORD number = 0, size = 4;
    return RegQueryValueExA(Key, Name, NULL, NULL, (BYTE *)&number, &size) ? 0 : number;
}

static int Save(const char *File)
{
    HKEY key = Make();
    Check("allowed", Allow("SeBackupPrivilege"));
    Check("saved", RegSaveKeyA(key, File, NULL) == ERROR_SUCCESS);
    RegCloseKey(key);
    Check("gone", RegDeleteTreeA(HKEY_LOCAL_MACHINE, "Software\\Hives") == ERROR_SUCCESS);
    return Result();
}

static int Read(const char *File)
{
    HKEY key;
    char text[64] = "";
    DWORD size = sizeof text;
    Check("allowed", Allow("SeRestorePrivilege"));
    Check("loaded", RegLoadKeyA(HKEY_LOCAL_MACHINE, "Foreign", File) == ERROR_SUCCESS);
    Check("there", RegOpenKeyExA(HKEY_LOCAL_MACHINE, "Foreign\\A\\B", 0, KEY_READ, &key) == 0);
    Check("a value", RegQueryValueExA(key, "Word", NULL, NULL, (BYTE *)text, &size) == 0);
    printf("Word=%s\n", text);
    printf("Number=%lu\n", Number(key, "Number"));
    RegCloseKey(key);
    Check("unloaded", RegUnLoadKeyA(HKEY_LOCAL_MACHINE, "Foreign") == ERROR_SUCCESS);
    return Result();
}

int main(int argc, char **argv)
{
    HKEY key, loaded;
    DWORD changed = 43;
    if (argc > 2)
        return argv[1][0] == 's' ? Save(argv[2]) : Read(argv[2]);
    key = Make();
    Check("not without the privilege",
          RegSaveKeyA(key, "one.hiv", NULL) == ERROR_PRIVILEGE_NOT_HELD);
    Check("privileges", Allow("SeBackupPrivilege") && Allow("SeRestorePrivilege"));
    Check("saved", RegSaveKeyA(key, "one.hiv", NULL) == ERROR_SUCCESS);
    Check("not twice", RegSaveKeyW(key, L"one.hiv", NULL) == ERROR_ALREADY_EXISTS);
    Check("other formats", RegSaveKeyExA(key, "two.hiv", NULL, 2) == ERROR_SUCCESS &&
                               RegSaveKeyExW(key, L"three.hiv", NULL, 4) == ERROR_SUCCESS);
    Check("no such format", RegSaveKeyExA(key, "four.hiv", NULL, 9) == ERROR_INVALID_PARAMETER);
    Check("which leaves no file", GetFileAttributesA("four.hiv") == INVALID_FILE_ATTRIBUTES);
    RegSetValueExA(key, "Number", 0, REG_DWORD, (const BYTE *)&changed, 4);
    Check("restored", RegRestoreKeyA(key, "one.hiv", 0) == ERROR_SUCCESS);
    Check("as it was", Number(key, "Number") == 42);
    Check("no such file", RegRestoreKeyW(key, L"none.hiv", 0) == ERROR_FILE_NOT_FOUND);
    Check("loaded", RegLoadKeyA(HKEY_USERS, "Hives", "one.hiv") == ERROR_SUCCESS);
    Check("there", RegOpenKeyExA(HKEY_USERS, "Hives", 0, KEY_ALL_ACCESS, &loaded) == 0);
    RegSetValueExA(loaded, "Number", 0, REG_DWORD, (const BYTE *)&changed, 4);
    Check("in use", RegUnLoadKeyA(HKEY_USERS, "Hives") == ERROR_ACCESS_DENIED);
    RegCloseKey(loaded);
    Check("replaced", RegReplaceKeyW(HKEY_USERS, L"Hives", L"two.hiv", L"old.hiv") == 0);
    Check("unloaded", RegUnLoadKeyW(HKEY_USERS, L"Hives") == ERROR_SUCCESS);
    Check("the old one", RegLoadKeyW(HKEY_USERS, L"Hives", L"old.hiv") == ERROR_SUCCESS);
    RegOpenKeyExA(HKEY_USERS, "Hives", 0, KEY_READ, &loaded);
    Check("has what was changed", Number(loaded, "Number") == 43);
    RegCloseKey(loaded);
    Check("unloaded", RegUnLoadKeyW(HKEY_USERS, L"Hives") == ERROR_SUCCESS);
    Check("the new one", RegLoadKeyW(HKEY_USERS, L"Hives", L"one.hiv") == ERROR_SUCCESS);
    RegOpenKeyExA(HKEY_USERS, "Hives", 0, KEY_READ, &loaded);
    Check("has not", Number(loaded, "Number") == 42);
    RegCloseKey(loaded);
    Check("unloaded", RegUnLoadKeyW(HKEY_USERS, L"Hives") == ERROR_SUCCESS);
    RegCloseKey(key);
    Check("gone", RegDeleteTreeA(HKEY_LOCAL_MACHINE, "Software\\Hives") == ERROR_SUCCESS);
    return Result();
}
