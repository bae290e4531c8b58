/* SPDX-License-Identifier: MIT */
/*
 * usbd.h - what the parts of usbd.lib share.
 *
 * A library of the driver's own code: nothing is exported to other drivers, nothing is kept
 * between calls but what a handle holds.
 */
#ifndef COVE_DRIVERS_USBD_USBD_H
#define COVE_DRIVERS_USBD_USBD_H

#include <initguid.h>

#include <wdm.h>

#include <usbbusif.h>
#include <usbdlib.h>

/*
 * Allocates `size` zeroed bytes for an URB with the handle's tag.
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER without a handle or a place for the URB (which is NULL
 *          after any error), STATUS_INSUFFICIENT_RESOURCES
 */
NTSTATUS usbd_urb_allocate(USBD_HANDLE handle, SIZE_T size, PURB *out);

#endif
