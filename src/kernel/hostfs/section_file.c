/* SPDX-License-Identifier: MIT */
/* section_file.c - what mm asks of a host file that is mapped: its descriptor and its size.
 *
 * A section keeps its file object, so the open file behind it is there as long as mm asks.
 */
#include "hostfs_internal.h"
#include "mm/mm.h"

/* Files of other drivers have section pointers, too; only ours have descriptors. */
static bool is_host_file(const FILE_OBJECT *file)
{
    return file->FsContext != NULL && hostfs_drive_of(file->DeviceObject) != NULL &&
           file->SectionObjectPointer == &hostfs_file_of(file)->node->sections;
}

static NTSTATUS section_file_size(FILE_OBJECT *file, uint64_t *out_bytes)
{
    struct hostfs_stat stat;
    if (!is_host_file(file))
        return STATUS_INVALID_FILE_FOR_SECTION;
    NTSTATUS status = hostfs_file_stat(hostfs_file_of(file), &stat);
    if (NT_SUCCESS(status))
        *out_bytes = stat.size_bytes;
    return status;
}

static NTSTATUS section_file_open(FILE_OBJECT *file, int *out_fd, bool *out_is_writable,
                                  uint64_t *out_bytes)
{
    NTSTATUS status = section_file_size(file, out_bytes);
    if (NT_SUCCESS(status) && host_share_duplicate(hostfs_file_of(file)->fd, out_fd) != 0)
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (NT_SUCCESS(status))
        *out_is_writable = file->WriteAccess;
    return status;
}

static NTSTATUS section_file_resize(FILE_OBJECT *file, uint64_t bytes)
{
    if (!is_host_file(file))
        return STATUS_INVALID_FILE_FOR_SECTION;
    return hostfs_status_of_errno(hostfs_host_resize(hostfs_file_of(file)->fd, bytes));
}

void hostfs_sections_init(void)
{
    static const struct mm_file_ops ops = {
        .open = section_file_open, .size = section_file_size, .resize = section_file_resize};
    mm_file_ops_set(&ops);
}
