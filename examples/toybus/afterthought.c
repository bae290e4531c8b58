/* SPDX-License-Identifier: MIT */
/* afterthought.c - AfterThought, an upper filter: it looks at what comes back from the function
 * driver below it.
 *
 * A filter takes part in everything and changes nothing it is not there for: it copies the flags
 * of the device below, holds the remove lock around each request, and passes on what it does not
 * know. This one counts the reads that end, and says so to who asks.
 */
#include <initguid.h>

#include <ntddk.h>

#include "toybus_ioctl.h"

#define FILTER_TAG 'gohT'

typedef struct _FILTER {
    PDEVICE_OBJECT Self, Lower;
    IO_REMOVE_LOCK RemoveLock;
    volatile LONG Reads;
} FILTER, *PFILTER;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD FilterUnload;
static DRIVER_ADD_DEVICE FilterAddDevice;
static DRIVER_DISPATCH FilterPass, FilterRead, FilterControl, FilterPnp, FilterPower;
static IO_COMPLETION_ROUTINE FilterReadDone;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS FilterPass(PDEVICE_OBJECT Device, PIRP Irp)
{
    PFILTER filter = Device->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&filter->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(filter->Lower, Irp);
    IoReleaseRemoveLock(&filter->RemoveLock, Irp);
    return status;
}

static NTSTATUS FilterReadDone(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    PFILTER filter = Context;

    UNREFERENCED_PARAMETER(Device);
    if (Irp->PendingReturned)
        IoMarkIrpPending(Irp);
    InterlockedIncrement(&filter->Reads);
    IoReleaseRemoveLock(&filter->RemoveLock, Irp);
    return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS FilterRead(PDEVICE_OBJECT Device, PIRP Irp)
{
    PFILTER filter = Device->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&filter->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, FilterReadDone, filter, TRUE, TRUE, TRUE);
    return IoCallDriver(filter->Lower, Irp);
}

static NTSTATUS FilterControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PFILTER filter = Device->DeviceExtension;

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_AFTERTHOUGHT_COUNT)
        return FilterPass(Device, Irp);
    if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(LONG))
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    *(PLONG)Irp->AssociatedIrp.SystemBuffer = filter->Reads;
    return Complete(Irp, STATUS_SUCCESS, sizeof(LONG));
}

static NTSTATUS FilterPnp(PDEVICE_OBJECT Device, PIRP Irp)
{
    PFILTER filter = Device->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&filter->RemoveLock, Irp);
    UCHAR minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    if (minor == IRP_MN_START_DEVICE) {
        status = IoForwardIrpSynchronously(filter->Lower, Irp) ? Irp->IoStatus.Status
                                                               : STATUS_UNSUCCESSFUL;
        /* What the device can be is known only now. */
        if (NT_SUCCESS(status))
            Device->Characteristics |= filter->Lower->Characteristics & FILE_REMOVABLE_MEDIA;
        Complete(Irp, status, Irp->IoStatus.Information);
        IoReleaseRemoveLock(&filter->RemoveLock, Irp);
        return status;
    }
    if (minor != IRP_MN_REMOVE_DEVICE) {
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(filter->Lower, Irp);
        IoReleaseRemoveLock(&filter->RemoveLock, Irp);
        return status;
    }
    IoReleaseRemoveLockAndWait(&filter->RemoveLock, Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(filter->Lower, Irp);
    IoDetachDevice(filter->Lower);
    IoDeleteDevice(Device);
    return status;
}

static NTSTATUS FilterPower(PDEVICE_OBJECT Device, PIRP Irp)
{
    PFILTER filter = Device->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&filter->RemoveLock, Irp);

    PoStartNextPowerIrp(Irp);
    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(filter->Lower, Irp);
    IoReleaseRemoveLock(&filter->RemoveLock, Irp);
    return status;
}

static NTSTATUS FilterAddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Physical)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(Driver, sizeof(FILTER), NULL, FILE_DEVICE_UNKNOWN,
                                     FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    PFILTER filter;

    if (!NT_SUCCESS(status))
        return status;
    filter = device->DeviceExtension;
    filter->Self = device;
    IoInitializeRemoveLock(&filter->RemoveLock, FILTER_TAG, 0, 0);
    filter->Lower = IoAttachDeviceToDeviceStack(device, Physical);
    if (!filter->Lower) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->DeviceType = filter->Lower->DeviceType;
    device->Characteristics = filter->Lower->Characteristics;
    device->Flags |=
        filter->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE | DO_POWER_INRUSH);
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID FilterUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    for (int major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++)
        Driver->MajorFunction[major] = FilterPass;
    Driver->DriverUnload = FilterUnload;
    Driver->DriverExtension->AddDevice = FilterAddDevice;
    Driver->MajorFunction[IRP_MJ_READ] = FilterRead;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = FilterControl;
    Driver->MajorFunction[IRP_MJ_PNP] = FilterPnp;
    Driver->MajorFunction[IRP_MJ_POWER] = FilterPower;
    return STATUS_SUCCESS;
}
