/* SPDX-License-Identifier: MIT */
/* collection.c - ordered lists of objects.
 *
 * In: objects of any type; each is held by a reference until it is taken out or the collection
 * goes. An object may be in a collection several times, and in several collections.
 */
#include "support_internal.h"

struct item {
    LIST_ENTRY entry;
    struct fx_object *object;
};

/* What was taken out under the lock is released outside of it: it may be the last reference. */
static void item_drop(struct item *item)
{
    struct fx_object *object = item->object;

    ExFreePool(item);
    fx_object_deref(object);
}

static void collection_destroy(struct fx_object *object)
{
    struct fx_collection *collection = (struct fx_collection *)object;

    while (!IsListEmpty(&collection->items))
        item_drop(CONTAINING_RECORD(RemoveHeadList(&collection->items), struct item, entry));
}

const struct fx_type fx_type_collection = {
    .name = "WDFCOLLECTION",
    .size = sizeof(struct fx_collection),
    .destroy = collection_destroy,
};

NTSTATUS fx_collection_create(struct fx_globals *globals, PWDF_OBJECT_ATTRIBUTES attributes,
                              struct fx_collection **out_collection)
{
    struct fx_object *object;
    struct fx_collection *collection;
    NTSTATUS status;

    status = fx_object_create(globals, &fx_type_collection, 0, attributes, NULL, &object);
    if (!NT_SUCCESS(status))
        return status;
    collection = (struct fx_collection *)object;
    KeInitializeSpinLock(&collection->lock);
    InitializeListHead(&collection->items);
    *out_collection = collection;
    return STATUS_SUCCESS;
}

NTSTATUS fx_collection_add(struct fx_collection *collection, struct fx_object *object)
{
    struct item *item =
        fx_pool_take(collection->object.globals, NonPagedPoolNx, 0, sizeof(struct item));
    KIRQL irql;

    if (!item)
        return STATUS_INSUFFICIENT_RESOURCES;
    item->object = object;
    fx_object_ref(object);
    KeAcquireSpinLock(&collection->lock, &irql);
    InsertTailList(&collection->items, &item->entry);
    collection->count++;
    KeReleaseSpinLock(&collection->lock, irql);
    return STATUS_SUCCESS;
}

static struct item *item_at_locked(struct fx_collection *collection, ULONG index)
{
    PLIST_ENTRY entry = collection->items.Flink;

    if (index >= collection->count)
        return NULL;
    while (index--)
        entry = entry->Flink;
    return CONTAINING_RECORD(entry, struct item, entry);
}

static struct item *item_of_locked(struct fx_collection *collection, struct fx_object *object)
{
    PLIST_ENTRY entry;

    for (entry = collection->items.Flink; entry != &collection->items; entry = entry->Flink)
        if (CONTAINING_RECORD(entry, struct item, entry)->object == object)
            return CONTAINING_RECORD(entry, struct item, entry);
    return NULL;
}

static NTSTATUS collection_remove(struct fx_collection *collection, struct fx_object *object,
                                  ULONG index)
{
    struct item *item;
    KIRQL irql;

    KeAcquireSpinLock(&collection->lock, &irql);
    item = object ? item_of_locked(collection, object) : item_at_locked(collection, index);
    if (item) {
        RemoveEntryList(&item->entry);
        collection->count--;
    }
    KeReleaseSpinLock(&collection->lock, irql);
    if (!item)
        return STATUS_NOT_FOUND;
    item_drop(item);
    return STATUS_SUCCESS;
}

NTSTATUS fx_collection_remove(struct fx_collection *collection, ULONG index)
{
    return collection_remove(collection, NULL, index);
}

NTSTATUS fx_collection_remove_object(struct fx_collection *collection, struct fx_object *object)
{
    return collection_remove(collection, object, 0);
}

struct fx_object *fx_collection_at(struct fx_collection *collection, ULONG index)
{
    struct fx_object *object = NULL;
    struct item *item;
    KIRQL irql;

    KeAcquireSpinLock(&collection->lock, &irql);
    if (index == FX_COLLECTION_LAST && collection->count)
        index = collection->count - 1;
    item = item_at_locked(collection, index);
    if (item)
        object = item->object;
    KeReleaseSpinLock(&collection->lock, irql);
    return object;
}
