/* SPDX-License-Identifier: MIT */
/* exports.c - a driver that another one serves in two ways: it calls exports of counter.sys, which
 * the system loads for it, and routines whose addresses it asked of \Device\CounterService.
 *
 * The file object that IoGetDeviceObjectPointer gives keeps the serving driver loaded for as long
 * as its routines may be called.
 */
#include "counter.h"
#include "exports_ioctl.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD ExportsUnload;
static DRIVER_DISPATCH ExportsCreateClose, ExportsDeviceControl;

static const WCHAR LinkName[] = L"\\DosDevices\\Exports";
static COUNTER_INTERFACE Interface;
static PFILE_OBJECT ServiceFile; /* keeps the interface's driver */

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS ExportsCreateClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS ExportsDeviceControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;
    PLONG number = Irp->AssociatedIrp.SystemBuffer;

    UNREFERENCED_PARAMETER(Device);
    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_EXPORTS_NEXT:
        if (out < sizeof(LONG))
            return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        *number = CounterNext();
        return Complete(Irp, STATUS_SUCCESS, sizeof(LONG));
    case IOCTL_EXPORTS_RESET:
        if (in < sizeof(LONG))
            return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        CounterReset(*number);
        return Complete(Irp, STATUS_SUCCESS, 0);
    case IOCTL_EXPORTS_NEXT_BY_INTERFACE:
        if (out < sizeof(LONG))
            return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        if (!Interface.Next)
            return Complete(Irp, STATUS_DEVICE_NOT_READY, 0);
        *number = Interface.Next();
        return Complete(Irp, STATUS_SUCCESS, sizeof(LONG));
    default:
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

/* Without the service the imports alone still work. */
static VOID ExportsFindService(VOID)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\CounterService");
    PDEVICE_OBJECT device;
    IO_STATUS_BLOCK status;
    KEVENT done;
    PIRP irp;

    if (!NT_SUCCESS(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &ServiceFile, &device)))
        return;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(IOCTL_COUNTER_QUERY_INTERFACE, device, NULL, 0, &Interface,
                                        sizeof Interface, TRUE, &done, &status);
    if (irp) {
        NTSTATUS sent = IoCallDriver(device, irp);

        if (sent == STATUS_PENDING) {
            KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
            sent = status.Status;
        }
        if (NT_SUCCESS(sent))
            return;
    }
    ObDereferenceObject(ServiceFile);
    ServiceFile = NULL;
}

static VOID ExportsUnload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, LinkName);
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Driver->DeviceObject);
    if (ServiceFile)
        ObDereferenceObject(ServiceFile);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Exports"), link;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&link, LinkName);
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    ExportsFindService();
    Driver->MajorFunction[IRP_MJ_CREATE] = ExportsCreateClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = ExportsCreateClose;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ExportsDeviceControl;
    Driver->DriverUnload = ExportsUnload;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
