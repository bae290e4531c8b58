/* SPDX-License-Identifier: MIT */
/* forward.c - the driver gives a request that it owns to a queue: another one, a parent device's,
 * or back to its own; and its answer to EvtIoStop.
 *
 * Always: on failure the driver owns the request as before. The queues of a device have one lock,
 * so nobody sees a request that is in neither.
 */
#include "queue_internal.h"

NTSTATUS fx_queue_forward(struct fx_request *request, struct fx_queue *destination)
{
    struct fx_queue *source = request->queue;
    struct fx_device *device = source->device;
    /* The device's use is counted for requests in power-managed queues only. */
    BOOLEAN begins = destination->power_managed && !source->power_managed;
    BOOLEAN ends = source->power_managed && !destination->power_managed;
    BOOLEAN is_due;
    KIRQL irql;

    if (source == destination || (request->flags & FX_REQUEST_CANCELABLE))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (begins)
        fx_power_reference(device);
    KeAcquireSpinLock(source->lock, &irql);
    if (!(destination->flags & FX_QUEUE_ACCEPT)) {
        KeReleaseSpinLock(source->lock, irql);
        if (begins)
            fx_power_dereference(device);
        return STATUS_WDF_BUSY;
    }
    fx_queue_disown_locked(source, request);
    is_due = fx_queue_is_due_locked(source);
    if (is_due)
        fx_object_ref(&source->object);
    fx_queue_arrive(destination, request, irql);
    if (is_due) {
        KeAcquireSpinLock(source->lock, &irql);
        fx_queue_run(source, irql);
        fx_object_deref(&source->object);
    }
    if (ends)
        fx_power_dereference(device);
    return STATUS_SUCCESS;
}

NTSTATUS fx_queue_requeue(struct fx_request *request)
{
    struct fx_queue *queue = request->queue;
    KIRQL irql;

    if (queue->config.DispatchType != WdfIoQueueDispatchManual ||
        (request->flags & FX_REQUEST_CANCELABLE))
        return STATUS_INVALID_DEVICE_REQUEST;
    KeAcquireSpinLock(queue->lock, &irql);
    fx_queue_disown_locked(queue, request);
    fx_queue_wait_locked(queue, request, TRUE);
    fx_queue_run(queue, irql);
    return STATUS_SUCCESS;
}

void fx_queue_stop_acknowledge(struct fx_request *request, BOOLEAN requeue)
{
    struct fx_queue *queue = request->queue;
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    if (requeue) {
        fx_queue_disown_locked(queue, request);
        fx_queue_wait_locked(queue, request, TRUE);
    } else if (request->flags & FX_REQUEST_STOP_AWAITED) {
        fx_request_clear(request, FX_REQUEST_STOP_AWAITED);
        queue->stopping_count--;
    }
    fx_queue_run(queue, irql);
}
