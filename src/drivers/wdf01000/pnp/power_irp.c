/* SPDX-License-Identifier: MIT */
/* power_irp.c - the POWER IRPs of a device.
 *
 * In: an IRP and the device's IRP count held; out: device power to the power machine, system power
 * to the policy machine of its owner, wait-wake to wake.c, all else passed on. An IRP for D0 goes
 * down first and is worked at on its way up, one for a low state the other way round.
 */
#include "room.h"

/* ---- ends ----------------------------------------------------------------------------------- */

void fx_power_irp_end(struct fx_device *device, NTSTATUS status)
{
    struct fx_pnp *pnp = device->pnp;
    PIRP irp = pnp->d_irp;

    if (irp == NULL)
        return;
    pnp->d_irp = NULL;
    if (IoGetCurrentIrpStackLocation(irp)->Parameters.Power.State.DeviceState == PowerDeviceD0)
        fx_irp_finish(device, irp, status);
    else
        fx_irp_pass(device, irp, status);
}

void fx_system_irp_end(struct fx_device *device)
{
    PIRP irp = InterlockedExchangePointer((PVOID volatile *)&device->pnp->system_irp, NULL);

    if (irp != NULL)
        fx_irp_pass(device, irp, STATUS_SUCCESS);
}

/* ---- device power --------------------------------------------------------------------------- */

/* The stack below is in D0. */
static NTSTATUS NTAPI d0_returned(PDEVICE_OBJECT wdm, PIRP irp, PVOID context)
{
    struct fx_device *device = context;

    UNREFERENCED_PARAMETER(wdm);
    if (!NT_SUCCESS(irp->IoStatus.Status)) {
        fx_device_irp_leave(device, irp);
        return STATUS_SUCCESS;
    }
    device->pnp->d_irp = irp;
    fx_machine_post(&device->pnp->power, POWER_D0);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS d0_set(struct fx_device *device, PIRP irp)
{
    IoMarkIrpPending(irp);
    if (device->lower != NULL) {
        IoCopyCurrentIrpStackLocationToNext(irp);
        IoSetCompletionRoutine(irp, d0_returned, device, TRUE, TRUE, TRUE);
        (void)IoCallDriver(device->lower, irp);
        return STATUS_PENDING;
    }
    device->pnp->d_irp = irp;
    fx_machine_post(&device->pnp->power, POWER_D0);
    return STATUS_PENDING;
}

/* What EvtDeviceD0Exit is told: a low state in which the system goes on, or its end. */
static WDF_POWER_DEVICE_STATE target_of(struct fx_pnp *pnp, DEVICE_POWER_STATE state)
{
    if (pnp->in_system_transition || !pnp->is_owner) {
        if (pnp->system_state == PowerSystemHibernate &&
            pnp->special_count[WdfSpecialFileHibernation] > 0)
            return WdfPowerDevicePrepareForHibernation;
        if (pnp->system_state == PowerSystemShutdown)
            return WdfPowerDeviceD3Final;
    }
    return (WDF_POWER_DEVICE_STATE)(WdfPowerDeviceD0 + (state - PowerDeviceD0));
}

/* The owner of the power policy has asked for every device power IRP and every wait-wake that it
 * sees. A bus's own device is let off, but with the verifier. */
void fx_power_irp_check(struct fx_device *device, PIRP irp, BOOLEAN was_asked_for)
{
    if (was_asked_for || !device->pnp->is_owner)
        return;
    fx_log(device->object.globals, FX_LOG_ERROR,
           "WDFDEVICE %p owns the power policy of its stack and has not asked for the power IRP %p "
           "(minor %02x); is there another owner?",
           fx_device_handle(device), irp, IoGetCurrentIrpStackLocation(irp)->MinorFunction);
    if (device->kind != FX_DEVICE_PDO || device->object.globals->verifier.on)
        fx_violation(device->object.globals, WDF_POWER_MULTIPLE_PPO,
                     (ULONG_PTR)fx_device_handle(device), (ULONG_PTR)irp, 0);
}

static NTSTATUS device_set(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    DEVICE_POWER_STATE state =
        IoGetCurrentIrpStackLocation(irp)->Parameters.Power.State.DeviceState;

    fx_power_irp_check(device, irp, pnp->request_pending);
    if (state == PowerDeviceD0)
        return d0_set(device, irp);
    IoMarkIrpPending(irp);
    pnp->target_state = target_of(pnp, state);
    pnp->d_irp = irp;
    fx_machine_post(&pnp->power, POWER_Dx);
    return STATUS_PENDING;
}

/* ---- system power --------------------------------------------------------------------------- */

static NTSTATUS system_set(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    SYSTEM_POWER_STATE state = stack->Parameters.Power.State.SystemState;
    NTSTATUS status;

    if (state == PowerSystemWorking) {
        /* Before the IRP is done nobody counts on the device. */
        if (!pnp->is_owner)
            return fx_irp_pass(device, irp, STATUS_SUCCESS);
        (void)fx_device_irp_enter(device, irp); /* once more, for the event */
        status = fx_irp_pass(device, irp, STATUS_SUCCESS);
        fx_machine_post(&pnp->policy, POLICY_S0);
        fx_device_irp_leave(device, irp);
        return status;
    }
    pnp->system_state = state;
    pnp->system_action = stack->Parameters.Power.ShutdownType;
    if (!pnp->is_owner) {
        pnp->in_system_transition = TRUE;
        return fx_irp_pass(device, irp, STATUS_SUCCESS);
    }
    IoMarkIrpPending(irp);
    pnp->system_irp = irp;
    fx_machine_post(&pnp->policy, POLICY_Sx);
    return STATUS_PENDING;
}

NTSTATUS fx_power_dispatch(struct fx_device *device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    if (device->pnp == NULL)
        return fx_irp_finish(device, irp, irp->IoStatus.Status);
    switch (stack->MinorFunction) {
    case IRP_MN_SET_POWER:
        return stack->Parameters.Power.Type == SystemPowerState ? system_set(device, irp)
                                                                : device_set(device, irp);
    case IRP_MN_QUERY_POWER:
        return fx_irp_pass(device, irp, STATUS_SUCCESS);
    case IRP_MN_WAIT_WAKE:
        return fx_wake_dispatch(device, irp);
    default:
        if (device->lower == NULL)
            return fx_irp_finish(device, irp, irp->IoStatus.Status);
        IoSkipCurrentIrpStackLocation(irp);
        NTSTATUS status = IoCallDriver(device->lower, irp);
        fx_device_irp_leave(device, irp);
        return status;
    }
}
