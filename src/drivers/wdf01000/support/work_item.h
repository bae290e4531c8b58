/* SPDX-License-Identifier: MIT */
/* work_item.h - a work item with a handle. */
#ifndef WDF01000_WORK_ITEM_H
#define WDF01000_WORK_ITEM_H

#include "support_internal.h"

struct fx_work_item {
    struct fx_object object;
    PFN_WDF_WORKITEM callback;
    struct fx_object *parent;
    struct fx_object *lock_holder; /* referenced; whose callback lock to hold, or NULL */
    struct fx_passive passive;
    volatile LONG is_closing; /* set by dispose: nothing is enqueued any more */
};

/* IRQL: <= DISPATCH_LEVEL. Errors: STATUS_INVALID_PARAMETER (no callback), those of
 * fx_object_create and fx_serialize */
NTSTATUS fx_work_item_create(struct fx_globals *globals, const WDF_WORKITEM_CONFIG *config,
                             PWDF_OBJECT_ATTRIBUTES attributes, struct fx_work_item **out_item);
void fx_work_item_enqueue(struct fx_work_item *item);
void fx_work_item_flush(struct fx_work_item *item);

#endif
