/* SPDX-License-Identifier: MIT */
/* toybus.h - the two halves of the bus driver: the bus itself (FDO) and its children (PDOs). */
#ifndef TOYBUS_H
#define TOYBUS_H

#include <ntddk.h>

#define TOYBUS_TAG 'suBT'

/* First in both device extensions: which of the two a request is for. */
typedef struct _COMMON {
    BOOLEAN IsBus;
    PDEVICE_OBJECT Self;
} COMMON, *PCOMMON;

typedef struct _BUS {
    COMMON Common;
    PDEVICE_OBJECT Lower, Physical;
    IO_REMOVE_LOCK RemoveLock;
    UNICODE_STRING Interface;
    BOOLEAN IsStarted;
    FAST_MUTEX Mutex;
    LIST_ENTRY Children; /* of CHILD; guarded by Mutex */
} BUS, *PBUS;

typedef struct _CHILD {
    COMMON Common;
    LIST_ENTRY Link; /* in the bus's Children; Flink NULL: the bus is gone */
    PBUS Bus;
    ULONG Serial;
    BOOLEAN IsPresent;  /* it is plugged in; guarded by the bus's Mutex */
    BOOLEAN IsReported; /* the Plug and Play manager has been told of it; same */
} CHILD, *PCHILD;

NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information);

/* toychild.c. Both take the bus's Mutex; PASSIVE_LEVEL. */
NTSTATUS ChildPlug(PBUS Bus, ULONG Serial);
NTSTATUS ChildUnplug(PBUS Bus, ULONG Serial, BOOLEAN IsAsked);
VOID ChildDelete(PCHILD Child);
NTSTATUS ChildPnp(PCHILD Child, PIRP Irp);
NTSTATUS ChildPower(PCHILD Child, PIRP Irp);

#endif
