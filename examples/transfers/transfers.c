/* SPDX-License-Identifier: MIT */
/* transfers.c - where a request's bytes are, for each of the four transfer methods.
 *
 * One handler a method: what arrives in the IRP, what has to be mapped or probed, where the
 * answer goes. The device object does direct I/O, so reads and writes show that as well.
 */
#include <ntddk.h>

#include "transfers_ioctl.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD TransfersUnload;
static DRIVER_DISPATCH TransfersCreateClose, TransfersReadWrite, TransfersDeviceControl;

static const WCHAR LinkName[] = L"\\DosDevices\\Transfers";

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static VOID Capitals(PUCHAR To, const UCHAR *From, ULONG Count)
{
    ULONG i;

    for (i = 0; i < Count; i++)
        To[i] = From[i] >= 'a' && From[i] <= 'z' ? From[i] - 'a' + 'A' : From[i];
}

static NTSTATUS TransfersCreateClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    return Complete(Irp, STATUS_SUCCESS, 0);
}

/* DO_DIRECT_IO: the caller's pages are locked and described by an MDL. A read is filled
 * with a pattern, a write is added up. */
static NTSTATUS TransfersReadWrite(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length, i, sum = 0;
    PUCHAR bytes;

    if (!Irp->MdlAddress)
        return Complete(Irp, STATUS_SUCCESS, 0); /* zero bytes need no MDL */
    bytes = MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority | MdlMappingNoExecute);
    if (!bytes)
        return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    length = MmGetMdlByteCount(Irp->MdlAddress);
    for (i = 0; i < length; i++) {
        if (stack->MajorFunction == IRP_MJ_READ)
            bytes[i] = (UCHAR)i;
        else
            sum += bytes[i];
    }
    DbgPrint("Transfers: %s %lu bytes, MDL at offset %lu, sum %lu\n",
             stack->MajorFunction == IRP_MJ_READ ? "read" : "write", length,
             MmGetMdlByteOffset(Irp->MdlAddress), sum);
    return Complete(Irp, STATUS_SUCCESS, length);
}

/* One system buffer of the larger size holds the input and then the output. */
static NTSTATUS TransferBuffered(PIRP Irp, ULONG InputLength, ULONG OutputLength)
{
    PUCHAR buffer = Irp->AssociatedIrp.SystemBuffer;
    ULONG count = InputLength < OutputLength ? InputLength : OutputLength;

    DbgPrint("Transfers: buffered, in %lu out %lu\n", InputLength, OutputLength);
    Capitals(buffer, buffer, count);
    return Complete(Irp, STATUS_SUCCESS, count);
}

/* The first buffer is copied to the system buffer; the second is locked. OUT_DIRECT lets us
 * write to it, IN_DIRECT only read from it. */
static NTSTATUS TransferDirect(PIRP Irp, ULONG InputLength, ULONG OutputLength, BOOLEAN IsOut)
{
    PUCHAR mapped = NULL;
    ULONG count = InputLength < OutputLength ? InputLength : OutputLength, i, sum = 0;

    DbgPrint("Transfers: %s direct, in %lu out %lu\n", IsOut ? "out" : "in", InputLength,
             OutputLength);
    if (Irp->MdlAddress) {
        mapped =
            MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority | MdlMappingNoExecute);
        if (!mapped)
            return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    if (IsOut) {
        Capitals(mapped, Irp->AssociatedIrp.SystemBuffer, count);
        return Complete(Irp, STATUS_SUCCESS, count);
    }
    for (i = 0; i < OutputLength; i++)
        sum += mapped[i];
    return Complete(Irp, STATUS_SUCCESS, sum);
}

/* Bare addresses of the caller: valid only in its context, and only if it did not lie. */
static NTSTATUS TransferNeither(PIRP Irp, PIO_STACK_LOCATION Stack, ULONG InputLength,
                                ULONG OutputLength)
{
    PUCHAR input = Stack->Parameters.DeviceIoControl.Type3InputBuffer;
    PUCHAR output = Irp->UserBuffer;
    ULONG count = InputLength < OutputLength ? InputLength : OutputLength;
    NTSTATUS status = STATUS_SUCCESS;

    DbgPrint("Transfers: neither, in %lu out %lu\n", InputLength, OutputLength);
    __try {
        ProbeForRead(input, InputLength, sizeof(UCHAR));
        ProbeForWrite(output, OutputLength, sizeof(UCHAR));
        Capitals(output, input, count);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
        DbgPrint("Transfers: the caller's buffers raised %x\n", status);
        count = 0;
    }
    return Complete(Irp, status, count);
}

static NTSTATUS TransfersDeviceControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG input = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG output = stack->Parameters.DeviceIoControl.OutputBufferLength;

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_TRANSFERS_BUFFERED:
        return TransferBuffered(Irp, input, output);
    case IOCTL_TRANSFERS_IN_DIRECT:
        return TransferDirect(Irp, input, output, FALSE);
    case IOCTL_TRANSFERS_OUT_DIRECT:
        return TransferDirect(Irp, input, output, TRUE);
    case IOCTL_TRANSFERS_NEITHER:
        return TransferNeither(Irp, stack, input, output);
    default:
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static VOID TransfersUnload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, LinkName);
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Transfers"), link;
    PDEVICE_OBJECT device;
    NTSTATUS status;

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
    Driver->MajorFunction[IRP_MJ_CREATE] = TransfersCreateClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = TransfersCreateClose;
    Driver->MajorFunction[IRP_MJ_READ] = TransfersReadWrite;
    Driver->MajorFunction[IRP_MJ_WRITE] = TransfersReadWrite;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TransfersDeviceControl;
    Driver->DriverUnload = TransfersUnload;
    device->Flags |= DO_DIRECT_IO;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
