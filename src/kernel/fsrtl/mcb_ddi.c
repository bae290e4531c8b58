/* SPDX-License-Identifier: MIT */
/* mcb_ddi.c - map control blocks as file systems use them: BASE_MCB, which the caller guards,
 * and LARGE_MCB, which has a mutex of its own.
 *
 * Mapping memory is pool of the kind that the caller named; a map that could not grow is
 * reported (BASE_MCB) or raised (LARGE_MCB) with no lock held, and is as it was.
 */
#include "ex/ex.h"
#include "ke/ke.h"
#include "mcb.h"

#define MUTEX_TAG 'xuMF'

/* ---- what both do ------------------------------------------------------------------------- */

static bool range_is_valid(LONGLONG vbn, LONGLONG count)
{
    return vbn >= 0 && count > 0 && vbn <= MAXLONGLONG - count;
}

/* False: some of it is mapped elsewhere, or the range is none. */
static bool entry_add(BASE_MCB *mcb, LONGLONG vbn, LONGLONG lbn, LONGLONG count, NTSTATUS *status)
{
    *status = STATUS_SUCCESS;
    if (!range_is_valid(vbn, count) || lbn == MCB_HOLE || !mcb_agrees(mcb, vbn, lbn, count))
        return false;
    *status = mcb_set(mcb, vbn, lbn, count);
    return NT_SUCCESS(*status);
}

static NTSTATUS entry_remove(BASE_MCB *mcb, LONGLONG vbn, LONGLONG count)
{
    return range_is_valid(vbn, count) ? mcb_set(mcb, vbn, MCB_HOLE, count) : STATUS_SUCCESS;
}

static bool split(BASE_MCB *mcb, LONGLONG vbn, LONGLONG amount, NTSTATUS *status)
{
    *status = STATUS_SUCCESS;
    if (!range_is_valid(vbn, amount))
        return false;
    *status = mcb_split(mcb, vbn, amount);
    return NT_SUCCESS(*status);
}

static bool lookup(const BASE_MCB *mcb, LONGLONG vbn, PLONGLONG lbn, PLONGLONG count,
                   PLONGLONG run_lbn, PLONGLONG run_count, PULONG index)
{
    struct mcb_run run;
    if (!mcb_find(mcb, vbn, &run))
        return false;
    if (lbn != NULL)
        *lbn = run.lbn == MCB_HOLE ? MCB_HOLE : run.lbn + (vbn - run.vbn);
    if (count != NULL)
        *count = run.count - (vbn - run.vbn);
    if (run_lbn != NULL)
        *run_lbn = run.lbn;
    if (run_count != NULL)
        *run_count = run.count;
    if (index != NULL)
        *index = run.index;
    return true;
}

/* The last block that is mapped, where it lies, and its run. */
static bool lookup_last(const BASE_MCB *mcb, PLONGLONG vbn, PLONGLONG lbn, PULONG index)
{
    struct mcb_run run;
    if (mcb->PairCount == 0 || !mcb_at(mcb, mcb->PairCount - 1, &run))
        return false;
    *vbn = run.vbn + run.count - 1;
    *lbn = run.lbn + run.count - 1;
    if (index != NULL)
        *index = run.index;
    return true;
}

static bool run_get(const BASE_MCB *mcb, ULONG index, PLONGLONG vbn, PLONGLONG lbn, PLONGLONG count)
{
    struct mcb_run run;
    if (!mcb_at(mcb, index, &run))
        return false;
    *vbn = run.vbn;
    *lbn = run.lbn;
    *count = run.count;
    return true;
}

/* ---- BASE_MCB ----------------------------------------------------------------------------- */

/* Doc:     nf-ntifs-fsrtlinitializebasemcb */
VOID NTAPI FsRtlInitializeBaseMcb(PBASE_MCB Mcb, POOL_TYPE PoolType)
{
    mcb_init(Mcb, PoolType);
}

/* Doc:     nf-ntifs-fsrtluninitializebasemcb */
VOID NTAPI FsRtlUninitializeBaseMcb(PBASE_MCB Mcb)
{
    mcb_fini(Mcb);
}

/* Errors:  raises STATUS_INSUFFICIENT_RESOURCES
 * Doc:     as FsRtlAddLargeMcbEntry
 */
BOOLEAN NTAPI FsRtlAddBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn, LONGLONG SectorCount)
{
    NTSTATUS status;
    bool is_added = entry_add(Mcb, Vbn, Lbn, SectorCount, &status);
    if (!NT_SUCCESS(status))
        ke_raise(status);
    return is_added;
}

/* Doc:     nf-ntifs-fsrtlremovebasemcbentry; FALSE: no memory for the hole */
BOOLEAN NTAPI FsRtlRemoveBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG SectorCount)
{
    return NT_SUCCESS(entry_remove(Mcb, Vbn, SectorCount));
}

/* Doc:     nf-ntifs-fsrtllookupbasemcbentry */
BOOLEAN NTAPI FsRtlLookupBaseMcbEntry(PBASE_MCB Mcb, LONGLONG Vbn, PLONGLONG Lbn,
                                      PLONGLONG SectorCountFromLbn, PLONGLONG StartingLbn,
                                      PLONGLONG SectorCountFromStartingLbn, PULONG Index)
{
    return lookup(Mcb, Vbn, Lbn, SectorCountFromLbn, StartingLbn, SectorCountFromStartingLbn,
                  Index);
}

/* Doc:     as FsRtlTruncateLargeMcb */
VOID NTAPI FsRtlTruncateBaseMcb(PBASE_MCB Mcb, LONGLONG Vbn)
{
    mcb_truncate(Mcb, Vbn);
}

/* Doc:     as FsRtlResetLargeMcb */
VOID NTAPI FsRtlResetBaseMcb(PBASE_MCB Mcb)
{
    mcb_truncate(Mcb, 0);
}

/* Doc:     as FsRtlLookupLastLargeMcbEntry */
BOOLEAN NTAPI FsRtlLookupLastBaseMcbEntry(PBASE_MCB Mcb, PLONGLONG Vbn, PLONGLONG Lbn)
{
    return lookup_last(Mcb, Vbn, Lbn, NULL);
}

/* Doc:     as FsRtlLookupLastLargeMcbEntryAndIndex */
BOOLEAN NTAPI FsRtlLookupLastBaseMcbEntryAndIndex(PBASE_MCB OpaqueMcb, PLONGLONG LargeVbn,
                                                  PLONGLONG LargeLbn, PULONG Index)
{
    return lookup_last(OpaqueMcb, LargeVbn, LargeLbn, Index);
}

/* Doc:     as FsRtlNumberOfRunsInLargeMcb: holes count */
ULONG NTAPI FsRtlNumberOfRunsInBaseMcb(PBASE_MCB Mcb)
{
    return Mcb->PairCount;
}

/* Doc:     as FsRtlGetNextLargeMcbEntry */
BOOLEAN NTAPI FsRtlGetNextBaseMcbEntry(PBASE_MCB Mcb, ULONG RunIndex, PLONGLONG Vbn, PLONGLONG Lbn,
                                       PLONGLONG SectorCount)
{
    return run_get(Mcb, RunIndex, Vbn, Lbn, SectorCount);
}

/* Errors:  raises STATUS_INSUFFICIENT_RESOURCES
 * Doc:     as FsRtlSplitLargeMcb
 */
BOOLEAN NTAPI FsRtlSplitBaseMcb(PBASE_MCB Mcb, LONGLONG Vbn, LONGLONG Amount)
{
    NTSTATUS status;
    bool is_split = split(Mcb, Vbn, Amount, &status);
    if (!NT_SUCCESS(status))
        ke_raise(status);
    return is_split;
}

/* ---- LARGE_MCB ---------------------------------------------------------------------------- */

static void large_lock(PLARGE_MCB mcb)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    KeAcquireGuardedMutex(mcb->GuardedMutex);
}

static void large_unlock(PLARGE_MCB mcb, NTSTATUS status)
{
    KeReleaseGuardedMutex(mcb->GuardedMutex);
    if (!NT_SUCCESS(status))
        ke_raise(status);
}

/* Errors:  raises STATUS_INSUFFICIENT_RESOURCES
 * Doc:     nf-ntifs-fsrtlinitializelargemcb
 */
VOID NTAPI FsRtlInitializeLargeMcb(PLARGE_MCB Mcb, POOL_TYPE PoolType)
{
    KGUARDED_MUTEX *mutex = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*mutex), MUTEX_TAG);
    if (mutex == NULL)
        ke_raise(STATUS_INSUFFICIENT_RESOURCES);
    KeInitializeGuardedMutex(mutex);
    Mcb->GuardedMutex = mutex;
    mcb_init(&Mcb->BaseMcb, PoolType);
}

/* Doc:     nf-ntifs-fsrtluninitializelargemcb */
VOID NTAPI FsRtlUninitializeLargeMcb(PLARGE_MCB Mcb)
{
    if (Mcb->GuardedMutex == NULL)
        return;
    ExFreePoolWithTag(Mcb->GuardedMutex, MUTEX_TAG);
    Mcb->GuardedMutex = NULL;
    mcb_fini(&Mcb->BaseMcb);
}

/* Takes:   SelfSynchronized: the caller has seen to it that nobody else is in the map
 * Doc:     nf-ntifs-fsrtlresetlargemcb
 */
VOID NTAPI FsRtlResetLargeMcb(PLARGE_MCB Mcb, BOOLEAN SelfSynchronized)
{
    if (!SelfSynchronized)
        large_lock(Mcb);
    mcb_truncate(&Mcb->BaseMcb, 0);
    if (!SelfSynchronized)
        large_unlock(Mcb, STATUS_SUCCESS);
}

/* Doc:     nf-ntifs-fsrtltruncatelargemcb */
VOID NTAPI FsRtlTruncateLargeMcb(PLARGE_MCB Mcb, LONGLONG Vbn)
{
    large_lock(Mcb);
    mcb_truncate(&Mcb->BaseMcb, Vbn);
    large_unlock(Mcb, STATUS_SUCCESS);
}

/* Errors:  raises STATUS_INSUFFICIENT_RESOURCES; FALSE: a block is mapped elsewhere
 * Doc:     nf-ntifs-fsrtladdlargemcbentry
 * Differs: all 64 bits of the logical block number count
 */
BOOLEAN NTAPI FsRtlAddLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG Lbn,
                                    LONGLONG SectorCount)
{
    NTSTATUS status;
    large_lock(Mcb);
    bool is_added = entry_add(&Mcb->BaseMcb, Vbn, Lbn, SectorCount, &status);
    large_unlock(Mcb, status);
    return is_added;
}

/* Errors:  raises STATUS_INSUFFICIENT_RESOURCES
 * Doc:     nf-ntifs-fsrtlremovelargemcbentry
 */
VOID NTAPI FsRtlRemoveLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG SectorCount)
{
    large_lock(Mcb);
    large_unlock(Mcb, entry_remove(&Mcb->BaseMcb, Vbn, SectorCount));
}

/* Doc:     nf-ntifs-fsrtllookuplargemcbentry */
BOOLEAN NTAPI FsRtlLookupLargeMcbEntry(PLARGE_MCB Mcb, LONGLONG Vbn, PLONGLONG Lbn,
                                       PLONGLONG SectorCountFromLbn, PLONGLONG StartingLbn,
                                       PLONGLONG SectorCountFromStartingLbn, PULONG Index)
{
    LONGLONG lbn = 0, count = 0, run_lbn = 0, run_count = 0;
    ULONG index = 0;
    large_lock(Mcb);
    bool is_found = lookup(&Mcb->BaseMcb, Vbn, &lbn, &count, &run_lbn, &run_count, &index);
    large_unlock(Mcb, STATUS_SUCCESS);
    if (!is_found)
        return FALSE;
    if (Lbn != NULL)
        *Lbn = lbn;
    if (SectorCountFromLbn != NULL)
        *SectorCountFromLbn = count;
    if (StartingLbn != NULL)
        *StartingLbn = run_lbn;
    if (SectorCountFromStartingLbn != NULL)
        *SectorCountFromStartingLbn = run_count;
    if (Index != NULL)
        *Index = index;
    return TRUE;
}

/* Doc:     nf-ntifs-fsrtllookuplastlargemcbentryandindex */
BOOLEAN NTAPI FsRtlLookupLastLargeMcbEntryAndIndex(PLARGE_MCB OpaqueMcb, PLONGLONG LargeVbn,
                                                   PLONGLONG LargeLbn, PULONG Index)
{
    LONGLONG vbn, lbn;
    ULONG index;
    large_lock(OpaqueMcb);
    bool is_found = lookup_last(&OpaqueMcb->BaseMcb, &vbn, &lbn, &index);
    large_unlock(OpaqueMcb, STATUS_SUCCESS);
    if (is_found) {
        *LargeVbn = vbn;
        *LargeLbn = lbn;
        *Index = index;
    }
    return is_found;
}

/* Doc:     nf-ntifs-fsrtllookuplastlargemcbentry */
BOOLEAN NTAPI FsRtlLookupLastLargeMcbEntry(PLARGE_MCB Mcb, PLONGLONG Vbn, PLONGLONG Lbn)
{
    ULONG index;
    return FsRtlLookupLastLargeMcbEntryAndIndex(Mcb, Vbn, Lbn, &index);
}

/* Doc:     nf-ntifs-fsrtlnumberofrunsinlargemcb */
ULONG NTAPI FsRtlNumberOfRunsInLargeMcb(PLARGE_MCB Mcb)
{
    large_lock(Mcb);
    ULONG count = Mcb->BaseMcb.PairCount;
    large_unlock(Mcb, STATUS_SUCCESS);
    return count;
}

/* Doc:     nf-ntifs-fsrtlgetnextlargemcbentry */
BOOLEAN NTAPI FsRtlGetNextLargeMcbEntry(PLARGE_MCB Mcb, ULONG RunIndex, PLONGLONG Vbn,
                                        PLONGLONG Lbn, PLONGLONG SectorCount)
{
    LONGLONG vbn, lbn, count;
    large_lock(Mcb);
    bool is_found = run_get(&Mcb->BaseMcb, RunIndex, &vbn, &lbn, &count);
    large_unlock(Mcb, STATUS_SUCCESS);
    if (is_found) {
        *Vbn = vbn;
        *Lbn = lbn;
        *SectorCount = count;
    }
    return is_found;
}

/* Errors:  raises STATUS_INSUFFICIENT_RESOURCES
 * Doc:     nf-ntifs-fsrtlsplitlargemcb
 */
BOOLEAN NTAPI FsRtlSplitLargeMcb(PLARGE_MCB Mcb, LONGLONG Vbn, LONGLONG Amount)
{
    NTSTATUS status;
    large_lock(Mcb);
    bool is_split = split(&Mcb->BaseMcb, Vbn, Amount, &status);
    large_unlock(Mcb, status);
    return is_split;
}
