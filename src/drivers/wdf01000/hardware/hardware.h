/* SPDX-License-Identifier: MIT */
/* hardware.h - the hardware room's door: resources, interrupts, DMA of a device.
 *
 * In: resource lists that PnP brings, states that the pnp room goes through; out: the client's
 * service routines, transfers staged to its devices. Rules of use: what is written here is called
 * at PASSIVE_LEVEL with no lock of ours held, unless it says otherwise; the pnp room alone moves a
 * device's interrupts and enablers from state to state, and serializes these calls itself.
 */
#ifndef WDF01000_HARDWARE_H
#define WDF01000_HARDWARE_H

#include "../fx.h"

struct fx_device;

extern const struct fx_type fx_type_resource_list; /* WDFCMRESLIST */
extern const struct fx_type fx_type_io_list;       /* WDFIORESLIST */
extern const struct fx_type fx_type_requirements;  /* WDFIORESREQLIST */
extern const struct fx_type fx_type_interrupt;
extern const struct fx_type fx_type_dma_enabler;
extern const struct fx_type fx_type_dma_transaction;
extern const struct fx_type fx_type_common_buffer;

/* Lists of both directions are made for one callback and deleted by who made them. */
enum fx_list_access {
    FX_LIST_READ = 0,   /* the client only looks */
    FX_LIST_ADD = 1,    /* it may insert, append, update */
    FX_LIST_REMOVE = 2, /* it may take out */
};

/* Descriptors in order, of either kind. No lock: a list belongs to the callback that it is for. */
struct fx_descriptors {
    LIST_ENTRY items;
    ULONG count;
    ULONG bytes; /* of one descriptor */
};

/* ---- assigned resources (resource_list.c) -------------------------------------------------- */

struct fx_resource_list {
    struct fx_object object;
    UCHAR access; /* enum fx_list_access */
    BOOLEAN is_changed;
    INTERFACE_TYPE interface_type;
    ULONG bus;
    struct fx_descriptors descriptors; /* CM_PARTIAL_RESOURCE_DESCRIPTOR */
};

/* A list of `from` (NULL: empty), parent: the device. Deleted with fx_object_delete.
 * Errors: STATUS_INSUFFICIENT_RESOURCES
 */
NTSTATUS fx_resource_list_create(struct fx_device *device, const CM_RESOURCE_LIST *from,
                                 UCHAR access, struct fx_resource_list **out_list);

/* Pool (ExFreePool) that says what the list says now; NULL for an empty one.
 * Errors: STATUS_INSUFFICIENT_RESOURCES
 */
NTSTATUS fx_resource_list_build(const struct fx_resource_list *list,
                                PCM_RESOURCE_LIST *out_resources);

/* What a started device has: kept from set to clear. set also finds each interrupt's resources,
 * so that WdfInterruptGetInfo answers from then on; EvtDevicePrepareHardware gets the two handles.
 * Either list may be NULL (a device without resources).
 * Errors: STATUS_INSUFFICIENT_RESOURCES: nothing was set
 */
NTSTATUS fx_resources_set(struct fx_device *device, const CM_RESOURCE_LIST *raw,
                          const CM_RESOURCE_LIST *translated);
void fx_resources_clear(struct fx_device *device);
WDFCMRESLIST fx_resources_raw(struct fx_device *device);
WDFCMRESLIST fx_resources_translated(struct fx_device *device);

/* ---- requirements (requirements.c) --------------------------------------------------------- */

struct fx_io_list {
    struct fx_object object;
    struct fx_requirements *owner; /* its parent */
    BOOLEAN is_inside;             /* in owner->lists */
    LIST_ENTRY link;
    struct fx_descriptors descriptors; /* IO_RESOURCE_DESCRIPTOR */
};

struct fx_requirements {
    struct fx_object object;
    UCHAR access;
    BOOLEAN is_changed;
    INTERFACE_TYPE interface_type;
    ULONG bus, slot, count;
    LIST_ENTRY lists; /* struct fx_io_list: the alternatives, in order */
};

/* As with lists of assigned resources. `from` NULL: no alternatives. */
NTSTATUS fx_requirements_create(struct fx_device *device, const IO_RESOURCE_REQUIREMENTS_LIST *from,
                                UCHAR access, struct fx_requirements **out_requirements);
NTSTATUS fx_requirements_build(const struct fx_requirements *requirements,
                               PIO_RESOURCE_REQUIREMENTS_LIST *out_list);

/* IRP_MN_FILTER_RESOURCE_REQUIREMENTS on its way up: policies of the device's interrupts
 * (WdfInterruptSetPolicy and …ExtendedPolicy) are written into the interrupt descriptors.
 */
void fx_interrupts_requirements(struct fx_device *device, PIO_RESOURCE_REQUIREMENTS_LIST list);

/* ---- interrupts (interrupt.c) -------------------------------------------------------------- */

/* Power up, after EvtDeviceD0Entry: each interrupt in order of creation is connected (the first
 * time, or when it gave its vector up at power down) and enabled: EvtInterruptEnable at the
 * interrupt's IRQL with its lock, or at PASSIVE_LEVEL for passive handling.
 * Errors: of IoConnectInterruptEx, of the callback; the first failure ends the walk
 */
NTSTATUS fx_interrupts_connect(struct fx_device *device);
NTSTATUS fx_interrupts_enable(struct fx_device *device);

/* Power down, before EvtDeviceD0Exit, in the opposite order: EvtInterruptDisable, then what the
 * service routines asked for (DPCs, work items) has run. The status is the first failure; all are
 * disabled. `disconnect` gives the vectors back: at release of the hardware.
 */
NTSTATUS fx_interrupts_disable(struct fx_device *device);
void fx_interrupts_disconnect(struct fx_device *device);

/* ---- DMA (dma_enabler.c) ------------------------------------------------------------------- */

/* Power up, after the interrupts: EvtDmaEnablerFill, Enable, SelfManagedIoStart of each enabler;
 * power down, before the interrupts: SelfManagedIoStop, Disable, Flush. Down goes on after a
 * failure and answers the first.
 */
NTSTATUS fx_dma_power_up(struct fx_device *device);
NTSTATUS fx_dma_power_down(struct fx_device *device);

/* ---- birth and death ----------------------------------------------------------------------- */

/* Empties device->interrupts and dma_enablers of what was deleted with the device's children; the
 * lists that fx_resources_set made go, too. Called when the device's object is destroyed.
 */
void fx_hardware_destroy(struct fx_device *device);

#endif
