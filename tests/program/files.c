/* SPDX-License-Identifier: MIT */
/* files.c - files of the folder the program is started in, through kernel32. */
#include "check.h"

static void CheckWriteRead(void)
{
    HANDLE file = CreateFileA("files.txt", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_NEW,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    LARGE_INTEGER size = {0}, move, at;
    char bytes[16] = "";
    DWORD count = 0;

    Check("create a file", file != INVALID_HANDLE_VALUE);
    CheckFails("not twice",
               CreateFileA("files.txt", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                           CREATE_NEW, 0, NULL) != INVALID_HANDLE_VALUE,
               ERROR_FILE_EXISTS);
    CheckFails("it is not shared",
               CreateFileA("files.txt", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) !=
                   INVALID_HANDLE_VALUE,
               ERROR_SHARING_VIOLATION);
    Check("write", WriteFile(file, "0123456789", 10, &count, NULL) && count == 10);
    Check("its size", GetFileSizeEx(file, &size) && size.QuadPart == 10);
    move.QuadPart = -4;
    Check("move from the end", SetFilePointerEx(file, move, &at, FILE_END) && at.QuadPart == 6);
    Check("read to the end", ReadFile(file, bytes, sizeof bytes, &count, NULL) && count == 4 &&
                                 !memcmp(bytes, "6789", 4));
    Check("read behind it", ReadFile(file, bytes, sizeof bytes, &count, NULL) && count == 0);
    move.QuadPart = 3;
    SetFilePointerEx(file, move, NULL, FILE_BEGIN);
    Check("cut", SetEndOfFile(file) && GetFileSizeEx(file, &size) && size.QuadPart == 3);
    Check("flush", FlushFileBuffers(file));
    Check("its type", GetFileType(file) == FILE_TYPE_DISK);
    Check("close", CloseHandle(file));
    CheckFails("not twice", CloseHandle(file), ERROR_INVALID_HANDLE);
}

static void CheckOpenings(void)
{
    HANDLE file =
        CreateFileA("files.txt", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    DWORD count;
    Check("open for reading", file != INVALID_HANDLE_VALUE);
    CheckFails("no writing then", WriteFile(file, "x", 1, &count, NULL), ERROR_ACCESS_DENIED);
    HANDLE second =
        CreateFileA("FILES.TXT", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    Check("open again, in capitals", second != INVALID_HANDLE_VALUE);
    CloseHandle(second);
    CloseHandle(file);
    file = CreateFileA("files.txt", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    Check("create always says that it was there", file != INVALID_HANDLE_VALUE &&
                                                      GetLastError() == ERROR_ALREADY_EXISTS &&
                                                      GetFileSize(file, NULL) == 0);
    CloseHandle(file);
    CheckFails("a file that is not there",
               CreateFileA("nothing.txt", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) !=
                   INVALID_HANDLE_VALUE,
               ERROR_FILE_NOT_FOUND);
    CheckFails("a folder that is not there",
               CreateFileA("nowhere\\nothing.txt", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) !=
                   INVALID_HANDLE_VALUE,
               ERROR_PATH_NOT_FOUND);
}

static void CheckNames(void)
{
    char folder[MAX_PATH], path[MAX_PATH], *name = NULL;
    DWORD length = GetCurrentDirectoryA(MAX_PATH, folder);
    Check("the current folder", length > 2 && folder[1] == ':' && strlen(folder) == length);
    Check("a full name", GetFullPathNameA("files.txt", MAX_PATH, path, &name) &&
                             !strncmp(path, folder, length) && !strcmp(name, "files.txt"));
    Check("attributes", GetFileAttributesA("files.txt") != INVALID_FILE_ATTRIBUTES);
    Check("attributes of a folder", GetFileAttributesA(folder) & FILE_ATTRIBUTE_DIRECTORY);
    CheckFails("attributes of nothing", GetFileAttributesA("nothing") != INVALID_FILE_ATTRIBUTES,
               ERROR_FILE_NOT_FOUND);
    HANDLE file = CreateFileA(path, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    Check("open by the full name", file != INVALID_HANDLE_VALUE);
    CloseHandle(file);
    HANDLE wide = CreateFileW(L"files.txt", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    Check("open by a wide name", wide != INVALID_HANDLE_VALUE);
    CloseHandle(wide);
    Check("delete", DeleteFileA("files.txt"));
    CheckFails("not twice", DeleteFileA("files.txt"), ERROR_FILE_NOT_FOUND);
}

static void CheckStdio(void)
{
    char line[32] = "";
    FILE *file = fopen("stdio.txt", "w");
    Check("fopen", file != NULL);
    Check("fprintf", file && fprintf(file, "%s %d\n", "line", 1) > 0);
    Check("fclose", file && fclose(file) == 0);
    file = fopen("stdio.txt", "r");
    Check("fgets", file && fgets(line, sizeof line, file) && !strcmp(line, "line 1\n"));
    if (file)
        fclose(file);
    Check("remove", remove("stdio.txt") == 0);
}

int main(void)
{
    CheckWriteRead();
    CheckOpenings();
    CheckNames();
    CheckStdio();
    return Result();
}
