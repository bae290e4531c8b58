/* SPDX-License-Identifier: MIT */
/*
 * usbd_handles.c - usbdex.lib: registered clients, URBs of their tag, requests built for selecting.
 *
 * The device below the client is one of this driver's own, which answers for a bus.
 */
#include <initguid.h>

#include "drivertest.h"

#include <usbbusif.h>
#include <usbdlib.h>

#define TAG 'hseT'

static BOOLEAN bus_is_fast;
static LONG references;

static BOOLEAN NTAPI is_fast(PVOID context)
{
    return context == drivertest_driver && bus_is_fast;
}

static VOID NTAPI released(PVOID context)
{
    UNREFERENCED_PARAMETER(context);
    references--;
}

static NTSTATUS NTAPI bus_pnp(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    PUSB_BUS_INTERFACE_USBDI_V1 out = (PVOID)stack->Parameters.QueryInterface.Interface;
    NTSTATUS status = irp->IoStatus.Status;
    UNREFERENCED_PARAMETER(device);
    if (stack->MinorFunction == IRP_MN_QUERY_INTERFACE &&
        IsEqualGUID(stack->Parameters.QueryInterface.InterfaceType,
                    &USB_BUS_INTERFACE_USBDI_GUID) &&
        stack->Parameters.QueryInterface.Version == USB_BUSIF_USBDI_VERSION_1 &&
        stack->Parameters.QueryInterface.Size == sizeof *out) {
        out->BusContext = drivertest_driver;
        out->InterfaceDereference = released;
        out->IsDeviceHighSpeed = is_fast;
        references++;
        status = STATUS_SUCCESS;
    }
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static USBD_HANDLE opened(BOOLEAN answers, BOOLEAN fast)
{
    PDRIVER_DISPATCH before = drivertest_driver->MajorFunction[IRP_MJ_PNP];
    USBD_HANDLE handle = NULL;
    bus_is_fast = fast;
    if (answers)
        drivertest_driver->MajorFunction[IRP_MJ_PNP] = bus_pnp;
    expect_status(USBD_CreateHandle(drivertest_device, drivertest_device,
                                    USBD_CLIENT_CONTRACT_VERSION_602, TAG, &handle),
                  STATUS_SUCCESS);
    drivertest_driver->MajorFunction[IRP_MJ_PNP] = before;
    expect_number(references, 0);
    return handle;
}

static void arguments(void)
{
    USBD_HANDLE handle = NULL;
    KIRQL irql;
    expect_status(USBD_CreateHandle(NULL, drivertest_device, 0x602, TAG, &handle),
                  STATUS_INVALID_PARAMETER);
    expect_status(USBD_CreateHandle(drivertest_device, NULL, 0x602, TAG, &handle),
                  STATUS_INVALID_PARAMETER);
    expect_status(USBD_CreateHandle(drivertest_device, drivertest_device, 0x601, TAG, &handle),
                  STATUS_INVALID_PARAMETER);
    expect_status(USBD_CreateHandle(drivertest_device, drivertest_device, 0x602, 0, &handle),
                  STATUS_INVALID_PARAMETER);
    expect_status(USBD_CreateHandle(drivertest_device, drivertest_device, 0x602, TAG, NULL),
                  STATUS_INVALID_PARAMETER);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    expect_status(USBD_CreateHandle(drivertest_device, drivertest_device, 0x602, TAG, &handle),
                  STATUS_INVALID_LEVEL);
    KeLowerIrql(irql);
}

static void capabilities(void)
{
    const GUID *high = &GUID_USB_CAPABILITY_DEVICE_CONNECTION_HIGH_SPEED_COMPATIBLE;
    USBD_VERSION_INFORMATION version = {0};
    UCHAR streams[2];
    ULONG length = 7;
    USBD_HANDLE handle = opened(TRUE, TRUE);
    expect_status(USBD_QueryUsbCapability(handle, high, 0, NULL, &length), STATUS_SUCCESS);
    expect_number(length, 0);
    expect_status(
        USBD_QueryUsbCapability(handle, &GUID_USB_CAPABILITY_STATIC_STREAMS, 2, streams, NULL),
        STATUS_NOT_SUPPORTED);
    expect_status(USBD_QueryUsbCapability(handle, high, 2, NULL, NULL), STATUS_INVALID_PARAMETER);
    expect_status(USBD_QueryUsbCapability(handle, high, 0, streams, NULL),
                  STATUS_INVALID_PARAMETER);
    expect_status(USBD_QueryUsbCapability(handle, NULL, 0, NULL, NULL), STATUS_INVALID_PARAMETER);
    expect(USBD_IsInterfaceVersionSupported(handle, USBD_INTERFACE_VERSION_600));
    expect(!USBD_IsInterfaceVersionSupported(handle, USBD_INTERFACE_VERSION_602));
    USBD_CloseHandle(handle);
    handle = opened(TRUE, FALSE);
    expect_status(USBD_QueryUsbCapability(handle, high, 0, NULL, NULL), STATUS_NOT_SUPPORTED);
    USBD_CloseHandle(handle);
    handle = opened(FALSE, TRUE); /* a stack that knows no such interface */
    expect_status(USBD_QueryUsbCapability(handle, high, 0, NULL, NULL), STATUS_NOT_SUPPORTED);
    USBD_CloseHandle(handle);
    USBD_GetUSBDIVersion(&version);
    expect(version.USBDI_Version == 0x600 && version.Supported_USB_Version == 0x200);
}

static void urbs(void)
{
    USBD_HANDLE handle = opened(FALSE, FALSE);
    IO_STACK_LOCATION stack = {0};
    PURB urb = (PURB)&stack;
    expect_status(USBD_UrbAllocate(NULL, &urb), STATUS_INVALID_PARAMETER);
    expect(!urb);
    expect_status(USBD_UrbAllocate(handle, NULL), STATUS_INVALID_PARAMETER);
    expect_status(USBD_UrbAllocate(handle, &urb), STATUS_SUCCESS);
    for (ULONG i = 0; i < sizeof *urb; i++)
        expect_number(((PUCHAR)urb)[i], 0);
    USBD_AssignUrbToIoStackLocation(handle, &stack, urb);
    expect(stack.Parameters.Others.Argument1 == urb);
    USBD_UrbFree(handle, urb);
    expect_status(USBD_IsochUrbAllocate(handle, 32, &urb), STATUS_SUCCESS);
    expect_number(urb->UrbHeader.Function, URB_FUNCTION_ISOCH_TRANSFER);
    expect_number(urb->UrbHeader.Length, GET_ISO_URB_SIZE(32));
    expect_number(urb->UrbIsochronousTransfer.NumberOfPackets, 32);
    urb->UrbIsochronousTransfer.IsoPacket[31].Length = 1; /* there is room */
    USBD_UrbFree(handle, urb);
    expect_status(USBD_IsochUrbAllocate(handle, 0x10000, &urb), STATUS_INVALID_PARAMETER);
    expect(!urb);
    USBD_CloseHandle(handle);
}

/* Two interfaces of two and no endpoints, told by descriptors in a row. */
static UCHAR bytes[41] = {
    9, 2, 41,   0, 2, 1,    0, 0x80, 50, /* configuration */
    9, 4, 3,    0, 2, 0xff, 1, 2,    0,  /* interface 3 */
    7, 5, 0x81, 2, 0, 2,    0,           /* bulk IN */
    7, 5, 0x02, 2, 0, 2,    0,           /* bulk OUT */
    9, 4, 5,    0, 0, 3,    1, 2,    0,  /* interface 5 */
};

static void selected(PURB urb, const USBD_INTERFACE_LIST_ENTRY *list)
{
    PUSBD_INTERFACE_INFORMATION first = &urb->UrbSelectConfiguration.Interface, second;
    second = (PVOID)((PUCHAR)first + first->Length);
    expect_number(urb->UrbHeader.Function, URB_FUNCTION_SELECT_CONFIGURATION);
    expect((PVOID)urb->UrbSelectConfiguration.ConfigurationDescriptor == bytes);
    expect(!list || (list[0].Interface == first && list[1].Interface == second));
    expect_number(first->Length, GET_USBD_INTERFACE_SIZE(2));
    expect(first->InterfaceNumber == 3 && first->Class == 0xff && first->SubClass == 1 &&
           first->Protocol == 2 && first->NumberOfPipes == 2);
    expect_number(first->Pipes[1].MaximumTransferSize, USBD_DEFAULT_MAXIMUM_TRANSFER_SIZE);
    expect_number(second->Length, GET_USBD_INTERFACE_SIZE(0));
    expect(second->InterfaceNumber == 5 && second->NumberOfPipes == 0);
    expect_number(urb->UrbHeader.Length, (PUCHAR)second + second->Length - (PUCHAR)urb);
}

static void selecting(void)
{
    PUSB_CONFIGURATION_DESCRIPTOR config = (PVOID)bytes;
    USBD_INTERFACE_LIST_ENTRY list[3] = {{.InterfaceDescriptor = (PVOID)(bytes + 9)},
                                         {.InterfaceDescriptor = (PVOID)(bytes + 32)}};
    USBD_HANDLE handle = opened(FALSE, FALSE);
    USHORT size = 0;
    PURB urb;
    expect_status(USBD_SelectConfigUrbAllocateAndBuild(handle, config, list, &urb), STATUS_SUCCESS);
    selected(urb, list);
    USBD_UrbFree(handle, urb);
    expect_status(USBD_SelectConfigUrbAllocateAndBuild(NULL, config, list, &urb),
                  STATUS_INVALID_PARAMETER);
    urb = USBD_CreateConfigurationRequestEx(config, list);
    selected(urb, list);
    ExFreePool(urb);
    urb = USBD_CreateConfigurationRequest(config, &size);
    selected(urb, NULL);
    expect_number(size, urb->UrbHeader.Length);
    ExFreePool(urb);
    list[0].Interface = NULL;
    expect_status(USBD_SelectInterfaceUrbAllocateAndBuild(handle, drivertest_driver, list, &urb),
                  STATUS_SUCCESS);
    expect_number(urb->UrbHeader.Function, URB_FUNCTION_SELECT_INTERFACE);
    expect_number(urb->UrbHeader.Length, GET_SELECT_INTERFACE_REQUEST_SIZE(2));
    expect(urb->UrbSelectInterface.ConfigurationHandle == drivertest_driver);
    expect(list[0].Interface == &urb->UrbSelectInterface.Interface &&
           list[0].Interface->NumberOfPipes == 2);
    USBD_UrbFree(handle, urb);
    expect_status(USBD_SelectInterfaceUrbAllocateAndBuild(handle, NULL, list, &urb),
                  STATUS_INVALID_PARAMETER);
    expect(!urb);
    expect_number(USBD_GetInterfaceLength((PVOID)(bytes + 9), bytes + sizeof bytes), 23);
    expect_number(USBD_GetInterfaceLength((PVOID)(bytes + 32), bytes + sizeof bytes), 9);
    USBD_CloseHandle(handle);
}

DRIVERTEST_LIST = {
    DRIVERTEST(arguments), DRIVERTEST(capabilities), DRIVERTEST(urbs),
    DRIVERTEST(selecting), DRIVERTEST_END,
};
