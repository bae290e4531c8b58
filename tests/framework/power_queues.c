/* SPDX-License-Identifier: MIT */
/* power_queues.c - power-managed queues: a device that leaves D0, comes back, stops, goes. */
#include "sender.h"
#include "stack.h"

static WDFDEVICE device;
static WDFQUEUE managed, manual, unmanaged;
static struct stack stack;

static WDFREQUEST held[16];
static volatile LONG held_count, stopped, resumed, canceled;
static volatile LONG in_d0, stopped_in_d0;
static ULONG stop_flags;

/* What EvtIoStop answers. */
static enum { STOP_REQUEUE, STOP_KEEP, STOP_COMPLETE, STOP_LATER } stop_mode;

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init);
PFN_WDF_DRIVER_DEVICE_ADD kmdf_device_add = device_add;

static NTSTATUS evt_d0_entry(WDFDEVICE of, WDF_POWER_DEVICE_STATE from)
{
    UNREFERENCED_PARAMETER(of);
    UNREFERENCED_PARAMETER(from);
    in_d0 = TRUE;
    return STATUS_SUCCESS;
}

static NTSTATUS evt_d0_exit(WDFDEVICE of, WDF_POWER_DEVICE_STATE to)
{
    UNREFERENCED_PARAMETER(of);
    UNREFERENCED_PARAMETER(to);
    in_d0 = FALSE;
    return STATUS_SUCCESS;
}

/* The last callback on the way up: the queues go again. */
static KEVENT running;

static NTSTATUS evt_running(WDFDEVICE of)
{
    UNREFERENCED_PARAMETER(of);
    KeSetEvent(&running, IO_NO_INCREMENT, FALSE);
    return STATUS_SUCCESS;
}

static VOID evt_hold(WDFQUEUE queue, WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(queue);
    if (queue == managed)
        expect(in_d0);
    held[InterlockedIncrement(&held_count) - 1] = request;
}

static VOID evt_canceled(WDFREQUEST request)
{
    InterlockedIncrement(&canceled);
    WdfRequestComplete(request, STATUS_CANCELLED);
}

static VOID evt_stop(WDFQUEUE queue, WDFREQUEST request, ULONG flags)
{
    expect(queue == managed || queue == manual || queue == unmanaged);
    InterlockedIncrement(&stopped);
    stopped_in_d0 = in_d0;
    stop_flags = flags;
    switch (stop_mode) {
    case STOP_REQUEUE:
        WdfRequestStopAcknowledge(request, TRUE);
        break;
    case STOP_KEEP:
        if (flags & WdfRequestStopActionPurge)
            WdfRequestComplete(request, STATUS_NO_SUCH_DEVICE);
        else
            WdfRequestStopAcknowledge(request, FALSE);
        break;
    case STOP_COMPLETE:
        if (!(flags & WdfRequestStopRequestCancelable) ||
            WdfRequestUnmarkCancelable(request) != STATUS_CANCELLED)
            WdfRequestComplete(request, STATUS_DEVICE_POWERED_OFF);
        break;
    case STOP_LATER:
        break;
    }
}

static VOID evt_resume(WDFQUEUE queue, WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(queue);
    UNREFERENCED_PARAMETER(request);
    expect(in_d0);
    InterlockedIncrement(&resumed);
}

static NTSTATUS queue_make(WDF_IO_QUEUE_DISPATCH_TYPE type, BOOLEAN is_default, WDF_TRI_STATE power,
                           WDFQUEUE *out_queue)
{
    WDF_IO_QUEUE_CONFIG config;

    WDF_IO_QUEUE_CONFIG_INIT(&config, type);
    config.DefaultQueue = is_default;
    config.PowerManaged = power;
    if (type != WdfIoQueueDispatchManual)
        config.EvtIoDefault = evt_hold;
    config.EvtIoStop = evt_stop;
    config.EvtIoResume = evt_resume;
    return WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, out_queue);
}

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS events;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(driver);
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&events);
    events.EvtDeviceD0Entry = evt_d0_entry;
    events.EvtDeviceD0Exit = evt_d0_exit;
    events.EvtDeviceSelfManagedIoInit = evt_running;
    events.EvtDeviceSelfManagedIoRestart = evt_running;
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &events);
    WdfDeviceInitSetIoType(init, WdfDeviceIoBuffered);
    status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (NT_SUCCESS(status))
        status = queue_make(WdfIoQueueDispatchParallel, TRUE, WdfUseDefault, &managed);
    if (NT_SUCCESS(status))
        status = queue_make(WdfIoQueueDispatchManual, FALSE, WdfTrue, &manual);
    if (NT_SUCCESS(status))
        status = queue_make(WdfIoQueueDispatchParallel, FALSE, WdfFalse, &unmanaged);
    if (NT_SUCCESS(status))
        status = WdfDeviceConfigureRequestDispatching(device, unmanaged, WdfRequestTypeWrite);
    return status;
}

static BOOLEAN begin(void)
{
    RtlZeroMemory(held, sizeof(held));
    held_count = stopped = resumed = canceled = in_d0 = 0;
    stop_flags = 0;
    KeInitializeEvent(&running, NotificationEvent, FALSE);
    return stack_make(&stack);
}

static void power(SYSTEM_POWER_STATE state)
{
    KeClearEvent(&running);
    expect(NT_SUCCESS(stack_power(&stack, state)));
    if (state == PowerSystemWorking)
        KeWaitForSingleObject(&running, Executive, KernelMode, FALSE, NULL);
}

static void start(void)
{
    KeClearEvent(&running);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    KeWaitForSingleObject(&running, Executive, KernelMode, FALSE, NULL);
}

static void send_reads(struct sent *sent, ULONG count)
{
    struct sender_io io = {.major = IRP_MJ_READ, .output = 8};
    ULONG i;

    for (i = 0; i < count; i++)
        sent_begin(&sent[i], device, &io);
}

static ULONG held_by_pnp(WDFQUEUE queue)
{
    return WdfIoQueueGetState(queue, NULL, NULL) & WdfIoQueuePnpHeld;
}

/* ---- the start ----------------------------------------------------------------------------------
 */

static void nothing_before_d0(void)
{
    struct sender_io write = {.major = IRP_MJ_WRITE, .input = 8};
    struct sent sent[3];
    ULONG i;

    if (!begin())
        return;
    expect(held_by_pnp(managed) && held_by_pnp(manual) && !held_by_pnp(unmanaged));
    send_reads(sent, 2);
    expect_number(held_count, 0);
    sent_begin(&sent[2], device, &write);
    expect_number(held_count, 1); /* the other queue does not care */
    start();
    expect_number(held_count, 3);
    expect(!held_by_pnp(managed));
    for (i = 0; i < 3; i++)
        WdfRequestComplete(held[i], STATUS_SUCCESS);
    for (i = 0; i < 3; i++)
        expect_status(sent_end(&sent[i]), STATUS_SUCCESS);
    stack_drop(&stack);
}

/* ---- down and up
 * ----------------------------------------------------------------------------------- */

static void requeued_over_sleep(void)
{
    struct sent sent[3];
    ULONG i;

    if (!begin())
        return;
    stop_mode = STOP_REQUEUE;
    start();
    send_reads(sent, 2);
    expect_number(held_count, 2);
    power(PowerSystemSleeping3);
    expect_number(stopped, 2);
    expect(stopped_in_d0); /* before EvtDeviceD0Exit */
    expect_number(stop_flags, WdfRequestStopActionSuspend);
    expect(!in_d0 && held_by_pnp(managed));
    send_reads(&sent[2], 1);
    expect_number(held_count, 2);
    sent_cancel(&sent[1]); /* one that waits again */
    expect_status(sent_end(&sent[1]), STATUS_CANCELLED);
    power(PowerSystemWorking);
    expect_number(resumed, 0);
    expect_number(held_count, 4);
    WdfRequestComplete(held[2], STATUS_SUCCESS);
    WdfRequestComplete(held[3], STATUS_SUCCESS);
    for (i = 0; i < 3; i += 2)
        expect_status(sent_end(&sent[i]), STATUS_SUCCESS);
    stack_drop(&stack);
}

static void kept_over_sleep(void)
{
    struct sent sent[2];
    ULONG i;

    if (!begin())
        return;
    stop_mode = STOP_KEEP;
    start();
    send_reads(sent, 2);
    WdfRequestMarkCancelable(held[1], evt_canceled);
    power(PowerSystemSleeping3);
    expect_number(stopped, 2);
    expect(stop_flags & WdfRequestStopActionSuspend);
    /* Still the driver's: it may end one while the device sleeps. */
    sent_cancel(&sent[1]);
    expect_number(canceled, 1);
    expect_status(sent_end(&sent[1]), STATUS_CANCELLED);
    power(PowerSystemWorking);
    expect_number(resumed, 1);
    expect_number(held_count, 2);
    WdfRequestComplete(held[0], STATUS_SUCCESS);
    expect_status(sent_end(&sent[0]), STATUS_SUCCESS);
    /* Twice down, twice asked. */
    stopped = resumed = held_count = 0;
    send_reads(sent, 1);
    for (i = 1; i <= 2; i++) {
        power(PowerSystemSleeping3);
        power(PowerSystemWorking);
        expect_number(stopped, i);
        expect_number(resumed, i);
    }
    WdfRequestComplete(held[0], STATUS_SUCCESS);
    expect_status(sent_end(&sent[0]), STATUS_SUCCESS);
    stack_drop(&stack);
}

static void completed_by_stop(void)
{
    struct sent sent[2];
    ULONG i;

    if (!begin())
        return;
    stop_mode = STOP_COMPLETE;
    start();
    send_reads(sent, 2);
    WdfRequestMarkCancelable(held[1], evt_canceled);
    power(PowerSystemSleeping3);
    expect_number(stopped, 2);
    for (i = 0; i < 2; i++)
        expect_status(sent_end(&sent[i]), STATUS_DEVICE_POWERED_OFF);
    power(PowerSystemWorking);
    stack_drop(&stack);
}

/* ---- the device waits for the driver
 * ------------------------------------------------------------------- */

static KEVENT stop_came;

static VOID evt_stop_tells(WDFQUEUE queue, WDFREQUEST request, ULONG flags)
{
    evt_stop(queue, request, flags);
    KeSetEvent(&stop_came, IO_NO_INCREMENT, FALSE);
}

static VOID end_held_later(PVOID context)
{
    UNREFERENCED_PARAMETER(context);
    KeWaitForSingleObject(&stop_came, Executive, KernelMode, FALSE, NULL);
    expect(in_d0); /* the way down waits for this */
    WdfRequestComplete(held[0], STATUS_SUCCESS);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS retell(void)
{
    WDF_IO_QUEUE_CONFIG config;

    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
    config.EvtIoDefault = evt_hold;
    config.EvtIoStop = evt_stop_tells;
    return WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &managed);
}

static void going_down_waits(void)
{
    OBJECT_ATTRIBUTES attributes;
    struct sender_io io = {
        .major = IRP_MJ_DEVICE_CONTROL, .code = SENDER_CODE(0, METHOD_BUFFERED), .output = 8};
    struct sent sent;
    HANDLE thread;

    if (!begin())
        return;
    stop_mode = STOP_LATER;
    KeInitializeEvent(&stop_came, NotificationEvent, FALSE);
    start();
    expect_status(retell(), STATUS_SUCCESS); /* made in D0: presents at once */
    expect_status(
        WdfDeviceConfigureRequestDispatching(device, managed, WdfRequestTypeDeviceControl),
        STATUS_SUCCESS);
    sent_begin(&sent, device, &io);
    expect_number(held_count, 1);
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, &attributes, NULL, NULL,
                                       end_held_later, NULL),
                  STATUS_SUCCESS);
    power(PowerSystemSleeping3);
    expect_status(sent_end(&sent), STATUS_SUCCESS);
    ZwWaitForSingleObject(thread, FALSE, NULL);
    ZwClose(thread);
    power(PowerSystemWorking);
    stack_drop(&stack);
}

/* ---- manual queues
 * ----------------------------------------------------------------------------------------- */

static void manual_queue_sleeps(void)
{
    WDFREQUEST request;
    struct sent sent;

    if (!begin())
        return;
    stop_mode = STOP_KEEP;
    start();
    send_reads(&sent, 1);
    expect_status(WdfRequestForwardToIoQueue(held[0], manual), STATUS_SUCCESS);
    power(PowerSystemSleeping3);
    expect_number(stopped, 0); /* nothing is the driver's */
    expect_status(WdfIoQueueRetrieveNextRequest(manual, &request), STATUS_WDF_PAUSED);
    power(PowerSystemWorking);
    expect_status(WdfIoQueueRetrieveNextRequest(manual, &request), STATUS_SUCCESS);
    WdfRequestComplete(request, STATUS_SUCCESS);
    expect_status(sent_end(&sent), STATUS_SUCCESS);
    stack_drop(&stack);
}

/* ---- the end
 * ---------------------------------------------------------------------------------------------------
 */

static void stopped_for_resources(void)
{
    struct sent sent;

    if (!begin())
        return;
    stop_mode = STOP_REQUEUE;
    start();
    send_reads(&sent, 1);
    expect_status(stack_pnp(&stack, IRP_MN_QUERY_STOP_DEVICE, NULL, NULL), STATUS_SUCCESS);
    expect_status(stack_pnp(&stack, IRP_MN_STOP_DEVICE, NULL, NULL), STATUS_SUCCESS);
    expect(!in_d0);
    expect_number(stopped, 1);
    start();
    expect_number(held_count, 2);
    WdfRequestComplete(held[1], STATUS_SUCCESS);
    expect_status(sent_end(&sent), STATUS_SUCCESS);
    stack_drop(&stack);
}

static void removed(BOOLEAN is_surprise)
{
    struct sender_io write = {.major = IRP_MJ_WRITE, .input = 8};
    struct sent sent[5];

    if (!begin())
        return;
    stop_mode = STOP_COMPLETE;
    start();
    send_reads(sent, 3);
    WdfRequestMarkCancelable(held[0], evt_canceled);
    expect_status(WdfRequestForwardToIoQueue(held[2], manual), STATUS_SUCCESS);
    sent_begin(&sent[3], device, &write);
    WdfRequestMarkCancelable(held[3], evt_canceled);
    if (is_surprise) {
        expect_status(stack_pnp(&stack, IRP_MN_SURPRISE_REMOVAL, NULL, NULL), STATUS_SUCCESS);
        expect_number(stop_flags, WdfRequestStopActionPurge);
        /* What may be cancelled is cancelled; the driver is asked for the rest. */
        expect_status(sent_end(&sent[0]), STATUS_CANCELLED);
        expect_status(sent_end(&sent[1]), STATUS_DEVICE_POWERED_OFF);
        expect_status(sent_end(&sent[2]), STATUS_CANCELLED);
        expect_number(canceled, 1); /* the other queue goes on until the removal */
        send_reads(&sent[4], 1);
        expect_status(sent_end(&sent[4]), STATUS_INVALID_DEVICE_STATE);
        stack_drop(&stack);
        expect_number(stopped, 1);
    } else {
        stack_drop(&stack);
        /* Powered down first: EvtIoStop took back even what could be cancelled. */
        expect_status(sent_end(&sent[0]), STATUS_DEVICE_POWERED_OFF);
        expect_status(sent_end(&sent[1]), STATUS_DEVICE_POWERED_OFF);
        expect_status(sent_end(&sent[2]), STATUS_CANCELLED);
        expect_number(stopped, 2);
    }
    expect_status(sent_end(&sent[3]), STATUS_CANCELLED);
}

/* What was kept over the way down is asked for again when the queue is purged. */
static void kept_until_purged(void)
{
    struct sent sent[2];

    if (!begin())
        return;
    stop_mode = STOP_KEEP;
    start();
    send_reads(sent, 2);
    WdfRequestMarkCancelable(held[1], evt_canceled);
    power(PowerSystemSleeping3);
    expect_number(stopped, 2);
    expect_status(stack_pnp(&stack, IRP_MN_SURPRISE_REMOVAL, NULL, NULL), STATUS_SUCCESS);
    expect_status(sent_end(&sent[0]), STATUS_NO_SUCH_DEVICE);
    expect_status(sent_end(&sent[1]), STATUS_CANCELLED); /* by EvtRequestCancel */
    expect_number(stopped, 3);
    expect_number(stop_flags, WdfRequestStopActionPurge);
    expect_number(resumed, 0);
    stack_drop(&stack);
}

static void removed_in_order(void)
{
    removed(FALSE);
}

static void removed_by_surprise(void)
{
    removed(TRUE);
}

DRIVERTEST_LIST = {
    DRIVERTEST(nothing_before_d0),
    DRIVERTEST(requeued_over_sleep),
    DRIVERTEST(kept_over_sleep),
    DRIVERTEST(completed_by_stop),
    DRIVERTEST(going_down_waits),
    DRIVERTEST(manual_queue_sleeps),
    DRIVERTEST(stopped_for_resources),
    DRIVERTEST(removed_in_order),
    DRIVERTEST(removed_by_surprise),
    DRIVERTEST(kept_until_purged),
    DRIVERTEST_END,
};
