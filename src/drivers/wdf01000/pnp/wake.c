/* SPDX-License-Identifier: MIT */
/* wake.c - wait-wake IRPs: asked for by the owner of the power policy, kept by the bus's PDO.
 *
 * In: the policy machine's wish to be woken, the IRP in the dispatch routine, the client's word
 * that the device has signalled; out: events of both machines. The owner sees its own IRP pass
 * (then it arms the device) and may cancel it as long as the IRP is not back.
 */
#include "room.h"

/* ---- the owner's half ----------------------------------------------------------------------- */

static VOID NTAPI wake_done(PDEVICE_OBJECT wdm, UCHAR minor, POWER_STATE state, PVOID context,
                            PIO_STATUS_BLOCK status)
{
    struct fx_device *device = context;
    struct fx_pnp *pnp = device->pnp;
    KIRQL irql;

    UNREFERENCED_PARAMETER(wdm);
    UNREFERENCED_PARAMETER(minor);
    UNREFERENCED_PARAMETER(state);
    KeAcquireSpinLock(&pnp->lock, &irql);
    pnp->wake_is_ours = FALSE;
    KeReleaseSpinLock(&pnp->lock, irql);
    fx_machine_post(&pnp->policy,
                    NT_SUCCESS(status->Status) ? POLICY_WakeSucceeded : POLICY_WakeGone);
}

UCHAR fx_wake_send(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    POWER_STATE state = {.SystemState =
                             pnp->in_system_transition ? pnp->system_state : PowerSystemWorking};
    NTSTATUS status;
    KIRQL irql;

    KeAcquireSpinLock(&pnp->lock, &irql);
    pnp->wake_is_ours = TRUE;
    KeReleaseSpinLock(&pnp->lock, irql);
    status = PoRequestPowerIrp(device->physical, IRP_MN_WAIT_WAKE, state, wake_done, device, NULL);
    if (NT_SUCCESS(status))
        return FX_EVENT_NONE;
    KeAcquireSpinLock(&pnp->lock, &irql);
    pnp->wake_is_ours = FALSE;
    KeReleaseSpinLock(&pnp->lock, irql);
    return POLICY_WakeGone;
}

/* asked_wake_irp while it is on its way; wake_hold keeps it alive for who is about to cancel it. */
enum { HOLD_NONE, HOLD_CANCELLING, HOLD_COMPLETED };

static NTSTATUS NTAPI wake_returned(PDEVICE_OBJECT wdm, PIRP irp, PVOID context)
{
    struct fx_device *device = context;
    struct fx_pnp *pnp = device->pnp;
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;

    UNREFERENCED_PARAMETER(wdm);
    KeAcquireSpinLock(&pnp->lock, &irql);
    pnp->asked_wake_irp = NULL;
    if (pnp->wake_hold == HOLD_CANCELLING) {
        pnp->wake_hold = HOLD_COMPLETED;
        status = STATUS_MORE_PROCESSING_REQUIRED;
    }
    KeReleaseSpinLock(&pnp->lock, irql);
    if (status == STATUS_SUCCESS)
        fx_device_irp_leave(device, irp);
    return status;
}

void fx_wake_cancel(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;
    BOOLEAN is_back;
    PIRP irp;
    KIRQL irql;

    if (device->kind == FX_DEVICE_PDO) {
        fx_wake_indicate(device, STATUS_CANCELLED);
        return;
    }
    KeAcquireSpinLock(&pnp->lock, &irql);
    irp = pnp->asked_wake_irp;
    if (irp != NULL)
        pnp->wake_hold = HOLD_CANCELLING;
    KeReleaseSpinLock(&pnp->lock, irql);
    if (irp == NULL)
        return;
    IoCancelIrp(irp);
    KeAcquireSpinLock(&pnp->lock, &irql);
    is_back = pnp->wake_hold == HOLD_COMPLETED;
    pnp->wake_hold = HOLD_NONE;
    KeReleaseSpinLock(&pnp->lock, irql);
    if (is_back) {
        IoCompleteRequest(irp, IO_NO_INCREMENT);
        fx_device_irp_leave(device, irp);
    }
}

static NTSTATUS asked_wake_pass(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    KIRQL irql;

    IoMarkIrpPending(irp);
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, wake_returned, device, TRUE, TRUE, TRUE);
    KeAcquireSpinLock(&pnp->lock, &irql);
    pnp->asked_wake_irp = irp;
    KeReleaseSpinLock(&pnp->lock, irql);
    (void)fx_device_irp_enter(device, irp); /* once more: it may come back meanwhile */
    (void)IoCallDriver(device->lower, irp);
    /* If it came back at once, its end is queued before this and this is dropped. */
    fx_machine_post(&pnp->policy, POLICY_WakeArrived);
    fx_device_irp_leave(device, irp);
    return STATUS_PENDING;
}

/* ---- the bus's half ------------------------------------------------------------------------- */

static void wake_end(struct fx_device *device, PIRP irp, NTSTATUS status)
{
    fx_machine_post(&device->pnp->power, POWER_WakeGone);
    fx_irp_finish(device, irp, status);
}

static VOID NTAPI wake_cancelled(PDEVICE_OBJECT wdm, PIRP irp)
{
    struct fx_device *device = fx_device_of_wdm(wdm);
    struct fx_pnp *pnp = device->pnp;
    KIRQL irql;

    IoReleaseCancelSpinLock(irp->CancelIrql);
    KeAcquireSpinLock(&pnp->lock, &irql);
    if (pnp->wake_irp == irp)
        pnp->wake_irp = NULL;
    KeReleaseSpinLock(&pnp->lock, irql);
    wake_end(device, irp, STATUS_CANCELLED);
}

/* Keeps the IRP; one at a time. */
static NTSTATUS wake_keep(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    NTSTATUS status = STATUS_PENDING;
    BOOLEAN is_ours;
    KIRQL irql;

    KeAcquireSpinLock(&pnp->lock, &irql);
    is_ours = pnp->wake_is_ours;
    if (pnp->wake_irp != NULL) {
        status = STATUS_DEVICE_BUSY;
    } else {
        IoSetCancelRoutine(irp, wake_cancelled);
        if (irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL) {
            status = STATUS_CANCELLED;
        } else {
            IoMarkIrpPending(irp);
            pnp->wake_irp_state = IoGetCurrentIrpStackLocation(irp)->Parameters.WaitWake.PowerState;
            pnp->wake_irp = irp;
        }
    }
    KeReleaseSpinLock(&pnp->lock, irql);
    if (status != STATUS_PENDING)
        return fx_irp_finish(device, irp, status);
    fx_machine_post(&pnp->power, POWER_WakeArrived);
    if (is_ours)
        fx_machine_post(&pnp->policy, POLICY_WakeArrived);
    return status;
}

BOOLEAN fx_wake_is_pending(struct fx_device *device)
{
    return device->pnp->wake_irp != NULL;
}

NTSTATUS fx_wake_indicate(struct fx_device *device, NTSTATUS status)
{
    struct fx_pnp *pnp = device->pnp;
    PIRP irp;
    KIRQL irql;

    KeAcquireSpinLock(&pnp->lock, &irql);
    irp = pnp->wake_irp;
    if (irp != NULL && IoSetCancelRoutine(irp, NULL) == NULL)
        irp = NULL; /* being cancelled */
    if (irp != NULL)
        pnp->wake_irp = NULL;
    KeReleaseSpinLock(&pnp->lock, irql);
    if (irp == NULL)
        return STATUS_INVALID_DEVICE_REQUEST;
    wake_end(device, irp, status);
    return STATUS_SUCCESS;
}

NTSTATUS fx_wake_dispatch(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    BOOLEAN is_ours;
    KIRQL irql;

    KeAcquireSpinLock(&pnp->lock, &irql);
    is_ours = pnp->wake_is_ours && pnp->asked_wake_irp == NULL;
    KeReleaseSpinLock(&pnp->lock, irql);
    fx_power_irp_check(device, irp, is_ours);
    if (device->kind == FX_DEVICE_PDO)
        return wake_keep(device, irp);
    if (is_ours)
        return asked_wake_pass(device, irp);
    IoSkipCurrentIrpStackLocation(irp);
    NTSTATUS status = IoCallDriver(device->lower, irp);
    fx_device_irp_leave(device, irp);
    return status;
}
