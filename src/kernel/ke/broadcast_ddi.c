/* SPDX-License-Identifier: MIT */
/* broadcast_ddi.c - what drivers call to run something on every processor. */
#include "ke_internal.h"

/* Runs a routine on all processors at once; gives what it answered on the caller's own.
 *
 * IRQL:    < IPI_LEVEL
 * Doc:     wdm.h KeIpiGenericCall
 */
ULONG_PTR NTAPI KeIpiGenericCall(PKIPI_BROADCAST_WORKER BroadcastFunction, ULONG_PTR Context)
{
    KE_REQUIRE_IRQL_AT_MOST(IPI_LEVEL - 1);
    return broadcast_interrupt(BroadcastFunction, Context);
}

/* Runs a DPC routine on all processors and returns when each has called KeSignalCallDpcDone.
 *
 * IRQL:    <= APC_LEVEL
 * Doc:     no page; prototypes in public headers
 */
VOID NTAPI KeGenericCallDpc(PKDEFERRED_ROUTINE Routine, PVOID Context)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    broadcast_dpc(Routine, Context);
}

/* The last thing such a routine does, with its SystemArgument1. No page. */
VOID NTAPI KeSignalCallDpcDone(PVOID SystemArgument1)
{
    broadcast_dpc_done(SystemArgument1);
}

/* Waits until every processor has come here, with SystemArgument2; TRUE on one of them. No page. */
LOGICAL NTAPI KeSignalCallDpcSynchronize(PVOID SystemArgument2)
{
    return broadcast_dpc_synchronize(SystemArgument2);
}

/* All memory is coherent. Doc: ntddk.h KeInvalidateRangeAllCaches */
VOID NTAPI KeInvalidateRangeAllCaches(PVOID BaseAddress, ULONG Length)
{
    (void)BaseAddress, (void)Length;
    __builtin_ia32_mfence();
}
