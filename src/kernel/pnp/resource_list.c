/* SPDX-License-Identifier: MIT */
/* resource_list.c - walking CM_RESOURCE_LISTs: where the next full descriptor begins.
 */
#include "pnp_internal.h"

size_t resource_list_bytes(const CM_RESOURCE_LIST *list)
{
    const CM_FULL_RESOURCE_DESCRIPTOR *full = list->List;
    for (ULONG i = 0; i < list->Count; i++) {
        const CM_PARTIAL_RESOURCE_LIST *partials = &full->PartialResourceList;
        const CM_PARTIAL_RESOURCE_DESCRIPTOR *end = partials->PartialDescriptors;
        size_t data = 0;
        for (ULONG k = 0; k < partials->Count; k++, end++)
            if (end->Type == CmResourceTypeDeviceSpecific)
                data = end->u.DeviceSpecificData.DataSize; /* the last one's data follows it */
        full = (const CM_FULL_RESOURCE_DESCRIPTOR *)((const char *)end + data);
    }
    return (size_t)((const char *)full - (const char *)list);
}
