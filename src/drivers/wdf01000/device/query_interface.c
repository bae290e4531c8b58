/* SPDX-License-Identifier: MIT */
/* query_interface.c - IRP_MN_QUERY_INTERFACE: interfaces of functions that the driver offers.
 *
 * In: the IRP of somebody above; out: the driver's structure in his buffer, referenced for him, or
 * not ours to answer. An import interface is filled in by the driver's callback alone.
 */
#include <wdmguid.h>

#include "device_internal.h"

NTSTATUS query_interface_add(struct fx_device *device, const WDF_QUERY_INTERFACE_CONFIG *config)
{
    struct fx_globals *globals = device->object.globals;
    struct fx_query_interface *query, **end;
    const char *wrong = NULL;

    if (config->Interface == NULL && !config->ImportInterface && !config->SendQueryToParentStack)
        wrong = "no Interface, and neither import nor the parent's";
    else if (config->ImportInterface && config->EvtDeviceProcessQueryInterfaceRequest == NULL)
        wrong = "ImportInterface needs EvtDeviceProcessQueryInterfaceRequest";
    else if (config->SendQueryToParentStack && device->kind != FX_DEVICE_PDO)
        wrong = "SendQueryToParentStack is for PDOs";
    else if (config->Interface != NULL && (config->Interface->Size < sizeof(INTERFACE) ||
                                           config->Interface->InterfaceReference == NULL ||
                                           config->Interface->InterfaceDereference == NULL))
        wrong = "the Interface is shorter than INTERFACE, or cannot be referenced";
    if (wrong != NULL) {
        fx_log(globals, FX_LOG_ERROR, "WdfDeviceAddQueryInterface: WDFDEVICE %p: %s",
               device_handle(device), wrong);
        return STATUS_INVALID_PARAMETER;
    }
    query = room_allocate(globals, sizeof *query);
    if (query == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (config->Interface != NULL) {
        query->interface = room_allocate(globals, config->Interface->Size);
        if (query->interface == NULL) {
            room_free(query);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        RtlCopyMemory(query->interface, config->Interface, config->Interface->Size);
    }
    query->type = *config->InterfaceType;
    query->to_parent = config->SendQueryToParentStack;
    query->is_import = config->ImportInterface;
    query->call = config->EvtDeviceProcessQueryInterfaceRequest;
    interfaces_lock(device);
    end = &device->own->queries;
    while (*end != NULL)
        end = &(*end)->next;
    *end = query;
    interfaces_unlock(device);
    return STATUS_SUCCESS;
}

void queries_free(struct fx_device *device)
{
    while (device->own->queries != NULL) {
        struct fx_query_interface *query = device->own->queries;

        device->own->queries = query->next;
        room_free(query->interface);
        room_free(query);
    }
}

/* --- a PDO asks to be found again --- */

static VOID NTAPI reenumerate_reference(PVOID context)
{
    fx_object_ref(&((struct fx_device *)context)->object);
}

static VOID NTAPI reenumerate_dereference(PVOID context)
{
    fx_object_deref(&((struct fx_device *)context)->object);
}

static VOID NTAPI reenumerate_self(PVOID context)
{
    child_reenumerate(context);
}

/* The standard interface of every PDO of the Framework's. */
static NTSTATUS reenumerate_answer(struct fx_device *device, IO_STACK_LOCATION *stack)
{
    REENUMERATE_SELF_INTERFACE_STANDARD *out =
        (REENUMERATE_SELF_INTERFACE_STANDARD *)stack->Parameters.QueryInterface.Interface;

    if (stack->Parameters.QueryInterface.Size < sizeof *out)
        return STATUS_INVALID_PARAMETER;
    out->Size = sizeof *out;
    out->Version = 1;
    out->Context = device;
    out->InterfaceReference = reenumerate_reference;
    out->InterfaceDereference = reenumerate_dereference;
    out->SurpriseRemoveAndReenumerateSelf = reenumerate_self;
    reenumerate_reference(device);
    return STATUS_SUCCESS;
}

/* --- the answer --- */

/* Entries are only ever added: one that was found stays. */
static struct fx_query_interface *query_find(struct fx_device *device, const GUID *type)
{
    struct fx_query_interface *query;

    interfaces_lock(device);
    for (query = device->own->queries; query != NULL; query = query->next) {
        if (IsEqualGUID(&query->type, type))
            break;
    }
    interfaces_unlock(device);
    return query;
}

static NTSTATUS query_answer(struct fx_device *device, struct fx_query_interface *query,
                             IO_STACK_LOCATION *stack, NTSTATUS current)
{
    INTERFACE *out = stack->Parameters.QueryInterface.Interface;
    USHORT size = stack->Parameters.QueryInterface.Size;
    NTSTATUS status = STATUS_SUCCESS;

    if (query->to_parent)
        status = fx_interface_query(device->parent->wdm, &query->type, out, size,
                                    stack->Parameters.QueryInterface.Version,
                                    stack->Parameters.QueryInterface.InterfaceSpecificData);
    else if (query->interface != NULL && !query->is_import) {
        if (size < query->interface->Size ||
            stack->Parameters.QueryInterface.Version != query->interface->Version)
            return STATUS_INVALID_PARAMETER;
        RtlCopyMemory(out, query->interface, query->interface->Size);
    } else if (query->interface != NULL && size < query->interface->Size) {
        return STATUS_INVALID_PARAMETER;
    }
    if (NT_SUCCESS(status) && query->call != NULL)
        status = query->call(device_handle(device), (LPGUID)&query->type, out,
                             stack->Parameters.QueryInterface.InterfaceSpecificData);
    /* STATUS_NOT_SUPPORTED of the callback means: as if it had not been asked. */
    if (status == STATUS_NOT_SUPPORTED)
        return current;
    if (NT_SUCCESS(status) && !query->to_parent && !query->is_import)
        out->InterfaceReference(out->Context);
    return status;
}

BOOLEAN query_interface_answer(struct fx_device *device, IRP *irp, NTSTATUS *out_status)
{
    IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(irp);
    const GUID *type = stack->Parameters.QueryInterface.InterfaceType;
    struct fx_query_interface *query = query_find(device, type);

    if (query != NULL) {
        *out_status = query_answer(device, query, stack, irp->IoStatus.Status);
        return TRUE;
    }
    if (device->kind == FX_DEVICE_PDO &&
        IsEqualGUID(type, &GUID_REENUMERATE_SELF_INTERFACE_STANDARD)) {
        *out_status = reenumerate_answer(device, stack);
        return TRUE;
    }
    return FALSE;
}
