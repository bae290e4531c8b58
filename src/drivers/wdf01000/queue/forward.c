/* SPDX-License-Identifier: MIT */
/* forward.c - the driver gives a request that it owns to a queue: another one, a parent device's,
 * or back to its own; and its answer to EvtIoStop.
 *
 * Always: on failure the driver owns the request as before. The lock of one queue is let go before
 * the other's is taken; a request in between is the caller's alone.
 */
#include "queue_internal.h"

/* Out of its queue, still the driver's. */
static void fx_queue_leave(struct fx_queue *queue, struct fx_request *request)
{
    KIRQL irql;

    KeAcquireSpinLock(&queue->lock, &irql);
    fx_queue_disown_locked(queue, request);
    /* Until the request stands somewhere else the queue is not at rest. */
    fx_queue_call_begins(queue);
    KeReleaseSpinLock(&queue->lock, irql);
}

static void fx_queue_left(struct fx_queue *queue)
{
    BOOLEAN power_managed = queue->power_managed;
    struct fx_device *device = queue->device;
    KIRQL irql;

    KeAcquireSpinLock(&queue->lock, &irql);
    InterlockedDecrement(&queue->busy);
    fx_queue_run(queue, irql);
    if (power_managed)
        fx_power_dereference(device);
}

/* The destination refused: as before. */
static void fx_queue_come_back(struct fx_queue *queue, struct fx_request *request)
{
    KIRQL irql;

    KeAcquireSpinLock(&queue->lock, &irql);
    InterlockedDecrement(&queue->busy);
    fx_queue_own_locked(queue, request);
    fx_queue_run(queue, irql);
}

NTSTATUS fx_queue_forward(struct fx_request *request, struct fx_queue *destination)
{
    struct fx_queue *source = request->queue;

    if (source == destination || (request->flags & FX_REQUEST_CANCELABLE))
        return STATUS_INVALID_DEVICE_REQUEST;
    fx_queue_leave(source, request);
    if (!fx_queue_try_add(destination, request)) {
        fx_queue_come_back(source, request);
        return STATUS_WDF_BUSY;
    }
    fx_queue_left(source);
    return STATUS_SUCCESS;
}

NTSTATUS fx_queue_requeue(struct fx_request *request)
{
    struct fx_queue *queue = request->queue;
    KIRQL irql;

    if (queue->config.DispatchType != WdfIoQueueDispatchManual ||
        (request->flags & FX_REQUEST_CANCELABLE))
        return STATUS_INVALID_DEVICE_REQUEST;
    KeAcquireSpinLock(&queue->lock, &irql);
    fx_queue_disown_locked(queue, request);
    fx_queue_wait_locked(queue, request, TRUE);
    fx_queue_run(queue, irql);
    return STATUS_SUCCESS;
}

void fx_queue_stop_acknowledge(struct fx_request *request, BOOLEAN requeue)
{
    struct fx_queue *queue = request->queue;
    KIRQL irql;

    KeAcquireSpinLock(&queue->lock, &irql);
    if (requeue) {
        fx_queue_disown_locked(queue, request);
        fx_queue_wait_locked(queue, request, TRUE);
    } else if (request->flags & FX_REQUEST_STOP_AWAITED) {
        fx_request_clear(request, FX_REQUEST_STOP_AWAITED);
        queue->stopping_count--;
    }
    fx_queue_run(queue, irql);
}
