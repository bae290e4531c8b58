/* SPDX-License-Identifier: MIT */
/* po_internal.h - what the files of this room share. */
#ifndef PO_INTERNAL_H
#define PO_INTERNAL_H

#include "po/po.h"

#include "ke/ke.h"

#define PO_TAG 'oPvC'

/* ---- watchdog.c: a power IRP that does not come back stops the machine ------------------------
 */

struct watch {
    PDEVICE_OBJECT physical; /* borrowed while it is watched */
    PIRP irp;
    uint64_t due_ns;
    KTIMER timer;
    KDPC dpc;
    LIST_ENTRY link;
};
/* <= DISPATCH_LEVEL. watch is the caller's until watch_end has returned. */
void watch_begin(struct watch *watch, PDEVICE_OBJECT physical, PIRP irp);
void watch_end(struct watch *watch);
/* Seconds that are left of a device's request; false: there is none. */
bool watch_left(PDEVICE_OBJECT physical, ULONG *out_seconds);

/* ---- request.c: power IRPs that drivers ask for
 * ---------------------------------------------------- */

NTSTATUS request_make(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state,
                      PREQUEST_POWER_COMPLETE routine, PVOID context, PIRP *out_irp);
void requests_init(void);

/* ---- system.c ----------------------------------------------------------------------------------
 */

NTSTATUS system_init(void);
void system_fini(void);
/* A device that was armed to wake the system has done so: wakes it, if it sleeps. <= DISPATCH_LEVEL
 */
void system_wake_signal(void);

/* ---- idle.c
 * ------------------------------------------------------------------------------------------- */

void idle_init(void);
/* NULL: no memory. delay_s 0: the registration is taken back. */
PULONG idle_register(PDEVICE_OBJECT device, ULONG delay_s, DEVICE_POWER_STATE state);
void idle_forget(PDEVICE_OBJECT device);
/* Counted: an idle device that is busy until the last end. */
void idle_busy_begin(PULONG idle);
void idle_busy_end(PULONG idle);

/* ---- setting.c
 * -------------------------------------------------------------------------------------------- */

NTSTATUS setting_register(LPCGUID setting, PPOWER_SETTING_CALLBACK routine, PVOID context,
                          PVOID *out_handle);
NTSTATUS setting_unregister(PVOID handle);
void settings_init(void);

/* ---- fx.c ---------------------------------------------------------------------------------------
 */

void fx_init(void);
/* The system needs the device in D0 with all of it active, or does not any more. */
void fx_hold(PDEVICE_OBJECT physical, bool holds);

#endif
