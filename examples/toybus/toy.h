/* SPDX-License-Identifier: MIT */
/* toy.h - what the two files of the toy's function driver share. */
#ifndef TOY_H
#define TOY_H

#include <ntddk.h>

#define TOY_TAG  'yoT '
#define TOY_MOST 100

typedef struct _TOY {
    PDEVICE_OBJECT Self, Lower, Physical;
    IO_REMOVE_LOCK RemoveLock;
    UNICODE_STRING Interface;
    BOOLEAN IsInstrumented;
    IO_CSQ Queue;
    LIST_ENTRY Reads; /* guarded by Lock, like all below */
    KSPIN_LOCK Lock;
    TOY_STATE State;
    BOOLEAN IsStarted;
} TOY, *PTOY;

NTSTATUS NTAPI ToyForward(PDEVICE_OBJECT Device, PIRP Irp);

/* toywmi.c. Registers the toy's blocks, or takes that back; PASSIVE_LEVEL. */
VOID ToyWmi(PTOY Toy, BOOLEAN IsWanted);
DRIVER_DISPATCH ToySystemControl;

#endif
