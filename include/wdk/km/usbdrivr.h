/* SPDX-License-Identifier: MIT */
/* usbdrivr.h - all that a driver above the USB stack needs: requests, descriptors, the library. */
#ifndef _USBDRIVR_H_
#define _USBDRIVR_H_

#include <usb.h>
#include <usbioctl.h>
#include <usbbusif.h>
#include <usbdlib.h>

#endif
