/* SPDX-License-Identifier: MIT */
/* target.c - target objects: made, aimed at a device object, listed under their device, ended.
 *
 * A target is in its device's list from creation to disposal. When it is disposed of, what was sent
 * through it is cancelled and waited for, so no completion routine runs after the target's cleanup.
 */
#include "target_internal.h"

static void target_dispose(struct fx_object *object);
static void target_destroy(struct fx_object *object);

const struct fx_type fx_type_target = {
    .name = "WDFIOTARGET",
    .size = sizeof(struct fx_target),
    .flags = FX_TYPE_PASSIVE,
    .dispose = target_dispose,
    .destroy = target_destroy,
};

void fx_target_init(struct fx_target *target, enum fx_target_kind kind, struct fx_device *device)
{
    KIRQL irql;

    target->kind = kind;
    target->device = device;
    KeInitializeSpinLock(&target->lock);
    InitializeListHead(&target->sent);
    InitializeListHead(&target->ignored);
    InitializeListHead(&target->pended);
    KeInitializeEvent(&target->sent_empty, NotificationEvent, TRUE);
    KeInitializeEvent(&target->gone, NotificationEvent, FALSE);
    target->outstanding = 1;
    target->state = WdfIoTargetStarted;
    KeAcquireSpinLock(&device->lists_lock, &irql);
    InsertTailList(&device->targets, &target->device_entry);
    KeReleaseSpinLock(&device->lists_lock, irql);
}

void fx_target_aim(struct fx_target *target, PDEVICE_OBJECT device, PDEVICE_OBJECT pdo,
                   PFILE_OBJECT file)
{
    target->target_device = device;
    target->target_pdo = pdo;
    target->target_file = file;
    target->stack_size = device->StackSize;
    target->io_flags = device->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO);
}

void fx_target_io_flags_update(struct fx_target *target)
{
    PDEVICE_OBJECT device = target->target_device;

    if (device != NULL)
        target->io_flags = device->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO);
}

NTSTATUS fx_target_default_create(struct fx_device *device, struct fx_target **out_target)
{
    struct fx_object *object;
    NTSTATUS status;

    status = fx_object_create(device->object.globals, &fx_type_target, 0, NULL, &device->object,
                              &object);
    if (!NT_SUCCESS(status))
        return status;
    object->flags |= FX_OBJECT_NO_DELETE;
    fx_target_init((struct fx_target *)object, FX_TARGET_LOCAL, device);
    fx_target_aim((struct fx_target *)object, device->lower, device->physical, NULL);
    *out_target = (struct fx_target *)object;
    return STATUS_SUCCESS;
}

/* Out of the device's list; TRUE: it was in it. */
static BOOLEAN target_unlist(struct fx_target *target)
{
    BOOLEAN was_listed;
    KIRQL irql;

    KeAcquireSpinLock(&target->device->lists_lock, &irql);
    was_listed = !IsListEmpty(&target->device_entry);
    RemoveEntryList(&target->device_entry);
    InitializeListHead(&target->device_entry);
    KeReleaseSpinLock(&target->device->lists_lock, irql);
    return was_listed;
}

static void target_dispose(struct fx_object *object)
{
    struct fx_target *target = (struct fx_target *)object;
    struct fx_target_gone gone;

    if (target->device == NULL) /* abandoned before it was prepared */
        return;
    target_unlist(target);
    if (target->kind == FX_TARGET_REMOTE)
        fx_remote_dispose(target);
    else
        fx_target_close(target, WdfIoTargetDeleted, &gone);
    fx_target_wait_gone(target);
}

static void target_destroy(struct fx_object *object)
{
    struct fx_target *target = (struct fx_target *)object;

    if (target->remote != NULL)
        fx_remote_destroy(target);
}

/* The next target of the device that is not closed for good, referenced; NULL: no more. */
static struct fx_target *target_open_find(struct fx_device *device)
{
    struct fx_target *target, *found = NULL;
    LIST_ENTRY *entry;
    KIRQL irql;

    KeAcquireSpinLock(&device->lists_lock, &irql);
    for (entry = device->targets.Flink; entry != &device->targets; entry = entry->Flink) {
        target = CONTAINING_RECORD(entry, struct fx_target, device_entry);
        if (target->state == WdfIoTargetDeleted || target->object.state != FX_OBJECT_ALIVE)
            continue;
        fx_object_ref(&target->object);
        found = target;
        break;
    }
    KeReleaseSpinLock(&device->lists_lock, irql);
    return found;
}

void fx_targets_purge(struct fx_device *device)
{
    struct fx_target_gone gone;
    struct fx_target *target;

    for (;;) {
        target = target_open_find(device);
        if (target == NULL)
            return;
        if (target->kind == FX_TARGET_REMOTE)
            fx_remote_dispose(target);
        else
            fx_target_close(target, WdfIoTargetDeleted, &gone);
        fx_object_deref(&target->object);
    }
}

/* The completion of a request that the Framework itself waits for. */
static NTSTATUS NTAPI query_completed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS fx_irp_call_wait(PDEVICE_OBJECT device, PIRP irp)
{
    NTSTATUS status;
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    IoSetCompletionRoutine(irp, query_completed, &event, TRUE, TRUE, TRUE);
    status = IoCallDriver(device, irp);
    if (status == STATUS_PENDING)
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    return irp->IoStatus.Status;
}

NTSTATUS fx_interface_query(PDEVICE_OBJECT device, const GUID *type, PINTERFACE out_interface,
                            USHORT size, USHORT version, PVOID specific)
{
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(device);
    PIRP irp = IoAllocateIrp(top->StackSize, FALSE);
    PIO_STACK_LOCATION next;
    NTSTATUS status;

    if (irp == NULL) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto out;
    }
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = IRP_MJ_PNP;
    next->MinorFunction = IRP_MN_QUERY_INTERFACE;
    next->Parameters.QueryInterface.InterfaceType = type;
    next->Parameters.QueryInterface.Size = size;
    next->Parameters.QueryInterface.Version = version;
    next->Parameters.QueryInterface.Interface = out_interface;
    next->Parameters.QueryInterface.InterfaceSpecificData = specific;
    status = fx_irp_call_wait(top, irp);
    IoFreeIrp(irp);

out:
    ObDereferenceObject(top);
    return status;
}
