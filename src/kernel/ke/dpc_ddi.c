/* SPDX-License-Identifier: MIT */
/* dpc_ddi.c - what drivers call on DPCs. */
#include "ke_internal.h"

static void dpc_init(KDPC *dpc, UCHAR type, PKDEFERRED_ROUTINE routine, void *context)
{
    dpc->TargetInfoAsUlong = 0;
    dpc->Type = type;
    dpc->Importance = MediumImportance;
    dpc->Number = 0;
    dpc->DpcListEntry.Next = NULL;
    dpc->ProcessorHistory = 0;
    dpc->DeferredRoutine = routine;
    dpc->DeferredContext = context;
    dpc->DpcData = NULL;
}

/* Doc: wdm.h KeInitializeDpc */
VOID NTAPI KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    dpc_init(Dpc, DPC_OBJECT, DeferredRoutine, DeferredContext);
}

/* Makes a DPC that a thread of its processor runs at PASSIVE_LEVEL. Without memory for the
 * threads it is an ordinary one: the documented behaviour where threaded DPCs are turned off.
 *
 * Doc:     wdm.h KeInitializeThreadedDpc
 */
VOID NTAPI KeInitializeThreadedDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine,
                                   PVOID DeferredContext)
{
    bool is_threaded = NT_SUCCESS(dpc_threads_start());

    dpc_init(Dpc, is_threaded ? DPC_OBJECT_THREADED : DPC_OBJECT, DeferredRoutine, DeferredContext);
}

/* Queues a DPC; FALSE if it is queued already. Below DISPATCH_LEVEL one for this processor
 * that is not threaded has run when this returns.
 *
 * Locks:   none of ours may be held: driver code may run
 * Doc:     wdm.h KeInsertQueueDpc
 */
BOOLEAN NTAPI KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    struct processor *target = NULL;

    if (!dpc_queue(Dpc, SystemArgument1, SystemArgument2, &target))
        return FALSE;
    if (target != NULL)
        processor_notify(target);
    else
        ke_interrupts_poll();
    return TRUE;
}

/* Takes a DPC out of its queue; FALSE if it is in none (it may be running).
 *
 * Doc:     wdm.h KeRemoveQueueDpc
 */
BOOLEAN NTAPI KeRemoveQueueDpc(PRKDPC Dpc)
{
    return dpc_remove(Dpc);
}

BOOLEAN NTAPI KeRemoveQueueDpcEx(PRKDPC Dpc, BOOLEAN WaitIfActive);
/* The same; with WaitIfActive also waits until its routine has come back.
 *
 * IRQL:    if WaitIfActive, <= APC_LEVEL
 * Doc:     wdm.h KeRemoveQueueDpcEx
 * Differs: waits for every DPC that is queued or running now
 */
BOOLEAN NTAPI KeRemoveQueueDpcEx(PRKDPC Dpc, BOOLEAN WaitIfActive)
{
    bool was_queued = dpc_remove(Dpc);

    if (WaitIfActive && !was_queued) {
        KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
        dpcs_flush();
    }
    return was_queued;
}

/* Returns when every DPC that was queued before has run.
 *
 * IRQL:    PASSIVE_LEVEL
 * Doc:     wdm.h KeFlushQueuedDpcs
 */
VOID NTAPI KeFlushQueuedDpcs(VOID)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    dpcs_flush();
}

/* Doc: wdm.h KeSetImportanceDpc */
VOID NTAPI KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance)
{
    Dpc->Importance = (UCHAR)Importance;
}

/* Doc: wdm.h KeSetTargetProcessorDpc */
VOID NTAPI KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number)
{
    Dpc->Number = (USHORT)((UCHAR)Number + 1);
}

/* Doc: wdm.h KeSetTargetProcessorDpcEx. Errors: STATUS_INVALID_PARAMETER */
NTSTATUS NTAPI KeSetTargetProcessorDpcEx(PKDPC Dpc, PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcNumber->Group != 0 || ProcNumber->Number >= processor_count ||
        ProcNumber->Reserved != 0)
        return STATUS_INVALID_PARAMETER;
    Dpc->Number = (USHORT)(ProcNumber->Number + 1);
    return STATUS_SUCCESS;
}

/* Is the calling code a DPC's? Doc: wdm.h KeIsExecutingDpc (RS4) */
LOGICAL NTAPI KeIsExecutingDpc(VOID)
{
    return processor_self != NULL && processor_self->is_draining;
}

/* There is no DPC watchdog: all limits are zero, which is how the page says "disabled".
 *
 * Doc:     wdm.h KeQueryDpcWatchdogInformation
 */
NTSTATUS NTAPI KeQueryDpcWatchdogInformation(PKDPC_WATCHDOG_INFORMATION WatchdogInformation)
{
    if (ke_irql() < DISPATCH_LEVEL)
        return STATUS_UNSUCCESSFUL;
    *WatchdogInformation = (KDPC_WATCHDOG_INFORMATION){0};
    return STATUS_SUCCESS;
}

/* Doc: wdm.h KeShouldYieldProcessor: has this DPC run for long enough? No limit, no. */
LOGICAL NTAPI KeShouldYieldProcessor(VOID)
{
    return 0;
}
