/* SPDX-License-Identifier: MIT */
/* information.c - what a file says of itself, and what may be set.
 *
 * In: an information class and a system buffer; out: the documented structure, filled from
 * the host. A name that does not fit is cut and told with STATUS_BUFFER_OVERFLOW.
 */
#include "hostfs_internal.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

ULONG hostfs_attributes(const struct hostfs_stat *stat)
{
    ULONG attributes = 0;
    if (stat->is_directory)
        attributes |= FILE_ATTRIBUTE_DIRECTORY;
    if (stat->is_read_only)
        attributes |= FILE_ATTRIBUTE_READONLY;
    if (!stat->is_directory)
        attributes |= FILE_ATTRIBUTE_ARCHIVE;
    return attributes;
}

/* ---- query --------------------------------------------------------------------------------------
 */

static void basic_fill(const struct hostfs_stat *stat, FILE_BASIC_INFORMATION *out)
{
    *out = (FILE_BASIC_INFORMATION){
        .CreationTime.QuadPart = stat->create_100ns,
        .LastAccessTime.QuadPart = stat->access_100ns,
        .LastWriteTime.QuadPart = stat->write_100ns,
        .ChangeTime.QuadPart = stat->change_100ns,
        .FileAttributes = hostfs_attributes(stat),
    };
}

static void standard_fill(const struct hostfs_file *file, const struct hostfs_stat *stat,
                          FILE_STANDARD_INFORMATION *out)
{
    *out = (FILE_STANDARD_INFORMATION){
        .AllocationSize.QuadPart = (LONGLONG)stat->allocated_bytes,
        .EndOfFile.QuadPart = (LONGLONG)stat->size_bytes,
        .NumberOfLinks = stat->links,
        .DeletePending = file->node->delete_pending,
        .Directory = stat->is_directory,
    };
}

static void network_fill(const struct hostfs_stat *stat, FILE_NETWORK_OPEN_INFORMATION *out)
{
    *out = (FILE_NETWORK_OPEN_INFORMATION){
        .CreationTime.QuadPart = stat->create_100ns,
        .LastAccessTime.QuadPart = stat->access_100ns,
        .LastWriteTime.QuadPart = stat->write_100ns,
        .ChangeTime.QuadPart = stat->change_100ns,
        .AllocationSize.QuadPart = (LONGLONG)stat->allocated_bytes,
        .EndOfFile.QuadPart = (LONGLONG)stat->size_bytes,
        .FileAttributes = hostfs_attributes(stat),
    };
}

/* room counts the bytes from the name information on. */
static NTSTATUS name_fill(const struct hostfs_file *file, FILE_NAME_INFORMATION *out, ULONG room,
                          ULONG_PTR *out_length)
{
    static const WCHAR slash[] = {'\\'};
    const ULONG head = offsetof(FILE_NAME_INFORMATION, FileName);
    UNICODE_STRING name = file->name;
    if (name.Length == 0)
        name = (UNICODE_STRING){sizeof(slash), sizeof(slash), (PWSTR)slash};
    ULONG fits = name.Length <= room - head ? name.Length : room - head;
    out->FileNameLength = name.Length;
    memcpy(out->FileName, name.Buffer, fits);
    *out_length = head + fits;
    return fits < name.Length ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS all_fill(const FILE_OBJECT *file, const struct hostfs_stat *stat,
                         FILE_ALL_INFORMATION *out, ULONG length, ULONG_PTR *out_length)
{
    const struct hostfs_file *ours = hostfs_file_of(file);
    const ULONG head = offsetof(FILE_ALL_INFORMATION, NameInformation);
    ULONG_PTR name_length;
    basic_fill(stat, &out->BasicInformation);
    standard_fill(ours, stat, &out->StandardInformation);
    out->InternalInformation.IndexNumber.QuadPart = (LONGLONG)stat->inode;
    out->EaInformation.EaSize = 0;
    out->AccessInformation.AccessFlags = 0; /* the I/O manager's to know */
    out->PositionInformation.CurrentByteOffset = file->CurrentByteOffset;
    out->ModeInformation.Mode = 0;
    out->AlignmentInformation.AlignmentRequirement = 0;
    NTSTATUS status = name_fill(ours, &out->NameInformation, length - head, &name_length);
    *out_length = head + name_length;
    return status;
}

static ULONG query_length(ULONG kind)
{
    switch (kind) {
    case FileBasicInformation:
        return sizeof(FILE_BASIC_INFORMATION);
    case FileStandardInformation:
        return sizeof(FILE_STANDARD_INFORMATION);
    case FileInternalInformation:
        return sizeof(FILE_INTERNAL_INFORMATION);
    case FileEaInformation:
        return sizeof(FILE_EA_INFORMATION);
    case FileNameInformation:
        return sizeof(FILE_NAME_INFORMATION);
    case FileAllInformation:
        return sizeof(FILE_ALL_INFORMATION);
    case FilePositionInformation:
        return sizeof(FILE_POSITION_INFORMATION);
    case FileNetworkOpenInformation:
        return sizeof(FILE_NETWORK_OPEN_INFORMATION);
    case FileAttributeTagInformation:
        return sizeof(FILE_ATTRIBUTE_TAG_INFORMATION);
    default:
        return 0;
    }
}

static ULONG set_length(ULONG kind)
{
    switch (kind) {
    case FileBasicInformation:
        return sizeof(FILE_BASIC_INFORMATION);
    case FileDispositionInformation:
        return sizeof(FILE_DISPOSITION_INFORMATION);
    case FileDispositionInformationEx:
    case FileIoPriorityHintInformation:
        return sizeof(ULONG);
    case FileRenameInformation:
    case FileRenameInformationEx:
        return offsetof(FILE_RENAME_INFORMATION, FileName);
    default:
        return sizeof(LONGLONG);
    }
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER: no such class here; STATUS_INFO_LENGTH_MISMATCH,
 *          STATUS_BUFFER_OVERFLOW
 * Doc:     ntifs.h NtQueryInformationFile
 */
NTSTATUS hostfs_query_information(FILE_OBJECT *file, ULONG kind, void *buffer, ULONG length,
                                  ULONG_PTR *out_length)
{
    const struct hostfs_file *ours = hostfs_file_of(file);
    struct hostfs_stat stat;
    ULONG needed = query_length(kind);
    if (needed == 0)
        return STATUS_INVALID_PARAMETER;
    if (length < needed)
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = hostfs_file_stat(ours, &stat);
    if (!NT_SUCCESS(status))
        return status;
    *out_length = needed;
    switch (kind) {
    case FileBasicInformation:
        basic_fill(&stat, buffer);
        break;
    case FileStandardInformation:
        standard_fill(ours, &stat, buffer);
        break;
    case FileInternalInformation:
        ((FILE_INTERNAL_INFORMATION *)buffer)->IndexNumber.QuadPart = (LONGLONG)stat.inode;
        break;
    case FileEaInformation:
        ((FILE_EA_INFORMATION *)buffer)->EaSize = 0;
        break;
    case FileNameInformation:
        return name_fill(ours, buffer, length, out_length);
    case FileAllInformation:
        return all_fill(file, &stat, buffer, length, out_length);
    case FilePositionInformation:
        ((FILE_POSITION_INFORMATION *)buffer)->CurrentByteOffset = file->CurrentByteOffset;
        break;
    case FileNetworkOpenInformation:
        network_fill(&stat, buffer);
        break;
    default:
        *(FILE_ATTRIBUTE_TAG_INFORMATION *)buffer =
            (FILE_ATTRIBUTE_TAG_INFORMATION){.FileAttributes = hostfs_attributes(&stat)};
        break;
    }
    return STATUS_SUCCESS;
}

/* ---- set
 * -------------------------------------------------------------------------------------------- */

static NTSTATUS basic_set(struct hostfs_file *file, const FILE_BASIC_INFORMATION *basic)
{
    int error = 0;
    if (basic->LastAccessTime.QuadPart > 0 || basic->LastWriteTime.QuadPart > 0)
        error = hostfs_host_times_set(file->fd, basic->LastAccessTime.QuadPart,
                                      basic->LastWriteTime.QuadPart);
    if (error == 0 && basic->FileAttributes != 0)
        error = hostfs_host_read_only_set(file->fd,
                                          (basic->FileAttributes & FILE_ATTRIBUTE_READONLY) != 0);
    return hostfs_status_of_errno(error);
}

static NTSTATUS disposition_set(FILE_OBJECT *file, bool is_delete, bool ignores_read_only)
{
    struct hostfs_file *ours = hostfs_file_of(file);
    struct hostfs_stat stat;
    NTSTATUS status = hostfs_file_stat(ours, &stat);
    if (!NT_SUCCESS(status))
        return status;
    if (is_delete && stat.is_read_only && !ignores_read_only)
        return STATUS_CANNOT_DELETE;
    if (is_delete && stat.is_directory && !hostfs_host_directory_is_empty(ours->path))
        return STATUS_DIRECTORY_NOT_EMPTY;
    ExAcquireFastMutex(&hostfs_lock);
    ours->node->delete_pending = is_delete;
    file->DeletePending = is_delete;
    ExReleaseFastMutex(&hostfs_lock);
    return STATUS_SUCCESS;
}

/* With POSIX semantics the name goes with this handle, whoever else has the file open. */
static NTSTATUS disposition_ex_set(FILE_OBJECT *file, ULONG flags)
{
    const ULONG known = FILE_DISPOSITION_DELETE | FILE_DISPOSITION_POSIX_SEMANTICS |
                        FILE_DISPOSITION_FORCE_IMAGE_SECTION_CHECK |
                        FILE_DISPOSITION_IGNORE_READONLY_ATTRIBUTE;
    if (flags & ~known)
        return STATUS_NOT_SUPPORTED;
    NTSTATUS status = disposition_set(file, (flags & FILE_DISPOSITION_DELETE) != 0,
                                      (flags & FILE_DISPOSITION_IGNORE_READONLY_ATTRIBUTE) != 0);
    if (NT_SUCCESS(status))
        hostfs_file_of(file)->delete_at_once = (flags & FILE_DISPOSITION_DELETE) != 0 &&
                                               (flags & FILE_DISPOSITION_POSIX_SEMANTICS) != 0;
    return status;
}

/* The new name in full, behind the drive: as given, or beside the file's old one. */
static NTSTATUS rename_name(const struct hostfs_file *file, const UNICODE_STRING *given,
                            WCHAR **out_buffer, UNICODE_STRING *out_name)
{
    struct hostfs_drive *drive;
    *out_buffer = NULL;
    if (given->Length != 0 && given->Buffer[0] == '\\') {
        if (!NT_SUCCESS(hostfs_split(given, &drive, out_name))) {
            *out_name = *given; /* already behind the drive */
            return STATUS_SUCCESS;
        }
        return drive == file->drive ? STATUS_SUCCESS : STATUS_NOT_SAME_DEVICE;
    }
    unsigned folder = file->name.Length / sizeof(WCHAR);
    while (folder > 0 && file->name.Buffer[folder - 1] != '\\')
        folder--;
    size_t bytes = folder * sizeof(WCHAR) + given->Length;
    WCHAR *buffer =
        bytes <= 0xfffc ? ExAllocatePool2(POOL_FLAG_PAGED, bytes + 2, HOSTFS_TAG) : NULL;
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(buffer, file->name.Buffer, folder * sizeof(WCHAR));
    memcpy(buffer + folder, given->Buffer, given->Length);
    *out_name = (UNICODE_STRING){(USHORT)bytes, (USHORT)bytes, buffer};
    *out_buffer = buffer;
    return STATUS_SUCCESS;
}

static NTSTATUS name_copy(const UNICODE_STRING *from, UNICODE_STRING *out_copy)
{
    WCHAR *buffer = ExAllocatePool2(POOL_FLAG_PAGED, (SIZE_T)from->Length + 2, HOSTFS_TAG);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(buffer, from->Buffer, from->Length);
    *out_copy = (UNICODE_STRING){from->Length, (USHORT)(from->Length + 2), buffer};
    return STATUS_SUCCESS;
}

/* Moves the file and takes over its new names; path and copy are taken on success. */
static NTSTATUS rename_commit(struct hostfs_file *file, char *path, const UNICODE_STRING *copy,
                              bool replace)
{
    ExAcquireFastMutex(&hostfs_lock);
    int error = hostfs_host_rename(file->path, path, replace);
    if (error == 0) {
        free(file->path);
        ExFreePoolWithTag(file->name.Buffer, HOSTFS_TAG);
        file->path = path;
        file->name = *copy;
    }
    ExReleaseFastMutex(&hostfs_lock);
    return hostfs_status_of_errno(error);
}

static NTSTATUS rename_set(struct hostfs_file *file, const FILE_RENAME_INFORMATION *rename,
                           ULONG length, bool replaces)
{
    const ULONG head = offsetof(FILE_RENAME_INFORMATION, FileName);
    if (length < head || rename->FileNameLength > length - head || rename->FileNameLength > 0xfffc)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (rename->RootDirectory != NULL)
        return STATUS_NOT_SUPPORTED;
    UNICODE_STRING given = {(USHORT)rename->FileNameLength, (USHORT)rename->FileNameLength,
                            (PWSTR)rename->FileName};
    UNICODE_STRING name, copy = {0};
    WCHAR *buffer;
    char *path = NULL;
    bool exists;
    NTSTATUS status = rename_name(file, &given, &buffer, &name);
    if (!NT_SUCCESS(status))
        goto out;
    status = hostfs_lookup(file->drive->root, &name, &path, &exists);
    if (!NT_SUCCESS(status))
        goto out;
    bool is_same = strcmp(path, file->path) == 0;
    if (exists && !replaces && !is_same) {
        status = STATUS_OBJECT_NAME_COLLISION;
        goto out;
    }
    status = name_copy(&name, &copy);
    if (NT_SUCCESS(status))
        status = rename_commit(file, path, &copy, replaces || is_same);
out:
    if (buffer != NULL)
        ExFreePoolWithTag(buffer, HOSTFS_TAG);
    if (!NT_SUCCESS(status)) {
        free(path);
        if (copy.Buffer != NULL)
            ExFreePoolWithTag(copy.Buffer, HOSTFS_TAG);
    }
    return status;
}

static NTSTATUS size_set(struct hostfs_file *file, LONGLONG size, bool only_shrinks)
{
    struct hostfs_stat stat;
    if (size < 0 || file->is_directory)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = hostfs_file_stat(file, &stat);
    if (!NT_SUCCESS(status) || (only_shrinks && (uint64_t)size >= stat.size_bytes))
        return status;
    if ((uint64_t)size < stat.size_bytes &&
        !MmCanFileBeTruncated(&file->node->sections, &(LARGE_INTEGER){.QuadPart = size}))
        return STATUS_USER_MAPPED_FILE;
    return hostfs_status_of_errno(hostfs_host_resize(file->fd, (uint64_t)size));
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER: no such class here; STATUS_INFO_LENGTH_MISMATCH; the host's
 * Doc:     ntifs.h NtSetInformationFile
 */
NTSTATUS hostfs_set_information(FILE_OBJECT *file, ULONG kind, const void *buffer, ULONG length)
{
    struct hostfs_file *ours = hostfs_file_of(file);
    const FILE_RENAME_INFORMATION *rename = buffer;
    if (length < set_length(kind))
        return STATUS_INFO_LENGTH_MISMATCH;
    switch (kind) {
    case FileBasicInformation:
        return basic_set(ours, buffer);
    case FileDispositionInformation:
        return disposition_set(
            file, ((const FILE_DISPOSITION_INFORMATION *)buffer)->DeleteFile != FALSE, false);
    case FileDispositionInformationEx:
        return disposition_ex_set(file, *(const ULONG *)buffer);
    case FileRenameInformation:
        return rename_set(ours, rename, length, rename->ReplaceIfExists);
    case FileRenameInformationEx:
        return rename_set(ours, rename, length, rename->Flags & FILE_RENAME_REPLACE_IF_EXISTS);
    case FileIoPriorityHintInformation: /* the host orders its transfers itself */
        return *(const ULONG *)buffer < MaxIoPriorityTypes ? STATUS_SUCCESS
                                                           : STATUS_INVALID_PARAMETER;
    case FileEndOfFileInformation:
        return size_set(ours, *(const LONGLONG *)buffer, false);
    case FileAllocationInformation:
        return size_set(ours, *(const LONGLONG *)buffer, true);
    case FilePositionInformation:
        file->CurrentByteOffset.QuadPart = *(const LONGLONG *)buffer;
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

/* ---- the volume
 * ------------------------------------------------------------------------------------------ */

static NTSTATUS text_fill(const char *text, WCHAR *out, ULONG room, ULONG *out_bytes)
{
    ULONG bytes = (ULONG)strlen(text) * sizeof(WCHAR);
    for (ULONG i = 0; i < bytes / sizeof(WCHAR) && (i + 1) * sizeof(WCHAR) <= room; i++)
        out[i] = (unsigned char)text[i];
    *out_bytes = bytes;
    return bytes > room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS attribute_fill(FILE_FS_ATTRIBUTE_INFORMATION *out, ULONG length,
                               ULONG_PTR *out_length)
{
    const ULONG head = offsetof(FILE_FS_ATTRIBUTE_INFORMATION, FileSystemName);
    ULONG bytes;
    out->FileSystemAttributes = FILE_CASE_PRESERVED_NAMES | FILE_UNICODE_ON_DISK;
    out->MaximumComponentNameLength = 255;
    NTSTATUS status = text_fill("HOSTFS", out->FileSystemName, length - head, &bytes);
    out->FileSystemNameLength = bytes;
    *out_length = head + (bytes <= length - head ? bytes : length - head);
    return status;
}

static ULONG volume_length(ULONG kind)
{
    switch (kind) {
    case FileFsVolumeInformation:
        return offsetof(FILE_FS_VOLUME_INFORMATION, VolumeLabel);
    case FileFsSizeInformation:
        return sizeof(FILE_FS_SIZE_INFORMATION);
    case FileFsFullSizeInformation:
        return sizeof(FILE_FS_FULL_SIZE_INFORMATION);
    case FileFsDeviceInformation:
        return sizeof(FILE_FS_DEVICE_INFORMATION);
    case FileFsAttributeInformation:
        return offsetof(FILE_FS_ATTRIBUTE_INFORMATION, FileSystemName);
    default:
        return 0;
    }
}

/* Doc:     ntifs.h NtQueryVolumeInformationFile */
NTSTATUS hostfs_query_volume(FILE_OBJECT *file, ULONG kind, void *buffer, ULONG length,
                             ULONG_PTR *out_length)
{
    const struct hostfs_file *ours = hostfs_file_of(file);
    struct hostfs_volume volume;
    ULONG needed = volume_length(kind);
    if (needed == 0)
        return STATUS_INVALID_PARAMETER;
    if (length < needed)
        return STATUS_INFO_LENGTH_MISMATCH;
    int error = hostfs_host_volume(ours->path, &volume);
    if (error != 0)
        return hostfs_status_of_errno(error);
    *out_length = needed;
    switch (kind) {
    case FileFsVolumeInformation:
        *(FILE_FS_VOLUME_INFORMATION *)buffer =
            (FILE_FS_VOLUME_INFORMATION){.VolumeSerialNumber = (ULONG)volume.serial};
        break;
    case FileFsSizeInformation:
        *(FILE_FS_SIZE_INFORMATION *)buffer = (FILE_FS_SIZE_INFORMATION){
            .TotalAllocationUnits.QuadPart = (LONGLONG)volume.total_units,
            .AvailableAllocationUnits.QuadPart = (LONGLONG)volume.available_units,
            .SectorsPerAllocationUnit = volume.unit_bytes / 512,
            .BytesPerSector = 512};
        break;
    case FileFsFullSizeInformation:
        *(FILE_FS_FULL_SIZE_INFORMATION *)buffer = (FILE_FS_FULL_SIZE_INFORMATION){
            .TotalAllocationUnits.QuadPart = (LONGLONG)volume.total_units,
            .CallerAvailableAllocationUnits.QuadPart = (LONGLONG)volume.available_units,
            .ActualAvailableAllocationUnits.QuadPart = (LONGLONG)volume.free_units,
            .SectorsPerAllocationUnit = volume.unit_bytes / 512,
            .BytesPerSector = 512};
        break;
    case FileFsDeviceInformation:
        *(FILE_FS_DEVICE_INFORMATION *)buffer = (FILE_FS_DEVICE_INFORMATION){
            .DeviceType = FILE_DEVICE_DISK, .Characteristics = FILE_DEVICE_IS_MOUNTED};
        break;
    default:
        return attribute_fill(buffer, length, out_length);
    }
    return STATUS_SUCCESS;
}
