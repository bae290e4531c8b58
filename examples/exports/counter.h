/* SPDX-License-Identifier: MIT */
/* counter.h - what the counter driver offers to other drivers: exports, and an interface that an
 * internal IOCTL hands out. */
#ifndef COUNTER_H
#define COUNTER_H

#include <ntddk.h>

#ifdef COUNTER_BUILD
#define COUNTER_API __declspec(dllexport)
#else
#define COUNTER_API __declspec(dllimport)
#endif

/* By exports: the importer is linked with counter.lib, and the system loads counter.sys for it. */
COUNTER_API LONG CounterNext(void);
COUNTER_API LONG CounterValue(void);
/* Also exported as ordinal 7 alone. */
COUNTER_API VOID CounterReset(LONG Value);

/* By request: \Device\CounterService answers this with its table of routines. */
#define IOCTL_COUNTER_QUERY_INTERFACE \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x830, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _COUNTER_INTERFACE {
    ULONG Size;
    LONG (*Next)(void);
    LONG (*Value)(void);
} COUNTER_INTERFACE, *PCOUNTER_INTERFACE;

#endif
