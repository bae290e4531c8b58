/* SPDX-License-Identifier: MIT */
/* engine.c - the one place where a queue calls its driver.
 *
 * In: a queue whose state has changed, with its lock held. Out: every call that is due and that
 * this thread may make was made, in a fixed order: cancelled requests, stop and drain notices,
 * the next request. What may not be called here (IRQL, a callback lock already held) is left to
 * a DPC or a work item. Always: a thread that is in the loop already only notes that there is
 * more to do, so that a handler which completes its request at once never recurses.
 */
#include "queue_internal.h"

/* Is there a call, or nothing but presenting the next request? */
static BOOLEAN fx_queue_is_at_rest_locked(const struct fx_queue *queue)
{
    return fx_queue_calls(queue) == 0 && queue->owned_count == 0 && queue->canceled_count == 0;
}

BOOLEAN fx_queue_may_present_locked(const struct fx_queue *queue)
{
    if (!(queue->flags & FX_QUEUE_DISPATCH) || queue->power != FX_QUEUE_ON)
        return FALSE;
    switch (queue->config.DispatchType) {
    case WdfIoQueueDispatchSequential:
        return queue->owned_count == 0;
    case WdfIoQueueDispatchParallel:
        return queue->owned_count < queue->presented_max;
    default:
        return FALSE;
    }
}

BOOLEAN fx_queue_may_call(struct fx_queue *queue, KIRQL irql)
{
    struct fx_callback_lock *lock = queue->object.callback_lock;

    if (queue->is_passive && irql != PASSIVE_LEVEL)
        return FALSE;
    return lock == NULL || lock->owner != KeGetCurrentThread();
}

void fx_queue_wanted_locked(struct fx_queue *queue)
{
    if (queue->stop_done.routine != NULL || queue->empty_done.routine != NULL ||
        !IsListEmpty(&queue->waiters) || (queue->flags & FX_QUEUE_CANCEL))
        InterlockedOr(&queue->busy, FX_QUEUE_WANTED);
    else
        InterlockedAnd(&queue->busy, ~FX_QUEUE_WANTED);
}

void fx_queue_call_ended(struct fx_queue *queue)
{
    for (;;) {
        LONG old = queue->busy;
        KIRQL irql;

        if (old & FX_QUEUE_WANTED) {
            KeAcquireSpinLock(queue->lock, &irql);
            InterlockedDecrement(&queue->busy);
            fx_queue_run(queue, irql);
            return;
        }
        if (InterlockedCompareExchange(&queue->busy, old - 1, old) == old)
            return;
    }
}

/* Calls one of the driver's notices of state. Lock held at *irql, let go around the call. */
static void fx_queue_tell(struct fx_queue *queue, struct fx_queue_done done, KIRQL *irql)
{
    fx_queue_call_begins(queue);
    KeReleaseSpinLock(queue->lock, *irql);
    fx_callback_enter(&queue->object);
    FX_WATCHED(queue->object.globals, done.routine,
               done.routine(fx_handle_of(&queue->object), done.context));
    fx_callback_leave(&queue->object);
    KeAcquireSpinLock(queue->lock, irql);
    InterlockedDecrement(&queue->busy);
}

/* The notice of a stop or of an emptied queue, if it is time for it. */
static BOOLEAN fx_queue_tell_done(struct fx_queue *queue, KIRQL *irql)
{
    struct fx_queue_done *done = NULL;
    struct fx_queue_done copy;

    if (!fx_queue_is_at_rest_locked(queue))
        return FALSE;
    if (queue->waiting_count == 0)
        queue->flags &= ~(ULONG)FX_QUEUE_CANCEL;
    if (queue->stop_done.routine != NULL)
        done = &queue->stop_done;
    else if (queue->empty_done.routine != NULL && queue->waiting_count == 0)
        done = &queue->empty_done;
    if (done == NULL)
        return FALSE;
    copy = *done;
    done->routine = NULL;
    queue->flags &= ~(ULONG)FX_QUEUE_CANCEL;
    fx_queue_wanted_locked(queue);
    fx_queue_tell(queue, copy, irql);
    return TRUE;
}

/* A request that was cancelled while it waited: the driver's once more if it asked for that and
 * has seen the request before, completed otherwise. */
static void fx_queue_end_canceled(struct fx_queue *queue, KIRQL *irql)
{
    struct fx_request *request =
        CONTAINING_RECORD(RemoveHeadList(&queue->canceled), struct fx_request, entry);
    PFN_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE routine = queue->config.EvtIoCanceledOnQueue;

    queue->canceled_count--;
    fx_queue_own_locked(queue, request);
    fx_queue_call_begins(queue);
    KeReleaseSpinLock(queue->lock, *irql);
    if (routine != NULL && fx_request_has(request, FX_REQUEST_PRESENTED)) {
        fx_callback_enter(&queue->object);
        routine(fx_handle_of(&queue->object), fx_handle_of(&request->object));
        fx_callback_leave(&queue->object);
    } else {
        fx_request_end(request, STATUS_CANCELLED);
    }
    KeAcquireSpinLock(queue->lock, irql);
    InterlockedDecrement(&queue->busy);
}

/* EvtRequestCancel of a request that the driver had marked. */
static void fx_queue_call_cancel(struct fx_queue *queue, KIRQL *irql)
{
    struct fx_request *request =
        CONTAINING_RECORD(RemoveHeadList(&queue->cancel_calls), struct fx_request, notice);

    fx_queue_call_begins(queue);
    KeReleaseSpinLock(queue->lock, *irql);
    fx_callback_enter(&queue->object);
    FX_WATCHED(queue->object.globals, request->cancel_routine,
               request->cancel_routine(fx_handle_of(&request->object)));
    fx_callback_leave(&queue->object);
    fx_object_deref(&request->object);
    KeAcquireSpinLock(queue->lock, irql);
    InterlockedDecrement(&queue->busy);
}

/* Makes one call that is due. Lock held at *irql. FALSE: nothing is due. */
static BOOLEAN fx_queue_step(struct fx_queue *queue, KIRQL *irql)
{
    struct fx_request *request;

    if (!IsListEmpty(&queue->canceled)) {
        fx_queue_end_canceled(queue, irql);
        return TRUE;
    }
    if (!IsListEmpty(&queue->cancel_calls)) {
        fx_queue_call_cancel(queue, irql);
        return TRUE;
    }
    if (fx_queue_tell_done(queue, irql))
        return TRUE;
    if (queue->waiting_count == 0)
        return FALSE;
    if (queue->ready.routine != NULL && queue->became_ready && (queue->flags & FX_QUEUE_DISPATCH) &&
        queue->power == FX_QUEUE_ON) {
        queue->became_ready = FALSE;
        fx_queue_tell(queue, queue->ready, irql);
        return TRUE;
    }
    if (!fx_queue_may_present_locked(queue))
        return FALSE;
    request = fx_queue_take_next_locked(queue, NULL);
    if (request == NULL)
        return FALSE;
    fx_queue_own_locked(queue, request);
    fx_queue_call_begins(queue);
    KeReleaseSpinLock(queue->lock, *irql);
    fx_queue_present(queue, request);
    KeAcquireSpinLock(queue->lock, irql);
    InterlockedDecrement(&queue->busy);
    return TRUE;
}

BOOLEAN fx_queue_is_due_locked(struct fx_queue *queue)
{
    if (!IsListEmpty(&queue->canceled) || !IsListEmpty(&queue->cancel_calls) ||
        !IsListEmpty(&queue->waiters))
        return TRUE;
    if (fx_queue_is_at_rest_locked(queue) &&
        (queue->stop_done.routine != NULL || queue->empty_done.routine != NULL ||
         (queue->flags & FX_QUEUE_CANCEL)))
        return TRUE;
    if (queue->waiting_count == 0)
        return FALSE;
    return fx_queue_may_present_locked(queue) ||
           (queue->ready.routine != NULL && queue->became_ready);
}

/* Leaves the calls to a work item or a DPC. */
static void fx_queue_defer_locked(struct fx_queue *queue)
{
    if (queue->is_passive) {
        if (fx_passive_post(&queue->passive))
            fx_object_ref(&queue->object);
    } else if (!queue->dpc_queued) {
        queue->dpc_queued = TRUE;
        fx_object_ref(&queue->object);
        KeInsertQueueDpc(&queue->dpc, NULL, NULL);
    }
}

static void fx_queue_wake_locked(struct fx_queue *queue)
{
    PLIST_ENTRY entry;

    for (entry = queue->waiters.Flink; entry != &queue->waiters; entry = entry->Flink)
        KeSetEvent(&CONTAINING_RECORD(entry, struct fx_queue_waiter, entry)->event, IO_NO_INCREMENT,
                   FALSE);
}

void fx_queue_run(struct fx_queue *queue, KIRQL irql)
{
    struct fx_queue_loop loop, **link, *other;

    fx_queue_wake_locked(queue);
    if (!fx_queue_is_due_locked(queue)) {
        KeReleaseSpinLock(queue->lock, irql);
        return;
    }
    loop.thread = KeGetCurrentThread();
    for (other = queue->loops; other != NULL; other = other->next)
        if (other->thread == loop.thread) {
            other->again = TRUE;
            KeReleaseSpinLock(queue->lock, irql);
            return;
        }
    if (!fx_queue_may_call(queue, irql)) {
        fx_queue_defer_locked(queue);
        KeReleaseSpinLock(queue->lock, irql);
        return;
    }
    fx_object_ref(&queue->object);
    loop.next = queue->loops;
    queue->loops = &loop;
    do {
        loop.again = FALSE;
    } while (fx_queue_step(queue, &irql) || loop.again);
    for (link = &queue->loops; *link != &loop; link = &(*link)->next)
        ;
    *link = loop.next;
    fx_queue_wake_locked(queue);
    KeReleaseSpinLock(queue->lock, irql);
    fx_object_deref(&queue->object);
}

void NTAPI fx_queue_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
    struct fx_queue *queue = context;
    KIRQL irql;

    UNREFERENCED_PARAMETER(dpc);
    UNREFERENCED_PARAMETER(argument1);
    UNREFERENCED_PARAMETER(argument2);
    KeAcquireSpinLock(queue->lock, &irql);
    queue->dpc_queued = FALSE;
    fx_queue_run(queue, irql);
    fx_object_deref(&queue->object);
}

void fx_queue_passive(struct fx_object *object)
{
    struct fx_queue *queue = (struct fx_queue *)object;
    KIRQL irql;

    KeAcquireSpinLock(queue->lock, &irql);
    fx_queue_run(queue, irql);
    fx_object_deref(object);
}

void fx_queue_await(struct fx_queue *queue, BOOLEAN (*is_so)(struct fx_queue *queue))
{
    struct fx_queue_waiter waiter;
    KIRQL irql;

    KeInitializeEvent(&waiter.event, SynchronizationEvent, FALSE);
    KeAcquireSpinLock(queue->lock, &irql);
    InsertTailList(&queue->waiters, &waiter.entry);
    fx_queue_wanted_locked(queue);
    while (!is_so(queue)) {
        KeReleaseSpinLock(queue->lock, irql);
        fx_wait(queue->object.globals, &waiter.event, "requests of WDFQUEUE",
                fx_handle_of(&queue->object));
        KeAcquireSpinLock(queue->lock, &irql);
    }
    RemoveEntryList(&waiter.entry);
    fx_queue_wanted_locked(queue);
    KeReleaseSpinLock(queue->lock, irql);
}
