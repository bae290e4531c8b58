/* SPDX-License-Identifier: MIT */
/* self.c - a device's target for itself: what is sent there arrives in the device's own queues.
 *
 * Made with the device when WdfDeviceInitAllowSelfIoTarget was called. A request gets the stack
 * location that the device's own dispatch routine would have got.
 */
#include "target_internal.h"

#include "../queue/queue.h"

NTSTATUS fx_target_self_create(struct fx_device *device, struct fx_target **out_target)
{
    struct fx_object *object;
    NTSTATUS status;

    status = fx_object_create(device->object.globals, &fx_type_target, 0, NULL, &device->object,
                              &object);
    if (!NT_SUCCESS(status))
        return status;
    object->flags |= FX_OBJECT_NO_DELETE;
    fx_target_init((struct fx_target *)object, FX_TARGET_SELF, device);
    fx_target_aim((struct fx_target *)object, device->wdm, device->physical, NULL);
    /* The device's own size has one location more, for the way through this target. */
    ((struct fx_target *)object)->stack_size--;
    *out_target = (struct fx_target *)object;
    return STATUS_SUCCESS;
}

void fx_target_self_call(struct fx_target *target, PIRP irp)
{
    struct fx_device *device = target->device;
    PIO_STACK_LOCATION stack;
    NTSTATUS status;

    IoSetNextIrpStackLocation(irp);
    stack = IoGetCurrentIrpStackLocation(irp);
    stack->DeviceObject = device->wdm;
    switch (stack->MajorFunction) {
    case IRP_MJ_READ:
    case IRP_MJ_WRITE:
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        status = fx_device_irp_enter(device, NULL);
        break;
    default:
        fx_log(target->object.globals, FX_LOG_ERROR,
               "WDFIOTARGET %p: the device's own target takes reads, writes and controls only",
               fx_handle_of(&target->object));
        status = STATUS_INVALID_PARAMETER;
        break;
    }
    if (NT_SUCCESS(status)) {
        if (target->self_queue != NULL)
            (void)fx_io_dispatch_to(device, irp, target->self_queue, TRUE);
        else
            (void)fx_io_dispatch(device, irp);
        fx_device_irp_leave(device, NULL);
        return;
    }
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

NTSTATUS fx_target_self_queue(struct fx_target *target, struct fx_queue *queue)
{
    struct fx_globals *globals = target->object.globals;
    struct fx_device *device = target->device;
    struct fx_object *object = (struct fx_object *)queue;
    BOOLEAN is_started;

    if (target->kind != FX_TARGET_SELF) {
        fx_log(globals, FX_LOG_ERROR, "WDFIOTARGET %p is not a device's target for itself",
               fx_handle_of(&target->object));
        fx_violation(globals, WDF_INVALID_HANDLE, (ULONG_PTR)fx_handle_of(&target->object), 0, 0);
    }
    if (object->device != device) {
        fx_log(globals, FX_LOG_ERROR, "WDFQUEUE %p belongs to another device than WDFIOTARGET %p",
               fx_handle_of(object), fx_handle_of(&target->object));
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (device->kind == FX_DEVICE_CONTROL)
        is_started = (device->wdm->Flags & DO_DEVICE_INITIALIZING) == 0;
    else
        is_started = fx_pnp_state(device) != WdfDevStatePnpInit;
    if (is_started) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfIoTargetSelfAssignDefaultIoQueue: WDFDEVICE %p is started already",
               fx_handle_of(&device->object));
        return STATUS_INVALID_DEVICE_STATE;
    }
    target->self_queue = queue;
    return STATUS_SUCCESS;
}
