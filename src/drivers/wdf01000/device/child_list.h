/* SPDX-License-Identifier: MIT */
/* child_list.h - the files about children share these; no other file of the room needs them. */
#ifndef FX_CHILD_LIST_H
#define FX_CHILD_LIST_H

#include "device_internal.h"

typedef WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER fx_id;
typedef WDF_CHILD_ADDRESS_DESCRIPTION_HEADER fx_address;
typedef EVT_WDF_CHILD_LIST_IDENTIFICATION_DESCRIPTION_COMPARE fx_compare;

#define FX_STATE_BIT(state) (1u << (state))

/* A description on its way into the list; `child` holds it as its entry would. */
struct fx_child_change {
    LIST_ENTRY entry;
    LIST_ENTRY freed; /* entries that it took out */
    BOOLEAN is_missing;
    struct fx_child *child;
};

/* What an iterator keeps between two calls; fits the driver's Reserved fields. */
struct fx_child_place {
    ULONG_PTR began; /* marks one that is between begin and end */
    LIST_ENTRY *at;
};

static inline WDFCHILDLIST child_list_handle(struct fx_child_list *list)
{
    return (WDFCHILDLIST)fx_handle_of(&list->object);
}

static inline struct fx_child_list *child_list_of(struct fx_globals *globals, WDFCHILDLIST handle)
{
    return (struct fx_child_list *)fx_object_of(globals, handle, &fx_type_child_list);
}

void child_free(struct fx_child *child);
void child_id_copy(const struct fx_child *child, fx_id *out);
void child_address_copy(const struct fx_child *child, fx_address *out);
NTSTATUS child_address_update(struct fx_child *child, const fx_address *address);
BOOLEAN child_is(const struct fx_child *child, const fx_id *id, fx_compare *compare);
/* The first child in one of the states (FX_STATE_BIT) with this description. */
struct fx_child *child_find_locked(struct fx_child_list *list, const fx_id *id, ULONG states,
                                   fx_compare *compare);

NTSTATUS list_add(struct fx_child_list *list, const fx_id *id, const fx_address *address);
NTSTATUS list_missing(struct fx_child_list *list, const fx_id *id);
void list_scan_begin(struct fx_child_list *list);
void list_scan_end(struct fx_child_list *list);
void list_all_present(struct fx_child_list *list);
/* While held, entries stay as they are; changes are made at the last release. */
void list_hold(struct fx_child_list *list);
NTSTATUS list_add_again(struct fx_child_list *list, const struct fx_child *old);
void list_release(struct fx_child_list *list, BOOLEAN is_scan);

/* PnP is asked to look at the device's children again. */
void children_invalidate(struct fx_device *device);

#endif
