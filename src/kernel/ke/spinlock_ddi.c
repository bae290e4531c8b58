/* SPDX-License-Identifier: MIT */
/* spinlock_ddi.c - what drivers call on spin locks, plain and queued. */
#include "spinlock.h"

/* Inline in our headers; images built with others import it. */
VOID NTAPI ddi_KeInitializeSpinLock(PKSPIN_LOCK SpinLock);

/* Doc: wdm.h KeInitializeSpinLock */
VOID NTAPI ddi_KeInitializeSpinLock(PKSPIN_LOCK SpinLock)
{
    *SpinLock = 0;
}

/* Raises to DISPATCH_LEVEL and takes the lock; returns the old IRQL.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Errors:  bug check 0xF when the calling thread has it already
 * Doc:     wdm.h KeAcquireSpinLock
 */
KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
{
    KIRQL irql;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    irql = ke_irql_raise(DISPATCH_LEVEL);
    spinlock_take(SpinLock);
    return irql;
}

/* Doc: wdm.h KeReleaseSpinLock. Errors: bug check 0x10 when nobody has it */
VOID NTAPI KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
    spinlock_give(SpinLock);
    ke_irql_lower(NewIrql);
}

/* Doc: wdm.h KeAcquireSpinLockAtDpcLevel. IRQL: >= DISPATCH_LEVEL */
VOID NTAPI KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    spinlock_take(SpinLock);
}

/* Doc: wdm.h KeReleaseSpinLockFromDpcLevel */
VOID NTAPI KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
{
    spinlock_give(SpinLock);
}

/* Doc: wdm.h KeTryToAcquireSpinLockAtDpcLevel. IRQL: >= DISPATCH_LEVEL */
BOOLEAN NTAPI KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    return spinlock_try_take(SpinLock);
}

/* Doc: wdm.h KeTestSpinLock: TRUE if it looks free */
BOOLEAN NTAPI KeTestSpinLock(PKSPIN_LOCK SpinLock)
{
    return __atomic_load_n(SpinLock, __ATOMIC_RELAXED) == 0;
}

/* In a DPC or a threaded one: raises to DISPATCH_LEVEL if it must.
 *
 * Doc:     wdm.h KeAcquireSpinLockForDpc
 */
KIRQL NTAPI KeAcquireSpinLockForDpc(PKSPIN_LOCK SpinLock)
{
    KIRQL irql = ke_irql();

    if (irql < DISPATCH_LEVEL)
        ke_irql_raise(DISPATCH_LEVEL);
    spinlock_take(SpinLock);
    return irql;
}

/* Doc: wdm.h KeReleaseSpinLockForDpc */
VOID NTAPI KeReleaseSpinLockForDpc(PKSPIN_LOCK SpinLock, KIRQL OldIrql)
{
    spinlock_give(SpinLock);
    ke_irql_lower(OldIrql);
}

static void queued_take(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle)
{
    handle->LockQueue.Next = NULL;
    handle->LockQueue.Lock = lock;
    spinlock_take(lock);
}

/* Takes a queued spin lock with a handle on the caller's stack.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     wdm.h KeAcquireInStackQueuedSpinLock
 * Differs: not in order of arrival: a host thread that waits its turn may not be running
 */
VOID NTAPI KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    LockHandle->OldIrql = ke_irql_raise(DISPATCH_LEVEL);
    queued_take(SpinLock, LockHandle);
}

/* Doc: wdm.h KeReleaseInStackQueuedSpinLock */
VOID NTAPI KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
{
    KIRQL irql = LockHandle->OldIrql;

    spinlock_give(LockHandle->LockQueue.Lock);
    ke_irql_lower(irql);
}

/* Doc: wdm.h KeAcquireInStackQueuedSpinLockAtDpcLevel. IRQL: >= DISPATCH_LEVEL */
VOID NTAPI KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock,
                                                    PKLOCK_QUEUE_HANDLE LockHandle)
{
    queued_take(SpinLock, LockHandle);
}

/* Doc: wdm.h KeReleaseInStackQueuedSpinLockFromDpcLevel */
VOID NTAPI KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
{
    spinlock_give(LockHandle->LockQueue.Lock);
}

/* Doc: wdm.h KeAcquireInStackQueuedSpinLockForDpc */
VOID NTAPI KeAcquireInStackQueuedSpinLockForDpc(PKSPIN_LOCK SpinLock,
                                                PKLOCK_QUEUE_HANDLE LockHandle)
{
    LockHandle->OldIrql = ke_irql();
    if (LockHandle->OldIrql < DISPATCH_LEVEL)
        ke_irql_raise(DISPATCH_LEVEL);
    queued_take(SpinLock, LockHandle);
}

/* Doc: wdm.h KeReleaseInStackQueuedSpinLockForDpc */
VOID NTAPI KeReleaseInStackQueuedSpinLockForDpc(PKLOCK_QUEUE_HANDLE LockHandle)
{
    KeReleaseInStackQueuedSpinLock(LockHandle);
}
