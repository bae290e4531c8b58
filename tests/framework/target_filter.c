/* SPDX-License-Identifier: MIT */
/* target_filter.c - requests from a queue handed on to the stack below, in every way that there is;
 * a device's target for itself.
 *
 * The filter sits on target_lower's device, which stands for the rest of a stack.
 */
#include "sender.h"
#include "stack.h"
#include "target_lower.h"

#define CODE SENDER_CODE(1, METHOD_BUFFERED)

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init);
PFN_WDF_DRIVER_DEVICE_ADD kmdf_device_add = device_add;

/* How the default queue hands a request on. */
static enum {
    ON_FORGET,
    ON_FORGET_COPIED,
    ON_CURRENT,
    ON_SYNCHRONOUS,
    ON_FORMATTED,
    ON_OWN_REQUEST,
    ON_SELF,
    ON_NOTHING_SET,
} how;

static WDFDEVICE filter;
static WDFQUEUE inner; /* the target for itself leads here */
static volatile LONG inner_count, completed;
static NTSTATUS refused;

static VOID evt_inner(WDFQUEUE queue, WDFREQUEST request, size_t out, size_t in, ULONG code)
{
    InterlockedIncrement(&inner_count);
    expect_number(code, CODE);
    WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, 5);
}

static VOID evt_came_back(WDFREQUEST request, WDFIOTARGET target,
                          PWDF_REQUEST_COMPLETION_PARAMS params, WDFCONTEXT context)
{
    InterlockedIncrement(&completed);
    expect(target == context);
    WdfRequestCompleteWithInformation(request, params->IoStatus.Status,
                                      params->IoStatus.Information);
}

/* A request of the filter's own has come back: the one that it was made for is completed. */
static VOID evt_own_came_back(WDFREQUEST own, WDFIOTARGET target,
                              PWDF_REQUEST_COMPLETION_PARAMS params, WDFCONTEXT context)
{
    NTSTATUS status = params->IoStatus.Status;
    ULONG_PTR bytes = params->IoStatus.Information;

    InterlockedIncrement(&completed);
    WdfObjectDelete(own);
    WdfRequestCompleteWithInformation(context, status, bytes);
}

static void hand_own(WDFREQUEST request, WDFIOTARGET target)
{
    WDFMEMORY in = NULL, out = NULL;
    WDFREQUEST own;

    expect_status(WdfRequestRetrieveInputMemory(request, &in), STATUS_SUCCESS);
    expect_status(WdfRequestRetrieveOutputMemory(request, &out), STATUS_SUCCESS);
    expect_status(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &own), STATUS_SUCCESS);
    expect_status(WdfIoTargetFormatRequestForIoctl(target, own, CODE, in, NULL, out, NULL),
                  STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(own, evt_own_came_back, request);
    if (!WdfRequestSend(own, target, WDF_NO_SEND_OPTIONS)) {
        NTSTATUS status = WdfRequestGetStatus(own);

        WdfObjectDelete(own);
        WdfRequestComplete(request, status);
    }
}

static void hand_formatted(WDFREQUEST request, WDFIOTARGET target)
{
    WDFMEMORY in = NULL, out = NULL;

    expect_status(WdfRequestRetrieveInputMemory(request, &in), STATUS_SUCCESS);
    expect_status(WdfRequestRetrieveOutputMemory(request, &out), STATUS_SUCCESS);
    expect_status(WdfIoTargetFormatRequestForIoctl(target, request, CODE, in, NULL, out, NULL),
                  STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(request, evt_came_back, target);
    if (!WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS))
        WdfRequestComplete(request, WdfRequestGetStatus(request));
}

static void hand_synchronously(WDFREQUEST request, WDFIOTARGET target)
{
    WDF_REQUEST_SEND_OPTIONS options;

    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS |
                                                WDF_REQUEST_SEND_OPTION_TIMEOUT);
    options.Timeout = WDF_REL_TIMEOUT_IN_MS(1);
    WdfRequestFormatRequestUsingCurrentType(request);
    expect(WdfRequestSend(request, target, &options));
    WdfRequestCompleteWithInformation(request, WdfRequestGetStatus(request),
                                      WdfRequestGetInformation(request));
}

static VOID evt_default(WDFQUEUE queue, WDFREQUEST request)
{
    WDFIOTARGET target = WdfDeviceGetIoTarget(WdfIoQueueGetDevice(queue));
    WDF_REQUEST_SEND_OPTIONS options;

    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET);
    switch (how) {
    case ON_FORGET_COPIED:
        WdfRequestFormatRequestUsingCurrentType(request);
        /* falls through */
    case ON_FORGET:
        expect(WdfRequestSend(request, target, &options));
        return;
    case ON_SELF:
        target = WdfDeviceGetSelfIoTarget(filter);
        /* falls through */
    case ON_CURRENT:
        WdfRequestFormatRequestUsingCurrentType(request);
        WdfRequestSetCompletionRoutine(request, evt_came_back, target);
        if (!WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS))
            WdfRequestComplete(request, WdfRequestGetStatus(request));
        return;
    case ON_SYNCHRONOUS:
        hand_synchronously(request, target);
        return;
    case ON_FORMATTED:
        hand_formatted(request, target);
        return;
    case ON_OWN_REQUEST:
        hand_own(request, target);
        return;
    case ON_NOTHING_SET:
        WdfRequestFormatRequestUsingCurrentType(request);
        expect(!WdfRequestSend(request, target, WDF_NO_SEND_OPTIONS));
        refused = WdfRequestGetStatus(request);
        WdfRequestComplete(request, STATUS_UNSUCCESSFUL);
        return;
    }
}

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WDF_IO_QUEUE_CONFIG config;
    NTSTATUS status;

    WdfDeviceInitAllowSelfIoTarget(init);
    WdfDeviceInitSetIoType(init, WdfDeviceIoBuffered);
    status = WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &filter);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&config, WdfIoQueueDispatchParallel);
    config.EvtIoDefault = evt_default;
    status = WdfIoQueueCreate(filter, &config, WDF_NO_OBJECT_ATTRIBUTES, NULL);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchSequential);
    config.EvtIoDeviceControl = evt_inner;
    status = WdfIoQueueCreate(filter, &config, WDF_NO_OBJECT_ATTRIBUTES, &inner);
    if (!NT_SUCCESS(status))
        return status;
    return WdfIoTargetSelfAssignDefaultIoQueue(WdfDeviceGetSelfIoTarget(filter), inner);
}

/* ---- the stack ------------------------------------------------------------------------------ */

static struct stack stack;

static BOOLEAN begin(void)
{
    NTSTATUS status;

    if (!NT_SUCCESS(lower_make(DO_BUFFERED_IO | DO_POWER_PAGABLE)))
        return FALSE;
    status = drivertest_driver->DriverExtension->AddDevice(drivertest_driver, lower.device);
    expect_status(status, STATUS_SUCCESS);
    if (!NT_SUCCESS(status)) {
        lower_drop();
        return FALSE;
    }
    RtlZeroMemory(&stack, sizeof(stack));
    stack.physical = lower.device;
    stack.top = IoGetAttachedDeviceReference(lower.device);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    inner_count = completed = 0;
    lower.count = 0;
    return TRUE;
}

static void end(void)
{
    expect_status(stack_pnp(&stack, IRP_MN_REMOVE_DEVICE, NULL, NULL), STATUS_SUCCESS);
    ObDereferenceObject(stack.top);
    expect(lower.device->AttachedDevice == NULL);
    lower_drop();
}

/* One control through the filter: 8 bytes, each comes back plus one. */
static void pass_once(void)
{
    struct sent sent;
    LONG before = lower.count;

    sent_control(&sent, filter, CODE);
    expect_status(sent_end(&sent), STATUS_SUCCESS);
    expect_number(lower.count, before + 1);
    expect_number(lower.code, CODE);
    expect_number(sent.information, 8);
}

static void filter_hands_on(void)
{
    static const int ways[] = {ON_FORGET,      ON_FORGET_COPIED, ON_CURRENT,
                               ON_SYNCHRONOUS, ON_FORMATTED,     ON_OWN_REQUEST};
    ULONG i;

    if (!begin())
        return;
    expect(WdfIoTargetWdmGetTargetDeviceObject(WdfDeviceGetIoTarget(filter)) == lower.device);
    expect(WdfIoTargetWdmGetTargetPhysicalDevice(WdfDeviceGetIoTarget(filter)) == lower.device);
    for (i = 0; i < RTL_NUMBER_OF(ways); i++) {
        how = ways[i];
        pass_once();
        pass_once();
    }
    expect_number(completed, 6);
    how = ON_NOTHING_SET;
    {
        struct sent sent;

        sent_control(&sent, filter, CODE);
        expect_status(sent_end(&sent), STATUS_UNSUCCESSFUL);
        expect_status(refused, STATUS_INVALID_DEVICE_REQUEST);
    }
    end();
}

/* Kept below, then completed or cancelled by who sent it to the filter. */
static void filter_pends(void)
{
    static const int ways[] = {ON_FORGET, ON_FORGET_COPIED, ON_CURRENT, ON_FORMATTED,
                               ON_OWN_REQUEST};
    struct sent sent;
    ULONG i;

    if (!begin())
        return;
    lower.keeps = TRUE;
    for (i = 0; i < RTL_NUMBER_OF(ways); i++) {
        how = ways[i];
        sent_control(&sent, filter, CODE);
        lower_wait();
        expect_number(sent.is_done, 0);
        expect(lower_finish(STATUS_SUCCESS, 2));
        expect_status(sent_end(&sent), STATUS_SUCCESS);
        expect_number(sent.information, 2);
        if (how == ON_OWN_REQUEST)
            continue; /* another IRP is below: the filter would have to cancel it */
        sent_control(&sent, filter, CODE);
        lower_wait();
        sent_cancel(&sent);
        expect_status(sent_end(&sent), STATUS_CANCELLED);
    }
    how = ON_SYNCHRONOUS; /* with a timeout */
    sent_control(&sent, filter, CODE);
    expect_status(sent_end(&sent), STATUS_IO_TIMEOUT);
    end();
}

/* A stopped target keeps requests of others, too: they may be cancelled meanwhile. */
static void filter_target_stopped(void)
{
    struct sent first, second;
    WDFIOTARGET target;

    if (!begin())
        return;
    target = WdfDeviceGetIoTarget(filter);
    how = ON_CURRENT;
    WdfIoTargetStop(target, WdfIoTargetCancelSentIo);
    sent_control(&first, filter, CODE);
    sent_control(&second, filter, CODE);
    expect_number(lower.count, 0);
    sent_cancel(&first);
    expect_status(sent_end(&first), STATUS_CANCELLED);
    expect_status(WdfIoTargetStart(target), STATUS_SUCCESS);
    expect_status(sent_end(&second), STATUS_SUCCESS);
    expect_number(lower.count, 1);
    expect_number(completed, 2);
    end();
}

static void target_self(void)
{
    WDF_MEMORY_DESCRIPTOR descriptor;
    WDFIOTARGET self;
    struct sent sent;
    ULONG_PTR moved;
    UCHAR bytes[8];

    if (!begin())
        return;
    self = WdfDeviceGetSelfIoTarget(filter);
    how = ON_SELF;
    sent_control(&sent, filter, CODE);
    expect_status(sent_end(&sent), STATUS_SUCCESS);
    expect_number(sent.information, 5);
    expect_number(inner_count, 1);
    expect_number(completed, 1);
    expect_number(lower.count, 0);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&descriptor, bytes, sizeof(bytes));
    expect_status(
        WdfIoTargetSendIoctlSynchronously(self, NULL, CODE, &descriptor, &descriptor, NULL, &moved),
        STATUS_SUCCESS);
    expect_number(moved, 5);
    expect_number(inner_count, 2);
    expect_status(WdfIoTargetSelfAssignDefaultIoQueue(self, inner), STATUS_INVALID_DEVICE_STATE);
    end();
}

/* Removed while requests of the filter's own wait for a stopped target or are below. */
static void target_removed_with_requests(void)
{
    WDFREQUEST below, waits;
    WDFIOTARGET target;

    if (!begin())
        return;
    target = WdfDeviceGetIoTarget(filter);
    lower.keeps = TRUE;
    expect_status(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &below), STATUS_SUCCESS);
    expect_status(WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, target, &waits), STATUS_SUCCESS);
    expect_status(WdfIoTargetFormatRequestForIoctl(target, below, CODE, NULL, NULL, NULL, NULL),
                  STATUS_SUCCESS);
    expect_status(WdfIoTargetFormatRequestForIoctl(target, waits, CODE, NULL, NULL, NULL, NULL),
                  STATUS_SUCCESS);
    expect(WdfRequestSend(below, target, WDF_NO_SEND_OPTIONS));
    WdfIoTargetStop(target, WdfIoTargetLeaveSentIoPending);
    expect(WdfRequestSend(waits, target, WDF_NO_SEND_OPTIONS));
    expect_number(lower.kept_count, 1);
    end();
    expect_status(WdfRequestGetStatus(below), STATUS_CANCELLED);
    expect_status(WdfRequestGetStatus(waits), STATUS_WDF_DEVICE_REMOVED_NOT_SENT);
    WdfObjectDelete(below);
    WdfObjectDelete(waits);
}

DRIVERTEST_LIST = {
    DRIVERTEST(filter_hands_on),
    DRIVERTEST(filter_pends),
    DRIVERTEST(filter_target_stopped),
    DRIVERTEST(target_self),
    DRIVERTEST(target_removed_with_requests),
    DRIVERTEST_END,
};
