/* SPDX-License-Identifier: MIT */
/* rwspin_ddi.c - what drivers call on reader-writer spin locks (EX_SPIN_LOCK). */
#include "spinlock.h"

/* Doc: wdm.h ExAcquireSpinLockShared. IRQL: <= DISPATCH_LEVEL; returns the old one */
KIRQL NTAPI ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock)
{
    KIRQL irql;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    irql = ke_irql_raise(DISPATCH_LEVEL);
    rwspin_take_shared(SpinLock);
    return irql;
}

/* Doc: wdm.h ExReleaseSpinLockShared */
VOID NTAPI ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
    rwspin_give_shared(SpinLock);
    ke_irql_lower(OldIrql);
}

/* Doc: wdm.h ExAcquireSpinLockSharedAtDpcLevel. IRQL: >= DISPATCH_LEVEL */
VOID NTAPI ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    rwspin_take_shared(SpinLock);
}

/* Doc: wdm.h ExReleaseSpinLockSharedFromDpcLevel */
VOID NTAPI ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    rwspin_give_shared(SpinLock);
}

/* Doc: wdm.h ExAcquireSpinLockExclusive. IRQL: <= DISPATCH_LEVEL; returns the old one */
KIRQL NTAPI ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
    KIRQL irql;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    irql = ke_irql_raise(DISPATCH_LEVEL);
    rwspin_take_exclusive(SpinLock);
    return irql;
}

/* Doc: wdm.h ExReleaseSpinLockExclusive */
VOID NTAPI ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
    rwspin_give_exclusive(SpinLock);
    ke_irql_lower(OldIrql);
}

/* Doc: wdm.h ExAcquireSpinLockExclusiveAtDpcLevel. IRQL: >= DISPATCH_LEVEL */
VOID NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    rwspin_take_exclusive(SpinLock);
}

/* Doc: wdm.h ExReleaseSpinLockExclusiveFromDpcLevel */
VOID NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    rwspin_give_exclusive(SpinLock);
}

/* Makes the only reader the writer; FALSE if it is not the only one.
 *
 * Doc:     wdm.h ExTryConvertSharedSpinLockExclusive
 */
LOGICAL NTAPI ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
    return rwspin_try_convert(SpinLock);
}
