/* SPDX-License-Identifier: MIT */
/* apc_ddi.c - user APCs, and transfers whose end is told by one.
 *
 * A routine runs on the thread that asked, inside one of its alertable calls. Doc:
 * processthreadsapi.h QueueUserAPC, fileapi.h ReadFileEx.
 */
#include "win32_internal.h"

typedef void(WINAPI *user_apc)(ULONG_PTR value);
typedef void(WINAPI *completion_routine)(DWORD error, DWORD count, OVERLAPPED *overlapped);

static void WINAPI user_apc_call(PVOID routine, PVOID value, PVOID unused)
{
    ((user_apc)routine)((ULONG_PTR)value);
}

EXPORT(DWORD, QueueUserAPC, (user_apc routine, HANDLE thread, ULONG_PTR value))
{
    NTSTATUS status =
        NtQueueApcThread(thread, (PVOID)user_apc_call, (PVOID)routine, (PVOID)value, NULL);
    return error_result(status) ? 1 : 0;
}

/* Differs: a special APC (flag 1) is refused; it would have to interrupt running code. */
EXPORT(BOOL, QueueUserAPC2, (user_apc routine, HANDLE thread, ULONG_PTR value, ULONG flags))
{
    if (flags)
        return error_fail(ERROR_NOT_SUPPORTED);
    return QueueUserAPC(routine, thread, value) != 0;
}

/* ---- transfers ------------------------------------------------------------------------------ */

static void WINAPI transfer_done(PVOID routine, PIO_STATUS_BLOCK block, PVOID unused)
{
    DWORD error = block->Status == STATUS_SUCCESS ? 0 : error_of_status(block->Status);
    DWORD count = NT_ERROR(block->Status) ? 0 : (DWORD)block->Information;
    ((completion_routine)routine)(error, count, (OVERLAPPED *)block);
}

static BOOL begun(OVERLAPPED *overlapped, NTSTATUS status)
{
    if (NT_ERROR(status))
        overlapped->Internal = (ULONG)status;
    if (NT_ERROR(status) || status == STATUS_END_OF_FILE)
        return error_result(status);
    error_set(status == STATUS_PENDING ? ERROR_SUCCESS : error_of_status(status));
    return TRUE;
}

EXPORT(BOOL, ReadFileEx,
       (HANDLE file, LPVOID buffer, DWORD length, OVERLAPPED *overlapped,
        completion_routine routine))
{
    LARGE_INTEGER offset = {.LowPart = overlapped->Offset,
                            .HighPart = (LONG)overlapped->OffsetHigh};
    overlapped->Internal = (ULONG)STATUS_PENDING;
    return begun(overlapped,
                 NtReadFile(file, NULL, (PIO_APC_ROUTINE)(void *)transfer_done, (PVOID)routine,
                            (PIO_STATUS_BLOCK)overlapped, buffer, length, &offset, NULL));
}

EXPORT(BOOL, WriteFileEx,
       (HANDLE file, LPCVOID buffer, DWORD length, OVERLAPPED *overlapped,
        completion_routine routine))
{
    LARGE_INTEGER offset = {.LowPart = overlapped->Offset,
                            .HighPart = (LONG)overlapped->OffsetHigh};
    overlapped->Internal = (ULONG)STATUS_PENDING;
    return begun(overlapped,
                 NtWriteFile(file, NULL, (PIO_APC_ROUTINE)(void *)transfer_done, (PVOID)routine,
                             (PIO_STATUS_BLOCK)overlapped, (PVOID)buffer, length, &offset, NULL));
}
