/* SPDX-License-Identifier: MIT */
/* user_queue.c - message queues: posted, sent, timers, the wait for any of them. */
#include "user.h"

#include <stdlib.h>

#include "host/host.h"
#include "ntdll/thread.h"

struct user user = {.queues = LIST_INIT(user.queues),
                    .classes = LIST_INIT(user.classes),
                    .windows = LIST_INIT(user.windows),
                    .next_window = 0x10010,
                    .next_atom = 0xc000};

struct posted {
    struct list link;
    struct message message;
};

void user_lock(void)
{
    srw_take_exclusive(&user.lock);
}

void user_unlock(void)
{
    srw_give_exclusive(&user.lock);
}

/* ---- queues ------------------------------------------------------------------------------- */

struct queue *queue_of_thread_locked(ULONG_PTR thread)
{
    list_for_each(node, &user.queues)
    {
        struct queue *queue = list_entry(node, struct queue, link);
        if (queue->thread == thread)
            return queue;
    }
    return NULL;
}

struct queue *queue_own(void)
{
    ULONG_PTR thread = (ULONG_PTR)teb_current()->UniqueThread;
    user_lock();
    struct queue *queue = queue_of_thread_locked(thread);
    user_unlock();
    if (queue)
        return queue;
    HANDLE changed;
    queue = calloc(1, sizeof *queue);
    if (!queue ||
        !NT_SUCCESS(NtCreateEvent(&changed, EVENT_ALL_ACCESS, NULL, SynchronizationEvent, FALSE))) {
        free(queue);
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    }
    queue->thread = thread;
    queue->changed = changed;
    list_init(&queue->posted);
    list_init(&queue->sent);
    list_init(&queue->timers);
    user_lock();
    list_push_back(&user.queues, &queue->link);
    user_unlock();
    return queue;
}

bool queue_post_locked(struct queue *queue, const struct message *message)
{
    struct posted *posted = malloc(sizeof *posted);
    if (!posted)
        return false;
    posted->message = *message;
    posted->message.time = (DWORD)(host_clock_ns() / 1000000u);
    list_push_back(&queue->posted, &posted->link);
    NtSetEvent(queue->changed, NULL);
    return true;
}

/* The thread ends: its windows go, and what is sent to it is answered with 0. */
void queue_thread_end(struct teb *teb)
{
    user_lock();
    struct queue *queue = queue_of_thread_locked((ULONG_PTR)teb->UniqueThread);
    if (queue) {
        list_for_each_safe(node, &user.windows)
        {
            struct window *window = list_entry(node, struct window, link);
            if (window->queue != queue)
                continue;
            list_remove(&window->link);
            free(window);
        }
        for (struct list *node; (node = list_pop_front(&queue->sent));) {
            struct sent *sent = list_entry(node, struct sent, link);
            sent->is_done = true;
            NtSetEvent(sent->sender->changed, NULL);
        }
        for (struct list *node; (node = list_pop_front(&queue->posted));)
            free(list_entry(node, struct posted, link));
        for (struct list *node; (node = list_pop_front(&queue->timers));)
            free(list_entry(node, struct user_timer, link));
        list_remove(&queue->link);
        NtClose(queue->changed);
    }
    user_unlock();
    free(queue);
}

/* ---- sent messages ------------------------------------------------------------------------- */

/* Serves what other threads wait for. */
static void sent_serve(struct queue *queue)
{
    user_lock();
    for (struct list *node; (node = list_pop_front(&queue->sent));) {
        struct sent *sent = list_entry(node, struct sent, link);
        struct message message = sent->message;
        user_unlock();
        LRESULT answer = window_call(message.window, message.number, message.w, message.l);
        user_lock();
        sent->answer = answer;
        sent->is_done = true;
        NtSetEvent(sent->sender->changed, NULL);
    }
    user_unlock();
}

LRESULT message_send(HWND handle, UINT number, WPARAM w, LPARAM l)
{
    struct queue *own = queue_own();
    if (!own)
        return 0;
    user_lock();
    struct window *window = window_find_locked(handle);
    if (!window || window->queue == own) {
        user_unlock();
        return window ? window_call(handle, number, w, l) : error_fail(ERROR_INVALID_WINDOW_HANDLE);
    }
    struct sent sent = {.message = {.window = handle, .number = number, .w = w, .l = l},
                        .sender = own};
    list_push_back(&window->queue->sent, &sent.link);
    NtSetEvent(window->queue->changed, NULL);
    while (!sent.is_done) {
        user_unlock();
        /* One that waits for an answer serves those who wait for it. */
        NtWaitForSingleObject(own->changed, FALSE, NULL);
        sent_serve(own);
        user_lock();
    }
    /* The event may have stood for a posted message as well. */
    NtSetEvent(own->changed, NULL);
    user_unlock();
    return sent.answer;
}

/* ---- the next message ---------------------------------------------------------------------------
 */

static bool fits(const struct message *message, HWND window, UINT low, UINT high)
{
    if (window == (HWND)(LONG_PTR)-1 && message->window)
        return false;
    if (window && window != (HWND)(LONG_PTR)-1 && message->window != window)
        return false;
    return (!low && !high) || (message->number >= low && message->number <= high);
}

static bool posted_take_locked(struct queue *queue, HWND window, UINT low, UINT high,
                               bool is_removed, struct message *out)
{
    list_for_each(node, &queue->posted)
    {
        struct posted *posted = list_entry(node, struct posted, link);
        if (!fits(&posted->message, window, low, high))
            continue;
        *out = posted->message;
        if (is_removed) {
            list_remove(&posted->link);
            free(posted);
        }
        return true;
    }
    return false;
}

static bool timer_take_locked(struct queue *queue, HWND window, UINT low, UINT high,
                              bool is_removed, struct message *out)
{
    uint64_t now = host_clock_ns();
    list_for_each(node, &queue->timers)
    {
        struct user_timer *timer = list_entry(node, struct user_timer, link);
        struct message message = {.window = timer->window,
                                  .number = WM_TIMER,
                                  .w = timer->id,
                                  .l = (LPARAM)timer->callback,
                                  .time = (DWORD)(now / 1000000u)};
        if (timer->due_ns > now || !fits(&message, window, low, high))
            continue;
        *out = message;
        if (is_removed)
            timer->due_ns = now + timer->period_ns;
        return true;
    }
    return false;
}

bool queue_next(struct queue *queue, HWND window, UINT low, UINT high, bool is_removed,
                struct message *out_message)
{
    sent_serve(queue);
    user_lock();
    bool is_found = posted_take_locked(queue, window, low, high, is_removed, out_message);
    if (!is_found && queue->has_quit) {
        *out_message = (struct message){.number = WM_QUIT, .w = queue->quit_code};
        queue->has_quit = !is_removed;
        is_found = true;
    }
    if (!is_found)
        is_found = timer_take_locked(queue, window, low, high, is_removed, out_message);
    user_unlock();
    return is_found;
}

static uint64_t timers_due(struct queue *queue)
{
    uint64_t due = HOST_FOREVER;
    user_lock();
    list_for_each(node, &queue->timers)
    {
        struct user_timer *timer = list_entry(node, struct user_timer, link);
        if (timer->due_ns < due)
            due = timer->due_ns;
    }
    user_unlock();
    return due;
}

NTSTATUS queue_wait(struct queue *queue, const HANDLE *handles, DWORD count, bool is_all,
                    bool is_alertable, uint64_t deadline_ns)
{
    HANDLE all[MAXIMUM_WAIT_OBJECTS];
    uint64_t timer_ns = timers_due(queue), due = timer_ns < deadline_ns ? timer_ns : deadline_ns;
    LARGE_INTEGER timeout, *limit = NULL;
    for (DWORD i = 0; i < count; i++)
        all[i] = handles[i];
    all[count] = queue->changed;
    if (due != HOST_FOREVER) {
        uint64_t now = host_clock_ns();
        timeout.QuadPart = due > now ? -(LONGLONG)((due - now) / 100 + 1) : 0;
        limit = &timeout;
    }
    NTSTATUS status = NtWaitForMultipleObjects(count + 1, all, is_all ? WaitAll : WaitAny,
                                               (BOOLEAN)is_alertable, limit);
    if (status == STATUS_TIMEOUT && timer_ns <= host_clock_ns())
        return (NTSTATUS)count; /* a timer's message */
    return status;
}
