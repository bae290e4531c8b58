/* SPDX-License-Identifier: MIT */
/* wait.c (sim) - waiting on a word in virtual time, and the small lock built on it.
 *
 * Looking at the word and going to sleep cannot be interleaved with anything: only
 * the holder of the baton is running. Both waiting and waking are scheduling points.
 */
#include <errno.h>

#include "sim_internal.h"

static int sim_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns)
{
    struct sim_thread *self = sim_self();

    if (*word == expected) {
        self->word = word;
        self->expected = expected;
        self->deadline = deadline_ns;
        self->state = SIM_WAITING;
    }
    return sim_point(self);
}

int host_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns)
{
    return sim_wait(word, expected, deadline_ns);
}

void host_wake(_Atomic uint32_t *word, int count)
{
    struct sim_thread *self = sim_self();

    sim_wake(word, count);
    sim_point(self);
}

int host_wait_shared(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns)
{
    (void)word;
    (void)expected;
    (void)deadline_ns;
    return ENOTSUP; /* another process has no place in our virtual time */
}

void host_wake_shared(_Atomic uint32_t *word, int count)
{
    (void)word;
    (void)count; /* nobody can have waited */
}

/* Contended only if the owner met a scheduling point inside its section. */
void host_lock_take_slow(struct host_lock *lock)
{
    while (__c11_atomic_exchange(&lock->word, 2, __ATOMIC_ACQUIRE) != 0)
        sim_wait(&lock->word, 2, HOST_FOREVER);
}

void host_lock_give_slow(struct host_lock *lock)
{
    struct sim_thread *self = sim_self();

    sim_wake(&lock->word, 1);
    sim_point(self);
}
