/* SPDX-License-Identifier: MIT */
/* process.c - processes: made, found, terminated, run down.
 *
 * A process lives from ps_process_create to its rundown, its object as long as somebody
 * refers to it. Each thread refers to its process. Invariant: exactly one caller runs a
 * process down: the last thread to end, or who terminates one without threads.
 */
#include "ps_internal.h"

#include <string.h>

#include "rtl/rtl.h"

struct host_lock ps_lock;
static struct list processes = LIST_INIT(processes); /* guarded by ps_lock */
static uint64_t process_count;                       /* guarded by ps_lock */
static _Atomic uint64_t id_last;
static void (*process_gone)(struct process *);

struct process *ps_system_process;
struct object_type *ps_process_type;

void ps_process_gone_set(void (*gone)(struct process *))
{
    process_gone = gone;
}

static struct process *process_find_locked(uint64_t id)
{
    list_for_each(node, &processes)
    {
        struct process *process = list_entry(node, struct process, link);
        if (process->id == id)
            return process;
    }
    return NULL;
}

/* Processes and threads draw from one row of multiples of four, so that an identifier never
 * means both. A host's process id may be anything; it is looked for among processes only. */
uint64_t ps_id_next(void)
{
    return atomic_fetch_add(&id_last, 4) + 4;
}

/* The part of a path behind the last separator, cut to what drivers are shown. */
static void image_names_set(struct process *process, const char *image_name)
{
    const char *file = image_name;
    strncpy(process->image_name, image_name, sizeof process->image_name - 1);
    for (const char *at = image_name; *at; at++)
        if (*at == '\\' || *at == '/')
            file = at + 1;
    strncpy(process->image_file_name, file, 14);
}

NTSTATUS process_make(const char *image_name, uint64_t id, struct process **out_process)
{
    struct process *process;
    NTSTATUS status = ob_create(ps_process_type, sizeof *process, (void **)&process);
    if (!NT_SUCCESS(status))
        return status;
    /* A process is waited for like an event that is set once and for ever. */
    KeInitializeEvent((PRKEVENT)&process->header, NotificationEvent, FALSE);
    list_init(&process->threads);
    list_init(&process->link);
    image_names_set(process, image_name ? image_name : "");
    process->exit_status = STATUS_PENDING;
    ExInitializeRundownProtection(&process->exit_synchronization);
    process->create_time = (int64_t)host_wallclock_100ns();
    status = ob_handle_table_create(process, &process->handles);
    if (!NT_SUCCESS(status)) {
        process->is_run_down = true;
        ob_dereference(process);
        return status;
    }
    host_lock_take(&ps_lock);
    process->id = id;
    while (process->id == 0 || process_find_locked(process->id))
        process->id = ps_id_next();
    list_push_back(&processes, &process->link);
    process_count++;
    host_lock_give(&ps_lock);
    *out_process = process;
    return STATUS_SUCCESS;
}

NTSTATUS ps_process_create(const struct ps_process_options *options, struct process **out_process)
{
    struct process *process;
    NTSTATUS status = process_make(options->image_name, options->id, &process);
    if (!NT_SUCCESS(status))
        return status;
    process->parent_id = ps_process_current()->id;
    process->quota = quota_create();
    if (!process->quota) {
        process->is_run_down = true;
        ob_dereference(process);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    process->window = options->window;
    process->is_32bit = options->is_32bit;
    process->token = se_user_token();
    status = notify_process_created(process);
    if (!NT_SUCCESS(status)) {
        process->window = NULL; /* stays the caller's */
        ps_process_terminate(process, status);
        ob_dereference(process);
        return status;
    }
    *out_process = process;
    return STATUS_SUCCESS;
}

/* Off the list, so that its id may be used again. */
static void process_unlist(struct process *process)
{
    host_lock_take(&ps_lock);
    if (!list_is_empty(&process->link)) {
        list_remove(&process->link);
        process_count--;
    }
    host_lock_give(&ps_lock);
}

static void process_resources_release(struct process *process)
{
    if (process->handles)
        ob_handle_table_close_all(process->handles);
    struct mm_window *window = process->window;
    process->window = NULL;
    if (!window)
        return;
    if (ke_thread_current()->space == mm_window_space(window))
        ke_space_change(NULL);
    mm_window_destroy(window);
}

void process_rundown(struct process *process)
{
    if (atomic_exchange(&process->is_run_down, true))
        return;
    notify_process_ended(process);
    ExWaitForRundownProtectionRelease(&process->exit_synchronization);
    process_resources_release(process);
    process->exit_time = (int64_t)host_wallclock_100ns();
    process_unlist(process);
    KeSetEvent((PRKEVENT)&process->header, 0, FALSE);
    if (process_gone)
        process_gone(process);
}

void process_delete_body(void *body)
{
    struct process *process = body;
    COVE_ASSERT(process->thread_count == 0);
    if (!process->is_run_down)
        process_resources_release(process);
    process_unlist(process);
    if (process->handles)
        ob_handle_table_destroy(process->handles);
    if (process->token)
        ob_dereference(process->token);
    quota_put(process->quota);
    RtlFreeUnicodeString(&process->current_directory);
}

/* The next thread of process behind `at` (NULL: the first), referenced; drops at's. The list
 * may change meanwhile: threads that joined or left may be missed, which is no harm, since
 * an ending process takes no new ones and those that left are ending anyway. */
static struct process_thread *thread_next(struct process *process, struct process_thread *at)
{
    struct process_thread *next = NULL;
    host_lock_take(&ps_lock);
    struct list *node = process->threads.next;
    if (at) {
        while (node != &process->threads &&
               list_entry(node, struct process_thread, link)->id <= at->id)
            node = node->next;
    }
    for (; node != &process->threads && !next; node = node->next) {
        next = list_entry(node, struct process_thread, link);
        if (!ob_reference_unless_dead(next))
            next = NULL;
    }
    host_lock_give(&ps_lock);
    if (at)
        ob_dereference(at);
    return next;
}

static void (*thread_ask_end)(struct process_thread *); /* set once at boot */

void ps_thread_ask_end_set(void (*ask_end)(struct process_thread *thread))
{
    thread_ask_end = ask_end;
}

void ps_process_terminate(struct process *process, NTSTATUS status)
{
    COVE_ASSERT(process != ps_system_process);
    host_lock_take(&ps_lock);
    bool is_first = !process->is_ending;
    bool is_empty = process->thread_count == 0;
    if (is_first) {
        process->is_ending = true;
        process->exit_status = status;
    }
    host_lock_give(&ps_lock);
    if (!is_first)
        return;
    if (is_empty) {
        process_rundown(process);
        return;
    }
    bool is_other = process != ps_process_current();
    struct process_thread *thread = thread_next(process, NULL);
    for (; thread; thread = thread_next(process, thread)) {
        ps_thread_terminate(thread, status);
        if (is_other && thread_ask_end) /* it may run its program's code, and in no service */
            thread_ask_end(thread);
    }
}

struct process *ps_process_find_get(uint64_t id)
{
    host_lock_take(&ps_lock);
    struct process *process = process_find_locked(id);
    if (process && !ob_reference_unless_dead(process))
        process = NULL;
    host_lock_give(&ps_lock);
    return process;
}

/* Visits what was there at one moment, so that visit may end processes. */
/* One at a time, so that no memory is needed: the next one is the first with a higher id. */
void ps_process_thread_visit(struct process *process,
                             void (*visit)(struct process_thread *thread, void *context),
                             void *context)
{
    for (uint64_t last = 0;;) {
        struct process_thread *next = NULL;
        host_lock_take(&ps_lock);
        list_for_each(node, &process->threads)
        {
            struct process_thread *thread = list_entry(node, struct process_thread, link);
            if (thread->id > last && (!next || thread->id < next->id))
                next = thread;
        }
        if (next)
            last = next->id;
        bool is_held = next && ob_reference_unless_dead(next);
        host_lock_give(&ps_lock);
        if (!next)
            return;
        if (!is_held)
            continue;
        visit(next, context);
        ob_dereference(next);
    }
}

void ps_process_visit(void (*visit)(struct process *, void *), void *context)
{
    uint64_t room = 0, count = 0;
    struct process **all = NULL;
    for (;;) {
        host_lock_take(&ps_lock);
        if (process_count <= room)
            break;
        room = process_count + 16;
        host_lock_give(&ps_lock);
        if (all)
            ExFreePoolWithTag(all, PS_TAG);
        all = ExAllocatePool2(POOL_FLAG_NON_PAGED, room * sizeof *all, PS_TAG);
        if (!all)
            return;
    }
    list_for_each(node, &processes)
    {
        struct process *process = list_entry(node, struct process, link);
        if (ob_reference_unless_dead(process))
            all[count++] = process;
    }
    host_lock_give(&ps_lock);
    for (uint64_t i = 0; i < count; i++) {
        visit(all[i], context);
        ob_dereference(all[i]);
    }
    if (all)
        ExFreePoolWithTag(all, PS_TAG);
}

struct process_thread *ps_thread_find_get(uint64_t id)
{
    struct process_thread *found = NULL;
    host_lock_take(&ps_lock);
    list_for_each(node, &processes)
    {
        struct process *process = list_entry(node, struct process, link);
        list_for_each(thread_node, &process->threads)
        {
            struct process_thread *thread = list_entry(thread_node, struct process_thread, link);
            if (thread->id == id && ob_reference_unless_dead(thread)) {
                found = thread;
                break;
            }
        }
        if (found)
            break;
    }
    host_lock_give(&ps_lock);
    return found;
}

bool ps_programs_wait(uint64_t deadline_ns)
{
    LARGE_INTEGER moment = {.QuadPart = -1000};
    struct ke_counts counts;
    for (ke_counts(&counts); counts.program_threads != 0; ke_counts(&counts)) {
        if (host_clock_ns() >= deadline_ns)
            return false;
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
    return true;
}

void ps_threads_settle(void)
{
    LARGE_INTEGER moment = {.QuadPart = -1000};
    struct ke_counts counts;
    for (ke_counts(&counts); counts.leaving_threads != 0; ke_counts(&counts))
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
}

uint64_t ps_system_thread_find(uint64_t low, uint64_t high)
{
    uint64_t found = 0;
    host_lock_take(&ps_lock);
    list_for_each(node, &ps_system_process->threads)
    {
        uint64_t start = (uint64_t)list_entry(node, struct process_thread, link)->start_address;
        if (start >= low && start < high)
            found = start;
    }
    host_lock_give(&ps_lock);
    return found;
}

void ps_counts(struct ps_counts *out_counts)
{
    out_counts->threads = 0;
    host_lock_take(&ps_lock);
    out_counts->processes = process_count - (ps_system_process ? 1 : 0);
    list_for_each(node, &processes) out_counts->threads +=
        list_entry(node, struct process, link)->thread_count;
    host_lock_give(&ps_lock);
    out_counts->worker_objects = atomic_load(&thread_workers);
}

/* The addresses of a 32-bit program are there while one of its own threads, or one that is attached
 * to it, runs here. */
static void space_follow(struct thread *thread)
{
    struct process *process = thread->attached_process;
    if (!process)
        process = thread->process;
    ke_space_change(process && process->window ? mm_window_space(process->window) : NULL);
}

struct process *ps_attach(struct process *process)
{
    struct thread *thread = ke_thread_current();
    struct process *previous = thread->attached_process;
    thread->attached_process = process;
    space_follow(thread);
    return previous;
}

void ps_detach(struct process *previous)
{
    struct thread *thread = ke_thread_current();
    thread->attached_process = previous;
    space_follow(thread);
}
