/* SPDX-License-Identifier: MIT */
/* kd_process.c - processes and threads. */
#include <stdlib.h>
#include <string.h>

#include "io/io.h"
#include "kd_internal.h"
#include "ps/ps.h"

static void process_describe(cJSON *item, struct process *process)
{
    kd_address(item, "address", (uint64_t)(uintptr_t)process);
    kd_number(item, "id", (double)process->id);
    kd_number(item, "parent_id", (double)process->parent_id);
    kd_address(item, "peb", process->peb);
    kd_address(item, "object_table", (uint64_t)(uintptr_t)process->handles);
    kd_address(item, "token", (uint64_t)(uintptr_t)process->token);
    kd_number(item, "handle_count",
              process->handles ? (double)ob_handle_table_count(process->handles) : 0);
    kd_number(item, "thread_count", process->thread_count);
    kd_address(item, "create_time", (uint64_t)process->create_time);
    cJSON_AddStringToObject(item, "image", process->image_name);
}

static void process_add(struct process *process, void *list)
{
    cJSON *item = cJSON_CreateObject();
    process_describe(item, process);
    cJSON_AddItemToArray(list, item);
}

cJSON *kd_processes(char **words)
{
    cJSON *list = cJSON_CreateArray();
    ps_process_visit(process_add, list);
    return list;
}

struct thread_irps {
    const struct process_thread *thread;
    cJSON *list;
};

static void thread_irp_add(PIRP irp, void *context)
{
    const struct thread_irps *irps = context;
    if ((const void *)irp->Tail.Overlay.Thread != irps->thread)
        return;
    cJSON *item = cJSON_CreateObject();
    kd_address(item, "address", (uint64_t)(uintptr_t)irp);
    kd_number(item, "flags", irp->Flags);
    kd_address(item, "mdl", (uint64_t)(uintptr_t)irp->MdlAddress);
    cJSON_AddItemToArray(irps->list, item);
}

/* The processor that runs a thread just now. */
static void thread_processor_add(cJSON *item, const struct process_thread *thread)
{
    for (unsigned i = 0; i < ke_processor_count(); i++) {
        const void *running;
        KIRQL irql;
        if (ke_processor_look(i, &irql, &running) && running == &thread->tcb)
            kd_number(item, "processor", i);
    }
}

static void thread_describe(cJSON *item, struct process_thread *thread)
{
    const struct thread *tcb = &thread->tcb;
    kd_address(item, "address", (uint64_t)(uintptr_t)thread);
    kd_number(item, "process_id", (double)thread->process->id);
    kd_number(item, "id", (double)thread->id);
    kd_address(item, "teb", thread->teb);
    kd_address(item, "process", (uint64_t)(uintptr_t)thread->process);
    cJSON_AddStringToObject(item, "image", thread->process->image_name);
    kd_address(item, "attached_process", (uint64_t)(uintptr_t)tcb->attached_process);
    char name[sizeof tcb->name + 1] = "";
    memcpy(name, tcb->name, sizeof tcb->name);
    cJSON_AddStringToObject(item, "name", name);
    cJSON_AddBoolToObject(item, "is_waiting", tcb->is_waiting);
    cJSON_AddBoolToObject(item, "is_alertable", tcb->is_alertable);
    kd_number(item, "wait_mode", tcb->wait_mode);
    cJSON_AddBoolToObject(item, "is_terminated", tcb->header.SignalState != 0);
    cJSON_AddBoolToObject(item, "is_impersonating", thread->impersonation_token != NULL);
    kd_number(item, "priority", tcb->priority);
    kd_number(item, "ideal_processor", tcb->ideal_processor);
    kd_address(item, "start_address", (uint64_t)(uintptr_t)thread->start_address);
    kd_address(item, "stack_high", tcb->stack_high);
    kd_address(item, "stack_low", tcb->stack_low);
    thread_processor_add(item, thread);
    struct thread_irps irps = {thread, cJSON_AddArrayToObject(item, "irps")};
    irp_visit(thread_irp_add, &irps);
}

static void thread_add(struct process_thread *thread, void *list)
{
    cJSON *item = cJSON_CreateObject();
    thread_describe(item, thread);
    cJSON_AddItemToArray(list, item);
}

/* The process at an address, or of that id. */
static struct process *process_get(const char *word)
{
    uint64_t number = strtoull(word, NULL, 0);
    struct process *process = kd_object_get(number, ps_process_type);
    return process ? process : ps_process_find_get(number);
}

cJSON *kd_process(char **words)
{
    struct process *process = process_get(words[1]);
    if (!process)
        return kd_refuse(STATUS_INVALID_ADDRESS, "%s: is not a process", words[1]);
    cJSON *answer = cJSON_CreateObject();
    process_describe(answer, process);
    ob_dereference(process);
    return answer;
}

cJSON *kd_threads(char **words)
{
    struct process *process = process_get(words[1]);
    if (!process)
        return kd_refuse(STATUS_INVALID_ADDRESS, "%s: is not a process", words[1]);
    cJSON *list = cJSON_CreateArray();
    ps_process_thread_visit(process, thread_add, list);
    ob_dereference(process);
    return list;
}

cJSON *kd_thread(char **words)
{
    uint64_t number = strtoull(words[1], NULL, 0);
    struct process_thread *thread = kd_object_get(number, ps_thread_type);
    if (!thread)
        thread = ps_thread_find_get(number);
    if (!thread)
        return kd_refuse(STATUS_INVALID_ADDRESS, "%s: is not a thread", words[1]);
    cJSON *answer = cJSON_CreateObject();
    thread_describe(answer, thread);
    ob_dereference(thread);
    return answer;
}
