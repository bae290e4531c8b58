/* SPDX-License-Identifier: MIT */
/* volume_ddi.c - drives and how much room they have. Doc: fileapi.h
 *
 * A drive is asked through its root, opened for as little as the question needs.
 */
#include <string.h>

#include "crt/string.h"
#include "ntdll/path.h"
#include "win32_internal.h"

DWORD WINAPI GetLogicalDrives(void);

/* Asks the volume that path lies on; NULL: that of the current directory. */
static BOOL volume_query(LPCWSTR path, void *out, ULONG length, FS_INFORMATION_CLASS class)
{
    IO_STATUS_BLOCK block;
    HANDLE root;
    NTSTATUS status = file_open(path ? path : L"\\", SYNCHRONIZE | FILE_READ_ATTRIBUTES,
                                FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT, &root);
    if (!NT_SUCCESS(status))
        return error_result(status);
    status = NtQueryVolumeInformationFile(root, &block, out, length, class);
    NtClose(root);
    return status == STATUS_BUFFER_OVERFLOW || error_result(status);
}

/* Answers count characters as a text in size cells. */
static bool name_copy(const wchar_t *name, ULONG bytes, wchar_t *out, DWORD size)
{
    ULONG count = bytes / sizeof *name;
    if (!out || !size)
        return true;
    if (count >= size)
        return error_fail(ERROR_MORE_DATA);
    memcpy(out, name, bytes);
    out[count] = 0;
    return true;
}

EXPORT(BOOL, GetVolumeInformationW,
       (LPCWSTR root, LPWSTR name, DWORD name_size, DWORD *serial, DWORD *component, DWORD *flags,
        LPWSTR system, DWORD system_size))
{
    union {
        FILE_FS_VOLUME_INFORMATION volume;
        FILE_FS_ATTRIBUTE_INFORMATION attribute;
        char room[600];
    } answer = {0};
    if (!volume_query(root, &answer, sizeof answer, FileFsVolumeInformation))
        return FALSE;
    if (serial)
        *serial = answer.volume.VolumeSerialNumber;
    if (!name_copy(answer.volume.VolumeLabel, answer.volume.VolumeLabelLength, name, name_size))
        return FALSE;
    if (!component && !flags && !(system && system_size))
        return TRUE;
    if (!volume_query(root, &answer, sizeof answer, FileFsAttributeInformation))
        return FALSE;
    if (component)
        *component = (DWORD)answer.attribute.MaximumComponentNameLength;
    if (flags)
        *flags = answer.attribute.FileSystemAttributes;
    return name_copy(answer.attribute.FileSystemName, answer.attribute.FileSystemNameLength, system,
                     system_size);
}

EXPORT(BOOL, GetVolumeInformationA,
       (LPCSTR root, LPSTR name, DWORD name_size, DWORD *serial, DWORD *component, DWORD *flags,
        LPSTR system, DWORD system_size))
{
    struct wide wide;
    wchar_t wide_name[300] = {0}, wide_system[300] = {0};
    wide_of(&wide, root);
    BOOL result = root && !wide.text ? error_fail(ERROR_NOT_ENOUGH_MEMORY)
                                     : GetVolumeInformationW(wide.text, wide_name, 300, serial,
                                                             component, flags, wide_system, 300);
    wide_drop(&wide);
    if (result && name && name_size && narrow_answer(wide_name, name, name_size) >= name_size)
        result = error_fail(ERROR_MORE_DATA);
    if (result && system && system_size &&
        narrow_answer(wide_system, system, system_size) >= system_size)
        result = error_fail(ERROR_MORE_DATA);
    return result;
}

/* ---- room -------------------------------------------------------------------------------------
 */

EXPORT(BOOL, GetDiskFreeSpaceExW,
       (LPCWSTR path, ULARGE_INTEGER *available, ULARGE_INTEGER *total, ULARGE_INTEGER *free))
{
    FILE_FS_FULL_SIZE_INFORMATION size;
    if (!volume_query(path, &size, sizeof size, FileFsFullSizeInformation))
        return FALSE;
    uint64_t unit = (uint64_t)size.SectorsPerAllocationUnit * size.BytesPerSector;
    if (available)
        available->QuadPart = (uint64_t)size.CallerAvailableAllocationUnits.QuadPart * unit;
    if (total)
        total->QuadPart = (uint64_t)size.TotalAllocationUnits.QuadPart * unit;
    if (free)
        free->QuadPart = (uint64_t)size.ActualAvailableAllocationUnits.QuadPart * unit;
    return TRUE;
}

EXPORT(BOOL, GetDiskFreeSpaceExA,
       (LPCSTR path, ULARGE_INTEGER *available, ULARGE_INTEGER *total, ULARGE_INTEGER *free))
{
    struct wide wide;
    wide_of(&wide, path);
    BOOL result = path && !wide.text ? error_fail(ERROR_NOT_ENOUGH_MEMORY)
                                     : GetDiskFreeSpaceExW(wide.text, available, total, free);
    wide_drop(&wide);
    return result;
}

EXPORT(BOOL, GetDiskFreeSpaceW,
       (LPCWSTR path, DWORD *sectors, DWORD *bytes, DWORD *free, DWORD *total))
{
    FILE_FS_FULL_SIZE_INFORMATION size;
    if (!volume_query(path, &size, sizeof size, FileFsFullSizeInformation))
        return FALSE;
    uint64_t units = (uint64_t)size.TotalAllocationUnits.QuadPart,
             left = (uint64_t)size.CallerAvailableAllocationUnits.QuadPart;
    *sectors = size.SectorsPerAllocationUnit;
    *bytes = size.BytesPerSector;
    *total = units > UINT32_MAX ? UINT32_MAX : (DWORD)units;
    *free = left > UINT32_MAX ? UINT32_MAX : (DWORD)left;
    return TRUE;
}

/* ---- drives -----------------------------------------------------------------------------------
 */

EXPORT(DWORD, GetLogicalDriveStringsW, (DWORD count, LPWSTR out))
{
    DWORD drives = GetLogicalDrives(), needed = (DWORD)__builtin_popcount(drives) * 4;
    if (count <= needed)
        return needed + 1;
    for (unsigned letter = 0; letter < 26; letter++) {
        if (!(drives >> letter & 1))
            continue;
        *out++ = (wchar_t)('A' + letter);
        *out++ = ':';
        *out++ = '\\';
        *out++ = 0;
    }
    *out = 0;
    return needed;
}

EXPORT(DWORD, GetLogicalDriveStringsA, (DWORD count, LPSTR out))
{
    wchar_t wide[26 * 4 + 1];
    DWORD length = GetLogicalDriveStringsW(sizeof wide / sizeof *wide, wide);
    if (count <= length)
        return length + 1;
    for (DWORD i = 0; i <= length; i++)
        out[i] = (char)wide[i];
    return length;
}

/* What lies below a stack for the handlers of its overflow is always as much. Doc:
 * processthreadsapi.h. Differs: a larger guarantee is refused. */
EXPORT(BOOL, SetThreadStackGuarantee, (ULONG * bytes))
{
    const ULONG reserve = 0x10000;
    if (!bytes || *bytes > reserve)
        return error_fail(ERROR_INVALID_PARAMETER);
    *bytes = reserve;
    return TRUE;
}
