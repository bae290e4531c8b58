/* SPDX-License-Identifier: MIT */
/* toolhelp_ddi.c - snapshots of processes, threads and modules. Doc: tlhelp32.h
 *
 * A snapshot is a section, so CloseHandle ends it: a head with how far each list was read, then
 * the three lists as they are handed out. Heap lists are always empty.
 */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "psapi.h"

#define SNAP_PROCESSES 0x2u
#define SNAP_THREADS   0x4u
#define SNAP_MODULES   0x8u
#define SNAP_MODULES32 0x10u
#define SNAP_MAGIC     0x50414e53u
#define FILE_MAP_BOTH  0x6u

struct process_entry { /* PROCESSENTRY32W */
    DWORD size, usage, id;
    ULONG_PTR heap;
    DWORD module, threads, parent;
    LONG priority;
    DWORD flags;
    wchar_t name[MAX_PATH];
};
struct process_entry_a {
    DWORD size, usage, id;
    ULONG_PTR heap;
    DWORD module, threads, parent;
    LONG priority;
    DWORD flags;
    char name[MAX_PATH];
};
struct thread_entry { /* THREADENTRY32 */
    DWORD size, usage, id, owner;
    LONG priority, delta;
    DWORD flags;
};
struct module_entry { /* MODULEENTRY32W */
    DWORD size, module, process, usage, process_usage;
    ULONG_PTR base;
    DWORD bytes;
    HMODULE handle;
    wchar_t name[256], path[MAX_PATH];
};
struct module_entry_a {
    DWORD size, module, process, usage, process_usage;
    ULONG_PTR base;
    DWORD bytes;
    HMODULE handle;
    char name[256], path[MAX_PATH];
};
_Static_assert(sizeof(struct process_entry) == BY_WIDTH(568, 556) &&
                   sizeof(struct module_entry) == BY_WIDTH(1080, 1064) &&
                   sizeof(struct process_entry_a) == BY_WIDTH(304, 296) &&
                   sizeof(struct module_entry_a) == BY_WIDTH(568, 548),
               "documented");

enum list { PROCESSES, THREADS, MODULES, LISTS };
static const DWORD entry_bytes[LISTS] = {sizeof(struct process_entry), sizeof(struct thread_entry),
                                         sizeof(struct module_entry)};

struct snapshot {
    DWORD magic, count[LISTS], next[LISTS], at[LISTS]; /* at: offsets of the lists */
};

HANDLE WINAPI CreateFileMappingW(HANDLE file, SECURITY_ATTRIBUTES *security, DWORD protect,
                                 DWORD high, DWORD low, LPCWSTR name);
LPVOID WINAPI MapViewOfFile(HANDLE mapping, DWORD access, DWORD high, DWORD low, SIZE_T size);
BOOL WINAPI UnmapViewOfFile(LPCVOID address);
HANDLE WINAPI OpenProcess(DWORD access, BOOL inherit, DWORD id);

/* ---- making ---------------------------------------------------------------------------------- */

/* Lists under construction: storage is NULL while they are only counted. */
struct making {
    struct snapshot head;
    char *storage;
    DWORD owner; /* of the modules */
};

static void *entry_add(struct making *making, enum list list)
{
    DWORD index = making->head.count[list]++;
    if (!making->storage)
        return NULL;
    return making->storage + making->head.at[list] + (size_t)index * entry_bytes[list];
}

static void process_add(struct making *making, const struct seen_process *process)
{
    struct process_entry *entry = entry_add(making, PROCESSES);
    if (!entry)
        return;
    *entry = (struct process_entry){.size = sizeof *entry,
                                    .id = (DWORD)(ULONG_PTR)process->id,
                                    .threads = process->thread_count,
                                    .parent = (DWORD)(ULONG_PTR)process->parent_id,
                                    .priority = process->base_priority};
    size_t length = process->name.Length / sizeof(wchar_t);
    memcpy(entry->name, process->name.Buffer, length * sizeof(wchar_t));
    /* The kernel's list has 14 characters of it; its own block all. */
    wchar_t path[MAX_PATH];
    HANDLE handle = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | 0x10, FALSE, entry->id);
    if (handle && process_path(handle, path)) {
        const wchar_t *name = path;
        for (const wchar_t *at = path; *at; at++) {
            if (*at == '\\')
                name = at + 1;
        }
        memcpy(entry->name, name, (crt_wcslen(name) + 1) * sizeof *name);
    }
    if (handle)
        CloseHandle(handle);
}

static void thread_add(struct making *making, const struct seen_thread *thread)
{
    struct thread_entry *entry = entry_add(making, THREADS);
    if (entry)
        *entry = (struct thread_entry){.size = sizeof *entry,
                                       .id = (DWORD)(ULONG_PTR)thread->id.UniqueThread,
                                       .owner = (DWORD)(ULONG_PTR)thread->id.UniqueProcess,
                                       .priority = thread->base_priority};
}

static bool module_add(const struct seen_module *module, void *context)
{
    struct making *making = context;
    struct module_entry *entry = entry_add(making, MODULES);
    if (!entry)
        return true;
    *entry = (struct module_entry){.size = sizeof *entry,
                                   .module = 1,
                                   .process = making->owner,
                                   .usage = 1,
                                   .process_usage = 1,
                                   .base = module->base,
                                   .bytes = module->size_bytes,
                                   .handle = (HMODULE)module->base};
    memcpy(entry->name, module->name, sizeof module->name);
    memcpy(entry->path, module->path, sizeof module->path);
    return true;
}

static bool lists_make(struct making *making, DWORD flags, struct seen_process *processes,
                       HANDLE process)
{
    memset(making->head.count, 0, sizeof making->head.count);
    for (struct seen_process *at = processes; at; at = process_after(at)) {
        if (flags & SNAP_PROCESSES)
            process_add(making, at);
        for (ULONG i = 0; flags & SNAP_THREADS && i < at->thread_count; i++)
            thread_add(making, &at->threads[i]);
    }
    unsigned which =
        (flags & SNAP_MODULES ? SEE_NATIVE : 0) | (flags & SNAP_MODULES32 ? SEE_32 : 0);
    return !process || modules_visit(process, which, module_add, making);
}

/* Counts, makes the section, then fills it. A module that comes in between is left out: the
 * loader's list is read once more only as far as there is room. */
static HANDLE snapshot_make(struct making *making, DWORD flags, struct seen_process *processes,
                            HANDLE process)
{
    if (!lists_make(making, flags, processes, process))
        return NULL;
    DWORD at = (sizeof making->head + 15) & ~15u;
    for (int list = 0; list < LISTS; list++) {
        making->head.at[list] = at;
        at += making->head.count[list] * entry_bytes[list];
    }
    making->head.magic = SNAP_MAGIC;
    DWORD room = at + 64 * entry_bytes[MODULES];
    HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, room, NULL);
    char *view = section ? MapViewOfFile(section, FILE_MAP_BOTH, 0, 0, 0) : NULL;
    if (view) {
        making->storage = view;
        lists_make(making, flags, processes, process);
        memcpy(view, &making->head, sizeof making->head);
        UnmapViewOfFile(view);
        return section;
    }
    if (section)
        CloseHandle(section);
    return NULL;
}

EXPORT(HANDLE, CreateToolhelp32Snapshot, (DWORD flags, DWORD id))
{
    struct making making = {.owner = id ? id : (DWORD)(ULONG_PTR)teb_current()->UniqueProcess};
    struct seen_process *processes = NULL;
    HANDLE process = NULL, section = NULL;
    if (sizeof(void *) == sizeof(uint32_t) && flags & SNAP_MODULES32)
        flags |= SNAP_MODULES; /* all that there are */
    if (flags & (SNAP_MODULES | SNAP_MODULES32)) {
        process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | 0x10, FALSE, making.owner);
        if (!process)
            return INVALID_HANDLE_VALUE;
    }
    if (flags & (SNAP_PROCESSES | SNAP_THREADS))
        processes = processes_see();
    if (processes || !(flags & (SNAP_PROCESSES | SNAP_THREADS)))
        section = snapshot_make(&making, flags, processes, process);
    heap_give(processes);
    if (process)
        CloseHandle(process);
    return section ? section : INVALID_HANDLE_VALUE;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The next entry of a list into out, which holds one. */
static BOOL entry_next(HANDLE handle, enum list list, bool from_start, void *out)
{
    struct snapshot *snapshot = MapViewOfFile(handle, FILE_MAP_BOTH, 0, 0, 0);
    if (!snapshot)
        return FALSE;
    bool is_there = snapshot->magic == SNAP_MAGIC;
    error_set(is_there ? ERROR_NO_MORE_FILES : ERROR_INVALID_HANDLE);
    if (is_there && from_start)
        snapshot->next[list] = 0;
    is_there = is_there && snapshot->next[list] < snapshot->count[list];
    if (is_there)
        memcpy(out,
               (char *)snapshot + snapshot->at[list] +
                   (size_t)snapshot->next[list]++ * entry_bytes[list],
               entry_bytes[list]);
    UnmapViewOfFile(snapshot);
    return is_there;
}

static BOOL entry_give(HANDLE handle, enum list list, bool from_start, void *out, DWORD size)
{
    char entry[sizeof(struct module_entry)];
    if (size < entry_bytes[list])
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    if (!entry_next(handle, list, from_start, entry))
        return FALSE;
    memcpy((char *)out + sizeof(DWORD), entry + sizeof(DWORD), entry_bytes[list] - sizeof(DWORD));
    return TRUE;
}

EXPORT(BOOL, Process32FirstW, (HANDLE snapshot, struct process_entry *out))
{
    return entry_give(snapshot, PROCESSES, true, out, out->size);
}

EXPORT(BOOL, Process32NextW, (HANDLE snapshot, struct process_entry *out))
{
    return entry_give(snapshot, PROCESSES, false, out, out->size);
}

EXPORT(BOOL, Thread32First, (HANDLE snapshot, struct thread_entry *out))
{
    return entry_give(snapshot, THREADS, true, out, out->size);
}

EXPORT(BOOL, Thread32Next, (HANDLE snapshot, struct thread_entry *out))
{
    return entry_give(snapshot, THREADS, false, out, out->size);
}

EXPORT(BOOL, Module32FirstW, (HANDLE snapshot, struct module_entry *out))
{
    return entry_give(snapshot, MODULES, true, out, out->size);
}

EXPORT(BOOL, Module32NextW, (HANDLE snapshot, struct module_entry *out))
{
    return entry_give(snapshot, MODULES, false, out, out->size);
}

static BOOL process_give_a(HANDLE snapshot, bool from_start, struct process_entry_a *out)
{
    struct process_entry entry;
    if (out->size < sizeof *out)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    if (!entry_next(snapshot, PROCESSES, from_start, &entry))
        return FALSE;
    memcpy((char *)out + sizeof(DWORD), (char *)&entry + sizeof(DWORD),
           offsetof(struct process_entry, name) - sizeof(DWORD));
    crt_utf8_from_string(entry.name, out->name, sizeof out->name);
    return TRUE;
}

EXPORT(BOOL, Process32First, (HANDLE snapshot, struct process_entry_a *out))
{
    return process_give_a(snapshot, true, out);
}

EXPORT(BOOL, Process32Next, (HANDLE snapshot, struct process_entry_a *out))
{
    return process_give_a(snapshot, false, out);
}

static BOOL module_give_a(HANDLE snapshot, bool from_start, struct module_entry_a *out)
{
    struct module_entry entry;
    if (out->size < sizeof *out)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    if (!entry_next(snapshot, MODULES, from_start, &entry))
        return FALSE;
    memcpy((char *)out + sizeof(DWORD), (char *)&entry + sizeof(DWORD),
           offsetof(struct module_entry, name) - sizeof(DWORD));
    crt_utf8_from_string(entry.name, out->name, sizeof out->name);
    crt_utf8_from_string(entry.path, out->path, sizeof out->path);
    return TRUE;
}

EXPORT(BOOL, Module32First, (HANDLE snapshot, struct module_entry_a *out))
{
    return module_give_a(snapshot, true, out);
}

EXPORT(BOOL, Module32Next, (HANDLE snapshot, struct module_entry_a *out))
{
    return module_give_a(snapshot, false, out);
}
