/* SPDX-License-Identifier: MIT */
/* service_program_ddi.c - a program that is a service: its dispatcher, handlers and states.
 * Doc: winsvc.h StartServiceCtrlDispatcherW, RegisterServiceCtrlHandlerExW, SetServiceStatus
 *
 * The thread that calls the dispatcher fetches what the service control manager wants
 * (wire/service.h) and answers: a ServiceMain is a thread of its own, a control is the service's
 * handler called at once, one after the other. Invariant: no lock is held while a handler runs.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/list.h"
#include "crt/string.h"
#include "crt/utf.h"
#include "ntdll/sync.h"
#include "ntdll/thread.h"
#include "service.h"
#include "win32_internal.h"

#define ERROR_FAILED_SERVICE_CONTROLLER_CONNECT 1063u
#define ERROR_SERVICE_NOT_IN_EXE                1083u
#define ERROR_SERVICE_NO_THREAD                 1054u

struct table_entry { /* SERVICE_TABLE_ENTRY, A and W alike */
    void *name;
    void(WINAPI *main)(DWORD count, void *arguments);
};

/* A service of this process, as long as the process lives. Its address is its status handle. */
struct own_service {
    struct list link;
    char name[256];                /* set once */
    DWORD(WINAPI *handler)(DWORD); /* guarded like the rest; the return value is not looked at */
    DWORD(WINAPI *handler_ex)(DWORD control, DWORD type, void *data, void *context);
    void *context;
};

static RTL_SRWLOCK services_lock; /* guards: own_services and what hangs on it */
static struct list own_services = LIST_INIT(own_services);
static const struct table_entry *table; /* the dispatcher's; set while it runs */
static bool is_table_wide;

static struct own_service *own_find_locked(const char *name)
{
    list_for_each(node, &own_services)
    {
        struct own_service *service = list_entry(node, struct own_service, link);
        if (!strcasecmp(service->name, name))
            return service;
    }
    return NULL;
}

static bool own_is_locked(const void *handle)
{
    list_for_each(node, &own_services)
    {
        if ((void *)list_entry(node, struct own_service, link) == handle)
            return true;
    }
    return false;
}

/* ---- a service begins --------------------------------------------------------------------------
 */

struct beginning {
    void(WINAPI *main)(DWORD count, void *arguments);
    DWORD count;
    void *arguments[]; /* and the texts behind them */
};

static DWORD WINAPI main_run(void *context)
{
    struct beginning *beginning = context;
    beginning->main(beginning->count, beginning->arguments);
    heap_give(beginning);
    return ERROR_SUCCESS;
}

static struct beginning *beginning_make(const struct wire_service_arguments *from,
                                        const struct table_entry *entry)
{
    size_t unit = is_table_wide ? sizeof(wchar_t) : 1;
    size_t pointers = (from->count + 1) * sizeof(void *);
    struct beginning *made = heap_take(sizeof *made + pointers + from->length * unit);
    if (!made)
        return NULL;
    char *at = (char *)made + sizeof *made + pointers;
    const char *text = from->text;
    made->main = entry->main;
    made->count = from->count;
    made->arguments[made->count] = NULL;
    for (DWORD i = 0; i < made->count; i++) {
        size_t length = strlen(text) + 1;
        made->arguments[i] = at;
        if (is_table_wide)
            crt_utf16_from_string(text, (wchar_t *)at, length);
        else
            memcpy(at, text, length);
        at += length * unit;
        text += length;
    }
    return made;
}

static bool entry_is(const struct table_entry *entry, const char *name)
{
    char narrow[256];
    if (!is_table_wide)
        return !strcasecmp(entry->name, name);
    crt_utf8_from_string(entry->name, narrow, sizeof narrow);
    return !strcasecmp(narrow, name);
}

static DWORD service_begin(const struct wire_service_task *task)
{
    const struct table_entry *entry = table;
    HANDLE thread;
    ULONG_PTR id;
    /* A program that is one service alone need not know how it was called. */
    while (!task->is_alone && entry->name && !entry_is(entry, task->service))
        entry++;
    if (!entry->name)
        return ERROR_SERVICE_NOT_IN_EXE;
    srw_take_exclusive(&services_lock);
    struct own_service *service = own_find_locked(task->service);
    if (service) { /* it is started again */
        service->handler = NULL;
        service->handler_ex = NULL;
    } else if ((service = calloc(1, sizeof *service))) {
        strncpy(service->name, task->service, sizeof service->name - 1);
        list_push_back(&own_services, &service->link);
    }
    srw_give_exclusive(&services_lock);
    struct beginning *beginning = service ? beginning_make(&task->arguments, entry) : NULL;
    if (!beginning)
        return ERROR_NOT_ENOUGH_MEMORY;
    if (!NT_SUCCESS(thread_create(main_run, beginning, 0, false, &thread, &id))) {
        heap_give(beginning);
        return ERROR_SERVICE_NO_THREAD;
    }
    NtClose(thread);
    return ERROR_SUCCESS;
}

/* ---- controls ----------------------------------------------------------------------------------
 */

static DWORD control_hand_on(const struct wire_service_task *task)
{
    srw_take_exclusive(&services_lock);
    struct own_service *service = own_find_locked(task->service);
    struct own_service copy = service ? *service : (struct own_service){0};
    srw_give_exclusive(&services_lock);
    if (copy.handler_ex)
        return copy.handler_ex(task->code, task->event_type, (void *)(uintptr_t)task->cookie,
                               copy.context);
    if (!copy.handler)
        return ERROR_SERVICE_CANNOT_ACCEPT_CTRL;
    (void)copy.handler(task->code);
    return ERROR_SUCCESS;
}

static BOOL dispatch(const void *entries, bool is_wide)
{
    struct wire_service_result result;
    if (!entries)
        return error_fail(ERROR_INVALID_PARAMETER);
    if (!service_call(WIRE_SERVICE_CONNECT, NULL, NULL, 0, &result, sizeof result))
        return FALSE;
    struct wire_service_task *task = heap_take(sizeof *task);
    if (!task)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    table = entries;
    is_table_wide = is_wide;
    while (service_call(WIRE_SERVICE_NEXT, NULL, NULL, 0, task, sizeof *task)) {
        struct wire_service_answer answer = {.number = task->number};
        answer.error = task->code ? control_hand_on(task) : service_begin(task);
        (void)service_call(WIRE_SERVICE_ANSWER, NULL, &answer, sizeof answer, &result,
                           sizeof result);
    }
    heap_give(task);
    return TRUE;
}

EXPORT(BOOL, StartServiceCtrlDispatcherW, (const struct table_entry *entries))
{
    return dispatch(entries, true);
}

EXPORT(BOOL, StartServiceCtrlDispatcherA, (const struct table_entry *entries))
{
    return dispatch(entries, false);
}

/* ---- what a service says -----------------------------------------------------------------------
 */

/* A process of one service may call itself anything. */
static struct own_service *registered_locked(const char *name)
{
    struct own_service *service = own_find_locked(name);
    if (!service && own_services.next != &own_services && own_services.next->next == &own_services)
        service = list_entry(own_services.next, struct own_service, link);
    return service;
}

static HANDLE handler_register(const char *name, const struct own_service *with)
{
    srw_take_exclusive(&services_lock);
    struct own_service *service = name ? registered_locked(name) : NULL;
    if (service) {
        service->handler = with->handler;
        service->handler_ex = with->handler_ex;
        service->context = with->context;
    }
    srw_give_exclusive(&services_lock);
    if (!service)
        error_set(!table ? ERROR_FAILED_SERVICE_CONTROLLER_CONNECT
                  : name ? ERROR_SERVICE_NOT_IN_EXE
                         : ERROR_INVALID_NAME);
    return service;
}

static HANDLE handler_register_wide(LPCWSTR name, const struct own_service *with)
{
    char narrow[256] = "";
    if (name)
        crt_utf8_from_string(name, narrow, sizeof narrow);
    return handler_register(name ? narrow : NULL, with);
}

EXPORT(HANDLE, RegisterServiceCtrlHandlerA, (LPCSTR name, DWORD(WINAPI *handler)(DWORD)))
{
    struct own_service with = {.handler = handler};
    return handler_register(name, &with);
}

EXPORT(HANDLE, RegisterServiceCtrlHandlerW, (LPCWSTR name, DWORD(WINAPI *handler)(DWORD)))
{
    struct own_service with = {.handler = handler};
    return handler_register_wide(name, &with);
}

EXPORT(HANDLE, RegisterServiceCtrlHandlerExA,
       (LPCSTR name, DWORD(WINAPI *handler)(DWORD, DWORD, void *, void *), void *context))
{
    struct own_service with = {.handler_ex = handler, .context = context};
    return handler_register(name, &with);
}

EXPORT(HANDLE, RegisterServiceCtrlHandlerExW,
       (LPCWSTR name, DWORD(WINAPI *handler)(DWORD, DWORD, void *, void *), void *context))
{
    struct own_service with = {.handler_ex = handler, .context = context};
    return handler_register_wide(name, &with);
}

/* Its name, where services can read it; false: no such handle. */
static bool name_of(HANDLE handle, char out_name[256])
{
    srw_take_exclusive(&services_lock);
    bool is_there = own_is_locked(handle);
    if (is_there)
        memcpy(out_name, ((struct own_service *)handle)->name, 256);
    srw_give_exclusive(&services_lock);
    return is_there;
}

EXPORT(BOOL, SetServiceStatus, (HANDLE handle, const struct service_status *status))
{
    char name[256];
    struct wire_service_result result;
    if (!name_of(handle, name))
        return error_fail(ERROR_INVALID_HANDLE);
    struct wire_service_status wire = {.type = status->type,
                                       .state = status->state,
                                       .controls_accepted = status->controls,
                                       .win32_exit_code = status->win32_exit,
                                       .service_exit_code = status->service_exit,
                                       .check_point = status->check_point,
                                       .wait_hint = status->wait_hint};
    return service_call(WIRE_SERVICE_SAY, name, &wire, sizeof wire, &result, sizeof result);
}

bool service_handle_is_status(HANDLE handle)
{
    char name[256];
    return name_of(handle, name);
}

DWORD service_event(HANDLE handle, DWORD control, DWORD type, void *data)
{
    char name[256];
    struct wire_service_result result;
    struct wire_service_control in = {
        .code = control, .event_type = type, .cookie = (uintptr_t)data};
    if (!name_of(handle, name))
        return ERROR_INVALID_HANDLE;
    return service_call(WIRE_SERVICE_ASK, name, &in, sizeof in, &result, sizeof result)
               ? ERROR_SUCCESS
               : error_get();
}
