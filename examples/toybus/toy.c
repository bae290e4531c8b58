/* SPDX-License-Identifier: MIT */
/* toy.c - the function driver of a toy on the toy bus.
 *
 * Reads wait in a cancel-safe queue until somebody says something to the toy, or until the toy is
 * gone: pulled out, stopped or put to sleep. A remove lock holds the device for as long as a
 * request is under way. It owns the toy's power policy: a system power request becomes a device
 * power request. What it tells of itself (WMI) is in toywmi.c.
 */
#include <initguid.h>

#include <ntddk.h>

#include "toybus_ioctl.h"

#include "toy.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD ToyUnload;
static DRIVER_ADD_DEVICE ToyAddDevice;
static DRIVER_DISPATCH ToyOpenClose, ToyCleanup, ToyRead, ToyControl, ToyPnp, ToyPower;
static IO_COMPLETION_ROUTINE ToyDeviceUp;
static REQUEST_POWER_COMPLETE ToyDevicePowerDone;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* ---- the queue of reads -------------------------------------------------------------------------
 */

static PTOY ToyOf(PIO_CSQ Csq)
{
    return CONTAINING_RECORD(Csq, TOY, Queue);
}

static NTSTATUS QueueInsert(PIO_CSQ Csq, PIRP Irp, PVOID Context)
{
    PTOY toy = ToyOf(Csq);

    UNREFERENCED_PARAMETER(Context);
    if (!toy->IsStarted)
        return STATUS_DEVICE_NOT_READY;
    if (toy->State.Waiting >= toy->State.Most)
        return STATUS_QUOTA_EXCEEDED;
    InsertTailList(&toy->Reads, &Irp->Tail.Overlay.ListEntry);
    toy->State.Waiting++;
    return STATUS_SUCCESS;
}

static VOID QueueRemove(PIO_CSQ Csq, PIRP Irp)
{
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
    ToyOf(Csq)->State.Waiting--;
}

/* Context: the file object whose reads are meant; NULL: anybody's. */
static PIRP QueuePeek(PIO_CSQ Csq, PIRP Irp, PVOID Context)
{
    PLIST_ENTRY head = &ToyOf(Csq)->Reads;
    PLIST_ENTRY entry = Irp ? Irp->Tail.Overlay.ListEntry.Flink : head->Flink;

    for (; entry != head; entry = entry->Flink) {
        PIRP next = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);
        if (!Context || IoGetCurrentIrpStackLocation(next)->FileObject == Context)
            return next;
    }
    return NULL;
}

static VOID QueueLock(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&ToyOf(Csq)->Lock, Irql);
}

static VOID QueueUnlock(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&ToyOf(Csq)->Lock, Irql);
}

static VOID ReadEnd(PTOY Toy, PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Complete(Irp, Status, Information);
    IoReleaseRemoveLock(&Toy->RemoveLock, Irp);
}

static VOID QueueCancelled(PIO_CSQ Csq, PIRP Irp)
{
    ReadEnd(ToyOf(Csq), Irp, STATUS_CANCELLED, 0);
}

static VOID ReadsEnd(PTOY Toy, PFILE_OBJECT File, NTSTATUS Status)
{
    PIRP irp;

    while ((irp = IoCsqRemoveNextIrp(&Toy->Queue, File)) != NULL)
        ReadEnd(Toy, irp, Status, 0);
}

/* From now on reads are refused, and those that wait end; or reads are taken (again). */
static VOID ToyRunning(PTOY Toy, BOOLEAN IsStarted, NTSTATUS Status)
{
    KIRQL irql;

    KeAcquireSpinLock(&Toy->Lock, &irql);
    Toy->IsStarted = IsStarted;
    KeReleaseSpinLock(&Toy->Lock, irql);
    if (!IsStarted)
        ReadsEnd(Toy, NULL, Status);
}

/* ---- what programs ask
 * ---------------------------------------------------------------------------- */

static NTSTATUS ToyOpenClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS ToyCleanup(PDEVICE_OBJECT Device, PIRP Irp)
{
    ReadsEnd(Device->DeviceExtension, IoGetCurrentIrpStackLocation(Irp)->FileObject,
             STATUS_CANCELLED);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS ToyRead(PDEVICE_OBJECT Device, PIRP Irp)
{
    PTOY toy = Device->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&toy->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    status = IoCsqInsertIrpEx(&toy->Queue, Irp, NULL, NULL);
    if (NT_SUCCESS(status))
        return STATUS_PENDING;
    ReadEnd(toy, Irp, status, 0);
    return status;
}

/* The oldest read gets as much of the message as it takes. */
static NTSTATUS ToySay(PTOY Toy, const VOID *Message, ULONG Length)
{
    PIRP read = IoCsqRemoveNextIrp(&Toy->Queue, NULL);
    ULONG room;

    if (!read)
        return STATUS_DEVICE_NOT_READY;
    room = IoGetCurrentIrpStackLocation(read)->Parameters.Read.Length;
    if (Length > room)
        Length = room;
    if (Length)
        RtlCopyMemory(read->AssociatedIrp.SystemBuffer, Message, Length);
    ReadEnd(Toy, read, STATUS_SUCCESS, Length);
    return STATUS_SUCCESS;
}

static NTSTATUS ToyControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PVOID buffer = Irp->AssociatedIrp.SystemBuffer;
    PTOY toy = Device->DeviceExtension;
    ULONG_PTR information = 0;
    NTSTATUS status = IoAcquireRemoveLock(&toy->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_TOY_SAY:
        status = ToySay(toy, buffer, stack->Parameters.DeviceIoControl.InputBufferLength);
        break;
    case IOCTL_TOY_WAITING:
        if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG)) {
            status = STATUS_BUFFER_TOO_SMALL;
            break;
        }
        *(PULONG)buffer = toy->State.Waiting;
        information = sizeof(ULONG);
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    status = Complete(Irp, status, information);
    IoReleaseRemoveLock(&toy->RemoveLock, Irp);
    return status;
}

/* ---- Plug and Play
 * --------------------------------------------------------------------------------- */

NTSTATUS ToyForward(PDEVICE_OBJECT Device, PIRP Irp)
{
    PTOY toy = Device->DeviceExtension;

    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(toy->Lower, Irp);
}

static NTSTATUS ToyStart(PTOY Toy, PIRP Irp)
{
    POWER_STATE power = {.DeviceState = PowerDeviceD0};
    NTSTATUS status =
        IoForwardIrpSynchronously(Toy->Lower, Irp) ? Irp->IoStatus.Status : STATUS_UNSUCCESSFUL;

    if (NT_SUCCESS(status)) {
        PoSetPowerState(Toy->Self, DevicePowerState, power);
        ToyRunning(Toy, TRUE, STATUS_SUCCESS);
        ToyWmi(Toy, TRUE);
        status = IoSetDeviceInterfaceState(&Toy->Interface, TRUE);
        if (status == STATUS_OBJECT_NAME_EXISTS)
            status = STATUS_SUCCESS;
    }
    Complete(Irp, status, 0);
    IoReleaseRemoveLock(&Toy->RemoveLock, Irp);
    return status;
}

static NTSTATUS ToyRemove(PTOY Toy, PIRP Irp)
{
    NTSTATUS status;

    /* After a surprise another toy may have the name, and its interface, by now. */
    if (Toy->IsStarted)
        IoSetDeviceInterfaceState(&Toy->Interface, FALSE);
    ToyWmi(Toy, FALSE);
    ToyRunning(Toy, FALSE, STATUS_DELETE_PENDING);
    IoReleaseRemoveLockAndWait(&Toy->RemoveLock, Irp);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Toy->Lower, Irp);
    RtlFreeUnicodeString(&Toy->Interface);
    IoDetachDevice(Toy->Lower);
    IoDeleteDevice(Toy->Self);
    return status;
}

static NTSTATUS ToyPnp(PDEVICE_OBJECT Device, PIRP Irp)
{
    PTOY toy = Device->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&toy->RemoveLock, Irp);

    if (!NT_SUCCESS(status))
        return Complete(Irp, status, 0);
    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        return ToyStart(toy, Irp);
    case IRP_MN_REMOVE_DEVICE:
        return ToyRemove(toy, Irp);
    case IRP_MN_SURPRISE_REMOVAL:
        IoSetDeviceInterfaceState(&toy->Interface, FALSE);
        ToyRunning(toy, FALSE, STATUS_NO_SUCH_DEVICE);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_STOP_DEVICE:
        ToyRunning(toy, FALSE, STATUS_DEVICE_NOT_READY);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    }
    status = ToyForward(Device, Irp);
    IoReleaseRemoveLock(&toy->RemoveLock, Irp);
    return status;
}

/* ---- power
 * ------------------------------------------------------------------------------------------ */

static VOID PowerEnd(PTOY Toy, PIRP Irp, NTSTATUS Status)
{
    PoStartNextPowerIrp(Irp);
    Complete(Irp, Status, Irp->IoStatus.Information);
    IoReleaseRemoveLock(&Toy->RemoveLock, Irp);
}

/* The device has reached the state that the system state asks for. */
static VOID ToyDevicePowerDone(PDEVICE_OBJECT Device, UCHAR Minor, POWER_STATE State, PVOID Context,
                               PIO_STATUS_BLOCK IoStatus)
{
    PIRP system = Context;

    UNREFERENCED_PARAMETER(Minor);
    UNREFERENCED_PARAMETER(State);
    /* Device is the physical one that the request was made for; ours is in the request. */
    UNREFERENCED_PARAMETER(Device);
    PowerEnd(IoGetCurrentIrpStackLocation(system)->DeviceObject->DeviceExtension, system,
             IoStatus->Status);
}

/* A system power request has been through the stack: the device follows. */
static NTSTATUS ToySystemDown(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PTOY toy = Context;
    POWER_STATE state;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Device);
    if (!NT_SUCCESS(Irp->IoStatus.Status)) {
        PoStartNextPowerIrp(Irp);
        IoReleaseRemoveLock(&toy->RemoveLock, Irp);
        return STATUS_CONTINUE_COMPLETION;
    }
    state.DeviceState = stack->Parameters.Power.State.SystemState == PowerSystemWorking
                            ? PowerDeviceD0
                            : PowerDeviceD3;
    status = PoRequestPowerIrp(toy->Physical, stack->MinorFunction, state, ToyDevicePowerDone, Irp,
                               NULL);
    if (status == STATUS_PENDING)
        return STATUS_MORE_PROCESSING_REQUIRED;
    Irp->IoStatus.Status = status;
    PoStartNextPowerIrp(Irp);
    IoReleaseRemoveLock(&toy->RemoveLock, Irp);
    return STATUS_CONTINUE_COMPLETION;
}

/* The parts below have power: reads are taken again. */
static NTSTATUS ToyDeviceUp(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PTOY toy = Context;

    UNREFERENCED_PARAMETER(Device);
    if (Irp->PendingReturned)
        IoMarkIrpPending(Irp);
    if (NT_SUCCESS(Irp->IoStatus.Status)) {
        PoSetPowerState(toy->Self, DevicePowerState, stack->Parameters.Power.State);
        ToyRunning(toy, TRUE, STATUS_SUCCESS);
    }
    PoStartNextPowerIrp(Irp);
    IoReleaseRemoveLock(&toy->RemoveLock, Irp);
    return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS PowerDownStack(PTOY Toy, PIRP Irp, PIO_COMPLETION_ROUTINE Routine)
{
    IoMarkIrpPending(Irp);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, Routine, Toy, TRUE, TRUE, TRUE);
    PoCallDriver(Toy->Lower, Irp);
    return STATUS_PENDING;
}

static NTSTATUS ToyPower(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PTOY toy = Device->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&toy->RemoveLock, Irp);

    if (!NT_SUCCESS(status)) {
        PoStartNextPowerIrp(Irp);
        return Complete(Irp, status, 0);
    }
    if (stack->MinorFunction == IRP_MN_SET_POWER || stack->MinorFunction == IRP_MN_QUERY_POWER) {
        if (stack->Parameters.Power.Type == SystemPowerState)
            return PowerDownStack(toy, Irp, ToySystemDown);
        if (stack->MinorFunction == IRP_MN_SET_POWER) {
            if (stack->Parameters.Power.State.DeviceState == PowerDeviceD0)
                return PowerDownStack(toy, Irp, ToyDeviceUp);
            ToyRunning(toy, FALSE, STATUS_DEVICE_NOT_READY);
            PoSetPowerState(toy->Self, DevicePowerState, stack->Parameters.Power.State);
        }
    }
    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(toy->Lower, Irp);
    IoReleaseRemoveLock(&toy->RemoveLock, Irp);
    return status;
}

/* ---- the driver
 * --------------------------------------------------------------------------------------- */

static NTSTATUS ToyAddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Physical)
{
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(Driver, sizeof(TOY), NULL, FILE_DEVICE_UNKNOWN,
                                     FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    PTOY toy;

    if (!NT_SUCCESS(status))
        return status;
    toy = device->DeviceExtension;
    toy->Self = device;
    toy->Physical = Physical;
    toy->State.Most = TOY_MOST;
    KeInitializeSpinLock(&toy->Lock);
    InitializeListHead(&toy->Reads);
    IoInitializeRemoveLock(&toy->RemoveLock, TOY_TAG, 0, 0);
    IoCsqInitializeEx(&toy->Queue, QueueInsert, QueueRemove, QueuePeek, QueueLock, QueueUnlock,
                      QueueCancelled);
    status = IoRegisterDeviceInterface(Physical, &GUID_DEVINTERFACE_TOY, NULL, &toy->Interface);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    toy->Lower = IoAttachDeviceToDeviceStack(device, Physical);
    if (!toy->Lower) {
        RtlFreeUnicodeString(&toy->Interface);
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID ToyUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = ToyUnload;
    Driver->DriverExtension->AddDevice = ToyAddDevice;
    Driver->MajorFunction[IRP_MJ_CREATE] = ToyOpenClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = ToyOpenClose;
    Driver->MajorFunction[IRP_MJ_CLEANUP] = ToyCleanup;
    Driver->MajorFunction[IRP_MJ_READ] = ToyRead;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ToyControl;
    Driver->MajorFunction[IRP_MJ_PNP] = ToyPnp;
    Driver->MajorFunction[IRP_MJ_POWER] = ToyPower;
    Driver->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = ToySystemControl;
    return STATUS_SUCCESS;
}
