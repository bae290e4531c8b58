/* SPDX-License-Identifier: MIT */
/* path_ddi.c - the program's current directory, and paths under the names programs call. */
#include <string.h>

#include "crt/string.h"
#include "ntdll/error.h"
#include "ntdll/heap.h"
#include "ntdll/nt.h"
#include "ntdll/path.h"
#include "ntdll/sync.h"

static RTL_SRWLOCK current_lock; /* guards: CurrentDirectory of the process parameters */

size_t path_current_get(wchar_t *out, size_t out_count)
{
    srw_take_shared(&current_lock);
    const UNICODE_STRING *current = &peb_current()->ProcessParameters->CurrentDirectory;
    size_t count = current->Length / sizeof(wchar_t);
    if (count < out_count) {
        memcpy(out, current->Buffer, current->Length);
        out[count] = 0;
    }
    srw_give_shared(&current_lock);
    return count < out_count ? count : count + 1;
}

NTSTATUS path_nt_current(const wchar_t *path, UNICODE_STRING *out_name)
{
    wchar_t current[1024];
    size_t room = crt_wcslen(path) + 1040, length;
    if (path_current_get(current, 1024) >= 1024)
        return STATUS_NAME_TOO_LONG;
    wchar_t *buffer = heap_take(room * sizeof *buffer);
    if (!buffer)
        return STATUS_NO_MEMORY;
    NTSTATUS status = path_nt(path, current, buffer, room, &length);
    if (!NT_SUCCESS(status)) {
        heap_give(buffer);
        return status;
    }
    *out_name = (UNICODE_STRING){(USHORT)(length * sizeof(wchar_t)),
                                 (USHORT)(length * sizeof(wchar_t) + sizeof(wchar_t)), buffer};
    return STATUS_SUCCESS;
}

/* Opens it once to see that it is a directory. */
static NTSTATUS directory_check(const wchar_t *path)
{
    UNICODE_STRING name;
    NTSTATUS status = path_nt_current(path, &name);
    if (!NT_SUCCESS(status))
        return status;
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    HANDLE handle;
    IO_STATUS_BLOCK block;
    status = NtOpenFile(&handle, FILE_READ_ATTRIBUTES | SYNCHRONIZE, &attributes, &block,
                        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                        FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT);
    heap_give(name.Buffer);
    if (NT_SUCCESS(status))
        NtClose(handle);
    return status;
}

NTSTATUS path_current_set(const wchar_t *path)
{
    wchar_t current[1024], whole[1024];
    path_current_get(current, 1024);
    size_t count = path_full(path, current, whole, 1022);
    if (!count)
        return STATUS_OBJECT_NAME_INVALID;
    if (count >= 1022)
        return STATUS_NAME_TOO_LONG;
    NTSTATUS status = directory_check(whole);
    if (!NT_SUCCESS(status))
        return status;
    if (whole[count - 1] != '\\')
        whole[count++] = '\\';
    srw_take_exclusive(&current_lock);
    UNICODE_STRING *name = &peb_current()->ProcessParameters->CurrentDirectory;
    memcpy(name->Buffer, whole, count * sizeof *whole);
    name->Buffer[count] = 0;
    name->Length = (USHORT)(count * sizeof *whole);
    srw_give_exclusive(&current_lock);
    return STATUS_SUCCESS;
}

EXPORT(BOOLEAN, RtlDosPathNameToNtPathName_U,
       (PCWSTR path, UNICODE_STRING *name, PWSTR *file_part, PVOID relative))
{
    if (!NT_SUCCESS(path_nt_current(path, name)))
        return FALSE;
    if (file_part) {
        wchar_t *last = crt_wcsrchr(name->Buffer, '\\');
        *file_part = last && last[1] ? last + 1 : NULL;
    }
    if (relative)
        memset(relative, 0, 4 * sizeof(PVOID)); /* RTL_RELATIVE_NAME: nothing relative */
    return TRUE;
}

EXPORT(NTSTATUS, RtlDosPathNameToNtPathName_U_WithStatus,
       (PCWSTR path, UNICODE_STRING *name, PWSTR *file_part, PVOID relative))
{
    UNICODE_STRING made;
    NTSTATUS status = path_nt_current(path, &made);
    if (!NT_SUCCESS(status))
        return status;
    heap_give(made.Buffer);
    return RtlDosPathNameToNtPathName_U(path, name, file_part, relative) ? STATUS_SUCCESS
                                                                         : STATUS_NO_MEMORY;
}

EXPORT(ULONG, RtlGetFullPathName_U, (PCWSTR path, ULONG bytes, PWSTR out, PWSTR *file_part))
{
    wchar_t current[1024];
    path_current_get(current, 1024);
    size_t room = bytes / sizeof(wchar_t);
    size_t count = path_full(path, current, out, room);
    if (file_part)
        *file_part = NULL;
    if (count && count < room && file_part) {
        wchar_t *last = crt_wcsrchr(out, '\\');
        *file_part = last && last[1] ? last + 1 : NULL;
    }
    return (ULONG)(count * sizeof(wchar_t));
}

EXPORT(ULONG, RtlGetCurrentDirectory_U, (ULONG bytes, PWSTR out))
{
    return (ULONG)(path_current_get(out, bytes / sizeof(wchar_t)) * sizeof(wchar_t));
}

EXPORT(NTSTATUS, RtlSetCurrentDirectory_U, (UNICODE_STRING * name))
{
    wchar_t path[1024];
    if (name->Length >= sizeof path)
        return STATUS_NAME_TOO_LONG;
    memcpy(path, name->Buffer, name->Length);
    path[name->Length / sizeof(wchar_t)] = 0;
    return path_current_set(path);
}

EXPORT(ULONG, RtlDetermineDosPathNameType_U, (PCWSTR path))
{
    /* RTL_PATH_TYPE: UNC 1, drive absolute 2, drive relative 3, rooted 4, relative 5, device 6,
     * root of devices 7. */
    static const ULONG types[] = {5, 4, 3, 2, 1, 6, 6};
    return types[path_kind(path)];
}
