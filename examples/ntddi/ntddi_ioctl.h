/* SPDX-License-Identifier: MIT */
/* ntddi_ioctl.h - what the driver and its programs agree on. */
#ifndef NTDDI_IOCTL_H
#define NTDDI_IOCTL_H

#define NTDDI_DEVICE_PATH "\\\\.\\Ntddi"

#define IOCTL_NTDDI_GET_CHOICES                                                                  \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS) /* out: NTDDI_CHOICES \
                                                                            */
#define IOCTL_NTDDI_ADD                                                                           \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS) /* in: ULONG, out: sum \
                                                                            */
#define IOCTL_NTDDI_GET_TIME                                                                     \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_BUFFERED, FILE_ANY_ACCESS) /* out: LARGE_INTEGER \
                                                                            */

typedef struct _NTDDI_CHOICES {
    ULONG Major, Minor, Build;
    UCHAR HasQueuedLock;  /* KeAcquireInStackQueuedSpinLock; Windows XP */
    UCHAR HasPreciseTime; /* KeQuerySystemTimePrecise; Windows 8 */
    UCHAR HasTimer;       /* ExAllocateTimer; Windows 8.1 */
    UCHAR HasPool2;       /* ExAllocatePool2; Windows 10, version 2004 */
} NTDDI_CHOICES;

#endif
