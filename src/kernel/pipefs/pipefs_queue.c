/* SPDX-License-Identifier: MIT */
/* pipefs_queue.c - requests that wait, and requests that are done.
 *
 * Invariant: an IRP in a queue has a cancel routine; who exchanges it for NULL owns the IRP. A
 * cancelled one takes itself out of its queue under the lock.
 */
#include "pipefs_internal.h"

KSPIN_LOCK pipefs_lock;

#define ENTRY(irp)         (&(irp)->Tail.Overlay.ListEntry)
#define IRP_OF(entry)      CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry)
#define PARCEL_OF(irp)     ((irp)->Tail.Overlay.DriverContext[0])
#define PARCEL_END_OF(irp) ((irp)->Tail.Overlay.DriverContext[1])

void finished_init(struct finished *finished)
{
    InitializeListHead(&finished->irps);
}

void finished_add(struct finished *finished, PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    InsertTailList(&finished->irps, ENTRY(irp));
}

void finished_complete(struct finished *finished)
{
    while (!IsListEmpty(&finished->irps))
        IoCompleteRequest(IRP_OF(RemoveHeadList(&finished->irps)), IO_NO_INCREMENT);
}

static VOID NTAPI queue_cancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;
    (void)DeviceObject;
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&pipefs_lock, &irql);
    RemoveEntryList(ENTRY(Irp));
    struct parcel *parcel = PARCEL_OF(Irp);
    if (parcel != NULL) {
        struct end *to = PARCEL_END_OF(Irp);
        to->waiting_bytes -= parcel->length - parcel->taken;
        list_remove(&parcel->link);
    }
    KeReleaseSpinLock(&pipefs_lock, irql);
    if (parcel != NULL)
        ExFreePoolWithTag(parcel, PIPEFS_TAG);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static NTSTATUS irp_wait(PIRP irp, struct parcel *parcel, struct end *to)
{
    PARCEL_OF(irp) = parcel;
    PARCEL_END_OF(irp) = to;
    IoMarkIrpPending(irp);
    (void)IoSetCancelRoutine(irp, queue_cancel);
    if (irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL)
        return STATUS_CANCELLED;
    return STATUS_PENDING;
}

NTSTATUS queue_put(LIST_ENTRY *queue, PIRP irp)
{
    InsertTailList(queue, ENTRY(irp));
    NTSTATUS status = irp_wait(irp, NULL, NULL);
    if (status != STATUS_PENDING)
        RemoveEntryList(ENTRY(irp));
    return status;
}

PIRP queue_take(LIST_ENTRY *queue)
{
    while (!IsListEmpty(queue)) {
        LIST_ENTRY *entry = RemoveHeadList(queue);
        InitializeListHead(entry); /* the cancel routine may remove it again */
        if (IoSetCancelRoutine(IRP_OF(entry), NULL) != NULL)
            return IRP_OF(entry);
    }
    return NULL;
}

void queue_empty(LIST_ENTRY *queue, NTSTATUS status, struct finished *finished)
{
    PIRP irp;
    while ((irp = queue_take(queue)) != NULL)
        finished_add(finished, irp, status, 0);
}

NTSTATUS parcel_wait(struct parcel *parcel, struct end *to, PIRP irp)
{
    InitializeListHead(ENTRY(irp));
    parcel->irp = irp;
    NTSTATUS status = irp_wait(irp, parcel, to);
    if (status != STATUS_PENDING)
        parcel->irp = NULL;
    return status;
}
