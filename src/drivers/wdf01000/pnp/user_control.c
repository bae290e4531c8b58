/* SPDX-License-Identifier: MIT */
/* user_control.c - what users may switch of a device's power, if its driver allows it: idling in
 * the working state, and waking the system.
 *
 * In: a client's settings with UserControl…; out: the system's two WMI blocks for the device, of
 * one BOOLEAN each. What is set there is in force at once and is kept in the hardware key.
 */
#include <initguid.h>

#include <ntddk.h>

#include <wdmguid.h>

#include "../wmi/wmi.h"
#include "room.h"

static void choice_keep(struct fx_device *device, PCWSTR name, BOOLEAN value)
{
    ULONG number = value;
    UNICODE_STRING string;
    HANDLE key;

    if (!NT_SUCCESS(
            IoOpenDeviceRegistryKey(device->physical, PLUGPLAY_REGKEY_DEVICE, KEY_WRITE, &key)))
        return;
    RtlInitUnicodeString(&string, name);
    ZwSetValueKey(key, &string, 0, REG_DWORD, &number, sizeof(number));
    ZwClose(key);
}

static BOOLEAN idle_get(struct fx_device *device)
{
    return device->pnp->idle.is_enabled;
}

static void idle_set(struct fx_device *device, BOOLEAN value)
{
    device->pnp->idle.is_enabled = value;
    choice_keep(device, L"IdleInWorkingState", value);
    fx_machine_post(&device->pnp->policy, POLICY_Settings);
}

static BOOLEAN wake_get(struct fx_device *device)
{
    return device->pnp->wake.is_enabled;
}

static void wake_set(struct fx_device *device, BOOLEAN value)
{
    device->pnp->wake.is_enabled = value;
    choice_keep(device, L"WakeFromSleepState", value);
}

static const struct fx_wmi_switch idle_switch = {&GUID_POWER_DEVICE_ENABLE, idle_get, idle_set};
static const struct fx_wmi_switch wake_switch = {&GUID_POWER_DEVICE_WAKE_ENABLE, wake_get,
                                                 wake_set};

/* Settings that are assigned again find their block there. */
static NTSTATUS switch_offer(struct fx_device *device, const struct fx_wmi_switch *choice)
{
    NTSTATUS status = fx_wmi_switch_create(device, choice);

    return status == STATUS_OBJECT_NAME_COLLISION ? STATUS_SUCCESS : status;
}

NTSTATUS fx_user_idle_offer(struct fx_device *device)
{
    return switch_offer(device, &idle_switch);
}

NTSTATUS fx_user_wake_offer(struct fx_device *device)
{
    return switch_offer(device, &wake_switch);
}
