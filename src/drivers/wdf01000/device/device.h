/* SPDX-License-Identifier: MIT */
/* device.h - what the other rooms of the Framework know of a device.
 *
 * Rules of use: a device is made by fx_device_create and lives until its last reference goes; its
 * WDM device object goes earlier (fx_device_gone), so whoever keeps a device beyond an IRP looks at
 * `wdm` only while he holds an fx_device_irp_enter. What a driver chose before creation stands in
 * the device itself and never changes; each field says which room writes it.
 */
#ifndef FX_DEVICE_H
#define FX_DEVICE_H

#include "../fx.h"

struct fx_child_list;
struct fx_io;
struct fx_pnp;
struct fx_driver;
struct fx_wmi;

enum fx_device_kind {
    FX_DEVICE_FDO,
    FX_DEVICE_FILTER, /* an FDO that passes on what it does not handle */
    FX_DEVICE_PDO,
    FX_DEVICE_CONTROL
};

/* What a driver gave before the device was there; zero where it gave nothing. */
struct fx_device_events {
    WDF_PNPPOWER_EVENT_CALLBACKS pnp;
    WDF_POWER_POLICY_EVENT_CALLBACKS policy;
    WDF_FDO_EVENT_CALLBACKS fdo;
    WDF_PDO_EVENT_CALLBACKS pdo;
};

/* Someone to be told of a state: kind says which machine and which member of `call`. */
enum fx_machine { FX_MACHINE_PNP, FX_MACHINE_POWER, FX_MACHINE_POLICY };
struct fx_state_callback {
    struct fx_state_callback *next;
    enum fx_machine machine;
    ULONG state; /* WDF_DEVICE_PNP_STATE and the like */
    ULONG types; /* WDF_STATE_NOTIFICATION_TYPE bits */
    union {
        PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION pnp;
        PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION power;
        PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION policy;
    } call;
};

/* What one class extension added to a device of its client: read by the rooms that call it. */
struct fx_extension {
    struct fx_extension *next;  /* the one nearer to the driver first */
    struct fx_globals *globals; /* of the class extension */
    void *init_context;         /* WdfCxDeviceInitAllocateContext; freed with the init */
    const WDF_OBJECT_CONTEXT_TYPE_INFO *init_context_type;
    PFN_WDF_IO_IN_CALLER_CONTEXT in_caller_context;
    BOOLEAN has_file, has_requests, has_pnp, has_policy;
    WDF_OBJECT_ATTRIBUTES request_attributes;
    WDF_FILEOBJECT_CONFIG file; /* the callback of create stands in `file_create` */
    PFN_WDF_DEVICE_FILE_CREATE file_create;
    WDF_OBJECT_ATTRIBUTES file_attributes;
    void *pnp_events; /* pre and post callbacks, as the class extension gave them */
    void *policy_events;
};

struct fx_device {
    struct fx_object object;
    enum fx_device_kind kind;
    struct fx_driver *driver;

    /* Set once at creation. */
    DEVICE_OBJECT *wdm;       /* NULL once the device is gone */
    DEVICE_OBJECT *lower;     /* attached to; NULL for PDO and control device */
    DEVICE_OBJECT *physical;  /* PDO of the stack; NULL for a control device */
    struct fx_device *parent; /* of a PDO: the device whose child it is; referenced */
    struct fx_device_events events;
    struct fx_state_callback *state_callbacks;
    struct fx_extension *extensions;
    BOOLEAN power_policy_owner; /* what was asked for, or the default of its kind */
    BOOLEAN power_pageable, power_inrush;
    BOOLEAN raw;                  /* PDO that works without a function driver */
    BOOLEAN forward_to_parent;    /* WdfPdoInitAllowForwardingRequestToParent */
    BOOLEAN no_parent_dependency; /* WdfPdoInitRemovePowerDependencyOnParent */
    BOOLEAN self_target_allowed;  /* WdfDeviceInitAllowSelfIoTarget */
    BOOLEAN exclusive;
    WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE release_order;

    /* For the request room. */
    BOOLEAN has_file_config, has_request_attributes;
    WDF_FILEOBJECT_CONFIG file;
    WDF_OBJECT_ATTRIBUTES file_attributes;
    WDF_OBJECT_ATTRIBUTES request_attributes; /* Size 0: none given */
    PFN_WDF_IO_IN_CALLER_CONTEXT in_caller_context;
    WDF_DEVICE_IO_TYPE io_type;         /* reads and writes */
    WDF_DEVICE_IO_TYPE io_type_control; /* WdfDeviceInitSetIoTypeEx; device controls */
    ULONG direct_threshold_bytes;
    BOOLEAN forward_file_irps; /* cleanup, close (and create nobody takes) go to the lower device */

    /* The other rooms' halves: made by their fx_..._create, freed by their fx_..._destroy. */
    struct fx_pnp *pnp;
    struct fx_io *io;
    struct fx_wmi *wmi;               /* made when first used */
    struct fx_target *default_target; /* target room; the stack below */
    struct fx_target *self_target;    /* target room; the own stack */
    LIST_ENTRY interrupts;            /* hardware room's: in order of creation */
    LIST_ENTRY dma_enablers;          /* hardware room's */
    LIST_ENTRY targets;               /* target room's: opened under this device */
    KSPIN_LOCK lists_lock;            /* guards: the three lists above */

    /* This room's own. */
    struct fx_device_own *own;
    LONG remove_count; /* atomic: 1 while there, + one for each IRP inside; see fx_device_irp_enter
                        */
    BOOLEAN leaving;   /* no new IRP comes in */
    KEVENT remove_event;
};

extern const struct fx_type fx_type_device, fx_type_child_list;

/* The device of a WDM device object of the Framework's. */
static inline struct fx_device *fx_device_of_wdm(const DEVICE_OBJECT *wdm)
{
    return *(struct fx_device **)wdm->DeviceExtension;
}

/* --- dispatch.c ------------------------------------------------------------------------------ */

/* Makes every MajorFunction and AddDevice of a client's driver object the Framework's.
 * `add_device` is FALSE for a driver with WdfDriverInitNonPnpDriver.
 */
void fx_dispatch_install(struct fx_globals *globals, DRIVER_OBJECT *driver, BOOLEAN add_device);

/* Goes on with an IRP as if no preprocessor had been there: by major function to its room. */
NTSTATUS fx_dispatch_irp(struct fx_device *device, IRP *irp);

/* An IRP holds its device from enter to leave; enter fails with STATUS_DELETE_PENDING once
 * fx_device_irp_wait was called. wait gives up the caller's own enter and returns when it was the
 * last (PASSIVE_LEVEL). All other: <= DISPATCH_LEVEL.
 */
NTSTATUS fx_device_irp_enter(struct fx_device *device, IRP *irp);
void fx_device_irp_leave(struct fx_device *device, IRP *irp);
void fx_device_irp_wait(struct fx_device *device, IRP *irp);

/* --- device.c --------------------------------------------------------------------------------- */

/* A device whose removal is complete (REMOVE_DEVICE came back from below; a PDO is gone from the
 * bus): detached, its names and interfaces gone, its objects deleted, then its WDM device.
 * Takes the reference of the stack; the caller must not touch the device afterwards.
 */
void fx_device_gone(struct fx_device *device);

/* --- interface.c, query_interface.c ------------------------------------------------------------
 */

/* At start and at removal: interfaces the driver did not disable itself. */
NTSTATUS fx_interfaces_enable(struct fx_device *device);
void fx_interfaces_disable(struct fx_device *device);

/* IRP_MN_QUERY_INTERFACE: TRUE: handled, *out_status is what it completes with (the IRP is not
 * completed here); FALSE: pass it on.
 */
BOOLEAN fx_query_interface_answer(struct fx_device *device, IRP *irp, NTSTATUS *out_status);

/* --- child_list.c, static_child.c, relations.c -------------------------------------------------
 */

/* IRP_MN_QUERY_DEVICE_RELATIONS of any type (bus, ejection, removal, target): puts what this
 * device knows into IoStatus.Information. STATUS_NOT_SUPPORTED: it has nothing to say, pass it on
 * as it came. Nothing is completed or sent here. PASSIVE_LEVEL.
 */
NTSTATUS fx_child_lists_relations(struct fx_device *device, IRP *irp);
/* EvtChildListScanForChildren of every list: each time the device came to D0, before self-managed
 * I/O.
 */
void fx_child_lists_scan(struct fx_device *device);
/* The device goes (removal, before its own fx_device_gone): children that PnP no longer knows are
 * deleted, others lose their parent.
 */
void fx_child_lists_removed(struct fx_device *device);
/* TRUE when at least one PDO of the device is not yet deleted. */
BOOLEAN fx_child_lists_any(struct fx_device *device);
/* Calls `visit` for every child PDO that is there, with a reference held. */
void fx_child_lists_visit(struct fx_device *device,
                          void (*visit)(struct fx_device *child, void *context), void *context);

/* --- pdo.c -------------------------------------------------------------------------------------
 */

/* What a PDO answers without changing a state: QUERY_ID, QUERY_DEVICE_TEXT, QUERY_BUS_INFORMATION,
 * QUERY_RESOURCES, QUERY_RESOURCE_REQUIREMENTS. TRUE: handled, complete the IRP with *out_status.
 * QUERY_CAPABILITIES, EJECT, SET_LOCK, QUERY_PNP_DEVICE_STATE are the pnp room's.
 */
BOOLEAN fx_pdo_query(struct fx_device *device, IRP *irp, NTSTATUS *out_status);
/* A PDO was removed: TRUE when its bus no longer reports it (or its parent is gone): the caller
 * goes on to fx_device_gone. FALSE: it stays and may be started again.
 */
BOOLEAN fx_pdo_removed(struct fx_device *device);
/* TRUE once the bus has reported the device missing. */
BOOLEAN fx_pdo_is_missing(struct fx_device *device);
/* EvtDeviceReportedMissing; called by the child lists and by WdfPdoMarkMissing. */
void fx_pdo_report_missing(struct fx_device *device);

#endif
