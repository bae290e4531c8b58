/* SPDX-License-Identifier: MIT */
/* target_lower.c - see target_lower.h. */
#include "target_lower.h"

struct lower lower;

static NTSTATUS (*next_dispatch)(PDEVICE_OBJECT device, PIRP irp);

static DRIVER_CANCEL lower_cancel;

static VOID lower_cancel(PDEVICE_OBJECT device, PIRP irp)
{
    KIRQL irql;

    IoReleaseCancelSpinLock(irp->CancelIrql);
    KeAcquireSpinLock(&lower.lock, &irql);
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
    lower.kept_count--;
    KeReleaseSpinLock(&lower.lock, irql);
    irp->IoStatus.Status = STATUS_CANCELLED;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS lower_keep(PIRP irp)
{
    KIRQL irql;

    IoMarkIrpPending(irp);
    KeAcquireSpinLock(&lower.lock, &irql);
    InsertTailList(&lower.kept, &irp->Tail.Overlay.ListEntry);
    lower.kept_count++;
    IoSetCancelRoutine(irp, lower_cancel);
    if (irp->Cancel && IoSetCancelRoutine(irp, NULL) != NULL) {
        RemoveEntryList(&irp->Tail.Overlay.ListEntry);
        lower.kept_count--;
        KeReleaseSpinLock(&lower.lock, irql);
        irp->IoStatus.Status = STATUS_CANCELLED;
        irp->IoStatus.Information = 0;
        IoCompleteRequest(irp, IO_NO_INCREMENT);
        return STATUS_PENDING;
    }
    KeReleaseSpinLock(&lower.lock, irql);
    KeSetEvent(&lower.came, IO_NO_INCREMENT, FALSE);
    return STATUS_PENDING;
}

BOOLEAN lower_finish(NTSTATUS status, ULONG_PTR information)
{
    LIST_ENTRY *entry;
    PIRP irp = NULL;
    KIRQL irql;

    KeAcquireSpinLock(&lower.lock, &irql);
    for (entry = lower.kept.Flink; entry != &lower.kept; entry = entry->Flink) {
        irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);
        if (IoSetCancelRoutine(irp, NULL) != NULL) {
            RemoveEntryList(entry);
            lower.kept_count--;
            break;
        }
        irp = NULL; /* being cancelled */
    }
    KeReleaseSpinLock(&lower.lock, irql);
    if (irp == NULL)
        return FALSE;
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return TRUE;
}

void lower_wait(void)
{
    KeWaitForSingleObject(&lower.came, Executive, KernelMode, FALSE, NULL);
}

/* Where a read's or write's bytes are, by the device's way of doing them. */
static PUCHAR io_bytes(PDEVICE_OBJECT device, PIRP irp)
{
    if (device->Flags & DO_BUFFERED_IO)
        return irp->AssociatedIrp.SystemBuffer;
    if (device->Flags & DO_DIRECT_IO)
        return irp->MdlAddress != NULL
                   ? MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority)
                   : NULL;
    return irp->UserBuffer;
}

static void control_bytes(PIRP irp, PIO_STACK_LOCATION stack, PUCHAR *out_in, PUCHAR *out_out)
{
    switch (METHOD_FROM_CTL_CODE(stack->Parameters.DeviceIoControl.IoControlCode)) {
    case METHOD_BUFFERED:
        *out_in = *out_out = irp->AssociatedIrp.SystemBuffer;
        return;
    case METHOD_NEITHER:
        *out_in = stack->Parameters.DeviceIoControl.Type3InputBuffer;
        *out_out = irp->UserBuffer;
        return;
    default:
        *out_in = irp->AssociatedIrp.SystemBuffer;
        *out_out = irp->MdlAddress != NULL
                       ? MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority)
                       : NULL;
        return;
    }
}

/* Reads give 1, 2, 3 …; controls give their input back, each byte plus one. */
static ULONG_PTR lower_answer(PDEVICE_OBJECT device, PIRP irp, PIO_STACK_LOCATION stack)
{
    PUCHAR in, out;
    ULONG i, length;

    switch (stack->MajorFunction) {
    case IRP_MJ_READ:
        out = io_bytes(device, irp);
        for (i = 0; i < lower.out_length; i++)
            out[i] = (UCHAR)(i + 1);
        return lower.out_length;
    case IRP_MJ_WRITE:
        in = io_bytes(device, irp);
        RtlCopyMemory(lower.input, in, min(lower.in_length, LOWER_BYTES));
        return lower.in_length;
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        if (lower.code == 0)
            return 0;
        control_bytes(irp, stack, &in, &out);
        RtlCopyMemory(lower.input, in, min(lower.in_length, LOWER_BYTES));
        length = min(lower.in_length, lower.out_length);
        for (i = 0; i < length; i++)
            out[i] = (UCHAR)(lower.input[i] + 1);
        return length;
    default:
        return 0;
    }
}

static void lower_note(PIO_STACK_LOCATION stack)
{
    lower.major = stack->MajorFunction;
    lower.file = stack->FileObject;
    lower.arguments[0] = stack->Parameters.Others.Argument1;
    lower.arguments[1] = stack->Parameters.Others.Argument2;
    lower.arguments[2] = stack->Parameters.Others.Argument3;
    lower.arguments[3] = stack->Parameters.Others.Argument4;
    if (stack->MajorFunction == IRP_MJ_READ || stack->MajorFunction == IRP_MJ_WRITE) {
        lower.in_length = lower.out_length = stack->Parameters.Read.Length;
        lower.offset = stack->Parameters.Read.ByteOffset.QuadPart;
        return;
    }
    lower.code = stack->Parameters.DeviceIoControl.IoControlCode;
    lower.in_length = stack->Parameters.DeviceIoControl.InputBufferLength;
    lower.out_length = stack->Parameters.DeviceIoControl.OutputBufferLength;
}

/* As a bus that says yes, and leaves alone what it knows nothing of. */
static NTSTATUS plug_answer(PIRP irp, PIO_STACK_LOCATION stack)
{
    if (stack->MajorFunction == IRP_MJ_POWER) {
        PoStartNextPowerIrp(irp);
        return STATUS_SUCCESS;
    }
    switch (stack->MinorFunction) {
    case IRP_MN_FILTER_RESOURCE_REQUIREMENTS:
    case IRP_MN_QUERY_INTERFACE:
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        return irp->IoStatus.Status;
    default:
        return STATUS_SUCCESS;
    }
}

static NTSTATUS lower_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    NTSTATUS status = lower.answer;
    ULONG_PTR information = 0;

    if (device != lower.device)
        return next_dispatch(device, irp);
    switch (stack->MajorFunction) {
    case IRP_MJ_CREATE:
        lower.opened++;
        information = FILE_OPENED;
        status = STATUS_SUCCESS;
        break;
    case IRP_MJ_CLEANUP:
        status = STATUS_SUCCESS;
        break;
    case IRP_MJ_CLOSE:
        lower.closed++;
        status = STATUS_SUCCESS;
        break;
    case IRP_MJ_PNP:
    case IRP_MJ_POWER:
        status = plug_answer(irp, stack);
        break;
    default:
        InterlockedIncrement(&lower.count);
        lower_note(stack);
        if (lower.serve != NULL && lower.serve(irp, stack, &status))
            break;
        if (lower.keeps)
            return lower_keep(irp);
        if (NT_SUCCESS(status))
            information = lower_answer(device, irp, stack);
        break;
    }
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS lower_make(ULONG flags)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(LOWER_NAME);
    NTSTATUS status;

    RtlZeroMemory(&lower, sizeof(lower));
    KeInitializeSpinLock(&lower.lock);
    InitializeListHead(&lower.kept);
    KeInitializeEvent(&lower.came, SynchronizationEvent, FALSE);
    status =
        IoCreateDevice(drivertest_driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &lower.device);
    if (!NT_SUCCESS(status))
        return status;
    lower.device->Flags |= flags;
    lower.device->Flags &= ~DO_DEVICE_INITIALIZING;
    if (drivertest_dispatch != lower_dispatch) {
        next_dispatch = drivertest_dispatch;
        drivertest_dispatch = lower_dispatch;
    }
    return STATUS_SUCCESS;
}

void lower_drop(void)
{
    expect_number(lower.kept_count, 0);
    expect_number(lower.opened, lower.closed);
    IoDeleteDevice(lower.device);
    drivertest_dispatch = next_dispatch;
}
