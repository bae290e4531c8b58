/* SPDX-License-Identifier: MIT */
/* processor.c - virtual processors: who holds one, who waits for one, what is pending there.
 *
 * A processor is taken by one exchange of its owner word and given back by another; only
 * when all are held does a thread queue, and then the one who gives hands over, in order
 * of arrival. Work for a processor is a bit in its pending word: the owner looks at it
 * when it takes, gives or lowers IRQL, the host's interrupt makes it look while it is in
 * driver code, and the clock looks after processors that nobody holds.
 * Invariant: a thread holds at most one processor; between processor_take and
 * processor_give its KPCR is what GS shows.
 */
#include <limits.h>

#include "ke_internal.h"

/* A thread that found every processor taken; lies on its stack. */
struct waiter {
    struct list link;
    struct thread *thread;
    struct host_thread *host;
    struct processor *given;
    _Atomic uint32_t word; /* atomic: 1 once given is set */
};

struct processor processors[KE_PROCESSORS_MAX];
unsigned processor_count;
CCHAR KeNumberProcessors;
_Atomic uint32_t processor_waiters;
__thread struct processor *processor_self KE_INITIAL_EXEC;
__thread struct thread *thread_self KE_INITIAL_EXEC;

/* The processor this thread held last: it is likely to be free, and its page warm. */
static __thread struct processor *processor_last KE_INITIAL_EXEC;

static bool (*_Atomic driver_code)(uint64_t rip);
static void (*space_take)(void *); /* set once, at boot */
static void (*space_give)(void *);

/* guards: the list and struct waiter, given and word of those on it */
static struct host_lock waiters_lock;
static struct list waiters = LIST_INIT(waiters);

void processors_init(unsigned count)
{
    processor_count = count;
    KeNumberProcessors = (CCHAR)count;
    for (unsigned i = 0; i < count; i++) {
        struct processor *processor = &processors[i];

        *processor = (struct processor){0};
        processor->pcr.self = &processor->pcr;
        processor->pcr.current_prcb = &processor->pcr.mxcsr;
        processor->pcr.used_self = &processor->pcr;
        processor->pcr.major_version = 1;
        processor->pcr.minor_version = 1;
        processor->pcr.mxcsr = 0x1f80;
        processor->pcr.legacy_number = (uint8_t)i;
        processor->pcr.number = i;
    }
    host_interrupt_install(processor_may_interrupt, processor_interrupt);
}

void processors_fini(void)
{
    for (unsigned i = 0; i < processor_count; i++)
        COVE_ASSERT(processors[i].owner == NULL);
    processor_count = 0;
    processor_last = NULL;
}

static bool processor_allows(const struct processor *processor, const struct thread *thread)
{
    return thread->affinity == 0 || (thread->affinity >> processor->pcr.number & 1) != 0;
}

static bool processor_claim(struct processor *processor, struct host_thread *host)
{
    struct host_thread *expected = NULL;

    return __c11_atomic_compare_exchange_strong(&processor->owner, &expected, host,
                                                __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

static void processor_attach(struct processor *processor, KIRQL irql)
{
    uint64_t enters = __c11_atomic_load(&processor->enters, __ATOMIC_RELAXED);

    __c11_atomic_store(&processor->enters, enters + 1, __ATOMIC_RELAXED);
    __c11_atomic_store(&processor->pcr.current_thread, thread_self, __ATOMIC_RELEASE);
    __c11_atomic_store(&processor->pcr.irql, irql, __ATOMIC_RELAXED);
    processor_last = processor;
    processor_self = processor;
    host_gs_set(&processor->pcr);
}

static void processor_detach(struct processor *processor)
{
    processor_self = NULL;
    __c11_atomic_store(&processor->pcr.irql, PASSIVE_LEVEL, __ATOMIC_RELAXED);
    __c11_atomic_store(&processor->owner, NULL, __ATOMIC_RELEASE);
    /* Before looking for those who wait: who begins to wait passes the heavy half. Who sets
     * pending kicks the clock, which looks again. */
    host_fence_light();
}

/* Hands free processors to those who have waited longest. waiters_lock is held. */
static void waiters_match_locked(void)
{
    list_for_each_safe(node, &waiters)
    {
        struct waiter *waiter = list_entry(node, struct waiter, link);

        for (unsigned i = 0; i < processor_count; i++) {
            if (!processor_allows(&processors[i], waiter->thread) ||
                !processor_claim(&processors[i], waiter->host))
                continue;
            list_remove(&waiter->link);
            __c11_atomic_fetch_sub(&processor_waiters, 1, __ATOMIC_SEQ_CST);
            waiter->given = &processors[i];
            __c11_atomic_store(&waiter->word, 1, __ATOMIC_RELEASE);
            host_wake(&waiter->word, 1); /* its stack may be gone: only the address counts */
            break;
        }
    }
}

static struct processor *processor_take_slow(struct thread *thread)
{
    struct waiter waiter = {.thread = thread, .host = thread->host};

    if (__c11_atomic_load(&processor_waiters, __ATOMIC_RELAXED) == 0)
        for (unsigned i = 0; i < processor_count; i++)
            if (processor_allows(&processors[i], thread) &&
                processor_claim(&processors[i], thread->host))
                return &processors[i];

    host_lock_take(&waiters_lock);
    list_push_back(&waiters, &waiter.link);
    /* Before looking at the owners: who gives one back looks at this after. */
    __c11_atomic_fetch_add(&processor_waiters, 1, __ATOMIC_SEQ_CST);
    host_fence_heavy();
    waiters_match_locked();
    host_lock_give(&waiters_lock);
    if (__c11_atomic_load(&waiter.word, __ATOMIC_ACQUIRE) == 0)
        clock_kick(); /* it watches the quantum of the owners */
    while (__c11_atomic_load(&waiter.word, __ATOMIC_ACQUIRE) == 0)
        host_wait(&waiter.word, 0, HOST_FOREVER);
    return waiter.given;
}

void processor_take(KIRQL irql)
{
    struct thread *thread = thread_self;
    struct processor *processor = processor_last;

    COVE_ASSERT(thread != NULL && processor_self == NULL);
    if (__builtin_expect(thread->space != NULL, 0)) {
        space_take(thread->space);
        thread->space_held = thread->space;
    }
    if (__builtin_expect(__c11_atomic_load(&processor_waiters, __ATOMIC_RELAXED) != 0 ||
                             processor == NULL || !processor_allows(processor, thread) ||
                             !processor_claim(processor, thread->host),
                         0))
        processor = processor_take_slow(thread);
    processor_attach(processor, irql);
    if (__builtin_expect(__c11_atomic_load(&processor->pending, __ATOMIC_SEQ_CST) != 0, 0))
        processor_service(processor, irql);
}

void processor_give(void)
{
    struct processor *processor = processor_self;
    KIRQL irql = __c11_atomic_load(&processor->pcr.irql, __ATOMIC_RELAXED);

    COVE_ASSERT(irql <= APC_LEVEL);
    if (__builtin_expect(__c11_atomic_load(&processor->pending, __ATOMIC_RELAXED) != 0, 0))
        processor_service(processor, irql);
    processor_drop();
}

void processor_drop(void)
{
    struct processor *processor = processor_self;
    struct thread *thread = thread_self; /* NULL: it has ended and gives its last one back */
    void *space = thread != NULL ? thread->space_held : NULL;

    if (space != NULL)
        thread->space_held = NULL;
    processor_detach(processor);
    if (__builtin_expect(space != NULL, 0))
        space_give(space);
    if (__builtin_expect(__c11_atomic_load(&processor_waiters, __ATOMIC_SEQ_CST) != 0, 0)) {
        host_lock_take(&waiters_lock);
        waiters_match_locked();
        host_lock_give(&waiters_lock);
    }
    /* What came while nobody could be told is the clock's. */
    if (__builtin_expect((__c11_atomic_load(&processor->pending, __ATOMIC_SEQ_CST) &
                          (PENDING_DPC | PENDING_INTERRUPT)) != 0,
                         0))
        clock_kick();
}

bool processor_try_take(struct processor *processor)
{
    COVE_ASSERT(processor_self == NULL);
    if (!processor_claim(processor, thread_self->host))
        return false;
    processor_attach(processor, PASSIVE_LEVEL);
    return true;
}

void processor_yield(void)
{
    KIRQL irql = ke_irql();

    __c11_atomic_fetch_and(&processor_self->pending, ~(uint32_t)PENDING_YIELD, __ATOMIC_RELAXED);
    if (__c11_atomic_load(&processor_waiters, __ATOMIC_RELAXED) == 0 &&
        processor_allows(processor_self, thread_self))
        return;
    processor_give();
    processor_take(irql);
}

void processor_service(struct processor *processor, KIRQL irql)
{
    bool is_blocked = false; /* sources are left that irql keeps out */

    if (irql < DISPATCH_LEVEL &&
        (__c11_atomic_load(&processor->pending, __ATOMIC_RELAXED) & PENDING_WATCH) != 0)
        __c11_atomic_fetch_and(&processor->pending, ~(uint32_t)PENDING_WATCH, __ATOMIC_SEQ_CST);
    for (;;) {
        uint32_t pending = __c11_atomic_load(&processor->pending, __ATOMIC_SEQ_CST);

        if ((pending & PENDING_INTERRUPT) != 0 && !is_blocked) {
            __c11_atomic_fetch_and(&processor->pending, ~(uint32_t)PENDING_INTERRUPT,
                                   __ATOMIC_SEQ_CST);
            is_blocked = interrupts_run(processor, irql);
            if (is_blocked)
                __c11_atomic_fetch_or(&processor->pending, PENDING_INTERRUPT, __ATOMIC_SEQ_CST);
        } else if ((pending & PENDING_DPC) != 0 && irql < DISPATCH_LEVEL &&
                   !processor->is_draining) {
            __c11_atomic_store(&processor->pcr.irql, DISPATCH_LEVEL, __ATOMIC_RELAXED);
            dpc_drain(processor);
        } else {
            break;
        }
    }
    __c11_atomic_store(&processor->pcr.irql, irql, __ATOMIC_RELAXED);
}

void processor_interrupt_owner(struct processor *processor)
{
    struct host_thread *owner;

    host_lock_take(&interrupt_lock);
    owner = __c11_atomic_load(&processor->owner, __ATOMIC_SEQ_CST);
    if (owner != NULL)
        host_thread_interrupt(owner);
    host_lock_give(&interrupt_lock);
}

void processor_notify(struct processor *processor)
{
    if (processor == processor_self)
        return; /* it looks by itself when IRQL lets it */
    processor_interrupt_owner(processor);
    clock_kick(); /* takes the processor if it is free, asks again if it did not hear */
}

void processor_settle(void)
{
    host_lock_take(&interrupt_lock);
    host_lock_give(&interrupt_lock);
}

bool processor_may_interrupt(const struct host_registers *registers)
{
    const struct processor *processor = processor_self;
    bool (*is_driver_code)(uint64_t) = __c11_atomic_load(&driver_code, __ATOMIC_RELAXED);
    uint32_t pending;
    KIRQL irql;

    if (processor == NULL || is_driver_code == NULL || !is_driver_code(registers->rip))
        return false;
    pending = __c11_atomic_load(&processor->pending, __ATOMIC_RELAXED);
    irql = __c11_atomic_load(&processor->pcr.irql, __ATOMIC_RELAXED);
    if (irql < DISPATCH_LEVEL || (pending & PENDING_BITE) != 0)
        return pending != 0;
    return (pending & PENDING_INTERRUPT) != 0 && irql < HIGH_LEVEL;
}

void processor_interrupt(struct host_registers *registers)
{
    if (processor_self != NULL)
        watchdog_interrupted(processor_self, registers);
    ke_interrupts_poll();
}

void ke_interrupts_poll(void)
{
    struct processor *processor = processor_self;

    if (processor == NULL ||
        __builtin_expect(__c11_atomic_load(&processor->pending, __ATOMIC_RELAXED) == 0, 1))
        return;
    ke_irql_lower(ke_irql());
}

void ke_processor_enter(void)
{
    processor_take(PASSIVE_LEVEL);
    if (__builtin_expect(__c11_atomic_load(&thread_self->is_apc_pending, __ATOMIC_RELAXED), 0))
        apcs_deliver();
}

void ke_space_hooks_set(void (*take)(void *), void (*give)(void *))
{
    space_take = take;
    space_give = give;
}

void ke_space_change(void *space)
{
    struct thread *thread = thread_self;
    KIRQL irql;

    if (thread->space == space)
        return;
    if (processor_self == NULL) {
        thread->space = space;
        return;
    }
    irql = ke_irql();
    if (irql < DISPATCH_LEVEL) {
        processor_give();
        thread->space = space;
        processor_take(irql);
        return;
    }
    /* It keeps its processor: whoever holds another space gives it back when he next waits. */
    if (thread->space_held != NULL)
        space_give(thread->space_held);
    thread->space = thread->space_held = space;
    if (space != NULL)
        space_take(space);
}

void ke_processor_leave(void)
{
    COVE_ASSERT(processor_self != NULL && ke_irql() == PASSIVE_LEVEL);
    processor_give();
}

bool ke_processor_look(unsigned number, KIRQL *out_irql, const void **out_thread)
{
    if (number >= processor_count || processors[number].owner == NULL)
        return false;
    *out_irql = processors[number].pcr.irql;
    *out_thread = processors[number].pcr.current_thread;
    return true;
}

unsigned ke_processor_count(void)
{
    return processor_count;
}

void ke_processor_places(uint32_t *out_irql, uint32_t *out_pending)
{
    *out_irql = offsetof(struct processor, pcr.irql);
    *out_pending = offsetof(struct processor, pending);
}

void ke_driver_code_set(bool (*is_driver_code)(uint64_t rip))
{
    __c11_atomic_store(&driver_code, is_driver_code, __ATOMIC_RELEASE);
}

void ke_block_on_host(void (*block)(void *), void *context)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    KIRQL irql = ke_irql();
    processor_give();
    block(context);
    processor_take(irql);
}
