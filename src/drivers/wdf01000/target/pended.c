/* SPDX-License-Identifier: MIT */
/* pended.c - requests that wait for a stopped target to start.
 *
 * The IRP of such a request has our cancel routine, so that whoever sent it to this driver may
 * cancel it as well. One stack location is used up meanwhile, for an IRP of our own has none that
 * the cancellation could find. Who takes the cancel routine out takes the request off the list.
 */
#include "target_internal.h"

static DRIVER_CANCEL pended_cancel;

/* target->lock is held. */
static void pended_remove_locked(struct fx_request *request)
{
    RemoveEntryList(&request->send.entry);
    InitializeListHead(&request->send.entry);
    request->send.flags &= ~FX_SEND_PENDED;
    IoSkipCurrentIrpStackLocation(request->irp);
}

static VOID NTAPI pended_cancel(PDEVICE_OBJECT device, PIRP irp)
{
    struct fx_request *request = irp->Tail.Overlay.DriverContext[3];
    struct fx_target *target = request->send.target;
    LIST_ENTRY failed;
    KIRQL irql;

    UNREFERENCED_PARAMETER(device);
    IoReleaseCancelSpinLock(irp->CancelIrql);
    InitializeListHead(&failed);
    KeAcquireSpinLock(&target->lock, &irql);
    pended_remove_locked(request);
    KeReleaseSpinLock(&target->lock, irql);
    InsertTailList(&failed, &request->send.entry);
    fx_pended_fail(&failed, STATUS_CANCELLED);
}

NTSTATUS fx_pended_add_locked(struct fx_target *target, struct fx_request *request)
{
    PIRP irp = request->irp;

    request->send.flags |= FX_SEND_PENDED;
    IoSetNextIrpStackLocation(irp);
    irp->Tail.Overlay.DriverContext[3] = request;
    InsertTailList(&target->pended, &request->send.entry);
    IoSetCancelRoutine(irp, pended_cancel);
    if (irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL) {
        pended_remove_locked(request);
        return STATUS_CANCELLED;
    }
    return STATUS_SUCCESS;
}

void fx_pended_take_locked(struct fx_target *target, BOOLEAN to_send, LIST_ENTRY *out_list)
{
    LIST_ENTRY *entry, *next;

    for (entry = target->pended.Flink; entry != &target->pended; entry = next) {
        struct fx_request *request = CONTAINING_RECORD(entry, struct fx_request, send.entry);

        next = entry->Flink;
        if (IoSetCancelRoutine(request->irp, NULL) == NULL)
            continue; /* its cancel routine has been called and will take it off */
        pended_remove_locked(request);
        if (to_send && (!fx_timer_stop_locked(request) ||
                        InterlockedDecrement(&request->send.completers) != 0)) {
            /* Somebody cancels it, or its time is out: his hand is the last. */
            request->irp->IoStatus.Status = STATUS_CANCELLED;
            request->irp->IoStatus.Information = 0;
            request->send.flags |= FX_SEND_COMPLETED;
            continue;
        }
        InsertTailList(out_list, entry);
    }
}

void fx_pended_send(struct fx_target *target, LIST_ENTRY *list)
{
    while (!IsListEmpty(list)) {
        struct fx_request *request =
            CONTAINING_RECORD(RemoveHeadList(list), struct fx_request, send.entry);
        ULONG action;
        KIRQL irql;

        InitializeListHead(&request->send.entry);
        action = fx_send_submit(target, request, 0, 0);
        if (action & FX_SUBMIT_SEND) {
            fx_target_call(target, request->irp);
        } else if (action == 0) {
            /* The target has changed again, or it was cancelled: it ends as it is. */
            request->irp->IoStatus.Information = 0;
            KeAcquireSpinLock(&target->lock, &irql);
            fx_send_forget_locked(target, request);
            KeReleaseSpinLock(&target->lock, irql);
            fx_send_finish(target, request, FALSE); /* with the reference from before */
            continue;
        }
        fx_object_deref(&request->object);
        fx_target_let_go(target);
    }
}

void fx_pended_fail(LIST_ENTRY *list, NTSTATUS status)
{
    while (!IsListEmpty(list)) {
        struct fx_request *request =
            CONTAINING_RECORD(RemoveHeadList(list), struct fx_request, send.entry);

        InitializeListHead(&request->send.entry);
        request->irp->IoStatus.Status = status;
        request->irp->IoStatus.Information = 0;
        fx_send_came_back(request);
    }
}
