/* SPDX-License-Identifier: MIT */
/* present.c - a request comes into a queue and reaches its handler.
 *
 * The short way (parallel, unlimited, unserialised queues with nothing waiting) takes the queue's
 * lock once and calls the handler at once; every other queue goes through the engine.
 */
#include "queue_internal.h"

/* A read or write of no bytes that the driver did not ask for ends at once. */
BOOLEAN fx_queue_is_nothing(const struct fx_queue *queue, const struct fx_request *request)
{
    const IO_STACK_LOCATION *stack = request->stack;

    if (queue->config.AllowZeroLengthRequests)
        return FALSE;
    return (stack->MajorFunction == IRP_MJ_READ && stack->Parameters.Read.Length == 0) ||
           (stack->MajorFunction == IRP_MJ_WRITE && stack->Parameters.Write.Length == 0);
}

static void fx_queue_call_handler(struct fx_queue *queue, struct fx_request *request)
{
    const WDF_IO_QUEUE_CONFIG *config = &queue->config;
    const IO_STACK_LOCATION *stack = request->stack;
    WDFQUEUE handle = fx_handle_of(&queue->object);
    WDFREQUEST subject = fx_handle_of(&request->object);

    switch (stack->MajorFunction) {
    case IRP_MJ_READ:
        if (config->EvtIoRead != NULL) {
            config->EvtIoRead(handle, subject, stack->Parameters.Read.Length);
            return;
        }
        break;
    case IRP_MJ_WRITE:
        if (config->EvtIoWrite != NULL) {
            config->EvtIoWrite(handle, subject, stack->Parameters.Write.Length);
            return;
        }
        break;
    case IRP_MJ_DEVICE_CONTROL:
        if (config->EvtIoDeviceControl != NULL) {
            config->EvtIoDeviceControl(handle, subject,
                                       stack->Parameters.DeviceIoControl.OutputBufferLength,
                                       stack->Parameters.DeviceIoControl.InputBufferLength,
                                       stack->Parameters.DeviceIoControl.IoControlCode);
            return;
        }
        break;
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        if (config->EvtIoInternalDeviceControl != NULL) {
            config->EvtIoInternalDeviceControl(handle, subject,
                                               stack->Parameters.DeviceIoControl.OutputBufferLength,
                                               stack->Parameters.DeviceIoControl.InputBufferLength,
                                               stack->Parameters.DeviceIoControl.IoControlCode);
            return;
        }
        break;
    default:
        break;
    }
    if (config->EvtIoDefault != NULL)
        config->EvtIoDefault(handle, subject);
    else
        fx_request_end(request, STATUS_INVALID_DEVICE_REQUEST);
}

void fx_queue_present(struct fx_queue *queue, struct fx_request *request)
{
    if (fx_queue_is_nothing(queue, request)) {
        fx_request_end(request, STATUS_SUCCESS);
        return;
    }
    request->flags |= FX_REQUEST_PRESENTED; /* nobody else has it yet */
    if (queue->object.callback_lock == NULL) {
        fx_queue_call_handler(queue, request);
        return;
    }
    fx_callback_enter(&queue->object);
    fx_queue_call_handler(queue, request);
    fx_callback_leave(&queue->object);
}

void fx_queue_arrive(struct fx_queue *queue, struct fx_request *request, KIRQL irql)
{
    if (queue->is_direct && queue->waiting_count == 0 && irql <= queue->irql_max &&
        fx_queue_may_present_locked(queue)) {
        fx_queue_own_locked(queue, request);
        fx_queue_call_begins(queue);
        KeReleaseSpinLock(queue->lock, irql);
        fx_queue_present(queue, request);
        fx_queue_call_ended(queue);
        return;
    }
    fx_queue_wait_locked(queue, request, FALSE);
    fx_queue_run(queue, irql);
}

BOOLEAN fx_queue_try_add(struct fx_queue *queue, struct fx_request *request)
{
    KIRQL irql;

    if (queue->power_managed)
        fx_power_reference(queue->device);
    KeAcquireSpinLock(queue->lock, &irql);
    if (queue->flags & FX_QUEUE_ACCEPT) {
        fx_queue_arrive(queue, request, irql);
        return TRUE;
    }
    KeReleaseSpinLock(queue->lock, irql);
    if (queue->power_managed)
        fx_power_dereference(queue->device);
    return FALSE;
}

void fx_queue_give(struct fx_queue *queue, struct fx_request *request)
{
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    fx_queue_own_locked(queue, request);
    request->flags |= FX_REQUEST_PRESENTED;
    KeReleaseSpinLock(queue->lock, irql);
}

NTSTATUS fx_queue_add(struct fx_queue *queue, struct fx_request *request)
{
    if (!fx_queue_try_add(queue, request))
        fx_request_end(request, STATUS_INVALID_DEVICE_STATE);
    return STATUS_PENDING;
}

void fx_queue_request_gone(struct fx_queue *queue, struct fx_request *request)
{
    BOOLEAN power_managed = queue->power_managed;
    struct fx_device *device = queue->device;
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    fx_queue_disown_locked(queue, request);
    request->queue = NULL;
    fx_queue_run(queue, irql);
    /* The queue may be gone; the device stays: the request's last reference goes after this. */
    if (power_managed)
        fx_power_dereference(device);
}
