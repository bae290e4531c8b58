/* SPDX-License-Identifier: MIT */
/* resource_ddi.c - WdfCmResourceListXxx as a client calls it. */
#include "room.h"
#include <wdf_entries.h>

static struct fx_resource_list *list_of(PWDF_DRIVER_GLOBALS abi, WDFCMRESLIST handle)
{
    return (struct fx_resource_list *)fx_object_of(fx_globals_of(abi), handle,
                                                   &fx_type_resource_list);
}

NTSTATUS NTAPI imp_WdfCmResourceListInsertDescriptor(PWDF_DRIVER_GLOBALS globals, WDFCMRESLIST List,
                                                     PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor,
                                                     ULONG Index)
{
    struct fx_resource_list *list = list_of(globals, List);
    NTSTATUS status;

    fx_needed(list->object.globals, Descriptor);
    if (!(list->access & FX_LIST_ADD)) {
        fx_log(list->object.globals, FX_LOG_ERROR,
               "WDFCMRESLIST %p: this callback may not add resources", List);
        return STATUS_ACCESS_DENIED;
    }
    status = fx_descriptors_insert(list->object.globals, &list->descriptors, Index, Descriptor);
    if (NT_SUCCESS(status))
        list->is_changed = TRUE;
    return status;
}

NTSTATUS NTAPI imp_WdfCmResourceListAppendDescriptor(PWDF_DRIVER_GLOBALS globals, WDFCMRESLIST List,
                                                     PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor)
{
    return imp_WdfCmResourceListInsertDescriptor(globals, List, Descriptor, WDF_INSERT_AT_END);
}

ULONG NTAPI imp_WdfCmResourceListGetCount(PWDF_DRIVER_GLOBALS globals, WDFCMRESLIST List)
{
    return list_of(globals, List)->descriptors.count;
}

PCM_PARTIAL_RESOURCE_DESCRIPTOR NTAPI
imp_WdfCmResourceListGetDescriptor(PWDF_DRIVER_GLOBALS globals, WDFCMRESLIST List, ULONG Index)
{
    return fx_descriptors_at(&list_of(globals, List)->descriptors, Index);
}

VOID NTAPI imp_WdfCmResourceListRemove(PWDF_DRIVER_GLOBALS globals, WDFCMRESLIST List, ULONG Index)
{
    struct fx_resource_list *list = list_of(globals, List);

    if (!(list->access & FX_LIST_REMOVE))
        fx_log(list->object.globals, FX_LOG_ERROR,
               "WDFCMRESLIST %p: this callback may not remove resources", List);
    else if (fx_descriptors_remove(&list->descriptors, Index))
        list->is_changed = TRUE;
    else
        fx_log(list->object.globals, FX_LOG_ERROR, "WDFCMRESLIST %p: no descriptor %u to remove",
               List, Index);
}

VOID NTAPI imp_WdfCmResourceListRemoveByDescriptor(PWDF_DRIVER_GLOBALS globals, WDFCMRESLIST List,
                                                   PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor)
{
    struct fx_resource_list *list = list_of(globals, List);

    fx_needed(list->object.globals, Descriptor);
    imp_WdfCmResourceListRemove(globals, List, fx_descriptors_find(&list->descriptors, Descriptor));
}
