/* SPDX-License-Identifier: MIT */
/* ntddi.c - one driver file for every version of Windows.
 *
 * Imports only what all versions export. What is newer is looked up once, in DriverEntry, and
 * used when it is there: queued spin locks, the precise clock, zeroing pool. Where it is not,
 * an older function does the same work.
 */
#include <ntddk.h>

#include "ntddi_ioctl.h"

#define NTDDI_TAG 'iddN'

typedef VOID NTAPI ACQUIRE_QUEUED(PKSPIN_LOCK, PKLOCK_QUEUE_HANDLE);
typedef VOID NTAPI RELEASE_QUEUED(PKLOCK_QUEUE_HANDLE);
typedef VOID NTAPI QUERY_TIME(PLARGE_INTEGER);
typedef PVOID NTAPI ALLOCATE_POOL2(POOL_FLAGS, SIZE_T, ULONG);

static struct { /* set once in DriverEntry; NULL: this Windows does not have it */
    ACQUIRE_QUEUED *AcquireQueued;
    RELEASE_QUEUED *ReleaseQueued;
    QUERY_TIME *QueryTimePrecise;
    ALLOCATE_POOL2 *AllocatePool2;
    PVOID AllocateTimer;
} Newer;

typedef struct _NTDDI_EXTENSION {
    KSPIN_LOCK Lock; /* guards: *Sum */
    ULONG *Sum;
} NTDDI_EXTENSION, *PNTDDI_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD NtddiUnload;
static DRIVER_DISPATCH NtddiCreateClose, NtddiDeviceControl;

static PVOID Find(PCWSTR Name)
{
    UNICODE_STRING name;
    RtlInitUnicodeString(&name, Name);
    return MmGetSystemRoutineAddress(&name);
}

static VOID FindNewer(VOID)
{
    Newer.AcquireQueued = (ACQUIRE_QUEUED *)Find(L"KeAcquireInStackQueuedSpinLock");
    Newer.ReleaseQueued = (RELEASE_QUEUED *)Find(L"KeReleaseInStackQueuedSpinLock");
    Newer.QueryTimePrecise = (QUERY_TIME *)Find(L"KeQuerySystemTimePrecise");
    Newer.AllocatePool2 = (ALLOCATE_POOL2 *)Find(L"ExAllocatePool2");
    Newer.AllocateTimer = Find(L"ExAllocateTimer");
    DbgPrint("Ntddi: queued spin locks: %s\n", Newer.AcquireQueued ? "yes" : "no");
    DbgPrint("Ntddi: precise time: %s\n", Newer.QueryTimePrecise ? "yes" : "no");
    DbgPrint("Ntddi: ExAllocatePool2: %s\n", Newer.AllocatePool2 ? "yes" : "no");
}

/* Zeroed memory, whatever the version. */
static PVOID Allocate(SIZE_T Size)
{
    PVOID memory;
    if (Newer.AllocatePool2)
        return Newer.AllocatePool2(POOL_FLAG_NON_PAGED, Size, NTDDI_TAG);
#pragma warning(suppress : 4996) /* the newer function was looked for */
    memory = ExAllocatePoolWithTag(NonPagedPool, Size, NTDDI_TAG);
    if (memory)
        RtlZeroMemory(memory, Size);
    return memory;
}

static ULONG Add(PNTDDI_EXTENSION Extension, ULONG Value)
{
    ULONG sum;
    if (Newer.AcquireQueued && Newer.ReleaseQueued) {
        KLOCK_QUEUE_HANDLE handle;
        Newer.AcquireQueued(&Extension->Lock, &handle);
        sum = *Extension->Sum += Value;
        Newer.ReleaseQueued(&handle);
    } else {
        KIRQL irql;
        KeAcquireSpinLock(&Extension->Lock, &irql);
        sum = *Extension->Sum += Value;
        KeReleaseSpinLock(&Extension->Lock, irql);
    }
    return sum;
}

static VOID GetChoices(NTDDI_CHOICES *Choices)
{
    RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof(version)};
    RtlGetVersion(&version);
    Choices->Major = version.dwMajorVersion;
    Choices->Minor = version.dwMinorVersion;
    Choices->Build = version.dwBuildNumber;
    Choices->HasQueuedLock = Newer.AcquireQueued && Newer.ReleaseQueued;
    Choices->HasPreciseTime = Newer.QueryTimePrecise != NULL;
    Choices->HasTimer = Newer.AllocateTimer != NULL;
    Choices->HasPool2 = Newer.AllocatePool2 != NULL;
}

static NTSTATUS Control(PNTDDI_EXTENSION Extension, PIO_STACK_LOCATION Stack, PVOID Buffer,
                        ULONG_PTR *Count)
{
    ULONG in = Stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_NTDDI_GET_CHOICES:
        if (out < sizeof(NTDDI_CHOICES))
            return STATUS_BUFFER_TOO_SMALL;
        GetChoices((NTDDI_CHOICES *)Buffer);
        *Count = sizeof(NTDDI_CHOICES);
        return STATUS_SUCCESS;
    case IOCTL_NTDDI_ADD:
        if (in < sizeof(ULONG) || out < sizeof(ULONG))
            return STATUS_BUFFER_TOO_SMALL;
        *(PULONG)Buffer = Add(Extension, *(PULONG)Buffer);
        *Count = sizeof(ULONG);
        return STATUS_SUCCESS;
    case IOCTL_NTDDI_GET_TIME:
        if (out < sizeof(LARGE_INTEGER))
            return STATUS_BUFFER_TOO_SMALL;
        if (Newer.QueryTimePrecise)
            Newer.QueryTimePrecise((PLARGE_INTEGER)Buffer);
        else
            KeQuerySystemTime((PLARGE_INTEGER)Buffer);
        *Count = sizeof(LARGE_INTEGER);
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

static NTSTATUS NtddiDeviceControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    ULONG_PTR count = 0;
    NTSTATUS status = Control(Device->DeviceExtension, IoGetCurrentIrpStackLocation(Irp),
                              Irp->AssociatedIrp.SystemBuffer, &count);
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = count;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS NtddiCreateClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static VOID NtddiUnload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Ntddi");
    PNTDDI_EXTENSION extension = Driver->DeviceObject->DeviceExtension;
    IoDeleteSymbolicLink(&link);
    ExFreePoolWithTag(extension->Sum, NTDDI_TAG);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Ntddi");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Ntddi");
    PNTDDI_EXTENSION extension;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    FindNewer();
    status = IoCreateDevice(Driver, sizeof(NTDDI_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    KeInitializeSpinLock(&extension->Lock);
    extension->Sum = Allocate(sizeof(*extension->Sum));
    status = extension->Sum ? IoCreateSymbolicLink(&link, &name) : STATUS_INSUFFICIENT_RESOURCES;
    if (!NT_SUCCESS(status)) {
        if (extension->Sum)
            ExFreePoolWithTag(extension->Sum, NTDDI_TAG);
        IoDeleteDevice(device);
        return status;
    }
    Driver->MajorFunction[IRP_MJ_CREATE] = NtddiCreateClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = NtddiCreateClose;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = NtddiDeviceControl;
    Driver->DriverUnload = NtddiUnload;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
