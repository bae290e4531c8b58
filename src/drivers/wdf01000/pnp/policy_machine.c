/* SPDX-License-Identifier: MIT */
/* policy_machine.c - the actions of the power policy machine (policy_states.def has its rows).
 *
 * In: start and stop from Plug and Play, system power IRPs, idle and use of the device, wake
 * signals, the power machine's reports; out: device power IRPs that this machine asks for, and
 * the client's arm and disarm callbacks. Runs at PASSIVE_LEVEL, no lock held.
 */
#include "room.h"

static UCHAR just_done(struct fx_device *device)
{
    UNREFERENCED_PARAMETER(device);
    return FX_EVENT_DONE;
}

static UCHAR event_of(BOOLEAN yes)
{
    return yes ? FX_EVENT_YES : FX_EVENT_NO;
}

/* ---- start and stop ------------------------------------------------------------------------- */

static UCHAR start_power(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    pnp->in_system_transition = FALSE;
    pnp->policy_failed = FALSE;
    fx_machine_send(&pnp->power, POWER_ImplicitD0);
    return FX_EVENT_NONE;
}

static UCHAR started_up(struct fx_device *device)
{
    NTSTATUS status = fx_power_framework_start(device);

    if (NT_SUCCESS(status))
        return FX_EVENT_DONE;
    if (device->pnp->irp_event == PNP_StartDevice)
        device->pnp->irp_status = status;
    fx_uses_fail(device);
    return FX_EVENT_FAILED;
}

static UCHAR removing(struct fx_device *device)
{
    fx_power_framework_end(device);
    return FX_EVENT_DONE;
}

static UCHAR stop_power(struct fx_device *device)
{
    fx_machine_send(&device->pnp->power, POWER_ImplicitD3);
    return FX_EVENT_NONE;
}

static UCHAR tell_started(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    fx_machine_post(&pnp->pnp, PNP_PolicyStarted);
    return event_of(pnp->is_owner);
}

static UCHAR tell_start_failed(struct fx_device *device)
{
    fx_machine_post(&device->pnp->pnp, PNP_PolicyStartFailed);
    return FX_EVENT_NONE;
}

static UCHAR stop_failed(struct fx_device *device)
{
    device->pnp->policy_failed = TRUE;
    return FX_EVENT_DONE;
}

static UCHAR tell_stopped(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    fx_machine_post(&pnp->pnp, pnp->policy_failed ? PNP_PolicyStopFailed : PNP_PolicyStopped);
    return FX_EVENT_DONE;
}

static UCHAR tell_removed(struct fx_device *device)
{
    fx_machine_post(&device->pnp->pnp, PNP_PolicyRemoved);
    return FX_EVENT_NONE;
}

static UCHAR tell_failed(struct fx_device *device)
{
    device->pnp->policy_failed = TRUE;
    fx_uses_fail(device);
    fx_machine_post(&device->pnp->pnp, PNP_PowerFailed);
    return FX_EVENT_NONE;
}

/* ---- the two halves of a transition --------------------------------------------------------- */

static UCHAR complete_dx(struct fx_device *device)
{
    fx_machine_send(&device->pnp->power, POWER_CompleteDx);
    return FX_EVENT_NONE;
}

static UCHAR complete_d0(struct fx_device *device)
{
    fx_power_framework_up(device);
    fx_machine_send(&device->pnp->power, POWER_CompleteD0);
    return FX_EVENT_NONE;
}

/* ---- IRPs that the policy asks for ---------------------------------------------------------- */

/* The IRP is back; now the power machine's report may be heard. */
static VOID NTAPI request_done(PDEVICE_OBJECT wdm, UCHAR minor, POWER_STATE state, PVOID context,
                               PIO_STATUS_BLOCK status)
{
    struct fx_device *device = context;
    struct fx_pnp *pnp = device->pnp;
    UCHAR event;
    KIRQL irql;

    UNREFERENCED_PARAMETER(wdm);
    UNREFERENCED_PARAMETER(minor);
    UNREFERENCED_PARAMETER(state);
    KeAcquireSpinLock(&pnp->lock, &irql);
    event = pnp->request_report;
    pnp->request_pending = FALSE;
    pnp->request_report = FX_EVENT_NONE;
    KeReleaseSpinLock(&pnp->lock, irql);
    if (!NT_SUCCESS(status->Status) && event != POLICY_PowerUpFailed &&
        event != POLICY_PowerDownFailed)
        event = POLICY_RequestFailed;
    if (event != FX_EVENT_NONE) /* the machine waits for it: until then the device stays */
        fx_machine_post(&pnp->policy, event);
}

static UCHAR request(struct fx_device *device, DEVICE_POWER_STATE to)
{
    struct fx_pnp *pnp = device->pnp;
    POWER_STATE state = {.DeviceState = to};
    NTSTATUS status;
    KIRQL irql;

    KeAcquireSpinLock(&pnp->lock, &irql);
    pnp->request_pending = TRUE;
    pnp->request_report = FX_EVENT_NONE;
    KeReleaseSpinLock(&pnp->lock, irql);
    status =
        PoRequestPowerIrp(device->physical, IRP_MN_SET_POWER, state, request_done, device, NULL);
    if (NT_SUCCESS(status)) /* STATUS_PENDING: request_done is or was called */
        return FX_EVENT_NONE;
    fx_log(device->object.globals, FX_LOG_ERROR,
           "WDFDEVICE %p: no power IRP to D%u (%08lx); the device is taken out",
           fx_device_handle(device), to - PowerDeviceD0, status);
    KeAcquireSpinLock(&pnp->lock, &irql);
    pnp->request_pending = FALSE;
    KeReleaseSpinLock(&pnp->lock, irql);
    return POLICY_RequestFailed;
}

static UCHAR request_d0(struct fx_device *device)
{
    fx_power_framework_hold(device);
    return request(device, PowerDeviceD0);
}

static UCHAR request_idle_dx(struct fx_device *device)
{
    return request(device, device->pnp->idle.state);
}

static UCHAR request_sleep_dx(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    return request(device, fx_wants_sx_wake(device) ? pnp->wake.state : PowerDeviceD3);
}

/* ---- idle ----------------------------------------------------------------------------------- */

static UCHAR decide_idle(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (!pnp->idle.is_set || !pnp->idle.is_enabled)
        return FX_EVENT_NO;
    return pnp->idle.wakes ? POLICY_WakeArrived : FX_EVENT_YES;
}

static UCHAR idle_watch(struct fx_device *device)
{
    fx_idle_watch(device);
    return FX_EVENT_NONE;
}

static UCHAR idle_unwatch(struct fx_device *device)
{
    fx_idle_unwatch(device);
    return FX_EVENT_DONE;
}

static UCHAR idle_close(struct fx_device *device)
{
    fx_idle_unwatch(device);
    if (!fx_uses_close_idle(device))
        return FX_EVENT_NO;
    if (device->pnp->framework.handle == NULL)
        return FX_EVENT_YES;
    fx_io_power_hold(device); /* what came since waits, or was presented and is in use */
    if (fx_uses_count(device) != 0)
        return FX_EVENT_NO;
    fx_power_framework_idle(device);
    return FX_EVENT_NONE; /* it waits for the power framework's word, or for who needs it */
}

/* Nothing was done yet: queues go on where they stood. */
static UCHAR idle_return(struct fx_device *device)
{
    fx_power_framework_hold(device);
    fx_power_framework_up(device);
    fx_uses_open(device);
    fx_io_power_up(device);
    fx_uses_tell(device);
    return FX_EVENT_DONE;
}

static UCHAR idle_rest(struct fx_device *device)
{
    fx_power_framework_down(device);
    return FX_EVENT_NONE;
}

static UCHAR is_needed(struct fx_device *device)
{
    return event_of(fx_uses_count(device) != 0 || fx_power_framework_wants_power(device));
}

/* ---- wake signals --------------------------------------------------------------------------- */

static UCHAR wake_send(struct fx_device *device)
{
    return fx_wake_send(device);
}

static UCHAR wake_cancel(struct fx_device *device)
{
    fx_wake_cancel(device);
    return FX_EVENT_NONE;
}

static UCHAR armed(struct fx_device *device, NTSTATUS status)
{
    if (!NT_SUCCESS(status))
        return FX_EVENT_FAILED;
    return complete_dx(device);
}

static UCHAR arm_s0_and_complete_dx(struct fx_device *device)
{
    return armed(device, fx_evt_arm_s0(device));
}

static UCHAR arm_sx_and_complete_dx(struct fx_device *device)
{
    return armed(device, fx_evt_arm_sx(device));
}

static UCHAR tell_woken_s0(struct fx_device *device)
{
    fx_evt_woken_s0(device);
    return FX_EVENT_DONE;
}

static UCHAR disarm_s0(struct fx_device *device)
{
    fx_evt_disarm_s0(device);
    return FX_EVENT_DONE;
}

static UCHAR disarm_s0_and_complete_d0(struct fx_device *device)
{
    fx_evt_disarm_s0(device);
    return complete_d0(device);
}

static UCHAR disarm_sx(struct fx_device *device)
{
    fx_evt_disarm_sx(device);
    return FX_EVENT_DONE;
}

static UCHAR tell_woken_sx_and_disarm(struct fx_device *device)
{
    fx_evt_woken_sx(device);
    fx_evt_disarm_sx(device);
    return FX_EVENT_DONE;
}

/* ---- the system sleeps ---------------------------------------------------------------------- */

static UCHAR wants_sx_wake(struct fx_device *device)
{
    return event_of(fx_wants_sx_wake(device));
}

static UCHAR sleep_decide(struct fx_device *device)
{
    device->pnp->in_system_transition = TRUE;
    return wants_sx_wake(device);
}

static UCHAR system_irp_pass(struct fx_device *device)
{
    fx_system_irp_end(device);
    return FX_EVENT_DONE;
}

static UCHAR asleep(struct fx_device *device)
{
    fx_system_irp_end(device);
    return FX_EVENT_NONE;
}

/* A device that idles, cannot wake itself and is not needed stays down when the system is back. */
static UCHAR wake_decide(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp->idle.is_set && pnp->idle.is_enabled && !pnp->idle.wakes &&
        !pnp->idle.power_up_on_system_wake && fx_uses_count(device) == 0)
        return FX_EVENT_NO;
    return FX_EVENT_YES;
}

static void ignored(struct fx_device *device, UCHAR event)
{
    if (event == POLICY_Sx)
        fx_system_irp_end(device);
}

/* ---- the table ------------------------------------------------------------------------------ */

#define PUBLIC(name) WdfDevStatePwrPol##name
#define EVENT(name)  POLICY_##name
#define TABLE_DEF    "policy_states.def"
#include "table.h"

static const char *const event_names[] = {
    RESULT_NAMES,
    "Start",
    "Stop",
    "Remove",
    "PowerUp",
    "PowerUpFailed",
    "HardwareStarted",
    "IoStopped",
    "PowerDown",
    "PowerDownFailed",
    "ImplicitDown",
    "ImplicitDownFailed",
    "RequestFailed",
    "IoPresent",
    "Idle",
    "Settings",
    "Sx",
    "S0",
    "WakeArrived",
    "WakeSucceeded",
    "WakeGone",
    "PowerRequired",
    "PowerNotRequired",
};
C_ASSERT(RTL_NUMBER_OF(event_names) == POLICY_EVENTS);

const struct fx_table fx_policy_table = {
    .name = "policy",
    .states = states,
    .state_count = RTL_NUMBER_OF(states),
    .event_names = event_names,
    .rows = rows,
    .row_count = RTL_NUMBER_OF(rows),
    .walked = walked,
    .notify = fx_listen_policy,
    .ignored = ignored,
};
