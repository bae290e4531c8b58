/* SPDX-License-Identifier: MIT */
/* resource_list.c - walking CM_RESOURCE_LISTs: where the next full descriptor begins.
 */
#include "resource.h"

/* A full descriptor follows the last partial one of that before it, and its data. */
static const CM_FULL_RESOURCE_DESCRIPTOR *full_next(const CM_FULL_RESOURCE_DESCRIPTOR *full)
{
    const CM_PARTIAL_RESOURCE_LIST *partials = &full->PartialResourceList;
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *end = &partials->PartialDescriptors[partials->Count];
    size_t data = 0;
    if (partials->Count != 0 && end[-1].Type == CmResourceTypeDeviceSpecific)
        data = end[-1].u.DeviceSpecificData.DataSize;
    return (const CM_FULL_RESOURCE_DESCRIPTOR *)((const char *)end + data);
}

size_t resource_list_bytes(const CM_RESOURCE_LIST *list)
{
    const CM_FULL_RESOURCE_DESCRIPTOR *full = list->List;
    for (ULONG i = 0; i < list->Count; i++)
        full = full_next(full);
    return (size_t)((const char *)full - (const char *)list);
}

size_t pnp_resources_bytes(const CM_RESOURCE_LIST *list)
{
    return resource_list_bytes(list);
}

struct partial_walk partial_walk_begin(const CM_RESOURCE_LIST *list)
{
    return (struct partial_walk){.list = list, .full = list != NULL ? list->List : NULL};
}

/* NULL: the end. */
const CM_PARTIAL_RESOURCE_DESCRIPTOR *partial_next(struct partial_walk *walk)
{
    while (walk->list != NULL && walk->full_index < walk->list->Count) {
        const CM_PARTIAL_RESOURCE_LIST *partials = &walk->full->PartialResourceList;
        if (walk->index < partials->Count)
            return &partials->PartialDescriptors[walk->index++];
        walk->full = full_next(walk->full);
        walk->full_index++;
        walk->index = 0;
    }
    return NULL;
}
