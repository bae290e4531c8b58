/* SPDX-License-Identifier: MIT */
/* rules.c - a driver that breaks the rules of the functions it calls and of its own routines.
 *
 * Which one is chosen by IOCTL (rules.h). What is merely wrong memory is bad.c's.
 */
#include <ntifs.h>

#include "rules.h"

#define TAG 'luRC'

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;
static DRIVER_DISPATCH OpenClose, Control;

static PDRIVER_OBJECT RulesDriver;
static PIRP Kept;
static KSPIN_LOCK Lock;
static KMUTEX Mutex;
static KDPC Dpc;
static volatile ULONG Goes = 1;
static volatile ULONG_PTR Nowhere;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

/* ---- requests ---------------------------------------------------------------------------- */

static NTSTATUS KeepDispatchLevel(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID RoutineIrql(PDEVICE_OBJECT Device)
{
    PIRP irp = IoAllocateIrp(1, FALSE);

    IoSetCompletionRoutine(irp, KeepDispatchLevel, NULL, TRUE, TRUE, TRUE);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_CREATE;
    IoCallDriver(Device, irp);
    IoFreeIrp(irp);
}

static VOID CancelKeepingLock(PDEVICE_OBJECT Device, PIRP Irp)
{
    Irp->IoStatus.Status = STATUS_CANCELLED;
    Kept = Irp;
}

static VOID CancelNever(PDEVICE_OBJECT Device, PIRP Irp)
{
    IoReleaseCancelSpinLock(Irp->CancelIrql);
}

static NTSTATUS Keep(PIRP Irp, PDRIVER_CANCEL Cancel, BOOLEAN IsMarked, NTSTATUS Answer)
{
    if (IsMarked)
        IoMarkIrpPending(Irp);
    Kept = Irp;
    IoSetCancelRoutine(Irp, Cancel);
    return Answer;
}

/* ---- threads, DPCs, loops -------------------------------------------------------------------- */

static VOID RunThread(PKSTART_ROUTINE Routine)
{
    HANDLE handle;

    if (NT_SUCCESS(
            PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Routine, NULL))) {
        ZwWaitForSingleObject(handle, FALSE, NULL);
        ZwClose(handle);
    }
}

static VOID ThreadWithMutex(PVOID Unused)
{
    KeInitializeMutex(&Mutex, 0);
    KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL);
}

static VOID ThreadInRegion(PVOID Unused)
{
    KeEnterCriticalRegion();
}

static VOID Loop(VOID)
{
    while (Goes)
        ;
}

static VOID ThreadLoop(PVOID Event)
{
    KeSetEvent(Event, 0, FALSE);
    Loop();
}

/* Waits for what never ends. */
static VOID AskForPower(PDEVICE_OBJECT Device)
{
    POWER_STATE off = {.DeviceState = PowerDeviceD3};
    KEVENT never;

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    PoRequestPowerIrp(Device, IRP_MN_SET_POWER, off, NULL, NULL, NULL);
    KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, NULL);
}

static VOID LoopInThread(VOID)
{
    HANDLE handle;
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    if (NT_SUCCESS(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, ThreadLoop,
                                        &event))) {
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
        ZwClose(handle);
    }
}

static VOID DpcLowers(PKDPC Self, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KeLowerIrql(APC_LEVEL);
}

static VOID DpcLoops(PKDPC Self, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    Loop();
}

static VOID RunDpc(PKDEFERRED_ROUTINE Routine)
{
    KeInitializeDpc(&Dpc, Routine, NULL);
    KeInsertQueueDpc(&Dpc, NULL, NULL);
    KeFlushQueuedDpcs();
}

/* ---- memory, objects, names
 * ----------------------------------------------------------------------
 */

static VOID FreeAtHigh(VOID)
{
    PVOID block = ExAllocatePoolWithTag(NonPagedPoolNx, 64, TAG);
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL + 1, &irql);
    ExFreePoolWithTag(block, TAG);
    KeLowerIrql(irql);
}

static VOID AllocatePaged(VOID)
{
    KIRQL irql;
    PVOID block;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    block = ExAllocatePoolWithTag(PagedPool, 64, TAG);
    KeLowerIrql(irql);
    ExFreePoolWithTag(block, TAG);
}

static VOID DeleteTwice(VOID)
{
    PDEVICE_OBJECT device;

    if (NT_SUCCESS(IoCreateDevice(RulesDriver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device))) {
        IoDeleteDevice(device);
        IoDeleteDevice(device);
    }
}

typedef struct _TIMED {
    UCHAR First[64];
    KDPC Dpc;
    KTIMER Timer; /* the last bytes of the extension */
} TIMED, *PTIMED;

static VOID TimerTicks(PKDPC Self, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PTIMED timed = Context;

    timed->First[0]++;
}

/* The device, with a timer that expires every millisecond. */
static PDEVICE_OBJECT CreateTimed(VOID)
{
    LARGE_INTEGER soon = {.QuadPart = -10000};
    PDEVICE_OBJECT device;
    PTIMED timed;

    if (!NT_SUCCESS(IoCreateDevice(RulesDriver, sizeof(TIMED), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                                   &device)))
        return NULL;
    timed = device->DeviceExtension;
    KeInitializeTimer(&timed->Timer);
    KeInitializeDpc(&timed->Dpc, TimerTicks, timed);
    KeSetTimerEx(&timed->Timer, soon, 1, &timed->Dpc);
    return device;
}

static VOID CancelWildTimer(VOID)
{
    LARGE_INTEGER hour = {.QuadPart = -36000000000ll};
    static KTIMER timer;

    KeInitializeTimer(&timer);
    KeSetTimer(&timer, hour, NULL);
    timer.TimerListEntry.Flink = timer.TimerListEntry.Blink = (PLIST_ENTRY)(Nowhere + 0x10000);
    KeCancelTimer(&timer);
}

static VOID CancelWildTimerAndCatch(VOID)
{
    __try {
        CancelWildTimer();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        DbgPrint("Rules: caught %08x\n", GetExceptionCode());
    }
}

static VOID SetWildEvent(VOID)
{
    static KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    event.Header.WaitListHead.Flink = event.Header.WaitListHead.Blink =
        (PLIST_ENTRY)(Nowhere + 0x10000);
    KeSetEvent(&event, 0, FALSE);
}

static VOID WaitGarbage(VOID)
{
    static ULONG_PTR garbage[8] = {0x5555555555555555, 0x5555555555555555, 0x5555555555555555};

    KeWaitForSingleObject(garbage, Executive, KernelMode, FALSE, NULL);
}

static VOID Mdls(ULONG Rule)
{
    PVOID block = ExAllocatePoolWithTag(NonPagedPoolNx, 4096, TAG);
    PMDL mdl = IoAllocateMdl(block, 4096, FALSE, FALSE, NULL);

    if (Rule == RULE_MDL_NOT_LOCKED)
        MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    MmProbeAndLockPages(mdl, KernelMode, IoModifyAccess);
    if (Rule == RULE_MDL_LOCK_TWICE)
        MmProbeAndLockPages(mdl, KernelMode, IoModifyAccess);
    MmUnlockPages(mdl);
    if (Rule == RULE_MDL_UNLOCK_TWICE)
        MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, TAG);
}

static VOID Names(ULONG Rule)
{
    UNICODE_STRING wild = {8, 8, (PWSTR)(Nowhere + 0x10000)};
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\RulesToo");
    PFILE_OBJECT file;
    PDEVICE_OBJECT device;

    if (Rule == RULE_NULL_STRING)
        IoCreateSymbolicLink(&link, (PUNICODE_STRING)Nowhere);
    else
        IoGetDeviceObjectPointer(&wild, FILE_ANY_ACCESS, &file, &device);
}

static VOID ReleaseWhatIsNotHeld(ULONG Rule)
{
    static ERESOURCE resource;

    KeInitializeMutex(&Mutex, 0);
    if (Rule == RULE_MUTEX_NOT_HELD)
        KeReleaseMutex(&Mutex, FALSE);
    ExInitializeResourceLite(&resource);
    KeEnterCriticalRegion();
    ExReleaseResourceLite(&resource);
    KeLeaveCriticalRegion();
    ExDeleteResourceLite(&resource);
}

static VOID PowerFramework(ULONG Rule, PDEVICE_OBJECT Device)
{
    static PO_FX_COMPONENT_IDLE_STATE state;
    PO_FX_DEVICE_V1 device = {.Version = PO_FX_VERSION_V1,
                              .ComponentCount = 1,
                              .Components = {{.IdleStateCount = 1, .IdleStates = &state}}};
    POHANDLE handle = NULL;

    PoFxRegisterDevice(Device, (PPO_FX_DEVICE)&device, &handle);
    if (Rule == RULE_FX_TWICE)
        PoFxRegisterDevice(Device, (PPO_FX_DEVICE)&device, &handle);
    else if (Rule == RULE_FX_UNUSED)
        PoFxIdleComponent(handle, 0, 0);
    else
        PoFxCompleteIdleCondition(handle, 0);
}

static VOID Break(ULONG Rule, PDEVICE_OBJECT Device)
{
    KIRQL irql;

    switch (Rule) {
    case RULE_ROUTINE_IRQL:
        RoutineIrql(Device);
        break;
    case RULE_DPC_IRQL:
        RunDpc(DpcLowers);
        break;
    case RULE_CRITICAL_REGION:
        KeEnterCriticalRegion();
        break;
    case RULE_THREAD_MUTEX:
        RunThread(ThreadWithMutex);
        break;
    case RULE_THREAD_REGION:
        RunThread(ThreadInRegion);
        break;
    case RULE_FREE_AT_HIGH:
        FreeAtHigh();
        break;
    case RULE_ALLOCATE_PAGED:
        AllocatePaged();
        break;
    case RULE_DELETE_TWICE:
        DeleteTwice();
        break;
    case RULE_LOCK_TWICE:
        KeAcquireSpinLock(&Lock, &irql);
        KeAcquireSpinLock(&Lock, &irql);
        break;
    case RULE_LOCK_NOT_HELD:
        KeReleaseSpinLock(&Lock, PASSIVE_LEVEL);
        break;
    case RULE_TIMER_IN_DEVICE:
        IoDeleteDevice(CreateTimed());
        break;
    case RULE_TIMER_STAYS:
        (VOID) CreateTimed();
        RulesDriver->DriverUnload = NULL;
        break;
    case RULE_WILD_TIMER:
        CancelWildTimer();
        break;
    case RULE_WILD_EVENT:
        SetWildEvent();
        break;
    case RULE_WILD_CAUGHT:
        CancelWildTimerAndCatch();
        break;
    case RULE_WAIT_GARBAGE:
        WaitGarbage();
        break;
    case RULE_WAIT_NULL:
        KeWaitForSingleObject((PVOID)Nowhere, Executive, KernelMode, FALSE, NULL);
        break;
    case RULE_MDL_NOT_LOCKED:
    case RULE_MDL_UNLOCK_TWICE:
    case RULE_MDL_LOCK_TWICE:
        Mdls(Rule);
        break;
    case RULE_NULL_STRING:
    case RULE_WILD_STRING:
        Names(Rule);
        break;
    case RULE_NULL_DEVICE:
        IoDeleteDevice((PDEVICE_OBJECT)Nowhere);
        break;
    case RULE_RESOURCE_NOT_HELD:
    case RULE_MUTEX_NOT_HELD:
        ReleaseWhatIsNotHeld(Rule);
        break;
    case RULE_LOOP:
        Loop();
        break;
    case RULE_LOOP_AT_DISPATCH:
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        Loop();
        KeLowerIrql(irql);
        break;
    case RULE_LOOP_IN_DPC:
        RunDpc(DpcLoops);
        break;
    case RULE_LOOP_IN_THREAD:
        LoopInThread();
        break;
    case RULE_POWER_KEPT:
        AskForPower(Device);
        break;
    case RULE_FX_TWICE:
    case RULE_FX_UNUSED:
    case RULE_FX_UNASKED:
        PowerFramework(Rule, Device);
        break;
    }
}

static NTSTATUS Answer(ULONG Rule, PDEVICE_OBJECT Device, PIRP Irp)
{
    switch (Rule) {
    case RULE_PENDING_UNMARKED:
        return Keep(Irp, NULL, FALSE, STATUS_PENDING);
    case RULE_COMPLETED_UNMARKED:
        Complete(Irp, STATUS_SUCCESS);
        return STATUS_PENDING;
    case RULE_MARKED_SUCCESS:
        IoMarkIrpPending(Irp);
        return Complete(Irp, STATUS_SUCCESS);
    case RULE_FORGOTTEN:
        return Keep(Irp, NULL, FALSE, STATUS_SUCCESS);
    case RULE_CANCEL_LOCK:
        return Keep(Irp, CancelKeepingLock, TRUE, STATUS_PENDING);
    case RULE_CANCEL_SET:
        IoSetCancelRoutine(Irp, CancelNever);
        return Complete(Irp, STATUS_SUCCESS);
    case RULE_FREE_REQUEST:
        IoFreeIrp(Irp);
        return STATUS_SUCCESS;
    default:
        Break(Rule, Device);
        return Complete(Irp, STATUS_SUCCESS);
    }
}

static NTSTATUS Control(PDEVICE_OBJECT Device, PIRP Irp)
{
    ULONG code = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode;

    for (ULONG rule = 0; rule < RULES_COUNT; rule++)
        if (code == RULES_IOCTL(rule))
            return Answer(rule, Device, Irp);
    return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST);
}

static NTSTATUS KeepPower(PDEVICE_OBJECT Device, PIRP Irp)
{
    IoMarkIrpPending(Irp);
    return STATUS_PENDING;
}

static NTSTATUS OpenClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    return Complete(Irp, STATUS_SUCCESS);
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Rules");

    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Rules");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Rules");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    RulesDriver = Driver;
    KeInitializeSpinLock(&Lock);
    status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    Driver->MajorFunction[IRP_MJ_CREATE] = OpenClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = OpenClose;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
    Driver->MajorFunction[IRP_MJ_POWER] = KeepPower;
    Driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
