/* SPDX-License-Identifier: MIT */
/* usb100.h - an older name of usbspec.h. */
#ifndef __USB100_H__
#define __USB100_H__

#include <usbspec.h>

#endif
