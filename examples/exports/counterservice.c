/* SPDX-License-Identifier: MIT */
/* counterservice.c - the same counter offered by request: \Device\CounterService hands out a table
 * of routines to other drivers that ask with an internal IOCTL. It imports from counter.sys, too.
 */
#include "counter.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD ServiceUnload;
static DRIVER_DISPATCH ServiceOpenClose, ServiceInternalControl;

static LONG ServiceNext(void)
{
    return CounterNext();
}

static LONG ServiceValue(void)
{
    return CounterValue();
}

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS ServiceOpenClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

/* Internal: no program can send this, so the pointers go to drivers only. */
static NTSTATUS ServiceInternalControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PCOUNTER_INTERFACE table = Irp->AssociatedIrp.SystemBuffer;

    UNREFERENCED_PARAMETER(Device);
    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_COUNTER_QUERY_INTERFACE)
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(*table))
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    table->Size = sizeof(*table);
    table->Next = ServiceNext;
    table->Value = ServiceValue;
    return Complete(Irp, STATUS_SUCCESS, sizeof(*table));
}

static VOID ServiceUnload(PDRIVER_OBJECT Driver)
{
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\CounterService");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;
    Driver->MajorFunction[IRP_MJ_CREATE] = ServiceOpenClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = ServiceOpenClose;
    Driver->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = ServiceInternalControl;
    Driver->DriverUnload = ServiceUnload;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
