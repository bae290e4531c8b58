/* SPDX-License-Identifier: MIT */
/* file_information_ddi.c - information of an open file by class. Doc: FILE_INFO_BY_HANDLE_CLASS
 *
 * A class of Win32 is a class of the services with the same structure, except that a new name is a
 * Win32 path and an identifier is put together from two answers.
 */
#include <string.h>

#include "ntdll/path.h"
#include "win32_internal.h"

enum { /* FILE_INFO_BY_HANDLE_CLASS */
       INFO_BASIC,
       INFO_STANDARD,
       INFO_NAME,
       INFO_RENAME,
       INFO_DISPOSITION,
       INFO_ALLOCATION,
       INFO_END_OF_FILE,
       INFO_ATTRIBUTE_TAG = 9,
       INFO_ID_BOTH_DIRECTORY,
       INFO_ID_BOTH_DIRECTORY_RESTART,
       INFO_IO_PRIORITY,
       INFO_FULL_DIRECTORY = 14,
       INFO_FULL_DIRECTORY_RESTART,
       INFO_ALIGNMENT = 17,
       INFO_ID = 18,
       INFO_DISPOSITION_EX = 21,
       INFO_RENAME_EX = 22,
};

#define PRIORITY_HINTS 3u /* very low, low, normal */

/* The new name as the services want it: absolute, or relative to a folder's handle as it is. */
static NTSTATUS rename_set(HANDLE file, FILE_INFORMATION_CLASS kind,
                           const FILE_RENAME_INFORMATION *given, DWORD size)
{
    const size_t head = offsetof(FILE_RENAME_INFORMATION, FileName);
    UNICODE_STRING name = {0};
    IO_STATUS_BLOCK block;
    if (size < head + sizeof(wchar_t) || given->FileNameLength > size - head ||
        given->FileNameLength % sizeof(wchar_t))
        return STATUS_INFO_LENGTH_MISMATCH;
    wchar_t *text = heap_take(given->FileNameLength + sizeof *text);
    if (!text)
        return STATUS_NO_MEMORY;
    memcpy(text, given->FileName, given->FileNameLength);
    text[given->FileNameLength / sizeof *text] = 0;
    NTSTATUS status = path_nt_current(text, &name);
    heap_give(text);
    if (!NT_SUCCESS(status))
        return status;
    FILE_RENAME_INFORMATION *rename = heap_take(head + name.Length + sizeof(wchar_t));
    if (rename) {
        memcpy(rename, given, head);
        rename->RootDirectory = NULL;
        rename->FileNameLength = name.Length;
        memcpy(rename->FileName, name.Buffer, name.Length);
        status = NtSetInformationFile(file, &block, rename, (ULONG)(head + name.Length), kind);
    } else {
        status = STATUS_NO_MEMORY;
    }
    heap_give(rename);
    heap_give(name.Buffer);
    return status;
}

/* The service's class of what is set without change; 0: there is none. */
static FILE_INFORMATION_CLASS class_of_set(int class, DWORD *out_size)
{
    *out_size = sizeof(LARGE_INTEGER);
    switch (class) {
    case INFO_BASIC:
        *out_size = sizeof(FILE_BASIC_INFORMATION);
        return FileBasicInformation;
    case INFO_DISPOSITION:
        *out_size = sizeof(FILE_DISPOSITION_INFORMATION);
        return FileDispositionInformation;
    case INFO_DISPOSITION_EX:
        *out_size = sizeof(ULONG);
        return FileDispositionInformationEx;
    case INFO_ALLOCATION:
        return FileAllocationInformation;
    case INFO_END_OF_FILE:
        return FileEndOfFileInformation;
    case INFO_IO_PRIORITY:
        *out_size = sizeof(ULONG);
        return FileIoPriorityHintInformation;
    default:
        return 0;
    }
}

EXPORT(BOOL, SetFileInformationByHandle, (HANDLE file, int class, LPVOID information, DWORD size))
{
    IO_STATUS_BLOCK block;
    DWORD needed;
    if (!information)
        return error_fail(ERROR_INVALID_PARAMETER);
    if (class == INFO_RENAME || class == INFO_RENAME_EX)
        return error_result(
            rename_set(file, class == INFO_RENAME ? FileRenameInformation : FileRenameInformationEx,
                       information, size));
    FILE_INFORMATION_CLASS kind = class_of_set(class, &needed);
    if (!kind)
        return error_fail(ERROR_INVALID_PARAMETER);
    if (size < needed)
        return error_fail(ERROR_BAD_LENGTH);
    if (kind == FileIoPriorityHintInformation && *(const ULONG *)information >= PRIORITY_HINTS)
        return error_fail(ERROR_INVALID_PARAMETER);
    return error_result(NtSetInformationFile(file, &block, information, size, kind));
}

/* ---- asked for ------------------------------------------------------------------------------ */

struct file_id { /* FILE_ID_INFO */
    uint64_t volume, index[2];
};

static NTSTATUS id_get(HANDLE file, struct file_id *out_id)
{
    struct {
        FILE_FS_VOLUME_INFORMATION head;
        wchar_t label[MAX_PATH];
    } volume;
    FILE_INTERNAL_INFORMATION internal;
    IO_STATUS_BLOCK block;
    NTSTATUS status =
        NtQueryInformationFile(file, &block, &internal, sizeof internal, FileInternalInformation);
    if (NT_SUCCESS(status))
        status = NtQueryVolumeInformationFile(file, &block, &volume, sizeof volume,
                                              FileFsVolumeInformation);
    if (NT_SUCCESS(status))
        *out_id = (struct file_id){volume.head.VolumeSerialNumber,
                                   {(uint64_t)internal.IndexNumber.QuadPart, 0}};
    return status;
}

static NTSTATUS entries_get(HANDLE file, LPVOID out, DWORD size, FILE_INFORMATION_CLASS kind,
                            bool restart)
{
    IO_STATUS_BLOCK block = {0};
    NTSTATUS status = NtQueryDirectoryFile(file, NULL, NULL, NULL, &block, out, size, kind, FALSE,
                                           NULL, (BOOLEAN)restart);
    if (status == STATUS_PENDING) {
        status = NtWaitForSingleObject(file, FALSE, NULL);
        if (NT_SUCCESS(status))
            status = block.Status;
    }
    return status;
}

EXPORT(BOOL, GetFileInformationByHandleEx, (HANDLE file, int class, LPVOID out, DWORD size))
{
    static const struct {
        int class;
        FILE_INFORMATION_CLASS kind;
        DWORD size;
    } same[] = {
        {INFO_BASIC, FileBasicInformation, sizeof(FILE_BASIC_INFORMATION)},
        {INFO_STANDARD, FileStandardInformation, sizeof(FILE_STANDARD_INFORMATION)},
        {INFO_NAME, FileNameInformation, sizeof(FILE_NAME_INFORMATION)},
        {INFO_ATTRIBUTE_TAG, FileAttributeTagInformation, sizeof(FILE_ATTRIBUTE_TAG_INFORMATION)},
        {INFO_ALIGNMENT, FileAlignmentInformation, sizeof(FILE_ALIGNMENT_INFORMATION)},
    };
    IO_STATUS_BLOCK block;
    switch (class) {
    case INFO_ID_BOTH_DIRECTORY:
    case INFO_ID_BOTH_DIRECTORY_RESTART:
        return error_result(entries_get(file, out, size, FileIdBothDirectoryInformation,
                                        class == INFO_ID_BOTH_DIRECTORY_RESTART));
    case INFO_FULL_DIRECTORY:
    case INFO_FULL_DIRECTORY_RESTART:
        return error_result(entries_get(file, out, size, FileFullDirectoryInformation,
                                        class == INFO_FULL_DIRECTORY_RESTART));
    case INFO_ID:
        return size < sizeof(struct file_id) ? error_fail(ERROR_BAD_LENGTH)
                                             : error_result(id_get(file, out));
    default:
        break;
    }
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        if (same[i].class != class)
            continue;
        if (size < same[i].size)
            return error_fail(ERROR_BAD_LENGTH);
        NTSTATUS status = NtQueryInformationFile(file, &block, out, size, same[i].kind);
        return status == STATUS_BUFFER_OVERFLOW ? error_fail(ERROR_MORE_DATA)
                                                : error_result(status);
    }
    return error_fail(ERROR_INVALID_PARAMETER);
}
