/* SPDX-License-Identifier: MIT */
/* usb_pipe.c - pipes of configured interfaces: targets of their own, and the reader of one.
 *
 * A pipe lives from the configuration that made it to the next one. Starting, stopping and purging
 * the USB device does so to its pipes; a pipe with a reader reads while it is started.
 */
#include "usb_target.h"

static void usb_pipe_dispose(struct fx_object *object)
{
    struct fx_usb_pipe *pipe = (struct fx_usb_pipe *)object;

    fx_type_target.dispose(object);
    fx_usb_reader_destroy(pipe);
}

const struct fx_type fx_type_usb_pipe = {
    .name = "WDFUSBPIPE",
    .size = sizeof(struct fx_usb_pipe),
    .flags = FX_TYPE_PASSIVE | FX_TYPE_NO_DELETE,
    .parent = &fx_type_target,
    .dispose = usb_pipe_dispose,
};

void fx_usb_pipes_delete(struct fx_usb_interface *interface)
{
    struct fx_usb_pipe **pipes = interface->pipes;
    UCHAR count = interface->pipe_count, i;

    interface->pipes = NULL;
    interface->pipe_count = 0;
    if (pipes == NULL)
        return;
    for (i = 0; i < count; i++)
        fx_object_delete(&pipes[i]->target.object);
    ExFreePoolWithTag(pipes, FX_TAG);
}

static NTSTATUS pipe_make(struct fx_usb_interface *interface, PWDF_OBJECT_ATTRIBUTES attributes,
                          const USBD_PIPE_INFORMATION *info, struct fx_usb_pipe **out_pipe)
{
    struct fx_usb_device *device = interface->device;
    struct fx_target *below = &device->target;
    struct fx_usb_pipe *pipe;
    struct fx_object *object;
    NTSTATUS status;

    status = fx_object_create(interface->object.globals, &fx_type_usb_pipe, 0, attributes,
                              &interface->object, &object);
    if (!NT_SUCCESS(status))
        return status;
    pipe = (struct fx_usb_pipe *)object;
    fx_target_init(&pipe->target, FX_TARGET_USB_PIPE, below->device);
    fx_target_aim(&pipe->target, below->target_device, below->target_pdo, NULL);
    pipe->device = device;
    pipe->interface = interface;
    pipe->info = *info;
    *out_pipe = pipe;
    return STATUS_SUCCESS;
}

NTSTATUS fx_usb_pipes_make(struct fx_usb_interface *interface, PWDF_OBJECT_ATTRIBUTES attributes,
                           const USBD_INTERFACE_INFORMATION *info)
{
    ULONG room = (info->Length - FIELD_OFFSET(USBD_INTERFACE_INFORMATION, Pipes)) /
                 (ULONG)sizeof(USBD_PIPE_INFORMATION);
    ULONG count = info->NumberOfPipes < room ? info->NumberOfPipes : room, i;
    NTSTATUS status = STATUS_SUCCESS;

    fx_usb_pipes_delete(interface);
    interface->setting = info->AlternateSetting;
    interface->pipes =
        ExAllocatePoolZero(NonPagedPoolNx, (count + 1) * sizeof(*interface->pipes), FX_TAG);
    if (interface->pipes == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (i = 0; i < count; i++) {
        status = pipe_make(interface, attributes, &info->Pipes[i], &interface->pipes[i]);
        if (!NT_SUCCESS(status))
            break;
        interface->pipe_count++;
    }
    if (!NT_SUCCESS(status))
        fx_usb_pipes_delete(interface);
    return status;
}

void fx_usb_pipe_information(const struct fx_usb_pipe *pipe, PWDF_USB_PIPE_INFORMATION out_info)
{
    out_info->MaximumPacketSize = pipe->info.MaximumPacketSize;
    out_info->EndpointAddress = pipe->info.EndpointAddress;
    out_info->Interval = pipe->info.Interval;
    out_info->SettingIndex = pipe->interface->setting;
    /* The bus counts from control = 0, the Framework from 1. */
    out_info->PipeType = (WDF_USB_PIPE_TYPE)(pipe->info.PipeType + 1);
    out_info->MaximumTransferSize = pipe->info.MaximumTransferSize;
}

/* ---- with the device ----------------------------------------------------------------------- */

/* Calls change for each pipe of a USB device. */
static void pipes_each(struct fx_target *target, void (*change)(struct fx_target *pipe, int action),
                       int action)
{
    struct fx_usb_device *device = (struct fx_usb_device *)target;
    UCHAR i, j;

    if (target->kind != FX_TARGET_USB_DEVICE)
        return;
    for (i = 0; i < device->interface_count; i++)
        for (j = 0; j < device->interfaces[i]->pipe_count; j++)
            change(&device->interfaces[i]->pipes[j]->target, action);
}

static void pipe_start(struct fx_target *target, int action)
{
    UNREFERENCED_PARAMETER(action);
    (void)fx_usb_target_start(target);
}

NTSTATUS fx_usb_target_start(struct fx_target *target)
{
    NTSTATUS status = fx_target_start(target);

    if (!NT_SUCCESS(status))
        return status;
    pipes_each(target, pipe_start, 0);
    if (target->kind == FX_TARGET_USB_PIPE && ((struct fx_usb_pipe *)target)->reader != NULL)
        fx_usb_reader_restart((struct fx_usb_pipe *)target);
    return status;
}

static void pipe_stop(struct fx_target *target, int action)
{
    fx_usb_target_stop(target, (WDF_IO_TARGET_SENT_IO_ACTION)action);
}

void fx_usb_target_stop(struct fx_target *target, WDF_IO_TARGET_SENT_IO_ACTION action)
{
    fx_target_stop(target, action);
    if (target->kind == FX_TARGET_USB_PIPE && ((struct fx_usb_pipe *)target)->reader != NULL &&
        action != WdfIoTargetLeaveSentIoPending)
        fx_usb_reader_settle((struct fx_usb_pipe *)target);
    pipes_each(target, pipe_stop, action);
}

static void pipe_purge(struct fx_target *target, int action)
{
    fx_usb_target_purge(target, (WDF_IO_TARGET_PURGE_IO_ACTION)action);
}

void fx_usb_target_purge(struct fx_target *target, WDF_IO_TARGET_PURGE_IO_ACTION action)
{
    fx_target_purge(target, action);
    if (target->kind == FX_TARGET_USB_PIPE && ((struct fx_usb_pipe *)target)->reader != NULL &&
        action == WdfIoTargetPurgeIoAndWait)
        fx_usb_reader_settle((struct fx_usb_pipe *)target);
    pipes_each(target, pipe_purge, action);
}
