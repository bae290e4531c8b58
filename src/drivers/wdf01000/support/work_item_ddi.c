/* SPDX-License-Identifier: MIT */
/* work_item_ddi.c - WdfWorkItemXxx as a client calls it. */
#include "work_item.h"
#include <wdf_entries.h>

static struct fx_work_item *item_of(PWDF_DRIVER_GLOBALS abi, WDFWORKITEM handle)
{
    return (struct fx_work_item *)fx_object_of(fx_globals_of(abi), handle, &fx_type_work_item);
}

NTSTATUS NTAPI imp_WdfWorkItemCreate(PWDF_DRIVER_GLOBALS DriverGlobals, PWDF_WORKITEM_CONFIG Config,
                                     PWDF_OBJECT_ATTRIBUTES Attributes, WDFWORKITEM *WorkItem)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    WDF_WORKITEM_CONFIG config;
    struct fx_work_item *item;
    NTSTATUS status;

    fx_needed(globals, Config);
    fx_needed(globals, WorkItem);
    status = fx_struct_copy(globals, &config, sizeof config, Config, INDEX_WDF_WORKITEM_CONFIG);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_work_item_create(globals, &config, Attributes, &item);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&item->object, _ReturnAddress());
    *WorkItem = fx_handle_of(&item->object);
    return STATUS_SUCCESS;
}

VOID NTAPI imp_WdfWorkItemEnqueue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWORKITEM WorkItem)
{
    fx_work_item_enqueue(item_of(DriverGlobals, WorkItem));
}

WDFOBJECT NTAPI imp_WdfWorkItemGetParentObject(PWDF_DRIVER_GLOBALS DriverGlobals,
                                               WDFWORKITEM WorkItem)
{
    return fx_handle_of(item_of(DriverGlobals, WorkItem)->parent);
}

VOID NTAPI imp_WdfWorkItemFlush(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWORKITEM WorkItem)
{
    struct fx_work_item *item = item_of(DriverGlobals, WorkItem);

    if (fx_irql_above(fx_globals_of(DriverGlobals), PASSIVE_LEVEL, "WdfWorkItemFlush"))
        return;
    fx_work_item_flush(item);
}
