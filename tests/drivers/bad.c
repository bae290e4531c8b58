/* SPDX-License-Identifier: MIT */
/* bad.c - a driver that does what a driver must not.
 *
 * What it does wrong is chosen by IOCTL (bad_ioctl.h), for DriverEntry by the name of its
 * service: "bad_entry_fails" and "bad_entry_faults".
 */
#include <ntifs.h>

#include "bad_ioctl.h"

#define TAG 'ldaB'

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;
static DRIVER_DISPATCH OpenClose, Control;

/* No kernel exports this; the import stands in the image all the same. */
NTKERNELAPI VOID NTAPI KeCoveHasNoSuchFunction(VOID);
/* A public variable that is absent here: the driver loads all the same. */
extern NTKERNELAPI PVOID ExCompositionObjectType;

static PDRIVER_OBJECT BadDriver;
static KTIMER LeftTimer;
static KDPC LeftDpc;
static ERESOURCE LeftResource;
static KSPIN_LOCK KeptLock;
static BOOLEAN IsDeviceLeft, IsRecursionWanted = TRUE;
static volatile ULONG Nowhere;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static VOID WriteToNull(VOID)
{
    *(volatile ULONG *)(ULONG_PTR)Nowhere = 0xdead;
}

static VOID FaultAtDispatch(VOID)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    WriteToNull();
    KeLowerIrql(irql);
}

static VOID LeftRoutine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    DbgPrint("Bad: the timer that was left behind\n");
}

static VOID LeaveTimer(VOID)
{
    LARGE_INTEGER due;

    KeInitializeTimer(&LeftTimer);
    KeInitializeDpc(&LeftDpc, LeftRoutine, NULL);
    due.QuadPart = -10000LL * 3600 * 1000;
    KeSetTimer(&LeftTimer, due, &LeftDpc);
}

/* Waits where the driver cannot be unloaded safely. */
static VOID LeftThread(PVOID Event)
{
    LARGE_INTEGER due;

    if (Event)
        KeSetEvent(Event, 0, FALSE);
    for (;;) {
        due.QuadPart = -10000LL * 3600 * 1000;
        KeDelayExecutionThread(KernelMode, FALSE, &due);
    }
}

static VOID LeaveThread(VOID)
{
    HANDLE handle;
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    if (NT_SUCCESS(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, LeftThread,
                                        &event))) {
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
        ZwClose(handle);
    }
}

static KEVENT WorkBegan;

static VOID LeftWork(PDEVICE_OBJECT Device, PVOID Context)
{
    KeSetEvent(&WorkBegan, 0, FALSE);
    LeftThread(NULL);
}

static VOID LeaveWorkItem(PDEVICE_OBJECT Device)
{
    PIO_WORKITEM item = IoAllocateWorkItem(Device);

    KeInitializeEvent(&WorkBegan, NotificationEvent, FALSE);
    IoQueueWorkItem(item, LeftWork, DelayedWorkQueue, NULL);
    KeWaitForSingleObject(&WorkBegan, Executive, KernelMode, FALSE, NULL);
}

static WORK_QUEUE_ITEM LateItem;

/* Nothing holds the driver while it runs: ExQueueWorkItem knows no device. */
static VOID LateWork(PVOID Unused)
{
    LARGE_INTEGER due;

    KeSetEvent(&WorkBegan, 0, FALSE);
    due.QuadPart = -10000LL * 1000;
    KeDelayExecutionThread(KernelMode, FALSE, &due);
}

static VOID LeaveLateWork(VOID)
{
    KeInitializeEvent(&WorkBegan, NotificationEvent, FALSE);
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
    ExInitializeWorkItem(&LateItem, LateWork, NULL);
    ExQueueWorkItem(&LateItem, DelayedWorkQueue);
    KeWaitForSingleObject(&WorkBegan, Executive, KernelMode, FALSE, NULL);
}

static VOID FaultingThread(PVOID Unused)
{
    WriteToNull();
}

static VOID StartFaultingThread(VOID)
{
    HANDLE handle;

    if (NT_SUCCESS(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL,
                                        FaultingThread, NULL))) {
        ZwWaitForSingleObject(handle, FALSE, NULL);
        ZwClose(handle);
    }
}

static ULONG Recurse(volatile ULONG *Above)
{
    volatile ULONG frame[64];

    frame[0] = *Above + 1;
    if (IsRecursionWanted)
        frame[1] = Recurse(frame);
    return frame[0] + frame[1];
}

static VOID DoubleFree(VOID)
{
    PVOID block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 48, TAG);

    ExFreePoolWithTag(block, TAG);
    ExFreePoolWithTag(block, TAG);
}

static VOID WaitAtDispatch(VOID)
{
    LARGE_INTEGER due;
    KEVENT event;
    KIRQL irql;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    due.QuadPart = -10000;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &due);
    KeLowerIrql(irql);
}

static VOID TouchFreed(VOID)
{
    volatile ULONG *block = ExAllocatePoolWithTag(NonPagedPoolNx, 100, TAG);
    if (!block)
        return;
    ExFreePoolWithTag((PVOID)block, TAG);
    DbgPrint("Bad: %lu\n", block[3]);
}

static VOID WriteAt(LONG Offset)
{
    volatile UCHAR *block = ExAllocatePoolWithTag(NonPagedPoolNx, 96, TAG);
    if (!block)
        return;
    block[Offset] = 1;
    ExFreePoolWithTag((PVOID)block, TAG);
}

/* open("/etc/passwd", O_RDONLY) of Linux, as its 64-bit and its 32-bit programs call it. */
static LONG_PTR HostSyscall(VOID)
{
    LONG_PTR answer;
    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"(2), "D"("/etc/passwd"), "S"(0), "d"(0)
                     : "rcx", "r11", "memory");
    return answer;
}

static LONG_PTR HostInt80(VOID)
{
    LONG_PTR answer;
    __asm__ volatile("int $0x80" : "=a"(answer) : "a"(20) : "memory"); /* getpid */
    return answer;
}

static ULONG CodeOf(LONG_PTR (*Call)(VOID))
{
    __try {
        DbgPrint("Bad: the host answered %p\n", (PVOID)Call());
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return 0;
}

/* ---- callbacks of a bug check: the newest is called first ---- */

static KBUGCHECK_CALLBACK_RECORD BufferRecord, FaultRecord;
static KBUGCHECK_REASON_CALLBACK_RECORD OwnRecord, GivenRecord, PagesRecord;
static UCHAR StateBuffer[20] = "before the stop";
static volatile LONG PagesCalls;

static VOID FillState(PVOID Buffer, ULONG Length)
{
    RtlCopyMemory(Buffer, "state at the stop!!", Length);
}

static VOID Fault(PVOID Buffer, ULONG Length)
{
    WriteToNull();
}

static VOID Hang(PVOID Buffer, ULONG Length)
{
    while (!Nowhere)
        YieldProcessor();
}

static VOID Dump(KBUGCHECK_CALLBACK_REASON Reason, PKBUGCHECK_REASON_CALLBACK_RECORD Record,
                 PVOID Data, ULONG Length)
{
    static const GUID guid = {0x12345678, 0x9abc, 0xdef0, {1, 2, 3, 4, 5, 6, 7, 8}};
    static char own[] = "memory of the driver's own";
    PKBUGCHECK_SECONDARY_DUMP_DATA dump = Data;

    if (Reason != KbCallbackSecondaryDumpData || Length < sizeof *dump)
        return;
    dump->Guid = guid;
    if (Record == &OwnRecord) {
        dump->OutBuffer = own;
        dump->OutBufferLength = sizeof own;
    } else if (dump->InBufferLength >= 5) {
        RtlCopyMemory(dump->InBuffer, "given", 5);
        dump->OutBuffer = dump->InBuffer;
        dump->OutBufferLength = 5;
    }
}

static VOID AddPages(KBUGCHECK_CALLBACK_REASON Reason, PKBUGCHECK_REASON_CALLBACK_RECORD Record,
                     PVOID Data, ULONG Length)
{
    PKBUGCHECK_ADD_PAGES pages = Data;

    if (Reason != KbCallbackAddPages || pages->BugCheckCode != MANUALLY_INITIATED_CRASH)
        return;
    pages->Flags = KB_ADD_PAGES_FLAG_VIRTUAL_ADDRESS;
    if (++PagesCalls == 1)
        pages->Flags |= KB_ADD_PAGES_FLAG_ADDITIONAL_RANGES_EXIST;
    pages->Address = (ULONG_PTR)StateBuffer & ~(ULONG_PTR)(PAGE_SIZE - 1);
    pages->Count = PagesCalls;
}

static VOID StopWithCallbacks(PKBUGCHECK_CALLBACK_ROUTINE Worst)
{
    KeInitializeCallbackRecord(&BufferRecord);
    KeInitializeCallbackRecord(&FaultRecord);
    KeInitializeCallbackRecord(&OwnRecord);
    KeInitializeCallbackRecord(&GivenRecord);
    KeInitializeCallbackRecord(&PagesRecord);
    KeRegisterBugCheckReasonCallback(&OwnRecord, Dump, KbCallbackSecondaryDumpData,
                                     (PUCHAR) "BadOwn");
    KeRegisterBugCheckReasonCallback(&GivenRecord, Dump, KbCallbackSecondaryDumpData,
                                     (PUCHAR) "BadGiven");
    KeRegisterBugCheckReasonCallback(&PagesRecord, AddPages, KbCallbackAddPages,
                                     (PUCHAR) "BadPages");
    KeRegisterBugCheckCallback(&FaultRecord, Worst, NULL, 0, (PUCHAR) "BadWorst");
    KeRegisterBugCheckCallback(&BufferRecord, FillState, StateBuffer, sizeof StateBuffer,
                               (PUCHAR) "BadState");
    KeBugCheckEx(MANUALLY_INITIATED_CRASH, 1, 2, 3, 4);
}

/* ---- an interrupt that stays connected ---- */

static PKINTERRUPT LeftInterrupt;

static BOOLEAN LeftService(PKINTERRUPT Interrupt, PVOID Context)
{
    return TRUE;
}

static VOID LeaveInterrupt(VOID)
{
    NTSTATUS status = IoConnectInterrupt(&LeftInterrupt, LeftService, NULL, NULL, 0x91, 9, 9,
                                         Latched, FALSE, (KAFFINITY)1, FALSE);
    DbgPrint("Bad: connected: %08x\n", status);
}

/* Answers whether the request is the caller's to complete. */
static BOOLEAN Do(ULONG Deed, PDEVICE_OBJECT Device, PIRP Irp)
{
    volatile ULONG zero = 0;
    KIRQL irql;

    switch (Deed) {
    case BAD_NULL_WRITE:
        WriteToNull();
        break;
    case BAD_FAULT_AT_DISPATCH:
        FaultAtDispatch();
        break;
    case BAD_COMPLETE_TWICE:
        Complete(Irp, STATUS_SUCCESS);
        break;
    case BAD_COMPLETE_PENDING:
        Complete(Irp, STATUS_PENDING);
        return FALSE;
    case BAD_KEEP_LOCK:
        KeAcquireSpinLock(&KeptLock, &irql);
        break;
    case BAD_FAST_FAIL:
        __fastfail(5);
        break;
    case BAD_NEVER:
        IoMarkIrpPending(Irp);
        return FALSE;
    case BAD_LEAVE_TIMER:
        LeaveTimer();
        break;
    case BAD_LEAVE_WORK_ITEM:
        LeaveWorkItem(Device);
        break;
    case BAD_LEAVE_LATE_WORK:
        LeaveLateWork();
        break;
    case BAD_LEAVE_THREAD:
        LeaveThread();
        break;
    case BAD_LEAVE_POOL:
        (VOID) ExAllocatePool2(POOL_FLAG_NON_PAGED, 1234, TAG);
        break;
    case BAD_LEAVE_RESOURCE:
        ExInitializeResourceLite(&LeftResource);
        break;
    case BAD_LEAVE_DEVICE:
        IsDeviceLeft = TRUE;
        break;
    case BAD_ABSENT_EXPORT:
        KeCoveHasNoSuchFunction();
        break;
    case BAD_ABSENT_DATA:
        DbgPrint("Bad: %p\n", ExCompositionObjectType);
        break;
    case BAD_RECURSION:
        zero = Recurse(&zero);
        break;
    case BAD_DOUBLE_FREE:
        DoubleFree();
        break;
    case BAD_WILD_CALL:
        ((VOID(*)(VOID))(ULONG_PTR)(Nowhere + 0x123450))();
        break;
    case BAD_RAISE:
        ExRaiseStatus(STATUS_NO_SUCH_DEVICE);
        break;
    case BAD_THREAD_FAULT:
        StartFaultingThread();
        break;
    case BAD_WAIT_IN_DPC_LEVEL:
        WaitAtDispatch();
        break;
    case BAD_TOUCH_FREED:
        TouchFreed();
        break;
    case BAD_WRITE_BEHIND:
        WriteAt(96);
        break;
    case BAD_WRITE_BESIDE:
        WriteAt(-1);
        break;
    case BAD_HOST_SYSCALL:
        HostSyscall();
        break;
    case BAD_HOST_INT80:
        HostInt80();
        break;
    case BAD_CALLBACKS:
        StopWithCallbacks(Fault);
        break;
    case BAD_CALLBACK_HANGS:
        StopWithCallbacks(Hang);
        break;
    case BAD_LEAVE_INTERRUPT:
        LeaveInterrupt();
        break;
    case BAD_HOST_CAUGHT:
        DbgPrint("Bad: syscall raises %08x, int 80h %08x\n", CodeOf(HostSyscall),
                 CodeOf(HostInt80));
        break;
    }
    return TRUE;
}

static NTSTATUS Control(PDEVICE_OBJECT Device, PIRP Irp)
{
    ULONG code = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode;
    ULONG deed;

    for (deed = 0; deed < BAD_DEEDS; deed++)
        if (code == BAD_IOCTL(deed))
            return Do(deed, Device, Irp) ? Complete(Irp, STATUS_SUCCESS) : STATUS_PENDING;
    return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST);
}

static NTSTATUS OpenClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    return Complete(Irp, STATUS_SUCCESS);
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Bad");

    IoDeleteSymbolicLink(&link);
    if (!IsDeviceLeft)
        IoDeleteDevice(Driver->DeviceObject);
}

static BOOLEAN IsService(PUNICODE_STRING RegistryPath, PCWSTR Name)
{
    UNICODE_STRING name, end;

    RtlInitUnicodeString(&name, Name);
    if (RegistryPath->Length < name.Length)
        return FALSE;
    end.Length = end.MaximumLength = name.Length;
    end.Buffer = RegistryPath->Buffer + (RegistryPath->Length - name.Length) / sizeof(WCHAR);
    return RtlEqualUnicodeString(&end, &name, TRUE);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Bad");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Bad");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    BadDriver = Driver;
    if (IsService(RegistryPath, L"bad_entry_fails"))
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    if (IsService(RegistryPath, L"bad_entry_faults"))
        WriteToNull();
    KeInitializeSpinLock(&KeptLock);
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
    Driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
