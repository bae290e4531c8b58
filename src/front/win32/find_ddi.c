/* SPDX-License-Identifier: MIT */
/* find_ddi.c - FindFirstFile and its family: directories, an entry at a time. Doc: fileapi.h */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "win32_internal.h"

#define BUFFER_BYTES 4096u

struct find {
    HANDLE directory;
    UNICODE_STRING pattern;
    ULONG at; /* next entry in buffer; 0 and is_empty: read more */
    bool is_empty;
    _Alignas(8) char buffer[BUFFER_BYTES];
    wchar_t pattern_text[MAX_PATH];
};

struct find_data_head { /* the common part of WIN32_FIND_DATA */
    DWORD attributes;
    FILETIME created, accessed, written;
    DWORD size_high, size_low, reserved0, reserved1;
};
struct find_data_w {
    struct find_data_head head;
    wchar_t name[MAX_PATH], short_name[14];
};
struct find_data_a {
    struct find_data_head head;
    char name[MAX_PATH], short_name[14];
};

static NTSTATUS entry_next(struct find *find, const FILE_BOTH_DIR_INFORMATION **out_entry)
{
    if (find->is_empty) {
        IO_STATUS_BLOCK block;
        NTSTATUS status = NtQueryDirectoryFile(
            find->directory, NULL, NULL, NULL, &block, find->buffer, BUFFER_BYTES,
            FileBothDirectoryInformation, FALSE, &find->pattern, FALSE);
        if (!NT_SUCCESS(status))
            return status;
        find->at = 0;
        find->is_empty = false;
    }
    const FILE_BOTH_DIR_INFORMATION *entry = (const void *)(find->buffer + find->at);
    find->at += entry->NextEntryOffset;
    find->is_empty = !entry->NextEntryOffset;
    *out_entry = entry;
    return STATUS_SUCCESS;
}

static void data_fill(struct find_data_w *out, const FILE_BOTH_DIR_INFORMATION *entry)
{
    size_t count = entry->FileNameLength / sizeof(wchar_t);
    if (count >= MAX_PATH)
        count = MAX_PATH - 1;
    memset(out, 0, sizeof *out);
    out->head = (struct find_data_head){entry->FileAttributes,
                                        filetime_of((uint64_t)entry->CreationTime.QuadPart),
                                        filetime_of((uint64_t)entry->LastAccessTime.QuadPart),
                                        filetime_of((uint64_t)entry->LastWriteTime.QuadPart),
                                        (DWORD)entry->EndOfFile.HighPart,
                                        entry->EndOfFile.LowPart,
                                        0,
                                        0};
    memcpy(out->name, entry->FileName, count * sizeof(wchar_t));
    memcpy(out->short_name, entry->ShortName, (size_t)entry->ShortNameLength);
}

EXPORT(BOOL, FindNextFileW, (HANDLE handle, struct find_data_w *out))
{
    const FILE_BOTH_DIR_INFORMATION *entry;
    if (handle == INVALID_HANDLE_VALUE || !handle)
        return error_fail(ERROR_INVALID_HANDLE);
    NTSTATUS status = entry_next(handle, &entry);
    if (NT_SUCCESS(status))
        data_fill(out, entry);
    return error_result(status);
}

EXPORT(BOOL, FindClose, (HANDLE handle))
{
    struct find *find = handle;
    if (handle == INVALID_HANDLE_VALUE || !handle)
        return error_fail(ERROR_INVALID_HANDLE);
    NtClose(find->directory);
    heap_give(find);
    return TRUE;
}

/* name is a directory, a separator and a pattern. */
static NTSTATUS find_open(LPCWSTR name, struct find **out_find)
{
    const wchar_t *pattern = name;
    for (const wchar_t *at = name; *at; at++) {
        if (*at == '\\' || *at == '/' || (at == name + 1 && *at == ':'))
            pattern = at + 1;
    }
    size_t folder_count = (size_t)(pattern - name), count = crt_wcslen(pattern);
    if (!count || count >= MAX_PATH)
        return STATUS_OBJECT_NAME_INVALID;
    struct find *find = heap_take(sizeof *find);
    wchar_t *folder = heap_take((folder_count + 2) * sizeof *folder);
    NTSTATUS status = STATUS_NO_MEMORY;
    if (find && folder) {
        memcpy(folder, name, folder_count * sizeof *folder);
        folder[folder_count] = 0;
        memcpy(find->pattern_text, crt_wcscmp(pattern, L"*.*") ? pattern : L"*",
               (crt_wcscmp(pattern, L"*.*") ? count + 1 : 2) * sizeof *pattern);
        count = crt_wcslen(find->pattern_text);
        find->pattern = (UNICODE_STRING){(USHORT)(count * sizeof(wchar_t)),
                                         (USHORT)(count * sizeof(wchar_t)), find->pattern_text};
        find->is_empty = true;
        status = file_open(folder_count ? folder : L".", FILE_LIST_DIRECTORY, FILE_DIRECTORY_FILE,
                           &find->directory);
    }
    heap_give(folder);
    if (!NT_SUCCESS(status)) {
        heap_give(find);
        return status;
    }
    *out_find = find;
    return STATUS_SUCCESS;
}

EXPORT(HANDLE, FindFirstFileW, (LPCWSTR name, struct find_data_w *out))
{
    struct find *find;
    NTSTATUS status = find_open(name, &find);
    if (!error_result(status)) {
        if (status == STATUS_OBJECT_NAME_NOT_FOUND)
            error_set(ERROR_PATH_NOT_FOUND);
        return INVALID_HANDLE_VALUE;
    }
    if (FindNextFileW(find, out))
        return find;
    DWORD error = error_get();
    FindClose(find);
    error_set(error == ERROR_NO_MORE_FILES ? ERROR_FILE_NOT_FOUND : error);
    return INVALID_HANDLE_VALUE;
}

EXPORT(HANDLE, FindFirstFileExW,
       (LPCWSTR name, DWORD level, struct find_data_w *out, DWORD operation, LPVOID filter,
        DWORD flags))
{
    return FindFirstFileW(name, out);
}

static void data_narrow(struct find_data_a *to, const struct find_data_w *from)
{
    to->head = from->head;
    crt_utf8_from_string(from->name, to->name, MAX_PATH);
    crt_utf8_from_string(from->short_name, to->short_name, sizeof to->short_name);
}

EXPORT(BOOL, FindNextFileA, (HANDLE handle, struct find_data_a *out))
{
    struct find_data_w found;
    if (!FindNextFileW(handle, &found))
        return FALSE;
    data_narrow(out, &found);
    return TRUE;
}

EXPORT(HANDLE, FindFirstFileA, (LPCSTR name, struct find_data_a *out))
{
    struct wide wide;
    struct find_data_w found;
    wide_of(&wide, name);
    HANDLE handle = wide.text ? FindFirstFileW(wide.text, &found) : INVALID_HANDLE_VALUE;
    wide_drop(&wide);
    if (handle != INVALID_HANDLE_VALUE)
        data_narrow(out, &found);
    return handle;
}
