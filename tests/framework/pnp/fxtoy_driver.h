/* SPDX-License-Identifier: MIT */
/* fxtoy_driver.h - what the two files of the toy drivers share. */
#ifndef FXTOY_DRIVER_H
#define FXTOY_DRIVER_H

#include <ntddk.h>

#include <wdf.h>

#include "fxtoy.h"

typedef struct _TOY {
    int role, id;
    WDFREQUEST held;
} TOY;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TOY, context_of);

extern struct fxtoy_shared *shared;

NTSTATUS note(int role, int callback, int id, int argument);
void callbacks_set(PWDFDEVICE_INIT init);
NTSTATUS device_make(PWDFDEVICE_INIT *init, int role, int id, WDFDEVICE *out_device);

/* fxtoy_child.c: the bus's children. */
void bus_init(PWDFDEVICE_INIT init);
NTSTATUS bus_scan(WDFDEVICE device);
NTSTATUS bus_wake(WDFDEVICE device, int id, NTSTATUS status);
int child_id(PDEVICE_OBJECT physical);

#endif
