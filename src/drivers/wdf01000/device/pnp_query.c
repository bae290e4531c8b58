/* SPDX-License-Identifier: MIT */
/* pnp_query.c - PnP's questions that change no state, for every kind of device.
 *
 * In: the IRP, inside the device's count; out: completed (a PDO, or an error that ends it), or
 * sent down with what this device added, and the count is left.
 */
#include "child_list.h"

static NTSTATUS query_complete(struct fx_device *device, IRP *irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    fx_device_irp_leave(device, NULL);
    return status;
}

static NTSTATUS query_pass(struct fx_device *device, IRP *irp)
{
    NTSTATUS status;

    IoSkipCurrentIrpStackLocation(irp);
    status = IoCallDriver(device->lower, irp);
    fx_device_irp_leave(device, NULL);
    return status;
}

/* Bus relations of an FDO are added to before the lower drivers see them. */
static NTSTATUS query_relations(struct fx_device *device, IRP *irp)
{
    NTSTATUS status;

    fx_pnp_relations_query(device,
                           IoGetCurrentIrpStackLocation(irp)->Parameters.QueryDeviceRelations.Type);
    status = relations_query(device, irp);
    if (status != STATUS_NOT_SUPPORTED)
        irp->IoStatus.Status = status;
    if (device->kind == FX_DEVICE_PDO || (!NT_SUCCESS(status) && status != STATUS_NOT_SUPPORTED))
        return query_complete(device, irp, irp->IoStatus.Status);
    return query_pass(device, irp);
}

static NTSTATUS query_interface(struct fx_device *device, IRP *irp)
{
    NTSTATUS status = irp->IoStatus.Status;
    BOOLEAN answered = query_interface_answer(device, irp, &status);

    if (device->kind == FX_DEVICE_PDO)
        return query_complete(device, irp, status);
    if (!answered)
        return query_pass(device, irp);
    irp->IoStatus.Status = status;
    /* A failed answer ends it; a good one may be seen by those below. */
    return NT_SUCCESS(status) ? query_pass(device, irp) : query_complete(device, irp, status);
}

NTSTATUS fx_device_pnp_query(struct fx_device *device, IRP *irp)
{
    switch (IoGetCurrentIrpStackLocation(irp)->MinorFunction) {
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        return query_relations(device, irp);
    case IRP_MN_QUERY_INTERFACE:
        return query_interface(device, irp);
    default:
        if (device->kind == FX_DEVICE_PDO)
            return query_complete(device, irp, pdo_query(device, irp));
        return query_pass(device, irp);
    }
}

/* --- what the pnp room asks of children --- */

static BOOLEAN list_scan(struct fx_object *object, void *context)
{
    struct fx_child_list *list = (struct fx_child_list *)object;

    UNREFERENCED_PARAMETER(context);
    if (list->config.EvtChildListScanForChildren != NULL)
        FX_WATCHED(object->globals, list->config.EvtChildListScanForChildren,
                   list->config.EvtChildListScanForChildren(child_list_handle(list)));
    return TRUE;
}

void fx_child_lists_scan(struct fx_device *device)
{
    fx_object_children(&device->object, &fx_type_child_list, list_scan, NULL);
}

/* A child of this list that the walk has not seen: its PDO, referenced. */
static struct fx_device *unseen_take(LIST_ENTRY *children, ULONG walk)
{
    LIST_ENTRY *at;

    for (at = children->Flink; at != children; at = at->Flink) {
        struct fx_child *child = CONTAINING_RECORD(at, struct fx_child, entry);

        if (child->pdo == NULL || child->walk == walk)
            continue;
        child->walk = walk;
        fx_object_ref(&child->pdo->object);
        return child->pdo;
    }
    return NULL;
}

static struct fx_device *child_next(struct fx_device *device, ULONG walk)
{
    struct fx_device_own *own = device->own;
    struct fx_device *pdo;
    LIST_ENTRY *at;
    KIRQL irql;

    KeAcquireSpinLock(&own->child_lock, &irql);
    pdo = unseen_take(&own->static_children, walk);
    for (at = own->child_lists.Flink; pdo == NULL && at != &own->child_lists; at = at->Flink) {
        struct fx_child_list *list = CONTAINING_RECORD(at, struct fx_child_list, device_entry);

        KeAcquireSpinLockAtDpcLevel(&list->lock);
        pdo = unseen_take(&list->children, walk);
        KeReleaseSpinLockFromDpcLevel(&list->lock);
    }
    KeReleaseSpinLock(&own->child_lock, irql);
    return pdo;
}

void fx_child_lists_visit(struct fx_device *device,
                          void (*visit)(struct fx_device *child, void *context), void *context)
{
    ULONG walk = (ULONG)InterlockedIncrement(&device->own->walks);
    struct fx_device *pdo;

    while ((pdo = child_next(device, walk)) != NULL) {
        visit(pdo, context);
        fx_object_deref(&pdo->object);
    }
}

static void child_count(struct fx_device *child, void *context)
{
    UNREFERENCED_PARAMETER(child);
    *(BOOLEAN *)context = TRUE;
}

BOOLEAN fx_child_lists_any(struct fx_device *device)
{
    BOOLEAN any = FALSE;

    fx_child_lists_visit(device, child_count, &any);
    return any;
}

static void child_visit_end(struct fx_device *child, void *context)
{
    UNREFERENCED_PARAMETER(context);
    child_end(child);
}

void fx_child_lists_removed(struct fx_device *device)
{
    fx_child_lists_visit(device, child_visit_end, NULL);
}
