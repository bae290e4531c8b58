/* SPDX-License-Identifier: MIT */
/* split_ioctl.h - what the two drivers and the program agree on. */
#ifndef SPLIT_IOCTL_H
#define SPLIT_IOCTL_H

/* Two devices over one transport; they differ in how they split what is too long for it. */
#define SPLIT_SERIAL_PATH   "\\\\.\\SplitSerial"   /* one part after the other */
#define SPLIT_PARALLEL_PATH "\\\\.\\SplitParallel" /* all parts at once */
#define TRANSPORT_PATH      "\\\\.\\Transport"

#define TRANSPORT_MOST  1024u    /* bytes that the transport takes at a time */
#define TRANSPORT_BYTES 0x40000u /* what it stores */

/* To the transport. in: ULONG; the byte at this offset cannot be read or written; ~0: none. */
#define IOCTL_TRANSPORT_BREAK CTL_CODE(FILE_DEVICE_UNKNOWN, 0x840, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* in: ULONG; after that many parts the transport holds on until it is told to go on; ~0: never. */
#define IOCTL_TRANSPORT_HOLD CTL_CODE(FILE_DEVICE_UNKNOWN, 0x841, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _TRANSPORT_STATE {
    ULONG Parts;   /* requests it has seen */
    ULONG Longest; /* the longest of them */
    ULONG Held;    /* that wait now */
    ULONG Most;    /* that ever waited at one time */
} TRANSPORT_STATE;
/* out: TRANSPORT_STATE since the last question. */
#define IOCTL_TRANSPORT_STATE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x842, METHOD_BUFFERED, FILE_ANY_ACCESS)

#endif
