/* SPDX-License-Identifier: MIT */
/* timer.c - the timers that are set, in the order in which they are due.
 *
 * They lie in sorted lists by a slice of their due time, so that setting one looks at few
 * others; the earliest is the least of the lists' heads. Expiry runs at DISPATCH_LEVEL as
 * an interrupt that the clock asks for: it signals the timer, queues its DPC and sets a
 * periodic one again. A timer is in a list exactly while TIMER_IS_SET. Guarded by the
 * dispatcher lock. Due times are interrupt time; an absolute one is turned into that when
 * it is set.
 */
#include "ke_internal.h"

#define TIMER_LISTS       256u
#define TIMER_SLICE_SHIFT 17 /* 13 ms */
#define TIMER_IS_SET      1  /* in Header.TimerMiscFlags */

uint64_t timers_set;
static struct list timers[TIMER_LISTS];
static struct ke_interrupt_source timers_source;
static bool timers_are_over; /* dispatcher lock; the rooms are about to stop */

static void timers_expire(void *context);

void timers_init(void)
{
    for (unsigned i = 0; i < TIMER_LISTS; i++)
        list_init(&timers[i]);
    timers_set = 0;
    timers_are_over = false;
    timers_source = (struct ke_interrupt_source){.routine = timers_expire, .irql = DISPATCH_LEVEL};
}

void timers_request(void)
{
    ke_interrupt_request(&timers_source);
}

void timer_init(KTIMER *timer, TIMER_TYPE type)
{
    ke_header_init(&timer->Header,
                   type == SynchronizationTimer ? DISPATCHER_TIMER_SYNCHRONIZATION
                                                : DISPATCHER_TIMER_NOTIFICATION,
                   sizeof(*timer), 0);
    timer->Header.TimerMiscFlags = 0;
    timer->DueTime.QuadPart = 0;
    timer->TimerListEntry.Flink = timer->TimerListEntry.Blink = &timer->TimerListEntry;
    timer->Dpc = NULL;
    timer->Period = 0;
}

static KTIMER *timer_of(struct list *node)
{
    return list_entry((void *)node, KTIMER, TimerListEntry);
}

static void timer_insert_locked(KTIMER *timer, uint64_t due_100ns)
{
    struct list *head = &timers[due_100ns >> TIMER_SLICE_SHIFT & (TIMER_LISTS - 1)];
    struct list *at = head->previous;

    timer->DueTime.QuadPart = due_100ns;
    timer->Header.TimerMiscFlags |= TIMER_IS_SET;
    while (at != head && timer_of(at)->DueTime.QuadPart > due_100ns)
        at = at->previous;
    list_insert_after(at, (struct list *)&timer->TimerListEntry);
    timers_set++;
}

static bool timer_remove_locked(KTIMER *timer)
{
    if ((timer->Header.TimerMiscFlags & TIMER_IS_SET) == 0)
        return false;
    timer->Header.TimerMiscFlags &= (UCHAR)~TIMER_IS_SET;
    list_remove((struct list *)&timer->TimerListEntry);
    timers_set--;
    return true;
}

static KTIMER *timer_earliest_locked(void)
{
    KTIMER *earliest = NULL;

    if (timers_set == 0)
        return NULL;
    for (unsigned i = 0; i < TIMER_LISTS; i++) {
        KTIMER *timer;

        if (list_is_empty(&timers[i]))
            continue;
        timer = timer_of(timers[i].next);
        if (earliest == NULL || timer->DueTime.QuadPart < earliest->DueTime.QuadPart)
            earliest = timer;
    }
    return earliest;
}

uint64_t timers_next_due_locked(void)
{
    const KTIMER *timer = timer_earliest_locked();

    return timer == NULL ? UINT64_MAX : timer->DueTime.QuadPart;
}

/* Signals a timer that has come due and is not in a list. Its memory is its owner's again
 * as soon as the lock is given back. */
static void timer_expire_locked(KTIMER *timer, uint64_t now_100ns, struct aftermath *aftermath)
{
    uint64_t period_100ns = (uint64_t)timer->Period * 10000u;
    struct processor *target = NULL;

    if (period_100ns != 0) {
        uint64_t due_100ns = timer->DueTime.QuadPart + period_100ns;

        /* Periods that were slept through are not made up for. */
        if (due_100ns <= now_100ns)
            due_100ns += (now_100ns - due_100ns) / period_100ns * period_100ns + period_100ns;
        timer_insert_locked(timer, due_100ns);
    }
    timer->Header.SignalState = 1;
    if (timer->Dpc != NULL) {
        ULONG low = (ULONG)now_100ns, high = (ULONG)(now_100ns >> 32);

        if (dpc_queue(timer->Dpc, (void *)(uintptr_t)low, (void *)(uintptr_t)high, &target) &&
            target != NULL)
            aftermath->notify |= 1ull << target->pcr.number;
    }
    dispatcher_signal_locked(&timer->Header, aftermath);
}

/* The interrupt: at DISPATCH_LEVEL. One timer at a time, so that the lock is never held long. */
static void timers_expire(void *context)
{
    (void)context;
    for (;;) {
        struct aftermath aftermath = {0};
        uint64_t now_100ns = time_interrupt_100ns();
        KTIMER *timer;

        dispatcher_take();
        timer = timer_earliest_locked();
        if (timer == NULL || timer->DueTime.QuadPart > now_100ns) {
            host_lock_give(&dispatcher_lock);
            return;
        }
        (void)timer_remove_locked(timer);
        timer_expire_locked(timer, now_100ns, &aftermath);
        dispatcher_give(&aftermath);
    }
}

/* When a due time as KeSetTimer takes it is, in interrupt time. */
static uint64_t timer_due_100ns(LARGE_INTEGER due, uint64_t now_100ns)
{
    uint64_t length_100ns, system_100ns;

    if (due.QuadPart < 0) {
        length_100ns = 0 - (uint64_t)due.QuadPart;
    } else {
        system_100ns = time_system_100ns();
        length_100ns =
            (uint64_t)due.QuadPart > system_100ns ? (uint64_t)due.QuadPart - system_100ns : 0;
    }
    return length_100ns > INT64_MAX - now_100ns ? INT64_MAX : now_100ns + length_100ns;
}

bool timer_set(KTIMER *timer, LARGE_INTEGER due, ULONG period_ms, KDPC *dpc)
{
    struct aftermath aftermath = {0};
    uint64_t now_100ns = time_interrupt_100ns();
    uint64_t due_100ns = timer_due_100ns(due, now_100ns);
    bool was_set, is_earlier = false;

    dispatcher_take();
    was_set = timer_remove_locked(timer);
    timer->Header.SignalState = 0;
    timer->Dpc = dpc;
    timer->Period = period_ms;
    if (timers_are_over) {
        is_earlier = false;
    } else if (due_100ns <= now_100ns) {
        timer->DueTime.QuadPart = now_100ns;
        timer_expire_locked(timer, now_100ns, &aftermath);
        is_earlier = period_ms != 0;
    } else {
        timer_insert_locked(timer, due_100ns);
        is_earlier = due_100ns < clock_wake_100ns;
    }
    dispatcher_give(&aftermath);
    if (is_earlier)
        clock_kick();
    ke_interrupts_poll(); /* its DPC may be ours to run */
    return was_set;
}

bool timer_cancel(KTIMER *timer)
{
    bool was_set;

    dispatcher_take();
    was_set = timer_remove_locked(timer);
    host_lock_give(&dispatcher_lock);
    return was_set;
}

bool timer_doom(KTIMER *timer, _Atomic bool *is_doomed)
{
    bool is_set;

    dispatcher_take();
    is_set = (timer->Header.TimerMiscFlags & TIMER_IS_SET) != 0;
    if (is_set) {
        timer->Period = 0;
        *is_doomed = true;
    }
    host_lock_give(&dispatcher_lock);
    return is_set;
}

/* What of a timer lies in the range, if anything. */
static bool timer_use_of(const KTIMER *timer, uint64_t low, uint64_t high,
                         enum ke_timer_use *out_use, uint64_t *out_address)
{
    const KDPC *dpc = timer->Dpc;
    const uint64_t addresses[] = {(uintptr_t)timer, (uintptr_t)dpc,
                                  dpc != NULL ? (uintptr_t)dpc->DeferredRoutine : 0};

    for (unsigned i = 0; i < 3; i++) {
        if (addresses[i] < low || addresses[i] >= high)
            continue;
        *out_use = (enum ke_timer_use)i;
        *out_address = addresses[i];
        return true;
    }
    return false;
}

bool ke_timer_find(uint64_t low, uint64_t high, enum ke_timer_use *out_use, uint64_t *out_address)
{
    bool is_found = false;

    dispatcher_take();
    for (unsigned i = 0; i < TIMER_LISTS && timers_set != 0 && !is_found; i++) {
        list_for_each(node, &timers[i])
        {
            is_found = timer_use_of(timer_of(node), low, high, out_use, out_address);
            if (is_found)
                break;
        }
    }
    host_lock_give(&dispatcher_lock);
    return is_found;
}

void ke_timers_end(void)
{
    dispatcher_take();
    timers_are_over = true;
    for (unsigned i = 0; i < TIMER_LISTS && timers_set != 0; i++)
        while (!list_is_empty(&timers[i]))
            (void)timer_remove_locked(timer_of(timers[i].next));
    host_lock_give(&dispatcher_lock);
    KeFlushQueuedDpcs(); /* one that is under way sets none any more */
}
