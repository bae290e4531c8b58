/* SPDX-License-Identifier: MIT */
/* psapi_ddi.c - drivers, processes and modules by the names of psapi.h. Doc: psapi.h
 *
 * kernel32 exports them as K32…; psapi.dll forwards to those. Text is cut to the room there is,
 * with its terminator; the answer is the length that was stored.
 */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "psapi.h"

static DWORD text_answer(const wchar_t *text, wchar_t *out, DWORD count)
{
    size_t length = crt_wcslen(text);
    if (!count)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    if (length >= count) {
        length = count - 1;
        error_set(ERROR_INSUFFICIENT_BUFFER);
    }
    memcpy(out, text, length * sizeof *out);
    out[length] = 0;
    return (DWORD)length;
}

static DWORD text_answer_a(const wchar_t *text, char *out, DWORD size)
{
    char narrow[MAX_PATH * 3];
    size_t length = crt_utf8_from_string(text, narrow, sizeof narrow);
    if (!size)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    if (length >= size) {
        length = size - 1;
        error_set(ERROR_INSUFFICIENT_BUFFER);
    }
    memcpy(out, narrow, length);
    out[length] = 0;
    return (DWORD)length;
}

/* ---- drivers --------------------------------------------------------------------------------- */

EXPORT(BOOL, K32EnumDeviceDrivers, (PVOID * bases, DWORD size, DWORD *needed))
{
    struct seen_drivers *drivers = drivers_see();
    if (!drivers)
        return FALSE;
    for (ULONG i = 0; i < drivers->count && (i + 1) * sizeof *bases <= size; i++)
        bases[i] = drivers->driver[i].image_base;
    *needed = drivers->count * (DWORD)sizeof *bases;
    heap_give(drivers);
    return TRUE;
}

/* The path of the driver at base, or what follows its folder. */
static bool driver_text(PVOID base, bool only_name, wchar_t text[MAX_PATH])
{
    struct seen_drivers *drivers = drivers_see();
    bool is_found = false;
    for (ULONG i = 0; drivers && !is_found && i < drivers->count; i++) {
        const struct seen_driver *driver = &drivers->driver[i];
        is_found = driver->image_base == base;
        if (is_found)
            crt_utf16_from_string(driver->path + (only_name ? driver->name_offset : 0), text,
                                  MAX_PATH);
    }
    heap_give(drivers);
    return is_found ? true : error_fail(ERROR_INVALID_HANDLE);
}

EXPORT(DWORD, K32GetDeviceDriverBaseNameW, (PVOID base, wchar_t *out, DWORD count))
{
    wchar_t text[MAX_PATH];
    return driver_text(base, true, text) ? text_answer(text, out, count) : 0;
}

EXPORT(DWORD, K32GetDeviceDriverBaseNameA, (PVOID base, char *out, DWORD size))
{
    wchar_t text[MAX_PATH];
    return driver_text(base, true, text) ? text_answer_a(text, out, size) : 0;
}

EXPORT(DWORD, K32GetDeviceDriverFileNameW, (PVOID base, wchar_t *out, DWORD count))
{
    wchar_t text[MAX_PATH];
    return driver_text(base, false, text) ? text_answer(text, out, count) : 0;
}

EXPORT(DWORD, K32GetDeviceDriverFileNameA, (PVOID base, char *out, DWORD size))
{
    wchar_t text[MAX_PATH];
    return driver_text(base, false, text) ? text_answer_a(text, out, size) : 0;
}

/* ---- processes ------------------------------------------------------------------------------- */

EXPORT(BOOL, K32EnumProcesses, (DWORD * ids, DWORD size, DWORD *stored))
{
    struct seen_process *all = processes_see();
    DWORD count = 0;
    if (!all)
        return FALSE;
    for (struct seen_process *at = all; at && (count + 1) * sizeof *ids <= size;
         at = process_after(at))
        ids[count++] = (DWORD)(ULONG_PTR)at->id;
    *stored = count * (DWORD)sizeof *ids;
    heap_give(all);
    return TRUE;
}

/* Differs: the path is a Win32 one in both forms; there are no volume devices to name. */
EXPORT(BOOL, QueryFullProcessImageNameW,
       (HANDLE process, DWORD flags, wchar_t *out, DWORD *in_out_count))
{
    wchar_t path[MAX_PATH];
    if (!process_path(process, path))
        return FALSE;
    if (crt_wcslen(path) >= *in_out_count)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    *in_out_count = text_answer(path, out, *in_out_count);
    return TRUE;
}

EXPORT(BOOL, QueryFullProcessImageNameA,
       (HANDLE process, DWORD flags, char *out, DWORD *in_out_size))
{
    wchar_t path[MAX_PATH];
    if (!process_path(process, path))
        return FALSE;
    if (crt_utf16_to_utf8(path, crt_wcslen(path), 0, NULL, 0).written >= *in_out_size)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    *in_out_size = text_answer_a(path, out, *in_out_size);
    return TRUE;
}

EXPORT(DWORD, K32GetProcessImageFileNameW, (HANDLE process, wchar_t *out, DWORD count))
{
    wchar_t path[MAX_PATH];
    return process_path(process, path) ? text_answer(path, out, count) : 0;
}

EXPORT(DWORD, K32GetProcessImageFileNameA, (HANDLE process, char *out, DWORD size))
{
    wchar_t path[MAX_PATH];
    return process_path(process, path) ? text_answer_a(path, out, size) : 0;
}

/* ---- modules --------------------------------------------------------------------------------- */

struct module_list {
    HMODULE *modules;
    DWORD room, count;
};

static bool module_store(const struct seen_module *module, void *context)
{
    struct module_list *list = context;
    if (list->count < list->room)
        list->modules[list->count] = (HMODULE)module->base;
    list->count++;
    return true;
}

static BOOL modules_list(HANDLE process, unsigned which, HMODULE *modules, DWORD size,
                         DWORD *needed)
{
    struct module_list list = {modules, size / (DWORD)sizeof *modules, 0};
    if (!modules_visit(process, which, module_store, &list))
        return FALSE;
    *needed = list.count * (DWORD)sizeof *modules;
    return TRUE;
}

EXPORT(BOOL, K32EnumProcessModules, (HANDLE process, HMODULE *modules, DWORD size, DWORD *needed))
{
    return modules_list(process, SEE_NATIVE, modules, size, needed);
}

/* filter: LIST_MODULES_32BIT is 1, _64BIT 2, none of them what the caller's width has; to a 32-bit
 * caller it means nothing. */
EXPORT(BOOL, K32EnumProcessModulesEx,
       (HANDLE process, HMODULE *modules, DWORD size, DWORD *needed, DWORD filter))
{
    unsigned which = (filter & 1 ? SEE_32 : 0) | (filter == 1 ? 0 : SEE_NATIVE);
    if (sizeof(void *) == sizeof(uint32_t))
        which = SEE_NATIVE;
    return modules_list(process, which, modules, size, needed);
}

struct module_wanted {
    uint64_t base; /* 0: the program */
    bool is_found;
    struct seen_module module;
};

static bool module_compare(const struct seen_module *module, void *context)
{
    struct module_wanted *wanted = context;
    if (wanted->base && wanted->base != module->base)
        return true;
    wanted->module = *module;
    wanted->is_found = true;
    return false;
}

static bool module_see(HANDLE process, HMODULE handle, struct module_wanted *wanted)
{
    wanted->base = (uint64_t)handle;
    wanted->is_found = false;
    if (!modules_visit(process, SEE_NATIVE | SEE_32, module_compare, wanted))
        return false;
    return wanted->is_found ? true : error_fail(ERROR_INVALID_HANDLE);
}

EXPORT(DWORD, K32GetModuleBaseNameW, (HANDLE process, HMODULE module, wchar_t *out, DWORD count))
{
    struct module_wanted wanted;
    return module_see(process, module, &wanted) ? text_answer(wanted.module.name, out, count) : 0;
}

EXPORT(DWORD, K32GetModuleBaseNameA, (HANDLE process, HMODULE module, char *out, DWORD size))
{
    struct module_wanted wanted;
    return module_see(process, module, &wanted) ? text_answer_a(wanted.module.name, out, size) : 0;
}

EXPORT(DWORD, K32GetModuleFileNameExW, (HANDLE process, HMODULE module, wchar_t *out, DWORD count))
{
    struct module_wanted wanted;
    return module_see(process, module, &wanted) ? text_answer(wanted.module.path, out, count) : 0;
}

EXPORT(DWORD, K32GetModuleFileNameExA, (HANDLE process, HMODULE module, char *out, DWORD size))
{
    struct module_wanted wanted;
    return module_see(process, module, &wanted) ? text_answer_a(wanted.module.path, out, size) : 0;
}

struct module_information { /* MODULEINFO */
    PVOID base;
    DWORD size;
    PVOID entry;
};

EXPORT(BOOL, K32GetModuleInformation,
       (HANDLE process, HMODULE module, struct module_information *out, DWORD size))
{
    struct module_wanted wanted;
    if (size < sizeof *out)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    if (!module_see(process, module, &wanted))
        return FALSE;
    *out = (struct module_information){(PVOID)wanted.module.base, wanted.module.size_bytes,
                                       (PVOID)wanted.module.entry};
    return TRUE;
}
