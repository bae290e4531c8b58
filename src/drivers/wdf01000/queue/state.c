/* SPDX-License-Identifier: MIT */
/* state.c - a queue comes, goes, is started, stopped, drained and purged.
 *
 * In: the driver's calls. Out: flags under the queue's lock and, when the queue has come to rest,
 * the notice that was asked for (from the engine). Always: a queue that is being disposed of is
 * empty and has no call running before its memory goes.
 */
#include "queue_internal.h"

static void fx_queue_dispose(struct fx_object *object);
static void fx_queue_free_parts(struct fx_object *object);

const struct fx_type fx_type_queue = {
    .name = "WDFQUEUE",
    .size = sizeof(struct fx_queue),
    .flags = FX_TYPE_PASSIVE | FX_TYPE_LEVEL_ALLOWED | FX_TYPE_SCOPE_ALLOWED,
    .dispose = fx_queue_dispose,
    .destroy = fx_queue_free_parts,
};

/* What the configuration says against itself.
 * Errors: STATUS_INVALID_PARAMETER, STATUS_WDF_NO_CALLBACK */
static NTSTATUS fx_queue_config_check(const WDF_IO_QUEUE_CONFIG *config)
{
    BOOLEAN handles = config->EvtIoDefault != NULL || config->EvtIoRead != NULL ||
                      config->EvtIoWrite != NULL || config->EvtIoDeviceControl != NULL ||
                      config->EvtIoInternalDeviceControl != NULL;
    ULONG presented = config->Settings.Parallel.NumberOfPresentedRequests;

    switch (config->DispatchType) {
    case WdfIoQueueDispatchManual:
        return handles || presented != 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    case WdfIoQueueDispatchSequential:
        if (!handles)
            return STATUS_WDF_NO_CALLBACK;
        return presented != 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
    case WdfIoQueueDispatchParallel:
        return handles ? STATUS_SUCCESS : STATUS_WDF_NO_CALLBACK;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

/* Execution level and callback lock, as attributes and the device's say. */
static NTSTATUS fx_queue_constrain(struct fx_queue *queue)
{
    struct fx_object *object = &queue->object;
    struct fx_object *device = &queue->device->object;

    queue->is_passive = fx_callback_is_passive(object);
    queue->irql_max = queue->is_passive ? PASSIVE_LEVEL : DISPATCH_LEVEL;
    object->callback_lock = NULL;
    if (object->sync_scope == WdfSynchronizationScopeDevice) {
        if (object->execution_level != device->execution_level) {
            fx_log(object->globals, FX_LOG_ERROR,
                   "WDFQUEUE %p: device scope needs the device's execution level (%u, not %u)",
                   fx_handle_of(object), device->execution_level, object->execution_level);
            return STATUS_INVALID_PARAMETER;
        }
        object->callback_lock = &queue->device->callback_lock;
    } else if (object->sync_scope == WdfSynchronizationScopeQueue) {
        fx_callback_lock_init(&queue->own_lock, queue->is_passive);
        object->callback_lock = &queue->own_lock;
    }
    return STATUS_SUCCESS;
}

static BOOLEAN fx_queue_default_power(const struct fx_device *device, WDF_TRI_STATE asked)
{
    if (device->kind == FX_DEVICE_CONTROL)
        return FALSE;
    if (asked == WdfUseDefault)
        return device->kind != FX_DEVICE_FILTER;
    return asked == WdfTrue;
}

static void fx_queue_begin(struct fx_queue *queue, struct fx_device *device,
                           const WDF_IO_QUEUE_CONFIG *config)
{
    queue->device = device;
    queue->io = device->io;
    queue->config = *config;
    queue->presented_max = config->Settings.Parallel.NumberOfPresentedRequests;
    queue->power_managed = fx_queue_default_power(device, config->PowerManaged);
    InitializeListHead(&queue->entry);
    InitializeListHead(&queue->waiting);
    InitializeListHead(&queue->canceled);
    InitializeListHead(&queue->cancel_calls);
    InitializeListHead(&queue->owned);
    InitializeListHead(&queue->waiters);
    queue->lock = &device->io->queues_lock;
    KeInitializeDpc(&queue->dpc, fx_queue_dpc, queue);
    queue->flags = FX_QUEUE_ACCEPT | FX_QUEUE_DISPATCH;
    queue->power = queue->power_managed && !device->io->is_up ? FX_QUEUE_OFF : FX_QUEUE_ON;
    if (device->io->is_shutting_down) {
        queue->flags &= ~(ULONG)FX_QUEUE_ACCEPT;
        queue->flags |= FX_QUEUE_SHUTDOWN;
    }
}

/* The class extension that a queue is made for: its EvtIoInCallerContext comes first. */
static struct fx_extension *fx_queue_extension(const struct fx_device *device, WDFDRIVER driver)
{
    struct fx_extension *extension = driver == NULL ? NULL : device->extensions;

    while (extension != NULL && fx_handle_of(&extension->globals->driver->object) != driver)
        extension = extension->next;
    return extension;
}

NTSTATUS fx_queue_create(struct fx_device *device, PWDF_IO_QUEUE_CONFIG config,
                         PWDF_OBJECT_ATTRIBUTES attributes, struct fx_queue **out_queue)
{
    struct fx_globals *globals = device->object.globals;
    struct fx_object *object;
    struct fx_queue *queue;
    NTSTATUS status = fx_queue_config_check(config);
    KIRQL irql;

    if (!NT_SUCCESS(status)) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfIoQueueCreate: dispatch type %u with these callbacks and "
               "NumberOfPresentedRequests %u: %08x",
               config->DispatchType, config->Settings.Parallel.NumberOfPresentedRequests, status);
        return status;
    }
    status = fx_object_create(globals, &fx_type_queue, 0, attributes, &device->object, &object);
    if (!NT_SUCCESS(status))
        return status;
    queue = (struct fx_queue *)object;
    fx_queue_begin(queue, device, config);
    if (object->device != device)
        status = STATUS_INVALID_DEVICE_REQUEST; /* the parent is below another device, or none */
    if (NT_SUCCESS(status))
        status = fx_queue_constrain(queue);
    if (NT_SUCCESS(status) && queue->is_passive)
        status = fx_passive_init(&queue->passive, object, fx_queue_passive);
    if (NT_SUCCESS(status) && config->DefaultQueue)
        status = fx_io_set_default(device->io, queue);
    if (!NT_SUCCESS(status)) {
        fx_log(globals, FX_LOG_ERROR, "WdfIoQueueCreate: %08x", status);
        fx_object_abandon(object);
        return status;
    }
    queue->extension = fx_queue_extension(device, config->Driver);
    queue->is_direct =
        config->DispatchType == WdfIoQueueDispatchParallel && object->callback_lock == NULL;
    KeAcquireSpinLock(&device->io->lock, &irql);
    InsertTailList(&device->io->queues, &queue->entry);
    KeReleaseSpinLock(&device->io->lock, irql);
    *out_queue = queue;
    return STATUS_SUCCESS;
}

static BOOLEAN fx_queue_is_over(struct fx_queue *queue)
{
    return queue->owned_count == 0 && queue->waiting_count == 0 && queue->canceled_count == 0 &&
           IsListEmpty(&queue->cancel_calls) && fx_queue_calls(queue) == 0;
}

static void fx_queue_dispose(struct fx_object *object)
{
    struct fx_queue *queue = (struct fx_queue *)object;
    KIRQL irql;

    if (queue->device == NULL)
        return; /* abandoned before it began */
    fx_io_forget(queue->io, queue);
    KeAcquireSpinLock(queue->lock, &irql);
    queue->flags |= FX_QUEUE_DELETING | FX_QUEUE_SHUTDOWN | FX_QUEUE_CANCEL;
    queue->flags &= ~(ULONG)FX_QUEUE_ACCEPT;
    KeReleaseSpinLock(queue->lock, irql);
    fx_queue_cancel_waiting(queue, NULL);
    fx_queue_cancel_owned(queue);
    fx_queue_await(queue, fx_queue_is_over);
    if (queue->passive.item != NULL)
        fx_passive_flush(&queue->passive);
}

static void fx_queue_free_parts(struct fx_object *object)
{
    struct fx_queue *queue = (struct fx_queue *)object;

    if (queue->reserve != NULL)
        fx_reserve_destroy(queue);
    if (queue->passive.item != NULL)
        fx_passive_fini(&queue->passive);
}

WDFQUEUE fx_queue_handle(struct fx_queue *queue)
{
    return fx_handle_of(&queue->object);
}

BOOLEAN fx_queue_accepts(struct fx_queue *queue)
{
    return (queue->flags & FX_QUEUE_ACCEPT) != 0;
}

struct fx_device *fx_queue_device(struct fx_queue *queue)
{
    return queue->device;
}

WDF_IO_QUEUE_STATE fx_queue_state(struct fx_queue *queue, PULONG waiting, PULONG owned)
{
    ULONG state = 0;
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    if (queue->flags & FX_QUEUE_ACCEPT)
        state |= WdfIoQueueAcceptRequests;
    if (queue->flags & FX_QUEUE_DISPATCH)
        state |= WdfIoQueueDispatchRequests;
    if (queue->waiting_count == 0)
        state |= WdfIoQueueNoRequests;
    if (queue->owned_count == 0)
        state |= WdfIoQueueDriverNoRequests;
    if (queue->power != FX_QUEUE_ON)
        state |= WdfIoQueuePnpHeld;
    if (waiting != NULL)
        *waiting = queue->waiting_count;
    if (owned != NULL)
        *owned = queue->owned_count;
    KeReleaseSpinLock(queue->lock, irql);
    return (WDF_IO_QUEUE_STATE)state;
}

/* A queue whose device goes accepts nothing more, whatever the driver says. */
static void fx_queue_accept_locked(struct fx_queue *queue)
{
    if (!(queue->flags & FX_QUEUE_SHUTDOWN))
        queue->flags |= FX_QUEUE_ACCEPT;
}

void fx_queue_start(struct fx_queue *queue)
{
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    fx_queue_accept_locked(queue);
    queue->flags |= FX_QUEUE_DISPATCH;
    if (queue->waiting_count != 0)
        queue->became_ready = TRUE;
    fx_queue_run(queue, irql);
}

NTSTATUS fx_queue_stop(struct fx_queue *queue, BOOLEAN cancel, PFN_WDF_IO_QUEUE_STATE routine,
                       WDFCONTEXT context)
{
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    if (routine != NULL) {
        if (queue->stop_done.routine != NULL) {
            KeReleaseSpinLock(queue->lock, irql);
            return STATUS_INVALID_DEVICE_REQUEST;
        }
        queue->stop_done.routine = routine;
        queue->stop_done.context = context;
    }
    fx_queue_accept_locked(queue);
    queue->flags &= ~(ULONG)FX_QUEUE_DISPATCH;
    if (cancel)
        queue->flags |= FX_QUEUE_CANCEL;
    fx_queue_wanted_locked(queue);
    if (!cancel) {
        fx_queue_run(queue, irql);
        return STATUS_SUCCESS;
    }
    KeReleaseSpinLock(queue->lock, irql);
    fx_queue_cancel_waiting(queue, NULL);
    fx_queue_cancel_owned(queue);
    return STATUS_SUCCESS;
}

NTSTATUS fx_queue_empty(struct fx_queue *queue, BOOLEAN cancel, PFN_WDF_IO_QUEUE_STATE routine,
                        WDFCONTEXT context)
{
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    if (routine != NULL) {
        if (queue->empty_done.routine != NULL) {
            KeReleaseSpinLock(queue->lock, irql);
            return STATUS_INVALID_DEVICE_REQUEST;
        }
        queue->empty_done.routine = routine;
        queue->empty_done.context = context;
    }
    queue->flags &= ~(ULONG)FX_QUEUE_ACCEPT;
    if (cancel && fx_client_is(queue->object.globals, 11))
        queue->flags |= FX_QUEUE_CANCEL;
    fx_queue_wanted_locked(queue);
    if (!cancel) {
        fx_queue_run(queue, irql);
        return STATUS_SUCCESS;
    }
    KeReleaseSpinLock(queue->lock, irql);
    fx_queue_cancel_waiting(queue, NULL);
    fx_queue_cancel_owned(queue);
    return STATUS_SUCCESS;
}

NTSTATUS fx_queue_ready_notify(struct fx_queue *queue, PFN_WDF_IO_QUEUE_STATE routine,
                               WDFCONTEXT context)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;

    if (queue->config.DispatchType != WdfIoQueueDispatchManual)
        return STATUS_INVALID_DEVICE_REQUEST;
    KeAcquireSpinLock(queue->lock, &irql);
    if (queue->flags & FX_QUEUE_DELETING)
        status = STATUS_DELETE_PENDING;
    else if (routine != NULL && queue->ready.routine != NULL)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else if (routine == NULL &&
             (queue->ready.routine == NULL || (queue->flags & FX_QUEUE_DISPATCH)))
        status = STATUS_INVALID_DEVICE_REQUEST;
    if (!NT_SUCCESS(status)) {
        KeReleaseSpinLock(queue->lock, irql);
        return status;
    }
    queue->ready.routine = routine;
    queue->ready.context = context;
    if (routine != NULL && queue->waiting_count != 0)
        queue->became_ready = TRUE;
    fx_queue_run(queue, irql);
    return STATUS_SUCCESS;
}
