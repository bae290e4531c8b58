/* SPDX-License-Identifier: MIT */
/* service_ddi.c - the service control manager's functions. Doc: winsvc.h
 *
 * A handle is a block on the process heap with the service's name; what it stands for lives in
 * the machine and is reached by NtCoveServiceControl (wire/service.h). Differs: access rights
 * are kept and checked by nobody.
 */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "service.h"
#include "win32_internal.h"

#define CONTROL_STOP 1u

struct service_status_process { /* SERVICE_STATUS_PROCESS */
    struct service_status status;
    DWORD process, flags;
};

/* ---- handles ----------------------------------------------------------------------------------
 */

struct service_handle *service_handle_of(SC_HANDLE handle, bool is_manager)
{
    struct service_handle *service = handle;
    if (!service || service->magic != SERVICE_HANDLE_MAGIC || !service->name[0] != is_manager) {
        error_set(ERROR_INVALID_HANDLE);
        return NULL;
    }
    return service;
}

static SC_HANDLE handle_create(const char *name)
{
    struct service_handle *service = heap_take(sizeof *service);
    if (!service)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    service->magic = SERVICE_HANDLE_MAGIC;
    strncpy(service->name, name, sizeof service->name - 1);
    service->name[sizeof service->name - 1] = '\0';
    return service;
}

/* Sets the last error; TRUE when the manager did it. The name must lie in the window. */
BOOL service_call(uint32_t operation, const char *name, const void *in, ULONG in_length, void *out,
                  ULONG out_length)
{
    NTSTATUS status = NtCoveServiceControl(operation, name, in, in_length, out, out_length);
    if (!NT_SUCCESS(status))
        return error_result(status);
    uint32_t error = ((const struct wire_service_result *)out)->error;
    return error ? error_fail(error) : TRUE;
}

EXPORT(SC_HANDLE, OpenSCManagerW, (LPCWSTR machine, LPCWSTR database, DWORD access))
{
    return handle_create("");
}

EXPORT(SC_HANDLE, OpenSCManagerA, (LPCSTR machine, LPCSTR database, DWORD access))
{
    return handle_create("");
}

EXPORT(BOOL, CloseServiceHandle, (SC_HANDLE handle))
{
    struct service_handle *service = handle;
    if (!service || service->magic != SERVICE_HANDLE_MAGIC)
        return error_fail(ERROR_INVALID_HANDLE);
    service->magic = 0;
    heap_give(service);
    return TRUE;
}

EXPORT(SC_HANDLE, OpenServiceA, (SC_HANDLE manager, LPCSTR name, DWORD access))
{
    struct wire_service_result result;
    if (!service_handle_of(manager, true))
        return NULL;
    struct service_handle *service = handle_create(name);
    if (!service)
        return NULL;
    if (!service_call(WIRE_SERVICE_EXISTS, service->name, NULL, 0, &result, sizeof result)) {
        heap_give(service);
        return NULL;
    }
    return service;
}

EXPORT(SC_HANDLE, OpenServiceW, (SC_HANDLE manager, LPCWSTR name, DWORD access))
{
    char narrow[256];
    crt_utf8_from_string(name, narrow, sizeof narrow);
    return OpenServiceA(manager, narrow, access);
}

/* ---- installing
 * ------------------------------------------------------------------------------------ */

static void field_set(char *field, size_t size, LPCSTR text, bool keeps)
{
    if (!text && keeps) {
        field[0] = WIRE_SERVICE_KEEP;
        field[1] = '\0';
        return;
    }
    strncpy(field, text ? text : "", size - 1);
    field[size - 1] = '\0';
}

/* A list of names that an empty one ends. */
static void list_set(char *field, size_t size, LPCSTR list, bool keeps)
{
    size_t used = 0;
    if (!list) {
        field_set(field, size, NULL, keeps);
        return;
    }
    while (list[used] && used + strlen(list + used) + 2 < size) {
        size_t length = strlen(list + used) + 1;
        memcpy(field + used, list + used, length);
        used += length;
    }
    field[used] = '\0';
}

static void config_fill(struct wire_service_config *config, DWORD type, DWORD start, DWORD errors,
                        LPCSTR path, LPCSTR group, LPCSTR dependencies, LPCSTR account,
                        LPCSTR display, bool keeps)
{
    memset(config, 0, sizeof *config);
    config->type = type;
    config->start = start;
    config->error_control = errors;
    field_set(config->display_name, sizeof config->display_name, display, keeps);
    field_set(config->image_path, sizeof config->image_path, path, keeps);
    field_set(config->group, sizeof config->group, group, keeps);
    list_set(config->dependencies, sizeof config->dependencies, dependencies, keeps);
    field_set(config->account, sizeof config->account, account, keeps);
}

EXPORT(SC_HANDLE, CreateServiceA,
       (SC_HANDLE manager, LPCSTR name, LPCSTR display, DWORD access, DWORD type, DWORD start,
        DWORD errors, LPCSTR path, LPCSTR group, DWORD *tag, LPCSTR dependencies, LPCSTR account,
        LPCSTR password))
{
    struct wire_service_config config;
    struct wire_service_result result;
    if (!service_handle_of(manager, true))
        return NULL;
    if (!name || !*name || strlen(name) > 255 || !path)
        return error_fail(name && path ? ERROR_INVALID_NAME : ERROR_INVALID_PARAMETER), NULL;
    struct service_handle *service = handle_create(name);
    if (!service)
        return NULL;
    config_fill(&config, type, start, errors, path, group, dependencies, account, display, false);
    if (!service_call(WIRE_SERVICE_CREATE, service->name, &config, sizeof config, &result,
                      sizeof result)) {
        heap_give(service);
        return NULL;
    }
    if (tag)
        *tag = 0;
    return service;
}

/* Six texts at once, each in memory of its own. */
char *service_text_narrow(LPCWSTR text)
{
    if (!text)
        return NULL;
    size_t size = crt_wcslen(text) * 3 + 1;
    char *copy = heap_take(size);
    if (copy)
        crt_utf8_from_string(text, copy, size);
    return copy;
}

static char *list_narrow(LPCWSTR list)
{
    size_t length = 0, used = 0;
    if (!list)
        return NULL;
    while (list[length])
        length += crt_wcslen(list + length) + 1;
    char *copy = heap_take((length + 1) * 3);
    for (const wchar_t *at = list; copy && *at; at += crt_wcslen(at) + 1)
        used += crt_utf8_from_string(at, copy + used, (length + 1) * 3 - used) + 1;
    if (copy)
        copy[used] = '\0';
    return copy;
}

EXPORT(SC_HANDLE, CreateServiceW,
       (SC_HANDLE manager, LPCWSTR name, LPCWSTR display, DWORD access, DWORD type, DWORD start,
        DWORD errors, LPCWSTR path, LPCWSTR group, DWORD *tag, LPCWSTR dependencies,
        LPCWSTR account, LPCWSTR password))
{
    char *texts[] = {service_text_narrow(name),    service_text_narrow(display),
                     service_text_narrow(path),    service_text_narrow(group),
                     service_text_narrow(account), list_narrow(dependencies)};
    SC_HANDLE handle = CreateServiceA(manager, texts[0], texts[1], access, type, start, errors,
                                      texts[2], texts[3], tag, texts[5], texts[4], NULL);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        heap_give(texts[i]);
    return handle;
}

EXPORT(BOOL, ChangeServiceConfigA,
       (SC_HANDLE handle, DWORD type, DWORD start, DWORD errors, LPCSTR path, LPCSTR group,
        DWORD *tag, LPCSTR dependencies, LPCSTR account, LPCSTR password, LPCSTR display))
{
    struct wire_service_config config;
    struct wire_service_result result;
    struct service_handle *service = service_handle_of(handle, false);
    if (!service)
        return FALSE;
    config_fill(&config, type, start, errors, path, group, dependencies, account, display, true);
    config.tag = WIRE_SERVICE_NO_CHANGE;
    return service_call(WIRE_SERVICE_CONFIGURE, service->name, &config, sizeof config, &result,
                        sizeof result);
}

EXPORT(BOOL, ChangeServiceConfigW,
       (SC_HANDLE handle, DWORD type, DWORD start, DWORD errors, LPCWSTR path, LPCWSTR group,
        DWORD *tag, LPCWSTR dependencies, LPCWSTR account, LPCWSTR password, LPCWSTR display))
{
    char *texts[] = {service_text_narrow(path), service_text_narrow(group),
                     service_text_narrow(account), service_text_narrow(display),
                     list_narrow(dependencies)};
    BOOL answer = ChangeServiceConfigA(handle, type, start, errors, texts[0], texts[1], tag,
                                       texts[4], texts[2], NULL, texts[3]);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        heap_give(texts[i]);
    return answer;
}

EXPORT(BOOL, DeleteService, (SC_HANDLE handle))
{
    struct wire_service_result result;
    struct service_handle *service = service_handle_of(handle, false);
    return service &&
           service_call(WIRE_SERVICE_DELETE, service->name, NULL, 0, &result, sizeof result);
}

/* ---- running
 * --------------------------------------------------------------------------------------- */

/* The first is the service's name, which it is told anyway. */
static BOOL start(SC_HANDLE handle, DWORD count, LPCSTR *narrow, LPCWSTR *texts)
{
    struct wire_service_result result;
    struct service_handle *service = service_handle_of(handle, false);
    struct wire_service_arguments *arguments = service ? heap_take(sizeof *arguments) : NULL;
    if (!arguments)
        return service ? error_fail(ERROR_NOT_ENOUGH_MEMORY) : FALSE;
    memset(arguments, 0, sizeof *arguments);
    for (DWORD i = 0; i < count; i++) {
        size_t room = sizeof arguments->text - arguments->length;
        char *at = arguments->text + arguments->length;
        size_t length = texts ? crt_utf8_from_string(texts[i], at, room) : strlen(narrow[i]);
        if (length + 1 >= room)
            break;
        if (!texts)
            strcpy(at, narrow[i]);
        arguments->length += (uint32_t)length + 1;
        arguments->count++;
    }
    BOOL is_done = service_call(WIRE_SERVICE_START, service->name, arguments, sizeof *arguments,
                                &result, sizeof result);
    heap_give(arguments);
    return is_done;
}

EXPORT(BOOL, StartServiceA, (SC_HANDLE handle, DWORD count, LPCSTR *arguments))
{
    return start(handle, arguments ? count : 0, arguments, NULL);
}

EXPORT(BOOL, StartServiceW, (SC_HANDLE handle, DWORD count, LPCWSTR *arguments))
{
    return start(handle, arguments ? count : 0, NULL, arguments);
}

void service_status_fill(struct service_status *out, const struct wire_service_status *from)
{
    *out = (struct service_status){from->type,
                                   from->state,
                                   from->controls_accepted,
                                   from->win32_exit_code,
                                   from->service_exit_code,
                                   from->check_point,
                                   from->wait_hint};
}

static BOOL status_query(SC_HANDLE handle, struct service_status *out, DWORD *out_process)
{
    struct wire_service_status_reply reply;
    struct service_handle *service = service_handle_of(handle, false);
    if (!service || !service_call(WIRE_SERVICE_QUERY, service->name, NULL, 0, &reply, sizeof reply))
        return FALSE;
    service_status_fill(out, &reply.status);
    *out_process = reply.status.process_id;
    return TRUE;
}

EXPORT(BOOL, ControlService, (SC_HANDLE handle, DWORD code, struct service_status *status))
{
    struct wire_service_control in = {.code = code};
    struct wire_service_status_reply reply;
    struct service_handle *service = service_handle_of(handle, false);
    if (!service || !status)
        return service ? error_fail(ERROR_INVALID_PARAMETER) : FALSE;
    BOOL is_done = code == CONTROL_STOP ? service_call(WIRE_SERVICE_STOP, service->name, NULL, 0,
                                                       &reply, sizeof reply)
                                        : service_call(WIRE_SERVICE_CONTROL, service->name, &in,
                                                       sizeof in, &reply, sizeof reply);
    /* Documented: also of a service that does not take the control now. */
    DWORD error = is_done ? 0 : error_get();
    if (is_done || error == ERROR_SERVICE_NOT_ACTIVE || error == ERROR_INVALID_SERVICE_CONTROL ||
        error == ERROR_SERVICE_CANNOT_ACCEPT_CTRL)
        service_status_fill(status, &reply.status);
    return is_done;
}

EXPORT(BOOL, QueryServiceStatus, (SC_HANDLE handle, struct service_status *status))
{
    DWORD process;
    return status_query(handle, status, &process);
}

EXPORT(BOOL, QueryServiceStatusEx,
       (SC_HANDLE handle, int level, struct service_status_process *out, DWORD size, DWORD *needed))
{
    if (level)
        return error_fail(124); /* ERROR_INVALID_LEVEL */
    *needed = sizeof *out;
    if (size < sizeof *out)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    out->flags = 0;
    return status_query(handle, &out->status, &out->process);
}

/* ---- asking
 * ------------------------------------------------------------------------------------------ */

struct service_config { /* QUERY_SERVICE_CONFIG, A and W alike */
    DWORD type, start, error_control;
    void *path, *group;
    DWORD tag;
    void *dependencies, *account, *display;
};

static void *text_place(char **at, const char *text, bool is_wide)
{
    void *place = *at;
    if (is_wide) {
        size_t room = strlen(text) + 1;
        size_t count = crt_utf16_from_string(text, place, room);
        *at += (count + 1) * sizeof(wchar_t);
    } else {
        strcpy(place, text);
        *at += strlen(text) + 1;
    }
    return place;
}

/* Of a list of names without the one that ends it. */
static size_t list_length(const char *list)
{
    size_t length = 0;
    while (list[length])
        length += strlen(list + length) + 1;
    return length;
}

static BOOL config_query(SC_HANDLE handle, struct service_config *out, DWORD size, DWORD *needed,
                         bool is_wide)
{
    struct wire_service_config_reply reply;
    struct service_handle *service = service_handle_of(handle, false);
    if (!service ||
        !service_call(WIRE_SERVICE_CONFIG, service->name, NULL, 0, &reply, sizeof reply))
        return FALSE;
    const struct wire_service_config *config = &reply.config;
    size_t list = list_length(config->dependencies);
    size_t text = list + strlen(config->image_path) + strlen(config->group) +
                  strlen(config->account) + strlen(config->display_name) + 5;
    *needed = (DWORD)(sizeof *out + text * (is_wide ? sizeof(wchar_t) : 1));
    if (size < *needed)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    *out = (struct service_config){.type = config->type,
                                   .start = config->start,
                                   .error_control = config->error_control,
                                   .tag = config->tag};
    char *at = (char *)(out + 1);
    out->path = text_place(&at, config->image_path, is_wide);
    out->group = text_place(&at, config->group, is_wide);
    out->dependencies = at;
    for (const char *name = config->dependencies; *name; name += strlen(name) + 1)
        text_place(&at, name, is_wide);
    text_place(&at, "", is_wide);
    out->account = text_place(&at, config->account, is_wide);
    out->display = text_place(&at, config->display_name, is_wide);
    return TRUE;
}

EXPORT(BOOL, QueryServiceConfigA,
       (SC_HANDLE handle, struct service_config *out, DWORD size, DWORD *needed))
{
    return config_query(handle, out, size, needed, false);
}

EXPORT(BOOL, QueryServiceConfigW,
       (SC_HANDLE handle, struct service_config *out, DWORD size, DWORD *needed))
{
    return config_query(handle, out, size, needed, true);
}

struct enumerated { /* ENUM_SERVICE_STATUS, A and W alike; …_PROCESS has two fields more */
    void *name, *display;
    struct service_status status;
};
struct enumerated_process {
    void *name, *display;
    struct service_status_process status;
};

struct enumeration {
    DWORD type, state;
    bool is_wide, is_process;
    const char *depend_on; /* NULL: all services */
    char *out;
    DWORD size, needed, returned;
    DWORD *resume;
};

static size_t entry_bytes(const struct enumeration *run)
{
    return run->is_process ? sizeof(struct enumerated_process) : sizeof(struct enumerated);
}

/* Entries grow from the buffer's front, texts from its back. */
static bool entry_put(struct enumeration *run, const struct wire_service_entry *from, size_t *back)
{
    size_t unit = run->is_wide ? sizeof(wchar_t) : 1;
    size_t texts = (strlen(from->name) + strlen(from->display_name) + 2) * unit;
    size_t front = (run->returned + 1) * entry_bytes(run);
    if (front + texts > *back)
        return false;
    *back -= texts;
    char *at = run->out + *back;
    struct enumerated_process *entry = (void *)(run->out + front - entry_bytes(run));
    if (run->is_process) {
        entry->status.process = from->status.process_id;
        entry->status.flags = 0;
    }
    service_status_fill(&entry->status.status, &from->status);
    entry->name = text_place(&at, from->name, run->is_wide);
    entry->display = text_place(&at, from->display_name, run->is_wide);
    run->returned++;
    return true;
}

#define ENTRIES_AT_ONCE 16u

static BOOL enumerate(SC_HANDLE manager, struct enumeration *run)
{
    DWORD bytes = sizeof(struct wire_service_enumerate_reply) +
                  ENTRIES_AT_ONCE * sizeof(struct wire_service_entry);
    struct wire_service_enumerate_reply *reply = heap_take(bytes);
    struct wire_service_enumerate in = {
        .type = run->type, .state = run->state, .first = run->resume ? *run->resume : 0};
    size_t back = run->size & ~(size_t)7;
    uint32_t operation = run->depend_on ? WIRE_SERVICE_DEPENDENTS : WIRE_SERVICE_ENUMERATE;
    BOOL is_done = (run->depend_on || service_handle_of(manager, true)) && reply;
    bool is_full = false;
    do {
        is_done = is_done && service_call(operation, run->depend_on, &in, sizeof in, reply, bytes);
        for (uint32_t i = 0; is_done && i < reply->count; i++) {
            const struct wire_service_entry *entry = &reply->entry[i];
            is_full = is_full || !entry_put(run, entry, &back);
            in.first += !is_full;
            if (is_full)
                run->needed += (DWORD)(entry_bytes(run) +
                                       (strlen(entry->name) + strlen(entry->display_name) + 2) *
                                           sizeof(wchar_t));
        }
    } while (is_done && !is_full && reply->count && in.first < reply->total);
    heap_give(reply);
    if (run->resume)
        *run->resume = is_done && !is_full ? 0 : in.first;
    return is_done && is_full ? error_fail(ERROR_MORE_DATA) : is_done;
}

#define ENUM_SERVICES(name, wide)                                                             \
    EXPORT(BOOL, name,                                                                        \
           (SC_HANDLE manager, DWORD type, DWORD state, void *out, DWORD size, DWORD *needed, \
            DWORD *returned, DWORD *resume))                                                  \
    {                                                                                         \
        struct enumeration run = {.type = type,                                               \
                                  .state = state,                                             \
                                  .is_wide = wide,                                            \
                                  .out = out,                                                 \
                                  .size = size,                                               \
                                  .resume = resume};                                          \
        BOOL answer = enumerate(manager, &run);                                               \
        *needed = run.needed;                                                                 \
        *returned = run.returned;                                                             \
        return answer;                                                                        \
    }
ENUM_SERVICES(EnumServicesStatusA, false)
ENUM_SERVICES(EnumServicesStatusW, true)

#define ENUM_SERVICES_EX(name, wide)                                                      \
    EXPORT(BOOL, name,                                                                    \
           (SC_HANDLE manager, int level, DWORD type, DWORD state, void *out, DWORD size, \
            DWORD *needed, DWORD *returned, DWORD *resume, const void *group))            \
    {                                                                                     \
        struct enumeration run = {.type = type,                                           \
                                  .state = state,                                         \
                                  .is_wide = wide,                                        \
                                  .is_process = true,                                     \
                                  .out = out,                                             \
                                  .size = size,                                           \
                                  .resume = resume};                                      \
        BOOL answer = enumerate(manager, &run);                                           \
        *needed = run.needed;                                                             \
        *returned = run.returned;                                                         \
        return answer;                                                                    \
    }
ENUM_SERVICES_EX(EnumServicesStatusExA, false)
ENUM_SERVICES_EX(EnumServicesStatusExW, true)

#define ENUM_DEPENDENTS(function, wide)                                                            \
    EXPORT(BOOL, function,                                                                         \
           (SC_HANDLE handle, DWORD state, void *out, DWORD size, DWORD *needed, DWORD *returned)) \
    {                                                                                              \
        struct service_handle *service = service_handle_of(handle, false);                         \
        if (!service)                                                                              \
            return FALSE;                                                                          \
        struct enumeration run = {.type = ~0u,                                                     \
                                  .state = state,                                                  \
                                  .is_wide = wide,                                                 \
                                  .depend_on = service->name,                                      \
                                  .out = out,                                                      \
                                  .size = size};                                                   \
        BOOL answer = enumerate(NULL, &run);                                                       \
        *needed = run.needed;                                                                      \
        *returned = run.returned;                                                                  \
        return answer;                                                                             \
    }
ENUM_DEPENDENTS(EnumDependentServicesA, false)
ENUM_DEPENDENTS(EnumDependentServicesW, true)
