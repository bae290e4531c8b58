/* SPDX-License-Identifier: MIT */
/* power_machine.c - the actions of the power machine (power_states.def has its rows).
 *
 * In: device power IRPs, and the policy's word at start and stop; out: the client's callbacks
 * between D0 and the low states in the documented order, with interrupts, DMA, queues and the
 * parent's use around them, and reports to the policy. Runs at PASSIVE_LEVEL, no lock held.
 */
#include "../hardware/hardware.h"
#include "room.h"

static UCHAR just_done(struct fx_device *device)
{
    UNREFERENCED_PARAMETER(device);
    return FX_EVENT_DONE;
}

/* A failure on the way up is what a start in work ends with. */
static UCHAR up_result(struct fx_device *device, NTSTATUS status)
{
    if (NT_SUCCESS(status))
        return FX_EVENT_DONE;
    if (device->pnp->irp_event == PNP_StartDevice)
        device->pnp->irp_status = status;
    return FX_EVENT_FAILED;
}

static UCHAR event_of(BOOLEAN yes)
{
    return yes ? FX_EVENT_YES : FX_EVENT_NO;
}

/* What the policy hears of a transition; held back while its own IRP is still under way. */
static void report(struct fx_device *device, UCHAR event)
{
    struct fx_pnp *pnp = device->pnp;
    BOOLEAN is_held;
    KIRQL irql;

    KeAcquireSpinLock(&pnp->lock, &irql);
    is_held = pnp->request_pending;
    if (is_held)
        pnp->request_report = event;
    KeReleaseSpinLock(&pnp->lock, irql);
    if (!is_held)
        fx_machine_send(&pnp->policy, event);
}

/* ---- the parent: a child in D0 keeps it there ----------------------------------------------- */

static UCHAR is_child(struct fx_device *device)
{
    return event_of(device->kind == FX_DEVICE_PDO && device->parent != NULL);
}

static UCHAR parent_take(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    NTSTATUS status;

    if (device->parent == NULL || device->no_parent_dependency || device->parent->pnp == NULL)
        return FX_EVENT_DONE;
    status = fx_power_reference_wait(device->parent);
    pnp->is_parent_held = NT_SUCCESS(status);
    return up_result(device, status);
}

static UCHAR parent_give(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp->is_parent_held) {
        pnp->is_parent_held = FALSE;
        fx_power_dereference(device->parent);
    }
    return FX_EVENT_DONE;
}

/* ---- up ------------------------------------------------------------------------------------- */

static UCHAR d0_entry(struct fx_device *device)
{
    return up_result(device, fx_evt_d0_entry(device, device->pnp->previous_state));
}

static UCHAR interrupts_connect(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    pnp->interrupts_connected = TRUE;
    pnp->interrupts_on = TRUE;
    return up_result(device, fx_interrupts_connect(device));
}

static UCHAR interrupts_enable(struct fx_device *device)
{
    device->pnp->interrupts_on = TRUE;
    return up_result(device, fx_interrupts_enable(device));
}

static UCHAR post_interrupts(struct fx_device *device)
{
    return up_result(device, fx_evt_d0_entry_post(device, device->pnp->previous_state));
}

/* A bus driver's children are looked for before its DMA is there, a function driver's after. */
static UCHAR dma_enable(struct fx_device *device)
{
    NTSTATUS status;

    if (device->kind == FX_DEVICE_PDO)
        fx_child_lists_scan(device);
    status = IsListEmpty(&device->dma_enablers) ? STATUS_SUCCESS : fx_dma_power_up(device);
    if (NT_SUCCESS(status) && device->kind != FX_DEVICE_PDO)
        fx_child_lists_scan(device);
    return up_result(device, status);
}

static UCHAR dma_enable_and_tell(struct fx_device *device)
{
    UCHAR result = dma_enable(device);

    if (result != FX_EVENT_DONE)
        return result;
    fx_machine_send(&device->pnp->policy, POLICY_HardwareStarted);
    return FX_EVENT_NONE;
}

static UCHAR io_start(struct fx_device *device)
{
    device->pnp->io_started = TRUE;
    fx_uses_open(device);
    fx_io_power_up(device);
    return up_result(device, fx_evt_self_managed_start(device));
}

static UCHAR d0_reached(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    pnp->in_system_transition = FALSE;
    fx_uses_tell(device);
    report(device, POLICY_PowerUp);
    fx_power_irp_end(device, STATUS_SUCCESS);
    if (fx_wake_is_pending(device))
        return POWER_WakeArrived;
    return event_of(device->kind == FX_DEVICE_PDO && pnp->pdo_evt.EvtDeviceEnableWakeAtBus != NULL);
}

/* ---- up, and failed: what has been done is undone, last first ------------------------------- */

static UCHAR io_undo(struct fx_device *device)
{
    fx_uses_close(device);
    fx_io_power_stop(device, FALSE);
    device->pnp->io_started = FALSE;
    return FX_EVENT_DONE;
}

static NTSTATUS dma_disable(struct fx_device *device)
{
    return IsListEmpty(&device->dma_enablers) ? STATUS_SUCCESS : fx_dma_power_down(device);
}

static UCHAR dma_undo(struct fx_device *device)
{
    dma_disable(device);
    return FX_EVENT_DONE;
}

static UCHAR post_interrupts_undo(struct fx_device *device)
{
    fx_evt_d0_exit_pre(device, WdfPowerDeviceD3Final);
    return FX_EVENT_DONE;
}

static void interrupts_release(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp->interrupts_connected)
        fx_interrupts_disconnect(device);
    pnp->interrupts_connected = FALSE;
}

static void interrupts_disable(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp->interrupts_on && !NT_SUCCESS(fx_interrupts_disable(device)))
        pnp->down_status = STATUS_UNSUCCESSFUL;
    pnp->interrupts_on = FALSE;
}

static UCHAR interrupts_undo_and_exit(struct fx_device *device)
{
    interrupts_disable(device);
    interrupts_release(device);
    fx_evt_d0_exit(device, WdfPowerDeviceD3Final);
    return FX_EVENT_DONE;
}

static UCHAR up_failed(struct fx_device *device)
{
    fx_log(device->object.globals, FX_LOG_ERROR,
           "WDFDEVICE %p did not come to D0: a callback of its power-up failed; it is taken out",
           fx_device_handle(device));
    fx_uses_fail(device);
    report(device, POLICY_PowerUpFailed);
    fx_power_irp_end(device, STATUS_UNSUCCESSFUL);
    return FX_EVENT_NONE;
}

/* ---- down ----------------------------------------------------------------------------------- */

static void io_halt(struct fx_device *device, BOOLEAN purge)
{
    struct fx_pnp *pnp = device->pnp;

    pnp->down_status = fx_evt_self_managed_suspend(device);
    fx_uses_close(device);
    if (pnp->io_started)
        fx_io_power_stop(device, purge);
    pnp->io_started = FALSE;
}

/* First half: nothing runs any more. The policy says when the second may follow. */
static UCHAR io_stop(struct fx_device *device)
{
    device->pnp->is_going_down = TRUE;
    io_halt(device, FALSE);
    fx_machine_send(&device->pnp->policy, POLICY_IoStopped);
    return FX_EVENT_NONE;
}

static void hardware_quiet(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    struct fx_pnp *pnp = device->pnp;

    if (!NT_SUCCESS(dma_disable(device)))
        pnp->down_status = STATUS_UNSUCCESSFUL;
    if (!NT_SUCCESS(fx_evt_d0_exit_pre(device, target)))
        pnp->down_status = STATUS_UNSUCCESSFUL;
    interrupts_disable(device);
}

static UCHAR hardware_off(struct fx_device *device, WDF_POWER_DEVICE_STATE target)
{
    struct fx_pnp *pnp = device->pnp;

    if (!NT_SUCCESS(fx_evt_d0_exit(device, target)))
        pnp->down_status = STATUS_UNSUCCESSFUL;
    parent_give(device);
    pnp->previous_state = target;
    return NT_SUCCESS(pnp->down_status) ? FX_EVENT_DONE : FX_EVENT_FAILED;
}

static UCHAR hardware_down(struct fx_device *device)
{
    WDF_POWER_DEVICE_STATE target = device->pnp->target_state;

    hardware_quiet(device, target);
    return hardware_off(device, target);
}

static UCHAR down_end(struct fx_device *device, UCHAR event)
{
    struct fx_pnp *pnp = device->pnp;

    if (!pnp->is_going_down) /* came here without leaving D0 */
        return FX_EVENT_NONE;
    pnp->is_going_down = FALSE;
    report(device, event);
    fx_power_irp_end(device, STATUS_SUCCESS);
    return FX_EVENT_NONE;
}

static UCHAR down_reached(struct fx_device *device)
{
    return down_end(device, POLICY_PowerDown);
}

static UCHAR down_failed(struct fx_device *device)
{
    fx_log(device->object.globals, FX_LOG_ERROR,
           "WDFDEVICE %p: a callback of its power-down failed; the device is taken out",
           fx_device_handle(device));
    fx_uses_fail(device);
    return down_end(device, POLICY_PowerDownFailed);
}

/* ---- down for good: stop, removal ----------------------------------------------------------- */

static UCHAR io_stop_for_good(struct fx_device *device)
{
    io_halt(device, device->pnp->is_surprise);
    return FX_EVENT_DONE;
}

static UCHAR interrupts_off(struct fx_device *device)
{
    hardware_quiet(device, WdfPowerDeviceD3Final);
    interrupts_release(device);
    return FX_EVENT_DONE;
}

static UCHAR d0_exit_for_good(struct fx_device *device)
{
    return hardware_off(device, WdfPowerDeviceD3Final);
}

static UCHAR interrupts_disconnect(struct fx_device *device)
{
    interrupts_release(device);
    return FX_EVENT_DONE;
}

static UCHAR stopped(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    BOOLEAN is_good = NT_SUCCESS(pnp->down_status);

    pnp->previous_state = WdfPowerDeviceD3Final;
    pnp->down_status = STATUS_SUCCESS;
    fx_machine_send(&pnp->policy, is_good ? POLICY_ImplicitDown : POLICY_ImplicitDownFailed);
    return FX_EVENT_NONE;
}

/* ---- the bus's half of wake ----------------------------------------------------------------- */

static UCHAR wake_at_bus_enable(struct fx_device *device)
{
    NTSTATUS status = fx_evt_wake_at_bus(device, TRUE);

    if (NT_SUCCESS(status))
        return FX_EVENT_DONE;
    fx_wake_indicate(device, status);
    return FX_EVENT_FAILED;
}

static UCHAR wake_at_bus_disable(struct fx_device *device)
{
    fx_evt_wake_at_bus(device, FALSE);
    return FX_EVENT_DONE;
}

static void ignored(struct fx_device *device, UCHAR event)
{
    if (event == POWER_D0 || event == POWER_Dx)
        fx_power_irp_end(device, STATUS_SUCCESS);
}

/* ---- the table ------------------------------------------------------------------------------ */

#define PUBLIC(name) WdfDevStatePower##name
#define EVENT(name)  POWER_##name
#define TABLE_DEF    "power_states.def"
#include "table.h"

static const char *const event_names[] = {
    RESULT_NAMES, "ImplicitD0", "ImplicitD3",  "D0",       "Dx",
    "CompleteD0", "CompleteDx", "WakeArrived", "WakeGone",
};
C_ASSERT(RTL_NUMBER_OF(event_names) == POWER_EVENTS);

const struct fx_table fx_power_table = {
    .name = "power",
    .states = states,
    .state_count = RTL_NUMBER_OF(states),
    .event_names = event_names,
    .rows = rows,
    .row_count = RTL_NUMBER_OF(rows),
    .walked = walked,
    .notify = fx_listen_power,
    .ignored = ignored,
};
