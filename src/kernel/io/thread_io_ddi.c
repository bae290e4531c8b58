/* SPDX-License-Identifier: MIT */
/* thread_io_ddi.c - the contract of threads and processes as the I/O manager names them:
 * stack limits, current process, APCs of finished requests.
 */
#include "io_internal.h"

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
