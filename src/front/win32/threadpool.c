/* SPDX-License-Identifier: MIT */
/* threadpool.c - pools of threads, the calls they make, and the items the calls belong to.
 *
 * One lock guards everything here; no callback runs under it. A pool gets another thread when
 * calls are queued and nobody is idle, up to its maximum; an idle one leaves after a while.
 * Doc: threadpoolapiset.h. Differs: priorities and MayRunLong change nothing.
 */
#include <stdlib.h>

#include "host/host.h"
#include "ntdll/thread.h"
#include "threadpool_internal.h"

#define THREADS_MOST 128u
#define IDLE_NS      10000000000ull

struct threadpool threadpool = {
    .timers = {&threadpool.timers, &threadpool.timers},
    .waiters = {&threadpool.waiters, &threadpool.waiters},
};

struct pool {
    struct list calls; /* struct call */
    uint32_t queued, idle, threads, minimum, maximum;
    uint32_t items; /* that belong to it */
    bool is_closed;
    RTL_CONDITION_VARIABLE work;
};

struct call {
    struct list link;
    struct item *item;
    ULONG_PTR arguments[3];
};

void threadpool_lock(void)
{
    srw_take_exclusive(&threadpool.lock);
}

void threadpool_unlock(void)
{
    srw_give_exclusive(&threadpool.lock);
}

/* Gives the lock back, sleeps, takes it again. False: the deadline has passed. */
bool threadpool_sleep(RTL_CONDITION_VARIABLE *condition, uint64_t deadline_ns)
{
    uint32_t sequence = atomic_load(&condition->sequence);
    threadpool_unlock();
    bool is_woken = condition_wait(condition, sequence, deadline_ns);
    threadpool_lock();
    return is_woken;
}

bool threadpool_thread(DWORD(WINAPI *start)(LPVOID), void *argument)
{
    HANDLE handle;
    ULONG_PTR id;
    if (!NT_SUCCESS(thread_create(start, argument, 0, false, &handle, &id)))
        return false;
    NtClose(handle);
    return true;
}

/* ---- items ------------------------------------------------------------------------------ */

static void pool_put_locked(struct pool *pool)
{
    if (pool->is_closed && !pool->items && !pool->threads)
        free(pool);
}

static void item_put_locked(struct item *item)
{
    if (--item->references)
        return;
    list_remove(&item->group_link);
    item->pool->items--;
    if (item->pool->is_closed)
        condition_wake(&item->pool->work, true); /* its threads may leave */
    pool_put_locked(item->pool);
    free(item);
}

/* One call less. */
void item_done_locked(struct item *item)
{
    if (--item->outstanding == 0) {
        condition_wake(&threadpool.done, true);
        if (item->is_closed && item->completion)
            NtSetEvent(item->completion, NULL);
    }
    item_put_locked(item);
}

struct item *item_create(enum item_kind kind, struct pool *pool, void *callback, void *context)
{
    struct item *item = calloc(1, sizeof *item);
    if (!pool)
        pool = pool_default();
    if (!item || !pool || !callback) {
        free(item);
        return error_fail(callback ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER), NULL;
    }
    *item = (struct item){
        .kind = kind, .pool = pool, .callback = callback, .context = context, .references = 1};
    list_init(&item->timer_link);
    list_init(&item->group_link);
    list_init(&item->queue_link);
    threadpool_lock();
    pool->items++;
    threadpool_unlock();
    return item;
}

bool item_is_busy(struct item *item)
{
    threadpool_lock();
    bool is_busy = item->outstanding != 0;
    threadpool_unlock();
    return is_busy;
}

/* Takes the item's queued calls off; answers how many. */
static unsigned calls_cancel_locked(struct item *item)
{
    unsigned count = 0;
    struct pool *pool = item->pool;
    for (struct list *at = pool->calls.next, *next; at != &pool->calls; at = next) {
        struct call *call = list_entry(at, struct call, link);
        next = at->next;
        if (call->item != item)
            continue;
        list_remove(at);
        pool->queued--;
        free(call);
        count++;
        item_done_locked(item);
    }
    return count;
}

static void item_unset_locked(struct item *item)
{
    timer_unset_locked(item);
    wait_unset_locked(item);
}

void item_wait(struct item *item, bool is_cancelled)
{
    threadpool_lock();
    item->references++;
    if (is_cancelled)
        calls_cancel_locked(item);
    while (item->outstanding)
        threadpool_sleep(&threadpool.done, HOST_FOREVER);
    item_put_locked(item);
    threadpool_unlock();
}

static void item_close_locked(struct item *item, bool is_cancelled)
{
    item->is_closed = true;
    item_unset_locked(item);
    list_remove(&item->group_link);
    list_init(&item->group_link);
    list_remove(&item->queue_link);
    list_init(&item->queue_link);
    item->references++;
    if (is_cancelled)
        calls_cancel_locked(item);
    if (!item->outstanding && item->completion)
        NtSetEvent(item->completion, NULL);
    item_put_locked(item);
    item_put_locked(item);
}

void item_close(struct item *item, bool is_cancelled)
{
    threadpool_lock();
    item_close_locked(item, is_cancelled);
    threadpool_unlock();
}

void item_drop(struct item *item)
{
    threadpool_lock();
    item_put_locked(item);
    threadpool_unlock();
}

void item_group_join(struct item *item, struct item_group *group)
{
    threadpool_lock();
    item->group = group;
    list_push_back(&group->items, &item->group_link);
    threadpool_unlock();
}

void item_group_close(struct item_group *group, bool is_cancelled, void *cleanup_context)
{
    threadpool_lock();
    while (group->items.next != &group->items) {
        struct item *item = list_entry(group->items.next, struct item, group_link);
        item->references++;
        item->is_closed = true;
        item_unset_locked(item);
        list_remove(&item->group_link);
        list_init(&item->group_link);
        unsigned cancelled = is_cancelled ? calls_cancel_locked(item) : 0;
        while (item->outstanding)
            threadpool_sleep(&threadpool.done, HOST_FOREVER);
        if (cancelled && item->group_cancel) {
            threadpool_unlock();
            item->group_cancel(item->context, cleanup_context);
            threadpool_lock();
        }
        /* A submitted callback was its own owner: its references went with its calls. */
        if (item->kind != ITEM_SIMPLE)
            item_put_locked(item);
        item_put_locked(item);
    }
    threadpool_unlock();
}

/* ---- threads ------------------------------------------------------------------------------- */

void instance_part(struct instance *instance)
{
    if (instance->is_apart)
        return;
    instance->is_apart = true;
    threadpool_lock();
    struct item *item = instance->item;
    item->references++; /* the call still reads it */
    item_done_locked(item);
    threadpool_unlock();
}

typedef void(WINAPI *callback_2)(void *, void *);
typedef void(WINAPI *callback_3)(void *, void *, void *);
typedef void(WINAPI *callback_4)(void *, void *, void *, ULONG);
typedef void(WINAPI *callback_io)(void *, void *, void *, ULONG, ULONG_PTR, void *);
typedef DWORD(WINAPI *callback_plain)(void *);
typedef void(WINAPI *callback_fired)(void *, BOOLEAN);
typedef void(WINAPI *callback_plain_io)(DWORD, DWORD, void *);

static void callback_call(struct item *item, struct instance *instance, const ULONG_PTR *arguments)
{
    switch (item->kind) {
    case ITEM_SIMPLE:
        ((callback_2)item->callback)(instance, item->context);
        break;
    case ITEM_WORK:
    case ITEM_TIMER:
        ((callback_3)item->callback)(instance, item->context, item);
        break;
    case ITEM_WAIT:
        ((callback_4)item->callback)(instance, item->context, item, (ULONG)arguments[0]);
        break;
    case ITEM_IO:
        ((callback_io)item->callback)(instance, item->context, (void *)arguments[0],
                                      (ULONG)arguments[1], arguments[2], item);
        break;
    case ITEM_PLAIN_WORK:
        ((callback_plain)item->callback)(item->context);
        break;
    case ITEM_PLAIN_TIMER:
        ((callback_fired)item->callback)(item->context, TRUE);
        break;
    case ITEM_PLAIN_WAIT:
        ((callback_fired)item->callback)(item->context, arguments[0] == WAIT_TIMEOUT);
        break;
    case ITEM_PLAIN_IO:
        ((callback_plain_io)item->callback)((DWORD)arguments[1], (DWORD)arguments[2],
                                            (void *)arguments[0]);
        break;
    }
}

static void instance_end(struct instance *instance)
{
    BOOL WINAPI FreeLibrary(HMODULE);
    if (instance->section)
        section_leave(instance->section);
    if (instance->mutex)
        NtReleaseMutant(instance->mutex, NULL);
    if (instance->semaphore)
        NtReleaseSemaphore(instance->semaphore, (LONG)instance->semaphore_count, NULL);
    if (instance->event)
        NtSetEvent(instance->event, NULL);
    if (instance->module)
        FreeLibrary(instance->module);
}

/* Enters and leaves with the lock held. */
static void call_run_locked(struct call *call)
{
    struct item *item = call->item;
    struct instance instance = {.item = item};
    threadpool_unlock();
    callback_call(item, &instance, call->arguments);
    if (item->finalize)
        item->finalize(&instance, item->context);
    free(call);
    instance_end(&instance);
    threadpool_lock();
    if (instance.is_apart)
        item_put_locked(item);
    else
        item_done_locked(item);
}

static DWORD WINAPI pool_thread(LPVOID argument)
{
    struct pool *pool = argument;
    threadpool_lock();
    for (;;) {
        struct list *node = list_pop_front(&pool->calls);
        if (node) {
            pool->queued--;
            call_run_locked(list_entry(node, struct call, link));
            continue;
        }
        if (pool->is_closed && !pool->items)
            break;
        pool->idle++;
        bool is_woken = threadpool_sleep(&pool->work, host_clock_ns() + IDLE_NS);
        pool->idle--;
        if (!is_woken && !pool->queued && pool->threads > pool->minimum)
            break;
    }
    pool->threads--;
    pool_put_locked(pool);
    threadpool_unlock();
    return 0;
}

static void threads_add_locked(struct pool *pool, uint32_t wanted)
{
    while (pool->threads < wanted && pool->threads < pool->maximum) {
        pool->threads++;
        if (threadpool_thread(pool_thread, pool))
            continue;
        pool->threads--;
        return;
    }
}

void item_submit_locked(struct item *item, ULONG_PTR first, ULONG_PTR second, ULONG_PTR third)
{
    struct pool *pool = item->pool;
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        program_die(1, "no memory for a call of its thread pool");
    *call = (struct call){.item = item, .arguments = {first, second, third}};
    item->outstanding++;
    item->references++;
    list_push_back(&pool->calls, &call->link);
    pool->queued++;
    if (pool->queued > pool->idle)
        threads_add_locked(pool, pool->threads + 1);
    condition_wake(&pool->work, false);
}

void item_submit(struct item *item)
{
    threadpool_lock();
    item_submit_locked(item, 0, 0, 0);
    threadpool_unlock();
}

/* ---- pools ------------------------------------------------------------------------------------
 */

struct pool *pool_create(void)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    list_init(&pool->calls);
    pool->maximum = THREADS_MOST;
    return pool;
}

void pool_close(struct pool *pool)
{
    threadpool_lock();
    pool->is_closed = true;
    condition_wake(&pool->work, true);
    pool_put_locked(pool);
    threadpool_unlock();
}

struct pool *pool_default(void)
{
    static struct pool *pool; /* guarded by the lock */
    threadpool_lock();
    if (!pool)
        pool = pool_create();
    threadpool_unlock();
    return pool;
}

void pool_limits_set(struct pool *pool, uint32_t minimum, uint32_t maximum)
{
    threadpool_lock();
    if (maximum)
        pool->maximum = maximum < THREADS_MOST ? maximum : THREADS_MOST;
    if (minimum)
        pool->minimum = minimum < THREADS_MOST ? minimum : THREADS_MOST;
    if (pool->maximum < pool->minimum)
        pool->maximum = pool->minimum;
    threads_add_locked(pool, pool->minimum);
    threadpool_unlock();
}
