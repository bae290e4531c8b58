/* SPDX-License-Identifier: MIT */
/* benchdrv.c - the least a driver can do with an IOCTL, in the ways that are measured.
 *
 * Answers at once, pends until told (a cancel-safe queue), or does in a loop what compilers
 * inline in drivers: reads and writes of CR8, reads of the shared-data page. benchstart.c: it
 * stands in stacks, too.
 */
#include <ntddk.h>

#include "benchdrv.h"
#include "benchstart.h"

static struct {
    IO_CSQ csq;
    KSPIN_LOCK lock; /* guards: waiting */
    LIST_ENTRY waiting;
} Queue;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD BenchUnload;
static DRIVER_DISPATCH BenchCreateClose, BenchCleanup, BenchControl;

/* ---- requests that wait ------------------------------------------------------------------ */

static IO_CSQ_INSERT_IRP QueueInsert;
static IO_CSQ_REMOVE_IRP QueueRemove;
static IO_CSQ_PEEK_NEXT_IRP QueuePeek;
static IO_CSQ_ACQUIRE_LOCK QueueAcquire;
static IO_CSQ_RELEASE_LOCK QueueRelease;
static IO_CSQ_COMPLETE_CANCELED_IRP QueueCancelled;

static VOID QueueInsert(PIO_CSQ Csq, PIRP Irp)
{
    InsertTailList(&Queue.waiting, &Irp->Tail.Overlay.ListEntry);
}

static VOID QueueRemove(PIO_CSQ Csq, PIRP Irp)
{
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

static PIRP QueuePeek(PIO_CSQ Csq, PIRP Irp, PVOID Context)
{
    PLIST_ENTRY next = Irp ? Irp->Tail.Overlay.ListEntry.Flink : Queue.waiting.Flink;

    return next == &Queue.waiting ? NULL : CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
}

static VOID QueueAcquire(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&Queue.lock, Irql);
}

static VOID QueueRelease(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&Queue.lock, Irql);
}

static VOID QueueComplete(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static VOID QueueCancelled(PIO_CSQ Csq, PIRP Irp)
{
    QueueComplete(Irp, STATUS_CANCELLED);
}

static VOID QueueFlush(NTSTATUS Status)
{
    PIRP irp;

    while ((irp = IoCsqRemoveNextIrp(&Queue.csq, NULL)) != NULL)
        QueueComplete(irp, Status);
}

/* ---- what compilers inline ----------------------------------------------------------------- */

static ULONG64 Cr8Read(VOID)
{
    ULONG64 value;

    __asm__ volatile("movq %%cr8, %0" : "=r"(value));
    return value;
}

static VOID Cr8Write(ULONG64 Value)
{
    __asm__ volatile("movq %0, %%cr8" : : "r"(Value) : "memory");
}

/* One value of a key with some, read by handle, as drivers read their parameters. */
static ULONG64 ValueReads(ULONG Turns)
{
    UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\Software\\CoveBench");
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Value7");
    WCHAR text[] = L"Value0";
    OBJECT_ATTRIBUTES attributes;
    struct {
        KEY_VALUE_PARTIAL_INFORMATION partial;
        UCHAR room[16];
    } answer;
    ULONG64 sum = 0;
    HANDLE key;
    ULONG length;

    InitializeObjectAttributes(&attributes, &path, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    if (!NT_SUCCESS(
            ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, REG_OPTION_VOLATILE, NULL)))
        return 0;
    for (ULONG i = 0; i < 10; i++) {
        UNICODE_STRING each = {12, 14, text};
        text[5] = (WCHAR)(L'0' + i);
        ZwSetValueKey(key, &each, 0, REG_DWORD, &i, sizeof i);
    }
    for (ULONG i = 0; i < Turns; i++) {
        if (NT_SUCCESS(ZwQueryValueKey(key, &name, KeyValuePartialInformation, &answer,
                                       sizeof answer, &length)))
            sum += answer.partial.Data[0] == 7;
    }
    ZwDeleteKey(key);
    ZwClose(key);
    return sum;
}

static VOID Loop(struct bench_loop *Loop)
{
    volatile ULONG64 *time = (volatile ULONG64 *)(KI_USER_SHARED_DATA + 0x14);
    ULONG64 sum = 0;
    ULONG64 old;

    switch (Loop->what) {
    case BENCH_LOOP_IRQL:
        for (ULONG i = 0; i < Loop->turns; i++)
            sum += Cr8Read();
        break;
    case BENCH_LOOP_RAISE:
        for (ULONG i = 0; i < Loop->turns; i++) {
            old = Cr8Read();
            Cr8Write(DISPATCH_LEVEL);
            sum += old;
            Cr8Write(old);
        }
        break;
    case BENCH_LOOP_TIME:
        for (ULONG i = 0; i < Loop->turns; i++)
            sum += *time;
        break;
    case BENCH_LOOP_VALUE:
        sum = ValueReads(Loop->turns);
        break;
    default:
        for (ULONG i = 0; i < Loop->turns; i++)
            __asm__ volatile("" : "+r"(sum));
        break;
    }
    Loop->sum = sum;
}

/* ---- dispatch -------------------------------------------------------------------------------- */

static NTSTATUS BenchCreateClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    if (StartIsStack(Device))
        return StartPass(Device, Irp);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS BenchCleanup(PDEVICE_OBJECT Device, PIRP Irp)
{
    if (!StartIsStack(Device))
        QueueFlush(STATUS_CANCELLED);
    return BenchCreateClose(Device, Irp);
}

static NTSTATUS BenchControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG_PTR length = stack->Parameters.DeviceIoControl.OutputBufferLength;
    NTSTATUS status = STATUS_SUCCESS;

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_BENCH:
        *(ULONG64 *)Irp->AssociatedIrp.SystemBuffer += 1;
        length = sizeof(ULONG64);
        break;
    case IOCTL_BENCH_DIRECT:
    case IOCTL_BENCH_ECHO:
        break;
    case IOCTL_BENCH_PEND:
        IoCsqInsertIrp(&Queue.csq, Irp, NULL);
        return STATUS_PENDING;
    case IOCTL_BENCH_COMPLETE:
        QueueFlush(STATUS_SUCCESS);
        length = 0;
        break;
    case IOCTL_BENCH_LOOP:
        if (length < sizeof(struct bench_loop) ||
            stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(struct bench_loop))
            status = STATUS_BUFFER_TOO_SMALL;
        else
            Loop(Irp->AssociatedIrp.SystemBuffer);
        break;
    case IOCTL_BENCH_STARTED:
        if (length < sizeof(struct bench_loop))
            status = STATUS_BUFFER_TOO_SMALL;
        else
            StartTell(Irp->AssociatedIrp.SystemBuffer);
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
    }
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = NT_SUCCESS(status) ? length : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static VOID BenchUnload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\CoveBench");

    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\CoveBench");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\CoveBench");
    PDEVICE_OBJECT device;
    NTSTATUS status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    KeInitializeSpinLock(&Queue.lock);
    InitializeListHead(&Queue.waiting);
    IoCsqInitialize(&Queue.csq, QueueInsert, QueueRemove, QueuePeek, QueueAcquire, QueueRelease,
                    QueueCancelled);
    Driver->MajorFunction[IRP_MJ_CREATE] = BenchCreateClose;
    Driver->MajorFunction[IRP_MJ_CLEANUP] = BenchCleanup;
    Driver->MajorFunction[IRP_MJ_CLOSE] = BenchCreateClose;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = BenchControl;
    Driver->MajorFunction[IRP_MJ_PNP] = StartPnp;
    Driver->MajorFunction[IRP_MJ_POWER] = StartPass;
    Driver->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = StartPass;
    Driver->DriverExtension->AddDevice = StartAdd;
    Driver->DriverUnload = BenchUnload;
    return STATUS_SUCCESS;
}
