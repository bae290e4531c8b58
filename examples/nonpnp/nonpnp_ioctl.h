/* SPDX-License-Identifier: MIT */
/* nonpnp_ioctl.h - what the driver and its program share. */
#ifndef NONPNP_IOCTL_H
#define NONPNP_IOCTL_H

#define NONPNP_TEXT_MAX 4096

/* A text comes back the other way round. For METHOD_IN_DIRECT the text is in the second buffer,
 * too, and how many bytes were turned around is all that comes back; for METHOD_OUT_DIRECT it is
 * in the first, and the answer goes to the second. */
#define IOCTL_NONPNP_BUFFERED CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_NONPNP_IN_DIRECT \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x901, METHOD_IN_DIRECT, FILE_ANY_ACCESS)
#define IOCTL_NONPNP_OUT_DIRECT \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x902, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)
#define IOCTL_NONPNP_NEITHER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x903, METHOD_NEITHER, FILE_ANY_ACCESS)

/* In: NONPNP_PIECE, with an address of the program's. Out: NONPNP_SUM. */
#define IOCTL_NONPNP_SUM CTL_CODE(FILE_DEVICE_UNKNOWN, 0x904, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _NONPNP_PIECE {
    PVOID Address; /* as wide as the program's pointers are */
    ULONG Length;
} NONPNP_PIECE;

typedef struct _NONPNP_SUM {
    ULONG Sum;          /* of the bytes there */
    ULONG PointerBytes; /* how wide the program's pointers are */
} NONPNP_SUM;

#endif
