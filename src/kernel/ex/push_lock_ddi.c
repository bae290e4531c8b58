/* SPDX-License-Identifier: MIT */
/* push_lock_ddi.c - push locks and rundown protection as drivers call them. */
#include "ex_ddi.h"
#include "ke/ke.h"
#include "push_lock.h"
#include "rundown.h"

/* Doc: nf-wdm-exinitializepushlock */
VOID NTAPI ExInitializePushLock(PEX_PUSH_LOCK PushLock)
{
    *PushLock = 0;
}

/* IRQL:    <= APC_LEVEL, normal kernel APCs disabled
 * Doc:     nf-wdm-exacquirepushlockexclusiveex
 */
VOID NTAPI ExAcquirePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    push_lock_take(PushLock, true);
}

/* Doc: nf-wdm-exacquirepushlocksharedex */
VOID NTAPI ExAcquirePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    push_lock_take(PushLock, false);
}

/* Doc: nf-wdm-exreleasepushlockexclusiveex */
VOID NTAPI ExReleasePushLockExclusiveEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    push_lock_give(PushLock, true);
}

/* Doc: nf-wdm-exreleasepushlocksharedex */
VOID NTAPI ExReleasePushLockSharedEx(PEX_PUSH_LOCK PushLock, ULONG Flags)
{
    push_lock_give(PushLock, false);
}

/* The older names, which vendors' binaries import. */
VOID NTAPI ExfAcquirePushLockExclusive(PEX_PUSH_LOCK PushLock)
{
    push_lock_take(PushLock, true);
}

VOID NTAPI ExfAcquirePushLockShared(PEX_PUSH_LOCK PushLock)
{
    push_lock_take(PushLock, false);
}

VOID NTAPI ExfReleasePushLockExclusive(PEX_PUSH_LOCK PushLock)
{
    push_lock_give(PushLock, true);
}

VOID NTAPI ExfReleasePushLockShared(PEX_PUSH_LOCK PushLock)
{
    push_lock_give(PushLock, false);
}

VOID NTAPI ExfReleasePushLock(PEX_PUSH_LOCK PushLock)
{
    push_lock_give(PushLock, push_lock_is_exclusive(PushLock));
}

/* ---- rundown protection ------------------------------------------------------------------- */

/* Doc: nf-wdm-exinitializerundownprotection */
VOID NTAPI ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    RunRef->Count = 0;
}

/* Doc: nf-wdm-exreinitializerundownprotection */
VOID NTAPI ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    RunRef->Count = 0;
}

/* FALSE: rundown has begun.
 *
 * IRQL:    any
 * Doc:     nf-wdm-exacquirerundownprotection
 */
BOOLEAN NTAPI ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    return rundown_acquire(RunRef, 1);
}

/* Doc: nf-wdm-exacquirerundownprotectionex */
BOOLEAN NTAPI ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    return rundown_acquire(RunRef, Count);
}

/* Doc: nf-wdm-exreleaserundownprotection */
VOID NTAPI ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    rundown_release(RunRef, 1);
}

/* Doc: nf-wdm-exreleaserundownprotectionex */
VOID NTAPI ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    rundown_release(RunRef, Count);
}

/* IRQL:    <= APC_LEVEL
 * Doc:     nf-wdm-exwaitforrundownprotectionrelease
 */
VOID NTAPI ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    rundown_wait(RunRef);
}

/* Doc: nf-wdm-exrundowncompleted */
VOID NTAPI ExRundownCompleted(PEX_RUNDOWN_REF RunRef)
{
    RunRef->Count = EX_RUNDOWN_ACTIVE;
}

/* The cache-aware kind spreads its count over processors on Windows; here it is one count. */
struct _EX_RUNDOWN_REF_CACHE_AWARE {
    EX_RUNDOWN_REF reference;
    ULONG tag; /* 0: the caller's memory */
};

SIZE_T NTAPI ExSizeOfRundownProtectionCacheAware(VOID)
{
    return sizeof(struct _EX_RUNDOWN_REF_CACHE_AWARE);
}

/* Doc: nf-wdm-exinitializerundownprotectioncacheaware */
VOID NTAPI ExInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                                   SIZE_T RunRefSize)
{
    *RunRefCacheAware = (struct _EX_RUNDOWN_REF_CACHE_AWARE){0};
}

/* Doc: nf-wdm-exallocatecacheawarerundownprotection; NULL: no memory */
PEX_RUNDOWN_REF_CACHE_AWARE NTAPI ExAllocateCacheAwareRundownProtection(POOL_TYPE PoolType,
                                                                        ULONG PoolTag)
{
    struct _EX_RUNDOWN_REF_CACHE_AWARE *reference =
        ExAllocatePoolWithTag(PoolType, sizeof(*reference), PoolTag);

    if (reference != NULL)
        *reference = (struct _EX_RUNDOWN_REF_CACHE_AWARE){.tag = PoolTag};
    return reference;
}

/* Doc: nf-wdm-exfreecacheawarerundownprotection */
VOID NTAPI ExFreeCacheAwareRundownProtection(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    ExFreePoolWithTag(RunRefCacheAware, RunRefCacheAware->tag);
}

BOOLEAN NTAPI ExAcquireRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    return rundown_acquire(&RunRefCacheAware->reference, 1);
}

BOOLEAN NTAPI ExAcquireRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                                     ULONG Count)
{
    return rundown_acquire(&RunRefCacheAware->reference, Count);
}

VOID NTAPI ExReleaseRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    rundown_release(&RunRefCacheAware->reference, 1);
}

VOID NTAPI ExReleaseRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRef, ULONG Count)
{
    rundown_release(&RunRef->reference, Count);
}

VOID NTAPI ExWaitForRundownProtectionReleaseCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRef)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    rundown_wait(&RunRef->reference);
}

VOID NTAPI ExReInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    RunRefCacheAware->reference.Count = 0;
}

VOID NTAPI ExRundownCompletedCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    RunRefCacheAware->reference.Count = EX_RUNDOWN_ACTIVE;
}
