/* SPDX-License-Identifier: MIT */
/* usb200.h - an older name of usbspec.h. */
#ifndef __USB200_H__
#define __USB200_H__

#include <usbspec.h>

#endif
