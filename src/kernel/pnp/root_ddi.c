/* SPDX-License-Identifier: MIT */
/* root_ddi.c - \Driver\PnpManager: the bus driver of devices that the root enumerator reports.
 *
 * Every request is completed in the caller's thread. What it does not handle keeps its status.
 */
#include "root.h"

#include <wdmguid.h>

/* ---- ids ----------------------------------------------------------------------------------------
 */

/* A copy in paged pool, as IRP_MN_QUERY_ID gives it, with `ends` zero characters behind it. */
static NTSTATUS text_give(const void *text, size_t bytes, ULONG_PTR *out_information)
{
    WCHAR *copy = ExAllocatePool2(POOL_FLAG_PAGED, bytes + 2 * sizeof(WCHAR), PNP_TAG);
    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(copy, text, bytes);
    *out_information = (ULONG_PTR)copy;
    return STATUS_SUCCESS;
}

/* A value of the device's Enum key. */
static NTSTATUS value_give(const struct root_device *device, const WCHAR *where, const WCHAR *name,
                           ULONG type, ULONG_PTR *out_information)
{
    void *key, *sub = NULL, *value = NULL;
    ULONG length;
    NTSTATUS status = key_open(PNP_ENUM_PATH, &device->instance, false, &key);
    if (!NT_SUCCESS(status))
        return status;
    if (where == NULL)
        value = key_value_get(key, name, type, &length);
    else if (NT_SUCCESS(key_child_open(key, where, false, 0, &sub)))
        value = key_value_get(sub, name, type, &length);
    status = value != NULL ? text_give(value, length, out_information) : STATUS_NOT_SUPPORTED;
    pnp_free(value);
    if (sub != NULL)
        key_close(sub);
    key_close(key);
    return status;
}

static NTSTATUS id_give(const struct root_device *device, BUS_QUERY_ID_TYPE type,
                        ULONG_PTR *out_information)
{
    const UNICODE_STRING *instance = &device->instance;
    unsigned end = instance->Length / sizeof(WCHAR), cut = end;
    while (cut > 0 && instance->Buffer[cut - 1] != '\\')
        cut--;
    switch (type) {
    case BusQueryDeviceID:
        return text_give(instance->Buffer, (cut - 1) * sizeof(WCHAR), out_information);
    case BusQueryInstanceID:
        return text_give(instance->Buffer + cut, (end - cut) * sizeof(WCHAR), out_information);
    case BusQueryHardwareIDs:
        return value_give(device, NULL, L"HardwareID", REG_MULTI_SZ, out_information);
    case BusQueryCompatibleIDs:
        return value_give(device, NULL, L"CompatibleIDs", REG_MULTI_SZ, out_information);
    default:
        return STATUS_NOT_SUPPORTED;
    }
}

/* ---- what else is asked
 * ---------------------------------------------------------------------------
 */

static NTSTATUS relations_give(const struct root_device *device, DEVICE_RELATION_TYPE type,
                               ULONG_PTR *in_out_information)
{
    DEVICE_RELATIONS *relations = NULL;
    if (type == TargetDeviceRelation) {
        relations = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*relations), PNP_TAG);
        if (relations == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        relations->Count = 1;
        relations->Objects[0] = device->pdo;
        ob_reference(device->pdo);
    } else if (type == BusRelations && device->is_root) {
        relations = root_relations();
        if (relations == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
    } else {
        return STATUS_NOT_SUPPORTED;
    }
    *in_out_information = (ULONG_PTR)relations;
    return STATUS_SUCCESS;
}

static NTSTATUS capabilities_give(DEVICE_CAPABILITIES *capabilities)
{
    capabilities->UniqueID = TRUE;
    capabilities->DeviceState[PowerSystemWorking] = PowerDeviceD0;
    for (int i = PowerSystemSleeping1; i <= PowerSystemShutdown; i++)
        capabilities->DeviceState[i] = PowerDeviceD3;
    return STATUS_SUCCESS;
}

static NTSTATUS bus_give(ULONG_PTR *out_information)
{
    PNP_BUS_INFORMATION *bus = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*bus), PNP_TAG);
    if (bus == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *bus = (PNP_BUS_INFORMATION){.BusTypeGuid = GUID_BUS_TYPE_INTERNAL, .LegacyBusType = Internal};
    *out_information = (ULONG_PTR)bus;
    return STATUS_SUCCESS;
}

static NTSTATUS pnp_serve(struct root_device *device, const IO_STACK_LOCATION *stack,
                          NTSTATUS before, ULONG_PTR *in_out_information)
{
    NTSTATUS status = STATUS_NOT_SUPPORTED;
    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_REMOVE_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
    case IRP_MN_DEVICE_USAGE_NOTIFICATION:
        return STATUS_SUCCESS;
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        status =
            relations_give(device, stack->Parameters.QueryDeviceRelations.Type, in_out_information);
        break;
    case IRP_MN_QUERY_CAPABILITIES:
        return capabilities_give(stack->Parameters.DeviceCapabilities.Capabilities);
    case IRP_MN_QUERY_ID:
        if (!device->is_root)
            status = id_give(device, stack->Parameters.QueryId.IdType, in_out_information);
        break;
    case IRP_MN_QUERY_RESOURCES:
        if (!device->is_root)
            status = value_give(device, L"LogConf", L"BootConfig", REG_RESOURCE_LIST,
                                in_out_information);
        break;
    case IRP_MN_QUERY_RESOURCE_REQUIREMENTS:
        if (!device->is_root)
            status = value_give(device, L"LogConf", L"BasicConfigVector",
                                REG_RESOURCE_REQUIREMENTS_LIST, in_out_information);
        break;
    case IRP_MN_QUERY_BUS_INFORMATION:
        status = bus_give(in_out_information);
        break;
    default:
        break;
    }
    return status == STATUS_NOT_SUPPORTED ? before : status;
}

/* ---- dispatch
 * -------------------------------------------------------------------------------------
 */

static NTSTATUS NTAPI root_pnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    struct root_device *device = DeviceObject->DeviceExtension;
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(Irp);
    bool is_remove = stack->MinorFunction == IRP_MN_REMOVE_DEVICE;
    NTSTATUS status = pnp_serve(device, stack, Irp->IoStatus.Status, &Irp->IoStatus.Information);
    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    if (is_remove && !device->is_root)
        root_device_removed(device);
    return status;
}

/* A device without hardware is in whatever power state it is told to be. */
static NTSTATUS NTAPI root_power(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    const IO_STACK_LOCATION *stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = Irp->IoStatus.Status;
    if (stack->MinorFunction == IRP_MN_SET_POWER &&
        stack->Parameters.Power.Type == DevicePowerState)
        PoSetPowerState(DeviceObject, DevicePowerState, stack->Parameters.Power.State);
    if (stack->MinorFunction == IRP_MN_SET_POWER || stack->MinorFunction == IRP_MN_QUERY_POWER)
        status = STATUS_SUCCESS;
    PoStartNextPowerIrp(Irp);
    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS NTAPI root_system_control(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS status = Irp->IoStatus.Status;
    (void)DeviceObject;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS NTAPI root_driver_entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)RegistryPath;
    DriverObject->MajorFunction[IRP_MJ_PNP] = root_pnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = root_power;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = root_system_control;
    return STATUS_SUCCESS;
}
