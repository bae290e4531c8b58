/* SPDX-License-Identifier: MIT */
/* io.c - the queues of one device: which of them an IRP goes to.
 *
 * In: an I/O IRP of the device. Out: a request in a queue or with EvtIoInCallerContext, or the
 * IRP passed on (filters) or failed. Always: an IRP that became a request is marked pending, and
 * every path on which it does so answers STATUS_PENDING.
 */
#include "queue_internal.h"

#include "../target/target.h"

NTSTATUS fx_io_create(struct fx_device *device)
{
    struct fx_io *io =
        ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*io), device->object.globals->abi.DriverTag);
    const WDF_OBJECT_ATTRIBUTES *attributes = &device->request_attributes;

    if (io == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(io, sizeof(*io));
    io->device = device;
    InitializeListHead(&io->queues);
    InitializeListHead(&io->files);
    KeInitializeSpinLock(&io->lock);
    KeInitializeSpinLock(&io->queues_lock);
    io->request_bytes =
        fx_object_bytes(&fx_type_request, 0, attributes->Size != 0 ? attributes : NULL);
    ExInitializeNPagedLookasideList(&io->requests, NULL, NULL, POOL_NX_ALLOCATION,
                                    io->request_bytes, FX_TAG, 0);
    device->io = io;
    return STATUS_SUCCESS;
}

void fx_io_destroy(struct fx_device *device)
{
    struct fx_io *io = device->io;

    if (io == NULL)
        return;
    if (io->spare != NULL)
        ExFreeToNPagedLookasideList(&io->requests, io->spare);
    ExDeleteNPagedLookasideList(&io->requests);
    ExFreePoolWithTag(io, device->object.globals->abi.DriverTag);
    device->io = NULL;
}

struct fx_request *fx_io_request_alloc(struct fx_io *io)
{
    struct fx_request *request = NULL;

    if (io->spare != NULL)
        request = InterlockedExchangePointer((PVOID volatile *)&io->spare, NULL);
    if (request == NULL)
        request = ExAllocateFromNPagedLookasideList(&io->requests);
    if (request == NULL)
        return NULL;
    __builtin_memset_inline(request, 0, FIELD_OFFSET(struct fx_request, send));
    if (io->request_bytes > sizeof(*request))
        RtlZeroMemory(request + 1, io->request_bytes - sizeof(*request));
    return request;
}

void fx_io_request_free(struct fx_io *io, struct fx_request *request)
{
    if (io->spare != NULL ||
        InterlockedCompareExchangePointer((PVOID volatile *)&io->spare, request, NULL) != NULL)
        ExFreeToNPagedLookasideList(&io->requests, request);
}

struct fx_queue *fx_io_create_queue(struct fx_device *device)
{
    return device->io == NULL ? NULL : device->io->creates;
}

PLIST_ENTRY fx_io_files(struct fx_io *io, PKSPIN_LOCK *out_lock)
{
    *out_lock = &io->lock;
    return &io->files;
}

NTSTATUS fx_io_file_queue(struct fx_device *device, struct fx_queue **out_queue)
{
    struct fx_io *io = device->io;
    struct fx_queue *queue = io->file_queue;
    WDF_IO_QUEUE_CONFIG config;
    NTSTATUS status;

    if (queue == NULL) {
        WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
        config.PowerManaged = WdfFalse;
        status = fx_queue_create(device, &config, NULL, &queue);
        if (!NT_SUCCESS(status))
            return status;
        if (InterlockedCompareExchangePointer((PVOID *)&io->file_queue, queue, NULL) != NULL) {
            fx_object_delete(&queue->object);
            queue = io->file_queue;
        }
    }
    *out_queue = queue;
    return STATUS_SUCCESS;
}

static NTSTATUS fx_io_fail(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS fx_io_pass_on(struct fx_device *device, PIRP irp)
{
    IoSkipCurrentIrpStackLocation(irp);
    return IoCallDriver(device->lower, irp);
}

/* Has the queue a handler for the major function? */
static BOOLEAN fx_queue_handles(const struct fx_queue *queue, UCHAR major)
{
    const WDF_IO_QUEUE_CONFIG *config = &queue->config;

    if (config->DispatchType == WdfIoQueueDispatchManual || config->EvtIoDefault != NULL)
        return TRUE;
    switch (major) {
    case IRP_MJ_READ:
        return config->EvtIoRead != NULL;
    case IRP_MJ_WRITE:
        return config->EvtIoWrite != NULL;
    case IRP_MJ_DEVICE_CONTROL:
        return config->EvtIoDeviceControl != NULL;
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        return config->EvtIoInternalDeviceControl != NULL;
    default:
        return FALSE;
    }
}

static BOOLEAN fx_io_is_filtered(const struct fx_device *device, const struct fx_queue *queue,
                                 UCHAR major)
{
    return device->kind == FX_DEVICE_FILTER &&
           (queue == NULL || (queue == device->io->by_default && !fx_queue_handles(queue, major)));
}

BOOLEAN fx_io_serves(struct fx_device *device, UCHAR major)
{
    return major < FX_IO_MAJORS && device->io->by_major[major] != NULL;
}

/* EvtIoInCallerContext of the driver, or of the class extension whose queue it is. */
static PFN_WDF_IO_IN_CALLER_CONTEXT fx_io_in_caller(const struct fx_device *device,
                                                    const struct fx_queue *queue)
{
    if (queue != NULL && queue->extension != NULL)
        return queue->extension->in_caller_context;
    return device->in_caller_context;
}

/* The request that an IRP becomes, with its reserve where there is one.
 * STATUS_PENDING: the IRP waits for a reserved request. */
static NTSTATUS fx_io_request(struct fx_device *device, struct fx_queue *queue, PIRP irp,
                              struct fx_request **out_request)
{
    NTSTATUS status = fx_request_create_received(device, irp, out_request);

    if (queue == NULL || queue->reserve == NULL)
        return status;
    if (NT_SUCCESS(status)) {
        status = fx_reserve_ask(queue, *out_request);
        if (NT_SUCCESS(status))
            return status;
        fx_request_discard(*out_request);
    }
    return fx_reserve_take(queue, irp, out_request);
}

NTSTATUS fx_io_dispatch_to(struct fx_device *device, PIRP irp, struct fx_queue *queue,
                           BOOLEAN in_caller_context)
{
    PFN_WDF_IO_IN_CALLER_CONTEXT routine = NULL;
    struct fx_request *request;
    NTSTATUS status;

    if (in_caller_context)
        routine = fx_io_in_caller(device, queue);
    if (queue == NULL && routine == NULL)
        return fx_io_fail(irp, STATUS_INVALID_DEVICE_REQUEST);
    status = fx_io_request(device, queue, irp, &request);
    if (status == STATUS_PENDING)
        return status;
    if (!NT_SUCCESS(status))
        return fx_io_fail(irp, status);
    IoMarkIrpPending(irp);
    if (routine == NULL || fx_request_has(request, FX_REQUEST_RESERVED))
        return fx_queue_add(queue, request);
    request->queue = queue;
    request->flags |= FX_REQUEST_IN_CALLER | FX_REQUEST_PRESENTED;
    FX_WATCHED(device->object.globals, routine,
               routine(fx_handle_of(&device->object), fx_handle_of(&request->object)));
    return STATUS_PENDING;
}

NTSTATUS fx_io_dispatch(struct fx_device *device, PIRP irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;
    struct fx_queue *queue = device->io->by_major[major];

    if (fx_io_in_caller(device, queue) == NULL && fx_io_is_filtered(device, queue, major))
        return fx_io_pass_on(device, irp);
    return fx_io_dispatch_to(device, irp, queue, TRUE);
}

/* WdfDeviceEnqueueRequest: a request from EvtIoInCallerContext goes where it would have gone. */
NTSTATUS fx_io_enqueue(struct fx_device *device, struct fx_request *request)
{
    UCHAR major = request->stack->MajorFunction;
    struct fx_queue *queue = request->queue;
    PIRP irp;

    if (queue == NULL)
        queue = device->io->by_major[major];
    if (fx_io_is_filtered(device, queue, major)) {
        irp = fx_request_let_go(request);
        IoSkipCurrentIrpStackLocation(irp);
        IoCallDriver(device->lower, irp);
        return STATUS_SUCCESS;
    }
    if (queue == NULL)
        return STATUS_INVALID_DEVICE_REQUEST;
    request->queue = NULL;
    if (!fx_queue_try_add(queue, request)) {
        request->queue = queue;
        return STATUS_WDF_BUSY;
    }
    fx_request_clear(request, FX_REQUEST_IN_CALLER);
    return STATUS_SUCCESS;
}

void fx_io_visit(struct fx_io *io, void (*visit)(struct fx_queue *queue, void *context),
                 void *context)
{
    struct fx_queue *queue;
    PLIST_ENTRY entry;
    ULONG round;
    KIRQL irql;

    KeAcquireSpinLock(&io->lock, &irql);
    round = ++io->visit;
    do {
        queue = NULL;
        for (entry = io->queues.Flink; entry != &io->queues; entry = entry->Flink) {
            struct fx_queue *candidate = CONTAINING_RECORD(entry, struct fx_queue, entry);

            if ((LONG)(candidate->visit - round) < 0) {
                queue = candidate;
                break;
            }
        }
        if (queue != NULL) {
            queue->visit = round;
            fx_object_ref(&queue->object);
            KeReleaseSpinLock(&io->lock, irql);
            visit(queue, context);
            fx_object_deref(&queue->object);
            KeAcquireSpinLock(&io->lock, &irql);
        }
    } while (queue != NULL);
    KeReleaseSpinLock(&io->lock, irql);
}

/* Makes a queue the one for a type of request.
 * Errors: STATUS_INVALID_DEVICE_REQUEST (no handler for it, or it is the default queue),
 *         STATUS_WDF_BUSY, STATUS_INVALID_PARAMETER (creates) another queue has it */
NTSTATUS fx_io_configure(struct fx_io *io, struct fx_queue *queue, WDF_REQUEST_TYPE type)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;

    if (!fx_queue_handles(queue, (UCHAR)type))
        return STATUS_INVALID_DEVICE_REQUEST;
    KeAcquireSpinLock(&io->lock, &irql);
    if (type == WdfRequestTypeCreate) {
        if (io->creates != NULL)
            status = STATUS_INVALID_PARAMETER;
        else
            io->creates = queue;
    } else if (queue == io->by_default) {
        status = STATUS_INVALID_DEVICE_REQUEST;
    } else if (io->by_major[type] != NULL && io->by_major[type] != io->by_default) {
        status = STATUS_WDF_BUSY;
    } else {
        io->by_major[type] = queue;
        queue->object.flags |= FX_OBJECT_NO_DELETE;
    }
    KeReleaseSpinLock(&io->lock, irql);
    return status;
}

NTSTATUS fx_io_set_default(struct fx_io *io, struct fx_queue *queue)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG major;
    KIRQL irql;

    KeAcquireSpinLock(&io->lock, &irql);
    if (io->by_default != NULL) {
        status = STATUS_UNSUCCESSFUL;
    } else {
        io->by_default = queue;
        queue->object.flags |= FX_OBJECT_NO_DELETE;
        for (major = 0; major < FX_IO_MAJORS; major++)
            if (io->by_major[major] == NULL)
                io->by_major[major] = queue;
    }
    KeReleaseSpinLock(&io->lock, irql);
    return status;
}

BOOLEAN fx_io_is_top(const struct fx_queue *queue)
{
    ULONG major;

    for (major = 0; major < FX_IO_MAJORS; major++)
        if (queue->io->by_major[major] == queue)
            return TRUE;
    return queue->io->creates == queue;
}

/* A queue goes: no IRP finds it any more. */
void fx_io_forget(struct fx_io *io, struct fx_queue *queue)
{
    ULONG major;
    KIRQL irql;

    KeAcquireSpinLock(&io->lock, &irql);
    if (!IsListEmpty(&queue->entry))
        RemoveEntryList(&queue->entry);
    InitializeListHead(&queue->entry);
    for (major = 0; major < FX_IO_MAJORS; major++)
        if (io->by_major[major] == queue)
            io->by_major[major] = NULL;
    if (io->by_default == queue)
        io->by_default = NULL;
    if (io->creates == queue)
        io->creates = NULL;
    if (io->file_queue == queue)
        io->file_queue = NULL;
    KeReleaseSpinLock(&io->lock, irql);
}

/* A file object is being closed: what its opener left waiting is cancelled. */
static void fx_io_cancel_file_visit(struct fx_queue *queue, void *context)
{
    fx_queue_cancel_waiting(queue, context);
}

void fx_io_cancel_file(struct fx_device *device, PFILE_OBJECT file)
{
    if (device->io != NULL)
        fx_io_visit(device->io, fx_io_cancel_file_visit, file);
}
