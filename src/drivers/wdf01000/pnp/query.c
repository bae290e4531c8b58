/* SPDX-License-Identifier: MIT */
/* query.c - answers what the Plug and Play manager asks about a device, and files on it.
 *
 * In: an IRP and the device's IRP count held; out: the answer, of the client's settings and of the
 * stack below, the IRP ended and the count left. A PDO answers alone; others add to what comes up.
 */
#include "room.h"

/* Asks the stack below first; a PDO is the lowest. */
static NTSTATUS ask_below(struct fx_device *device, PIRP irp)
{
    if (device->lower == NULL)
        return STATUS_SUCCESS;
    return fx_irp_forward_and_wait(device, irp);
}

/* ---- capabilities --------------------------------------------------------------------------- */

#define MERGE(to, bit, tri)         \
    do {                            \
        if ((tri) != WdfUseDefault) \
            (to)->bit = (tri) != 0; \
    } while (0)

static void pnp_caps_put(PDEVICE_CAPABILITIES caps, const WDF_DEVICE_PNP_CAPABILITIES *set)
{
    MERGE(caps, LockSupported, set->LockSupported);
    MERGE(caps, EjectSupported, set->EjectSupported);
    MERGE(caps, Removable, set->Removable);
    MERGE(caps, DockDevice, set->DockDevice);
    MERGE(caps, UniqueID, set->UniqueID);
    MERGE(caps, SilentInstall, set->SilentInstall);
    MERGE(caps, SurpriseRemovalOK, set->SurpriseRemovalOK);
    MERGE(caps, HardwareDisabled, set->HardwareDisabled);
    MERGE(caps, NoDisplayInUI, set->NoDisplayInUI);
    if (set->Address != (ULONG)-1)
        caps->Address = set->Address;
    if (set->UINumber != (ULONG)-1)
        caps->UINumber = set->UINumber;
}

static void power_caps_put(PDEVICE_CAPABILITIES caps, const WDF_DEVICE_POWER_CAPABILITIES *set)
{
    MERGE(caps, DeviceD1, set->DeviceD1);
    MERGE(caps, DeviceD2, set->DeviceD2);
    MERGE(caps, WakeFromD0, set->WakeFromD0);
    MERGE(caps, WakeFromD1, set->WakeFromD1);
    MERGE(caps, WakeFromD2, set->WakeFromD2);
    MERGE(caps, WakeFromD3, set->WakeFromD3);
    for (ULONG i = 0; i < PowerSystemMaximum; i++)
        if (set->DeviceState[i] != PowerDeviceMaximum)
            caps->DeviceState[i] = set->DeviceState[i];
    if (set->DeviceWake != PowerDeviceMaximum)
        caps->DeviceWake = set->DeviceWake;
    if (set->SystemWake != PowerSystemMaximum)
        caps->SystemWake = set->SystemWake;
    if (set->D1Latency != (ULONG)-1)
        caps->D1Latency = set->D1Latency;
    if (set->D2Latency != (ULONG)-1)
        caps->D2Latency = set->D2Latency;
    if (set->D3Latency != (ULONG)-1)
        caps->D3Latency = set->D3Latency;
}

/* What a bus says of a child whose driver has said nothing. */
static void caps_default(PDEVICE_CAPABILITIES caps)
{
    if (caps->DeviceState[PowerSystemWorking] != PowerDeviceUnspecified)
        return;
    caps->DeviceState[PowerSystemWorking] = PowerDeviceD0;
    for (ULONG i = PowerSystemSleeping1; i < PowerSystemMaximum; i++)
        caps->DeviceState[i] = PowerDeviceD3;
}

NTSTATUS fx_query_capabilities(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    PDEVICE_CAPABILITIES caps =
        IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceCapabilities.Capabilities;
    NTSTATUS status;
    KIRQL irql;

    if (caps->Version != 1 || caps->Size < sizeof(*caps))
        return fx_irp_finish(device, irp, STATUS_UNSUCCESSFUL);
    status = ask_below(device, irp);
    if (NT_SUCCESS(status)) {
        if (device->lower == NULL)
            caps_default(caps);
        KeAcquireSpinLock(&pnp->lock, &irql);
        if (pnp->pnp_caps.Size != 0)
            pnp_caps_put(caps, &pnp->pnp_caps);
        if (pnp->power_caps.Size != 0)
            power_caps_put(caps, &pnp->power_caps);
        KeReleaseSpinLock(&pnp->lock, irql);
        if (device->lower == NULL && device->raw)
            caps->RawDeviceOK = 1;
    }
    return fx_irp_finish(device, irp, status);
}

/* ---- device state --------------------------------------------------------------------------- */

static void state_bit(ULONG_PTR *state, WDF_TRI_STATE tri, ULONG bit)
{
    if (tri == WdfTrue)
        *state |= bit;
    else if (tri == WdfFalse)
        *state &= ~(ULONG_PTR)bit;
}

NTSTATUS fx_query_pnp_state(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    /* What drivers above have said is kept. */
    ULONG_PTR state = NT_SUCCESS(irp->IoStatus.Status) ? irp->IoStatus.Information : 0;
    WDF_DEVICE_STATE set;
    KIRQL irql;

    KeAcquireSpinLock(&pnp->lock, &irql);
    set = pnp->state;
    KeReleaseSpinLock(&pnp->lock, irql);
    state_bit(&state, set.Disabled, PNP_DEVICE_DISABLED);
    state_bit(&state, set.DontDisplayInUI, PNP_DEVICE_DONT_DISPLAY_IN_UI);
    state_bit(&state, set.Failed, PNP_DEVICE_FAILED);
    state_bit(&state, set.Removed, PNP_DEVICE_REMOVED);
    state_bit(&state, set.ResourcesChanged, PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED);
    state_bit(&state, set.NotDisableable, PNP_DEVICE_NOT_DISABLEABLE);
    if (fx_special_in_use(device))
        state |= PNP_DEVICE_NOT_DISABLEABLE;
    irp->IoStatus.Information = state;
    return fx_irp_pass(device, irp, STATUS_SUCCESS);
}

/* ---- locks ---------------------------------------------------------------------------------- */

NTSTATUS fx_set_lock(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    BOOLEAN lock = IoGetCurrentIrpStackLocation(irp)->Parameters.SetLock.Lock;
    NTSTATUS status;

    if (device->lower != NULL) {
        IoSkipCurrentIrpStackLocation(irp);
        status = IoCallDriver(device->lower, irp);
        fx_device_irp_leave(device, irp);
        return status;
    }
    if (pnp->pdo_evt.EvtDeviceSetLock == NULL)
        return fx_irp_finish(device, irp, irp->IoStatus.Status);
    FX_WATCHED(device->object.globals, pnp->pdo_evt.EvtDeviceSetLock,
               status = pnp->pdo_evt.EvtDeviceSetLock(fx_device_handle(device), lock));
    irp->IoStatus.Information = 0;
    return fx_irp_finish(device, irp, status);
}

/* ---- special files -------------------------------------------------------------------------- */

static WDF_SPECIAL_FILE_TYPE special_of(DEVICE_USAGE_NOTIFICATION_TYPE type)
{
    switch (type) {
    case DeviceUsageTypePaging:
        return WdfSpecialFilePaging;
    case DeviceUsageTypeHibernation:
        return WdfSpecialFileHibernation;
    case DeviceUsageTypeDumpFile:
        return WdfSpecialFileDump;
    case DeviceUsageTypeBoot:
        return WdfSpecialFileBoot;
    case DeviceUsageTypePostDisplay:
        return WdfSpecialFilePostDisplay;
    case DeviceUsageTypeGuestAssigned:
        return WdfSpecialFileGuestAssigned;
    default:
        return WdfSpecialFileUndefined;
    }
}

BOOLEAN fx_special_in_use(struct fx_device *device)
{
    struct fx_pnp *pnp = device->pnp;

    for (ULONG i = WdfSpecialFilePaging; i <= WdfSpecialFileBoot; i++)
        if (pnp->special_count[i] > 0)
            return TRUE;
    return FALSE;
}

/* The notification for one other stack: a new IRP to its top, waited for. */
static NTSTATUS usage_tell(PDEVICE_OBJECT target, DEVICE_USAGE_NOTIFICATION_TYPE type, BOOLEAN in)
{
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(target);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    IO_STATUS_BLOCK block;
    PIO_STACK_LOCATION stack;
    KEVENT done;
    PIRP irp;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, top, NULL, 0, NULL, &done, &block);
    if (irp != NULL) {
        irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
        stack = IoGetNextIrpStackLocation(irp);
        stack->MinorFunction = IRP_MN_DEVICE_USAGE_NOTIFICATION;
        stack->Parameters.UsageNotification.InPath = in;
        stack->Parameters.UsageNotification.Type = type;
        status = IoCallDriver(top, irp);
        if (status == STATUS_PENDING) {
            KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
            status = block.Status;
        }
    }
    ObDereferenceObject(top);
    return status;
}

/* Those that the device depends on; a failure takes back what the ones before were told. */
static NTSTATUS dependents_tell(struct fx_device *device, DEVICE_USAGE_NOTIFICATION_TYPE type,
                                BOOLEAN in)
{
    struct fx_relations *dependent = &device->pnp->dependent;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    if (device->kind == FX_DEVICE_PDO && device->parent != NULL)
        status = usage_tell(device->parent->physical, type, in);
    for (i = 0; NT_SUCCESS(status) && i < dependent->count; i++)
        status = usage_tell(dependent->devices[i], type, in);
    if (!NT_SUCCESS(status) && i > 0)
        for (i--; i-- > 0;)
            usage_tell(dependent->devices[i], type, !in);
    return status;
}

static NTSTATUS usage_callback(struct fx_device *device, WDF_SPECIAL_FILE_TYPE type, BOOLEAN in)
{
    const WDF_PNPPOWER_EVENT_CALLBACKS *evt = &device->pnp->evt;
    NTSTATUS status = STATUS_SUCCESS;

    if (evt->EvtDeviceUsageNotificationEx != NULL)
        FX_WATCHED(device->object.globals, evt->EvtDeviceUsageNotificationEx,
                   status = evt->EvtDeviceUsageNotificationEx(fx_device_handle(device), type, in));
    else if (evt->EvtDeviceUsageNotification != NULL)
        FX_WATCHED(device->object.globals, evt->EvtDeviceUsageNotification,
                   evt->EvtDeviceUsageNotification(fx_device_handle(device), type, in));
    return status;
}

/* A file of this type makes the device's power code one that must not page. */
static void usage_count(struct fx_device *device, WDF_SPECIAL_FILE_TYPE type, BOOLEAN in)
{
    struct fx_pnp *pnp = device->pnp;

    InterlockedAdd(&pnp->special_count[type], in ? 1 : -1);
    if (type == WdfSpecialFilePaging || type == WdfSpecialFileHibernation)
        IoInvalidateDeviceState(device->physical);
}

NTSTATUS fx_usage_notification(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    DEVICE_USAGE_NOTIFICATION_TYPE kind = stack->Parameters.UsageNotification.Type;
    WDF_SPECIAL_FILE_TYPE type = special_of(kind);
    BOOLEAN in = stack->Parameters.UsageNotification.InPath;
    NTSTATUS status;

    if (type == WdfSpecialFileUndefined)
        return fx_irp_finish(device, irp, irp->IoStatus.Status);
    if (!pnp->special_supported[type] && device->kind != FX_DEVICE_FILTER) {
        fx_log(device->object.globals, FX_LOG_WARNING,
               "WDFDEVICE %p supports no special file of type %u: WdfDeviceSetSpecialFileSupport "
               "was not called",
               fx_device_handle(device), type);
        return fx_irp_finish(device, irp, STATUS_NOT_IMPLEMENTED);
    }
    status = dependents_tell(device, kind, in);
    if (NT_SUCCESS(status)) {
        status = usage_callback(device, type, in);
        if (NT_SUCCESS(status))
            status = ask_below(device, irp);
        if (!NT_SUCCESS(status)) {
            usage_callback(device, type, !in);
            dependents_tell(device, kind, !in);
        }
    }
    if (NT_SUCCESS(status))
        usage_count(device, type, in);
    return fx_irp_finish(device, irp, status);
}
