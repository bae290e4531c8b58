/* SPDX-License-Identifier: MIT */
/* pnp.h - Plug and Play, power and power policy of a device.
 *
 * In: the PNP and POWER IRPs of a device, references of its queues, calls of the client; out:
 * the client's callbacks in the documented order, queues, interrupts and DMA started and
 * stopped around them, IRPs completed. Three state machines, each written as a table, each with
 * an event queue of its own; callbacks run at PASSIVE_LEVEL with no lock of ours held.
 */
#ifndef WDF01000_PNP_H
#define WDF01000_PNP_H

#include "../fx.h"

struct fx_device;
struct fx_pnp;

/* A state-change callback that the client registered; one type for the three machines. */
struct fx_state_callback {
    LIST_ENTRY link;
    ULONG state;
    ULONG types; /* WDF_STATE_NOTIFICATION_TYPE */
    union {
        PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION pnp;
        PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION power;
        PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION policy;
    } evt;
};

/* What WDFDEVICE_INIT gathers for this room; the device room keeps one, named `pnp`, in its
 * struct WDFDEVICE_INIT. This room implements the calls that fill it: WdfDeviceInitSetPnpPower-
 * EventCallbacks, …SetPowerPolicyEventCallbacks, …SetPowerPolicyOwnership, …Register…StateChange-
 * Callback, …SetPowerPageable/NotPageable/Inrush, …SetReleaseHardwareOrderOnFailure, and
 * Wdf{Fdo,Pdo}InitSetEventCallbacks.
 */
struct fx_pnp_init {
    WDF_PNPPOWER_EVENT_CALLBACKS evt;
    WDF_POWER_POLICY_EVENT_CALLBACKS policy_evt;
    WDF_FDO_EVENT_CALLBACKS fdo_evt;
    WDF_PDO_EVENT_CALLBACKS pdo_evt;
    LIST_ENTRY state_callbacks[3]; /* pnp, power, policy: struct fx_state_callback */
    WDF_TRI_STATE policy_owner;
    WDF_TRI_STATE pageable;
    BOOLEAN inrush;
    WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE release_order;
};

/* Begins an empty one (defaults), and frees what it still holds. fx_pnp_create takes what it
 * needs out of it, so that fini after it is right on every path. */
void fx_pnp_init_begin(struct fx_pnp_init *init);
void fx_pnp_init_fini(struct fx_pnp_init *init);

/* Machines for a device, in state Init. The WDM device object stands and is attached; its
 * DO_POWER_PAGABLE and DO_POWER_INRUSH flags are set here. Control devices have none: they
 * never call this, and their fx_power_reference answers TRUE.
 *
 * IRQL:   PASSIVE_LEVEL
 * Errors: STATUS_INSUFFICIENT_RESOURCES
 */
NTSTATUS fx_pnp_create(struct fx_device *device, struct fx_pnp_init *init);

/* A WdfDeviceCreate that fails later, or a PDO whose parent goes (it waits, removed or never
 * started): the machines come to their end. Does nothing when there are none. PASSIVE_LEVEL */
void fx_pnp_cancel(struct fx_device *device);

/* Frees device->pnp; called when the object of the device is destroyed. */
void fx_pnp_destroy(struct fx_device *device);

/* IRP_MJ_PNP and IRP_MJ_POWER of a device with machines; the caller holds the device's IRP
 * count (fx_device_irp_enter), which is left when the IRP is completed or sent down: this
 * room calls fx_device_irp_leave itself, exactly once. Questions about what the device is
 * (IDs, texts, bus information, interfaces, bus relations) go to
 * fx_device_pnp_query(device, irp), which finishes the IRP the same way.
 *
 * fx_pnp_dispatch: PASSIVE_LEVEL; fx_power_dispatch: <= DISPATCH_LEVEL
 */
NTSTATUS fx_pnp_dispatch(struct fx_device *device, PIRP irp);
NTSTATUS fx_power_dispatch(struct fx_device *device, PIRP irp);

/* Counts one use of the device: while the count is not 0 it does not go idle. TRUE when the
 * device is in D0 and its queues may deliver; FALSE when it is not: then a power-up has been
 * asked for if policy allows it, the count is held all the same, and fx_io_power_up tells the
 * queues when to go on. Each call is undone by one fx_power_dereference.
 *
 * IRQL: <= DISPATCH_LEVEL
 */
BOOLEAN fx_power_reference(struct fx_device *device);
void fx_power_dereference(struct fx_device *device);

/* Whether power-managed queues may deliver right now. Any IRQL; a hint unless referenced. */
BOOLEAN fx_power_is_up(struct fx_device *device);

/* For a PDO: its list no longer describes it. Called once by whoever answers bus relations,
 * after the list without it has been made; EvtDeviceReportedMissing is called here. */
void fx_pnp_reported_missing(struct fx_device *pdo);
BOOLEAN fx_pnp_is_missing(struct fx_device *pdo);

/* EvtDeviceRelationsQuery, before relations of this type are answered. PASSIVE_LEVEL */
void fx_pnp_relations_query(struct fx_device *device, DEVICE_RELATION_TYPE type);

/* The device reached a state in which interfaces are enabled / the client may use its targets. */
BOOLEAN fx_pnp_is_started(struct fx_device *device);

/* The states as the public enumerations name them. */
WDF_DEVICE_PNP_STATE fx_pnp_state(struct fx_device *device);
WDF_DEVICE_POWER_STATE fx_power_state(struct fx_device *device);
WDF_DEVICE_POWER_POLICY_STATE fx_policy_state(struct fx_device *device);

/* The device has failed for good (WdfDeviceSetFailed, a queue or target that cannot go on). */
void fx_pnp_set_failed(struct fx_device *device, WDF_DEVICE_FAILED_ACTION action);

#endif
