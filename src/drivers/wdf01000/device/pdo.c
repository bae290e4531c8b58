/* SPDX-License-Identifier: MIT */
/* pdo.c - what a PDO says of itself: ids, texts, the bus it is on.
 *
 * In: the IRP; out: a status, and in IoStatus.Information memory from paged pool that PnP frees.
 * What the driver never gave is left as the IRP brought it.
 */
#include "device_internal.h"

static PWCH paged(struct fx_device *device, SIZE_T bytes)
{
    PVOID probe = room_allocate(device->object.globals, 1);

    /* The verifier's count of allocations applies to these, too. */
    if (probe == NULL)
        return NULL;
    room_free(probe);
    return ExAllocatePoolWithTag(PagedPool, bytes, device->object.globals->abi.DriverTag);
}

static NTSTATUS answer_string(struct fx_device *device, IRP *irp, const UNICODE_STRING *value)
{
    PWCH copy;

    if (value->Buffer == NULL)
        return irp->IoStatus.Status;
    copy = paged(device, value->Length + sizeof(WCHAR));
    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(copy, value->Buffer, value->Length);
    copy[value->Length / sizeof(WCHAR)] = 0;
    irp->IoStatus.Information = (ULONG_PTR)copy;
    return STATUS_SUCCESS;
}

/* Ids one after the other, each with its zero, and a zero behind the last. */
static NTSTATUS answer_list(struct fx_device *device, IRP *irp, const struct fx_name *list)
{
    const struct fx_name *name;
    SIZE_T bytes = sizeof(WCHAR);
    PWCH copy, at;

    if (list == NULL)
        return irp->IoStatus.Status;
    for (name = list; name != NULL; name = name->next)
        bytes += name->value.Length + sizeof(WCHAR);
    copy = paged(device, bytes);
    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    at = copy;
    for (name = list; name != NULL; name = name->next) {
        RtlCopyMemory(at, name->value.Buffer, name->value.Length);
        at += name->value.Length / sizeof(WCHAR);
        *at++ = 0;
    }
    *at = 0;
    irp->IoStatus.Information = (ULONG_PTR)copy;
    return STATUS_SUCCESS;
}

static NTSTATUS query_id(struct fx_device *device, IRP *irp, BUS_QUERY_ID_TYPE type)
{
    const struct fx_pdo_init *pdo = device->own->pdo;

    switch (type) {
    case BusQueryDeviceID:
        return answer_string(device, irp, &pdo->device_id);
    case BusQueryInstanceID:
        return answer_string(device, irp, &pdo->instance_id);
    case BusQueryContainerID:
        return answer_string(device, irp, &pdo->container_id);
    case BusQueryHardwareIDs:
        return answer_list(device, irp, pdo->hardware_ids);
    case BusQueryCompatibleIDs:
        return answer_list(device, irp, pdo->compatible_ids);
    default:
        return irp->IoStatus.Status;
    }
}

/* The texts of the asked locale, else of the default one. */
static NTSTATUS query_text(struct fx_device *device, IRP *irp, const IO_STACK_LOCATION *stack)
{
    const struct fx_pdo_init *pdo = device->own->pdo;
    LCID locale = stack->Parameters.QueryDeviceText.LocaleId;
    const struct fx_device_text *text = pdo->texts;

    while (text != NULL && text->locale != locale)
        text = text->next;
    for (locale = pdo->default_locale; text == NULL && locale != 0; locale = 0) {
        text = pdo->texts;
        while (text != NULL && text->locale != locale)
            text = text->next;
    }
    if (text == NULL)
        return irp->IoStatus.Status;
    switch (stack->Parameters.QueryDeviceText.DeviceTextType) {
    case DeviceTextDescription:
        return answer_string(device, irp, &text->description);
    case DeviceTextLocationInformation:
        return answer_string(device, irp, &text->location);
    default:
        return irp->IoStatus.Status;
    }
}

static NTSTATUS query_bus(struct fx_device *device, IRP *irp)
{
    const struct fx_device_own *parent = device->parent->own;
    PNP_BUS_INFORMATION *copy;

    if (!parent->has_bus_information)
        return irp->IoStatus.Status;
    copy = (PNP_BUS_INFORMATION *)paged(device, sizeof *copy);
    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *copy = parent->bus_information;
    irp->IoStatus.Information = (ULONG_PTR)copy;
    return STATUS_SUCCESS;
}

NTSTATUS pdo_query(struct fx_device *device, IRP *irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);

    switch (stack->MinorFunction) {
    case IRP_MN_QUERY_ID:
        return query_id(device, irp, stack->Parameters.QueryId.IdType);
    case IRP_MN_QUERY_DEVICE_TEXT:
        return query_text(device, irp, stack);
    case IRP_MN_QUERY_BUS_INFORMATION:
        return query_bus(device, irp);
    default:
        return irp->IoStatus.Status;
    }
}
