/* SPDX-License-Identifier: MIT */
/* spinlock.c - spin locks between virtual processors.
 *
 * Two processors are two host threads, and the one that has the lock may have lost the
 * host's CPU: so a spinner first pauses, then lets others run, and after ten seconds of the
 * host's clock calls it a deadlock (bug check 0x133). Threads are the owners, not
 * processors, so that a lock taken below DISPATCH_LEVEL by mistake is still told apart.
 */
#include "spinlock.h"

#include "host/points.h"

#define SPIN_PAUSES   256u
#define SPIN_LIMIT_NS 10000000000ull

#define RWSPIN_EXCLUSIVE 0x80000000u
#define RWSPIN_WANTED    0x40000000u
#define RWSPIN_READERS   0x3fffffffu

struct spin {
    uint32_t turns;
    uint64_t start_ns;
};

/* One turn of waiting for word. */
static void spin_turn(struct spin *spin, const void *lock, uintptr_t word)
{
    uint64_t now_ns;

    host_spin_pause();
    if (++spin->turns % SPIN_PAUSES != 0)
        return;
    /* What interrupts this IRQL lets in must not have to wait for the lock. */
    ke_interrupts_poll();
    host_thread_yield();
    now_ns = host_clock_ns();
    if (spin->start_ns == 0)
        spin->start_ns = now_ns;
    else if (now_ns - spin->start_ns > SPIN_LIMIT_NS)
        bugcheck(DPC_WATCHDOG_VIOLATION, 0, SPIN_LIMIT_NS / 1000000u, (uintptr_t)lock, word);
}

static uintptr_t spinlock_mine(void)
{
    return (uintptr_t)thread_self | 1;
}

bool spinlock_try_take(KSPIN_LOCK *lock)
{
    KSPIN_LOCK expected = 0;

    return __atomic_compare_exchange_n(lock, &expected, spinlock_mine(), false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

static __attribute__((noinline)) void spinlock_take_slow(KSPIN_LOCK *lock)
{
    struct spin spin = {0};

    for (;;) {
        KSPIN_LOCK word = __atomic_load_n(lock, __ATOMIC_RELAXED);

        if (word == 0 && spinlock_try_take(lock))
            return;
        if (word == spinlock_mine())
            bugcheck(SPIN_LOCK_ALREADY_OWNED, (uintptr_t)lock, 0, 0, 0);
        spin_turn(&spin, lock, word);
    }
}

void spinlock_take(KSPIN_LOCK *lock)
{
    if (__builtin_expect(host_points, 0))
        host_thread_yield();
    if (__builtin_expect(!spinlock_try_take(lock), 0))
        spinlock_take_slow(lock);
}

void spinlock_give(KSPIN_LOCK *lock)
{
    if (__builtin_expect(__atomic_load_n(lock, __ATOMIC_RELAXED) == 0, 0))
        bugcheck(SPIN_LOCK_NOT_OWNED, (uintptr_t)lock, 0, 0, 0);
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
    if (__builtin_expect(host_points, 0))
        host_thread_yield();
}

static uint32_t *rwspin_word(EX_SPIN_LOCK *lock)
{
    return (uint32_t *)(uintptr_t)lock;
}

void rwspin_take_shared(EX_SPIN_LOCK *lock)
{
    uint32_t *word = rwspin_word(lock);
    struct spin spin = {0};

    for (;;) {
        uint32_t old = __atomic_load_n(word, __ATOMIC_RELAXED);

        if ((old & (RWSPIN_EXCLUSIVE | RWSPIN_WANTED)) == 0 &&
            __atomic_compare_exchange_n(word, &old, old + 1, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return;
        spin_turn(&spin, lock, old);
    }
}

void rwspin_give_shared(EX_SPIN_LOCK *lock)
{
    uint32_t old = __atomic_fetch_sub(rwspin_word(lock), 1, __ATOMIC_RELEASE);

    if ((old & RWSPIN_READERS) == 0)
        bugcheck(SPIN_LOCK_NOT_OWNED, (uintptr_t)lock, 0, 0, 0);
}

void rwspin_take_exclusive(EX_SPIN_LOCK *lock)
{
    uint32_t *word = rwspin_word(lock);
    struct spin spin = {0};

    for (;;) {
        uint32_t old = __atomic_load_n(word, __ATOMIC_RELAXED);

        if ((old & ~RWSPIN_WANTED) == 0 &&
            __atomic_compare_exchange_n(word, &old, RWSPIN_EXCLUSIVE, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return;
        __atomic_fetch_or(word, RWSPIN_WANTED, __ATOMIC_RELAXED);
        spin_turn(&spin, lock, old);
    }
}

void rwspin_give_exclusive(EX_SPIN_LOCK *lock)
{
    uint32_t old = __atomic_fetch_and(rwspin_word(lock), ~RWSPIN_EXCLUSIVE, __ATOMIC_RELEASE);

    if ((old & RWSPIN_EXCLUSIVE) == 0)
        bugcheck(SPIN_LOCK_NOT_OWNED, (uintptr_t)lock, 0, 0, 0);
}

bool rwspin_try_convert(EX_SPIN_LOCK *lock)
{
    uint32_t *word = rwspin_word(lock);
    uint32_t old = __atomic_load_n(word, __ATOMIC_RELAXED);

    return (old & (RWSPIN_READERS | RWSPIN_EXCLUSIVE)) == 1 &&
           __atomic_compare_exchange_n(word, &old, RWSPIN_EXCLUSIVE, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}
