/* SPDX-License-Identifier: MIT */
/* heartbeat_ioctl.h - what a program asks of the heartbeat driver. */
#ifndef HEARTBEAT_IOCTL_H
#define HEARTBEAT_IOCTL_H

#define HEARTBEAT_DEVICE_PATH "\\\\.\\CoveHeartbeat"

typedef struct _HEARTBEAT {
    unsigned long Beats;        /* since the driver was started */
    unsigned long Milliseconds; /* between two */
} HEARTBEAT;

/* Answers when the heart beats next. Out: HEARTBEAT. */
#define IOCTL_HEARTBEAT_NEXT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_READ_DATA)

#endif
