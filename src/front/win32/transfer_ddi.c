/* SPDX-License-Identifier: MIT */
/* transfer_ddi.c - reading, writing, device control, and waiting for what was begun.
 *
 * An OVERLAPPED is the status block: Internal is its Status, InternalHigh its Information.
 * Doc: fileapi.h, ioapiset.h. Differs: a service that fails at once has not touched the
 * status block, as on Windows.
 */
#include "win32_internal.h"

struct transfer {
    HANDLE event;
    PVOID apc_context;
    PIO_STATUS_BLOCK block;
    LARGE_INTEGER offset, *at;
    /* On a line of its own: the machine writes it while our half of the call still uses the stack
     * around it. */
    _Alignas(64) IO_STATUS_BLOCK own;
};

static void transfer_begin(struct transfer *transfer, OVERLAPPED *overlapped)
{
    transfer->event = NULL;
    transfer->apc_context = NULL;
    transfer->at = NULL;
    transfer->block = &transfer->own;
    if (!overlapped)
        return;
    overlapped->Internal = (ULONG)STATUS_PENDING;
    transfer->block = (PIO_STATUS_BLOCK)overlapped;
    transfer->event = (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1);
    /* The low bit of the event keeps the completion away from the port. */
    transfer->apc_context = (ULONG_PTR)overlapped->hEvent & 1 ? NULL : overlapped;
    transfer->offset =
        (LARGE_INTEGER){.LowPart = overlapped->Offset, .HighPart = (LONG)overlapped->OffsetHigh};
    transfer->at = &transfer->offset;
}

/* Waits for a request on a handle that was opened for overlapped use, begun without one. */
static NTSTATUS transfer_settle(struct transfer *transfer, HANDLE file, OVERLAPPED *overlapped,
                                NTSTATUS status)
{
    if (status != STATUS_PENDING || overlapped)
        return status;
    status = NtWaitForSingleObject(file, FALSE, NULL);
    return NT_SUCCESS(status) ? transfer->own.Status : status;
}

static BOOL transfer_answer(struct transfer *transfer, OVERLAPPED *overlapped, NTSTATUS status,
                            DWORD *done)
{
    if (status == STATUS_PENDING)
        return error_fail(ERROR_IO_PENDING);
    if (done && !NT_ERROR(status))
        *done = (DWORD)transfer->block->Information;
    else if (done)
        *done = 0;
    /* Warnings (STATUS_BUFFER_OVERFLOW) transfer and fail. */
    if (NT_SUCCESS(status))
        return TRUE;
    if (NT_ERROR(status) && overlapped && overlapped->Internal == (ULONG)STATUS_PENDING)
        overlapped->Internal = (ULONG_PTR)(ULONG)status;
    return error_result(status);
}

BOOL WINAPI ReadFile(HANDLE file, LPVOID buffer, DWORD length, DWORD *done, OVERLAPPED *overlapped)
{
    struct transfer transfer;
    transfer_begin(&transfer, overlapped);
    if (done)
        *done = 0;
    NTSTATUS status = NtReadFile(file, transfer.event, NULL, transfer.apc_context, transfer.block,
                                 buffer, length, transfer.at, NULL);
    status = transfer_settle(&transfer, file, overlapped, status);
    if (status == STATUS_END_OF_FILE && !overlapped)
        return TRUE;
    return transfer_answer(&transfer, overlapped, status, done);
}

BOOL WINAPI WriteFile(HANDLE file, LPCVOID buffer, DWORD length, DWORD *done,
                      OVERLAPPED *overlapped)
{
    struct transfer transfer;
    transfer_begin(&transfer, overlapped);
    if (done)
        *done = 0;
    NTSTATUS status = NtWriteFile(file, transfer.event, NULL, transfer.apc_context, transfer.block,
                                  (PVOID)buffer, length, transfer.at, NULL);
    status = transfer_settle(&transfer, file, overlapped, status);
    return transfer_answer(&transfer, overlapped, status, done);
}

#define IS_FSCTL(code) ((code) >> 16 == FILE_DEVICE_FILE_SYSTEM)

EXPORT(BOOL, DeviceIoControl,
       (HANDLE file, DWORD code, LPVOID in, DWORD in_length, LPVOID out, DWORD out_length,
        DWORD *done, OVERLAPPED *overlapped))
{
    struct transfer transfer;
    transfer_begin(&transfer, overlapped);
    NTSTATUS status;
    if (IS_FSCTL(code))
        status = NtFsControlFile(file, transfer.event, NULL, transfer.apc_context, transfer.block,
                                 code, in, in_length, out, out_length);
    else
        status = NtDeviceIoControlFile(file, transfer.event, NULL, transfer.apc_context,
                                       transfer.block, code, in, in_length, out, out_length);
    status = transfer_settle(&transfer, file, overlapped, status);
    return transfer_answer(&transfer, overlapped, status, done);
}

/* ---- what was begun
 * ------------------------------------------------------------------------------ */

EXPORT(BOOL, GetOverlappedResultEx,
       (HANDLE file, OVERLAPPED *overlapped, DWORD *done, DWORD milliseconds, BOOL alertable))
{
    volatile ULONG_PTR *state = &overlapped->Internal;
    if ((ULONG)*state == (ULONG)STATUS_PENDING) {
        LARGE_INTEGER timeout;
        if (!milliseconds)
            return error_fail(ERROR_IO_INCOMPLETE);
        HANDLE event = (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1);
        NTSTATUS status = NtWaitForSingleObject(event ? event : file, (BOOLEAN)alertable,
                                                timeout_of_ms(milliseconds, &timeout));
        if (status == STATUS_TIMEOUT)
            return error_fail(WAIT_TIMEOUT);
        if (status != STATUS_WAIT_0)
            return NT_SUCCESS(status) ? error_fail((ULONG)status) : error_result(status);
    }
    if (done)
        *done = (DWORD)overlapped->InternalHigh;
    return error_result((NTSTATUS)*state);
}

EXPORT(BOOL, GetOverlappedResult, (HANDLE file, OVERLAPPED *overlapped, DWORD *done, BOOL wait))
{
    return GetOverlappedResultEx(file, overlapped, done, wait ? INFINITE : 0, FALSE);
}

EXPORT(BOOL, CancelIo, (HANDLE file))
{
    IO_STATUS_BLOCK block;
    return error_result(NtCancelIoFile(file, &block));
}

EXPORT(BOOL, CancelIoEx, (HANDLE file, OVERLAPPED *overlapped))
{
    IO_STATUS_BLOCK block;
    return error_result(NtCancelIoFileEx(file, overlapped, &block));
}

EXPORT(BOOL, CancelSynchronousIo, (HANDLE thread))
{
    IO_STATUS_BLOCK block;
    return error_result(NtCancelSynchronousIoFile(thread, NULL, &block));
}

/* ---- completion ports
 * ------------------------------------------------------------------------------ */

EXPORT(HANDLE, CreateIoCompletionPort,
       (HANDLE file, HANDLE existing, ULONG_PTR key, DWORD concurrency))
{
    HANDLE port = existing;
    NTSTATUS status = STATUS_SUCCESS;
    if (!existing)
        status = NtCreateIoCompletion(&port, IO_COMPLETION_ALL_ACCESS, NULL, concurrency);
    if (NT_SUCCESS(status) && file != INVALID_HANDLE_VALUE) {
        IO_STATUS_BLOCK block;
        FILE_COMPLETION_INFORMATION completion = {.Port = port, .Key = (PVOID)key};
        status = NtSetInformationFile(file, &block, &completion, sizeof completion,
                                      FileCompletionInformation);
        if (!NT_SUCCESS(status) && !existing)
            NtClose(port);
    } else if (NT_SUCCESS(status) && existing) {
        status = STATUS_INVALID_PARAMETER;
    }
    return error_result(status) ? port : NULL;
}

EXPORT(BOOL, GetQueuedCompletionStatus,
       (HANDLE port, DWORD *bytes, ULONG_PTR *key, OVERLAPPED **overlapped, DWORD milliseconds))
{
    IO_STATUS_BLOCK block;
    LARGE_INTEGER timeout;
    PVOID found_key, found;
    NTSTATUS status = NtRemoveIoCompletion(port, &found_key, &found, &block,
                                           timeout_of_ms(milliseconds, &timeout));
    if (status != STATUS_SUCCESS) {
        *overlapped = NULL;
        return status == STATUS_TIMEOUT ? error_fail(WAIT_TIMEOUT) : error_result(status);
    }
    *overlapped = found;
    *key = (ULONG_PTR)found_key;
    *bytes = (DWORD)block.Information;
    return error_result(block.Status);
}

struct completion_entry { /* FILE_IO_COMPLETION_INFORMATION */
    PVOID key, context;
    IO_STATUS_BLOCK block;
};

#define ENTRIES_AT_ONCE 64u

EXPORT(BOOL, GetQueuedCompletionStatusEx,
       (HANDLE port, OVERLAPPED_ENTRY *entries, ULONG count, ULONG *removed, DWORD milliseconds,
        BOOL alertable))
{
    struct completion_entry found[ENTRIES_AT_ONCE];
    LARGE_INTEGER timeout;
    ULONG got = 0;
    if (count > ENTRIES_AT_ONCE)
        count = ENTRIES_AT_ONCE;
    NTSTATUS status = NtRemoveIoCompletionEx(
        port, found, count, &got, timeout_of_ms(milliseconds, &timeout), (BOOLEAN)alertable);
    *removed = 0;
    if (status == STATUS_TIMEOUT)
        return error_fail(WAIT_TIMEOUT);
    if (status != STATUS_SUCCESS)
        return NT_SUCCESS(status) ? error_fail((ULONG)status) : error_result(status);
    for (ULONG i = 0; i < got; i++)
        entries[i] = (OVERLAPPED_ENTRY){(ULONG_PTR)found[i].key, found[i].context,
                                        (ULONG_PTR)(ULONG)found[i].block.Status,
                                        (DWORD)found[i].block.Information};
    *removed = got;
    return TRUE;
}

EXPORT(BOOL, PostQueuedCompletionStatus,
       (HANDLE port, DWORD bytes, ULONG_PTR key, OVERLAPPED *overlapped))
{
    return error_result(NtSetIoCompletion(port, (PVOID)key, overlapped, STATUS_SUCCESS, bytes));
}

EXPORT(BOOL, SetFileCompletionNotificationModes, (HANDLE file, UCHAR flags))
{
    IO_STATUS_BLOCK block;
    FILE_IO_COMPLETION_NOTIFICATION_INFORMATION modes = {.Flags = flags};
    return error_result(NtSetInformationFile(file, &block, &modes, sizeof modes,
                                             FileIoCompletionNotificationInformation));
}
