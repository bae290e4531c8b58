/* SPDX-License-Identifier: MIT */
/* meter_ioctl.h - what the driver and its program share; initguid.h comes before it. */
#ifndef METER_IOCTL_H
#define METER_IOCTL_H

typedef struct _METER_POWER {
    unsigned long PoweredUp;   /* how often */
    unsigned long PoweredDown; /* how often */
    unsigned long IsUp;
} METER_POWER;

/* Out: METER_POWER. Does not use the device. */
#define IOCTL_METER_POWER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* Ends when the device is powered down. */
#define IOCTL_METER_WAIT_DOWN CTL_CODE(FILE_DEVICE_UNKNOWN, 0x901, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* Between the two the device does not idle. */
#define IOCTL_METER_HOLD    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x902, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_METER_RELEASE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x903, METHOD_BUFFERED, FILE_ANY_ACCESS)

DEFINE_GUID(GUID_DEVINTERFACE_METER, 0x5be1a7c4, 0x90d2, 0x4e6f, 0xb1, 0x3c, 0x27, 0x84, 0xd9, 0x0a,
            0x6e, 0x51);

#endif
