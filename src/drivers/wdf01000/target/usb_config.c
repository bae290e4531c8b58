/* SPDX-License-Identifier: MIT */
/* usb_config.c - a configuration or an alternate setting selected, the URB for it built and read.
 *
 * The bus answers in the URB itself: handles of the configuration and of each pipe. From that the
 * interfaces get their pipes; what they had before is closed first.
 */
#include "usb_target.h"

/* Length of one interface's part of a URB. */
static USHORT info_size(const USB_INTERFACE_DESCRIPTOR *descriptor)
{
    return (USHORT)(FIELD_OFFSET(USBD_INTERFACE_INFORMATION, Pipes) +
                    descriptor->bNumEndpoints * sizeof(USBD_PIPE_INFORMATION));
}

static void info_fill(PUSBD_INTERFACE_INFORMATION info, const USB_INTERFACE_DESCRIPTOR *descriptor)
{
    ULONG i;

    info->Length = info_size(descriptor);
    info->InterfaceNumber = descriptor->bInterfaceNumber;
    info->AlternateSetting = descriptor->bAlternateSetting;
    info->NumberOfPipes = descriptor->bNumEndpoints;
    for (i = 0; i < info->NumberOfPipes; i++)
        info->Pipes[i].MaximumTransferSize = USBD_DEFAULT_MAXIMUM_TRANSFER_SIZE;
}

/* From pool; NULL: no memory. */
static PURB configuration_urb(PUSB_CONFIGURATION_DESCRIPTOR configuration,
                              PUSB_INTERFACE_DESCRIPTOR const *descriptors, ULONG count)
{
    ULONG size = FIELD_OFFSET(struct _URB_SELECT_CONFIGURATION, Interface), at = size, i;
    PURB urb;

    for (i = 0; i < count; i++)
        size += info_size(descriptors[i]);
    if (size > MAXUSHORT)
        return NULL;
    urb = ExAllocatePoolZero(NonPagedPoolNx, size < sizeof(URB) ? sizeof(URB) : size, FX_TAG);
    if (urb == NULL)
        return NULL;
    urb->UrbHeader.Length = (USHORT)size;
    urb->UrbHeader.Function = URB_FUNCTION_SELECT_CONFIGURATION;
    urb->UrbSelectConfiguration.ConfigurationDescriptor = configuration;
    for (i = 0; i < count; i++) {
        info_fill((PUSBD_INTERFACE_INFORMATION)((PUCHAR)urb + at), descriptors[i]);
        at += info_size(descriptors[i]);
    }
    return urb;
}

static struct fx_usb_interface *interface_find(struct fx_usb_device *device, UCHAR number)
{
    UCHAR i;

    for (i = 0; i < device->interface_count; i++)
        if (device->interfaces[i]->number == number)
            return device->interfaces[i];
    return NULL;
}

static void pipes_delete_all(struct fx_usb_device *device)
{
    UCHAR i;

    for (i = 0; i < device->interface_count; i++)
        fx_usb_pipes_delete(device->interfaces[i]);
}

/* Pipes for every interface that the bus has configured. */
static NTSTATUS configured_take(struct fx_usb_device *device, PWDF_OBJECT_ATTRIBUTES attributes,
                                PURB urb)
{
    PUCHAR end = (PUCHAR)urb + urb->UrbHeader.Length;
    PUCHAR at = (PUCHAR)&urb->UrbSelectConfiguration.Interface;
    struct fx_usb_interface *interface;
    NTSTATUS status = STATUS_SUCCESS;

    while (NT_SUCCESS(status) && end - at >= FIELD_OFFSET(USBD_INTERFACE_INFORMATION, Pipes)) {
        PUSBD_INTERFACE_INFORMATION info = (PUSBD_INTERFACE_INFORMATION)at;

        if (info->Length < FIELD_OFFSET(USBD_INTERFACE_INFORMATION, Pipes) ||
            info->Length > end - at)
            break;
        interface = interface_find(device, info->InterfaceNumber);
        if (interface != NULL)
            status = fx_usb_pipes_make(interface, attributes, info);
        at += info->Length;
    }
    return status;
}

static NTSTATUS configure(struct fx_usb_device *device, PWDF_OBJECT_ATTRIBUTES attributes, PURB urb)
{
    NTSTATUS status;

    pipes_delete_all(device);
    status = fx_usb_urb_wait(&device->target, urb, NULL);
    if (!NT_SUCCESS(status)) {
        fx_log(device->target.object.globals, FX_LOG_ERROR,
               "WDFUSBDEVICE %p: the bus refused the configuration, %x, URB %x",
               fx_handle_of(&device->target.object), status, urb->UrbHeader.Status);
        return status;
    }
    device->handle = urb->UrbSelectConfiguration.ConfigurationHandle;
    return configured_take(device, attributes, urb);
}

static NTSTATUS configure_with(struct fx_usb_device *device, PWDF_OBJECT_ATTRIBUTES attributes,
                               PUSB_CONFIGURATION_DESCRIPTOR configuration,
                               PUSB_INTERFACE_DESCRIPTOR const *descriptors, ULONG count)
{
    PURB urb = configuration_urb(configuration, descriptors, count);
    NTSTATUS status;

    if (urb == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = configure(device, attributes, urb);
    ExFreePoolWithTag(urb, FX_TAG);
    return status;
}

/* Each interface with its first setting, or the one that a pair names. */
static NTSTATUS configure_interfaces(struct fx_usb_device *device,
                                     PWDF_OBJECT_ATTRIBUTES attributes,
                                     const WDF_USB_INTERFACE_SETTING_PAIR *pairs, ULONG pair_count)
{
    PUSB_INTERFACE_DESCRIPTOR *descriptors;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i, j;

    descriptors = ExAllocatePoolZero(
        NonPagedPoolNx, ((SIZE_T)device->interface_count + 1) * sizeof(*descriptors), FX_TAG);
    if (descriptors == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (i = 0; i < device->interface_count; i++) {
        struct fx_usb_interface *interface = device->interfaces[i];
        UCHAR setting = 0;

        for (j = 0; j < pair_count; j++)
            if (pairs[j].UsbInterface == fx_handle_of(&interface->object))
                setting = pairs[j].SettingIndex;
        descriptors[i] = fx_usb_setting_find(interface, setting);
        if (descriptors[i] == NULL)
            status = STATUS_INVALID_PARAMETER;
    }
    if (NT_SUCCESS(status))
        status = configure_with(device, attributes, device->configuration, descriptors,
                                device->interface_count);
    ExFreePoolWithTag(descriptors, FX_TAG);
    return status;
}

static NTSTATUS configure_single(struct fx_usb_device *device, PWDF_OBJECT_ATTRIBUTES attributes,
                                 PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS params)
{
    NTSTATUS status;

    if (device->interface_count != 1) {
        fx_log(device->target.object.globals, FX_LOG_ERROR,
               "WDFUSBDEVICE %p has %u interfaces: select its configuration for several",
               fx_handle_of(&device->target.object), device->interface_count);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = configure_interfaces(device, attributes, NULL, 0);
    if (!NT_SUCCESS(status))
        return status;
    params->Types.SingleInterface.ConfiguredUsbInterface =
        fx_handle_of(&device->interfaces[0]->object);
    params->Types.SingleInterface.NumberConfiguredPipes = device->interfaces[0]->pipe_count;
    return STATUS_SUCCESS;
}

static NTSTATUS deconfigure(struct fx_usb_device *device)
{
    NTSTATUS status = configure_with(device, NULL, NULL, NULL, 0);

    device->handle = NULL;
    return status;
}

NTSTATUS fx_usb_select_config(struct fx_usb_device *device, PWDF_OBJECT_ATTRIBUTES attributes,
                              PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS params)
{
    NTSTATUS status;

    switch (params->Type) {
    case WdfUsbTargetDeviceSelectConfigTypeDeconfig:
        return deconfigure(device);
    case WdfUsbTargetDeviceSelectConfigTypeSingleInterface:
        return configure_single(device, attributes, params);
    case WdfUsbTargetDeviceSelectConfigTypeMultiInterface:
        status = configure_interfaces(device, attributes, NULL, 0);
        break;
    case WdfUsbTargetDeviceSelectConfigTypeInterfacesPairs:
        if (params->Types.MultiInterface.Pairs == NULL ||
            params->Types.MultiInterface.NumberInterfaces == 0)
            return STATUS_INVALID_PARAMETER;
        status = configure_interfaces(device, attributes, params->Types.MultiInterface.Pairs,
                                      params->Types.MultiInterface.NumberInterfaces);
        break;
    case WdfUsbTargetDeviceSelectConfigTypeInterfacesDescriptor:
        if (params->Types.Descriptor.ConfigurationDescriptor == NULL ||
            params->Types.Descriptor.InterfaceDescriptors == NULL ||
            params->Types.Descriptor.NumInterfaceDescriptors == 0)
            return STATUS_INVALID_PARAMETER;
        return configure_with(device, attributes, params->Types.Descriptor.ConfigurationDescriptor,
                              params->Types.Descriptor.InterfaceDescriptors,
                              params->Types.Descriptor.NumInterfaceDescriptors);
    case WdfUsbTargetDeviceSelectConfigTypeUrb:
        if (params->Types.Urb.Urb == NULL ||
            params->Types.Urb.Urb->UrbHeader.Function != URB_FUNCTION_SELECT_CONFIGURATION)
            return STATUS_INVALID_PARAMETER;
        return configure(device, attributes, params->Types.Urb.Urb);
    default:
        return STATUS_INVALID_PARAMETER;
    }
    if (NT_SUCCESS(status))
        params->Types.MultiInterface.NumberOfConfiguredInterfaces = device->interface_count;
    return status;
}

static NTSTATUS setting_urb_send(struct fx_usb_interface *interface,
                                 PWDF_OBJECT_ATTRIBUTES attributes, PURB urb)
{
    NTSTATUS status;

    fx_usb_pipes_delete(interface);
    status = fx_usb_urb_wait(&interface->device->target, urb, NULL);
    if (!NT_SUCCESS(status))
        return status;
    return fx_usb_pipes_make(interface, attributes, &urb->UrbSelectInterface.Interface);
}

static NTSTATUS setting_select(struct fx_usb_interface *interface,
                               PWDF_OBJECT_ATTRIBUTES attributes,
                               PUSB_INTERFACE_DESCRIPTOR descriptor)
{
    ULONG size;
    NTSTATUS status;
    PURB urb;

    if (descriptor == NULL || descriptor->bInterfaceNumber != interface->number)
        return STATUS_INVALID_PARAMETER;
    size = FIELD_OFFSET(struct _URB_SELECT_INTERFACE, Interface) + info_size(descriptor);
    urb = ExAllocatePoolZero(NonPagedPoolNx, size < sizeof(URB) ? sizeof(URB) : size, FX_TAG);
    if (urb == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    urb->UrbHeader.Length = (USHORT)size;
    urb->UrbHeader.Function = URB_FUNCTION_SELECT_INTERFACE;
    urb->UrbSelectInterface.ConfigurationHandle = interface->device->handle;
    info_fill(&urb->UrbSelectInterface.Interface, descriptor);
    status = setting_urb_send(interface, attributes, urb);
    ExFreePoolWithTag(urb, FX_TAG);
    return status;
}

NTSTATUS fx_usb_select_setting(struct fx_usb_interface *interface,
                               PWDF_OBJECT_ATTRIBUTES attributes,
                               PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS params)
{
    switch (params->Type) {
    case WdfUsbInterfaceSelectSettingTypeDescriptor:
        return setting_select(interface, attributes, params->Types.Descriptor.InterfaceDescriptor);
    case WdfUsbInterfaceSelectSettingTypeSetting:
        return setting_select(interface, attributes,
                              fx_usb_setting_find(interface, params->Types.Interface.SettingIndex));
    case WdfUsbInterfaceSelectSettingTypeUrb:
        if (params->Types.Urb.Urb == NULL ||
            params->Types.Urb.Urb->UrbHeader.Function != URB_FUNCTION_SELECT_INTERFACE)
            return STATUS_INVALID_PARAMETER;
        return setting_urb_send(interface, attributes, params->Types.Urb.Urb);
    default:
        return STATUS_INVALID_PARAMETER;
    }
}
