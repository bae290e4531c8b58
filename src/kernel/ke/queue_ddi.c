/* SPDX-License-Identifier: MIT */
/* queue_ddi.c - what drivers call on queues of entries (KQUEUE). */
#include "ke_internal.h"

/* Doc: ntifs.h KeInitializeQueue. Count: how many threads may be busy; 0: processors */
VOID NTAPI KeInitializeQueue(PRKQUEUE Queue, ULONG Count)
{
    queue_init(Queue, Count);
}

/* Doc: ntifs.h KeReadStateQueue: entries in it */
LONG NTAPI KeReadStateQueue(PRKQUEUE Queue)
{
    return __atomic_load_n(&Queue->Header.SignalState, __ATOMIC_ACQUIRE);
}

/* Doc: ntifs.h KeInsertQueue. IRQL: <= DISPATCH_LEVEL. Returns the count before */
LONG NTAPI KeInsertQueue(PRKQUEUE Queue, PLIST_ENTRY Entry)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return queue_insert(Queue, Entry, false);
}

/* Doc: ntifs.h KeInsertHeadQueue. IRQL: <= DISPATCH_LEVEL */
LONG NTAPI KeInsertHeadQueue(PRKQUEUE Queue, PLIST_ENTRY Entry)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return queue_insert(Queue, Entry, true);
}

/* Takes an entry, waiting for one; a status instead of an entry is STATUS_TIMEOUT,
 * STATUS_USER_APC or STATUS_THREAD_IS_TERMINATING.
 *
 * IRQL:    <= APC_LEVEL; == DISPATCH_LEVEL with a Timeout of zero
 * Doc:     ntifs.h KeRemoveQueue
 */
PLIST_ENTRY NTAPI KeRemoveQueue(PRKQUEUE Queue, KPROCESSOR_MODE WaitMode, PLARGE_INTEGER Timeout)
{
    KE_REQUIRE_IRQL_AT_MOST(Timeout != NULL && Timeout->QuadPart == 0 ? DISPATCH_LEVEL : APC_LEVEL);
    return queue_remove(Queue, WaitMode, false, Timeout);
}

/* Takes up to Count entries, waiting for the first; returns how many. When the wait ended
 * otherwise it is one, and that is the status, as from KeRemoveQueue.
 *
 * IRQL:    as KeRemoveQueue
 * Doc:     ntifs.h KeRemoveQueueEx (prototype)
 */
ULONG NTAPI KeRemoveQueueEx(PKQUEUE Queue, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                            PLARGE_INTEGER Timeout, PLIST_ENTRY *EntryArray, ULONG Count)
{
    ULONG taken = 0;

    KE_REQUIRE_IRQL_AT_MOST(Timeout != NULL && Timeout->QuadPart == 0 ? DISPATCH_LEVEL : APC_LEVEL);
    if (Count == 0)
        return 0;
    EntryArray[taken++] = queue_remove(Queue, WaitMode, Alertable, Timeout);
    if ((uintptr_t)EntryArray[0] == STATUS_TIMEOUT || (uintptr_t)EntryArray[0] == STATUS_USER_APC ||
        (uintptr_t)EntryArray[0] == STATUS_ALERTED ||
        (LONG_PTR)EntryArray[0] == STATUS_THREAD_IS_TERMINATING)
        return taken;
    while (taken < Count && (EntryArray[taken] = queue_take_more(Queue)) != NULL)
        taken++;
    return taken;
}

/* Empties a queue that nobody waits for; gives the entries, linked without a head, or NULL.
 *
 * Doc:     ntifs.h KeRundownQueue
 */
PLIST_ENTRY NTAPI KeRundownQueue(PRKQUEUE Queue)
{
    return queue_rundown(Queue);
}
