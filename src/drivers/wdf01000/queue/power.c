/* SPDX-License-Identifier: MIT */
/* power.c - the device's power and its end, as its queues see them.
 *
 * In: the pnp room's calls, one at a time per device, at PASSIVE_LEVEL. Out: power-managed queues
 * that present nothing, every request that the driver holds completed, given back or acknowledged;
 * later the same queues going on. Always: EvtIoStop is called only after every handler that was
 * running has returned.
 */
#include "queue_internal.h"

static BOOLEAN fx_queue_has_no_calls(struct fx_queue *queue)
{
    return fx_queue_calls(queue) == 0;
}

static BOOLEAN fx_queue_is_answered(struct fx_queue *queue)
{
    return queue->stopping_count == 0 && queue->canceled_count == 0 && fx_queue_calls(queue) == 0;
}

static void fx_queue_hold(struct fx_queue *queue, void *context)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(context);
    if (!queue->power_managed)
        return;
    KeAcquireSpinLock(queue->lock, &irql);
    if (queue->power == FX_QUEUE_ON)
        queue->power = FX_QUEUE_HOLDING;
    KeReleaseSpinLock(queue->lock, irql);
    fx_queue_await(queue, fx_queue_has_no_calls);
}

/* The next request that EvtIoStop (or EvtIoResume) has not been called for. Lock held. */
static struct fx_request *fx_queue_next_locked(struct fx_queue *queue, LONG awaited, LONG called)
{
    PLIST_ENTRY entry;

    for (entry = queue->owned.Flink; entry != &queue->owned; entry = entry->Flink) {
        struct fx_request *request = CONTAINING_RECORD(entry, struct fx_request, entry);

        if ((request->flags & awaited) == awaited && !(request->flags & called))
            return request;
    }
    return NULL;
}

/* EvtIoStop for everything that the driver holds; returns when all is answered. */
static void fx_queue_stop_owned(struct fx_queue *queue, ULONG action)
{
    PFN_WDF_IO_QUEUE_IO_STOP routine = queue->config.EvtIoStop;
    struct fx_request *request;
    PLIST_ENTRY entry;
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    queue->power = FX_QUEUE_STOPPING;
    for (entry = queue->owned.Flink; entry != &queue->owned; entry = entry->Flink) {
        request = CONTAINING_RECORD(entry, struct fx_request, entry);
        fx_request_clear(request, FX_REQUEST_STOP_CALLED);
        if (!(fx_request_set(request, FX_REQUEST_STOP_AWAITED) & FX_REQUEST_STOP_AWAITED))
            queue->stopping_count++;
    }
    while (routine != NULL && (request = fx_queue_next_locked(queue, FX_REQUEST_STOP_AWAITED,
                                                              FX_REQUEST_STOP_CALLED)) != NULL) {
        ULONG flags = action;

        fx_request_set(request, FX_REQUEST_STOP_CALLED);
        /* One that is being cancelled or completed ends by itself. */
        if (request->flags & (FX_REQUEST_CANCEL_CALLED | FX_REQUEST_COMPLETED))
            continue;
        if (request->flags & FX_REQUEST_CANCELABLE)
            flags |= WdfRequestStopRequestCancelable;
        fx_object_ref(&request->object);
        fx_queue_call_begins(queue);
        KeReleaseSpinLock(queue->lock, irql);
        fx_callback_enter(&queue->object);
        routine(fx_handle_of(&queue->object), fx_handle_of(&request->object), flags);
        fx_callback_leave(&queue->object);
        fx_object_deref(&request->object);
        KeAcquireSpinLock(queue->lock, &irql);
        InterlockedDecrement(&queue->busy);
    }
    fx_queue_run(queue, irql);
    fx_queue_await(queue, fx_queue_is_answered);
    KeAcquireSpinLock(queue->lock, &irql);
    queue->power = FX_QUEUE_OFF;
    fx_queue_run(queue, irql);
}

static void fx_queue_power_stop(struct fx_queue *queue, void *context)
{
    UNREFERENCED_PARAMETER(context);
    if (queue->power_managed && queue->power == FX_QUEUE_HOLDING)
        fx_queue_stop_owned(queue, WdfRequestStopActionSuspend);
}

void fx_io_power_hold(struct fx_device *device)
{
    if (device->io == NULL)
        return;
    device->io->is_up = FALSE;
    fx_io_visit(device->io, fx_queue_hold, NULL);
}

void fx_io_power_stop(struct fx_device *device, BOOLEAN purge)
{
    if (device->io == NULL)
        return;
    fx_io_power_hold(device);
    if (purge)
        fx_io_purge_power_managed(device);
    else
        fx_io_visit(device->io, fx_queue_power_stop, NULL);
}

/* EvtIoResume for what the driver has kept, then the queue goes on. */
static void fx_queue_power_up(struct fx_queue *queue, void *context)
{
    PFN_WDF_IO_QUEUE_IO_RESUME routine = queue->config.EvtIoResume;
    struct fx_request *request;
    PLIST_ENTRY entry;
    KIRQL irql;

    UNREFERENCED_PARAMETER(context);
    if (!queue->power_managed)
        return;
    KeAcquireSpinLock(queue->lock, &irql);
    if (queue->power == FX_QUEUE_OFF) {
        queue->power = FX_QUEUE_RESUMING;
        for (entry = queue->owned.Flink; entry != &queue->owned; entry = entry->Flink)
            fx_request_clear(CONTAINING_RECORD(entry, struct fx_request, entry),
                             FX_REQUEST_STOP_CALLED | FX_REQUEST_RESUMED);
        while (routine != NULL &&
               (request = fx_queue_next_locked(queue, 0, FX_REQUEST_RESUMED)) != NULL) {
            fx_request_set(request, FX_REQUEST_RESUMED);
            if (request->flags & (FX_REQUEST_CANCEL_CALLED | FX_REQUEST_COMPLETED))
                continue;
            fx_object_ref(&request->object);
            fx_queue_call_begins(queue);
            KeReleaseSpinLock(queue->lock, irql);
            fx_callback_enter(&queue->object);
            routine(fx_handle_of(&queue->object), fx_handle_of(&request->object));
            fx_callback_leave(&queue->object);
            fx_object_deref(&request->object);
            KeAcquireSpinLock(queue->lock, &irql);
            InterlockedDecrement(&queue->busy);
        }
    }
    queue->power = FX_QUEUE_ON;
    if (queue->waiting_count != 0)
        queue->became_ready = TRUE;
    fx_queue_run(queue, irql);
}

void fx_io_power_up(struct fx_device *device)
{
    if (device->io == NULL)
        return;
    device->io->is_up = TRUE;
    fx_io_visit(device->io, fx_queue_power_up, NULL);
}

/* Nothing comes in any more, what waits is cancelled, the driver is asked for the rest. */
static void fx_queue_shut(struct fx_queue *queue)
{
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    queue->flags |= FX_QUEUE_SHUTDOWN;
    queue->flags &= ~(ULONG)FX_QUEUE_ACCEPT;
    if (fx_client_is(queue->object.globals, 11))
        queue->flags |= FX_QUEUE_CANCEL;
    fx_queue_wanted_locked(queue);
    KeReleaseSpinLock(queue->lock, irql);
    fx_queue_cancel_waiting(queue, NULL);
    fx_queue_cancel_owned(queue);
    fx_queue_stop_owned(queue, WdfRequestStopActionPurge);
}

static void fx_queue_shut_managed(struct fx_queue *queue, void *context)
{
    UNREFERENCED_PARAMETER(context);
    if (queue->power_managed)
        fx_queue_shut(queue);
}

static void fx_queue_shut_other(struct fx_queue *queue, void *context)
{
    UNREFERENCED_PARAMETER(context);
    if (!queue->power_managed)
        fx_queue_shut(queue);
}

void fx_io_purge_power_managed(struct fx_device *device)
{
    if (device->io == NULL)
        return;
    device->io->is_up = FALSE;
    device->io->is_shutting_down = TRUE;
    fx_io_visit(device->io, fx_queue_shut_managed, NULL);
}

void fx_io_purge_all(struct fx_device *device)
{
    if (device->io == NULL)
        return;
    device->io->is_shutting_down = TRUE;
    fx_io_visit(device->io, fx_queue_shut_other, NULL);
}

static void fx_queue_restart(struct fx_queue *queue, void *context)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(context);
    KeAcquireSpinLock(queue->lock, &irql);
    queue->flags &= ~(ULONG)(FX_QUEUE_SHUTDOWN | FX_QUEUE_CANCEL);
    queue->flags |= FX_QUEUE_ACCEPT;
    if (!queue->power_managed)
        queue->power = FX_QUEUE_ON;
    fx_queue_run(queue, irql);
}

void fx_io_restart(struct fx_device *device)
{
    if (device->io == NULL || !device->io->is_shutting_down)
        return;
    device->io->is_shutting_down = FALSE;
    fx_io_visit(device->io, fx_queue_restart, NULL);
}
