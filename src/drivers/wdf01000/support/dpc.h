/* SPDX-License-Identifier: MIT */
/* dpc.h - a DPC with a handle. */
#ifndef WDF01000_DPC_H
#define WDF01000_DPC_H

#include "support_internal.h"

struct fx_dpc {
    struct fx_object object;
    KDPC kernel;
    PFN_WDF_DPC callback;
    struct fx_object *parent;      /* lives longer */
    struct fx_object *lock_holder; /* whose callback lock to hold, or NULL */
};

/* IRQL: <= DISPATCH_LEVEL. Errors: those of fx_object_create and fx_serialize */
NTSTATUS fx_dpc_create(struct fx_globals *globals, const WDF_DPC_CONFIG *config,
                       PWDF_OBJECT_ATTRIBUTES attributes, struct fx_dpc **out_dpc);

/* TRUE: it was queued and will not run. wait: PASSIVE_LEVEL, returns when no call runs. */
BOOLEAN fx_dpc_cancel(struct fx_dpc *dpc, BOOLEAN wait);

#endif
