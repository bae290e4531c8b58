/* SPDX-License-Identifier: MIT */
/* file_lock_ddi.c - what file systems call to lock ranges of a file's bytes.
 *
 * Requests that must wait lie in the table until a lock goes, they are cancelled, or the
 * FILE_LOCK does. The driver's routines and completions are called with no lock of ours held.
 */
#include "callout/callout.h"
#include "ex/ex.h"
#include "file_lock.h"
#include "fsrtl/fsrtl.h"
#include "ke/ke.h"

#define LOCK_TAG 'kLSF'

/* What a waiting request was given with: Tail.Overlay.DriverContext. */
enum { CONTEXT_LOCKS, CONTEXT_OF_CALLER, CONTEXT_LOCK };

static struct file_lock *lock_allocate(void)
{
    return ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(struct file_lock), LOCK_TAG);
}

static bool range_is_valid(struct lock_range range)
{
    return range.length == 0 || range.start <= ~0ull - (range.length - 1);
}

/* ---- telling the driver -------------------------------------------------------------------- */

/* Ends a request of a driver; returns what its routine made of it. */
static NTSTATUS irp_finish(FILE_LOCK *locks, PIRP irp, PVOID context, NTSTATUS status)
{
    uint64_t arguments[2] = {(uintptr_t)context, (uintptr_t)irp};

    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    if (locks->CompleteLockIrpRoutine != NULL)
        return (NTSTATUS)callout_invoke((const void *)locks->CompleteLockIrpRoutine, arguments, 2);
    IoCompleteRequest(irp, IO_DISK_INCREMENT);
    return status;
}

static void unlock_tell(FILE_LOCK *locks, struct file_lock *lock, PVOID context)
{
    uint64_t arguments[2] = {(uintptr_t)context, (uintptr_t)&lock->info};

    if (locks->UnlockRoutine != NULL)
        callout_invoke((const void *)locks->UnlockRoutine, arguments, 2);
    ExFreePoolWithTag(lock, LOCK_TAG);
}

/* ---- requests that wait -------------------------------------------------------------------- */

static struct lock_owner owner_of(PIRP irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);

    return (struct lock_owner){stack->FileObject, IoGetRequestorProcess(irp),
                               stack->Parameters.LockControl.Key};
}

static struct lock_range range_of_irp(PIRP irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);

    return (struct lock_range){(ULONGLONG)stack->Parameters.LockControl.ByteOffset.QuadPart,
                               (ULONGLONG)stack->Parameters.LockControl.Length->QuadPart};
}

static bool irp_is_exclusive(PIRP irp)
{
    return (IoGetCurrentIrpStackLocation(irp)->Flags & SL_EXCLUSIVE_LOCK) != 0;
}

static PIRP irp_of(struct list *node)
{
    return list_entry((void *)node, IRP, Tail.Overlay.ListEntry);
}

/* Takes a request off the list for good, unless its cancel routine is on its way. */
static bool irp_claim_locked(PIRP irp)
{
    struct list *node = (struct list *)&irp->Tail.Overlay.ListEntry;

    list_remove(node);
    list_init(node);
    return IoSetCancelRoutine(irp, NULL) != NULL;
}

static VOID NTAPI lock_cancelled(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    FILE_LOCK *locks = Irp->Tail.Overlay.DriverContext[CONTEXT_LOCKS];

    (void)DeviceObject;
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    host_lock_take(&file_locks_lock);
    list_remove((struct list *)&Irp->Tail.Overlay.ListEntry);
    host_lock_give(&file_locks_lock);
    ExFreePoolWithTag(Irp->Tail.Overlay.DriverContext[CONTEXT_LOCK], LOCK_TAG);
    (void)irp_finish(locks, Irp, Irp->Tail.Overlay.DriverContext[CONTEXT_OF_CALLER],
                     STATUS_CANCELLED);
}

/* Puts a request into the line. false: it is cancelled already, and still the caller's. */
static bool irp_wait_locked(struct lock_table *table, PIRP irp, PVOID context,
                            struct file_lock *lock)
{
    irp->Tail.Overlay.DriverContext[CONTEXT_LOCKS] = table->owner;
    irp->Tail.Overlay.DriverContext[CONTEXT_OF_CALLER] = context;
    irp->Tail.Overlay.DriverContext[CONTEXT_LOCK] = lock;
    list_push_back(&table->waiting, (struct list *)&irp->Tail.Overlay.ListEntry);
    table->owner->FastIoIsQuestionable = TRUE;
    IoMarkIrpPending(irp);
    (void)IoSetCancelRoutine(irp, lock_cancelled);
    return !irp->Cancel || !irp_claim_locked(irp);
}

/* The oldest request that may have its lock now, which it is given; NULL: none. */
static PIRP irp_grant_locked(struct lock_table *table)
{
    list_for_each_safe(node, &table->waiting)
    {
        PIRP irp = irp_of(node);
        struct lock_owner owner = owner_of(irp);

        if (!lock_is_free_locked(table, &owner, range_of_irp(irp), irp_is_exclusive(irp)) ||
            !irp_claim_locked(irp))
            continue;
        lock_add_locked(table, irp->Tail.Overlay.DriverContext[CONTEXT_LOCK], &owner,
                        range_of_irp(irp), irp_is_exclusive(irp));
        return irp;
    }
    return NULL;
}

/* A driver that does not let a request end well does not get its lock. */
static NTSTATUS irp_finish_granted(FILE_LOCK *locks, PIRP irp, PVOID context)
{
    struct lock_owner owner = owner_of(irp);
    struct lock_range range = range_of_irp(irp);
    NTSTATUS status = irp_finish(locks, irp, context, STATUS_SUCCESS);
    struct file_lock *lock = NULL;

    if (NT_SUCCESS(status))
        return status;
    host_lock_take(&file_locks_lock);
    if (locks->LockInformation != NULL)
        lock = lock_take_exact_locked(locks->LockInformation, &owner, range);
    host_lock_give(&file_locks_lock);
    if (lock != NULL)
        ExFreePoolWithTag(lock, LOCK_TAG);
    return status;
}

/* After locks have gone. */
static void waiting_serve(FILE_LOCK *locks)
{
    PIRP irp;

    for (;;) {
        host_lock_take(&file_locks_lock);
        irp = locks->LockInformation != NULL ? irp_grant_locked(locks->LockInformation) : NULL;
        host_lock_give(&file_locks_lock);
        if (irp == NULL)
            return;
        (void)irp_finish_granted(locks, irp, irp->Tail.Overlay.DriverContext[CONTEXT_OF_CALLER]);
    }
}

/* ---- locking and unlocking ------------------------------------------------------------------- */

/* STATUS_PENDING: the request waits and is not the caller's any more. */
static NTSTATUS lock_try(FILE_LOCK *locks, const struct lock_owner *owner, struct lock_range range,
                         bool is_exclusive, PIRP waiter, PVOID context)
{
    struct lock_table *table = lock_table_get(locks);
    struct file_lock *lock = lock_allocate();
    NTSTATUS status = STATUS_SUCCESS;

    if (table == NULL || lock == NULL || !range_is_valid(range)) {
        if (lock != NULL)
            ExFreePoolWithTag(lock, LOCK_TAG);
        return range_is_valid(range) ? STATUS_INSUFFICIENT_RESOURCES : STATUS_INVALID_LOCK_RANGE;
    }
    host_lock_take(&file_locks_lock);
    if (lock_is_free_locked(table, owner, range, is_exclusive))
        lock_add_locked(table, lock, owner, range, is_exclusive);
    else if (waiter == NULL)
        status = STATUS_LOCK_NOT_GRANTED;
    else
        status = irp_wait_locked(table, waiter, context, lock) ? STATUS_PENDING : STATUS_CANCELLED;
    host_lock_give(&file_locks_lock);
    if (status != STATUS_SUCCESS && status != STATUS_PENDING)
        ExFreePoolWithTag(lock, LOCK_TAG);
    return status;
}

static NTSTATUS unlock_exact(FILE_LOCK *locks, const struct lock_owner *owner,
                             struct lock_range range, PVOID context)
{
    struct file_lock *lock = NULL;

    host_lock_take(&file_locks_lock);
    if (locks->LockInformation != NULL)
        lock = lock_take_exact_locked(locks->LockInformation, owner, range);
    host_lock_give(&file_locks_lock);
    if (lock == NULL)
        return STATUS_RANGE_NOT_LOCKED;
    unlock_tell(locks, lock, context);
    waiting_serve(locks);
    return STATUS_SUCCESS;
}

static NTSTATUS unlock_all(FILE_LOCK *locks, const struct lock_owner *owner, bool by_key,
                           PVOID context)
{
    NTSTATUS status = STATUS_RANGE_NOT_LOCKED;
    struct file_lock *lock;

    for (;;) {
        host_lock_take(&file_locks_lock);
        lock = locks->LockInformation != NULL
                   ? lock_take_any_locked(locks->LockInformation, owner, by_key)
                   : NULL;
        host_lock_give(&file_locks_lock);
        if (lock == NULL)
            break;
        unlock_tell(locks, lock, context);
        status = STATUS_SUCCESS;
    }
    waiting_serve(locks);
    return status;
}

/* A waiting request of the file (NULL: of any), which is the caller's now. */
static PIRP waiting_take(FILE_LOCK *locks, const FILE_OBJECT *file)
{
    struct lock_table *table = locks->LockInformation;
    PIRP irp = NULL;

    host_lock_take(&file_locks_lock);
    list_for_each_safe(node, &table->waiting)
    {
        bool is_of_file =
            file == NULL || IoGetCurrentIrpStackLocation(irp_of(node))->FileObject == file;

        if (irp == NULL && is_of_file && irp_claim_locked(irp_of(node)))
            irp = irp_of(node);
    }
    host_lock_give(&file_locks_lock);
    return irp;
}

static void waiting_end(FILE_LOCK *locks, const FILE_OBJECT *file)
{
    PIRP irp;

    while ((irp = waiting_take(locks, file)) != NULL) {
        ExFreePoolWithTag(irp->Tail.Overlay.DriverContext[CONTEXT_LOCK], LOCK_TAG);
        (void)irp_finish(locks, irp, irp->Tail.Overlay.DriverContext[CONTEXT_OF_CALLER],
                         STATUS_RANGE_NOT_LOCKED);
    }
}

void fsrtl_locks_drop(FILE_LOCK *locks, const FILE_OBJECT *file)
{
    struct file_lock *lock;

    if (locks->LockInformation == NULL)
        return;
    waiting_end(locks, file);
    do {
        host_lock_take(&file_locks_lock);
        lock = lock_take_of_file_locked(locks->LockInformation, file);
        host_lock_give(&file_locks_lock);
        if (lock != NULL)
            unlock_tell(locks, lock, NULL);
    } while (lock != NULL);
    waiting_serve(locks);
}

/* ---- the exports ------------------------------------------------------------------------------
 */

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlinitializefilelock */
VOID NTAPI FsRtlInitializeFileLock(PFILE_LOCK FileLock,
                                   PCOMPLETE_LOCK_IRP_ROUTINE CompleteLockIrpRoutine,
                                   PUNLOCK_ROUTINE UnlockRoutine)
{
    *FileLock = (FILE_LOCK){.CompleteLockIrpRoutine = CompleteLockIrpRoutine,
                            .UnlockRoutine = UnlockRoutine};
}

/* Ends requests that wait with STATUS_RANGE_NOT_LOCKED; locks that are held go untold.
 *
 * Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtluninitializefilelock
 */
VOID NTAPI FsRtlUninitializeFileLock(PFILE_LOCK FileLock)
{
    if (FileLock->LockInformation != NULL)
        waiting_end(FileLock, NULL);
    lock_table_free(FileLock);
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlallocatefilelock. NULL: no memory */
PFILE_LOCK NTAPI FsRtlAllocateFileLock(PCOMPLETE_LOCK_IRP_ROUTINE CompleteLockIrpRoutine,
                                       PUNLOCK_ROUTINE UnlockRoutine)
{
    PFILE_LOCK locks = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*locks), LOCK_TAG);

    if (locks != NULL)
        FsRtlInitializeFileLock(locks, CompleteLockIrpRoutine, UnlockRoutine);
    return locks;
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlfreefilelock */
VOID NTAPI FsRtlFreeFileLock(PFILE_LOCK FileLock)
{
    FsRtlUninitializeFileLock(FileLock);
    ExFreePoolWithTag(FileLock, LOCK_TAG);
}

/* Does what an IRP_MJ_LOCK_CONTROL asks for, and ends it.
 *
 * Errors:  STATUS_PENDING: it waits; STATUS_LOCK_NOT_GRANTED, STATUS_RANGE_NOT_LOCKED,
 *          STATUS_INVALID_LOCK_RANGE, STATUS_INVALID_DEVICE_REQUEST: an unknown minor function
 * Doc:     nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlprocessfilelock
 */
NTSTATUS NTAPI FsRtlProcessFileLock(PFILE_LOCK FileLock, PIRP Irp, PVOID Context)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(Irp);
    struct lock_owner owner = owner_of(Irp);
    NTSTATUS status;

    switch (stack->MinorFunction) {
    case IRP_MN_LOCK:
        status = lock_try(FileLock, &owner, range_of_irp(Irp), irp_is_exclusive(Irp),
                          (stack->Flags & SL_FAIL_IMMEDIATELY) != 0 ? NULL : Irp, Context);
        if (status == STATUS_PENDING)
            return status;
        if (status == STATUS_SUCCESS)
            return irp_finish_granted(FileLock, Irp, Context);
        if (status == STATUS_CANCELLED) { /* it had been marked pending before that was seen */
            (void)irp_finish(FileLock, Irp, Context, status);
            return STATUS_PENDING;
        }
        break;
    case IRP_MN_UNLOCK_SINGLE:
        status = unlock_exact(FileLock, &owner, range_of_irp(Irp), Context);
        break;
    case IRP_MN_UNLOCK_ALL:
        status = unlock_all(FileLock, &owner, false, Context);
        break;
    case IRP_MN_UNLOCK_ALL_BY_KEY:
        status = unlock_all(FileLock, &owner, true, Context);
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    return irp_finish(FileLock, Irp, Context, status);
}

/* Locks without a request. FALSE: only a request can wait for it.
 *
 * Errors:  in IoStatus, when TRUE
 * Doc:     nf-ntifs-fsrtlfastlock, which is this by another name
 */
BOOLEAN NTAPI FsRtlPrivateLock(PFILE_LOCK FileLock, PFILE_OBJECT FileObject,
                               PLARGE_INTEGER FileOffset, PLARGE_INTEGER Length, PEPROCESS Process,
                               ULONG Key, BOOLEAN FailImmediately, BOOLEAN ExclusiveLock,
                               PIO_STATUS_BLOCK IoStatus, PIRP Irp, PVOID Context,
                               BOOLEAN AlreadySynchronized)
{
    struct lock_owner owner = {FileObject, Process, Key};
    struct lock_range range = {(ULONGLONG)FileOffset->QuadPart, (ULONGLONG)Length->QuadPart};
    NTSTATUS status = lock_try(FileLock, &owner, range, ExclusiveLock != FALSE,
                               FailImmediately ? NULL : Irp, Context);

    (void)AlreadySynchronized;
    if (status == STATUS_LOCK_NOT_GRANTED && !FailImmediately)
        return FALSE;
    IoStatus->Status = status;
    IoStatus->Information = 0;
    if (Irp != NULL && status != STATUS_PENDING)
        IoStatus->Status = status == STATUS_SUCCESS ? irp_finish_granted(FileLock, Irp, Context)
                                                    : irp_finish(FileLock, Irp, Context, status);
    return TRUE;
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlfastunlocksingle */
NTSTATUS NTAPI FsRtlFastUnlockSingle(PFILE_LOCK FileLock, PFILE_OBJECT FileObject,
                                     LARGE_INTEGER UNALIGNED *FileOffset, PLARGE_INTEGER Length,
                                     PEPROCESS Process, ULONG Key, PVOID Context,
                                     BOOLEAN AlreadySynchronized)
{
    struct lock_owner owner = {FileObject, Process, Key};
    struct lock_range range = {(ULONGLONG)FileOffset->QuadPart, (ULONGLONG)Length->QuadPart};

    (void)AlreadySynchronized;
    return unlock_exact(FileLock, &owner, range, Context);
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlfastunlockall */
NTSTATUS NTAPI FsRtlFastUnlockAll(PFILE_LOCK FileLock, PFILE_OBJECT FileObject, PEPROCESS Process,
                                  PVOID Context)
{
    struct lock_owner owner = {FileObject, Process, 0};

    return unlock_all(FileLock, &owner, false, Context);
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlfastunlockallbykey */
NTSTATUS NTAPI FsRtlFastUnlockAllByKey(PFILE_LOCK FileLock, PFILE_OBJECT FileObject,
                                       PEPROCESS Process, ULONG Key, PVOID Context)
{
    struct lock_owner owner = {FileObject, Process, Key};

    return unlock_all(FileLock, &owner, true, Context);
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlfastchecklockforread */
BOOLEAN NTAPI FsRtlFastCheckLockForRead(PFILE_LOCK FileLock, PLARGE_INTEGER StartingByte,
                                        PLARGE_INTEGER Length, ULONG Key, PFILE_OBJECT FileObject,
                                        PVOID ProcessId)
{
    struct lock_owner owner = {FileObject, ProcessId, Key};
    struct lock_range range = {(ULONGLONG)StartingByte->QuadPart, (ULONGLONG)Length->QuadPart};

    return lock_allows(FileLock, &owner, range, false);
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlfastchecklockforwrite */
BOOLEAN NTAPI FsRtlFastCheckLockForWrite(PFILE_LOCK FileLock, PLARGE_INTEGER StartingByte,
                                         PLARGE_INTEGER Length, ULONG Key, PVOID FileObject,
                                         PVOID ProcessId)
{
    struct lock_owner owner = {FileObject, ProcessId, Key};
    struct lock_range range = {(ULONGLONG)StartingByte->QuadPart, (ULONGLONG)Length->QuadPart};

    return lock_allows(FileLock, &owner, range, true);
}

/* Reads and writes keep offset, length and key at the same places. */
static bool irp_allows(FILE_LOCK *locks, PIRP irp, bool is_write)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    struct lock_owner owner = {stack->FileObject, IoGetRequestorProcess(irp),
                               stack->Parameters.Read.Key};
    struct lock_range range = {(ULONGLONG)stack->Parameters.Read.ByteOffset.QuadPart,
                               stack->Parameters.Read.Length};

    return lock_allows(locks, &owner, range, is_write);
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlchecklockforreadaccess */
BOOLEAN NTAPI FsRtlCheckLockForReadAccess(PFILE_LOCK FileLock, PIRP Irp)
{
    return irp_allows(FileLock, Irp, false);
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlchecklockforwriteaccess */
BOOLEAN NTAPI FsRtlCheckLockForWriteAccess(PFILE_LOCK FileLock, PIRP Irp)
{
    return irp_allows(FileLock, Irp, true);
}

/* The caller lets one thread at a time enumerate, as documented: where it is stands in FileLock.
 *
 * Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlgetnextfilelock. NULL: that was the last
 */
PFILE_LOCK_INFO NTAPI FsRtlGetNextFileLock(PFILE_LOCK FileLock, BOOLEAN Restart)
{
    ULONG_PTR index = Restart ? 0 : (ULONG_PTR)FileLock->LastReturnedLock;

    if (!lock_nth(FileLock, index, &FileLock->LastReturnedLockInfo))
        return NULL;
    FileLock->LastReturnedLock = (PVOID)(index + 1);
    return &FileLock->LastReturnedLockInfo;
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlaretherewaitingfilelocks */
BOOLEAN NTAPI FsRtlAreThereWaitingFileLocks(PFILE_LOCK FileLock)
{
    const struct lock_table *table;
    bool is_any;

    host_lock_take(&file_locks_lock);
    table = FileLock->LockInformation;
    is_any = table != NULL && !list_is_empty(&table->waiting);
    host_lock_give(&file_locks_lock);
    return is_any;
}
