/* SPDX-License-Identifier: MIT */
/* buffers.c - the input and output buffers of a received request, by how its IRP carries them.
 *
 * In: a request and a direction. Out: an address valid in any context, an MDL, or a memory object
 * that stands inside the request. Always: what is made here goes before the IRP is completed.
 */
#include "request_internal.h"

/* The embedded memory is the request's: nothing is freed. */
static void fx_request_memory_free(struct fx_object *object)
{
    UNREFERENCED_PARAMETER(object);
}

static void fx_request_memory_destroy(struct fx_object *object)
{
    fx_memory_mdl_drop((struct fx_memory *)object);
}

static const struct fx_type type_memory_of_request = {
    .name = "WDFMEMORY",
    .size = sizeof(struct fx_memory),
    .flags = FX_TYPE_NO_DELETE,
    .parent = &fx_type_memory,
    .destroy = fx_request_memory_destroy,
    .free = fx_request_memory_free,
};

static NTSTATUS fx_buffer_check(const struct fx_request_buffer *buffer)
{
    return buffer->length == 0 ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
}

static NTSTATUS fx_buffer_map(struct fx_request_buffer *buffer, PMDL mdl, BOOLEAN map)
{
    if (mdl == NULL)
        return STATUS_BUFFER_TOO_SMALL;
    buffer->mdl = mdl;
    if (!map)
        return STATUS_SUCCESS;
    buffer->address = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority | MdlMappingNoExecute);
    return buffer->address == NULL ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
}

/* A user's address is good for nobody but the one in the user's context. */
static NTSTATUS fx_buffer_neither(struct fx_request_buffer *buffer, const IRP *irp, UCHAR major,
                                  PVOID address)
{
    if (irp->RequestorMode != KernelMode && major != IRP_MJ_INTERNAL_DEVICE_CONTROL)
        return STATUS_INVALID_DEVICE_REQUEST;
    buffer->address = address;
    return STATUS_SUCCESS;
}

/* Reads and writes: the device's flags say how. */
static NTSTATUS fx_buffer_transfer(struct fx_request *request, BOOLEAN map,
                                   struct fx_request_buffer *buffer)
{
    PIRP irp = request->irp;
    ULONG flags = request->object.device->wdm->Flags;
    NTSTATUS status = fx_buffer_check(buffer);

    if (!NT_SUCCESS(status))
        return status;
    if (flags & DO_DIRECT_IO)
        return fx_buffer_map(buffer, irp->MdlAddress, map);
    if (!(flags & DO_BUFFERED_IO))
        return fx_buffer_neither(buffer, irp, request->stack->MajorFunction, irp->UserBuffer);
    buffer->address = irp->AssociatedIrp.SystemBuffer;
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_INTERNAL_ERROR: completed; STATUS_INVALID_DEVICE_REQUEST: not presented */
static NTSTATUS fx_buffer_begin(const struct fx_request *request,
                                struct fx_request_buffer *out_buffer)
{
    out_buffer->mdl = NULL;
    out_buffer->address = NULL;
    if (request->irp == NULL)
        return STATUS_INTERNAL_ERROR;
    return request->stack == NULL ? STATUS_INVALID_DEVICE_REQUEST : STATUS_SUCCESS;
}

NTSTATUS fx_request_input(struct fx_request *request, BOOLEAN map,
                          struct fx_request_buffer *out_buffer)
{
    const IO_STACK_LOCATION *stack = request->stack;
    PIRP irp = request->irp;
    NTSTATUS status = fx_buffer_begin(request, out_buffer);

    if (!NT_SUCCESS(status))
        return status;
    switch (stack->MajorFunction) {
    case IRP_MJ_WRITE:
        out_buffer->length = stack->Parameters.Write.Length;
        return fx_buffer_transfer(request, map, out_buffer);
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        out_buffer->length = stack->Parameters.DeviceIoControl.InputBufferLength;
        status = fx_buffer_check(out_buffer);
        if (!NT_SUCCESS(status))
            return status;
        if ((stack->Parameters.DeviceIoControl.IoControlCode & 3) == METHOD_NEITHER)
            return fx_buffer_neither(out_buffer, irp, stack->MajorFunction,
                                     stack->Parameters.DeviceIoControl.Type3InputBuffer);
        out_buffer->address = irp->AssociatedIrp.SystemBuffer;
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

NTSTATUS fx_request_output(struct fx_request *request, BOOLEAN map,
                           struct fx_request_buffer *out_buffer)
{
    const IO_STACK_LOCATION *stack = request->stack;
    PIRP irp = request->irp;
    NTSTATUS status = fx_buffer_begin(request, out_buffer);

    if (!NT_SUCCESS(status))
        return status;
    switch (stack->MajorFunction) {
    case IRP_MJ_READ:
        out_buffer->length = stack->Parameters.Read.Length;
        return fx_buffer_transfer(request, map, out_buffer);
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        out_buffer->length = stack->Parameters.DeviceIoControl.OutputBufferLength;
        status = fx_buffer_check(out_buffer);
        if (!NT_SUCCESS(status))
            return status;
        switch (stack->Parameters.DeviceIoControl.IoControlCode & 3) {
        case METHOD_BUFFERED:
            out_buffer->address = irp->AssociatedIrp.SystemBuffer;
            return STATUS_SUCCESS;
        case METHOD_NEITHER:
            return fx_buffer_neither(out_buffer, irp, stack->MajorFunction, irp->UserBuffer);
        default:
            return fx_buffer_map(out_buffer, irp->MdlAddress, map);
        }
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

static NTSTATUS fx_buffer_answer(const struct fx_request_buffer *buffer, SIZE_T minimum,
                                 PVOID *out_buffer, SIZE_T *out_length)
{
    if (buffer->length < minimum)
        return STATUS_BUFFER_TOO_SMALL;
    *out_buffer = buffer->address;
    if (out_length != NULL)
        *out_length = buffer->length;
    return STATUS_SUCCESS;
}

NTSTATUS fx_request_input_buffer(struct fx_request *request, SIZE_T minimum, PVOID *out_buffer,
                                 SIZE_T *out_length)
{
    struct fx_request_buffer buffer;
    NTSTATUS status = fx_request_input(request, TRUE, &buffer);

    if (!NT_SUCCESS(status))
        return status;
    return fx_buffer_answer(&buffer, minimum, out_buffer, out_length);
}

NTSTATUS fx_request_output_buffer(struct fx_request *request, SIZE_T minimum, PVOID *out_buffer,
                                  SIZE_T *out_length)
{
    struct fx_request_buffer buffer;
    NTSTATUS status = fx_request_output(request, TRUE, &buffer);

    if (!NT_SUCCESS(status))
        return status;
    return fx_buffer_answer(&buffer, minimum, out_buffer, out_length);
}

/* --- MDLs
 * ----------------------------------------------------------------------------------------- */

/* The MDL of a buffer; one is built, once, for buffers from nonpaged pool. */
static NTSTATUS fx_buffer_mdl(const struct fx_request_buffer *buffer, PMDL *kept, PMDL *out_mdl)
{
    PMDL mdl = buffer->mdl;

    if (mdl == NULL && *kept == NULL) {
        mdl = IoAllocateMdl(buffer->address, (ULONG)buffer->length, FALSE, FALSE, NULL);
        if (mdl == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        MmBuildMdlForNonPagedPool(mdl);
        *kept = mdl;
    }
    *out_mdl = buffer->mdl != NULL ? buffer->mdl : *kept;
    return STATUS_SUCCESS;
}

/* A pointer of somebody else's is not ours to describe. */
static BOOLEAN fx_request_is_neither(const struct fx_request *request)
{
    UCHAR major = request->stack->MajorFunction;

    if (major == IRP_MJ_READ || major == IRP_MJ_WRITE)
        return !(request->object.device->wdm->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO));
    return (request->stack->Parameters.DeviceIoControl.IoControlCode & 3) == METHOD_NEITHER;
}

NTSTATUS fx_request_input_mdl(struct fx_request *request, PMDL *out_mdl)
{
    struct fx_request_buffer buffer;
    NTSTATUS status = fx_request_input(request, FALSE, &buffer);

    if (!NT_SUCCESS(status))
        return status;
    if (fx_request_is_neither(request))
        return STATUS_INVALID_DEVICE_REQUEST;
    return fx_buffer_mdl(&buffer, &request->in_mdl, out_mdl);
}

NTSTATUS fx_request_output_mdl(struct fx_request *request, PMDL *out_mdl)
{
    struct fx_request_buffer buffer;
    NTSTATUS status = fx_request_output(request, FALSE, &buffer);

    if (!NT_SUCCESS(status))
        return status;
    if (fx_request_is_neither(request))
        return STATUS_INVALID_DEVICE_REQUEST;
    return fx_buffer_mdl(&buffer, &request->out_mdl, out_mdl);
}

/* --- memory objects
 * --------------------------------------------------------------------------------- */

/* Makes the embedded memory at its first retrieval. */
static NTSTATUS fx_request_memory(struct fx_request *request,
                                  const struct fx_request_buffer *buffer, struct fx_memory *memory,
                                  LONG flag, BOOLEAN read_only)
{
    NTSTATUS status;

    if (fx_request_has(request, flag))
        return STATUS_SUCCESS;
    RtlZeroMemory(memory, sizeof(*memory));
    status = fx_object_init(&memory->object, request->object.globals, &type_memory_of_request, 0,
                            NULL, &request->object);
    if (!NT_SUCCESS(status))
        return status;
    fx_memory_embed(memory, buffer->address, buffer->length, buffer->mdl, read_only);
    fx_request_set(request, flag);
    return STATUS_SUCCESS;
}

NTSTATUS fx_request_input_memory(struct fx_request *request, struct fx_memory **out_memory)
{
    struct fx_request_buffer buffer;
    NTSTATUS status = fx_request_input(request, TRUE, &buffer);

    if (NT_SUCCESS(status))
        status =
            fx_request_memory(request, &buffer, &request->in_memory, FX_REQUEST_IN_MEMORY, TRUE);
    if (NT_SUCCESS(status))
        *out_memory = &request->in_memory;
    return status;
}

NTSTATUS fx_request_output_memory(struct fx_request *request, struct fx_memory **out_memory)
{
    struct fx_request_buffer buffer;
    NTSTATUS status = fx_request_output(request, TRUE, &buffer);

    if (NT_SUCCESS(status))
        status =
            fx_request_memory(request, &buffer, &request->out_memory, FX_REQUEST_OUT_MEMORY, FALSE);
    if (NT_SUCCESS(status))
        *out_memory = &request->out_memory;
    return status;
}
