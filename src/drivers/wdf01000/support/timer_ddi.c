/* SPDX-License-Identifier: MIT */
/* timer_ddi.c - WdfTimerXxx as a client calls it. */
#include "timer.h"
#include <wdf_entries.h>

static struct fx_timer *timer_of(PWDF_DRIVER_GLOBALS abi, WDFTIMER handle)
{
    return (struct fx_timer *)fx_object_of(fx_globals_of(abi), handle, &fx_type_timer);
}

NTSTATUS NTAPI imp_WdfTimerCreate(PWDF_DRIVER_GLOBALS DriverGlobals, PWDF_TIMER_CONFIG Config,
                                  PWDF_OBJECT_ATTRIBUTES Attributes, WDFTIMER *Timer)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    WDF_TIMER_CONFIG config;
    struct fx_timer *timer;
    NTSTATUS status;

    fx_needed(globals, Config);
    fx_needed(globals, Timer);
    status = fx_struct_copy(globals, &config, sizeof config, Config, INDEX_WDF_TIMER_CONFIG);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_timer_create(globals, &config, Attributes, &timer);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&timer->object, _ReturnAddress());
    *Timer = fx_handle_of(&timer->object);
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI imp_WdfTimerStart(PWDF_DRIVER_GLOBALS DriverGlobals, WDFTIMER Timer, LONGLONG DueTime)
{
    return fx_timer_start(timer_of(DriverGlobals, Timer), DueTime);
}

BOOLEAN NTAPI imp_WdfTimerStop(PWDF_DRIVER_GLOBALS DriverGlobals, WDFTIMER Timer, BOOLEAN Wait)
{
    struct fx_timer *timer = timer_of(DriverGlobals, Timer);

    if (Wait && fx_irql_above(fx_globals_of(DriverGlobals), PASSIVE_LEVEL, "WdfTimerStop(Wait)"))
        return FALSE;
    return fx_timer_stop(timer, Wait);
}

WDFOBJECT NTAPI imp_WdfTimerGetParentObject(PWDF_DRIVER_GLOBALS DriverGlobals, WDFTIMER Timer)
{
    return fx_handle_of(timer_of(DriverGlobals, Timer)->parent);
}
