/* SPDX-License-Identifier: MIT */
/* fxtoy_driver.h - what the files of the toy drivers share. */
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
/* The same for a device that there is; then what is to be done at that moment. */
NTSTATUS noted(WDFDEVICE device, int callback, int argument);
/* fxtoy.c, what the test asks for */
void command(WDFDEVICE device);
NTSTATUS idle_assign(WDFDEVICE device);
void callbacks_set(PWDFDEVICE_INIT init);
NTSTATUS device_make(PWDFDEVICE_INIT *init, int role, int id, WDFDEVICE *out_device);

/* fxtoy_child.c: the bus's children. */
void bus_init(PWDFDEVICE_INIT init);
NTSTATUS bus_scan(WDFDEVICE device);
NTSTATUS bus_wake(WDFDEVICE device, int id, NTSTATUS status);
WDFDEVICE bus_child(WDFDEVICE device, int id);
int child_id(PDEVICE_OBJECT physical);

/* fxtoy_managed.c */
NTSTATUS managed_assign(WDFDEVICE device, enum fxtoy_settings which);

#endif
