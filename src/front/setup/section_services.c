/* SPDX-License-Identifier: MIT */
/* section_services.c - AddService and DelService of a section, by way of the service control
 * manager.
 *
 * Doc: setupapi.h SetupInstallServicesFromInfSectionEx, "INF AddService Directive"
 * Differs: security descriptors and triggers of services are not set; an AddService of a service
 * that runs changes its key only.
 */
#include "section.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/width.h"
#include "crt/string.h"
#include "win32/service_config.h"

#define SC_ALL_ACCESS   0xf003fu
#define NO_CHANGE       0xffffffffu /* SERVICE_NO_CHANGE */
#define TYPE_WIN32      0x30u
#define CONTROL_STOP    1u
#define STATE_STOPPED   1u
#define ACTIONS_MOST    64u
#define NAMES_MOST      4096u
#define SPDRP_SERVICE   4u
#define ALREADY_RUNNING 1056u /* ERROR_SERVICE_ALREADY_RUNNING */
#define NOT_ACTIVE      1062u /* ERROR_SERVICE_NOT_ACTIVE */
#define NO_SUCH_SERVICE 1060u /* ERROR_SERVICE_DOES_NOT_EXIST */

SC_HANDLE WINAPI OpenSCManagerA(LPCSTR machine, LPCSTR database, DWORD access);
SC_HANDLE WINAPI OpenServiceA(SC_HANDLE manager, LPCSTR name, DWORD access);
SC_HANDLE WINAPI CreateServiceA(SC_HANDLE manager, LPCSTR name, LPCSTR display, DWORD access,
                                DWORD type, DWORD start, DWORD errors, LPCSTR path, LPCSTR group,
                                DWORD *tag, LPCSTR dependencies, LPCSTR account, LPCSTR password);
BOOL WINAPI ChangeServiceConfigA(SC_HANDLE handle, DWORD type, DWORD start, DWORD errors,
                                 LPCSTR path, LPCSTR group, DWORD *tag, LPCSTR dependencies,
                                 LPCSTR account, LPCSTR password, LPCSTR display);
BOOL WINAPI ChangeServiceConfig2A(SC_HANDLE handle, DWORD level, LPVOID information);
BOOL WINAPI ChangeServiceConfig2W(SC_HANDLE handle, DWORD level, LPVOID information);
BOOL WINAPI StartServiceA(SC_HANDLE handle, DWORD count, LPCSTR *arguments);
BOOL WINAPI ControlService(SC_HANDLE handle, DWORD control, void *status);
BOOL WINAPI DeleteService(SC_HANDLE handle);
BOOL WINAPI CloseServiceHandle(SC_HANDLE handle);
LSTATUS WINAPI RegSetValueExW(HKEY key, LPCWSTR name, DWORD reserved, DWORD type, const BYTE *data,
                              DWORD length);

struct walk {
    struct inf_handle *handle;
    SC_HANDLE manager;
    DWORD flags;
    const wchar_t *instance;
    DWORD error;
};

/* ---- what a service is made of -----------------------------------------------------------------
 */

/* Drivers are found before there are drive letters. malloc'ed. */
static char *image_path(const struct inf_service *service, const char *binary)
{
    static const char windows[] = "C:\\Windows\\", root[] = "\\SystemRoot\\";
    bool is_driver = !(service->type & TYPE_WIN32);
    bool is_below = is_driver && !strncasecmp(binary, windows, sizeof windows - 1);
    size_t room = strlen(binary) + sizeof root + 4;
    char *path = malloc(room);
    if (!path)
        return NULL;
    strcpy(path, is_below                                             ? root
                 : is_driver && binary[0] != '\0' && binary[1] == ':' ? "\\??\\"
                                                                      : "");
    return strcat(path, is_below ? binary + sizeof windows - 1 : binary);
}

/* Names one after another; NULL: there are none. malloc'ed. */
static char *dependencies_of(const struct inf_service *service)
{
    size_t room = 2, used = 0;
    for (uint32_t i = 0; i < service->dependency_count; i++)
        room += strlen(service->dependencies[i].text) + 1;
    char *list = service->dependency_count ? calloc(1, room) : NULL;
    for (uint32_t i = 0; list && i < service->dependency_count; i++) {
        const char *name = service->dependencies[i].text;
        strcpy(list + used, name);
        used += *name ? strlen(name) + 1 : 0;
    }
    return list;
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static SC_HANDLE service_make(const struct walk *walk, const struct inf_service *service,
                              DWORD flags, const char *path, const char *dependencies)
{
    SC_HANDLE handle = OpenServiceA(walk->manager, service->name, SC_ALL_ACCESS);
    if (!handle)
        return CreateServiceA(walk->manager, service->name, or_null(service->display_name),
                              SC_ALL_ACCESS, service->type, service->start, service->error_control,
                              path, or_null(service->load_order_group), NULL, dependencies,
                              or_null(service->start_name), NULL);
    if (ChangeServiceConfigA(
            handle, service->type, flags & INF_SERVICE_KEEP_START ? NO_CHANGE : service->start,
            flags & INF_SERVICE_KEEP_ERROR ? NO_CHANGE : service->error_control, path,
            flags & INF_SERVICE_KEEP_GROUP ? NULL : or_null(service->load_order_group), NULL,
            flags & INF_SERVICE_KEEP_DEPENDENCIES ? NULL : dependencies,
            or_null(service->start_name), NULL,
            flags & INF_SERVICE_KEEP_DISPLAY_NAME ? NULL : or_null(service->display_name)))
        return handle;
    ULONG error = error_get();
    CloseServiceHandle(handle);
    error_set(error);
    return NULL;
}

static void number_set(const struct inf_service *service, SC_HANDLE handle,
                       const struct inf_section *section, const char *entry, DWORD level)
{
    int64_t number;
    const struct inf_line *line = inf_line_find(section, entry);
    if (!line || inf_number(line, 0, &number) != INF_OK)
        return;
    DWORD value = (DWORD)number;
    (void)service, (void)ChangeServiceConfig2A(handle, level, &value);
}

static void failures_set(const struct inf_service *service, SC_HANDLE handle)
{
    const struct inf_line *line = inf_line_find(service->section, "FailureActions");
    const struct inf_section *section =
        line ? inf_section_find(service->inf, inf_text(line, 0)) : NULL;
    struct failure_action action[ACTIONS_MOST];
    struct failure_actions actions = {.reset_seconds = NO_CHANGE, .action = action};
    int64_t kind, delay;
    uint32_t at = 0;
    if (!section)
        return;
    line = inf_line_find(section, "ResetPeriod");
    if (line && inf_number(line, 0, &kind) == INF_OK)
        actions.reset_seconds = (DWORD)kind;
    while (actions.count < ACTIONS_MOST && (line = inf_line_next(section, "Action", &at)))
        if (inf_number(line, 0, &kind) == INF_OK && inf_number(line, 1, &delay) == INF_OK)
            action[actions.count++] = (struct failure_action){(DWORD)kind, (DWORD)delay};
    (void)ChangeServiceConfig2A(handle, CONFIG_FAILURE_ACTIONS, &actions);
    number_set(service, handle, section, "NonCrashFailures", CONFIG_FAILURE_ACTIONS_FLAG);
}

static void privileges_set(const struct inf_service *service, SC_HANDLE handle)
{
    const struct inf_line *line = inf_line_find(service->section, "RequiredPrivileges");
    wchar_t *list = line ? heap_take(NAMES_MOST * sizeof *list) : NULL;
    size_t used = 0;
    for (uint32_t i = 0; list && i < line->field_count; i++) {
        wchar_t *name = section_text(line->fields[i].text);
        size_t length = name ? crt_wcslen(name) + 1 : 0;
        if (name && *name && used + length < NAMES_MOST) {
            memcpy(list + used, name, length * sizeof *list);
            used += length;
        }
        heap_give(name);
    }
    if (list && used) {
        list[used] = 0;
        (void)ChangeServiceConfig2W(handle, CONFIG_PRIVILEGES, &list);
    }
    heap_give(list);
}

static void entries_set(const struct inf_service *service, SC_HANDLE handle, DWORD flags)
{
    const char *description = or_null(service->description);
    if (description && !(flags & INF_SERVICE_KEEP_DESCRIPTION))
        (void)ChangeServiceConfig2A(handle, CONFIG_DESCRIPTION, &description);
    if (!(flags & INF_SERVICE_KEEP_DELAYED))
        number_set(service, handle, service->section, "DelayedAutoStart",
                   CONFIG_DELAYED_AUTO_START);
    if (!(flags & INF_SERVICE_KEEP_SID_TYPE))
        number_set(service, handle, service->section, "ServiceSidType", CONFIG_SID);
    if (!(flags & INF_SERVICE_KEEP_PRIVILEGES))
        privileges_set(service, handle);
    if (!(flags & INF_SERVICE_KEEP_FAILURES))
        failures_set(service, handle);
}

/* ---- keys --------------------------------------------------------------------------------------
 */

/* HKLM\SYSTEM\CurrentControlSet\Services and three more parts; heap. */
static wchar_t *key_path(const char *first, const char *second, const char *third)
{
    char path[3 * INF_NAME_BYTES + 64] = "SYSTEM\\CurrentControlSet\\Services";
    const char *parts[] = {first, second, third};
    for (int i = 0; i < 3; i++) {
        if (!parts[i] || strlen(parts[i]) >= INF_NAME_BYTES)
            continue;
        strcat(path, "\\");
        strcat(path, parts[i]);
    }
    return section_text(path);
}

/* AddReg and the like of a section, relative to a key that is made. */
static DWORD key_section(const struct walk *walk, const struct inf_section *section, wchar_t *path)
{
    HKEY key;
    if (!path)
        return ERROR_NOT_ENOUGH_MEMORY;
    LSTATUS status =
        RegCreateKeyExW(HKEY_LOCAL_MACHINE, path, 0, NULL, 0, 0x2001fu, NULL, &key, NULL);
    heap_give(path);
    if (status)
        return (DWORD)status;
    DWORD error = section_registry_do(walk->handle, section, key, SECTION_VALUES | SECTION_BITS);
    RegCloseKey(key);
    return error;
}

static void boot_flags_set(const struct inf_service *service)
{
    HKEY key;
    DWORD number = service->boot_flags;
    wchar_t *path = key_path(service->name, NULL, NULL), *name = section_text("BootFlags");
    if (number && path && name && !RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, 0x2001fu, &key)) {
        (void)RegSetValueExW(key, name, 0, REG_DWORD, (const BYTE *)&number, sizeof number);
        RegCloseKey(key);
    }
    heap_give(name);
    heap_give(path);
}

static const char *log_of(const struct inf_service *service)
{
    return *service->event_log_name ? service->event_log_name : "System";
}

static const char *event_of(const struct inf_service *service)
{
    return *service->event_name ? service->event_name : service->name;
}

/* ---- adding and deleting -----------------------------------------------------------------------
 */

static DWORD associate(const struct walk *walk, const struct inf_service *service)
{
    wchar_t *name = section_text(service->name);
    if (!name)
        return ERROR_NOT_ENOUGH_MEMORY;
    NTSTATUS status = registry_property_set(walk->instance, SPDRP_SERVICE, true, name,
                                            (DWORD)((crt_wcslen(name) + 1) * sizeof *name));
    heap_give(name);
    return NT_SUCCESS(status) ? 0 : RtlNtStatusToDosError(status);
}

static DWORD service_add(const struct walk *walk, const struct inf_service *service, DWORD flags)
{
    char *binary = service->section ? inf_handle_text(walk->handle, service->binary) : NULL;
    if (!binary || !*binary) {
        free(binary);
        return ERROR_BAD_SERVICE_INSTALLSECT;
    }
    char *path = image_path(service, binary), *dependencies = dependencies_of(service);
    SC_HANDLE handle = path ? service_make(walk, service, flags, path, dependencies) : NULL;
    DWORD error = handle ? 0 : path ? error_get() : ERROR_NOT_ENOUGH_MEMORY;
    free(dependencies);
    free(path);
    free(binary);
    if (error)
        return error;
    entries_set(service, handle, flags);
    if (!(flags & INF_SERVICE_KEEP_BOOT_FLAGS))
        boot_flags_set(service);
    error = key_section(walk, service->section, key_path(service->name, NULL, NULL));
    if (!error && service->event_section)
        error = key_section(walk, service->event_section,
                            key_path("EventLog", log_of(service), event_of(service)));
    if (!error && walk->instance && flags & INF_SERVICE_ASSOCIATE)
        error = associate(walk, service);
    if (!error && flags & INF_SERVICE_START && !StartServiceA(handle, 0, NULL) &&
        error_get() != ALREADY_RUNNING)
        error = error_get();
    CloseServiceHandle(handle);
    return error;
}

static DWORD service_delete(const struct walk *walk, const struct inf_service *service, DWORD flags)
{
    DWORD status[7], error = 0;
    if (flags & INF_SERVICE_DELETE_EVENTLOG) {
        wchar_t *path = key_path("EventLog", log_of(service), event_of(service));
        if (path)
            (void)RegDeleteTreeW(HKEY_LOCAL_MACHINE, path);
        heap_give(path);
    }
    SC_HANDLE handle = OpenServiceA(walk->manager, service->name, SC_ALL_ACCESS);
    if (!handle)
        return error_get() == NO_SUCH_SERVICE ? 0 : error_get();
    if (flags & INF_SERVICE_STOP && !ControlService(handle, CONTROL_STOP, status) &&
        error_get() != NOT_ACTIVE)
        error = error_get();
    if (!error && !DeleteService(handle))
        error = error_get();
    CloseServiceHandle(handle);
    return error;
}

static int service_take(void *context, const struct inf_service *service)
{
    struct walk *walk = context;
    DWORD flags = service->flags | walk->flags;
    if (service->is_delete)
        walk->error = service_delete(walk, service, flags);
    else if (*service->name)
        walk->error = service_add(walk, service, flags);
    return walk->error != 0;
}

DWORD section_services_do(struct inf_handle *handle, const struct inf_section *section, DWORD flags,
                          const wchar_t *instance)
{
    struct walk walk = {.handle = handle, .flags = flags, .instance = instance};
    struct inf_error why;
    walk.manager = OpenSCManagerA(NULL, NULL, SC_ALL_ACCESS);
    if (!walk.manager)
        return error_get();
    int result = inf_services_visit(handle->inf, section, service_take, &walk, &why);
    CloseServiceHandle(walk.manager);
    return walk.error ? walk.error : result == INF_DAMAGED ? ERROR_BAD_SERVICE_INSTALLSECT : 0;
}
