/* SPDX-License-Identifier: MIT */
/* pnp_irp.c - the PNP IRPs of a device: to its machine, to a question's answer, or further down.
 *
 * In: an IRP and the device's IRP count held; out: the IRP completed or passed and the count left.
 * The Plug and Play manager sends one state-changing IRP at a time; the machine keeps it.
 */
#include "room.h"

/* ---- ends of IRPs --------------------------------------------------------------------------- */

NTSTATUS fx_irp_finish(struct fx_device *device, PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    fx_device_irp_leave(device, irp);
    return status;
}

NTSTATUS fx_irp_pass(struct fx_device *device, PIRP irp, NTSTATUS status)
{
    if (!NT_SUCCESS(status) || device->lower == NULL)
        return fx_irp_finish(device, irp, status);
    irp->IoStatus.Status = status;
    /* Of an IRP that was marked pending the lower driver gets a location of its own: ours says that
     * it is pending. */
    if (IoGetCurrentIrpStackLocation(irp)->Control & SL_PENDING_RETURNED)
        IoCopyCurrentIrpStackLocationToNext(irp);
    else
        IoSkipCurrentIrpStackLocation(irp);
    status = IoCallDriver(device->lower, irp);
    fx_device_irp_leave(device, irp);
    return status;
}

/* An IRP that this room has no opinion about keeps the status that it came with. */
static NTSTATUS pass_unknown(struct fx_device *device, PIRP irp)
{
    NTSTATUS status = irp->IoStatus.Status;

    if (device->lower == NULL)
        return fx_irp_finish(device, irp, status);
    IoSkipCurrentIrpStackLocation(irp);
    status = IoCallDriver(device->lower, irp);
    fx_device_irp_leave(device, irp);
    return status;
}

static NTSTATUS NTAPI forwarded(PDEVICE_OBJECT wdm, PIRP irp, PVOID context)
{
    UNREFERENCED_PARAMETER(wdm);
    UNREFERENCED_PARAMETER(irp);
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS fx_irp_forward_and_wait(struct fx_device *device, PIRP irp)
{
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, forwarded, &done, TRUE, TRUE, TRUE);
    if (IoCallDriver(device->lower, irp) == STATUS_PENDING)
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    return irp->IoStatus.Status;
}

/* ---- to the machine ------------------------------------------------------------------------- */

/* Documented: one IRP that changes the state, and then the next. */
static void irp_take(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp->irp != NULL) {
        fx_log(device->object.globals, FX_LOG_ERROR,
               "WDFDEVICE %p: a PNP IRP (minor %02x) came while another (minor %02x) is worked at",
               fx_device_handle(device), IoGetCurrentIrpStackLocation(irp)->MinorFunction,
               IoGetCurrentIrpStackLocation(pnp->irp)->MinorFunction);
        fx_violation(device->object.globals, WDF_PNP_FATAL_ERROR,
                     (ULONG_PTR)fx_device_handle(device), (ULONG_PTR)irp, 0);
    }
    pnp->irp = irp;
}

static NTSTATUS to_machine(struct fx_device *device, PIRP irp, UCHAR event)
{
    struct fx_pnp *pnp = device->pnp;

    irp_take(device, irp);
    IoMarkIrpPending(irp);
    pnp->irp_event = event;
    pnp->irp_status = STATUS_SUCCESS;
    fx_machine_send(&pnp->pnp, event);
    return STATUS_PENDING;
}

/* Nobody walks the device's machines any more. */
static void machines_flush(struct fx_pnp *pnp)
{
    fx_idle_unwatch(pnp->device);
    fx_machine_flush(&pnp->policy);
    fx_machine_flush(&pnp->power);
    fx_machine_flush(&pnp->pnp);
}

/* Waits for the end of the machine's way: in the thread of the removal, so that the IRP goes on
 * only when nothing of the device runs any more. */
static NTSTATUS remove(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    NTSTATUS status = STATUS_SUCCESS;

    irp_take(device, irp);
    pnp->irp_event = PNP_Remove;
    pnp->irp_status = STATUS_SUCCESS;
    KeClearEvent(&pnp->removed);
    fx_machine_send(&pnp->pnp, PNP_Remove);
    KeWaitForSingleObject(&pnp->removed, Executive, KernelMode, FALSE, NULL);
    pnp->irp = NULL;
    if (!pnp->is_final)
        return fx_irp_finish(device, irp, STATUS_SUCCESS);
    machines_flush(pnp);
    fx_device_irp_wait(device, irp);
    irp->IoStatus.Status = STATUS_SUCCESS;
    if (device->lower != NULL) {
        IoSkipCurrentIrpStackLocation(irp);
        status = IoCallDriver(device->lower, irp);
    } else {
        IoCompleteRequest(irp, IO_NO_INCREMENT);
    }
    fx_device_gone(device);
    return status;
}

/* A PDO that waits, removed or never started, goes with its parent; a device whose creation failed
 * was never told to anybody. */
void fx_pnp_cancel(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    if (pnp == NULL)
        return;
    fx_machine_send(&pnp->pnp, PNP_Cancel);
    machines_flush(pnp);
}

static UCHAR event_of(UCHAR minor)
{
    switch (minor) {
    case IRP_MN_START_DEVICE:
        return PNP_StartDevice;
    case IRP_MN_QUERY_STOP_DEVICE:
        return PNP_QueryStop;
    case IRP_MN_CANCEL_STOP_DEVICE:
        return PNP_CancelStop;
    case IRP_MN_STOP_DEVICE:
        return PNP_Stop;
    case IRP_MN_QUERY_REMOVE_DEVICE:
        return PNP_QueryRemove;
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        return PNP_CancelRemove;
    case IRP_MN_SURPRISE_REMOVAL:
        return PNP_SurpriseRemove;
    case IRP_MN_EJECT:
        return PNP_Eject;
    default:
        return FX_EVENT_NONE;
    }
}

NTSTATUS fx_pnp_dispatch(struct fx_device *device, PIRP irp)
{
    UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;
    UCHAR event = event_of(minor);

    if (minor == IRP_MN_EJECT && device->lower != NULL)
        return pass_unknown(device, irp); /* the bus's */
    if (event != FX_EVENT_NONE)
        return to_machine(device, irp, event);
    switch (minor) {
    case IRP_MN_REMOVE_DEVICE:
        return remove(device, irp);
    case IRP_MN_QUERY_CAPABILITIES:
        return fx_query_capabilities(device, irp);
    case IRP_MN_QUERY_PNP_DEVICE_STATE:
        return fx_query_pnp_state(device, irp);
    case IRP_MN_QUERY_RESOURCES:
        return fx_query_resources(device, irp);
    case IRP_MN_QUERY_RESOURCE_REQUIREMENTS:
        return fx_query_requirements(device, irp);
    case IRP_MN_FILTER_RESOURCE_REQUIREMENTS:
        return fx_filter_requirements(device, irp);
    case IRP_MN_DEVICE_USAGE_NOTIFICATION:
        return fx_usage_notification(device, irp);
    case IRP_MN_SET_LOCK:
        return fx_set_lock(device, irp);
    case IRP_MN_QUERY_ID:
    case IRP_MN_QUERY_DEVICE_TEXT:
    case IRP_MN_QUERY_BUS_INFORMATION:
    case IRP_MN_QUERY_INTERFACE:
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        return fx_device_pnp_query(device, irp);
    default:
        return pass_unknown(device, irp);
    }
}
