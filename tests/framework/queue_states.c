/* SPDX-License-Identifier: MIT */
/* queue_states.c - queues that are stopped, drained and purged; levels and locks of their handlers.
 */
#include "queue_handlers.h"

/* ---- stop, drain, purge
 * ------------------------------------------------------------------------------ */

static void stopping(void)
{
    WDFDEVICE device = sender_device(NULL);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_hold);
    struct sent sent[3];
    ULONG i;

    seen_clear();
    send_many(sent, 2, device);
    WdfIoQueueStop(queue, evt_state, (WDFCONTEXT)1);
    expect_number(told, 0);
    sent_control(&sent[2], device, 0);
    expect_number(held_count, 2);
    expect_state(queue, WdfIoQueueAcceptRequests, 1, 2);
    complete_held(0, 1);
    expect_number(told, 0);
    complete_held(1, 2);
    expect_number(told, 1); /* what waits does not keep it from being stopped */
    WdfIoQueueStopSynchronously(queue);
    WdfIoQueueStart(queue);
    expect_number(held_count, 3);
    complete_held(2, 3);
    for (i = 0; i < 3; i++)
        expect_status(sent_end(&sent[i]), STATUS_SUCCESS);
    WdfObjectDelete(device);
}

static void draining(void)
{
    WDFDEVICE device = sender_device(NULL);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchSequential, TRUE, config_hold);
    struct sent sent[3];

    seen_clear();
    send_many(sent, 2, device);
    WdfIoQueueDrain(queue, evt_state, (WDFCONTEXT)1);
    sent_control(&sent[2], device, 0);
    expect_status(sent_end(&sent[2]), STATUS_INVALID_DEVICE_STATE);
    complete_held(0, 1);
    expect_number(held_count, 2);
    expect_number(told, 0);
    complete_held(1, 2);
    expect_number(told, 1);
    expect_status(sent_end(&sent[0]), STATUS_SUCCESS);
    expect_status(sent_end(&sent[1]), STATUS_SUCCESS);
    expect_state(queue, WdfIoQueueDispatchRequests | IDLE, 0, 0);
    WdfIoQueueDrainSynchronously(queue);
    WdfIoQueueStart(queue);
    expect_state(queue, READY | IDLE, 0, 0);
    WdfObjectDelete(device);
}

static VOID evt_canceled(WDFREQUEST request)
{
    InterlockedIncrement(&told);
    WdfRequestComplete(request, STATUS_CANCELLED);
}

static void purging(void)
{
    WDFDEVICE device = sender_device(NULL);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_two);
    struct sent sent[5];

    seen_clear();
    send_many(sent, 4, device);
    expect_number(held_count, 2);
    WdfRequestMarkCancelable(held[0], evt_canceled);
    WdfIoQueuePurge(queue, evt_state, (WDFCONTEXT)100);
    expect_number(told, 1); /* the one that was marked; the other is still there */
    expect_status(sent_end(&sent[0]), STATUS_CANCELLED);
    expect_status(sent_end(&sent[2]), STATUS_CANCELLED);
    expect_status(sent_end(&sent[3]), STATUS_CANCELLED);
    /* Cancelled as soon as it may be. */
    expect_status(WdfRequestMarkCancelableEx(held[1], evt_canceled), STATUS_CANCELLED);
    WdfRequestComplete(held[1], STATUS_CANCELLED);
    expect_number(told, 101);
    expect_status(sent_end(&sent[1]), STATUS_CANCELLED);
    sent_control(&sent[4], device, 0);
    expect_status(sent_end(&sent[4]), STATUS_INVALID_DEVICE_STATE);
    WdfIoQueuePurgeSynchronously(queue);
    WdfIoQueueStart(queue);
    sent_control(&sent[4], device, 0);
    expect_number(held_count, 3);
    complete_held(2, 3);
    expect_status(sent_end(&sent[4]), STATUS_SUCCESS);
    WdfObjectDelete(device);
}

static void stop_and_purge(void)
{
    WDFDEVICE device = sender_device(NULL);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchSequential, TRUE, config_hold);
    struct sent sent[3];

    seen_clear();
    send_many(sent, 2, device);
    WdfIoQueueStopAndPurge(queue, evt_state, (WDFCONTEXT)1);
    expect_status(sent_end(&sent[1]), STATUS_CANCELLED);
    expect_number(told, 0);
    complete_held(0, 1);
    expect_number(told, 1);
    expect_status(sent_end(&sent[0]), STATUS_SUCCESS);
    sent_control(&sent[2], device, 0); /* is kept */
    expect_state(queue, WdfIoQueueAcceptRequests | WdfIoQueueDriverNoRequests, 1, 0);
    WdfIoQueueStopAndPurgeSynchronously(queue);
    expect_status(sent_end(&sent[2]), STATUS_CANCELLED);
    WdfIoQueueStart(queue);
    expect_number(held_count, 1);
    WdfObjectDelete(device);
}

/* A device goes while requests wait in its queues. */
static void deletion_cancels(void)
{
    WDFDEVICE device = sender_device(NULL);
    WDFQUEUE queue = sender_queue(device, WdfIoQueueDispatchManual, TRUE, NULL);
    WDFREQUEST request;
    struct sent sent[3];
    ULONG i;

    seen_clear();
    send_many(sent, 3, device);
    expect_status(WdfIoQueueRetrieveNextRequest(queue, &request), STATUS_SUCCESS);
    WdfRequestMarkCancelable(request, evt_canceled);
    WdfObjectDelete(device);
    expect_number(told, 1);
    for (i = 0; i < 3; i++)
        expect_status(sent_end(&sent[i]), STATUS_CANCELLED);
}

/* ---- levels and locks
 * ---------------------------------------------------------------------------------- */

static void config_passive(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    config->EvtIoDefault = evt_complete;
    attributes->ExecutionLevel = WdfExecutionLevelPassive;
}

static void passive_queue(void)
{
    WDFDEVICE device = sender_device(NULL);
    struct sent sent;
    KIRQL irql;

    sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_passive);
    seen_clear();
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    sent_control(&sent, device, 0);
    expect_number(calls, 0);
    KeLowerIrql(irql);
    expect_status(sent_end(&sent), STATUS_SUCCESS);
    expect_number(calls, 1);
    expect_number(call_irql, PASSIVE_LEVEL);
    WdfObjectDelete(device);
}

static struct sent nested_sent[2];
static WDFDEVICE nested_device;
static volatile LONG nested_most;

/* Sends one more from inside: it must not be presented before this one has returned. */
static VOID evt_nested(WDFQUEUE queue, WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(queue);
    handler_enter();
    if (calls == 1)
        sent_control(&nested_sent[1], nested_device, 0);
    WdfRequestComplete(request, STATUS_SUCCESS);
    handler_leave();
}

static void config_serial(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    config->EvtIoDefault = evt_nested;
    attributes->SynchronizationScope = WdfSynchronizationScopeQueue;
}

static void config_serial_passive(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    config_serial(config, attributes);
    attributes->ExecutionLevel = WdfExecutionLevelPassive;
}

static void serialised_queue(void)
{
    ULONG round;

    for (round = 0; round < 2; round++) {
        nested_device = sender_device(NULL);
        sender_queue(nested_device, WdfIoQueueDispatchParallel, TRUE,
                     round == 0 ? config_serial : config_serial_passive);
        seen_clear();
        sent_control(&nested_sent[0], nested_device, 0);
        expect_status(sent_end(&nested_sent[0]), STATUS_SUCCESS);
        expect_status(sent_end(&nested_sent[1]), STATUS_SUCCESS);
        expect_number(calls, 2);
        expect_number(inside_most, 1);
        expect_number(call_irql, round == 0 ? DISPATCH_LEVEL : PASSIVE_LEVEL);
        WdfObjectDelete(nested_device);
    }
}

/* Two queues with the device's lock: a forward from one handler reaches the other's later. */
static VOID evt_forward(WDFQUEUE queue, WDFREQUEST request)
{
    UNREFERENCED_PARAMETER(queue);
    handler_enter();
    expect_status(WdfRequestForwardToIoQueue(request, forward_to), STATUS_SUCCESS);
    handler_leave();
}

static void config_device_scope(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes)
{
    config->EvtIoDefault = config->DefaultQueue ? evt_forward : evt_complete;
    attributes->SynchronizationScope = WdfSynchronizationScopeDevice;
}

static void device_scope(void)
{
    WDFDEVICE device = sender_device(NULL);
    struct sent sent;

    seen_clear();
    sender_queue(device, WdfIoQueueDispatchParallel, TRUE, config_device_scope);
    forward_to = sender_queue(device, WdfIoQueueDispatchParallel, FALSE, config_device_scope);
    sent_control(&sent, device, 0);
    expect_status(sent_end(&sent), STATUS_SUCCESS);
    expect_number(calls, 2);
    expect_number(inside_most, 1);
    WdfObjectDelete(device);
}

DRIVERTEST_LIST = {
    DRIVERTEST(stopping),         DRIVERTEST(draining),         DRIVERTEST(purging),
    DRIVERTEST(stop_and_purge),   DRIVERTEST(deletion_cancels), DRIVERTEST(passive_queue),
    DRIVERTEST(serialised_queue), DRIVERTEST(device_scope),     DRIVERTEST_END,
};
