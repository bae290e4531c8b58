/* SPDX-License-Identifier: MIT */
/* echo_ioctl.h - what the driver and its program share; initguid.h comes before it. */
#ifndef ECHO_IOCTL_H
#define ECHO_IOCTL_H

#define ECHO_MAX 4096 /* bytes that are kept */

/* While the timer is paused reads and writes wait. */
#define IOCTL_ECHO_PAUSE  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_ECHO_RESUME CTL_CODE(FILE_DEVICE_UNKNOWN, 0x901, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* Out: ULONG, how many requests were cancelled so far. */
#define IOCTL_ECHO_CANCELLED CTL_CODE(FILE_DEVICE_UNKNOWN, 0x902, METHOD_BUFFERED, FILE_ANY_ACCESS)

DEFINE_GUID(GUID_DEVINTERFACE_ECHO, 0x0d9e6cbb, 0x81b7, 0x4f3c, 0xa3, 0x5d, 0x6e, 0x1f, 0x2a, 0x90,
            0x47, 0x13);

#endif
