/* SPDX-License-Identifier: MIT */
/* transport.c - the lower driver: a store that takes 1,024 bytes at a time and answers later.
 *
 * Requests wait in a cancel-safe queue; a timer's DPC is the hardware that serves one after the
 * other. A request that is longer than the transport takes is an error, and so is a request for
 * the broken byte.
 */
#include <ntddk.h>

#include "split_ioctl.h"

typedef struct _TRANSPORT {
    IO_CSQ Queue;
    LIST_ENTRY List; /* guarded by Lock, like all below */
    KSPIN_LOCK Lock;
    ULONG Broken, Hold;
    BOOLEAN IsRunning;
    TRANSPORT_STATE State;
    KTIMER Timer;
    KDPC Dpc;
    PUCHAR Bytes;
} TRANSPORT, *PTRANSPORT;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD TransportUnload;
static DRIVER_DISPATCH TransportOpenClose, TransportTransfer, TransportControl;
static KDEFERRED_ROUTINE TransportServe;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* ---- the queue -------------------------------------------------------------------------- */

static PTRANSPORT TransportOf(PIO_CSQ Csq)
{
    return CONTAINING_RECORD(Csq, TRANSPORT, Queue);
}

static VOID QueueInsert(PIO_CSQ Csq, PIRP Irp)
{
    PTRANSPORT transport = TransportOf(Csq);

    InsertTailList(&transport->List, &Irp->Tail.Overlay.ListEntry);
    if (++transport->State.Held > transport->State.Most)
        transport->State.Most = transport->State.Held;
}

static VOID QueueRemove(PIO_CSQ Csq, PIRP Irp)
{
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
    TransportOf(Csq)->State.Held--;
}

static PIRP QueuePeek(PIO_CSQ Csq, PIRP Irp, PVOID Context)
{
    PLIST_ENTRY head = &TransportOf(Csq)->List;
    PLIST_ENTRY entry = Irp ? Irp->Tail.Overlay.ListEntry.Flink : head->Flink;

    UNREFERENCED_PARAMETER(Context);
    return entry != head ? CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry) : NULL;
}

static VOID QueueLock(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&TransportOf(Csq)->Lock, Irql);
}

static VOID QueueUnlock(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&TransportOf(Csq)->Lock, Irql);
}

static VOID QueueCancelled(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    Complete(Irp, STATUS_CANCELLED, 0);
}

/* ---- the hardware ------------------------------------------------------------------------- */

static VOID TransportStart(PTRANSPORT Transport)
{
    LARGE_INTEGER soon;

    soon.QuadPart = -100; /* 10 us */
    KeSetTimer(&Transport->Timer, soon, &Transport->Dpc);
}

/* May the next request be served? Otherwise the hardware rests until somebody starts it. */
static BOOLEAN TransportTurn(PTRANSPORT Transport)
{
    BOOLEAN goes;
    KIRQL irql;

    KeAcquireSpinLock(&Transport->Lock, &irql);
    goes = Transport->Hold != 0 && !IsListEmpty(&Transport->List);
    if (goes && Transport->Hold != MAXULONG)
        Transport->Hold--;
    Transport->IsRunning = goes;
    KeReleaseSpinLock(&Transport->Lock, irql);
    return goes;
}

static VOID TransportMove(PTRANSPORT Transport, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG offset = stack->Parameters.Write.ByteOffset.LowPart;
    ULONG length = stack->Parameters.Write.Length;
    PUCHAR buffer = Irp->AssociatedIrp.SystemBuffer;

    if (Transport->Broken - offset < length) {
        Complete(Irp, STATUS_DEVICE_DATA_ERROR, 0);
        return;
    }
    if (stack->MajorFunction == IRP_MJ_READ)
        RtlCopyMemory(buffer, Transport->Bytes + offset, length);
    else
        RtlCopyMemory(Transport->Bytes + offset, buffer, length);
    Complete(Irp, STATUS_SUCCESS, length);
}

static VOID TransportServe(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PTRANSPORT transport = Context;
    PIRP irp;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (!TransportTurn(transport))
        return;
    irp = IoCsqRemoveNextIrp(&transport->Queue, NULL);
    if (irp)
        TransportMove(transport, irp);
    TransportStart(transport);
}

static VOID TransportWake(PTRANSPORT Transport)
{
    BOOLEAN starts;
    KIRQL irql;

    KeAcquireSpinLock(&Transport->Lock, &irql);
    starts = !Transport->IsRunning && Transport->Hold != 0 && !IsListEmpty(&Transport->List);
    if (starts)
        Transport->IsRunning = TRUE;
    KeReleaseSpinLock(&Transport->Lock, irql);
    if (starts)
        TransportStart(Transport);
}

/* ---- dispatch ------------------------------------------------------------------------------- */

static NTSTATUS TransportOpenClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS TransportTransfer(PDEVICE_OBJECT Device, PIRP Irp)
{
    PTRANSPORT transport = Device->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONGLONG offset = (ULONGLONG)stack->Parameters.Write.ByteOffset.QuadPart;
    ULONG length = stack->Parameters.Write.Length;
    KIRQL irql;

    KeAcquireSpinLock(&transport->Lock, &irql);
    transport->State.Parts++;
    if (length > transport->State.Longest)
        transport->State.Longest = length;
    KeReleaseSpinLock(&transport->Lock, irql);
    if (length > TRANSPORT_MOST || offset > TRANSPORT_BYTES || length > TRANSPORT_BYTES - offset)
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    if (length == 0)
        return Complete(Irp, STATUS_SUCCESS, 0);
    IoCsqInsertIrp(&transport->Queue, Irp, NULL);
    TransportWake(transport);
    return STATUS_PENDING;
}

static NTSTATUS TransportControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PTRANSPORT transport = Device->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;
    PULONG number = Irp->AssociatedIrp.SystemBuffer;
    ULONG code = stack->Parameters.DeviceIoControl.IoControlCode;
    ULONG size = 0;
    KIRQL irql;

    if (code == IOCTL_TRANSPORT_STATE ? out < sizeof(TRANSPORT_STATE) : in < sizeof(ULONG))
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    KeAcquireSpinLock(&transport->Lock, &irql);
    switch (code) {
    case IOCTL_TRANSPORT_BREAK:
        transport->Broken = *number;
        break;
    case IOCTL_TRANSPORT_HOLD:
        transport->Hold = *number;
        break;
    case IOCTL_TRANSPORT_STATE:
        size = sizeof(TRANSPORT_STATE);
        RtlCopyMemory(number, &transport->State, size);
        transport->State.Parts = transport->State.Longest = 0;
        transport->State.Most = transport->State.Held;
        break;
    }
    KeReleaseSpinLock(&transport->Lock, irql);
    TransportWake(transport);
    return Complete(Irp, STATUS_SUCCESS, size);
}

static VOID TransportUnload(PDRIVER_OBJECT Driver)
{
    PTRANSPORT transport = Driver->DeviceObject->DeviceExtension;
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Transport");

    /* The last request was completed by a DPC that may still be on its way to set the timer. With
     * the queue empty, the one that this timer brings sets none. */
    KeFlushQueuedDpcs();
    KeCancelTimer(&transport->Timer);
    KeFlushQueuedDpcs();
    IoDeleteSymbolicLink(&link);
    ExFreePoolWithTag(transport->Bytes, 'tilS');
    IoDeleteDevice(Driver->DeviceObject);
}

static NTSTATUS TransportInitialize(PTRANSPORT Transport)
{
    InitializeListHead(&Transport->List);
    KeInitializeSpinLock(&Transport->Lock);
    KeInitializeTimer(&Transport->Timer);
    KeInitializeDpc(&Transport->Dpc, TransportServe, Transport);
    Transport->Broken = Transport->Hold = MAXULONG;
    Transport->Bytes = ExAllocatePool2(POOL_FLAG_NON_PAGED, TRANSPORT_BYTES, 'tilS');
    if (!Transport->Bytes)
        return STATUS_INSUFFICIENT_RESOURCES;
    return IoCsqInitialize(&Transport->Queue, QueueInsert, QueueRemove, QueuePeek, QueueLock,
                           QueueUnlock, QueueCancelled);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Transport");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Transport");
    PTRANSPORT transport;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(Driver, sizeof(TRANSPORT), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    transport = device->DeviceExtension;
    status = TransportInitialize(transport);
    if (NT_SUCCESS(status))
        status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        if (transport->Bytes)
            ExFreePoolWithTag(transport->Bytes, 'tilS');
        IoDeleteDevice(device);
        return status;
    }
    Driver->MajorFunction[IRP_MJ_CREATE] = TransportOpenClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = TransportOpenClose;
    Driver->MajorFunction[IRP_MJ_READ] = TransportTransfer;
    Driver->MajorFunction[IRP_MJ_WRITE] = TransportTransfer;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TransportControl;
    Driver->DriverUnload = TransportUnload;
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
