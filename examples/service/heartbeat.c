/* SPDX-License-Identifier: MIT */
/* heartbeat.c - a driver without a device to plug in: it is a service, and nothing more.
 *
 * DriverEntry makes the control device itself; the driver runs from `sc start` to `sc stop`. How
 * fast it beats is in the Parameters key of its service.
 */
#include <ntddk.h>
#include <wdmsec.h>

#include "heartbeat_ioctl.h"

#define MILLISECONDS_USUAL 10

typedef struct _HEART {
    KTIMER Timer;
    KDPC Dpc;
    IO_CSQ Queue;
    LIST_ENTRY Waiters; /* guarded by Lock, like Beats */
    KSPIN_LOCK Lock;
    HEARTBEAT State;
} HEART, *PHEART;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD HeartUnload;
static DRIVER_DISPATCH HeartOpenClose, HeartCleanup, HeartControl;
static KDEFERRED_ROUTINE HeartBeat;

static UNICODE_STRING LinkName = RTL_CONSTANT_STRING(L"\\DosDevices\\CoveHeartbeat");

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* ---- who waits ------------------------------------------------------------------------------- */

static PHEART HeartOf(PIO_CSQ Csq)
{
    return CONTAINING_RECORD(Csq, HEART, Queue);
}

static VOID QueueInsert(PIO_CSQ Csq, PIRP Irp)
{
    InsertTailList(&HeartOf(Csq)->Waiters, &Irp->Tail.Overlay.ListEntry);
}

static VOID QueueRemove(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

/* Context: the file object whose requests are meant; NULL: anybody's. */
static PIRP QueuePeek(PIO_CSQ Csq, PIRP Irp, PVOID Context)
{
    PLIST_ENTRY head = &HeartOf(Csq)->Waiters;

    for (PLIST_ENTRY at = Irp ? Irp->Tail.Overlay.ListEntry.Flink : head->Flink; at != head;
         at = at->Flink) {
        PIRP next = CONTAINING_RECORD(at, IRP, Tail.Overlay.ListEntry);
        if (!Context || IoGetCurrentIrpStackLocation(next)->FileObject == Context)
            return next;
    }
    return NULL;
}

static VOID QueueLock(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&HeartOf(Csq)->Lock, Irql);
}

static VOID QueueUnlock(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&HeartOf(Csq)->Lock, Irql);
}

static VOID QueueCancelled(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    Complete(Irp, STATUS_CANCELLED, 0);
}

/* ---- the beat ----------------------------------------------------------------------------------
 */

static VOID HeartBeat(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PHEART heart = Context;
    LIST_ENTRY due;
    HEARTBEAT state;
    PIRP irp;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeAcquireSpinLockAtDpcLevel(&heart->Lock);
    heart->State.Beats++;
    state = heart->State;
    KeReleaseSpinLockFromDpcLevel(&heart->Lock);
    /* All out first: who has this beat and asks for the next waits for the next. */
    InitializeListHead(&due);
    while ((irp = IoCsqRemoveNextIrp(&heart->Queue, NULL)) != NULL)
        InsertTailList(&due, &irp->Tail.Overlay.ListEntry);
    while (!IsListEmpty(&due)) {
        irp = CONTAINING_RECORD(RemoveHeadList(&due), IRP, Tail.Overlay.ListEntry);
        *(HEARTBEAT *)irp->AssociatedIrp.SystemBuffer = state;
        Complete(irp, STATUS_SUCCESS, sizeof state);
    }
}

/* ---- what programs ask --------------------------------------------------------------------------
 */

static NTSTATUS HeartOpenClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS HeartCleanup(PDEVICE_OBJECT Device, PIRP Irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    PHEART heart = Device->DeviceExtension;
    PIRP waiter;

    while ((waiter = IoCsqRemoveNextIrp(&heart->Queue, file)) != NULL)
        Complete(waiter, STATUS_CANCELLED, 0);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS HeartControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PHEART heart = Device->DeviceExtension;

    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_HEARTBEAT_NEXT)
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    if (stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(HEARTBEAT))
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    IoCsqInsertIrp(&heart->Queue, Irp, NULL);
    return STATUS_PENDING;
}

/* ---- the service
 * ---------------------------------------------------------------------------------- */

/* Parameters\Milliseconds below the service's key; the usual where it is not set. */
static ULONG MillisecondsOf(PUNICODE_STRING RegistryPath)
{
    ULONG milliseconds = MILLISECONDS_USUAL, usual = MILLISECONDS_USUAL;
    RTL_QUERY_REGISTRY_TABLE table[] = {
        {NULL, RTL_QUERY_REGISTRY_SUBKEY, L"Parameters", NULL, REG_NONE, NULL, 0},
        {NULL, RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK, L"Milliseconds",
         &milliseconds, (REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_DWORD, &usual,
         sizeof usual},
        {0}};

    if (!NT_SUCCESS(RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, RegistryPath->Buffer, table, NULL,
                                           NULL)) ||
        milliseconds == 0)
        return MILLISECONDS_USUAL;
    return milliseconds;
}

/* From here on the timer does not run and no request waits: every handle is closed. */
static VOID HeartUnload(PDRIVER_OBJECT Driver)
{
    PDEVICE_OBJECT device = Driver->DeviceObject;
    PHEART heart = device->DeviceExtension;

    KeCancelTimer(&heart->Timer);
    KeFlushQueuedDpcs();
    IoDeleteSymbolicLink(&LinkName);
    IoDeleteDevice(device);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\CoveHeartbeat");
    LARGE_INTEGER due;
    PDEVICE_OBJECT device;
    PHEART heart;
    NTSTATUS status = IoCreateDeviceSecure(
        Driver, sizeof(HEART), &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
        &SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R, NULL, &device);

    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&LinkName, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    Driver->DriverUnload = HeartUnload;
    Driver->MajorFunction[IRP_MJ_CREATE] = HeartOpenClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = HeartOpenClose;
    Driver->MajorFunction[IRP_MJ_CLEANUP] = HeartCleanup;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = HeartControl;
    heart = device->DeviceExtension;
    heart->State.Milliseconds = MillisecondsOf(RegistryPath);
    KeInitializeSpinLock(&heart->Lock);
    InitializeListHead(&heart->Waiters);
    IoCsqInitialize(&heart->Queue, QueueInsert, QueueRemove, QueuePeek, QueueLock, QueueUnlock,
                    QueueCancelled);
    KeInitializeTimer(&heart->Timer);
    KeInitializeDpc(&heart->Dpc, HeartBeat, heart);
    due.QuadPart = -(LONGLONG)heart->State.Milliseconds * 10000;
    KeSetTimerEx(&heart->Timer, due, (LONG)heart->State.Milliseconds, &heart->Dpc);
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
