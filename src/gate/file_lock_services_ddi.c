/* SPDX-License-Identifier: MIT */
/* file_lock_services_ddi.c - locks on ranges of a file's bytes.
 *
 * Both services become an IRP_MJ_LOCK_CONTROL, or a call of the driver's fast I/O table. Which
 * locks go together is the file system's to say.
 */
#include "io/io.h"
#include "services.h"

static NTSTATUS range_capture(struct io_request *request, PLARGE_INTEGER offset,
                              PLARGE_INTEGER length)
{
    NTSTATUS status = gate_copy_in(&request->offset, offset, sizeof request->offset);
    return NT_SUCCESS(status)
               ? gate_copy_in(&request->range_length, length, sizeof request->range_length)
               : status;
}

static NTSTATUS lock_send(HANDLE file, HANDLE event, PIO_STATUS_BLOCK status_block,
                          PLARGE_INTEGER offset, PLARGE_INTEGER length, struct io_request *request)
{
    ACCESS_MASK granted;
    NTSTATUS status = gate_request_check(file, event, status_block, 0, request, &granted);
    if (!NT_SUCCESS(status))
        return status;
    if (request->mode == UserMode && !(granted & (FILE_READ_DATA | FILE_WRITE_DATA)))
        status = STATUS_ACCESS_DENIED;
    if (NT_SUCCESS(status))
        status = range_capture(request, offset, length);
    if (!NT_SUCCESS(status)) {
        gate_request_release(request);
        return status;
    }
    request->file->LockOperation = TRUE;
    return io_request_send(request);
}

/* Doc: nf-ntifs-ntlockfile */
NTSTATUS NTAPI NtLockFile(HANDLE FileHandle, HANDLE Event, PIO_APC_ROUTINE ApcRoutine,
                          PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock,
                          PLARGE_INTEGER ByteOffset, PLARGE_INTEGER Length, ULONG Key,
                          BOOLEAN FailImmediately, BOOLEAN ExclusiveLock)
{
    struct io_request request = {.major = IRP_MJ_LOCK_CONTROL,
                                 .minor = IRP_MN_LOCK,
                                 .apc = ApcRoutine,
                                 .apc_context = ApcContext,
                                 .key = Key};
    request.stack_flags =
        (FailImmediately ? SL_FAIL_IMMEDIATELY : 0) | (ExclusiveLock ? SL_EXCLUSIVE_LOCK : 0);
    return lock_send(FileHandle, Event, IoStatusBlock, ByteOffset, Length, &request);
}

/* Doc: nf-ntifs-ntunlockfile */
NTSTATUS NTAPI NtUnlockFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock,
                            PLARGE_INTEGER ByteOffset, PLARGE_INTEGER Length, ULONG Key)
{
    struct io_request request = {
        .major = IRP_MJ_LOCK_CONTROL, .minor = IRP_MN_UNLOCK_SINGLE, .key = Key};
    return lock_send(FileHandle, NULL, IoStatusBlock, ByteOffset, Length, &request);
}
