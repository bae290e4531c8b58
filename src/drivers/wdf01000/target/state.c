/* SPDX-License-Identifier: MIT */
/* state.c - started, stopped, purged, closed: what becomes of requests when a target changes.
 *
 * Each change happens under target->lock; what follows from it (requests sent again, failed or
 * cancelled) happens after, with each request referenced. A change that waits sets is_waiting or
 * is_removing; who takes the last request off the lists sets sent_empty when its completion routine
 * has returned.
 */
#include "target_internal.h"

/* More than this are cancelled in several rounds. */
#define CANCEL_ROUND 16

/* Referenced requests off one list, that are not being cancelled by this round already. */
static ULONG sent_collect_locked(LIST_ENTRY *list, LONG round, struct fx_request **out, ULONG count,
                                 ULONG max)
{
    LIST_ENTRY *entry;

    for (entry = list->Flink; entry != list && count < max; entry = entry->Flink) {
        struct fx_request *request = CONTAINING_RECORD(entry, struct fx_request, send.entry);

        if (request->send.cancel_round == round)
            continue;
        request->send.cancel_round = round;
        fx_object_ref(&request->object);
        out[count++] = request;
    }
    return count;
}

/* Cancels every request that is below now; with_ignored: those that were sent whatever the state
 * was, too. */
static void sent_cancel(struct fx_target *target, BOOLEAN with_ignored)
{
    static volatile LONG rounds;
    struct fx_request *requests[CANCEL_ROUND];
    LONG round = InterlockedIncrement(&rounds);
    ULONG count, i;
    KIRQL irql;

    do {
        KeAcquireSpinLock(&target->lock, &irql);
        count = sent_collect_locked(&target->sent, round, requests, 0, CANCEL_ROUND);
        if (with_ignored)
            count = sent_collect_locked(&target->ignored, round, requests, count, CANCEL_ROUND);
        KeReleaseSpinLock(&target->lock, irql);
        for (i = 0; i < count; i++) {
            fx_send_cancel(requests[i]);
            fx_object_deref(&requests[i]->object);
        }
    } while (count == CANCEL_ROUND);
}

void fx_target_cancel_sent(struct fx_target *target)
{
    sent_cancel(target, FALSE);
}

static void sent_wait(struct fx_target *target)
{
    fx_wait(target->object.globals, &target->sent_empty, "requests sent to WDFIOTARGET",
            fx_handle_of(&target->object));
}

NTSTATUS fx_target_start(struct fx_target *target)
{
    LIST_ENTRY pended;
    KIRQL irql;

    InitializeListHead(&pended);
    KeAcquireSpinLock(&target->lock, &irql);
    while (target->is_waiting && target->state != WdfIoTargetDeleted) {
        KeReleaseSpinLock(&target->lock, irql);
        fx_log(target->object.globals, FX_LOG_WARNING,
               "WDFIOTARGET %p is started while another thread stops or purges it: call these one "
               "after the other",
               fx_handle_of(&target->object));
        sent_wait(target);
        KeAcquireSpinLock(&target->lock, &irql);
    }
    if (target->state == WdfIoTargetDeleted || target->target_device == NULL) {
        KeReleaseSpinLock(&target->lock, irql);
        return STATUS_INVALID_DEVICE_STATE;
    }
    target->state = WdfIoTargetStarted;
    KeClearEvent(&target->sent_empty);
    fx_pended_take_locked(target, TRUE, &pended);
    KeReleaseSpinLock(&target->lock, irql);
    fx_pended_send(target, &pended);
    return STATUS_SUCCESS;
}

/* Whether there is something to wait for; sent_empty follows. target->lock is held. */
static BOOLEAN wait_begin_locked(struct fx_target *target, BOOLEAN wanted)
{
    BOOLEAN wait = wanted && (!IsListEmpty(&target->sent) || target->is_waiting);

    target->is_waiting = wait;
    if (wait)
        KeClearEvent(&target->sent_empty);
    else
        KeSetEvent(&target->sent_empty, IO_NO_INCREMENT, FALSE);
    return wait;
}

static void wait_end(struct fx_target *target)
{
    KIRQL irql;

    sent_wait(target);
    KeAcquireSpinLock(&target->lock, &irql);
    target->is_waiting = FALSE;
    KeReleaseSpinLock(&target->lock, irql);
}

void fx_target_stop(struct fx_target *target, WDF_IO_TARGET_SENT_IO_ACTION action)
{
    BOOLEAN wait;
    KIRQL irql;

    KeAcquireSpinLock(&target->lock, &irql);
    if (target->state == WdfIoTargetStarted || target->state == WdfIoTargetPurged)
        target->state = WdfIoTargetStopped;
    wait = wait_begin_locked(target, action != WdfIoTargetLeaveSentIoPending);
    KeReleaseSpinLock(&target->lock, irql);
    if (action == WdfIoTargetCancelSentIo)
        sent_cancel(target, FALSE);
    if (wait)
        wait_end(target);
}

void fx_target_purge(struct fx_target *target, WDF_IO_TARGET_PURGE_IO_ACTION action)
{
    LIST_ENTRY pended;
    BOOLEAN wait;
    KIRQL irql;

    InitializeListHead(&pended);
    KeAcquireSpinLock(&target->lock, &irql);
    if (target->state == WdfIoTargetStarted || target->state == WdfIoTargetStopped)
        target->state = WdfIoTargetPurged;
    fx_pended_take_locked(target, FALSE, &pended);
    wait = wait_begin_locked(target, action == WdfIoTargetPurgeIoAndWait);
    KeReleaseSpinLock(&target->lock, irql);
    fx_pended_fail(&pended, STATUS_WDF_DEVICE_REMOVED_NOT_SENT);
    sent_cancel(target, FALSE);
    if (wait)
        wait_end(target);
}

void fx_target_forget_device_locked(struct fx_target *target)
{
    if (target->closing != NULL) {
        target->closing->pdo = target->target_pdo;
        target->closing->file = target->target_file;
        target->closing->handle = target->target_handle;
        target->closing = NULL;
    }
    target->target_device = NULL;
    target->target_pdo = NULL;
    target->target_file = NULL;
    target->target_handle = NULL;
    target->stack_size = 0;
}

void fx_target_close(struct fx_target *target, WDF_IO_TARGET_STATE state,
                     struct fx_target_gone *out_gone)
{
    LIST_ENTRY pended;
    BOOLEAN wait;
    KIRQL irql;

    RtlZeroMemory(out_gone, sizeof(*out_gone));
    InitializeListHead(&pended);
    KeAcquireSpinLock(&target->lock, &irql);
    while (target->is_waiting || target->is_removing) {
        KeReleaseSpinLock(&target->lock, irql);
        sent_wait(target);
        KeAcquireSpinLock(&target->lock, &irql);
        if (KeReadStateEvent(&target->sent_empty))
            target->is_waiting = FALSE;
    }
    target->state = state;
    target->closing = out_gone;
    fx_pended_take_locked(target, FALSE, &pended);
    wait = !IsListEmpty(&target->sent) || !IsListEmpty(&target->ignored);
    if (wait) {
        target->is_removing = TRUE;
        KeClearEvent(&target->sent_empty);
    } else {
        fx_target_forget_device_locked(target);
        KeSetEvent(&target->sent_empty, IO_NO_INCREMENT, FALSE);
    }
    KeReleaseSpinLock(&target->lock, irql);
    fx_pended_fail(&pended, STATUS_WDF_DEVICE_REMOVED_NOT_SENT);
    if (wait) {
        sent_cancel(target, TRUE);
        sent_wait(target);
    }
}

void fx_target_wait_gone(struct fx_target *target)
{
    if (InterlockedDecrement(&target->outstanding) != 0)
        fx_wait(target->object.globals, &target->gone, "the last request of WDFIOTARGET",
                fx_handle_of(&target->object));
}
