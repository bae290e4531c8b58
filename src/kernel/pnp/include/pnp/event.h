/* SPDX-License-Identifier: MIT */
/* pnp/event.h - what happens to devices, told to drivers that registered and to programs.
 *
 * Rules of use. The first part is called by the room's own device actions, at PASSIVE_LEVEL, with
 * no lock held; callbacks of drivers run inside. The second part is for the room that tells
 * programs: one observer, asked after the drivers. Events that nobody can refuse are queued and
 * delivered in order by one worker; pnp_event_wait waits until it has nothing left.
 */
#ifndef PNP_EVENT_H
#define PNP_EVENT_H

#include "pnp/pnp.h"

NTSTATUS pnp_event_init(void);
/* Every registration that is left is dropped; its driver is said in the log. */
void pnp_event_fini(void);
void pnp_event_wait(void);

/* ---- told by the device actions ------------------------------------------------------------- */

/* A new node is in the tree. */
void pnp_event_enumerated(struct device_node *node);
/* IRP_MN_START_DEVICE has succeeded: interfaces that were enabled meanwhile are announced. */
void pnp_event_started(struct device_node *node);
/* Before IRP_MN_QUERY_REMOVE_DEVICE: those that registered on one of the device's files are asked.
 * Errors:  STATUS_PLUGPLAY_QUERY_VETOED with *out_veto filled; who had agreed was told of the
 *          cancellation then */
NTSTATUS pnp_event_query_remove(struct device_node *node, struct pnp_veto *out_veto);
/* The removal that was asked about does not take place after all. */
void pnp_event_remove_cancelled(struct device_node *node);
/* The device has gone, asked for or not: after IRP_MN_SURPRISE_REMOVAL, or before
 * IRP_MN_REMOVE_DEVICE of a removal that was asked about. */
void pnp_event_remove_complete(struct device_node *node);
/* IRP_MN_REMOVE_DEVICE has come back: interfaces that its drivers left enabled are disabled. */
void pnp_event_removed(struct device_node *node);

/* ---- told to programs --------------------------------------------------------------------------
 */

enum pnp_event_kind {
    PNP_EVENT_INTERFACE,       /* event: GUID_DEVICE_INTERFACE_ARRIVAL or _REMOVAL */
    PNP_EVENT_TARGET,          /* event: a GUID_TARGET_DEVICE_… or a driver's own */
    PNP_EVENT_NODE_ENUMERATED, /* instance: the device */
    PNP_EVENT_NODE_STARTED,
    PNP_EVENT_NODE_REMOVED,
};

struct pnp_event {
    enum pnp_event_kind kind;
    GUID event;
    GUID interface_class;    /* PNP_EVENT_INTERFACE */
    UNICODE_STRING link;     /* PNP_EVENT_INTERFACE: "\??\ROOT#X#0000#{guid}" */
    UNICODE_STRING instance; /* the device's */
    DEVICE_OBJECT *pdo;      /* PNP_EVENT_TARGET; held during the call */
    const void *custom;      /* PNP_EVENT_TARGET of a driver's own: its CustomDataBuffer … */
    ULONG custom_length;     /* … and bytes */
    LONG custom_name_offset; /* NameBufferOffset: -1 without a name */
};
/* Answers only GUID_TARGET_DEVICE_QUERY_REMOVE: STATUS_SUCCESS, or the refusal with *out_veto
 * filled. NULL: nobody. IRQL: PASSIVE_LEVEL. */
void pnp_observer_set(NTSTATUS (*tell)(const struct pnp_event *event, struct pnp_veto *out_veto));

/* The PDO of the device that a file was opened on, referenced; NULL: no device of the tree. */
DEVICE_OBJECT *pnp_pdo_of_file_get(FILE_OBJECT *file);

#endif
