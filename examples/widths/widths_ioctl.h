/* SPDX-License-Identifier: MIT */
/* widths_ioctl.h - what program and driver agree on. */
#ifndef WIDTHS_IOCTL_H
#define WIDTHS_IOCTL_H

#define WIDTHS_DEVICE_PATH "\\\\.\\Widths"

#define IOCTL_WIDTHS_SUM      CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_WIDTHS_CARELESS CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_WIDTHS_FIXED    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_BUFFERED, FILE_ANY_ACCESS)

/* In: numbers to be added up, and an event that is set when it is done. As wide as the program. */
typedef struct _WIDTHS_REQUEST {
    PVOID Numbers; /* ULONGs of the program's own memory */
    HANDLE Event;
    SIZE_T Count;
} WIDTHS_REQUEST, *PWIDTHS_REQUEST;

/* The same of fixed width: handles are significant in their lower 32 bits. */
typedef struct _WIDTHS_FIXED_REQUEST {
    ULONG64 Numbers;
    ULONG64 Event;
    ULONG64 Count;
} WIDTHS_FIXED_REQUEST, *PWIDTHS_FIXED_REQUEST;

/* Out, from each. */
typedef struct _WIDTHS_ANSWER {
    ULONG Sum;
    ULONG Is32Bit; /* what the driver thinks of its caller */
} WIDTHS_ANSWER, *PWIDTHS_ANSWER;

#endif
