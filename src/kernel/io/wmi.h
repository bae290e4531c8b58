/* SPDX-License-Identifier: MIT */
/* wmi.h - devices that provide instrumentation blocks, and those who ask for them.
 */
#ifndef IO_WMI_H
#define IO_WMI_H

#include "io_internal.h"

/* A registered device. Who found it with wmi_provider_at holds it (wmi_provider_put). */
struct wmi_provider {
    struct list link;      /* guarded by the room's wmi lock */
    PDEVICE_OBJECT device; /* referenced; set once */
    ULONG id;              /* set once */
    EX_RUNDOWN_REF users;  /* runs down before it is freed */
    WMIREGINFOW *info;     /* what the driver has registered; NULL: nothing. set before asked */
    KEVENT asked;          /* the driver has answered */
    struct ex_work work;
};

NTSTATUS wmi_type_create(void);
NTSTATUS wmi_register(PDEVICE_OBJECT device);
NTSTATUS wmi_deregister(PDEVICE_OBJECT device);
/* Asks the driver again what it provides. */
NTSTATUS wmi_update(PDEVICE_OBJECT device);
ULONG wmi_provider_id(PDEVICE_OBJECT device); /* 0: not registered */
/* Number index of those there are, once its driver has answered; NULL: no more. */
struct wmi_provider *wmi_provider_at(unsigned index);
void wmi_provider_put(struct wmi_provider *provider);
/* Its entry for a block; NULL: it does not provide it. */
const WMIREGGUIDW *wmi_provider_block(const struct wmi_provider *provider, const GUID *guid);
/* Name of an instance; RtlFreeUnicodeString. STATUS_WMI_INSTANCE_NOT_FOUND: it has no such. */
NTSTATUS wmi_instance_name(const struct wmi_provider *provider, const WMIREGGUIDW *block,
                           ULONG index, UNICODE_STRING *out_name);
NTSTATUS wmi_send(PDEVICE_OBJECT device, UCHAR minor, void *path, void *buffer, ULONG size,
                  ULONG_PTR *out_information);

/* A consumer's handle on a block: the body of an object. */
struct wmi_block {
    GUID guid;    /* set once */
    ULONG access; /* WMIGUID_*; set once */
    struct list link;
    WMI_NOTIFICATION_CALLBACK callback; /* NULL: none yet. guarded by the blocks' lock */
    PVOID context;
};
NTSTATUS wmi_block_open(const GUID *guid, ULONG access, struct wmi_block **out_block);
NTSTATUS wmi_block_listen(struct wmi_block *block, WMI_NOTIFICATION_CALLBACK callback,
                          PVOID context);
/* Takes wnode when it succeeds. */
NTSTATUS wmi_event_write(WNODE_HEADER *wnode);

/* All instances of all providers, one after the other. */
NTSTATUS wmi_query_all(const struct wmi_block *block, ULONG *size, void *buffer);
/* One request about one instance. */
struct wmi_call {
    UCHAR minor;
    ULONG item; /* of an item or method */
    const UNICODE_STRING *name;
    const void *input;
    ULONG input_size, output_size; /* room for data behind the node's head */
};
/* Gives the node that the driver has answered with; pool. */
NTSTATUS wmi_call_instance(const struct wmi_block *block, const struct wmi_call *call,
                           WNODE_HEADER **out_wnode);
/* Where an answered node's data is. NULL: it has none in bounds. */
void *wmi_wnode_data(WNODE_HEADER *wnode, UCHAR minor, ULONG *out_size);

#endif
