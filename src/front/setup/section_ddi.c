/* SPDX-License-Identifier: MIT */
/* section_ddi.c - setupapi: install sections of INF files, carried out for the program.
 *
 * Doc: setupapi.h SetupInstallFromInfSection, SetupInstallServicesFromInfSection,
 * InstallHinfSection. What a flag asks for and a section has, but nobody does here (RegisterDlls,
 * Ini2Reg, LogConfig, ProfileItems), is said by ERROR_CALL_NOT_IMPLEMENTED after all the rest.
 */
#include "section.h"

#include <stdlib.h>
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"

#define DO_LOGCONFIG    0x001u /* SPINST_* */
#define DO_INIFILES     0x002u
#define DO_REGISTRY     0x004u
#define DO_INI2REG      0x008u
#define DO_FILES        0x010u
#define DO_BITREG       0x020u
#define DO_REGSVR       0x040u
#define DO_UNREGSVR     0x080u
#define DO_PROFILEITEMS 0x100u
#define DO_COPYINF      0x200u
#define DO_KNOWN        0x3ffu
#define DO_ALL          0x3ffu

#define COMMAND_MOST 1024u

typedef UINT(WINAPI *queue_callback)(void *context, UINT notification, ULONG_PTR first,
                                     ULONG_PTR second);
void *WINAPI SetupOpenFileQueue(void);
BOOL WINAPI SetupCloseFileQueue(void *handle);
BOOL WINAPI SetupCommitFileQueueW(HWND owner, void *handle, queue_callback callback, void *context);
BOOL WINAPI SetupCommitFileQueueA(HWND owner, void *handle, queue_callback callback, void *context);
BOOL WINAPI SetupCopyOEMInfW(LPCWSTR path, LPCWSTR place, DWORD kind, DWORD style, wchar_t *buffer,
                             DWORD room, DWORD *needed, wchar_t **name);
BOOL WINAPI WritePrivateProfileStringW(LPCWSTR section, LPCWSTR key, LPCWSTR value, LPCWSTR file);

const struct inf_section *section_of(const struct inf_handle *handle, const char *name)
{
    const struct inf_section *section = inf_section_find(handle->inf, name);
    if (!section)
        error_set(ERROR_SECTION_NOT_FOUND);
    return section;
}

static BOOL answer_of(DWORD error)
{
    return error ? error_fail(error) : TRUE;
}

/* ---- files into a queue of the program's -------------------------------------------------------
 */

static BOOL files_queue(void *pointer, void *layout, void *queue, const char *name,
                        const char *source, DWORD style)
{
    struct inf_handle *handle = inf_handle_of(pointer);
    struct section_files files = {handle, queue_of(queue), source, style};
    const struct inf_section *section = handle && files.queue && (!layout || inf_handle_of(layout))
                                            ? section_of(handle, name)
                                            : NULL;
    return section ? answer_of(section_files_queue(&files, section)) : FALSE;
}

/* list_file: the INF that the list stands in, where it is another one. */
static BOOL list_queue(void *pointer, void *list_file, void *queue, const char *name,
                       const char *source, DWORD style, enum inf_file_action action)
{
    struct inf_handle *handle = inf_handle_of(list_file ? list_file : pointer);
    struct section_files files = {handle, queue_of(queue), source, style};
    const struct inf_section *list = handle && files.queue ? section_of(handle, name) : NULL;
    return list ? answer_of(section_list_queue(&files, list, action)) : FALSE;
}

#define NARROW(name, text, size) \
    char name[size] = "";        \
    if (text)                    \
    crt_utf8_from_string(text, name, sizeof name)

EXPORT(BOOL, SetupInstallFilesFromInfSectionA,
       (void *inf, void *layout, void *queue, LPCSTR section, LPCSTR source, UINT style))
{
    return files_queue(inf, layout, queue, section, source, style);
}

EXPORT(BOOL, SetupInstallFilesFromInfSectionW,
       (void *inf, void *layout, void *queue, LPCWSTR section, LPCWSTR source, UINT style))
{
    NARROW(name, section, INF_NAME_BYTES);
    NARROW(folder, source, MAX_PATH * 3);
    return files_queue(inf, layout, queue, name, source ? folder : NULL, style);
}

EXPORT(BOOL, SetupQueueCopySectionA,
       (void *queue, LPCSTR source, void *inf, void *list_file, LPCSTR section, DWORD style))
{
    return list_queue(inf, list_file, queue, section, source, style, INF_FILE_COPY);
}

EXPORT(BOOL, SetupQueueCopySectionW,
       (void *queue, LPCWSTR source, void *inf, void *list_file, LPCWSTR section, DWORD style))
{
    NARROW(name, section, INF_NAME_BYTES);
    NARROW(folder, source, MAX_PATH * 3);
    return list_queue(inf, list_file, queue, name, source ? folder : NULL, style, INF_FILE_COPY);
}

EXPORT(BOOL, SetupQueueDeleteSectionA, (void *queue, void *inf, void *list_file, LPCSTR section))
{
    return list_queue(inf, list_file, queue, section, NULL, 0, INF_FILE_DELETE);
}

EXPORT(BOOL, SetupQueueDeleteSectionW, (void *queue, void *inf, void *list_file, LPCWSTR section))
{
    NARROW(name, section, INF_NAME_BYTES);
    return list_queue(inf, list_file, queue, name, NULL, 0, INF_FILE_DELETE);
}

EXPORT(BOOL, SetupQueueRenameSectionA, (void *queue, void *inf, void *list_file, LPCSTR section))
{
    return list_queue(inf, list_file, queue, section, NULL, 0, INF_FILE_RENAME);
}

EXPORT(BOOL, SetupQueueRenameSectionW, (void *queue, void *inf, void *list_file, LPCWSTR section))
{
    NARROW(name, section, INF_NAME_BYTES);
    return list_queue(inf, list_file, queue, name, NULL, 0, INF_FILE_RENAME);
}

/* ---- a whole section ---------------------------------------------------------------------------
 */

/* What a caller of SetupInstallFromInfSection asks for. */
struct install {
    HWND owner;
    struct inf_handle *handle;
    const struct inf_section *section;
    UINT flags, style;
    HKEY relative;
    const char *source;
    queue_callback callback;
    void *context;
    bool is_wide;
    const struct device_element *device;
};

static DWORD files_do(const struct install *install)
{
    void *queue = SetupOpenFileQueue();
    if (queue == INVALID_HANDLE_VALUE)
        return error_get();
    struct section_files files = {install->handle, queue, install->source, install->style};
    DWORD error = section_files_queue(&files, install->section);
    if (!error) {
        BOOL is_done =
            install->is_wide
                ? SetupCommitFileQueueW(install->owner, queue, install->callback, install->context)
                : SetupCommitFileQueueA(install->owner, queue, install->callback, install->context);
        error = is_done ? 0 : error_get();
    }
    (void)SetupCloseFileQueue(queue);
    return error;
}

struct line_walk {
    const struct install *install;
    DWORD error;
};

/* "file, section, [old entry], [new entry], [flags]": an old entry goes, a new one comes. */
static int ini_line(struct line_walk *walk, const struct inf_line *line)
{
    char *file = inf_handle_text(walk->install->handle, inf_text(line, 0));
    const char *entries[] = {inf_text(line, 2), inf_text(line, 3)};
    wchar_t *path = file ? section_text(file) : NULL, *section = section_text(inf_text(line, 1));
    BOOL is_done = path && section;
    for (int i = 0; is_done && i < 2; i++) {
        wchar_t *key = section_text(entries[i]), *value = key ? crt_wcschr(key, L'=') : NULL;
        if (value)
            *value++ = 0;
        if (!key)
            is_done = FALSE;
        else if (*key)
            is_done = WritePrivateProfileStringW(section, key,
                                                 i == 0  ? NULL
                                                 : value ? value
                                                         : L"",
                                                 path);
        heap_give(key);
    }
    if (!is_done)
        walk->error = error_get() ? error_get() : ERROR_NOT_ENOUGH_MEMORY;
    heap_give(section);
    heap_give(path);
    free(file);
    return !is_done;
}

/* "CopyINF = other.inf": beside this one. */
static int inf_copy(struct line_walk *walk, const char *name)
{
    const struct install *install = walk->install;
    const char *folder = install->source ? install->source : install->handle->source;
    char whole[MAX_PATH * 4] = "";
    if (strlen(folder) + strlen(name) + 2 > sizeof whole) {
        walk->error = ERROR_INVALID_PARAMETER;
        return 1;
    }
    strcpy(whole, folder);
    strcat(whole, *folder ? "\\" : "");
    strcat(whole, name);
    wchar_t *path = section_text(whole);
    if (!path || !SetupCopyOEMInfW(path, NULL, 1, 0, NULL, 0, NULL, NULL))
        walk->error = path ? error_get() : ERROR_NOT_ENOUGH_MEMORY;
    heap_give(path);
    return walk->error != 0;
}

/* Directives that the other parts do not know; what is left over is told at the end. */
static int line_take(void *context, const struct inf_place *place)
{
    static const struct {
        const char *key;
        UINT flag;
    } absent[] = {{"LogConfig", DO_LOGCONFIG},      {"Ini2Reg", DO_INI2REG},
                  {"RegisterDlls", DO_REGSVR},      {"UnregisterDlls", DO_UNREGSVR},
                  {"UpdateIniFields", DO_INIFILES}, {"ProfileItems", DO_PROFILEITEMS}};
    struct line_walk *walk = context;
    const struct inf_line *line = place->line;
    UINT flags = walk->install->flags;
    int result = 0;
    if (!line->key)
        return 0;
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        if (flags & absent[i].flag && inf_same(line->key, absent[i].key))
            walk->error = ERROR_CALL_NOT_IMPLEMENTED;
    bool is_ini = flags & DO_INIFILES && inf_same(line->key, "UpdateInis");
    bool is_inf = flags & DO_COPYINF && inf_same(line->key, "CopyINF");
    for (uint32_t i = 0; !result && (is_ini || is_inf) && i < line->field_count; i++) {
        const struct inf_section *named =
            is_ini ? inf_section_find(place->inf, line->fields[i].text) : NULL;
        for (uint32_t at = 0; named && !result && at < named->line_count; at++)
            result = ini_line(walk, &named->lines[at]);
        if (is_inf)
            result = inf_copy(walk, line->fields[i].text);
    }
    return result;
}

static DWORD install_do(const struct install *install)
{
    struct line_walk walk = {.install = install};
    struct inf_error why;
    unsigned parts = (install->flags & DO_REGISTRY ? SECTION_VALUES : 0) |
                     (install->flags & DO_BITREG ? SECTION_BITS : 0);
    DWORD error = install->flags & DO_FILES ? files_do(install) : 0;
    if (!error && parts)
        error = section_registry_do(install->handle, install->section, install->relative, parts);
    if (!error && inf_lines_visit(install->handle->inf, install->section, line_take, &walk, &why) ==
                      INF_DAMAGED)
        error = ERROR_GENERAL_SYNTAX;
    return error ? error : walk.error;
}

/* HKR of a device is its software key. */
static BOOL install_run(struct install *install, HDEVINFO set, const struct devinfo_data *data,
                        const char *name)
{
    HKEY own = NULL;
    if (!install->handle || !name || install->flags & ~DO_KNOWN & 0xffffu)
        return install->handle ? error_fail(ERROR_INVALID_PARAMETER) : FALSE;
    install->section = section_of(install->handle, name);
    if (!install->section)
        return FALSE;
    if (set && set != INVALID_HANDLE_VALUE) {
        install->device = element_of(set, data, true);
        if (!install->device)
            return FALSE;
        if (!install->relative && install->device->is_registered &&
            !node_key_open(install->device->instance, true, true, 0x2001fu, &own))
            install->relative = own;
    } else {
        install->flags &= ~DO_LOGCONFIG;
    }
    DWORD error = install_do(install);
    if (own)
        RegCloseKey(own);
    return answer_of(error);
}

EXPORT(BOOL, SetupInstallFromInfSectionA,
       (HWND owner, void *inf, LPCSTR section, UINT flags, HKEY relative, LPCSTR source, UINT style,
        queue_callback callback, void *context, HDEVINFO set, struct devinfo_data *data))
{
    struct install install = {.owner = owner,
                              .handle = inf_handle_of(inf),
                              .flags = flags,
                              .style = style,
                              .relative = relative,
                              .source = source,
                              .callback = callback,
                              .context = context};
    return install_run(&install, set, data, section);
}

EXPORT(BOOL, SetupInstallFromInfSectionW,
       (HWND owner, void *inf, LPCWSTR section, UINT flags, HKEY relative, LPCWSTR source,
        UINT style, queue_callback callback, void *context, HDEVINFO set,
        struct devinfo_data *data))
{
    NARROW(name, section, INF_NAME_BYTES);
    NARROW(folder, source, MAX_PATH * 3);
    struct install install = {.owner = owner,
                              .handle = inf_handle_of(inf),
                              .flags = flags,
                              .style = style,
                              .relative = relative,
                              .source = source ? folder : NULL,
                              .callback = callback,
                              .context = context,
                              .is_wide = true};
    return install_run(&install, set, data, section ? name : NULL);
}

/* ---- services ----------------------------------------------------------------------------------
 */

static BOOL services_do(void *inf, const char *name, DWORD flags, HDEVINFO set,
                        const struct devinfo_data *data)
{
    struct inf_handle *handle = inf_handle_of(inf);
    const struct device_element *device = NULL;
    const struct inf_section *section = handle && name ? section_of(handle, name) : NULL;
    if (!section)
        return handle && !name ? error_fail(ERROR_INVALID_PARAMETER) : FALSE;
    if (set && set != INVALID_HANDLE_VALUE && !(device = element_of(set, data, true)))
        return FALSE;
    const wchar_t *instance = device && device->is_registered ? device->instance : NULL;
    return answer_of(section_services_do(handle, section, flags, instance));
}

EXPORT(BOOL, SetupInstallServicesFromInfSectionExA,
       (void *inf, LPCSTR section, DWORD flags, HDEVINFO set, struct devinfo_data *data,
        void *reserved, void *reserved_too))
{
    return services_do(inf, section, flags, set, data);
}

EXPORT(BOOL, SetupInstallServicesFromInfSectionExW,
       (void *inf, LPCWSTR section, DWORD flags, HDEVINFO set, struct devinfo_data *data,
        void *reserved, void *reserved_too))
{
    NARROW(name, section, INF_NAME_BYTES);
    return services_do(inf, section ? name : NULL, flags, set, data);
}

EXPORT(BOOL, SetupInstallServicesFromInfSectionA, (void *inf, LPCSTR section, DWORD flags))
{
    return services_do(inf, section, flags, NULL, NULL);
}

EXPORT(BOOL, SetupInstallServicesFromInfSectionW, (void *inf, LPCWSTR section, DWORD flags))
{
    NARROW(name, section, INF_NAME_BYTES);
    return services_do(inf, section ? name : NULL, flags, NULL, NULL);
}

/* ---- as rundll32 calls it ----------------------------------------------------------------------
 */

/* The next word of a command, zero-ended; a text in quotes is one word, the last is all the rest.
 */
static wchar_t *word_next(wchar_t **inout_at, bool is_last)
{
    wchar_t *at = *inout_at, end = L' ';
    while (*at == L' ')
        at++;
    if (*at == L'"') {
        at++;
        end = L'"';
    }
    wchar_t *from = at;
    while (*at && (*at != end || (is_last && end == L' ')))
        at++;
    if (*at)
        *at++ = 0;
    *inout_at = at;
    return from;
}

static DWORD hinf_do(struct inf_handle *handle, const wchar_t *section)
{
    struct inf_install found;
    NARROW(name, section, INF_NAME_BYTES);
    if (inf_install_find(handle->inf, name, inf_handle_target(), &found) != INF_OK)
        return ERROR_SECTION_NOT_FOUND;
    struct install install = {.handle = handle, .section = found.section, .flags = DO_ALL};
    install.flags &= ~DO_LOGCONFIG;
    DWORD error = install_do(&install);
    const struct inf_section *services = inf_install_part(handle->inf, &found, ".Services");
    DWORD services_error = services ? section_services_do(handle, services, 0, NULL) : 0;
    return error ? error : services_error;
}

/* Differs: nothing is restarted, so what the mode says of restarts is not looked at. */
EXPORT(void, InstallHinfSectionW, (HWND window, HMODULE module, LPCWSTR command, INT show))
{
    wchar_t *copy = command && crt_wcslen(command) < COMMAND_MOST ? text_copy(command) : NULL;
    wchar_t *at = copy;
    if (!copy) {
        error_set(ERROR_INVALID_PARAMETER);
        return;
    }
    const wchar_t *section = word_next(&at, false);
    const wchar_t *mode = word_next(&at, false);
    const wchar_t *path = word_next(&at, true);
    bool is_good = *section && *mode >= L'0' && *mode <= L'9' && *path;
    struct inf_handle *handle = is_good ? inf_handle_create(path, NULL) : INVALID_HANDLE_VALUE;
    if (handle != INVALID_HANDLE_VALUE) {
        DWORD error = hinf_do(handle, section);
        inf_handle_destroy(handle);
        error_set(error);
    } else if (!is_good) {
        error_set(ERROR_INVALID_PARAMETER);
    }
    heap_give(copy);
}

EXPORT(void, InstallHinfSectionA, (HWND window, HMODULE module, LPCSTR command, INT show))
{
    struct wide wide;
    wide_of(&wide, command);
    InstallHinfSectionW(window, module, wide.text, show);
    wide_drop(&wide);
}
