/* SPDX-License-Identifier: MIT */
/* interrupt.c - interrupt sources: routines that want to run at an IRQL, soon, somewhere.
 *
 * A source is queued once however often it is asked for, and leaves the queue before its
 * routine runs, so that a request from then on is not lost. Any processor may run it:
 * the requester's own when it next looks, a free one that the clock takes, or one whose
 * owner the clock interrupts.
 */
#include "ke_internal.h"

/* guards: the queue, is_queued of every source, and the threads that owner words name */
struct host_lock interrupt_lock;
_Atomic uint32_t interrupts_queued;
static struct list queue = LIST_INIT(queue);

void interrupts_init(void)
{
    list_init(&queue);
    interrupts_queued = 0;
}

void ke_interrupt_request(struct ke_interrupt_source *source)
{
    bool is_new;

    host_lock_take(&interrupt_lock);
    is_new = !source->is_queued;
    if (is_new) {
        source->is_queued = true;
        list_push_back(&queue, &source->link);
        __c11_atomic_fetch_add(&interrupts_queued, 1, __ATOMIC_SEQ_CST);
    }
    host_lock_give(&interrupt_lock);
    if (!is_new)
        return;
    if (processor_self != NULL)
        __c11_atomic_fetch_or(&processor_self->pending, PENDING_INTERRUPT, __ATOMIC_SEQ_CST);
    clock_kick();
}

/* The most urgent source above irql that may run on the processor, the oldest of its kind.
 * interrupt_lock is held. */
static struct ke_interrupt_source *interrupt_best_locked(const struct processor *processor,
                                                         KIRQL irql)
{
    struct ke_interrupt_source *best = NULL;

    list_for_each(node, &queue)
    {
        struct ke_interrupt_source *source = list_entry(node, struct ke_interrupt_source, link);

        if (source->affinity != 0 && (source->affinity >> processor->pcr.number & 1) == 0)
            continue;
        if (source->irql > irql && (best == NULL || source->irql > best->irql))
            best = source;
    }
    return best;
}

/* Takes the best off the queue; NULL: there is none, out_is_blocked: only irql keeps one out. */
static struct ke_interrupt_source *interrupt_pop(const struct processor *processor, KIRQL irql,
                                                 bool *out_is_blocked)
{
    struct ke_interrupt_source *source;

    host_lock_take(&interrupt_lock);
    source = interrupt_best_locked(processor, irql);
    if (source != NULL) {
        list_remove(&source->link);
        source->is_queued = false;
        __c11_atomic_fetch_sub(&interrupts_queued, 1, __ATOMIC_SEQ_CST);
    } else {
        *out_is_blocked = interrupt_best_locked(processor, PASSIVE_LEVEL) != NULL;
    }
    host_lock_give(&interrupt_lock);
    return source;
}

bool interrupts_run(struct processor *processor, KIRQL irql)
{
    struct ke_interrupt_source *source;
    bool is_blocked = false;

    while ((source = interrupt_pop(processor, irql, &is_blocked)) != NULL) {
        void (*routine)(void *) = source->routine;
        KIRQL level = source->irql, after;

        /* From here on the source may be queued again, or its memory be gone. */
        __c11_atomic_store(&processor->pcr.irql, level, __ATOMIC_RELAXED);
        routine(source->context);
        after = ke_irql();
        if (after != level)
            bugcheck_irql_unexpected(after, level, 3, (const void *)routine, source);
        __c11_atomic_store(&processor->pcr.irql, irql, __ATOMIC_RELAXED);
    }
    return is_blocked;
}

KIRQL interrupts_highest(const struct processor *processor)
{
    struct ke_interrupt_source *best;
    KIRQL irql = PASSIVE_LEVEL;

    if (__c11_atomic_load(&interrupts_queued, __ATOMIC_SEQ_CST) == 0)
        return PASSIVE_LEVEL;
    host_lock_take(&interrupt_lock);
    best = interrupt_best_locked(processor, PASSIVE_LEVEL);
    if (best != NULL)
        irql = best->irql;
    host_lock_give(&interrupt_lock);
    return irql;
}
