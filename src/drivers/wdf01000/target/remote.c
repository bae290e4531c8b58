/* SPDX-License-Identifier: MIT */
/* remote.c - targets that a driver opens: by name, by device object, or again after a removal.
 *
 * An open target has a file object of the device and is told when that device is about to go. A
 * driver that gave no callbacks for that gets the documented behaviour: closed for the query,
 * opened again when the removal is cancelled, closed for good when it is done. open_state is
 * changed under target->lock; who finds OPENING waits for `opened`.
 */
#include "target_internal.h"

#include <wdmguid.h>

enum fx_remote_state { FX_REMOTE_CLOSED, FX_REMOTE_OPENING, FX_REMOTE_OPEN };

struct fx_remote {
    enum fx_remote_state open_state; /* guarded by target->lock */
    KEVENT opened;                   /* set while nobody opens it */
    PVOID notification;
    PFN_WDF_IO_TARGET_QUERY_REMOVE query_remove;
    PFN_WDF_IO_TARGET_REMOVE_CANCELED remove_canceled;
    PFN_WDF_IO_TARGET_REMOVE_COMPLETE remove_complete;
    /* What was opened by name, to open it again; Name.Buffer and EaBuffer are ours. */
    WDF_IO_TARGET_OPEN_PARAMS again;
    LARGE_INTEGER allocation_size;
};

static DRIVER_NOTIFICATION_CALLBACK_ROUTINE target_notified;

NTSTATUS fx_remote_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                          struct fx_device *device, struct fx_target **out_target)
{
    struct fx_target *target;
    struct fx_object *object;
    struct fx_remote *remote;
    NTSTATUS status;

    remote = ExAllocatePoolZero(NonPagedPoolNx, sizeof(*remote), FX_TAG);
    if (remote == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = fx_object_create(globals, &fx_type_target, 0, attributes, &device->object, &object);
    if (NT_SUCCESS(status) && object->device != device) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfIoTargetCreate: the parent in the attributes is not below WDFDEVICE %p",
               fx_handle_of(&device->object));
        fx_object_abandon(object);
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(remote, FX_TAG);
        return status;
    }
    target = (struct fx_target *)object;
    target->remote = remote;
    KeInitializeEvent(&remote->opened, NotificationEvent, TRUE);
    fx_target_init(target, FX_TARGET_REMOTE, device);
    target->state = WdfIoTargetClosed;
    *out_target = target;
    return STATUS_SUCCESS;
}

static void again_clear(struct fx_remote *remote)
{
    if (remote->again.TargetDeviceName.Buffer != NULL)
        ExFreePoolWithTag(remote->again.TargetDeviceName.Buffer, FX_TAG);
    if (remote->again.EaBuffer != NULL)
        ExFreePoolWithTag(remote->again.EaBuffer, FX_TAG);
    RtlZeroMemory(&remote->again, sizeof(remote->again));
}

void fx_remote_destroy(struct fx_target *target)
{
    again_clear(target->remote);
    ExFreePoolWithTag(target->remote, FX_TAG);
    target->remote = NULL;
}

/* Copies what a later reopen needs; *out_again is freed with again_clear's rules. */
static NTSTATUS again_copy(const WDF_IO_TARGET_OPEN_PARAMS *params,
                           WDF_IO_TARGET_OPEN_PARAMS *out_again)
{
    UNICODE_STRING *name = &out_again->TargetDeviceName;

    *out_again = *params;
    out_again->EaBuffer = NULL;
    name->MaximumLength = name->Length;
    name->Buffer = ExAllocatePoolWithTag(PagedPool, name->Length, FX_TAG);
    if (name->Buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(name->Buffer, params->TargetDeviceName.Buffer, name->Length);
    if (params->EaBuffer == NULL || params->EaBufferLength == 0)
        return STATUS_SUCCESS;
    out_again->EaBuffer = ExAllocatePoolWithTag(PagedPool, params->EaBufferLength, FX_TAG);
    if (out_again->EaBuffer == NULL) {
        ExFreePoolWithTag(name->Buffer, FX_TAG);
        name->Buffer = NULL;
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlCopyMemory(out_again->EaBuffer, params->EaBuffer, params->EaBufferLength);
    return STATUS_SUCCESS;
}

/* CLOSED to OPENING. */
static NTSTATUS opening_begin(struct fx_target *target)
{
    struct fx_remote *remote = target->remote;
    NTSTATUS status = STATUS_INVALID_DEVICE_STATE;
    KIRQL irql;

    KeAcquireSpinLock(&target->lock, &irql);
    if (target->state != WdfIoTargetDeleted && remote->open_state == FX_REMOTE_CLOSED) {
        remote->open_state = FX_REMOTE_OPENING;
        KeClearEvent(&remote->opened);
        status = STATUS_SUCCESS;
    }
    KeReleaseSpinLock(&target->lock, irql);
    if (!NT_SUCCESS(status))
        fx_log(target->object.globals, FX_LOG_ERROR,
               "WDFIOTARGET %p is opened, but it is open already or being deleted",
               fx_handle_of(&target->object));
    return status;
}

/* OPENING to OPEN (and started), or back to CLOSED. */
static NTSTATUS opening_end(struct fx_target *target, NTSTATUS status)
{
    struct fx_remote *remote = target->remote;
    LIST_ENTRY pended;
    KIRQL irql;

    InitializeListHead(&pended);
    KeAcquireSpinLock(&target->lock, &irql);
    if (NT_SUCCESS(status) && target->state == WdfIoTargetDeleted)
        status = STATUS_INVALID_DEVICE_STATE;
    remote->open_state = NT_SUCCESS(status) ? FX_REMOTE_OPEN : FX_REMOTE_CLOSED;
    if (NT_SUCCESS(status)) {
        target->state = WdfIoTargetStarted;
        fx_pended_take_locked(target, TRUE, &pended);
    }
    KeSetEvent(&remote->opened, IO_NO_INCREMENT, FALSE);
    KeReleaseSpinLock(&target->lock, irql);
    if (NT_SUCCESS(status))
        fx_pended_send(target, &pended);
    return status;
}

/* The file by name; params->FileInformation says how. */
static NTSTATUS name_open(const WDF_IO_TARGET_OPEN_PARAMS *params, LONGLONG *allocation_size,
                          HANDLE *out_handle, PFILE_OBJECT *out_file, ULONG *out_information)
{
    UNICODE_STRING name = params->TargetDeviceName;
    LARGE_INTEGER allocation;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK outcome = {0};
    NTSTATUS status;

    if (allocation_size != NULL)
        allocation.QuadPart = *allocation_size;
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    status = ZwCreateFile(out_handle, params->DesiredAccess, &attributes, &outcome,
                          allocation_size != NULL ? &allocation : NULL, params->FileAttributes,
                          params->ShareAccess, params->CreateDisposition, params->CreateOptions,
                          params->EaBuffer, params->EaBufferLength);
    *out_information = (ULONG)outcome.Information;
    if (!NT_SUCCESS(status)) {
        *out_handle = NULL;
        return status;
    }
    status = ObReferenceObjectByHandle(*out_handle, params->DesiredAccess, *IoFileObjectType,
                                       KernelMode, (PVOID *)out_file, NULL);
    if (!NT_SUCCESS(status)) {
        ZwClose(*out_handle);
        *out_handle = NULL;
    }
    return status;
}

/* The PDO of the stack that was opened, referenced; NULL: it has none. */
static NTSTATUS physical_device(PDEVICE_OBJECT device, PDEVICE_OBJECT *out_pdo)
{
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(device);
    PIRP irp = IoAllocateIrp(top->StackSize, FALSE);
    PIO_STACK_LOCATION next;
    DEVICE_RELATIONS *relations;

    *out_pdo = NULL;
    if (irp == NULL) {
        ObDereferenceObject(top);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = IRP_MJ_PNP;
    next->MinorFunction = IRP_MN_QUERY_DEVICE_RELATIONS;
    next->Parameters.QueryDeviceRelations.Type = TargetDeviceRelation;
    if (NT_SUCCESS(fx_irp_call_wait(top, irp))) {
        relations = (DEVICE_RELATIONS *)irp->IoStatus.Information;
        if (relations != NULL) {
            *out_pdo = relations->Objects[0];
            ExFreePool(relations);
        }
    }
    IoFreeIrp(irp);
    ObDereferenceObject(top);
    return STATUS_SUCCESS;
}

static void notification_remove(struct fx_remote *remote)
{
    PVOID entry = InterlockedExchangePointer(&remote->notification, NULL);

    if (entry != NULL)
        IoUnregisterPlugPlayNotificationEx(entry);
}

/* Aims the target at what was opened and asks to be told of its removal. */
static NTSTATUS opened_take(struct fx_target *target, const WDF_IO_TARGET_OPEN_PARAMS *params,
                            PDEVICE_OBJECT device, PFILE_OBJECT file, HANDLE handle)
{
    struct fx_remote *remote = target->remote;
    PDEVICE_OBJECT pdo;
    NTSTATUS status;

    status = physical_device(device, &pdo);
    if (!NT_SUCCESS(status))
        return status;
    fx_target_aim(target, device, pdo, file);
    target->target_handle = handle;
    if (file == NULL)
        return STATUS_SUCCESS;
    remote->query_remove = params->EvtIoTargetQueryRemove;
    remote->remove_canceled = params->EvtIoTargetRemoveCanceled;
    remote->remove_complete = params->EvtIoTargetRemoveComplete;
    status = IoRegisterPlugPlayNotification(EventCategoryTargetDeviceChange, 0, file,
                                            target->object.globals->driver_object, target_notified,
                                            target, &remote->notification);
    if (!NT_SUCCESS(status))
        /* Devices outside Plug and Play have nothing to tell. */
        remote->notification = NULL;
    return STATUS_SUCCESS;
}

NTSTATUS fx_remote_open(struct fx_target *target, PWDF_IO_TARGET_OPEN_PARAMS params)
{
    struct fx_remote *remote = target->remote;
    BOOLEAN is_again = params->Type == WdfIoTargetOpenReopen;
    BOOLEAN by_name = is_again || params->Type == WdfIoTargetOpenByName;
    WDF_IO_TARGET_OPEN_PARAMS kept;
    PDEVICE_OBJECT device = params->TargetDeviceObject;
    PFILE_OBJECT file = params->TargetFileObject;
    HANDLE handle = NULL;
    LONGLONG *allocation;
    NTSTATUS status;

    RtlZeroMemory(&kept, sizeof(kept));
    if (is_again && remote->again.Type != WdfIoTargetOpenByName) {
        fx_log(target->object.globals, FX_LOG_ERROR,
               "WDFIOTARGET %p is reopened but was not opened by name before",
               fx_handle_of(&target->object));
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = opening_begin(target);
    if (!NT_SUCCESS(status))
        return status;
    notification_remove(remote);
    if (by_name && !is_again)
        status = again_copy(params, &kept);
    if (!NT_SUCCESS(status))
        goto out;
    if (by_name) {
        if (!is_again) {
            again_clear(remote);
            remote->again = kept;
            if (params->AllocationSize != NULL)
                remote->allocation_size.QuadPart = *params->AllocationSize;
        }
        allocation =
            remote->again.AllocationSize != NULL ? &remote->allocation_size.QuadPart : NULL;
        status = name_open(&remote->again, allocation, &handle, &file, &params->FileInformation);
        if (!NT_SUCCESS(status)) {
            if (!is_again)
                again_clear(remote);
            goto out;
        }
        device = IoGetRelatedDeviceObject(file);
    } else {
        again_clear(remote);
        remote->again.Type = params->Type;
        if (file != NULL)
            ObReferenceObject(file);
    }
    status = opened_take(target, is_again ? &remote->again : params, device, file, handle);
    if (!NT_SUCCESS(status)) {
        if (file != NULL)
            ObDereferenceObject(file);
        if (handle != NULL)
            ZwClose(handle);
    }

out:
    return opening_end(target, status);
}

static void gone_release(const struct fx_target_gone *gone)
{
    if (gone->pdo != NULL)
        ObDereferenceObject(gone->pdo);
    if (gone->file != NULL)
        ObDereferenceObject(gone->file);
    if (gone->handle != NULL)
        ZwClose(gone->handle);
}

/* OPEN (or whatever it is) to CLOSED. */
static void closing_begin(struct fx_target *target)
{
    struct fx_remote *remote = target->remote;
    KIRQL irql;

    KeAcquireSpinLock(&target->lock, &irql);
    while (remote->open_state == FX_REMOTE_OPENING) {
        KeReleaseSpinLock(&target->lock, irql);
        KeWaitForSingleObject(&remote->opened, Executive, KernelMode, FALSE, NULL);
        KeAcquireSpinLock(&target->lock, &irql);
    }
    remote->open_state = FX_REMOTE_CLOSED;
    KeReleaseSpinLock(&target->lock, irql);
}

void fx_remote_close(struct fx_target *target, BOOLEAN is_query_remove)
{
    WDF_IO_TARGET_STATE state =
        is_query_remove ? WdfIoTargetClosedForQueryRemove : WdfIoTargetClosed;
    struct fx_target_gone gone;

    closing_begin(target);
    if (!is_query_remove)
        notification_remove(target->remote);
    fx_target_close(target, state, &gone);
    gone_release(&gone);
}

void fx_remote_dispose(struct fx_target *target)
{
    struct fx_target_gone gone;

    closing_begin(target);
    notification_remove(target->remote);
    fx_target_close(target, WdfIoTargetDeleted, &gone);
    gone_release(&gone);
}

static NTSTATUS target_query_remove(struct fx_target *target)
{
    if (target->remote->query_remove != NULL)
        return target->remote->query_remove(fx_handle_of(&target->object));
    fx_remote_close(target, TRUE);
    return STATUS_SUCCESS;
}

static NTSTATUS target_remove_canceled(struct fx_target *target)
{
    WDF_IO_TARGET_OPEN_PARAMS params;

    if (target->remote->remove_canceled != NULL) {
        target->remote->remove_canceled(fx_handle_of(&target->object));
        return STATUS_SUCCESS;
    }
    WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(&params);
    return fx_remote_open(target, &params);
}

static NTSTATUS NTAPI target_notified(PVOID structure, PVOID context)
{
    const TARGET_DEVICE_REMOVAL_NOTIFICATION *notice = structure;
    struct fx_target *target = context;
    NTSTATUS status = STATUS_SUCCESS;

    fx_object_ref(&target->object);
    if (IsEqualGUID(&notice->Event, &GUID_TARGET_DEVICE_QUERY_REMOVE)) {
        status = target_query_remove(target);
    } else if (IsEqualGUID(&notice->Event, &GUID_TARGET_DEVICE_REMOVE_CANCELLED)) {
        status = target_remove_canceled(target);
    } else if (IsEqualGUID(&notice->Event, &GUID_TARGET_DEVICE_REMOVE_COMPLETE)) {
        if (target->remote->remove_complete != NULL)
            target->remote->remove_complete(fx_handle_of(&target->object));
        else
            fx_remote_close(target, FALSE);
    }
    fx_object_deref(&target->object);
    return status;
}
