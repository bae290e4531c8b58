/* SPDX-License-Identifier: MIT */
/* thread.c - threads: made, adopted, ended.
 *
 * A thread is on its process's list from thread_make to its rundown, which runs on the
 * thread itself, before waiters learn that it has ended: its I/O is cancelled and waited
 * for, and the last one runs the process down. Invariant: a running thread holds a
 * reference on itself and one on its process.
 */
#include "ps_internal.h"

struct object_type *ps_thread_type;
void (*thread_cancel_irps)(struct process_thread *);
void (*thread_wait_irps)(struct process_thread *);

void ps_thread_io_set(void (*cancel_irps)(struct process_thread *),
                      void (*wait_irps)(struct process_thread *))
{
    thread_cancel_irps = cancel_irps;
    thread_wait_irps = wait_irps;
}

_Atomic uint64_t thread_workers; /* atomic: objects of the system's workers */

void thread_delete_body(void *body)
{
    struct process_thread *thread = body;
    atomic_fetch_sub(&thread_workers, thread->is_worker);
    if (thread->impersonation_token)
        ob_dereference(thread->impersonation_token);
    ob_dereference(thread->process);
}

NTSTATUS thread_make(struct process *process, const char *name, struct process_thread **out_thread)
{
    struct process_thread *thread;
    NTSTATUS status = ob_create(ps_thread_type, sizeof *thread, (void **)&thread);
    if (!NT_SUCCESS(status))
        return status;
    ob_reference(process);
    thread->process = process;
    ke_thread_init(&thread->tcb, name, process);
    thread->tcb.space = process->window ? mm_window_space(process->window) : NULL;
    list_init(&thread->link);
    thread->create_time = (int64_t)host_wallclock_100ns();
    host_lock_take(&ps_lock);
    if (process->is_ending) {
        status = STATUS_PROCESS_IS_TERMINATING;
    } else {
        thread->id = ps_id_next();
        list_push_back(&process->threads, &thread->link);
        process->thread_count++;
    }
    host_lock_give(&ps_lock);
    if (!NT_SUCCESS(status)) {
        ob_dereference(thread);
        return status;
    }
    *out_thread = thread;
    return STATUS_SUCCESS;
}

/* Off the list; says whether the process has to be run down now. */
static bool thread_unlist(struct process_thread *thread)
{
    struct process *process = thread->process;
    host_lock_take(&ps_lock);
    list_remove(&thread->link);
    bool is_last = --process->thread_count == 0 && process != ps_system_process;
    if (is_last) {
        if (!process->is_ending)
            process->exit_status = thread->tcb.exit_status;
        process->is_ending = true;
    }
    host_lock_give(&ps_lock);
    return is_last;
}

void thread_unmake(struct process_thread *thread)
{
    struct process *process = thread->process;
    bool is_ending;
    host_lock_take(&ps_lock);
    list_remove(&thread->link);
    process->thread_count--;
    /* A process that was terminated meanwhile counted on this thread to run it down. */
    is_ending = process->is_ending && process->thread_count == 0;
    host_lock_give(&ps_lock);
    if (is_ending)
        process_rundown(process);
}

/* On the ending thread, once. Afterwards it must not start I/O. */
static void thread_rundown(struct process_thread *thread)
{
    if (thread->is_run_down)
        return;
    thread->is_run_down = true;
    atomic_store(&thread->tcb.is_terminating, true);
    if (thread_cancel_irps)
        thread_cancel_irps(thread);
    if (thread_wait_irps)
        thread_wait_irps(thread);
    notify_thread_ended(thread);
    thread->exit_time = (int64_t)host_wallclock_100ns();
    if (thread_unlist(thread))
        process_rundown(thread->process);
}

static void thread_main(void *context)
{
    struct process_thread *thread = context;
    thread->entry(thread->entry_context);
    thread_rundown(thread);
}

/* ke's last word about a thread; it may have left by a way of ke's own. */
static void thread_ended(struct thread *tcb)
{
    struct process_thread *thread = (struct process_thread *)tcb;
    thread_rundown(thread);
    ob_dereference(thread);
}

NTSTATUS thread_launch(struct process_thread *thread, void (*entry)(void *), void *context)
{
    thread->entry = entry;
    thread->entry_context = context;
    notify_thread_created(thread);
    ob_reference(thread);
    NTSTATUS status = ke_thread_start(&thread->tcb, thread_main, thread, thread_ended);
    if (!NT_SUCCESS(status)) {
        thread->is_run_down = true;
        ob_dereference(thread);
        thread_unmake(thread);
    }
    return status;
}

NTSTATUS ps_thread_create(struct process *process, const char *name, void (*entry)(void *),
                          void *context, KPROCESSOR_MODE mode, struct process_thread **out_thread)
{
    struct process_thread *thread;
    NTSTATUS status = thread_make(process, name, &thread);
    if (!NT_SUCCESS(status))
        return status;
    thread->tcb.previous_mode = (uint8_t)mode;
    thread->tcb.is_system = process == ps_system_process;
    status = thread_launch(thread, entry, context);
    if (!NT_SUCCESS(status)) {
        ob_dereference(thread);
        return status;
    }
    *out_thread = thread;
    return STATUS_SUCCESS;
}

NTSTATUS ps_system_thread_start(const char *name, void (*entry)(void *), void *context)
{
    struct process_thread *thread;
    NTSTATUS status =
        ps_thread_create(ps_system_process, name, entry, context, KernelMode, &thread);
    if (!NT_SUCCESS(status))
        return status;
    thread->is_worker = true;
    atomic_fetch_add(&thread_workers, 1);
    ob_dereference(thread);
    return STATUS_SUCCESS;
}

NTSTATUS ps_thread_adopt(struct process *process, struct process_thread **out_thread)
{
    struct process_thread *thread;
    NTSTATUS status = thread_make(process, "adopted", &thread);
    if (!NT_SUCCESS(status))
        return status;
    thread->tcb.is_system = process == ps_system_process;
    /* A connection's thread comes and goes like a worker: nobody counts it as left behind. */
    thread->is_worker = thread->tcb.is_system;
    atomic_fetch_add(&thread_workers, thread->is_worker);
    ke_thread_adopt(&thread->tcb);
    *out_thread = thread;
    return STATUS_SUCCESS;
}

void ps_thread_release(struct process_thread *thread)
{
    bool was_held = ke_processor_is_held();
    if (!was_held)
        ke_processor_enter();
    thread_rundown(thread);
    if (!was_held)
        ke_processor_leave();
    ke_thread_release(&thread->tcb);
    ob_dereference(thread);
}

void ps_thread_exit(NTSTATUS status)
{
    struct process_thread *thread = ps_thread_current();
    thread->tcb.exit_status = status;
    thread_rundown(thread);
    ke_thread_exit(status);
}

void ps_thread_terminate(struct process_thread *thread, NTSTATUS status)
{
    if (thread->exit_time == 0)
        thread->tcb.exit_status = status;
    ke_thread_terminate(&thread->tcb);
    if (thread_cancel_irps)
        thread_cancel_irps(thread);
}
