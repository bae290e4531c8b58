/* SPDX-License-Identifier: MIT */
/* thread_io_ddi.c - the contract of threads and processes as the I/O manager names them:
 * stack limits, current process, APCs of finished requests.
 */
#include "io_internal.h"

#include "callout/callout.h"

ULONG_PTR NTAPI ddi_remaining_stack_size(VOID);

/* ---- the running thread's stack ---------------------------------------------------------------
 */

/* Doc:     wdm.h IoGetStackLimits */
VOID NTAPI IoGetStackLimits(PULONG_PTR LowLimit, PULONG_PTR HighLimit)
{
    uintptr_t low, high;
    host_thread_stack(&low, &high);
    *LowLimit = low;
    *HighLimit = high;
}

/* Doc:     wdm.h IoGetInitialStack */
PVOID NTAPI IoGetInitialStack(VOID)
{
    uintptr_t low, high;
    host_thread_stack(&low, &high);
    return (PVOID)high;
}

/* Doc:     wdm.h IoWithinStackLimits */
LOGICAL NTAPI IoWithinStackLimits(ULONG_PTR RegionStart, SIZE_T RegionSize)
{
    uintptr_t low, high;
    host_thread_stack(&low, &high);
    return RegionStart >= low && RegionStart + RegionSize <= high &&
           RegionStart + RegionSize >= RegionStart;
}

/* What a driver imports whose kit did not inline it.
 * Doc:     wdm.h IoGetRemainingStackSize
 */
ULONG_PTR NTAPI ddi_remaining_stack_size(VOID)
{
    uintptr_t low, high;
    host_thread_stack(&low, &high);
    return (ULONG_PTR)&low - low;
}

/* ---- threads of drivers -----------------------------------------------------------------------
 */

/* What keeps the driver's or device's object, and so the image, while its thread runs. */
struct io_thread {
    PVOID object;
    PKSTART_ROUTINE routine;
    PVOID context;
};

static VOID NTAPI io_thread_run(PVOID StartContext)
{
    struct io_thread start = *(struct io_thread *)StartContext;
    ExFreePoolWithTag(StartContext, IO_TAG);
    struct process_thread *self = ps_thread_current();
    self->io_object = start.object;
    self->start_address = (PVOID)(uintptr_t)start.routine; /* whose code it runs */
    callout_thread_start(start.routine, start.context);
}

/* Doc:     wdm.h IoCreateSystemThread */
NTSTATUS NTAPI IoCreateSystemThread(PVOID IoObject, PHANDLE ThreadHandle, ULONG DesiredAccess,
                                    POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
                                    PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine,
                                    PVOID StartContext)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    struct io_thread *start = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*start), IO_TAG);
    if (start == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *start = (struct io_thread){IoObject, StartRoutine, StartContext};
    ObfReferenceObject(IoObject);
    NTSTATUS status = PsCreateSystemThread(ThreadHandle, DesiredAccess, ObjectAttributes,
                                           ProcessHandle, ClientId, io_thread_run, start);
    if (!NT_SUCCESS(status)) {
        ObfDereferenceObject(IoObject);
        ExFreePoolWithTag(start, IO_TAG);
    }
    return status;
}

/* ---- whose thread is it?
 * ------------------------------------------------------------------------- */

/* Doc:     wdm.h IoGetCurrentProcess */
PEPROCESS NTAPI IoGetCurrentProcess(VOID)
{
    return (PEPROCESS)ps_process_current();
}

/* Doc:     ntifs.h IoThreadToProcess */
PEPROCESS NTAPI IoThreadToProcess(PETHREAD Thread)
{
    return (PEPROCESS)((struct process_thread *)Thread)->process;
}

/* Doc:     ntifs.h IoIsSystemThread */
BOOLEAN NTAPI IoIsSystemThread(PETHREAD Thread)
{
    return ((struct process_thread *)Thread)->process == ps_system_process;
}

/* ---- APCs of finished requests
 * ---------------------------------------------------------------------- */

/* ke's, without a public prototype. */
VOID NTAPI KeInitializeApc(PRKAPC Apc, PRKTHREAD Thread, KAPC_ENVIRONMENT Environment,
                           PKKERNEL_ROUTINE KernelRoutine, PKRUNDOWN_ROUTINE RundownRoutine,
                           PKNORMAL_ROUTINE NormalRoutine, KPROCESSOR_MODE ApcMode,
                           PVOID NormalContext);
BOOLEAN NTAPI KeInsertQueueApc(PRKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2,
                               KPRIORITY Increment);

static VOID NTAPI apc_delivered(PKAPC Apc, PKNORMAL_ROUTINE *NormalRoutine, PVOID *NormalContext,
                                PVOID *SystemArgument1, PVOID *SystemArgument2)
{
    (void)NormalRoutine;
    (void)NormalContext;
    (void)SystemArgument1;
    (void)SystemArgument2;
    ExFreePoolWithTag(Apc, IO_TAG);
}

static VOID NTAPI apc_dropped(PKAPC Apc)
{
    ExFreePoolWithTag(Apc, IO_TAG);
}

bool io_apc_post(struct process_thread *thread, PIO_APC_ROUTINE routine, void *context,
                 void *user_status)
{
    PKAPC apc = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*apc), IO_TAG);
    if (apc == NULL)
        return false;
    KeInitializeApc(apc, (PKTHREAD)&thread->tcb, OriginalApcEnvironment, apc_delivered, apc_dropped,
                    (PKNORMAL_ROUTINE)(void *)routine, UserMode, context);
    if (KeInsertQueueApc(apc, user_status, NULL, IO_NO_INCREMENT))
        return true;
    ExFreePoolWithTag(apc, IO_TAG);
    return false;
}
