/* SPDX-License-Identifier: MIT */
/* device_internal.h - shared by the files of this room only.
 *
 * What a device keeps that no other room needs (struct fx_device_own), children of a bus, ids and
 * texts of a PDO, preprocessors. Strings here are allocated with name_copy and end in a zero.
 */
#ifndef FX_DEVICE_INTERNAL_H
#define FX_DEVICE_INTERNAL_H

#include "../bind/bind.h"
#include "../hardware/hardware.h"
#include "../object/object.h"
#include "../queue/queue.h"
#include "../request/request.h"
#include "../support/support.h"
#include "../target/target.h"
#include "../wmi/wmi.h"
#include "device.h"
#include "wdf_entries.h"

#define FX_MAJORS (IRP_MJ_MAXIMUM_FUNCTION + 1)

/* --- preprocessors -----------------------------------------------------------------------------
 */

/* One stage: the driver's, or a class extension's. Stages follow in the order in which an IRP
 * meets them: the driver first, then the extension nearest to it.
 */
struct fx_preprocess {
    struct fx_preprocess *next;
    struct fx_globals *globals; /* whose stage: he goes on behind it */
    struct {
        PFN_WDFDEVICE_WDM_IRP_PREPROCESS call; /* a class extension's takes one argument more */
        UCHAR *minors;                         /* NULL: every minor function */
        ULONG minor_count;
    } major[FX_MAJORS];
};

/* WdfDeviceConfigureWdmIrpDispatchCallback: before the queues. */
struct fx_irp_route {
    struct fx_irp_route *next;
    UCHAR major;
    struct fx_globals *globals; /* of the driver whose routine it is */
    PFN_WDFDEVICE_WDM_IRP_DISPATCH call;
    WDFCONTEXT context;
};

/* --- a PDO -------------------------------------------------------------------------------------
 */

struct fx_name {
    struct fx_name *next;
    UNICODE_STRING value;
};

struct fx_device_text {
    struct fx_device_text *next;
    LCID locale;
    UNICODE_STRING description, location;
};

struct fx_pdo_init {
    UNICODE_STRING device_id, instance_id, container_id;
    struct fx_name *hardware_ids, *compatible_ids; /* in the order in which they were added */
    struct fx_device_text *texts;
    LCID default_locale;
    BOOLEAN raw, forward_to_parent, no_parent_dependency;
    struct fx_child *child; /* of a dynamic list; NULL: static */
};

/* --- children of a bus -------------------------------------------------------------------------
 */

enum fx_child_state {
    FX_CHILD_NEW,     /* described; no PDO yet */
    FX_CHILD_PRESENT, /* its PDO is reported */
    FX_CHILD_MISSING, /* no longer described; PnP was not yet told */
    FX_CHILD_GONE     /* PnP was told; the PDO is about to go */
};

/* A child: of a dynamic list with its two descriptions, or static with neither. */
struct fx_child {
    LIST_ENTRY entry; /* of list->children or own->static_children */
    struct fx_child_list *list;
    struct fx_device *pdo; /* NULL while NEW; the reference is the child's */
    enum fx_child_state state;
    BOOLEAN seen;          /* described since the scan began */
    BOOLEAN failed;        /* its creation was refused: not tried again */
    BOOLEAN is_unreported; /* MISSING when the report under way began */
    ULONG walk;            /* the last fx_child_lists_visit that came by */
    BOOLEAN is_dead;       /* its PDO is gone; the entry stays until nobody holds the list */
    WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER *id;
    WDF_CHILD_ADDRESS_DESCRIPTION_HEADER *address; /* NULL: the list has none */
};

struct fx_child_list {
    struct fx_object object;
    struct fx_device *device;
    LIST_ENTRY device_entry; /* of own->child_lists */
    WDF_CHILD_LIST_CONFIG config;
    KSPIN_LOCK lock; /* guards: what follows */
    LIST_ENTRY children;
    LIST_ENTRY changes; /* struct fx_child_change, while holds > 0 */
    ULONG holds;        /* iterations and reports under way: children stay as they are */
    ULONG scans;        /* scans begun and not ended */
    BOOLEAN is_dirty;   /* changed: PnP is asked to look when no scan and no hold is left */
    ULONG retries;      /* how often in a row a child asked for one; report only */
    BOOLEAN in_report;  /* held by the report under way; report only */
};

/* --- a device ----------------------------------------------------------------------------------
 */

struct fx_device_interface {
    struct fx_device_interface *next;
    GUID class_guid;
    UNICODE_STRING reference; /* Buffer NULL: none */
    UNICODE_STRING
    symbolic_link;         /* from IoRegisterDeviceInterface; freed with RtlFreeUnicodeString */
    BOOLEAN is_enabled;    /* what PnP was told */
    BOOLEAN wants_enabled; /* FALSE: the driver keeps it disabled */
};

struct fx_query_interface {
    struct fx_query_interface *next;
    GUID type;
    INTERFACE *interface; /* our copy; NULL: none */
    BOOLEAN to_parent, is_import;
    PFN_WDF_DEVICE_PROCESS_QUERY_INTERFACE_REQUEST call;
};

/* Devices that go when this one goes: for removal and ejection relations. */
struct fx_related {
    struct fx_related *next;
    DEVICE_OBJECT *physical; /* referenced */
};

struct fx_device_own {
    UNICODE_STRING name;          /* of the WDM device; Buffer NULL: none, or autogenerated */
    UNICODE_STRING symbolic_link; /* the last WdfDeviceCreateSymbolicLink */
    struct fx_preprocess *preprocess;
    struct fx_irp_route *routes;
    ULONG remove_lock_options;
    PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION shutdown;
    UCHAR shutdown_flags;
    BOOLEAN shutdown_registered, is_deleting, is_object_deleted;
    LONG delete_taken; /* atomic: somebody is about to delete the control device */
    LONG open_files;   /* control device: creates that succeeded or run, less closes */

    KEVENT interface_free; /* a lock at PASSIVE_LEVEL; guards: interfaces, queries, interfaces_on */
    struct fx_device_interface *interfaces;
    BOOLEAN interfaces_on; /* the device is started */
    struct fx_query_interface *queries;

    KSPIN_LOCK relation_lock; /* guards: the two lists */
    struct fx_related *removal, *ejection;

    struct fx_pdo_init *pdo; /* of a PDO */
    BOOLEAN is_known;        /* of a PDO: PnP has its device node */
    PNP_BUS_INFORMATION bus_information;
    BOOLEAN has_bus_information;

    struct fx_child_list *default_list;
    LONG walks;            /* atomic: numbers of fx_child_lists_visit */
    KSPIN_LOCK child_lock; /* guards: child_lists, static_children and their states */
    LIST_ENTRY child_lists;
    LIST_ENTRY static_children;
    ULONG static_holds;   /* WdfFdoLockStaticChildListForIteration */
    BOOLEAN has_children; /* it has had a list or a static child: it answers for its bus */
};

/* --- init.c ------------------------------------------------------------------------------------
 */

struct WDFDEVICE_INIT *init_create(struct fx_driver *driver, enum fx_device_kind kind);
void init_free(struct WDFDEVICE_INIT *init);
/* The init behind a client's pointer; a wild or used one is a violation. */
struct WDFDEVICE_INIT *init_of(struct fx_globals *globals, PWDFDEVICE_INIT init);
void pdo_init_free(struct fx_pdo_init *pdo);
void preprocess_free(struct fx_preprocess *list);
NTSTATUS preprocess_assign(struct fx_globals *globals, struct fx_preprocess **stage,
                           struct fx_globals *owner, PVOID call, UCHAR major, const UCHAR *minors,
                           ULONG minor_count);
void extensions_free(struct fx_extension *list);

NTSTATUS name_copy(struct fx_globals *globals, PCUNICODE_STRING source, UNICODE_STRING *out_copy);
void name_free(UNICODE_STRING *name);
/* Zeroed bytes that do not page, with the driver's tag. */
PVOID room_allocate(struct fx_globals *globals, SIZE_T bytes);
void room_free(PVOID memory);
/* PASSIVE_LEVEL, or the call is refused: logged with its name. */
NTSTATUS passive_check(struct fx_globals *globals, const char *call);

/* --- dispatch.c, add_device.c -------------------------------------------------------------------
 */

/* What a DispatchContext points to: the stage or the route that has the IRP. */
#define FX_CONTEXT_STAGE ((ULONG_PTR)1)
#define FX_CONTEXT_ROUTE ((ULONG_PTR)2)

/* Goes on with the preprocessors from this one, then to the rooms. */
NTSTATUS preprocess_from(struct fx_device *device, IRP *irp, struct fx_preprocess *stage);
NTSTATUS route_dispatch(struct fx_device *device, IRP *irp, struct fx_irp_route *route);
/* Does this table of major functions lead here? */
BOOLEAN driver_is_ours(const DRIVER_OBJECT *driver);
NTSTATUS NTAPI device_add(PDRIVER_OBJECT driver, PDEVICE_OBJECT physical);

/* --- device_create.c ----------------------------------------------------------------------------
 */

NTSTATUS device_create(struct WDFDEVICE_INIT *init, WDF_OBJECT_ATTRIBUTES *attributes,
                       struct fx_device **out_device);
/* Undoes a device whose driver (or whose own creation) failed. */
void device_cancel(struct fx_device *device);
static inline struct fx_device *device_of(struct fx_globals *globals, WDFDEVICE handle)
{
    return (struct fx_device *)fx_object_of(globals, handle, &fx_type_device);
}
static inline WDFDEVICE device_handle(struct fx_device *device)
{
    return (WDFDEVICE)fx_handle_of(&device->object);
}
static inline BOOLEAN device_is_fdo(const struct fx_device *device)
{
    return device->kind == FX_DEVICE_FDO || device->kind == FX_DEVICE_FILTER;
}
/* The PDO that PnP knows, or NULL: a PDO only once it has been reported and asked for its ids. */
DEVICE_OBJECT *device_known_physical(struct fx_device *device);

/* --- the rest -----------------------------------------------------------------------------------
 */

void control_file_closed(struct fx_device *device);
/* PnP is told of interfaces under this lock, so it is none that raises the IRQL. */
static inline void interfaces_lock(struct fx_device *device)
{
    KeWaitForSingleObject(&device->own->interface_free, Executive, KernelMode, FALSE, NULL);
}
static inline void interfaces_unlock(struct fx_device *device)
{
    KeSetEvent(&device->own->interface_free, IO_NO_INCREMENT, FALSE);
}
NTSTATUS interface_create(struct fx_device *device, const GUID *class_guid,
                          PCUNICODE_STRING reference);
/* remember: a state that is set before the start holds at the start. */
NTSTATUS interface_state_set(struct fx_device *device, const GUID *class_guid,
                             PCUNICODE_STRING reference, BOOLEAN enable, BOOLEAN remember);
NTSTATUS interface_string(struct fx_device *device, const GUID *class_guid,
                          PCUNICODE_STRING reference, struct fx_string *string);
NTSTATUS query_interface_add(struct fx_device *device, const WDF_QUERY_INTERFACE_CONFIG *config);
void interfaces_free(struct fx_device *device);
void queries_free(struct fx_device *device);
BOOLEAN query_interface_answer(struct fx_device *device, IRP *irp, NTSTATUS *out_status);
NTSTATUS relations_query(struct fx_device *device, IRP *irp);
NTSTATUS related_removal_add(struct fx_device *device, DEVICE_OBJECT *physical);
NTSTATUS related_ejection_add(struct fx_device *device, DEVICE_OBJECT *physical);
/* physical NULL: all of them. */
void related_removal_remove(struct fx_device *device, DEVICE_OBJECT *physical);
void related_ejection_remove(struct fx_device *device, DEVICE_OBJECT *physical);
/* The PDO behind a handle, or NULL for a device of another kind: logged. */
struct fx_device *pdo_of(struct fx_globals *globals, WDFDEVICE handle, const char *call);
void relations_free(struct fx_device *device);
/* Adds `count` devices, which are referenced here, to the relations an IRP carries already. */
NTSTATUS relations_add(struct fx_globals *globals, IRP *irp, DEVICE_OBJECT **devices, ULONG count);

NTSTATUS child_list_create(struct fx_device *device, WDF_CHILD_LIST_CONFIG *config,
                           WDF_OBJECT_ATTRIBUTES *attributes, struct fx_child_list **out_list);
NTSTATUS child_list_config_check(struct fx_globals *globals, const WDF_CHILD_LIST_CONFIG *config,
                                 WDF_CHILD_LIST_CONFIG *out_config);
NTSTATUS child_lists_report(struct fx_device *device, IRP *irp);
/* The child's PDO is gone: its entry goes. */
void child_pdo_gone(struct fx_device *pdo);
NTSTATUS child_mark_missing(struct fx_device *pdo);
/* The PDO asks to be removed and found again (GUID_REENUMERATE_SELF_INTERFACE_STANDARD). */
void child_reenumerate(struct fx_device *pdo);

/* An init for a child of parent, which it references. */
struct WDFDEVICE_INIT *pdo_init_create(struct fx_device *parent);

/* Answers QUERY_ID, QUERY_DEVICE_TEXT, QUERY_BUS_INFORMATION of a PDO. */
NTSTATUS pdo_query(struct fx_device *device, IRP *irp);

#endif
