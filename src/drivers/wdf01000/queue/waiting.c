/* SPDX-License-Identifier: MIT */
/* waiting.c - requests in a queue: waiting, cancelled meanwhile, the driver's.
 *
 * A request that waits has our cancel routine in its IRP. Whoever takes it out first takes the
 * routine away; if that is gone already, the cancellation has begun and the request is left where
 * it is for fx_queue_cancel_irp, which comes for it. Always: the counts equal the lists' lengths.
 */
#include "queue_internal.h"

void fx_queue_own_locked(struct fx_queue *queue, struct fx_request *request)
{
    request->queue = queue;
    request->where = FX_REQUEST_OWNED;
    InsertTailList(&queue->owned, &request->entry);
    queue->owned_count++;
}

void fx_queue_disown_locked(struct fx_queue *queue, struct fx_request *request)
{
    RemoveEntryList(&request->entry);
    queue->owned_count--;
    request->where = FX_REQUEST_NOWHERE;
    if (request->flags & FX_REQUEST_STOP_AWAITED) {
        fx_request_clear(request, FX_REQUEST_STOP_AWAITED);
        queue->stopping_count--;
    }
}

/* The IRP was cancelled: out of waiting (or from nowhere), to the engine. */
static void fx_queue_canceled_locked(struct fx_queue *queue, struct fx_request *request)
{
    request->queue = queue;
    request->where = FX_REQUEST_CANCELED;
    InsertTailList(&queue->canceled, &request->entry);
    queue->canceled_count++;
}

NTSTATUS fx_queue_wait_locked(struct fx_queue *queue, struct fx_request *request, BOOLEAN in_front)
{
    PIRP irp = request->irp;

    if (queue->flags & FX_QUEUE_CANCEL) {
        fx_queue_canceled_locked(queue, request);
        return STATUS_CANCELLED;
    }
    request->queue = queue;
    irp->Tail.Overlay.DriverContext[0] = request;
    IoSetCancelRoutine(irp, fx_queue_cancel_irp);
    if (irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL) {
        fx_queue_canceled_locked(queue, request);
        return STATUS_CANCELLED;
    }
    request->where = FX_REQUEST_WAITING;
    if (in_front)
        InsertHeadList(&queue->waiting, &request->entry);
    else
        InsertTailList(&queue->waiting, &request->entry);
    if (queue->waiting_count++ == 0)
        queue->became_ready = TRUE;
    return STATUS_SUCCESS;
}

BOOLEAN fx_queue_take_locked(struct fx_queue *queue, struct fx_request *request)
{
    if (IoSetCancelRoutine(request->irp, NULL) == NULL)
        return FALSE;
    RemoveEntryList(&request->entry);
    queue->waiting_count--;
    request->where = FX_REQUEST_NOWHERE;
    return TRUE;
}

struct fx_request *fx_queue_take_next_locked(struct fx_queue *queue, PFILE_OBJECT file)
{
    PLIST_ENTRY entry, next;

    for (entry = queue->waiting.Flink; entry != &queue->waiting; entry = next) {
        struct fx_request *request = CONTAINING_RECORD(entry, struct fx_request, entry);

        next = entry->Flink;
        if ((file == NULL || request->stack->FileObject == file) &&
            fx_queue_take_locked(queue, request))
            return request;
    }
    return NULL;
}

void fx_queue_cancel_waiting(struct fx_queue *queue, PFILE_OBJECT file)
{
    struct fx_request *request;
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    while ((request = fx_queue_take_next_locked(queue, file)) != NULL)
        fx_queue_canceled_locked(queue, request);
    fx_queue_run(queue, irql);
    if (queue->reserve != NULL)
        fx_reserve_cancel(queue, file);
}

void NTAPI fx_queue_cancel_irp(PDEVICE_OBJECT wdm, PIRP irp)
{
    struct fx_request *request = irp->Tail.Overlay.DriverContext[0];
    struct fx_queue *queue = request->queue;
    KIRQL old = irp->CancelIrql;
    KIRQL irql;

    UNREFERENCED_PARAMETER(wdm);
    /* The queue stays: it is not empty before this request has gone through `canceled`. */
    IoReleaseCancelSpinLock(old);
    KeAcquireSpinLock(queue->lock, &irql);
    RemoveEntryList(&request->entry);
    queue->waiting_count--;
    fx_queue_canceled_locked(queue, request);
    fx_queue_run(queue, irql);
}

/* --- the driver's own cancel routine ------------------------------------------------------------
 */

/* EvtRequestCancel will be called: from here on nobody else may. Takes the routine's turn. */
static void fx_queue_cancel_call_locked(struct fx_queue *queue, struct fx_request *request)
{
    fx_request_clear(request, FX_REQUEST_CANCELABLE);
    fx_request_set(request, FX_REQUEST_CANCEL_CALLED);
    fx_object_ref(&request->object);
    InsertTailList(&queue->cancel_calls, &request->notice);
}

static void NTAPI fx_queue_cancel_owned_irp(PDEVICE_OBJECT wdm, PIRP irp)
{
    struct fx_request *request = irp->Tail.Overlay.DriverContext[0];
    struct fx_queue *queue = request->queue;
    KIRQL old = irp->CancelIrql;
    KIRQL irql;

    UNREFERENCED_PARAMETER(wdm);
    IoReleaseCancelSpinLock(old);
    KeAcquireSpinLock(queue->lock, &irql);
    fx_queue_cancel_call_locked(queue, request);
    fx_queue_run(queue, irql);
}

void fx_queue_cancel_owned(struct fx_queue *queue)
{
    PLIST_ENTRY entry;
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    for (entry = queue->owned.Flink; entry != &queue->owned; entry = entry->Flink) {
        struct fx_request *request = CONTAINING_RECORD(entry, struct fx_request, entry);

        if ((request->flags & FX_REQUEST_CANCELABLE) &&
            IoSetCancelRoutine(request->irp, NULL) != NULL)
            fx_queue_cancel_call_locked(queue, request);
    }
    fx_queue_run(queue, irql);
}

NTSTATUS fx_queue_mark_cancelable(struct fx_request *request, PFN_WDF_REQUEST_CANCEL routine,
                                  BOOLEAN call_if_canceled)
{
    struct fx_queue *queue = request->queue;
    PIRP irp = request->irp;
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    request->cancel_routine = routine;
    fx_request_set(request, FX_REQUEST_CANCELABLE);
    irp->Tail.Overlay.DriverContext[0] = request;
    IoSetCancelRoutine(irp, fx_queue_cancel_owned_irp);
    if ((irp->Cancel || (queue->flags & FX_QUEUE_CANCEL)) &&
        IoSetCancelRoutine(irp, NULL) != NULL) {
        if (call_if_canceled) {
            fx_queue_cancel_call_locked(queue, request);
        } else {
            fx_request_clear(request, FX_REQUEST_CANCELABLE);
            status = STATUS_CANCELLED;
        }
    }
    fx_queue_run(queue, irql);
    return status;
}

NTSTATUS fx_queue_unmark_cancelable(struct fx_request *request)
{
    struct fx_queue *queue = request->queue;
    NTSTATUS status = STATUS_CANCELLED;
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    if ((request->flags & FX_REQUEST_CANCELABLE) &&
        IoSetCancelRoutine(request->irp, NULL) != NULL) {
        fx_request_clear(request, FX_REQUEST_CANCELABLE);
        status = STATUS_SUCCESS;
    }
    KeReleaseSpinLock(queue->lock, irql);
    return status;
}
