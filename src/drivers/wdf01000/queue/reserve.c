/* SPDX-License-Identifier: MIT */
/* reserve.c - forward progress: requests made ahead for when memory has run out.
 *
 * In: a received IRP for which no request (or no resources of the driver's) could be had. Out: a
 * reserved request for it, or the IRP waiting until one comes back, or failed by policy. Always:
 * total == free + in use, and an IRP that waits here has the reserve's cancel routine.
 */
#include "queue_internal.h"

struct fx_reserve {
    struct fx_queue *queue;
    WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY policy;
    KSPIN_LOCK lock; /* guards: what follows; a leaf */
    LIST_ENTRY free; /* struct fx_request, by entry */
    LIST_ENTRY irps; /* that wait, by Tail.Overlay.ListEntry */
};

static BOOLEAN fx_irp_is_paging(PIRP irp)
{
    return (irp->Flags & (IRP_PAGING_IO | IRP_SYNCHRONOUS_PAGING_IO)) != 0;
}

static void fx_reserve_free_all(struct fx_reserve *reserve)
{
    while (!IsListEmpty(&reserve->free)) {
        struct fx_request *request =
            CONTAINING_RECORD(RemoveHeadList(&reserve->free), struct fx_request, entry);

        fx_object_delete(&request->object);
    }
}

NTSTATUS fx_reserve_create(struct fx_queue *queue,
                           const WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY *policy)
{
    struct fx_reserve *reserve;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG number;

    if (queue->reserve != NULL)
        return STATUS_INVALID_DEVICE_REQUEST;
    reserve = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*reserve), FX_TAG);
    if (reserve == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(reserve, sizeof(*reserve));
    reserve->queue = queue;
    reserve->policy = *policy;
    KeInitializeSpinLock(&reserve->lock);
    InitializeListHead(&reserve->free);
    InitializeListHead(&reserve->irps);
    for (number = 0; number < policy->TotalForwardProgressRequests; number++) {
        struct fx_request *request;

        status = fx_request_create_reserved(queue->device, reserve, &request);
        if (!NT_SUCCESS(status))
            break;
        request->queue = queue;
        if (policy->EvtIoAllocateResourcesForReservedRequest != NULL)
            status = policy->EvtIoAllocateResourcesForReservedRequest(
                fx_handle_of(&queue->object), fx_handle_of(&request->object));
        if (!NT_SUCCESS(status)) {
            fx_object_delete(&request->object);
            break;
        }
        InsertTailList(&reserve->free, &request->entry);
    }
    if (!NT_SUCCESS(status)) {
        fx_reserve_free_all(reserve);
        ExFreePoolWithTag(reserve, FX_TAG);
        return status;
    }
    queue->reserve = reserve;
    return STATUS_SUCCESS;
}

void fx_reserve_destroy(struct fx_queue *queue)
{
    fx_reserve_free_all(queue->reserve);
    ExFreePoolWithTag(queue->reserve, FX_TAG);
    queue->reserve = NULL;
}

static void NTAPI fx_reserve_cancel_irp(PDEVICE_OBJECT wdm, PIRP irp)
{
    struct fx_reserve *reserve = irp->Tail.Overlay.DriverContext[0];
    KIRQL irql;

    UNREFERENCED_PARAMETER(wdm);
    IoReleaseCancelSpinLock(irp->CancelIrql);
    KeAcquireSpinLock(&reserve->lock, &irql);
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&reserve->lock, irql);
    irp->IoStatus.Status = STATUS_CANCELLED;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

/* An IRP that waits, with its cancel routine taken away; of one file object, or any. */
static PIRP fx_reserve_irp_locked(struct fx_reserve *reserve, PFILE_OBJECT file)
{
    PLIST_ENTRY entry;

    for (entry = reserve->irps.Flink; entry != &reserve->irps; entry = entry->Flink) {
        PIRP irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

        if ((file == NULL || IoGetCurrentIrpStackLocation(irp)->FileObject == file) &&
            IoSetCancelRoutine(irp, NULL) != NULL) {
            RemoveEntryList(entry);
            return irp;
        }
    }
    return NULL;
}

void fx_reserve_cancel(struct fx_queue *queue, PFILE_OBJECT file)
{
    struct fx_reserve *reserve = queue->reserve;
    PIRP irp;
    KIRQL irql;

    do {
        KeAcquireSpinLock(&reserve->lock, &irql);
        irp = fx_reserve_irp_locked(reserve, file);
        KeReleaseSpinLock(&reserve->lock, irql);
        if (irp != NULL) {
            irp->IoStatus.Status = STATUS_CANCELLED;
            irp->IoStatus.Information = 0;
            IoCompleteRequest(irp, IO_NO_INCREMENT);
        }
    } while (irp != NULL);
}

/* The IRP begins to wait. STATUS_CANCELLED: it was cancelled already. */
static NTSTATUS fx_reserve_wait_locked(struct fx_reserve *reserve, PIRP irp)
{
    IoMarkIrpPending(irp);
    irp->Tail.Overlay.DriverContext[0] = reserve;
    InsertTailList(&reserve->irps, &irp->Tail.Overlay.ListEntry);
    IoSetCancelRoutine(irp, fx_reserve_cancel_irp);
    if (irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL) {
        RemoveEntryList(&irp->Tail.Overlay.ListEntry);
        return STATUS_CANCELLED;
    }
    return STATUS_PENDING;
}

/* One that nobody but the reserve holds. */
static struct fx_request *fx_reserve_free_locked(struct fx_reserve *reserve)
{
    PLIST_ENTRY entry;

    for (entry = reserve->free.Flink; entry != &reserve->free; entry = entry->Flink) {
        struct fx_request *request = CONTAINING_RECORD(entry, struct fx_request, entry);

        if (request->object.references == 1) {
            RemoveEntryList(entry);
            return request;
        }
    }
    return NULL;
}

NTSTATUS fx_reserve_take(struct fx_queue *queue, PIRP irp, struct fx_request **out_request)
{
    struct fx_reserve *reserve = queue->reserve;
    WDF_IO_FORWARD_PROGRESS_ACTION action = WdfIoForwardProgressActionUseReservedRequest;
    struct fx_request *request;
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;

    switch (reserve->policy.ForwardProgressReservedPolicy) {
    case WdfIoForwardProgressReservedPolicyPagingIO:
        if (!fx_irp_is_paging(irp))
            action = WdfIoForwardProgressActionFailRequest;
        break;
    case WdfIoForwardProgressReservedPolicyUseExamine:
        action = reserve->policy.ForwardProgressReservePolicySettings.Policy.ExaminePolicy
                     .EvtIoWdmIrpForForwardProgress(fx_handle_of(&queue->object), irp);
        break;
    default:
        break;
    }
    if (action != WdfIoForwardProgressActionUseReservedRequest)
        return STATUS_UNSUCCESSFUL;
    KeAcquireSpinLock(&reserve->lock, &irql);
    request = fx_reserve_free_locked(reserve);
    if (request == NULL)
        status = fx_reserve_wait_locked(reserve, irp);
    KeReleaseSpinLock(&reserve->lock, irql);
    if (status == STATUS_CANCELLED) {
        irp->IoStatus.Status = status;
        irp->IoStatus.Information = 0;
        IoCompleteRequest(irp, IO_NO_INCREMENT);
        return STATUS_PENDING; /* it was marked so */
    }
    if (!NT_SUCCESS(status) || request == NULL)
        return status;
    fx_request_reuse(request, irp);
    *out_request = request;
    return STATUS_SUCCESS;
}

NTSTATUS fx_reserve_ask(struct fx_queue *queue, struct fx_request *request)
{
    PFN_WDF_IO_ALLOCATE_REQUEST_RESOURCES routine =
        queue->reserve->policy.EvtIoAllocateRequestResources;

    if (routine == NULL)
        return STATUS_SUCCESS;
    request->queue = queue;
    return routine(fx_handle_of(&queue->object), fx_handle_of(&request->object));
}

void fx_reserve_return(struct fx_reserve *reserve, struct fx_request *request)
{
    struct fx_queue *queue = reserve->queue;
    PIRP irp;
    KIRQL irql;

    fx_object_ref(&queue->object);
    KeAcquireSpinLock(&reserve->lock, &irql);
    irp = request->object.references == 1 ? fx_reserve_irp_locked(reserve, NULL) : NULL;
    request->queue = queue;
    if (irp == NULL)
        InsertTailList(&reserve->free, &request->entry);
    KeReleaseSpinLock(&reserve->lock, irql);
    if (irp != NULL) {
        fx_request_reuse(request, irp);
        fx_queue_add(queue, request);
    }
    fx_object_deref(&queue->object);
}
