/* SPDX-License-Identifier: MIT */
/* dpc.c - deferred procedure calls: a queue per processor, run dry at DISPATCH_LEVEL.
 *
 * KDPC.DpcData names the queue a DPC is in and is NULL otherwise: setting it from NULL is
 * what makes queueing happen once. It is cleared before the routine runs, so that the
 * routine may queue its own DPC again, or free it.
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
    dpc->DpcListEntry.Next = NULL;
    if (processor->dpc_first == NULL) {
        processor->dpc_first = processor->dpc_last = dpc;
    } else if (dpc->Importance == HighImportance) {
        dpc->DpcListEntry.Next = &processor->dpc_first->DpcListEntry;
        processor->dpc_first = dpc;
    } else {
        processor->dpc_last->DpcListEntry.Next = &dpc->DpcListEntry;
        processor->dpc_last = dpc;
    }
    __c11_atomic_fetch_add(&dpcs_queued, 1, __ATOMIC_SEQ_CST);
    __c11_atomic_fetch_or(&processor->pending, PENDING_DPC, __ATOMIC_SEQ_CST);
    host_lock_give(&processor->dpc_lock);
    *out_target = processor == processor_self ? NULL : processor;
    return true;
}

bool dpc_remove(KDPC *dpc)
{
    struct processor *processor = __atomic_load_n(&dpc->DpcData, __ATOMIC_SEQ_CST);
    KDPC *previous = NULL, *node;

    if (processor == NULL)
        return false;
    host_lock_take(&processor->dpc_lock);
    for (node = processor->dpc_first; node != NULL && node != dpc;
         node = dpc_of(node->DpcListEntry.Next))
        previous = node;
    if (node != NULL) {
        KDPC *next = dpc_of(dpc->DpcListEntry.Next);

        if (previous == NULL)
            processor->dpc_first = next;
        else
            previous->DpcListEntry.Next = dpc->DpcListEntry.Next;
        if (processor->dpc_last == dpc)
            processor->dpc_last = previous;
        __atomic_store_n(&dpc->DpcData, NULL, __ATOMIC_SEQ_CST);
        __c11_atomic_fetch_sub(&dpcs_queued, 1, __ATOMIC_SEQ_CST);
    }
    host_lock_give(&processor->dpc_lock);
    return node != NULL;
}

/* Takes the first DPC off; the copy is what is left of it when its routine frees it. */
static KDPC *dpc_pop(struct processor *processor, KDPC *out_copy)
{
    KDPC *dpc;

    host_lock_take(&processor->dpc_lock);
    dpc = processor->dpc_first;
    processor->dpc_running = dpc;
    if (dpc != NULL) {
        processor->dpc_first = dpc_of(dpc->DpcListEntry.Next);
        if (processor->dpc_first == NULL)
            processor->dpc_last = NULL;
        *out_copy = *dpc;
        if ((processor->pending & PENDING_WATCH) != 0)
            __c11_atomic_fetch_and(&processor->pending, ~(uint32_t)PENDING_WATCH, __ATOMIC_SEQ_CST);
        __atomic_store_n(&dpc->DpcData, NULL, __ATOMIC_SEQ_CST);
        __c11_atomic_fetch_sub(&dpcs_queued, 1, __ATOMIC_SEQ_CST);
    } else {
        __c11_atomic_fetch_and(&processor->pending, ~(uint32_t)PENDING_DPC, __ATOMIC_SEQ_CST);
        __c11_atomic_fetch_add(&processor->dpc_idle, 1, __ATOMIC_SEQ_CST);
    }
    host_lock_give(&processor->dpc_lock);
    return dpc;
}

void dpc_drain(struct processor *processor)
{
    KDPC copy, *dpc;

    processor->is_draining = true;
    while ((dpc = dpc_pop(processor, &copy)) != NULL) {
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
    if (__c11_atomic_load(&processor->dpc_flushes, __ATOMIC_SEQ_CST) != 0)
        host_wake(&processor->dpc_idle, INT_MAX);
}

/* Nothing queued, nothing running; out_idle: how often that came to be. */
static bool dpc_is_idle(struct processor *processor, uint32_t *out_idle)
{
    bool is_idle;

    host_lock_take(&processor->dpc_lock);
    is_idle = processor->dpc_first == NULL && processor->dpc_running == NULL;
    *out_idle = processor->dpc_idle;
    host_lock_give(&processor->dpc_lock);
    return is_idle;
}

void dpcs_flush(void)
{
    for (unsigned i = 0; i < processor_count; i++) {
        struct processor *processor = &processors[i];
        uint32_t idle;

        ke_interrupts_poll();
        if (dpc_is_idle(processor, &idle))
            continue;
        __c11_atomic_fetch_add(&processor->dpc_flushes, 1, __ATOMIC_SEQ_CST);
        processor_notify(processor);
        processor_give();
        while (__c11_atomic_load(&processor->dpc_idle, __ATOMIC_SEQ_CST) == idle)
            host_wait(&processor->dpc_idle, idle, host_clock_ns() + DPC_FLUSH_LOOK_NS);
        processor_take(PASSIVE_LEVEL);
        __c11_atomic_fetch_sub(&processor->dpc_flushes, 1, __ATOMIC_SEQ_CST);
    }
}
