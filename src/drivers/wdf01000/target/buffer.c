/* SPDX-License-Identifier: MIT */
/* buffer.c - what drivers send from and to, in one shape: bytes, MDLs, memory objects with offsets.
 *
 * In: a WDF_MEMORY_DESCRIPTOR (synchronous calls) or a WDFMEMORY with a range (formats); out: a
 * struct fx_buffer that borrows it. Nothing is referenced here: fx_format_keep does that.
 */
#include "target_internal.h"

NTSTATUS fx_buffer_of_memory(struct fx_globals *globals, WDFMEMORY handle,
                             PWDFMEMORY_OFFSET offsets, struct fx_buffer *out_buffer)
{
    struct fx_memory *memory;
    size_t length;
    NTSTATUS status;

    RtlZeroMemory(out_buffer, sizeof(*out_buffer));
    if (handle == NULL)
        return STATUS_SUCCESS;
    memory = (struct fx_memory *)fx_object_of(globals, handle, &fx_type_memory);
    status = fx_memory_range(memory, offsets, &out_buffer->offset, &length);
    if (!NT_SUCCESS(status)) {
        fx_log(globals, FX_LOG_ERROR, "WDFMEMORY %p: its offsets are beyond its %Iu bytes, %x",
               handle, memory->length_bytes, status);
        return status;
    }
    if (length > MAXULONG)
        return STATUS_INTEGER_OVERFLOW;
    out_buffer->kind = FX_BUFFER_MEMORY;
    out_buffer->length = (ULONG)length;
    out_buffer->memory = memory;
    out_buffer->bytes = (PUCHAR)memory->buffer + out_buffer->offset;
    return STATUS_SUCCESS;
}

NTSTATUS fx_buffer_of_descriptor(struct fx_globals *globals, PWDF_MEMORY_DESCRIPTOR descriptor,
                                 struct fx_buffer *out_buffer)
{
    RtlZeroMemory(out_buffer, sizeof(*out_buffer));
    if (descriptor == NULL)
        return STATUS_SUCCESS;
    switch (descriptor->Type) {
    case WdfMemoryDescriptorTypeBuffer:
        out_buffer->kind = FX_BUFFER_BYTES;
        out_buffer->bytes = descriptor->u.BufferType.Buffer;
        out_buffer->length = descriptor->u.BufferType.Length;
        if (out_buffer->bytes == NULL && out_buffer->length != 0)
            break;
        return STATUS_SUCCESS;
    case WdfMemoryDescriptorTypeMdl:
        out_buffer->kind = FX_BUFFER_MDL;
        out_buffer->mdl = descriptor->u.MdlType.Mdl;
        out_buffer->length = descriptor->u.MdlType.BufferLength;
        if (out_buffer->mdl == NULL && out_buffer->length != 0)
            break;
        return STATUS_SUCCESS;
    case WdfMemoryDescriptorTypeHandle:
        if (descriptor->u.HandleType.Memory == NULL)
            break;
        return fx_buffer_of_memory(globals, descriptor->u.HandleType.Memory,
                                   descriptor->u.HandleType.Offsets, out_buffer);
    default:
        break;
    }
    fx_log(globals, FX_LOG_ERROR, "WDF_MEMORY_DESCRIPTOR %p of type %d describes no buffer",
           descriptor, descriptor->Type);
    return STATUS_INVALID_PARAMETER;
}

NTSTATUS fx_buffer_address(const struct fx_buffer *buffer, PVOID *out_bytes)
{
    if (buffer->kind != FX_BUFFER_MDL || buffer->mdl == NULL) {
        *out_bytes = buffer->bytes;
        return STATUS_SUCCESS;
    }
    *out_bytes = MmGetSystemAddressForMdlSafe(buffer->mdl, NormalPagePriority);
    return *out_bytes != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* The caller's bytes described and locked. */
static NTSTATUS bytes_mdl(const struct fx_buffer *buffer, struct fx_request *request,
                          LOCK_OPERATION access, PMDL *out_mdl)
{
    PMDL mdl = IoAllocateMdl(buffer->bytes, buffer->length, FALSE, FALSE, NULL);
    NTSTATUS status = STATUS_SUCCESS;

    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    __try {
        MmProbeAndLockPages(mdl, KernelMode, access);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    if (!NT_SUCCESS(status)) {
        IoFreeMdl(mdl);
        return status;
    }
    request->send.mdl = mdl;
    request->send.unlock = TRUE;
    *out_mdl = mdl;
    return STATUS_SUCCESS;
}

/* A memory object's own MDL, or a part of it. */
static NTSTATUS memory_mdl(const struct fx_buffer *buffer, struct fx_request *request,
                           PMDL *out_mdl)
{
    PMDL whole, part;
    NTSTATUS status;

    status = fx_memory_mdl(buffer->memory, &whole);
    if (!NT_SUCCESS(status))
        return status;
    if (buffer->offset == 0 && buffer->length == buffer->memory->length_bytes) {
        *out_mdl = whole;
        return STATUS_SUCCESS;
    }
    part = IoAllocateMdl(buffer->bytes, buffer->length, FALSE, FALSE, NULL);
    if (part == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoBuildPartialMdl(whole, part, (PUCHAR)MmGetMdlVirtualAddress(whole) + buffer->offset,
                      buffer->length);
    request->send.mdl = part;
    request->send.unlock = FALSE;
    *out_mdl = part;
    return STATUS_SUCCESS;
}

NTSTATUS fx_buffer_mdl(const struct fx_buffer *buffer, struct fx_request *request,
                       LOCK_OPERATION access, PMDL *out_mdl)
{
    *out_mdl = NULL;
    if (buffer->length == 0)
        return STATUS_SUCCESS;
    switch (buffer->kind) {
    case FX_BUFFER_MDL:
        *out_mdl = buffer->mdl;
        return STATUS_SUCCESS;
    case FX_BUFFER_BYTES:
        return bytes_mdl(buffer, request, access, out_mdl);
    case FX_BUFFER_MEMORY:
        return memory_mdl(buffer, request, out_mdl);
    default:
        return STATUS_SUCCESS;
    }
}
