/* SPDX-License-Identifier: MIT */
/* usb_bus.c - see usb_bus.h. */
#include "usb_bus.h"
#include "stack.h"
#include "target_lower.h"

const struct usb_described described = {
    {sizeof(USB_CONFIGURATION_DESCRIPTOR), USB_CONFIGURATION_DESCRIPTOR_TYPE, sizeof(described), 1,
     1, 0, USB_CONFIG_BUS_POWERED | USB_CONFIG_REMOTE_WAKEUP, 50},
    {sizeof(USB_INTERFACE_DESCRIPTOR), USB_INTERFACE_DESCRIPTOR_TYPE, 0, 0, 2, 0xff, 0, 0, 0},
    {sizeof(USB_ENDPOINT_DESCRIPTOR), USB_ENDPOINT_DESCRIPTOR_TYPE, 0x81, USB_ENDPOINT_TYPE_BULK,
     PACKET, 0},
    {sizeof(USB_ENDPOINT_DESCRIPTOR), USB_ENDPOINT_DESCRIPTOR_TYPE, 0x02, USB_ENDPOINT_TYPE_BULK,
     PACKET, 0},
    {sizeof(USB_INTERFACE_DESCRIPTOR), USB_INTERFACE_DESCRIPTOR_TYPE, 0, 1, 1, 0xff, 0, 0, 0},
    {sizeof(USB_ENDPOINT_DESCRIPTOR), USB_ENDPOINT_DESCRIPTOR_TYPE, 0x83,
     USB_ENDPOINT_TYPE_INTERRUPT, 8, 10},
};

const USB_DEVICE_DESCRIPTOR device_descriptor = {sizeof(USB_DEVICE_DESCRIPTOR),
                                                 USB_DEVICE_DESCRIPTOR_TYPE,
                                                 0x200,
                                                 0xff,
                                                 0,
                                                 0,
                                                 64,
                                                 0x547,
                                                 0x1002,
                                                 0x100,
                                                 1,
                                                 2,
                                                 3,
                                                 1};

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init);
PFN_WDF_DRIVER_DEVICE_ADD kmdf_device_add = device_add;

WDFDEVICE device;
static struct stack stack;

struct usb_asked asked;

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    return WdfDeviceCreate(&init, WDF_NO_OBJECT_ATTRIBUTES, &device);
}

/* ---- the bus -------------------------------------------------------------------------------- */

static NTSTATUS descriptor_answer(struct _URB_CONTROL_DESCRIPTOR_REQUEST *get)
{
    static const UCHAR text[] = {10, USB_STRING_DESCRIPTOR_TYPE, 'c', 0, 'o', 0, 'v', 0, 'e', 0};
    const void *from;
    ULONG length;

    switch (get->DescriptorType) {
    case USB_DEVICE_DESCRIPTOR_TYPE:
        from = &device_descriptor;
        length = sizeof(device_descriptor);
        break;
    case USB_CONFIGURATION_DESCRIPTOR_TYPE:
        from = &described;
        length = sizeof(described);
        break;
    default:
        if (get->Index != 2)
            return STATUS_UNSUCCESSFUL;
        from = text;
        length = sizeof(text);
        break;
    }
    if (get->TransferBufferLength > length)
        get->TransferBufferLength = length;
    RtlCopyMemory(get->TransferBuffer, from, get->TransferBufferLength);
    return STATUS_SUCCESS;
}

static void interface_answer(PUSBD_INTERFACE_INFORMATION info)
{
    const USB_ENDPOINT_DESCRIPTOR *endpoint =
        info->AlternateSetting == 0 ? &described.in : &described.interrupt;
    ULONG i;

    asked.setting = info->AlternateSetting;
    for (i = 0; i < info->NumberOfPipes; i++, endpoint++) {
        info->Pipes[i].MaximumPacketSize = endpoint->wMaxPacketSize;
        info->Pipes[i].EndpointAddress = endpoint->bEndpointAddress;
        info->Pipes[i].Interval = endpoint->bInterval;
        info->Pipes[i].PipeType = (USBD_PIPE_TYPE)(endpoint->bmAttributes & 3);
        info->Pipes[i].PipeHandle = (USBD_PIPE_HANDLE)(ULONG_PTR)endpoint->bEndpointAddress;
    }
}

static NTSTATUS control_answer(struct _URB_CONTROL_TRANSFER *transfer)
{
    RtlCopyMemory(&asked.setup, transfer->SetupPacket, sizeof(asked.setup));
    if (asked.setup.Packet.bm.Request.Dir == BMREQUEST_HOST_TO_DEVICE) {
        RtlCopyMemory(asked.written, transfer->TransferBuffer, transfer->TransferBufferLength);
        return STATUS_SUCCESS;
    }
    if (transfer->TransferBufferLength > 4)
        transfer->TransferBufferLength = 4; /* a short one */
    RtlFillMemory(transfer->TransferBuffer, transfer->TransferBufferLength, 0x5a);
    return STATUS_SUCCESS;
}

static NTSTATUS transfer_answer(struct _URB_BULK_OR_INTERRUPT_TRANSFER *transfer)
{
    PUCHAR bytes = transfer->TransferBuffer;

    if (bytes == NULL)
        bytes = MmGetSystemAddressForMdlSafe(transfer->TransferBufferMDL, NormalPagePriority);
    if (!(transfer->TransferFlags & USBD_TRANSFER_DIRECTION_IN)) {
        RtlCopyMemory(asked.written, bytes, min(transfer->TransferBufferLength, PACKET));
        return STATUS_SUCCESS;
    }
    transfer->TransferBufferLength = min(transfer->TransferBufferLength, 10);
    RtlFillMemory(bytes, transfer->TransferBufferLength, 0x33);
    return STATUS_SUCCESS;
}

static BOOLEAN urb_serve(PURB urb, NTSTATUS *status)
{
    urb->UrbHeader.Status = USBD_STATUS_SUCCESS;
    *status = STATUS_SUCCESS;
    switch (urb->UrbHeader.Function) {
    case URB_FUNCTION_GET_DESCRIPTOR_FROM_DEVICE:
        *status = descriptor_answer(&urb->UrbControlDescriptorRequest);
        break;
    case URB_FUNCTION_SELECT_CONFIGURATION:
        asked.configured = urb->UrbSelectConfiguration.ConfigurationDescriptor != NULL;
        urb->UrbSelectConfiguration.ConfigurationHandle =
            (PVOID)(ULONG_PTR)(asked.configured ? 7 : 0);
        if (asked.configured)
            interface_answer(&urb->UrbSelectConfiguration.Interface);
        break;
    case URB_FUNCTION_SELECT_INTERFACE:
        expect(urb->UrbSelectInterface.ConfigurationHandle == (PVOID)7);
        interface_answer(&urb->UrbSelectInterface.Interface);
        break;
    case URB_FUNCTION_CONTROL_TRANSFER:
        *status = control_answer(&urb->UrbControlTransfer);
        break;
    case URB_FUNCTION_BULK_OR_INTERRUPT_TRANSFER:
        if (asked.keep_reads)
            return FALSE;
        *status = transfer_answer(&urb->UrbBulkOrInterruptTransfer);
        break;
    case URB_FUNCTION_ABORT_PIPE:
        asked.aborts++;
        break;
    case URB_FUNCTION_SYNC_RESET_PIPE_AND_CLEAR_STALL:
        asked.resets++;
        break;
    case URB_FUNCTION_GET_CURRENT_FRAME_NUMBER:
        urb->UrbGetCurrentFrameNumber.FrameNumber = 1234;
        break;
    default:
        urb->UrbHeader.Status = USBD_STATUS_INVALID_URB_FUNCTION;
        *status = STATUS_INVALID_PARAMETER;
        break;
    }
    return TRUE;
}

static BOOLEAN bus_serve(PIRP irp, PIO_STACK_LOCATION at, NTSTATUS *status)
{
    if (at->MajorFunction != IRP_MJ_INTERNAL_DEVICE_CONTROL)
        return FALSE;
    *status = STATUS_SUCCESS;
    switch (at->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_INTERNAL_USB_SUBMIT_URB:
        return urb_serve(at->Parameters.Others.Argument1, status);
    case IOCTL_INTERNAL_USB_GET_PORT_STATUS:
        *(PULONG)at->Parameters.Others.Argument1 = asked.port_status;
        return TRUE;
    case IOCTL_INTERNAL_USB_RESET_PORT:
    case IOCTL_INTERNAL_USB_CYCLE_PORT:
        asked.port_resets++;
        return TRUE;
    default:
        *status = STATUS_NOT_SUPPORTED;
        return TRUE;
    }
}

/* ---- a started device with its USB target --------------------------------------------------- */

WDFUSBDEVICE usb;

BOOLEAN usb_begin(void)
{
    NTSTATUS status;

    if (!NT_SUCCESS(lower_make(DO_BUFFERED_IO | DO_POWER_PAGABLE)))
        return FALSE;
    lower.serve = bus_serve;
    RtlZeroMemory(&asked, sizeof(asked));
    asked.port_status = USBD_PORT_CONNECTED | USBD_PORT_ENABLED;
    status = drivertest_driver->DriverExtension->AddDevice(drivertest_driver, lower.device);
    expect_status(status, STATUS_SUCCESS);
    RtlZeroMemory(&stack, sizeof(stack));
    stack.physical = lower.device;
    stack.top = IoGetAttachedDeviceReference(lower.device);
    expect_status(stack_start(&stack), STATUS_SUCCESS);
    status = WdfUsbTargetDeviceCreate(device, WDF_NO_OBJECT_ATTRIBUTES, &usb);
    expect_status(status, STATUS_SUCCESS);
    return NT_SUCCESS(status);
}

void usb_end(void)
{
    expect_status(stack_pnp(&stack, IRP_MN_REMOVE_DEVICE, NULL, NULL), STATUS_SUCCESS);
    ObDereferenceObject(stack.top);
    lower_drop();
}

WDFUSBINTERFACE usb_configure(void)
{
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS params;

    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_SINGLE_INTERFACE(&params);
    expect_status(WdfUsbTargetDeviceSelectConfig(usb, WDF_NO_OBJECT_ATTRIBUTES, &params),
                  STATUS_SUCCESS);
    expect_number(params.Types.SingleInterface.NumberConfiguredPipes, 2);
    return params.Types.SingleInterface.ConfiguredUsbInterface;
}
