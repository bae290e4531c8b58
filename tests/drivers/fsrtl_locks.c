/* SPDX-License-Identifier: MIT */
/* fsrtl_locks.c - tests of locks on ranges of a file: what goes together, who may read and
 * write, requests that wait, are cancelled, or are refused by the driver. */
#include "drivertest.h"

#define LOCK_BYTES(first, count)                            \
    &(LARGE_INTEGER){.QuadPart = (first)}, &(LARGE_INTEGER) \
    {                                                       \
        .QuadPart = (count)                                 \
    }

static FILE_OBJECT *one = (FILE_OBJECT *)0x1000, *other = (FILE_OBJECT *)0x2000; /* only compared */
static ULONG unlocked, completed;
static LONGLONG unlocked_at;
static PVOID told_context;
static NTSTATUS routine_answer;

static VOID NTAPI on_unlock(PVOID context, PFILE_LOCK_INFO info)
{
    unlocked++;
    unlocked_at = info->StartingByte.QuadPart;
    told_context = context;
}

static NTSTATUS NTAPI on_complete(PVOID context, PIRP irp)
{
    completed++;
    told_context = context;
    if (NT_SUCCESS(irp->IoStatus.Status))
        irp->IoStatus.Status = routine_answer;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return routine_answer;
}

/* 2: it would have to wait. */
static NTSTATUS lock(PFILE_LOCK locks, PFILE_OBJECT file, ULONG key, LONGLONG first, LONGLONG count,
                     BOOLEAN exclusive, BOOLEAN fail)
{
    IO_STATUS_BLOCK status = {.Status = STATUS_UNSUCCESSFUL};

    if (!FsRtlFastLock(locks, file, &(LARGE_INTEGER){.QuadPart = first},
                       &(LARGE_INTEGER){.QuadPart = count}, PsGetCurrentProcess(), key, fail,
                       exclusive, &status, NULL, FALSE))
        return 2;
    return status.Status;
}

static NTSTATUS unlock(PFILE_LOCK locks, PFILE_OBJECT file, ULONG key, LONGLONG first,
                       LONGLONG count)
{
    return FsRtlFastUnlockSingle(locks, file, &(LARGE_INTEGER){.QuadPart = first},
                                 &(LARGE_INTEGER){.QuadPart = count}, PsGetCurrentProcess(), key,
                                 locks, FALSE);
}

static BOOLEAN may_read(PFILE_LOCK locks, PFILE_OBJECT file, ULONG key, LONGLONG first,
                        LONGLONG count)
{
    return FsRtlFastCheckLockForRead(locks, LOCK_BYTES(first, count), key, file,
                                     PsGetCurrentProcess());
}

static BOOLEAN may_write(PFILE_LOCK locks, PFILE_OBJECT file, ULONG key, LONGLONG first,
                         LONGLONG count)
{
    return FsRtlFastCheckLockForWrite(locks, LOCK_BYTES(first, count), key, file,
                                      PsGetCurrentProcess());
}

static void what_goes_together(void)
{
    FILE_LOCK locks;

    FsRtlInitializeFileLock(&locks, NULL, NULL);
    expect(!FsRtlAreThereCurrentFileLocks(&locks));
    expect(may_write(&locks, one, 0, 0, 10));
    expect_status(lock(&locks, one, 0, 100, 50, TRUE, TRUE), STATUS_SUCCESS);
    expect(FsRtlAreThereCurrentFileLocks(&locks));
    expect_status(lock(&locks, other, 0, 149, 1, FALSE, TRUE), STATUS_LOCK_NOT_GRANTED);
    expect_status(lock(&locks, other, 0, 149, 1, FALSE, FALSE), 2);
    expect_status(lock(&locks, other, 0, 150, 10, TRUE, TRUE), STATUS_SUCCESS);
    expect_status(lock(&locks, other, 0, 90, 10, TRUE, TRUE), STATUS_SUCCESS);
    expect_status(lock(&locks, one, 0, 120, 1, TRUE, TRUE), STATUS_LOCK_NOT_GRANTED);
    expect_status(lock(&locks, one, 1, 120, 1, FALSE, TRUE), STATUS_LOCK_NOT_GRANTED);
    expect_status(lock(&locks, one, 0, 100, 50, FALSE, TRUE), STATUS_SUCCESS); /* its own */
    expect(may_read(&locks, one, 0, 100, 50) && !may_read(&locks, other, 0, 100, 1));
    expect(!may_read(&locks, one, 7, 149, 100)); /* another key is another owner */
    expect(may_read(&locks, other, 0, 0, 90));
    expect(!may_write(&locks, one, 0, 120, 1)); /* its shared lock stands in its own way */
    expect_status(unlock(&locks, one, 0, 100, 50), STATUS_SUCCESS); /* the exclusive one first */
    expect(may_read(&locks, other, 0, 100, 50) && !may_write(&locks, other, 0, 100, 50));
    expect_status(lock(&locks, other, 0, 110, 5, FALSE, TRUE), STATUS_SUCCESS);
    expect_status(unlock(&locks, one, 0, 100, 49), STATUS_RANGE_NOT_LOCKED);
    expect_status(unlock(&locks, one, 1, 100, 50), STATUS_RANGE_NOT_LOCKED);
    expect_status(unlock(&locks, one, 0, 100, 50), STATUS_SUCCESS);
    expect_status(unlock(&locks, one, 0, 100, 50), STATUS_RANGE_NOT_LOCKED);
    FsRtlUninitializeFileLock(&locks);
    expect(may_write(&locks, one, 0, 0, 1000));
}

static void ends_of_the_file(void)
{
    FILE_LOCK locks;

    FsRtlInitializeFileLock(&locks, NULL, NULL);
    expect_status(lock(&locks, one, 0, -1, 1, TRUE, TRUE), STATUS_SUCCESS); /* the very last byte */
    expect_status(lock(&locks, one, 0, -1, 2, TRUE, TRUE), STATUS_INVALID_LOCK_RANGE);
    expect_status(lock(&locks, other, 0, 0, -1, TRUE, TRUE), STATUS_SUCCESS); /* all but it */
    expect(!may_write(&locks, one, 0, 5, 1) && may_write(&locks, one, 0, 5, 0));
    expect_status(lock(&locks, one, 0, 5, 0, TRUE, TRUE), STATUS_LOCK_NOT_GRANTED);
    expect_status(lock(&locks, one, 0, 0, 0, TRUE, TRUE), STATUS_SUCCESS); /* at the edge */
    FsRtlUninitializeFileLock(&locks);
}

static void unlocking_all(void)
{
    PFILE_LOCK locks = FsRtlAllocateFileLock(NULL, on_unlock);
    PFILE_LOCK_INFO info;
    ULONG i, count = 0;
    LONGLONG sum = 0;

    expect(locks != NULL);
    if (!locks)
        return;
    unlocked = 0;
    for (i = 0; i < 6; i++)
        expect_status(lock(locks, i < 4 ? one : other, i % 2, i * 10, 10, TRUE, TRUE),
                      STATUS_SUCCESS);
    for (info = FsRtlGetNextFileLock(locks, TRUE); info;
         info = FsRtlGetNextFileLock(locks, FALSE)) {
        count++;
        sum += info->StartingByte.QuadPart;
        expect(info->ExclusiveLock && info->Length.QuadPart == 10);
        expect(info->EndingByte.QuadPart == info->StartingByte.QuadPart + 9);
        expect(info->ProcessId == PsGetCurrentProcess());
    }
    expect(count == 6 && sum == 150);
    expect_status(FsRtlFastUnlockAllByKey(locks, one, PsGetCurrentProcess(), 1, locks),
                  STATUS_SUCCESS);
    expect_number(unlocked, 2);
    expect(told_context == locks);
    expect_status(FsRtlFastUnlockAllByKey(locks, one, PsGetCurrentProcess(), 1, locks),
                  STATUS_RANGE_NOT_LOCKED);
    expect_status(FsRtlFastUnlockAll(locks, one, PsGetCurrentProcess(), NULL), STATUS_SUCCESS);
    expect_number(unlocked, 4);
    expect_status(FsRtlFastUnlockAll(locks, one, PsGetCurrentProcess(), NULL),
                  STATUS_RANGE_NOT_LOCKED);
    expect_status(unlock(locks, other, 0, 40, 10), STATUS_SUCCESS);
    expect_number(unlocked_at, 40);
    FsRtlFreeFileLock(locks);
    expect_number(unlocked, 5); /* the last went untold */
}

/* ---- requests ---- */

struct request {
    PIRP irp;
    LARGE_INTEGER length;
    volatile BOOLEAN is_done;
};

static NTSTATUS NTAPI request_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    ((struct request *)context)->is_done = TRUE;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Is in the lower of two stack locations afterwards. */
static PIO_STACK_LOCATION request_make(struct request *request, UCHAR major, UCHAR minor,
                                       PFILE_OBJECT file)
{
    PIO_STACK_LOCATION stack;

    RtlZeroMemory(request, sizeof *request);
    request->irp = IoAllocateIrp(2, FALSE);
    if (!request->irp)
        return NULL;
    request->irp->Tail.Overlay.Thread = PsGetCurrentThread();
    IoSetNextIrpStackLocation(request->irp);
    IoSetCompletionRoutine(request->irp, request_done, request, TRUE, TRUE, TRUE);
    IoSetNextIrpStackLocation(request->irp);
    stack = IoGetCurrentIrpStackLocation(request->irp);
    stack->MajorFunction = major;
    stack->MinorFunction = minor;
    stack->FileObject = file;
    return stack;
}

static NTSTATUS request_send(struct request *request, PFILE_LOCK locks, UCHAR minor, UCHAR flags,
                             PFILE_OBJECT file, LONGLONG first, LONGLONG count)
{
    PIO_STACK_LOCATION stack = request_make(request, IRP_MJ_LOCK_CONTROL, minor, file);

    if (!stack)
        return STATUS_INSUFFICIENT_RESOURCES;
    stack->Flags = flags;
    request->length.QuadPart = count;
    stack->Parameters.LockControl.Length = &request->length;
    stack->Parameters.LockControl.ByteOffset.QuadPart = first;
    return FsRtlProcessFileLock(locks, request->irp, request);
}

/* What it was completed with; frees it. */
static NTSTATUS request_end(struct request *request)
{
    NTSTATUS status = request->is_done ? request->irp->IoStatus.Status : STATUS_PENDING;

    if (request->is_done)
        IoFreeIrp(request->irp);
    return status;
}

static void requests_that_wait(void)
{
    struct request first, second, third, fourth;
    FILE_LOCK locks;

    FsRtlInitializeFileLock(&locks, NULL, on_unlock);
    expect_status(request_send(&first, &locks, IRP_MN_LOCK, SL_EXCLUSIVE_LOCK, one, 0, 10),
                  STATUS_SUCCESS);
    expect_status(request_end(&first), STATUS_SUCCESS);
    expect_status(request_send(&second, &locks, IRP_MN_LOCK,
                               SL_EXCLUSIVE_LOCK | SL_FAIL_IMMEDIATELY, other, 5, 1),
                  STATUS_LOCK_NOT_GRANTED);
    expect_status(request_end(&second), STATUS_LOCK_NOT_GRANTED);
    expect(!FsRtlAreThereWaitingFileLocks(&locks));
    expect_status(request_send(&second, &locks, IRP_MN_LOCK, 0, other, 5, 10), STATUS_PENDING);
    expect_status(request_send(&third, &locks, IRP_MN_LOCK, SL_EXCLUSIVE_LOCK, other, 5, 1),
                  STATUS_PENDING);
    expect(FsRtlAreThereWaitingFileLocks(&locks));
    expect(!second.is_done && !third.is_done);

    /* The first goes: the second may, the third not beside it. */
    expect_status(request_send(&first, &locks, IRP_MN_UNLOCK_SINGLE, 0, one, 0, 10),
                  STATUS_SUCCESS);
    expect_status(request_end(&first), STATUS_SUCCESS);
    expect(second.is_done && !third.is_done);
    expect_status(request_end(&second), STATUS_SUCCESS);
    expect(IoCancelIrp(third.irp));
    expect(third.is_done);
    expect_status(request_end(&third), STATUS_CANCELLED);
    expect(!FsRtlAreThereWaitingFileLocks(&locks));

    expect_status(request_send(&third, &locks, IRP_MN_LOCK, SL_EXCLUSIVE_LOCK, one, 6, 1),
                  STATUS_PENDING);
    expect_status(request_send(&fourth, &locks, IRP_MN_UNLOCK_ALL, 0, other, 0, 0), STATUS_SUCCESS);
    expect_status(request_end(&fourth), STATUS_SUCCESS);
    expect_status(request_end(&third), STATUS_SUCCESS);
    expect_status(request_send(&fourth, &locks, IRP_MN_LOCK, 0, other, 0, 10), STATUS_PENDING);
    FsRtlUninitializeFileLock(&locks); /* nobody waits for ever */
    expect_status(request_end(&fourth), STATUS_RANGE_NOT_LOCKED);
    expect_status(request_send(&first, &locks, IRP_MN_UNLOCK_ALL_BY_KEY, 0, other, 0, 0),
                  STATUS_RANGE_NOT_LOCKED);
    expect_status(request_end(&first), STATUS_RANGE_NOT_LOCKED);
    FsRtlUninitializeFileLock(&locks);
}

static void drivers_that_complete_themselves(void)
{
    struct request first;
    FILE_LOCK locks;

    completed = 0;
    FsRtlInitializeFileLock(&locks, on_complete, NULL);
    routine_answer = STATUS_SUCCESS;
    expect_status(request_send(&first, &locks, IRP_MN_LOCK, SL_EXCLUSIVE_LOCK, one, 0, 10),
                  STATUS_SUCCESS);
    expect_number(completed, 1);
    expect(told_context == &first);
    expect_status(request_end(&first), STATUS_SUCCESS);
    routine_answer = STATUS_DISK_FULL; /* then the lock is not there */
    expect_status(request_send(&first, &locks, IRP_MN_LOCK, SL_EXCLUSIVE_LOCK, one, 20, 10),
                  STATUS_DISK_FULL);
    expect_status(request_end(&first), STATUS_DISK_FULL);
    expect_status(unlock(&locks, one, 0, 20, 10), STATUS_RANGE_NOT_LOCKED);
    expect_status(unlock(&locks, one, 0, 0, 10), STATUS_SUCCESS);
    FsRtlUninitializeFileLock(&locks);
}

static void reads_and_writes(void)
{
    struct request request;
    PIO_STACK_LOCATION stack;
    FILE_LOCK locks;

    FsRtlInitializeFileLock(&locks, NULL, NULL);
    expect_status(lock(&locks, one, 3, 10, 10, TRUE, TRUE), STATUS_SUCCESS);
    stack = request_make(&request, IRP_MJ_READ, 0, one);
    if (stack) {
        stack->Parameters.Read.ByteOffset.QuadPart = 0;
        stack->Parameters.Read.Length = 10;
        expect(FsRtlCheckLockForReadAccess(&locks, request.irp));
        stack->Parameters.Read.Length = 11;
        expect(!FsRtlCheckLockForReadAccess(&locks, request.irp));
        expect(!FsRtlCheckLockForWriteAccess(&locks, request.irp));
        stack->Parameters.Read.Key = 3;
        expect(FsRtlCheckLockForReadAccess(&locks, request.irp));
        expect(FsRtlCheckLockForWriteAccess(&locks, request.irp));
        stack->FileObject = other;
        expect(!FsRtlCheckLockForReadAccess(&locks, request.irp));
        IoFreeIrp(request.irp);
    }
    FsRtlUninitializeFileLock(&locks);
}

const struct drivertest drivertests[] = {
    DRIVERTEST(what_goes_together),
    DRIVERTEST(ends_of_the_file),
    DRIVERTEST(unlocking_all),
    DRIVERTEST(requests_that_wait),
    DRIVERTEST(drivers_that_complete_themselves),
    DRIVERTEST(reads_and_writes),
    DRIVERTEST_END,
};
