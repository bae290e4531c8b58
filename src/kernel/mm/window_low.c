/* SPDX-License-Identifier: MIT */
/* window_low.c - the addresses below 2 GiB, which every 32-bit program has for its own.
 *
 * One window at a time is shown there: the one that threads have taken which run in the kernel. A
 * thread that needs another waits until nobody runs with the first; then the mappings change.
 * Lock order: low.lock -> a window's lock. shown is set with low.lock and the window's.
 */
#include <limits.h>

#include "mm_internal.h"
#include "user.h"

static struct {
    struct host_lock lock;           /* guards: users, and who is shown */
    struct mm_window *_Atomic shown; /* NULL: none */
    unsigned users;                  /* threads that have taken it */
    _Atomic uint32_t turns;          /* one more whenever users became 0 */
    bool is_reserved;                /* the addresses are ours */
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

static void take(void *space)
{
    struct mm_window *window = space;

    host_lock_take(&low.lock);
    while (low.shown != window && low.users != 0) {
        uint32_t turn = low.turns;

        host_lock_give(&low.lock);
        host_wait(&low.turns, turn, HOST_FOREVER);
        host_lock_take(&low.lock);
    }
    low.users++;
    if (low.shown != window && reserve()) {
        if (low.shown != NULL)
            hide(low.shown);
        show(window);
    }
    host_lock_give(&low.lock);
}

static void give(void *space)
{
    bool is_free;

    (void)space;
    host_lock_take(&low.lock);
    is_free = --low.users == 0;
    if (is_free)
        low.turns++;
    host_lock_give(&low.lock);
    if (is_free)
        host_wake(&low.turns, INT_MAX);
}

void window_low_init(void)
{
    ke_space_hooks_set(take, give);
}

void window_low_forget(struct mm_window *window)
{
    host_lock_take(&low.lock);
    if (low.shown == window)
        hide(window);
    host_lock_give(&low.lock);
}
