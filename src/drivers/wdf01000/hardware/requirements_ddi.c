/* SPDX-License-Identifier: MIT */
/* requirements_ddi.c - WdfIoResourceRequirementsListXxx and WdfIoResourceListXxx as a client calls
 * them.
 */
#include "room.h"
#include <wdf_entries.h>

static struct fx_requirements *requirements_of(PWDF_DRIVER_GLOBALS abi, WDFIORESREQLIST handle)
{
    return (struct fx_requirements *)fx_object_of(fx_globals_of(abi), handle,
                                                  &fx_type_requirements);
}

static struct fx_io_list *list_of(PWDF_DRIVER_GLOBALS abi, WDFIORESLIST handle)
{
    return (struct fx_io_list *)fx_object_of(fx_globals_of(abi), handle, &fx_type_io_list);
}

/* Says so when the callback that the lists are for may not do this. */
static BOOLEAN allowed(const struct fx_requirements *requirements, UCHAR access)
{
    if (requirements->access & access)
        return TRUE;
    fx_log(requirements->object.globals, FX_LOG_ERROR,
           "WDFIORESREQLIST %p: this callback may not %s resources",
           fx_handle_of(&requirements->object), access == FX_LIST_ADD ? "add" : "remove");
    return FALSE;
}

/* ---- alternatives ------------------------------------------------------------------------------
 */

VOID NTAPI imp_WdfIoResourceRequirementsListSetSlotNumber(PWDF_DRIVER_GLOBALS globals,
                                                          WDFIORESREQLIST RequirementsList,
                                                          ULONG SlotNumber)
{
    struct fx_requirements *requirements = requirements_of(globals, RequirementsList);

    requirements->slot = SlotNumber;
    requirements->is_changed = TRUE;
}

VOID NTAPI imp_WdfIoResourceRequirementsListSetInterfaceType(PWDF_DRIVER_GLOBALS globals,
                                                             WDFIORESREQLIST RequirementsList,
                                                             INTERFACE_TYPE InterfaceType)
{
    struct fx_requirements *requirements = requirements_of(globals, RequirementsList);

    requirements->interface_type = InterfaceType;
    requirements->is_changed = TRUE;
}

NTSTATUS NTAPI imp_WdfIoResourceRequirementsListInsertIoResList(PWDF_DRIVER_GLOBALS globals,
                                                                WDFIORESREQLIST RequirementsList,
                                                                WDFIORESLIST IoResList, ULONG Index)
{
    struct fx_requirements *requirements = requirements_of(globals, RequirementsList);
    struct fx_io_list *list = list_of(globals, IoResList);

    if (list->owner != requirements) {
        fx_log(requirements->object.globals, FX_LOG_ERROR,
               "WDFIORESLIST %p was made for other requirements than %p", IoResList,
               RequirementsList);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (list->is_inside) {
        fx_log(requirements->object.globals, FX_LOG_ERROR, "WDFIORESLIST %p is already in %p",
               IoResList, RequirementsList);
        return STATUS_INVALID_PARAMETER;
    }
    return allowed(requirements, FX_LIST_ADD) ? fx_requirements_insert(requirements, Index, list)
                                              : STATUS_ACCESS_DENIED;
}

NTSTATUS NTAPI imp_WdfIoResourceRequirementsListAppendIoResList(PWDF_DRIVER_GLOBALS globals,
                                                                WDFIORESREQLIST RequirementsList,
                                                                WDFIORESLIST IoResList)
{
    return imp_WdfIoResourceRequirementsListInsertIoResList(globals, RequirementsList, IoResList,
                                                            WDF_INSERT_AT_END);
}

ULONG NTAPI imp_WdfIoResourceRequirementsListGetCount(PWDF_DRIVER_GLOBALS globals,
                                                      WDFIORESREQLIST RequirementsList)
{
    return requirements_of(globals, RequirementsList)->count;
}

WDFIORESLIST NTAPI imp_WdfIoResourceRequirementsListGetIoResList(PWDF_DRIVER_GLOBALS globals,
                                                                 WDFIORESREQLIST RequirementsList,
                                                                 ULONG Index)
{
    struct fx_io_list *list = fx_requirements_at(requirements_of(globals, RequirementsList), Index);

    return list ? fx_handle_of(&list->object) : NULL;
}

VOID NTAPI imp_WdfIoResourceRequirementsListRemove(PWDF_DRIVER_GLOBALS globals,
                                                   WDFIORESREQLIST RequirementsList, ULONG Index)
{
    struct fx_requirements *requirements = requirements_of(globals, RequirementsList);
    struct fx_io_list *list = fx_requirements_at(requirements, Index);

    if (!list)
        fx_log(requirements->object.globals, FX_LOG_ERROR,
               "WDFIORESREQLIST %p: no list %u to remove", RequirementsList, Index);
    else if (allowed(requirements, FX_LIST_REMOVE))
        fx_requirements_remove(requirements, list);
}

VOID NTAPI imp_WdfIoResourceRequirementsListRemoveByIoResList(PWDF_DRIVER_GLOBALS globals,
                                                              WDFIORESREQLIST RequirementsList,
                                                              WDFIORESLIST IoResList)
{
    struct fx_requirements *requirements = requirements_of(globals, RequirementsList);
    struct fx_io_list *list = list_of(globals, IoResList);

    if (list->owner != requirements || !list->is_inside)
        fx_log(requirements->object.globals, FX_LOG_ERROR,
               "WDFIORESLIST %p is not in %p, nothing removed", IoResList, RequirementsList);
    else if (allowed(requirements, FX_LIST_REMOVE))
        fx_requirements_remove(requirements, list);
}

/* ---- one alternative ---------------------------------------------------------------------------
 */

NTSTATUS NTAPI imp_WdfIoResourceListCreate(PWDF_DRIVER_GLOBALS globals,
                                           WDFIORESREQLIST RequirementsList,
                                           PWDF_OBJECT_ATTRIBUTES Attributes,
                                           WDFIORESLIST *ResourceList)
{
    struct fx_requirements *requirements = requirements_of(globals, RequirementsList);
    struct fx_io_list *list;
    NTSTATUS status;

    fx_needed(requirements->object.globals, ResourceList);
    *ResourceList = NULL;
    status = fx_io_list_create(requirements, Attributes, &list);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&list->object, _ReturnAddress());
    *ResourceList = fx_handle_of(&list->object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfIoResourceListInsertDescriptor(PWDF_DRIVER_GLOBALS globals,
                                                     WDFIORESLIST ResourceList,
                                                     PIO_RESOURCE_DESCRIPTOR Descriptor,
                                                     ULONG Index)
{
    struct fx_io_list *list = list_of(globals, ResourceList);
    NTSTATUS status;

    fx_needed(list->object.globals, Descriptor);
    if (!allowed(list->owner, FX_LIST_ADD))
        return STATUS_ACCESS_DENIED;
    status = fx_descriptors_insert(list->object.globals, &list->descriptors, Index, Descriptor);
    if (NT_SUCCESS(status))
        list->owner->is_changed = TRUE;
    return status;
}

NTSTATUS NTAPI imp_WdfIoResourceListAppendDescriptor(PWDF_DRIVER_GLOBALS globals,
                                                     WDFIORESLIST ResourceList,
                                                     PIO_RESOURCE_DESCRIPTOR Descriptor)
{
    return imp_WdfIoResourceListInsertDescriptor(globals, ResourceList, Descriptor,
                                                 WDF_INSERT_AT_END);
}

VOID NTAPI imp_WdfIoResourceListUpdateDescriptor(PWDF_DRIVER_GLOBALS globals,
                                                 WDFIORESLIST ResourceList,
                                                 PIO_RESOURCE_DESCRIPTOR Descriptor, ULONG Index)
{
    struct fx_io_list *list = list_of(globals, ResourceList);
    PIO_RESOURCE_DESCRIPTOR at = fx_descriptors_at(&list->descriptors, Index);

    fx_needed(list->object.globals, Descriptor);
    if (!at) {
        fx_log(list->object.globals, FX_LOG_ERROR, "WDFIORESLIST %p: no descriptor %u to update",
               ResourceList, Index);
        return;
    }
    *at = *Descriptor;
    list->owner->is_changed = TRUE;
}

ULONG NTAPI imp_WdfIoResourceListGetCount(PWDF_DRIVER_GLOBALS globals, WDFIORESLIST ResourceList)
{
    return list_of(globals, ResourceList)->descriptors.count;
}

PIO_RESOURCE_DESCRIPTOR NTAPI imp_WdfIoResourceListGetDescriptor(PWDF_DRIVER_GLOBALS globals,
                                                                 WDFIORESLIST ResourceList,
                                                                 ULONG Index)
{
    return fx_descriptors_at(&list_of(globals, ResourceList)->descriptors, Index);
}

VOID NTAPI imp_WdfIoResourceListRemove(PWDF_DRIVER_GLOBALS globals, WDFIORESLIST ResourceList,
                                       ULONG Index)
{
    struct fx_io_list *list = list_of(globals, ResourceList);

    if (!allowed(list->owner, FX_LIST_REMOVE))
        return;
    if (fx_descriptors_remove(&list->descriptors, Index))
        list->owner->is_changed = TRUE;
    else
        fx_log(list->object.globals, FX_LOG_ERROR, "WDFIORESLIST %p: no descriptor %u to remove",
               ResourceList, Index);
}

VOID NTAPI imp_WdfIoResourceListRemoveByDescriptor(PWDF_DRIVER_GLOBALS globals,
                                                   WDFIORESLIST ResourceList,
                                                   PIO_RESOURCE_DESCRIPTOR Descriptor)
{
    struct fx_io_list *list = list_of(globals, ResourceList);

    fx_needed(list->object.globals, Descriptor);
    imp_WdfIoResourceListRemove(globals, ResourceList,
                                fx_descriptors_find(&list->descriptors, Descriptor));
}
