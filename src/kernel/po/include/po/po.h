/* SPDX-License-Identifier: MIT */
/* po.h - the power manager: the system's states, and the requests that bring devices along.
 *
 * Rules of use. One transition at a time, in the thread that asks for it; it may not be asked for
 * from a driver's routine. All at PASSIVE_LEVEL. What drivers call is in this room's *_ddi.c.
 */
#ifndef PO_PO_H
#define PO_PO_H

#include <stdbool.h>
#include <stddef.h>

#include <ntifs.h>

NTSTATUS po_init(void);
void po_fini(void);

/* Who stops programs when the last device sleeps, and lets them go on before the first one is back:
 * as on a computer, whose processors stop last and begin first. NULL: nobody. Before po_init. */
void po_programs_set(void (*freeze)(bool freezes));

/* Who is in the way of a transition, in words, or why there is none. */
struct po_refusal {
    NTSTATUS status;
    char text[400];
};

/* The system goes from working to state (PowerSystemSleeping1 to PowerSystemHibernate): every
 * device is asked, children first, then told. Returns when it sleeps.
 * Errors:  STATUS_INVALID_DEVICE_STATE: it sleeps already; what a driver answered to the question:
 *          those that were asked before it are told that all stays as it was */
NTSTATUS po_sleep(SYSTEM_POWER_STATE state, struct po_refusal *out_refusal);
/* Back to PowerSystemWorking, parents first. STATUS_INVALID_DEVICE_STATE: it works. */
NTSTATUS po_wake(struct po_refusal *out_refusal);
SYSTEM_POWER_STATE po_system_state(void);
/* What a device last said of itself (PoSetPowerState); PowerDeviceD0 where it never did. */
DEVICE_POWER_STATE po_device_state(DEVICE_OBJECT *device);

/* Seconds a driver has for a power request before the machine stops with
 * DRIVER_POWER_STATE_FAILURE; 0: the usual 600. */
void po_watchdog_set(ULONG seconds);

/* The machine is on mains, or on a battery that holds so many percent: drivers that asked for the
 * power settings are told. */
void po_source_set(bool is_battery, ULONG percent);
/* The value of a power setting, at most 16 bytes; 0: it never changes here. */
ULONG po_setting_get(const GUID *setting, void *out_value);
/* Who is told, with no lock held, that a setting has another value. NULL: nobody. */
void po_setting_observe(void (*changed)(const GUID *setting));

#endif
