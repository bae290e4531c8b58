/* SPDX-License-Identifier: MIT */
/* slist_ddi.c - S-lists and lists under a spin lock as drivers call them. Any IRQL. */
#include "ex_ddi.h"
#include "ke/ke.h"
#include "slist.h"

/* Doc: nf-wdm-exinterlockedpushentryslist */
PSLIST_ENTRY NTAPI ExpInterlockedPushEntrySList(PSLIST_HEADER ListHead, PSLIST_ENTRY ListEntry)
{
    return slist_push_chain(ListHead, ListEntry, ListEntry, 1);
}

/* Doc: nf-wdm-exinterlockedpopentryslist */
PSLIST_ENTRY NTAPI ExpInterlockedPopEntrySList(PSLIST_HEADER ListHead)
{
    return slist_pop(ListHead);
}

/* Doc: nf-wdm-exinterlockedflushslist */
PSLIST_ENTRY NTAPI ExpInterlockedFlushSList(PSLIST_HEADER ListHead)
{
    return slist_flush(ListHead);
}

/* The kit has these two as inline code; built binaries import them.
 *
 * Doc: nf-wdm-exquerydepthslist, nf-wdm-initializeslisthead
 */
USHORT NTAPI ddi_ExQueryDepthSList(PSLIST_HEADER ListHead)
{
    return (USHORT)ListHead->HeaderX64.Depth;
}

VOID NTAPI ddi_InitializeSListHead(PSLIST_HEADER SListHead)
{
    InitializeSListHead(SListHead);
}

PSLIST_ENTRY NTAPI RtlFirstEntrySList(const SLIST_HEADER *ListHead)
{
    return (PSLIST_ENTRY)(ListHead->Region & ~0xfull);
}

/* ---- lists under a lock -------------------------------------------------------------------- */

/* As documented these mask interrupts, so that interrupt routines may use them, too. */
static KIRQL list_lock(KSPIN_LOCK *lock)
{
    KIRQL irql = ke_irql();

    if (irql < HIGH_LEVEL)
        ke_irql_raise(HIGH_LEVEL);
    KeAcquireSpinLockAtDpcLevel(lock);
    return irql;
}

static void list_unlock(KSPIN_LOCK *lock, KIRQL irql)
{
    KeReleaseSpinLockFromDpcLevel(lock);
    if (irql < HIGH_LEVEL)
        ke_irql_lower(irql);
}

/* Returns what was first before, NULL if the list was empty.
 *
 * Doc: nf-wdm-exinterlockedinsertheadlist
 */
PLIST_ENTRY NTAPI ExInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
                                              PKSPIN_LOCK Lock)
{
    KIRQL irql = list_lock(Lock);
    LIST_ENTRY *first = IsListEmpty(ListHead) ? NULL : ListHead->Flink;

    InsertHeadList(ListHead, ListEntry);
    list_unlock(Lock, irql);
    return first;
}

/* Returns what was last before, NULL if the list was empty.
 *
 * Doc: nf-wdm-exinterlockedinserttaillist
 */
PLIST_ENTRY NTAPI ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
                                              PKSPIN_LOCK Lock)
{
    KIRQL irql = list_lock(Lock);
    LIST_ENTRY *last = IsListEmpty(ListHead) ? NULL : ListHead->Blink;

    InsertTailList(ListHead, ListEntry);
    list_unlock(Lock, irql);
    return last;
}

/* Doc: nf-wdm-exinterlockedremoveheadlist; NULL: the list is empty */
PLIST_ENTRY NTAPI ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    KIRQL irql = list_lock(Lock);
    LIST_ENTRY *first = IsListEmpty(ListHead) ? NULL : RemoveHeadList(ListHead);

    list_unlock(Lock, irql);
    return first;
}

/* Doc: nf-wdm-exinterlockedpushentrylist; returns what was first before */
PSINGLE_LIST_ENTRY NTAPI ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY ListHead,
                                                    PSINGLE_LIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    KIRQL irql = list_lock(Lock);
    SINGLE_LIST_ENTRY *first = ListHead->Next;

    PushEntryList(ListHead, ListEntry);
    list_unlock(Lock, irql);
    return first;
}

/* Doc: nf-wdm-exinterlockedpopentrylist */
PSINGLE_LIST_ENTRY NTAPI ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    KIRQL irql = list_lock(Lock);
    SINGLE_LIST_ENTRY *first = PopEntryList(ListHead);

    list_unlock(Lock, irql);
    return first;
}

/* Returns the value before.
 *
 * Doc: nf-wdm-exinterlockedaddlargeinteger
 */
LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(PLARGE_INTEGER Addend, LARGE_INTEGER Increment,
                                                 PKSPIN_LOCK Lock)
{
    KIRQL irql = list_lock(Lock);
    LARGE_INTEGER before = *Addend;

    Addend->QuadPart += Increment.QuadPart;
    list_unlock(Lock, irql);
    return before;
}

/* Returns the value before.
 *
 * Doc: nf-wdm-exinterlockedaddulong
 */
ULONG NTAPI ExInterlockedAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock)
{
    KIRQL irql = list_lock(Lock);
    ULONG before = *Addend;

    *Addend += Increment;
    list_unlock(Lock, irql);
    return before;
}
