/* SPDX-License-Identifier: MIT */
/* turn.c - the hand-over between the two halves of a call. */
#include "wire/turn.h"

#include <stdbool.h>

#include "host/host.h"

/* Looks before the waiter lets others run: a service that is answered from another core is
 * answered within the larger number; on the same core nothing happens until we yield. */
#define LOOKS_ACROSS_CORES 200u
#define LOOKS_ON_ONE_CORE  1u

/* Where many others want the core, letting them run takes as long as they like: who yields says
 * that it is in no hurry, who sleeps and is woken is let in soon. One yield in so many is timed;
 * after a long one the next waits sleep at once. */
#define YIELDS_PER_LOOK 8u
#define YIELD_LONG_NS   200000u
#define WAITS_CROWDED   2000u

static __thread struct {
    uint32_t yields;  /* of this thread */
    uint32_t crowded; /* waits that are still to sleep at once */
} pace;

/* Lets others run; false: it took so long that sleeping is better. *out_now: the time after. */
static bool yield(uint64_t *out_now)
{
    bool is_timed = pace.yields++ % YIELDS_PER_LOOK == 0;
    uint64_t began = is_timed ? host_clock_ns() : 0;
    host_thread_yield();
    *out_now = host_clock_ns();
    if (!is_timed || *out_now - began < YIELD_LONG_NS)
        return true;
    pace.crowded = WAITS_CROWDED;
    return false;
}

/* Tells the other side where we run, and answers whether it runs there as well. The line is
 * written only when something has changed. */
static bool is_on_one_core(_Atomic uint32_t *ours, const _Atomic uint32_t *theirs)
{
    uint32_t here = (uint32_t)host_cpu_current() + 1; /* 0: not known yet */
    if (atomic_load_explicit(ours, memory_order_relaxed) != here)
        atomic_store_explicit(ours, here, memory_order_relaxed);
    return atomic_load_explicit(theirs, memory_order_relaxed) == here;
}

/* Spins and yields for WIRE_SPIN_NS at most; returns the turn as it saw it last. */
static uint32_t spin(struct wire_channel *channel, uint32_t theirs, bool is_kernel)
{
    _Atomic uint32_t *cpu = channel->cpu;
    uint64_t began = 0, now;
    bool is_crowded = pace.crowded != 0;
    pace.crowded -= is_crowded;
    for (;;) {
        bool is_shared = is_on_one_core(&cpu[is_kernel], &cpu[!is_kernel]);
        unsigned looks = is_shared ? LOOKS_ON_ONE_CORE : LOOKS_ACROSS_CORES;
        for (unsigned i = 0; i < looks; i++) {
            uint32_t turn = atomic_load_explicit(&channel->turn, memory_order_acquire);
            if (turn != theirs)
                return turn;
            host_spin_pause();
        }
        if (is_crowded)
            return theirs;
        is_crowded = !yield(&now);
        if (!began)
            began = now;
        else if (now - began > WIRE_SPIN_NS)
            return theirs;
    }
}

uint32_t wire_turn_wait(struct wire_channel *channel, uint32_t theirs, _Atomic uint32_t *sleeps)
{
    uint32_t turn = spin(channel, theirs, sleeps == &channel->kernel_sleeps);
    while (turn == theirs) {
        /* Sequentially consistent on both sides: either we see the new turn here, or the
         * giver sees the flag. */
        atomic_store(sleeps, 1);
        turn = atomic_load(&channel->turn);
        if (turn == theirs) {
            host_wait_shared(&channel->turn, theirs, HOST_FOREVER);
            turn = atomic_load(&channel->turn);
        }
        atomic_store(sleeps, 0);
    }
    return turn;
}

void wire_turn_wake(struct wire_channel *channel, _Atomic uint32_t *sleeps)
{
    if (__builtin_expect(atomic_load(sleeps) == 0, 1))
        return;
    atomic_fetch_add_explicit(&channel->wakes, 1, memory_order_relaxed);
    host_wake_shared(&channel->turn, 1);
}

void wire_turn_give(struct wire_channel *channel, uint32_t to, _Atomic uint32_t *sleeps)
{
    atomic_store(&channel->turn, to);
    wire_turn_wake(channel, sleeps);
}
