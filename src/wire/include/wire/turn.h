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

/* Arguments that are addresses in a program's window [base, base + bytes), which lies at `here`
 * for the caller, are about to be read and written on this core: their lines are asked for all at
 * once, instead of one after the other. are_addresses: bit n for the n-th; a number that happens
 * to lie in a low window costs a look through all tables. Never faults. */
static inline void wire_lines_fetch(const uint64_t *arguments, uint32_t are_addresses,
                                    uint64_t base, uint64_t bytes, uint64_t here)
{
    for (; are_addresses; are_addresses &= are_addresses - 1) {
        uint64_t argument = arguments[__builtin_ctz(are_addresses)];
        /* The builtin would ask for a copy only, and the first write would wait again. */
        if (argument - base - WIRE_NOBODYS_BYTES < bytes - WIRE_NOBODYS_BYTES)
            __asm__ volatile("prefetchw (%0)" : : "r"(argument - base + here));
    }
}

#endif
