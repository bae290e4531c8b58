/* SPDX-License-Identifier: MIT */
/* pnp_ddi.c - WdfDeviceXxx about Plug and Play and power, as a client calls them. */
#include "room.h"
#include <wdf_entries.h>

static struct fx_device *device_of(PWDF_DRIVER_GLOBALS abi, WDFDEVICE handle)
{
    return (struct fx_device *)fx_object_of(fx_globals_of(abi), handle, &fx_type_device);
}

/* ---- states --------------------------------------------------------------------------------- */

WDF_DEVICE_PNP_STATE NTAPI imp_WdfDeviceGetDevicePnpState(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                          WDFDEVICE Device)
{
    struct fx_device *device = device_of(DriverGlobals, Device);

    return device->pnp != NULL ? fx_pnp_state(device) : WdfDevStatePnpInvalid;
}

WDF_DEVICE_POWER_STATE NTAPI imp_WdfDeviceGetDevicePowerState(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                              WDFDEVICE Device)
{
    struct fx_device *device = device_of(DriverGlobals, Device);

    return device->pnp != NULL ? fx_power_state(device) : WdfDevStatePowerInvalid;
}

WDF_DEVICE_POWER_POLICY_STATE NTAPI
imp_WdfDeviceGetDevicePowerPolicyState(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device)
{
    struct fx_device *device = device_of(DriverGlobals, Device);

    return device->pnp != NULL ? fx_policy_state(device) : WdfDevStatePwrPolInvalid;
}

VOID NTAPI imp_WdfDeviceGetDeviceState(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                       PWDF_DEVICE_STATE DeviceState)
{
    struct fx_device *device = device_of(DriverGlobals, Device);
    ULONG size;
    WDF_DEVICE_STATE state;
    KIRQL irql;

    fx_needed(fx_globals_of(DriverGlobals), DeviceState);
    size = DeviceState->Size;
    if (device->pnp == NULL ||
        !NT_SUCCESS(fx_struct_copy(fx_globals_of(DriverGlobals), &state, sizeof state, DeviceState,
                                   INDEX_WDF_DEVICE_STATE)))
        return;
    KeAcquireSpinLock(&device->pnp->lock, &irql);
    state = device->pnp->state;
    KeReleaseSpinLock(&device->pnp->lock, irql);
    state.Size = size;
    RtlCopyMemory(DeviceState, &state, size);
}

VOID NTAPI imp_WdfDeviceSetDeviceState(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                       PWDF_DEVICE_STATE DeviceState)
{
    struct fx_device *device = device_of(DriverGlobals, Device);
    WDF_DEVICE_STATE state;
    KIRQL irql;

    fx_needed(fx_globals_of(DriverGlobals), DeviceState);
    if (device->pnp == NULL ||
        !NT_SUCCESS(fx_struct_copy(fx_globals_of(DriverGlobals), &state, sizeof state, DeviceState,
                                   INDEX_WDF_DEVICE_STATE)))
        return;
    if (DeviceState->Size < sizeof(state))
        state.AssignedToGuest = WdfUseDefault;
    KeAcquireSpinLock(&device->pnp->lock, &irql);
    state.Size = sizeof(state);
    device->pnp->state = state;
    KeReleaseSpinLock(&device->pnp->lock, irql);
    if (device->pnp->was_started)
        IoInvalidateDeviceState(device->physical);
}

VOID NTAPI imp_WdfDeviceSetFailed(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                  WDF_DEVICE_FAILED_ACTION FailedAction)
{
    struct fx_device *device = device_of(DriverGlobals, Device);

    if (device->pnp == NULL || (FailedAction != WdfDeviceFailedAttemptRestart &&
                                FailedAction != WdfDeviceFailedNoRestart)) {
        fx_log(fx_globals_of(DriverGlobals), FX_LOG_ERROR,
               "WdfDeviceSetFailed: WDFDEVICE %p, action %u: nothing is done", Device,
               FailedAction);
        return;
    }
    fx_pnp_set_failed(device, FailedAction);
}

VOID NTAPI imp_WdfDeviceSetStaticStopRemove(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                            BOOLEAN Stoppable)
{
    struct fx_device *device = device_of(DriverGlobals, Device);

    if (device->pnp != NULL)
        device->pnp->static_stop_remove = Stoppable != FALSE;
}

/* ---- capabilities --------------------------------------------------------------------------- */

VOID NTAPI imp_WdfDeviceSetPnpCapabilities(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                           PWDF_DEVICE_PNP_CAPABILITIES PnpCapabilities)
{
    struct fx_device *device = device_of(DriverGlobals, Device);
    WDF_DEVICE_PNP_CAPABILITIES caps;
    KIRQL irql;

    fx_needed(fx_globals_of(DriverGlobals), PnpCapabilities);
    if (device->pnp == NULL ||
        !NT_SUCCESS(fx_struct_copy(fx_globals_of(DriverGlobals), &caps, sizeof caps,
                                   PnpCapabilities, INDEX_WDF_DEVICE_PNP_CAPABILITIES)))
        return;
    KeAcquireSpinLock(&device->pnp->lock, &irql);
    device->pnp->pnp_caps = caps;
    KeReleaseSpinLock(&device->pnp->lock, irql);
}

VOID NTAPI imp_WdfDeviceSetPowerCapabilities(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                             PWDF_DEVICE_POWER_CAPABILITIES PowerCapabilities)
{
    struct fx_device *device = device_of(DriverGlobals, Device);
    WDF_DEVICE_POWER_CAPABILITIES caps;
    KIRQL irql;

    fx_needed(fx_globals_of(DriverGlobals), PowerCapabilities);
    if (device->pnp == NULL ||
        !NT_SUCCESS(fx_struct_copy(fx_globals_of(DriverGlobals), &caps, sizeof caps,
                                   PowerCapabilities, INDEX_WDF_DEVICE_POWER_CAPABILITIES)))
        return;
    KeAcquireSpinLock(&device->pnp->lock, &irql);
    device->pnp->power_caps = caps;
    device->pnp->caps_known = FALSE;
    KeReleaseSpinLock(&device->pnp->lock, irql);
}

/* ---- special files -------------------------------------------------------------------------- */

VOID NTAPI imp_WdfDeviceSetSpecialFileSupport(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                              WDF_SPECIAL_FILE_TYPE FileType,
                                              BOOLEAN FileTypeIsSupported)
{
    struct fx_device *device = device_of(DriverGlobals, Device);

    if (device->pnp == NULL || FileType <= WdfSpecialFileUndefined ||
        FileType >= WdfSpecialFileMax) {
        fx_log(fx_globals_of(DriverGlobals), FX_LOG_ERROR,
               "WdfDeviceSetSpecialFileSupport: %u is no type of file", FileType);
        return;
    }
    device->pnp->special_supported[FileType] = FileTypeIsSupported != FALSE;
}

NTSTATUS NTAPI imp_WdfDeviceAddDependentUsageDeviceObject(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                          WDFDEVICE Device,
                                                          PDEVICE_OBJECT DependentDevice)
{
    struct fx_device *device = device_of(DriverGlobals, Device);
    struct fx_relations *list = &device->pnp->dependent;
    PDEVICE_OBJECT *grown;

    fx_needed(fx_globals_of(DriverGlobals), DependentDevice);
    for (ULONG i = 0; i < list->count; i++)
        if (list->devices[i] == DependentDevice)
            return STATUS_DUPLICATE_OBJECTID;
    if (list->count == list->room) {
        ULONG room = list->room != 0 ? list->room * 2 : 4;

        grown = ExAllocatePool2(POOL_FLAG_NON_PAGED, room * sizeof(*grown), FX_TAG);
        if (grown == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        if (list->devices != NULL) {
            RtlCopyMemory(grown, list->devices, list->count * sizeof(*grown));
            ExFreePoolWithTag(list->devices, FX_TAG);
        }
        list->devices = grown;
        list->room = room;
    }
    ObReferenceObject(DependentDevice);
    list->devices[list->count++] = DependentDevice;
    return STATUS_SUCCESS;
}

VOID NTAPI imp_WdfDeviceRemoveDependentUsageDeviceObject(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                         WDFDEVICE Device,
                                                         PDEVICE_OBJECT DependentDevice)
{
    struct fx_relations *list = &device_of(DriverGlobals, Device)->pnp->dependent;

    fx_needed(fx_globals_of(DriverGlobals), DependentDevice);
    for (ULONG i = 0; i < list->count; i++) {
        if (list->devices[i] != DependentDevice)
            continue;
        list->devices[i] = list->devices[--list->count];
        ObDereferenceObject(DependentDevice);
        return;
    }
}

/* ---- power policy --------------------------------------------------------------------------- */

static BOOLEAN is_owner(struct fx_device *device)
{
    return device->pnp != NULL && device->pnp->is_owner;
}

NTSTATUS NTAPI imp_WdfDeviceAssignS0IdleSettings(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                 WDFDEVICE Device,
                                                 PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS Settings)
{
    struct fx_device *device = device_of(DriverGlobals, Device);
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS set;
    NTSTATUS status;

    fx_needed(fx_globals_of(DriverGlobals), Settings);
    status = fx_struct_copy(fx_globals_of(DriverGlobals), &set, sizeof set, Settings,
                            INDEX_WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS);
    if (!NT_SUCCESS(status))
        return status;
    /* Members that an older client does not know have these values. */
    if (Settings->Size <=
        FIELD_OFFSET(WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS, PowerUpIdleDeviceOnSystemWake))
        set.PowerUpIdleDeviceOnSystemWake = WdfUseDefault;
    if (Settings->Size <= FIELD_OFFSET(WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS, IdleTimeoutType))
        set.IdleTimeoutType = DriverManagedIdleTimeout;
    if (Settings->Size <= FIELD_OFFSET(WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS, ExcludeD3Cold))
        set.ExcludeD3Cold = WdfUseDefault;
    if (!is_owner(device))
        return STATUS_INVALID_DEVICE_REQUEST;
    return fx_idle_assign(device, &set);
}

NTSTATUS NTAPI imp_WdfDeviceAssignSxWakeSettings(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                 WDFDEVICE Device,
                                                 PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS Settings)
{
    struct fx_device *device = device_of(DriverGlobals, Device);
    WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS set;
    NTSTATUS status;

    fx_needed(fx_globals_of(DriverGlobals), Settings);
    status = fx_struct_copy(fx_globals_of(DriverGlobals), &set, sizeof set, Settings,
                            INDEX_WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS);
    if (!NT_SUCCESS(status))
        return status;
    if (!is_owner(device))
        return STATUS_INVALID_DEVICE_REQUEST;
    return fx_wake_assign(device, &set);
}

NTSTATUS NTAPI
imp_WdfDeviceWdmAssignPowerFrameworkSettings(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                             PWDF_POWER_FRAMEWORK_SETTINGS PowerFrameworkSettings)
{
    struct fx_device *device = device_of(DriverGlobals, Device);
    WDF_POWER_FRAMEWORK_SETTINGS set;
    NTSTATUS status;

    fx_needed(fx_globals_of(DriverGlobals), PowerFrameworkSettings);
    status = fx_struct_copy(fx_globals_of(DriverGlobals), &set, sizeof set, PowerFrameworkSettings,
                            INDEX_WDF_POWER_FRAMEWORK_SETTINGS);
    if (!NT_SUCCESS(status))
        return status;
    if (!is_owner(device))
        return STATUS_INVALID_DEVICE_REQUEST;
    return fx_power_framework_assign(device, &set);
}

static NTSTATUS stop_idle(struct fx_device *device, BOOLEAN wait)
{
    if (!is_owner(device))
        return STATUS_INVALID_DEVICE_STATE;
    if (device->pnp->policy_failed)
        return STATUS_POWER_STATE_INVALID;
    if (wait && KeGetCurrentIrql() == PASSIVE_LEVEL)
        return fx_power_reference_wait(device);
    return fx_power_reference(device) ? STATUS_SUCCESS : STATUS_PENDING;
}

static void resume_idle(PWDF_DRIVER_GLOBALS abi, struct fx_device *device)
{
    if (is_owner(device) && fx_uses_count(device) > 0)
        fx_power_dereference(device);
    else
        fx_log(fx_globals_of(abi), FX_LOG_ERROR,
               "WdfDeviceResumeIdle of WDFDEVICE %p without a WdfDeviceStopIdle before it",
               fx_device_handle(device));
}

NTSTATUS NTAPI imp_WdfDeviceStopIdleNoTrack(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                            BOOLEAN WaitForD0)
{
    return stop_idle(device_of(DriverGlobals, Device), WaitForD0);
}

VOID NTAPI imp_WdfDeviceResumeIdleNoTrack(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device)
{
    resume_idle(DriverGlobals, device_of(DriverGlobals, Device));
}

NTSTATUS NTAPI imp_WdfDeviceStopIdleActual(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                           BOOLEAN WaitForD0, PVOID Tag, LONG Line, PCCH File)
{
    struct fx_device *device = device_of(DriverGlobals, Device);
    NTSTATUS status = stop_idle(device, WaitForD0);

    fx_log(fx_globals_of(DriverGlobals), FX_LOG_TRACE,
           "WDFDEVICE %p is used: tag %p, %s:%d, status %08lx", Device, Tag,
           File != NULL ? File : "", Line, status);
    return status;
}

VOID NTAPI imp_WdfDeviceResumeIdleActual(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                         PVOID Tag, LONG Line, PCCH File)
{
    fx_log(fx_globals_of(DriverGlobals), FX_LOG_TRACE,
           "WDFDEVICE %p is used no longer: tag %p, %s:%d", Device, Tag, File != NULL ? File : "",
           Line);
    resume_idle(DriverGlobals, device_of(DriverGlobals, Device));
}

NTSTATUS NTAPI imp_WdfDeviceIndicateWakeStatus(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                               NTSTATUS WaitWakeStatus)
{
    struct fx_device *device = device_of(DriverGlobals, Device);

    if (WaitWakeStatus == STATUS_PENDING || WaitWakeStatus == STATUS_CANCELLED)
        return STATUS_INVALID_PARAMETER;
    if (device->pnp == NULL || device->kind != FX_DEVICE_PDO)
        return STATUS_INVALID_DEVICE_STATE;
    return fx_wake_indicate(device, WaitWakeStatus);
}

POWER_ACTION NTAPI imp_WdfDeviceGetSystemPowerAction(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                     WDFDEVICE Device)
{
    struct fx_device *device = device_of(DriverGlobals, Device);

    if (device->pnp == NULL || !device->pnp->in_system_transition)
        return PowerActionNone;
    return device->pnp->system_action;
}
