/* SPDX-License-Identifier: MIT */
/* io.c - tests of requests from inside a driver: two stacked devices, passing down,
 * completion routines, IRPs of one's own, cancellation, cancel-safe queues.
 *
 * The lower device answers by control code; the upper one does what `upper` says.
 */
#include "drivertest.h"

#define LOWER_CODE(n)    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900 + (n), METHOD_BUFFERED, FILE_ANY_ACCESS)
#define LOWER_DOUBLE     LOWER_CODE(0) /* ULONG to twice itself, at once */
#define LOWER_FAIL       LOWER_CODE(1)
#define LOWER_LATER      LOWER_CODE(2) /* pended, answered by a work item */
#define LOWER_UNTIL_STOP LOWER_CODE(3) /* pended until cancelled */

static PDEVICE_OBJECT lower, upper, upper_target;
static NTSTATUS (*upper_way)(PIRP irp); /* how the upper device treats a request */
static PIRP stopped_irp;                /* the one that waits for cancellation */
static KEVENT stopped_irp_is_there;

static NTSTATUS wait_ms(PVOID object, LONG ms)
{
    LARGE_INTEGER due;

    due.QuadPart = -10000LL * ms;
    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &due);
}

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

/* ---- the two devices ---------------------------------------------------------------------------
 */

static VOID later(PDEVICE_OBJECT device, PVOID context)
{
    PIRP irp = context;
    PIO_WORKITEM item = irp->Tail.Overlay.DriverContext[0];

    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    *(PULONG)irp->AssociatedIrp.SystemBuffer += 1;
    complete(irp, STATUS_SUCCESS, sizeof(ULONG));
    IoFreeWorkItem(item);
}

static VOID stop(PDEVICE_OBJECT device, PIRP irp)
{
    IoReleaseCancelSpinLock(irp->CancelIrql);
    stopped_irp = NULL;
    complete(irp, STATUS_CANCELLED, 0);
}

static NTSTATUS lower_dispatch(PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    PULONG number = irp->AssociatedIrp.SystemBuffer;
    PIO_WORKITEM item;

    if (stack->MajorFunction != IRP_MJ_DEVICE_CONTROL &&
        stack->MajorFunction != IRP_MJ_INTERNAL_DEVICE_CONTROL)
        return complete(irp, STATUS_SUCCESS, 0);
    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case LOWER_DOUBLE:
        *number *= 2;
        return complete(irp, STATUS_SUCCESS, sizeof(ULONG));
    case LOWER_LATER:
        item = IoAllocateWorkItem(lower);
        irp->Tail.Overlay.DriverContext[0] = item;
        IoMarkIrpPending(irp);
        IoQueueWorkItem(item, later, DelayedWorkQueue, irp);
        return STATUS_PENDING;
    case LOWER_UNTIL_STOP:
        IoMarkIrpPending(irp);
        stopped_irp = irp;
        IoSetCancelRoutine(irp, stop);
        KeSetEvent(&stopped_irp_is_there, 0, FALSE);
        return STATUS_PENDING;
    }
    return complete(irp, STATUS_UNSUCCESSFUL, 0);
}

static NTSTATUS dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    return device == lower ? lower_dispatch(irp) : upper_way(irp);
}

static void devices_create(void)
{
    expect_status(IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &lower),
                  STATUS_SUCCESS);
    expect_status(IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &upper),
                  STATUS_SUCCESS);
    lower->Flags |= DO_BUFFERED_IO;
    lower->Flags &= ~DO_DEVICE_INITIALIZING;
    upper_target = IoAttachDeviceToDeviceStack(upper, lower);
    expect(upper_target == lower && lower->AttachedDevice == upper);
    expect_number(upper->StackSize, 2);
    upper->Flags &= ~DO_DEVICE_INITIALIZING;
    KeInitializeEvent(&stopped_irp_is_there, SynchronizationEvent, FALSE);
    drivertest_dispatch = dispatch;
}

static void devices_delete(void)
{
    IoDetachDevice(upper_target);
    expect(lower->AttachedDevice == NULL);
    IoDeleteDevice(upper);
    IoDeleteDevice(lower);
    drivertest_dispatch = NULL;
}

/* Sends a control request to a device and waits for its end. */
static NTSTATUS ask(PDEVICE_OBJECT device, ULONG code, PULONG number, PULONG_PTR out_information)
{
    IO_STATUS_BLOCK block = {0};
    KEVENT event;
    NTSTATUS status;
    PIRP irp;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(code, device, number, sizeof *number, number,
                                        sizeof *number, FALSE, &event, &block);
    expect(irp != NULL);
    status = IoCallDriver(device, irp);
    if (status == STATUS_PENDING) {
        expect_status(wait_ms(&event, 10000), STATUS_SUCCESS);
        status = block.Status;
    }
    *out_information = block.Information;
    return status;
}

/* ---- ways of the upper device -------------------------------------------------------------------
 */

static NTSTATUS way_skip(PIRP irp)
{
    IoSkipCurrentIrpStackLocation(irp);
    return IoCallDriver(upper_target, irp);
}

static LONG routine_calls;
static NTSTATUS routine_saw;

static NTSTATUS routine_continue(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    routine_calls++;
    routine_saw = irp->IoStatus.Status;
    expect(device == upper && context == (PVOID)5);
    if (irp->PendingReturned)
        IoMarkIrpPending(irp);
    return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS way_copy(PIRP irp)
{
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, routine_continue, (PVOID)5, TRUE, TRUE, TRUE);
    return IoCallDriver(upper_target, irp);
}

static NTSTATUS way_copy_on_error(PIRP irp)
{
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, routine_continue, (PVOID)5, FALSE, TRUE, FALSE);
    return IoCallDriver(upper_target, irp);
}

static NTSTATUS routine_keep(PDEVICE_OBJECT device, PIRP irp, PVOID event)
{
    KeSetEvent(event, 0, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS way_keep(PIRP irp)
{
    KEVENT event;
    NTSTATUS status;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, routine_keep, &event, TRUE, TRUE, TRUE);
    status = IoCallDriver(upper_target, irp);
    if (status == STATUS_PENDING) {
        expect_status(wait_ms(&event, 10000), STATUS_SUCCESS);
        status = irp->IoStatus.Status;
    }
    if (NT_SUCCESS(status))
        *(PULONG)irp->AssociatedIrp.SystemBuffer += 100;
    return complete(irp, status, irp->IoStatus.Information);
}

static NTSTATUS way_forward_and_wait(PIRP irp)
{
    IoCopyCurrentIrpStackLocationToNext(irp);
    expect(IoForwardIrpSynchronously(upper_target, irp));
    return complete(irp, irp->IoStatus.Status, irp->IoStatus.Information);
}

static void pass_down(void)
{
    ULONG_PTR information;
    ULONG number = 21;

    devices_create();
    upper_way = way_skip;
    expect_status(ask(upper, LOWER_DOUBLE, &number, &information), STATUS_SUCCESS);
    expect(number == 42 && information == 4);
    expect_status(ask(upper, LOWER_FAIL, &number, &information), STATUS_UNSUCCESSFUL);
    expect_status(ask(upper, LOWER_LATER, &number, &information), STATUS_SUCCESS);
    expect_number(number, 43);
    devices_delete();
}

static void completion_routines(void)
{
    ULONG_PTR information;
    ULONG number = 1;

    devices_create();
    upper_way = way_copy;
    routine_calls = 0;
    expect_status(ask(upper, LOWER_DOUBLE, &number, &information), STATUS_SUCCESS);
    expect(routine_calls == 1 && routine_saw == STATUS_SUCCESS && number == 2);
    expect_status(ask(upper, LOWER_LATER, &number, &information), STATUS_SUCCESS);
    expect(routine_calls == 2 && number == 3);
    upper_way = way_copy_on_error;
    expect_status(ask(upper, LOWER_DOUBLE, &number, &information), STATUS_SUCCESS);
    expect_number(routine_calls, 2);
    expect_status(ask(upper, LOWER_FAIL, &number, &information), STATUS_UNSUCCESSFUL);
    expect(routine_calls == 3 && routine_saw == STATUS_UNSUCCESSFUL);
    devices_delete();
}

static void more_processing(void)
{
    ULONG_PTR information;
    ULONG number = 1;

    devices_create();
    upper_way = way_keep;
    expect_status(ask(upper, LOWER_DOUBLE, &number, &information), STATUS_SUCCESS);
    expect_number(number, 102);
    expect_status(ask(upper, LOWER_LATER, &number, &information), STATUS_SUCCESS);
    expect_number(number, 203);
    upper_way = way_forward_and_wait;
    expect_status(ask(upper, LOWER_LATER, &number, &information), STATUS_SUCCESS);
    expect_number(number, 204);
    expect_status(ask(upper, LOWER_FAIL, &number, &information), STATUS_UNSUCCESSFUL);
    devices_delete();
}

/* ---- IRPs of one's own
 * ------------------------------------------------------------------------------ */

static void own_irps(void)
{
    PIO_STACK_LOCATION stack;
    ULONG number = 8;
    KEVENT event;
    PIRP irp;

    devices_create();
    upper_way = way_skip;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoAllocateIrp(upper->StackSize, FALSE);
    expect(irp && irp->StackCount == 2 && irp->CurrentLocation == 3);
    irp->AssociatedIrp.SystemBuffer = &number;
    stack = IoGetNextIrpStackLocation(irp);
    stack->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    stack->Parameters.DeviceIoControl.IoControlCode = LOWER_LATER;
    IoSetCompletionRoutine(irp, routine_keep, &event, TRUE, TRUE, TRUE);
    expect_status(IoCallDriver(upper, irp), STATUS_PENDING);
    expect_status(wait_ms(&event, 10000), STATUS_SUCCESS);
    expect_status(irp->IoStatus.Status, STATUS_SUCCESS);
    expect_number(number, 9);
    IoReuseIrp(irp, STATUS_NOT_SUPPORTED);
    expect_status(irp->IoStatus.Status, STATUS_NOT_SUPPORTED);
    expect_number(irp->CurrentLocation, 3);
    IoFreeIrp(irp);
    devices_delete();
}

static void cancel(void)
{
    PIO_STACK_LOCATION stack;
    KEVENT event;
    PIRP irp;

    devices_create();
    upper_way = way_skip;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoAllocateIrp(upper->StackSize, FALSE);
    stack = IoGetNextIrpStackLocation(irp);
    stack->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    stack->Parameters.DeviceIoControl.IoControlCode = LOWER_UNTIL_STOP;
    IoSetCompletionRoutine(irp, routine_keep, &event, TRUE, TRUE, TRUE);
    expect_status(IoCallDriver(upper, irp), STATUS_PENDING);
    expect(!KeReadStateEvent(&event));
    expect(IoCancelIrp(irp));
    expect(KeReadStateEvent(&event)); /* the cancel routine completed it */
    expect(irp->Cancel && irp->CancelRoutine == NULL && stopped_irp == NULL);
    expect_status(irp->IoStatus.Status, STATUS_CANCELLED);
    expect(!IoCancelIrp(irp)); /* no routine any more */
    IoFreeIrp(irp);
    devices_delete();
}

/* ---- queues and locks
 * ---------------------------------------------------------------------------------- */

static struct {
    IO_CSQ csq;
    LIST_ENTRY list; /* guarded by lock */
    KSPIN_LOCK lock;
    LONG cancelled;
} queue;

static VOID queue_insert(PIO_CSQ csq, PIRP irp)
{
    InsertTailList(&queue.list, &irp->Tail.Overlay.ListEntry);
}

static VOID queue_remove(PIO_CSQ csq, PIRP irp)
{
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

static PIRP queue_peek(PIO_CSQ csq, PIRP irp, PVOID context)
{
    PLIST_ENTRY next = irp ? irp->Tail.Overlay.ListEntry.Flink : queue.list.Flink;

    return next == &queue.list ? NULL : CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
}

static VOID queue_lock(PIO_CSQ csq, PKIRQL irql)
{
    KeAcquireSpinLock(&queue.lock, irql);
}

static VOID queue_unlock(PIO_CSQ csq, KIRQL irql)
{
    KeReleaseSpinLock(&queue.lock, irql);
}

static VOID queue_cancelled(PIO_CSQ csq, PIRP irp)
{
    queue.cancelled++;
}

static void cancel_safe_queue(void)
{
    IO_CSQ_IRP_CONTEXT context;
    PIRP irps[3];
    int i;

    InitializeListHead(&queue.list);
    KeInitializeSpinLock(&queue.lock);
    queue.cancelled = 0;
    expect_status(IoCsqInitialize(&queue.csq, queue_insert, queue_remove, queue_peek, queue_lock,
                                  queue_unlock, queue_cancelled),
                  STATUS_SUCCESS);
    for (i = 0; i < 3; i++) {
        irps[i] = IoAllocateIrp(1, FALSE);
        IoSetNextIrpStackLocation(irps[i]);
        IoCsqInsertIrp(&queue.csq, irps[i], i == 1 ? &context : NULL);
    }
    expect(IoCancelIrp(irps[0]));
    expect_number(queue.cancelled, 1);
    expect(IoCsqRemoveIrp(&queue.csq, &context) == irps[1]);
    expect(IoCsqRemoveIrp(&queue.csq, &context) == NULL);
    expect(!IoCancelIrp(irps[1])); /* no longer in the queue */
    expect(IoCsqRemoveNextIrp(&queue.csq, NULL) == irps[2]);
    expect(IoCsqRemoveNextIrp(&queue.csq, NULL) == NULL);
    expect_number(queue.cancelled, 1);
    for (i = 0; i < 3; i++)
        IoFreeIrp(irps[i]);
}

DRIVERTEST_LIST = {
    DRIVERTEST(pass_down),
    DRIVERTEST(completion_routines),
    DRIVERTEST(more_processing),
    DRIVERTEST(own_irps),
    DRIVERTEST(cancel),
    DRIVERTEST(cancel_safe_queue),
    DRIVERTEST_END,
};
