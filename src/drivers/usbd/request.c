/* SPDX-License-Identifier: MIT */
/*
 * request.c - the URBs that select a configuration or an interface's setting.
 *
 * In come descriptors and the list of interfaces wanted, out comes an URB that has room for each
 * endpoint; the list's entries point into it. What the descriptors say is read, never trusted
 * with a size: counts are bytes, their sum is checked against the URB's own length field.
 */
#include "usbd.h"

static SIZE_T interface_size(const USB_INTERFACE_DESCRIPTOR *from)
{
    return GET_USBD_INTERFACE_SIZE((SIZE_T)from->bNumEndpoints);
}

/* One interface with its pipes, as the client asks for it; the stack fills in the rest. */
static void interface_fill(const USB_INTERFACE_DESCRIPTOR *from, PUSBD_INTERFACE_INFORMATION to)
{
    to->Length = (USHORT)interface_size(from);
    to->InterfaceNumber = from->bInterfaceNumber;
    to->AlternateSetting = from->bAlternateSetting;
    to->Class = from->bInterfaceClass;
    to->SubClass = from->bInterfaceSubClass;
    to->Protocol = from->bInterfaceProtocol;
    to->NumberOfPipes = from->bNumEndpoints;
    for (ULONG i = 0; i < from->bNumEndpoints; i++)
        to->Pipes[i].MaximumTransferSize = USBD_DEFAULT_MAXIMUM_TRANSFER_SIZE;
}

/* What the whole request needs; 0: more than its length field can say. */
static SIZE_T configuration_size(const USBD_INTERFACE_LIST_ENTRY *list)
{
    SIZE_T size = FIELD_OFFSET(struct _URB_SELECT_CONFIGURATION, Interface);

    for (; list->InterfaceDescriptor; list++)
        size += interface_size(list->InterfaceDescriptor);
    if (size < sizeof(struct _URB_SELECT_CONFIGURATION))
        size = sizeof(struct _URB_SELECT_CONFIGURATION);
    return size <= MAXUSHORT ? size : 0;
}

static void configuration_fill(PUSB_CONFIGURATION_DESCRIPTOR descriptor,
                               PUSBD_INTERFACE_LIST_ENTRY list, SIZE_T size, PURB urb)
{
    PUCHAR at = (PUCHAR)&urb->UrbSelectConfiguration.Interface;

    urb->UrbHeader.Function = URB_FUNCTION_SELECT_CONFIGURATION;
    urb->UrbHeader.Length = (USHORT)size;
    urb->UrbSelectConfiguration.ConfigurationDescriptor = descriptor;
    for (; list->InterfaceDescriptor; list++) {
        list->Interface = (PUSBD_INTERFACE_INFORMATION)at;
        interface_fill(list->InterfaceDescriptor, list->Interface);
        at += list->Interface->Length;
    }
}

/* Doc:     nf-usbdlib-usbd_createconfigurationrequestex */
PURB NTAPI USBD_CreateConfigurationRequestEx(PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
                                             PUSBD_INTERFACE_LIST_ENTRY InterfaceList)
{
    SIZE_T size = configuration_size(InterfaceList);
    PURB urb = NULL;

    if (size)
        urb = ExAllocatePoolWithTag(NonPagedPoolNx, size, 'DBSU');
    if (!urb)
        return NULL;
    RtlZeroMemory(urb, size);
    configuration_fill(ConfigurationDescriptor, InterfaceList, size, urb);
    return urb;
}

/* Doc:     nf-usbdlib-usbd_selectconfigurballocateandbuild */
NTSTATUS NTAPI USBD_SelectConfigUrbAllocateAndBuild(
    USBD_HANDLE USBDHandle, PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
    PUSBD_INTERFACE_LIST_ENTRY InterfaceList, PURB *Urb)
{
    SIZE_T size = InterfaceList ? configuration_size(InterfaceList) : 0;
    NTSTATUS status;

    if (!size) {
        if (Urb)
            *Urb = NULL;
        return STATUS_INVALID_PARAMETER;
    }
    status = usbd_urb_allocate(USBDHandle, size, Urb);
    if (NT_SUCCESS(status))
        configuration_fill(ConfigurationDescriptor, InterfaceList, size, *Urb);
    return status;
}

/* Doc:     nf-usbdlib-usbd_selectinterfaceurballocateandbuild */
NTSTATUS NTAPI USBD_SelectInterfaceUrbAllocateAndBuild(
    USBD_HANDLE USBDHandle, USBD_CONFIGURATION_HANDLE ConfigurationHandle,
    PUSBD_INTERFACE_LIST_ENTRY InterfaceListEntry, PURB *Urb)
{
    SIZE_T size = FIELD_OFFSET(struct _URB_SELECT_INTERFACE, Interface);
    NTSTATUS status;

    if (!ConfigurationHandle || !InterfaceListEntry || !InterfaceListEntry->InterfaceDescriptor) {
        if (Urb)
            *Urb = NULL;
        return STATUS_INVALID_PARAMETER;
    }
    size += interface_size(InterfaceListEntry->InterfaceDescriptor);
    if (size < sizeof(struct _URB_SELECT_INTERFACE))
        size = sizeof(struct _URB_SELECT_INTERFACE);
    status = usbd_urb_allocate(USBDHandle, size, Urb);
    if (!NT_SUCCESS(status))
        return status;
    (*Urb)->UrbHeader.Function = URB_FUNCTION_SELECT_INTERFACE;
    (*Urb)->UrbHeader.Length = (USHORT)size;
    (*Urb)->UrbSelectInterface.ConfigurationHandle = ConfigurationHandle;
    InterfaceListEntry->Interface = &(*Urb)->UrbSelectInterface.Interface;
    interface_fill(InterfaceListEntry->InterfaceDescriptor, InterfaceListEntry->Interface);
    return STATUS_SUCCESS;
}

/*
 * Room for the first setting of each interface, whose number the caller finds in the descriptor.
 * Doc:     nf-usbdlib-usbd_createconfigurationrequest
 */
PURB NTAPI USBD_CreateConfigurationRequest(PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
                                           PUSHORT Siz)
{
    PUSBD_INTERFACE_LIST_ENTRY list;
    PUSB_INTERFACE_DESCRIPTOR one = NULL;
    PVOID at = ConfigurationDescriptor;
    ULONG count = 0;
    PURB urb;

    *Siz = 0;
    list = ExAllocatePoolWithTag(
        NonPagedPoolNx, (ConfigurationDescriptor->bNumInterfaces + 1) * sizeof *list, 'DBSU');
    if (!list)
        return NULL;
    for (; count < ConfigurationDescriptor->bNumInterfaces; count++) {
        one = USBD_ParseConfigurationDescriptorEx(ConfigurationDescriptor, at, -1, 0, -1, -1, -1);
        if (!one)
            break;
        list[count].InterfaceDescriptor = one;
        at = (PUCHAR)one + one->bLength;
    }
    list[count].InterfaceDescriptor = NULL;
    urb = USBD_CreateConfigurationRequestEx(ConfigurationDescriptor, list);
    ExFreePoolWithTag(list, 'DBSU');
    if (urb)
        *Siz = urb->UrbHeader.Length;
    return urb;
}

/* Doc:     nf-usbdlib-usbd_getinterfacelength */
ULONG NTAPI USBD_GetInterfaceLength(PUSB_INTERFACE_DESCRIPTOR InterfaceDescriptor, PUCHAR BufferEnd)
{
    PUCHAR start = (PUCHAR)InterfaceDescriptor, at = start;

    while (BufferEnd - at >= (LONG_PTR)sizeof(USB_COMMON_DESCRIPTOR) &&
           at[0] >= sizeof(USB_COMMON_DESCRIPTOR) && at[0] <= BufferEnd - at) {
        if (at != start && at[1] == USB_INTERFACE_DESCRIPTOR_TYPE)
            break;
        at += at[0];
    }
    return (ULONG)(at - start);
}
