/* SPDX-License-Identifier: MIT */
/* schedules.c - requests that are cancelled at any instant: while they are presented, completed,
 * marked, forwarded, requeued, found, stopped, purged, powered down.
 *
 * One test is a batch of schedules. In each, three IRPs are sent to a device above a PDO of the
 * test's own while three threads draw what they do from the batch's seed (the first bytes of the
 * program's memory): one completes and moves what the driver holds, one cancels, one changes the
 * power or the state of a queue. Who runs when is the ground's business (schedules_main.c). Every
 * IRP ends exactly once, and every queue is empty afterwards.
 */
#include "sender.h"
#include "stack.h"

#define SCHEDULES 50
#define IRPS      3
#define ACTORS    3

static WDFDEVICE device;
static WDFQUEUE arriving, manual, serial;
static struct stack stack;

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init);
PFN_WDF_DRIVER_DEVICE_ADD kmdf_device_add = device_add;

/* ---- choices ------------------------------------------------------------------------------------
 */

static volatile LONG choices;

/* 0 .. below - 1; any thread. */
static ULONG draw(ULONG below)
{
    ULONG seed = (ULONG)InterlockedAdd(&choices, 0x61c88647);

    return (RtlRandomEx(&seed) >> 8) % below;
}

/* A moment in which others may run. */
static void pause(ULONG turns)
{
    static KSPIN_LOCK lock;
    KIRQL irql;

    while (turns-- != 0) {
        KeAcquireSpinLock(&lock, &irql);
        KeReleaseSpinLock(&lock, irql);
    }
}

/* ---- what the driver holds ----------------------------------------------------------------------
 */

typedef struct _HOLD {
    LIST_ENTRY entry;
    BOOLEAN is_listed, is_marked;
    BOOLEAN is_being_marked, was_canceled; /* see hold_mark */
    BOOLEAN is_stopped; /* EvtIoStop came before it was listed: it must not be kept */
} HOLD;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(HOLD, hold_of);

static KSPIN_LOCK hold_lock; /* guards: holds, and the contexts' fields */
static LIST_ENTRY holds;

static void hold_add(WDFREQUEST request)
{
    KIRQL irql;

    KeAcquireSpinLock(&hold_lock, &irql);
    hold_of(request)->is_marked = FALSE;
    hold_of(request)->is_listed = !hold_of(request)->is_stopped;
    if (hold_of(request)->is_listed) {
        InsertTailList(&holds, &hold_of(request)->entry);
        request = NULL;
    }
    KeReleaseSpinLock(&hold_lock, irql);
    if (request != NULL)
        WdfRequestComplete(request, STATUS_DEVICE_POWERED_OFF);
}

/* Out of the list, by its first taker: request, or any (NULL). A marked one is unmarked under the
 * lock that EvtRequestCancel needs before it completes: NULL when that is on its way. */
static WDFREQUEST hold_take(WDFREQUEST request)
{
    KIRQL irql;

    KeAcquireSpinLock(&hold_lock, &irql);
    if (request == NULL && !IsListEmpty(&holds))
        request =
            (WDFREQUEST)WdfObjectContextGetObject(CONTAINING_RECORD(holds.Flink, HOLD, entry));
    if (request != NULL && hold_of(request)->is_listed) {
        RemoveEntryList(&hold_of(request)->entry);
        hold_of(request)->is_listed = FALSE;
        if (hold_of(request)->is_marked && WdfRequestUnmarkCancelable(request) == STATUS_CANCELLED)
            request = NULL;
    } else {
        request = NULL;
    }
    KeReleaseSpinLock(&hold_lock, irql);
    return request;
}

static VOID evt_canceled(WDFREQUEST request)
{
    KIRQL irql;

    KeAcquireSpinLock(&hold_lock, &irql);
    if (hold_of(request)->is_being_marked) {
        hold_of(request)->was_canceled = TRUE;
        request = NULL;
    } else if (hold_of(request)->is_listed) {
        RemoveEntryList(&hold_of(request)->entry);
        hold_of(request)->is_listed = FALSE;
    }
    KeReleaseSpinLock(&hold_lock, irql);
    if (request != NULL)
        WdfRequestComplete(request, STATUS_CANCELLED);
}

/* Marks it and lists it; a cancellation that comes between the two is ended here. */
static void hold_mark(WDFREQUEST request, BOOLEAN by_ex)
{
    BOOLEAN is_canceled = FALSE;
    KIRQL irql;

    hold_of(request)->was_canceled = FALSE;
    hold_of(request)->is_being_marked = TRUE;
    if (!by_ex)
        WdfRequestMarkCancelable(request, evt_canceled);
    else
        is_canceled = !NT_SUCCESS(WdfRequestMarkCancelableEx(request, evt_canceled));
    pause(draw(3));
    KeAcquireSpinLock(&hold_lock, &irql);
    hold_of(request)->is_being_marked = FALSE;
    if (hold_of(request)->was_canceled)
        is_canceled = TRUE;
    if (!is_canceled && hold_of(request)->is_stopped) {
        is_canceled = WdfRequestUnmarkCancelable(request) == STATUS_SUCCESS;
    } else if (!is_canceled) {
        hold_of(request)->is_listed = hold_of(request)->is_marked = TRUE;
        InsertTailList(&holds, &hold_of(request)->entry);
    }
    KeReleaseSpinLock(&hold_lock, irql);
    if (is_canceled)
        WdfRequestComplete(request, STATUS_CANCELLED);
}

/* Marks it, unmarks it again and completes it, unless EvtRequestCancel does. */
static void hold_unmark(WDFREQUEST request)
{
    NTSTATUS status;
    BOOLEAN is_mine;
    KIRQL irql;

    hold_of(request)->was_canceled = FALSE;
    hold_of(request)->is_being_marked = TRUE;
    status = WdfRequestMarkCancelableEx(request, evt_canceled);
    if (!NT_SUCCESS(status)) {
        hold_of(request)->is_being_marked = FALSE;
        WdfRequestComplete(request, status);
        return;
    }
    pause(draw(5));
    status = WdfRequestUnmarkCancelable(request);
    pause(draw(3));
    KeAcquireSpinLock(&hold_lock, &irql);
    hold_of(request)->is_being_marked = FALSE;
    /* The call has been made and has left the end to us; or it will find the mark gone. */
    is_mine = NT_SUCCESS(status) || hold_of(request)->was_canceled;
    KeReleaseSpinLock(&hold_lock, irql);
    if (is_mine)
        WdfRequestComplete(request, status);
}

/* Decides about a request that is the caller's alone, not marked and in no list. */
static void request_decide(WDFREQUEST request, BOOLEAN is_from_manual)
{
    pause(draw(3));
    switch (draw(10)) {
    case 0:
        WdfRequestComplete(request, STATUS_SUCCESS);
        break;
    case 1:
        hold_of(request)->is_stopped = FALSE; /* what was asked is answered by this */
        if (!is_from_manual || !NT_SUCCESS(WdfRequestRequeue(request)))
            WdfRequestComplete(request, STATUS_SUCCESS);
        break;
    case 2:
    case 5:
    case 6:
        hold_of(request)->is_stopped = FALSE;
        if (!NT_SUCCESS(WdfRequestForwardToIoQueue(request, is_from_manual ? serial : manual)))
            WdfRequestComplete(request, STATUS_RETRY);
        break;
    case 3:
    case 7:
    case 8:
        hold_mark(request, draw(2) == 0);
        break;
    case 4:
        hold_unmark(request);
        break;
    default:
        hold_add(request);
        break;
    }
}

/* ---- callbacks ----------------------------------------------------------------------------------
 */

static VOID evt_request(WDFQUEUE queue, WDFREQUEST request)
{
    if (queue == serial && draw(2) == 0)
        WdfRequestComplete(request, STATUS_SUCCESS);
    else if (queue == serial)
        hold_add(request);
    else
        request_decide(request, FALSE);
}

static VOID evt_canceled_on_queue(WDFQUEUE queue, WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(queue);
    WdfRequestComplete(request, STATUS_REQUEST_ABORTED);
}

static VOID evt_stop(WDFQUEUE queue, WDFREQUEST request, ULONG flags)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(queue);
    KeAcquireSpinLock(&hold_lock, &irql);
    hold_of(request)->is_stopped = !hold_of(request)->is_listed;
    KeReleaseSpinLock(&hold_lock, irql);
    /* Not in the list: somebody is about to end it. */
    if (hold_take(request) == NULL)
        return;
    pause(draw(3));
    switch (flags & WdfRequestStopActionPurge ? 0 : draw(3)) {
    case 0:
        WdfRequestComplete(request, STATUS_DEVICE_POWERED_OFF);
        break;
    case 1:
        WdfRequestStopAcknowledge(request, TRUE);
        break;
    default:
        WdfRequestStopAcknowledge(request, FALSE);
        hold_add(request);
        break;
    }
}

static NTSTATUS queue_make(WDF_IO_QUEUE_DISPATCH_TYPE type, WDF_TRI_STATE power,
                           WDFQUEUE *out_queue)
{
    WDF_IO_QUEUE_CONFIG config;

    WDF_IO_QUEUE_CONFIG_INIT(&config, type);
    config.DefaultQueue = out_queue == &arriving;
    config.PowerManaged = power;
    if (type != WdfIoQueueDispatchManual)
        config.EvtIoDefault = evt_request;
    config.EvtIoStop = evt_stop;
    config.EvtIoCanceledOnQueue = evt_canceled_on_queue;
    return WdfIoQueueCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, out_queue);
}

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(driver);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, HOLD);
    WdfDeviceInitSetRequestAttributes(init, &attributes);
    WdfDeviceInitSetIoType(init, WdfDeviceIoBuffered);
    status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device);
    if (NT_SUCCESS(status))
        status = queue_make(WdfIoQueueDispatchParallel, WdfTrue, &arriving);
    if (NT_SUCCESS(status))
        status = queue_make(WdfIoQueueDispatchManual, WdfTrue, &manual);
    if (NT_SUCCESS(status))
        status = queue_make(WdfIoQueueDispatchSequential, WdfFalse, &serial);
    return status;
}

/* ---- the three threads
 * ---------------------------------------------------------------------------- */

static struct sent sent[IRPS];
static KEVENT begin_event[ACTORS], end_event[ACTORS];
static BOOLEAN is_over;

/* One request out of the manual queue, in one of the ways there are. */
static WDFREQUEST manual_take(void)
{
    WDFREQUEST request, found;

    if (draw(3) != 0)
        return NT_SUCCESS(WdfIoQueueRetrieveNextRequest(manual, &request)) ? request : NULL;
    if (!NT_SUCCESS(WdfIoQueueFindRequest(manual, NULL, NULL, NULL, &found)))
        return NULL;
    pause(draw(3));
    if (!NT_SUCCESS(WdfIoQueueRetrieveFoundRequest(manual, found, &request)))
        request = NULL;
    WdfObjectDereference(found);
    return request;
}

static void act_move(void)
{
    WDFREQUEST request;
    ULONG turn;

    for (turn = 0; turn < 6; turn++) {
        pause(draw(2) == 0 ? draw(4) : draw(60));
        if (draw(2) == 0) {
            request = manual_take();
            if (request != NULL)
                request_decide(request, TRUE);
        } else {
            request = hold_take(NULL);
            if (request != NULL)
                WdfRequestComplete(request, STATUS_SUCCESS);
        }
    }
}

static void act_cancel(void)
{
    ULONG i, first = draw(IRPS);

    for (i = 0; i < IRPS; i++) {
        pause(draw(2) == 0 ? draw(8) : draw(80));
        /* The IRP stays until sent_end, whoever completes it. */
        if (draw(4) != 0)
            IoCancelIrp(sent[(first + i) % IRPS].irp);
    }
}

static void act_state(void)
{
    WDFQUEUE queue = draw(2) == 0 ? arriving : manual;

    pause(draw(8));
    switch (draw(5)) {
    case 0:
    case 1:
        expect(NT_SUCCESS(stack_power(&stack, PowerSystemSleeping3)));
        pause(draw(8));
        expect(NT_SUCCESS(stack_power(&stack, PowerSystemWorking)));
        break;
    case 2:
        WdfIoQueueStop(queue, NULL, NULL);
        pause(draw(8));
        WdfIoQueueStart(queue);
        break;
    case 3:
        WdfIoQueuePurge(queue, NULL, NULL);
        pause(draw(8));
        WdfIoQueueStart(queue);
        break;
    default:
        WdfIoQueueStopAndPurge(queue, NULL, NULL);
        pause(draw(8));
        WdfIoQueueStart(queue);
        break;
    }
}

static VOID actor(PVOID context)
{
    static void (*const acts[ACTORS])(void) = {act_move, act_cancel, act_state};
    ULONG which = (ULONG)(ULONG_PTR)context;

    for (;;) {
        KeWaitForSingleObject(&begin_event[which], Executive, KernelMode, FALSE, NULL);
        if (is_over)
            PsTerminateSystemThread(STATUS_SUCCESS);
        acts[which]();
        KeSetEvent(&end_event[which], IO_NO_INCREMENT, FALSE);
    }
}

/* ---- a schedule
 * ------------------------------------------------------------------------------------ */

/* Whatever the driver still has ends now. */
static void finish_all(void)
{
    WDFREQUEST request;
    ULONG i, ended;

    do {
        while ((request = hold_take(NULL)) != NULL)
            WdfRequestComplete(request, STATUS_SUCCESS);
        while (NT_SUCCESS(WdfIoQueueRetrieveNextRequest(manual, &request)))
            WdfRequestComplete(request, STATUS_SUCCESS);
        pause(1);
        for (i = ended = 0; i < IRPS; i++)
            ended += sent[i].is_done != 0;
    } while (ended < IRPS);
}

static void expect_empty(WDFQUEUE queue)
{
    ULONG waiting, owned, turns = 0;

    /* Who has completed the last one may be on its way out of the queue. */
    do {
        WdfIoQueueGetState(queue, &waiting, &owned);
    } while (waiting + owned != 0 && ++turns < 10000);
    expect_number(waiting, 0);
    expect_number(owned, 0);
}

static void schedule(void)
{
    struct sender_io io = {.major = IRP_MJ_READ, .output = 8};
    ULONG i;

    /* Sent before the threads begin, or while they run: those need IRPs to look at. */
    for (i = 0; i < IRPS; i++)
        sent_begin(&sent[i], device, &io);
    for (i = 0; i < ACTORS; i++)
        KeSetEvent(&begin_event[i], IO_NO_INCREMENT, FALSE);
    for (i = 0; i < ACTORS; i++)
        KeWaitForSingleObject(&end_event[i], Executive, KernelMode, FALSE, NULL);
    finish_all();
    for (i = 0; i < IRPS; i++) {
        NTSTATUS status = sent_end(&sent[i]);

        expect(status == STATUS_SUCCESS || status == STATUS_CANCELLED ||
               status == STATUS_REQUEST_ABORTED || status == STATUS_DEVICE_POWERED_OFF ||
               status == STATUS_RETRY);
    }
    expect_empty(arriving);
    expect_empty(manual);
    expect_empty(serial);
}

static void batch(void)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE threads[ACTORS];
    ULONG i;

    RtlCopyMemory((PVOID)&choices, drivertest_user_memory, sizeof(choices));
    KeInitializeSpinLock(&hold_lock);
    InitializeListHead(&holds);
    is_over = FALSE;
    if (!stack_make(&stack))
        return;
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    for (i = 0; i < ACTORS; i++) {
        KeInitializeEvent(&begin_event[i], SynchronizationEvent, FALSE);
        KeInitializeEvent(&end_event[i], SynchronizationEvent, FALSE);
        expect_status(PsCreateSystemThread(&threads[i], THREAD_ALL_ACCESS, &attributes, NULL, NULL,
                                           actor, (PVOID)(ULONG_PTR)i),
                      STATUS_SUCCESS);
    }
    for (i = 0; i < SCHEDULES; i++)
        schedule();
    is_over = TRUE;
    for (i = 0; i < ACTORS; i++) {
        KeSetEvent(&begin_event[i], IO_NO_INCREMENT, FALSE);
        ZwWaitForSingleObject(threads[i], FALSE, NULL);
        ZwClose(threads[i]);
    }
    stack_drop(&stack);
}

DRIVERTEST_LIST = {
    DRIVERTEST(batch),
    DRIVERTEST_END,
};
