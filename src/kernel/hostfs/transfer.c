/* SPDX-License-Identifier: MIT */
/* transfer.c - read and write of host files at a byte offset.
 *
 * In: the caller's buffer, whose pages the host checks itself; out: how many bytes went. The
 * processor is given up while the host works. A synchronous file's position moves along.
 */
#include "hostfs_internal.h"

struct transfer {
    int fd;
    void *buffer;
    size_t length;
    uint64_t offset;
    bool is_write;
    int error;
    size_t done;
};

static void transfer_block(void *context)
{
    struct transfer *transfer = context;
    transfer->error = transfer->is_write
                          ? hostfs_host_write(transfer->fd, transfer->buffer, transfer->length,
                                              transfer->offset, &transfer->done)
                          : hostfs_host_read(transfer->fd, transfer->buffer, transfer->length,
                                             transfer->offset, &transfer->done);
}

static void position_move(FILE_OBJECT *file, uint64_t end)
{
    if (file->Flags & FO_SYNCHRONOUS_IO)
        file->CurrentByteOffset.QuadPart = (LONGLONG)end;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_END_OF_FILE behind the last byte; what the host says
 * Doc:     ntifs.h NtReadFile
 */
NTSTATUS hostfs_read(FILE_OBJECT *file, void *buffer, ULONG length, LARGE_INTEGER offset,
                     ULONG_PTR *out_done)
{
    const struct hostfs_file *ours = hostfs_file_of(file);
    if (ours->is_directory)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (length == 0)
        return STATUS_SUCCESS;
    struct transfer transfer = {.fd = ours->fd,
                                .buffer = mm_user_here(buffer),
                                .length = length,
                                .offset = (uint64_t)offset.QuadPart};
    ke_block_on_host(transfer_block, &transfer);
    if (transfer.error != 0)
        return hostfs_status_of_errno(transfer.error);
    if (transfer.done == 0)
        return STATUS_END_OF_FILE;
    *out_done = transfer.done;
    position_move(file, transfer.offset + transfer.done);
    return STATUS_SUCCESS;
}

/* Doc:     ntifs.h NtWriteFile: ByteOffset -1 writes at the end */
NTSTATUS hostfs_write(FILE_OBJECT *file, const void *buffer, ULONG length, LARGE_INTEGER offset,
                      ULONG_PTR *out_done)
{
    const struct hostfs_file *ours = hostfs_file_of(file);
    struct hostfs_stat stat;
    if (ours->is_directory)
        return STATUS_INVALID_DEVICE_REQUEST;
    bool is_append = offset.HighPart == -1 && offset.LowPart == FILE_WRITE_TO_END_OF_FILE;
    if (is_append) {
        NTSTATUS status = hostfs_file_stat(ours, &stat);
        if (!NT_SUCCESS(status))
            return status;
        offset.QuadPart = (LONGLONG)stat.size_bytes;
    }
    if (length == 0)
        return STATUS_SUCCESS;
    struct transfer transfer = {.fd = ours->fd,
                                .buffer = mm_user_here((void *)buffer),
                                .length = length,
                                .offset = (uint64_t)offset.QuadPart,
                                .is_write = true};
    ke_block_on_host(transfer_block, &transfer);
    if (transfer.error != 0)
        return hostfs_status_of_errno(transfer.error);
    *out_done = transfer.done;
    position_move(file, transfer.offset + transfer.done);
    return STATUS_SUCCESS;
}
