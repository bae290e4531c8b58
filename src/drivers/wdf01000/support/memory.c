/* SPDX-License-Identifier: MIT */
/* memory.c - buffers with a handle: from pool, of the client, inside a request.
 *
 * In: attributes and where the bytes come from; out: a struct fx_memory. What differs between the
 * kinds is how the bytes go, so each kind is a type of its own below fx_type_memory.
 * Invariant: buffer and length do not change while the object lives, but for preallocated memory.
 */
#include "support_internal.h"

void fx_memory_mdl_drop(struct fx_memory *memory)
{
    if (!memory->own_mdl)
        return;
    if (memory->locked)
        MmUnlockPages(memory->mdl);
    IoFreeMdl(memory->mdl);
    memory->mdl = NULL;
    memory->own_mdl = memory->locked = FALSE;
}

static void memory_destroy(struct fx_object *object)
{
    struct fx_memory *memory = (struct fx_memory *)object;

    fx_memory_mdl_drop(memory);
    if (memory->kind == FX_MEMORY_POOL && memory->buffer)
        ExFreePoolWithTag(memory->buffer, memory->tag);
}

const struct fx_type fx_type_memory = {
    .name = "WDFMEMORY",
    .size = sizeof(struct fx_memory),
    .destroy = memory_destroy,
};

/* Paged bytes go at PASSIVE_LEVEL only. */
static const struct fx_type type_memory_paged = {
    .name = "WDFMEMORY",
    .size = sizeof(struct fx_memory),
    .flags = FX_TYPE_PASSIVE,
    .parent = &fx_type_memory,
    .destroy = memory_destroy,
};

const struct fx_type fx_type_memory_preallocated = {
    .name = "WDFMEMORY",
    .size = sizeof(struct fx_memory),
    .parent = &fx_type_memory,
    .destroy = memory_destroy,
};

/* PagedPool has bit 0 set in each of its forms. */
BOOLEAN fx_pool_is_paged(POOL_TYPE pool)
{
    return (pool & 1) != 0;
}

PVOID fx_pool_take(struct fx_globals *globals, POOL_TYPE pool, ULONG tag, SIZE_T length_bytes)
{
    if (globals->verifier.count_allocations &&
        InterlockedDecrement(&globals->verifier.allocations_left) < 0)
        return NULL;
    /* A client's raise flag would leave through frames of ours. */
    pool &= ~POOL_RAISE_IF_ALLOCATION_FAILURE;
    return ExAllocatePoolWithTag(pool, length_bytes, tag ? tag : globals->abi.DriverTag);
}

NTSTATUS fx_memory_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                          struct fx_object *parent, POOL_TYPE pool, ULONG tag, SIZE_T length_bytes,
                          struct fx_memory **out_memory)
{
    BOOLEAN paged = fx_pool_is_paged(pool);
    struct fx_object *object;
    struct fx_memory *memory;
    NTSTATUS status;

    if (length_bytes == 0) {
        fx_log(globals, FX_LOG_ERROR, "memory of 0 bytes: give a size");
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_object_create(globals, paged ? &type_memory_paged : &fx_type_memory, 0, attributes,
                              parent, &object);
    if (!NT_SUCCESS(status))
        return status;
    memory = (struct fx_memory *)object;
    memory->kind = FX_MEMORY_POOL;
    memory->paged = paged;
    memory->tag = tag ? tag : globals->abi.DriverTag;
    memory->length_bytes = length_bytes;
    memory->buffer = fx_pool_take(globals, pool, tag, length_bytes);
    if (!memory->buffer) {
        fx_log(globals, FX_LOG_ERROR, "memory: no pool for %Iu bytes", length_bytes);
        fx_object_abandon(object);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *out_memory = memory;
    return STATUS_SUCCESS;
}

void fx_memory_embed(struct fx_memory *memory, void *buffer, SIZE_T length_bytes, PMDL mdl,
                     BOOLEAN read_only)
{
    memory->kind = FX_MEMORY_REQUEST;
    memory->buffer = buffer;
    memory->length_bytes = length_bytes;
    memory->mdl = mdl;
    memory->own_mdl = memory->locked = FALSE;
    memory->read_only = read_only;
}

NTSTATUS fx_memory_range(const struct fx_memory *memory, const WDFMEMORY_OFFSET *range,
                         SIZE_T *out_offset, SIZE_T *out_length)
{
    SIZE_T offset = range ? range->BufferOffset : 0;
    SIZE_T length = range ? range->BufferLength : 0;

    if (offset + length < offset || offset + length > memory->length_bytes)
        return STATUS_INTEGER_OVERFLOW;
    *out_offset = offset;
    *out_length = length ? length : memory->length_bytes - offset;
    return STATUS_SUCCESS;
}

/* Nobody takes a second MDL: whoever comes second to install his frees it again. */
NTSTATUS fx_memory_mdl(struct fx_memory *memory, PMDL *out_mdl)
{
    NTSTATUS status = STATUS_SUCCESS;
    PMDL mdl;

    if (memory->mdl) {
        *out_mdl = memory->mdl;
        return STATUS_SUCCESS;
    }
    if (memory->length_bytes > MAXULONG)
        return STATUS_INVALID_PARAMETER;
    mdl = IoAllocateMdl(memory->buffer, (ULONG)memory->length_bytes, FALSE, FALSE, NULL);
    if (!mdl)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!memory->paged) {
        MmBuildMdlForNonPagedPool(mdl);
    } else {
        __try {
            MmProbeAndLockPages(mdl, KernelMode, IoWriteAccess);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            status = GetExceptionCode();
        }
        if (!NT_SUCCESS(status)) {
            IoFreeMdl(mdl);
            return status;
        }
    }
    if (InterlockedCompareExchangePointer((PVOID *)&memory->mdl, mdl, NULL) == NULL) {
        memory->locked = memory->paged;
        memory->own_mdl = TRUE;
    } else {
        if (memory->paged)
            MmUnlockPages(mdl);
        IoFreeMdl(mdl);
    }
    *out_mdl = memory->mdl;
    return STATUS_SUCCESS;
}

NTSTATUS fx_memory_assign(struct fx_memory *memory, void *buffer, SIZE_T length_bytes)
{
    if (length_bytes == 0)
        return STATUS_INVALID_PARAMETER;
    fx_memory_mdl_drop(memory); /* it described the old bytes */
    memory->buffer = buffer;
    memory->length_bytes = length_bytes;
    return STATUS_SUCCESS;
}

/* An offset at the end is out of bounds even for no bytes, but offset 0 never is. */
NTSTATUS fx_memory_read(const struct fx_memory *memory, SIZE_T offset, void *buffer,
                        SIZE_T length_bytes)
{
    if (length_bytes == 0)
        return STATUS_INVALID_PARAMETER;
    if (offset != 0 && offset >= memory->length_bytes)
        return STATUS_BUFFER_TOO_SMALL;
    if (length_bytes > memory->length_bytes - offset)
        return STATUS_BUFFER_TOO_SMALL;
    RtlCopyMemory(buffer, (PUCHAR)memory->buffer + offset, length_bytes);
    return STATUS_SUCCESS;
}

NTSTATUS fx_memory_write(struct fx_memory *memory, SIZE_T offset, const void *buffer,
                         SIZE_T length_bytes)
{
    if (length_bytes == 0)
        return STATUS_INVALID_PARAMETER;
    if (memory->read_only) {
        fx_log(memory->object.globals, FX_LOG_ERROR,
               "WDFMEMORY %p is a request's input: nothing can be copied into it",
               fx_handle_of(&memory->object));
        return STATUS_ACCESS_VIOLATION;
    }
    if (offset != 0 && offset >= memory->length_bytes)
        return STATUS_INVALID_BUFFER_SIZE;
    if (length_bytes > memory->length_bytes - offset)
        return STATUS_INVALID_BUFFER_SIZE;
    RtlCopyMemory((PUCHAR)memory->buffer + offset, buffer, length_bytes);
    return STATUS_SUCCESS;
}
