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
#include <wdfcx.h>

#include "../object/object.h"
#include "../pnp/pnp.h"

struct fx_child_list;
struct fx_hardware;
struct fx_io;
struct fx_preprocess;
struct fx_pdo_init;
struct fx_driver;
struct fx_wmi;

enum fx_device_kind {
    FX_DEVICE_FDO,
    FX_DEVICE_FILTER, /* an FDO that passes on what it does not handle */
    FX_DEVICE_PDO,
    FX_DEVICE_CONTROL,
    FX_DEVICE_MINIPORT /* WdfDeviceMiniportCreate: objects only, the port driver has the IRPs */
};

/* What one class extension added to a device of its client: read by the rooms that call it. */
struct fx_extension {
    struct fx_extension *next;        /* the one nearer to the driver first */
    struct fx_globals *globals;       /* of the class extension */
    struct fx_preprocess *preprocess; /* moves to the device's stages */
    PFN_WDF_IO_IN_CALLER_CONTEXT in_caller_context;
    BOOLEAN has_file, has_requests, has_pnp;
    BOOLEAN has_prepared; /* the pnp room's: its Pre callback has succeeded, in this step */
    WDF_OBJECT_ATTRIBUTES request_attributes;
    WDF_FILEOBJECT_CONFIG file;               /* the callback of create stands in `file_create` */
    PFN_WDFCX_DEVICE_FILE_CREATE file_create; /* FALSE: it goes on to the driver */
    WDF_OBJECT_ATTRIBUTES file_attributes;
    WDFCX_PNPPOWER_EVENT_CALLBACKS pnp; /* Size 0: none */
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
    struct fx_extension *extensions;
    BOOLEAN raw;                  /* PDO that works without a function driver */
    BOOLEAN forward_to_parent;    /* WdfPdoInitAllowForwardingRequestToParent */
    BOOLEAN no_parent_dependency; /* WdfPdoInitRemovePowerDependencyOnParent */
    BOOLEAN self_target_allowed;  /* WdfDeviceInitAllowSelfIoTarget */
    BOOLEAN exclusive;

    /* For the request room. */
    BOOLEAN has_file_config, has_request_attributes;
    BOOLEAN has_extension_file, has_extension_requests; /* some class extension's */
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
    struct fx_hardware *hardware;     /* made when resources are first assigned */
    LIST_ENTRY interrupts;            /* hardware room's: in order of creation */
    LIST_ENTRY dma_enablers;          /* hardware room's */
    LIST_ENTRY targets;               /* target room's: opened under this device */
    KSPIN_LOCK lists_lock;            /* guards: the three lists above */

    /* This room's own. */
    struct fx_callback_lock callback_lock; /* of synchronization scope "device" */
    BOOLEAN has_dispatch_extras;           /* preprocessors, routes, or I/O that holds the device */
    struct fx_device_own *own;
    LONG remove_count; /* atomic: 1 while there, + one for each IRP inside; see fx_device_irp_enter
                        */
    BOOLEAN leaving;   /* no new IRP comes in */
    KEVENT remove_event;
};

/* What the public headers name PWDFDEVICE_INIT: what a driver says before the device is there. */
#define FX_INIT_SIGNATURE 0x54494E49u
struct WDFDEVICE_INIT {
    ULONG signature;
    enum fx_device_kind kind;
    struct fx_globals *globals;
    struct fx_driver *driver;
    struct fx_device *created; /* set by WdfDeviceCreate; AddDevice and the child lists look */
    BOOLEAN ours;              /* freed by who made it (AddDevice, child list), not by the driver */
    struct fx_pnp_init pnp;    /* the pnp room's calls write it */

    DEVICE_OBJECT *physical;  /* FDO and filter */
    struct fx_device *parent; /* PDO; referenced */
    DEVICE_TYPE type;
    ULONG characteristics;
    BOOLEAN exclusive, has_class, self_target_allowed;
    UNICODE_STRING name, sddl; /* allocated; Buffer NULL: none */
    GUID class_guid;
    WDF_DEVICE_IO_TYPE io_type, io_type_control;
    ULONG direct_threshold_bytes;
    BOOLEAN has_file_config;
    WDF_FILEOBJECT_CONFIG file;
    WDF_OBJECT_ATTRIBUTES file_attributes, request_attributes; /* Size 0: none */
    PFN_WDF_IO_IN_CALLER_CONTEXT in_caller_context;
    ULONG remove_lock_options;
    struct fx_preprocess *preprocess; /* the driver's; class extensions have their own */
    struct fx_extension *extensions;
    struct fx_object *context_owner;   /* of class extensions' contexts; NULL: there are none */
    WDF_CHILD_LIST_CONFIG list_config; /* Size 0: no default child list */
    WDF_OBJECT_ATTRIBUTES list_attributes;
    struct fx_pdo_init *pdo;                  /* ids and texts; moves into the device */
    struct fx_child *child;                   /* of a dynamic child list */
    DEVICE_OBJECT *miniport, *miniport_lower; /* WdfDeviceMiniportCreate */
    PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION shutdown;
    UCHAR shutdown_flags;
};

extern const struct fx_type fx_type_device, fx_type_child_list;

/* The device of a WDM device object of the Framework's. */
static inline struct fx_device *fx_device_of_wdm(const DEVICE_OBJECT *wdm)
{
    return *(struct fx_device **)wdm->DeviceExtension;
}

/* --- dispatch.c --- */

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

/* --- device.c --- */

/* A device whose removal is complete (REMOVE_DEVICE came back from below; a PDO is gone from the
 * bus): detached, its names and interfaces gone, its objects deleted, then its WDM device.
 * Takes the reference of the stack; the caller must not touch the device afterwards.
 */
void fx_device_gone(struct fx_device *device);

/* --- interface.c, pnp_query.c --- */

/* At start (TRUE: interfaces the driver did not disable itself) and at removal (FALSE). The status
 * is the first failure; the others are still enabled.
 */
NTSTATUS fx_device_interfaces_enable(struct fx_device *device, BOOLEAN enable);

/* Answers what changes no state: QUERY_ID, QUERY_DEVICE_TEXT, QUERY_BUS_INFORMATION,
 * QUERY_INTERFACE, QUERY_DEVICE_RELATIONS (bus, ejection, removal, target). Completes the IRP or
 * sends it down, and leaves the device (fx_device_irp_leave), whatever kind of device it is.
 */
NTSTATUS fx_device_pnp_query(struct fx_device *device, IRP *irp);

/* --- child_list.c, static_child.c --- */

/* EvtChildListScanForChildren of every list: each time the device came to D0, before self-managed
 * I/O.
 */
void fx_child_lists_scan(struct fx_device *device);
/* EvtDeviceEject of a PDO has succeeded: its bus no longer describes it. */
void fx_child_ejected(struct fx_device *pdo);
/* Children that are still there when their parent goes (fx_device_gone calls it): their machines
 * are cancelled and they are deleted.
 */
void fx_child_lists_removed(struct fx_device *device);
/* TRUE when at least one PDO of the device is not yet gone. */
BOOLEAN fx_child_lists_any(struct fx_device *device);
/* Calls `visit` for every child PDO that is there, with a reference held, PASSIVE_LEVEL. */
void fx_child_lists_visit(struct fx_device *device,
                          void (*visit)(struct fx_device *child, void *context), void *context);

#endif
