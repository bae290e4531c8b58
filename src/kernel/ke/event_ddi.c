/* SPDX-License-Identifier: MIT */
/* event_ddi.c - what drivers call on events and semaphores. */
#include "ke_internal.h"

/* Makes an event in the caller's memory.
 *
 * Doc:     wdm.h KeInitializeEvent
 */
VOID NTAPI KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    event_init(Event, Type, State != FALSE);
}

/* Sets an event to signalled; returns the state before.
 *
 * IRQL:    <= DISPATCH_LEVEL; if Wait, <= APC_LEVEL
 * Doc:     wdm.h KeSetEvent
 * Differs: no priority boost; with Wait the wait that follows is not one step with this
 */
LONG NTAPI KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    KE_REQUIRE_IRQL_AT_MOST(Wait ? APC_LEVEL : DISPATCH_LEVEL);
    (void)Increment;
    return event_set(Event);
}

/* Sets an event to not signalled; returns the state before.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     wdm.h KeResetEvent
 */
LONG NTAPI KeResetEvent(PRKEVENT Event)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return event_reset(Event);
}

/* Sets an event to not signalled.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     wdm.h KeClearEvent
 */
VOID NTAPI KeClearEvent(PRKEVENT Event)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    event_clear(Event);
}

/* Releases those who wait now and leaves the event not signalled.
 *
 * IRQL:    <= DISPATCH_LEVEL; if Wait, <= APC_LEVEL
 * Doc:     ntddk.h KePulseEvent
 */
LONG NTAPI KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    KE_REQUIRE_IRQL_AT_MOST(Wait ? APC_LEVEL : DISPATCH_LEVEL);
    (void)Increment;
    return event_pulse(Event);
}

/* Doc: wdm.h KeReadStateEvent. IRQL: <= DISPATCH_LEVEL */
LONG NTAPI KeReadStateEvent(PRKEVENT Event)
{
    return __atomic_load_n(&Event->Header.SignalState, __ATOMIC_ACQUIRE);
}

/* Makes a semaphore in the caller's memory.
 *
 * Doc:     wdm.h KeInitializeSemaphore
 */
VOID NTAPI KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
    semaphore_init(Semaphore, Count, Limit);
}

/* Adds to a semaphore's count; returns the count before.
 *
 * IRQL:    <= DISPATCH_LEVEL; if Wait, <= APC_LEVEL
 * Errors:  raises STATUS_SEMAPHORE_LIMIT_EXCEEDED
 * Doc:     wdm.h KeReleaseSemaphore
 * Differs: no priority boost
 */
LONG NTAPI KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment,
                              BOOLEAN Wait)
{
    LONG previous;
    NTSTATUS status;

    KE_REQUIRE_IRQL_AT_MOST(Wait ? APC_LEVEL : DISPATCH_LEVEL);
    (void)Increment;
    status = ke_semaphore_try_release(Semaphore, Adjustment, &previous);
    if (!NT_SUCCESS(status))
        ke_raise(status);
    return previous;
}

/* Doc: wdm.h KeReadStateSemaphore. IRQL: any */
LONG NTAPI KeReadStateSemaphore(PRKSEMAPHORE Semaphore)
{
    return __atomic_load_n(&Semaphore->Header.SignalState, __ATOMIC_ACQUIRE);
}
