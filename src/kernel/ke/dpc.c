/* SPDX-License-Identifier: MIT */
/* dpc.c - deferred procedure calls: a queue per processor, run dry at DISPATCH_LEVEL.
 *
 * KDPC.DpcData names the queue a DPC is in and is NULL otherwise: setting it from NULL is
 * what makes queueing happen once. It is cleared before the routine runs, so that the
 * routine may queue its own DPC again, or free it. A threaded DPC goes through its processor's
 * queue as every other does; there it is not run but moved on to the line of the processor's
 * DPC thread.
 */
#include <limits.h>

#include "base/trace.h"
#include "callout/callout.h"
#include "ke_internal.h"

#define DPC_FLUSH_LOOK_NS 1000000u

_Atomic uint64_t dpcs_queued;

static KDPC *dpc_of(SINGLE_LIST_ENTRY *entry)
{
    return entry == NULL ? NULL : CONTAINING_RECORD(entry, KDPC, DpcListEntry);
}

/* Number holds a target's index and one; 0: where it is queued. */
static struct processor *dpc_target(const KDPC *dpc)
{
    if (dpc->Number != 0 && dpc->Number <= processor_count)
        return &processors[dpc->Number - 1];
    return processor_self != NULL ? processor_self : &processors[0];
}

static void line_add(struct dpc_line *line, KDPC *dpc)
{
    dpc->DpcListEntry.Next = NULL;
    if (line->first == NULL) {
        line->first = line->last = dpc;
    } else if (dpc->Importance == HighImportance) {
        dpc->DpcListEntry.Next = &line->first->DpcListEntry;
        line->first = dpc;
    } else {
        line->last->DpcListEntry.Next = &dpc->DpcListEntry;
        line->last = dpc;
    }
}

static KDPC *line_take_first(struct dpc_line *line)
{
    KDPC *dpc = line->first;

    if (dpc != NULL)
        line->first = dpc_of(dpc->DpcListEntry.Next);
    if (line->first == NULL)
        line->last = NULL;
    return dpc;
}

static bool line_remove(struct dpc_line *line, KDPC *dpc)
{
    KDPC *previous = NULL, *node = line->first, *next;

    for (; node != NULL && node != dpc; node = dpc_of(node->DpcListEntry.Next))
        previous = node;
    if (node == NULL)
        return false;
    next = dpc_of(dpc->DpcListEntry.Next);
    if (previous == NULL)
        line->first = next;
    else
        previous->DpcListEntry.Next = dpc->DpcListEntry.Next;
    if (line->last == dpc)
        line->last = previous;
    return true;
}

bool dpc_queue(KDPC *dpc, void *argument1, void *argument2, struct processor **out_target)
{
    struct processor *processor = dpc_target(dpc);
    void *expected = NULL;

    if (!__atomic_compare_exchange_n(&dpc->DpcData, &expected, processor, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_RELAXED))
        return false;
    host_lock_take(&processor->dpc_lock);
    dpc->SystemArgument1 = argument1;
    dpc->SystemArgument2 = argument2;
    line_add(&processor->dpcs, dpc);
    __c11_atomic_fetch_add(&dpcs_queued, 1, __ATOMIC_SEQ_CST);
    __c11_atomic_fetch_or(&processor->pending, PENDING_DPC, __ATOMIC_SEQ_CST);
    host_lock_give(&processor->dpc_lock);
    *out_target = processor == processor_self ? NULL : processor;
    return true;
}

bool dpc_remove(KDPC *dpc)
{
    struct processor *processor = __atomic_load_n(&dpc->DpcData, __ATOMIC_SEQ_CST);
    bool was_queued;

    if (processor == NULL)
        return false;
    host_lock_take(&processor->dpc_lock);
    was_queued = line_remove(&processor->dpcs, dpc) || line_remove(&processor->threaded, dpc);
    if (was_queued) {
        __atomic_store_n(&dpc->DpcData, NULL, __ATOMIC_SEQ_CST);
        __c11_atomic_fetch_sub(&dpcs_queued, 1, __ATOMIC_SEQ_CST);
    }
    host_lock_give(&processor->dpc_lock);
    return was_queued;
}

/* Moves the threaded ones at the head of the queue on; returns how many. dpc_lock is held. */
static unsigned threaded_move_locked(struct processor *processor)
{
    unsigned count = 0;

    while (processor->dpcs.first != NULL && processor->dpcs.first->Type == DPC_OBJECT_THREADED) {
        line_add(&processor->threaded, line_take_first(&processor->dpcs));
        count++;
    }
    return count;
}

KDPC *dpc_pop(struct processor *processor, struct dpc_line *line, KDPC *out_copy)
{
    bool is_threaded = line == &processor->threaded;
    unsigned moved = 0;
    KDPC *dpc;

    host_lock_take(&processor->dpc_lock);
    if (!is_threaded)
        moved = threaded_move_locked(processor);
    dpc = line_take_first(line);
    line->running = dpc;
    if (dpc != NULL) {
        *out_copy = *dpc;
        if ((processor->pending & PENDING_WATCH) != 0)
            __c11_atomic_fetch_and(&processor->pending, ~(uint32_t)PENDING_WATCH, __ATOMIC_SEQ_CST);
        __atomic_store_n(&dpc->DpcData, NULL, __ATOMIC_SEQ_CST);
        __c11_atomic_fetch_sub(&dpcs_queued, 1, __ATOMIC_SEQ_CST);
    } else {
        if (!is_threaded)
            __c11_atomic_fetch_and(&processor->pending, ~(uint32_t)PENDING_DPC, __ATOMIC_SEQ_CST);
        __c11_atomic_fetch_add(&line->idle, 1, __ATOMIC_SEQ_CST);
    }
    host_lock_give(&processor->dpc_lock);
    for (; moved != 0; moved--)
        dpc_thread_wake(processor);
    return dpc;
}

void dpc_line_dry(struct dpc_line *line)
{
    if (__c11_atomic_load(&line->flushes, __ATOMIC_SEQ_CST) != 0)
        host_wake(&line->idle, INT_MAX);
}

void dpc_drain(struct processor *processor)
{
    KDPC copy, *dpc;

    processor->is_draining = true;
    while ((dpc = dpc_pop(processor, &processor->dpcs, &copy)) != NULL) {
        KIRQL irql;

        trace_point(TRACE_DPC, dpc, copy.DeferredRoutine, 0);
        callout_dpc(copy.DeferredRoutine, dpc, copy.DeferredContext, copy.SystemArgument1,
                    copy.SystemArgument2);
        irql = ke_irql();
        if (irql != DISPATCH_LEVEL)
            bugcheck_irql_unexpected(irql, DISPATCH_LEVEL, 2, (const void *)copy.DeferredRoutine,
                                     dpc);
        if ((__c11_atomic_load(&processor->pending, __ATOMIC_RELAXED) & PENDING_INTERRUPT) != 0)
            processor_service(processor, DISPATCH_LEVEL);
    }
    processor->is_draining = false;
    dpc_line_dry(&processor->dpcs);
}

/* Nothing queued, nothing running; out_idle: how often that came to be. */
static bool line_is_idle(struct processor *processor, const struct dpc_line *line,
                         uint32_t *out_idle)
{
    bool is_idle;

    host_lock_take(&processor->dpc_lock);
    is_idle = line->first == NULL && line->running == NULL;
    *out_idle = line->idle;
    host_lock_give(&processor->dpc_lock);
    return is_idle;
}

static void line_flush(struct processor *processor, struct dpc_line *line)
{
    uint32_t idle;

    ke_interrupts_poll();
    if (line_is_idle(processor, line, &idle))
        return;
    __c11_atomic_fetch_add(&line->flushes, 1, __ATOMIC_SEQ_CST);
    processor_notify(processor);
    processor_give();
    while (__c11_atomic_load(&line->idle, __ATOMIC_SEQ_CST) == idle)
        host_wait(&line->idle, idle, host_clock_ns() + DPC_FLUSH_LOOK_NS);
    processor_take(PASSIVE_LEVEL);
    __c11_atomic_fetch_sub(&line->flushes, 1, __ATOMIC_SEQ_CST);
}

void dpcs_flush(void)
{
    for (unsigned i = 0; i < processor_count; i++)
        line_flush(&processors[i], &processors[i].dpcs);
    /* After all queues, through which the threaded ones come. */
    for (unsigned i = 0; i < processor_count; i++)
        if (!dpc_thread_is_self(&processors[i]))
            line_flush(&processors[i], &processors[i].threaded);
}
