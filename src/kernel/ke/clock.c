/* SPDX-License-Identifier: MIT */
/* clock.c - the threads behind everything that happens by itself.
 *
 * One of them leads: it sleeps until the next timer is due or somebody kicks it, sees what
 * is pending, and takes a free processor to run it as an interrupt would. Before it enters
 * code that may be a driver's it passes the lead on, so that a DPC which never returns does
 * not stop time. What is pending for a held processor is asked of its owner, again and
 * again, a millisecond apart. There are at most as many of these threads as there are
 * processors, and one: somebody can always lead.
 */
#include <limits.h>

#include "ke_internal.h"

#define CLOCK_AGAIN_NS   1000000u  /* how soon an owner that did not hear is asked again */
#define CLOCK_QUANTUM_NS 15000000u /* how long one may keep a processor others wait for */

struct member {
    struct thread thread;
    struct host_thread *host;
};

static _Atomic uint32_t clock_word;     /* atomic: counts kicks; the leader sleeps on it */
static _Atomic uint32_t clock_sleeping; /* atomic: the leader is about to sleep or sleeps */
static _Atomic uint32_t lead;           /* atomic: 1 while somebody leads; followers sleep on it */
static _Atomic uint32_t followers;      /* atomic: members that wait for the lead */
static _Atomic bool is_stopping;
uint64_t clock_wake_100ns;

/* guards: members, member_count */
static struct host_lock members_lock;
static struct member members[KE_PROCESSORS_MAX + 1];
static unsigned member_count;

void clock_kick(void)
{
    __c11_atomic_fetch_add(&clock_word, 1, __ATOMIC_SEQ_CST);
    if (__c11_atomic_load(&clock_sleeping, __ATOMIC_SEQ_CST) != 0)
        host_wake(&clock_word, 1);
}

static void lead_take(void)
{
    uint32_t expected = 0;

    __c11_atomic_fetch_add(&followers, 1, __ATOMIC_SEQ_CST);
    while (!__c11_atomic_compare_exchange_strong(&lead, &expected, 1, __ATOMIC_SEQ_CST,
                                                 __ATOMIC_RELAXED)) {
        host_wait(&lead, 1, HOST_FOREVER);
        expected = 0;
    }
    __c11_atomic_fetch_sub(&followers, 1, __ATOMIC_SEQ_CST);
}

static void member_main(void *argument);

static NTSTATUS member_start(void)
{
    struct host_thread_options options = {.name = "ke-clock"};
    struct member *member;
    int error = 0;

    host_lock_take(&members_lock);
    if (member_count <= processor_count && !is_stopping) {
        member = &members[member_count];
        *member = (struct member){0};
        ke_thread_init(&member->thread, "clock", NULL);
        error = host_thread_create(&options, member_main, member, &member->host);
        member_count += error == 0;
    }
    host_lock_give(&members_lock);
    return error == 0 ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static void lead_give(void)
{
    __c11_atomic_store(&lead, 0, __ATOMIC_SEQ_CST);
    if (__c11_atomic_load(&followers, __ATOMIC_SEQ_CST) != 0)
        host_wake(&lead, 1);
    else if (!is_stopping)
        (void)member_start(); /* without one, time stands still until we are back */
}

/* A processor that nobody holds and that has, or may be given, something to do. */
static struct processor *clock_take_processor(void)
{
    for (unsigned i = 0; i < processor_count; i++) {
        struct processor *processor = &processors[i];
        uint32_t pending = __c11_atomic_load(&processor->pending, __ATOMIC_SEQ_CST);
        bool any = interrupts_highest(processor) != PASSIVE_LEVEL;

        if (!any && (pending & (PENDING_DPC | PENDING_INTERRUPT)) == 0)
            continue;
        if (processor->owner != NULL || !processor_try_take(processor))
            continue;
        if (any)
            __c11_atomic_fetch_or(&processor->pending, PENDING_INTERRUPT, __ATOMIC_SEQ_CST);
        return processor;
    }
    return NULL;
}

/* Others wait for a processor: has this owner had it for longer than a quantum? */
static void clock_watch_quantum(struct processor *processor, uint64_t now_ns)
{
    uint64_t enters = __c11_atomic_load(&processor->enters, __ATOMIC_RELAXED);

    if (processor->quantum_enters != enters) {
        processor->quantum_enters = enters;
        processor->quantum_start_ns = now_ns;
    } else if (now_ns - processor->quantum_start_ns >= CLOCK_QUANTUM_NS) {
        __c11_atomic_fetch_or(&processor->pending, PENDING_YIELD, __ATOMIC_SEQ_CST);
        processor_interrupt_owner(processor);
    }
}

/* Asks owners of processors to do what is theirs. Returns true if something is left to do. */
static bool clock_ask_owners(uint64_t now_ns)
{
    bool is_waited = __c11_atomic_load(&processor_waiters, __ATOMIC_SEQ_CST) != 0;
    bool is_busy = __c11_atomic_load(&interrupts_queued, __ATOMIC_SEQ_CST) != 0 || is_waited;

    for (unsigned i = 0; i < processor_count; i++) {
        struct processor *processor = &processors[i];
        KIRQL highest = interrupts_highest(processor);

        if (highest > __c11_atomic_load(&processor->pcr.irql, __ATOMIC_RELAXED))
            __c11_atomic_fetch_or(&processor->pending, PENDING_INTERRUPT, __ATOMIC_SEQ_CST);
        if ((processor->pending & (PENDING_DPC | PENDING_INTERRUPT)) != 0 ||
            ((processor->pending & PENDING_APC) != 0 && processor->owner != NULL &&
             processor->pcr.irql < APC_LEVEL)) {
            is_busy = true;
            processor_interrupt_owner(processor);
        }
        if (is_waited)
            clock_watch_quantum(processor, now_ns);
        else
            processor->quantum_enters = 0;
    }
    return is_busy;
}

/* Sleeps until the next timer is due; if is_busy, no longer than until it is time to ask
 * again. seen is the count of kicks that what was done so far knows of. */
static void clock_sleep(uint32_t seen, uint64_t now_100ns, bool is_busy)
{
    uint64_t stop_ns = bugcheck_watch(host_clock_ns()), until_ns, due_100ns,
             again_100ns = now_100ns + CLOCK_AGAIN_NS / KE_NS_PER_100NS;

    dispatcher_take();
    due_100ns = timers_next_due_locked();
    if (is_busy && (due_100ns <= now_100ns || due_100ns > again_100ns))
        due_100ns = again_100ns;
    clock_wake_100ns = due_100ns;
    host_lock_give(&dispatcher_lock);
    until_ns = due_100ns == UINT64_MAX ? HOST_FOREVER : time_to_host_ns(due_100ns);
    __c11_atomic_store(&clock_sleeping, 1, __ATOMIC_SEQ_CST);
    if (!is_stopping)
        host_wait(&clock_word, seen, stop_ns < until_ns ? stop_ns : until_ns);
    __c11_atomic_store(&clock_sleeping, 0, __ATOMIC_SEQ_CST);
}

/* One turn of the leader. */
static void clock_turn(void)
{
    uint32_t seen = __c11_atomic_load(&clock_word, __ATOMIC_SEQ_CST);
    uint64_t now_100ns = time_interrupt_100ns();
    struct processor *processor;
    bool is_due;

    dispatcher_take();
    is_due = timers_next_due_locked() <= now_100ns;
    host_lock_give(&dispatcher_lock);
    if (is_due) {
        timers_request();
        seen = __c11_atomic_load(&clock_word, __ATOMIC_SEQ_CST); /* not woken by that */
    }

    processor = clock_take_processor();
    if (processor != NULL) {
        lead_give();
        processor_service(processor, PASSIVE_LEVEL);
        processor_give();
        lead_take();
        return;
    }
    clock_sleep(seen, now_100ns, clock_ask_owners(host_clock_ns()));
}

static void member_main(void *argument)
{
    struct member *member = argument;

    thread_self = &member->thread;
    thread_self->host = host_thread_self();
    host_thread_stack(&thread_self->stack_low, &thread_self->stack_high);
    lead_take();
    while (!is_stopping)
        clock_turn();
    lead_give();
    thread_self = NULL;
    processor_settle();
}

NTSTATUS clock_start(void)
{
    NTSTATUS status;

    is_stopping = false;
    lead = 0;
    followers = 0;
    member_count = 0;
    clock_wake_100ns = 0;
    status = member_start();
    if (NT_SUCCESS(status) && processor_count != 0)
        (void)member_start();
    return status;
}

void clock_stop(void)
{
    host_lock_take(&members_lock);
    is_stopping = true;
    host_lock_give(&members_lock);
    for (unsigned i = 0; i < member_count; i++) {
        clock_kick();
        host_wake(&lead, INT_MAX);
    }
    for (unsigned i = 0; i < member_count; i++)
        host_thread_join(members[i].host);
    member_count = 0;
}
