/* SPDX-License-Identifier: MIT */
/* ldr_list.c - the list of modules: ours, and the three in the window that programs walk.
 *
 * Locks: the loader's (recursive; a critical section) around every change; list_lock, a leaf,
 * around the change of a link, so that a fault may look an address up at any time.
 */
#include <stdlib.h>
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "host/host.h"
#include "ldr_internal.h"
#include "ntdll/heap.h"
#include "ntdll/sync.h"

static struct {
    RTL_CRITICAL_SECTION loader;
    struct host_lock list_lock; /* guards: links; after: loader */
    struct ldr_module *first, *program;
    bool has_no_program; /* the process's program is no PE file */
    struct ldr_data *data;
} list;

void ldr_lock(void)
{
    section_enter(&list.loader);
}

void ldr_unlock(void)
{
    section_leave(&list.loader);
}

/* ---- the lists in the window -------------------------------------------------------------------
 */

static void head_init(LIST_ENTRY *head)
{
    head->Flink = head->Blink = head;
}

static void tail_insert(LIST_ENTRY *head, LIST_ENTRY *entry)
{
    entry->Flink = head;
    entry->Blink = head->Blink;
    head->Blink->Flink = entry;
    head->Blink = entry;
}

static void entry_remove(LIST_ENTRY *entry)
{
    entry->Flink->Blink = entry->Blink;
    entry->Blink->Flink = entry->Flink;
}

static NTSTATUS data_create(void)
{
    struct ldr_data *data = heap_take(sizeof *data);
    if (!data)
        return STATUS_NO_MEMORY;
    *data = (struct ldr_data){.Length = sizeof *data, .Initialized = TRUE};
    head_init(&data->InLoadOrderModuleList);
    head_init(&data->InMemoryOrderModuleList);
    head_init(&data->InInitializationOrderModuleList);
    list.data = data;
    peb_current()->Ldr = data;
    return STATUS_SUCCESS;
}

static struct ldr_entry *entry_create(const struct ldr_module *module, const wchar_t *path)
{
    size_t bytes = (crt_wcslen(path) + 1) * sizeof *path;
    struct ldr_entry *entry = heap_take(sizeof *entry + bytes);
    if (!entry)
        return NULL;
    wchar_t *text = memcpy(entry + 1, path, bytes);
    wchar_t *base = crt_wcsrchr(text, '\\');
    base = base ? base + 1 : text;
    *entry = (struct ldr_entry){
        .DllBase = (PVOID)module->base,
        .EntryPoint =
            module->image.entry_rva ? (PVOID)(module->base + module->image.entry_rva) : NULL,
        .SizeOfImage = module->size_bytes,
        .FullDllName = {(USHORT)(bytes - sizeof *path), (USHORT)bytes, text},
        .LoadCount = 0xffff,
        .TimeDateStamp = module->image.timestamp};
    size_t base_bytes = (crt_wcslen(base) + 1) * sizeof *base;
    entry->BaseDllName =
        (UNICODE_STRING){(USHORT)(base_bytes - sizeof *base), (USHORT)base_bytes, base};
    head_init(&entry->HashLinks);
    return entry;
}

/* ---- changes
 * -------------------------------------------------------------------------------------- */

struct ldr_module *list_first(void)
{
    return list.first;
}

NTSTATUS ldr_list_add(struct ldr_module *module, const wchar_t *path)
{
    if (!list.data) {
        section_init(&list.loader, 0);
        NTSTATUS status = data_create();
        if (!NT_SUCCESS(status))
            return status;
    }
    module->entry = entry_create(module, path);
    if (!module->entry)
        return STATUS_NO_MEMORY;
    struct ldr_module **at = &list.first;
    while (*at)
        at = &(*at)->next;
    module->next = NULL;
    host_lock_take(&list.list_lock);
    *at = module;
    host_lock_give(&list.list_lock);
    if (!module->builtin && !list.program && !list.has_no_program)
        list.program = module;
    tail_insert(&list.data->InLoadOrderModuleList, &module->entry->InLoadOrderLinks);
    tail_insert(&list.data->InMemoryOrderModuleList, &module->entry->InMemoryOrderLinks);
    tail_insert(&list.data->InInitializationOrderModuleList,
                &module->entry->InInitializationOrderLinks);
    return STATUS_SUCCESS;
}

void list_remove(struct ldr_module *module)
{
    struct ldr_module **at = &list.first;
    while (*at && *at != module)
        at = &(*at)->next;
    if (!*at)
        return;
    host_lock_take(&list.list_lock);
    *at = module->next;
    host_lock_give(&list.list_lock);
    entry_remove(&module->entry->InLoadOrderLinks);
    entry_remove(&module->entry->InMemoryOrderLinks);
    entry_remove(&module->entry->InInitializationOrderLinks);
    heap_give(module->entry);
}

/* ---- looking up
 * -------------------------------------------------------------------------------------- */

void ldr_program_none(void)
{
    list.has_no_program = true;
}

struct ldr_module *ldr_program(void)
{
    return list.program;
}

struct ldr_module *ldr_find(const char *name)
{
    name = apiset_host(name);
    struct ldr_module *module = list.first;
    while (module && !name_equal(module->name, name))
        module = module->next;
    return module;
}

struct ldr_module *ldr_by_base(const void *base)
{
    struct ldr_module *module = ldr_by_address((uint64_t)base);
    return module && module->base == (uint64_t)base ? module : NULL;
}

struct ldr_module *ldr_by_address(uint64_t address)
{
    host_lock_take(&list.list_lock);
    struct ldr_module *module = list.first;
    while (module && address - module->base >= module->size_bytes)
        module = module->next;
    host_lock_give(&list.list_lock);
    return module;
}

struct pe_view ldr_view(const struct ldr_module *module)
{
    return pe_view_mapped(&module->image, (const void *)module->base, module->size_bytes);
}
