/* SPDX-License-Identifier: MIT */
/* sync.c - critical sections, slim locks and condition variables on words.
 *
 * A word that may be waited on changes before its waiters are woken, and a waiter looks at
 * it again after it has said that it waits, so no wake is lost.
 */
#include "ntdll/sync.h"

#include <errno.h>
#include <limits.h>

#include "host/host.h"
#include "ntdll/teb.h"

#define EXCLUSIVE 0x80000000u

/* Who waits is counted, where the public structures have room for it. */
#ifdef __LP64__
#define COUNT(counter, by) atomic_fetch_add(&(counter), (uint32_t)(by))
#define HAS_ANY(counter)   (atomic_load(&(counter)) != 0)
#else
#define COUNT(counter, by) ((void)0)
#define HAS_ANY(counter)   true
#endif

uint64_t deadline_of_ms(DWORD milliseconds)
{
    return milliseconds == INFINITE ? HOST_FOREVER
                                    : host_clock_ns() + (uint64_t)milliseconds * 1000000u;
}

uint64_t deadline_of_timeout(const LARGE_INTEGER *timeout)
{
    if (!timeout)
        return HOST_FOREVER;
    int64_t due = timeout->QuadPart;
    if (due >= 0)
        due = (int64_t)host_wallclock_100ns() - due;
    return due >= 0 ? host_clock_ns() : host_clock_ns() + (uint64_t)-due * 100u;
}

/* ---- critical sections ------------------------------------------------------------------ */

void section_init(RTL_CRITICAL_SECTION *section, ULONG spins)
{
    *section = (RTL_CRITICAL_SECTION){
        .DebugInfo = (PVOID)(intptr_t)-1, .LockCount = -1, .SpinCount = spins & 0xffffff};
}

static void section_owned(RTL_CRITICAL_SECTION *section, HANDLE self)
{
    section->OwningThread = self;
    section->RecursionCount = 1;
    section->LockCount = 0;
}

bool section_try(RTL_CRITICAL_SECTION *section)
{
    HANDLE self = teb_current()->UniqueThread;
    if (section->OwningThread == self) {
        section->RecursionCount++;
        return true;
    }
    uint32_t expected = 0;
    if (!atomic_compare_exchange_strong(&section->word, &expected, 1))
        return false;
    section_owned(section, self);
    return true;
}

void section_enter(RTL_CRITICAL_SECTION *section)
{
    if (section_try(section))
        return;
    for (unsigned spin = 0; spin < 100; spin++) {
        host_spin_pause();
        if (section_try(section))
            return;
    }
    while (atomic_exchange(&section->word, 2) != 0)
        host_wait(&section->word, 2, HOST_FOREVER);
    section_owned(section, teb_current()->UniqueThread);
}

void section_leave(RTL_CRITICAL_SECTION *section)
{
    if (--section->RecursionCount > 0)
        return;
    section->OwningThread = NULL;
    section->LockCount = -1;
    if (atomic_exchange(&section->word, 0) == 2)
        host_wake(&section->word, 1);
}

/* ---- slim locks --------------------------------------------------------------------------------
 */

bool srw_try_exclusive(RTL_SRWLOCK *lock)
{
    uint32_t expected = 0;
    return atomic_compare_exchange_strong(&lock->state, &expected, EXCLUSIVE);
}

bool srw_try_shared(RTL_SRWLOCK *lock)
{
    uint32_t state = atomic_load(&lock->state);
    while (!(state & EXCLUSIVE)) {
        if (atomic_compare_exchange_weak(&lock->state, &state, state + 1))
            return true;
    }
    return false;
}

static void srw_wait(RTL_SRWLOCK *lock, uint32_t busy_bits)
{
    COUNT(lock->waiters, 1);
    uint32_t state = atomic_load(&lock->state);
    if (state & busy_bits)
        host_wait(&lock->state, state, HOST_FOREVER);
    COUNT(lock->waiters, -1);
}

void srw_take_exclusive(RTL_SRWLOCK *lock)
{
    while (!srw_try_exclusive(lock))
        srw_wait(lock, UINT32_MAX);
}

void srw_take_shared(RTL_SRWLOCK *lock)
{
    while (!srw_try_shared(lock))
        srw_wait(lock, EXCLUSIVE);
}

static void srw_wake(RTL_SRWLOCK *lock)
{
    if (HAS_ANY(lock->waiters))
        host_wake(&lock->state, INT_MAX);
}

void srw_give_exclusive(RTL_SRWLOCK *lock)
{
    atomic_store(&lock->state, 0);
    srw_wake(lock);
}

void srw_give_shared(RTL_SRWLOCK *lock)
{
    if (atomic_fetch_sub(&lock->state, 1) == 1)
        srw_wake(lock);
}

/* ---- condition variables
 * ---------------------------------------------------------------------------- */

bool condition_wait(RTL_CONDITION_VARIABLE *variable, uint32_t sequence, uint64_t deadline_ns)
{
    COUNT(variable->sleepers, 1);
    int error = 0;
    while (!error && atomic_load(&variable->sequence) == sequence)
        error = host_wait(&variable->sequence, sequence, deadline_ns);
    COUNT(variable->sleepers, -1);
    return error != ETIMEDOUT;
}

void condition_wake(RTL_CONDITION_VARIABLE *variable, bool all)
{
    atomic_fetch_add(&variable->sequence, 1);
    if (HAS_ANY(variable->sleepers))
        host_wake(&variable->sequence, all ? INT_MAX : 1);
}
