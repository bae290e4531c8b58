/* SPDX-License-Identifier: MIT */
/* usb_formats.c - requests that are formatted for a USB target and sent later, URBs of the driver's
 * own, URBs that the Framework allocates.
 */
#include "target_lower.h"
#include "usb_bus.h"

static WDFREQUEST request;
static WDFMEMORY memory;
static PUCHAR bytes;

/* A device with a request for the target and a memory of PACKET bytes. */
static BOOLEAN formats_begin(void)
{
    if (!usb_begin())
        return FALSE;
    expect_status(
        WdfRequestCreate(WDF_NO_OBJECT_ATTRIBUTES, WdfUsbTargetDeviceGetIoTarget(usb), &request),
        STATUS_SUCCESS);
    expect_status(WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, NonPagedPoolNx, 'tseT', PACKET, &memory,
                                  (PVOID *)&bytes),
                  STATUS_SUCCESS);
    RtlZeroMemory(bytes, PACKET);
    return TRUE;
}

static void formats_end(void)
{
    WdfObjectDelete(request);
    WdfObjectDelete(memory);
    usb_end();
}

/* Sends what was formatted; the request can be formatted again afterwards. */
static PWDF_USB_REQUEST_COMPLETION_PARAMS send(WDFIOTARGET target, NTSTATUS wanted,
                                               WDF_USB_REQUEST_TYPE type)
{
    static WDF_USB_REQUEST_COMPLETION_PARAMS seen;
    WDF_REQUEST_COMPLETION_PARAMS params;
    WDF_REQUEST_REUSE_PARAMS reuse;
    WDF_REQUEST_SEND_OPTIONS options;

    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
    expect(WdfRequestSend(request, target, &options));
    expect_status(WdfRequestGetStatus(request), wanted);
    WDF_REQUEST_COMPLETION_PARAMS_INIT(&params);
    WdfRequestGetCompletionParams(request, &params);
    RtlZeroMemory(&seen, sizeof(seen));
    if (type != WdfUsbRequestTypeNoFormat) {
        expect_number(params.Type, WdfRequestTypeUsb);
        expect(params.Parameters.Usb.Completion != NULL);
    }
    if (params.Type == WdfRequestTypeUsb && params.Parameters.Usb.Completion != NULL)
        seen = *params.Parameters.Usb.Completion;
    if (type != WdfUsbRequestTypeNoFormat)
        expect_number(seen.Type, type);
    WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
    expect_status(WdfRequestReuse(request, &reuse), STATUS_SUCCESS);
    return &seen;
}

static void device_formats(void)
{
    WDFIOTARGET target;
    PWDF_USB_REQUEST_COMPLETION_PARAMS seen;

    if (!formats_begin())
        return;
    target = WdfUsbTargetDeviceGetIoTarget(usb);
    expect_status(WdfUsbTargetDeviceFormatRequestForString(usb, request, memory, NULL, 2, 0x409),
                  STATUS_SUCCESS);
    seen = send(target, STATUS_SUCCESS, WdfUsbRequestTypeDeviceString);
    expect(seen->Parameters.DeviceString.Buffer == memory);
    expect_number(seen->Parameters.DeviceString.StringIndex, 2);
    expect_number(seen->Parameters.DeviceString.LangID, 0x409);
    expect_number(seen->Parameters.DeviceString.RequiredSize, 10);
    /* The text alone, as the published Framework has it; the page speaks of a descriptor. */
    expect(((PWCHAR)bytes)[0] == 'c' && ((PWCHAR)bytes)[3] == 'e');
    expect_number(asked.port_resets, 0);
    expect_status(WdfUsbTargetDeviceFormatRequestForCyclePort(usb, request), STATUS_SUCCESS);
    (void)send(target, STATUS_SUCCESS, WdfUsbRequestTypeNoFormat);
    expect_number(asked.port_resets, 1);
    formats_end();
}

static void pipe_formats(void)
{
    WDFUSBINTERFACE interface;
    WDFUSBPIPE in, out;
    PWDF_USB_REQUEST_COMPLETION_PARAMS seen;

    if (!formats_begin())
        return;
    interface = usb_configure();
    in = WdfUsbInterfaceGetConfiguredPipe(interface, 0, NULL);
    out = WdfUsbInterfaceGetConfiguredPipe(interface, 1, NULL);
    RtlFillMemory(bytes, PACKET, 0x44);
    expect_status(WdfUsbTargetPipeFormatRequestForWrite(out, request, memory, NULL),
                  STATUS_SUCCESS);
    seen = send(WdfUsbTargetPipeGetIoTarget(out), STATUS_SUCCESS, WdfUsbRequestTypePipeWrite);
    expect_number(seen->Parameters.PipeWrite.Length, PACKET);
    expect(seen->Parameters.PipeWrite.Buffer == memory);
    expect_number(asked.written[PACKET - 1], 0x44);
    expect_status(WdfUsbTargetPipeFormatRequestForRead(in, request, memory, NULL), STATUS_SUCCESS);
    seen = send(WdfUsbTargetPipeGetIoTarget(in), STATUS_SUCCESS, WdfUsbRequestTypePipeRead);
    expect_number(seen->Parameters.PipeRead.Length, 10);
    expect(bytes[9] == 0x33 && bytes[10] == 0x44);
    /* Not that way. */
    expect_status(WdfUsbTargetPipeFormatRequestForRead(out, request, memory, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfUsbTargetPipeFormatRequestForWrite(in, request, memory, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(WdfUsbTargetPipeFormatRequestForAbort(in, request), STATUS_SUCCESS);
    (void)send(WdfUsbTargetPipeGetIoTarget(in), STATUS_SUCCESS, WdfUsbRequestTypePipeAbort);
    expect_number(asked.aborts, 1);
    expect_status(WdfUsbTargetPipeFormatRequestForReset(in, request), STATUS_SUCCESS);
    (void)send(WdfUsbTargetPipeGetIoTarget(in), STATUS_SUCCESS, WdfUsbRequestTypePipeReset);
    expect_number(asked.resets, 1);
    formats_end();
}

/* ---- URBs of the driver's own ---------------------------------------------------------------- */

static void frame_number_ask(PURB urb)
{
    urb->UrbHeader.Length = sizeof(urb->UrbGetCurrentFrameNumber);
    urb->UrbHeader.Function = URB_FUNCTION_GET_CURRENT_FRAME_NUMBER;
}

static void own_urbs(void)
{
    WDFUSBPIPE pipe;
    WDFMEMORY urb_memory;
    PURB urb = NULL;
    URB here;

    if (!formats_begin())
        return;
    pipe = WdfUsbInterfaceGetConfiguredPipe(usb_configure(), 0, NULL);
    expect_status(WdfMemoryCreate(WDF_NO_OBJECT_ATTRIBUTES, NonPagedPoolNx, 'tseT', sizeof(URB),
                                  &urb_memory, (PVOID *)&urb),
                  STATUS_SUCCESS);
    RtlZeroMemory(urb, sizeof(*urb));
    frame_number_ask(urb);
    expect_status(WdfUsbTargetDeviceFormatRequestForUrb(usb, request, urb_memory, NULL),
                  STATUS_SUCCESS);
    (void)send(WdfUsbTargetDeviceGetIoTarget(usb), STATUS_SUCCESS, WdfUsbRequestTypeDeviceUrb);
    expect_number(urb->UrbGetCurrentFrameNumber.FrameNumber, 1234);
    urb->UrbGetCurrentFrameNumber.FrameNumber = 0;
    expect_status(WdfUsbTargetPipeFormatRequestForUrb(pipe, request, urb_memory, NULL),
                  STATUS_SUCCESS);
    (void)send(WdfUsbTargetPipeGetIoTarget(pipe), STATUS_SUCCESS, WdfUsbRequestTypePipeUrb);
    expect_number(urb->UrbGetCurrentFrameNumber.FrameNumber, 1234);
    RtlZeroMemory(&here, sizeof(here));
    frame_number_ask(&here);
    expect_status(WdfUsbTargetPipeSendUrbSynchronously(pipe, NULL, NULL, &here), STATUS_SUCCESS);
    expect_number(here.UrbGetCurrentFrameNumber.FrameNumber, 1234);
    WdfObjectDelete(urb_memory);
    formats_end();
}

/* A target with a client contract is made with parameters; only from it URBs come. */
static void allocated_urbs(void)
{
    WDF_USB_DEVICE_CREATE_CONFIG config;
    WDFUSBDEVICE second = NULL;
    WDFMEMORY urb_memory = NULL;
    PURB urb = NULL;

    if (!formats_begin())
        return;
    WDF_USB_DEVICE_CREATE_CONFIG_INIT(&config, USBD_CLIENT_CONTRACT_VERSION_602);
    expect_status(
        WdfUsbTargetDeviceCreateWithParameters(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &second),
        STATUS_SUCCESS);
    expect_status(WdfUsbTargetDeviceCreateUrb(second, WDF_NO_OBJECT_ATTRIBUTES, &urb_memory, &urb),
                  STATUS_SUCCESS);
    if (urb != NULL) {
        frame_number_ask(urb);
        expect_status(WdfUsbTargetDeviceSendUrbSynchronously(second, NULL, NULL, urb),
                      STATUS_SUCCESS);
        expect_number(urb->UrbGetCurrentFrameNumber.FrameNumber, 1234);
        WdfObjectDelete(urb_memory);
    }
    urb = NULL;
    expect_status(
        WdfUsbTargetDeviceCreateIsochUrb(second, WDF_NO_OBJECT_ATTRIBUTES, 8, &urb_memory, &urb),
        STATUS_SUCCESS);
    if (urb != NULL) {
        size_t size = 0;

        (void)WdfMemoryGetBuffer(urb_memory, &size);
        expect(size >= GET_ISO_URB_SIZE(8));
        WdfObjectDelete(urb_memory);
    }
    formats_end();
}

DRIVERTEST_LIST = {
    DRIVERTEST(device_formats), DRIVERTEST(pipe_formats), DRIVERTEST(own_urbs),
    DRIVERTEST(allocated_urbs), DRIVERTEST_END,
};
