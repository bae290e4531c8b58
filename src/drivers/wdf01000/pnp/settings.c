/* SPDX-License-Identifier: MIT */
/* settings.c - when a device may idle, and what may wake it or the system.
 *
 * In: WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS and …_WAKE_SETTINGS of any version, the capabilities
 * of the stack, the user's and the INF's registry values; out: the settings in force, and an event
 * for the policy machine when they have changed.
 */
#include "room.h"

#define IDLE_TIMEOUT_DEFAULT_MS 5000

/* ---- capabilities of the stack -------------------------------------------------------------- */

/* Asks the stack below; a raw PDO asks itself, which does not come back here. */
NTSTATUS fx_caps_ask(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    PDEVICE_OBJECT target = device->lower != NULL ? device->lower : device->wdm;
    IO_STATUS_BLOCK block;
    PIO_STACK_LOCATION stack;
    NTSTATUS status;
    KEVENT done;
    PIRP irp;

    if (pnp->caps_known)
        return STATUS_SUCCESS;
    RtlZeroMemory(&pnp->caps, sizeof(pnp->caps));
    pnp->caps.Size = sizeof(pnp->caps);
    pnp->caps.Version = 1;
    pnp->caps.Address = (ULONG)-1;
    pnp->caps.UINumber = (ULONG)-1;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, target, NULL, 0, NULL, &done, &block);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    stack = IoGetNextIrpStackLocation(irp);
    stack->MinorFunction = IRP_MN_QUERY_CAPABILITIES;
    stack->Parameters.DeviceCapabilities.Capabilities = &pnp->caps;
    status = IoCallDriver(target, irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = block.Status;
    }
    pnp->caps_known = NT_SUCCESS(status);
    return status;
}

/* ---- the registry --------------------------------------------------------------------------- */

static BOOLEAN value_read(HANDLE key, PCWSTR name, ULONG *out_value)
{
    UCHAR buffer[FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + sizeof(ULONG)];
    PKEY_VALUE_PARTIAL_INFORMATION info = (PVOID)buffer;
    UNICODE_STRING string;
    ULONG length;

    RtlInitUnicodeString(&string, name);
    if (!NT_SUCCESS(ZwQueryValueKey(key, &string, KeyValuePartialInformation, info, sizeof(buffer),
                                    &length)) ||
        info->Type != REG_DWORD || info->DataLength != sizeof(ULONG))
        return FALSE;
    *out_value = *(ULONG UNALIGNED *)info->Data;
    return TRUE;
}

static HANDLE subkey_open(HANDLE parent, PCWSTR name)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING string;
    HANDLE key = NULL;

    RtlInitUnicodeString(&string, name);
    InitializeObjectAttributes(&attributes, &string, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                               parent, NULL);
    return NT_SUCCESS(ZwOpenKey(&key, KEY_READ, &attributes)) ? key : NULL;
}

/* The user's value in the device's hardware key; else what the INF has put into its WDF subkey. */
static BOOLEAN user_choice(struct fx_device *device, PCWSTR user_name, PCWSTR inf_name,
                           BOOLEAN otherwise)
{
    ULONG value = otherwise;
    HANDLE key = NULL, wdf;

    if (KeGetCurrentIrql() != PASSIVE_LEVEL ||
        !NT_SUCCESS(
            IoOpenDeviceRegistryKey(device->physical, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key)))
        return otherwise;
    if (!value_read(key, user_name, &value)) {
        wdf = subkey_open(key, L"WDF");
        if (wdf != NULL) {
            if (!value_read(wdf, user_name, &value))
                value_read(wdf, inf_name, &value);
            ZwClose(wdf);
        }
    }
    ZwClose(key);
    return value != 0;
}

/* ---- idle ----------------------------------------------------------------------------------- */

static BOOLEAN wake_is_possible(const DEVICE_CAPABILITIES *caps, DEVICE_POWER_STATE state)
{
    switch (state) {
    case PowerDeviceD0:
        return caps->WakeFromD0;
    case PowerDeviceD1:
        return caps->WakeFromD1;
    case PowerDeviceD2:
        return caps->WakeFromD2;
    case PowerDeviceD3:
        return caps->WakeFromD3;
    default:
        return FALSE;
    }
}

static NTSTATUS idle_check(struct fx_device *device,
                           const WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS *set)
{
    BOOLEAN is_good = set->IdleCaps >= IdleCannotWakeFromS0 &&
                      set->IdleCaps <= IdleUsbSelectiveSuspend &&
                      (set->UserControlOfIdleSettings == IdleDoNotAllowUserControl ||
                       set->UserControlOfIdleSettings == IdleAllowUserControl) &&
                      (ULONG)set->Enabled <= WdfUseDefault &&
                      (ULONG)set->PowerUpIdleDeviceOnSystemWake <= WdfUseDefault &&
                      (ULONG)set->IdleTimeoutType <= SystemManagedIdleTimeoutWithHint &&
                      (ULONG)set->ExcludeD3Cold <= WdfUseDefault;

    if (is_good && device->pnp->idle.is_set &&
        device->pnp->idle.timeout_type != set->IdleTimeoutType)
        is_good = FALSE; /* may not change after the first call */
    if (!is_good)
        return STATUS_INVALID_PARAMETER;
    if (set->DxState < PowerDeviceD1 || set->DxState > PowerDeviceMaximum ||
        (set->IdleCaps == IdleUsbSelectiveSuspend && set->DxState == PowerDeviceD3))
        return STATUS_POWER_STATE_INVALID;
    return STATUS_SUCCESS;
}

/* The low state: the client's, or the deepest from which the device can wake. */
static NTSTATUS idle_state(struct fx_device *device,
                           const WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS *set,
                           DEVICE_POWER_STATE *out_state)
{
    struct fx_pnp *pnp = device->pnp;
    DEVICE_POWER_STATE state = set->DxState;
    NTSTATUS status;

    if (set->IdleCaps == IdleCannotWakeFromS0) {
        *out_state = state == PowerDeviceMaximum ? PowerDeviceD3 : state;
        return STATUS_SUCCESS;
    }
    status = fx_caps_ask(device);
    if (!NT_SUCCESS(status))
        return status;
    if (pnp->caps.DeviceWake < PowerDeviceD1)
        return STATUS_POWER_STATE_INVALID; /* the bus knows no wake signal */
    if (state == PowerDeviceMaximum)
        state = pnp->caps.DeviceWake;
    if (state > pnp->caps.DeviceWake || !wake_is_possible(&pnp->caps, state))
        return STATUS_POWER_STATE_INVALID;
    *out_state = state;
    return STATUS_SUCCESS;
}

static BOOLEAN idle_enabled(struct fx_device *device,
                            const WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS *set)
{
    struct fx_pnp *pnp = device->pnp;

    if (set->Enabled == WdfFalse)
        return FALSE;
    if (!pnp->idle.is_set && set->UserControlOfIdleSettings == IdleAllowUserControl)
        return user_choice(device, L"IdleInWorkingState", L"WdfDefaultIdleInWorkingState", TRUE);
    if (set->Enabled == WdfUseDefault && pnp->idle.is_set)
        return pnp->idle.is_enabled;
    return TRUE;
}

NTSTATUS fx_idle_assign(struct fx_device *device, const WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS *set)
{
    struct fx_pnp *pnp = device->pnp;
    struct fx_idle_settings idle = pnp->idle;
    NTSTATUS status = idle_check(device, set);

    if (NT_SUCCESS(status))
        status = idle_state(device, set, &idle.state);
    if (NT_SUCCESS(status) && !idle.is_set &&
        set->UserControlOfIdleSettings == IdleAllowUserControl)
        status = fx_user_idle_offer(device);
    if (!NT_SUCCESS(status))
        return status;
    idle.is_enabled = idle_enabled(device, set);
    idle.timeout_ms =
        set->IdleTimeout == IdleTimeoutDefaultValue ? IDLE_TIMEOUT_DEFAULT_MS : set->IdleTimeout;
    idle.wakes = set->IdleCaps != IdleCannotWakeFromS0;
    if (!idle.is_set) {
        idle.user_control = set->UserControlOfIdleSettings == IdleAllowUserControl;
        idle.power_up_on_system_wake = set->PowerUpIdleDeviceOnSystemWake == WdfTrue;
        idle.timeout_type = set->IdleTimeoutType;
    }
    idle.caps = set->IdleCaps;
    idle.is_set = TRUE;
    pnp->idle = idle;
    fx_machine_post(&pnp->policy, POLICY_Settings);
    return STATUS_SUCCESS;
}

/* ---- wake ----------------------------------------------------------------------------------- */

NTSTATUS fx_wake_assign(struct fx_device *device, const WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS *set)
{
    struct fx_pnp *pnp = device->pnp;
    struct fx_wake_settings wake = pnp->wake;
    NTSTATUS status;

    if ((set->UserControlOfWakeSettings != WakeDoNotAllowUserControl &&
         set->UserControlOfWakeSettings != WakeAllowUserControl) ||
        (ULONG)set->Enabled > WdfUseDefault)
        return STATUS_INVALID_PARAMETER;
    if (set->DxState < PowerDeviceD0 || set->DxState > PowerDeviceMaximum)
        return STATUS_POWER_STATE_INVALID;
    status = fx_caps_ask(device);
    if (!NT_SUCCESS(status))
        return status;
    wake.state = set->DxState == PowerDeviceMaximum ? pnp->caps.DeviceWake : set->DxState;
    if (pnp->caps.SystemWake <= PowerSystemWorking || wake.state > pnp->caps.DeviceWake ||
        !wake_is_possible(&pnp->caps, wake.state))
        return STATUS_POWER_STATE_INVALID;
    if (!wake.is_set && set->UserControlOfWakeSettings == WakeAllowUserControl) {
        status = fx_user_wake_offer(device);
        if (!NT_SUCCESS(status))
            return status;
    }
    if (set->Enabled == WdfFalse)
        wake.is_enabled = FALSE;
    else if (!wake.is_set && set->UserControlOfWakeSettings == WakeAllowUserControl)
        wake.is_enabled =
            user_choice(device, L"WakeFromSleepState", L"WdfDefaultWakeFromSleepState", TRUE);
    else if (set->Enabled == WdfTrue || !wake.is_set)
        wake.is_enabled = TRUE;
    if (!wake.is_set) {
        wake.user_control = set->UserControlOfWakeSettings == WakeAllowUserControl;
        wake.arm_if_children_armed = set->ArmForWakeIfChildrenAreArmedForWake;
        wake.indicate_child_wake = set->IndicateChildWakeOnParentWake;
    }
    wake.is_set = TRUE;
    pnp->wake = wake;
    return STATUS_SUCCESS;
}

static void armed_visit(struct fx_device *child, void *context)
{
    if (child->pnp != NULL && child->pnp->wake_irp != NULL)
        *(BOOLEAN *)context = TRUE;
}

/* From the state that the system goes to now, and as deep as the bus can still be woken from. */
BOOLEAN fx_wants_sx_wake(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    BOOLEAN children = FALSE;

    if (!pnp->wake.is_set || pnp->system_state > pnp->caps.SystemWake)
        return FALSE;
    if (pnp->wake.is_enabled)
        return TRUE;
    if (pnp->wake.arm_if_children_armed)
        fx_child_lists_visit(device, armed_visit, &children);
    return children;
}
