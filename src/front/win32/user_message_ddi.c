/* SPDX-License-Identifier: MIT */
/* user_message_ddi.c - messages: posted, sent, fetched, dispatched; timers; notifications.
 * Doc: winuser.h. Messages that carry text are the receiver's to read as it was made. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crt/string.h"
#include "host/host.h"
#include "user.h"

#define PM_REMOVE      1u
#define HWND_BROADCAST ((HWND)0xffff)

/* ---- sending ------------------------------------------------------------------------------- */

EXPORT(BOOL, PostThreadMessageW, (DWORD thread, UINT number, WPARAM w, LPARAM l))
{
    struct message message = {.number = number, .w = w, .l = l};
    if (thread == (DWORD)(ULONG_PTR)teb_current()->UniqueThread)
        queue_own();
    user_lock();
    struct queue *queue = queue_of_thread_locked(thread);
    bool is_posted = queue && queue_post_locked(queue, &message);
    user_unlock();
    if (!is_posted)
        return error_fail(queue ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_THREAD_ID);
    return TRUE;
}

EXPORT(BOOL, PostMessageW, (HWND handle, UINT number, WPARAM w, LPARAM l))
{
    struct message message = {.window = handle, .number = number, .w = w, .l = l};
    if (!handle)
        return PostThreadMessageW((DWORD)(ULONG_PTR)teb_current()->UniqueThread, number, w, l);
    bool is_posted = false;
    user_lock();
    list_for_each(node, &user.windows)
    {
        struct window *window = list_entry(node, struct window, link);
        if (window->handle != handle && handle != HWND_BROADCAST)
            continue;
        message.window = window->handle;
        is_posted |= queue_post_locked(window->queue, &message);
    }
    user_unlock();
    return is_posted || handle == HWND_BROADCAST ? TRUE : error_fail(ERROR_INVALID_WINDOW_HANDLE);
}

EXPORT(LRESULT, SendMessageW, (HWND window, UINT number, WPARAM w, LPARAM l))
{
    return message_send(window, number, w, l);
}

EXPORT(void, PostQuitMessage, (int code))
{
    struct queue *queue = queue_own();
    if (!queue)
        return;
    user_lock();
    queue->has_quit = true;
    queue->quit_code = (WPARAM)code;
    NtSetEvent(queue->changed, NULL);
    user_unlock();
}

/* ---- fetching -------------------------------------------------------------------------------- */

EXPORT(BOOL, PeekMessageW, (struct message * message, HWND window, UINT low, UINT high, UINT flags))
{
    struct queue *queue = queue_own();
    return queue && queue_next(queue, window, low, high, flags & PM_REMOVE, message);
}

EXPORT(BOOL, GetMessageW, (struct message * message, HWND window, UINT low, UINT high))
{
    struct queue *queue = queue_own();
    if (!queue)
        return -1;
    while (!queue_next(queue, window, low, high, true, message)) {
        NTSTATUS status = queue_wait(queue, NULL, 0, false, false, HOST_FOREVER);
        if (!NT_SUCCESS(status))
            return error_result(status), -1;
    }
    return message->number != WM_QUIT;
}

EXPORT(BOOL, WaitMessage, (void))
{
    struct queue *queue = queue_own();
    struct message message;
    while (queue && !queue_next(queue, NULL, 0, 0, false, &message))
        queue_wait(queue, NULL, 0, false, false, HOST_FOREVER);
    return queue != NULL;
}

#define MWMO_WAITALL   1u
#define MWMO_ALERTABLE 2u

EXPORT(DWORD, MsgWaitForMultipleObjectsEx,
       (DWORD count, const HANDLE *handles, DWORD milliseconds, DWORD wake_mask, DWORD flags))
{
    struct queue *queue = queue_own();
    uint64_t deadline = deadline_of_ms(milliseconds);
    struct message message;
    if (!queue || count >= MAXIMUM_WAIT_OBJECTS) {
        error_set(ERROR_INVALID_PARAMETER);
        return WAIT_FAILED;
    }
    for (;;) {
        if (!(flags & MWMO_WAITALL) && queue_next(queue, NULL, 0, 0, false, &message))
            return count;
        NTSTATUS status = queue_wait(queue, handles, count, flags & MWMO_WAITALL,
                                     flags & MWMO_ALERTABLE, deadline);
        if (!error_result(status))
            return WAIT_FAILED;
        /* The queue's event alone may have been a message that was fetched since. */
        if (status != (NTSTATUS)count || flags & MWMO_WAITALL)
            return (DWORD)status;
    }
}

EXPORT(DWORD, MsgWaitForMultipleObjects,
       (DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds, DWORD wake_mask))
{
    return MsgWaitForMultipleObjectsEx(count, handles, milliseconds, wake_mask,
                                       all ? MWMO_WAITALL : 0);
}

EXPORT(BOOL, TranslateMessage, (const struct message *message))
{
    return FALSE; /* there is no keyboard */
}

EXPORT(LRESULT, DispatchMessageW, (const struct message *message))
{
    if (message->number == WM_TIMER && message->l) {
        void(WINAPI * callback)(HWND, UINT, ULONG_PTR, DWORD) =
            (void(WINAPI *)(HWND, UINT, ULONG_PTR, DWORD))message->l;
        callback(message->window, WM_TIMER, message->w, message->time);
        return 0;
    }
    return message->window ? window_call(message->window, message->number, message->w, message->l)
                           : 0;
}

/* ---- timers ------------------------------------------------------------------------------------
 */

static struct user_timer *timer_find_locked(struct queue *queue, HWND window, ULONG_PTR id)
{
    list_for_each(node, &queue->timers)
    {
        struct user_timer *timer = list_entry(node, struct user_timer, link);
        if (timer->window == window && timer->id == id)
            return timer;
    }
    return NULL;
}

EXPORT(ULONG_PTR, SetTimer, (HWND window, ULONG_PTR id, UINT milliseconds, void *callback))
{
    static ULONG_PTR next_id = 0x7000; /* guarded by the lock */
    struct queue *queue = queue_own();
    if (!queue)
        return 0;
    user_lock();
    struct user_timer *timer = timer_find_locked(queue, window, id);
    if (!timer) {
        timer = calloc(1, sizeof *timer);
        if (timer) {
            timer->window = window;
            timer->id = window ? id : ++next_id;
            list_push_back(&queue->timers, &timer->link);
        }
    }
    if (timer) {
        timer->callback = callback;
        timer->period_ns = (milliseconds < 10 ? 10 : (uint64_t)milliseconds) * 1000000u;
        timer->due_ns = host_clock_ns() + timer->period_ns;
        id = timer->id ? timer->id : 1;
    }
    user_unlock();
    return timer ? id : (ULONG_PTR)error_fail(ERROR_NOT_ENOUGH_MEMORY);
}

EXPORT(BOOL, KillTimer, (HWND window, ULONG_PTR id))
{
    struct queue *queue = queue_own();
    if (!queue)
        return FALSE;
    user_lock();
    struct user_timer *timer = timer_find_locked(queue, window, id);
    if (timer)
        list_remove(&timer->link);
    user_unlock();
    free(timer);
    return timer ? TRUE : error_fail(ERROR_INVALID_PARAMETER);
}

/* ---- numbers of names -------------------------------------------------------------------------
 */

EXPORT(UINT, RegisterWindowMessageW, (LPCWSTR name))
{
    static wchar_t names[64][64]; /* guarded by the lock */
    user_lock();
    UINT index = 0;
    while (index < 64 && names[index][0] && crt_wcsicmp(names[index], name))
        index++;
    if (index < 64 && !names[index][0])
        crt_wcsncpy(names[index], name, 63);
    user_unlock();
    return index < 64 ? 0xc000 + index : (UINT)error_fail(ERROR_NOT_ENOUGH_MEMORY);
}

EXPORT(UINT, RegisterWindowMessageA, (LPCSTR name))
{
    struct wide wide;
    wide_of(&wide, name);
    UINT number = wide.text ? RegisterWindowMessageW(wide.text) : 0;
    wide_drop(&wide);
    return number;
}
