/* SPDX-License-Identifier: MIT */
/* toybus.c - a bus driver: the function driver of the bus device.
 *
 * Its children are plugged in and pulled out by IOCTLs where a real bus would have an interrupt;
 * each time it tells the Plug and Play manager that its list has changed, and answers with the
 * list when asked. The children themselves are in toychild.c.
 */
#include <initguid.h>

#include "toybus.h"

#include "toybus_ioctl.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD BusUnload;
static DRIVER_ADD_DEVICE BusAddDevice;
static DRIVER_DISPATCH BusOpenClose, BusControl, BusPnp, BusPower, BusSystemControl;

NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* The bus of a device object; NULL for a child's. */
static PBUS BusOf(PDEVICE_OBJECT Device)
{
    PCOMMON common = Device->DeviceExtension;

    return common->IsBus ? (PBUS)common : NULL;
}

/* ---- what programs ask ---------------------------------------------------------------------- */

static NTSTATUS BusOpenClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    return Complete(Irp, BusOf(Device) ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_REQUEST, 0);
}

static NTSTATUS BusControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PBUS bus = BusOf(Device);
    NTSTATUS status;
    ULONG serial;

    if (!bus)
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof serial)
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    serial = *(PULONG)Irp->AssociatedIrp.SystemBuffer;
    status = IoAcquireRemoveLock(&bus->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_TOYBUS_PLUG:
        status = ChildPlug(bus, serial);
        break;
    case IOCTL_TOYBUS_UNPLUG:
        status = ChildUnplug(bus, serial, FALSE);
        break;
    case IOCTL_TOYBUS_EJECT:
        status = ChildUnplug(bus, serial, TRUE);
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    IoReleaseRemoveLock(&bus->RemoveLock, Irp);
    return Complete(Irp, status, 0);
}

/* ---- Plug and Play --------------------------------------------------------------------------- */

static NTSTATUS BusStart(PBUS Bus)
{
    NTSTATUS status = IoSetDeviceInterfaceState(&Bus->Interface, TRUE);

    Bus->IsStarted = NT_SUCCESS(status);
    return status;
}

/* The children that are plugged in, each with a reference, in front of those that somebody above
 * has listed already. */
static NTSTATUS BusListChildren(PBUS Bus, PIRP Irp)
{
    PDEVICE_RELATIONS old = (PDEVICE_RELATIONS)Irp->IoStatus.Information;
    ULONG before = old ? old->Count : 0, count = before;
    PDEVICE_RELATIONS relations;
    PLIST_ENTRY entry;

    ExAcquireFastMutex(&Bus->Mutex);
    for (entry = Bus->Children.Flink; entry != &Bus->Children; entry = entry->Flink)
        count += CONTAINING_RECORD(entry, CHILD, Link)->IsPresent;
    relations = ExAllocatePoolWithTag(
        PagedPool, FIELD_OFFSET(DEVICE_RELATIONS, Objects) + (count + 1) * sizeof(PDEVICE_OBJECT),
        TOYBUS_TAG);
    if (!relations) {
        ExReleaseFastMutex(&Bus->Mutex);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    relations->Count = before;
    if (before)
        RtlCopyMemory(relations->Objects, old->Objects, before * sizeof(PDEVICE_OBJECT));
    for (entry = Bus->Children.Flink; entry != &Bus->Children; entry = entry->Flink) {
        PCHILD child = CONTAINING_RECORD(entry, CHILD, Link);

        child->IsReported = child->IsPresent;
        if (!child->IsPresent)
            continue;
        ObReferenceObject(child->Common.Self);
        relations->Objects[relations->Count++] = child->Common.Self;
    }
    ExReleaseFastMutex(&Bus->Mutex);
    if (old)
        ExFreePool(old);
    Irp->IoStatus.Information = (ULONG_PTR)relations;
    return STATUS_SUCCESS;
}

/* Children that are still there when the bus goes: those that were never reported nobody else
 * knows, the others get removal requests of their own. */
static VOID BusForgetChildren(PBUS Bus)
{
    ExAcquireFastMutex(&Bus->Mutex);
    while (!IsListEmpty(&Bus->Children)) {
        PCHILD child = CONTAINING_RECORD(RemoveHeadList(&Bus->Children), CHILD, Link);

        child->Link.Flink = NULL;
        child->IsPresent = FALSE;
        child->Bus = NULL;
        ChildDelete(child);
    }
    ExReleaseFastMutex(&Bus->Mutex);
}

static NTSTATUS BusRemove(PBUS Bus, PIRP Irp)
{
    NTSTATUS status;

    if (Bus->IsStarted)
        IoSetDeviceInterfaceState(&Bus->Interface, FALSE);
    IoReleaseRemoveLockAndWait(&Bus->RemoveLock, Irp);
    BusForgetChildren(Bus);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Bus->Lower, Irp);
    RtlFreeUnicodeString(&Bus->Interface);
    IoDetachDevice(Bus->Lower);
    IoDeleteDevice(Bus->Common.Self);
    return status;
}

static NTSTATUS BusPnp(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PBUS bus = BusOf(Device);
    NTSTATUS status;

    if (!bus)
        return ChildPnp(Device->DeviceExtension, Irp);
    status = IoAcquireRemoveLock(&bus->RemoveLock, Irp);
    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        status =
            IoForwardIrpSynchronously(bus->Lower, Irp) ? Irp->IoStatus.Status : STATUS_UNSUCCESSFUL;
        if (NT_SUCCESS(status))
            status = BusStart(bus);
        IoReleaseRemoveLock(&bus->RemoveLock, Irp);
        return Complete(Irp, status, 0);
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        if (stack->Parameters.QueryDeviceRelations.Type != BusRelations)
            break;
        status = BusListChildren(bus, Irp);
        if (!NT_SUCCESS(status)) {
            IoReleaseRemoveLock(&bus->RemoveLock, Irp);
            return Complete(Irp, status, Irp->IoStatus.Information);
        }
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_REMOVE_DEVICE:
        return BusRemove(bus, Irp);
    case IRP_MN_SURPRISE_REMOVAL:
        if (bus->IsStarted)
            IoSetDeviceInterfaceState(&bus->Interface, FALSE);
        bus->IsStarted = FALSE;
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(bus->Lower, Irp);
    IoReleaseRemoveLock(&bus->RemoveLock, Irp);
    return status;
}

static NTSTATUS BusPower(PDEVICE_OBJECT Device, PIRP Irp)
{
    PBUS bus = BusOf(Device);

    if (!bus)
        return ChildPower(Device->DeviceExtension, Irp);
    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(bus->Lower, Irp);
}

static NTSTATUS BusSystemControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PBUS bus = BusOf(Device);

    if (!bus)
        return Complete(Irp, Irp->IoStatus.Status, Irp->IoStatus.Information);
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(bus->Lower, Irp);
}

/* ---- the driver ------------------------------------------------------------------------------ */

static NTSTATUS BusAddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Physical)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(Driver, sizeof(BUS), NULL, FILE_DEVICE_BUS_EXTENDER,
                                     FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    PBUS bus;

    if (!NT_SUCCESS(status))
        return status;
    bus = device->DeviceExtension;
    bus->Common.IsBus = TRUE;
    bus->Common.Self = device;
    bus->Physical = Physical;
    ExInitializeFastMutex(&bus->Mutex);
    InitializeListHead(&bus->Children);
    IoInitializeRemoveLock(&bus->RemoveLock, TOYBUS_TAG, 0, 0);
    status = IoRegisterDeviceInterface(Physical, &GUID_DEVINTERFACE_TOYBUS, NULL, &bus->Interface);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    bus->Lower = IoAttachDeviceToDeviceStack(device, Physical);
    if (!bus->Lower) {
        RtlFreeUnicodeString(&bus->Interface);
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags |= DO_POWER_PAGABLE;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID BusUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = BusUnload;
    Driver->DriverExtension->AddDevice = BusAddDevice;
    Driver->MajorFunction[IRP_MJ_CREATE] = BusOpenClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = BusOpenClose;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = BusControl;
    Driver->MajorFunction[IRP_MJ_PNP] = BusPnp;
    Driver->MajorFunction[IRP_MJ_POWER] = BusPower;
    Driver->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = BusSystemControl;
    return STATUS_SUCCESS;
}
