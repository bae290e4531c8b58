/* SPDX-License-Identifier: MIT */
/* broadcast.c - one routine on every processor at once: by interrupt, or by DPC.
 *
 * All wait for each other before the routine starts, so a processor that has come stays. Whoever
 * waits lets interrupts above its IRQL in. One broadcast of a kind is under way at a time; who
 * comes second answers the first one's interrupt while it waits for its turn.
 */
#include "callout/callout.h"
#include "ke_internal.h"

struct broadcast {
    PKIPI_BROADCAST_WORKER routine;
    ULONG_PTR context;
    _Atomic uint32_t arrived, done; /* atomic: processors */
};

struct broadcast_source {
    struct ke_interrupt_source source;
    struct broadcast *broadcast;
};

static _Atomic uint32_t is_interrupt_taken; /* atomic: 1 while one is under way; guards sources */
static struct broadcast_source sources[KE_PROCESSORS_MAX];

static void broadcast_turn(void)
{
    host_spin_pause();
    ke_interrupts_poll();
    host_thread_yield();
}

static void turn_take(_Atomic uint32_t *word)
{
    uint32_t expected = 0;

    while (!__c11_atomic_compare_exchange_strong(word, &expected, 1, __ATOMIC_SEQ_CST,
                                                 __ATOMIC_RELAXED)) {
        expected = 0;
        broadcast_turn();
    }
}

static void await(_Atomic uint32_t *count, uint32_t wanted)
{
    while (__c11_atomic_load(count, __ATOMIC_ACQUIRE) < wanted)
        broadcast_turn();
}

static ULONG_PTR broadcast_run(struct broadcast *broadcast)
{
    uint64_t argument = broadcast->context;
    ULONG_PTR answer;

    __c11_atomic_fetch_add(&broadcast->arrived, 1, __ATOMIC_SEQ_CST);
    await(&broadcast->arrived, processor_count);
    answer = callout_invoke((const void *)broadcast->routine, &argument, 1);
    __c11_atomic_fetch_add(&broadcast->done, 1, __ATOMIC_SEQ_CST);
    return answer;
}

static void source_run(void *context)
{
    (void)broadcast_run(((struct broadcast_source *)context)->broadcast);
}

ULONG_PTR broadcast_interrupt(PKIPI_BROADCAST_WORKER routine, ULONG_PTR context)
{
    struct broadcast broadcast = {.routine = routine, .context = context};
    ULONG_PTR answer;
    unsigned self;
    KIRQL irql;

    turn_take(&is_interrupt_taken);
    irql = ke_irql_raise(IPI_LEVEL);
    self = processor_self->pcr.number; /* from here on it stays */
    for (unsigned i = 0; i < processor_count; i++) {
        struct broadcast_source *source = &sources[i];

        if (i == self)
            continue;
        source->source.routine = source_run;
        source->source.context = source;
        source->source.irql = IPI_LEVEL;
        source->source.affinity = (KAFFINITY)1 << i;
        source->broadcast = &broadcast;
        ke_interrupt_request(&source->source);
    }
    answer = broadcast_run(&broadcast);
    await(&broadcast.done, processor_count);
    __c11_atomic_store(&is_interrupt_taken, 0, __ATOMIC_SEQ_CST);
    ke_irql_lower(irql);
    return answer;
}

/* ---- DPCs --------------------------------------------------------------------------------- */

/* What SystemArgument1 and SystemArgument2 of such a DPC point at. */
struct dpc_barrier {
    _Atomic uint32_t left;    /* atomic: that have not said they are done */
    _Atomic uint32_t waiting; /* atomic: how often one came to the meeting point */
};

static _Atomic uint32_t is_dpc_taken; /* atomic: 1 while one is under way; guards dpcs */
static KDPC dpcs[KE_PROCESSORS_MAX];

void broadcast_dpc(PKDEFERRED_ROUTINE routine, void *context)
{
    struct dpc_barrier barrier = {.left = processor_count};
    struct processor *target;
    unsigned self;
    KIRQL irql;

    turn_take(&is_dpc_taken);
    irql = ke_irql_raise(DISPATCH_LEVEL);
    self = processor_self->pcr.number;
    for (unsigned i = 0; i < processor_count; i++) {
        KeInitializeDpc(&dpcs[i], routine, context);
        dpcs[i].Importance = HighImportance;
        dpcs[i].Number = (USHORT)(i + 1);
        if (i != self && dpc_queue(&dpcs[i], &barrier, &barrier, &target))
            processor_notify(target);
    }
    callout_dpc(routine, &dpcs[self], context, &barrier, &barrier);
    while (__c11_atomic_load(&barrier.left, __ATOMIC_ACQUIRE) != 0)
        broadcast_turn();
    __c11_atomic_store(&is_dpc_taken, 0, __ATOMIC_SEQ_CST);
    ke_irql_lower(irql);
}

void broadcast_dpc_done(void *barrier)
{
    __c11_atomic_fetch_sub(&((struct dpc_barrier *)barrier)->left, 1, __ATOMIC_SEQ_CST);
}

bool broadcast_dpc_synchronize(void *barrier)
{
    struct dpc_barrier *own = barrier;
    uint32_t place = __c11_atomic_fetch_add(&own->waiting, 1, __ATOMIC_SEQ_CST);

    /* Each meeting takes one count of every processor. */
    await(&own->waiting, (place / processor_count + 1) * processor_count);
    return place % processor_count == 0;
}
