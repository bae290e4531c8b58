/* SPDX-License-Identifier: MIT */
/* power_framework.c - a device whose idle time-out the system manages: one component, registered
 * with the power framework.
 *
 * In: the policy machine (used, idle, down, up again) and the power framework's callbacks; out: the
 * client's callbacks of a component, events for the machine. Always: in a Started… state the
 * component is held and active; it is let go when the device idles, and taken before the machine
 * asks for D0.
 * Doc: "Supporting Single-Component Devices with Single or Multiple Functional Power States"
 */
#include "room.h"

static struct fx_pnp *pnp_of(PVOID context)
{
    return ((struct fx_device *)context)->pnp;
}

static BOOLEAN is_managed(const struct fx_pnp *pnp)
{
    return pnp->is_owner && pnp->idle.is_set && pnp->idle.timeout_type != DriverManagedIdleTimeout;
}

/* ---- what the power framework says ----------------------------------------------------------- */

static VOID NTAPI component_active(PVOID context, ULONG component)
{
    struct fx_power_framework *framework = &pnp_of(context)->framework;
    PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK routine =
        framework->settings.ComponentActiveConditionCallback;

    if (routine != NULL)
        routine(framework->settings.PoFxDeviceContext, component);
    InterlockedExchange(&framework->is_active, TRUE);
    KeSetEvent(&framework->changed, IO_NO_INCREMENT, FALSE);
}

static VOID NTAPI component_idle(PVOID context, ULONG component)
{
    struct fx_power_framework *framework = &pnp_of(context)->framework;
    PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK routine =
        framework->settings.ComponentIdleConditionCallback;

    InterlockedExchange(&framework->is_active, FALSE);
    if (routine != NULL)
        routine(framework->settings.PoFxDeviceContext, component);
    else
        PoFxCompleteIdleCondition(framework->handle, component);
}

static VOID NTAPI component_state(PVOID context, ULONG component, ULONG state)
{
    struct fx_power_framework *framework = &pnp_of(context)->framework;
    PPO_FX_COMPONENT_IDLE_STATE_CALLBACK routine = framework->settings.ComponentIdleStateCallback;

    if (routine != NULL)
        routine(framework->settings.PoFxDeviceContext, component, state);
    else
        PoFxCompleteIdleState(framework->handle, component);
}

static VOID NTAPI power_required(PVOID context)
{
    struct fx_pnp *pnp = pnp_of(context);

    InterlockedExchange(&pnp->framework.owes_on, TRUE);
    KeSetEvent(&pnp->framework.changed, IO_NO_INCREMENT, FALSE);
    fx_machine_post(&pnp->policy, POLICY_PowerRequired);
}

static VOID NTAPI power_not_required(PVOID context)
{
    struct fx_pnp *pnp = pnp_of(context);

    InterlockedExchange(&pnp->framework.owes_off, TRUE);
    KeSetEvent(&pnp->framework.changed, IO_NO_INCREMENT, FALSE);
    fx_machine_post(&pnp->policy, POLICY_PowerNotRequired);
}

static NTSTATUS NTAPI power_control(PVOID context, LPCGUID code, PVOID in, SIZE_T in_bytes,
                                    PVOID out, SIZE_T out_bytes, PSIZE_T returned)
{
    const WDF_POWER_FRAMEWORK_SETTINGS *settings = &pnp_of(context)->framework.settings;

    return settings->PowerControlCallback(settings->PoFxDeviceContext, code, in, in_bytes, out,
                                          out_bytes, returned);
}

/* ---- settings -------------------------------------------------------------------------------- */

static NTSTATUS component_check(const WDF_POWER_FRAMEWORK_SETTINGS *set)
{
    if (set->Component == NULL)
        return STATUS_SUCCESS;
    if (set->Component->IdleStateCount == 0 || set->Component->IdleStates == NULL)
        return STATUS_INVALID_PARAMETER;
    /* Somebody must change the states that there are. */
    if (set->Component->IdleStateCount > 1 && set->ComponentIdleStateCallback == NULL)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static void settings_free(struct fx_power_framework *framework)
{
    if (framework->settings.Component != NULL)
        ExFreePoolWithTag(framework->settings.Component, FX_TAG);
    framework->settings.Component = NULL;
}

NTSTATUS fx_power_framework_assign(struct fx_device *device,
                                   const WDF_POWER_FRAMEWORK_SETTINGS *set)
{
    struct fx_power_framework *framework = &device->pnp->framework;
    PO_FX_COMPONENT *component = NULL;
    ULONG bytes;

    if (framework->handle != NULL)
        return STATUS_INVALID_DEVICE_REQUEST; /* too late */
    if (!NT_SUCCESS(component_check(set)))
        return STATUS_INVALID_PARAMETER;
    if (set->Component != NULL) {
        bytes = set->Component->IdleStateCount * sizeof(*component->IdleStates);
        component = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*component) + bytes, FX_TAG);
        if (component == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        *component = *set->Component;
        component->IdleStates = (PPO_FX_COMPONENT_IDLE_STATE)(component + 1);
        RtlCopyMemory(component->IdleStates, set->Component->IdleStates, bytes);
    }
    settings_free(framework);
    framework->settings = *set;
    framework->settings.Component = component;
    return STATUS_SUCCESS;
}

/* ---- registered ------------------------------------------------------------------------------ */

/* The system's hint, if the client's settings have one. */
static void hint_tell(struct fx_pnp *pnp)
{
    if (pnp->idle.timeout_type == SystemManagedIdleTimeoutWithHint)
        PoFxSetDeviceIdleTimeout(pnp->framework.handle, (ULONGLONG)pnp->idle.timeout_ms * 10000);
}

static NTSTATUS framework_register(struct fx_device *device)
{
    struct fx_power_framework *framework = &device->pnp->framework;
    const WDF_POWER_FRAMEWORK_SETTINGS *settings = &framework->settings;
    PO_FX_COMPONENT_IDLE_STATE only = {.NominalPower = PO_FX_UNKNOWN_POWER};
    PO_FX_DEVICE registration = {
        .Version = PO_FX_VERSION,
        .ComponentActiveConditionCallback = component_active,
        .ComponentIdleConditionCallback = component_idle,
        .ComponentIdleStateCallback = component_state,
        .DevicePowerRequiredCallback = power_required,
        .DevicePowerNotRequiredCallback = power_not_required,
        .PowerControlCallback = settings->PowerControlCallback != NULL ? power_control : NULL,
        .DeviceContext = device,
        .ComponentCount = 1,
        .Components = {{.IdleStateCount = 1, .IdleStates = &only}},
    };
    NTSTATUS status;

    if (settings->Component != NULL)
        registration.Components[0] = *settings->Component;
    status = PoFxRegisterDevice(device->physical, &registration, &framework->handle);
    if (!NT_SUCCESS(status)) {
        framework->handle = NULL;
        fx_log(device->object.globals, FX_LOG_ERROR,
               "WDFDEVICE %p cannot be registered with the power framework: %08lx",
               fx_device_handle(device), status);
        return status;
    }
    framework->is_active = TRUE; /* until power management begins */
    PoFxActivateComponent(framework->handle, 0, 0);
    framework->is_held = TRUE;
    if (settings->EvtDeviceWdmPostPoFxRegisterDevice != NULL)
        FX_WATCHED(device->object.globals, settings->EvtDeviceWdmPostPoFxRegisterDevice,
                   status = settings->EvtDeviceWdmPostPoFxRegisterDevice(fx_device_handle(device),
                                                                         framework->handle));
    if (!NT_SUCCESS(status)) {
        fx_log(device->object.globals, FX_LOG_ERROR,
               "WDFDEVICE %p: EvtDeviceWdmPostPoFxRegisterDevice failed with status %08lx",
               fx_device_handle(device), status);
        PoFxUnregisterDevice(framework->handle);
        framework->handle = NULL;
        framework->is_held = FALSE;
        return status;
    }
    hint_tell(device->pnp);
    PoFxStartDevicePowerManagement(framework->handle);
    return STATUS_SUCCESS;
}

NTSTATUS fx_power_framework_start(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp->framework.handle == NULL)
        return is_managed(pnp) ? framework_register(device) : STATUS_SUCCESS;
    fx_power_framework_hold(device); /* started again */
    fx_power_framework_up(device);
    return STATUS_SUCCESS;
}

void fx_power_framework_end(struct fx_device *device)
{
    struct fx_power_framework *framework = &device->pnp->framework;
    const WDF_POWER_FRAMEWORK_SETTINGS *settings = &framework->settings;

    if (framework->handle != NULL) {
        if (settings->EvtDeviceWdmPrePoFxUnregisterDevice != NULL)
            FX_WATCHED(device->object.globals, settings->EvtDeviceWdmPrePoFxUnregisterDevice,
                       settings->EvtDeviceWdmPrePoFxUnregisterDevice(fx_device_handle(device),
                                                                     framework->handle));
        PoFxUnregisterDevice(framework->handle);
    }
    framework->handle = NULL;
    framework->is_held = FALSE;
    framework->owes_on = framework->owes_off = FALSE;
}

void fx_power_framework_free(struct fx_pnp *pnp)
{
    settings_free(&pnp->framework);
}

/* ---- used, idle, up and down ----------------------------------------------------------------- */

void fx_power_framework_hold(struct fx_device *device)
{
    struct fx_power_framework *framework = &device->pnp->framework;

    if (framework->handle == NULL || framework->is_held)
        return;
    framework->is_held = TRUE;
    PoFxActivateComponent(framework->handle, 0, 0);
}

void fx_power_framework_idle(struct fx_device *device)
{
    struct fx_power_framework *framework = &device->pnp->framework;

    hint_tell(device->pnp);
    framework->is_held = FALSE;
    PoFxIdleComponent(framework->handle, 0, 0);
}

void fx_power_framework_down(struct fx_device *device)
{
    struct fx_power_framework *framework = &device->pnp->framework;

    if (framework->handle != NULL && InterlockedExchange(&framework->owes_off, FALSE))
        PoFxCompleteDevicePowerNotRequired(framework->handle);
}

BOOLEAN fx_power_framework_wants_power(struct fx_device *device)
{
    return device->pnp->framework.owes_on != FALSE;
}

void fx_power_framework_up(struct fx_device *device)
{
    struct fx_power_framework *framework = &device->pnp->framework;

    if (framework->handle == NULL)
        return;
    for (;;) {
        fx_power_framework_down(device);
        if (InterlockedExchange(&framework->owes_on, FALSE))
            PoFxReportDevicePoweredOn(framework->handle);
        if (framework->is_active || !framework->is_held)
            return;
        fx_wait(device->object.globals, &framework->changed, "the component of WDFDEVICE",
                fx_device_handle(device));
    }
}
