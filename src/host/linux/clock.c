/* SPDX-License-Identifier: MIT */
/* clock.c (linux) - real time.
 *
 * Monotonic nanoseconds, the wall clock in Windows' units, pausing and stalling.
 * host_clock_ns never runs backwards and is the scale of every deadline.
 */
#include <time.h>

#include "host/host.h"

/* Seconds from 1601-01-01 to 1970-01-01. */
#define HOST_EPOCH_SECONDS 11644473600ull

uint64_t host_clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

uint64_t host_wallclock_100ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec + HOST_EPOCH_SECONDS) * 10000000ull + (uint64_t)now.tv_nsec / 100;
}

void host_spin_pause(void)
{
    __builtin_ia32_pause();
}

void host_stall_ns(uint64_t ns)
{
    uint64_t end = host_clock_ns() + ns;

    while (host_clock_ns() < end)
        __builtin_ia32_pause();
}
