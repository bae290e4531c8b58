/* SPDX-License-Identifier: MIT */
/* message_ddi.c - USER: the message queues of tasks that have no windows, and their timers.
 *
 * A task's messages come from itself, from tasks beside it, and from its timers. Waiting for one
 * that nobody can send would never end: the task is ended with these words instead. A message that
 * is due is found in this order: posted ones, WM_QUIT, timers.
 * Doc: GetMessage, SetTimer and their neighbours in the Windows 3.1 SDK.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/win16.h"
#include "dos16/windows.h"
#include "loader16/builtin.h"
#include "ntdll/process.h"
#include "task16/task16.h"

#define QUEUE_MOST  64u
#define TIMERS_MOST 32u
#define TIMER_LEAST 1u      /* milliseconds; 0 is taken for it */
#define TIMER_FIRST 0x0100u /* numbers of those that are nobody's window's */
#define WM_QUIT     0x0012u
#define WM_TIMER    0x0113u
#define WM_NAMED    0xc000u
#define PM_REMOVE   0x0001u
#define PM_NO_YIELD 0x0002u
#define ID_OK       1u
#define ID_ABORT    3u
#define ID_YES      6u

struct __attribute__((packed)) message {
    uint16_t window, message, word;
    uint32_t lparam, time;
    int16_t x, y;
};

struct timer {
    uint16_t id;          /* 0: free */
    uint32_t period, due; /* milliseconds of GetTickCount */
    struct far16 routine;
};

struct queue {
    struct message waiting[QUEUE_MOST];
    unsigned count;
    uint32_t last_time;
    uint16_t quit_code;
    bool is_quitting;
    struct timer timers[TIMERS_MOST];
    uint16_t next_timer;
};

static void task_ends(struct task16 *task)
{
    free(task->queue);
    task->queue = NULL;
}

static struct queue *queue_of(struct task16 *task)
{
    static bool is_registered;
    if (!is_registered)
        task16_end_register(task_ends);
    is_registered = true;
    if (!task->queue)
        task->queue = calloc(1, sizeof(struct queue));
    if (!task->queue)
        program_die(PROGRAM_ABSENT, "there is no memory for its messages");
    return task->queue;
}

static struct queue *queue_mine(void)
{
    return queue_of(task16_current());
}

uint32_t user16_InitApp(uint16_t instance)
{
    return 1;
}

uint32_t user16_SetMessageQueue(int16_t count)
{
    return count > 0 && count <= (int)QUEUE_MOST;
}

uint32_t user16_GetTickCount(void)
{
    return GetTickCount();
}

uint32_t user16_GetCurrentTime(void)
{
    return GetTickCount();
}

/* ---- sending ----------------------------------------------------------------------------------
 */

/* task NULL: the calling one. */
uint32_t user16_PostAppMessage(uint16_t handle, uint16_t message, uint16_t word, uint32_t lparam)
{
    struct task16 *task = handle ? task16_find(handle) : task16_current();
    struct queue *queue = task ? queue_of(task) : NULL;
    if (!queue || queue->count == QUEUE_MOST)
        return 0;
    queue->waiting[queue->count++] =
        (struct message){0, message, word, lparam, GetTickCount(), 0, 0};
    task16_wake(task);
    return 1;
}

uint32_t user16_PostMessage(uint16_t window, uint16_t message, uint16_t word, uint32_t lparam)
{
    return window ? 0 : user16_PostAppMessage(0, message, word, lparam); /* there are no windows */
}

uint32_t user16_PostQuitMessage(uint16_t code)
{
    queue_mine()->quit_code = code;
    queue_mine()->is_quitting = true;
    return 0;
}

/* A number for a name, the same for all who ask. */
uint32_t user16_RegisterWindowMessage(const char *name)
{
    static struct {
        char *names[256];
        unsigned count;
    } named;
    if (!name || !*name)
        return 0;
    for (unsigned i = 0; i < named.count; i++) {
        if (!strcasecmp(named.names[i], name))
            return WM_NAMED + i;
    }
    char *kept = named.count < 256 ? strdup(name) : NULL;
    if (!kept)
        return 0;
    named.names[named.count] = kept;
    return WM_NAMED + named.count++;
}

/* ---- timers -----------------------------------------------------------------------------------
 */

static struct timer *timer_find(struct queue *queue, uint16_t id)
{
    for (unsigned i = 0; i < TIMERS_MOST; i++) {
        if (queue->timers[i].id == id)
            return &queue->timers[i];
    }
    return NULL;
}

/* Without a window the number is ours to choose; one of ours that is there is set again. */
uint32_t user16_SetTimer(uint16_t window, uint16_t id, uint16_t period, struct far16 routine)
{
    struct queue *queue = queue_mine();
    struct timer *timer = window ? NULL : id ? timer_find(queue, id) : NULL;
    if (!timer && !window)
        timer = timer_find(queue, 0);
    if (!timer)
        return 0;
    if (!timer->id) {
        do
            queue->next_timer++;
        while (timer_find(queue, (uint16_t)(TIMER_FIRST + queue->next_timer)));
        timer->id = (uint16_t)(TIMER_FIRST + queue->next_timer);
    }
    timer->period = period ? period : TIMER_LEAST;
    timer->due = GetTickCount() + timer->period;
    timer->routine = routine;
    return timer->id;
}

uint32_t user16_KillTimer(uint16_t window, uint16_t id)
{
    struct timer *timer = id && !window ? timer_find(queue_mine(), id) : NULL;
    if (timer)
        timer->id = 0;
    return timer != NULL;
}

/* The one that is due longest, or the next one; NULL: none is set. */
static struct timer *timer_next(struct queue *queue, uint32_t now, int32_t *out_left)
{
    struct timer *next = NULL;
    for (unsigned i = 0; i < TIMERS_MOST; i++) {
        struct timer *timer = &queue->timers[i];
        int32_t left = (int32_t)(timer->due - now);
        if (timer->id && (!next || left < *out_left)) {
            next = timer;
            *out_left = left;
        }
    }
    return next;
}

/* ---- receiving --------------------------------------------------------------------------------
 */

static bool is_wanted(uint16_t message, uint16_t first, uint16_t last)
{
    return (!first && !last) || (message >= first && message <= last);
}

static bool posted_get(struct queue *queue, struct message *out, uint16_t first, uint16_t last,
                       bool remove)
{
    for (unsigned i = 0; i < queue->count; i++) {
        if (!is_wanted(queue->waiting[i].message, first, last))
            continue;
        *out = queue->waiting[i];
        if (remove) {
            queue->count--;
            memmove(&queue->waiting[i], &queue->waiting[i + 1],
                    (queue->count - i) * sizeof queue->waiting[0]);
        }
        return true;
    }
    return false;
}

static bool timer_get(struct queue *queue, struct message *out, bool remove)
{
    uint32_t now = GetTickCount();
    int32_t left;
    struct timer *timer = timer_next(queue, now, &left);
    if (!timer || left > 0)
        return false;
    *out = (struct message){
        .message = WM_TIMER, .word = timer->id, .lparam = far16_value(timer->routine), .time = now};
    if (remove)
        timer->due = now + timer->period;
    return true;
}

static bool message_get(struct message *out, uint16_t first, uint16_t last, bool remove)
{
    struct queue *queue = queue_mine();
    if (posted_get(queue, out, first, last, remove)) {
        queue->last_time = out->time;
        return true;
    }
    if (queue->is_quitting) {
        *out = (struct message){.message = WM_QUIT, .word = queue->quit_code};
        queue->is_quitting = !remove;
        return true;
    }
    if (!is_wanted(WM_TIMER, first, last) || !timer_get(queue, out, remove))
        return false;
    queue->last_time = out->time;
    return true;
}

/* Until something has come, or a timer that is wanted is due. */
static void message_wait(bool has_timers)
{
    int32_t left = 0;
    struct timer *timer = has_timers ? timer_next(queue_mine(), GetTickCount(), &left) : NULL;
    uint32_t milliseconds = !timer ? TASK16_FOREVER : left > 0 ? (uint32_t)left : 0;
    if (task16_wait(milliseconds))
        return;
    program_complain("%s waits for a message, but it has no window that one could be sent to; it "
                     "was ended",
                     task16_current()->name);
    task16_terminate(PROGRAM_ABSENT);
}

static void message_put(struct far16 out, const struct message *message)
{
    memcpy(win16_buffer(cpu16_outer(), far16_value(out), sizeof *message), message,
           sizeof *message);
}

/* FALSE at WM_QUIT. */
uint32_t user16_GetMessage(struct far16 out, uint16_t window, uint16_t first, uint16_t last)
{
    struct message message;
    while (!message_get(&message, first, last, true))
        message_wait(is_wanted(WM_TIMER, first, last));
    message_put(out, &message);
    return message.message != WM_QUIT;
}

uint32_t user16_PeekMessage(struct far16 out, uint16_t window, uint16_t first, uint16_t last,
                            uint16_t flags)
{
    struct message message;
    if (!message_get(&message, first, last, flags & PM_REMOVE)) {
        if (!(flags & PM_NO_YIELD))
            task16_yield();
        if (!message_get(&message, first, last, flags & PM_REMOVE))
            return 0;
    }
    message_put(out, &message);
    return 1;
}

uint32_t user16_WaitMessage(void)
{
    struct message message;
    while (!message_get(&message, 0, 0, false))
        message_wait(true);
    return 0;
}

uint32_t user16_TranslateMessage(void *message)
{
    return 0;
}

/* A timer's routine: void FAR PASCAL (HWND, UINT message, UINT id, DWORD time). */
static void routine_call(const struct message *message)
{
    const struct __attribute__((packed)) {
        uint32_t time;
        uint16_t id, message, window;
    } arguments = {message->time, message->word, message->message, message->window};
    uint16_t data = task16_current()->instance;
    struct cpu16_registers registers = {.eax = data, .ds = data};
    cpu16_call(far16_of(message->lparam), &arguments, sizeof arguments, &registers);
}

/* To a timer's routine; there is no window that anything else could be for. */
uint32_t user16_DispatchMessage(void *at)
{
    struct message message;
    if (!at)
        return 0;
    memcpy(&message, at, sizeof message);
    if (message.message == WM_TIMER && message.lparam)
        routine_call(&message);
    return 0;
}

uint32_t user16_GetMessageTime(void)
{
    return queue_mine()->last_time;
}

uint32_t user16_GetMessagePos(void)
{
    return 0;
}

uint32_t user16_MessageBeep(uint16_t kind)
{
    return 0;
}

/* On standard error; the answer is the first button's. */
uint32_t user16_MessageBox(uint16_t window, const char *text, const char *title, uint16_t kind)
{
    static const uint8_t first[] = {ID_OK, ID_OK, ID_ABORT, ID_YES, ID_YES, 4 /* retry */};
    program_complain("%s: %s", title ? title : "Error", text ? text : "");
    return (kind & 15u) < sizeof first ? first[kind & 15u] : ID_OK;
}
