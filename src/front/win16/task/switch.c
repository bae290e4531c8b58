/* SPDX-License-Identifier: MIT */
/* switch.c - tasks that share a process take turns.
 *
 * Each has a thread; one of them has its turn, and with it everything of the 16-bit world. It goes
 * on when its task waits, yields, starts another or ends. Where one task is alone nothing happens.
 */
#include <string.h>

#include "host/host.h"
#include "ntdll/process.h"
#include "ntdll/thread.h"
#include "task_internal.h"

#define ENDS_MOST     4u
#define NS_PER_MS     1000000u
#define SLEEP_AT_MOST 1000u /* milliseconds */

HANDLE WINAPI CreateEventW(SECURITY_ATTRIBUTES *security, BOOL is_manual, BOOL is_set,
                           LPCWSTR name);
BOOL WINAPI SetEvent(HANDLE event);
DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds);
void WINAPI Sleep(DWORD milliseconds);

static void (*ends[ENDS_MOST])(struct task16 *task);
static unsigned end_count;
static struct {
    bool is_there;
    uint32_t status;
} first_end; /* what the task that came first has left with */

void task16_end_register(void (*end)(struct task16 *task))
{
    if (end_count < ENDS_MOST)
        ends[end_count++] = end;
}

bool task_turn_make(struct task16 *task)
{
    task->deadline_ns = UINT64_MAX;
    if (task16_is_shared())
        task->turn = CreateEventW(NULL, FALSE, FALSE, NULL);
    return task->turn || !task16_is_shared();
}

/* ---- whose turn --------------------------------------------------------------------------------
 */

static bool is_ready(const struct task16 *task, uint64_t now_ns)
{
    return !task->is_waiting || task->is_doomed || task->deadline_ns <= now_ns;
}

/* The one after `last` that can go on, itself last of all; NULL: none, with how long until one
 * can. UINT64_MAX: never. */
static struct task16 *ready_find(struct task16 *last, uint64_t *out_wait_ns)
{
    uint64_t now = host_clock_ns();
    uint16_t count = task16_count();
    struct task16 *task = last;
    *out_wait_ns = UINT64_MAX;
    for (uint16_t i = 0; i < count; i++) {
        task = task && task->next ? task->next : task16_first();
        if (is_ready(task, now))
            return task;
        if (task->deadline_ns - now < *out_wait_ns && task->deadline_ns != UINT64_MAX)
            *out_wait_ns = task->deadline_ns - now;
    }
    return NULL;
}

/* Sleeps until somebody can go on; NULL: nobody ever can. */
static struct task16 *next_await(struct task16 *last)
{
    for (;;) {
        uint64_t wait_ns;
        struct task16 *task = ready_find(last, &wait_ns);
        if (task || wait_ns == UINT64_MAX)
            return task;
        uint64_t milliseconds = wait_ns / NS_PER_MS + 1;
        Sleep(milliseconds < SLEEP_AT_MOST ? (DWORD)milliseconds : SLEEP_AT_MOST);
    }
}

static void turn_pass(struct task16 *to)
{
    task_current_set(to);
    SetEvent(to->turn);
}

void task_turn_await(struct task16 *task)
{
    WaitForSingleObject(task->turn, INFINITE);
    cpu16_take_over(&task->world);
    if (task->is_doomed)
        task_end(0xff);
}

void task_turn_hand(struct task16 *to)
{
    struct task16 *me = task16_current();
    if (to == me)
        return;
    cpu16_give_up(&me->world);
    turn_pass(to);
    task_turn_await(me);
}

void task16_yield(void)
{
    uint64_t wait_ns;
    host_thread_yield();
    task_turn_hand(ready_find(task16_current(), &wait_ns));
}

void task16_yield_to(struct task16 *task)
{
    if (is_ready(task, host_clock_ns()))
        task_turn_hand(task);
    else
        task16_yield();
}

bool task16_wait(uint32_t milliseconds)
{
    struct task16 *me = task16_current();
    me->is_waiting = true;
    me->deadline_ns = milliseconds == TASK16_FOREVER
                          ? UINT64_MAX
                          : host_clock_ns() + (uint64_t)milliseconds * NS_PER_MS;
    struct task16 *next = next_await(me);
    if (next)
        task_turn_hand(next);
    me->is_waiting = false;
    me->deadline_ns = UINT64_MAX;
    return next;
}

void task16_wake(struct task16 *task)
{
    task->is_waiting = false;
}

/* ---- the end -----------------------------------------------------------------------------------
 */

void task16_doom(struct task16 *task)
{
    if (task == task16_current())
        task16_exit(0xff);
    task->is_doomed = true;
}

void task_end(uint32_t status)
{
    struct task16 *task = task16_current();
    for (unsigned i = end_count; i > 0; i--)
        ends[i - 1](task);
    if (!task->parent && !first_end.is_there)
        first_end = (typeof(first_end)){true, status};
    if (task16_count() < 2)
        process_exit(first_end.is_there ? first_end.status : status);
    task_drop(task);
    struct task16 *next = next_await(NULL);
    if (!next) /* it finds out itself that nobody can wake it */
        next = task16_first();
    cpu16_give_up(&(struct cpu16_world){0});
    turn_pass(next);
    thread_exit(status);
}
