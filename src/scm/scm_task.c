/* SPDX-License-Identifier: MIT */
/* scm_task.c - what a process with services is to do, and what it answers.
 *
 * A task is put by whoever controls a service and waits for the answer, but not for ever and not
 * for a process that has ended. One thread of the process (its control dispatcher) fetches tasks
 * and answers them.
 */
#include <stdio.h>
#include <string.h>

#include "scm_program.h"
#include "wire/service.h"

static uint64_t last_number; /* guarded by scm_program_lock */

LARGE_INTEGER scm_patience(void)
{
    uint32_t ms = scm_control_number(L"ServicesPipeTimeout", 30000);
    return (LARGE_INTEGER){.QuadPart = -(int64_t)ms * 10000};
}

uint32_t scm_task_do(struct service_process *process, struct task *task)
{
    LARGE_INTEGER patience = scm_patience();
    KeInitializeEvent(&task->answered, NotificationEvent, FALSE);
    host_lock_take(&scm_program_lock);
    if (process->is_over) {
        host_lock_give(&scm_program_lock);
        return ERROR_PROCESS_ABORTED;
    }
    task->number = ++last_number;
    list_push_back(&process->tasks, &task->link);
    KeSetEvent(&process->ready, IO_NO_INCREMENT, FALSE);
    host_lock_give(&scm_program_lock);
    KeWaitForSingleObject(&task->answered, Executive, KernelMode, FALSE, &patience);
    host_lock_take(&scm_program_lock);
    if (!task->is_answered)
        list_remove(&task->link);
    host_lock_give(&scm_program_lock);
    return task->is_answered ? task->result : ERROR_SERVICE_REQUEST_TIMEOUT;
}

static void task_answer_locked(struct task *task, uint32_t result)
{
    task->is_answered = true;
    task->result = result;
    KeSetEvent(&task->answered, IO_NO_INCREMENT, FALSE);
}

void scm_tasks_end_locked(struct service_process *process)
{
    for (struct list *node; (node = list_pop_front(&process->tasks));)
        task_answer_locked(list_entry(node, struct task, link), ERROR_PROCESS_ABORTED);
    for (struct list *node; (node = list_pop_front(&process->taken));)
        task_answer_locked(list_entry(node, struct task, link), ERROR_PROCESS_ABORTED);
}

/* ---- the process's side ------------------------------------------------------------------------
 */

uint32_t scm_process_connect(void)
{
    host_lock_take(&scm_program_lock);
    struct service_process *process = scm_process_current_locked();
    uint32_t result = !process || process->is_given_up ? ERROR_FAILED_SERVICE_CONTROLLER_CONNECT
                      : process->is_connected          ? ERROR_SERVICE_ALREADY_RUNNING
                                                       : NO_ERROR;
    if (!result) {
        process->is_connected = true;
        KeSetEvent(&process->connected, IO_NO_INCREMENT, FALSE);
    }
    host_lock_give(&scm_program_lock);
    return result;
}

static void task_fill(struct wire_service_task *out, const struct task *task)
{
    memset(out, 0, sizeof *out);
    out->number = task->number;
    out->cookie = task->ask.cookie;
    out->code = task->ask.code;
    out->event_type = task->ask.event_type;
    out->is_alone = !(task->service->status.type & SERVICE_WIN32_SHARE_PROCESS);
    snprintf(out->service, sizeof out->service, "%s", task->service->name);
    if (task->ask.code)
        return;
    uint32_t length = (uint32_t)strlen(out->service) + 1;
    memcpy(out->arguments.text, out->service, length);
    out->arguments.count = 1;
    if (task->arguments && task->arguments->length <= sizeof out->arguments.text - length) {
        memcpy(out->arguments.text + length, task->arguments->text, task->arguments->length);
        out->arguments.count += task->arguments->count;
        length += task->arguments->length;
    }
    out->arguments.length = length;
}

uint32_t scm_process_next(struct wire_service_task *out_task)
{
    for (;;) {
        host_lock_take(&scm_program_lock);
        struct service_process *process = scm_process_current_locked();
        struct list *node = process ? list_pop_front(&process->tasks) : NULL;
        if (node) {
            task_fill(out_task, list_entry(node, struct task, link));
            list_push_back(&process->taken, node);
        }
        bool is_end = !process || (!node && !process->service_count);
        if (process)
            process->references++;
        host_lock_give(&scm_program_lock);
        if (node || is_end) {
            if (process)
                scm_process_put(process);
            return node ? NO_ERROR : process ? ERROR_NO_MORE_ITEMS : ERROR_INVALID_HANDLE;
        }
        NTSTATUS status =
            KeWaitForSingleObject(&process->ready, UserRequest, UserMode, FALSE, NULL);
        scm_process_put(process);
        if (status != STATUS_SUCCESS)
            return ERROR_PROCESS_ABORTED; /* the thread ends */
    }
}

uint32_t scm_process_answer(uint64_t number, uint32_t result)
{
    uint32_t error = ERROR_INVALID_PARAMETER; /* also: nobody waits for it any more */
    host_lock_take(&scm_program_lock);
    struct service_process *process = scm_process_current_locked();
    if (process) {
        list_for_each(node, &process->taken)
        {
            struct task *task = list_entry(node, struct task, link);
            if (task->number == number) {
                list_remove(&task->link);
                task_answer_locked(task, result);
                error = NO_ERROR;
                break;
            }
        }
    }
    host_lock_give(&scm_program_lock);
    return error;
}

uint32_t scm_process_ask(const char *name, const struct scm_ask *ask)
{
    host_lock_take(&scm_program_lock);
    struct service *service = scm_service_find_locked(name);
    struct service_process *process = scm_process_current_locked();
    bool is_own = service && process && service->process == process;
    if (is_own)
        process->references++;
    host_lock_give(&scm_program_lock);
    if (!is_own)
        return ERROR_INVALID_HANDLE;
    struct task task = {.service = service, .ask = *ask};
    uint32_t result = scm_task_do(process, &task);
    scm_process_put(process);
    return result;
}
