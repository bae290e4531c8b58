/* SPDX-License-Identifier: MIT */
/* barrier_ddi.c - synchronization barriers. Doc: synchapi.h
 *
 * The last thread to come lets all go and is told that it was the last. A barrier may be
 * entered again at once: a round has its number.
 */
#include <limits.h>

#include "host/host.h"
#include "win32_internal.h"

/* RTL_BARRIER's four words and a spin count are the system's own. */
struct barrier {
    _Atomic uint32_t missing; /* in this round */
    uint32_t total;
    _Atomic uint32_t round; /* waited on */
    _Atomic uint32_t inside;
};

EXPORT(BOOL, InitializeSynchronizationBarrier, (struct barrier * barrier, LONG total, LONG spins))
{
    if (total < 1 || spins < -1)
        return error_fail(ERROR_INVALID_PARAMETER);
    barrier->missing = barrier->total = (uint32_t)total;
    barrier->round = barrier->inside = 0;
    return TRUE;
}

EXPORT(BOOL, EnterSynchronizationBarrier, (struct barrier * barrier, DWORD flags))
{
    uint32_t round = atomic_load(&barrier->round);
    atomic_fetch_add(&barrier->inside, 1);
    bool is_last = atomic_fetch_sub(&barrier->missing, 1) == 1;
    if (is_last) {
        atomic_store(&barrier->missing, barrier->total);
        atomic_fetch_add(&barrier->round, 1);
        host_wake(&barrier->round, INT_MAX);
    } else {
        while (atomic_load(&barrier->round) == round)
            host_wait(&barrier->round, round, HOST_FOREVER);
    }
    if (atomic_fetch_sub(&barrier->inside, 1) == 1)
        host_wake(&barrier->inside, INT_MAX);
    return is_last;
}

/* Waits until every thread has left it. */
EXPORT(BOOL, DeleteSynchronizationBarrier, (struct barrier * barrier))
{
    uint32_t inside;
    while ((inside = atomic_load(&barrier->inside)))
        host_wait(&barrier->inside, inside, HOST_FOREVER);
    return TRUE;
}
