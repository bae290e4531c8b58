/* SPDX-License-Identifier: MIT */
/* descriptors.c - an ordered list of resource descriptors of one kind.
 *
 * In: descriptors to copy; out: where the copies lie, which stays until they are removed, whatever
 * is inserted or removed around them.
 */
#include "room.h"

struct item {
    LIST_ENTRY link;
    UCHAR descriptor[];
};

static struct item *item_of(const void *descriptor)
{
    return CONTAINING_RECORD((UCHAR(*)[])descriptor, struct item, descriptor);
}

static LIST_ENTRY *link_at(const struct fx_descriptors *list, ULONG index)
{
    LIST_ENTRY *link = list->items.Flink;

    while (index--)
        link = link->Flink;
    return link;
}

void fx_descriptors_init(struct fx_descriptors *list, ULONG bytes)
{
    InitializeListHead(&list->items);
    list->count = 0;
    list->bytes = bytes;
}

NTSTATUS fx_descriptors_insert(struct fx_globals *globals, struct fx_descriptors *list, ULONG index,
                               const void *descriptor)
{
    struct item *item;

    if (index == WDF_INSERT_AT_END)
        index = list->count;
    if (index > list->count)
        return STATUS_ARRAY_BOUNDS_EXCEEDED;
    item = fx_pool_take(globals, NonPagedPoolNx, 0, sizeof *item + list->bytes);
    if (!item)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(item->descriptor, descriptor, list->bytes);
    InsertTailList(link_at(list, index), &item->link);
    list->count++;
    return STATUS_SUCCESS;
}

void *fx_descriptors_at(const struct fx_descriptors *list, ULONG index)
{
    if (index >= list->count)
        return NULL;
    return CONTAINING_RECORD(link_at(list, index), struct item, link)->descriptor;
}

void *fx_descriptors_next(const struct fx_descriptors *list, const void *descriptor)
{
    LIST_ENTRY *link = descriptor ? item_of(descriptor)->link.Flink : list->items.Flink;

    return link == &list->items ? NULL : CONTAINING_RECORD(link, struct item, link)->descriptor;
}

BOOLEAN fx_descriptors_remove(struct fx_descriptors *list, ULONG index)
{
    struct item *item;

    if (index >= list->count)
        return FALSE;
    item = CONTAINING_RECORD(link_at(list, index), struct item, link);
    RemoveEntryList(&item->link);
    list->count--;
    ExFreePool(item);
    return TRUE;
}

ULONG fx_descriptors_find(const struct fx_descriptors *list, const void *descriptor)
{
    ULONG index = 0;
    void *at;

    for (at = fx_descriptors_next(list, NULL); at; at = fx_descriptors_next(list, at), index++)
        if (RtlEqualMemory(at, descriptor, list->bytes))
            return index;
    return MAXULONG;
}

void fx_descriptors_clear(struct fx_descriptors *list)
{
    while (fx_descriptors_remove(list, 0))
        ;
}
