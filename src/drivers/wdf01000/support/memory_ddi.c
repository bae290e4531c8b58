/* SPDX-License-Identifier: MIT */
/* memory_ddi.c - WdfMemoryXxx as a client calls it: handles and pointers are checked, then
 * memory.c does it.
 */
#include "support_internal.h"
#include <wdf_entries.h>

static struct fx_memory *memory_of(struct fx_globals *globals, WDFMEMORY handle)
{
    return (struct fx_memory *)fx_object_of(globals, handle, &fx_type_memory);
}

NTSTATUS NTAPI imp_WdfMemoryCreate(PWDF_DRIVER_GLOBALS DriverGlobals,
                                   PWDF_OBJECT_ATTRIBUTES Attributes, POOL_TYPE PoolType,
                                   ULONG PoolTag, size_t BufferSize, WDFMEMORY *Memory,
                                   PVOID *Buffer)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_memory *memory;
    NTSTATUS status;

    fx_needed(globals, Memory);
    *Memory = NULL;
    if (fx_irql_above(globals, fx_pool_is_paged(PoolType) ? APC_LEVEL : DISPATCH_LEVEL,
                      "WdfMemoryCreate"))
        return STATUS_INVALID_DEVICE_REQUEST;
    status = fx_memory_create(globals, Attributes, NULL, PoolType, PoolTag, BufferSize, &memory);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&memory->object, _ReturnAddress());
    if (Buffer)
        *Buffer = memory->buffer;
    *Memory = fx_handle_of(&memory->object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfMemoryCreatePreallocated(PWDF_DRIVER_GLOBALS DriverGlobals,
                                               PWDF_OBJECT_ATTRIBUTES Attributes, PVOID Buffer,
                                               size_t BufferSize, WDFMEMORY *Memory)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_memory *memory;
    struct fx_object *object;
    NTSTATUS status;

    fx_needed(globals, Buffer);
    fx_needed(globals, Memory);
    *Memory = NULL;
    if (BufferSize == 0)
        return STATUS_INVALID_PARAMETER;
    status = fx_object_create(globals, &fx_type_memory_preallocated, 0, Attributes, NULL, &object);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(object, _ReturnAddress());
    memory = (struct fx_memory *)object;
    memory->kind = FX_MEMORY_PREALLOCATED;
    memory->buffer = Buffer;
    memory->length_bytes = BufferSize;
    *Memory = fx_handle_of(object);
    return STATUS_SUCCESS;
}

PVOID NTAPI imp_WdfMemoryGetBuffer(PWDF_DRIVER_GLOBALS DriverGlobals, WDFMEMORY Memory,
                                   size_t *BufferSize)
{
    struct fx_memory *memory = memory_of(fx_globals_of(DriverGlobals), Memory);

    if (BufferSize)
        *BufferSize = memory->length_bytes;
    return memory->buffer;
}

NTSTATUS NTAPI imp_WdfMemoryAssignBuffer(PWDF_DRIVER_GLOBALS DriverGlobals, WDFMEMORY Memory,
                                         PVOID Buffer, size_t BufferSize)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_object *object = fx_object_of(globals, Memory, &fx_type_memory_preallocated);

    fx_needed(globals, Buffer);
    return fx_memory_assign((struct fx_memory *)object, Buffer, BufferSize);
}

NTSTATUS NTAPI imp_WdfMemoryCopyToBuffer(PWDF_DRIVER_GLOBALS DriverGlobals, WDFMEMORY SourceMemory,
                                         size_t SourceOffset, PVOID Buffer, size_t NumBytesToCopyTo)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_memory *memory = memory_of(globals, SourceMemory);

    fx_needed(globals, Buffer);
    return fx_memory_read(memory, SourceOffset, Buffer, NumBytesToCopyTo);
}

NTSTATUS NTAPI imp_WdfMemoryCopyFromBuffer(PWDF_DRIVER_GLOBALS DriverGlobals,
                                           WDFMEMORY DestinationMemory, size_t DestinationOffset,
                                           PVOID Buffer, size_t NumBytesToCopyFrom)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_memory *memory = memory_of(globals, DestinationMemory);

    fx_needed(globals, Buffer);
    return fx_memory_write(memory, DestinationOffset, Buffer, NumBytesToCopyFrom);
}
