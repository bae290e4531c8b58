/* SPDX-License-Identifier: MIT */
/* pnp/notice.h - what happens to devices and interfaces, told to drivers and to programs.
 *
 * Rules of use. PASSIVE_LEVEL. Drivers that registered are told first, then the observer (the room
 * that tells programs). What nobody can refuse is queued and delivered in order by one worker.
 */
#ifndef PNP_NOTICE_H
#define PNP_NOTICE_H

#include "pnp/pnp.h"

NTSTATUS pnp_notice_init(void); /* before pnp_start */
/* Drops the registrations that are left. */
void pnp_notice_fini(void);
/* Until no notice is queued or being delivered. */
void pnp_notice_wait(void);

enum pnp_notice_kind {
    PNP_NOTICE_INTERFACE,  /* event: GUID_DEVICE_INTERFACE_ARRIVAL or _REMOVAL */
    PNP_NOTICE_TARGET,     /* event: a GUID_TARGET_DEVICE_… or a driver's own */
    PNP_NOTICE_ENUMERATED, /* the rest are of a device as such */
    PNP_NOTICE_STARTED,
    PNP_NOTICE_REMOVED,
};

struct pnp_notice {
    enum pnp_notice_kind kind;
    GUID event;
    GUID interface_class;    /* PNP_NOTICE_INTERFACE */
    UNICODE_STRING link;     /* PNP_NOTICE_INTERFACE: "\??\ROOT#X#0000#{guid}" */
    UNICODE_STRING instance; /* the device's */
    DEVICE_OBJECT *pdo;      /* PNP_NOTICE_TARGET: only to be compared */
    /* PNP_NOTICE_TARGET of a driver's own: as it wrote it, FileObject NULL. */
    const TARGET_DEVICE_CUSTOM_NOTIFICATION *custom;
};
/* Answers only GUID_TARGET_DEVICE_QUERY_REMOVE: STATUS_SUCCESS, or a refusal with *out_veto
 * filled. NULL: nobody. IRQL: PASSIVE_LEVEL. */
void pnp_observer_set(NTSTATUS (*tell)(const struct pnp_notice *notice, struct pnp_veto *out_veto));

/* Told of every device interface that is there now, after drivers and the observer; must not wait
 * for a device. NULL: nobody. IRQL: PASSIVE_LEVEL. */
void pnp_arrival_set(void (*tell)(const struct pnp_notice *notice));

/* The PDO of the device that a file was opened on, referenced; NULL: no device of the tree. */
DEVICE_OBJECT *pnp_pdo_of_file_get(FILE_OBJECT *file);

#endif
