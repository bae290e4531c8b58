/* SPDX-License-Identifier: MIT */
/* usb_io_ddi.c - entries that format or send requests of USB devices and pipes, and the reader. */
#include "usb_target.h"

#include <wdf_entries.h>

/* One synchronous exchange: what every entry checks before, and does after. */
struct exchange {
    struct fx_target *target;
    WDFREQUEST handle;
    struct fx_request *request;
    const WDF_REQUEST_SEND_OPTIONS *options;
    struct fx_buffer buffer;
};

static NTSTATUS exchange_begin(struct fx_target *target, const char *entry, WDFREQUEST handle,
                               const WDF_REQUEST_SEND_OPTIONS *options,
                               PWDF_MEMORY_DESCRIPTOR descriptor, struct exchange *out_exchange)
{
    struct fx_globals *globals = target->object.globals;
    NTSTATUS status;

    out_exchange->target = target;
    out_exchange->handle = handle;
    out_exchange->options = options;
    status = fx_passive_check(globals, entry);
    if (NT_SUCCESS(status))
        status = fx_options_check(globals, options);
    if (NT_SUCCESS(status))
        status = fx_buffer_of_descriptor(globals, descriptor, &out_exchange->buffer);
    if (NT_SUCCESS(status))
        status = fx_wait_request(target, handle, &out_exchange->request);
    return status;
}

/* status: how the format went. out_bytes gets what was transferred. */
static NTSTATUS exchange_end(struct exchange *exchange, NTSTATUS status, PULONG out_bytes)
{
    if (NT_SUCCESS(status)) {
        status = fx_send_wait(exchange->target, exchange->request, exchange->options, FALSE, NULL);
        if (out_bytes != NULL)
            *out_bytes = (ULONG)exchange->request->send.params.IoStatus.Information;
    }
    fx_wait_request_done(exchange->request, exchange->handle);
    return status;
}

/* ---- the device ---------------------------------------------------------------------------- */

NTSTATUS NTAPI imp_WdfUsbTargetDeviceQueryString(PWDF_DRIVER_GLOBALS abi, WDFUSBDEVICE handle,
                                                 WDFREQUEST request,
                                                 PWDF_REQUEST_SEND_OPTIONS options,
                                                 PUSHORT out_string, PUSHORT characters,
                                                 UCHAR index, USHORT language)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_device *device = fx_usb_device_of(globals, handle);
    ULONG room, length;
    struct exchange exchange;
    struct fx_buffer out;
    NTSTATUS status;

    fx_needed(globals, characters);
    room = out_string != NULL ? *characters * sizeof(WCHAR) : 0;
    status = exchange_begin(&device->target, "WdfUsbTargetDeviceQueryString", request, options,
                            NULL, &exchange);
    if (!NT_SUCCESS(status))
        return status;
    RtlZeroMemory(&out, sizeof(out));
    out.kind = FX_BUFFER_BYTES;
    out.bytes = out_string;
    out.length = room;
    status = fx_usb_format_string(device, exchange.request, &out, index, language);
    status = exchange_end(&exchange, status, &length);
    if (!NT_SUCCESS(status))
        return status;
    *characters = (USHORT)(length / sizeof(WCHAR));
    return out_string != NULL && length > room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceFormatRequestForString(PWDF_DRIVER_GLOBALS abi,
                                                            WDFUSBDEVICE handle, WDFREQUEST request,
                                                            WDFMEMORY memory,
                                                            PWDFMEMORY_OFFSET range, UCHAR index,
                                                            USHORT language)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_device *device = fx_usb_device_of(globals, handle);
    struct fx_buffer buffer;
    NTSTATUS status;

    status = fx_buffer_of_memory(globals, memory, range, &buffer);
    if (!NT_SUCCESS(status))
        return status;
    return fx_usb_format_string(device, fx_request_of(globals, request), &buffer, index, language);
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceSendControlTransferSynchronously(
    PWDF_DRIVER_GLOBALS abi, WDFUSBDEVICE handle, WDFREQUEST request,
    PWDF_REQUEST_SEND_OPTIONS options, PWDF_USB_CONTROL_SETUP_PACKET setup,
    PWDF_MEMORY_DESCRIPTOR descriptor, PULONG out_bytes)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_device *device = fx_usb_device_of(globals, handle);
    struct exchange exchange;
    NTSTATUS status;

    fx_needed(globals, setup);
    if (out_bytes != NULL)
        *out_bytes = 0;
    status = exchange_begin(&device->target, "WdfUsbTargetDeviceSendControlTransferSynchronously",
                            request, options, descriptor, &exchange);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_usb_format_control(device, exchange.request, setup, &exchange.buffer);
    return exchange_end(&exchange, status, out_bytes);
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceFormatRequestForControlTransfer(
    PWDF_DRIVER_GLOBALS abi, WDFUSBDEVICE handle, WDFREQUEST request,
    PWDF_USB_CONTROL_SETUP_PACKET setup, WDFMEMORY memory, PWDFMEMORY_OFFSET range)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_device *device = fx_usb_device_of(globals, handle);
    struct fx_buffer buffer;
    NTSTATUS status;

    fx_needed(globals, setup);
    status = fx_buffer_of_memory(globals, memory, range, &buffer);
    if (!NT_SUCCESS(status))
        return status;
    return fx_usb_format_control(device, fx_request_of(globals, request), setup, &buffer);
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceFormatRequestForCyclePort(PWDF_DRIVER_GLOBALS abi,
                                                               WDFUSBDEVICE handle,
                                                               WDFREQUEST request)
{
    const struct fx_buffer none[3] = {{0}};
    struct fx_globals *globals = fx_globals_of(abi);

    return fx_format_others(&fx_usb_device_of(globals, handle)->target,
                            fx_request_of(globals, request), IOCTL_INTERNAL_USB_CYCLE_PORT, none);
}

/* ---- URBs of the driver's ------------------------------------------------------------------ */

static NTSTATUS urb_send(struct fx_target *target, const char *entry, WDFREQUEST handle,
                         PWDF_REQUEST_SEND_OPTIONS options, PURB urb, WDF_USB_REQUEST_TYPE type)
{
    struct exchange exchange;
    struct fx_urb *format;
    NTSTATUS status;

    fx_needed(target->object.globals, urb);
    status = exchange_begin(target, entry, handle, options, NULL, &exchange);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_usb_format(target, exchange.request, urb, 0, type, &format);
    status = fx_usb_formatted(exchange.request, status);
    return exchange_end(&exchange, status, NULL);
}

static NTSTATUS urb_format(struct fx_target *target, WDFREQUEST handle, WDFMEMORY memory,
                           PWDFMEMORY_OFFSET range, WDF_USB_REQUEST_TYPE type)
{
    struct fx_globals *globals = target->object.globals;
    struct fx_request *request = fx_request_of(globals, handle);
    struct fx_buffer buffer;
    struct fx_urb *format;
    NTSTATUS status;

    status = fx_buffer_of_memory(globals, memory, range, &buffer);
    if (!NT_SUCCESS(status))
        return status;
    if (buffer.length < sizeof(struct _URB_HEADER)) {
        fx_log(globals, FX_LOG_ERROR, "WDFMEMORY %p is too small for a URB", memory);
        return STATUS_INVALID_PARAMETER;
    }
    status = fx_usb_format(target, request, buffer.bytes, 0, type, &format);
    if (NT_SUCCESS(status)) {
        fx_format_keep(request, &buffer);
        format->params.Parameters.DeviceUrb.Buffer = memory;
    }
    return fx_usb_formatted(request, status);
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceSendUrbSynchronously(PWDF_DRIVER_GLOBALS abi,
                                                          WDFUSBDEVICE handle, WDFREQUEST request,
                                                          PWDF_REQUEST_SEND_OPTIONS options,
                                                          PURB urb)
{
    return urb_send(&fx_usb_device_of(fx_globals_of(abi), handle)->target,
                    "WdfUsbTargetDeviceSendUrbSynchronously", request, options, urb,
                    WdfUsbRequestTypeDeviceUrb);
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceFormatRequestForUrb(PWDF_DRIVER_GLOBALS abi,
                                                         WDFUSBDEVICE handle, WDFREQUEST request,
                                                         WDFMEMORY memory, PWDFMEMORY_OFFSET range)
{
    return urb_format(&fx_usb_device_of(fx_globals_of(abi), handle)->target, request, memory, range,
                      WdfUsbRequestTypeDeviceUrb);
}

NTSTATUS NTAPI imp_WdfUsbTargetPipeSendUrbSynchronously(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle,
                                                        WDFREQUEST request,
                                                        PWDF_REQUEST_SEND_OPTIONS options, PURB urb)
{
    return urb_send(&fx_usb_pipe_of(fx_globals_of(abi), handle)->target,
                    "WdfUsbTargetPipeSendUrbSynchronously", request, options, urb,
                    WdfUsbRequestTypePipeUrb);
}

NTSTATUS NTAPI imp_WdfUsbTargetPipeFormatRequestForUrb(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle,
                                                       WDFREQUEST request, WDFMEMORY memory,
                                                       PWDFMEMORY_OFFSET range)
{
    return urb_format(&fx_usb_pipe_of(fx_globals_of(abi), handle)->target, request, memory, range,
                      WdfUsbRequestTypePipeUrb);
}

/* ---- pipes --------------------------------------------------------------------------------- */

VOID NTAPI imp_WdfUsbTargetPipeGetInformation(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle,
                                              PWDF_USB_PIPE_INFORMATION out_info)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_pipe *pipe = fx_usb_pipe_of(globals, handle);

    fx_needed(globals, out_info);
    if (out_info->Size == sizeof(*out_info))
        fx_usb_pipe_information(pipe, out_info);
    else
        fx_log(globals, FX_LOG_ERROR, "WDF_USB_PIPE_INFORMATION has %u bytes", out_info->Size);
}

BOOLEAN NTAPI imp_WdfUsbTargetPipeIsInEndpoint(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle)
{
    struct fx_usb_pipe *pipe = fx_usb_pipe_of(fx_globals_of(abi), handle);

    return USB_ENDPOINT_DIRECTION_IN(pipe->info.EndpointAddress) != 0;
}

BOOLEAN NTAPI imp_WdfUsbTargetPipeIsOutEndpoint(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle)
{
    struct fx_usb_pipe *pipe = fx_usb_pipe_of(fx_globals_of(abi), handle);

    return USB_ENDPOINT_DIRECTION_IN(pipe->info.EndpointAddress) == 0;
}

WDF_USB_PIPE_TYPE NTAPI imp_WdfUsbTargetPipeGetType(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle)
{
    return (WDF_USB_PIPE_TYPE)(fx_usb_pipe_of(fx_globals_of(abi), handle)->info.PipeType + 1);
}

VOID NTAPI imp_WdfUsbTargetPipeSetNoMaximumPacketSizeCheck(PWDF_DRIVER_GLOBALS abi,
                                                           WDFUSBPIPE handle)
{
    fx_usb_pipe_of(fx_globals_of(abi), handle)->any_length = TRUE;
}

USBD_PIPE_HANDLE NTAPI imp_WdfUsbTargetPipeWdmGetPipeHandle(PWDF_DRIVER_GLOBALS abi,
                                                            WDFUSBPIPE handle)
{
    return fx_usb_pipe_of(fx_globals_of(abi), handle)->info.PipeHandle;
}

static NTSTATUS transfer_send(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle, const char *entry,
                              BOOLEAN is_in, WDFREQUEST request, PWDF_REQUEST_SEND_OPTIONS options,
                              PWDF_MEMORY_DESCRIPTOR descriptor, PULONG out_bytes)
{
    struct fx_usb_pipe *pipe = fx_usb_pipe_of(fx_globals_of(abi), handle);
    struct exchange exchange;
    NTSTATUS status;

    if (out_bytes != NULL)
        *out_bytes = 0;
    status = exchange_begin(&pipe->target, entry, request, options, descriptor, &exchange);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_usb_format_transfer(pipe, exchange.request, is_in, &exchange.buffer);
    return exchange_end(&exchange, status, out_bytes);
}

static NTSTATUS transfer_format(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle, BOOLEAN is_in,
                                WDFREQUEST request, WDFMEMORY memory, PWDFMEMORY_OFFSET range)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_buffer buffer;
    NTSTATUS status;

    status = fx_buffer_of_memory(globals, memory, range, &buffer);
    if (!NT_SUCCESS(status))
        return status;
    return fx_usb_format_transfer(fx_usb_pipe_of(globals, handle), fx_request_of(globals, request),
                                  is_in, &buffer);
}

NTSTATUS NTAPI imp_WdfUsbTargetPipeWriteSynchronously(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle,
                                                      WDFREQUEST request,
                                                      PWDF_REQUEST_SEND_OPTIONS options,
                                                      PWDF_MEMORY_DESCRIPTOR descriptor,
                                                      PULONG out_bytes)
{
    return transfer_send(abi, handle, "WdfUsbTargetPipeWriteSynchronously", FALSE, request, options,
                         descriptor, out_bytes);
}

NTSTATUS NTAPI imp_WdfUsbTargetPipeReadSynchronously(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle,
                                                     WDFREQUEST request,
                                                     PWDF_REQUEST_SEND_OPTIONS options,
                                                     PWDF_MEMORY_DESCRIPTOR descriptor,
                                                     PULONG out_bytes)
{
    return transfer_send(abi, handle, "WdfUsbTargetPipeReadSynchronously", TRUE, request, options,
                         descriptor, out_bytes);
}

NTSTATUS NTAPI imp_WdfUsbTargetPipeFormatRequestForWrite(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle,
                                                         WDFREQUEST request, WDFMEMORY memory,
                                                         PWDFMEMORY_OFFSET range)
{
    return transfer_format(abi, handle, FALSE, request, memory, range);
}

NTSTATUS NTAPI imp_WdfUsbTargetPipeFormatRequestForRead(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle,
                                                        WDFREQUEST request, WDFMEMORY memory,
                                                        PWDFMEMORY_OFFSET range)
{
    return transfer_format(abi, handle, TRUE, request, memory, range);
}

static NTSTATUS pipe_send(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle, const char *entry,
                          USHORT function, WDF_USB_REQUEST_TYPE type, WDFREQUEST request,
                          PWDF_REQUEST_SEND_OPTIONS options)
{
    struct fx_usb_pipe *pipe = fx_usb_pipe_of(fx_globals_of(abi), handle);
    struct exchange exchange;
    NTSTATUS status;

    status = exchange_begin(&pipe->target, entry, request, options, NULL, &exchange);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_usb_format_pipe(pipe, exchange.request, function, type);
    return exchange_end(&exchange, status, NULL);
}

static NTSTATUS pipe_format(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle, USHORT function,
                            WDF_USB_REQUEST_TYPE type, WDFREQUEST request)
{
    struct fx_globals *globals = fx_globals_of(abi);

    return fx_usb_format_pipe(fx_usb_pipe_of(globals, handle), fx_request_of(globals, request),
                              function, type);
}

NTSTATUS NTAPI imp_WdfUsbTargetPipeAbortSynchronously(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle,
                                                      WDFREQUEST request,
                                                      PWDF_REQUEST_SEND_OPTIONS options)
{
    return pipe_send(abi, handle, "WdfUsbTargetPipeAbortSynchronously", URB_FUNCTION_ABORT_PIPE,
                     WdfUsbRequestTypePipeAbort, request, options);
}

NTSTATUS NTAPI imp_WdfUsbTargetPipeFormatRequestForAbort(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle,
                                                         WDFREQUEST request)
{
    return pipe_format(abi, handle, URB_FUNCTION_ABORT_PIPE, WdfUsbRequestTypePipeAbort, request);
}

NTSTATUS NTAPI imp_WdfUsbTargetPipeResetSynchronously(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle,
                                                      WDFREQUEST request,
                                                      PWDF_REQUEST_SEND_OPTIONS options)
{
    fx_target_cancel_sent(&fx_usb_pipe_of(fx_globals_of(abi), handle)->target);
    return pipe_send(abi, handle, "WdfUsbTargetPipeResetSynchronously",
                     URB_FUNCTION_SYNC_RESET_PIPE_AND_CLEAR_STALL, WdfUsbRequestTypePipeReset,
                     request, options);
}

NTSTATUS NTAPI imp_WdfUsbTargetPipeFormatRequestForReset(PWDF_DRIVER_GLOBALS abi, WDFUSBPIPE handle,
                                                         WDFREQUEST request)
{
    return pipe_format(abi, handle, URB_FUNCTION_SYNC_RESET_PIPE_AND_CLEAR_STALL,
                       WdfUsbRequestTypePipeReset, request);
}

/* What a reader must be given, and of what pipe. */
static NTSTATUS reader_check(struct fx_usb_pipe *pipe,
                             const WDF_USB_CONTINUOUS_READER_CONFIG *config)
{
    struct fx_globals *globals = pipe->target.object.globals;
    PVOID handle = fx_handle_of(&pipe->target.object);

    if (config->Size != sizeof(*config))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (config->EvtUsbTargetPipeReadComplete == NULL || config->TransferLength == 0 ||
        config->TransferLength > MAXULONG || config->HeaderLength > MAXULONG ||
        config->TrailerLength > MAXULONG)
        return STATUS_INVALID_PARAMETER;
    if (pipe->reader != NULL) {
        fx_log(globals, FX_LOG_ERROR, "WDFUSBPIPE %p has a continuous reader already", handle);
        return STATUS_INVALID_DEVICE_STATE;
    }
    if (!USB_ENDPOINT_DIRECTION_IN(pipe->info.EndpointAddress) ||
        (pipe->info.PipeType != UsbdPipeTypeBulk && pipe->info.PipeType != UsbdPipeTypeInterrupt)) {
        fx_log(globals, FX_LOG_ERROR, "WDFUSBPIPE %p is no bulk or interrupt IN endpoint", handle);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!pipe->any_length && pipe->info.MaximumPacketSize != 0 &&
        config->TransferLength % pipe->info.MaximumPacketSize != 0)
        return STATUS_INVALID_BUFFER_SIZE;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfUsbTargetPipeConfigContinuousReader(PWDF_DRIVER_GLOBALS abi,
                                                          WDFUSBPIPE handle,
                                                          PWDF_USB_CONTINUOUS_READER_CONFIG config)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_pipe *pipe = fx_usb_pipe_of(globals, handle);
    NTSTATUS status;

    fx_needed(globals, config);
    status = fx_passive_check(globals, "WdfUsbTargetPipeConfigContinuousReader");
    if (NT_SUCCESS(status))
        status = reader_check(pipe, config);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_usb_reader_create(pipe, config);
    if (NT_SUCCESS(status))
        /* A pipe is started when it is made; one with a reader waits for WdfIoTargetStart. */
        fx_target_stop(&pipe->target, WdfIoTargetLeaveSentIoPending);
    return status;
}
