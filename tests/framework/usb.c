/* SPDX-License-Identifier: MIT */
/* usb.c - USB targets over a lower driver that answers URBs from a table of descriptors:
 * descriptors and strings, configurations and settings, transfers, the continuous reader.
 */
#include "stack.h"
#include "target_lower.h"

#include <usb.h>
#include <usbdlib.h>
#include <usbioctl.h>
#include <wdfusb.h>

#define PACKET 64

#pragma pack(push, 1)
static const struct {
    USB_CONFIGURATION_DESCRIPTOR configuration;
    USB_INTERFACE_DESCRIPTOR first;
    USB_ENDPOINT_DESCRIPTOR in, out;
    USB_INTERFACE_DESCRIPTOR second;
    USB_ENDPOINT_DESCRIPTOR interrupt;
} described = {
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
#pragma pack(pop)

static const USB_DEVICE_DESCRIPTOR device_descriptor = {sizeof(USB_DEVICE_DESCRIPTOR),
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

static WDFDEVICE device;
static struct stack stack;

/* What the bus was asked for last, and how it is. */
static ULONG port_status, configured, setting, resets, aborts, port_resets;
static UCHAR written[PACKET];
static WDF_USB_CONTROL_SETUP_PACKET last_setup;
static BOOLEAN keep_reads;

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

    setting = info->AlternateSetting;
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
    RtlCopyMemory(&last_setup, transfer->SetupPacket, sizeof(last_setup));
    if (last_setup.Packet.bm.Request.Dir == BMREQUEST_HOST_TO_DEVICE) {
        RtlCopyMemory(written, transfer->TransferBuffer, transfer->TransferBufferLength);
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
        RtlCopyMemory(written, bytes, min(transfer->TransferBufferLength, PACKET));
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
        configured = urb->UrbSelectConfiguration.ConfigurationDescriptor != NULL;
        urb->UrbSelectConfiguration.ConfigurationHandle = (PVOID)(ULONG_PTR)(configured ? 7 : 0);
        if (configured)
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
        if (keep_reads)
            return FALSE;
        *status = transfer_answer(&urb->UrbBulkOrInterruptTransfer);
        break;
    case URB_FUNCTION_ABORT_PIPE:
        aborts++;
        break;
    case URB_FUNCTION_SYNC_RESET_PIPE_AND_CLEAR_STALL:
        resets++;
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
        *(PULONG)at->Parameters.Others.Argument1 = port_status;
        return TRUE;
    case IOCTL_INTERNAL_USB_RESET_PORT:
    case IOCTL_INTERNAL_USB_CYCLE_PORT:
        port_resets++;
        return TRUE;
    default:
        *status = STATUS_NOT_SUPPORTED;
        return TRUE;
    }
}

/* ---- a started device with its USB target --------------------------------------------------- */

static WDFUSBDEVICE usb;

static BOOLEAN begin(void)
{
    NTSTATUS status;

    if (!NT_SUCCESS(lower_make(DO_BUFFERED_IO | DO_POWER_PAGABLE)))
        return FALSE;
    lower.serve = bus_serve;
    port_status = USBD_PORT_CONNECTED | USBD_PORT_ENABLED;
    configured = setting = resets = aborts = port_resets = 0;
    keep_reads = FALSE;
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

static void end(void)
{
    expect_status(stack_pnp(&stack, IRP_MN_REMOVE_DEVICE, NULL, NULL), STATUS_SUCCESS);
    ObDereferenceObject(stack.top);
    lower_drop();
}

/* Its only interface, configured. */
static WDFUSBINTERFACE configure(void)
{
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS params;

    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_SINGLE_INTERFACE(&params);
    expect_status(WdfUsbTargetDeviceSelectConfig(usb, WDF_NO_OBJECT_ATTRIBUTES, &params),
                  STATUS_SUCCESS);
    expect_number(params.Types.SingleInterface.NumberConfiguredPipes, 2);
    return params.Types.SingleInterface.ConfiguredUsbInterface;
}

static void usb_device(void)
{
    WDF_USB_DEVICE_INFORMATION info;
    USB_DEVICE_DESCRIPTOR descriptor;
    UCHAR bytes[sizeof(described)];
    USHORT length = 0, text[8];
    WDFMEMORY memory;
    ULONG frame = 0;
    URB urb;

    if (!begin())
        return;
    WdfUsbTargetDeviceGetDeviceDescriptor(usb, &descriptor);
    expect(RtlEqualMemory(&descriptor, &device_descriptor, sizeof(descriptor)));
    expect_status(WdfUsbTargetDeviceRetrieveConfigDescriptor(usb, NULL, &length),
                  STATUS_BUFFER_TOO_SMALL);
    expect_number(length, sizeof(described));
    expect_status(WdfUsbTargetDeviceRetrieveConfigDescriptor(usb, bytes, &length), STATUS_SUCCESS);
    expect(RtlEqualMemory(bytes, &described, sizeof(described)));
    WDF_USB_DEVICE_INFORMATION_INIT(&info);
    expect_status(WdfUsbTargetDeviceRetrieveInformation(usb, &info), STATUS_SUCCESS);
    expect_number(info.Traits, WDF_USB_DEVICE_TRAIT_REMOTE_WAKE_CAPABLE);

    length = RTL_NUMBER_OF(text);
    expect_status(WdfUsbTargetDeviceQueryString(usb, NULL, NULL, text, &length, 2, 0x409),
                  STATUS_SUCCESS);
    expect_number(length, 4);
    expect(text[0] == 'c' && text[3] == 'e');
    length = 0;
    expect_status(WdfUsbTargetDeviceQueryString(usb, NULL, NULL, NULL, &length, 2, 0x409),
                  STATUS_SUCCESS);
    expect_number(length, 4);
    expect_status(WdfUsbTargetDeviceAllocAndQueryString(usb, WDF_NO_OBJECT_ATTRIBUTES, &memory,
                                                        &length, 2, 0x409),
                  STATUS_SUCCESS);
    expect(((PUSHORT)WdfMemoryGetBuffer(memory, NULL))[2] == 'v');
    WdfObjectDelete(memory);
    expect_status(WdfUsbTargetDeviceAllocAndQueryString(usb, WDF_NO_OBJECT_ATTRIBUTES, &memory,
                                                        &length, 9, 0x409),
                  STATUS_UNSUCCESSFUL);

    expect_status(WdfUsbTargetDeviceIsConnectedSynchronous(usb), STATUS_SUCCESS);
    expect_status(WdfUsbTargetDeviceResetPortSynchronously(usb), STATUS_SUCCESS);
    expect_status(WdfUsbTargetDeviceCyclePortSynchronously(usb), STATUS_SUCCESS);
    expect_number(port_resets, 2);
    port_status = 0;
    expect_status(WdfUsbTargetDeviceIsConnectedSynchronous(usb), STATUS_DEVICE_DOES_NOT_EXIST);
    expect_status(WdfUsbTargetDeviceResetPortSynchronously(usb), STATUS_DEVICE_DOES_NOT_EXIST);
    expect_number(port_resets, 2);
    expect_status(WdfUsbTargetDeviceRetrieveCurrentFrameNumber(usb, &frame), STATUS_SUCCESS);
    expect_number(frame, 1234);
    RtlZeroMemory(&urb, sizeof(urb));
    urb.UrbHeader.Length = sizeof(urb.UrbFrameLengthControl);
    urb.UrbHeader.Function = URB_FUNCTION_TAKE_FRAME_LENGTH_CONTROL;
    expect_status(WdfUsbTargetDeviceSendUrbSynchronously(usb, NULL, NULL, &urb),
                  STATUS_INVALID_PARAMETER);
    expect_number(urb.UrbHeader.Status, USBD_STATUS_INVALID_URB_FUNCTION);
    end();
}

static void usb_control(void)
{
    WDF_USB_CONTROL_SETUP_PACKET setup;
    WDF_REQUEST_COMPLETION_PARAMS params;
    WDF_REQUEST_SEND_OPTIONS options;
    WDF_MEMORY_DESCRIPTOR descriptor;
    WDFMEMORY memory;
    WDFREQUEST request;
    UCHAR bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    ULONG moved = 0;

    if (!begin())
        return;
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&descriptor, bytes, sizeof(bytes));
    WDF_USB_CONTROL_SETUP_PACKET_INIT_VENDOR(&setup, BmRequestHostToDevice, BmRequestToDevice, 0xd8,
                                             0x1234, 0x55);
    expect_status(WdfUsbTargetDeviceSendControlTransferSynchronously(usb, NULL, NULL, &setup,
                                                                     &descriptor, &moved),
                  STATUS_SUCCESS);
    expect_number(moved, 8);
    expect_number(last_setup.Packet.bRequest, 0xd8);
    expect_number(last_setup.Packet.wValue.Value, 0x1234);
    expect_number(last_setup.Packet.wLength, 8);
    expect(written[7] == 8);
    WDF_USB_CONTROL_SETUP_PACKET_INIT_VENDOR(&setup, BmRequestDeviceToHost, BmRequestToDevice, 0xd6,
                                             0, 0);
    expect_status(WdfUsbTargetDeviceSendControlTransferSynchronously(usb, NULL, NULL, &setup,
                                                                     &descriptor, &moved),
                  STATUS_SUCCESS);
    expect_number(moved, 4);
    expect(bytes[3] == 0x5a && bytes[4] == 5);

    /* Formatted. */
    expect_status(
        WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, NonPagedPoolNx, 'tseT', 8, &memory, NULL),
        STATUS_SUCCESS);
    expect_status(
        WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, WdfUsbTargetDeviceGetIoTarget(usb), &request),
        STATUS_SUCCESS);
    expect_status(
        WdfUsbTargetDeviceFormatRequestForControlTransfer(usb, request, &setup, memory, NULL),
        STATUS_SUCCESS);
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
    expect(WdfRequestSend(request, WdfUsbTargetDeviceGetIoTarget(usb), &options));
    WDF_REQUEST_COMPLETION_PARAMS_INIT(&params);
    WdfRequestGetCompletionParams(request, &params);
    expect_number(params.Type, WdfRequestTypeUsb);
    expect_number(params.Parameters.Usb.Completion->Type, WdfUsbRequestTypeDeviceControlTransfer);
    expect_number(params.Parameters.Usb.Completion->Parameters.DeviceControlTransfer.Length, 4);
    expect(params.Parameters.Usb.Completion->Parameters.DeviceControlTransfer.Buffer == memory);
    WdfObjectDelete(request);
    WdfObjectDelete(memory);
    end();
}

static void usb_configurations(void)
{
    WDF_USB_INTERFACE_SELECT_SETTING_PARAMS select;
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS params;
    USB_INTERFACE_DESCRIPTOR descriptor;
    WDF_USB_PIPE_INFORMATION info;
    WDFUSBINTERFACE interface;
    WDFUSBPIPE pipe;

    if (!begin())
        return;
    expect_number(WdfUsbTargetDeviceGetNumInterfaces(usb), 1);
    interface = configure();
    expect(interface == WdfUsbTargetDeviceGetInterface(usb, 0));
    expect(WdfUsbTargetDeviceWdmGetConfigurationHandle(usb) == (PVOID)7);
    expect_number(configured, 1);
    expect_number(WdfUsbInterfaceGetInterfaceNumber(interface), 0);
    expect_number(WdfUsbInterfaceGetNumSettings(interface), 2);
    expect_number(WdfUsbInterfaceGetNumEndpoints(interface, 0), 2);
    expect_number(WdfUsbInterfaceGetNumEndpoints(interface, 1), 1);
    expect_number(WdfUsbInterfaceGetConfiguredSettingIndex(interface), 0);
    WdfUsbInterfaceGetDescriptor(interface, 1, &descriptor);
    expect_number(descriptor.bAlternateSetting, 1);
    WDF_USB_PIPE_INFORMATION_INIT(&info);
    WdfUsbInterfaceGetEndpointInformation(interface, 1, 0, &info);
    expect_number(info.EndpointAddress, 0x83);
    expect_number(info.PipeType, WdfUsbPipeTypeInterrupt);
    pipe = WdfUsbInterfaceGetConfiguredPipe(interface, 0, &info);
    expect_number(info.EndpointAddress, 0x81);
    expect_number(info.MaximumPacketSize, PACKET);
    expect_number(info.PipeType, WdfUsbPipeTypeBulk);
    expect(WdfUsbTargetPipeIsInEndpoint(pipe) && !WdfUsbTargetPipeIsOutEndpoint(pipe));
    expect_number(WdfUsbTargetPipeGetType(pipe), WdfUsbPipeTypeBulk);
    expect(WdfUsbTargetPipeWdmGetPipeHandle(pipe) == (PVOID)0x81);
    expect(WdfUsbInterfaceGetConfiguredPipe(interface, 2, NULL) == NULL);

    WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_SETTING(&select, 1);
    expect_status(WdfUsbInterfaceSelectSetting(interface, WDF_NO_OBJECT_ATTRIBUTES, &select),
                  STATUS_SUCCESS);
    expect_number(WdfUsbInterfaceGetNumConfiguredPipes(interface), 1);
    expect_number(WdfUsbInterfaceGetConfiguredSettingIndex(interface), 1);
    pipe = WdfUsbInterfaceGetConfiguredPipe(interface, 0, NULL);
    WdfUsbTargetPipeGetInformation(pipe, &info);
    expect_number(info.EndpointAddress, 0x83);
    expect_number(info.SettingIndex, 1);
    WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_SETTING(&select, 2);
    expect_status(WdfUsbInterfaceSelectSetting(interface, WDF_NO_OBJECT_ATTRIBUTES, &select),
                  STATUS_INVALID_PARAMETER);

    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_MULTIPLE_INTERFACES(&params, 0, NULL);
    expect_status(WdfUsbTargetDeviceSelectConfig(usb, WDF_NO_OBJECT_ATTRIBUTES, &params),
                  STATUS_SUCCESS);
    expect_number(params.Types.MultiInterface.NumberOfConfiguredInterfaces, 1);
    expect_number(setting, 0);
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_DECONFIG(&params);
    expect_status(WdfUsbTargetDeviceSelectConfig(usb, WDF_NO_OBJECT_ATTRIBUTES, &params),
                  STATUS_SUCCESS);
    expect_number(configured, 0);
    expect_number(WdfUsbInterfaceGetNumConfiguredPipes(interface), 0);
    end();
}

static void usb_transfers(void)
{
    WDF_MEMORY_DESCRIPTOR descriptor;
    WDFUSBINTERFACE interface;
    WDFUSBPIPE in, out;
    UCHAR bytes[PACKET];
    ULONG moved = 0;

    if (!begin())
        return;
    interface = configure();
    in = WdfUsbInterfaceGetConfiguredPipe(interface, 0, NULL);
    out = WdfUsbInterfaceGetConfiguredPipe(interface, 1, NULL);
    RtlFillMemory(bytes, sizeof(bytes), 0x11);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&descriptor, bytes, sizeof(bytes));
    expect_status(WdfUsbTargetPipeWriteSynchronously(out, NULL, NULL, &descriptor, &moved),
                  STATUS_SUCCESS);
    expect_number(moved, PACKET);
    expect(written[PACKET - 1] == 0x11);
    expect_status(WdfUsbTargetPipeReadSynchronously(in, NULL, NULL, &descriptor, &moved),
                  STATUS_SUCCESS);
    expect_number(moved, 10);
    expect(bytes[9] == 0x33 && bytes[10] == 0x11);
    expect_status(WdfUsbTargetPipeReadSynchronously(out, NULL, NULL, &descriptor, &moved),
                  STATUS_INVALID_DEVICE_REQUEST);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&descriptor, bytes, 12);
    expect_status(WdfUsbTargetPipeReadSynchronously(in, NULL, NULL, &descriptor, &moved),
                  STATUS_INVALID_BUFFER_SIZE);
    WdfUsbTargetPipeSetNoMaximumPacketSizeCheck(in);
    expect_status(WdfUsbTargetPipeReadSynchronously(in, NULL, NULL, &descriptor, &moved),
                  STATUS_SUCCESS);
    expect_status(WdfUsbTargetPipeAbortSynchronously(in, NULL, NULL), STATUS_SUCCESS);
    expect_status(WdfUsbTargetPipeResetSynchronously(in, NULL, NULL), STATUS_SUCCESS);
    expect_number(aborts, 1);
    expect_number(resets, 1);
    end();
}

/* ---- the reader ----------------------------------------------------------------------------- */

static volatile LONG read_count, failed_count;
static KEVENT reader_failed;
static NTSTATUS failed_status;

static VOID evt_read(WDFUSBPIPE pipe, WDFMEMORY buffer, size_t bytes, WDFCONTEXT context)
{
    expect(context == &read_count);
    expect_number(((PUCHAR)WdfMemoryGetBuffer(buffer, NULL))[0], 0);
    InterlockedIncrement(&read_count);
}

static BOOLEAN evt_failed(WDFUSBPIPE pipe, NTSTATUS status, USBD_STATUS usbd)
{
    failed_status = status;
    InterlockedIncrement(&failed_count);
    KeSetEvent(&reader_failed, IO_NO_INCREMENT, FALSE);
    return TRUE;
}

static void usb_reader(void)
{
    WDF_USB_CONTINUOUS_READER_CONFIG config;
    WDFUSBPIPE pipe;
    WDFIOTARGET target;
    ULONG i;

    if (!begin())
        return;
    KeInitializeEvent(&reader_failed, NotificationEvent, FALSE);
    read_count = failed_count = 0;
    keep_reads = lower.keeps = TRUE;
    pipe = WdfUsbInterfaceGetConfiguredPipe(configure(), 0, NULL);
    WDF_USB_CONTINUOUS_READER_CONFIG_INIT(&config, evt_read, (WDFCONTEXT)&read_count, PACKET);
    config.EvtUsbTargetPipeReadersFailed = evt_failed;
    config.HeaderLength = 4;
    config.NumPendingReads = 3;
    expect_status(WdfUsbTargetPipeConfigContinuousReader(pipe, &config), STATUS_SUCCESS);
    expect_status(WdfUsbTargetPipeConfigContinuousReader(pipe, &config),
                  STATUS_INVALID_DEVICE_STATE);
    expect_number(lower.kept_count, 0);
    target = WdfUsbTargetPipeGetIoTarget(pipe);
    expect_status(WdfIoTargetStart(target), STATUS_SUCCESS);
    expect_number(lower.kept_count, 3);
    for (i = 0; i < 10; i++)
        expect(lower_finish(STATUS_SUCCESS, 0));
    expect_number(read_count, 10);
    expect_number(lower.kept_count, 3);

    /* One fails: the others are cancelled, the pipe is reset, all start again. */
    KeClearEvent(&lower.came);
    expect(lower_finish(STATUS_DEVICE_DATA_ERROR, 0));
    KeWaitForSingleObject(&reader_failed, Executive, KernelMode, FALSE, NULL);
    expect_status(failed_status, STATUS_DEVICE_DATA_ERROR);
    while (*(volatile LONG *)&lower.kept_count < 3)
        lower_wait();
    expect_number(failed_count, 1);
    expect_number(resets, 1);
    expect(lower_finish(STATUS_SUCCESS, 0));
    expect_number(read_count, 11);

    WdfIoTargetStop(target, WdfIoTargetCancelSentIo);
    expect_number(lower.kept_count, 0);
    expect_number(read_count, 11);
    expect_status(WdfIoTargetStart(target), STATUS_SUCCESS);
    expect_number(lower.kept_count, 3);
    end(); /* with reads on their way */
}

DRIVERTEST_LIST = {
    DRIVERTEST(usb_device),    DRIVERTEST(usb_control), DRIVERTEST(usb_configurations),
    DRIVERTEST(usb_transfers), DRIVERTEST(usb_reader),  DRIVERTEST_END,
};
