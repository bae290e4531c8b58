/* SPDX-License-Identifier: MIT */
/* dispatch.c - every IRP of every device comes in here, and goes to the room that its major
 * function names.
 *
 * In: an IRP at our stack location. Preprocessors see it first: they complete it, send it on, or
 * give it back (WdfDeviceWdmDispatchPreprocessedIrp). Out: exactly one room has it.
 * Invariant: PnP, power and system control are inside the device's count (fx_device_irp_enter)
 * until they are completed or sent down; reads and writes only when the driver asked for that.
 */
#include "device_internal.h"

static NTSTATUS irp_end(IRP *irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

/* --- the count --- */

NTSTATUS fx_device_irp_enter(struct fx_device *device, IRP *irp)
{
    UNREFERENCED_PARAMETER(irp);
    InterlockedIncrement(&device->remove_count);
    if (!device->leaving)
        return STATUS_SUCCESS;
    fx_device_irp_leave(device, irp);
    return STATUS_DELETE_PENDING;
}

void fx_device_irp_leave(struct fx_device *device, IRP *irp)
{
    UNREFERENCED_PARAMETER(irp);
    if (InterlockedDecrement(&device->remove_count) == 0)
        KeSetEvent(&device->remove_event, IO_NO_INCREMENT, FALSE);
}

void fx_device_irp_wait(struct fx_device *device, IRP *irp)
{
    device->leaving = TRUE;
    MemoryBarrier();
    fx_device_irp_leave(device, irp);
    /* The device's own count of 1, too: whoever brings it to 0 sets the event. */
    fx_device_irp_leave(device, irp);
    KeWaitForSingleObject(&device->remove_event, Executive, KernelMode, FALSE, NULL);
    if (device->kind == FX_DEVICE_PDO && !fx_pnp_is_missing(device)) {
        /* Its bus still reports it: PnP may start it again. */
        KeClearEvent(&device->remove_event);
        InterlockedIncrement(&device->remove_count);
        device->leaving = FALSE;
    }
}

/* An IRP that is followed to its end in the driver's own location: reads and writes of a driver
 * that asked for it, creates of a control device.
 */
static NTSTATUS tracked_done(PDEVICE_OBJECT wdm, PIRP irp, PVOID context)
{
    struct fx_device *device = context;

    UNREFERENCED_PARAMETER(wdm);
    if (irp->PendingReturned)
        IoMarkIrpPending(irp);
    if (device->kind != FX_DEVICE_CONTROL)
        fx_device_irp_leave(device, irp);
    else if (!NT_SUCCESS(irp->IoStatus.Status))
        control_file_closed(device);
    return STATUS_CONTINUE_COMPLETION;
}

static void irp_track(struct fx_device *device, IRP *irp)
{
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, tracked_done, device, TRUE, TRUE, TRUE);
    IoSetNextIrpStackLocation(irp);
}

/* --- to the rooms --- */

static NTSTATUS shutdown_dispatch(struct fx_device *device, IRP *irp)
{
    if (device->kind != FX_DEVICE_CONTROL || device->own->shutdown == NULL)
        return fx_io_dispatch(device, irp);
    device->own->shutdown(device_handle(device));
    return irp_end(irp, STATUS_SUCCESS);
}

static NTSTATUS pnp_dispatch(struct fx_device *device, IRP *irp, UCHAR major)
{
    NTSTATUS status;

    if (major == IRP_MJ_POWER && device->kind == FX_DEVICE_CONTROL) {
        PoStartNextPowerIrp(irp);
        return irp_end(irp, STATUS_NOT_SUPPORTED);
    }
    if (major == IRP_MJ_PNP && device->kind == FX_DEVICE_CONTROL)
        return irp_end(irp, STATUS_INVALID_DEVICE_REQUEST);
    status = fx_device_irp_enter(device, irp);
    if (!NT_SUCCESS(status)) {
        if (major == IRP_MJ_POWER)
            PoStartNextPowerIrp(irp);
        return irp_end(irp, status);
    }
    if (major == IRP_MJ_PNP && device->kind == FX_DEVICE_PDO) {
        UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;

        /* From here on PnP answers questions about the device. */
        if (minor == IRP_MN_QUERY_CAPABILITIES || minor == IRP_MN_START_DEVICE)
            device->own->is_known = TRUE;
    }
    return major == IRP_MJ_PNP ? fx_pnp_dispatch(device, irp) : fx_power_dispatch(device, irp);
}

static NTSTATUS wmi_dispatch(struct fx_device *device, IRP *irp)
{
    NTSTATUS status = fx_device_irp_enter(device, irp);

    if (!NT_SUCCESS(status))
        return irp_end(irp, status);
    status = fx_wmi_dispatch(device, irp);
    fx_device_irp_leave(device, NULL);
    return status;
}

static NTSTATUS file_dispatch(struct fx_device *device, IRP *irp, UCHAR major)
{
    NTSTATUS status;

    if (device->kind != FX_DEVICE_CONTROL)
        return fx_file_dispatch(device, irp);
    if (major == IRP_MJ_CREATE) {
        InterlockedIncrement(&device->own->open_files);
        irp_track(device, irp);
    }
    status = fx_file_dispatch(device, irp);
    if (major == IRP_MJ_CLOSE)
        control_file_closed(device);
    return status;
}

NTSTATUS fx_dispatch_irp(struct fx_device *device, IRP *irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

    switch (major) {
    case IRP_MJ_PNP:
    case IRP_MJ_POWER:
        return pnp_dispatch(device, irp, major);
    case IRP_MJ_SYSTEM_CONTROL:
        return wmi_dispatch(device, irp);
    case IRP_MJ_CREATE:
    case IRP_MJ_CLEANUP:
    case IRP_MJ_CLOSE:
        return file_dispatch(device, irp, major);
    case IRP_MJ_SHUTDOWN:
        return shutdown_dispatch(device, irp);
    default:
        return route_dispatch(device, irp, device->own->routes);
    }
}

/* --- preprocessors and routes --- */

static BOOLEAN stage_wants(const struct fx_preprocess *stage, const IO_STACK_LOCATION *stack)
{
    ULONG i;

    if (stage->major[stack->MajorFunction].call == NULL)
        return FALSE;
    if (stage->major[stack->MajorFunction].minors == NULL)
        return TRUE;
    for (i = 0; i < stage->major[stack->MajorFunction].minor_count; i++) {
        if (stage->major[stack->MajorFunction].minors[i] == stack->MinorFunction)
            return TRUE;
    }
    return FALSE;
}

NTSTATUS preprocess_from(struct fx_device *device, IRP *irp, struct fx_preprocess *stage)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);

    for (; stage != NULL; stage = stage->next) {
        if (!stage_wants(stage, stack))
            continue;
        if (stage->globals == device->object.globals)
            return stage->major[stack->MajorFunction].call(device_handle(device), irp);
        return ((PFN_WDFCXDEVICE_WDM_IRP_PREPROCESS)(PVOID)stage->major[stack->MajorFunction].call)(
            device_handle(device), irp, (WDFCONTEXT)((ULONG_PTR)stage | FX_CONTEXT_STAGE));
    }
    return fx_dispatch_irp(device, irp);
}

NTSTATUS route_dispatch(struct fx_device *device, IRP *irp, struct fx_irp_route *route)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    ULONG code = 0;

    while (route != NULL && route->major != stack->MajorFunction)
        route = route->next;
    if (route == NULL)
        return fx_io_dispatch(device, irp);
    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL ||
        stack->MajorFunction == IRP_MJ_INTERNAL_DEVICE_CONTROL)
        code = stack->Parameters.DeviceIoControl.IoControlCode;
    return route->call(device_handle(device), stack->MajorFunction, stack->MinorFunction, code,
                       route->context, irp, (WDFCONTEXT)((ULONG_PTR)route | FX_CONTEXT_ROUTE));
}

static NTSTATUS dispatch_preprocessed(struct fx_device *device, IRP *irp)
{
    if (device->own->preprocess == NULL)
        return fx_dispatch_irp(device, irp);
    return preprocess_from(device, irp, device->own->preprocess);
}

/* --- what stands in a driver object --- */

/* Reads, writes and controls: the short way when nobody asked to be in between. */
static NTSTATUS NTAPI dispatch_io(PDEVICE_OBJECT wdm, PIRP irp)
{
    struct fx_device *device = fx_device_of_wdm(wdm);

    if (device == NULL)
        return irp_end(irp, STATUS_NO_SUCH_DEVICE);
    if (device->has_dispatch_extras) {
        if ((device->own->remove_lock_options & WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO) != 0) {
            NTSTATUS status = fx_device_irp_enter(device, irp);

            if (!NT_SUCCESS(status))
                return irp_end(irp, status);
            irp_track(device, irp);
        }
        return dispatch_preprocessed(device, irp);
    }
    return fx_io_dispatch(device, irp);
}

static NTSTATUS NTAPI dispatch_other(PDEVICE_OBJECT wdm, PIRP irp)
{
    struct fx_device *device = fx_device_of_wdm(wdm);

    if (device == NULL)
        return irp_end(irp, STATUS_NO_SUCH_DEVICE);
    return dispatch_preprocessed(device, irp);
}

BOOLEAN driver_is_ours(const DRIVER_OBJECT *driver)
{
    return driver->MajorFunction[IRP_MJ_CREATE] == dispatch_other;
}

void fx_dispatch_install(struct fx_globals *globals, DRIVER_OBJECT *driver, BOOLEAN add_device)
{
    ULONG major;

    UNREFERENCED_PARAMETER(globals);
    for (major = 0; major < FX_MAJORS; major++)
        driver->MajorFunction[major] = dispatch_other;
    driver->MajorFunction[IRP_MJ_READ] = dispatch_io;
    driver->MajorFunction[IRP_MJ_WRITE] = dispatch_io;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = dispatch_io;
    driver->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = dispatch_io;
    if (add_device)
        driver->DriverExtension->AddDevice = device_add;
}
