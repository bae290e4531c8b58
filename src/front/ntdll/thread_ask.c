/* SPDX-License-Identifier: MIT */
/* thread_ask.c - threads that are asked to do something: run APCs, stand still, end.
 *
 * A thread inside a service sees what it is asked when the service returns. One that runs the
 * program's code is interrupted and stops there, with its registers in sight. One inside our
 * own code, which may hold our locks, is let out of it first: it is looked at again and again.
 */
#include "door/door.h"
#include "ntdll/exception.h"
#include "ntdll/nt.h"
#include "thread_internal.h"

#define ASKS_TO_STOP (WIRE_ASK_SUSPEND | WIRE_ASK_FREEZE | WIRE_ASK_END)
#define LOOK_NS      50000u    /* between two looks, at first */
#define LOOK_MOST_NS 4000000u  /* and in the end */
#define STOP_WAIT_NS 20000000u /* what a suspending thread waits at most */

/* ---- APCs -------------------------------------------------------------------------------- */

struct apc_call {
    void(WINAPI *routine)(PVOID context, PVOID argument1, PVOID argument2);
    PVOID context, argument1, argument2;
};

static void apcs_run(void)
{
    struct apc_call call;
    while (NtCoveApcTake(&call) == STATUS_SUCCESS)
        call.routine(call.context, call.argument1, call.argument2);
}

/* ---- the end ------------------------------------------------------------------------------- */

/* From wherever the thread stands to the host's stack: thread_gone does the rest. */
static void leave(void)
{
    struct teb *teb = host_gs_get();
    if (teb && teb->Self == teb && teb->thread->host_stack)
        stack_leave(teb->thread->host_stack, 0);
}

/* ---- standing still ---------------------------------------------------------------------- */

static bool is_program_code(uint64_t rip)
{
    return door_window_has(rip);
}

/* On the signal stack: no locks. */
static bool interrupt_filter(const struct host_registers *registers)
{
    struct teb *teb = host_gs_get();
    if (!teb || teb->Self != teb || !(door_asks(teb->thread->channel) & ASKS_TO_STOP))
        return false;
    bool has_stack = registers->rsp > (uint64_t)teb->StackLimit + 2u * HOST_INTERRUPT_STACK &&
                     registers->rsp <= (uint64_t)teb->StackBase;
    if (is_program_code(registers->rip) && has_stack)
        return true;
    struct thread *thread = teb->thread;
    thread->has_seen = false;
    thread->seen = *registers;
    thread->seen.fpu = NULL;
    thread->has_seen = true;
    return false;
}

/* On the thread's own stack, below the program's frame. */
static void interrupt_hook(struct host_registers *registers)
{
    struct thread *thread = teb_current()->thread;
    atomic_store(&thread->parked, registers);
    door_suspended_wait(thread->channel);
    atomic_store(&thread->parked, NULL);
    if (door_asks(thread->channel) & WIRE_ASK_END)
        leave();
}

/* ---- looking --------------------------------------------------------------------------------- */

/* One look at a channel's thread; false: there is nothing more to do. */
static bool look_once(uint32_t channel)
{
    host_lock_take(&threads.lock);
    struct thread *thread = threads.living;
    while (thread && (thread->channel != channel || !thread->host))
        thread = thread->next;
    bool goes_on = thread && door_asks(channel) & ASKS_TO_STOP && !atomic_load(&thread->parked);
    bool is_still = goes_on && door_is_still(channel);
    if (goes_on) /* one that stands still shows its registers */
        host_thread_interrupt(thread->host);
    host_lock_give(&threads.lock);
    return goes_on && !is_still;
}

static void pause_ns(uint64_t length_ns)
{
    _Atomic uint32_t never = 0;
    host_wait(&never, 0, host_clock_ns() + length_ns);
}

static void look_run(void *context)
{
    uint32_t channel = (uint32_t)(uintptr_t)context;
    for (uint64_t wait_ns = LOOK_NS; look_once(channel);) {
        pause_ns(wait_ns);
        if (wait_ns < LOOK_MOST_NS)
            wait_ns += wait_ns / 4;
    }
}

static void look(uint32_t channel)
{
    struct host_thread_options options = {.name = "look", .detached = true};
    struct host_thread *thread;
    if (look_once(channel))
        host_thread_create(&options, look_run, (void *)(uintptr_t)channel, &thread);
}

/* ---- registers
 * ----------------------------------------------------------------------------------- */

/* Under the threads' lock. */
static struct thread *thread_find_locked(ULONG_PTR id)
{
    struct thread *thread = threads.living;
    while (thread && thread->teb->UniqueThread != (HANDLE)id)
        thread = thread->next;
    return thread;
}

bool thread_context_get(ULONG_PTR id, CONTEXT *context)
{
    host_lock_take(&threads.lock);
    struct thread *thread = thread_find_locked(id);
    const struct host_registers *registers = NULL;
    if (thread && door_asks(thread->channel) & WIRE_ASK_SUSPEND)
        registers = atomic_load(&thread->parked);
    if (!registers && thread && thread->has_seen)
        registers = &thread->seen;
    if (registers) {
        ULONG wanted = context->ContextFlags;
        context_of_registers(registers, context);
        context->ContextFlags &= wanted | (CONTEXT_CONTROL & ~1u);
    }
    host_lock_give(&threads.lock);
    return registers != NULL;
}

bool thread_context_set(ULONG_PTR id, const CONTEXT *context)
{
    host_lock_take(&threads.lock);
    struct thread *thread = thread_find_locked(id);
    struct host_registers *registers = NULL;
    if (thread && door_asks(thread->channel) & WIRE_ASK_SUSPEND)
        registers = atomic_load(&thread->parked);
    if (registers)
        registers_of_context(context, registers);
    host_lock_give(&threads.lock);
    return registers != NULL;
}

void thread_stopped_wait(ULONG_PTR id)
{
    uint64_t deadline = host_clock_ns() + STOP_WAIT_NS;
    bool goes_on = true;
    while (goes_on) {
        host_lock_take(&threads.lock);
        struct thread *thread = thread_find_locked(id);
        goes_on = thread && thread->host && door_asks(thread->channel) & WIRE_ASK_SUSPEND &&
                  !atomic_load(&thread->parked) && host_clock_ns() < deadline;
        /* Inside a service and behind it a thread stands still, once its registers were seen. */
        if (goes_on && door_is_still(thread->channel) && thread->has_seen)
            goes_on = false;
        host_lock_give(&threads.lock);
        if (goes_on)
            pause_ns(LOOK_NS);
    }
}

void thread_asks_init(void)
{
    static const struct door_hooks hooks = {apcs_run, leave, look};
    host_interrupt_install(interrupt_filter, interrupt_hook);
    door_hooks_set(&hooks);
}
