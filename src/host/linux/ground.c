/* SPDX-License-Identifier: MIT */
/* ground.c (linux) - what this ground says of itself, and where its chance comes from.
 *
 * The counterparts on the simulated ground are drawn from the seed.
 */
#include <errno.h>
#include <sys/random.h>

#include "host/points.h"
#include "host_internal.h"

uint64_t host_random64(void)
{
    uint64_t value;
    ssize_t got;

    do
        got = getrandom(&value, sizeof(value), 0);
    while (got < 0 && errno == EINTR);
    COVE_ASSERT(got == sizeof(value));
    return value;
}

int host_sim_seed(uint64_t seed)
{
    (void)seed;
    return ENOTSUP;
}

uint64_t host_sim_steps(void)
{
    return 0;
}

bool host_points;

bool host_is_sim(void)
{
    return false;
}
