/* SPDX-License-Identifier: MIT */
/* late.c - drivers that take their time, where time costs nothing: on the simulated ground
 * (test_late.py), a case by the number that stands first in the program's memory.
 *
 * A power callback that may not page has ten minutes; whoever waits for a driver says so from time
 * to time.
 */
#include "service.h"
#include "stack.h"

#define MINUTE 60

static struct stack stack;
static BOOLEAN is_np;
static LONG exit_seconds, entry_seconds;

static void take(LONG seconds)
{
    LARGE_INTEGER time = {.QuadPart = -10000000ll * seconds};

    if (seconds != 0)
        KeDelayExecutionThread(KernelMode, FALSE, &time);
}

static NTSTATUS d0_entry(WDFDEVICE device, WDF_POWER_DEVICE_STATE previous)
{
    if (previous != WdfPowerDeviceD3Final)
        take(entry_seconds);
    return STATUS_SUCCESS;
}

static NTSTATUS d0_exit(WDFDEVICE device, WDF_POWER_DEVICE_STATE target)
{
    if (target != WdfPowerDeviceD3Final)
        take(exit_seconds);
    return STATUS_SUCCESS;
}

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS events;
    WDFDEVICE device;

    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&events);
    events.EvtDeviceD0Entry = d0_entry;
    events.EvtDeviceD0Exit = d0_exit;
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &events);
    if (is_np)
        WdfDeviceInitSetPowerNotPageable(init);
    return WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device);
}
PFN_WDF_DRIVER_DEVICE_ADD kmdf_device_add = device_add;

/* The system sleeps and wakes; the device's own IRPs come after the system's. */
static void down_and_up(BOOLEAN np, LONG down, LONG up)
{
    is_np = np;
    exit_seconds = down;
    entry_seconds = up;
    if (!stack_make(&stack))
        return;
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    expect_status(stack_power(&stack, PowerSystemSleeping3), STATUS_SUCCESS);
    expect_status(stack_power(&stack, PowerSystemWorking), STATUS_SUCCESS);
    expect_status(stack_pnp(&stack, IRP_MN_QUERY_REMOVE_DEVICE, NULL, NULL), STATUS_SUCCESS);
    stack_drop(&stack);
}

/* slow.sys, with settings of the verifier, which waits for its own work item. */
static void slow(PCWSTR service, LONG break_on_error, LONG seconds)
{
    const ULONG one = 1;
    HANDLE key;

    service_make(service, L"slow.sys");
    key = service_key(service, L"Parameters");
    ZwClose(key);
    key = service_key(service, L"Parameters\\Wdf");
    service_value(key, L"VerifierOn", REG_DWORD, &one, sizeof(one));
    service_value(key, L"DbgBreakOnError", REG_DWORD, &break_on_error, sizeof(break_on_error));
    if (seconds >= 0)
        service_value(key, L"DbgWaitForSignalTimeoutInSec", REG_DWORD, &seconds, sizeof(seconds));
    ZwClose(key);
    expect_status(service_load(service), STATUS_SUCCESS);
    service_end(service);
    service_delete(service, L"Parameters\\Wdf");
    service_delete(service, L"Parameters");
    service_delete(service, NULL);
}

static void late(void)
{
    switch (*(const ULONG *)drivertest_user_memory) {
    case 1:
        down_and_up(FALSE, 11 * MINUTE, 11 * MINUTE);
        break;
    case 2:
        down_and_up(TRUE, 9 * MINUTE, 9 * MINUTE);
        break;
    case 3:
        down_and_up(TRUE, 11 * MINUTE, 0);
        break;
    case 4:
        down_and_up(TRUE, 0, 11 * MINUTE);
        break;
    case 5:
        slow(L"FxSlowDefault", 1, -1);
        break;
    case 6:
        slow(L"FxSlowSet", 1, 30);
        break;
    case 7:
        slow(L"FxSlowNoBreak", 0, 30);
        break;
    case 8:
        slow(L"FxSlowNever", 1, 0);
        break;
    default:
        expect(FALSE);
    }
}

DRIVERTEST_LIST = {
    DRIVERTEST(late),
    DRIVERTEST_END,
};
