/* SPDX-License-Identifier: MIT */
/* resource_list.c - assigned resources: lists for callbacks, and what a started device has.
 *
 * In: CM_RESOURCE_LISTs of PnP's requests, of which one bus's part is read (the first), as PnP
 * makes one for a device; out: lists with handles, and CM_RESOURCE_LISTs again.
 */
#include "interrupt.h"
#include "room.h"

static void resource_list_destroy(struct fx_object *object)
{
    fx_descriptors_clear(&((struct fx_resource_list *)object)->descriptors);
}

const struct fx_type fx_type_resource_list = {
    .name = "WDFCMRESLIST",
    .size = sizeof(struct fx_resource_list),
    .flags = FX_TYPE_NO_DELETE | FX_TYPE_PARENT_FIXED,
    .destroy = resource_list_destroy,
};

NTSTATUS fx_resource_list_create(struct fx_device *device, const CM_RESOURCE_LIST *from,
                                 UCHAR access, struct fx_resource_list **out_list)
{
    struct fx_globals *globals = device->object.globals;
    struct fx_resource_list *list;
    struct fx_object *object;
    NTSTATUS status;
    ULONG index;

    status = fx_object_create(globals, &fx_type_resource_list, 0, NULL, &device->object, &object);
    if (!NT_SUCCESS(status))
        return status;
    list = (struct fx_resource_list *)object;
    list->access = access;
    fx_descriptors_init(&list->descriptors, sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR));
    list->interface_type = InterfaceTypeUndefined;
    if (from && from->Count) {
        const CM_PARTIAL_RESOURCE_LIST *part = &from->List[0].PartialResourceList;

        list->interface_type = from->List[0].InterfaceType;
        list->bus = from->List[0].BusNumber;
        for (index = 0; index < part->Count && NT_SUCCESS(status); index++)
            status = fx_descriptors_insert(globals, &list->descriptors, WDF_INSERT_AT_END,
                                           &part->PartialDescriptors[index]);
    }
    if (!NT_SUCCESS(status)) {
        fx_object_abandon(object);
        return status;
    }
    *out_list = list;
    return STATUS_SUCCESS;
}

NTSTATUS fx_resource_list_build(const struct fx_resource_list *list,
                                PCM_RESOURCE_LIST *out_resources)
{
    ULONG bytes = FIELD_OFFSET(CM_RESOURCE_LIST, List[0].PartialResourceList.PartialDescriptors) +
                  list->descriptors.count * sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR);
    PCM_PARTIAL_RESOURCE_DESCRIPTOR to;
    PCM_RESOURCE_LIST resources;
    const void *at;

    *out_resources = NULL;
    if (!list->descriptors.count)
        return STATUS_SUCCESS;
    /* PnP frees it: no memory of this client's. */
    resources = ExAllocatePoolWithTag(PagedPool, bytes, FX_TAG);
    if (!resources)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(resources, bytes);
    resources->Count = 1;
    resources->List[0].InterfaceType = list->interface_type;
    resources->List[0].BusNumber = list->bus;
    resources->List[0].PartialResourceList.Version = 1;
    resources->List[0].PartialResourceList.Revision = 1;
    resources->List[0].PartialResourceList.Count = list->descriptors.count;
    to = resources->List[0].PartialResourceList.PartialDescriptors;
    for (at = fx_descriptors_next(&list->descriptors, NULL); at;
         at = fx_descriptors_next(&list->descriptors, at))
        RtlCopyMemory(to++, at, sizeof *to);
    *out_resources = resources;
    return STATUS_SUCCESS;
}

/* ---- what a started device has ----------------------------------------------------------------
 */

static void list_drop(struct fx_resource_list **list)
{
    if (!*list)
        return;
    fx_object_delete(&(*list)->object);
    fx_object_deref(&(*list)->object);
    *list = NULL;
}

static NTSTATUS list_keep(struct fx_device *device, const CM_RESOURCE_LIST *from,
                          struct fx_resource_list **out_list)
{
    NTSTATUS status = fx_resource_list_create(device, from, FX_LIST_READ, out_list);

    /* The device may be cleaned up, and its children with it, before the resources are given up. */
    if (NT_SUCCESS(status))
        fx_object_ref(&(*out_list)->object);
    return status;
}

NTSTATUS fx_resources_set(struct fx_device *device, const CM_RESOURCE_LIST *raw,
                          const CM_RESOURCE_LIST *translated)
{
    struct fx_hardware *hardware = device->hardware;
    NTSTATUS status;

    if (!hardware) {
        hardware = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof *hardware, FX_TAG);
        if (!hardware)
            return STATUS_INSUFFICIENT_RESOURCES;
        RtlZeroMemory(hardware, sizeof *hardware);
        device->hardware = hardware;
    }
    list_drop(&hardware->raw);
    list_drop(&hardware->translated);
    status = list_keep(device, raw, &hardware->raw);
    if (NT_SUCCESS(status)) {
        status = list_keep(device, translated, &hardware->translated);
        if (!NT_SUCCESS(status))
            list_drop(&hardware->raw);
    }
    if (NT_SUCCESS(status))
        fx_interrupts_assign(device);
    return status;
}

void fx_resources_clear(struct fx_device *device)
{
    if (!device->hardware)
        return;
    fx_interrupts_unassign(device);
    list_drop(&device->hardware->raw);
    list_drop(&device->hardware->translated);
}

WDFCMRESLIST fx_resources_raw(struct fx_device *device)
{
    return device->hardware && device->hardware->raw ? fx_handle_of(&device->hardware->raw->object)
                                                     : NULL;
}

WDFCMRESLIST fx_resources_translated(struct fx_device *device)
{
    return device->hardware && device->hardware->translated
               ? fx_handle_of(&device->hardware->translated->object)
               : NULL;
}

void fx_hardware_destroy(struct fx_device *device)
{
    if (!device->hardware)
        return;
    list_drop(&device->hardware->raw);
    list_drop(&device->hardware->translated);
    ExFreePool(device->hardware);
    device->hardware = NULL;
}
