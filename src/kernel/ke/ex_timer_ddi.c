/* SPDX-License-Identifier: MIT */
/* ex_timer_ddi.c - timers that the system allocates: ExAllocateTimer and friends.
 *
 * A timer object begins with a KTIMER, so it can be waited for. Its callback is a DPC that
 * always runs on the processor where it was allocated; a second DPC there, queued when the
 * timer is deleted, therefore finds no callback running and may free it.
 */
#include <stdlib.h>

#include "callout/callout.h"
#include "ke_internal.h"

#define EX_TIMER_ATTRIBUTES (EX_TIMER_HIGH_RESOLUTION | EX_TIMER_NO_WAKE | EX_TIMER_NOTIFICATION)

struct ex_timer {
    KTIMER timer;
    KDPC expire, reap;
    PEXT_CALLBACK callback; /* set once at create, as is context */
    void *context;
    PEXT_DELETE_CALLBACK deleted; /* set by the deleter, before reap is queued */
    void *deleted_context;
    _Atomic bool is_doomed; /* atomic: free it when it has expired */
    KEVENT *gone;           /* the deleter waits for this; NULL: it does not */
};

static void NTAPI ex_timer_expired(KDPC *dpc, void *context, void *argument1, void *argument2)
{
    struct ex_timer *timer = context;
    uint64_t arguments[2] = {(uintptr_t)timer, (uintptr_t)timer->context};
    struct processor *target = NULL;

    (void)dpc;
    (void)argument1;
    (void)argument2;
    if (timer->callback != NULL)
        callout_invoke((const void *)timer->callback, arguments, 2);
    if (timer->is_doomed)
        (void)dpc_queue(&timer->reap, NULL, NULL, &target); /* this very processor */
}

static void NTAPI ex_timer_reap(KDPC *dpc, void *context, void *argument1, void *argument2)
{
    struct ex_timer *timer = context;
    PEXT_DELETE_CALLBACK deleted = timer->deleted;
    uint64_t argument = (uintptr_t)timer->deleted_context;
    KEVENT *gone = timer->gone;

    (void)dpc;
    (void)argument1;
    (void)argument2;
    free(timer);
    if (deleted != NULL)
        callout_invoke((const void *)deleted, &argument, 1);
    if (gone != NULL)
        (void)event_set(gone);
}

/* Allocates a timer; NULL: no memory, or unknown attributes.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Doc:     wdm.h ExAllocateTimer
 */
PEX_TIMER NTAPI ExAllocateTimer(PEXT_CALLBACK Callback, void *CallbackContext, ULONG Attributes)
{
    struct ex_timer *timer;

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if ((Attributes & ~(ULONG)EX_TIMER_ATTRIBUTES) != 0)
        return NULL;
    timer = calloc(1, sizeof(*timer));
    if (timer == NULL)
        return NULL;
    timer_init(&timer->timer, (Attributes & EX_TIMER_NOTIFICATION) != 0 ? NotificationTimer
                                                                        : SynchronizationTimer);
    timer->callback = Callback;
    timer->context = CallbackContext;
    KeInitializeDpc(&timer->expire, ex_timer_expired, timer);
    KeInitializeDpc(&timer->reap, ex_timer_reap, timer);
    KeSetTargetProcessorDpc(&timer->expire, (CCHAR)ke_processor_number());
    KeSetTargetProcessorDpc(&timer->reap, (CCHAR)ke_processor_number());
    return (PEX_TIMER)timer;
}

/* Sets a timer; TRUE if it was set.
 *
 * IRQL:    <= DISPATCH_LEVEL
 * Units:   both 100 ns; DueTime negative: from now
 * Doc:     wdm.h ExSetTimer
 * Differs: a period is rounded up to whole milliseconds; NoWakeTolerance is not made use of
 */
BOOLEAN NTAPI ExSetTimer(PEX_TIMER Timer, LONGLONG DueTime, LONGLONG Period,
                         PEXT_SET_PARAMETERS Parameters)
{
    struct ex_timer *timer = (struct ex_timer *)Timer;
    LARGE_INTEGER due = {.QuadPart = DueTime};

    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)Parameters;
    return timer_set(&timer->timer, due, (ULONG)((Period + 9999) / 10000), &timer->expire);
}

/* Doc: wdm.h ExCancelTimer. IRQL: <= DISPATCH_LEVEL. TRUE if it was set */
BOOLEAN NTAPI ExCancelTimer(PEX_TIMER Timer, PEXT_CANCEL_PARAMETERS Parameters)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    (void)Parameters;
    return timer_cancel(&((struct ex_timer *)Timer)->timer);
}

/* Deletes a timer: at once, or (not Cancel) after it has expired; TRUE if it was set and is
 * not any more.
 *
 * IRQL:    <= DISPATCH_LEVEL; if Wait, <= APC_LEVEL
 * Errors:  bug check when Wait and not Cancel
 * Takes:   Timer
 * Doc:     wdm.h ExDeleteTimer
 */
BOOLEAN NTAPI ExDeleteTimer(PEX_TIMER Timer, BOOLEAN Cancel, BOOLEAN Wait,
                            PEXT_DELETE_PARAMETERS Parameters)
{
    struct ex_timer *timer = (struct ex_timer *)Timer;
    bool was_cancelled = false, is_set;
    KEVENT gone;

    KE_REQUIRE_IRQL_AT_MOST(Wait ? APC_LEVEL : DISPATCH_LEVEL);
    if (Wait && !Cancel)
        bugcheck(TIMER_OR_DPC_INVALID, 0, (uintptr_t)Timer, 0, 0);
    event_init(&gone, NotificationEvent, false);
    timer->gone = Wait ? &gone : NULL;
    if (Parameters != NULL) {
        timer->deleted = Parameters->DeleteCallback;
        timer->deleted_context = Parameters->DeleteContext;
    }
    if (Cancel)
        was_cancelled = timer_cancel(&timer->timer);
    is_set = timer_doom(&timer->timer, &timer->is_doomed);
    if (!is_set)
        (void)KeInsertQueueDpc(&timer->reap, NULL, NULL);
    if (Wait)
        (void)KeWaitForSingleObject(&gone, Executive, KernelMode, FALSE, NULL);
    return was_cancelled;
}
