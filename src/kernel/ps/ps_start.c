/* SPDX-License-Identifier: MIT */
/* ps_start.c - the types Process and Thread, and the system process.
 *
 * Comes after ob and se. From here on handles, windows and pseudo handles mean those of
 * the running thread's process.
 */
#include "ps_internal.h"

#define PROCESS_RIGHTS (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xffff)
#define THREAD_RIGHTS  (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xffff)

static DISPATCHER_HEADER *header_first(void *body)
{
    return body;
}

/* Programs may look at the system process and its threads and wait for them, no more. */
static ACCESS_MASK process_limit(const void *body)
{
    return body == ps_system_process ? PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE
                                     : ~(ACCESS_MASK)0;
}

static ACCESS_MASK thread_limit(const void *body)
{
    const struct process_thread *thread = body;
    return thread->process == ps_system_process ? THREAD_QUERY_LIMITED_INFORMATION | SYNCHRONIZE
                                                : ~(ACCESS_MASK)0;
}

/* The specific rights behind the generic ones are those of the public process and thread
 * access rights pages. */
static const struct object_type_ops process_ops = {
    .delete_body = process_delete_body,
    .waitable = header_first,
    .mapping = {STANDARD_RIGHTS_READ | 0x0410 /* VM_READ | QUERY_INFORMATION */,
                STANDARD_RIGHTS_WRITE | 0x0beb, STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE | 0x1001,
                PROCESS_RIGHTS},
    .user_limit = process_limit,
    .valid_access = PROCESS_RIGHTS,
    .is_watchable = true,
};
static const struct object_type_ops thread_ops = {
    .delete_body = thread_delete_body,
    .waitable = header_first,
    .mapping = {STANDARD_RIGHTS_READ | 0x0048 /* GET_CONTEXT | QUERY_INFORMATION */,
                STANDARD_RIGHTS_WRITE | 0x0437, STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE | 0x1800,
                THREAD_RIGHTS},
    .user_limit = thread_limit,
    .valid_access = THREAD_RIGHTS,
    .is_watchable = true,
};

static struct handle_table *current_handles(void)
{
    struct process *process = ps_process_current();
    return process ? process->handles : NULL;
}

static struct mm_window *current_window(void)
{
    struct process *process = ps_process_current();
    return process ? process->window : NULL;
}

static struct mm_window *window_of_process(PEPROCESS body)
{
    struct process *process = (struct process *)body;
    return process == ps_system_process ? mm_window_system() : process->window;
}

static void *current_process_body(void)
{
    return ps_process_current();
}

static void *current_thread_body(void)
{
    return ps_thread_current();
}

/* Who acts: the thread's client, if it impersonates one, and its process. */
static void subject(void *thread_body, void *process_body, void **out_primary, void **out_client)
{
    struct process_thread *thread = thread_body ? thread_body : ps_thread_current();
    struct process *process = process_body ? process_body
                              : thread     ? thread->process
                                           : ps_system_process;
    *out_primary = process->token;
    ob_reference(*out_primary);
    struct ps_impersonation client = {0};
    if (thread)
        ps_impersonation_get(thread, &client);
    *out_client = client.token;
}

static struct handle_table *handles_of(void *process)
{
    return ((struct process *)process)->handles;
}

/* The type is there for drivers that name it; nothing makes a job. */
static struct object_type *ps_job_type;
static const struct object_type_ops job_ops = {
    .mapping = {STANDARD_RIGHTS_READ | 0x4, STANDARD_RIGHTS_WRITE | 0xb,
                STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE,
                STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3f},
    .valid_access = STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3f,
};
extern POBJECT_TYPE *PsJobType;
POBJECT_TYPE *PsJobType = (POBJECT_TYPE *)&ps_job_type;

NTSTATUS ps_init(void)
{
    NTSTATUS status = ob_type_create("Process", &process_ops, &ps_process_type);
    if (NT_SUCCESS(status))
        status = ob_type_create("Thread", &thread_ops, &ps_thread_type);
    if (NT_SUCCESS(status))
        status = ob_type_create("Job", &job_ops, &ps_job_type);
    if (NT_SUCCESS(status))
        status = process_make("System", 4, &ps_system_process);
    if (!NT_SUCCESS(status))
        return status;
    while (ps_id_next() < 4)
        ; /* 4 is the system process's for ever */
    ps_system_process->token = se_system_token();
    PsInitialSystemProcess = (PEPROCESS)ps_system_process;
    ob_current_table_set(current_handles);
    ob_process_table_set(handles_of);
    ob_pseudo_handles_set(current_process_body, current_thread_body);
    mm_current_window_set(current_window);
    mm_process_window_set(window_of_process);
    se_subject_set(subject);
    ex_work_threads_set(ps_system_thread_start);
    quota_install();
    return STATUS_SUCCESS;
}

static uint32_t system_thread_count(void)
{
    host_lock_take(&ps_lock);
    uint32_t count = ps_system_process->thread_count;
    host_lock_give(&ps_lock);
    return count;
}

/* The caller may be a thread of the system process itself. Threads are counted, not references:
 * a driver may have kept one of those for good, to a thread of its own or to the process. */
static void system_threads_wait(void)
{
    uint32_t own = ps_thread_current() != NULL;
    while (system_thread_count() > own) {
        LARGE_INTEGER moment = {.QuadPart = -1000};
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
    }
    ps_threads_settle();
}

void ps_fini(void)
{
    struct process *system = ps_system_process;
    ob_handle_table_close_all(system->handles);
    ex_work_drain();
    ex_work_threads_set(NULL);
    system_threads_wait();
    mm_current_window_set(NULL);
    mm_process_window_set(NULL);
    ob_current_table_set(NULL);
    ob_pseudo_handles_set(NULL, NULL);
    se_subject_set(NULL);
    ps_thread_io_set(NULL, NULL);
    ps_process_gone_set(NULL);
    atomic_store(&system->is_run_down, true);
    ps_system_process = NULL;
    PsInitialSystemProcess = NULL;
    ob_dereference(system);
}
