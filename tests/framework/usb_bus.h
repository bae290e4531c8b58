/* SPDX-License-Identifier: MIT */
/* usb_bus.h - a USB device of descriptors under a device of the Framework.
 *
 * The test driver's lower device answers URBs from a table: one configuration, one interface with
 * two settings. usb_begin starts the stack and makes the USB target; what came is in `asked`.
 */
#ifndef TESTS_USB_BUS_H
#define TESTS_USB_BUS_H

#include "kmdf_test.h"

#include <usb.h>
#include <usbdlib.h>
#include <usbioctl.h>
#include <wdfusb.h>

#define PACKET 64

#pragma pack(push, 1)
struct usb_described {
    USB_CONFIGURATION_DESCRIPTOR configuration;
    USB_INTERFACE_DESCRIPTOR first;
    USB_ENDPOINT_DESCRIPTOR in, out;
    USB_INTERFACE_DESCRIPTOR second;
    USB_ENDPOINT_DESCRIPTOR interrupt;
};
#pragma pack(pop)

extern const struct usb_described described;
extern const USB_DEVICE_DESCRIPTOR device_descriptor;

/* What the bus was asked for last, and how it is. */
struct usb_asked {
    ULONG port_status, configured, setting, resets, aborts, port_resets;
    UCHAR written[PACKET];
    WDF_USB_CONTROL_SETUP_PACKET setup;
    BOOLEAN keep_reads;
};
extern struct usb_asked asked;

extern WDFDEVICE device;
extern WDFUSBDEVICE usb;

BOOLEAN usb_begin(void);
void usb_end(void);
/* Its only interface, configured. */
WDFUSBINTERFACE usb_configure(void);

#endif
