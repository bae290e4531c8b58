/* SPDX-License-Identifier: MIT */
/* threadpool_internal.h - between the files of the thread pool's engine. */
#ifndef WIN32_THREADPOOL_INTERNAL_H
#define WIN32_THREADPOOL_INTERNAL_H

#include "threadpool.h"

struct threadpool {
    RTL_SRWLOCK lock;            /* guards: everything of the engine */
    RTL_CONDITION_VARIABLE done; /* an item has no call left */
    struct list timers;          /* struct item, the next one first */
    RTL_CONDITION_VARIABLE timers_changed;
    bool has_timer_thread;
    struct list waiters; /* struct waiter */
    HANDLE port;         /* of every file whose completions are called back */
};

extern struct threadpool threadpool;

void threadpool_lock(void);
void threadpool_unlock(void);
bool threadpool_sleep(RTL_CONDITION_VARIABLE *condition, uint64_t deadline_ns);
/* A program's thread of the engine's own. */
bool threadpool_thread(DWORD(WINAPI *start)(LPVOID), void *argument);
void item_submit_locked(struct item *item, ULONG_PTR first, ULONG_PTR second, ULONG_PTR third);
/* One call or started request less; it may have been the last that held the item. */
void item_done_locked(struct item *item);
bool timer_unset_locked(struct item *item);
bool wait_unset_locked(struct item *item);

#endif
