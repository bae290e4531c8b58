/* SPDX-License-Identifier: MIT */
/* requirements.c - what a device could work with: alternatives, each a list of ranges.
 *
 * In: an IO_RESOURCE_REQUIREMENTS_LIST or none, what the client puts in and takes out; out: such a
 * list again. An alternative is a child of its requirements, whether it is in them or not.
 */
#include "room.h"

static void io_list_destroy(struct fx_object *object)
{
    fx_descriptors_clear(&((struct fx_io_list *)object)->descriptors);
}

/* One that is deleted is no alternative any more. */
static void io_list_dispose(struct fx_object *object)
{
    struct fx_io_list *list = (struct fx_io_list *)object;

    if (list->is_inside)
        fx_requirements_remove(list->owner, list);
}

const struct fx_type fx_type_io_list = {
    .name = "WDFIORESLIST",
    .size = sizeof(struct fx_io_list),
    .flags = FX_TYPE_PARENT_FIXED,
    .dispose = io_list_dispose,
    .destroy = io_list_destroy,
};

const struct fx_type fx_type_requirements = {
    .name = "WDFIORESREQLIST",
    .size = sizeof(struct fx_requirements),
    .flags = FX_TYPE_NO_DELETE | FX_TYPE_PARENT_FIXED,
};

NTSTATUS fx_io_list_create(struct fx_requirements *owner, PWDF_OBJECT_ATTRIBUTES attributes,
                           struct fx_io_list **out_list)
{
    struct fx_object *object;
    NTSTATUS status = fx_object_create(owner->object.globals, &fx_type_io_list, 0, attributes,
                                       &owner->object, &object);

    if (!NT_SUCCESS(status))
        return status;
    *out_list = (struct fx_io_list *)object;
    (*out_list)->owner = owner;
    fx_descriptors_init(&(*out_list)->descriptors, sizeof(IO_RESOURCE_DESCRIPTOR));
    return STATUS_SUCCESS;
}

NTSTATUS fx_requirements_insert(struct fx_requirements *requirements, ULONG index,
                                struct fx_io_list *list)
{
    LIST_ENTRY *before = requirements->lists.Flink;

    if (index == WDF_INSERT_AT_END)
        index = requirements->count;
    if (index > requirements->count)
        return STATUS_ARRAY_BOUNDS_EXCEEDED;
    while (index--)
        before = before->Flink;
    InsertTailList(before, &list->link);
    list->is_inside = TRUE;
    requirements->count++;
    requirements->is_changed = TRUE;
    return STATUS_SUCCESS;
}

void fx_requirements_remove(struct fx_requirements *requirements, struct fx_io_list *list)
{
    RemoveEntryList(&list->link);
    list->is_inside = FALSE;
    requirements->count--;
    requirements->is_changed = TRUE;
}

struct fx_io_list *fx_requirements_at(const struct fx_requirements *requirements, ULONG index)
{
    const LIST_ENTRY *link = requirements->lists.Flink;

    if (index >= requirements->count)
        return NULL;
    while (index--)
        link = link->Flink;
    return CONTAINING_RECORD(link, struct fx_io_list, link);
}

/* ---- from and to PnP's form --------------------------------------------------------------------
 */

static const IO_RESOURCE_LIST *list_after(const IO_RESOURCE_LIST *list)
{
    return (const IO_RESOURCE_LIST *)&list->Descriptors[list->Count];
}

static NTSTATUS alternative_read(struct fx_requirements *requirements, const IO_RESOURCE_LIST *from)
{
    struct fx_io_list *list;
    NTSTATUS status = fx_io_list_create(requirements, NULL, &list);
    ULONG index;

    if (!NT_SUCCESS(status))
        return status;
    for (index = 0; index < from->Count && NT_SUCCESS(status); index++)
        status = fx_descriptors_insert(requirements->object.globals, &list->descriptors,
                                       WDF_INSERT_AT_END, &from->Descriptors[index]);
    return NT_SUCCESS(status) ? fx_requirements_insert(requirements, WDF_INSERT_AT_END, list)
                              : status; /* the list goes with its parent */
}

NTSTATUS fx_requirements_create(struct fx_device *device, const IO_RESOURCE_REQUIREMENTS_LIST *from,
                                UCHAR access, struct fx_requirements **out_requirements)
{
    struct fx_requirements *requirements;
    const IO_RESOURCE_LIST *list;
    struct fx_object *object;
    NTSTATUS status;
    ULONG index;

    status = fx_object_create(device->object.globals, &fx_type_requirements, 0, NULL,
                              &device->object, &object);
    if (!NT_SUCCESS(status))
        return status;
    requirements = (struct fx_requirements *)object;
    requirements->access = access;
    requirements->interface_type = InterfaceTypeUndefined;
    InitializeListHead(&requirements->lists);
    if (from) {
        requirements->interface_type = from->InterfaceType;
        requirements->bus = from->BusNumber;
        requirements->slot = from->SlotNumber;
        list = from->List;
        for (index = 0; index < from->AlternativeLists && NT_SUCCESS(status); index++) {
            status = alternative_read(requirements, list);
            list = list_after(list);
        }
    }
    if (!NT_SUCCESS(status)) {
        fx_object_abandon(object);
        return status;
    }
    requirements->is_changed = FALSE;
    *out_requirements = requirements;
    return STATUS_SUCCESS;
}

static ULONG list_bytes(const struct fx_io_list *list)
{
    return FIELD_OFFSET(IO_RESOURCE_LIST, Descriptors) +
           list->descriptors.count * sizeof(IO_RESOURCE_DESCRIPTOR);
}

static IO_RESOURCE_LIST *alternative_write(const struct fx_io_list *list, IO_RESOURCE_LIST *to)
{
    PIO_RESOURCE_DESCRIPTOR descriptor = to->Descriptors;
    const void *at;

    to->Version = 1;
    to->Revision = 1;
    to->Count = list->descriptors.count;
    for (at = fx_descriptors_next(&list->descriptors, NULL); at;
         at = fx_descriptors_next(&list->descriptors, at))
        RtlCopyMemory(descriptor++, at, sizeof *descriptor);
    return (IO_RESOURCE_LIST *)descriptor;
}

NTSTATUS fx_requirements_build(const struct fx_requirements *requirements,
                               PIO_RESOURCE_REQUIREMENTS_LIST *out_list)
{
    ULONG bytes = FIELD_OFFSET(IO_RESOURCE_REQUIREMENTS_LIST, List);
    PIO_RESOURCE_REQUIREMENTS_LIST made;
    IO_RESOURCE_LIST *to;
    LIST_ENTRY *link;

    *out_list = NULL;
    if (!requirements->count)
        return STATUS_SUCCESS;
    for (link = requirements->lists.Flink; link != &requirements->lists; link = link->Flink)
        bytes += list_bytes(CONTAINING_RECORD(link, struct fx_io_list, link));
    made = ExAllocatePoolWithTag(PagedPool, max(bytes, sizeof *made), FX_TAG);
    if (!made)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(made, max(bytes, sizeof *made));
    made->ListSize = bytes;
    made->InterfaceType = requirements->interface_type;
    made->BusNumber = requirements->bus;
    made->SlotNumber = requirements->slot;
    made->AlternativeLists = requirements->count;
    to = made->List;
    for (link = requirements->lists.Flink; link != &requirements->lists; link = link->Flink)
        to = alternative_write(CONTAINING_RECORD(link, struct fx_io_list, link), to);
    *out_list = made;
    return STATUS_SUCCESS;
}
