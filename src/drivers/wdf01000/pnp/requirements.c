/* SPDX-License-Identifier: MIT */
/* requirements.c - what hardware a device needs: asked of a bus driver, changed by a function
 * driver.
 *
 * In: the IRPs that carry lists of resources and of requirements; out: lists that the client's
 * callbacks have looked at or changed. Objects for a callback live as long as it runs.
 */
#include "../hardware/hardware.h"
#include "room.h"

/* ---- a bus driver's child ------------------------------------------------------------------- */

NTSTATUS fx_query_resources(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    struct fx_resource_list *list;
    PCM_RESOURCE_LIST built = NULL;
    NTSTATUS status;

    if (device->lower != NULL || pnp->pdo_evt.EvtDeviceResourcesQuery == NULL)
        return fx_irp_pass(device, irp, irp->IoStatus.Status);
    status = fx_resource_list_create(device, NULL, FX_LIST_ADD, &list);
    if (!NT_SUCCESS(status))
        return fx_irp_finish(device, irp, status);
    FX_WATCHED(device->object.globals, pnp->pdo_evt.EvtDeviceResourcesQuery,
               status = pnp->pdo_evt.EvtDeviceResourcesQuery(fx_device_handle(device),
                                                             fx_handle_of(&list->object)));
    if (NT_SUCCESS(status))
        status = fx_resource_list_build(list, &built);
    fx_object_delete(&list->object);
    if (NT_SUCCESS(status))
        irp->IoStatus.Information = (ULONG_PTR)built;
    return fx_irp_finish(device, irp, status);
}

NTSTATUS fx_query_requirements(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    struct fx_requirements *list;
    PIO_RESOURCE_REQUIREMENTS_LIST built = NULL;
    NTSTATUS status;

    if (device->lower != NULL || pnp->pdo_evt.EvtDeviceResourceRequirementsQuery == NULL)
        return fx_irp_pass(device, irp, irp->IoStatus.Status);
    status = fx_requirements_create(device, NULL, FX_LIST_ADD | FX_LIST_REMOVE, &list);
    if (!NT_SUCCESS(status))
        return fx_irp_finish(device, irp, status);
    FX_WATCHED(device->object.globals, pnp->pdo_evt.EvtDeviceResourceRequirementsQuery,
               status = pnp->pdo_evt.EvtDeviceResourceRequirementsQuery(
                   fx_device_handle(device), fx_handle_of(&list->object)));
    if (NT_SUCCESS(status))
        status = fx_requirements_build(list, &built);
    fx_object_delete(&list->object);
    if (NT_SUCCESS(status))
        irp->IoStatus.Information = (ULONG_PTR)built;
    return fx_irp_finish(device, irp, status);
}

/* ---- a function driver's changes ------------------------------------------------------------ */

/* The list of the IRP, which a driver above may have replaced, through one callback. */
static NTSTATUS filter(struct fx_device *device, PIO_RESOURCE_REQUIREMENTS_LIST *list, UCHAR access,
                       PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS callback)
{
    PIO_RESOURCE_REQUIREMENTS_LIST built = NULL;
    struct fx_requirements *requirements;
    NTSTATUS status;

    if (callback == NULL)
        return STATUS_SUCCESS;
    status = fx_requirements_create(device, *list, access, &requirements);
    if (!NT_SUCCESS(status))
        return status;
    status = callback(fx_device_handle(device), fx_handle_of(&requirements->object));
    if (NT_SUCCESS(status) && requirements->is_changed)
        status = fx_requirements_build(requirements, &built);
    if (NT_SUCCESS(status) && requirements->is_changed) {
        if (*list != NULL)
            ExFreePool(*list);
        *list = built;
    }
    fx_object_delete(&requirements->object);
    return status;
}

/* Removing goes first, then the stack below filters, then this driver adds. */
NTSTATUS fx_filter_requirements(struct fx_device *device, PIRP irp)
{
    struct fx_pnp *pnp = device->pnp;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    PIO_RESOURCE_REQUIREMENTS_LIST list;
    NTSTATUS status;

    if (device->lower == NULL)
        return fx_irp_finish(device, irp, irp->IoStatus.Status);
    /* A driver above has put its list into Information when it succeeded. */
    list = NT_SUCCESS(irp->IoStatus.Status)
               ? (PIO_RESOURCE_REQUIREMENTS_LIST)irp->IoStatus.Information
               : stack->Parameters.FilterResourceRequirements.IoResourceRequirementList;
    if (list != NULL && !NT_SUCCESS(irp->IoStatus.Status)) {
        PIO_RESOURCE_REQUIREMENTS_LIST copy =
            ExAllocatePool2(POOL_FLAG_PAGED, list->ListSize, FX_TAG);

        if (copy == NULL)
            return fx_irp_finish(device, irp, STATUS_INSUFFICIENT_RESOURCES);
        RtlCopyMemory(copy, list, list->ListSize);
        list = copy;
    }
    status = filter(device, &list, FX_LIST_REMOVE,
                    pnp->fdo_evt.EvtDeviceFilterRemoveResourceRequirements);
    if (NT_SUCCESS(status)) {
        irp->IoStatus.Status = STATUS_SUCCESS;
        irp->IoStatus.Information = (ULONG_PTR)list;
        status = fx_irp_forward_and_wait(device, irp);
        if (status == STATUS_NOT_SUPPORTED)
            status = STATUS_SUCCESS;
        list = (PIO_RESOURCE_REQUIREMENTS_LIST)irp->IoStatus.Information;
    }
    if (NT_SUCCESS(status))
        status = filter(device, &list, FX_LIST_ADD | FX_LIST_REMOVE,
                        pnp->fdo_evt.EvtDeviceFilterAddResourceRequirements);
    if (NT_SUCCESS(status) && list != NULL)
        fx_interrupts_requirements(device, list);
    irp->IoStatus.Information = (ULONG_PTR)list;
    return fx_irp_finish(device, irp, status);
}

/* ---- and what it added is taken out again before the bus sees it ---------------------------- */

struct added {
    struct fx_resource_list *raw, *translated;
    PCM_RESOURCE_LIST built_raw, built_translated;
};

static NTSTATUS added_remove(struct fx_device *device, const IO_STACK_LOCATION *stack,
                             struct added *added)
{
    NTSTATUS status = fx_resource_list_create(
        device, stack->Parameters.StartDevice.AllocatedResources, FX_LIST_REMOVE, &added->raw);

    if (NT_SUCCESS(status))
        status = fx_resource_list_create(device,
                                         stack->Parameters.StartDevice.AllocatedResourcesTranslated,
                                         FX_LIST_REMOVE, &added->translated);
    if (NT_SUCCESS(status))
        FX_WATCHED(device->object.globals, device->pnp->fdo_evt.EvtDeviceRemoveAddedResources,
                   status = device->pnp->fdo_evt.EvtDeviceRemoveAddedResources(
                       fx_device_handle(device), fx_handle_of(&added->raw->object),
                       fx_handle_of(&added->translated->object)));
    if (NT_SUCCESS(status))
        status = fx_resource_list_build(added->raw, &added->built_raw);
    if (NT_SUCCESS(status))
        status = fx_resource_list_build(added->translated, &added->built_translated);
    return status;
}

static void added_release(struct added *added)
{
    if (added->raw != NULL)
        fx_object_delete(&added->raw->object);
    if (added->translated != NULL)
        fx_object_delete(&added->translated->object);
    if (added->built_raw != NULL)
        ExFreePool(added->built_raw);
    if (added->built_translated != NULL)
        ExFreePool(added->built_translated);
}

NTSTATUS fx_start_below(struct fx_device *device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    IO_STACK_LOCATION saved = *stack;
    struct added added = {0};
    NTSTATUS status;

    if (device->pnp->fdo_evt.EvtDeviceRemoveAddedResources == NULL)
        return fx_irp_forward_and_wait(device, irp);
    status = added_remove(device, stack, &added);
    if (NT_SUCCESS(status)) {
        stack->Parameters.StartDevice.AllocatedResources = added.built_raw;
        stack->Parameters.StartDevice.AllocatedResourcesTranslated = added.built_translated;
        status = fx_irp_forward_and_wait(device, irp);
        stack->Parameters = saved.Parameters;
    }
    added_release(&added);
    return status;
}
