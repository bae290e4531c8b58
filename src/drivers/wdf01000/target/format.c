/* SPDX-License-Identifier: MIT */
/* format.c - a request's next stack location filled in for a target.
 *
 * A format may give the IRP other buffers than it came with: those are remembered and put back as
 * soon as it has come back. What the format allocates and references stays until the request is
 * formatted again, reused, completed or deleted (fx_format_end).
 */
#include "target_internal.h"

void fx_format_save(struct fx_request *request)
{
    struct fx_send *send = &request->send;
    PIRP irp = request->irp;

    send->saved_system_buffer = irp->AssociatedIrp.SystemBuffer;
    send->saved_user_buffer = irp->UserBuffer;
    send->saved_mdl = irp->MdlAddress;
    send->flags |= FX_SEND_RESTORE;
}

void fx_format_restore(struct fx_request *request)
{
    struct fx_send *send = &request->send;
    PIRP irp = request->irp;

    if (!(send->flags & FX_SEND_RESTORE))
        return;
    irp->AssociatedIrp.SystemBuffer = send->saved_system_buffer;
    irp->UserBuffer = send->saved_user_buffer;
    irp->MdlAddress = send->saved_mdl;
    send->flags &= ~FX_SEND_RESTORE;
    send->copy_to = NULL;
}

void fx_format_keep(struct fx_request *request, const struct fx_buffer *buffer)
{
    struct fx_send *send = &request->send;

    if (buffer->kind != FX_BUFFER_MEMORY)
        return;
    fx_object_ref(&buffer->memory->object);
    if (buffer->memory->kind == FX_MEMORY_REQUEST)
        fx_request_irp_hold((struct fx_request *)buffer->memory->object.parent);
    send->memories[send->memory_count++] = buffer->memory;
}

void fx_format_end(struct fx_request *request)
{
    struct fx_send *send = &request->send;

    if (request->irp != NULL)
        fx_format_restore(request);
    if (send->mdl != NULL) {
        if (send->unlock)
            MmUnlockPages(send->mdl);
        IoFreeMdl(send->mdl);
        send->mdl = NULL;
    }
    if (send->buffer != NULL) {
        ExFreePoolWithTag(send->buffer, FX_TAG);
        send->buffer = NULL;
    }
    if (send->urb != NULL) {
        ExFreePoolWithTag(send->urb, FX_TAG);
        send->urb = NULL;
    }
    while (send->memory_count != 0) {
        struct fx_memory *memory = send->memories[--send->memory_count];

        if (memory->kind == FX_MEMORY_REQUEST)
            fx_request_irp_release((struct fx_request *)memory->object.parent);
        fx_object_deref(&memory->object);
    }
    send->came_back = NULL;
    send->copy_to = NULL;
    send->flags &= ~(FX_SEND_FORMATTED | FX_SEND_OWN_STACK | FX_SEND_HAS_PARAMS);
}

void fx_send_fini(struct fx_request *request)
{
    fx_format_end(request);
    if (request->send.timer != NULL) {
        ExFreePoolWithTag(request->send.timer, FX_TAG);
        request->send.timer = NULL;
    }
}

/* An IRP with room for the target's stack: the request's own is exchanged, another's is not. */
static NTSTATUS irp_prepare(struct fx_target *target, struct fx_request *request, CCHAR stack_size)
{
    PIRP irp = request->irp;

    if (irp != NULL && irp->CurrentLocation > stack_size)
        return STATUS_SUCCESS;
    if (irp != NULL && !fx_request_has(request, FX_REQUEST_OWNS_IRP)) {
        fx_log(request->object.globals, FX_LOG_ERROR,
               "WDFREQUEST %p: its IRP has %d stack locations left, WDFIOTARGET %p needs %d",
               fx_handle_of(&request->object), irp->CurrentLocation - 1,
               fx_handle_of(&target->object), stack_size);
        return STATUS_REQUEST_NOT_ACCEPTED;
    }
    irp = IoAllocateIrp(stack_size, FALSE);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (request->irp != NULL)
        IoFreeIrp(request->irp);
    request->irp = irp;
    fx_request_set(request, FX_REQUEST_OWNS_IRP);
    return STATUS_SUCCESS;
}

NTSTATUS fx_format_begin(struct fx_target *target, struct fx_request *request,
                         PIO_STACK_LOCATION *out_next)
{
    struct fx_globals *globals = request->object.globals;
    CCHAR stack_size = target->stack_size;
    PIO_STACK_LOCATION next, current;
    NTSTATUS status;

    if (fx_send_is_out(&request->send)) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFREQUEST %p is formatted while it is at WDFIOTARGET %p: wait for its completion "
               "routine",
               fx_handle_of(&request->object), fx_handle_of(&request->send.target->object));
        fx_violation(globals, WDF_REQUEST_FATAL_ERROR, WDF_REQUEST_FATAL_ERROR_REQUEST_ALREADY_SENT,
                     (ULONG_PTR)fx_handle_of(&request->object), 0);
    }
    fx_format_end(request);
    if (stack_size == 0) {
        fx_log(globals, FX_LOG_ERROR, "WDFIOTARGET %p is closed: nothing can be formatted for it",
               fx_handle_of(&target->object));
        return STATUS_INVALID_DEVICE_STATE;
    }
    status = irp_prepare(target, request, stack_size);
    if (!NT_SUCCESS(status))
        return status;
    request->send.target = target;
    next = IoGetNextIrpStackLocation(request->irp);
    RtlZeroMemory(next, sizeof(*next));
    if (fx_request_has(request, FX_REQUEST_RECEIVED)) {
        current = IoGetCurrentIrpStackLocation(request->irp);
        next->Flags = current->Flags;
        next->FileObject = current->FileObject;
    }
    if (target->kind == FX_TARGET_REMOTE)
        next->FileObject = target->target_file;
    *out_next = next;
    return STATUS_SUCCESS;
}

/* A system buffer of length bytes, with in's bytes at its beginning. */
static NTSTATUS system_buffer(struct fx_request *request, const struct fx_buffer *in, ULONG length)
{
    PVOID bytes;
    NTSTATUS status;

    request->send.buffer = ExAllocatePoolWithTag(NonPagedPoolNx, length, FX_TAG);
    if (request->send.buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    request->irp->AssociatedIrp.SystemBuffer = request->send.buffer;
    if (in == NULL || in->length == 0)
        return STATUS_SUCCESS;
    status = fx_buffer_address(in, &bytes);
    if (NT_SUCCESS(status))
        RtlCopyMemory(request->send.buffer, bytes, in->length);
    return status;
}

/* Bytes to copy to out when the request has come back. */
static NTSTATUS copy_back(struct fx_request *request, const struct fx_buffer *out)
{
    PVOID bytes;
    NTSTATUS status = fx_buffer_address(out, &bytes);

    if (!NT_SUCCESS(status))
        return status;
    request->irp->UserBuffer = bytes;
    request->send.copy_to = bytes;
    request->send.copy_bytes = out->length;
    return STATUS_SUCCESS;
}

static NTSTATUS io_buffers(struct fx_target *target, struct fx_request *request, UCHAR major,
                           const struct fx_buffer *buffer)
{
    PIRP irp = request->irp;
    NTSTATUS status;
    PVOID bytes;

    if (target->io_flags & DO_BUFFERED_IO) {
        irp->UserBuffer = NULL;
        irp->AssociatedIrp.SystemBuffer = NULL;
        if (buffer->length == 0)
            return STATUS_SUCCESS;
        status = system_buffer(request, major == IRP_MJ_WRITE ? buffer : NULL, buffer->length);
        if (NT_SUCCESS(status) && major == IRP_MJ_READ)
            status = copy_back(request, buffer);
        return status;
    }
    if (target->io_flags & DO_DIRECT_IO)
        return fx_buffer_mdl(buffer, request, major == IRP_MJ_READ ? IoWriteAccess : IoReadAccess,
                             &irp->MdlAddress);
    status = fx_buffer_address(buffer, &bytes);
    if (NT_SUCCESS(status))
        irp->UserBuffer = bytes;
    return status;
}

/* The end of every format: whole, or nothing of it left. */
static NTSTATUS format_done(struct fx_request *request, NTSTATUS status)
{
    if (NT_SUCCESS(status)) {
        request->send.flags |= FX_SEND_FORMATTED | FX_SEND_HAS_PARAMS;
    } else {
        fx_log(request->object.globals, FX_LOG_ERROR, "WDFREQUEST %p could not be formatted, %x",
               fx_handle_of(&request->object), status);
        fx_format_end(request);
    }
    return status;
}

NTSTATUS fx_format_io(struct fx_target *target, struct fx_request *request, UCHAR major,
                      const struct fx_buffer *buffer, const LONGLONG *offset)
{
    WDF_REQUEST_COMPLETION_PARAMS *params = &request->send.params;
    PIO_STACK_LOCATION next;
    NTSTATUS status;

    status = fx_format_begin(target, request, &next);
    if (!NT_SUCCESS(status))
        return status;
    fx_format_keep(request, buffer);
    fx_format_save(request);
    next->MajorFunction = major;
    /* Read and Write have the same members in the same places. */
    next->Parameters.Read.Length = buffer->length;
    next->Parameters.Read.ByteOffset.QuadPart = offset != NULL ? *offset : 0;
    status = io_buffers(target, request, major, buffer);
    RtlZeroMemory(params, sizeof(*params));
    if (major == IRP_MJ_READ) {
        params->Type = WdfRequestTypeRead;
        params->Parameters.Read.Buffer =
            buffer->memory != NULL ? fx_handle_of(&buffer->memory->object) : NULL;
        params->Parameters.Read.Length = buffer->length;
        params->Parameters.Read.Offset = buffer->offset;
    } else {
        params->Type = WdfRequestTypeWrite;
        params->Parameters.Write.Buffer =
            buffer->memory != NULL ? fx_handle_of(&buffer->memory->object) : NULL;
        params->Parameters.Write.Length = buffer->length;
        params->Parameters.Write.Offset = buffer->offset;
    }
    return format_done(request, status);
}

static NTSTATUS control_buffers(struct fx_request *request, PIO_STACK_LOCATION next, ULONG code,
                                const struct fx_buffer *in, const struct fx_buffer *out)
{
    ULONG larger = in->length > out->length ? in->length : out->length;
    PIRP irp = request->irp;
    NTSTATUS status;
    PVOID bytes;

    switch (METHOD_FROM_CTL_CODE(code)) {
    case METHOD_BUFFERED:
        irp->UserBuffer = NULL;
        irp->AssociatedIrp.SystemBuffer = NULL;
        if (larger == 0)
            return STATUS_SUCCESS;
        status = system_buffer(request, in, larger);
        if (NT_SUCCESS(status) && out->length != 0)
            status = copy_back(request, out);
        return status;
    case METHOD_IN_DIRECT:
    case METHOD_OUT_DIRECT:
        status = fx_buffer_address(in, &bytes);
        if (!NT_SUCCESS(status))
            return status;
        irp->AssociatedIrp.SystemBuffer = bytes;
        return fx_buffer_mdl(out, request,
                             METHOD_FROM_CTL_CODE(code) == METHOD_IN_DIRECT ? IoReadAccess
                                                                            : IoWriteAccess,
                             &irp->MdlAddress);
    default:
        status = fx_buffer_address(out, &bytes);
        if (!NT_SUCCESS(status))
            return status;
        irp->UserBuffer = bytes;
        status = fx_buffer_address(in, &bytes);
        next->Parameters.DeviceIoControl.Type3InputBuffer = bytes;
        return status;
    }
}

static WDFMEMORY buffer_handle(const struct fx_buffer *buffer)
{
    return buffer->memory != NULL ? fx_handle_of(&buffer->memory->object) : NULL;
}

NTSTATUS fx_format_control(struct fx_target *target, struct fx_request *request, ULONG code,
                           BOOLEAN is_internal, const struct fx_buffer *in,
                           const struct fx_buffer *out)
{
    WDF_REQUEST_COMPLETION_PARAMS *params = &request->send.params;
    PIO_STACK_LOCATION next;
    NTSTATUS status;

    status = fx_format_begin(target, request, &next);
    if (!NT_SUCCESS(status))
        return status;
    fx_format_keep(request, in);
    fx_format_keep(request, out);
    fx_format_save(request);
    next->MajorFunction = is_internal ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL;
    next->Parameters.DeviceIoControl.IoControlCode = code;
    next->Parameters.DeviceIoControl.InputBufferLength = in->length;
    next->Parameters.DeviceIoControl.OutputBufferLength = out->length;
    status = control_buffers(request, next, code, in, out);
    RtlZeroMemory(params, sizeof(*params));
    params->Type = is_internal ? WdfRequestTypeDeviceControlInternal : WdfRequestTypeDeviceControl;
    params->Parameters.Ioctl.IoControlCode = code;
    params->Parameters.Ioctl.Input.Buffer = buffer_handle(in);
    params->Parameters.Ioctl.Input.Offset = in->offset;
    params->Parameters.Ioctl.Output.Buffer = buffer_handle(out);
    params->Parameters.Ioctl.Output.Offset = out->offset;
    params->Parameters.Ioctl.Output.Length = out->length;
    return format_done(request, status);
}

NTSTATUS fx_format_others(struct fx_target *target, struct fx_request *request, ULONG code,
                          const struct fx_buffer arguments[3])
{
    WDF_REQUEST_COMPLETION_PARAMS *params = &request->send.params;
    PIO_STACK_LOCATION next;
    PVOID values[3];
    NTSTATUS status;
    ULONG i;

    status = fx_format_begin(target, request, &next);
    if (!NT_SUCCESS(status))
        return status;
    for (i = 0; i < 3 && NT_SUCCESS(status); i++) {
        fx_format_keep(request, &arguments[i]);
        status = fx_buffer_address(&arguments[i], &values[i]);
    }
    RtlZeroMemory(params, sizeof(*params));
    params->Type = WdfRequestTypeOther;
    if (NT_SUCCESS(status)) {
        next->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
        next->Parameters.Others.Argument1 = values[0];
        next->Parameters.Others.Argument2 = values[1];
        next->Parameters.Others.Argument4 = values[2];
        next->Parameters.DeviceIoControl.IoControlCode = code; /* the third argument's place */
        params->Parameters.Others.Argument1.Ptr = buffer_handle(&arguments[0]);
        params->Parameters.Others.Argument2.Ptr = buffer_handle(&arguments[1]);
        params->Parameters.Others.Argument3.Ptr = UlongToPtr(code);
        params->Parameters.Others.Argument4.Ptr = buffer_handle(&arguments[2]);
    }
    return format_done(request, status);
}
