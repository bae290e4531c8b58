/* SPDX-License-Identifier: MIT */
/* usb_device_ddi.c - entries of WDFUSBDEVICE and WDFUSBINTERFACE that ask and configure. */
#include "usb_target.h"

#include <wdf_entries.h>

#include <intrin.h>

static NTSTATUS device_create(PWDF_DRIVER_GLOBALS abi, WDFDEVICE handle,
                              PWDF_OBJECT_ATTRIBUTES attributes, PVOID caller,
                              WDFUSBDEVICE *out_device)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *owner = (struct fx_device *)fx_object_of(globals, handle, &fx_type_device);
    struct fx_usb_device *device;
    NTSTATUS status;

    fx_needed(globals, out_device);
    *out_device = NULL;
    status = fx_passive_check(globals, "WdfUsbTargetDeviceCreate");
    if (NT_SUCCESS(status))
        status = fx_usb_device_create(owner, attributes, &device);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&device->target.object, caller);
    *out_device = fx_handle_of(&device->target.object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceCreate(PWDF_DRIVER_GLOBALS abi, WDFDEVICE handle,
                                            PWDF_OBJECT_ATTRIBUTES attributes,
                                            WDFUSBDEVICE *out_device)
{
    return device_create(abi, handle, attributes, _ReturnAddress(), out_device);
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceCreateWithParameters(PWDF_DRIVER_GLOBALS abi, WDFDEVICE handle,
                                                          PWDF_USB_DEVICE_CREATE_CONFIG config,
                                                          PWDF_OBJECT_ATTRIBUTES attributes,
                                                          WDFUSBDEVICE *out_device)
{
    struct fx_globals *globals = fx_globals_of(abi);

    fx_needed(globals, config);
    if (config->Size != sizeof(*config)) {
        fx_log(globals, FX_LOG_ERROR, "WDF_USB_DEVICE_CREATE_CONFIG has %u bytes", config->Size);
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    return device_create(abi, handle, attributes, _ReturnAddress(), out_device);
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceRetrieveInformation(PWDF_DRIVER_GLOBALS abi,
                                                         WDFUSBDEVICE handle,
                                                         PWDF_USB_DEVICE_INFORMATION out_info)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_device *device = fx_usb_device_of(globals, handle);

    fx_needed(globals, out_info);
    if (out_info->Size != sizeof(*out_info))
        return STATUS_INFO_LENGTH_MISMATCH;
    /* Versions and port capabilities are the bus interface's to say: there is none yet. */
    RtlZeroMemory(&out_info->UsbdVersionInformation, sizeof(out_info->UsbdVersionInformation));
    out_info->UsbdVersionInformation.Supported_USB_Version = device->descriptor.bcdUSB;
    out_info->HcdPortCapabilities = 0;
    out_info->Traits = device->traits;
    return STATUS_SUCCESS;
}

VOID NTAPI imp_WdfUsbTargetDeviceGetDeviceDescriptor(PWDF_DRIVER_GLOBALS abi, WDFUSBDEVICE handle,
                                                     PUSB_DEVICE_DESCRIPTOR out_descriptor)
{
    struct fx_globals *globals = fx_globals_of(abi);

    fx_needed(globals, out_descriptor);
    *out_descriptor = fx_usb_device_of(globals, handle)->descriptor;
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceRetrieveConfigDescriptor(PWDF_DRIVER_GLOBALS abi,
                                                              WDFUSBDEVICE handle, PVOID out_bytes,
                                                              PUSHORT length)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_device *device = fx_usb_device_of(globals, handle);
    USHORT whole = device->configuration->wTotalLength, given;

    fx_needed(globals, length);
    given = out_bytes != NULL ? *length : 0;
    RtlCopyMemory(out_bytes, device->configuration, given < whole ? given : whole);
    *length = whole;
    return given < whole ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceAllocAndQueryString(
    PWDF_DRIVER_GLOBALS abi, WDFUSBDEVICE handle, PWDF_OBJECT_ATTRIBUTES attributes,
    WDFMEMORY *out_memory, PUSHORT out_characters, UCHAR index, USHORT language)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_device *device = fx_usb_device_of(globals, handle);
    UCHAR bytes[MAXIMUM_USB_STRING_LENGTH + 1];
    PUSB_STRING_DESCRIPTOR string = (PUSB_STRING_DESCRIPTOR)bytes;
    ULONG length = MAXIMUM_USB_STRING_LENGTH;
    struct fx_memory *memory;
    NTSTATUS status;

    fx_needed(globals, out_memory);
    *out_memory = NULL;
    if (out_characters != NULL)
        *out_characters = 0;
    status = fx_passive_check(globals, "WdfUsbTargetDeviceAllocAndQueryString");
    if (!NT_SUCCESS(status))
        return status;
    RtlZeroMemory(bytes, sizeof(bytes));
    status =
        fx_usb_descriptor_read(device, USB_STRING_DESCRIPTOR_TYPE, index, language, bytes, &length);
    if (!NT_SUCCESS(status))
        return status;
    if (length < 2 || string->bLength < 4 || string->bLength > length || string->bLength % 2 != 0)
        return STATUS_DEVICE_DATA_ERROR;
    status = fx_memory_create(globals, attributes, &device->target.object, NonPagedPoolNx, 0,
                              string->bLength - 2u, &memory);
    if (!NT_SUCCESS(status))
        return status;
    RtlCopyMemory(memory->buffer, string->bString, memory->length_bytes);
    *out_memory = fx_handle_of(&memory->object);
    if (out_characters != NULL)
        *out_characters = (USHORT)(memory->length_bytes / sizeof(WCHAR));
    return STATUS_SUCCESS;
}

UCHAR NTAPI imp_WdfUsbTargetDeviceGetNumInterfaces(PWDF_DRIVER_GLOBALS abi, WDFUSBDEVICE handle)
{
    return fx_usb_device_of(fx_globals_of(abi), handle)->interface_count;
}

WDFUSBINTERFACE NTAPI imp_WdfUsbTargetDeviceGetInterface(PWDF_DRIVER_GLOBALS abi,
                                                         WDFUSBDEVICE handle, UCHAR index)
{
    struct fx_usb_device *device = fx_usb_device_of(fx_globals_of(abi), handle);

    return index < device->interface_count ? fx_handle_of(&device->interfaces[index]->object)
                                           : NULL;
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceSelectConfig(PWDF_DRIVER_GLOBALS abi, WDFUSBDEVICE handle,
                                                  PWDF_OBJECT_ATTRIBUTES attributes,
                                                  PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS params)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_device *device = fx_usb_device_of(globals, handle);
    NTSTATUS status;

    fx_needed(globals, params);
    if (params->Size != sizeof(*params))
        return STATUS_INFO_LENGTH_MISMATCH;
    status = fx_passive_check(globals, "WdfUsbTargetDeviceSelectConfig");
    if (NT_SUCCESS(status))
        status = fx_usb_select_config(device, attributes, params);
    return status;
}

USBD_CONFIGURATION_HANDLE NTAPI
imp_WdfUsbTargetDeviceWdmGetConfigurationHandle(PWDF_DRIVER_GLOBALS abi, WDFUSBDEVICE handle)
{
    return fx_usb_device_of(fx_globals_of(abi), handle)->handle;
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceRetrieveCurrentFrameNumber(PWDF_DRIVER_GLOBALS abi,
                                                                WDFUSBDEVICE handle,
                                                                PULONG out_frame)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_device *device = fx_usb_device_of(globals, handle);
    NTSTATUS status;
    URB urb;

    fx_needed(globals, out_frame);
    status = fx_passive_check(globals, "WdfUsbTargetDeviceRetrieveCurrentFrameNumber");
    if (!NT_SUCCESS(status))
        return status;
    RtlZeroMemory(&urb, sizeof(urb));
    urb.UrbHeader.Length = sizeof(urb.UrbGetCurrentFrameNumber);
    urb.UrbHeader.Function = URB_FUNCTION_GET_CURRENT_FRAME_NUMBER;
    status = fx_usb_urb_wait(&device->target, &urb, NULL);
    *out_frame = urb.UrbGetCurrentFrameNumber.FrameNumber;
    return status;
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceIsConnectedSynchronous(PWDF_DRIVER_GLOBALS abi,
                                                            WDFUSBDEVICE handle)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_device *device = fx_usb_device_of(globals, handle);
    NTSTATUS status = fx_passive_check(globals, "WdfUsbTargetDeviceIsConnectedSynchronous");

    return NT_SUCCESS(status) ? fx_usb_connected(device) : status;
}

/* What is on its way is cancelled first, and there must be a device to do it to. */
static NTSTATUS port_control(PWDF_DRIVER_GLOBALS abi, WDFUSBDEVICE handle, const char *entry,
                             ULONG code)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_device *device = fx_usb_device_of(globals, handle);
    NTSTATUS status = fx_passive_check(globals, entry);

    if (NT_SUCCESS(status))
        status = fx_usb_connected(device);
    if (!NT_SUCCESS(status))
        return status;
    fx_target_cancel_sent(&device->target);
    return fx_usb_control_wait(device, code, NULL);
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceResetPortSynchronously(PWDF_DRIVER_GLOBALS abi,
                                                            WDFUSBDEVICE handle)
{
    return port_control(abi, handle, "WdfUsbTargetDeviceResetPortSynchronously",
                        IOCTL_INTERNAL_USB_RESET_PORT);
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceCyclePortSynchronously(PWDF_DRIVER_GLOBALS abi,
                                                            WDFUSBDEVICE handle)
{
    return port_control(abi, handle, "WdfUsbTargetDeviceCyclePortSynchronously",
                        IOCTL_INTERNAL_USB_CYCLE_PORT);
}

/* A URB in a memory object of its own. */
static NTSTATUS urb_create(PWDF_DRIVER_GLOBALS abi, WDFUSBDEVICE handle,
                           PWDF_OBJECT_ATTRIBUTES attributes, size_t bytes, WDFMEMORY *out_memory,
                           PURB *out_urb)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_device *device = fx_usb_device_of(globals, handle);
    struct fx_memory *memory;
    NTSTATUS status;

    fx_needed(globals, out_memory);
    status = fx_memory_create(globals, attributes, &device->target.object, NonPagedPoolNx, 0, bytes,
                              &memory);
    if (!NT_SUCCESS(status))
        return status;
    RtlZeroMemory(memory->buffer, bytes);
    *out_memory = fx_handle_of(&memory->object);
    if (out_urb != NULL)
        *out_urb = memory->buffer;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceCreateUrb(PWDF_DRIVER_GLOBALS abi, WDFUSBDEVICE handle,
                                               PWDF_OBJECT_ATTRIBUTES attributes,
                                               WDFMEMORY *out_memory, PURB *out_urb)
{
    return urb_create(abi, handle, attributes, sizeof(URB), out_memory, out_urb);
}

NTSTATUS NTAPI imp_WdfUsbTargetDeviceCreateIsochUrb(PWDF_DRIVER_GLOBALS abi, WDFUSBDEVICE handle,
                                                    PWDF_OBJECT_ATTRIBUTES attributes,
                                                    ULONG packets, WDFMEMORY *out_memory,
                                                    PURB *out_urb)
{
    struct fx_globals *globals = fx_globals_of(abi);
    size_t bytes;

    if (packets == 0 || packets > 1024) { /* more than any bus takes in one URB */
        fx_log(globals, FX_LOG_ERROR, "WdfUsbTargetDeviceCreateIsochUrb: %u packets", packets);
        return STATUS_INVALID_PARAMETER;
    }
    bytes = GET_ISO_URB_SIZE(packets);
    return urb_create(abi, handle, attributes, bytes < sizeof(URB) ? sizeof(URB) : bytes,
                      out_memory, out_urb);
}

/* ---- interfaces ---------------------------------------------------------------------------- */

BYTE NTAPI imp_WdfUsbInterfaceGetInterfaceNumber(PWDF_DRIVER_GLOBALS abi, WDFUSBINTERFACE handle)
{
    return fx_usb_interface_of(fx_globals_of(abi), handle)->number;
}

BYTE NTAPI imp_WdfUsbInterfaceGetNumSettings(PWDF_DRIVER_GLOBALS abi, WDFUSBINTERFACE handle)
{
    return fx_usb_interface_of(fx_globals_of(abi), handle)->setting_count;
}

BYTE NTAPI imp_WdfUsbInterfaceGetNumEndpoints(PWDF_DRIVER_GLOBALS abi, WDFUSBINTERFACE handle,
                                              UCHAR setting)
{
    PUSB_INTERFACE_DESCRIPTOR descriptor =
        fx_usb_setting_find(fx_usb_interface_of(fx_globals_of(abi), handle), setting);

    return descriptor != NULL ? descriptor->bNumEndpoints : 0;
}

VOID NTAPI imp_WdfUsbInterfaceGetDescriptor(PWDF_DRIVER_GLOBALS abi, WDFUSBINTERFACE handle,
                                            UCHAR setting, PUSB_INTERFACE_DESCRIPTOR out_descriptor)
{
    struct fx_globals *globals = fx_globals_of(abi);
    PUSB_INTERFACE_DESCRIPTOR descriptor =
        fx_usb_setting_find(fx_usb_interface_of(globals, handle), setting);

    fx_needed(globals, out_descriptor);
    if (descriptor != NULL)
        *out_descriptor = *descriptor;
    else
        RtlZeroMemory(out_descriptor, sizeof(*out_descriptor));
}

NTSTATUS NTAPI imp_WdfUsbInterfaceSelectSetting(PWDF_DRIVER_GLOBALS abi, WDFUSBINTERFACE handle,
                                                PWDF_OBJECT_ATTRIBUTES attributes,
                                                PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS params)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_interface *interface = fx_usb_interface_of(globals, handle);
    NTSTATUS status;

    fx_needed(globals, params);
    if (params->Size != sizeof(*params))
        return STATUS_INFO_LENGTH_MISMATCH;
    status = fx_passive_check(globals, "WdfUsbInterfaceSelectSetting");
    if (NT_SUCCESS(status))
        status = fx_usb_select_setting(interface, attributes, params);
    return status;
}

VOID NTAPI imp_WdfUsbInterfaceGetEndpointInformation(PWDF_DRIVER_GLOBALS abi,
                                                     WDFUSBINTERFACE handle, UCHAR setting,
                                                     UCHAR index,
                                                     PWDF_USB_PIPE_INFORMATION out_info)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_interface *interface = fx_usb_interface_of(globals, handle);
    PUSB_ENDPOINT_DESCRIPTOR endpoint;

    fx_needed(globals, out_info);
    if (out_info->Size != sizeof(*out_info)) {
        fx_log(globals, FX_LOG_ERROR, "WDF_USB_PIPE_INFORMATION has %u bytes", out_info->Size);
        return;
    }
    endpoint = fx_usb_endpoint_find(interface, setting, index);
    if (endpoint == NULL)
        return;
    out_info->MaximumPacketSize = endpoint->wMaxPacketSize;
    out_info->EndpointAddress = endpoint->bEndpointAddress;
    out_info->Interval = endpoint->bInterval;
    out_info->SettingIndex = setting;
    out_info->PipeType = (WDF_USB_PIPE_TYPE)((endpoint->bmAttributes & USB_ENDPOINT_TYPE_MASK) + 1);
    out_info->MaximumTransferSize = USBD_DEFAULT_MAXIMUM_TRANSFER_SIZE;
}

BYTE NTAPI imp_WdfUsbInterfaceGetConfiguredSettingIndex(PWDF_DRIVER_GLOBALS abi,
                                                        WDFUSBINTERFACE handle)
{
    return fx_usb_interface_of(fx_globals_of(abi), handle)->setting;
}

BYTE NTAPI imp_WdfUsbInterfaceGetNumConfiguredPipes(PWDF_DRIVER_GLOBALS abi, WDFUSBINTERFACE handle)
{
    return fx_usb_interface_of(fx_globals_of(abi), handle)->pipe_count;
}

WDFUSBPIPE NTAPI imp_WdfUsbInterfaceGetConfiguredPipe(PWDF_DRIVER_GLOBALS abi,
                                                      WDFUSBINTERFACE handle, UCHAR index,
                                                      PWDF_USB_PIPE_INFORMATION out_info)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_usb_interface *interface = fx_usb_interface_of(globals, handle);

    if (out_info != NULL && out_info->Size != sizeof(*out_info)) {
        fx_log(globals, FX_LOG_ERROR, "WDF_USB_PIPE_INFORMATION has %u bytes", out_info->Size);
        return NULL;
    }
    if (index >= interface->pipe_count)
        return NULL;
    if (out_info != NULL)
        fx_usb_pipe_information(interface->pipes[index], out_info);
    return fx_handle_of(&interface->pipes[index]->target.object);
}
