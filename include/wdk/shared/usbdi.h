/* SPDX-License-Identifier: MIT */
/* usbdi.h - the driver interface of USB: its request blocks and the control codes that carry them.
 */
#ifndef __USBDI_H__
#define __USBDI_H__

#include <usb.h>
#include <usbioctl.h>

#define USBD_DEFAULT_PIPE_TRANSFER 0x00000008

#endif
