/* SPDX-License-Identifier: MIT */
/* turn.h - waiting for one's turn on a channel, and giving it to the other side.
 *
 * The one wait of both sides: spin, let others run, then sleep. Two halves on two cores
 * answer each other without a system call; on one core the waiter yields at once, so that
 * the other half runs; after WIRE_SPIN_NS of silence the waiter sleeps.
 */
#ifndef WIRE_TURN_H
#define WIRE_TURN_H

#include "wire/wire.h"

#define WIRE_SPIN_NS 100000u

/* Returns the turn's new value once it is not `theirs`. sleeps is the waiting side's own
 * flag. Blocks on the host. */
uint32_t wire_turn_wait(struct wire_channel *channel, uint32_t theirs, _Atomic uint32_t *sleeps);
/* Publishes everything written before; wakes the other side if its flag sleeps is set. */
void wire_turn_give(struct wire_channel *channel, uint32_t to, _Atomic uint32_t *sleeps);
/* The second half of giving: wakes the other side if its flag is set, and counts that. */
void wire_turn_wake(struct wire_channel *channel, _Atomic uint32_t *sleeps);

/* Arguments that may be addresses in a program's window [base, base + bytes) are about to be
 * read and written on this core: their lines are asked for all at once, instead of one after
 * the other. Never faults. */
static inline void wire_lines_fetch(const uint64_t *arguments, uint32_t count, uint64_t base,
                                    uint64_t bytes)
{
    for (uint32_t i = 0; i < count; i++) {
        /* The builtin would ask for a copy only, and the first write would wait again. */
        if (arguments[i] - base < bytes)
            __asm__ volatile("prefetchw (%0)" : : "r"(arguments[i]));
    }
}

#endif
