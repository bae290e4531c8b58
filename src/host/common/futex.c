/* SPDX-License-Identifier: MIT */
/* futex.c - the kernel's wait queue, as both grounds use it.
 *
 * Linux waits with it, sim parks its threads with it. Deadlines are absolute, on
 * CLOCK_MONOTONIC; every return but ETIMEDOUT means "look again".
 */
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "host_internal.h"

__thread uint32_t host_locks_held;

int host_futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t deadline_ns, bool shared)
{
    int operation = FUTEX_WAIT_BITSET | (shared ? 0 : FUTEX_PRIVATE_FLAG);
    struct timespec deadline = {
        .tv_sec = (time_t)(deadline_ns / 1000000000ull),
        .tv_nsec = (long)(deadline_ns % 1000000000ull),
    };
    long result =
        syscall(SYS_futex, word, operation, expected,
                deadline_ns == HOST_FOREVER ? NULL : &deadline, NULL, FUTEX_BITSET_MATCH_ANY);

    if (result == 0 || errno == EAGAIN || errno == EINTR)
        return 0;
    COVE_ASSERT(errno == ETIMEDOUT);
    return ETIMEDOUT;
}

void host_futex_wake(_Atomic uint32_t *word, int count, bool shared)
{
    syscall(SYS_futex, word, FUTEX_WAKE | (shared ? 0 : FUTEX_PRIVATE_FLAG), count, NULL, NULL, 0);
}
