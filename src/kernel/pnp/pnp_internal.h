/* SPDX-License-Identifier: MIT */
/* pnp_internal.h - what the files of this room know of each other.
 */
#ifndef PNP_INTERNAL_H
#define PNP_INTERNAL_H

#include "base/list.h"
#include "pnp/pnp.h"

#define PNP_TAG 'pPvC' /* "CvPp" */

/* ---- who hears of what happens to devices ---------------------------------------------------- */

enum pnp_event {
    PNP_EVENT_ARRIVED,         /* the node is in the tree, its Enum key is there */
    PNP_EVENT_STARTED,         /* started, or started again */
    PNP_EVENT_QUERY_REMOVE,    /* may it go? a failure is a veto; before the drivers are asked */
    PNP_EVENT_REMOVE_CANCELED, /* it stays: for those who were asked */
    PNP_EVENT_REMOVE_PENDING,  /* it goes, surprisingly or not: before IRP_MN_REMOVE_DEVICE */
    PNP_EVENT_STACK_REMOVED,   /* its drivers are gone; the node may stay */
    PNP_EVENT_GONE,            /* the node has left the tree */
};
/* Called on the worker at PASSIVE_LEVEL, no lock held. veto is filled by who says no. */
struct pnp_event_sink {
    struct list link; /* guarded by the sinks' lock */
    NTSTATUS (*event)(struct device_node *node, enum pnp_event event, struct pnp_veto *veto);
};
void pnp_event_sink_add(struct pnp_event_sink *sink); /* before pnp_start; static memory */

#endif
