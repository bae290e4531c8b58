/* SPDX-License-Identifier: MIT */
/* usb_target.h - what the files about USB targets share: devices, interfaces, pipes, URBs.
 *
 * A USB device is a target (the stack below, by URBs); its interfaces are its children, a
 * configured interface's pipes are targets below that. Nothing here knows a host controller:
 * everything is IOCTL_INTERNAL_USB_SUBMIT_URB to the next lower driver. Configuring is the driver's
 * business to do from one thread at a time, at PASSIVE_LEVEL, as documented.
 */
#ifndef FX_USB_TARGET_H
#define FX_USB_TARGET_H

#include "target_internal.h"

#include <usb.h>
#include <usbdlib.h>
#include <usbioctl.h>
#include <wdfusb.h>

struct fx_usb_reader;

struct fx_usb_device {
    struct fx_target target;
    USB_DEVICE_DESCRIPTOR descriptor;
    PUSB_CONFIGURATION_DESCRIPTOR configuration; /* of the first configuration, whole; ours */
    USBD_CONFIGURATION_HANDLE handle;            /* NULL: not configured */
    ULONG traits;
    UCHAR interface_count;
    struct fx_usb_interface **interfaces; /* in the order of the descriptor */
};

struct fx_usb_interface {
    struct fx_object object;
    struct fx_usb_device *device;
    UCHAR number;
    UCHAR setting_count;
    UCHAR setting;    /* the configured one */
    UCHAR pipe_count; /* configured */
    struct fx_usb_pipe **pipes;
};

struct fx_usb_pipe {
    struct fx_target target;
    struct fx_usb_device *device;
    struct fx_usb_interface *interface;
    USBD_PIPE_INFORMATION info;
    BOOLEAN any_length; /* WdfUsbTargetPipeSetNoMaximumPacketSizeCheck */
    struct fx_usb_reader *reader;
};

/* A URB of the Framework's own, and what the completion routine is told. */
struct fx_urb {
    WDF_USB_REQUEST_COMPLETION_PARAMS params;
    PURB urb; /* &own, or the driver's */
    URB own;
    PUSB_STRING_DESCRIPTOR string; /* behind this struct, of a string request */
    struct fx_buffer out;          /* where the string goes */
};

static inline struct fx_usb_device *fx_usb_device_of(struct fx_globals *globals,
                                                     WDFUSBDEVICE handle)
{
    return (struct fx_usb_device *)fx_object_of(globals, handle, &fx_type_usb_device);
}

static inline struct fx_usb_pipe *fx_usb_pipe_of(struct fx_globals *globals, WDFUSBPIPE handle)
{
    return (struct fx_usb_pipe *)fx_object_of(globals, handle, &fx_type_usb_pipe);
}

static inline struct fx_usb_interface *fx_usb_interface_of(struct fx_globals *globals,
                                                           WDFUSBINTERFACE handle)
{
    return (struct fx_usb_interface *)fx_object_of(globals, handle, &fx_type_usb_interface);
}

/* ---- URBs (usb_urb.c) ---------------------------------------------------------------------- */

/* Formats a request for a URB: the Framework's own (urb NULL; fill out_urb->own) or the driver's.
 */
NTSTATUS fx_usb_format(struct fx_target *target, struct fx_request *request, PURB urb, ULONG extra,
                       WDF_USB_REQUEST_TYPE type, struct fx_urb **out_urb);
/* A format that went wrong after fx_usb_format, or right: says so and passes status on. */
NTSTATUS fx_usb_formatted(struct fx_request *request, NTSTATUS status);

NTSTATUS fx_usb_format_control(struct fx_usb_device *device, struct fx_request *request,
                               const WDF_USB_CONTROL_SETUP_PACKET *setup,
                               const struct fx_buffer *buffer);
NTSTATUS fx_usb_format_transfer(struct fx_usb_pipe *pipe, struct fx_request *request, BOOLEAN is_in,
                                const struct fx_buffer *buffer);
NTSTATUS fx_usb_format_pipe(struct fx_usb_pipe *pipe, struct fx_request *request, USHORT function,
                            WDF_USB_REQUEST_TYPE type);
NTSTATUS fx_usb_format_string(struct fx_usb_device *device, struct fx_request *request,
                              const struct fx_buffer *out, UCHAR index, USHORT language);

/* Sends a URB, or an internal control without one, for the Framework itself and waits. */
NTSTATUS fx_usb_urb_wait(struct fx_target *target, PURB urb,
                         const WDF_REQUEST_SEND_OPTIONS *options);
NTSTATUS fx_usb_control_wait(struct fx_usb_device *device, ULONG code, PVOID argument1);

/* A descriptor of the device, up to *length bytes; out: how many came. */
NTSTATUS fx_usb_descriptor_read(struct fx_usb_device *device, UCHAR type, UCHAR index,
                                USHORT language, PVOID out_bytes, ULONG *length);

/* ---- configuring (usb_config.c, usb_device.c) ---------------------------------------------- */

NTSTATUS fx_usb_device_create(struct fx_device *owner, PWDF_OBJECT_ATTRIBUTES attributes,
                              struct fx_usb_device **out_device);
/* Errors: STATUS_DEVICE_DOES_NOT_EXIST, or why the bus would not say. */
NTSTATUS fx_usb_connected(struct fx_usb_device *device);

NTSTATUS fx_usb_select_config(struct fx_usb_device *device, PWDF_OBJECT_ATTRIBUTES attributes,
                              PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS params);
NTSTATUS fx_usb_select_setting(struct fx_usb_interface *interface,
                               PWDF_OBJECT_ATTRIBUTES attributes,
                               PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS params);
/* The descriptor of a setting, or NULL; the index-th endpoint behind it, or NULL. */
PUSB_INTERFACE_DESCRIPTOR fx_usb_setting_find(struct fx_usb_interface *interface, UCHAR setting);
PUSB_ENDPOINT_DESCRIPTOR fx_usb_endpoint_find(struct fx_usb_interface *interface, UCHAR setting,
                                              UCHAR index);
/* The next descriptor of a type at or behind `from`; NULL: no whole one is left. */
PUSB_COMMON_DESCRIPTOR fx_usb_descriptor_find(PUSB_CONFIGURATION_DESCRIPTOR configuration,
                                              PVOID from, UCHAR type);

/* ---- pipes (usb_pipe.c, usb_reader.c) ------------------------------------------------------ */

/* Replaces the interface's pipes by those that the bus has configured. */
NTSTATUS fx_usb_pipes_make(struct fx_usb_interface *interface, PWDF_OBJECT_ATTRIBUTES attributes,
                           const USBD_INTERFACE_INFORMATION *info);
void fx_usb_pipes_delete(struct fx_usb_interface *interface);
void fx_usb_pipe_information(const struct fx_usb_pipe *pipe, PWDF_USB_PIPE_INFORMATION out_info);

NTSTATUS fx_usb_reader_create(struct fx_usb_pipe *pipe,
                              const WDF_USB_CONTINUOUS_READER_CONFIG *config);
void fx_usb_reader_destroy(struct fx_usb_pipe *pipe);
/* Sends what is not on its way: the pipe was started. <= DISPATCH_LEVEL */
void fx_usb_reader_restart(struct fx_usb_pipe *pipe);
/* Waits until no read is on its way: the pipe is stopped. PASSIVE_LEVEL */
void fx_usb_reader_settle(struct fx_usb_pipe *pipe);

#endif
