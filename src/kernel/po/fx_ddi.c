/* SPDX-License-Identifier: MIT */
/* fx_ddi.c - the contract of the power framework: devices registered by components, components
 * used and let go, what the framework asked for completed.
 */
#include "fx.h"

#include <string.h>

static struct fx_device *device_of(POHANDLE handle)
{
    return (struct fx_device *)handle;
}

/* ---- registering
 * --------------------------------------------------------------------------------- */

/* The three versions in the third's form; *out_components is where the first component stands. */
static NTSTATUS device_read(const void *given, PO_FX_DEVICE_V3 *out_device,
                            const void **out_components)
{
    const PO_FX_DEVICE_V1 *v1 = given;
    const PO_FX_DEVICE_V2 *v2 = given;
    const PO_FX_DEVICE_V3 *v3 = given;
    switch (v1->Version) {
    case PO_FX_VERSION_V1:
        *out_device = (PO_FX_DEVICE_V3){
            .ComponentActiveConditionCallback = v1->ComponentActiveConditionCallback,
            .ComponentIdleConditionCallback = v1->ComponentIdleConditionCallback,
            .ComponentIdleStateCallback = v1->ComponentIdleStateCallback,
            .DevicePowerRequiredCallback = v1->DevicePowerRequiredCallback,
            .DevicePowerNotRequiredCallback = v1->DevicePowerNotRequiredCallback,
            .PowerControlCallback = v1->PowerControlCallback,
            .DeviceContext = v1->DeviceContext,
            .ComponentCount = v1->ComponentCount,
        };
        *out_components = v1->Components;
        break;
    case PO_FX_VERSION_V2:
        *out_device = (PO_FX_DEVICE_V3){
            .Flags = v2->Flags,
            .ComponentActiveConditionCallback = v2->ComponentActiveConditionCallback,
            .ComponentIdleConditionCallback = v2->ComponentIdleConditionCallback,
            .ComponentIdleStateCallback = v2->ComponentIdleStateCallback,
            .DevicePowerRequiredCallback = v2->DevicePowerRequiredCallback,
            .DevicePowerNotRequiredCallback = v2->DevicePowerNotRequiredCallback,
            .PowerControlCallback = v2->PowerControlCallback,
            .DeviceContext = v2->DeviceContext,
            .ComponentCount = v2->ComponentCount,
        };
        *out_components = v2->Components;
        break;
    case PO_FX_VERSION_V3:
        memcpy(out_device, v3, FIELD_OFFSET(PO_FX_DEVICE_V3, Components));
        *out_components = v3->Components;
        break;
    default:
        return STATUS_INVALID_PARAMETER;
    }
    out_device->Version = v1->Version;
    return out_device->ComponentCount ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static PO_FX_COMPONENT_V2 component_read(ULONG version, const void *components, ULONG index)
{
    if (version != PO_FX_VERSION_V1)
        return ((const PO_FX_COMPONENT_V2 *)components)[index];
    const PO_FX_COMPONENT_V1 *v1 = &((const PO_FX_COMPONENT_V1 *)components)[index];
    return (PO_FX_COMPONENT_V2){.Id = v1->Id,
                                .DeepestWakeableIdleState = v1->DeepestWakeableIdleState,
                                .IdleStateCount = v1->IdleStateCount,
                                .IdleStates = v1->IdleStates};
}

/* Each state lasts longer and takes longer to leave than the one before; F0 costs nothing. */
static bool component_is_valid(const PO_FX_COMPONENT_V2 *component, ULONG index)
{
    const PO_FX_COMPONENT_IDLE_STATE *states = component->IdleStates;
    if (component->IdleStateCount == 0 || !states ||
        component->DeepestWakeableIdleState >= component->IdleStateCount ||
        states[0].TransitionLatency != 0 || states[0].ResidencyRequirement != 0)
        return false;
    for (ULONG i = 1; i < component->IdleStateCount; i++)
        if (states[i].TransitionLatency < states[i - 1].TransitionLatency ||
            states[i].ResidencyRequirement < states[i - 1].ResidencyRequirement)
            return false;
    /* It may depend on those before it: no circles. */
    for (ULONG i = 0; i < component->ProviderCount; i++)
        if (!component->Providers || component->Providers[i] >= index)
            return false;
    return true;
}

static NTSTATUS component_copy(const PO_FX_COMPONENT_V2 *from, struct fx_component *to)
{
    size_t states = from->IdleStateCount * sizeof *from->IdleStates,
           providers = from->ProviderCount * sizeof *from->Providers;
    to->states = ExAllocatePool2(POOL_FLAG_NON_PAGED, states + providers, PO_TAG);
    if (!to->states)
        return STATUS_INSUFFICIENT_RESOURCES;
    to->providers = (ULONG *)((char *)to->states + states);
    memcpy(to->states, from->IdleStates, states);
    if (providers)
        memcpy(to->providers, from->Providers, providers);
    to->state_count = from->IdleStateCount;
    to->deepest_wakeable = from->DeepestWakeableIdleState;
    to->flags = from->Flags;
    to->provider_count = from->ProviderCount;
    to->condition = FX_ACTIVE;
    to->latency_100ns = to->residency_100ns = PO_FX_UNKNOWN_TIME;
    return STATUS_SUCCESS;
}

static void device_free(struct fx_device *device)
{
    for (ULONG i = 0; i < device->component_count; i++) {
        fx_perf_free(device->components[i].perf);
        if (device->components[i].states)
            ExFreePoolWithTag(device->components[i].states, PO_TAG);
    }
    ExFreePoolWithTag(device, PO_TAG);
}

/* All components are active until PoFxStartDevicePowerManagement.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER, STATUS_INSUFFICIENT_RESOURCES
 * Doc:     nf-wdm-pofxregisterdevice
 */
NTSTATUS NTAPI PoFxRegisterDevice(PDEVICE_OBJECT Pdo, PPO_FX_DEVICE Device, POHANDLE *Handle)
{
    const void *components;
    PO_FX_DEVICE_V3 given;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (!Pdo || !Device || !NT_SUCCESS(device_read(Device, &given, &components)))
        return STATUS_INVALID_PARAMETER;
    for (ULONG i = 0; i < given.ComponentCount; i++) {
        PO_FX_COMPONENT_V2 component = component_read(given.Version, components, i);
        if (!component_is_valid(&component, i))
            return STATUS_INVALID_PARAMETER;
    }
    if (fx_find(Pdo))
        fx_stop(0x600, Pdo, 0, 0);
    struct fx_device *device =
        ExAllocatePool2(POOL_FLAG_NON_PAGED,
                        sizeof *device + given.ComponentCount * sizeof *device->components, PO_TAG);
    if (!device)
        return STATUS_INSUFFICIENT_RESOURCES;
    device->components = (struct fx_component *)(device + 1);
    device->component_count = given.ComponentCount;
    device->registered = given;
    device->physical = Pdo;
    for (ULONG i = 0; i < given.ComponentCount; i++) {
        PO_FX_COMPONENT_V2 component = component_read(given.Version, components, i);
        NTSTATUS status = component_copy(&component, &device->components[i]);
        if (!NT_SUCCESS(status)) {
            device_free(device);
            return status;
        }
    }
    ObReferenceObject(Pdo);
    fx_device_start(device);
    *Handle = (POHANDLE)device;
    return STATUS_SUCCESS;
}

/* Doc:     nf-wdm-pofxunregisterdevice */
VOID NTAPI PoFxUnregisterDevice(POHANDLE Handle)
{
    struct fx_device *device = device_of(Handle);
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    fx_device_end(device);
    fx_perf_drain(device);
    ObDereferenceObject(device->physical);
    device_free(device);
}

/* Doc:     nf-wdm-pofxstartdevicepowermanagement */
VOID NTAPI PoFxStartDevicePowerManagement(POHANDLE Handle)
{
    struct fx_device *device = device_of(Handle);
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    host_lock_take(&device->lock);
    device->is_started = true;
    host_lock_give(&device->lock);
    fx_run(device, FX_HERE);
}

/* ---- used and let go
 * ------------------------------------------------------------------------------ */

/* IRQL:    <= DISPATCH_LEVEL; with PO_FX_FLAG_BLOCKING below it
 * Doc:     nf-wdm-pofxactivatecomponent
 */
VOID NTAPI PoFxActivateComponent(POHANDLE Handle, ULONG Component, ULONG Flags)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    fx_reference(device_of(Handle), Component, Flags, true);
}

/* IRQL:    <= DISPATCH_LEVEL; with PO_FX_FLAG_BLOCKING below it
 * Doc:     nf-wdm-pofxidlecomponent
 */
VOID NTAPI PoFxIdleComponent(POHANDLE Handle, ULONG Component, ULONG Flags)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    fx_reference(device_of(Handle), Component, Flags, false);
}

/* ---- completed
 * -------------------------------------------------------------------------------------- */

/* The driver's answer within its routine is heard when the routine returns. */
static void completed(struct fx_device *device, bool was_asked, ULONG component, ULONG operation)
{
    host_lock_give(&device->lock);
    if (!was_asked)
        fx_stop(0x613, device, component, operation);
    fx_run(device, FX_ELSEWHERE);
}

/* Doc:     nf-wdm-pofxcompleteidlecondition */
VOID NTAPI PoFxCompleteIdleCondition(POHANDLE Handle, ULONG Component)
{
    struct fx_device *device = device_of(Handle);
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct fx_component *component = fx_component_of(device, Component);
    host_lock_take(&device->lock);
    bool was_asked = component->condition == FX_IDLING;
    if (was_asked)
        component->condition = FX_IDLE;
    completed(device, was_asked, Component, 2);
}

/* Doc:     nf-wdm-pofxcompleteidlestate */
VOID NTAPI PoFxCompleteIdleState(POHANDLE Handle, ULONG Component)
{
    struct fx_device *device = device_of(Handle);
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct fx_component *component = fx_component_of(device, Component);
    host_lock_take(&device->lock);
    bool was_asked = component->is_changing;
    component->is_changing = false;
    if (was_asked)
        component->state = component->next_state;
    completed(device, was_asked, Component, 3);
}

/* Doc:     nf-wdm-pofxcompletedevicepowernotrequired */
VOID NTAPI PoFxCompleteDevicePowerNotRequired(POHANDLE Handle)
{
    struct fx_device *device = device_of(Handle);
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    host_lock_take(&device->lock);
    bool was_asked = device->power == FX_LEAVING;
    if (was_asked)
        device->power = FX_OFF;
    completed(device, was_asked, 0, 0);
}

/* Also after the system works again, when nobody asked.
 *
 * Doc:     nf-wdm-pofxreportdevicepoweredon
 */
VOID NTAPI PoFxReportDevicePoweredOn(POHANDLE Handle)
{
    struct fx_device *device = device_of(Handle);
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    host_lock_take(&device->lock);
    bool is_possible = device->power != FX_LEAVING;
    if (is_possible) {
        device->power = FX_ON;
        device->timeout_is_over = false;
    }
    completed(device, is_possible, 0, 1);
}

/* Doc:     nf-wdm-pofxnotifysurprisepoweron */
VOID NTAPI PoFxNotifySurprisePowerOn(PDEVICE_OBJECT Pdo)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct fx_device *device = fx_find(Pdo);
    if (!device)
        return;
    host_lock_take(&device->lock);
    if (device->power == FX_OFF) {
        device->power = FX_ON;
        device->timeout_is_over = false;
    }
    host_lock_give(&device->lock);
    fx_run(device, FX_ELSEWHERE);
}

/* ---- what a component can bear
 * ------------------------------------------------------------------------ */

static void hint_set(POHANDLE handle, ULONG index, ULONGLONG *latency, ULONGLONG *residency,
                     BOOLEAN *wakes)
{
    struct fx_device *device = device_of(handle);
    struct fx_component *component = fx_component_of(device, index);
    host_lock_take(&device->lock);
    if (latency)
        component->latency_100ns = *latency;
    if (residency)
        component->residency_100ns = *residency;
    if (wakes)
        component->wakes = *wakes;
    host_lock_give(&device->lock);
    fx_run(device, FX_ELSEWHERE);
}

/* Units:   100 ns
 * Doc:     nf-wdm-pofxsetcomponentlatency
 */
VOID NTAPI PoFxSetComponentLatency(POHANDLE Handle, ULONG Component, ULONGLONG Latency)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    hint_set(Handle, Component, &Latency, NULL, NULL);
}

/* Units:   100 ns
 * Doc:     nf-wdm-pofxsetcomponentresidency
 */
VOID NTAPI PoFxSetComponentResidency(POHANDLE Handle, ULONG Component, ULONGLONG Residency)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    hint_set(Handle, Component, NULL, &Residency, NULL);
}

/* Doc:     nf-wdm-pofxsetcomponentwake */
VOID NTAPI PoFxSetComponentWake(POHANDLE Handle, ULONG Component, BOOLEAN WakeHint)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    hint_set(Handle, Component, NULL, NULL, &WakeHint);
}

/* Units:   100 ns
 * Doc:     nf-wdm-pofxsetdeviceidletimeout
 */
VOID NTAPI PoFxSetDeviceIdleTimeout(POHANDLE Handle, ULONGLONG IdleTimeout)
{
    struct fx_device *device = device_of(Handle);
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    host_lock_take(&device->lock);
    device->timeout_100ns = IdleTimeout;
    host_lock_give(&device->lock);
}

/* Differs: kept and obeyed by nobody: the system has no such state
 * Doc:     nf-wdm-pofxsettargetdripsdevicepowerstate
 */
NTSTATUS NTAPI PoFxSetTargetDripsDevicePowerState(POHANDLE Handle, DEVICE_POWER_STATE TargetState)
{
    struct fx_device *device = device_of(Handle);
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (TargetState < PowerDeviceUnspecified || TargetState > PowerDeviceD3)
        return STATUS_INVALID_PARAMETER;
    host_lock_take(&device->lock);
    device->target = TargetState;
    host_lock_give(&device->lock);
    return STATUS_SUCCESS;
}

/* No plug-in of a platform is there to answer.
 *
 * Errors:  STATUS_NOT_IMPLEMENTED
 * Doc:     nf-wdm-pofxpowercontrol
 */
NTSTATUS NTAPI PoFxPowerControl(POHANDLE Handle, LPCGUID PowerControlCode, PVOID InBuffer,
                                SIZE_T InBufferSize, PVOID OutBuffer, SIZE_T OutBufferSize,
                                PSIZE_T BytesReturned)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (BytesReturned)
        *BytesReturned = 0;
    return STATUS_NOT_IMPLEMENTED;
}

/* ---- performance states
 * ---------------------------------------------------------------------------------- */

/* Errors:  STATUS_INVALID_PARAMETER, STATUS_NOT_IMPLEMENTED (needs a platform's plug-in)
 * Doc:     nf-wdm-pofxregistercomponentperfstates
 */
NTSTATUS NTAPI PoFxRegisterComponentPerfStates(
    POHANDLE Handle, ULONG Component, ULONGLONG Flags,
    PPO_FX_COMPONENT_PERF_STATE_CALLBACK ComponentPerfStateCallback,
    PPO_FX_COMPONENT_PERF_INFO InputStateInfo, PPO_FX_COMPONENT_PERF_INFO *OutputStateInfo)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return fx_perf_register(device_of(Handle), Component, Flags, ComponentPerfStateCallback,
                            InputStateInfo, OutputStateInfo);
}

/* Doc:     nf-wdm-pofxissuecomponentperfstatechange */
VOID NTAPI PoFxIssueComponentPerfStateChange(POHANDLE Handle, ULONG Flags, ULONG Component,
                                             PPO_FX_PERF_STATE_CHANGE PerfChange, PVOID Context)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    fx_perf_change(device_of(Handle), Flags, Component, 1, PerfChange, Context);
}

/* Doc:     nf-wdm-pofxissuecomponentperfstatechangemultiple */
VOID NTAPI PoFxIssueComponentPerfStateChangeMultiple(POHANDLE Handle, ULONG Flags, ULONG Component,
                                                     ULONG PerfChangesCount,
                                                     PO_FX_PERF_STATE_CHANGE PerfChanges[],
                                                     PVOID Context)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    fx_perf_change(device_of(Handle), Flags, Component, PerfChangesCount, PerfChanges, Context);
}

/* Doc:     nf-wdm-pofxquerycurrentcomponentperfstate */
NTSTATUS NTAPI PoFxQueryCurrentComponentPerfState(POHANDLE Handle, ULONG Flags, ULONG Component,
                                                  ULONG SetIndex, PULONGLONG CurrentPerf)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return fx_perf_query(device_of(Handle), Component, SetIndex, CurrentPerf);
}
