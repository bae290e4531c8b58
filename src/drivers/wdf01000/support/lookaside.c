/* SPDX-License-Identifier: MIT */
/* lookaside.c - lists of memory objects that are used again.
 *
 * An entry holds the object, the client's context and, when its pool is not paged, the buffer
 * behind it, aligned like pool. Paged buffers have a list of their own. Each memory object holds a
 * reference on its list, so that a deleted list stays until the last entry is back.
 */
#include "lookaside.h"

static void memory_free(struct fx_object *object)
{
    struct fx_memory *memory = (struct fx_memory *)object;
    struct fx_lookaside *lookaside = memory->lookaside;

    if (lookaside->paged)
        ExFreeToLookasideListEx(&lookaside->buffers, memory->buffer);
    ExFreeToLookasideListEx(&lookaside->objects, memory);
    fx_object_deref(&lookaside->object);
}

static void memory_destroy(struct fx_object *object)
{
    fx_memory_mdl_drop((struct fx_memory *)object);
}

static const struct fx_type type_memory_lookaside = {
    .name = "WDFMEMORY",
    .size = sizeof(struct fx_memory),
    .parent = &fx_type_memory,
    .destroy = memory_destroy,
    .free = memory_free,
};

static const struct fx_type type_memory_lookaside_paged = {
    .name = "WDFMEMORY",
    .size = sizeof(struct fx_memory),
    .flags = FX_TYPE_PASSIVE,
    .parent = &fx_type_memory,
    .destroy = memory_destroy,
    .free = memory_free,
};

static void lookaside_destroy(struct fx_object *object)
{
    struct fx_lookaside *lookaside = (struct fx_lookaside *)object;

    if (lookaside->has_objects)
        ExDeleteLookasideListEx(&lookaside->objects);
    if (lookaside->has_buffers)
        ExDeleteLookasideListEx(&lookaside->buffers);
    if (lookaside->memory_parent)
        fx_object_deref(lookaside->memory_parent);
}

const struct fx_type fx_type_lookaside = {
    .name = "WDFLOOKASIDE",
    .size = sizeof(struct fx_lookaside),
    .flags = FX_TYPE_PASSIVE,
    .destroy = lookaside_destroy,
};

static NTSTATUS lists_make(struct fx_lookaside *lookaside, POOL_TYPE pool, ULONG tag)
{
    ULONG_PTR bytes = fx_object_bytes(lookaside->memory_type, 0, &lookaside->memory_attributes);
    NTSTATUS status;

    /* Objects are read at DISPATCH_LEVEL whatever their buffers are. */
    lookaside->buffer_offset = ALIGN_UP_BY(bytes, MEMORY_ALLOCATION_ALIGNMENT);
    lookaside->object_bytes = lookaside->buffer_offset;
    if (!lookaside->paged)
        lookaside->object_bytes += lookaside->buffer_bytes;
    if (lookaside->object_bytes < lookaside->buffer_bytes && !lookaside->paged)
        return STATUS_INVALID_PARAMETER;
    status = ExInitializeLookasideListEx(&lookaside->objects, NULL, NULL,
                                         lookaside->paged ? NonPagedPoolNx : pool, 0,
                                         lookaside->object_bytes, tag, 0);
    if (!NT_SUCCESS(status))
        return status;
    lookaside->has_objects = TRUE;
    if (!lookaside->paged)
        return STATUS_SUCCESS;
    status = ExInitializeLookasideListEx(&lookaside->buffers, NULL, NULL, pool, 0,
                                         lookaside->buffer_bytes, tag, 0);
    lookaside->has_buffers = NT_SUCCESS(status);
    return status;
}

NTSTATUS fx_lookaside_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                             SIZE_T buffer_bytes, POOL_TYPE pool,
                             PWDF_OBJECT_ATTRIBUTES memory_attributes, ULONG tag,
                             struct fx_lookaside **out_lookaside)
{
    BOOLEAN paged = fx_pool_is_paged(pool);
    const struct fx_type *memory_type =
        paged ? &type_memory_lookaside_paged : &type_memory_lookaside;
    struct fx_lookaside *lookaside;
    struct fx_object *object;
    NTSTATUS status;

    status = fx_attributes_check(globals, memory_type, memory_attributes);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_object_create(globals, &fx_type_lookaside, 0, attributes, NULL, &object);
    if (!NT_SUCCESS(status))
        return status;
    lookaside = (struct fx_lookaside *)object;
    lookaside->paged = paged;
    lookaside->buffer_bytes = buffer_bytes;
    lookaside->memory_type = memory_type;
    WDF_OBJECT_ATTRIBUTES_INIT(&lookaside->memory_attributes);
    if (memory_attributes) {
        lookaside->memory_attributes = *memory_attributes;
        lookaside->memory_attributes.ParentObject = NULL;
        if (memory_attributes->ParentObject) {
            lookaside->memory_parent =
                fx_object_of(globals, memory_attributes->ParentObject, &fx_type_any);
            fx_object_ref(lookaside->memory_parent);
        }
    }
    if (object->device && lookaside->memory_parent && lookaside->memory_parent->device &&
        object->device != lookaside->memory_parent->device) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFLOOKASIDE: the list and its memory belong to two devices: give both one");
        status = STATUS_INVALID_PARAMETER;
    } else {
        status = lists_make(lookaside, pool, tag ? tag : globals->abi.DriverTag);
    }
    if (!NT_SUCCESS(status)) {
        fx_object_abandon(object);
        return status;
    }
    *out_lookaside = lookaside;
    return STATUS_SUCCESS;
}

NTSTATUS fx_lookaside_take(struct fx_lookaside *lookaside, struct fx_memory **out_memory)
{
    struct fx_globals *globals = lookaside->object.globals;
    struct fx_object *parent = lookaside->memory_parent;
    struct fx_memory *memory;
    PVOID buffer = NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    memory = ExAllocateFromLookasideListEx(&lookaside->objects);
    if (!memory)
        return status;
    if (lookaside->paged) {
        buffer = ExAllocateFromLookasideListEx(&lookaside->buffers);
        if (!buffer)
            goto fail;
    }
    RtlZeroMemory(memory, lookaside->buffer_offset);
    if (!parent)
        parent = &globals->driver->object;
    status = fx_object_init(&memory->object, globals, lookaside->memory_type, 0,
                            &lookaside->memory_attributes, parent);
    if (!NT_SUCCESS(status))
        goto fail;
    memory->kind = FX_MEMORY_LOOKASIDE;
    memory->paged = lookaside->paged;
    memory->buffer = buffer ? buffer : (PUCHAR)memory + lookaside->buffer_offset;
    memory->length_bytes = lookaside->buffer_bytes;
    memory->lookaside = lookaside;
    fx_object_ref(&lookaside->object);
    *out_memory = memory;
    return STATUS_SUCCESS;

fail:
    if (buffer)
        ExFreeToLookasideListEx(&lookaside->buffers, buffer);
    ExFreeToLookasideListEx(&lookaside->objects, memory);
    return status;
}
