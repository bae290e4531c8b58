/* SPDX-License-Identifier: MIT */
/* po.c - tests of power without a system that sleeps: power IRPs asked for, queued and passed on,
 * states, idle devices, settings. */
#include "drivertest.h"

static PDEVICE_OBJECT lower, upper;
static KEVENT seen;
static IO_STACK_LOCATION upper_saw, lower_saw;

static NTSTATUS dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = irp->IoStatus.Status;

    expect_number(stack->MajorFunction, IRP_MJ_POWER);
    if (device == upper) {
        upper_saw = *stack;
        PoStartNextPowerIrp(irp);
        IoSkipCurrentIrpStackLocation(irp);
        return PoCallDriver(lower, irp);
    }
    lower_saw = *stack;
    expect_status(status, STATUS_NOT_SUPPORTED);
    status = STATUS_SUCCESS;
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    KeSetEvent(&seen, IO_NO_INCREMENT, FALSE);
    return status;
}

static void stack_make(void)
{
    drivertest_dispatch = dispatch;
    KeInitializeEvent(&seen, NotificationEvent, FALSE);
    IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &lower);
    IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &upper);
    expect(IoAttachDeviceToDeviceStack(upper, lower) == lower);
}

static void stack_delete(void)
{
    IoDetachDevice(lower);
    IoDeleteDevice(upper);
    IoDeleteDevice(lower);
    drivertest_dispatch = NULL;
}

static ULONG completed;

static VOID completion(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state, PVOID context,
                       PIO_STATUS_BLOCK status)
{
    expect(device == lower && minor == IRP_MN_SET_POWER && context == &completed);
    expect_number(state.DeviceState, PowerDeviceD2);
    expect_status(status->Status, STATUS_SUCCESS);
    completed++;
}

static void requests(void)
{
    POWER_STATE state = {.DeviceState = PowerDeviceD2};
    PIRP irp = NULL;

    stack_make();
    completed = 0;
    expect_status(PoRequestPowerIrp(lower, IRP_MN_SET_POWER, state, completion, &completed, &irp),
                  STATUS_PENDING);
    expect(irp != NULL && completed == 1);
    expect(upper_saw.MinorFunction == IRP_MN_SET_POWER && upper_saw.DeviceObject == upper);
    expect_number(lower_saw.Parameters.Power.Type, DevicePowerState);
    expect_number(lower_saw.Parameters.Power.State.DeviceState, PowerDeviceD2);
    state.SystemState = PowerSystemSleeping3;
    expect_status(PoRequestPowerIrp(lower, IRP_MN_WAIT_WAKE, state, NULL, NULL, NULL),
                  STATUS_PENDING);
    expect_number(lower_saw.Parameters.WaitWake.PowerState, PowerSystemSleeping3);
    expect_status(PoRequestPowerIrp(lower, IRP_MN_POWER_SEQUENCE, state, NULL, NULL, NULL),
                  STATUS_INVALID_PARAMETER_2);
    stack_delete();
}

/* ---- one after the other -------------------------------------------------------------------- */

static PIRP held;
static ULONG held_seen;

static NTSTATUS hold(PDEVICE_OBJECT device, PIRP irp)
{
    expect(device == upper && KeGetCurrentIrql() <= DISPATCH_LEVEL);
    held_seen++;
    held = irp;
    IoMarkIrpPending(irp);
    return STATUS_PENDING;
}

static void release(NTSTATUS status)
{
    PIRP irp = held;

    held = NULL;
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static ULONG ended;
static NTSTATUS ended_status[4];

static VOID count_end(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state, PVOID context,
                      PIO_STATUS_BLOCK status)
{
    expect(device == lower && minor == IRP_MN_SET_POWER);
    expect_number(state.DeviceState, (ULONG_PTR)context);
    ended_status[ended++] = status->Status;
}

static void lined_up(void)
{
    POWER_STATE state = {.DeviceState = PowerDeviceD1};
    ULONG seconds = 0;

    stack_make();
    drivertest_dispatch = hold;
    held_seen = ended = 0;
    expect(!PoQueryWatchdogTime(lower, &seconds));
    for (; state.DeviceState <= PowerDeviceD3; state.DeviceState++)
        expect_status(PoRequestPowerIrp(lower, IRP_MN_SET_POWER, state, count_end,
                                        (PVOID)(ULONG_PTR)state.DeviceState, NULL),
                      STATUS_PENDING);
    expect_number(held_seen, 1);
    expect(PoQueryWatchdogTime(lower, &seconds) && seconds > 0);
    expect_number(IoGetCurrentIrpStackLocation(held)->Parameters.Power.State.DeviceState,
                  PowerDeviceD1);
    release(STATUS_SUCCESS);
    expect(held_seen == 2 && ended == 1);
    expect_number(IoGetCurrentIrpStackLocation(held)->Parameters.Power.State.DeviceState,
                  PowerDeviceD2);
    release(STATUS_UNSUCCESSFUL);
    expect(held_seen == 3 && ended == 2);
    release(STATUS_SUCCESS);
    expect(held_seen == 3 && ended == 3 && held == NULL);
    expect_status(ended_status[1], STATUS_UNSUCCESSFUL);
    expect(!PoQueryWatchdogTime(lower, &seconds));
    stack_delete();
}

/* Two devices that draw much current when they are switched on: one at a time. */
static void inrush(void)
{
    POWER_STATE on = {.DeviceState = PowerDeviceD0}, off = {.DeviceState = PowerDeviceD3};
    PDEVICE_OBJECT other;

    stack_make();
    IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &other);
    upper->Flags |= DO_POWER_INRUSH;
    other->Flags |= DO_POWER_INRUSH;
    drivertest_dispatch = hold;
    held_seen = ended = 0;
    PoRequestPowerIrp(lower, IRP_MN_SET_POWER, on, NULL, NULL, NULL);
    expect_number(held_seen, 1);
    drivertest_dispatch = dispatch;
    lower_saw.DeviceObject = NULL;
    PoRequestPowerIrp(other, IRP_MN_SET_POWER, on, NULL, NULL, NULL);
    expect(lower_saw.DeviceObject == NULL); /* it waits for the other to be on */
    release(STATUS_SUCCESS);
    expect(lower_saw.DeviceObject == other);
    lower_saw.DeviceObject = NULL;
    PoRequestPowerIrp(other, IRP_MN_SET_POWER, off, NULL, NULL, NULL);
    expect(lower_saw.DeviceObject == other);
    IoDeleteDevice(other);
    stack_delete();
}

static VOID raised(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state, PVOID context,
                   PIO_STATUS_BLOCK status)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(minor);
    UNREFERENCED_PARAMETER(state);
    expect_status(status->Status, STATUS_SUCCESS);
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
}

/* A stack that may page is not called at DISPATCH_LEVEL. */
static void pagable(void)
{
    POWER_STATE state = {.DeviceState = PowerDeviceD2};
    KEVENT done;
    KIRQL irql;

    stack_make();
    upper->Flags |= DO_POWER_PAGABLE;
    lower->Flags |= DO_POWER_PAGABLE;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect_status(PoRequestPowerIrp(lower, IRP_MN_SET_POWER, state, raised, &done, NULL),
                  STATUS_PENDING);
    KeLowerIrql(irql);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    /* The worker is on its way out of the dispatch routine, which sets it last. */
    KeWaitForSingleObject(&seen, Executive, KernelMode, FALSE, NULL);
    stack_delete();
}

static void power_requests(void)
{
    COUNTED_REASON_CONTEXT reason = {.Version = POWER_REQUEST_CONTEXT_VERSION,
                                     .Flags = POWER_REQUEST_CONTEXT_SIMPLE_STRING};
    PVOID request = NULL;

    RtlInitUnicodeString(&reason.SimpleString, L"a test is running");
    expect_status(PoCreatePowerRequest(&request, drivertest_device, &reason), STATUS_SUCCESS);
    expect_status(PoSetPowerRequest(request, PowerRequestSystemRequired), STATUS_SUCCESS);
    expect_status(PoClearPowerRequest(request, PowerRequestDisplayRequired), STATUS_UNSUCCESSFUL);
    expect_status(PoClearPowerRequest(request, PowerRequestSystemRequired), STATUS_SUCCESS);
    expect_status(PoClearPowerRequest(request, PowerRequestSystemRequired), STATUS_UNSUCCESSFUL);
    PoDeletePowerRequest(request);
    reason.Version = 77;
    expect_status(PoCreatePowerRequest(&request, drivertest_device, &reason),
                  STATUS_INVALID_PARAMETER);
}

static NTSTATUS wake_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    if (device == upper) {
        expect(!PoGetSystemWake(irp));
        PoSetSystemWake(irp);
        expect(PoGetSystemWake(irp));
    }
    return dispatch(device, irp);
}

static void wakes(void)
{
    POWER_STATE state = {.DeviceState = PowerDeviceD0};

    stack_make();
    drivertest_dispatch = wake_dispatch;
    PoRequestPowerIrp(lower, IRP_MN_SET_POWER, state, NULL, NULL, NULL);
    stack_delete();
}

static void states(void)
{
    POWER_STATE state = {.DeviceState = PowerDeviceD3};

    stack_make();
    expect_number(PoSetPowerState(lower, DevicePowerState, state).DeviceState, PowerDeviceD0);
    expect_number(PoSetPowerState(lower, DevicePowerState, state).DeviceState, PowerDeviceD3);
    state.SystemState = PowerSystemHibernate;
    expect_number(PoSetPowerState(lower, SystemPowerState, state).SystemState, PowerSystemWorking);
    state.SystemState = PowerSystemWorking;
    expect_number(PoSetPowerState(lower, SystemPowerState, state).SystemState,
                  PowerSystemHibernate);
    state.DeviceState = PowerDeviceD0;
    expect_number(PoSetPowerState(lower, DevicePowerState, state).DeviceState, PowerDeviceD3);
    stack_delete();
}

static void idle_devices(void)
{
    PULONG counter;

    stack_make();
    counter = PoRegisterDeviceForIdleDetection(lower, 1, 1, PowerDeviceD3);
    expect(counter != NULL);
    *counter = 0; /* as the macro PoSetDeviceBusy does */
    PoSetDeviceBusyEx(counter);
    expect_status(KeWaitForSingleObject(&seen, Executive, KernelMode, FALSE, NULL), STATUS_SUCCESS);
    expect_number(lower_saw.MinorFunction, IRP_MN_SET_POWER);
    expect_number(lower_saw.Parameters.Power.State.DeviceState, PowerDeviceD3);
    expect(PoRegisterDeviceForIdleDetection(lower, 0, 0, PowerDeviceD3) == NULL);
    counter = PoRegisterDeviceForIdleDetection(lower, 100, 100, PowerDeviceD3);
    expect(counter != NULL && *counter == 0);
    PoStartDeviceBusy(counter);
    PoEndDeviceBusy(counter);
    stack_delete(); /* takes the registration with it */
}

static KEVENT told;
static ULONG told_value;

static NTSTATUS setting_changed(LPCGUID setting, PVOID value, ULONG length, PVOID context)
{
    expect(context == &told && length == sizeof(ULONG) && setting->Data1 == 0x5d3e9a59);
    expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    told_value = *(PULONG)value;
    KeSetEvent(&told, IO_NO_INCREMENT, FALSE);
    return STATUS_SUCCESS;
}

static void settings(void)
{
    static const GUID source = {
        0x5d3e9a59, 0xe9d5, 0x4b00, {0xa6, 0xbd, 0xff, 0x34, 0xff, 0x51, 0x65, 0x48}};
    static const GUID unknown = {1, 2, 3, {4}};
    PVOID handle = NULL;

    KeInitializeEvent(&told, NotificationEvent, FALSE);
    told_value = 77;
    expect_status(
        PoRegisterPowerSettingCallback(drivertest_device, &source, setting_changed, &told, &handle),
        STATUS_SUCCESS);
    KeWaitForSingleObject(&told, Executive, KernelMode, FALSE, NULL);
    expect_number(told_value, 0); /* mains */
    expect_status(PoUnregisterPowerSettingCallback(handle), STATUS_SUCCESS);
    expect_status(PoRegisterPowerSettingCallback(drivertest_device, &unknown, setting_changed,
                                                 &told, &handle),
                  STATUS_SUCCESS);
    expect_status(PoUnregisterPowerSettingCallback(handle), STATUS_SUCCESS);
}

static void system_states(void)
{
    PVOID handle = PoRegisterSystemState(NULL, ES_SYSTEM_REQUIRED | ES_CONTINUOUS);

    expect(handle != NULL);
    expect(PoRegisterSystemState(handle, ES_DISPLAY_REQUIRED | ES_CONTINUOUS) == handle);
    PoUnregisterSystemState(handle);
    PoSetSystemState(ES_USER_PRESENT);
    expect(PoRegisterSystemState(NULL, 0x40000000) == NULL);
}

DRIVERTEST_LIST = {
    DRIVERTEST(requests),
    DRIVERTEST(lined_up),
    DRIVERTEST(inrush),
    DRIVERTEST(pagable),
    DRIVERTEST(power_requests),
    DRIVERTEST(wakes),
    DRIVERTEST(states),
    DRIVERTEST(idle_devices),
    DRIVERTEST(settings),
    DRIVERTEST(system_states),
    DRIVERTEST_END,
};
