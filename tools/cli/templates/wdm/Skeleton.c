/* SPDX-License-Identifier: MIT */
/* Skeleton.c - a function driver for a device without hardware.
 *
 * A remove lock is held while a request is inside, so that the device stays until the last one
 * has left. The driver owns its device's power policy: a power request of the system becomes one
 * of the device.
 */
#include <initguid.h>

#include <ntddk.h>

#include "Skeleton_ioctl.h"

typedef struct _SKELETON_DEVICE {
    PDEVICE_OBJECT Self, Lower, Physical;
    IO_REMOVE_LOCK RemoveLock;
    UNICODE_STRING Interface;
    BOOLEAN IsStarted;
} SKELETON_DEVICE, *PSKELETON_DEVICE;

#define SKELETON_TAG 'lekS'

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD SkeletonUnload;
static DRIVER_ADD_DEVICE SkeletonAddDevice;
static DRIVER_DISPATCH SkeletonOpenClose, SkeletonControl, SkeletonPnp, SkeletonPower, SkeletonPass;
static REQUEST_POWER_COMPLETE SkeletonDevicePowerDone;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* ---- files and requests ---------------------------------------------------------------------- */

static NTSTATUS SkeletonOpenClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS Reverse(PUCHAR Text, ULONG Length, ULONG Room)
{
    ULONG i;

    if (Length > SKELETON_TEXT_MAX)
        return STATUS_INVALID_PARAMETER;
    if (Length > Room)
        return STATUS_BUFFER_TOO_SMALL;
    for (i = 0; i < Length / 2; i++) {
        UCHAR byte = Text[i];

        Text[i] = Text[Length - 1 - i];
        Text[Length - 1 - i] = byte;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS SkeletonControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PSKELETON_DEVICE device = Device->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;
    NTSTATUS status = IoAcquireRemoveLock(&device->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    if (!device->IsStarted)
        status = STATUS_DEVICE_NOT_READY;
    else if (stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_SKELETON_REVERSE)
        status = Reverse(Irp->AssociatedIrp.SystemBuffer, in, out);
    else
        status = STATUS_INVALID_DEVICE_REQUEST;
    Complete(Irp, status, NT_SUCCESS(status) ? in : 0);
    IoReleaseRemoveLock(&device->RemoveLock, Irp);
    return status;
}

/* What this driver has nothing to say to goes down the stack. */
static NTSTATUS SkeletonPass(PDEVICE_OBJECT Device, PIRP Irp)
{
    PSKELETON_DEVICE device = Device->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&device->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(device->Lower, Irp);
    IoReleaseRemoveLock(&device->RemoveLock, Irp);
    return status;
}

/* ---- Plug and Play --------------------------------------------------------------------------- */

/* A start is done from the bottom up: first the bus, then we. */
static NTSTATUS Start(PSKELETON_DEVICE Device, PIRP Irp)
{
    NTSTATUS status;

    if (!IoForwardIrpSynchronously(Device->Lower, Irp))
        return STATUS_UNSUCCESSFUL;
    status = Irp->IoStatus.Status;
    if (NT_SUCCESS(status))
        status = IoSetDeviceInterfaceState(&Device->Interface, TRUE);
    if (NT_SUCCESS(status)) {
        Device->IsStarted = TRUE;
        DbgPrint("Skeleton: started\n");
    }
    return status;
}

static VOID Stop(PSKELETON_DEVICE Device)
{
    if (Device->IsStarted)
        IoSetDeviceInterfaceState(&Device->Interface, FALSE);
    Device->IsStarted = FALSE;
}

static NTSTATUS Remove(PSKELETON_DEVICE Device, PIRP Irp)
{
    NTSTATUS status;

    Stop(Device);
    IoReleaseRemoveLockAndWait(&Device->RemoveLock, Irp);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Device->Lower, Irp);
    IoDetachDevice(Device->Lower);
    RtlFreeUnicodeString(&Device->Interface);
    DbgPrint("Skeleton: removed\n");
    IoDeleteDevice(Device->Self);
    return status;
}

static NTSTATUS SkeletonPnp(PDEVICE_OBJECT Device, PIRP Irp)
{
    PSKELETON_DEVICE device = Device->DeviceExtension;
    UCHAR minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;
    NTSTATUS status = IoAcquireRemoveLock(&device->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    switch (minor) {
    case IRP_MN_START_DEVICE:
        status = Complete(Irp, Start(device, Irp), 0);
        IoReleaseRemoveLock(&device->RemoveLock, Irp);
        return status;
    case IRP_MN_REMOVE_DEVICE:
        return Remove(device, Irp);
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
        Stop(device);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    default:
        break; /* an IRP that we do not know goes down with the status that it came with */
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(device->Lower, Irp);
    IoReleaseRemoveLock(&device->RemoveLock, Irp);
    return status;
}

/* ---- power ----------------------------------------------------------------------------------- */

/* The device has followed: now the system's request goes on. */
static VOID SkeletonDevicePowerDone(PDEVICE_OBJECT Device, UCHAR Minor, POWER_STATE State,
                                    PVOID Context, PIO_STATUS_BLOCK Result)
{
    PIRP irp = Context;
    PSKELETON_DEVICE device = IoGetCurrentIrpStackLocation(irp)->DeviceObject->DeviceExtension;

    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Minor);
    UNREFERENCED_PARAMETER(State);
    if (!NT_SUCCESS(Result->Status)) {
        Complete(irp, Result->Status, 0);
    } else {
        IoSkipCurrentIrpStackLocation(irp);
        PoCallDriver(device->Lower, irp);
    }
    IoReleaseRemoveLock(&device->RemoveLock, irp);
}

static NTSTATUS SkeletonPower(PDEVICE_OBJECT Device, PIRP Irp)
{
    PSKELETON_DEVICE device = Device->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = IoAcquireRemoveLock(&device->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    if ((stack->MinorFunction == IRP_MN_SET_POWER || stack->MinorFunction == IRP_MN_QUERY_POWER) &&
        stack->Parameters.Power.Type == SystemPowerState) {
        BOOLEAN isWorking = stack->Parameters.Power.State.SystemState == PowerSystemWorking;
        POWER_STATE state = {.DeviceState = isWorking ? PowerDeviceD0 : PowerDeviceD3};

        IoMarkIrpPending(Irp);
        status = PoRequestPowerIrp(device->Physical, stack->MinorFunction, state,
                                   SkeletonDevicePowerDone, Irp, NULL);
        if (!NT_SUCCESS(status)) {
            Complete(Irp, status, 0);
            IoReleaseRemoveLock(&device->RemoveLock, Irp);
        }
        return STATUS_PENDING;
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(device->Lower, Irp);
    IoReleaseRemoveLock(&device->RemoveLock, Irp);
    return status;
}

/* ---- the driver ------------------------------------------------------------------------------ */

static NTSTATUS SkeletonAddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Physical)
{
    PSKELETON_DEVICE device;
    PDEVICE_OBJECT self;
    NTSTATUS status;

    status = IoCreateDevice(Driver, sizeof(SKELETON_DEVICE), NULL, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &self);
    if (!NT_SUCCESS(status))
        return status;
    device = self->DeviceExtension;
    device->Self = self;
    device->Physical = Physical;
    IoInitializeRemoveLock(&device->RemoveLock, SKELETON_TAG, 0, 0);
    status =
        IoRegisterDeviceInterface(Physical, &GUID_DEVINTERFACE_SKELETON, NULL, &device->Interface);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(self);
        return status;
    }
    device->Lower = IoAttachDeviceToDeviceStack(self, Physical);
    if (!device->Lower) {
        RtlFreeUnicodeString(&device->Interface);
        IoDeleteDevice(self);
        return STATUS_NO_SUCH_DEVICE;
    }
    self->Flags |= DO_POWER_PAGABLE;
    self->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID SkeletonUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    DbgPrint("Skeleton: unloaded\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->MajorFunction[IRP_MJ_CREATE] = SkeletonOpenClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = SkeletonOpenClose;
    Driver->MajorFunction[IRP_MJ_CLEANUP] = SkeletonOpenClose;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SkeletonControl;
    Driver->MajorFunction[IRP_MJ_PNP] = SkeletonPnp;
    Driver->MajorFunction[IRP_MJ_POWER] = SkeletonPower;
    Driver->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = SkeletonPass;
    Driver->DriverExtension->AddDevice = SkeletonAddDevice;
    Driver->DriverUnload = SkeletonUnload;
    DbgPrint("Skeleton: loaded\n");
    return STATUS_SUCCESS;
}
