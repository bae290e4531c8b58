/* SPDX-License-Identifier: MIT */
/* threadpool_plain_ddi.c - the older ways to a pool: QueueUserWorkItem, registered waits, timer
 * queues, BindIoCompletionCallback. Doc: threadpoollegacyapiset.h
 *
 * A handle of these is an item of the engine, never one of the kernel. Differs: flags that name
 * special threads (WT_EXECUTEINTIMERTHREAD …) are taken and change nothing.
 */
#include <stdlib.h>

#include "host/host.h"
#include "threadpool.h"

#define WT_EXECUTEONLYONCE 0x8u

struct timer_queue {
    RTL_SRWLOCK lock;  /* guards: items */
    struct list items; /* struct item, by queue_link */
};

EXPORT(BOOL, QueueUserWorkItem, (LPTHREAD_START_ROUTINE routine, PVOID context, ULONG flags))
{
    struct item *item = item_create(ITEM_PLAIN_WORK, NULL, (void *)routine, context);
    if (!item)
        return FALSE;
    item_submit(item);
    item_drop(item);
    return TRUE;
}

/* Closes an item as the completion argument of these functions says: NULL does not wait,
 * INVALID_HANDLE_VALUE does, an event is set when the last callback is done. */
static BOOL item_delete(struct item *item, HANDLE completion)
{
    if (completion == INVALID_HANDLE_VALUE) {
        item_timer_set(item, HOST_FOREVER, 0);
        item_wait_set(item, NULL, 0);
        item_wait(item, false);
        item_close(item, false);
        return TRUE;
    }
    item->completion = completion;
    bool is_busy = item_is_busy(item);
    item_close(item, false);
    return is_busy ? error_fail(ERROR_IO_PENDING) : TRUE;
}

/* ---- registered waits
 * ---------------------------------------------------------------------------- */

EXPORT(BOOL, RegisterWaitForSingleObject,
       (HANDLE * wait, HANDLE object, void *callback, PVOID context, ULONG milliseconds,
        ULONG flags))
{
    struct item *item = item_create(ITEM_PLAIN_WAIT, NULL, callback, context);
    if (!item)
        return FALSE;
    item->is_once = flags & WT_EXECUTEONLYONCE;
    item->timeout_ns = milliseconds == INFINITE ? HOST_FOREVER : (uint64_t)milliseconds * 1000000u;
    item_wait_set(item, object, deadline_of_ms(milliseconds));
    *wait = item;
    return TRUE;
}

EXPORT(BOOL, UnregisterWaitEx, (HANDLE wait, HANDLE completion))
{
    if (!wait || wait == INVALID_HANDLE_VALUE)
        return error_fail(ERROR_INVALID_HANDLE);
    return item_delete(wait, completion);
}

EXPORT(BOOL, UnregisterWait, (HANDLE wait))
{
    return UnregisterWaitEx(wait, NULL);
}

/* ---- timer queues
 * ----------------------------------------------------------------------------------- */

static struct timer_queue *queue_default(void)
{
    static struct timer_queue queue = {.items = {&queue.items, &queue.items}};
    return &queue;
}

EXPORT(HANDLE, CreateTimerQueue, (void))
{
    struct timer_queue *queue = calloc(1, sizeof *queue);
    if (!queue)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    list_init(&queue->items);
    return queue;
}

EXPORT(BOOL, CreateTimerQueueTimer,
       (HANDLE * timer, HANDLE queue_handle, void *callback, PVOID context, DWORD due_ms,
        DWORD period_ms, ULONG flags))
{
    struct timer_queue *queue = queue_handle ? queue_handle : queue_default();
    struct item *item = item_create(ITEM_PLAIN_TIMER, NULL, callback, context);
    if (!item)
        return FALSE;
    srw_take_exclusive(&queue->lock);
    list_push_back(&queue->items, &item->queue_link);
    srw_give_exclusive(&queue->lock);
    *timer = item; /* before the first callback */
    if (flags & WT_EXECUTEONLYONCE)
        period_ms = 0;
    item_timer_set(item, deadline_of_ms(due_ms), (uint64_t)period_ms * 1000000u);
    return TRUE;
}

EXPORT(BOOL, ChangeTimerQueueTimer, (HANDLE queue, HANDLE timer, ULONG due_ms, ULONG period_ms))
{
    if (!timer)
        return error_fail(ERROR_INVALID_PARAMETER);
    item_timer_set(timer, deadline_of_ms(due_ms), (uint64_t)period_ms * 1000000u);
    return TRUE;
}

EXPORT(BOOL, DeleteTimerQueueTimer, (HANDLE queue_handle, HANDLE timer, HANDLE completion))
{
    struct timer_queue *queue = queue_handle ? queue_handle : queue_default();
    struct item *item = timer;
    if (!timer)
        return error_fail(ERROR_INVALID_PARAMETER);
    srw_take_exclusive(&queue->lock);
    list_remove(&item->queue_link);
    list_init(&item->queue_link);
    srw_give_exclusive(&queue->lock);
    return item_delete(item, completion);
}

EXPORT(BOOL, DeleteTimerQueueEx, (HANDLE handle, HANDLE completion))
{
    struct timer_queue *queue = handle;
    struct list *node;
    if (!queue)
        return error_fail(ERROR_INVALID_HANDLE);
    /* The event is set when every timer's last callback has returned: wait here. */
    bool is_waiting = completion != NULL;
    while ((node = list_pop_front(&queue->items))) {
        list_init(node);
        item_delete(list_entry(node, struct item, queue_link),
                    is_waiting ? INVALID_HANDLE_VALUE : NULL);
    }
    free(queue);
    if (is_waiting && completion != INVALID_HANDLE_VALUE)
        NtSetEvent(completion, NULL);
    return TRUE;
}

EXPORT(BOOL, DeleteTimerQueue, (HANDLE queue))
{
    return DeleteTimerQueueEx(queue, NULL);
}

/* ---- files
 * --------------------------------------------------------------------------------------- */

EXPORT(BOOL, BindIoCompletionCallback, (HANDLE file, void *callback, ULONG flags))
{
    /* Never closed: the file may be in use for as long as the program. */
    struct item *item = item_create(ITEM_PLAIN_IO, NULL, callback, NULL);
    if (!item)
        return FALSE;
    NTSTATUS status = item_io_bind(item, file);
    if (!NT_SUCCESS(status))
        item_close(item, true);
    return error_result(status);
}
