/* SPDX-License-Identifier: MIT */
/* ladder_ioctl.h - what the driver and the DLL share. */
#ifndef LADDER_IOCTL_H
#define LADDER_IOCTL_H

#define LADDER_DEVICE_PATH "\\\\.\\Ladder"
#define LADDER_TEXT_MAX    4096

/* In: LADDER_REQUEST. Out: LADDER_ANSWER. Before it answers, the driver sets the event and sends a
 * notice up to the oldest request that waits for one. */
#define IOCTL_LADDER_CLIMB CTL_CODE(FILE_DEVICE_UNKNOWN, 0xA00, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* The inverted call: waits until the driver has something to say. Out: LADDER_NOTICE. */
#define IOCTL_LADDER_WAIT CTL_CODE(FILE_DEVICE_UNKNOWN, 0xA01, METHOD_BUFFERED, FILE_ANY_ACCESS)

/* As wide as the program: 24 bytes in a 64-bit one, 12 in a 32-bit one. */
typedef struct _LADDER_REQUEST {
    PVOID Text; /* the program's own memory */
    HANDLE Event;
    SIZE_T Length;
} LADDER_REQUEST, *PLADDER_REQUEST;

typedef struct _LADDER_ANSWER {
    ULONG Sum;     /* of the text's bytes */
    ULONG Is32Bit; /* what the driver thinks of its caller */
} LADDER_ANSWER, *PLADDER_ANSWER;

typedef struct _LADDER_NOTICE {
    ULONG Sum;
    ULONG Length;
} LADDER_NOTICE, *PLADDER_NOTICE;

#endif
