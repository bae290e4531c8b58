/* SPDX-License-Identifier: MIT */
/* usb_urb.c - requests formatted as URBs, and what their completion routines are told.
 *
 * A formatted request has a struct fx_urb (send.urb): the URB, unless it is the driver's, and the
 * WDF_USB_REQUEST_COMPLETION_PARAMS that the request's own completion parameters point to.
 */
#include "usb_target.h"

/* The way back: status of the bus, bytes moved. */
static void urb_came_back(struct fx_request *request)
{
    struct fx_urb *urb = request->send.urb;
    WDF_USB_REQUEST_COMPLETION_PARAMS *params = &urb->params;
    ULONG bytes = urb->urb->UrbControlTransfer.TransferBufferLength;
    PVOID to;

    params->UsbdStatus = urb->urb->UrbHeader.Status;
    switch (params->Type) {
    case WdfUsbRequestTypeDeviceControlTransfer:
        params->Parameters.DeviceControlTransfer.Length = bytes;
        request->send.params.IoStatus.Information = bytes;
        break;
    case WdfUsbRequestTypePipeRead:
    case WdfUsbRequestTypePipeWrite:
        /* Read and write have their length at one place. */
        params->Parameters.PipeRead.Length = bytes;
        request->send.params.IoStatus.Information = bytes;
        break;
    case WdfUsbRequestTypeDeviceString:
        bytes = urb->string->bLength;
        params->Parameters.DeviceString.RequiredSize = (UCHAR)bytes;
        if (!NT_SUCCESS(request->send.params.IoStatus.Status) || bytes < 2 ||
            !NT_SUCCESS(fx_buffer_address(&urb->out, &to)))
            break;
        bytes -= 2; /* the head */
        RtlCopyMemory(to, urb->string->bString, bytes < urb->out.length ? bytes : urb->out.length);
        request->send.params.IoStatus.Information = bytes;
        break;
    default:
        break;
    }
}

NTSTATUS fx_usb_format(struct fx_target *target, struct fx_request *request, PURB urb, ULONG extra,
                       WDF_USB_REQUEST_TYPE type, struct fx_urb **out_urb)
{
    struct fx_send *send = &request->send;
    PIO_STACK_LOCATION next;
    struct fx_urb *mine;
    NTSTATUS status;

    status = fx_format_begin(target, request, &next);
    if (!NT_SUCCESS(status))
        return status;
    mine = ExAllocatePoolZero(NonPagedPoolNx, sizeof(*mine) + extra, FX_TAG);
    if (mine == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    mine->urb = urb != NULL ? urb : &mine->own;
    mine->params.Type = type;
    send->urb = mine;
    send->came_back = urb_came_back;
    RtlZeroMemory(&send->params, sizeof(send->params));
    send->params.Type = WdfRequestTypeUsb;
    send->params.Parameters.Usb.Completion = &mine->params;
    next->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    next->Parameters.Others.Argument1 = mine->urb;
    next->Parameters.DeviceIoControl.IoControlCode = IOCTL_INTERNAL_USB_SUBMIT_URB;
    *out_urb = mine;
    return STATUS_SUCCESS;
}

NTSTATUS fx_usb_formatted(struct fx_request *request, NTSTATUS status)
{
    if (NT_SUCCESS(status)) {
        request->send.flags |= FX_SEND_FORMATTED | FX_SEND_HAS_PARAMS;
    } else {
        fx_log(request->object.globals, FX_LOG_ERROR, "WDFREQUEST %p could not be formatted, %x",
               fx_handle_of(&request->object), status);
        fx_format_end(request);
    }
    return status;
}

static WDFMEMORY buffer_handle(const struct fx_buffer *buffer)
{
    return buffer->memory != NULL ? fx_handle_of(&buffer->memory->object) : NULL;
}

NTSTATUS fx_usb_format_control(struct fx_usb_device *device, struct fx_request *request,
                               const WDF_USB_CONTROL_SETUP_PACKET *setup,
                               const struct fx_buffer *buffer)
{
    WDF_USB_CONTROL_SETUP_PACKET packet = *setup;
    struct _URB_CONTROL_TRANSFER *transfer;
    struct fx_urb *urb;
    NTSTATUS status;

    if (buffer->length > MAXUSHORT)
        return STATUS_INVALID_PARAMETER;
    status = fx_usb_format(&device->target, request, NULL, 0,
                           WdfUsbRequestTypeDeviceControlTransfer, &urb);
    if (!NT_SUCCESS(status))
        return status;
    fx_format_keep(request, buffer);
    packet.Packet.wLength = (USHORT)buffer->length;
    transfer = &urb->own.UrbControlTransfer;
    transfer->Hdr.Length = sizeof(*transfer);
    transfer->Hdr.Function = URB_FUNCTION_CONTROL_TRANSFER;
    transfer->TransferFlags = USBD_DEFAULT_PIPE_TRANSFER;
    if (packet.Packet.bm.Request.Dir == BMREQUEST_DEVICE_TO_HOST)
        transfer->TransferFlags |= USBD_TRANSFER_DIRECTION_IN | USBD_SHORT_TRANSFER_OK;
    RtlCopyMemory(transfer->SetupPacket, packet.Generic.Bytes, sizeof(transfer->SetupPacket));
    transfer->TransferBufferLength = buffer->length;
    if (buffer->kind == FX_BUFFER_MDL)
        transfer->TransferBufferMDL = buffer->mdl;
    else
        transfer->TransferBuffer = buffer->bytes;
    urb->params.Parameters.DeviceControlTransfer.Buffer = buffer_handle(buffer);
    urb->params.Parameters.DeviceControlTransfer.SetupPacket = packet;
    urb->params.Parameters.DeviceControlTransfer.Length = buffer->length;
    return fx_usb_formatted(request, STATUS_SUCCESS);
}

/* Whether the pipe does transfers of this kind. */
static NTSTATUS transfer_check(struct fx_usb_pipe *pipe, BOOLEAN is_in, ULONG length)
{
    struct fx_globals *globals = pipe->target.object.globals;
    PVOID handle = fx_handle_of(&pipe->target.object);

    if (USB_ENDPOINT_DIRECTION_IN(pipe->info.EndpointAddress) ? !is_in : is_in) {
        fx_log(globals, FX_LOG_ERROR, "WDFUSBPIPE %p does not transfer in this direction", handle);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (pipe->info.PipeType != UsbdPipeTypeBulk && pipe->info.PipeType != UsbdPipeTypeInterrupt) {
        fx_log(globals, FX_LOG_ERROR, "WDFUSBPIPE %p is neither bulk nor interrupt: send a URB",
               handle);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (is_in && !pipe->any_length && pipe->info.MaximumPacketSize != 0 &&
        length % pipe->info.MaximumPacketSize != 0) {
        fx_log(globals, FX_LOG_ERROR,
               "WDFUSBPIPE %p: %u bytes are no multiple of its packets of %u bytes", handle, length,
               pipe->info.MaximumPacketSize);
        return STATUS_INVALID_BUFFER_SIZE;
    }
    return STATUS_SUCCESS;
}

NTSTATUS fx_usb_format_transfer(struct fx_usb_pipe *pipe, struct fx_request *request, BOOLEAN is_in,
                                const struct fx_buffer *buffer)
{
    struct _URB_BULK_OR_INTERRUPT_TRANSFER *transfer;
    struct fx_urb *urb;
    NTSTATUS status;

    status = transfer_check(pipe, is_in, buffer->length);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_usb_format(&pipe->target, request, NULL, 0,
                           is_in ? WdfUsbRequestTypePipeRead : WdfUsbRequestTypePipeWrite, &urb);
    if (!NT_SUCCESS(status))
        return status;
    fx_format_keep(request, buffer);
    transfer = &urb->own.UrbBulkOrInterruptTransfer;
    transfer->Hdr.Length = sizeof(*transfer);
    transfer->Hdr.Function = URB_FUNCTION_BULK_OR_INTERRUPT_TRANSFER;
    transfer->PipeHandle = pipe->info.PipeHandle;
    transfer->TransferFlags = is_in ? USBD_TRANSFER_DIRECTION_IN | USBD_SHORT_TRANSFER_OK : 0;
    transfer->TransferBufferLength = buffer->length;
    if (buffer->kind == FX_BUFFER_MDL)
        transfer->TransferBufferMDL = buffer->mdl;
    else
        transfer->TransferBuffer = buffer->bytes;
    urb->params.Parameters.PipeRead.Buffer = buffer_handle(buffer);
    urb->params.Parameters.PipeRead.Length = buffer->length;
    urb->params.Parameters.PipeRead.Offset = buffer->offset;
    return fx_usb_formatted(request, STATUS_SUCCESS);
}

NTSTATUS fx_usb_format_pipe(struct fx_usb_pipe *pipe, struct fx_request *request, USHORT function,
                            WDF_USB_REQUEST_TYPE type)
{
    struct fx_urb *urb;
    NTSTATUS status;

    status = fx_usb_format(&pipe->target, request, NULL, 0, type, &urb);
    if (!NT_SUCCESS(status))
        return status;
    urb->own.UrbPipeRequest.Hdr.Length = sizeof(urb->own.UrbPipeRequest);
    urb->own.UrbPipeRequest.Hdr.Function = function;
    urb->own.UrbPipeRequest.PipeHandle = pipe->info.PipeHandle;
    return fx_usb_formatted(request, STATUS_SUCCESS);
}

/* A GET_DESCRIPTOR of the device's. */
static void descriptor_fill(PURB urb, UCHAR type, UCHAR index, USHORT language, PVOID bytes,
                            ULONG length)
{
    struct _URB_CONTROL_DESCRIPTOR_REQUEST *get = &urb->UrbControlDescriptorRequest;

    get->Hdr.Length = sizeof(*get);
    get->Hdr.Function = URB_FUNCTION_GET_DESCRIPTOR_FROM_DEVICE;
    get->DescriptorType = type;
    get->Index = index;
    get->LanguageId = language;
    get->TransferBuffer = bytes;
    get->TransferBufferLength = length;
}

NTSTATUS fx_usb_format_string(struct fx_usb_device *device, struct fx_request *request,
                              const struct fx_buffer *out, UCHAR index, USHORT language)
{
    struct fx_urb *urb;
    NTSTATUS status;

    status = fx_usb_format(&device->target, request, NULL, MAXIMUM_USB_STRING_LENGTH + 1,
                           WdfUsbRequestTypeDeviceString, &urb);
    if (!NT_SUCCESS(status))
        return status;
    fx_format_keep(request, out);
    urb->out = *out;
    urb->string = (PUSB_STRING_DESCRIPTOR)(urb + 1);
    descriptor_fill(&urb->own, USB_STRING_DESCRIPTOR_TYPE, index, language, urb->string,
                    MAXIMUM_USB_STRING_LENGTH);
    urb->params.Parameters.DeviceString.Buffer = buffer_handle(out);
    urb->params.Parameters.DeviceString.LangID = language;
    urb->params.Parameters.DeviceString.StringIndex = index;
    return fx_usb_formatted(request, STATUS_SUCCESS);
}

/* ---- for the Framework itself -------------------------------------------------------------- */

/* Even a stopped target takes these. */
static void options_always(WDF_REQUEST_SEND_OPTIONS *options)
{
    WDF_REQUEST_SEND_OPTIONS_INIT(options, WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE);
}

NTSTATUS fx_usb_urb_wait(struct fx_target *target, PURB urb,
                         const WDF_REQUEST_SEND_OPTIONS *options)
{
    WDF_REQUEST_SEND_OPTIONS always;
    struct fx_request *request;
    struct fx_urb *format;
    NTSTATUS status;

    options_always(&always);
    status = fx_wait_request(target, NULL, &request);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_usb_format(target, request, urb, 0, WdfUsbRequestTypeDeviceUrb, &format);
    if (NT_SUCCESS(status)) {
        fx_usb_formatted(request, STATUS_SUCCESS);
        status = fx_send_wait(target, request, options != NULL ? options : &always, FALSE, NULL);
    }
    fx_wait_request_done(request, NULL);
    return status;
}

NTSTATUS fx_usb_control_wait(struct fx_usb_device *device, ULONG code, PVOID argument1)
{
    struct fx_buffer arguments[3] = {{.kind = FX_BUFFER_BYTES, .bytes = argument1}};
    WDF_REQUEST_SEND_OPTIONS always;
    struct fx_request *request;
    NTSTATUS status;

    options_always(&always);
    status = fx_wait_request(&device->target, NULL, &request);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_format_others(&device->target, request, code, arguments);
    if (NT_SUCCESS(status))
        status = fx_send_wait(&device->target, request, &always, FALSE, NULL);
    fx_wait_request_done(request, NULL);
    return status;
}

NTSTATUS fx_usb_descriptor_read(struct fx_usb_device *device, UCHAR type, UCHAR index,
                                USHORT language, PVOID out_bytes, ULONG *length)
{
    URB urb;
    NTSTATUS status;

    RtlZeroMemory(&urb, sizeof(urb));
    descriptor_fill(&urb, type, index, language, out_bytes, *length);
    status = fx_usb_urb_wait(&device->target, &urb, NULL);
    *length = urb.UrbControlDescriptorRequest.TransferBufferLength;
    return status;
}
