/* SPDX-License-Identifier: MIT */
/* split.c - the upper driver: takes transfers of any length above a transport that takes 1,024
 * bytes.
 *
 * Two devices show two ways. \Device\SplitSerial sends one part; its completion routine sends the
 * next with the same lower IRP, until all is done, a part fails, or the upper IRP is cancelled.
 * \Device\SplitParallel sends all parts at once, each with an IRP of its own; the last that comes
 * back completes the upper one. In both the upper IRP's cancel routine cancels what is below, and
 * the upper IRP is completed once, when nothing below refers to it any more.
 */
#include <ntddk.h>

#include "split_ioctl.h"

#define TAG 'tilS'

/* One transfer of a program. Freed by who drops the last reference. */
typedef struct _SPLIT {
    PIRP Upper;
    PDEVICE_OBJECT Transport;
    UCHAR Major;
    PUCHAR Buffer;
    LONGLONG Offset;
    ULONG Length;
    volatile LONG References; /* parts that are out, and who is still sending */
    volatile LONG Status;     /* the first failure */
    ULONG Done;               /* serial: bytes moved so far */
    ULONG Count;              /* of Parts */
    struct _PART {
        struct _SPLIT *Split;
        PIRP Irp;
        ULONG Offset, Length, Moved;
        BOOLEAN IsOut; /* its IRP is at the transport */
    } Parts[1];
} SPLIT, *PSPLIT;
typedef struct _PART PART, *PPART;

typedef struct _EXTENSION {
    PDEVICE_OBJECT Transport;
    PFILE_OBJECT TransportFile;
    BOOLEAN IsParallel;
} EXTENSION, *PEXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD SplitUnload;
static DRIVER_CANCEL SplitCancel;
static DRIVER_DISPATCH SplitOpenClose, SplitTransfer;
static IO_COMPLETION_ROUTINE SerialDone, ParallelDone;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* ---- the end of a transfer -------------------------------------------------------------- */

/* What has been moved without a gap from the beginning. */
static ULONG SplitMoved(PSPLIT Split)
{
    ULONG i, moved = Split->Done;

    for (i = 0; i < Split->Count; i++) {
        moved += Split->Parts[i].Moved;
        if (Split->Parts[i].Moved < Split->Parts[i].Length)
            break;
    }
    return moved;
}

static VOID SplitFree(PSPLIT Split)
{
    ULONG i;

    for (i = 0; i < Split->Count; i++)
        if (Split->Parts[i].Irp)
            IoFreeIrp(Split->Parts[i].Irp);
    ExFreePoolWithTag(Split, TAG);
}

static VOID SplitRelease(PSPLIT Split)
{
    PIRP upper = Split->Upper;
    NTSTATUS status;
    ULONG moved;
    KIRQL irql;

    if (InterlockedDecrement(&Split->References) != 0)
        return;
    /* A cancel routine that is on its way has the lock; afterwards it finds nothing of ours. */
    IoAcquireCancelSpinLock(&irql);
    (void)IoSetCancelRoutine(upper, NULL);
    upper->Tail.Overlay.DriverContext[0] = NULL;
    IoReleaseCancelSpinLock(irql);
    status = Split->Status;
    moved = NT_SUCCESS(status) ? SplitMoved(Split) : 0;
    SplitFree(Split);
    Complete(upper, status, moved);
}

/* TRUE: it is the first failure, so it is the caller's to stop the rest. */
static BOOLEAN SplitFail(PSPLIT Split, NTSTATUS Status)
{
    return InterlockedCompareExchange(&Split->Status, Status, STATUS_SUCCESS) == STATUS_SUCCESS;
}

/* Cancels what is at the transport. Who calls holds a reference. */
static VOID SplitStop(PSPLIT Split)
{
    ULONG i;

    for (i = 0; i < Split->Count; i++) {
        PPART part = &Split->Parts[i];
        /* The IRP is ours and stays allocated, so cancelling one that has just come back does
         * nothing but set a flag. */
        if (part->IsOut)
            IoCancelIrp(part->Irp);
    }
}

/* The cancel lock is held on entry: the transfer cannot end before we have our reference. */
static VOID SplitCancel(PDEVICE_OBJECT Device, PIRP Irp)
{
    PSPLIT split = Irp->Tail.Overlay.DriverContext[0];

    UNREFERENCED_PARAMETER(Device);
    if (split)
        InterlockedIncrement(&split->References);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    if (!split)
        return;
    SplitFail(split, STATUS_CANCELLED);
    SplitStop(split);
    SplitRelease(split);
}

/* ---- one part ----------------------------------------------------------------------------- */

/* The upper request's system buffer serves the lower ones as well: they are buffered, too. */
static VOID PartPrepare(PPART Part, PIO_COMPLETION_ROUTINE Routine)
{
    PSPLIT split = Part->Split;
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(Part->Irp);

    Part->Irp->AssociatedIrp.SystemBuffer = split->Buffer + Part->Offset;
    next->MajorFunction = split->Major;
    next->Parameters.Write.Length = Part->Length; /* Read has the same members */
    next->Parameters.Write.ByteOffset.QuadPart = split->Offset + Part->Offset;
    IoSetCompletionRoutine(Part->Irp, Routine, Part, TRUE, TRUE, TRUE);
}

static ULONG PartLength(ULONG Left)
{
    return Left < TRANSPORT_MOST ? Left : TRANSPORT_MOST;
}

/* ---- one after the other ----------------------------------------------------------------------
 */

/* TRUE: there is another part, and it may go. */
static BOOLEAN SerialNext(PPART Part)
{
    PSPLIT split = Part->Split;

    if (split->Status != STATUS_SUCCESS || split->Done == split->Length)
        return FALSE;
    Part->Offset = split->Done;
    Part->Length = PartLength(split->Length - split->Done);
    Part->Moved = 0;
    PartPrepare(Part, SerialDone);
    return TRUE;
}

static NTSTATUS SerialDone(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    PPART part = Context;
    PSPLIT split = part->Split;
    NTSTATUS status = Irp->IoStatus.Status;

    UNREFERENCED_PARAMETER(Device);
    part->IsOut = FALSE;
    if (NT_SUCCESS(status))
        split->Done += (ULONG)Irp->IoStatus.Information;
    else
        SplitFail(split, status);
    if (NT_SUCCESS(status) && Irp->IoStatus.Information < part->Length) {
        /* Less than was asked for is the end of the transfer, and no error. */
        SplitRelease(split);
        return STATUS_MORE_PROCESSING_REQUIRED;
    }
    IoReuseIrp(Irp, STATUS_SUCCESS);
    if (!SerialNext(part)) {
        SplitRelease(split);
        return STATUS_MORE_PROCESSING_REQUIRED;
    }
    part->IsOut = TRUE;
    InterlockedIncrement(&split->References);
    IoCallDriver(split->Transport, Irp);
    /* A cancellation that came between two parts has found none to cancel. */
    if (split->Status == STATUS_CANCELLED)
        SplitStop(split);
    SplitRelease(split);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* ---- all at once --------------------------------------------------------------------------------
 */

static NTSTATUS ParallelDone(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    PPART part = Context;
    PSPLIT split = part->Split;

    UNREFERENCED_PARAMETER(Device);
    part->IsOut = FALSE;
    if (NT_SUCCESS(Irp->IoStatus.Status)) {
        part->Moved = (ULONG)Irp->IoStatus.Information;
    } else if (SplitFail(split, Irp->IoStatus.Status)) {
        SplitStop(split); /* what the others would still do is in vain */
    }
    SplitRelease(split);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* ---- dispatch
 * ------------------------------------------------------------------------------------ */

static NTSTATUS SplitOpenClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

/* Everything that can fail is done before the first part is sent. */
static PSPLIT SplitCreate(PEXTENSION Extension, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Write.Length;
    ULONG i, count = Extension->IsParallel ? (length + TRANSPORT_MOST - 1) / TRANSPORT_MOST : 1;
    PSPLIT split = ExAllocatePool2(POOL_FLAG_NON_PAGED,
                                   FIELD_OFFSET(SPLIT, Parts) + count * sizeof(PART), TAG);

    if (!split)
        return NULL;
    split->Upper = Irp;
    split->Transport = Extension->Transport;
    split->Major = stack->MajorFunction;
    split->Buffer = Irp->AssociatedIrp.SystemBuffer;
    split->Offset = stack->Parameters.Write.ByteOffset.QuadPart;
    split->Length = length;
    split->References = 1;
    split->Count = count;
    for (i = 0; i < count; i++) {
        PPART part = &split->Parts[i];

        part->Split = split;
        part->Irp = IoAllocateIrp(split->Transport->StackSize, FALSE);
        if (!part->Irp) {
            SplitFree(split);
            return NULL;
        }
        part->Offset = i * TRANSPORT_MOST;
        part->Length = PartLength(length - part->Offset);
    }
    return split;
}

/* From here on the upper IRP may be cancelled. FALSE: it already was. */
static BOOLEAN SplitIsCancelable(PSPLIT Split)
{
    BOOLEAN is_cancelled;
    KIRQL irql;

    IoAcquireCancelSpinLock(&irql);
    Split->Upper->Tail.Overlay.DriverContext[0] = Split;
    (void)IoSetCancelRoutine(Split->Upper, SplitCancel);
    is_cancelled = Split->Upper->Cancel && IoSetCancelRoutine(Split->Upper, NULL) != NULL;
    IoReleaseCancelSpinLock(irql);
    return !is_cancelled;
}

static NTSTATUS SplitTransfer(PDEVICE_OBJECT Device, PIRP Irp)
{
    PEXTENSION extension = Device->DeviceExtension;
    PSPLIT split;
    ULONG i;

    if (IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length == 0)
        return Complete(Irp, STATUS_SUCCESS, 0);
    split = SplitCreate(extension, Irp);
    if (!split)
        return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    IoMarkIrpPending(Irp);
    if (!SplitIsCancelable(split))
        SplitFail(split, STATUS_CANCELLED);
    for (i = 0; i < split->Count && split->Status == STATUS_SUCCESS; i++) {
        PartPrepare(&split->Parts[i], extension->IsParallel ? ParallelDone : SerialDone);
        split->Parts[i].IsOut = TRUE;
        InterlockedIncrement(&split->References);
        IoCallDriver(split->Transport, split->Parts[i].Irp);
    }
    /* Who failed or cancelled meanwhile may have come before the last of them was out. */
    if (split->Status != STATUS_SUCCESS)
        SplitStop(split);
    SplitRelease(split);
    return STATUS_PENDING;
}

/* ---- loading
 * ------------------------------------------------------------------------------------- */

static VOID SplitDelete(PDEVICE_OBJECT Device)
{
    PEXTENSION extension = Device->DeviceExtension;
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, extension->IsParallel ? L"\\DosDevices\\SplitParallel"
                                                      : L"\\DosDevices\\SplitSerial");
    IoDeleteSymbolicLink(&link);
    if (extension->TransportFile)
        ObDereferenceObject(extension->TransportFile);
    IoDeleteDevice(Device);
}

static VOID SplitUnload(PDRIVER_OBJECT Driver)
{
    while (Driver->DeviceObject)
        SplitDelete(Driver->DeviceObject);
}

static NTSTATUS SplitAdd(PDRIVER_OBJECT Driver, PCWSTR DeviceName, PCWSTR LinkName,
                         BOOLEAN IsParallel)
{
    UNICODE_STRING transport = RTL_CONSTANT_STRING(L"\\Device\\Transport"), name, link;
    PEXTENSION extension;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    RtlInitUnicodeString(&name, DeviceName);
    RtlInitUnicodeString(&link, LinkName);
    status = IoCreateDevice(Driver, sizeof(EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    extension->IsParallel = IsParallel;
    status = IoGetDeviceObjectPointer(&transport, FILE_READ_DATA | FILE_WRITE_DATA,
                                      &extension->TransportFile, &extension->Transport);
    if (NT_SUCCESS(status))
        status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        SplitDelete(device);
        return status;
    }
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->MajorFunction[IRP_MJ_CREATE] = SplitOpenClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = SplitOpenClose;
    Driver->MajorFunction[IRP_MJ_READ] = SplitTransfer;
    Driver->MajorFunction[IRP_MJ_WRITE] = SplitTransfer;
    Driver->DriverUnload = SplitUnload;
    status = SplitAdd(Driver, L"\\Device\\SplitSerial", L"\\DosDevices\\SplitSerial", FALSE);
    if (NT_SUCCESS(status))
        status = SplitAdd(Driver, L"\\Device\\SplitParallel", L"\\DosDevices\\SplitParallel", TRUE);
    if (!NT_SUCCESS(status))
        SplitUnload(Driver);
    return status;
}
