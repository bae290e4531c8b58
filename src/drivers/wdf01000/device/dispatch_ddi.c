/* SPDX-License-Identifier: MIT */
/* dispatch_ddi.c - how drivers give IRPs back that they saw before the Framework, and how they
 * ask to see them.
 */
#include "device_internal.h"

/* The stage of the caller: the driver's own, or that of one of its class extensions. */
static struct fx_preprocess *stage_of(struct fx_device *device, struct fx_globals *globals)
{
    struct fx_preprocess *stage = device->own->preprocess;

    while (stage != NULL && stage->globals != globals)
        stage = stage->next;
    return stage;
}

NTSTATUS NTAPI imp_WdfDeviceWdmDispatchPreprocessedIrp(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                                       PIRP Irp)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);
    struct fx_preprocess *stage;

    fx_needed(globals, Irp);
    stage = stage_of(device, globals);
    if (stage == NULL) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfDeviceWdmDispatchPreprocessedIrp: WDFDEVICE %p has no preprocess callback of "
               "this driver: call WdfDeviceInitAssignWdmIrpPreprocessCallback first",
               Device);
        Irp->IoStatus.Status = STATUS_INVALID_PARAMETER;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return STATUS_INVALID_PARAMETER;
    }
    /* The driver has skipped or copied its location, as if for a driver below. */
    IoSetNextIrpStackLocation(Irp);
    return preprocess_from(device, Irp, stage->next);
}

NTSTATUS NTAPI imp_WdfDeviceWdmDispatchIrp(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device, PIRP Irp,
                                           WDFCONTEXT DispatchContext)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);
    ULONG_PTR context = (ULONG_PTR)DispatchContext;

    fx_needed(globals, Irp);
    fx_needed(globals, DispatchContext);
    if ((context & FX_CONTEXT_STAGE) != 0) {
        IoSetNextIrpStackLocation(Irp);
        return preprocess_from(device, Irp,
                               ((struct fx_preprocess *)(context & ~FX_CONTEXT_STAGE))->next);
    }
    return route_dispatch(device, Irp,
                          ((struct fx_irp_route *)(context & ~FX_CONTEXT_ROUTE))->next);
}

NTSTATUS NTAPI imp_WdfDeviceWdmDispatchIrpToIoQueue(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                                    PIRP Irp, WDFQUEUE Queue, ULONG Flags)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);
    struct fx_queue *queue = (struct fx_queue *)fx_object_of(globals, Queue, &fx_type_queue);
    NTSTATUS status = STATUS_SUCCESS;

    fx_needed(globals, Irp);
    if (((struct fx_object *)queue)->device != device ||
        (Flags & ~(ULONG)(WDF_DISPATCH_IRP_TO_IO_QUEUE_INVOKE_INCALLERCTX_CALLBACK |
                          WDF_DISPATCH_IRP_TO_IO_QUEUE_PREPROCESSED_IRP)) != 0) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfDeviceWdmDispatchIrpToIoQueue: WDFQUEUE %p is not one of WDFDEVICE %p, or flags "
               "%x are unknown",
               Queue, Device, Flags);
        status = STATUS_INVALID_PARAMETER;
    }
    if ((Flags & WDF_DISPATCH_IRP_TO_IO_QUEUE_PREPROCESSED_IRP) != 0)
        IoSetNextIrpStackLocation(Irp);
    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        Irp->IoStatus.Information = 0;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    return fx_io_dispatch_to(device, Irp, queue,
                             (Flags & WDF_DISPATCH_IRP_TO_IO_QUEUE_INVOKE_INCALLERCTX_CALLBACK) !=
                                 0);
}

NTSTATUS NTAPI imp_WdfDeviceConfigureWdmIrpDispatchCallback(
    PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device, WDFDRIVER Driver, UCHAR MajorFunction,
    PFN_WDFDEVICE_WDM_IRP_DISPATCH EvtDeviceWdmIrpDispatch, WDFCONTEXT DriverContext)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);
    struct fx_irp_route *route, **end;
    struct fx_globals *owner = globals;

    fx_needed(globals, EvtDeviceWdmIrpDispatch);
    if (Driver != NULL)
        owner = fx_driver_of(globals, Driver)->object.globals;
    if (MajorFunction != IRP_MJ_READ && MajorFunction != IRP_MJ_WRITE &&
        MajorFunction != IRP_MJ_DEVICE_CONTROL && MajorFunction != IRP_MJ_INTERNAL_DEVICE_CONTROL) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfDeviceConfigureWdmIrpDispatchCallback: major function %x has no queue",
               MajorFunction);
        return STATUS_INVALID_PARAMETER;
    }
    for (route = device->own->routes; route != NULL; route = route->next) {
        if (route->major == MajorFunction && route->globals == owner) {
            fx_log(globals, FX_LOG_ERROR,
                   "WdfDeviceConfigureWdmIrpDispatchCallback: major function %x has a callback "
                   "already",
                   MajorFunction);
            return STATUS_INVALID_PARAMETER;
        }
    }
    route = room_allocate(globals, sizeof *route);
    if (route == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    route->major = MajorFunction;
    route->globals = owner;
    route->call = EvtDeviceWdmIrpDispatch;
    route->context = DriverContext;
    end = &device->own->routes;
    while (*end != NULL)
        end = &(*end)->next;
    *end = route;
    device->has_dispatch_extras = TRUE;
    return STATUS_SUCCESS;
}

WDFDEVICE NTAPI imp_WdfWdmDeviceGetWdfDeviceHandle(PWDF_DRIVER_GLOBALS abi,
                                                   PDEVICE_OBJECT DeviceObject)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device;

    fx_needed(globals, DeviceObject);
    /* A device object of somebody else's has an extension of its own: look only at ours. */
    if (!driver_is_ours(DeviceObject->DriverObject) || DeviceObject->DeviceExtension == NULL)
        return NULL;
    device = fx_device_of_wdm(DeviceObject);
    return device != NULL ? device_handle(device) : NULL;
}
