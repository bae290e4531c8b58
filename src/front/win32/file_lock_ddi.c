/* SPDX-License-Identifier: MIT */
/* file_lock_ddi.c - locks on ranges of a file's bytes. Doc: fileapi.h
 *
 * LockFile fails where LockFileEx would wait; an OVERLAPPED is the status block and says where the
 * range begins.
 */
#include "win32_internal.h"

#define LOCK_FAIL_IMMEDIATELY 1u
#define LOCK_EXCLUSIVE        2u
#define LOCK_FLAGS            (LOCK_FAIL_IMMEDIATELY | LOCK_EXCLUSIVE)

static LARGE_INTEGER number_of(DWORD low, DWORD high)
{
    return (LARGE_INTEGER){.LowPart = low, .HighPart = (LONG)high};
}

EXPORT(BOOL, LockFile,
       (HANDLE file, DWORD offset_low, DWORD offset_high, DWORD size_low, DWORD size_high))
{
    LARGE_INTEGER offset = number_of(offset_low, offset_high);
    LARGE_INTEGER size = number_of(size_low, size_high);
    IO_STATUS_BLOCK block;
    NTSTATUS status = NtLockFile(file, NULL, NULL, NULL, &block, &offset, &size, 0, TRUE, TRUE);
    if (status == STATUS_PENDING) {
        status = NtWaitForSingleObject(file, FALSE, NULL);
        if (NT_SUCCESS(status))
            status = block.Status;
    }
    return error_result(status);
}

EXPORT(BOOL, LockFileEx,
       (HANDLE file, DWORD flags, DWORD reserved, DWORD size_low, DWORD size_high,
        OVERLAPPED *overlapped))
{
    if (reserved || flags & ~LOCK_FLAGS || !overlapped)
        return error_fail(ERROR_INVALID_PARAMETER);
    LARGE_INTEGER offset = number_of(overlapped->Offset, overlapped->OffsetHigh);
    LARGE_INTEGER size = number_of(size_low, size_high);
    HANDLE event = (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1);
    PVOID context = (ULONG_PTR)overlapped->hEvent & 1 ? NULL : overlapped;
    overlapped->Internal = (ULONG)STATUS_PENDING;
    NTSTATUS status =
        NtLockFile(file, event, NULL, context, (PIO_STATUS_BLOCK)overlapped, &offset, &size, 0,
                   (flags & LOCK_FAIL_IMMEDIATELY) != 0, (flags & LOCK_EXCLUSIVE) != 0);
    if (status == STATUS_PENDING)
        return error_fail(ERROR_IO_PENDING);
    if (NT_ERROR(status) && overlapped->Internal == (ULONG)STATUS_PENDING)
        overlapped->Internal = (ULONG_PTR)(ULONG)status;
    return error_result(status);
}

EXPORT(BOOL, UnlockFile,
       (HANDLE file, DWORD offset_low, DWORD offset_high, DWORD size_low, DWORD size_high))
{
    LARGE_INTEGER offset = number_of(offset_low, offset_high);
    LARGE_INTEGER size = number_of(size_low, size_high);
    IO_STATUS_BLOCK block;
    return error_result(NtUnlockFile(file, &block, &offset, &size, 0));
}

EXPORT(BOOL, UnlockFileEx,
       (HANDLE file, DWORD reserved, DWORD size_low, DWORD size_high, OVERLAPPED *overlapped))
{
    if (reserved || !overlapped)
        return error_fail(ERROR_INVALID_PARAMETER);
    LARGE_INTEGER offset = number_of(overlapped->Offset, overlapped->OffsetHigh);
    LARGE_INTEGER size = number_of(size_low, size_high);
    return error_result(NtUnlockFile(file, (PIO_STATUS_BLOCK)overlapped, &offset, &size, 0));
}
