/* SPDX-License-Identifier: MIT */
/* pending_ioctl.h - what the driver and its programs agree on. */
#ifndef PENDING_IOCTL_H
#define PENDING_IOCTL_H

#define PENDING_DEVICE_PATH "\\\\.\\Pending"

/* Waits in a cancel-safe queue until a message is sent; out: the message. */
#define IOCTL_PENDING_WAIT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x820, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* Hands a message to the oldest waiter; Information 0 when nobody waits. */
#define IOCTL_PENDING_SEND CTL_CODE(FILE_DEVICE_UNKNOWN, 0x821, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* out: ULONG, how many wait. */
#define IOCTL_PENDING_COUNT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x822, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* Served one after the other by StartIo and a timer. in: ULONG number; out: its square. */
#define IOCTL_PENDING_SQUARE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x823, METHOD_BUFFERED, FILE_ANY_ACCESS)

#endif
