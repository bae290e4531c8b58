/* SPDX-License-Identifier: MIT */
/* callbacks.c - calls the client's Plug and Play, power and power policy callbacks.
 *
 * In: a device at PASSIVE_LEVEL; out: the callback's status, or success when the client has none.
 * A failure is logged here, once, with the callback's name. These callbacks are not serialised
 * with those of queues: no callback lock is taken.
 */
#include "../hardware/hardware.h"
#include "room.h"

static NTSTATUS result(struct fx_device *device, const char *name, NTSTATUS status)
{
    if (!NT_SUCCESS(status) || status == STATUS_NOT_SUPPORTED)
        fx_log(device->object.globals, FX_LOG_ERROR, "WDFDEVICE %p: %s failed with status %08lx",
               fx_device_handle(device), name, status);
    return status;
}

/* Statement expressions: the callback's status is the value. */
#define CALL(device, table, name, ...)                                          \
    ({                                                                          \
        NTSTATUS called_status = STATUS_SUCCESS;                                \
        if ((device)->pnp->table.name != NULL) {                                \
            FX_WATCHED((device)->object.globals, (device)->pnp->table.name,     \
                       called_status = (device)->pnp->table.name(__VA_ARGS__)); \
            called_status = result((device), #name, called_status);             \
        }                                                                       \
        called_status;                                                          \
    })
#define CALL_VOID(device, table, name, ...)                                 \
    do {                                                                    \
        if ((device)->pnp->table.name != NULL)                              \
            FX_WATCHED((device)->object.globals, (device)->pnp->table.name, \
                       (device)->pnp->table.name(__VA_ARGS__));             \
    } while (0)

/* ---- hardware and power --------------------------------------------------------------------- */

/* On the way down all are called; the first failure counts. */
static NTSTATUS first_failure(NTSTATUS before, NTSTATUS status)
{
    return NT_SUCCESS(before) ? status : before;
}

/* A failure before the client's own callback: there is nothing that it would release. */
NTSTATUS fx_evt_prepare_hardware(struct fx_device *device)
{
    NTSTATUS status = fx_cx_before(device, FX_CX_PREPARE_HARDWARE, WdfPowerDeviceInvalid);

    device->pnp->owns_hardware = NT_SUCCESS(status);
    if (!NT_SUCCESS(status)) {
        fx_resources_clear(device);
        return status;
    }
    status = CALL(device, evt, EvtDevicePrepareHardware, fx_device_handle(device),
                  fx_resources_raw(device), fx_resources_translated(device));
    return fx_cx_after(device, FX_CX_PREPARE_HARDWARE, WdfPowerDeviceInvalid, status);
}

NTSTATUS fx_evt_release_hardware(struct fx_device *device)
{
    NTSTATUS before = fx_cx_before(device, FX_CX_RELEASE_HARDWARE, WdfPowerDeviceInvalid);
    NTSTATUS status = CALL(device, evt, EvtDeviceReleaseHardware, fx_device_handle(device),
                           fx_resources_translated(device));

    return fx_cx_after(device, FX_CX_RELEASE_HARDWARE, WdfPowerDeviceInvalid,
                       first_failure(before, status));
}

NTSTATUS fx_evt_d0_entry(struct fx_device *device, WDF_POWER_DEVICE_STATE previous)
{
    NTSTATUS status = fx_cx_before(device, FX_CX_D0_ENTRY, previous);

    if (!NT_SUCCESS(status))
        return status;
    status = CALL(device, evt, EvtDeviceD0Entry, fx_device_handle(device), previous);
    return fx_cx_after(device, FX_CX_D0_ENTRY, previous, status);
}

NTSTATUS fx_evt_d0_exit(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    NTSTATUS before = fx_cx_before(device, FX_CX_D0_EXIT, target);
    NTSTATUS status = CALL(device, evt, EvtDeviceD0Exit, fx_device_handle(device), target);

    return fx_cx_after(device, FX_CX_D0_EXIT, target, first_failure(before, status));
}

NTSTATUS fx_evt_d0_entry_post(struct fx_device *device, WDF_POWER_DEVICE_STATE previous)
{
    return CALL(device, evt, EvtDeviceD0EntryPostInterruptsEnabled, fx_device_handle(device),
                previous);
}

NTSTATUS fx_evt_d0_exit_pre(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    return CALL(device, evt, EvtDeviceD0ExitPreInterruptsDisabled, fx_device_handle(device),
                target);
}

/* ---- self-managed I/O ----------------------------------------------------------------------- */

/* Init once in the life of a device, Restart each time after a Suspend. */
NTSTATUS fx_evt_self_managed_start(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    BOOLEAN restarts = pnp->self_managed == FX_SELF_SUSPENDED;
    enum fx_cx_moment moment = restarts ? FX_CX_RESTART : FX_CX_INIT;
    NTSTATUS status = fx_cx_before(device, moment, WdfPowerDeviceInvalid);

    if (!NT_SUCCESS(status))
        return status;
    pnp->self_managed = FX_SELF_STARTED;
    if (restarts) {
        status = CALL(device, evt, EvtDeviceSelfManagedIoRestart, fx_device_handle(device));
    } else {
        pnp->self_managed_used = TRUE;
        status = CALL(device, evt, EvtDeviceSelfManagedIoInit, fx_device_handle(device));
    }
    return fx_cx_after(device, moment, WdfPowerDeviceInvalid, status);
}

NTSTATUS fx_evt_self_managed_suspend(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    NTSTATUS before, status;

    if (pnp->self_managed != FX_SELF_STARTED)
        return STATUS_SUCCESS;
    pnp->self_managed = FX_SELF_SUSPENDED;
    before = fx_cx_before(device, FX_CX_SUSPEND, WdfPowerDeviceInvalid);
    status = CALL(device, evt, EvtDeviceSelfManagedIoSuspend, fx_device_handle(device));
    return fx_cx_after(device, FX_CX_SUSPEND, WdfPowerDeviceInvalid, first_failure(before, status));
}

void fx_evt_self_managed_flush(struct fx_device *device)
{
    if (!device->pnp->self_managed_used)
        return;
    (void)fx_cx_before(device, FX_CX_FLUSH, WdfPowerDeviceInvalid);
    CALL_VOID(device, evt, EvtDeviceSelfManagedIoFlush, fx_device_handle(device));
    (void)fx_cx_after(device, FX_CX_FLUSH, WdfPowerDeviceInvalid, STATUS_SUCCESS);
}

void fx_evt_self_managed_cleanup(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (!pnp->self_managed_used)
        return;
    pnp->self_managed_used = FALSE;
    pnp->self_managed = FX_SELF_CLEANED;
    (void)fx_cx_before(device, FX_CX_CLEANUP, WdfPowerDeviceInvalid);
    CALL_VOID(device, evt, EvtDeviceSelfManagedIoCleanup, fx_device_handle(device));
    (void)fx_cx_after(device, FX_CX_CLEANUP, WdfPowerDeviceInvalid, STATUS_SUCCESS);
}

/* ---- Plug and Play -------------------------------------------------------------------------- */

void fx_evt_surprise_removal(struct fx_device *device)
{
    (void)fx_cx_before(device, FX_CX_SURPRISE_REMOVAL, WdfPowerDeviceInvalid);
    CALL_VOID(device, evt, EvtDeviceSurpriseRemoval, fx_device_handle(device));
    (void)fx_cx_after(device, FX_CX_SURPRISE_REMOVAL, WdfPowerDeviceInvalid, STATUS_SUCCESS);
}

NTSTATUS fx_evt_query_stop(struct fx_device *device)
{
    return CALL(device, evt, EvtDeviceQueryStop, fx_device_handle(device));
}

NTSTATUS fx_evt_query_remove(struct fx_device *device)
{
    return CALL(device, evt, EvtDeviceQueryRemove, fx_device_handle(device));
}

NTSTATUS fx_evt_eject(struct fx_device *device)
{
    return CALL(device, pdo_evt, EvtDeviceEject, fx_device_handle(device));
}

/* ---- arming --------------------------------------------------------------------------------- */

NTSTATUS fx_evt_arm_s0(struct fx_device *device)
{
    return CALL(device, policy_evt, EvtDeviceArmWakeFromS0, fx_device_handle(device));
}

void fx_evt_disarm_s0(struct fx_device *device)
{
    CALL_VOID(device, policy_evt, EvtDeviceDisarmWakeFromS0, fx_device_handle(device));
}

void fx_evt_woken_s0(struct fx_device *device)
{
    CALL_VOID(device, policy_evt, EvtDeviceWakeFromS0Triggered, fx_device_handle(device));
}

static BOOLEAN visit_armed(struct fx_device *device)
{
    return device->pnp != NULL && device->pnp->wake_irp != NULL;
}

static void child_visit(struct fx_device *child, void *context)
{
    if (visit_armed(child))
        *(BOOLEAN *)context = TRUE;
}

/* The callback with reasons goes before the one without. */
NTSTATUS fx_evt_arm_sx(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    BOOLEAN children = FALSE;

    if (pnp->policy_evt.EvtDeviceArmWakeFromSxWithReason == NULL)
        return CALL(device, policy_evt, EvtDeviceArmWakeFromSx, fx_device_handle(device));
    fx_child_lists_visit(device, child_visit, &children);
    return CALL(device, policy_evt, EvtDeviceArmWakeFromSxWithReason, fx_device_handle(device),
                pnp->wake.is_enabled, children && pnp->wake.arm_if_children_armed);
}

void fx_evt_disarm_sx(struct fx_device *device)
{
    CALL_VOID(device, policy_evt, EvtDeviceDisarmWakeFromSx, fx_device_handle(device));
}

void fx_evt_woken_sx(struct fx_device *device)
{
    CALL_VOID(device, policy_evt, EvtDeviceWakeFromSxTriggered, fx_device_handle(device));
}

NTSTATUS fx_evt_wake_at_bus(struct fx_device *device, BOOLEAN enable)
{
    struct fx_pnp *pnp = device->pnp;

    if (enable)
        return CALL(device, pdo_evt, EvtDeviceEnableWakeAtBus, fx_device_handle(device),
                    pnp->wake_irp_state);
    CALL_VOID(device, pdo_evt, EvtDeviceDisableWakeAtBus, fx_device_handle(device));
    return STATUS_SUCCESS;
}

/* ---- who listens to states ------------------------------------------------------------------ */

/* The three notification structures differ in the enumeration's name alone. */
C_ASSERT(sizeof(WDF_DEVICE_PNP_NOTIFICATION_DATA) == sizeof(WDF_DEVICE_POWER_NOTIFICATION_DATA));
C_ASSERT(sizeof(WDF_DEVICE_PNP_NOTIFICATION_DATA) ==
         sizeof(WDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA));

static void notification_fill(WDF_DEVICE_PNP_NOTIFICATION_DATA *data, ULONG type, ULONG state,
                              ULONG next)
{
    RtlZeroMemory(data, sizeof(*data));
    data->Type = (WDF_STATE_NOTIFICATION_TYPE)type;
    data->Data.EnterState.CurrentState = (WDF_DEVICE_PNP_STATE)state;
    if (type != StateNotificationPostProcessState)
        data->Data.EnterState.NewState = (WDF_DEVICE_PNP_STATE)next;
}

/* Whose state a notification is about: the one that is entered, or the one that is left. */
static BOOLEAN listens(const struct fx_state_callback *callback, ULONG type, ULONG state,
                       ULONG next)
{
    ULONG about = type == StateNotificationEnterState ? next : state;

    return (callback->types & (ULONG)type) != 0 &&
           WdfDevStateNormalize(callback->state) == WdfDevStateNormalize(about);
}

static void listen(struct fx_device *device, ULONG which, ULONG type, ULONG state, ULONG next)
{
    WDF_DEVICE_PNP_NOTIFICATION_DATA data;
    LIST_ENTRY *head = &device->pnp->state_callbacks[which], *entry;

    for (entry = head->Flink; entry != head; entry = entry->Flink) {
        struct fx_state_callback *callback =
            CONTAINING_RECORD(entry, struct fx_state_callback, link);

        if (!listens(callback, type, state, next))
            continue;
        notification_fill(&data, type, state, next);
        switch (which) {
        case FX_LISTEN_PNP:
            FX_WATCHED(device->object.globals, callback->evt.pnp,
                       callback->evt.pnp(fx_device_handle(device), &data));
            break;
        case FX_LISTEN_POWER:
            FX_WATCHED(device->object.globals, callback->evt.power,
                       callback->evt.power(fx_device_handle(device), (void *)&data));
            break;
        default:
            FX_WATCHED(device->object.globals, callback->evt.policy,
                       callback->evt.policy(fx_device_handle(device), (void *)&data));
        }
    }
}

void fx_listen_pnp(struct fx_device *device, ULONG type, ULONG state, ULONG next)
{
    listen(device, FX_LISTEN_PNP, type, state, next);
}

void fx_listen_power(struct fx_device *device, ULONG type, ULONG state, ULONG next)
{
    listen(device, FX_LISTEN_POWER, type, state, next);
}

void fx_listen_policy(struct fx_device *device, ULONG type, ULONG state, ULONG next)
{
    listen(device, FX_LISTEN_POLICY, type, state, next);
}
