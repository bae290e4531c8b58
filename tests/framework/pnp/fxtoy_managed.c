/* SPDX-License-Identifier: MIT */
/* fxtoy_managed.c - the function driver whose idle time-out the system manages: one component of
 * two F-states, each word of the power framework noted and answered at once.
 */
#include "fxtoy_driver.h"

static POHANDLE handle;

static NTSTATUS registered(WDFDEVICE device, POHANDLE given)
{
    handle = given;
    return noted(device, FXTOY_FxRegistered, given != NULL);
}

static VOID unregisters(WDFDEVICE device, POHANDLE given)
{
    (void)noted(device, FXTOY_FxUnregisters, given == handle);
    handle = NULL;
}

static VOID active(PVOID context, ULONG component)
{
    (void)noted(context, FXTOY_FxActive, (int)component);
}

static VOID idle(PVOID context, ULONG component)
{
    (void)noted(context, FXTOY_FxIdle, (int)component);
    PoFxCompleteIdleCondition(handle, component);
}

static VOID state_changes(PVOID context, ULONG component, ULONG state)
{
    (void)noted(context, FXTOY_FxState, (int)state);
    PoFxCompleteIdleState(handle, component);
    shared->f_state = (int)state;
}

NTSTATUS managed_assign(WDFDEVICE device, enum fxtoy_settings which)
{
    PO_FX_COMPONENT_IDLE_STATE states[2] = {
        {.NominalPower = 10},
        {.TransitionLatency = 100, .ResidencyRequirement = 1000, .NominalPower = 1}};
    PO_FX_COMPONENT component = {.IdleStateCount = 2, .IdleStates = states};
    WDF_POWER_FRAMEWORK_SETTINGS settings;

    WDF_POWER_FRAMEWORK_SETTINGS_INIT(&settings);
    settings.EvtDeviceWdmPostPoFxRegisterDevice = registered;
    settings.EvtDeviceWdmPrePoFxUnregisterDevice = unregisters;
    settings.Component = &component;
    settings.ComponentActiveConditionCallback = active;
    settings.ComponentIdleConditionCallback = idle;
    settings.ComponentIdleStateCallback = state_changes;
    settings.PoFxDeviceContext = device;
    if (which == FXTOY_NO_STATES)
        component.IdleStateCount = 0;
    if (which == FXTOY_NO_CALLBACK)
        settings.ComponentIdleStateCallback = NULL;
    if (which == FXTOY_BAD_SIZE)
        settings.Size--;
    if (which == FXTOY_NONE) { /* F0 alone, nobody listens */
        WDF_POWER_FRAMEWORK_SETTINGS_INIT(&settings);
    }
    return WdfDeviceWdmAssignPowerFrameworkSettings(device, &settings);
}
