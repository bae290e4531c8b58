/* SPDX-License-Identifier: MIT */
/* wdm1.c - a device that is a buffer in memory.
 *
 * Writes grow the buffer as far as they reach; reads take from a file position and come
 * back short at its end; IOCTLs zero it, remove it and ask for its size and bytes. The
 * buffer belongs to the driver, not to a file: what one program writes another reads.
 */
#include <ntddk.h>

#include "wdm1_ioctl.h"

#define WDM1_TAG       '1mdW'
#define WDM1_MAX_BYTES (1024 * 1024)

typedef struct _WDM1_EXTENSION {
    KSPIN_LOCK Lock; /* guards: Buffer, BufferSize */
    PUCHAR Buffer;
    ULONG BufferSize;
    UNICODE_STRING LinkName;
} WDM1_EXTENSION, *PWDM1_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Wdm1Unload;
static DRIVER_DISPATCH Wdm1Create, Wdm1Close, Wdm1Read, Wdm1Write, Wdm1DeviceControl;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS Wdm1Create(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    DbgPrint("Wdm1: Create File is %wZ\n", &stack->FileObject->FileName);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS Wdm1Close(PDEVICE_OBJECT Device, PIRP Irp)
{
    DbgPrint("Wdm1: Close\n");
    return Complete(Irp, STATUS_SUCCESS, 0);
}

/* Who serves reads and writes of a synchronous file keeps its position. */
static VOID MovePosition(PFILE_OBJECT File, LONGLONG Position)
{
    if (File->Flags & FO_SYNCHRONOUS_IO)
        File->CurrentByteOffset.QuadPart = Position;
}

static NTSTATUS Wdm1Read(PDEVICE_OBJECT Device, PIRP Irp)
{
    PWDM1_EXTENSION extension = Device->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    LONGLONG position = stack->Parameters.Read.ByteOffset.QuadPart;
    ULONG length = stack->Parameters.Read.Length, count = 0;
    KIRQL irql;

    if (position < 0)
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    KeAcquireSpinLock(&extension->Lock, &irql);
    if (position < extension->BufferSize) {
        count = extension->BufferSize - (ULONG)position;
        if (count > length)
            count = length;
        RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, extension->Buffer + position, count);
    }
    KeReleaseSpinLock(&extension->Lock, irql);
    MovePosition(stack->FileObject, position + count);
    DbgPrint("Wdm1: Read %d bytes from file pointer %d, %d transferred\n", (int)length,
             (int)position, (int)count);
    return Complete(Irp, STATUS_SUCCESS, count);
}

/* Makes room for size bytes; what is new reads as zero. The lock is held. */
static NTSTATUS Wdm1Grow(PWDM1_EXTENSION Extension, ULONG Size)
{
    PUCHAR larger;

    if (Size <= Extension->BufferSize)
        return STATUS_SUCCESS;
    larger = ExAllocatePool2(POOL_FLAG_NON_PAGED, Size, WDM1_TAG);
    if (!larger)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (Extension->Buffer) {
        RtlCopyMemory(larger, Extension->Buffer, Extension->BufferSize);
        ExFreePoolWithTag(Extension->Buffer, WDM1_TAG);
    }
    Extension->Buffer = larger;
    Extension->BufferSize = Size;
    return STATUS_SUCCESS;
}

static NTSTATUS Wdm1Write(PDEVICE_OBJECT Device, PIRP Irp)
{
    PWDM1_EXTENSION extension = Device->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    LONGLONG position = stack->Parameters.Write.ByteOffset.QuadPart;
    ULONG length = stack->Parameters.Write.Length;
    NTSTATUS status;
    KIRQL irql;

    if (position < 0 || position > WDM1_MAX_BYTES || length > WDM1_MAX_BYTES - position)
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    KeAcquireSpinLock(&extension->Lock, &irql);
    status = Wdm1Grow(extension, (ULONG)position + length);
    if (NT_SUCCESS(status))
        RtlCopyMemory(extension->Buffer + position, Irp->AssociatedIrp.SystemBuffer, length);
    KeReleaseSpinLock(&extension->Lock, irql);
    if (NT_SUCCESS(status))
        MovePosition(stack->FileObject, position + length);
    DbgPrint("Wdm1: Write %d bytes to file pointer %d, status %x\n", (int)length, (int)position,
             status);
    return Complete(Irp, status, NT_SUCCESS(status) ? length : 0);
}

static VOID Wdm1RemoveBuffer(PWDM1_EXTENSION Extension)
{
    PUCHAR buffer;
    KIRQL irql;

    KeAcquireSpinLock(&Extension->Lock, &irql);
    buffer = Extension->Buffer;
    Extension->Buffer = NULL;
    Extension->BufferSize = 0;
    KeReleaseSpinLock(&Extension->Lock, irql);
    if (buffer)
        ExFreePoolWithTag(buffer, WDM1_TAG);
}

static NTSTATUS Wdm1DeviceControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PWDM1_EXTENSION extension = Device->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG code = stack->Parameters.DeviceIoControl.IoControlCode;
    ULONG room = stack->Parameters.DeviceIoControl.OutputBufferLength;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG count = 0;
    KIRQL irql;

    DbgPrint("Wdm1: DeviceIoControl: Control code %x InputLength %d OutputLength %d\n", code,
             (int)stack->Parameters.DeviceIoControl.InputBufferLength, (int)room);
    switch (code) {
    case IOCTL_WDM1_ZERO_BUFFER:
        KeAcquireSpinLock(&extension->Lock, &irql);
        if (extension->Buffer)
            RtlZeroMemory(extension->Buffer, extension->BufferSize);
        KeReleaseSpinLock(&extension->Lock, irql);
        break;
    case IOCTL_WDM1_REMOVE_BUFFER:
        Wdm1RemoveBuffer(extension);
        break;
    case IOCTL_WDM1_GET_BUFFER_SIZE:
        if (room < sizeof(ULONG)) {
            status = STATUS_INVALID_PARAMETER;
            break;
        }
        KeAcquireSpinLock(&extension->Lock, &irql);
        *(PULONG)Irp->AssociatedIrp.SystemBuffer = extension->BufferSize;
        KeReleaseSpinLock(&extension->Lock, irql);
        count = sizeof(ULONG);
        break;
    case IOCTL_WDM1_GET_BUFFER:
        KeAcquireSpinLock(&extension->Lock, &irql);
        count = extension->BufferSize < room ? extension->BufferSize : room;
        RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, extension->Buffer, count);
        KeReleaseSpinLock(&extension->Lock, irql);
        break;
    default:
        status = STATUS_NOT_SUPPORTED;
        break;
    }
    DbgPrint("Wdm1: DeviceIoControl: %d bytes written, status %x\n", (int)count, status);
    return Complete(Irp, status, count);
}

static VOID Wdm1Unload(PDRIVER_OBJECT Driver)
{
    PDEVICE_OBJECT device = Driver->DeviceObject;
    PWDM1_EXTENSION extension = device->DeviceExtension;

    Wdm1RemoveBuffer(extension);
    IoDeleteSymbolicLink(&extension->LinkName);
    IoDeleteDevice(device);
    DbgPrint("Wdm1: Unload\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Wdm1");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Wdm1");
    PWDM1_EXTENSION extension;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    DbgPrint("Wdm1: DriverEntry: RegistryPath is %wZ\n", RegistryPath);
    status = IoCreateDevice(Driver, sizeof(WDM1_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    KeInitializeSpinLock(&extension->Lock);
    extension->LinkName = link; /* the constant lives as long as the image */
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    Driver->MajorFunction[IRP_MJ_CREATE] = Wdm1Create;
    Driver->MajorFunction[IRP_MJ_CLOSE] = Wdm1Close;
    Driver->MajorFunction[IRP_MJ_READ] = Wdm1Read;
    Driver->MajorFunction[IRP_MJ_WRITE] = Wdm1Write;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Wdm1DeviceControl;
    Driver->DriverUnload = Wdm1Unload;
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    DbgPrint("Wdm1: DriverEntry completed\n");
    return STATUS_SUCCESS;
}
