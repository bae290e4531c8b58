/* SPDX-License-Identifier: MIT */
/* timer_ddi.c - what drivers call on timers. */
#include "ke_internal.h"

/* Doc: wdm.h KeInitializeTimer: a notification timer */
VOID NTAPI KeInitializeTimer(PKTIMER Timer)
{
    timer_init(Timer, NotificationTimer);
}

/* Doc: wdm.h KeInitializeTimerEx */
VOID NTAPI KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
    timer_init(Timer, Type);
}

/* Sets a timer, anew if it was set; TRUE if it was.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Units:   DueTime 100 ns, negative: from now, positive: system time
 * Doc:     wdm.h KeSetTimer
 * Differs: an absolute time does not follow later changes of the host's wall clock
 */
BOOLEAN NTAPI KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return timer_set(Timer, DueTime, 0, Dpc);
}

/* The same, periodically.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Units:   Period in ms, 0: once
 * Doc:     wdm.h KeSetTimerEx
 * Differs: as KeSetTimer; periods that were missed are not made up for
 */
BOOLEAN NTAPI KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return timer_set(Timer, DueTime, Period > 0 ? (ULONG)Period : 0, Dpc);
}

/* The same; the tolerance allows a delay, which is not made use of.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     wdm.h KeSetCoalescableTimer
 */
BOOLEAN NTAPI KeSetCoalescableTimer(PKTIMER Timer, LARGE_INTEGER DueTime, ULONG Period,
                                    ULONG TolerableDelay, PKDPC Dpc)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)TolerableDelay;
    return timer_set(Timer, DueTime, Period, Dpc);
}

/* Takes a timer out; TRUE if it was set. A DPC of it that is queued stays queued.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     wdm.h KeCancelTimer
 */
BOOLEAN NTAPI KeCancelTimer(PKTIMER Timer)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return timer_cancel(Timer);
}

/* Doc: wdm.h KeReadStateTimer. IRQL: <= DISPATCH_LEVEL */
BOOLEAN NTAPI KeReadStateTimer(PKTIMER Timer)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return __atomic_load_n(&Timer->Header.SignalState, __ATOMIC_ACQUIRE) != 0;
}
