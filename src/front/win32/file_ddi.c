/* SPDX-License-Identifier: MIT */
/* file_ddi.c - opening files and devices, and what is asked of an open one.
 *
 * Doc: fileapi.h, handleapi.h. CreateFile takes the console's names for the program's standard
 * handles; everything else is NtCreateFile's to find.
 */
#include <string.h>

#include "crt/string.h"
#include "ntdll/path.h"
#include "win32_internal.h"

#define CREATE_NEW        1u
#define CREATE_ALWAYS     2u
#define OPEN_EXISTING     3u
#define OPEN_ALWAYS       4u
#define TRUNCATE_EXISTING 5u

#define FLAG_WRITE_THROUGH   0x80000000u
#define FLAG_OVERLAPPED      0x40000000u
#define FLAG_NO_BUFFERING    0x20000000u
#define FLAG_RANDOM          0x10000000u
#define FLAG_SEQUENTIAL      0x08000000u
#define FLAG_DELETE_ON_CLOSE 0x04000000u
#define FLAG_BACKUP          0x02000000u
#define FLAG_REPARSE_POINT   0x00200000u
#define FLAG_ATTRIBUTES      0x0000ffb7u

static ULONG options_of(DWORD flags)
{
    ULONG options = flags & FLAG_BACKUP ? FILE_OPEN_FOR_BACKUP_INTENT : FILE_NON_DIRECTORY_FILE;
    if (!(flags & FLAG_OVERLAPPED))
        options |= FILE_SYNCHRONOUS_IO_NONALERT;
    if (flags & FLAG_WRITE_THROUGH)
        options |= FILE_WRITE_THROUGH;
    if (flags & FLAG_NO_BUFFERING)
        options |= FILE_NO_INTERMEDIATE_BUFFERING;
    if (flags & FLAG_RANDOM)
        options |= FILE_RANDOM_ACCESS;
    if (flags & FLAG_SEQUENTIAL)
        options |= FILE_SEQUENTIAL_ONLY;
    if (flags & FLAG_DELETE_ON_CLOSE)
        options |= FILE_DELETE_ON_CLOSE;
    if (flags & FLAG_REPARSE_POINT)
        options |= FILE_OPEN_REPARSE_POINT;
    return options;
}

/* The handle a console's name stands for, or NULL when the name is not one. */
static HANDLE console_handle(const wchar_t *name, DWORD access)
{
    const wchar_t *device;
    size_t count = path_device(name, &device);
    const struct process_parameters *parameters = peb_current()->ProcessParameters;
    if (count == 6 && !crt_wcsnicmp(device, L"conin$", 6))
        return parameters->StandardInput;
    if (count == 7 && !crt_wcsnicmp(device, L"conout$", 7))
        return parameters->StandardOutput;
    if (count == 3 && !crt_wcsnicmp(device, L"con", 3))
        return access & (GENERIC_WRITE | FILE_WRITE_DATA) ? parameters->StandardOutput
                                                          : parameters->StandardInput;
    return NULL;
}

static HANDLE file_created(NTSTATUS status, HANDLE handle, ULONG_PTR information, DWORD disposition)
{
    if (!NT_SUCCESS(status)) {
        error_result(status);
        if (status == STATUS_OBJECT_NAME_COLLISION)
            error_set(ERROR_FILE_EXISTS);
        return INVALID_HANDLE_VALUE;
    }
    bool was_there = (disposition == CREATE_ALWAYS && information == FILE_OVERWRITTEN) ||
                     (disposition == OPEN_ALWAYS && information == FILE_OPENED);
    error_set(was_there ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    return handle;
}

HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, SECURITY_ATTRIBUTES *security,
                          DWORD disposition, DWORD flags, HANDLE template_file)
{
    static const ULONG dispositions[] = {FILE_CREATE, FILE_OVERWRITE_IF, FILE_OPEN, FILE_OPEN_IF,
                                         FILE_OVERWRITE};
    HANDLE handle = NULL;
    if (!name || disposition < CREATE_NEW || disposition > TRUNCATE_EXISTING) {
        error_set(name ? ERROR_INVALID_PARAMETER : ERROR_PATH_NOT_FOUND);
        return INVALID_HANDLE_VALUE;
    }
    HANDLE console = console_handle(name, access);
    if (console) {
        NTSTATUS status = NtDuplicateObject(ZwCurrentProcess(), console, ZwCurrentProcess(),
                                            &handle, 0, 0, DUPLICATE_SAME_ACCESS);
        return file_created(status, handle, 0, disposition);
    }
    UNICODE_STRING path;
    NTSTATUS status = path_nt_current(name, &path);
    if (!NT_SUCCESS(status))
        return file_created(status, NULL, 0, disposition);
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK block = {0};
    ULONG inherit = security && security->bInheritHandle ? OBJ_INHERIT : 0;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE | inherit, NULL,
                               security ? security->lpSecurityDescriptor : NULL);
    access |= SYNCHRONIZE | FILE_READ_ATTRIBUTES | (flags & FLAG_DELETE_ON_CLOSE ? DELETE : 0);
    status =
        NtCreateFile(&handle, access, &attributes, &block, NULL, flags & FLAG_ATTRIBUTES, share,
                     dispositions[disposition - CREATE_NEW], options_of(flags), NULL, 0);
    heap_give(path.Buffer);
    return file_created(status, handle, block.Information, disposition);
}

EXPORT(HANDLE, CreateFileA,
       (LPCSTR name, DWORD access, DWORD share, SECURITY_ATTRIBUTES *security, DWORD disposition,
        DWORD flags, HANDLE template_file))
{
    struct wide wide;
    wide_of(&wide, name);
    HANDLE handle =
        CreateFileW(wide.text, access, share, security, disposition, flags, template_file);
    wide_drop(&wide);
    return handle;
}

BOOL WINAPI CloseHandle(HANDLE handle)
{
    if (handle == ZwCurrentProcess() || handle == ZwCurrentThread())
        return TRUE;
    return error_result(NtClose(handle));
}

/* ---- position and size ------------------------------------------------------------------------
 */

static NTSTATUS position_get(HANDLE file, int64_t *out_position)
{
    IO_STATUS_BLOCK block;
    FILE_POSITION_INFORMATION position;
    NTSTATUS status =
        NtQueryInformationFile(file, &block, &position, sizeof position, FilePositionInformation);
    *out_position = NT_SUCCESS(status) ? position.CurrentByteOffset.QuadPart : 0;
    return status;
}

static NTSTATUS size_get(HANDLE file, int64_t *out_size)
{
    IO_STATUS_BLOCK block;
    FILE_STANDARD_INFORMATION standard;
    NTSTATUS status =
        NtQueryInformationFile(file, &block, &standard, sizeof standard, FileStandardInformation);
    *out_size = NT_SUCCESS(status) ? standard.EndOfFile.QuadPart : 0;
    return status;
}

BOOL WINAPI SetFilePointerEx(HANDLE file, LARGE_INTEGER distance, LARGE_INTEGER *position,
                             DWORD method)
{
    IO_STATUS_BLOCK block;
    int64_t base = 0;
    NTSTATUS status = STATUS_SUCCESS;
    if (method > 2)
        return error_fail(ERROR_INVALID_PARAMETER);
    if (method)
        status = method == 1 ? position_get(file, &base) : size_get(file, &base);
    if (!NT_SUCCESS(status))
        return error_result(status);
    FILE_POSITION_INFORMATION moved = {.CurrentByteOffset.QuadPart = base + distance.QuadPart};
    if (moved.CurrentByteOffset.QuadPart < 0)
        return error_fail(ERROR_NEGATIVE_SEEK);
    status = NtSetInformationFile(file, &block, &moved, sizeof moved, FilePositionInformation);
    if (NT_SUCCESS(status) && position)
        *position = moved.CurrentByteOffset;
    return error_result(status);
}

EXPORT(DWORD, SetFilePointer, (HANDLE file, LONG low, LONG *high, DWORD method))
{
    LARGE_INTEGER distance = {.QuadPart = low}, position;
    if (high)
        distance = (LARGE_INTEGER){.LowPart = (ULONG)low, .HighPart = *high};
    if (!SetFilePointerEx(file, distance, &position, method))
        return INVALID_SET_FILE_POINTER;
    if (high)
        *high = position.HighPart;
    else if (position.HighPart)
        return error_fail(ERROR_INVALID_PARAMETER), INVALID_SET_FILE_POINTER;
    if (position.LowPart == INVALID_SET_FILE_POINTER)
        error_set(ERROR_SUCCESS); /* the only way to tell it from a failure */
    return position.LowPart;
}

BOOL WINAPI GetFileSizeEx(HANDLE file, LARGE_INTEGER *size)
{
    int64_t bytes;
    NTSTATUS status = size_get(file, &bytes);
    if (NT_SUCCESS(status))
        size->QuadPart = bytes;
    return error_result(status);
}

EXPORT(DWORD, GetFileSize, (HANDLE file, DWORD *high))
{
    LARGE_INTEGER size;
    if (!GetFileSizeEx(file, &size))
        return INVALID_FILE_SIZE;
    if (high)
        *high = (DWORD)size.HighPart;
    if (size.LowPart == INVALID_FILE_SIZE)
        error_set(ERROR_SUCCESS);
    return size.LowPart;
}

BOOL WINAPI SetEndOfFile(HANDLE file)
{
    IO_STATUS_BLOCK block;
    FILE_END_OF_FILE_INFORMATION end;
    int64_t position;
    NTSTATUS status = position_get(file, &position);
    if (!NT_SUCCESS(status))
        return error_result(status);
    end.EndOfFile.QuadPart = position;
    return error_result(
        NtSetInformationFile(file, &block, &end, sizeof end, FileEndOfFileInformation));
}

BOOL WINAPI FlushFileBuffers(HANDLE file)
{
    IO_STATUS_BLOCK block;
    return error_result(NtFlushBuffersFile(file, &block));
}

/* ---- what it is ---------------------------------------------------------------------------------
 */

DWORD WINAPI GetFileType(HANDLE file)
{
    IO_STATUS_BLOCK block;
    FILE_FS_DEVICE_INFORMATION device;
    if (console_of(file) >= 0)
        return 2; /* FILE_TYPE_CHAR */
    NTSTATUS status =
        NtQueryVolumeInformationFile(file, &block, &device, sizeof device, FileFsDeviceInformation);
    if (!error_result(status))
        return 0;
    error_set(ERROR_SUCCESS);
    switch (device.DeviceType) {
    case FILE_DEVICE_DISK:
    case FILE_DEVICE_DISK_FILE_SYSTEM:
    case FILE_DEVICE_CD_ROM:
    case FILE_DEVICE_CD_ROM_FILE_SYSTEM:
    case FILE_DEVICE_NETWORK_FILE_SYSTEM:
    case FILE_DEVICE_FILE_SYSTEM:
    case FILE_DEVICE_VIRTUAL_DISK:
        return 1;
    case FILE_DEVICE_NAMED_PIPE:
        return 3;
    case FILE_DEVICE_CONSOLE:
    case FILE_DEVICE_NULL:
    case FILE_DEVICE_KEYBOARD:
    case FILE_DEVICE_MOUSE:
    case FILE_DEVICE_SERIAL_PORT:
    case FILE_DEVICE_PARALLEL_PORT:
    case FILE_DEVICE_SCREEN:
    case FILE_DEVICE_SOUND:
    case FILE_DEVICE_MODEM:
        return 2;
    default:
        return 0;
    }
}

struct by_handle_information { /* BY_HANDLE_FILE_INFORMATION */
    DWORD attributes;
    FILETIME created, accessed, written;
    DWORD volume_serial, size_high, size_low, links, index_high, index_low;
};

EXPORT(BOOL, GetFileInformationByHandle, (HANDLE file, struct by_handle_information *out))
{
    IO_STATUS_BLOCK block;
    FILE_NETWORK_OPEN_INFORMATION open;
    FILE_STANDARD_INFORMATION standard;
    FILE_INTERNAL_INFORMATION internal = {0};
    NTSTATUS status =
        NtQueryInformationFile(file, &block, &open, sizeof open, FileNetworkOpenInformation);
    if (NT_SUCCESS(status))
        status = NtQueryInformationFile(file, &block, &standard, sizeof standard,
                                        FileStandardInformation);
    if (!NT_SUCCESS(status))
        return error_result(status);
    NtQueryInformationFile(file, &block, &internal, sizeof internal, FileInternalInformation);
    *out = (struct by_handle_information){
        .attributes = open.FileAttributes,
        .created = filetime_of((uint64_t)open.CreationTime.QuadPart),
        .accessed = filetime_of((uint64_t)open.LastAccessTime.QuadPart),
        .written = filetime_of((uint64_t)open.LastWriteTime.QuadPart),
        .size_high = (DWORD)standard.EndOfFile.HighPart,
        .size_low = standard.EndOfFile.LowPart,
        .links = standard.NumberOfLinks,
        .index_high = (DWORD)internal.IndexNumber.HighPart,
        .index_low = internal.IndexNumber.LowPart};
    return TRUE;
}

EXPORT(BOOL, GetFileTime, (HANDLE file, FILETIME *created, FILETIME *accessed, FILETIME *written))
{
    IO_STATUS_BLOCK block;
    FILE_BASIC_INFORMATION basic;
    NTSTATUS status =
        NtQueryInformationFile(file, &block, &basic, sizeof basic, FileBasicInformation);
    if (!NT_SUCCESS(status))
        return error_result(status);
    if (created)
        *created = filetime_of((uint64_t)basic.CreationTime.QuadPart);
    if (accessed)
        *accessed = filetime_of((uint64_t)basic.LastAccessTime.QuadPart);
    if (written)
        *written = filetime_of((uint64_t)basic.LastWriteTime.QuadPart);
    return TRUE;
}

EXPORT(BOOL, SetFileTime,
       (HANDLE file, const FILETIME *created, const FILETIME *accessed, const FILETIME *written))
{
    IO_STATUS_BLOCK block;
    FILE_BASIC_INFORMATION basic = {0}; /* zero: stays */
    if (created)
        basic.CreationTime.QuadPart = (LONGLONG)time_of(created);
    if (accessed)
        basic.LastAccessTime.QuadPart = (LONGLONG)time_of(accessed);
    if (written)
        basic.LastWriteTime.QuadPart = (LONGLONG)time_of(written);
    return error_result(
        NtSetInformationFile(file, &block, &basic, sizeof basic, FileBasicInformation));
}

/* ---- handles
 * ---------------------------------------------------------------------------------------- */

EXPORT(BOOL, DuplicateHandle,
       (HANDLE source_process, HANDLE source, HANDLE target_process, HANDLE *target, DWORD access,
        BOOL inherit, DWORD options))
{
    HANDLE made = NULL;
    NTSTATUS status = NtDuplicateObject(source_process, source, target_process, &made, access,
                                        inherit ? OBJ_INHERIT : 0, options);
    if (NT_SUCCESS(status) && target)
        *target = made;
    return error_result(status);
}

/* Differs: handles are never inherited (programs start none) and protection is not kept. */
#define HANDLE_FLAG_CLASS   4 /* ObjectHandleFlagInformation */
#define HANDLE_FLAG_INHERIT 1u
#define HANDLE_FLAG_PROTECT 2u

EXPORT(BOOL, GetHandleInformation, (HANDLE handle, DWORD *flags))
{
    BOOLEAN set[2]; /* inherit, protect from close */
    NTSTATUS status =
        NtQueryObject(handle, (OBJECT_INFORMATION_CLASS)HANDLE_FLAG_CLASS, set, sizeof set, NULL);
    if (NT_SUCCESS(status))
        *flags = (set[0] ? HANDLE_FLAG_INHERIT : 0) | (set[1] ? HANDLE_FLAG_PROTECT : 0);
    return error_result(status);
}

EXPORT(BOOL, SetHandleInformation, (HANDLE handle, DWORD mask, DWORD flags))
{
    DWORD now;
    if (!GetHandleInformation(handle, &now))
        return FALSE;
    now = (now & ~mask) | (flags & mask);
    BOOLEAN set[2] = {(now & HANDLE_FLAG_INHERIT) != 0, (now & HANDLE_FLAG_PROTECT) != 0};
    return error_result(NtSetInformationObject(handle, HANDLE_FLAG_CLASS, set, sizeof set));
}
