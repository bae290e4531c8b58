/* SPDX-License-Identifier: MIT */
/* pending.c - requests that cannot be answered at once, kept in the two documented ways.
 *
 * Waiters lie in a cancel-safe queue (IoCsq…): cancellation, cleanup and delivery each take
 * an IRP out under one lock, so each IRP is completed once. Squares are computed one at a
 * time by StartIo, which imitates a device with a timer: its DPC is the interrupt that says
 * "done" and starts the next packet.
 */
#include <ntddk.h>

#include "pending_ioctl.h"

#define PENDING_WORK_TIME_MS 1

typedef struct _PENDING_EXTENSION {
    IO_CSQ Waiters;
    LIST_ENTRY WaiterList; /* guarded by WaiterLock */
    KSPIN_LOCK WaiterLock;
    ULONG WaiterCount; /* guarded by WaiterLock */
    KTIMER WorkTimer;
    KDPC WorkDpc;
    PDEVICE_OBJECT Device;
} PENDING_EXTENSION, *PPENDING_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD PendingUnload;
static DRIVER_STARTIO PendingStartIo;
static DRIVER_CANCEL PendingCancelPacket;
static KDEFERRED_ROUTINE PendingWorkDone;
static DRIVER_DISPATCH PendingCreateClose, PendingCleanup, PendingDeviceControl;

static const WCHAR LinkName[] = L"\\DosDevices\\Pending";

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* ---- the cancel-safe queue ------------------------------------------------------------- */

static PPENDING_EXTENSION ExtensionOf(PIO_CSQ Csq)
{
    return CONTAINING_RECORD(Csq, PENDING_EXTENSION, Waiters);
}

static VOID WaiterInsert(PIO_CSQ Csq, PIRP Irp)
{
    InsertTailList(&ExtensionOf(Csq)->WaiterList, &Irp->Tail.Overlay.ListEntry);
    ExtensionOf(Csq)->WaiterCount++;
}

static VOID WaiterRemove(PIO_CSQ Csq, PIRP Irp)
{
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
    ExtensionOf(Csq)->WaiterCount--;
}

/* PeekContext is the file whose waiters are wanted, or NULL for any. */
static PIRP WaiterPeek(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext)
{
    PLIST_ENTRY head = &ExtensionOf(Csq)->WaiterList;
    PLIST_ENTRY entry = Irp ? Irp->Tail.Overlay.ListEntry.Flink : head->Flink;

    for (; entry != head; entry = entry->Flink) {
        PIRP next = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);
        if (!PeekContext || IoGetCurrentIrpStackLocation(next)->FileObject == PeekContext)
            return next;
    }
    return NULL;
}

static VOID WaiterLock(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&ExtensionOf(Csq)->WaiterLock, Irql);
}

static VOID WaiterUnlock(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&ExtensionOf(Csq)->WaiterLock, Irql);
}

static VOID WaiterCancelled(PIO_CSQ Csq, PIRP Irp)
{
    DbgPrint("Pending: a waiter was cancelled\n");
    Complete(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS PendingSend(PPENDING_EXTENSION Extension, PIRP Irp, ULONG Length)
{
    PIRP waiter = IoCsqRemoveNextIrp(&Extension->Waiters, NULL);
    ULONG room;

    if (!waiter)
        return Complete(Irp, STATUS_SUCCESS, 0);
    room = IoGetCurrentIrpStackLocation(waiter)->Parameters.DeviceIoControl.OutputBufferLength;
    if (room > Length)
        room = Length;
    RtlCopyMemory(waiter->AssociatedIrp.SystemBuffer, Irp->AssociatedIrp.SystemBuffer, room);
    Complete(waiter, STATUS_SUCCESS, room);
    return Complete(Irp, STATUS_SUCCESS, room);
}

/* The last handle is closed: nobody will fetch what this file's waiters get. */
static NTSTATUS PendingCleanup(PDEVICE_OBJECT Device, PIRP Irp)
{
    PPENDING_EXTENSION extension = Device->DeviceExtension;
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    PIRP waiter;

    while ((waiter = IoCsqRemoveNextIrp(&extension->Waiters, file)) != NULL)
        WaiterCancelled(&extension->Waiters, waiter);
    DbgPrint("Pending: cleanup\n");
    return Complete(Irp, STATUS_SUCCESS, 0);
}

/* ---- StartIo ------------------------------------------------------------------------------ */

static VOID PendingCancelPacket(PDEVICE_OBJECT Device, PIRP Irp)
{
    if (Irp == Device->CurrentIrp) {
        /* The work is short; it finishes and completes the request. */
        IoReleaseCancelSpinLock(Irp->CancelIrql);
        return;
    }
    if (KeRemoveEntryDeviceQueue(&Device->DeviceQueue, &Irp->Tail.Overlay.DeviceQueueEntry)) {
        IoReleaseCancelSpinLock(Irp->CancelIrql);
        Complete(Irp, STATUS_CANCELLED, 0);
        return;
    }
    IoReleaseCancelSpinLock(Irp->CancelIrql);
}

static VOID PendingStartIo(PDEVICE_OBJECT Device, PIRP Irp)
{
    PPENDING_EXTENSION extension = Device->DeviceExtension;
    LARGE_INTEGER due;
    KIRQL irql;

    IoAcquireCancelSpinLock(&irql);
    if (Irp != Device->CurrentIrp || Irp->Cancel) {
        IoReleaseCancelSpinLock(irql);
        Complete(Irp, STATUS_CANCELLED, 0);
        IoStartNextPacket(Device, TRUE);
        return;
    }
    (void)IoSetCancelRoutine(Irp, NULL);
    IoReleaseCancelSpinLock(irql);
    due.QuadPart = -10000LL * PENDING_WORK_TIME_MS;
    KeSetTimer(&extension->WorkTimer, due, &extension->WorkDpc);
}

static VOID PendingWorkDone(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PPENDING_EXTENSION extension = Context;
    PIRP irp = extension->Device->CurrentIrp;
    PULONG number = irp->AssociatedIrp.SystemBuffer;

    *number = *number * *number;
    IoStartNextPacket(extension->Device, TRUE);
    Complete(irp, STATUS_SUCCESS, sizeof(ULONG));
}

/* ---- dispatch ---------------------------------------------------------------------------------
 */

static NTSTATUS PendingCreateClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS PendingCount(PPENDING_EXTENSION Extension, PIRP Irp, ULONG Room)
{
    KIRQL irql;

    if (Room < sizeof(ULONG))
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    KeAcquireSpinLock(&Extension->WaiterLock, &irql);
    *(PULONG)Irp->AssociatedIrp.SystemBuffer = Extension->WaiterCount;
    KeReleaseSpinLock(&Extension->WaiterLock, irql);
    return Complete(Irp, STATUS_SUCCESS, sizeof(ULONG));
}

static NTSTATUS PendingDeviceControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PPENDING_EXTENSION extension = Device->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_PENDING_WAIT:
        IoCsqInsertIrp(&extension->Waiters, Irp, NULL); /* marks it pending */
        return STATUS_PENDING;
    case IOCTL_PENDING_SEND:
        return PendingSend(extension, Irp, in);
    case IOCTL_PENDING_COUNT:
        return PendingCount(extension, Irp, out);
    case IOCTL_PENDING_SQUARE:
        if (in < sizeof(ULONG) || out < sizeof(ULONG))
            return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        IoMarkIrpPending(Irp);
        IoStartPacket(Device, Irp, NULL, PendingCancelPacket);
        return STATUS_PENDING;
    default:
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static VOID PendingUnload(PDRIVER_OBJECT Driver)
{
    PPENDING_EXTENSION extension = Driver->DeviceObject->DeviceExtension;
    UNICODE_STRING link;

    KeCancelTimer(&extension->WorkTimer);
    KeFlushQueuedDpcs();
    RtlInitUnicodeString(&link, LinkName);
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Driver->DeviceObject);
}

static NTSTATUS PendingInitialize(PDEVICE_OBJECT Device)
{
    PPENDING_EXTENSION extension = Device->DeviceExtension;

    extension->Device = Device;
    InitializeListHead(&extension->WaiterList);
    KeInitializeSpinLock(&extension->WaiterLock);
    KeInitializeTimer(&extension->WorkTimer);
    KeInitializeDpc(&extension->WorkDpc, PendingWorkDone, extension);
    return IoCsqInitialize(&extension->Waiters, WaiterInsert, WaiterRemove, WaiterPeek, WaiterLock,
                           WaiterUnlock, WaiterCancelled);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Pending"), link;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    status = IoCreateDevice(Driver, sizeof(PENDING_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&link, LinkName);
    status = PendingInitialize(device);
    if (NT_SUCCESS(status))
        status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    Driver->MajorFunction[IRP_MJ_CREATE] = PendingCreateClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = PendingCreateClose;
    Driver->MajorFunction[IRP_MJ_CLEANUP] = PendingCleanup;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = PendingDeviceControl;
    Driver->DriverStartIo = PendingStartIo;
    Driver->DriverUnload = PendingUnload;
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
