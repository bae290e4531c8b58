/* SPDX-License-Identifier: MIT */
/* init_ddi.c - WDFDEVICE_INIT's half about Plug and Play and power, as a client calls it. */
#include "room.h"
#include <wdf_entries.h>

static struct fx_pnp_init *init_of(PWDF_DRIVER_GLOBALS abi, PWDFDEVICE_INIT init)
{
    fx_needed(fx_globals_of(abi), init);
    return &init->pnp;
}

VOID NTAPI imp_WdfDeviceInitSetPnpPowerEventCallbacks(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    PWDF_PNPPOWER_EVENT_CALLBACKS PnpPowerEventCallbacks)
{
    struct fx_pnp_init *init = init_of(DriverGlobals, DeviceInit);
    WDF_PNPPOWER_EVENT_CALLBACKS evt;

    fx_needed(fx_globals_of(DriverGlobals), PnpPowerEventCallbacks);
    if (!NT_SUCCESS(fx_struct_copy(fx_globals_of(DriverGlobals), &evt, sizeof evt,
                                   PnpPowerEventCallbacks, INDEX_WDF_PNPPOWER_EVENT_CALLBACKS)))
        return;
    if (evt.EvtDeviceUsageNotification != NULL && evt.EvtDeviceUsageNotificationEx != NULL)
        fx_log(fx_globals_of(DriverGlobals), FX_LOG_ERROR,
               "WdfDeviceInitSetPnpPowerEventCallbacks: give one of EvtDeviceUsageNotification and "
               "EvtDeviceUsageNotificationEx, not both; the latter is called");
    init->evt = evt;
}

VOID NTAPI imp_WdfDeviceInitSetPowerPolicyEventCallbacks(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    PWDF_POWER_POLICY_EVENT_CALLBACKS PowerPolicyEventCallbacks)
{
    struct fx_pnp_init *init = init_of(DriverGlobals, DeviceInit);
    WDF_POWER_POLICY_EVENT_CALLBACKS evt;

    fx_needed(fx_globals_of(DriverGlobals), PowerPolicyEventCallbacks);
    if (NT_SUCCESS(fx_struct_copy(fx_globals_of(DriverGlobals), &evt, sizeof evt,
                                  PowerPolicyEventCallbacks,
                                  INDEX_WDF_POWER_POLICY_EVENT_CALLBACKS)))
        init->policy_evt = evt;
}

VOID NTAPI imp_WdfDeviceInitSetPowerPolicyOwnership(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                    PWDFDEVICE_INIT DeviceInit,
                                                    BOOLEAN IsPowerPolicyOwner)
{
    init_of(DriverGlobals, DeviceInit)->policy_owner = IsPowerPolicyOwner ? WdfTrue : WdfFalse;
}

static NTSTATUS listener_add(PWDF_DRIVER_GLOBALS abi, PWDFDEVICE_INIT device_init, ULONG which,
                             ULONG state, ULONG types, struct fx_state_callback **out_callback)
{
    struct fx_pnp_init *init = init_of(abi, device_init);
    struct fx_state_callback *callback;

    if (types == 0 || (types & ~(ULONG)StateNotificationAllStates) != 0)
        return STATUS_INVALID_PARAMETER;
    callback = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*callback), FX_TAG);
    if (callback == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    callback->state = state;
    callback->types = types;
    InsertTailList(&init->state_callbacks[which], &callback->link);
    *out_callback = callback;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfDeviceInitRegisterPnpStateChangeCallback(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_PNP_STATE PnpState,
    PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION EvtDevicePnpStateChange, ULONG CallbackTypes)
{
    struct fx_state_callback *callback;
    NTSTATUS status;

    fx_needed(fx_globals_of(DriverGlobals), EvtDevicePnpStateChange);
    if (PnpState <= WdfDevStatePnpInvalid || PnpState >= WdfDevStatePnpNull)
        return STATUS_INVALID_PARAMETER;
    status =
        listener_add(DriverGlobals, DeviceInit, FX_LISTEN_PNP, PnpState, CallbackTypes, &callback);
    if (NT_SUCCESS(status))
        callback->evt.pnp = EvtDevicePnpStateChange;
    return status;
}

NTSTATUS NTAPI imp_WdfDeviceInitRegisterPowerStateChangeCallback(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    WDF_DEVICE_POWER_STATE PowerState,
    PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION EvtDevicePowerStateChange, ULONG CallbackTypes)
{
    struct fx_state_callback *callback;
    NTSTATUS status;

    fx_needed(fx_globals_of(DriverGlobals), EvtDevicePowerStateChange);
    if (PowerState <= WdfDevStatePowerInvalid ||
        WdfDevStateNormalize(PowerState) >= WdfDevStatePowerNull)
        return STATUS_INVALID_PARAMETER;
    status = listener_add(DriverGlobals, DeviceInit, FX_LISTEN_POWER, PowerState, CallbackTypes,
                          &callback);
    if (NT_SUCCESS(status))
        callback->evt.power = EvtDevicePowerStateChange;
    return status;
}

NTSTATUS NTAPI imp_WdfDeviceInitRegisterPowerPolicyStateChangeCallback(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    WDF_DEVICE_POWER_POLICY_STATE PowerPolicyState,
    PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION EvtDevicePowerPolicyStateChange,
    ULONG CallbackTypes)
{
    struct fx_state_callback *callback;
    NTSTATUS status;

    fx_needed(fx_globals_of(DriverGlobals), EvtDevicePowerPolicyStateChange);
    if (PowerPolicyState <= WdfDevStatePwrPolInvalid ||
        WdfDevStateNormalize(PowerPolicyState) >= WdfDevStatePwrPolNull)
        return STATUS_INVALID_PARAMETER;
    status = listener_add(DriverGlobals, DeviceInit, FX_LISTEN_POLICY, PowerPolicyState,
                          CallbackTypes, &callback);
    if (NT_SUCCESS(status))
        callback->evt.policy = EvtDevicePowerPolicyStateChange;
    return status;
}

VOID NTAPI imp_WdfDeviceInitSetPowerNotPageable(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                PWDFDEVICE_INIT DeviceInit)
{
    init_of(DriverGlobals, DeviceInit)->pageable = WdfFalse;
}

VOID NTAPI imp_WdfDeviceInitSetPowerPageable(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             PWDFDEVICE_INIT DeviceInit)
{
    init_of(DriverGlobals, DeviceInit)->pageable = WdfTrue;
}

VOID NTAPI imp_WdfDeviceInitSetPowerInrush(PWDF_DRIVER_GLOBALS DriverGlobals,
                                           PWDFDEVICE_INIT DeviceInit)
{
    init_of(DriverGlobals, DeviceInit)->inrush = TRUE;
}

VOID NTAPI imp_WdfDeviceInitSetReleaseHardwareOrderOnFailure(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE ReleaseHardwareOrderOnFailure)
{
    struct fx_pnp_init *init = init_of(DriverGlobals, DeviceInit);

    if (ReleaseHardwareOrderOnFailure == WdfReleaseHardwareOrderOnFailureEarly ||
        ReleaseHardwareOrderOnFailure == WdfReleaseHardwareOrderOnFailureAfterDescendants)
        init->release_order = ReleaseHardwareOrderOnFailure;
    else
        fx_log(fx_globals_of(DriverGlobals), FX_LOG_ERROR,
               "WdfDeviceInitSetReleaseHardwareOrderOnFailure: %u is no order",
               ReleaseHardwareOrderOnFailure);
}

VOID NTAPI imp_WdfFdoInitSetEventCallbacks(PWDF_DRIVER_GLOBALS DriverGlobals,
                                           PWDFDEVICE_INIT DeviceInit,
                                           PWDF_FDO_EVENT_CALLBACKS FdoEventCallbacks)
{
    struct fx_pnp_init *init = init_of(DriverGlobals, DeviceInit);
    WDF_FDO_EVENT_CALLBACKS evt;

    fx_needed(fx_globals_of(DriverGlobals), FdoEventCallbacks);
    if (NT_SUCCESS(fx_struct_copy(fx_globals_of(DriverGlobals), &evt, sizeof evt, FdoEventCallbacks,
                                  INDEX_WDF_FDO_EVENT_CALLBACKS)))
        init->fdo_evt = evt;
}

VOID NTAPI imp_WdfPdoInitSetEventCallbacks(PWDF_DRIVER_GLOBALS DriverGlobals,
                                           PWDFDEVICE_INIT DeviceInit,
                                           PWDF_PDO_EVENT_CALLBACKS DispatchTable)
{
    struct fx_pnp_init *init = init_of(DriverGlobals, DeviceInit);
    WDF_PDO_EVENT_CALLBACKS evt;

    fx_needed(fx_globals_of(DriverGlobals), DispatchTable);
    if (NT_SUCCESS(fx_struct_copy(fx_globals_of(DriverGlobals), &evt, sizeof evt, DispatchTable,
                                  INDEX_WDF_PDO_EVENT_CALLBACKS)))
        init->pdo_evt = evt;
}
