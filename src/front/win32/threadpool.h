/* SPDX-License-Identifier: MIT */
/* threadpool.h - the engine behind the thread pool functions, new and old.
 *
 * An item is something whose callback the pool calls: work, a timer, a wait, a file's
 * completions. Its memory lives until its owner has let go of it and no call of it is left.
 */
#ifndef WIN32_THREADPOOL_H
#define WIN32_THREADPOOL_H

#include "base/list.h"
#include "ntdll/sync.h"
#include "win32_internal.h"

enum item_kind {
    ITEM_SIMPLE, /* (instance, context) */
    ITEM_WORK,   /* (instance, context, item), as ITEM_TIMER */
    ITEM_TIMER,
    ITEM_WAIT,        /* (instance, context, item, result) */
    ITEM_IO,          /* (instance, context, overlapped, error, count, item) */
    ITEM_PLAIN_WORK,  /* QueueUserWorkItem: (context) */
    ITEM_PLAIN_TIMER, /* timer queues and registered waits: (context, has_timed_out) */
    ITEM_PLAIN_WAIT,
    ITEM_PLAIN_IO, /* BindIoCompletionCallback: (error, count, overlapped) */
};

struct pool;

struct item_group {
    struct list items; /* struct item, by group_link */
};

struct item {
    enum item_kind kind;
    struct pool *pool;
    void *callback, *context;
    void(WINAPI *finalize)(void *instance, void *context);
    HMODULE race_module;  /* 0: none */
    uint32_t references;  /* the owner's, and one for each call */
    uint32_t outstanding; /* calls queued or running, requests started */
    bool is_closed;
    HANDLE completion; /* event to set when it is closed and the last call is done */
    struct item_group *group;
    struct list group_link;
    void(WINAPI *group_cancel)(void *context, void *cleanup_context);
    /* Timers, and the timeout of a wait. */
    struct list timer_link; /* in itself while not set */
    bool is_set;
    uint64_t due_ns, period_ns;
    /* Waits. */
    HANDLE handle; /* NULL: not waiting */
    bool is_once;
    uint64_t timeout_ns; /* HOST_FOREVER: none */
    struct waiter *waiter;
    uint32_t round;         /* changes whenever the wait is set anew */
    struct list queue_link; /* in the timer queue it belongs to */
};

struct pool *pool_create(void);
void pool_close(struct pool *pool);
struct pool *pool_default(void);
void pool_limits_set(struct pool *pool, uint32_t minimum, uint32_t maximum); /* 0: as it is */

/* pool NULL: the process's. NULL with the last error set: no memory. */
struct item *item_create(enum item_kind kind, struct pool *pool, void *callback, void *context);
void item_submit(struct item *item);
/* The owner lets go: no new calls; those queued go on unless is_cancelled. */
void item_close(struct item *item, bool is_cancelled);
/* The owner of a callback that was submitted alone forgets it. */
void item_drop(struct item *item);
/* Until no call is queued or running; is_cancelled drops those queued. */
void item_wait(struct item *item, bool is_cancelled);
bool item_is_busy(struct item *item);
void item_group_join(struct item *item, struct item_group *group);
/* Closes every item of the group, as documented. */
void item_group_close(struct item_group *group, bool is_cancelled, void *cleanup_context);

/* due_ns HOST_FOREVER: unsets. Answers whether it was set. */
bool item_timer_set(struct item *item, uint64_t due_ns, uint64_t period_ns);
/* handle NULL: unsets. deadline in host time. */
bool item_wait_set(struct item *item, HANDLE handle, uint64_t deadline_ns);
/* Binds file's completions to the item. */
NTSTATUS item_io_bind(struct item *item, HANDLE file);
void item_io_start(struct item *item);
void item_io_cancel(struct item *item);

/* What a callback asked to be done when it returns. */
struct instance {
    struct item *item;
    HANDLE event, semaphore, mutex;
    DWORD semaphore_count;
    RTL_CRITICAL_SECTION *section;
    HMODULE module;
    bool is_apart; /* the item no longer counts it */
};
void instance_part(struct instance *instance);

#endif
