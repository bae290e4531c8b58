/* SPDX-License-Identifier: MIT */
/* lookaside_ddi.c - WdfLookasideListCreate and WdfMemoryCreateFromLookaside as a client calls
 * them.
 */
#include "lookaside.h"
#include <wdf_entries.h>

NTSTATUS NTAPI imp_WdfLookasideListCreate(PWDF_DRIVER_GLOBALS DriverGlobals,
                                          PWDF_OBJECT_ATTRIBUTES LookasideAttributes,
                                          size_t BufferSize, POOL_TYPE PoolType,
                                          PWDF_OBJECT_ATTRIBUTES MemoryAttributes, ULONG PoolTag,
                                          WDFLOOKASIDE *Lookaside)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_lookaside *lookaside;
    NTSTATUS status;

    fx_needed(globals, Lookaside);
    *Lookaside = NULL;
    if (fx_irql_above(globals, fx_pool_is_paged(PoolType) ? APC_LEVEL : DISPATCH_LEVEL,
                      "WdfLookasideListCreate"))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (BufferSize == 0)
        return STATUS_INVALID_PARAMETER;
    status = fx_lookaside_create(globals, LookasideAttributes, BufferSize, PoolType,
                                 MemoryAttributes, PoolTag, &lookaside);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&lookaside->object, _ReturnAddress());
    *Lookaside = fx_handle_of(&lookaside->object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfMemoryCreateFromLookaside(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                WDFLOOKASIDE Lookaside, WDFMEMORY *Memory)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_object *object = fx_object_of(globals, Lookaside, &fx_type_lookaside);
    struct fx_lookaside *lookaside = (struct fx_lookaside *)object;
    struct fx_memory *memory;
    NTSTATUS status;

    fx_needed(globals, Memory);
    *Memory = NULL;
    if (fx_irql_above(globals, lookaside->paged ? APC_LEVEL : DISPATCH_LEVEL,
                      "WdfMemoryCreateFromLookaside"))
        return STATUS_INVALID_DEVICE_REQUEST;
    status = fx_lookaside_take(lookaside, &memory);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&memory->object, _ReturnAddress());
    *Memory = fx_handle_of(&memory->object);
    return STATUS_SUCCESS;
}
