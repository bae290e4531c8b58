/* SPDX-License-Identifier: MIT */
/* irp_ddi.c - the contract of IRPs: allocate, call down, complete, cancel, free.
 *
 * Each function checks what its page promises, names the rule when a driver breaks it, and
 * calls the real thing.
 */
#include "io_internal.h"

#include "callout/callout.h"

/* ---- allocation ------------------------------------------------------------------------- */

/* Doc:     wdm.h IoAllocateIrp
 * Differs: ChargeQuota is ignored
 */
PIRP NTAPI IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)ChargeQuota;
    return irp_allocate(StackSize);
}

/* Doc:     wdm.h IoAllocateIrpEx */
PIRP NTAPI IoAllocateIrpEx(PDEVICE_OBJECT DeviceObject, CCHAR StackSize, BOOLEAN ChargeQuota)
{
    (void)DeviceObject;
    return IoAllocateIrp(StackSize, ChargeQuota);
}

/* Doc:     wdm.h IoInitializeIrp */
VOID NTAPI IoInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize)
{
    irp_init_foreign(Irp, PacketSize, StackSize);
}

/* Doc:     wdm.h IoReuseIrp */
VOID NTAPI IoReuseIrp(PIRP Irp, NTSTATUS Iostatus)
{
    irp_reuse(Irp, Iostatus);
}

/* Doc:     wdm.h IoFreeIrp; bug check 0xC9 parameters 1 and 2 */
VOID NTAPI IoFreeIrp(PIRP Irp)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (Irp->Type != IO_TYPE_IRP)
        io_bugcheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, IO_RULE_FREE_NOT_IRP, (ULONG_PTR)Irp, 0,
                    0);
    struct irp *irp = irp_of(Irp);
    if (irp == NULL) {
        /* Memory of the driver's own, made an IRP by IoInitializeIrp. */
        ExFreePool(Irp);
        return;
    }
    if (atomic_load(&irp->state) != IRP_STATE_ALIVE)
        io_bugcheck(MULTIPLE_IRP_COMPLETE_REQUESTS, (ULONG_PTR)Irp, 0, 0, 0);
    if (irp_is_attached(irp))
        io_bugcheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, IO_RULE_FREE_QUEUED, (ULONG_PTR)Irp, 0, 0);
    irp_free(Irp);
}

/* ---- down and up --------------------------------------------------------------------------- */

static NTSTATUS irp_call_checked(PDEVICE_OBJECT device, PIRP irp)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (irp->Type != IO_TYPE_IRP)
        io_bugcheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, IO_RULE_CALL_NOT_IRP, (ULONG_PTR)irp, 0,
                    0);
    if (device == NULL || device->Type != IO_TYPE_DEVICE)
        io_bugcheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, IO_RULE_CALL_NOT_DEVICE, (ULONG_PTR)device,
                    0, 0);
    return irp_call_next(device, irp);
}

/* Doc:     wdm.h IoCallDriver; bug checks 0x35, 0xC9 */
NTSTATUS FASTCALL IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return irp_call_checked(DeviceObject, Irp);
}

static void irp_complete_checked(PIRP irp)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct irp *ours = irp_of(irp);
    bool is_gone = ours != NULL && atomic_load(&ours->state) != IRP_STATE_ALIVE;
    if (is_gone || irp->Type != IO_TYPE_IRP || irp->CurrentLocation > irp->StackCount + 1)
        io_bugcheck(MULTIPLE_IRP_COMPLETE_REQUESTS, (ULONG_PTR)irp, 0, 0, 0);
    if (irp->CancelRoutine != NULL)
        io_bugcheck(CANCEL_STATE_IN_COMPLETED_IRP, (ULONG_PTR)irp, (ULONG_PTR)irp->CancelRoutine, 0,
                    0);
    if (irp->IoStatus.Status == STATUS_PENDING)
        io_bugcheck(DRIVER_VERIFIER_IOMANAGER_VIOLATION, IO_RULE_COMPLETE_PENDING,
                    (ULONG_PTR)(ULONG)irp->IoStatus.Status, (ULONG_PTR)irp, 0);
    irp_unwind(irp);
}

/* Doc:     wdm.h IoCompleteRequest; bug checks 0x44, 0x48, 0xC9
 * Differs: no thread priority boost
 */
VOID FASTCALL IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
    (void)PriorityBoost;
    irp_complete_checked(Irp);
}

/* ---- cancellation ------------------------------------------------------------------------------
 */

/* Doc:     wdm.h IoCancelIrp */
BOOLEAN NTAPI IoCancelIrp(PIRP Irp)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return irp_cancel(Irp);
}

/* Doc:     wdm.h IoAcquireCancelSpinLock */
VOID NTAPI IoAcquireCancelSpinLock(PKIRQL Irql)
{
    irp_cancel_lock_take(Irql);
}

/* Doc:     wdm.h IoReleaseCancelSpinLock */
VOID NTAPI IoReleaseCancelSpinLock(KIRQL Irql)
{
    irp_cancel_lock_give(Irql);
}

/* ---- completion routines of our own
 * ---------------------------------------------------------------- */

static NTSTATUS NTAPI forward_completion(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    (void)DeviceObject;
    if (Irp->PendingReturned)
        KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Doc:     wdm.h IoForwardIrpSynchronously */
BOOLEAN NTAPI IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KEVENT event;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (Irp->StackCount <= 1 || Irp->CurrentLocation <= 1)
        return FALSE;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, forward_completion, &event, TRUE, TRUE, TRUE);
    if (irp_call_next(DeviceObject, Irp) == STATUS_PENDING)
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    return TRUE;
}

/* What IoSetCompletionRoutineEx remembers: the device, referenced, keeps the driver loaded. */
struct completion_ex {
    PDEVICE_OBJECT device;
    PIO_COMPLETION_ROUTINE routine;
    PVOID context;
    bool wants_success, wants_error, wants_cancel;
};

static NTSTATUS NTAPI completion_ex_run(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    struct completion_ex ex = *(struct completion_ex *)Context;
    ExFreePoolWithTag(Context, IO_TAG);
    NTSTATUS status = Irp->IoStatus.Status;
    bool wants = NT_SUCCESS(status) ? ex.wants_success : ex.wants_error;
    NTSTATUS answer = STATUS_CONTINUE_COMPLETION;
    if (wants || (Irp->Cancel && ex.wants_cancel))
        answer = callout_completion(ex.routine, DeviceObject, Irp, ex.context);
    else if (Irp->PendingReturned && Irp->CurrentLocation <= Irp->StackCount)
        IoMarkIrpPending(Irp);
    ObfDereferenceObject(ex.device);
    return answer;
}

/* Doc:     wdm.h IoSetCompletionRoutineEx */
NTSTATUS NTAPI IoSetCompletionRoutineEx(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                        PIO_COMPLETION_ROUTINE CompletionRoutine, PVOID Context,
                                        BOOLEAN InvokeOnSuccess, BOOLEAN InvokeOnError,
                                        BOOLEAN InvokeOnCancel)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    struct completion_ex *ex = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*ex), IO_TAG);
    if (ex == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ObfReferenceObject(DeviceObject);
    *ex = (struct completion_ex){DeviceObject,    CompletionRoutine, Context,
                                 InvokeOnSuccess, InvokeOnError,     InvokeOnCancel};
    IoSetCompletionRoutine(Irp, completion_ex_run, ex, TRUE, TRUE, TRUE);
    return STATUS_SUCCESS;
}

/* ---- small questions
 * ------------------------------------------------------------------------------------ */

/* Doc:     ntifs.h IoGetRequestorProcess */
PEPROCESS NTAPI IoGetRequestorProcess(PIRP Irp)
{
    struct process_thread *thread = (struct process_thread *)Irp->Tail.Overlay.Thread;
    return thread != NULL ? (PEPROCESS)thread->process : NULL;
}

/* Doc:     ntifs.h IoGetRequestorProcessId */
ULONG NTAPI IoGetRequestorProcessId(PIRP Irp)
{
    struct process *process = (struct process *)IoGetRequestorProcess(Irp);
    return process != NULL ? (ULONG)process->id : 0;
}

/* Doc:     ntifs.h IoGetRequestorSessionId
 * Differs: there is one session, 0
 */
NTSTATUS NTAPI IoGetRequestorSessionId(PIRP Irp, PULONG pSessionId)
{
    *pSessionId = 0;
    return IoGetRequestorProcess(Irp) != NULL ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

/* Doc:     ntddk.h IoIs32bitProcess */
BOOLEAN NTAPI IoIs32bitProcess(PIRP Irp)
{
    if (Irp != NULL && Irp->RequestorMode == KernelMode)
        return FALSE;
    struct process *process =
        Irp != NULL ? (struct process *)IoGetRequestorProcess(Irp) : ps_process_current();
    return process != NULL && process->is_32bit;
}

/* Doc:     ntifs.h IoGetTopLevelIrp */
PIRP NTAPI IoGetTopLevelIrp(VOID)
{
    struct process_thread *thread = ps_thread_current();
    return thread != NULL ? thread->top_level_irp : NULL;
}

/* Doc:     ntifs.h IoSetTopLevelIrp */
VOID NTAPI IoSetTopLevelIrp(PIRP Irp)
{
    struct process_thread *thread = ps_thread_current();
    if (thread != NULL)
        thread->top_level_irp = Irp;
}

/* Doc:     ntddk.h IoIsValidIrpStatus: PENDING and -1 end no request */
BOOLEAN NTAPI IoIsValidIrpStatus(NTSTATUS Status)
{
    return Status != STATUS_PENDING && Status != -1;
}
