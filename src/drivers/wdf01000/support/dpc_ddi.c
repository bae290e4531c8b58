/* SPDX-License-Identifier: MIT */
/* dpc_ddi.c - WdfDpcXxx as a client calls it. */
#include "dpc.h"
#include <wdf_entries.h>

static struct fx_dpc *dpc_of(PWDF_DRIVER_GLOBALS abi, WDFDPC handle)
{
    return (struct fx_dpc *)fx_object_of(fx_globals_of(abi), handle, &fx_type_dpc);
}

NTSTATUS NTAPI imp_WdfDpcCreate(PWDF_DRIVER_GLOBALS DriverGlobals, PWDF_DPC_CONFIG Config,
                                PWDF_OBJECT_ATTRIBUTES Attributes, WDFDPC *Dpc)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    WDF_DPC_CONFIG config;
    struct fx_dpc *dpc;
    NTSTATUS status;

    fx_needed(globals, Config);
    fx_needed(globals, Dpc);
    status = fx_struct_copy(globals, &config, sizeof config, Config, INDEX_WDF_DPC_CONFIG);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_dpc_create(globals, &config, Attributes, &dpc);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&dpc->object, _ReturnAddress());
    *Dpc = fx_handle_of(&dpc->object);
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI imp_WdfDpcEnqueue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDPC Dpc)
{
    return KeInsertQueueDpc(&dpc_of(DriverGlobals, Dpc)->kernel, NULL, NULL);
}

BOOLEAN NTAPI imp_WdfDpcCancel(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDPC Dpc, BOOLEAN Wait)
{
    struct fx_dpc *dpc = dpc_of(DriverGlobals, Dpc);

    if (Wait && fx_irql_above(fx_globals_of(DriverGlobals), PASSIVE_LEVEL, "WdfDpcCancel(Wait)"))
        return FALSE;
    return fx_dpc_cancel(dpc, Wait);
}

WDFOBJECT NTAPI imp_WdfDpcGetParentObject(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDPC Dpc)
{
    return fx_handle_of(dpc_of(DriverGlobals, Dpc)->parent);
}

PKDPC NTAPI imp_WdfDpcWdmGetDpc(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDPC Dpc)
{
    return &dpc_of(DriverGlobals, Dpc)->kernel;
}
