/* SPDX-License-Identifier: MIT */
/* benchdrv.c - the least a driver can do with an IOCTL: answer 8 bytes at once. */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD BenchUnload;
static DRIVER_DISPATCH BenchCreateClose, BenchControl;

static NTSTATUS BenchCreateClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS BenchControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    ULONG64 *value = Irp->AssociatedIrp.SystemBuffer;

    *value += 1;
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = sizeof(ULONG64);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID BenchUnload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\CoveBench");

    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\CoveBench");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\CoveBench");
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    Driver->MajorFunction[IRP_MJ_CREATE] = BenchCreateClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = BenchCreateClose;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = BenchControl;
    Driver->DriverUnload = BenchUnload;
    return STATUS_SUCCESS;
}
