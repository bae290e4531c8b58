/* SPDX-License-Identifier: MIT */
/* wmi_internal.h - what the files of this room share: a device's providers and their instances. */
#ifndef WDF01000_WMI_INTERNAL_H
#define WDF01000_WMI_INTERNAL_H

#include "../device/device.h"
#include "../object/object.h"
#include "../support/support.h"
#include "wmi.h"

/* A device's half: made with its first provider, or its MOF name. */
struct fx_wmi {
    struct fx_device *device;
    KSPIN_LOCK lock; /* guards: providers, is_started and the providers' instances */
    LIST_ENTRY providers;
    ULONG provider_count;
    BOOLEAN is_started;       /* between fx_wmi_start and fx_wmi_stop */
    KMUTEX registering;       /* guards: is_registered; before: lock */
    BOOLEAN is_registered;    /* the system has been told */
    struct fx_passive update; /* tells the system about changes made at DISPATCH_LEVEL */
    UNICODE_STRING mof_name;  /* set once; Buffer from pool */
};

struct fx_wmi_provider {
    struct fx_object object;
    struct fx_wmi *wmi;
    LIST_ENTRY entry;     /* in wmi->providers; points to itself when it is in none */
    LIST_ENTRY instances; /* the registered ones; a number is a place in it */
    ULONG instance_count;
    GUID guid;
    ULONG flags; /* WDF_WMI_PROVIDER_FLAGS */
    ULONG minimum_bytes;
    PFN_WDF_WMI_PROVIDER_FUNCTION_CONTROL control;
    BOOLEAN is_removed;           /* its last instance went: the next registration says so */
    BOOLEAN is_events_enabled;    /* atomic enough: one IRP at a time switches them */
    BOOLEAN is_instances_enabled; /* the same */
    ULONG64 tracing_handle;
};

struct fx_wmi_instance {
    struct fx_object object;
    struct fx_wmi_provider *provider; /* the parent */
    LIST_ENTRY entry;   /* in provider->instances; points to itself when it is not registered */
    BOOLEAN is_context; /* a query answers with the context */
    PFN_WDF_WMI_INSTANCE_QUERY_INSTANCE query;
    PFN_WDF_WMI_INSTANCE_SET_INSTANCE set;
    PFN_WDF_WMI_INSTANCE_SET_ITEM set_item;
    PFN_WDF_WMI_INSTANCE_EXECUTE_METHOD execute;
    const struct fx_wmi_switch *power_switch; /* the Framework's own; then nothing of the above */
};

/* The device's half, made now if need be; NULL: no memory. IRQL: <= DISPATCH_LEVEL */
struct fx_wmi *fx_wmi_of(struct fx_device *device);

/* Tells the system that providers or instances have changed: at once at PASSIVE_LEVEL, later
 * above it; nothing before the start and after the stop. */
void fx_wmi_changed(struct fx_wmi *wmi);

/* A name once a device. Errors: STATUS_INVALID_DEVICE_REQUEST: it has one */
NTSTATUS fx_wmi_mof_assign(struct fx_device *device, PCUNICODE_STRING name);
/* The device's, or that of the nearest device above it in the tree; NULL: none. */
PCUNICODE_STRING fx_wmi_mof_name(struct fx_device *device);
/* The name of a control device's instances, from pool, and the flag that says so. */
NTSTATUS fx_wmi_base_name(struct fx_device *device, PULONG out_flags, PUNICODE_STRING out_name);

NTSTATUS fx_wmi_provider_create(struct fx_device *device, const WDF_WMI_PROVIDER_CONFIG *config,
                                PWDF_OBJECT_ATTRIBUTES attributes,
                                struct fx_wmi_provider **out_provider);
struct fx_wmi_provider *fx_wmi_provider_find_locked(struct fx_wmi *wmi, const GUID *guid);

NTSTATUS fx_wmi_instance_create(struct fx_wmi_provider *provider,
                                const WDF_WMI_INSTANCE_CONFIG *config,
                                PWDF_OBJECT_ATTRIBUTES attributes,
                                struct fx_wmi_instance **out_instance);
/* Errors: STATUS_INVALID_DEVICE_REQUEST: registered already, or a tracing provider */
NTSTATUS fx_wmi_instance_register(struct fx_wmi_instance *instance);
void fx_wmi_instance_deregister(struct fx_wmi_instance *instance);
/* The index-th registered instance with a reference, or NULL. */
struct fx_wmi_instance *fx_wmi_instance_get(struct fx_wmi_provider *provider, ULONG index);
/* Its number; provider->instance_count when it is not registered. */
ULONG fx_wmi_instance_index(struct fx_wmi_instance *instance);

/* The value of an instance. PASSIVE_LEVEL; STATUS_BUFFER_TOO_SMALL with *out_used: how much. */
NTSTATUS fx_wmi_instance_query(struct fx_wmi_instance *instance, ULONG size, PVOID buffer,
                               ULONG *out_used);
BOOLEAN fx_wmi_instance_answers(const struct fx_wmi_instance *instance);

#endif
