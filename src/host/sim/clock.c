/* SPDX-License-Identifier: MIT */
/* clock.c (sim) - virtual time. */
#include "host/host.h"

bool host_is_sim(void)
{
    return true;
}
