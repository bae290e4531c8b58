/* SPDX-License-Identifier: MIT */
/* mutant_ddi.c - what drivers call on mutexes. */
#include "ke_internal.h"

/* Makes a mutex in the caller's memory, free. Level is ignored, as documented.
 *
 * Doc:     wdm.h KeInitializeMutex
 */
VOID NTAPI KeInitializeMutex(PRKMUTEX Mutex, ULONG Level)
{
    (void)Level;
    mutex_init(Mutex);
}

/* Undoes one acquisition by the calling thread; returns the state before (0: now free).
 *
 * IRQL:    <= DISPATCH_LEVEL; if Wait, <= APC_LEVEL
 * Errors:  raises STATUS_MUTANT_NOT_OWNED, STATUS_ABANDONED
 * Doc:     wdm.h KeReleaseMutex
 */
LONG NTAPI KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait)
{
    LONG previous;
    NTSTATUS status;

    KE_REQUIRE_IRQL_AT_MOST(Wait ? APC_LEVEL : DISPATCH_LEVEL);
    status = ke_mutant_try_release(Mutex, &previous);
    if (!NT_SUCCESS(status))
        ke_raise(status);
    /* It may have kept a kernel APC out. */
    if (thread_self->is_apc_pending && ke_irql() < APC_LEVEL)
        apcs_deliver();
    return previous;
}

/* Doc: wdm.h KeReadStateMutex. IRQL: <= DISPATCH_LEVEL */
LONG NTAPI KeReadStateMutex(PRKMUTEX Mutex)
{
    return __atomic_load_n(&Mutex->Header.SignalState, __ATOMIC_ACQUIRE);
}

/* Makes a mutant as programs have them. Doc: ntifs.h KeInitializeMutant (prototype) */
VOID NTAPI KeInitializeMutant(PRKMUTANT Mutant, BOOLEAN InitialOwner)
{
    ke_mutant_init(Mutant, InitialOwner != FALSE);
}

/* Gives a mutant back; Abandoned: for good, as a thread that ends does.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  raises STATUS_MUTANT_NOT_OWNED
 * Doc:     ntifs.h KeReleaseMutant (prototype)
 * Differs: Abandoned releases as often as it was taken, and does not mark it abandoned
 */
LONG NTAPI KeReleaseMutant(PRKMUTANT Mutant, KPRIORITY Increment, BOOLEAN Abandoned, BOOLEAN Wait)
{
    LONG previous, first;
    NTSTATUS status;

    KE_REQUIRE_IRQL_AT_MOST(Wait ? APC_LEVEL : DISPATCH_LEVEL);
    (void)Increment;
    status = ke_mutant_try_release(Mutant, &first);
    if (!NT_SUCCESS(status))
        ke_raise(status);
    while (Abandoned && NT_SUCCESS(ke_mutant_try_release(Mutant, &previous)))
        ;
    return first;
}

/* Doc: ntifs.h KeReadStateMutant (prototype) */
LONG NTAPI KeReadStateMutant(PRKMUTANT Mutant)
{
    return __atomic_load_n(&Mutant->Header.SignalState, __ATOMIC_ACQUIRE);
}
