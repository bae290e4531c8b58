/* SPDX-License-Identifier: MIT */
/* pnp_machine.c - the actions of the Plug and Play machine (pnp_states.def has its rows).
 *
 * In: events of the device's PNP IRPs and answers of the power policy machine; out: the client's
 * callbacks around hardware, interfaces, queries and removal, and the IRPs' ends. Actions run at
 * PASSIVE_LEVEL with no lock held.
 */
#include "../hardware/hardware.h"
#include "../target/target.h"
#include "../wmi/wmi.h"
#include "room.h"

/* ---- IRPs ----------------------------------------------------------------------------------- */

/* The IRP in work goes its way: down with success, or back with its error. */
static UCHAR irp_pass(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    PIRP irp = pnp->irp;

    if (irp != NULL && pnp->irp_event != PNP_Remove) { /* a removal ends in the dispatch routine */
        pnp->irp = NULL;
        fx_irp_pass(device, irp, pnp->irp_status);
    }
    return FX_EVENT_NONE;
}

static UCHAR irp_pass_and_done(struct fx_device *device)
{
    irp_pass(device);
    return FX_EVENT_DONE;
}

static UCHAR just_done(struct fx_device *device)
{
    UNREFERENCED_PARAMETER(device);
    return FX_EVENT_DONE;
}

static UCHAR result_of(struct fx_device *device, NTSTATUS status)
{
    if (NT_SUCCESS(status))
        return FX_EVENT_DONE;
    device->pnp->irp_status = status;
    return FX_EVENT_FAILED;
}

/* ---- starting ------------------------------------------------------------------------------- */

/* The stack below starts first; a PDO is the lowest. */
static UCHAR start_below(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    pnp->was_started = FALSE;
    pnp->is_surprise = FALSE;
    if (device->lower == NULL)
        return FX_EVENT_DONE;
    return result_of(device, fx_start_below(device, pnp->irp));
}

static UCHAR hardware_prepare(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(pnp->irp);
    NTSTATUS status = fx_resources_set(device, stack->Parameters.StartDevice.AllocatedResources,
                                       stack->Parameters.StartDevice.AllocatedResourcesTranslated);

    if (!NT_SUCCESS(status))
        return result_of(device, status);
    return result_of(device, fx_evt_prepare_hardware(device));
}

static UCHAR power_start(struct fx_device *device)
{
    fx_io_restart(device);
    fx_machine_send(&device->pnp->policy, POLICY_Start);
    return FX_EVENT_NONE;
}

static UCHAR hardware_prepare_and_power(struct fx_device *device)
{
    UCHAR result = hardware_prepare(device);

    return result == FX_EVENT_DONE ? power_start(device) : result;
}

static UCHAR interfaces_enable(struct fx_device *device)
{
    NTSTATUS status = fx_device_interfaces_enable(device, TRUE);

    if (NT_SUCCESS(status))
        fx_wmi_start(device); /* what goes wrong there is logged: the device works without */
    return result_of(device, status);
}

static UCHAR started(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    PIRP irp = pnp->irp;

    pnp->is_started = TRUE;
    pnp->was_started = TRUE;
    if (irp == NULL)
        return FX_EVENT_NONE;
    if (pnp->irp_event != PNP_StartDevice)
        return irp_pass(device);
    pnp->irp = NULL; /* the stack below has had it */
    fx_irp_finish(device, irp, STATUS_SUCCESS);
    return FX_EVENT_NONE;
}

/* ---- power ---------------------------------------------------------------------------------- */

static UCHAR power_stop(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp->is_awake_held) {
        pnp->is_awake_held = FALSE;
        fx_power_dereference(device);
    }
    fx_machine_send(&pnp->policy, POLICY_Stop);
    return FX_EVENT_NONE;
}

static UCHAR power_start_failed(struct fx_device *device)
{
    if (NT_SUCCESS(device->pnp->irp_status))
        device->pnp->irp_status = STATUS_UNSUCCESSFUL;
    return power_stop(device);
}

/* Whether stop and removal are allowed at all. */
static UCHAR stop_check(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp->static_stop_remove && !fx_special_in_use(device))
        return FX_EVENT_YES;
    pnp->irp_status = STATUS_INVALID_DEVICE_REQUEST;
    return FX_EVENT_NO;
}

/* Queries are asked of a device in D0, which stays there until the answer is carried out: its
 * power policy's owner sees to that for the whole stack. */
static UCHAR awake_take(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    BOOLEAN is_told;
    KIRQL irql;

    if (!pnp->is_owner)
        return FX_EVENT_DONE;
    pnp->is_awake_held = TRUE;
    KeAcquireSpinLock(&pnp->lock, &irql);
    pnp->wants_awake = TRUE;
    KeReleaseSpinLock(&pnp->lock, irql);
    if (!fx_power_reference(device) && !pnp->policy_failed)
        return FX_EVENT_NONE;
    KeAcquireSpinLock(&pnp->lock, &irql);
    is_told = !pnp->wants_awake; /* meanwhile: Awake or AwakeFailed is on its way */
    pnp->wants_awake = FALSE;
    KeReleaseSpinLock(&pnp->lock, irql);
    return is_told ? FX_EVENT_NONE : FX_EVENT_DONE;
}

static UCHAR awake_give(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp->is_awake_held) {
        pnp->is_awake_held = FALSE;
        fx_power_dereference(device);
    }
    return FX_EVENT_DONE;
}

static UCHAR stop_ask(struct fx_device *device)
{
    return result_of(device, fx_evt_query_stop(device));
}

static UCHAR remove_ask(struct fx_device *device)
{
    return result_of(device, fx_evt_query_remove(device));
}

/* ---- hardware given back -------------------------------------------------------------------- */

static void hardware_release(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    NTSTATUS status;

    pnp->is_started = FALSE;
    if (!pnp->owns_hardware)
        return;
    pnp->owns_hardware = FALSE;
    status = fx_evt_release_hardware(device);
    if (!NT_SUCCESS(status))
        fx_log(device->object.globals, FX_LOG_ERROR,
               "WDFDEVICE %p: EvtDeviceReleaseHardware failed with %08lx; the device goes all the "
               "same",
               fx_device_handle(device), status);
    fx_resources_clear(device);
}

static UCHAR stopped(struct fx_device *device)
{
    hardware_release(device);
    return irp_pass(device);
}

static UCHAR restart_release(struct fx_device *device)
{
    hardware_release(device);
    return start_below(device);
}

static UCHAR interfaces_disable_and_release(struct fx_device *device)
{
    fx_wmi_stop(device);
    fx_device_interfaces_enable(device, FALSE);
    hardware_release(device);
    return FX_EVENT_DONE;
}

static UCHAR surprise_and_power_stop(struct fx_device *device)
{
    device->pnp->is_surprise = TRUE;
    fx_evt_surprise_removal(device);
    return power_stop(device);
}

static UCHAR surprise_removed(struct fx_device *device)
{
    interfaces_disable_and_release(device);
    fx_io_purge_power_managed(device);
    return irp_pass(device);
}

/* ---- failed --------------------------------------------------------------------------------- */

static UCHAR failed_release(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    fx_wmi_stop(device);
    fx_device_interfaces_enable(device, FALSE);
    if (pnp->release_order != WdfReleaseHardwareOrderOnFailureAfterDescendants ||
        !fx_child_lists_any(device))
        hardware_release(device);
    pnp->is_started = FALSE;
    return FX_EVENT_DONE;
}

static UCHAR failed(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp->irp != NULL && NT_SUCCESS(pnp->irp_status))
        pnp->irp_status = STATUS_UNSUCCESSFUL;
    return pnp->was_started ? FX_EVENT_YES : FX_EVENT_NO;
}

static UCHAR failed_started(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    fx_io_purge_power_managed(device);
    irp_pass(device); /* what this leads to is one more IRP */
    fx_pnp_set_failed(device, pnp->failed_action != 0 ? (WDF_DEVICE_FAILED_ACTION)pnp->failed_action
                                                      : WdfDeviceFailedAttemptRestart);
    return FX_EVENT_NONE;
}

static UCHAR failed_surprise(struct fx_device *device)
{
    device->pnp->is_surprise = TRUE;
    if (device->pnp->was_started)
        fx_evt_surprise_removal(device);
    irp_pass(device);
    return FX_EVENT_DONE;
}

/* ---- removed -------------------------------------------------------------------------------- */

static UCHAR removed(struct fx_device *device)
{
    interfaces_disable_and_release(device);
    fx_io_purge_power_managed(device);
    fx_evt_self_managed_flush(device);
    if (device->kind == FX_DEVICE_PDO)
        fx_wake_indicate(device, STATUS_NO_SUCH_DEVICE);
    fx_machine_send(&device->pnp->policy, POLICY_Remove);
    return FX_EVENT_NONE;
}

static UCHAR children_remove(struct fx_device *device)
{
    if (device->kind != FX_DEVICE_PDO || device->pnp->is_missing)
        fx_child_lists_removed(device);
    return FX_EVENT_DONE;
}

static UCHAR is_pdo(struct fx_device *device)
{
    return device->kind == FX_DEVICE_PDO ? FX_EVENT_YES : FX_EVENT_NO;
}

static UCHAR is_present(struct fx_device *device)
{
    return device->pnp->is_missing ? FX_EVENT_NO : FX_EVENT_YES;
}

static UCHAR pdo_waits(struct fx_device *device)
{
    irp_pass(device);
    KeSetEvent(&device->pnp->removed, IO_NO_INCREMENT, FALSE);
    return FX_EVENT_NONE;
}

static UCHAR pdo_restart(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    KIRQL irql;

    KeAcquireSpinLock(&pnp->lock, &irql);
    pnp->state.Failed = WdfUseDefault;
    KeReleaseSpinLock(&pnp->lock, irql);
    pnp->failed_action = 0;
    return FX_EVENT_DONE;
}

static UCHAR cleanup(struct fx_device *device)
{
    fx_io_purge_all(device);
    fx_evt_self_managed_cleanup(device);
    fx_targets_purge(device);
    return FX_EVENT_DONE;
}

static UCHAR eject(struct fx_device *device)
{
    NTSTATUS status = fx_evt_eject(device);

    if (NT_SUCCESS(status))
        fx_child_ejected(device);
    return result_of(device, status);
}

static UCHAR final(struct fx_device *device)
{
    device->pnp->is_final = TRUE;
    KeSetEvent(&device->pnp->removed, IO_NO_INCREMENT, FALSE);
    return FX_EVENT_NONE;
}

/* An IRP that means nothing in this state goes down as it came. */
static void ignored(struct fx_device *device, UCHAR event)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp->irp != NULL && event == pnp->irp_event)
        irp_pass(device);
}

/* ---- the table ------------------------------------------------------------------------------ */

#define PUBLIC(name) WdfDevStatePnp##name
#define EVENT(name)  PNP_##name
#define TABLE_DEF    "pnp_states.def"
#include "table.h"

static const char *const event_names[] = {
    RESULT_NAMES,    "Create",
    "StartDevice",   "QueryStop",
    "CancelStop",    "Stop",
    "QueryRemove",   "CancelRemove",
    "Remove",        "SurpriseRemove",
    "Eject",         "Cancel",
    "PolicyStarted", "PolicyStartFailed",
    "PolicyStopped", "PolicyStopFailed",
    "PolicyRemoved", "Awake",
    "AwakeFailed",   "PowerFailed",
};
C_ASSERT(RTL_NUMBER_OF(event_names) == PNP_EVENTS);

const struct fx_table fx_pnp_table = {
    .name = "pnp",
    .states = states,
    .state_count = RTL_NUMBER_OF(states),
    .event_names = event_names,
    .rows = rows,
    .row_count = RTL_NUMBER_OF(rows),
    .walked = walked,
    .notify = fx_listen_pnp,
    .ignored = ignored,
};
