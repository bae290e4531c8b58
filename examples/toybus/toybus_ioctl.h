/* SPDX-License-Identifier: MIT */
/* toybus_ioctl.h - what programs and drivers say to the toy bus and its toys.
 *
 * Both are found by their device interfaces. Include <initguid.h> first in one file.
 */
#ifndef TOYBUS_IOCTL_H
#define TOYBUS_IOCTL_H

DEFINE_GUID(GUID_DEVINTERFACE_TOYBUS, 0x5b1f0c7a, 0x2d53, 0x4c1e, 0x9a, 0x0d, 0x6e, 0x41, 0x77,
            0x3a, 0x10, 0x01);
DEFINE_GUID(GUID_DEVINTERFACE_TOY, 0x5b1f0c7a, 0x2d53, 0x4c1e, 0x9a, 0x0d, 0x6e, 0x41, 0x77, 0x3a,
            0x10, 0x02);

#define TOY_MESSAGE_MAX 64

/* To the bus: a toy with this serial number is put in, pulled out without a word, or handed out
 * after everybody has agreed. In: ULONG serial. */
#define IOCTL_TOYBUS_PLUG \
    CTL_CODE(FILE_DEVICE_BUS_EXTENDER, 0x800, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_TOYBUS_UNPLUG \
    CTL_CODE(FILE_DEVICE_BUS_EXTENDER, 0x801, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_TOYBUS_EJECT \
    CTL_CODE(FILE_DEVICE_BUS_EXTENDER, 0x802, METHOD_BUFFERED, FILE_WRITE_DATA)

/* To a toy: the bytes answer the oldest waiting read; ERROR_NOT_READY when nobody reads. */
#define IOCTL_TOY_SAY CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_WRITE_DATA)
/* Out: ULONG, how many reads wait. */
#define IOCTL_TOY_WAITING CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_READ_DATA)

/* To AfterThought above a toy. Out: ULONG, how many reads it has seen end. */
#define IOCTL_AFTERTHOUGHT_COUNT \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_READ_DATA)

/* The block {5b1f0c7a-2d53-4c1e-9a0d-6e41773a1004} that a toy provides by WMI. */
typedef struct _TOY_STATE {
    unsigned int Waiting; /* reads that wait */
    unsigned int Most;    /* as many may; can be set */
} TOY_STATE;

#endif
