/* SPDX-License-Identifier: MIT */
/* ldr_load.c - finding modules, binding imports, calling entry points.
 *
 * A name is a system module if it has a table, else a file: as given when it has a path, else
 * beside the program, then in the current directory. A module is in the list before its
 * imports are bound, so that modules may import each other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "ldr_internal.h"
#include "ntdll/error.h"
#include "ntdll/heap.h"
#include "pe/tables.h"

#define PATH_CHARS 1024

typedef BOOL(WINAPI *dll_entry)(PVOID base, DWORD reason, PVOID reserved);

static struct {
    char host_folder[PATH_CHARS];
    wchar_t nt_folder[PATH_CHARS];
    char refusal[400]; /* why the last load failed, in words; under the loader's lock */
} load;

static NTSTATUS module_load(const wchar_t *name, struct ldr_module **out_module);

/* ---- exports --------------------------------------------------------------------------------- */

static void *forward_resolve(const char *forward)
{
    const char *dot = strrchr(forward, '.');
    wchar_t dll[140];
    char narrow[140];
    if (!dot || (size_t)(dot - forward) > 120)
        return NULL;
    snprintf(narrow, sizeof narrow, "%.*s.dll", (int)(dot - forward), forward);
    crt_utf16_from_string(narrow, dll, 140);
    struct ldr_module *module;
    if (!NT_SUCCESS(module_load(dll, &module)))
        return NULL;
    if (dot[1] == '#')
        return ldr_export(module, NULL, (uint16_t)atoi(dot + 2));
    return ldr_export(module, dot + 1, 0);
}

static void *file_export(struct ldr_module *module, const char *name, uint16_t ordinal)
{
    struct pe_view view = ldr_view(module);
    struct pe_export found;
    int result = name ? pe_export_by_name(&view, name, &found, NULL)
                      : pe_export_by_ordinal(&view, ordinal, &found, NULL);
    if (result != PE_OK)
        return NULL;
    return found.forwarder ? forward_resolve(found.forwarder) : (void *)(module->base + found.rva);
}

void *ldr_export(struct ldr_module *module, const char *name, uint16_t ordinal)
{
    if (!module->builtin)
        return file_export(module, name, ordinal);
    const struct abi_user_export *entry = builtin_export(module->builtin, name, ordinal);
    if (!entry || entry->status == ABI_ABSENT)
        return NULL;
    return entry->forward ? forward_resolve(entry->forward) : builtin_address(module, entry);
}

/* ---- binding ----------------------------------------------------------------------------------
 */

/* An importer holds a module once for each run of names out of it: import_release walks the same
 * runs. */
struct binding {
    struct ldr_module *importer, *last;
    uint32_t count; /* imports that were bound, or met in walking */
};

static int import_release(void *context, const struct pe_import *import)
{
    struct binding *binding = context;
    if (!binding->count--)
        return 1;
    struct ldr_module *module = ldr_find(import->module);
    if (module && module != binding->last)
        ldr_unload(module);
    binding->last = module;
    return 0;
}

/* Of the first count imports. */
static void imports_release(struct ldr_module *module, uint32_t count)
{
    struct binding binding = {.importer = module, .count = count};
    struct pe_view view = ldr_view(module);
    pe_imports_each(&view, import_release, &binding, NULL);
}

static void *import_resolve(void *context, const char *dll, const char *name,
                            uint16_t ordinal_or_hint, bool by_ordinal)
{
    struct binding *binding = context;
    struct ldr_module *importer = binding->importer, *module;
    wchar_t wide[260];
    char number[16];
    crt_utf16_from_string(dll, wide, 260);
    if (!NT_SUCCESS(module_load(wide, &module))) {
        snprintf(load.refusal, sizeof load.refusal,
                 "%s needs %s, which is neither beside it nor provided", importer->name, dll);
        return NULL;
    }
    if (module == binding->last)
        ldr_unload(module); /* not its only reference */
    binding->last = module;
    binding->count++;
    void *address = ldr_export(module, by_ordinal ? NULL : name, ordinal_or_hint);
    if (address)
        return address;
    if (by_ordinal) {
        snprintf(number, sizeof number, "#%u", ordinal_or_hint);
        name = number;
    }
    if (module->builtin)
        return absent_stub(module->name, name);
    snprintf(load.refusal, sizeof load.refusal, "%s imports %s, which %s does not export",
             importer->name, name, module->name);
    return NULL;
}

static NTSTATUS module_bind(struct ldr_module *module)
{
    struct pe_error error = {0};
    struct binding binding = {.importer = module};
    load.refusal[0] = '\0';
    int result = pe_imports_bind(&module->image, (void *)module->base, module->size_bytes,
                                 import_resolve, &binding, &error);
    NTSTATUS status = STATUS_SUCCESS;
    if (result == PE_DAMAGED) {
        if (!load.refusal[0])
            snprintf(load.refusal, sizeof load.refusal, "%s: %s", module->name, error.text);
        status = STATUS_DLL_NOT_FOUND;
    }
    if (NT_SUCCESS(status))
        status = image_protect(module);
    if (NT_SUCCESS(status))
        status = tls_module_add(module);
    if (NT_SUCCESS(status))
        module->is_bound = true;
    else
        imports_release(module, binding.count);
    return status;
}

/* Takes bytes' image in; the bytes may go afterwards. */
static NTSTATUS module_take_in(const void *bytes, size_t size, const char *name,
                               const wchar_t *path, struct ldr_module **out_module)
{
    struct pe_error error = {0};
    struct ldr_module *module = calloc(1, sizeof *module);
    if (!module)
        return STATUS_NO_MEMORY;
    snprintf(module->name, sizeof module->name, "%s", name);
    NTSTATUS status = image_map(bytes, size, module, &error);
    if (!NT_SUCCESS(status)) {
        snprintf(load.refusal, sizeof load.refusal, "%s: %s", name, error.text);
        free(module);
        return status;
    }
    status = ldr_list_add(module, path);
    if (NT_SUCCESS(status)) {
        status = module_bind(module);
        if (!NT_SUCCESS(status))
            list_remove(module);
    }
    if (!NT_SUCCESS(status)) {
        image_unmap(module);
        free(module);
        return status;
    }
    *out_module = module;
    return STATUS_SUCCESS;
}

/* ---- finding
 * -------------------------------------------------------------------------------------- */

static NTSTATUS builtin_take_in(const struct abi_user_module *table, struct ldr_module **out_module)
{
    struct ldr_module *module = calloc(1, sizeof *module);
    wchar_t path[PATH_CHARS];
    char narrow[160];
    if (!module)
        return STATUS_NO_MEMORY;
    snprintf(module->name, sizeof module->name, "%s", table->dll);
    snprintf(narrow, sizeof narrow, "C:\\Windows\\System32\\%s", table->dll);
    crt_utf16_from_string(narrow, path, PATH_CHARS);
    NTSTATUS status = builtin_map(table, module);
    if (NT_SUCCESS(status))
        status = ldr_list_add(module, path);
    if (!NT_SUCCESS(status)) {
        image_unmap(module);
        free(module);
        return status;
    }
    *out_module = module;
    return STATUS_SUCCESS;
}

/* The last component in UTF-8, with .dll if it has no extension. A final dot means none. */
static void base_name(const wchar_t *name, char *out, size_t size)
{
    const wchar_t *base = name;
    for (const wchar_t *at = name; *at; at++) {
        if (*at == '\\' || *at == '/')
            base = at + 1;
    }
    size_t length = crt_utf8_from_string(base, out, size);
    if (!strchr(out, '.') && length + 5 <= size)
        strcat(out, ".dll");
    else if (length && out[length - 1] == '.')
        out[length - 1] = '\0';
}

static NTSTATUS try_path(const wchar_t *folder, const wchar_t *name, const char *base,
                         struct ldr_module **out_module)
{
    wchar_t path[PATH_CHARS], narrow_name[260];
    void *bytes;
    size_t size;
    crt_utf16_from_string(base, narrow_name, 260);
    path[0] = 0;
    if (crt_wcscpy_s(path, PATH_CHARS, folder) ||
        crt_wcscat_s(path, PATH_CHARS, name ? name : narrow_name))
        return STATUS_NAME_TOO_LONG;
    NTSTATUS status = file_read_nt(path, &bytes, &size);
    if (!NT_SUCCESS(status))
        return status;
    status = module_take_in(bytes, size, base, path, out_module);
    memory_free(bytes);
    return status;
}

static NTSTATUS try_host(const char *base, struct ldr_module **out_module)
{
    char path[PATH_CHARS + 160];
    wchar_t wide[PATH_CHARS];
    void *bytes;
    size_t size;
    snprintf(path, sizeof path, "%s/%s", load.host_folder, base);
    NTSTATUS status = file_read_host(path, &bytes, &size);
    if (!NT_SUCCESS(status))
        return status;
    crt_utf16_from_string(base, wide, PATH_CHARS);
    status = module_take_in(bytes, size, base, wide, out_module);
    memory_free(bytes);
    return status;
}

static NTSTATUS file_load(const wchar_t *name, const char *base, struct ldr_module **out_module)
{
    if (crt_wcspbrk(name, L"\\/"))
        return try_path(L"", name, base, out_module);
    NTSTATUS status = STATUS_DLL_NOT_FOUND;
    if (load.nt_folder[0])
        status = try_path(load.nt_folder, NULL, base, out_module);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND ||
        status == STATUS_DLL_NOT_FOUND)
        status = try_host(base, out_module);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND)
        status = try_path(L"", NULL, base, out_module);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND)
        status = STATUS_DLL_NOT_FOUND;
    return status;
}

/* Under the loader's lock. A loaded module is given another reference. */
static NTSTATUS module_load(const wchar_t *name, struct ldr_module **out_module)
{
    char base[128];
    base_name(name, base, sizeof base);
    struct ldr_module *module = ldr_find(base);
    if (module) {
        if (module->references != UINT32_MAX)
            module->references++;
        *out_module = module;
        return STATUS_SUCCESS;
    }
    const struct abi_user_module *table = builtin_find(apiset_host(base));
    if (table)
        return builtin_take_in(table, out_module);
    NTSTATUS status = file_load(name, base, out_module);
    /* A DLL of Windows that nobody has written yet: its functions say so when they are called. */
    if (status == STATUS_DLL_NOT_FOUND && (table = placeholder_of(base)))
        status = builtin_take_in(table, out_module);
    return status;
}

/* ---- entry points
 * --------------------------------------------------------------------------------- */

static dll_entry entry_of(const struct ldr_module *module)
{
    bool has_entry = !module->builtin && module != ldr_program() && module->image.entry_rva;
    return has_entry ? (dll_entry)(module->base + module->image.entry_rva) : NULL;
}

static NTSTATUS module_attach(struct ldr_module *module);

static int dependency_attach(void *context, const struct pe_import *import)
{
    NTSTATUS *status = context;
    struct ldr_module *module = ldr_find(import->module);
    if (module && NT_SUCCESS(*status))
        *status = module_attach(module);
    return !NT_SUCCESS(*status);
}

static NTSTATUS module_attach(struct ldr_module *module)
{
    if (module->is_attached)
        return STATUS_SUCCESS;
    module->is_attached = true;
    NTSTATUS status = STATUS_SUCCESS;
    struct pe_view view = ldr_view(module);
    pe_imports_each(&view, dependency_attach, &status, NULL);
    if (!NT_SUCCESS(status))
        return status;
    tls_callbacks(module, DLL_PROCESS_ATTACH);
    dll_entry entry = entry_of(module);
    if (entry && !entry((PVOID)module->base, DLL_PROCESS_ATTACH, NULL)) {
        snprintf(load.refusal, sizeof load.refusal, "%s refused to be loaded", module->name);
        return STATUS_DLL_INIT_FAILED;
    }
    return STATUS_SUCCESS;
}

NTSTATUS ldr_attach(void)
{
    ldr_lock();
    NTSTATUS status = ldr_program() ? module_attach(ldr_program()) : STATUS_SUCCESS;
    if (!NT_SUCCESS(status))
        program_complain("%s", load.refusal);
    ldr_unlock();
    return status;
}

/* Later modules first. */
static void detach_from(struct ldr_module *module)
{
    if (!module)
        return;
    detach_from(module->next);
    if (module->builtin || !module->is_attached)
        return;
    module->is_attached = false;
    dll_entry entry = entry_of(module);
    if (entry)
        entry((PVOID)module->base, DLL_PROCESS_DETACH, (PVOID)1);
    tls_callbacks(module, DLL_PROCESS_DETACH);
}

void ldr_detach(void)
{
    ldr_lock();
    detach_from(list_first());
    ldr_unlock();
}

void ldr_thread_callbacks(ULONG reason)
{
    ldr_lock();
    for (struct ldr_module *module = list_first(); module; module = module->next) {
        if (module->builtin || !module->is_attached)
            continue;
        tls_callbacks(module, reason);
        dll_entry entry = module->has_notifications ? entry_of(module) : NULL;
        if (entry)
            entry((PVOID)module->base, reason, NULL);
    }
    ldr_unlock();
}

/* ---- the door
 * ------------------------------------------------------------------------------------- */

NTSTATUS ldr_init(const char *host_folder, const wchar_t *nt_folder)
{
    snprintf(load.host_folder, sizeof load.host_folder, "%s", host_folder);
    if (nt_folder)
        crt_wcscpy_s(load.nt_folder, PATH_CHARS, nt_folder);
    return STATUS_SUCCESS;
}

NTSTATUS ldr_program_load(const void *bytes, size_t size, const char *name, const wchar_t *path,
                          struct ldr_module **out_module)
{
    static const wchar_t *const always[] = {L"ntdll.dll", L"kernel32.dll"};
    struct ldr_module *module;
    /* No lock: nobody else is here yet, and the list makes the lock. */
    NTSTATUS status = module_take_in(bytes, size, name, path, &module);
    for (unsigned i = 0; i < 2 && NT_SUCCESS(status); i++) {
        struct ldr_module *system;
        status = module_load(always[i], &system);
    }
    if (!NT_SUCCESS(status)) {
        program_complain("%s", load.refusal[0] ? load.refusal : "it cannot be loaded");
        return status;
    }
    /* What the program itself needs stays as long as it does. */
    for (struct ldr_module *needed = list_first(); needed; needed = needed->next)
        needed->references = UINT32_MAX;
    *out_module = module;
    return STATUS_SUCCESS;
}

NTSTATUS ldr_load(const wchar_t *name, struct ldr_module **out_module)
{
    struct ldr_module *module;
    ldr_lock();
    NTSTATUS status = module_load(name, &module);
    if (NT_SUCCESS(status) && !module->is_attached) {
        status = module_attach(module);
        if (!NT_SUCCESS(status))
            ldr_unload(module);
    }
    ldr_unlock();
    if (NT_SUCCESS(status))
        *out_module = module;
    return status;
}

/* Differs: modules that import each other keep each other, and what a forwarder named stays. */
void ldr_unload(struct ldr_module *module)
{
    ldr_lock();
    if (module->references != UINT32_MAX && !--module->references) {
        dll_entry entry = entry_of(module);
        if (module->is_attached) {
            if (entry)
                entry((PVOID)module->base, DLL_PROCESS_DETACH, NULL);
            tls_callbacks(module, DLL_PROCESS_DETACH);
        }
        tls_module_remove(module);
        imports_release(module, UINT32_MAX);
        list_remove(module);
        image_unmap(module);
        free(module);
    }
    ldr_unlock();
}
