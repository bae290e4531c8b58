/* SPDX-License-Identifier: MIT */
/* retrieve.c - the driver takes a request out of a manual or sequential queue, or looks for one.
 *
 * In: a queue, and which request (the next, of a file object, after or exactly one found before).
 * Out: the request, the driver's from then on (retrieve), or a reference to it (find).
 */
#include "queue_internal.h"

static NTSTATUS fx_queue_may_retrieve_locked(const struct fx_queue *queue)
{
    if (queue->power == FX_QUEUE_OFF || !(queue->flags & FX_QUEUE_DISPATCH))
        return STATUS_WDF_PAUSED;
    return STATUS_SUCCESS;
}

NTSTATUS fx_queue_retrieve(struct fx_queue *queue, PFILE_OBJECT file,
                           struct fx_request **out_request)
{
    struct fx_request *request;
    NTSTATUS status;
    KIRQL irql;

    if (queue->config.DispatchType == WdfIoQueueDispatchParallel)
        return STATUS_INVALID_DEVICE_STATE;
    for (;;) {
        KeAcquireSpinLock(queue->lock, &irql);
        status = fx_queue_may_retrieve_locked(queue);
        if (NT_SUCCESS(status)) {
            request = fx_queue_take_next_locked(queue, file);
            if (request == NULL)
                status = STATUS_NO_MORE_ENTRIES;
            else
                fx_queue_own_locked(queue, request);
        }
        KeReleaseSpinLock(queue->lock, irql);
        if (!NT_SUCCESS(status))
            return status;
        if (!fx_queue_is_nothing(queue, request))
            break;
        fx_request_end(request, STATUS_SUCCESS);
    }
    request->flags |= FX_REQUEST_PRESENTED;
    *out_request = request;
    return STATUS_SUCCESS;
}

NTSTATUS fx_queue_retrieve_found(struct fx_queue *queue, struct fx_request *found,
                                 struct fx_request **out_request)
{
    NTSTATUS status;
    KIRQL irql;

    if (queue->config.DispatchType == WdfIoQueueDispatchParallel)
        return STATUS_INVALID_DEVICE_STATE;
    KeAcquireSpinLock(queue->lock, &irql);
    status = fx_queue_may_retrieve_locked(queue);
    if (NT_SUCCESS(status)) {
        if (found->queue == queue && found->where == FX_REQUEST_WAITING &&
            fx_queue_take_locked(queue, found))
            fx_queue_own_locked(queue, found);
        else
            status = STATUS_NOT_FOUND;
    }
    KeReleaseSpinLock(queue->lock, irql);
    if (!NT_SUCCESS(status))
        return status;
    fx_request_set(found, FX_REQUEST_PRESENTED);
    *out_request = found;
    return STATUS_SUCCESS;
}

NTSTATUS fx_queue_find(struct fx_queue *queue, struct fx_request *after, PFILE_OBJECT file,
                       PWDF_REQUEST_PARAMETERS parameters, struct fx_request **out_request)
{
    struct fx_request *request = NULL;
    PLIST_ENTRY entry;
    NTSTATUS status = STATUS_NO_MORE_ENTRIES;
    KIRQL irql;

    if (queue->config.DispatchType != WdfIoQueueDispatchManual)
        return STATUS_INVALID_DEVICE_REQUEST;
    KeAcquireSpinLock(queue->lock, &irql);
    entry = queue->waiting.Flink;
    if (after != NULL) {
        if (after->queue != queue || after->where != FX_REQUEST_WAITING)
            status = STATUS_NOT_FOUND;
        else
            entry = after->entry.Flink;
    }
    if (status == STATUS_NOT_FOUND)
        entry = &queue->waiting;
    for (; entry != &queue->waiting; entry = entry->Flink) {
        struct fx_request *candidate = CONTAINING_RECORD(entry, struct fx_request, entry);

        /* One whose cancellation has begun is as good as gone. */
        if (candidate->irp->Cancel || (file != NULL && candidate->stack->FileObject != file))
            continue;
        request = candidate;
        fx_object_ref(&request->object);
        if (parameters != NULL)
            fx_request_parameters(request, parameters);
        status = STATUS_SUCCESS;
        break;
    }
    KeReleaseSpinLock(queue->lock, irql);
    if (NT_SUCCESS(status))
        *out_request = request;
    return status;
}
