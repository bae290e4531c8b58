/* SPDX-License-Identifier: MIT */
/* fast_mutex_ddi.c - fast mutexes and guarded mutexes: the same structure, kept by IRQL or by a
 * guarded region.
 *
 * Count is 1 when free and one less for everybody who has it or waits. Not recursive: a thread
 * that takes one twice waits for ever, as on Windows.
 */
#include "ex_ddi.h"
#include "ke/ke.h"

static void mutex_take(FAST_MUTEX *mutex)
{
    if (__atomic_sub_fetch(&mutex->Count, 1, __ATOMIC_ACQUIRE) != 0) {
        __atomic_add_fetch(&mutex->Contention, 1, __ATOMIC_RELAXED);
        KeWaitForSingleObject(&mutex->Event, WrFastMutex, KernelMode, FALSE, NULL);
    }
    mutex->Owner = ke_thread_current();
}

static bool mutex_try_take(FAST_MUTEX *mutex)
{
    LONG expected = 1;

    if (!__atomic_compare_exchange_n(&mutex->Count, &expected, 0, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return false;
    mutex->Owner = ke_thread_current();
    return true;
}

static void mutex_give(FAST_MUTEX *mutex)
{
    mutex->Owner = NULL;
    if (__atomic_add_fetch(&mutex->Count, 1, __ATOMIC_RELEASE) != 1)
        KeSetEvent(&mutex->Event, 0, FALSE);
}

/* IRQL:    <= APC_LEVEL; APC_LEVEL until released
 * Doc:     nf-wdm-exacquirefastmutex
 */
VOID NTAPI ExAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    KIRQL irql;

    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    irql = ke_irql_raise(APC_LEVEL);
    mutex_take(FastMutex);
    FastMutex->OldIrql = irql;
}

/* Doc: nf-wdm-extrytoacquirefastmutex */
BOOLEAN NTAPI ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    KIRQL irql;

    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    irql = ke_irql_raise(APC_LEVEL);
    if (!mutex_try_take(FastMutex)) {
        ke_irql_lower(irql);
        return FALSE;
    }
    FastMutex->OldIrql = irql;
    return TRUE;
}

/* Doc: nf-wdm-exreleasefastmutex */
VOID NTAPI ExReleaseFastMutex(PFAST_MUTEX FastMutex)
{
    KIRQL irql = (KIRQL)FastMutex->OldIrql;

    mutex_give(FastMutex);
    ke_irql_lower(irql);
}

/* The caller has seen to it that no APC comes.
 *
 * Doc:     nf-wdm-exacquirefastmutexunsafe
 */
VOID NTAPI ExAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    mutex_take(FastMutex);
}

/* Doc: nf-wdm-exreleasefastmutexunsafe */
VOID NTAPI ExReleaseFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
    mutex_give(FastMutex);
}

/* Doc: nf-wdm-keinitializeguardedmutex */
VOID NTAPI KeInitializeGuardedMutex(PKGUARDED_MUTEX GuardedMutex)
{
    ExInitializeFastMutex(GuardedMutex);
}

/* IRQL:    <= APC_LEVEL
 * Doc:     nf-wdm-keacquireguardedmutex
 */
VOID NTAPI KeAcquireGuardedMutex(PKGUARDED_MUTEX GuardedMutex)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    KeEnterGuardedRegion();
    mutex_take(GuardedMutex);
}

/* Doc: nf-wdm-ketrytoacquireguardedmutex */
BOOLEAN NTAPI KeTryToAcquireGuardedMutex(PKGUARDED_MUTEX GuardedMutex)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    KeEnterGuardedRegion();
    if (mutex_try_take(GuardedMutex))
        return TRUE;
    KeLeaveGuardedRegion();
    return FALSE;
}

/* Doc: nf-wdm-kereleaseguardedmutex */
VOID NTAPI KeReleaseGuardedMutex(PKGUARDED_MUTEX GuardedMutex)
{
    mutex_give(GuardedMutex);
    KeLeaveGuardedRegion();
}

/* Doc: nf-wdm-keacquireguardedmutexunsafe */
VOID NTAPI KeAcquireGuardedMutexUnsafe(PKGUARDED_MUTEX GuardedMutex)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    mutex_take(GuardedMutex);
}

/* Doc: nf-wdm-kereleaseguardedmutexunsafe */
VOID NTAPI KeReleaseGuardedMutexUnsafe(PKGUARDED_MUTEX GuardedMutex)
{
    mutex_give(GuardedMutex);
}
