/* SPDX-License-Identifier: MIT */
/* lies_driver.c - a driver that believes no pointer: probes, touches and locks what a program says
 * is its memory, and tells the exception that it met. Program: lies.c. */
#include <ntifs.h>

#include "lies.h"

#define NODES_MOST 4096

static NTSTATUS Lock(const struct lies_touch *Touch)
{
    NTSTATUS status = STATUS_SUCCESS;
    PMDL mdl = IoAllocateMdl((PVOID)(ULONG_PTR)Touch->address, Touch->length, FALSE, FALSE, NULL);

    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    __try {
        MmProbeAndLockPages(mdl, UserMode,
                            Touch->how == LIES_LOCK_READ ? IoReadAccess : IoWriteAccess);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    if (NT_SUCCESS(status)) {
        volatile UCHAR *at = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);

        if (at == NULL) {
            status = STATUS_INSUFFICIENT_RESOURCES;
        } else if (Touch->how == LIES_LOCK_WRITE) {
            at[0] = 0x5a;
            at[Touch->length - 1] = 0x5a;
        }
        MmUnlockPages(mdl);
    }
    IoFreeMdl(mdl);
    return status;
}

static NTSTATUS Touched(const struct lies_touch *Touch)
{
    volatile UCHAR *at = (volatile UCHAR *)(ULONG_PTR)Touch->address;

    if (Touch->length == 0)
        return STATUS_INVALID_PARAMETER;
    if (Touch->how >= LIES_LOCK_READ)
        return Lock(Touch);
    __try {
        if (Touch->how == LIES_WRITE) {
            ProbeForWrite((PVOID)at, Touch->length, Touch->alignment);
            at[0] = 0x5a;
            at[Touch->length - 1] = 0x5a;
        } else {
            ProbeForRead((PVOID)at, Touch->length, Touch->alignment);
            (void)at[0];
            (void)at[Touch->length - 1];
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

/* Other threads may have the processor between two nodes. */
static NTSTATUS Chain(PVOID Head, ULONG Length, PVOID Out, ULONG OutLength)
{
    struct lies_node node;
    ULONG sum = 0, count = 0;
    LARGE_INTEGER none = {0};

    if (Length < sizeof(node) || OutLength < sizeof(sum))
        return STATUS_BUFFER_TOO_SMALL;
    __try {
        for (struct lies_node *at = Head; at != NULL; at = (PVOID)(ULONG_PTR)node.next) {
            ProbeForRead(at, sizeof(*at), sizeof(ULONG));
            node = *at;
            sum += node.value;
            if (++count > NODES_MOST)
                return STATUS_INVALID_PARAMETER;
            KeDelayExecutionThread(KernelMode, FALSE, &none);
        }
        ProbeForWrite(Out, sizeof(sum), sizeof(ULONG));
        *(PULONG)Out = sum;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS Neither(PUCHAR In, ULONG InLength, PUCHAR Out, ULONG OutLength)
{
    ULONG length = InLength < OutLength ? InLength : OutLength;

    __try {
        ProbeForRead(In, length, 1);
        ProbeForWrite(Out, length, 1);
        for (ULONG i = 0; i < length; i++)
            Out[i] = (UCHAR)~In[i];
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS Control(PIRP Irp, PIO_STACK_LOCATION Stack, PULONG_PTR Information)
{
    ULONG in = Stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    PVOID input = Stack->Parameters.DeviceIoControl.Type3InputBuffer;
    PVOID buffer = Irp->AssociatedIrp.SystemBuffer;

    switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
    case LIES_TOUCH:
        if (in < sizeof(struct lies_touch) || out < sizeof(NTSTATUS))
            return STATUS_BUFFER_TOO_SMALL;
        *(NTSTATUS *)buffer = Touched(buffer);
        *Information = sizeof(NTSTATUS);
        return STATUS_SUCCESS;
    case LIES_CHAIN:
        *Information = sizeof(ULONG);
        return Chain(input, in, Irp->UserBuffer, out);
    case LIES_NEITHER:
        *Information = in < out ? in : out;
        return Neither(input, in, Irp->UserBuffer, out);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG_PTR information = 0;
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(Device);
    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        status = Control(Irp, stack, &information);
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = NT_SUCCESS(status) ? information : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static VOID NTAPI Unload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Lies");

    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Lies");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Lies");
    PDEVICE_OBJECT device;

    UNREFERENCED_PARAMETER(Path);
    Driver->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    Driver->DriverUnload = Unload;
    NTSTATUS status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}
