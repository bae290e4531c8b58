/* SPDX-License-Identifier: MIT */
/* thread.c - kernel threads: a host thread with a dispatcher header and a processor to hold.
 *
 * A thread's memory is its creator's. It is alive from start (or adoption) until its header
 * is signalled; from then on nothing here touches it unless on_end was given, which is told
 * last of all and may free it.
 */
#include <setjmp.h>
#include <string.h>

#include "callout/callout.h"
#include "ke_internal.h"

#define THREAD_BASE_PRIORITY 8

uint64_t threads_alive;
static _Atomic uint32_t threads_tails;       /* atomic: host threads that have not quite ended */
static _Atomic uint64_t threads_of_programs; /* started, not system threads, not quite gone */
static _Atomic uint64_t threads_leaving;     /* ended for who waits for them, not quite gone */

void ke_thread_init(struct thread *thread, const char *name, void *process)
{
    ke_header_init(&thread->header, DISPATCHER_THREAD, sizeof(*thread), 0);
    thread->process = process;
    thread->priority = THREAD_BASE_PRIORITY;
    thread->previous_mode = KernelMode;
    list_init(&thread->mutants);
    list_init(&thread->user_apcs);
    list_init(&thread->kernel_apcs);
    list_init(&thread->queue_link);
    list_init(&thread->live_link);
    if (name != NULL)
        strncpy(thread->name, name, sizeof(thread->name) - 1);
}

static void thread_begin(struct thread *thread)
{
    COVE_ASSERT(thread_self == NULL);
    thread->host = host_thread_self();
    host_thread_stack(&thread->stack_low, &thread->stack_high);
    thread_self = thread;
}

static void thread_count(void)
{
    dispatcher_take();
    threads_alive++;
    host_lock_give(&dispatcher_lock);
}

/* What a driver left behind that must not be. Holds a processor. */
static void thread_check_clean(struct thread *thread)
{
    KIRQL irql = ke_irql();
    KMUTANT *held;

    /* Before what it does to APCs: a driver's mutex keeps them out. */
    dispatcher_take();
    held = mutants_kernel_locked(thread);
    host_lock_give(&dispatcher_lock);
    if (held != NULL)
        bugcheck(THREAD_TERMINATE_HELD_MUTEX, (uintptr_t)thread, (uintptr_t)held, 0, 0);
    if (thread->is_stack_locked)
        bugcheck(KERNEL_STACK_LOCKED_AT_EXIT, 0, 0, 0, 0);
    if (irql != PASSIVE_LEVEL || thread->kernel_apc_disable != 0 ||
        thread->special_apc_disable != 0)
        bugcheck(KERNEL_APC_PENDING_DURING_EXIT, 0,
                 (uintptr_t)(intptr_t)(thread->kernel_apc_disable + thread->special_apc_disable),
                 irql, 0);
}

/* The thread ends for the dispatcher: mutants, queue, header. */
static void thread_signal_end(struct thread *thread)
{
    struct aftermath aftermath = {0};
    KMUTANT *held;

    dispatcher_take();
    held = mutants_abandon_locked(thread, &aftermath);
    queue_thread_leaves_locked(thread, &aftermath);
    threads_alive--;
    if (held == NULL) {
        thread->header.SignalState = 1;
        dispatcher_signal_locked(&thread->header, &aftermath);
    }
    dispatcher_give(&aftermath);
    if (held != NULL)
        bugcheck(THREAD_TERMINATE_HELD_MUTEX, (uintptr_t)thread, (uintptr_t)held, 0, 0);
}

static void thread_end(struct thread *thread)
{
    void (*on_end)(struct thread *) = thread->on_end;

    __c11_atomic_fetch_add(&threads_leaving, 1, __ATOMIC_RELAXED);
    apcs_rundown(thread);
    ke_space_change(NULL);
    if (on_end != NULL) {
        thread_signal_end(thread);
        on_end(thread);
        thread_self = NULL;
        processor_drop(); /* no DPC may run on a thread that is no more */
        processor_settle();
    } else {
        /* Who waits for it may free it at once: signal as the very last thing. */
        processor_give();
        processor_settle();
        thread_signal_end(thread);
    }
    thread_self = NULL;
}

static void thread_main(void *argument)
{
    struct thread *thread = argument;
    bool is_program = !thread->is_system;
    jmp_buf base;

    thread_begin(thread);
    thread->exit_jump = &base;
    processor_take(PASSIVE_LEVEL);
    if (_setjmp(base) == 0)
        thread->entry(thread->entry_context);
    thread->exit_jump = NULL;
    thread_check_clean(thread);
    thread_end(thread);
    __c11_atomic_fetch_sub(&threads_leaving, 1, __ATOMIC_RELEASE);
    __c11_atomic_fetch_sub(&threads_of_programs, is_program, __ATOMIC_RELEASE);
    __c11_atomic_fetch_sub(&threads_tails, 1, __ATOMIC_RELEASE);
}

NTSTATUS ke_thread_start(struct thread *thread, void (*entry)(void *), void *context,
                         void (*on_end)(struct thread *))
{
    char name[16];
    bool is_program = !thread->is_system;
    struct host_thread_options options = {.name = name, .detached = true};
    struct host_thread *host;

    strncpy(name, thread->name, sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    thread->entry = entry;
    thread->entry_context = context;
    thread->on_end = on_end;
    thread_count();
    __c11_atomic_fetch_add(&threads_tails, 1, __ATOMIC_RELAXED);
    __c11_atomic_fetch_add(&threads_of_programs, is_program, __ATOMIC_RELAXED);
    if (host_thread_create(&options, thread_main, thread, &host) == 0)
        return STATUS_SUCCESS;
    __c11_atomic_fetch_sub(&threads_tails, 1, __ATOMIC_RELAXED);
    __c11_atomic_fetch_sub(&threads_of_programs, is_program, __ATOMIC_RELAXED);
    dispatcher_take();
    threads_alive--;
    host_lock_give(&dispatcher_lock);
    return STATUS_INSUFFICIENT_RESOURCES;
}

void threads_fini(void)
{
    while (__c11_atomic_load(&threads_tails, __ATOMIC_ACQUIRE) != 0) {
        host_spin_pause();
        host_thread_yield();
    }
    COVE_ASSERT(threads_alive == (thread_self != NULL)); /* the caller may be one */
}

void ke_thread_adopt(struct thread *thread)
{
    thread_begin(thread);
    thread_count();
}

void ke_thread_release(struct thread *thread)
{
    COVE_ASSERT(thread_self == thread && processor_self == NULL);
    if (!list_is_empty(&thread->kernel_apcs) || !list_is_empty(&thread->user_apcs)) {
        processor_take(PASSIVE_LEVEL);
        apcs_rundown(thread);
        processor_give();
    }
    processor_settle();
    thread_signal_end(thread);
    thread_self = NULL;
}

void ke_thread_exit(NTSTATUS status)
{
    struct thread *thread = thread_self;

    COVE_ASSERT(thread != NULL && thread->exit_jump != NULL);
    thread->exit_status = status;
    thread_check_clean(thread);
    callout_unwind_to(thread->stack_high); /* every driver frame of this thread */
    _longjmp(*(jmp_buf *)thread->exit_jump, 1);
}

void ke_thread_terminate(struct thread *thread)
{
    struct aftermath aftermath = {0};

    dispatcher_take();
    thread->is_terminating = true;
    if (thread->is_waiting && thread->wait_mode == UserMode)
        dispatcher_unwait_locked(thread, STATUS_THREAD_IS_TERMINATING, &aftermath);
    dispatcher_give(&aftermath);
}

void ke_thread_alert(struct thread *thread)
{
    struct aftermath aftermath = {0};

    dispatcher_take();
    if (thread->is_waiting && thread->is_alertable)
        dispatcher_unwait_locked(thread, STATUS_ALERTED, &aftermath);
    else
        thread->is_alerted = true;
    dispatcher_give(&aftermath);
}

uint8_t ke_previous_mode_swap(uint8_t mode)
{
    uint8_t old = thread_self->previous_mode;

    thread_self->previous_mode = mode;
    return old;
}

void ke_counts(struct ke_counts *out_counts)
{
    dispatcher_take();
    out_counts->threads = threads_alive;
    out_counts->timers_set = timers_set;
    host_lock_give(&dispatcher_lock);
    out_counts->program_threads = __c11_atomic_load(&threads_of_programs, __ATOMIC_ACQUIRE);
    out_counts->leaving_threads = __c11_atomic_load(&threads_leaving, __ATOMIC_ACQUIRE);
    out_counts->dpcs_queued = __c11_atomic_load(&dpcs_queued, __ATOMIC_SEQ_CST);
}
