/* SPDX-License-Identifier: MIT */
/* exports_ioctl.h - what the two client drivers and their program agree on. */
#ifndef EXPORTS_IOCTL_H
#define EXPORTS_IOCTL_H

#define EXPORTS_DEVICE_PATH "\\\\.\\Exports"

/* out: LONG, the next number, through an import. */
#define IOCTL_EXPORTS_NEXT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x831, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* in: LONG, where the count goes on; the import is by ordinal. */
#define IOCTL_EXPORTS_RESET CTL_CODE(FILE_DEVICE_UNKNOWN, 0x832, METHOD_BUFFERED, FILE_ANY_ACCESS)
/* out: LONG, the next number, through the interface that an internal IOCTL gave. */
#define IOCTL_EXPORTS_NEXT_BY_INTERFACE \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x833, METHOD_BUFFERED, FILE_ANY_ACCESS)

#endif
