/* SPDX-License-Identifier: MIT */
/*
 * gpio.h - control codes of a connection to general-purpose I/O pins.
 *
 * A peripheral's driver sends them to the connection that it opened. Pins travel in a buffer of
 * one bit a pin, the first in the lowest.
 */
#ifndef COVE_WDK_GPIO_H
#define COVE_WDK_GPIO_H

#include <devioctl.h>

#define IOCTL_GPIO_READ_PINS  CTL_CODE(FILE_DEVICE_GPIO, 0x0, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_GPIO_WRITE_PINS CTL_CODE(FILE_DEVICE_GPIO, 0x1, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_GPIO_CONTROLLER_SPECIFIC_FUNCTION \
    CTL_CODE(FILE_DEVICE_GPIO, 0x2, METHOD_BUFFERED, FILE_ANY_ACCESS)

#endif
