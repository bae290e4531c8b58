/* SPDX-License-Identifier: MIT */
/* queue.c - KQUEUE: entries for a pool of threads of which only so many are to run at once.
 *
 * A thread that has taken from a queue counts as busy (CurrentCount) until it takes again,
 * takes from another queue, or blocks on anything else; an entry wakes a thread only while
 * fewer than MaximumCount are busy, and the one that has slept shortest. Guarded by the
 * dispatcher lock.
 */
#include "ke_internal.h"

void queue_init(KQUEUE *queue, ULONG count)
{
    ke_header_init(&queue->Header, DISPATCHER_QUEUE, sizeof(*queue), 0);
    list_init((struct list *)&queue->EntryListHead);
    list_init((struct list *)&queue->ThreadListHead);
    queue->CurrentCount = 0;
    queue->MaximumCount = count != 0 ? count : processor_count;
}

/* Hands entries to sleeping threads as long as both last. */
static void queue_feed_locked(KQUEUE *queue, struct aftermath *aftermath)
{
    struct list *entries = (struct list *)&queue->EntryListHead;
    struct list *sleepers = (struct list *)&queue->Header.WaitListHead;

    while (queue->CurrentCount < queue->MaximumCount && !list_is_empty(entries) &&
           !list_is_empty(sleepers)) {
        struct wait *wait = list_entry(sleepers->next, struct wait_block, link)->wait;

        wait->entry = (LIST_ENTRY *)list_pop_front(entries);
        queue->Header.SignalState--;
        dispatcher_unwait_locked(wait->thread, STATUS_SUCCESS, aftermath); /* counts it busy */
    }
}

LONG queue_insert(KQUEUE *queue, LIST_ENTRY *entry, bool at_head)
{
    struct aftermath aftermath = {0};
    LONG previous;

    dispatcher_take();
    previous = queue->Header.SignalState++;
    if (at_head)
        list_push_front((struct list *)&queue->EntryListHead, (struct list *)entry);
    else
        list_push_back((struct list *)&queue->EntryListHead, (struct list *)entry);
    queue_feed_locked(queue, &aftermath);
    dispatcher_give(&aftermath);
    return previous;
}

void queue_thread_blocks_locked(struct thread *thread, struct aftermath *aftermath)
{
    if (thread->queue == NULL || !thread->is_queue_busy)
        return;
    thread->is_queue_busy = false;
    thread->queue->CurrentCount--;
    queue_feed_locked(thread->queue, aftermath);
}

void queue_thread_resumes_locked(struct thread *thread)
{
    if (thread->queue == NULL || thread->is_queue_busy)
        return;
    thread->is_queue_busy = true;
    thread->queue->CurrentCount++;
}

void queue_thread_leaves_locked(struct thread *thread, struct aftermath *aftermath)
{
    if (thread->queue == NULL)
        return;
    queue_thread_blocks_locked(thread, aftermath);
    list_remove(&thread->queue_link);
    thread->queue = NULL;
}

static void queue_thread_joins_locked(KQUEUE *queue, struct thread *thread,
                                      struct aftermath *aftermath)
{
    if (thread->queue == queue)
        return;
    queue_thread_leaves_locked(thread, aftermath);
    thread->queue = queue;
    thread->is_queue_busy = false;
    list_push_back((struct list *)&queue->ThreadListHead, &thread->queue_link);
}

LIST_ENTRY *queue_remove(KQUEUE *queue, KPROCESSOR_MODE mode, bool is_alertable,
                         const LARGE_INTEGER *timeout)
{
    struct thread *thread = thread_self;
    struct wait_block block = {.object = &queue->Header};
    struct wait wait = {.thread = thread, .blocks = &block, .count = 1};
    uint64_t deadline_ns = wait_deadline_ns(timeout);
    NTSTATUS status;

    for (;;) {
        struct aftermath aftermath = {0};
        struct list *entries = (struct list *)&queue->EntryListHead;

        dispatcher_take();
        queue_thread_joins_locked(queue, thread, &aftermath);
        if (thread->is_queue_busy) { /* not any more: it is here for the next */
            thread->is_queue_busy = false;
            queue->CurrentCount--;
        }
        if (!list_is_empty(entries) && queue->CurrentCount < queue->MaximumCount) {
            wait.entry = (LIST_ENTRY *)list_pop_front(entries);
            queue->Header.SignalState--;
            queue_thread_resumes_locked(thread);
            dispatcher_give(&aftermath);
            return wait.entry;
        }
        COVE_ASSERT(aftermath.notify == 0);
        if (aftermath.wake != NULL) { /* the queue it left goes on: tell that first */
            dispatcher_give(&aftermath);
            continue;
        }
        status = wait_block_locked(&wait, mode, is_alertable, deadline_ns);
        if (status != STATUS_KERNEL_APC)
            break;
        apcs_deliver();
    }
    if (status == STATUS_SUCCESS)
        return wait.entry;
    dispatcher_take();
    queue_thread_resumes_locked(thread);
    host_lock_give(&dispatcher_lock);
    return (LIST_ENTRY *)(LONG_PTR)status;
}

LIST_ENTRY *queue_take_more(KQUEUE *queue)
{
    struct list *node;

    dispatcher_take();
    node = list_pop_front((struct list *)&queue->EntryListHead);
    queue->Header.SignalState -= node != NULL;
    host_lock_give(&dispatcher_lock);
    return (LIST_ENTRY *)node;
}

LIST_ENTRY *queue_rundown(KQUEUE *queue)
{
    struct list *entries = (struct list *)&queue->EntryListHead;
    struct list *first = NULL;

    dispatcher_take();
    COVE_ASSERT(list_is_empty((struct list *)&queue->Header.WaitListHead));
    if (!list_is_empty(entries)) {
        first = entries->next; /* the chain goes round without the queue's head */
        entries->next->previous = entries->previous;
        entries->previous->next = entries->next;
        list_init(entries);
    }
    list_for_each_safe(node, (struct list *)&queue->ThreadListHead)
    {
        struct thread *thread = list_entry(node, struct thread, queue_link);

        list_remove(node);
        thread->queue = NULL;
        thread->is_queue_busy = false;
    }
    queue->Header.SignalState = 0;
    queue->CurrentCount = 0;
    host_lock_give(&dispatcher_lock);
    return (LIST_ENTRY *)first;
}
