/* SPDX-License-Identifier: MIT */
/* clock.c (sim) - virtual time.
 *
 * It starts at the same moment in every run and moves only as the scheduler and the
 * calls below say; nothing here looks at a real clock.
 */
#include "sim_internal.h"

/* 2025-01-01 00:00 UTC, counted from 1601 in units of 100 ns. */
#define SIM_WALLCLOCK_START 133801632000000000ull

uint64_t host_clock_ns(void)
{
    sim_self();
    sim_advance(SIM_LOOK_NS);
    return sim_now();
}

uint64_t host_wallclock_100ns(void)
{
    return SIM_WALLCLOCK_START + host_clock_ns() / 100;
}

void host_spin_pause(void)
{
    sim_point(sim_self());
}

void host_stall_ns(uint64_t ns)
{
    struct sim_thread *self = sim_self();

    sim_advance(ns);
    sim_point(self);
}
