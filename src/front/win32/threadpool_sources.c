/* SPDX-License-Identifier: MIT */
/* threadpool_sources.c - what makes a pool call: time, objects, finished requests.
 *
 * One thread watches all timers, one each up to 60 waited-for objects, one all completions.
 * They only queue calls. A wait that is set or unset wakes its watcher, which starts anew.
 */
#include <stdlib.h>

#include "host/host.h"
#include "threadpool_internal.h"

/* ---- timers ------------------------------------------------------------------------------- */

static void timer_insert_locked(struct item *item)
{
    struct list *at = threadpool.timers.next;
    while (at != &threadpool.timers &&
           list_entry(at, struct item, timer_link)->due_ns <= item->due_ns)
        at = at->next;
    list_push_back(at, &item->timer_link);
    item->is_set = true;
}

bool timer_unset_locked(struct item *item)
{
    bool was_set = item->is_set;
    list_remove(&item->timer_link);
    list_init(&item->timer_link);
    item->is_set = false;
    return was_set;
}

static void timer_fire_locked(struct item *item)
{
    timer_unset_locked(item);
    if (item->period_ns) {
        uint64_t now = host_clock_ns();
        item->due_ns += item->period_ns;
        if (item->due_ns < now)
            item->due_ns = now + item->period_ns;
        timer_insert_locked(item);
    }
    item_submit_locked(item, 0, 0, 0);
}

static DWORD WINAPI timer_thread(LPVOID unused)
{
    threadpool_lock();
    for (;;) {
        struct item *next = NULL;
        if (threadpool.timers.next != &threadpool.timers)
            next = list_entry(threadpool.timers.next, struct item, timer_link);
        if (next && next->due_ns <= host_clock_ns())
            timer_fire_locked(next);
        else
            threadpool_sleep(&threadpool.timers_changed, next ? next->due_ns : HOST_FOREVER);
    }
}

bool item_timer_set(struct item *item, uint64_t due_ns, uint64_t period_ns)
{
    threadpool_lock();
    bool was_set = timer_unset_locked(item);
    if (due_ns != HOST_FOREVER && !item->is_closed) {
        item->due_ns = due_ns;
        item->period_ns = period_ns;
        timer_insert_locked(item);
        if (!threadpool.has_timer_thread)
            threadpool.has_timer_thread = threadpool_thread(timer_thread, NULL);
        condition_wake(&threadpool.timers_changed, true);
    }
    threadpool_unlock();
    return was_set;
}

/* ---- waits ---------------------------------------------------------------------------------- */

#define WAITS_MOST 60u

struct waiter {
    struct list link;
    HANDLE changed; /* event */
    struct item *items[WAITS_MOST];
    unsigned count;
};

/* What a watcher waits for in one round. */
struct round {
    HANDLE handles[WAITS_MOST + 1];
    struct item *items[WAITS_MOST + 1];
    uint32_t rounds[WAITS_MOST + 1];
    unsigned count;
    uint64_t deadline_ns;
};

static void round_collect_locked(const struct waiter *waiter, struct round *round)
{
    *round = (struct round){.handles = {waiter->changed}, .count = 1, .deadline_ns = HOST_FOREVER};
    for (unsigned i = 0; i < waiter->count; i++) {
        struct item *item = waiter->items[i];
        round->handles[round->count] = item->handle;
        round->items[round->count] = item;
        round->rounds[round->count++] = item->round;
        if (item->due_ns < round->deadline_ns)
            round->deadline_ns = item->due_ns;
    }
}

bool wait_unset_locked(struct item *item)
{
    struct waiter *waiter = item->waiter;
    bool was_set = waiter != NULL;
    for (unsigned i = 0; waiter && i < waiter->count; i++) {
        if (waiter->items[i] == item) {
            waiter->items[i] = waiter->items[--waiter->count];
            NtSetEvent(waiter->changed, NULL);
            break;
        }
    }
    item->waiter = NULL;
    item->round++;
    return was_set;
}

static void wait_fire_locked(struct item *item, ULONG result)
{
    item_submit_locked(item, result, 0, 0);
    if (item->kind == ITEM_WAIT || item->is_once)
        wait_unset_locked(item);
    else if (item->timeout_ns != HOST_FOREVER)
        item->due_ns = host_clock_ns() + item->timeout_ns;
}

/* Is the item of an ended round still waited for as it was then? Its memory may be gone. */
static bool round_is_current_locked(const struct waiter *waiter, const struct round *round,
                                    unsigned index)
{
    for (unsigned i = 0; i < waiter->count; i++) {
        if (waiter->items[i] == round->items[index])
            return waiter->items[i]->round == round->rounds[index];
    }
    return false;
}

static void round_end_locked(const struct waiter *waiter, const struct round *round,
                             NTSTATUS status)
{
    unsigned index = (unsigned)status - (status >= STATUS_ABANDONED ? STATUS_ABANDONED : 0);
    if (status == STATUS_TIMEOUT) {
        uint64_t now = host_clock_ns();
        for (unsigned i = 1; i < round->count; i++) {
            if (round_is_current_locked(waiter, round, i) && round->items[i]->due_ns <= now)
                wait_fire_locked(round->items[i], WAIT_TIMEOUT);
        }
    } else if (NT_SUCCESS(status) && index && index < round->count) {
        if (round_is_current_locked(waiter, round, index))
            wait_fire_locked(round->items[index], 0);
    } else if (!NT_SUCCESS(status)) {
        /* One of the handles was closed: those that cannot be waited for go. */
        for (unsigned i = 1; i < round->count; i++) {
            LARGE_INTEGER none = {.QuadPart = 0};
            if (round_is_current_locked(waiter, round, i) &&
                !NT_SUCCESS(NtWaitForSingleObject(round->handles[i], FALSE, &none)))
                wait_unset_locked(round->items[i]);
        }
    }
}

static DWORD WINAPI waiter_thread(LPVOID argument)
{
    struct waiter *waiter = argument;
    struct round round;
    threadpool_lock();
    for (;;) {
        LARGE_INTEGER timeout, *limit = NULL;
        round_collect_locked(waiter, &round);
        if (round.deadline_ns != HOST_FOREVER) {
            uint64_t now = host_clock_ns();
            limit = &timeout;
            timeout.QuadPart =
                round.deadline_ns > now ? -(LONGLONG)((round.deadline_ns - now) / 100 + 1) : 0;
        }
        threadpool_unlock();
        NTSTATUS status =
            NtWaitForMultipleObjects(round.count, round.handles, WaitAny, FALSE, limit);
        threadpool_lock();
        round_end_locked(waiter, &round, status);
    }
}

static struct waiter *waiter_with_room_locked(void)
{
    list_for_each(node, &threadpool.waiters)
    {
        struct waiter *waiter = list_entry(node, struct waiter, link);
        if (waiter->count < WAITS_MOST)
            return waiter;
    }
    struct waiter *waiter = calloc(1, sizeof *waiter);
    HANDLE changed;
    if (!waiter ||
        !NT_SUCCESS(NtCreateEvent(&changed, EVENT_ALL_ACCESS, NULL, SynchronizationEvent, FALSE))) {
        free(waiter);
        return NULL;
    }
    waiter->changed = changed;
    if (!threadpool_thread(waiter_thread, waiter)) {
        NtClose(waiter->changed);
        free(waiter);
        return NULL;
    }
    list_push_back(&threadpool.waiters, &waiter->link);
    return waiter;
}

bool item_wait_set(struct item *item, HANDLE handle, uint64_t deadline_ns)
{
    threadpool_lock();
    bool was_set = wait_unset_locked(item);
    struct waiter *waiter = handle && !item->is_closed ? waiter_with_room_locked() : NULL;
    if (waiter) {
        item->handle = handle;
        item->due_ns = deadline_ns;
        item->waiter = waiter;
        waiter->items[waiter->count++] = item;
        NtSetEvent(waiter->changed, NULL);
    }
    threadpool_unlock();
    return was_set;
}

/* ---- completions ----------------------------------------------------------------------------- */

static DWORD WINAPI port_thread(LPVOID unused)
{
    for (;;) {
        PVOID key, overlapped;
        IO_STATUS_BLOCK block;
        if (NtRemoveIoCompletion(threadpool.port, &key, &overlapped, &block, NULL) !=
            STATUS_SUCCESS)
            continue;
        struct item *item = key;
        ULONG error = block.Status == STATUS_SUCCESS ? 0 : error_of_status(block.Status);
        threadpool_lock();
        item_submit_locked(item, (ULONG_PTR)overlapped, error, block.Information);
        threadpool_unlock();
        if (item->kind == ITEM_IO)
            item_io_cancel(item); /* the start's count: the call has its own */
    }
}

static NTSTATUS port_make(void)
{
    NTSTATUS status = STATUS_SUCCESS;
    HANDLE port;
    threadpool_lock();
    if (!threadpool.port) {
        status = NtCreateIoCompletion(&port, IO_COMPLETION_ALL_ACCESS, NULL, 0);
        if (NT_SUCCESS(status)) {
            threadpool.port = port;
            threadpool_thread(port_thread, NULL);
        }
    }
    threadpool_unlock();
    return status;
}

NTSTATUS item_io_bind(struct item *item, HANDLE file)
{
    IO_STATUS_BLOCK block;
    NTSTATUS status = port_make();
    FILE_COMPLETION_INFORMATION completion = {.Port = threadpool.port, .Key = item};
    if (NT_SUCCESS(status))
        status = NtSetInformationFile(file, &block, &completion, sizeof completion,
                                      FileCompletionInformation);
    return status;
}

void item_io_start(struct item *item)
{
    threadpool_lock();
    item->outstanding++;
    item->references++;
    threadpool_unlock();
}

void item_io_cancel(struct item *item)
{
    threadpool_lock();
    item_done_locked(item);
    threadpool_unlock();
}
