/* SPDX-License-Identifier: MIT */
/* widths.c - requests of 64-bit and 32-bit programs, whose structures hold a pointer, a handle and
 * a size.
 *
 * The documented three steps: a structure with the 32-bit layout; IoIs32bitProcess says which of
 * the two came; what came is converted member by member. After that there is one request.
 */
#include <ntddk.h>

#include "widths_ioctl.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD WidthsUnload;
static DRIVER_DISPATCH WidthsCreateClose, WidthsDeviceControl;

static const WCHAR LinkName[] = L"\\DosDevices\\Widths";

#define COUNT_MOST 1024

/* Step one: how a 32-bit program lays it out. */
typedef struct _WIDTHS_REQUEST_32 {
    VOID *POINTER_32 Numbers;
    VOID *POINTER_32 Event;
    ULONG Count;
} WIDTHS_REQUEST_32, *PWIDTHS_REQUEST_32;
C_ASSERT(sizeof(WIDTHS_REQUEST_32) == 12);
C_ASSERT(sizeof(WIDTHS_REQUEST) == 24);

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS WidthsCreateClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    return Complete(Irp, STATUS_SUCCESS, 0);
}

/* The program's memory, in its own context: probed, and touched under __try. */
static NTSTATUS Sum(const WIDTHS_REQUEST *Request, PULONG Sum)
{
    const ULONG *numbers = Request->Numbers;
    SIZE_T i;

    *Sum = 0;
    if (Request->Count > COUNT_MOST)
        return STATUS_INVALID_PARAMETER;
    __try {
        ProbeForRead(Request->Numbers, Request->Count * sizeof(ULONG), sizeof(ULONG));
        for (i = 0; i < Request->Count; i++)
            *Sum += numbers[i];
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS Tell(HANDLE Event)
{
    PKEVENT event;
    NTSTATUS status;

    if (!Event)
        return STATUS_SUCCESS;
    status = ObReferenceObjectByHandle(Event, EVENT_MODIFY_STATE, *ExEventObjectType, UserMode,
                                       (PVOID *)&event, NULL);
    if (!NT_SUCCESS(status))
        return status;
    KeSetEvent(event, IO_NO_INCREMENT, FALSE);
    ObDereferenceObject(event);
    return STATUS_SUCCESS;
}

static NTSTATUS Work(PIRP Irp, const WIDTHS_REQUEST *Request)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PWIDTHS_ANSWER answer = Irp->AssociatedIrp.SystemBuffer;
    WIDTHS_REQUEST request = *Request; /* the answer takes its place */
    NTSTATUS status;
    ULONG sum;

    if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(*answer))
        return STATUS_BUFFER_TOO_SMALL;
    status = Sum(&request, &sum);
    if (NT_SUCCESS(status))
        status = Tell(request.Event);
    if (!NT_SUCCESS(status))
        return status;
    answer->Sum = sum;
    answer->Is32Bit = IoIs32bitProcess(Irp);
    return STATUS_SUCCESS;
}

/* Steps two and three. Handles are widened with their sign, pointers with zeros. */
static NTSTATUS RequestOf(PIRP Irp, ULONG Length, PWIDTHS_REQUEST Request)
{
    if (IoIs32bitProcess(Irp)) {
        const WIDTHS_REQUEST_32 *narrow = Irp->AssociatedIrp.SystemBuffer;

        if (Length < sizeof(*narrow))
            return STATUS_BUFFER_TOO_SMALL;
        Request->Numbers = (PVOID)(ULONG_PTR)PtrToUlong(narrow->Numbers);
        Request->Event = LongToHandle(PtrToLong(narrow->Event));
        Request->Count = narrow->Count;
        return STATUS_SUCCESS;
    }
    if (Length < sizeof(*Request))
        return STATUS_BUFFER_TOO_SMALL;
    *Request = *(PWIDTHS_REQUEST)Irp->AssociatedIrp.SystemBuffer;
    return STATUS_SUCCESS;
}

static NTSTATUS WidthsDeviceControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
    PWIDTHS_FIXED_REQUEST fixed = Irp->AssociatedIrp.SystemBuffer;
    WIDTHS_REQUEST request = {0};
    NTSTATUS status = STATUS_BUFFER_TOO_SMALL;

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_WIDTHS_SUM:
        status = RequestOf(Irp, length, &request);
        break;
    case IOCTL_WIDTHS_CARELESS: /* believes that everybody is as wide as itself */
        if (length >= sizeof(request)) {
            request = *(PWIDTHS_REQUEST)Irp->AssociatedIrp.SystemBuffer;
            status = STATUS_SUCCESS;
        }
        break;
    case IOCTL_WIDTHS_FIXED:
        if (length >= sizeof(*fixed)) {
            request.Numbers = (PVOID)(ULONG_PTR)fixed->Numbers;
            request.Event = (HANDLE)(ULONG_PTR)fixed->Event;
            request.Count = (SIZE_T)fixed->Count;
            status = STATUS_SUCCESS;
        }
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    if (NT_SUCCESS(status))
        status = Work(Irp, &request);
    return Complete(Irp, status, NT_SUCCESS(status) ? sizeof(WIDTHS_ANSWER) : 0);
}

static VOID WidthsUnload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link;

    RtlInitUnicodeString(&link, LinkName);
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Widths"), link;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    Driver->MajorFunction[IRP_MJ_CREATE] = WidthsCreateClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = WidthsCreateClose;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = WidthsDeviceControl;
    Driver->DriverUnload = WidthsUnload;
    status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&link, LinkName);
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}
