/* SPDX-License-Identifier: MIT */
/* apc_ddi.c - APCs for those who queue them. The functions have no public page; their
 * parameters are in public headers. */
#include "ke_internal.h"

VOID NTAPI KeInitializeApc(PRKAPC Apc, PRKTHREAD Thread, KAPC_ENVIRONMENT Environment,
                           PKKERNEL_ROUTINE KernelRoutine, PKRUNDOWN_ROUTINE RundownRoutine,
                           PKNORMAL_ROUTINE NormalRoutine, KPROCESSOR_MODE ApcMode,
                           PVOID NormalContext);
BOOLEAN NTAPI KeInsertQueueApc(PRKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2,
                               KPRIORITY Increment);
BOOLEAN NTAPI KeRemoveQueueApc(PRKAPC Apc);

/* Makes an APC in the caller's memory.
 *
 * Differs: the environment (which process is attached) is not kept
 */
VOID NTAPI KeInitializeApc(PRKAPC Apc, PRKTHREAD Thread, KAPC_ENVIRONMENT Environment,
                           PKKERNEL_ROUTINE KernelRoutine, PKRUNDOWN_ROUTINE RundownRoutine,
                           PKNORMAL_ROUTINE NormalRoutine, KPROCESSOR_MODE ApcMode,
                           PVOID NormalContext)
{
    (void)Environment;
    apc_init(Apc, (struct thread *)Thread, KernelRoutine, RundownRoutine, NormalRoutine, ApcMode,
             NormalContext);
}

/* Queues an APC to its thread; FALSE: it is queued already, or the thread ends.
 *
 * IRQL:    <= DISPATCH_LEVEL
 */
BOOLEAN NTAPI KeInsertQueueApc(PRKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2,
                               KPRIORITY Increment)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)Increment;
    return apc_queue(Apc, SystemArgument1, SystemArgument2);
}

/* Takes it back; FALSE: it is not queued. IRQL: <= DISPATCH_LEVEL */
BOOLEAN NTAPI KeRemoveQueueApc(PRKAPC Apc)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return apc_remove(Apc);
}
