/* SPDX-License-Identifier: MIT */
/* usb.c - USB targets: descriptors and strings, configurations and settings, transfers, the
 * continuous reader. What is formatted first and sent later: usb_formats.c.
 */
#include "target_lower.h"
#include "usb_bus.h"

static void usb_device(void)
{
    WDF_USB_DEVICE_INFORMATION info;
    USB_DEVICE_DESCRIPTOR descriptor;
    UCHAR bytes[sizeof(described)];
    USHORT length = 0, text[8];
    WDFMEMORY memory;
    ULONG frame = 0;
    URB urb;

    if (!usb_begin())
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
    expect_number(asked.port_resets, 2);
    asked.port_status = 0;
    expect_status(WdfUsbTargetDeviceIsConnectedSynchronous(usb), STATUS_DEVICE_DOES_NOT_EXIST);
    expect_status(WdfUsbTargetDeviceResetPortSynchronously(usb), STATUS_DEVICE_DOES_NOT_EXIST);
    expect_number(asked.port_resets, 2);
    expect_status(WdfUsbTargetDeviceRetrieveCurrentFrameNumber(usb, &frame), STATUS_SUCCESS);
    expect_number(frame, 1234);
    RtlZeroMemory(&urb, sizeof(urb));
    urb.UrbHeader.Length = sizeof(urb.UrbFrameLengthControl);
    urb.UrbHeader.Function = URB_FUNCTION_TAKE_FRAME_LENGTH_CONTROL;
    expect_status(WdfUsbTargetDeviceSendUrbSynchronously(usb, NULL, NULL, &urb),
                  STATUS_INVALID_PARAMETER);
    expect_number(urb.UrbHeader.Status, USBD_STATUS_INVALID_URB_FUNCTION);
    usb_end();
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

    if (!usb_begin())
        return;
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&descriptor, bytes, sizeof(bytes));
    WDF_USB_CONTROL_SETUP_PACKET_INIT_VENDOR(&setup, BmRequestHostToDevice, BmRequestToDevice, 0xd8,
                                             0x1234, 0x55);
    expect_status(WdfUsbTargetDeviceSendControlTransferSynchronously(usb, NULL, NULL, &setup,
                                                                     &descriptor, &moved),
                  STATUS_SUCCESS);
    expect_number(moved, 8);
    expect_number(asked.setup.Packet.bRequest, 0xd8);
    expect_number(asked.setup.Packet.wValue.Value, 0x1234);
    expect_number(asked.setup.Packet.wLength, 8);
    expect(asked.written[7] == 8);
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
    usb_end();
}

static void usb_configurations(void)
{
    WDF_USB_INTERFACE_SELECT_SETTING_PARAMS select;
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS params;
    USB_INTERFACE_DESCRIPTOR descriptor;
    WDF_USB_PIPE_INFORMATION info;
    WDFUSBINTERFACE interface;
    WDFUSBPIPE pipe;

    if (!usb_begin())
        return;
    expect_number(WdfUsbTargetDeviceGetNumInterfaces(usb), 1);
    interface = usb_configure();
    expect(interface == WdfUsbTargetDeviceGetInterface(usb, 0));
    expect(WdfUsbTargetDeviceWdmGetConfigurationHandle(usb) == (PVOID)7);
    expect_number(asked.configured, 1);
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
    expect_number(asked.setting, 0);
    WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_DECONFIG(&params);
    expect_status(WdfUsbTargetDeviceSelectConfig(usb, WDF_NO_OBJECT_ATTRIBUTES, &params),
                  STATUS_SUCCESS);
    expect_number(asked.configured, 0);
    expect_number(WdfUsbInterfaceGetNumConfiguredPipes(interface), 0);
    usb_end();
}

static void usb_transfers(void)
{
    WDF_MEMORY_DESCRIPTOR descriptor;
    WDFUSBINTERFACE interface;
    WDFUSBPIPE in, out;
    UCHAR bytes[PACKET];
    ULONG moved = 0;

    if (!usb_begin())
        return;
    interface = usb_configure();
    in = WdfUsbInterfaceGetConfiguredPipe(interface, 0, NULL);
    out = WdfUsbInterfaceGetConfiguredPipe(interface, 1, NULL);
    RtlFillMemory(bytes, sizeof(bytes), 0x11);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&descriptor, bytes, sizeof(bytes));
    expect_status(WdfUsbTargetPipeWriteSynchronously(out, NULL, NULL, &descriptor, &moved),
                  STATUS_SUCCESS);
    expect_number(moved, PACKET);
    expect(asked.written[PACKET - 1] == 0x11);
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
    expect_number(asked.aborts, 1);
    expect_number(asked.resets, 1);
    usb_end();
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

    if (!usb_begin())
        return;
    KeInitializeEvent(&reader_failed, NotificationEvent, FALSE);
    read_count = failed_count = 0;
    asked.keep_reads = lower.keeps = TRUE;
    pipe = WdfUsbInterfaceGetConfiguredPipe(usb_configure(), 0, NULL);
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
    expect_number(asked.resets, 1);
    expect(lower_finish(STATUS_SUCCESS, 0));
    expect_number(read_count, 11);

    WdfIoTargetStop(target, WdfIoTargetCancelSentIo);
    expect_number(lower.kept_count, 0);
    expect_number(read_count, 11);
    expect_status(WdfIoTargetStart(target), STATUS_SUCCESS);
    expect_number(lower.kept_count, 3);
    usb_end(); /* with reads on their way */
}

DRIVERTEST_LIST = {
    DRIVERTEST(usb_device),    DRIVERTEST(usb_control), DRIVERTEST(usb_configurations),
    DRIVERTEST(usb_transfers), DRIVERTEST(usb_reader),  DRIVERTEST_END,
};
