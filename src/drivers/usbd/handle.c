/* SPDX-License-Identifier: MIT */
/*
 * handle.c - a client's registration with the USB stack, and the URBs allocated with it.
 *
 * In comes the device below the client, out come handles and URBs of the client's pool tag. The
 * stack is one of USB 2.0 as Windows 7 has it: it knows interface version 0x600, an URB has no
 * context of the stack's, and what there is to ask about is the bus interface's device speed.
 */
#include "usbd.h"

struct usbd_handle {
    ULONG tag;
    BOOLEAN high_speed;
};

/* The stack's bus interface, by IRP_MN_QUERY_INTERFACE; the caller dereferences it. */
static NTSTATUS bus_interface_get(PDEVICE_OBJECT target, PUSB_BUS_INTERFACE_USBDI_V1 out)
{
    IO_STATUS_BLOCK status = {.Status = STATUS_NOT_SUPPORTED};
    PIO_STACK_LOCATION stack;
    KEVENT done;
    PIRP irp;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, target, NULL, 0, NULL, &done, &status);
    if (!irp)
        return STATUS_INSUFFICIENT_RESOURCES;
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    RtlZeroMemory(out, sizeof *out);
    stack = IoGetNextIrpStackLocation(irp);
    stack->MinorFunction = IRP_MN_QUERY_INTERFACE;
    stack->Parameters.QueryInterface.InterfaceType = &USB_BUS_INTERFACE_USBDI_GUID;
    stack->Parameters.QueryInterface.Size = sizeof *out;
    stack->Parameters.QueryInterface.Version = USB_BUSIF_USBDI_VERSION_1;
    stack->Parameters.QueryInterface.Interface = (PINTERFACE)out;
    if (IoCallDriver(target, irp) == STATUS_PENDING)
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    return status.Status;
}

static BOOLEAN high_speed_ask(PDEVICE_OBJECT target)
{
    USB_BUS_INTERFACE_USBDI_V1 bus;
    BOOLEAN high = FALSE;

    if (!NT_SUCCESS(bus_interface_get(target, &bus)))
        return FALSE;
    if (bus.IsDeviceHighSpeed)
        high = bus.IsDeviceHighSpeed(bus.BusContext);
    if (bus.InterfaceDereference)
        bus.InterfaceDereference(bus.BusContext);
    return high;
}

NTSTATUS NTAPI USBD_CreateHandle(PDEVICE_OBJECT DeviceObject, PDEVICE_OBJECT TargetDeviceObject,
                                 ULONG USBDClientContractVersion, ULONG PoolTag,
                                 USBD_HANDLE *USBDHandle)
{
    struct usbd_handle *handle;

    if (KeGetCurrentIrql() != PASSIVE_LEVEL)
        return STATUS_INVALID_LEVEL;
    if (!DeviceObject || !TargetDeviceObject || !USBDHandle || !PoolTag ||
        USBDClientContractVersion != USBD_CLIENT_CONTRACT_VERSION_602)
        return STATUS_INVALID_PARAMETER;
    *USBDHandle = NULL;
    handle = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof *handle, PoolTag);
    if (!handle)
        return STATUS_INSUFFICIENT_RESOURCES;
    handle->tag = PoolTag;
    handle->high_speed = high_speed_ask(TargetDeviceObject);
    *USBDHandle = (USBD_HANDLE)handle;
    return STATUS_SUCCESS;
}

VOID NTAPI USBD_CloseHandle(USBD_HANDLE USBDHandle)
{
    struct usbd_handle *handle = (PVOID)USBDHandle;

    ExFreePoolWithTag(handle, handle->tag);
}

NTSTATUS usbd_urb_allocate(USBD_HANDLE from, SIZE_T size, PURB *out)
{
    struct usbd_handle *handle = (PVOID)from;
    PURB urb;

    if (out)
        *out = NULL;
    if (!handle || !out)
        return STATUS_INVALID_PARAMETER;
    urb = ExAllocatePoolWithTag(NonPagedPoolNx, size, handle->tag);
    if (!urb)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(urb, size);
    *out = urb;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI USBD_UrbAllocate(USBD_HANDLE USBDHandle, PURB *Urb)
{
    return usbd_urb_allocate(USBDHandle, sizeof(URB), Urb);
}

NTSTATUS NTAPI USBD_IsochUrbAllocate(USBD_HANDLE USBDHandle, ULONG NumberOfIsochPackets, PURB *Urb)
{
    SIZE_T size = GET_ISO_URB_SIZE((SIZE_T)NumberOfIsochPackets);
    NTSTATUS status;

    /* Length is sixteen bits wide: more packets than it can tell of are no URB. */
    if (size > MAXUSHORT) {
        if (Urb)
            *Urb = NULL;
        return STATUS_INVALID_PARAMETER;
    }
    status = usbd_urb_allocate(USBDHandle, size > sizeof(URB) ? size : sizeof(URB), Urb);
    if (!NT_SUCCESS(status))
        return status;
    (*Urb)->UrbHeader.Function = URB_FUNCTION_ISOCH_TRANSFER;
    (*Urb)->UrbHeader.Length = (USHORT)size;
    (*Urb)->UrbIsochronousTransfer.NumberOfPackets = NumberOfIsochPackets;
    return STATUS_SUCCESS;
}

VOID NTAPI USBD_UrbFree(USBD_HANDLE USBDHandle, PURB Urb)
{
    struct usbd_handle *handle = (PVOID)USBDHandle;

    ExFreePoolWithTag(Urb, handle->tag);
}

VOID NTAPI USBD_AssignUrbToIoStackLocation(USBD_HANDLE USBDHandle,
                                           PIO_STACK_LOCATION IoStackLocation, PURB Urb)
{
    UNREFERENCED_PARAMETER(USBDHandle);
    IoStackLocation->Parameters.Others.Argument1 = Urb;
}

NTSTATUS NTAPI USBD_QueryUsbCapability(USBD_HANDLE USBDHandle, const GUID *CapabilityType,
                                       ULONG OutputBufferLength, PUCHAR OutputBuffer,
                                       PULONG ResultLength)
{
    struct usbd_handle *handle = (PVOID)USBDHandle;

    if (ResultLength)
        *ResultLength = 0;
    if (!handle || !CapabilityType || !OutputBuffer != !OutputBufferLength)
        return STATUS_INVALID_PARAMETER;
    if (IsEqualGUID(CapabilityType, &GUID_USB_CAPABILITY_DEVICE_CONNECTION_HIGH_SPEED_COMPATIBLE))
        return handle->high_speed ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
    if (IsEqualGUID(CapabilityType, &GUID_USB_CAPABILITY_SELECTIVE_SUSPEND))
        return STATUS_SUCCESS;
    return STATUS_NOT_SUPPORTED;
}

BOOLEAN NTAPI USBD_IsInterfaceVersionSupported(USBD_HANDLE USBDHandle, ULONG USBDInterfaceVersion)
{
    return USBDHandle && USBDInterfaceVersion == USBD_INTERFACE_VERSION_600;
}

VOID NTAPI USBD_GetUSBDIVersion(PUSBD_VERSION_INFORMATION VersionInformation)
{
    VersionInformation->USBDI_Version = USBDI_VERSION;
    VersionInformation->Supported_USB_Version = 0x200;
}
