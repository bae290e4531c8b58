/* SPDX-License-Identifier: MIT */
/* relations.c - devices that are removed or ejected with a device, and putting devices into the
 * relations that an IRP carries.
 */
#include "device_internal.h"

NTSTATUS relations_add(struct fx_globals *globals, IRP *irp, DEVICE_OBJECT **devices, ULONG count)
{
    DEVICE_RELATIONS *old = (DEVICE_RELATIONS *)irp->IoStatus.Information, *relations;
    ULONG had = old != NULL ? old->Count : 0, i;

    /* From paged pool, as PnP frees it; the verifier's count applies to it, too. */
    PVOID probe = room_allocate(globals, 1);

    if (probe == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    room_free(probe);
    relations = ExAllocatePoolWithTag(
        PagedPool, FIELD_OFFSET(DEVICE_RELATIONS, Objects) + (had + count) * sizeof(PDEVICE_OBJECT),
        globals->abi.DriverTag);
    if (relations == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    relations->Count = had + count;
    for (i = 0; i < had; i++)
        relations->Objects[i] = old->Objects[i];
    for (i = 0; i < count; i++) {
        ObReferenceObject(devices[i]);
        relations->Objects[had + i] = devices[i];
    }
    if (old != NULL)
        ExFreePool(old);
    irp->IoStatus.Information = (ULONG_PTR)relations;
    return STATUS_SUCCESS;
}

static NTSTATUS related_add(struct fx_device *device, struct fx_related **list,
                            DEVICE_OBJECT *physical)
{
    struct fx_related *related = room_allocate(device->object.globals, sizeof *related);
    KIRQL irql;

    if (related == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ObReferenceObject(physical);
    related->physical = physical;
    KeAcquireSpinLock(&device->own->relation_lock, &irql);
    related->next = *list;
    *list = related;
    KeReleaseSpinLock(&device->own->relation_lock, irql);
    return STATUS_SUCCESS;
}

/* Takes one device out, or all of them (physical NULL). */
static void related_remove(struct fx_device *device, struct fx_related **list,
                           DEVICE_OBJECT *physical)
{
    struct fx_related *removed = NULL, **at = list;
    KIRQL irql;

    KeAcquireSpinLock(&device->own->relation_lock, &irql);
    while (*at != NULL) {
        struct fx_related *related = *at;

        if (physical != NULL && related->physical != physical) {
            at = &related->next;
            continue;
        }
        *at = related->next;
        related->next = removed;
        removed = related;
        if (physical != NULL)
            break;
    }
    KeReleaseSpinLock(&device->own->relation_lock, irql);
    while (removed != NULL) {
        struct fx_related *next = removed->next;

        ObDereferenceObject(removed->physical);
        room_free(removed);
        removed = next;
    }
}

void relations_free(struct fx_device *device)
{
    related_remove(device, &device->own->removal, NULL);
    related_remove(device, &device->own->ejection, NULL);
}

/* Adds a list to an IRP's relations. The list is counted and copied under its lock. */
static NTSTATUS related_report(struct fx_device *device, struct fx_related **list, IRP *irp)
{
    DEVICE_OBJECT **devices;
    struct fx_related *related;
    ULONG count = 0, room;
    NTSTATUS status;
    KIRQL irql;

    KeAcquireSpinLock(&device->own->relation_lock, &irql);
    for (related = *list; related != NULL; related = related->next)
        count++;
    KeReleaseSpinLock(&device->own->relation_lock, irql);
    if (count == 0)
        return STATUS_NOT_SUPPORTED;
    room = count;
    devices = room_allocate(device->object.globals, room * sizeof *devices);
    if (devices == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    count = 0;
    KeAcquireSpinLock(&device->own->relation_lock, &irql);
    for (related = *list; related != NULL && count < room; related = related->next) {
        ObReferenceObject(related->physical);
        devices[count++] = related->physical;
    }
    KeReleaseSpinLock(&device->own->relation_lock, irql);
    status = relations_add(device->object.globals, irp, devices, count);
    while (count != 0)
        ObDereferenceObject(devices[--count]);
    room_free(devices);
    return status;
}

NTSTATUS relations_query(struct fx_device *device, IRP *irp)
{
    IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);

    switch (stack->Parameters.QueryDeviceRelations.Type) {
    case BusRelations:
        return device_is_fdo(device) ? child_lists_report(device, irp) : STATUS_NOT_SUPPORTED;
    case RemovalRelations:
        return related_report(device, &device->own->removal, irp);
    case EjectionRelations:
        return device->kind == FX_DEVICE_PDO ? related_report(device, &device->own->ejection, irp)
                                             : STATUS_NOT_SUPPORTED;
    case TargetDeviceRelation:
        return device->kind == FX_DEVICE_PDO
                   ? relations_add(device->object.globals, irp, &device->wdm, 1)
                   : STATUS_NOT_SUPPORTED;
    default:
        return STATUS_NOT_SUPPORTED;
    }
}

/* --- the driver's calls --- */

NTSTATUS related_removal_add(struct fx_device *device, DEVICE_OBJECT *physical)
{
    return related_add(device, &device->own->removal, physical);
}

void related_removal_remove(struct fx_device *device, DEVICE_OBJECT *physical)
{
    related_remove(device, &device->own->removal, physical);
}

NTSTATUS related_ejection_add(struct fx_device *device, DEVICE_OBJECT *physical)
{
    return related_add(device, &device->own->ejection, physical);
}

void related_ejection_remove(struct fx_device *device, DEVICE_OBJECT *physical)
{
    related_remove(device, &device->own->ejection, physical);
}
