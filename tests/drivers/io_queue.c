/* SPDX-License-Identifier: MIT */
/* io_queue.c - tests of what holds requests back and lets them go, from inside a driver:
 * cancel-safe queues, cancel routines, remove locks.
 */
#include "drivertest.h"

#define TAG 'tstR'

/* ---- cancel-safe queues, the Ex kind
 * ---------------------------------------------------------------
 */

static IO_CSQ csq;
static LIST_ENTRY csq_list;
static KSPIN_LOCK csq_guard;
static ULONG csq_cancelled;

static NTSTATUS csq_insert_ex(PIO_CSQ queue, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(queue);
    if (context == (PVOID)1)
        return STATUS_UNSUCCESSFUL;
    if (context == (PVOID)2)
        InsertHeadList(&csq_list, &irp->Tail.Overlay.ListEntry);
    else
        InsertTailList(&csq_list, &irp->Tail.Overlay.ListEntry);
    return STATUS_SUCCESS;
}

static VOID csq_insert(PIO_CSQ queue, PIRP irp)
{
    csq_insert_ex(queue, irp, NULL);
}

static VOID csq_remove(PIO_CSQ queue, PIRP irp)
{
    UNREFERENCED_PARAMETER(queue);
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

static PIRP csq_peek(PIO_CSQ queue, PIRP irp, PVOID context)
{
    PLIST_ENTRY at = irp ? irp->Tail.Overlay.ListEntry.Flink : csq_list.Flink;

    UNREFERENCED_PARAMETER(queue);
    for (; at != &csq_list; at = at->Flink) {
        PIRP found = CONTAINING_RECORD(at, IRP, Tail.Overlay.ListEntry);

        if (!context || found->Tail.Overlay.DriverContext[0] == context)
            return found;
    }
    return NULL;
}

static VOID csq_take(PIO_CSQ queue, PKIRQL irql)
{
    UNREFERENCED_PARAMETER(queue);
    KeAcquireSpinLock(&csq_guard, irql);
}

static VOID csq_give(PIO_CSQ queue, KIRQL irql)
{
    UNREFERENCED_PARAMETER(queue);
    KeReleaseSpinLock(&csq_guard, irql);
}

static VOID csq_cancel(PIO_CSQ queue, PIRP irp)
{
    UNREFERENCED_PARAMETER(queue);
    UNREFERENCED_PARAMETER(irp);
    csq_cancelled++;
}

static PIRP csq_irp(PVOID mark)
{
    PIRP irp = IoAllocateIrp(1, FALSE);

    IoSetNextIrpStackLocation(irp);
    irp->Tail.Overlay.DriverContext[0] = mark;
    return irp;
}

static void csq_walk(BOOLEAN is_ex)
{
    PIRP a = csq_irp((PVOID)10), b = csq_irp((PVOID)20), c = csq_irp((PVOID)30);
    IO_CSQ_IRP_CONTEXT context;

    InitializeListHead(&csq_list);
    KeInitializeSpinLock(&csq_guard);
    csq_cancelled = 0;
    if (is_ex)
        expect_status(IoCsqInitializeEx(&csq, csq_insert_ex, csq_remove, csq_peek, csq_take,
                                        csq_give, csq_cancel),
                      STATUS_SUCCESS);
    else
        expect_status(
            IoCsqInitialize(&csq, csq_insert, csq_remove, csq_peek, csq_take, csq_give, csq_cancel),
            STATUS_SUCCESS);
    if (is_ex) {
        expect_status(IoCsqInsertIrpEx(&csq, a, NULL, (PVOID)1), STATUS_UNSUCCESSFUL);
        expect(a->CancelRoutine == NULL && IsListEmpty(&csq_list));
        expect_status(IoCsqInsertIrpEx(&csq, a, NULL, NULL), STATUS_SUCCESS);
        expect_status(IoCsqInsertIrpEx(&csq, b, &context, (PVOID)2), STATUS_SUCCESS);
    } else {
        IoCsqInsertIrp(&csq, a, NULL);
        IoCsqInsertIrp(&csq, b, &context);
    }
    IoCsqInsertIrp(&csq, c, NULL);
    expect(IoGetCurrentIrpStackLocation(a)->Control & SL_PENDING_RETURNED);
    expect(IoCsqRemoveNextIrp(&csq, (PVOID)30) == c); /* by peek context */
    expect(IoCsqRemoveNextIrp(&csq, (PVOID)99) == NULL);
    expect(IoCsqRemoveIrp(&csq, &context) == b); /* by its own context */
    expect(IoCsqRemoveIrp(&csq, &context) == NULL);
    expect(IoCancelIrp(a) && csq_cancelled == 1);
    expect(IsListEmpty(&csq_list) && IoCsqRemoveNextIrp(&csq, NULL) == NULL);
    IoCsqInsertIrp(&csq, a, NULL); /* cancelled already: not for long */
    expect_number(csq_cancelled, 2);
    expect(IsListEmpty(&csq_list));
    IoFreeIrp(a);
    IoFreeIrp(b);
    IoFreeIrp(c);
}

static void cancel_safe_queues(void)
{
    csq_walk(FALSE);
    csq_walk(TRUE);
}

/* ---- the cancel spin lock and cancel routines
 * ------------------------------------------------------ */

static ULONG cancel_ran;

static VOID cancel_routine(PDEVICE_OBJECT device, PIRP irp)
{
    UNREFERENCED_PARAMETER(device);
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    IoReleaseCancelSpinLock(irp->CancelIrql);
    cancel_ran++;
}

static void cancelling(void)
{
    PIRP irp = csq_irp(NULL);
    KIRQL irql;

    cancel_ran = 0;
    expect(!IoCancelIrp(irp) && irp->Cancel); /* no routine */
    irp->Cancel = FALSE;
    IoAcquireCancelSpinLock(&irql);
    expect_number(KeGetCurrentIrql(), DISPATCH_LEVEL);
    expect(IoSetCancelRoutine(irp, cancel_routine) == NULL);
    IoReleaseCancelSpinLock(irql);
    expect(IoCancelIrp(irp) && cancel_ran == 1 && irp->CancelRoutine == NULL);
    expect(!IoCancelIrp(irp) && cancel_ran == 1);
    IoFreeIrp(irp);
}

/* ---- remove locks ------------------------------------------------------------------------------
 */

struct remove_wait {
    IO_REMOVE_LOCK lock;
    KEVENT released;
};

static VOID release_later(PVOID context)
{
    struct remove_wait *wait = context;
    LARGE_INTEGER moment;

    moment.QuadPart = -10000;
    /* Once the remover has said so, nobody gets in any more. */
    while (IoAcquireRemoveLock(&wait->lock, wait) == STATUS_SUCCESS) {
        IoReleaseRemoveLock(&wait->lock, wait);
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
    KeSetEvent(&wait->released, 0, FALSE);
    IoReleaseRemoveLock(&wait->lock, &wait->released);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void remove_locks(void)
{
    struct remove_wait *wait = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *wait, TAG);
    HANDLE thread;
    PVOID object;

    KeInitializeEvent(&wait->released, NotificationEvent, FALSE);
    IoInitializeRemoveLock(&wait->lock, TAG, 1, 10);
    expect_status(IoAcquireRemoveLock(&wait->lock, &thread), STATUS_SUCCESS);
    expect_status(IoAcquireRemoveLock(&wait->lock, &wait->released), STATUS_SUCCESS);
    expect_status(
        PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, release_later, wait),
        STATUS_SUCCESS);
    ObReferenceObjectByHandle(thread, SYNCHRONIZE, *PsThreadType, KernelMode, &object, NULL);
    IoReleaseRemoveLockAndWait(&wait->lock, &thread);
    expect(KeReadStateEvent(&wait->released) != 0); /* it has waited for the other */
    expect_status(IoAcquireRemoveLock(&wait->lock, NULL), STATUS_DELETE_PENDING);
    KeWaitForSingleObject(object, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(object);
    ZwClose(thread);
    ExFreePoolWithTag(wait, TAG);
}

DRIVERTEST_LIST = {DRIVERTEST(cancel_safe_queues), DRIVERTEST(cancelling), DRIVERTEST(remove_locks),
                   DRIVERTEST_END};
