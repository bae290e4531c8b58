/* SPDX-License-Identifier: MIT */
/* window_low.c - the addresses below 2 GiB, which every 32-bit program has for its own.
 *
 * One window at a time is shown there: the one that threads have taken which run in the kernel. A
 * thread that needs another waits until nobody runs with the first; then the mappings change.
 * Who needs the one that is shown adds itself to a number, and takes no lock.
 * Lock order: low.lock -> a window's lock. shown is set with low.lock and the window's.
 */
#include <limits.h>
#include <stdatomic.h>

#include "mm_internal.h"
#include "user.h"

/* low.state: the window that may be taken in passing, and how many threads have taken what is
 * shown. Threads hold processors meanwhile, so there are few. */
#define USERS_BITS 16
#define USERS      ((1ull << USERS_BITS) - 1)

static struct {
    struct host_lock lock;           /* guards: who is shown, and the window in state */
    struct mm_window *_Atomic shown; /* NULL: none */
    _Atomic uint64_t state;
    _Atomic uint32_t waiters; /* threads that look for their turn: not in passing */
    _Atomic uint32_t turns;   /* one more whenever nobody is left, and somebody waits */
    bool is_reserved;         /* the addresses are ours */
} low;

bool window_is_shown(const struct mm_window *window)
{
    return window->is_low && low.shown == window;
}

struct mm_window *window_of_low(void)
{
    return low.shown;
}

void *mm_window_space(struct mm_window *window)
{
    return window->is_low ? window : NULL;
}

static void hide(struct mm_window *window)
{
    host_lock_take(&window->lock);
    low.shown = NULL;
    host_memory_decommit((void *)MM_LOW_BASE, MM_LOW_END - MM_LOW_BASE);
    user_changes++;
    host_lock_give(&window->lock);
}

/* What cannot be mapped stays hidden, and faults. */
static void show(struct mm_window *window)
{
    host_lock_take(&window->lock);
    low.shown = window;
    for (size_t i = 0; i < window->extent_count; i++) {
        const struct extent *extent = &window->extents[i];
        if (extent->protect != 0 && extent_protection(extent) != HOST_NONE)
            (void)extent_map(window, extent, extent->start);
    }
    user_changes++;
    host_lock_give(&window->lock);
}

/* The first time; a process that has something there already cannot run 32-bit programs. */
static bool reserve(void)
{
    void *got;

    if (!low.is_reserved)
        low.is_reserved =
            host_memory_reserve((void *)MM_LOW_BASE, MM_LOW_END - MM_LOW_BASE, &got) == 0;
    return low.is_reserved;
}

static uint64_t state_of(const struct mm_window *window)
{
    return (uint64_t)(uintptr_t)window << USERS_BITS;
}

/* With low.lock, and as the only user: nobody comes in passing. */
static void change(struct mm_window *window)
{
    if (low.shown != window && reserve()) {
        if (low.shown != NULL)
            hide(low.shown);
        show(window);
    }
    low.state = state_of(low.shown) | 1;
}

static void take_in_turn(struct mm_window *window)
{
    host_lock_take(&low.lock);
    low.waiters++; /* before the look at state: who leaves last looks the other way round */
    for (;;) {
        uint32_t turn = low.turns;
        uint64_t state = low.state;

        if (low.shown == window) {
            low.state++;
            break;
        }
        if ((state & USERS) == 0) {
            if (!atomic_compare_exchange_strong(&low.state, &state, 1))
                continue;
            change(window);
            break;
        }
        host_lock_give(&low.lock);
        host_wait(&low.turns, turn, HOST_FOREVER);
        host_lock_take(&low.lock);
    }
    low.waiters--;
    host_lock_give(&low.lock);
}

static void take(void *space)
{
    uint64_t state = low.state;

    while (state >> USERS_BITS == (uintptr_t)space) {
        if (atomic_compare_exchange_weak(&low.state, &state, state + 1))
            return;
    }
    take_in_turn(space);
}

static void give(void *space)
{
    (void)space;
    if ((atomic_fetch_sub(&low.state, 1) & USERS) == 1 && low.waiters != 0) {
        low.turns++;
        host_wake(&low.turns, INT_MAX);
    }
}

void window_low_init(void)
{
    ke_space_hooks_set(take, give);
}

void window_low_forget(struct mm_window *window)
{
    host_lock_take(&low.lock);
    if (low.shown == window) {
        low.state &= USERS; /* not in passing from now on */
        hide(window);
    }
    host_lock_give(&low.lock);
}
