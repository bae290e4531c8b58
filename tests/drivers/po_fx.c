/* SPDX-License-Identifier: MIT */
/* po_fx.c - the power framework: what a driver is told, in which order, and when not. */
#define PO_FX_VERSION PO_FX_VERSION_V3

#include <ntstrsafe.h>

#include "drivertest.h"

/* What the routines were told, one letter and digits each: "a0 i1 s02 p n ". */
static struct {
    KSPIN_LOCK lock;
    char text[400];
    POHANDLE handle;
    BOOLEAN completes; /* within the routines */
    KEVENT told, told_not_required, told_active;
    PKTHREAD thread;
} fx;

static void told(PCSTR format, ULONG a, ULONG b)
{
    char word[16];
    KIRQL irql;
    RtlStringCbPrintfA(word, sizeof word, format, a, b);
    KeAcquireSpinLock(&fx.lock, &irql);
    RtlStringCbCatA(fx.text, sizeof fx.text, word);
    fx.thread = KeGetCurrentThread();
    KeReleaseSpinLock(&fx.lock, irql);
    KeSetEvent(&fx.told, 0, FALSE);
}

static VOID NTAPI active(PVOID context, ULONG component)
{
    expect(context == &fx);
    told("a%u ", component, 0);
    KeSetEvent(&fx.told_active, 0, FALSE);
}

static VOID NTAPI idle(PVOID context, ULONG component)
{
    expect(context == &fx);
    told("i%u ", component, 0);
    if (fx.completes)
        PoFxCompleteIdleCondition(fx.handle, component);
}

static VOID NTAPI state(PVOID context, ULONG component, ULONG to)
{
    expect(context == &fx);
    told("s%u%u ", component, to);
    if (fx.completes)
        PoFxCompleteIdleState(fx.handle, component);
}

static VOID NTAPI required(PVOID context)
{
    expect(context == &fx);
    told("p ", 0, 0);
    if (fx.completes)
        PoFxReportDevicePoweredOn(fx.handle);
}

static VOID NTAPI not_required(PVOID context)
{
    expect(context == &fx);
    told("n ", 0, 0);
    if (fx.completes)
        PoFxCompleteDevicePowerNotRequired(fx.handle);
    KeSetEvent(&fx.told_not_required, 0, FALSE);
}

static PO_FX_COMPONENT_IDLE_STATE states[] = {
    {0, 0, PO_FX_UNKNOWN_POWER}, {100, 1000, 50}, {1000, 5000, 10}};

struct device {
    PO_FX_DEVICE_V3 head; /* with the first component */
    PO_FX_COMPONENT_V2 more[2];
};

static void device_fill(struct device *device, ULONG components)
{
    RtlZeroMemory(device, sizeof *device);
    RtlZeroMemory(fx.text, sizeof fx.text);
    KeInitializeSpinLock(&fx.lock);
    KeInitializeEvent(&fx.told, SynchronizationEvent, FALSE);
    KeInitializeEvent(&fx.told_not_required, NotificationEvent, FALSE);
    KeInitializeEvent(&fx.told_active, NotificationEvent, FALSE);
    fx.completes = TRUE;
    device->head = (PO_FX_DEVICE_V3){.Version = PO_FX_VERSION_V3,
                                     .ComponentActiveConditionCallback = active,
                                     .ComponentIdleConditionCallback = idle,
                                     .ComponentIdleStateCallback = state,
                                     .DevicePowerRequiredCallback = required,
                                     .DevicePowerNotRequiredCallback = not_required,
                                     .DeviceContext = &fx,
                                     .ComponentCount = components};
    for (ULONG i = 0; i < components; i++) {
        PPO_FX_COMPONENT_V2 component = i == 0 ? device->head.Components : &device->more[i - 1];
        component->IdleStateCount = 3;
        component->IdleStates = states;
        component->DeepestWakeableIdleState = 1;
    }
}

/* So much was told, in whichever thread, or will be. */
static void heard(PCSTR wanted)
{
    ANSI_STRING is, should;
    RtlInitAnsiString(&should, wanted);
    for (;;) {
        RtlInitAnsiString(&is, fx.text);
        if (is.Length >= should.Length)
            break;
        KeWaitForSingleObject(&fx.told, Executive, KernelMode, FALSE, NULL);
    }
    expect(RtlEqualString(&is, &should, FALSE));
    if (!RtlEqualString(&is, &should, FALSE))
        DbgPrint("po_fx: told \"%s\", not \"%s\"\n", fx.text, wanted);
    RtlZeroMemory(fx.text, sizeof fx.text);
}

static void device_start(struct device *device)
{
    expect_status(PoFxRegisterDevice(drivertest_device, &device->head, &fx.handle), STATUS_SUCCESS);
    heard("");
    PoFxStartDevicePowerManagement(fx.handle);
}

static void one_step_after_the_other(void)
{
    struct device device;
    device_fill(&device, 2);
    device_start(&device);
    heard("i0 s02 i1 s12 n ");
    PoFxActivateComponent(fx.handle, 1, PO_FX_FLAG_BLOCKING);
    heard("p s10 a1 ");
    expect(fx.thread == KeGetCurrentThread());
    PoFxActivateComponent(fx.handle, 1, 0); /* a reference more */
    PoFxIdleComponent(fx.handle, 1, 0);
    heard("");
    PoFxActivateComponent(fx.handle, 0, PO_FX_FLAG_BLOCKING); /* the device is on */
    heard("s00 a0 ");
    PoFxIdleComponent(fx.handle, 1, PO_FX_FLAG_BLOCKING);
    heard("i1 s12 ");
    PoFxIdleComponent(fx.handle, 0, 0);
    heard("i0 s02 n ");
    PoFxUnregisterDevice(fx.handle);
    heard("");
    /* A component that is activated before the start is not told at all. */
    device_fill(&device, 2);
    expect_status(PoFxRegisterDevice(drivertest_device, &device.head, &fx.handle), STATUS_SUCCESS);
    PoFxActivateComponent(fx.handle, 0, 0);
    PoFxStartDevicePowerManagement(fx.handle);
    heard("i1 s12 ");
    PoFxUnregisterDevice(fx.handle);
}

static void drivers_complete_later(void)
{
    struct device device;
    device_fill(&device, 1);
    fx.completes = FALSE;
    device_start(&device);
    heard("i0 ");
    heard("");
    /* Wanted again before it was completed: active as soon as it is idle. */
    PoFxActivateComponent(fx.handle, 0, 0);
    heard("");
    KeClearEvent(&fx.told_active);
    PoFxCompleteIdleCondition(fx.handle, 0);
    KeWaitForSingleObject(&fx.told_active, Executive, KernelMode, FALSE, NULL);
    heard("a0 ");
    fx.completes = TRUE;
    PoFxIdleComponent(fx.handle, 0, PO_FX_FLAG_BLOCKING);
    KeWaitForSingleObject(&fx.told_not_required, Executive, KernelMode, FALSE, NULL);
    heard("i0 s02 n ");
    fx.completes = FALSE;
    PoFxActivateComponent(fx.handle, 0, 0);
    heard("p ");
    KeClearEvent(&fx.told_active);
    PoFxReportDevicePoweredOn(fx.handle);
    heard("s00 ");
    PoFxCompleteIdleState(fx.handle, 0);
    KeWaitForSingleObject(&fx.told_active, Executive, KernelMode, FALSE, NULL);
    heard("a0 ");
    PoFxUnregisterDevice(fx.handle);
}

static void in_another_thread(void)
{
    struct device device;
    KIRQL irql;
    device_fill(&device, 1);
    device_start(&device);
    heard("i0 s02 n ");
    PoFxActivateComponent(fx.handle, 0, PO_FX_FLAG_ASYNC_ONLY);
    KeWaitForSingleObject(&fx.told_active, Executive, KernelMode, FALSE, NULL);
    heard("p s00 a0 ");
    expect(fx.thread != KeGetCurrentThread());
    KeClearEvent(&fx.told_not_required);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    PoFxIdleComponent(fx.handle, 0, 0);
    KeLowerIrql(irql);
    KeWaitForSingleObject(&fx.told_not_required, Executive, KernelMode, FALSE, NULL);
    heard("i0 s02 n ");
    PoFxUnregisterDevice(fx.handle);
}

static void hints_choose_the_state(void)
{
    struct device device;
    device_fill(&device, 1);
    expect_status(PoFxRegisterDevice(drivertest_device, &device.head, &fx.handle), STATUS_SUCCESS);
    PoFxSetComponentLatency(fx.handle, 0, 100);
    PoFxStartDevicePowerManagement(fx.handle);
    heard("i0 s01 n ");
    PoFxActivateComponent(fx.handle, 0, PO_FX_FLAG_BLOCKING);
    PoFxSetComponentLatency(fx.handle, 0, PO_FX_UNKNOWN_TIME);
    PoFxSetComponentResidency(fx.handle, 0, 999);
    heard("p s00 a0 ");
    PoFxIdleComponent(fx.handle, 0, 0);
    heard("i0 n ");
    PoFxActivateComponent(fx.handle, 0, PO_FX_FLAG_BLOCKING);
    PoFxSetComponentResidency(fx.handle, 0, 100000);
    PoFxSetComponentWake(fx.handle, 0, TRUE);
    PoFxSetDeviceIdleTimeout(fx.handle, 3600ull * 10000000);
    PoFxIdleComponent(fx.handle, 0, 0);
    heard("p a0 i0 s01 ");
    /* Changed while it is idle: by way of F0. */
    KeClearEvent(&fx.told_active);
    PoFxSetComponentWake(fx.handle, 0, FALSE);
    heard("s00 s02 ");
    PoFxUnregisterDevice(fx.handle);
}

static void idle_for_a_time(void)
{
    struct device device;
    device_fill(&device, 1);
    expect_status(PoFxRegisterDevice(drivertest_device, &device.head, &fx.handle), STATUS_SUCCESS);
    PoFxSetDeviceIdleTimeout(fx.handle, 20000);
    PoFxStartDevicePowerManagement(fx.handle);
    KeWaitForSingleObject(&fx.told_not_required, Executive, KernelMode, FALSE, NULL);
    heard("i0 s02 n ");
    /* A time that is cut short. */
    PoFxSetDeviceIdleTimeout(fx.handle, 3600ull * 10000000);
    PoFxActivateComponent(fx.handle, 0, PO_FX_FLAG_BLOCKING);
    PoFxIdleComponent(fx.handle, 0, PO_FX_FLAG_BLOCKING);
    PoFxActivateComponent(fx.handle, 0, PO_FX_FLAG_BLOCKING);
    heard("p s00 a0 i0 s02 s00 a0 ");
    PoFxUnregisterDevice(fx.handle);
}

static void components_that_depend(void)
{
    struct device device;
    ULONG first = 0;
    device_fill(&device, 2);
    device.more[0].ProviderCount = 1;
    device.more[0].Providers = &first;
    device.head.Components[0].Flags = PO_FX_COMPONENT_FLAG_F0_ON_DX;
    device_start(&device);
    /* The first is let go only when the second is idle, and stands in F0 as the device leaves. */
    heard("i1 s12 i0 s02 s00 n ");
    PoFxActivateComponent(fx.handle, 1, PO_FX_FLAG_BLOCKING);
    heard("p a0 s10 a1 ");
    PoFxUnregisterDevice(fx.handle);
}

static void on_by_accident_and_older_versions(void)
{
    struct {
        PO_FX_DEVICE_V1 head;
    } v1 = {{.Version = PO_FX_VERSION_V1,
             .ComponentCount = 1,
             .ComponentActiveConditionCallback = active,
             .ComponentIdleConditionCallback = idle,
             .ComponentIdleStateCallback = state,
             .DevicePowerRequiredCallback = required,
             .DevicePowerNotRequiredCallback = not_required,
             .DeviceContext = &fx,
             .Components = {{.IdleStateCount = 2, .IdleStates = states}}}};
    PO_FX_DEVICE_V2 v2 = {.Version = PO_FX_VERSION_V2,
                          .ComponentCount = 1,
                          .DeviceContext = &fx,
                          .Components = {{.IdleStateCount = 2, .IdleStates = states}}};
    struct device device;
    GUID code = {0};
    SIZE_T returned = 1;
    device_fill(&device, 1);
    expect_status(PoFxRegisterDevice(drivertest_device, (PPO_FX_DEVICE)&v1, &fx.handle),
                  STATUS_SUCCESS);
    PoFxStartDevicePowerManagement(fx.handle);
    heard("i0 s01 n ");
    KeClearEvent(&fx.told_not_required);
    PoFxNotifySurprisePowerOn(drivertest_device);
    KeWaitForSingleObject(&fx.told_not_required, Executive, KernelMode, FALSE, NULL);
    heard("n ");
    expect_status(PoFxPowerControl(fx.handle, &code, NULL, 0, NULL, 0, &returned),
                  STATUS_NOT_IMPLEMENTED);
    expect_number(returned, 0);
    expect_status(PoFxSetTargetDripsDevicePowerState(fx.handle, PowerDeviceD2), STATUS_SUCCESS);
    expect_status(PoFxSetTargetDripsDevicePowerState(fx.handle, PowerDeviceD3 + 1),
                  STATUS_INVALID_PARAMETER);
    PoFxUnregisterDevice(fx.handle);
    PoFxNotifySurprisePowerOn(drivertest_device); /* of a device that is not registered */
    /* Without routines nothing is waited for. */
    expect_status(PoFxRegisterDevice(drivertest_device, (PPO_FX_DEVICE)&v2, &fx.handle),
                  STATUS_SUCCESS);
    PoFxStartDevicePowerManagement(fx.handle);
    PoFxActivateComponent(fx.handle, 0, PO_FX_FLAG_BLOCKING);
    PoFxIdleComponent(fx.handle, 0, PO_FX_FLAG_BLOCKING);
    PoFxUnregisterDevice(fx.handle);
    heard("");
}

static void what_cannot_be_registered(void)
{
    struct device device;
    ULONG second = 1;
    PO_FX_COMPONENT_IDLE_STATE wrong[2] = {{1, 0, 0}, {0, 0, 0}};
    device_fill(&device, 1);
    expect_status(PoFxRegisterDevice(NULL, &device.head, &fx.handle), STATUS_INVALID_PARAMETER);
    device.head.Version = 4;
    expect_status(PoFxRegisterDevice(drivertest_device, &device.head, &fx.handle),
                  STATUS_INVALID_PARAMETER);
    device_fill(&device, 0);
    expect_status(PoFxRegisterDevice(drivertest_device, &device.head, &fx.handle),
                  STATUS_INVALID_PARAMETER);
    device_fill(&device, 1);
    device.head.Components[0].IdleStateCount = 0;
    expect_status(PoFxRegisterDevice(drivertest_device, &device.head, &fx.handle),
                  STATUS_INVALID_PARAMETER);
    device_fill(&device, 1);
    device.head.Components[0].IdleStates = wrong;
    expect_status(PoFxRegisterDevice(drivertest_device, &device.head, &fx.handle),
                  STATUS_INVALID_PARAMETER);
    device_fill(&device, 1);
    device.head.Components[0].DeepestWakeableIdleState = 3;
    expect_status(PoFxRegisterDevice(drivertest_device, &device.head, &fx.handle),
                  STATUS_INVALID_PARAMETER);
    device_fill(&device, 2);
    device.more[0].ProviderCount = 1;
    device.more[0].Providers = &second;
    expect_status(PoFxRegisterDevice(drivertest_device, &device.head, &fx.handle),
                  STATUS_INVALID_PARAMETER);
}

/* ---- performance states
 * -------------------------------------------------------------------------- */

static PVOID perf_context;
static KEVENT perf_told;

static VOID NTAPI perf_changed(PVOID context, ULONG component, BOOLEAN succeeded, PVOID request)
{
    expect(context == &fx && component == 0 && succeeded);
    perf_context = request;
    KeSetEvent(&perf_told, 0, FALSE);
}

static void performance_states(void)
{
    struct device device;
    PO_FX_PERF_STATE three[3] = {{1, NULL}, {2, NULL}, {3, NULL}};
    struct {
        PO_FX_COMPONENT_PERF_INFO info;
        PO_FX_COMPONENT_PERF_SET more;
    } sets = {.info = {.PerfStateSetsCount = 2}};
    PPO_FX_COMPONENT_PERF_INFO out = NULL;
    PO_FX_PERF_STATE_CHANGE changes[2] = {{.Set = 0, .StateIndex = 2},
                                          {.Set = 1, .StateValue = 450}};
    ULONGLONG current = 0;
    KeInitializeEvent(&perf_told, NotificationEvent, FALSE);
    sets.info.PerfStateSets[0] = (PO_FX_COMPONENT_PERF_SET){.Type = PoFxPerfStateTypeDiscrete};
    sets.info.PerfStateSets[0].Discrete.Count = 3;
    sets.info.PerfStateSets[0].Discrete.States = three;
    sets.more = (PO_FX_COMPONENT_PERF_SET){.Type = PoFxPerfStateTypeRange};
    sets.more.Range.Minimum = 100;
    sets.more.Range.Maximum = 500;
    device_fill(&device, 1);
    expect_status(PoFxRegisterDevice(drivertest_device, &device.head, &fx.handle), STATUS_SUCCESS);
    expect_status(PoFxRegisterComponentPerfStates(fx.handle, 0, 0, perf_changed, &sets.info, NULL),
                  STATUS_NOT_IMPLEMENTED);
    expect_status(PoFxRegisterComponentPerfStates(fx.handle, 0, PO_FX_FLAG_PERF_PEP_OPTIONAL,
                                                  perf_changed, NULL, NULL),
                  STATUS_INVALID_PARAMETER);
    expect_status(PoFxRegisterComponentPerfStates(fx.handle, 0, PO_FX_FLAG_PERF_PEP_OPTIONAL,
                                                  perf_changed, NULL, &out),
                  STATUS_NOT_IMPLEMENTED);
    expect_status(PoFxQueryCurrentComponentPerfState(fx.handle, 0, 0, 0, &current),
                  STATUS_INVALID_PARAMETER);
    expect_status(PoFxRegisterComponentPerfStates(fx.handle, 0, PO_FX_FLAG_PERF_PEP_OPTIONAL,
                                                  perf_changed, &sets.info, NULL),
                  STATUS_SUCCESS);
    expect_status(PoFxQueryCurrentComponentPerfState(fx.handle, 0, 0, 1, &current), STATUS_SUCCESS);
    expect_number(current, 100);
    PoFxIssueComponentPerfStateChange(fx.handle, PO_FX_FLAG_BLOCKING, 0, &changes[0], &changes[0]);
    expect(perf_context == &changes[0]);
    KeClearEvent(&perf_told);
    PoFxIssueComponentPerfStateChangeMultiple(fx.handle, PO_FX_FLAG_ASYNC_ONLY, 0, 2, changes, &fx);
    KeWaitForSingleObject(&perf_told, Executive, KernelMode, FALSE, NULL);
    expect(perf_context == &fx);
    expect_status(PoFxQueryCurrentComponentPerfState(fx.handle, 0, 0, 0, &current), STATUS_SUCCESS);
    expect_number(current, 2);
    expect_status(PoFxQueryCurrentComponentPerfState(fx.handle, 0, 0, 1, &current), STATUS_SUCCESS);
    expect_number(current, 450);
    expect_status(PoFxQueryCurrentComponentPerfState(fx.handle, 0, 0, 2, &current),
                  STATUS_INVALID_PARAMETER);
    PoFxUnregisterDevice(fx.handle);
}

DRIVERTEST_LIST = {DRIVERTEST(one_step_after_the_other),
                   DRIVERTEST(drivers_complete_later),
                   DRIVERTEST(in_another_thread),
                   DRIVERTEST(hints_choose_the_state),
                   DRIVERTEST(idle_for_a_time),
                   DRIVERTEST(components_that_depend),
                   DRIVERTEST(on_by_accident_and_older_versions),
                   DRIVERTEST(what_cannot_be_registered),
                   DRIVERTEST(performance_states),
                   DRIVERTEST_END};
