/* SPDX-License-Identifier: MIT */
/* turn.c - the hand-over between the two halves of a call. */
#include "wire/turn.h"

#include "host/host.h"

#define SPINS_A_ROUND 20

/* Spins and yields for WIRE_SPIN_NS at most; returns the turn as it saw it last. */
static uint32_t spin(struct wire_channel *channel, uint32_t theirs)
{
    uint64_t began = 0;
    for (;;) {
        for (unsigned i = 0; i < SPINS_A_ROUND; i++) {
            uint32_t turn = atomic_load_explicit(&channel->turn, memory_order_acquire);
            if (turn != theirs)
                return turn;
            host_spin_pause();
        }
        host_thread_yield();
        uint64_t now = host_clock_ns();
        if (!began)
            began = now;
        else if (now - began > WIRE_SPIN_NS)
            return theirs;
    }
}

uint32_t wire_turn_wait(struct wire_channel *channel, uint32_t theirs, _Atomic uint32_t *sleeps)
{
    uint32_t turn = spin(channel, theirs);
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

void wire_turn_give(struct wire_channel *channel, uint32_t to, _Atomic uint32_t *sleeps)
{
    atomic_store(&channel->turn, to);
    if (atomic_load(sleeps))
        host_wake_shared(&channel->turn, 1);
}
