/* SPDX-License-Identifier: MIT */
/* file.c - file objects: create, cleanup and close of a device.
 *
 * In: the three IRPs. Out: a WDFFILEOBJECT made before the driver hears of the create, found again
 * by the way the driver's WDF_FILEOBJECT_CLASS allows, gone after the close (or a failed create).
 * Always: a create that the driver takes part in is a request in a queue; the others never are.
 */
#include "request_internal.h"

const struct fx_type fx_type_file = {
    .name = "WDFFILEOBJECT",
    .size = sizeof(struct fx_file),
    .flags = FX_TYPE_NO_DELETE | FX_TYPE_LEVEL_ALLOWED | FX_TYPE_SCOPE_ALLOWED,
};

/* How the device's file objects are found; WdfFileObjectNotRequired: there are none. */
static ULONG fx_file_class(const struct fx_device *device)
{
    if (!device->has_file_config)
        return WdfFileObjectNotRequired;
    return (ULONG)device->file.FileObjectClass & ~(ULONG)WdfFileObjectCanBeOptional;
}

static struct fx_file *fx_file_search(struct fx_device *device, PFILE_OBJECT wdm)
{
    struct fx_file *found = NULL;
    PKSPIN_LOCK lock;
    PLIST_ENTRY list = fx_io_files(device->io, &lock);
    PLIST_ENTRY entry;
    KIRQL irql;

    KeAcquireSpinLock(lock, &irql);
    for (entry = list->Flink; entry != list; entry = entry->Flink) {
        struct fx_file *file = CONTAINING_RECORD(entry, struct fx_file, entry);

        /* An exclusive device has one opener: who sends without a file object means his. */
        if (file->wdm == wdm || (wdm == NULL && device->exclusive)) {
            found = file;
            break;
        }
    }
    KeReleaseSpinLock(lock, irql);
    return found;
}

struct fx_file *fx_file_of(struct fx_device *device, PFILE_OBJECT wdm)
{
    switch (fx_file_class(device)) {
    case WdfFileObjectNotRequired:
        return NULL;
    case WdfFileObjectWdfCanUseFsContext:
        return wdm == NULL ? NULL : wdm->FsContext;
    case WdfFileObjectWdfCanUseFsContext2:
        return wdm == NULL ? NULL : wdm->FsContext2;
    default:
        return fx_file_search(device, wdm);
    }
}

static NTSTATUS fx_file_make(struct fx_device *device, PIRP irp, PFILE_OBJECT wdm,
                             struct fx_file **out_file)
{
    WDF_OBJECT_ATTRIBUTES *attributes =
        device->file_attributes.Size != 0 ? &device->file_attributes : NULL;
    struct fx_object *object;
    struct fx_file *file;
    PKSPIN_LOCK lock;
    PLIST_ENTRY list;
    NTSTATUS status;
    KIRQL irql;

    *out_file = NULL;
    if (fx_file_class(device) == WdfFileObjectNotRequired)
        return STATUS_SUCCESS;
    if (wdm == NULL && (device->file.FileObjectClass & WdfFileObjectCanBeOptional))
        return STATUS_SUCCESS;
    if (wdm == NULL && !device->exclusive)
        return STATUS_UNSUCCESSFUL;
    status = fx_object_create(device->object.globals, &fx_type_file, 0, attributes, &device->object,
                              &object);
    if (!NT_SUCCESS(status))
        return status;
    file = (struct fx_file *)object;
    if (device->has_extension_file)
        status = fx_extensions_file(device, file);
    if (!NT_SUCCESS(status)) {
        fx_object_abandon(object);
        return status;
    }
    file->wdm = wdm;
    file->process = IoGetRequestorProcessId(irp);
    list = fx_io_files(device->io, &lock);
    KeAcquireSpinLock(lock, &irql);
    InsertTailList(list, &file->entry);
    KeReleaseSpinLock(lock, irql);
    if (wdm != NULL && fx_file_class(device) == WdfFileObjectWdfCanUseFsContext)
        wdm->FsContext = file;
    else if (wdm != NULL && fx_file_class(device) == WdfFileObjectWdfCanUseFsContext2)
        wdm->FsContext2 = file;
    *out_file = file;
    return STATUS_SUCCESS;
}

static void fx_file_end(struct fx_device *device, PFILE_OBJECT wdm)
{
    struct fx_file *file = fx_file_of(device, wdm);
    PKSPIN_LOCK lock;
    KIRQL irql;

    if (file == NULL)
        return;
    if (wdm != NULL && fx_file_class(device) == WdfFileObjectWdfCanUseFsContext)
        wdm->FsContext = NULL;
    else if (wdm != NULL && fx_file_class(device) == WdfFileObjectWdfCanUseFsContext2)
        wdm->FsContext2 = NULL;
    (void)fx_io_files(device->io, &lock);
    KeAcquireSpinLock(lock, &irql);
    RemoveEntryList(&file->entry);
    KeReleaseSpinLock(lock, irql);
    fx_object_delete(&file->object);
}

void fx_file_create_ended(struct fx_device *device, PFILE_OBJECT wdm, NTSTATUS status)
{
    if (!NT_SUCCESS(status))
        fx_file_end(device, wdm);
}

/* --- callbacks
 * ------------------------------------------------------------------------------------ */

/* File callbacks are serialised with the device's others only when all of them are passive. */
static BOOLEAN fx_file_is_serialised(const struct fx_device *device)
{
    ULONG scope = device->file_attributes.Size != 0
                      ? (ULONG)device->file_attributes.SynchronizationScope
                      : WdfSynchronizationScopeNone;

    if (scope == WdfSynchronizationScopeInheritFromParent)
        scope = device->object.sync_scope;
    return scope == WdfSynchronizationScopeDevice && fx_callback_is_passive(&device->object);
}

static void fx_file_tell(struct fx_device *device, struct fx_file *file,
                         void (*routine)(WDFFILEOBJECT))
{
    BOOLEAN serialised = fx_file_is_serialised(device);

    if (routine == NULL)
        return;
    if (serialised)
        fx_callback_enter(&device->object);
    FX_WATCHED(device->object.globals, routine,
               routine(file == NULL ? NULL : fx_handle_of(&file->object)));
    if (serialised)
        fx_callback_leave(&device->object);
}

/* --- create
 * --------------------------------------------------------------------------------------- */

static NTSTATUS fx_file_done(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

/* A create that the lower device decided on. */
static NTSTATUS NTAPI fx_file_create_came_back(PDEVICE_OBJECT wdm, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(wdm);
    if (irp->PendingReturned)
        IoMarkIrpPending(irp);
    fx_file_create_ended(context, IoGetCurrentIrpStackLocation(irp)->FileObject,
                         irp->IoStatus.Status);
    return STATUS_CONTINUE_COMPLETION;
}

/* Nobody in this driver wants to hear of it. */
static NTSTATUS fx_file_create_untold(struct fx_device *device, PIRP irp)
{
    if (!device->forward_file_irps || device->lower == NULL)
        return fx_file_done(irp, STATUS_SUCCESS);
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, fx_file_create_came_back, device, TRUE, TRUE, TRUE);
    return IoCallDriver(device->lower, irp);
}

/* The driver's own callback, which owns the request. */
static void fx_file_create_tell(struct fx_device *device, struct fx_request *request,
                                struct fx_file *file)
{
    BOOLEAN serialised = fx_file_is_serialised(device);

    if (serialised)
        fx_callback_enter(&device->object);
    FX_WATCHED(device->object.globals, device->file.EvtDeviceFileCreate,
               device->file.EvtDeviceFileCreate(fx_handle_of(&device->object),
                                                fx_handle_of(&request->object),
                                                file == NULL ? NULL : fx_handle_of(&file->object)));
    if (serialised)
        fx_callback_leave(&device->object);
}

/* Class extensions first: the request is in the device's own queue for it, as if retrieved. */
static NTSTATUS fx_file_create_extended(struct fx_device *device, struct fx_request *request,
                                        struct fx_file *file, struct fx_queue *queue)
{
    NTSTATUS status;
    PIRP irp;

    if (fx_extensions_create(device, request, file))
        return STATUS_PENDING;
    if (queue != NULL) {
        status = fx_queue_forward(request, queue);
        if (!NT_SUCCESS(status))
            fx_request_end(request, status);
    } else if (device->file.EvtDeviceFileCreate != NULL) {
        fx_file_create_tell(device, request, file);
    } else {
        irp = fx_request_let_go(request);
        (void)fx_file_create_untold(device, irp);
    }
    return STATUS_PENDING;
}

static NTSTATUS fx_file_create(struct fx_device *device, PIRP irp)
{
    PFILE_OBJECT wdm = IoGetCurrentIrpStackLocation(irp)->FileObject;
    struct fx_queue *chosen = fx_io_create_queue(device), *queue = chosen;
    BOOLEAN is_extended = fx_extensions_hear_create(device);
    struct fx_request *request;
    struct fx_file *file;
    NTSTATUS status = fx_file_make(device, irp, wdm, &file);

    if (!NT_SUCCESS(status))
        return fx_file_done(irp, status);
    if (queue == NULL && !is_extended &&
        (!device->has_file_config || device->file.EvtDeviceFileCreate == NULL))
        return fx_file_create_untold(device, irp);
    if (queue == NULL || is_extended)
        status = fx_io_file_queue(device, &queue);
    if (NT_SUCCESS(status))
        status = fx_request_create_received(device, irp, &request);
    if (!NT_SUCCESS(status)) {
        fx_file_end(device, wdm);
        return fx_file_done(irp, status);
    }
    IoMarkIrpPending(irp);
    fx_request_set(request, FX_REQUEST_IS_CREATE);
    if (queue == chosen)
        return fx_queue_add(queue, request);
    fx_queue_give(queue, request);
    if (is_extended)
        return fx_file_create_extended(device, request, file, chosen);
    fx_file_create_tell(device, request, file);
    return STATUS_PENDING;
}

/* --- cleanup and close
 * ---------------------------------------------------------------------------- */

static NTSTATUS fx_file_pass_on(struct fx_device *device, PIRP irp)
{
    if (!device->forward_file_irps || device->lower == NULL)
        return fx_file_done(irp, STATUS_SUCCESS);
    IoSkipCurrentIrpStackLocation(irp);
    return IoCallDriver(device->lower, irp);
}

NTSTATUS fx_file_dispatch(struct fx_device *device, PIRP irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    PFILE_OBJECT wdm = stack->FileObject;
    UCHAR major = stack->MajorFunction;

    if (major == IRP_MJ_CREATE)
        return fx_file_create(device, irp);
    /* A stream file object never went through a create of ours. */
    if (wdm == NULL || !(wdm->Flags & FO_STREAM_FILE)) {
        struct fx_file *file = fx_file_of(device, wdm);

        if (major == IRP_MJ_CLEANUP) {
            if (device->has_file_config && (file == NULL || file->claimed == NULL))
                fx_file_tell(device, file, device->file.EvtFileCleanup);
            fx_extensions_file_end(device, file, TRUE);
            if (wdm != NULL)
                fx_io_cancel_file(device, wdm);
        } else {
            if (device->has_file_config && (file == NULL || file->claimed == NULL))
                fx_file_tell(device, file, device->file.EvtFileClose);
            fx_extensions_file_end(device, file, FALSE);
            fx_file_end(device, wdm);
        }
    }
    return fx_file_pass_on(device, irp);
}
