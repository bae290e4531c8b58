/* SPDX-License-Identifier: MIT */
/* interrupt.h - an interrupt of a device, for the files of this room.
 *
 * States: created; assigned (a descriptor is known, from fx_resources_set or the configuration);
 * connected (kernel is set); enabled (between EvtInterruptEnable and EvtInterruptDisable).
 */
#ifndef WDF01000_INTERRUPT_H
#define WDF01000_INTERRUPT_H

#include "room.h"

struct fx_interrupt {
    struct fx_object object;
    struct fx_device *device;
    LIST_ENTRY link;              /* device->interrupts, under its lists_lock */
    struct fx_object *associated; /* the parent, which callbacks are given */
    struct fx_object *holder;     /* whose callback lock DPC or work item take; NULL: none */

    /* Set once at creation. */
    WDF_INTERRUPT_CONFIG config;
    BOOLEAN of_prepare; /* made in EvtDevicePrepareHardware: goes with the resources */

    /* Written by the pnp room's calls, one at a time; constant while the interrupt is enabled. */
    BOOLEAN is_assigned, is_enabled, is_inactive;
    KIRQL synchronize_irql;
    PKINTERRUPT kernel; /* connected; else NULL */
    WDF_INTERRUPT_INFO info;

    struct fx_spin_lock *spin_lock; /* the client's; referenced; NULL: own_lock */
    KSPIN_LOCK own_lock;
    KIRQL old_irql;                 /* of who holds it: the client's WdfInterruptAcquireLock */
    struct fx_wait_lock *wait_lock; /* the client's, of passive handling; referenced */
    KEVENT own_wait;                /* passive handling without one: signalled while free */

    KDPC dpc;               /* EvtInterruptDpc, or on the way to the work item */
    struct fx_passive work; /* EvtInterruptWorkItem */
    KDPC service_dpc;       /* passive handling: from the vector to service_work */
    struct fx_passive service_work;

    /* WdfInterruptSetPolicy, before the device is started. */
    BOOLEAN has_policy;
    WDF_INTERRUPT_EXTENDED_POLICY policy;
};

static __forceinline struct fx_interrupt *fx_interrupt_of(struct fx_globals *globals,
                                                          WDFINTERRUPT handle)
{
    return (struct fx_interrupt *)fx_object_of(globals, handle, &fx_type_interrupt);
}

/* Errors: those of WdfInterruptCreate, each logged. */
NTSTATUS fx_interrupt_create(struct fx_device *device, const WDF_INTERRUPT_CONFIG *config,
                             PWDF_OBJECT_ATTRIBUTES attributes,
                             struct fx_interrupt **out_interrupt);

/* fx_resources_set and _clear: which descriptor belongs to which interrupt. */
void fx_interrupts_assign(struct fx_device *device);
void fx_interrupts_unassign(struct fx_device *device);

/* The index-th in order of creation, referenced; NULL past the end. */
struct fx_interrupt *fx_interrupt_at(struct fx_device *device, ULONG index);

/* Calls EvtInterruptEnable or EvtInterruptDisable with the lock held. IRQL: PASSIVE_LEVEL */
NTSTATUS fx_interrupt_switch(struct fx_interrupt *interrupt, BOOLEAN enable);

/* ---- interrupt_run.c ------------------------------------------------------------------------- */

/* DPCs, work items; nothing of it runs before the vector is connected. */
NTSTATUS fx_interrupt_run_init(struct fx_interrupt *interrupt);
/* Nothing is queued or running any more. IRQL: PASSIVE_LEVEL */
void fx_interrupt_run_flush(struct fx_interrupt *interrupt);
void fx_interrupt_run_fini(struct fx_interrupt *interrupt);

KSERVICE_ROUTINE fx_interrupt_service;

/* Whether the kernel calls the service routine. */
void fx_interrupt_report(PKINTERRUPT kernel, BOOLEAN active);

/* The lock over service routine and synchronized callbacks. try_only: passive handling alone. */
void fx_interrupt_lock(struct fx_interrupt *interrupt);
BOOLEAN fx_interrupt_try_lock(struct fx_interrupt *interrupt);
void fx_interrupt_unlock(struct fx_interrupt *interrupt);

#endif
