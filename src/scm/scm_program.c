/* SPDX-License-Identifier: MIT */
/* scm_program.c - services of programs: how their processes begin and end, and their states.
 *
 * A process has a system thread in the machine that starts it and stays until it is over. What the
 * service says of itself (SetServiceStatus) is its state; when its process is over it is stopped,
 * whatever it said. Invariant: no lock is held while a process is waited for.
 */
#include "scm_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ob/ob.h"
#include "rtl/rtl.h"
#include "server/server.h"

/* For the host to end processes that have been told to. */
#define GONE_100NS 100000000ll

struct host_lock scm_program_lock;
static struct list services = LIST_INIT(services), processes = LIST_INIT(processes);
static unsigned thread_count; /* guarded by scm_program_lock */
static KEVENT threads_gone;   /* set while there is none */

struct state_wait {
    struct list link;
    KEVENT changed;
};

void scm_programs_init(void)
{
    list_init(&services);
    list_init(&processes);
    thread_count = 0;
    KeInitializeEvent(&threads_gone, NotificationEvent, TRUE);
}

bool scm_programs_wait(void)
{
    LARGE_INTEGER timeout = {.QuadPart = -GONE_100NS};
    return KeWaitForSingleObject(&threads_gone, Executive, KernelMode, FALSE, &timeout) ==
           STATUS_SUCCESS;
}

void scm_programs_fini(void)
{
    for (struct list *node; (node = list_pop_front(&services));)
        free(list_entry(node, struct service, link));
}

/* ---- records ----------------------------------------------------------------------------------
 */

struct service *scm_service_find_locked(const char *name)
{
    list_for_each(node, &services)
    {
        struct service *service = list_entry(node, struct service, link);
        if (!strcasecmp(service->name, name))
            return service;
    }
    return NULL;
}

struct service_process *scm_process_current_locked(void)
{
    const struct process *current = ps_process_current();
    list_for_each(node, &processes)
    {
        struct service_process *process = list_entry(node, struct service_process, link);
        if (process->process == current)
            return process;
    }
    return NULL;
}

static void process_put_locked(struct service_process *process)
{
    if (--process->references)
        return;
    if (process->process)
        ob_dereference(process->process);
    free(process);
}

void scm_process_put(struct service_process *process)
{
    host_lock_take(&scm_program_lock);
    process_put_locked(process);
    host_lock_give(&scm_program_lock);
}

static void state_tell_locked(struct service *service)
{
    list_for_each(node, &service->waits)
        KeSetEvent(&list_entry(node, struct state_wait, link)->changed, IO_NO_INCREMENT, FALSE);
}

/* Its process is told when it was the last one. */
static void service_stop_locked(struct service *service)
{
    struct service_process *process = service->process;
    service->status.state = SERVICE_STOPPED;
    service->status.controls_accepted = service->status.check_point = service->status.wait_hint = 0;
    service->status.process_id = 0;
    service->process = NULL;
    if (!--process->service_count)
        KeSetEvent(&process->ready, IO_NO_INCREMENT, FALSE);
    process_put_locked(process);
    state_tell_locked(service);
}

/* ---- a process's thread ------------------------------------------------------------------------
 */

/* Under a lock of the server's. */
static void process_came(struct process *came, void *context)
{
    struct service_process *process = context;
    host_lock_take(&scm_program_lock);
    ob_reference(came);
    process->process = came;
    list_for_each(node, &services)
    {
        struct service *service = list_entry(node, struct service, link);
        if (service->process == process)
            service->status.process_id = (uint32_t)came->id;
    }
    bool is_unwanted = process->is_given_up;
    host_lock_give(&scm_program_lock);
    if (is_unwanted) /* before it came: nobody else could end it */
        ps_process_terminate(came, (NTSTATUS)ERROR_SERVICE_REQUEST_TIMEOUT);
}

/* The first of a process's services that have not stopped; it has now, and its name is told. */
static bool service_abort(struct service_process *process, char *out_name, size_t size)
{
    bool is_found = false;
    host_lock_take(&scm_program_lock);
    list_for_each(node, &services)
    {
        struct service *service = list_entry(node, struct service, link);
        if (service->process != process)
            continue;
        snprintf(out_name, size, "%s", service->name);
        service->status.win32_exit_code = ERROR_PROCESS_ABORTED;
        service_stop_locked(service);
        is_found = true;
        break;
    }
    host_lock_give(&scm_program_lock);
    return is_found;
}

static void process_over(struct service_process *process, NTSTATUS outcome, NTSTATUS exit_status)
{
    char name[256];
    host_lock_take(&scm_program_lock);
    list_remove(&process->link);
    process->is_over = true;
    process->outcome = outcome;
    process->exit_status = exit_status;
    bool was_connected = process->is_connected;
    scm_tasks_end_locked(process);
    KeSetEvent(&process->connected, IO_NO_INCREMENT, FALSE);
    KeSetEvent(&process->ready, IO_NO_INCREMENT, FALSE);
    host_lock_give(&scm_program_lock);
    while (service_abort(process, name, sizeof name)) {
        if (was_connected) {
            rtl_debug_printf("cove: service %s ended without saying so (exit code 0x%x)\n", name,
                             (unsigned)exit_status);
            scm_failure_act(name);
        }
        scm_marked_remove(name);
    }
}

/* A command line's first word: up to a blank, or between quotes. */
static void image_of(const char *line, char *out, size_t size)
{
    bool is_quoted = *line == '"';
    line += is_quoted;
    size_t length = strcspn(line, is_quoted ? "\"" : " \t");
    /* Without quotes it may go on over blanks: up to the extension. */
    const char *extension = is_quoted ? NULL : strcasestr(line, ".exe");
    if (extension && (size_t)(extension - line) + 4 > length)
        length = (size_t)(extension - line) + 4;
    snprintf(out, size, "%.*s", (int)length, line);
}

/* As the drive letters and the loader know it. */
static void native_of(char *path, size_t size)
{
    static const char root[] = "%SystemRoot%";
    char copy[1100];
    const char *prefix = "";
    if (!strncasecmp(path, root, sizeof root - 1)) {
        memmove(path, path + sizeof root - 1, strlen(path + sizeof root - 1) + 1);
        prefix = "\\SystemRoot";
    } else if (path[0] && path[1] == ':') {
        prefix = "\\??\\";
    }
    snprintf(copy, sizeof copy, "%s%s", prefix, path);
    snprintf(path, size, "%s", copy);
}

/* The line as the program sees it: Windows' name of the system's folder, no native prefix. */
static void line_of(const char *line, char *out, size_t size)
{
    static const char *const roots[] = {"%SystemRoot%", "\\SystemRoot"};
    for (size_t i = 0; i < 2; i++) {
        size_t length = strlen(roots[i]);
        if (!strncasecmp(line, roots[i], length)) {
            snprintf(out, size, "C:\\Windows%s", line + length);
            return;
        }
    }
    snprintf(out, size, "%s", !strncmp(line, "\\??\\", 4) ? line + 4 : line);
}

static void process_done(struct service_process *process)
{
    scm_process_put(process);
    host_lock_take(&scm_program_lock);
    if (!--thread_count)
        KeSetEvent(&threads_gone, IO_NO_INCREMENT, FALSE);
    host_lock_give(&scm_program_lock);
}

static void process_run(void *context)
{
    struct service_process *process = context;
    char path[1100], line[1100];
    UNICODE_STRING image;
    NTSTATUS exit_status = STATUS_SUCCESS;
    image_of(process->line, path, sizeof path);
    native_of(path, sizeof path);
    line_of(process->line, line, sizeof line);
    NTSTATUS status = rtl_unicode_of(path, &image);
    if (NT_SUCCESS(status)) {
        status = server_program_run(&image, line, process_came, process, &exit_status);
        RtlFreeUnicodeString(&image);
    }
    process_over(process, status, exit_status);
    process_done(process);
}

/* ---- starting ----------------------------------------------------------------------------------
 */

static struct service *service_get_locked(const char *name)
{
    struct service *service = scm_service_find_locked(name);
    if (service)
        return service;
    service = calloc(1, sizeof *service);
    if (!service)
        return NULL;
    snprintf(service->name, sizeof service->name, "%s", name);
    service->status.state = SERVICE_STOPPED;
    list_init(&service->waits);
    list_push_back(&services, &service->link);
    return service;
}

/* One that runs and serves this line already, for services that share it; else a new one. */
static struct service_process *process_get_locked(const struct scm_config *config, bool *out_is_new)
{
    *out_is_new = false;
    list_for_each(node, &processes)
    {
        struct service_process *process = list_entry(node, struct service_process, link);
        if (config->type & SERVICE_WIN32_SHARE_PROCESS && process->service_count &&
            !process->is_given_up && !strcasecmp(process->line, config->image_path)) {
            process->references++;
            return process;
        }
    }
    struct service_process *process = calloc(1, sizeof *process);
    if (!process)
        return NULL;
    snprintf(process->line, sizeof process->line, "%s", config->image_path);
    process->references = 2; /* the caller's and the thread's */
    list_init(&process->tasks);
    list_init(&process->taken);
    KeInitializeEvent(&process->ready, SynchronizationEvent, FALSE);
    KeInitializeEvent(&process->connected, NotificationEvent, FALSE);
    list_push_back(&processes, &process->link);
    *out_is_new = true;
    return process;
}

static uint32_t begin(const struct scm_config *config, struct service **out_service,
                      struct service_process **out_process, bool *out_is_new)
{
    uint32_t result = NO_ERROR;
    host_lock_take(&scm_program_lock);
    struct service *service = service_get_locked(config->name);
    if (!service)
        result = ERROR_NOT_ENOUGH_MEMORY;
    else if (service->process)
        result = ERROR_SERVICE_ALREADY_RUNNING;
    struct service_process *process = result ? NULL : process_get_locked(config, out_is_new);
    if (!result && !process)
        result = ERROR_NOT_ENOUGH_MEMORY;
    if (!result) {
        service->status = (struct scm_status){
            .type = config->type,
            .state = SERVICE_START_PENDING,
            .wait_hint = 2000,
            .process_id = process->process ? (uint32_t)process->process->id : 0};
        service->process = process;
        process->references++;
        process->service_count++;
        if (*out_is_new && !thread_count++)
            KeClearEvent(&threads_gone);
        *out_service = service;
        *out_process = process;
    }
    host_lock_give(&scm_program_lock);
    return result;
}

/* It did not answer in time, or could not be started: what there is of it ends. */
static void give_up(struct service *service, struct service_process *process, bool ends_process,
                    uint32_t error)
{
    struct process *running = NULL;
    host_lock_take(&scm_program_lock);
    if (service->process == process) {
        service->status.win32_exit_code = error;
        service_stop_locked(service);
    }
    if (ends_process && !process->is_over && !process->service_count) {
        process->is_given_up = true;
        running = process->process;
        if (running)
            ob_reference(running);
    }
    host_lock_give(&scm_program_lock);
    if (!running)
        return;
    ps_process_terminate(running, (NTSTATUS)error);
    ob_dereference(running);
}

static uint32_t outcome_error(const struct service_process *process, char *error, size_t size)
{
    if (process->outcome == STATUS_OBJECT_NAME_NOT_FOUND ||
        process->outcome == STATUS_OBJECT_PATH_NOT_FOUND) {
        snprintf(error, size, "there is no file %s", process->line);
        return ERROR_FILE_NOT_FOUND;
    }
    if (process->outcome == STATUS_NOT_SUPPORTED) {
        snprintf(error, size, "this machine cannot start programs");
        return ERROR_NOT_SUPPORTED;
    }
    if (process->outcome == STATUS_INVALID_IMAGE_FORMAT || !NT_SUCCESS(process->outcome)) {
        snprintf(error, size, "%s did not become a process: %s", process->line,
                 rtl_status_text(process->outcome));
        return process->outcome == STATUS_INVALID_IMAGE_FORMAT
                   ? (uint32_t)193 /* ERROR_BAD_EXE_FORMAT */
                   : RtlNtStatusToDosError(process->outcome);
    }
    snprintf(error, size,
             "%s ended with exit code 0x%x and did not call StartServiceCtrlDispatcher",
             process->line, (unsigned)process->exit_status);
    return ERROR_SERVICE_REQUEST_TIMEOUT;
}

uint32_t scm_program_start(const struct scm_config *config, const struct scm_arguments *arguments,
                           char *error, size_t error_size)
{
    struct service *service;
    struct service_process *process;
    bool is_new;
    LARGE_INTEGER patience = scm_patience();
    uint32_t result = begin(config, &service, &process, &is_new);
    if (result)
        return result;
    if (is_new && !NT_SUCCESS(ps_system_thread_start("service", process_run, process))) {
        process_over(process, STATUS_INSUFFICIENT_RESOURCES, STATUS_SUCCESS);
        process_done(process);
    }
    KeWaitForSingleObject(&process->connected, Executive, KernelMode, FALSE, &patience);
    if (process->is_over) {
        result = outcome_error(process, error, error_size);
    } else if (!process->is_connected) {
        result = ERROR_SERVICE_REQUEST_TIMEOUT;
        snprintf(error, error_size, "%s did not call StartServiceCtrlDispatcher in %u ms",
                 process->line, (unsigned)(-patience.QuadPart / 10000));
    } else {
        struct task task = {.service = service, .arguments = arguments};
        result = scm_task_do(process, &task);
    }
    if (result)
        give_up(service, process, true, result);
    scm_process_put(process);
    return result;
}

/* ---- states ------------------------------------------------------------------------------------
 */

void scm_program_status(const char *name, uint32_t type, struct scm_status *out_status)
{
    host_lock_take(&scm_program_lock);
    const struct service *service = scm_service_find_locked(name);
    if (service)
        *out_status = service->status;
    else
        *out_status = (struct scm_status){
            .type = type, .state = SERVICE_STOPPED, .win32_exit_code = ERROR_SERVICE_NEVER_STARTED};
    host_lock_give(&scm_program_lock);
}

bool scm_program_is_stopped(const char *name)
{
    host_lock_take(&scm_program_lock);
    const struct service *service = scm_service_find_locked(name);
    bool is_stopped = !service || !service->process;
    host_lock_give(&scm_program_lock);
    return is_stopped;
}

uint32_t scm_process_say(const char *name, const struct scm_status *status)
{
    if (status->state < SERVICE_STOPPED || status->state > SERVICE_PAUSED)
        return ERROR_INVALID_DATA;
    uint32_t result = NO_ERROR;
    bool is_failed = false;
    host_lock_take(&scm_program_lock);
    struct service *service = scm_service_find_locked(name);
    struct service_process *process = scm_process_current_locked();
    if (!service || !process || service->process != process) {
        result = ERROR_INVALID_HANDLE;
    } else {
        uint32_t id = service->status.process_id, type = service->status.type;
        service->status = *status;
        service->status.type = type;
        service->status.process_id = id;
        if (status->state == SERVICE_STOPPED) {
            is_failed = status->win32_exit_code != NO_ERROR;
            service_stop_locked(service);
        } else {
            state_tell_locked(service);
        }
    }
    host_lock_give(&scm_program_lock);
    if (!result && status->state == SERVICE_STOPPED) {
        if (is_failed)
            scm_failure_said(name);
        scm_marked_remove(name);
    }
    return result;
}

static bool is_pending(uint32_t state)
{
    return state == SERVICE_START_PENDING || state == SERVICE_STOP_PENDING || state == 5 ||
           state == 6; /* CONTINUE_PENDING, PAUSE_PENDING */
}

/* Waits for one sign of life; false: none came in time. */
static bool sign_wait(const char *name, uint32_t least_ms, bool (*goes_on)(uint32_t state),
                      uint32_t *out_state)
{
    struct state_wait wait;
    KeInitializeEvent(&wait.changed, NotificationEvent, FALSE);
    host_lock_take(&scm_program_lock);
    struct service *service = scm_service_find_locked(name);
    *out_state = service ? service->status.state : SERVICE_STOPPED;
    uint32_t hint = service ? service->status.wait_hint : 0;
    bool waits = service && service->process && goes_on(*out_state);
    if (waits)
        list_push_back(&service->waits, &wait.link);
    host_lock_give(&scm_program_lock);
    if (!waits)
        return true;
    LARGE_INTEGER timeout = {.QuadPart = -(int64_t)(hint > least_ms ? hint : least_ms) * 10000};
    NTSTATUS status = KeWaitForSingleObject(&wait.changed, Executive, KernelMode, FALSE, &timeout);
    host_lock_take(&scm_program_lock);
    list_remove(&wait.link);
    *out_state = service->status.state;
    host_lock_give(&scm_program_lock);
    return status == STATUS_SUCCESS;
}

bool scm_program_settle(const char *name, uint32_t *out_state)
{
    uint32_t least = (uint32_t)(-scm_patience().QuadPart / 10000);
    while (sign_wait(name, least, is_pending, out_state)) {
        if (!is_pending(*out_state))
            return true;
    }
    return false;
}

static bool is_alive(uint32_t state)
{
    return state != SERVICE_STOPPED;
}

void scm_program_stopped_wait(const char *name, uint32_t timeout_ms)
{
    uint32_t state;
    while (sign_wait(name, timeout_ms, is_alive, &state) && state != SERVICE_STOPPED)
        ;
}

char *scm_programs_accepting(uint32_t mask)
{
    size_t used = 0, room = 1;
    host_lock_take(&scm_program_lock);
    list_for_each(node, &services) room += sizeof(((struct service *)0)->name);
    char *names = calloc(1, room);
    list_for_each(node, &services)
    {
        const struct service *service = list_entry(node, struct service, link);
        if (names && service->process && service->status.controls_accepted & mask) {
            strcpy(names + used, service->name);
            used += strlen(service->name) + 1;
        }
    }
    host_lock_give(&scm_program_lock);
    return names;
}

/* ---- controls ----------------------------------------------------------------------------------
 */

/* What a service must have said that it accepts. 0: always; ~0: no control that people send. */
static uint32_t accept_of(uint32_t code)
{
    switch (code) {
    case SERVICE_CONTROL_STOP:
        return SERVICE_ACCEPT_STOP;
    case SERVICE_CONTROL_PAUSE:
    case SERVICE_CONTROL_CONTINUE:
        return SERVICE_ACCEPT_PAUSE_CONTINUE;
    case SERVICE_CONTROL_INTERROGATE:
    case SERVICE_CONTROL_DEVICEEVENT:
        return 0;
    case SERVICE_CONTROL_SHUTDOWN:
        return SERVICE_ACCEPT_SHUTDOWN;
    case SERVICE_CONTROL_PARAMCHANGE:
        return SERVICE_ACCEPT_PARAMCHANGE;
    case SERVICE_CONTROL_POWEREVENT:
        return SERVICE_ACCEPT_POWEREVENT;
    case SERVICE_CONTROL_PRESHUTDOWN:
        return SERVICE_ACCEPT_PRESHUTDOWN;
    default:
        if (code >= SERVICE_CONTROL_NETBINDADD && code <= SERVICE_CONTROL_NETBINDDISABLE)
            return SERVICE_ACCEPT_NETBINDCHANGE;
        return code >= SERVICE_CONTROL_USER_FIRST && code <= SERVICE_CONTROL_USER_LAST ? 0 : ~0u;
    }
}

static uint32_t control_check_locked(const struct service *service, uint32_t code)
{
    if (!service || !service->process)
        return ERROR_SERVICE_NOT_ACTIVE;
    uint32_t state = service->status.state, wanted = accept_of(code);
    if (state == SERVICE_STOP_PENDING ||
        (state == SERVICE_START_PENDING && code != SERVICE_CONTROL_STOP &&
         code != SERVICE_CONTROL_INTERROGATE))
        return ERROR_SERVICE_CANNOT_ACCEPT_CTRL;
    if (wanted && (wanted == ~0u || !(service->status.controls_accepted & wanted)))
        return state == SERVICE_START_PENDING ? ERROR_SERVICE_CANNOT_ACCEPT_CTRL
                                              : ERROR_INVALID_SERVICE_CONTROL;
    return service->process->is_connected ? NO_ERROR : ERROR_SERVICE_CANNOT_ACCEPT_CTRL;
}

uint32_t scm_program_control(const char *name, const struct scm_ask *ask, char *error,
                             size_t error_size)
{
    struct service_process *process = NULL;
    host_lock_take(&scm_program_lock);
    struct service *service = scm_service_find_locked(name);
    uint32_t result = control_check_locked(service, ask->code);
    if (!result) {
        process = service->process;
        process->references++;
    }
    host_lock_give(&scm_program_lock);
    if (result)
        return result;
    struct task task = {.service = service, .ask = *ask};
    result = scm_task_do(process, &task);
    if (result == ERROR_SERVICE_REQUEST_TIMEOUT)
        snprintf(error, error_size, "the control handler of %s did not answer control %u", name,
                 ask->code);
    scm_process_put(process);
    return result;
}
