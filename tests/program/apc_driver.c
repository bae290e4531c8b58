/* SPDX-License-Identifier: MIT */
/* apc_driver.c - a driver that queues user APCs to whoever asks: the input is the routine's
 * address and its argument. Program: apc.c. */
#include <ntifs.h>

/* Exported since NT 4, in no header of the kit. */
typedef enum _KAPC_ENVIRONMENT {
    OriginalApcEnvironment,
    AttachedApcEnvironment,
    CurrentApcEnvironment,
    InsertApcEnvironment
} KAPC_ENVIRONMENT;
NTKERNELAPI VOID NTAPI KeInitializeApc(PRKAPC Apc, PRKTHREAD Thread, KAPC_ENVIRONMENT Environment,
                                       PKKERNEL_ROUTINE KernelRoutine,
                                       PKRUNDOWN_ROUTINE RundownRoutine,
                                       PKNORMAL_ROUTINE NormalRoutine, KPROCESSOR_MODE ApcMode,
                                       PVOID NormalContext);
NTKERNELAPI BOOLEAN NTAPI KeInsertQueueApc(PRKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2,
                                           KPRIORITY Increment);

#define TAG 'cpaT'

static VOID NTAPI Delivered(PKAPC Apc, PKNORMAL_ROUTINE *NormalRoutine, PVOID *NormalContext,
                            PVOID *SystemArgument1, PVOID *SystemArgument2)
{
    UNREFERENCED_PARAMETER(NormalRoutine);
    UNREFERENCED_PARAMETER(NormalContext);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);
    ExFreePoolWithTag(Apc, TAG);
}

static VOID NTAPI Dropped(PKAPC Apc)
{
    ExFreePoolWithTag(Apc, TAG);
}

static NTSTATUS Queue(const ULONG_PTR *Input, ULONG Length)
{
    if (Length < 2 * sizeof *Input)
        return STATUS_BUFFER_TOO_SMALL;
    PKAPC apc = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *apc, TAG);
    if (!apc)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeApc(apc, KeGetCurrentThread(), OriginalApcEnvironment, Delivered, Dropped,
                    (PKNORMAL_ROUTINE)Input[0], UserMode, (PVOID)Input[1]);
    if (!KeInsertQueueApc(apc, (PVOID)2, (PVOID)3, IO_NO_INCREMENT)) {
        ExFreePoolWithTag(apc, TAG);
        return STATUS_UNSUCCESSFUL;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;
    UNREFERENCED_PARAMETER(Device);
    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        status = Queue(Irp->AssociatedIrp.SystemBuffer,
                       stack->Parameters.DeviceIoControl.InputBufferLength);
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static VOID NTAPI Unload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\ApcDriver");
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\ApcDriver");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\ApcDriver");
    PDEVICE_OBJECT device;
    UNREFERENCED_PARAMETER(Path);
    Driver->MajorFunction[IRP_MJ_CREATE] = Driver->MajorFunction[IRP_MJ_CLOSE] =
        Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    Driver->DriverUnload = Unload;
    NTSTATUS status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (NT_SUCCESS(status))
        status = IoCreateSymbolicLink(&link, &name);
    return status;
}
