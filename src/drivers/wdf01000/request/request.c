/* SPDX-License-Identifier: MIT */
/* request.c - a request from its IRP to its completion.
 *
 * In: a received IRP, or what a driver wants to send. Out: an object that is completed, let go or
 * deleted exactly once. Always: the driver's cleanup callbacks run before the IRP is completed
 * whenever the IRQL allows it, the queue hears of the end after the IRP is gone, and the request's
 * own reference goes last.
 */
#include "request_internal.h"

static void fx_request_free(struct fx_object *object);
static void fx_request_dispose_created(struct fx_object *object);
static void fx_request_destroy_created(struct fx_object *object);

const struct fx_type fx_type_request = {
    .name = "WDFREQUEST",
    .size = sizeof(struct fx_request),
    .flags = FX_TYPE_NO_DELETE | FX_TYPE_NOT_DEFERRED,
    .free = fx_request_free,
};

/* One that the driver made: its memory is the object room's. */
static const struct fx_type type_request_created = {
    .name = "WDFREQUEST",
    .flags = FX_TYPE_NOT_DEFERRED,
    .size = sizeof(struct fx_request),
    .parent = &fx_type_request,
    .dispose = fx_request_dispose_created,
    .destroy = fx_request_destroy_created,
};

static const WDF_OBJECT_ATTRIBUTES *fx_request_attributes(const struct fx_device *device)
{
    return device->request_attributes.Size != 0 ? &device->request_attributes : NULL;
}

static NTSTATUS fx_request_make(struct fx_device *device, LONG flags,
                                struct fx_request **out_request)
{
    struct fx_request *request = fx_io_request_alloc(device->io);
    NTSTATUS status;

    if (request == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = fx_object_init(&request->object, device->object.globals, &fx_type_request, 0,
                            fx_request_attributes(device), NULL);
    if (!NT_SUCCESS(status)) {
        fx_io_request_free(device->io, request);
        return status;
    }
    request->object.device = device;
    request->io = device->io;
    request->flags = flags;
    fx_send_init(&request->send);
    if (device->has_extension_requests) {
        status = fx_extensions_request(device, request);
        if (!NT_SUCCESS(status)) {
            fx_request_discard(request);
            return status;
        }
    }
    *out_request = request;
    return STATUS_SUCCESS;
}

NTSTATUS fx_request_create_received(struct fx_device *device, PIRP irp,
                                    struct fx_request **out_request)
{
    struct fx_request *request;
    NTSTATUS status = fx_request_make(device, FX_REQUEST_RECEIVED, &request);

    if (!NT_SUCCESS(status))
        return status;
    request->irp = irp;
    request->stack = IoGetCurrentIrpStackLocation(irp);
    *out_request = request;
    return STATUS_SUCCESS;
}

NTSTATUS fx_request_create_reserved(struct fx_device *device, struct fx_reserve *reserve,
                                    struct fx_request **out_request)
{
    struct fx_request *request;
    NTSTATUS status = fx_request_make(device, FX_REQUEST_RECEIVED | FX_REQUEST_RESERVED, &request);

    if (!NT_SUCCESS(status))
        return status;
    request->reserve = reserve;
    *out_request = request;
    return STATUS_SUCCESS;
}

void fx_request_reuse(struct fx_request *request, PIRP irp)
{
    request->flags = FX_REQUEST_RECEIVED | FX_REQUEST_RESERVED;
    request->irp = irp;
    request->stack = IoGetCurrentIrpStackLocation(irp);
    request->queue = NULL;
    request->where = FX_REQUEST_NOWHERE;
    request->cancel_routine = NULL;
    fx_send_init(&request->send);
}

NTSTATUS fx_request_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                           struct fx_object *parent, PIRP irp, LONG flags,
                           struct fx_request **out_request)
{
    struct fx_object *object;
    struct fx_request *request;
    NTSTATUS status =
        fx_object_create(globals, &type_request_created, 0, attributes, parent, &object);

    if (!NT_SUCCESS(status))
        return status;
    request = (struct fx_request *)object;
    request->irp = irp;
    request->flags = flags;
    fx_send_init(&request->send);
    *out_request = request;
    return STATUS_SUCCESS;
}

/* What its last format refers to is let go of now: it may be memory of a request that is completed
 * next, while somebody still holds this one. */
static void fx_request_dispose_created(struct fx_object *object)
{
    struct fx_request *request = (struct fx_request *)object;

    if (!fx_send_is_out(&request->send))
        fx_send_fini(request);
}

static void fx_request_destroy_created(struct fx_object *object)
{
    struct fx_request *request = (struct fx_request *)object;

    fx_send_fini(request);
    if (fx_request_has(request, FX_REQUEST_OWNS_IRP) && request->irp != NULL)
        IoFreeIrp(request->irp);
}

static void fx_request_free(struct fx_object *object)
{
    struct fx_request *request = (struct fx_request *)object;
    struct fx_device *device = object->device;
    BOOLEAN keeps = fx_request_has(request, FX_REQUEST_KEEPS_DEVICE);

    fx_io_request_free(request->io, request);
    if (keeps)
        fx_object_deref(&device->object);
}

/* --- the end ------------------------------------------------------------------------------------
 */

void fx_request_violation(struct fx_request *request, ULONG_PTR code)
{
    fx_violation(request->object.globals, WDF_REQUEST_FATAL_ERROR, code,
                 (ULONG_PTR)fx_handle_of(&request->object), 0);
}

/* Memories over the request's buffers may not be in use elsewhere when the buffers go. */
static void fx_request_check_memories(struct fx_request *request)
{
    LONG held = 0;

    if (fx_request_has(request, FX_REQUEST_IN_MEMORY))
        held += request->in_memory.object.references - 1;
    if (fx_request_has(request, FX_REQUEST_OUT_MEMORY))
        held += request->out_memory.object.references - 1;
    if (held == 0)
        return;
    fx_log(request->object.globals, FX_LOG_ERROR,
           "WDFREQUEST %p is completed while its memory is still referenced (%d times): end what "
           "uses it first",
           fx_handle_of(&request->object), held);
    fx_violation(request->object.globals, WDF_VERIFIER_FATAL_ERROR,
                 (ULONG_PTR)fx_handle_of(&request->object), (ULONG_PTR)held, 0);
}

/* Embedded memories, and MDLs made for buffers, go before the buffers. */
static void fx_request_drop_buffers(struct fx_request *request)
{
    if (fx_request_has(request, FX_REQUEST_IN_MEMORY | FX_REQUEST_OUT_MEMORY)) {
        fx_request_check_memories(request);
        if (fx_request_has(request, FX_REQUEST_IN_MEMORY))
            fx_object_delete(&request->in_memory.object);
        if (fx_request_has(request, FX_REQUEST_OUT_MEMORY))
            fx_object_delete(&request->out_memory.object);
        fx_request_clear(request, FX_REQUEST_IN_MEMORY | FX_REQUEST_OUT_MEMORY);
    }
    if (request->in_mdl != NULL)
        IoFreeMdl(request->in_mdl);
    if (request->out_mdl != NULL)
        IoFreeMdl(request->out_mdl);
    request->in_mdl = request->out_mdl = NULL;
}

/* Everything that hangs on the IRP. The driver's cleanup callbacks come first: they may look. */
static void fx_request_wind_up(struct fx_request *request)
{
    struct fx_object *object = &request->object;

    fx_send_fini(request);
    if (fx_request_has(request, FX_REQUEST_RESERVED)) {
        fx_request_drop_buffers(request);
        return;
    }
    if ((object->contexts != NULL || !IsListEmpty(&object->children)) &&
        (!(object->flags & FX_OBJECT_PASSIVE) || KeGetCurrentIrql() == PASSIVE_LEVEL)) {
        if (fx_request_has(request, FX_REQUEST_IN_MEMORY | FX_REQUEST_OUT_MEMORY))
            fx_request_check_memories(request);
        fx_object_dispose(object);
    }
    if (fx_request_has(request, FX_REQUEST_IN_MEMORY | FX_REQUEST_OUT_MEMORY) ||
        request->in_mdl != NULL || request->out_mdl != NULL)
        fx_request_drop_buffers(request);
}

/* Is there nothing to say about the object's end to anybody? */
static BOOLEAN fx_request_is_plain(const struct fx_object *object)
{
    return object->references == 1 && object->contexts == NULL && IsListEmpty(&object->children) &&
           !(object->flags & FX_OBJECT_TRACKED);
}

/* The queue hears that the driver is done with it; then the request's own reference goes. */
static void fx_request_is_done(struct fx_request *request)
{
    struct fx_object *object = &request->object;

    if (fx_request_is_owned(request))
        fx_queue_request_gone(request->queue, request);
    if (fx_request_has(request, FX_REQUEST_RESERVED)) {
        fx_reserve_return(request->reserve, request);
        return;
    }
    if (fx_request_is_plain(object)) {
        object->magic = 0;
        object->type = NULL;
        fx_io_request_free(request->io, request);
        return;
    }
    if (object->references > 1) {
        fx_request_set(request, FX_REQUEST_KEEPS_DEVICE);
        fx_object_ref(&object->device->object);
    }
    fx_object_delete(object);
}

static void fx_request_finish(struct fx_request *request, NTSTATUS status, CCHAR boost)
{
    PIRP irp = request->irp;
    PFILE_OBJECT file = NULL;

    if (fx_request_has(request, FX_REQUEST_IS_CREATE))
        file = request->stack->FileObject;
    fx_request_wind_up(request);
    irp->IoStatus.Status = status;
    if (fx_request_has(request, FX_REQUEST_IS_CREATE))
        fx_file_create_ended(request->object.device, file, status);
    request->irp = NULL;
    IoCompleteRequest(irp, boost);
    fx_request_is_done(request);
}

void fx_request_end(struct fx_request *request, NTSTATUS status)
{
    fx_request_set(request, FX_REQUEST_COMPLETED);
    request->irp->IoStatus.Information = 0;
    fx_request_finish(request, status, IO_NO_INCREMENT);
}

void fx_request_discard(struct fx_request *request)
{
    request->irp = NULL;
    fx_send_fini(request);
    fx_object_delete(&request->object);
}

PIRP fx_request_let_go(struct fx_request *request)
{
    PIRP irp = request->irp;

    fx_request_set(request, FX_REQUEST_COMPLETED);
    fx_request_wind_up(request);
    request->irp = NULL;
    fx_request_is_done(request);
    return irp;
}

void fx_request_irp_hold(struct fx_request *request)
{
    fx_object_ref(&request->object);
}

void fx_request_irp_release(struct fx_request *request)
{
    fx_object_deref(&request->object);
}

/* The Framework's own codes never leave it. */
static NTSTATUS fx_request_public_status(NTSTATUS status)
{
    if ((status & 0x0fff0000) != (FACILITY_DRIVER_FRAMEWORK << 16))
        return status;
    switch (status) {
    case STATUS_WDF_PAUSED:
    case STATUS_WDF_BUSY:
        return STATUS_DEVICE_BUSY;
    case STATUS_WDF_INTERNAL_ERROR:
        return STATUS_INTERNAL_ERROR;
    case STATUS_WDF_NOT_ENOUGH_MAP_REGISTERS:
        return STATUS_INSUFFICIENT_RESOURCES;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

/* With the verifier on: no more bytes than the sender has room for. */
static void fx_request_check_information(struct fx_request *request, NTSTATUS status)
{
    WDF_REQUEST_FATAL_ERROR_INFORMATION_LENGTH_MISMATCH_DATA data;
    const IO_STACK_LOCATION *stack = request->stack;
    ULONG room;

    switch (stack->MajorFunction) {
    case IRP_MJ_READ:
        room = stack->Parameters.Read.Length;
        break;
    case IRP_MJ_WRITE:
        room = stack->Parameters.Write.Length;
        break;
    case IRP_MJ_DEVICE_CONTROL:
        room = stack->Parameters.DeviceIoControl.OutputBufferLength;
        if ((stack->Parameters.DeviceIoControl.IoControlCode & 3) != METHOD_BUFFERED)
            return;
        break;
    default:
        return;
    }
    if (NT_ERROR(status) || request->irp->IoStatus.Information <= room ||
        request->irp->RequestorMode != UserMode)
        return;
    data.Request = fx_handle_of(&request->object);
    data.Irp = request->irp;
    data.OutputBufferLength = room;
    data.Information = request->irp->IoStatus.Information;
    data.MajorFunction = stack->MajorFunction;
    fx_log(request->object.globals, FX_LOG_ERROR,
           "WDFREQUEST %p is completed with %Iu bytes, its buffer has %u", data.Request,
           data.Information, room);
    fx_violation(request->object.globals, WDF_REQUEST_FATAL_ERROR,
                 WDF_REQUEST_FATAL_ERROR_INFORMATION_LENGTH_MISMATCH, (ULONG_PTR)&data, 0);
}

void fx_request_complete(struct fx_request *request, NTSTATUS status, CCHAR boost)
{
    LONG flags = fx_request_set(request, FX_REQUEST_COMPLETED);
    struct fx_globals *globals = request->object.globals;

    if ((flags & FX_REQUEST_COMPLETED) || !(flags & FX_REQUEST_RECEIVED) || request->irp == NULL) {
        fx_log(globals, FX_LOG_ERROR,
               flags & FX_REQUEST_RECEIVED
                   ? "WDFREQUEST %p is completed a second time"
                   : "WDFREQUEST %p is completed, but the driver made it itself",
               fx_handle_of(&request->object));
        fx_request_violation(request, WDF_REQUEST_FATAL_ERROR_NULL_IRP);
    }
    if (flags & FX_REQUEST_CANCELABLE) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFREQUEST %p is completed while it is cancelable: call "
               "WdfRequestUnmarkCancelable first, and leave it alone when that answers "
               "STATUS_CANCELLED",
               fx_handle_of(&request->object));
        fx_violation(globals, WDF_VERIFIER_FATAL_ERROR, (ULONG_PTR)fx_handle_of(&request->object),
                     (ULONG_PTR)request->irp, 0);
    }
    if (fx_send_is_out(&request->send)) {
        fx_log(globals, FX_LOG_ERROR, "WDFREQUEST %p is completed while an I/O target has it",
               fx_handle_of(&request->object));
        fx_request_violation(request, WDF_REQUEST_FATAL_ERROR_REQUEST_ALREADY_SENT);
    }
    if (globals->verifier.on)
        fx_request_check_information(request, status);
    fx_request_finish(request, fx_request_public_status(status), boost);
}

NTSTATUS fx_request_to_parent(struct fx_request *request, struct fx_queue *queue)
{
    struct fx_device *parent = fx_queue_device(queue);
    struct fx_request *next;
    NTSTATUS status;
    PIRP irp;

    if (!fx_queue_accepts(queue))
        return STATUS_WDF_BUSY;
    status = fx_request_create_received(parent, request->irp, &next);
    if (!NT_SUCCESS(status))
        return status;
    irp = fx_request_let_go(request);
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetNextIrpStackLocation(irp);
    next->stack = IoGetCurrentIrpStackLocation(irp);
    next->stack->DeviceObject = parent->wdm;
    IoMarkIrpPending(irp);
    (void)fx_queue_add(queue, next);
    return STATUS_SUCCESS;
}
