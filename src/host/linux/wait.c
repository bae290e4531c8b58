/* SPDX-License-Identifier: MIT */
/* wait.c (linux) - waiting on a word, and the small lock built on it.
 *
 * The lock's word is 0 free, 1 held, 2 held and somebody may sleep. Whoever has
 * slept takes it as 2, because others may sleep still.
 */
#include "host_internal.h"

/* About 2 us: a section that is worth a host_lock is over by then, if its owner runs. */
#define LOCK_SPINS 100

int host_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns)
{
    return host_futex_wait(word, expected, deadline_ns, false);
}

void host_wake(_Atomic uint32_t *word, int count)
{
    host_futex_wake(word, count, false);
}

int host_wait_shared(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns)
{
    return host_futex_wait(word, expected, deadline_ns, true);
}

void host_wake_shared(_Atomic uint32_t *word, int count)
{
    host_futex_wake(word, count, true);
}

void host_lock_take_slow(struct host_lock *lock)
{
    /* On a single processor the owner cannot be making progress while we spin. */
    int spins = host_cpu_count() > 1 ? LOCK_SPINS : 0;

    for (int i = 0; i < spins; i++) {
        uint32_t seen = __c11_atomic_load(&lock->word, __ATOMIC_RELAXED);

        if (seen == 2)
            break;
        if (seen == 0 && __c11_atomic_compare_exchange_weak(&lock->word, &seen, 1, __ATOMIC_ACQUIRE,
                                                            __ATOMIC_RELAXED))
            return;
        __builtin_ia32_pause();
    }
    while (__c11_atomic_exchange(&lock->word, 2, __ATOMIC_ACQUIRE) != 0)
        host_futex_wait(&lock->word, 2, HOST_FOREVER, false);
}

void host_lock_give_slow(struct host_lock *lock)
{
    host_futex_wake(&lock->word, 1, false);
}
