/* SPDX-License-Identifier: MIT */
/* usb_device.c - USB device targets: made by reading the device's descriptors, with its interfaces.
 *
 * In: the stack below the driver's device; out: a target whose configuration descriptor was looked
 * through once, so that everybody who reads it later finds whole descriptors only.
 */
#include "usb_target.h"

static void usb_device_destroy(struct fx_object *object)
{
    struct fx_usb_device *device = (struct fx_usb_device *)object;

    if (device->configuration != NULL)
        ExFreePoolWithTag(device->configuration, FX_TAG);
    if (device->interfaces != NULL)
        ExFreePoolWithTag(device->interfaces, FX_TAG);
}

static void usb_interface_destroy(struct fx_object *object)
{
    struct fx_usb_interface *interface = (struct fx_usb_interface *)object;

    if (interface->pipes != NULL)
        ExFreePoolWithTag(interface->pipes, FX_TAG);
}

static void usb_device_dispose(struct fx_object *object)
{
    fx_type_target.dispose(object);
}

const struct fx_type fx_type_usb_device = {
    .name = "WDFUSBDEVICE",
    .size = sizeof(struct fx_usb_device),
    .flags = FX_TYPE_PASSIVE,
    .parent = &fx_type_target,
    .dispose = usb_device_dispose,
    .destroy = usb_device_destroy,
};

const struct fx_type fx_type_usb_interface = {
    .name = "WDFUSBINTERFACE",
    .size = sizeof(struct fx_usb_interface),
    .flags = FX_TYPE_PASSIVE | FX_TYPE_NO_DELETE,
    .destroy = usb_interface_destroy,
};

PUSB_COMMON_DESCRIPTOR fx_usb_descriptor_find(PUSB_CONFIGURATION_DESCRIPTOR configuration,
                                              PVOID from, UCHAR type)
{
    PUCHAR end = (PUCHAR)configuration + configuration->wTotalLength;
    PUCHAR at = from;

    while (end - at >= (LONG_PTR)sizeof(USB_COMMON_DESCRIPTOR)) {
        PUSB_COMMON_DESCRIPTOR common = (PUSB_COMMON_DESCRIPTOR)at;

        if (common->bLength < sizeof(*common) || common->bLength > end - at)
            return NULL;
        if (common->bDescriptorType == type)
            return common;
        at += common->bLength;
    }
    return NULL;
}

static PVOID descriptor_behind(PVOID descriptor)
{
    return (PUCHAR)descriptor + ((PUSB_COMMON_DESCRIPTOR)descriptor)->bLength;
}

/* The next interface descriptor that is long enough. */
static PUSB_INTERFACE_DESCRIPTOR interface_next(PUSB_CONFIGURATION_DESCRIPTOR configuration,
                                                PVOID from)
{
    PUSB_COMMON_DESCRIPTOR found =
        fx_usb_descriptor_find(configuration, from, USB_INTERFACE_DESCRIPTOR_TYPE);

    return found != NULL && found->bLength >= sizeof(USB_INTERFACE_DESCRIPTOR)
               ? (PUSB_INTERFACE_DESCRIPTOR)found
               : NULL;
}

PUSB_INTERFACE_DESCRIPTOR fx_usb_setting_find(struct fx_usb_interface *interface, UCHAR setting)
{
    PUSB_CONFIGURATION_DESCRIPTOR configuration = interface->device->configuration;
    PUSB_INTERFACE_DESCRIPTOR found = interface_next(configuration, configuration);

    while (found != NULL &&
           (found->bInterfaceNumber != interface->number || found->bAlternateSetting != setting))
        found = interface_next(configuration, descriptor_behind(found));
    return found;
}

PUSB_ENDPOINT_DESCRIPTOR fx_usb_endpoint_find(struct fx_usb_interface *interface, UCHAR setting,
                                              UCHAR index)
{
    PUSB_CONFIGURATION_DESCRIPTOR configuration = interface->device->configuration;
    PUCHAR end = (PUCHAR)configuration + configuration->wTotalLength;
    PUSB_INTERFACE_DESCRIPTOR of = fx_usb_setting_find(interface, setting);
    PUSB_COMMON_DESCRIPTOR at;

    if (of == NULL || index >= of->bNumEndpoints)
        return NULL;
    for (at = descriptor_behind(of); end - (PUCHAR)at >= (LONG_PTR)sizeof(*at);
         at = descriptor_behind(at)) {
        if (at->bLength < sizeof(*at) || at->bLength > end - (PUCHAR)at ||
            at->bDescriptorType == USB_INTERFACE_DESCRIPTOR_TYPE)
            return NULL;
        if (at->bDescriptorType != USB_ENDPOINT_DESCRIPTOR_TYPE ||
            at->bLength < sizeof(USB_ENDPOINT_DESCRIPTOR))
            continue;
        if (index-- == 0)
            return (PUSB_ENDPOINT_DESCRIPTOR)at;
    }
    return NULL;
}

static struct fx_usb_interface *interface_by_number(struct fx_usb_device *device, UCHAR number)
{
    UCHAR i;

    for (i = 0; i < device->interface_count; i++)
        if (device->interfaces[i]->number == number)
            return device->interfaces[i];
    return NULL;
}

/* An object for each interface number that the configuration describes, up to bNumInterfaces. */
static NTSTATUS interfaces_make(struct fx_usb_device *device)
{
    PUSB_CONFIGURATION_DESCRIPTOR configuration = device->configuration;
    PUSB_INTERFACE_DESCRIPTOR descriptor;
    struct fx_usb_interface *interface;
    struct fx_object *object;
    NTSTATUS status;

    device->interfaces = ExAllocatePoolZero(
        NonPagedPoolNx, ((SIZE_T)configuration->bNumInterfaces + 1) * sizeof(*device->interfaces),
        FX_TAG);
    if (device->interfaces == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (descriptor = interface_next(configuration, configuration); descriptor != NULL;
         descriptor = interface_next(configuration, descriptor_behind(descriptor))) {
        interface = interface_by_number(device, descriptor->bInterfaceNumber);
        if (interface == NULL) {
            if (device->interface_count == configuration->bNumInterfaces)
                continue;
            status = fx_object_create(device->target.object.globals, &fx_type_usb_interface, 0,
                                      NULL, &device->target.object, &object);
            if (!NT_SUCCESS(status))
                return status;
            interface = (struct fx_usb_interface *)object;
            interface->device = device;
            interface->number = descriptor->bInterfaceNumber;
            device->interfaces[device->interface_count++] = interface;
        }
        interface->setting_count++;
    }
    return device->interface_count == 0 && configuration->bNumInterfaces != 0
               ? STATUS_INVALID_DEVICE_REQUEST
               : STATUS_SUCCESS;
}

/* The whole configuration descriptor. */
static NTSTATUS configuration_read(struct fx_usb_device *device)
{
    USB_CONFIGURATION_DESCRIPTOR head;
    ULONG length = sizeof(head);
    NTSTATUS status;

    RtlZeroMemory(&head, sizeof(head));
    status =
        fx_usb_descriptor_read(device, USB_CONFIGURATION_DESCRIPTOR_TYPE, 0, 0, &head, &length);
    if (!NT_SUCCESS(status))
        return status;
    if (length < sizeof(head) || head.wTotalLength < sizeof(head))
        return STATUS_UNSUCCESSFUL;
    device->configuration = ExAllocatePoolZero(NonPagedPoolNx, head.wTotalLength, FX_TAG);
    if (device->configuration == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    length = head.wTotalLength;
    status = fx_usb_descriptor_read(device, USB_CONFIGURATION_DESCRIPTOR_TYPE, 0, 0,
                                    device->configuration, &length);
    if (!NT_SUCCESS(status))
        return status;
    if (length != head.wTotalLength || device->configuration->wTotalLength != head.wTotalLength ||
        device->configuration->bLength < sizeof(head))
        return STATUS_UNSUCCESSFUL;
    if (head.bmAttributes & USB_CONFIG_SELF_POWERED)
        device->traits |= WDF_USB_DEVICE_TRAIT_SELF_POWERED;
    if (head.bmAttributes & USB_CONFIG_REMOTE_WAKEUP)
        device->traits |= WDF_USB_DEVICE_TRAIT_REMOTE_WAKE_CAPABLE;
    return STATUS_SUCCESS;
}

NTSTATUS fx_usb_device_create(struct fx_device *owner, PWDF_OBJECT_ATTRIBUTES attributes,
                              struct fx_usb_device **out_device)
{
    struct fx_globals *globals = owner->object.globals;
    struct fx_usb_device *device;
    struct fx_object *object;
    ULONG length = sizeof(USB_DEVICE_DESCRIPTOR);
    NTSTATUS status;

    if (owner->lower == NULL) {
        fx_log(globals, FX_LOG_ERROR, "WDFDEVICE %p has no stack below it: no USB target for it",
               fx_handle_of(&owner->object));
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = fx_object_create(globals, &fx_type_usb_device, 0, attributes, &owner->object, &object);
    if (!NT_SUCCESS(status))
        return status;
    device = (struct fx_usb_device *)object;
    fx_target_init(&device->target, FX_TARGET_USB_DEVICE, owner);
    fx_target_aim(&device->target, owner->lower, owner->physical, NULL);
    status = fx_usb_descriptor_read(device, USB_DEVICE_DESCRIPTOR_TYPE, 0, 0, &device->descriptor,
                                    &length);
    if (NT_SUCCESS(status) && length < sizeof(USB_DEVICE_DESCRIPTOR))
        status = STATUS_UNSUCCESSFUL;
    if (NT_SUCCESS(status))
        status = configuration_read(device);
    if (NT_SUCCESS(status))
        status = interfaces_make(device);
    if (!NT_SUCCESS(status)) {
        fx_log(globals, FX_LOG_ERROR, "WDFDEVICE %p: its USB descriptors could not be read, %x",
               fx_handle_of(&owner->object), status);
        fx_object_abandon(object);
        return status;
    }
    *out_device = device;
    return STATUS_SUCCESS;
}

NTSTATUS fx_usb_connected(struct fx_usb_device *device)
{
    ULONG port = 0;
    NTSTATUS status = fx_usb_control_wait(device, IOCTL_INTERNAL_USB_GET_PORT_STATUS, &port);

    if (NT_SUCCESS(status) && !(port & USBD_PORT_CONNECTED))
        return STATUS_DEVICE_DOES_NOT_EXIST;
    return status;
}
