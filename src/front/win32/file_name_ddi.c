/* SPDX-License-Identifier: MIT */
/* file_name_ddi.c - what is done to files by name: made, moved, removed, asked about.
 *
 * Doc: fileapi.h, winbase.h. An …A form is its …W form after a conversion.
 */
#include <string.h>

#include "crt/string.h"
#include "ntdll/path.h"
#include "win32_internal.h"

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

#define MOVE_REPLACE 0x1u

NTSTATUS file_open(const wchar_t *path, ACCESS_MASK access, ULONG options, HANDLE *out_handle)
{
    UNICODE_STRING name;
    if (!path)
        return STATUS_OBJECT_PATH_NOT_FOUND;
    NTSTATUS status = path_nt_current(path, &name);
    if (!NT_SUCCESS(status))
        return status;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    HANDLE handle;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtOpenFile(&handle, access | SYNCHRONIZE, &attributes, &block, SHARE_ALL,
                        options | FILE_SYNCHRONOUS_IO_NONALERT);
    heap_give(name.Buffer);
    if (NT_SUCCESS(status))
        *out_handle = handle;
    return status;
}

/* ---- made and removed ---------------------------------------------------------------------------
 */

BOOL WINAPI CreateDirectoryW(LPCWSTR name, SECURITY_ATTRIBUTES *security)
{
    UNICODE_STRING path;
    NTSTATUS status = path_nt_current(name, &path);
    if (!NT_SUCCESS(status))
        return error_result(status);
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block;
    HANDLE handle;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtCreateFile(&handle, FILE_LIST_DIRECTORY | SYNCHRONIZE, &attributes, &block, NULL,
                          FILE_ATTRIBUTE_NORMAL, SHARE_ALL, FILE_CREATE,
                          FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    heap_give(path.Buffer);
    if (NT_SUCCESS(status))
        NtClose(handle);
    return error_result(status);
}

static BOOL name_remove(LPCWSTR name, ULONG options)
{
    HANDLE handle;
    NTSTATUS status = file_open(name, DELETE, options | FILE_OPEN_REPARSE_POINT, &handle);
    if (!NT_SUCCESS(status))
        return error_result(status);
    IO_STATUS_BLOCK block;
    FILE_DISPOSITION_INFORMATION disposition = {.DeleteFile = TRUE};
    status = NtSetInformationFile(handle, &block, &disposition, sizeof disposition,
                                  FileDispositionInformation);
    NtClose(handle);
    return error_result(status);
}

BOOL WINAPI DeleteFileW(LPCWSTR name)
{
    return name_remove(name, FILE_NON_DIRECTORY_FILE);
}

BOOL WINAPI RemoveDirectoryW(LPCWSTR name)
{
    return name_remove(name, FILE_DIRECTORY_FILE);
}

static NTSTATUS file_rename(HANDLE handle, LPCWSTR to, bool replace)
{
    UNICODE_STRING name;
    NTSTATUS status = path_nt_current(to, &name);
    if (!NT_SUCCESS(status))
        return status;
    ULONG bytes = (ULONG)offsetof(FILE_RENAME_INFORMATION, FileName) + name.Length;
    FILE_RENAME_INFORMATION *rename =
        heap_allocate(heap_process(), HEAP_ZERO_MEMORY, bytes + sizeof(wchar_t));
    if (rename) {
        IO_STATUS_BLOCK block;
        rename->ReplaceIfExists = replace;
        rename->FileNameLength = name.Length;
        memcpy(rename->FileName, name.Buffer, name.Length);
        status = NtSetInformationFile(handle, &block, rename, bytes, FileRenameInformation);
    } else {
        status = STATUS_NO_MEMORY;
    }
    heap_give(rename);
    heap_give(name.Buffer);
    return status;
}

/* Differs: never copies to another volume. */
EXPORT(BOOL, MoveFileExW, (LPCWSTR from, LPCWSTR to, DWORD flags))
{
    HANDLE handle;
    if (!to)
        return error_fail(ERROR_NOT_SUPPORTED); /* removal at the next boot */
    NTSTATUS status = file_open(from, DELETE, FILE_OPEN_REPARSE_POINT, &handle);
    if (!NT_SUCCESS(status))
        return error_result(status);
    status = file_rename(handle, to, flags & MOVE_REPLACE);
    NtClose(handle);
    return error_result(status);
}

BOOL WINAPI MoveFileW(LPCWSTR from, LPCWSTR to)
{
    return MoveFileExW(from, to, 0);
}

EXPORT(BOOL, CopyFileW, (LPCWSTR from, LPCWSTR to, BOOL fail_if_exists))
{
    HANDLE source = CreateFileW(from, GENERIC_READ, SHARE_ALL, NULL, 3, 0, NULL);
    if (source == INVALID_HANDLE_VALUE)
        return FALSE;
    HANDLE target = CreateFileW(to, GENERIC_WRITE, 0, NULL, fail_if_exists ? 1 : 2, 0, NULL);
    char *buffer = heap_take(0x10000);
    BOOL is_whole = target != INVALID_HANDLE_VALUE && buffer;
    DWORD count = 1, written;
    while (is_whole && count) {
        is_whole = ReadFile(source, buffer, 0x10000, &count, NULL);
        if (is_whole && count)
            is_whole = WriteFile(target, buffer, count, &written, NULL) && written == count;
    }
    DWORD error = error_get();
    heap_give(buffer);
    if (target != INVALID_HANDLE_VALUE)
        CloseHandle(target);
    CloseHandle(source);
    if (!is_whole)
        error_set(error);
    return is_whole;
}

/* ---- asked about
 * ----------------------------------------------------------------------------------- */

struct attribute_data { /* WIN32_FILE_ATTRIBUTE_DATA */
    DWORD attributes;
    FILETIME created, accessed, written;
    DWORD size_high, size_low;
};

static NTSTATUS attributes_get(LPCWSTR name, FILE_NETWORK_OPEN_INFORMATION *out)
{
    UNICODE_STRING path;
    if (!name)
        return STATUS_OBJECT_PATH_NOT_FOUND;
    NTSTATUS status = path_nt_current(name, &path);
    if (!NT_SUCCESS(status))
        return status;
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtQueryFullAttributesFile(&attributes, out);
    heap_give(path.Buffer);
    return status;
}

DWORD WINAPI GetFileAttributesW(LPCWSTR name)
{
    FILE_NETWORK_OPEN_INFORMATION open;
    return error_result(attributes_get(name, &open)) ? open.FileAttributes
                                                     : INVALID_FILE_ATTRIBUTES;
}

EXPORT(BOOL, GetFileAttributesExW, (LPCWSTR name, DWORD level, struct attribute_data *out))
{
    FILE_NETWORK_OPEN_INFORMATION open;
    if (level)
        return error_fail(ERROR_INVALID_PARAMETER);
    NTSTATUS status = attributes_get(name, &open);
    if (!NT_SUCCESS(status))
        return error_result(status);
    *out = (struct attribute_data){open.FileAttributes,
                                   filetime_of((uint64_t)open.CreationTime.QuadPart),
                                   filetime_of((uint64_t)open.LastAccessTime.QuadPart),
                                   filetime_of((uint64_t)open.LastWriteTime.QuadPart),
                                   (DWORD)open.EndOfFile.HighPart,
                                   open.EndOfFile.LowPart};
    return TRUE;
}

EXPORT(BOOL, SetFileAttributesW, (LPCWSTR name, DWORD attributes))
{
    HANDLE handle;
    NTSTATUS status = file_open(name, FILE_WRITE_ATTRIBUTES, 0, &handle);
    if (!NT_SUCCESS(status))
        return error_result(status);
    IO_STATUS_BLOCK block;
    FILE_BASIC_INFORMATION basic = {.FileAttributes =
                                        attributes ? attributes : FILE_ATTRIBUTE_NORMAL};
    status = NtSetInformationFile(handle, &block, &basic, sizeof basic, FileBasicInformation);
    NtClose(handle);
    return error_result(status);
}

/* ---- paths
 * -----------------------------------------------------------------------------------------------
 */

EXPORT(DWORD, GetFullPathNameW, (LPCWSTR name, DWORD count, LPWSTR out, LPWSTR *part))
{
    wchar_t current[1024];
    path_current_get(current, 1024);
    size_t length = path_full(name, current, out, count);
    if (!length)
        return error_fail(ERROR_INVALID_NAME), 0;
    if (part) {
        wchar_t *last = length < count ? crt_wcsrchr(out, '\\') : NULL;
        *part = last && last[1] ? last + 1 : NULL;
    }
    return (DWORD)length;
}

EXPORT(DWORD, GetFullPathNameA, (LPCSTR name, DWORD size, LPSTR out, LPSTR *part))
{
    struct wide wide;
    wchar_t whole[1024];
    wide_of(&wide, name);
    DWORD count = wide.text ? GetFullPathNameW(wide.text, 1024, whole, NULL) : 0;
    wide_drop(&wide);
    if (!count || count >= 1024)
        return 0;
    count = narrow_answer(whole, out, size);
    if (part) {
        char *last = count < size ? strrchr(out, '\\') : NULL;
        *part = last && last[1] ? last + 1 : NULL;
    }
    return count;
}

EXPORT(DWORD, GetCurrentDirectoryW, (DWORD count, LPWSTR out))
{
    wchar_t current[1024];
    size_t length = path_current_get(current, 1024);
    if (length > 3)
        current[--length] = 0; /* without its backslash, unless it is the root */
    return wide_answer(current, length, out, count);
}

EXPORT(DWORD, GetCurrentDirectoryA, (DWORD size, LPSTR out))
{
    wchar_t current[1024];
    return GetCurrentDirectoryW(1024, current) ? narrow_answer(current, out, size) : 0;
}

EXPORT(BOOL, SetCurrentDirectoryW, (LPCWSTR name))
{
    return error_result(path_current_set(name));
}

/* Differs: \Temp of the system drive does not exist; the current directory stands in. */
EXPORT(DWORD, GetTempPathW, (DWORD count, LPWSTR out))
{
    wchar_t current[1024];
    return wide_answer(current, path_current_get(current, 1024), out, count);
}

EXPORT(DWORD, GetTempPathA, (DWORD size, LPSTR out))
{
    wchar_t current[1024];
    path_current_get(current, 1024);
    return narrow_answer(current, out, size);
}

static DWORD system_directory(const wchar_t *path, LPWSTR out, DWORD count)
{
    return wide_answer(path, crt_wcslen(path), out, count);
}

EXPORT(DWORD, GetSystemDirectoryW, (LPWSTR out, DWORD count))
{
    return system_directory(L"C:\\Windows\\System32", out, count);
}

EXPORT(DWORD, GetSystemDirectoryA, (LPSTR out, DWORD size))
{
    return narrow_answer(L"C:\\Windows\\System32", out, size);
}

EXPORT(DWORD, GetWindowsDirectoryW, (LPWSTR out, DWORD count))
{
    return system_directory(L"C:\\Windows", out, count);
}

EXPORT(DWORD, GetWindowsDirectoryA, (LPSTR out, DWORD size))
{
    return narrow_answer(L"C:\\Windows", out, size);
}

/* ---- …A forms
 * ------------------------------------------------------------------------------------------- */

#define WITH_WIDE(type, failed, name, call)                                   \
    do {                                                                      \
        struct wide wide;                                                     \
        wide_of(&wide, name);                                                 \
        type answer = failed;                                                 \
        if (wide.text)                                                        \
            answer = call;                                                    \
        else                                                                  \
            error_set(name ? ERROR_NOT_ENOUGH_MEMORY : ERROR_PATH_NOT_FOUND); \
        wide_drop(&wide);                                                     \
        return answer;                                                        \
    } while (0)

EXPORT(BOOL, CreateDirectoryA, (LPCSTR name, SECURITY_ATTRIBUTES *security))
{
    WITH_WIDE(BOOL, FALSE, name, CreateDirectoryW(wide.text, security));
}

EXPORT(BOOL, DeleteFileA, (LPCSTR name))
{
    WITH_WIDE(BOOL, FALSE, name, DeleteFileW(wide.text));
}

EXPORT(BOOL, RemoveDirectoryA, (LPCSTR name))
{
    WITH_WIDE(BOOL, FALSE, name, RemoveDirectoryW(wide.text));
}

EXPORT(DWORD, GetFileAttributesA, (LPCSTR name))
{
    WITH_WIDE(DWORD, INVALID_FILE_ATTRIBUTES, name, GetFileAttributesW(wide.text));
}

EXPORT(BOOL, GetFileAttributesExA, (LPCSTR name, DWORD level, struct attribute_data *out))
{
    WITH_WIDE(BOOL, FALSE, name, GetFileAttributesExW(wide.text, level, out));
}

EXPORT(BOOL, SetFileAttributesA, (LPCSTR name, DWORD attributes))
{
    WITH_WIDE(BOOL, FALSE, name, SetFileAttributesW(wide.text, attributes));
}

EXPORT(BOOL, SetCurrentDirectoryA, (LPCSTR name))
{
    WITH_WIDE(BOOL, FALSE, name, SetCurrentDirectoryW(wide.text));
}

EXPORT(BOOL, MoveFileExA, (LPCSTR from, LPCSTR to, DWORD flags))
{
    struct wide target;
    wide_of(&target, to);
    struct wide wide;
    wide_of(&wide, from);
    BOOL answer = wide.text && MoveFileExW(wide.text, target.text, flags);
    wide_drop(&wide);
    wide_drop(&target);
    return answer;
}

EXPORT(BOOL, MoveFileA, (LPCSTR from, LPCSTR to))
{
    return MoveFileExA(from, to, 0);
}

EXPORT(BOOL, CopyFileA, (LPCSTR from, LPCSTR to, BOOL fail_if_exists))
{
    struct wide source, target;
    wide_of(&source, from);
    wide_of(&target, to);
    BOOL answer = source.text && target.text && CopyFileW(source.text, target.text, fail_if_exists);
    wide_drop(&target);
    wide_drop(&source);
    return answer;
}
