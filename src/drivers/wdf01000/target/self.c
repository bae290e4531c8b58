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
        status = fx_device_irp_enter(device, irp);
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
        return;
    }
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}
