/* SPDX-License-Identifier: MIT */
/* toolhelp_ddi.c - TOOLHELP: walks of modules, tasks and the global heap; other segments' bytes.
 *
 * Doc: TOOLHELP.H of the Windows 3.1 SDK. Structures begin with their size, which the caller sets;
 * a smaller one is refused.
 */
#include <string.h>

#include "abi/win16.h"
#include "dos16/windows.h"
#include "loader16/builtin.h"
#include "loader16/memory16.h"
#include "ntdll/error.h"
#include "task16/task16.h"

struct __attribute__((packed)) module_entry {
    uint32_t size;
    char name[10];
    uint16_t handle, usage;
    char path[256];
    uint16_t next;
};

struct __attribute__((packed)) task_entry {
    uint32_t size;
    uint16_t task, parent, instance, module;
    uint16_t ss, sp, stack_top, stack_least, stack_bottom, events, queue;
    char name[10];
    uint16_t psp_offset, next;
};

struct __attribute__((packed)) global_entry {
    uint32_t size, address, block_bytes;
    uint16_t handle, locks, page_locks, flags;
    uint16_t is_heap_present, owner, type, data;
    uint32_t next, next_alternate;
};

static uint32_t size_given(const void *entry)
{
    uint32_t size = 0;
    if (entry)
        memcpy(&size, entry, sizeof size);
    return size;
}

/* ---- modules ----------------------------------------------------------------------------------
 */

static uint32_t module_tell(const struct module16 *module, struct module_entry *entry)
{
    if (!module || size_given(entry) < sizeof *entry)
        return 0;
    memset(entry->name, 0, sizeof entry->name);
    strncpy(entry->name, module->name, sizeof entry->name - 1);
    memset(entry->path, 0, sizeof entry->path);
    strncpy(entry->path, module->path, sizeof entry->path - 1);
    entry->handle = module->handle;
    entry->usage = (uint16_t)module->references;
    entry->next = module->next ? module->next->handle : 0;
    return 1;
}

uint32_t toolhelp16_ModuleFirst(void *entry)
{
    return module_tell(module16_first(), entry);
}

uint32_t toolhelp16_ModuleNext(void *entry)
{
    struct module_entry *last = entry;
    if (size_given(entry) < sizeof *last || !last->next)
        return 0;
    return module_tell(module16_by_handle(last->next), entry);
}

uint32_t toolhelp16_ModuleFindName(void *entry, const char *name)
{
    const struct module16 *module = name ? module16_by_name(name) : NULL;
    return module_tell(module, entry) ? module->handle : 0;
}

uint32_t toolhelp16_ModuleFindHandle(void *entry, uint16_t handle)
{
    const struct module16 *module = module16_by_handle(handle);
    return module_tell(module, entry) ? module->handle : 0;
}

/* ---- tasks --------------------------------------------------------------------------------------
 */

static uint32_t task_tell(const struct task16 *task, struct task_entry *entry)
{
    const struct cpu16_registers *caller = cpu16_outer();
    if (!task || size_given(entry) < sizeof *entry)
        return 0;
    bool is_mine = task == task16_current();
    *entry = (struct task_entry){
        .size = entry->size,
        .task = task->handle,
        .parent = task->parent,
        .instance = task->instance,
        .module = task->module->handle,
        .ss = is_mine ? (uint16_t)caller->ss : task->stack.selector,
        .sp = is_mine ? (uint16_t)caller->esp : 0,
        .stack_top = task->stack_low,
        .stack_least = task->stack_top,
        .stack_bottom = task->stack_top,
        .events = task->events,
        .psp_offset = 0x100,
        .next = task->next ? task->next->handle : 0,
    };
    strncpy(entry->name, task->module->name, sizeof entry->name - 1);
    return 1;
}

uint32_t toolhelp16_TaskFirst(void *entry)
{
    return task_tell(task16_first(), entry);
}

uint32_t toolhelp16_TaskNext(void *to)
{
    const struct task_entry *entry = to;
    return size_given(to) < sizeof *entry ? 0 : task_tell(task16_find(entry->next), to);
}

uint32_t toolhelp16_TaskFindHandle(void *entry, uint16_t handle)
{
    return task_tell(task16_find(handle), entry);
}

/* ---- the global heap ----------------------------------------------------------------------------
 */

static uint32_t block_tell(const struct block16 *block, struct global_entry *entry)
{
    unsigned segment;
    if (!block || size_given(entry) < sizeof *entry)
        return 0;
    const struct module16 *module = module16_by_selector(block->selector, &segment);
    *entry = (struct global_entry){
        .size = entry->size,
        .address = (uint32_t)(uintptr_t)block->memory,
        .block_bytes = block->bytes,
        .handle = block16_handle(block),
        .locks = block->locks,
        .owner = block->owner,
        .type = module ? (selector_kind(block->selector) == CPU16_CODE ? 3 : 2) : 0,
        .data = module ? (uint16_t)segment : 0,
        .next = block->next ? block->next->selector : 0,
    };
    return 1;
}

uint32_t toolhelp16_GlobalFirst(void *entry, uint16_t flags)
{
    return flags & 2 ? 0 : block_tell(block16_first(), entry); /* no free blocks are kept */
}

uint32_t toolhelp16_GlobalNext(void *to, uint16_t flags)
{
    struct global_entry *entry = to;
    if (size_given(entry) < sizeof *entry || !entry->next)
        return 0;
    return block_tell(block16_find((uint16_t)entry->next), entry);
}

uint32_t toolhelp16_GlobalEntryHandle(void *entry, uint16_t handle)
{
    return block_tell(block16_find(handle), entry);
}

uint32_t toolhelp16_GlobalEntryModule(void *entry, uint16_t handle, uint16_t segment)
{
    const struct module16 *module = module16_by_handle(handle);
    if (!module || module->builtin || !segment || segment > module->image.segment_count)
        return 0;
    return block_tell(block16_find(module->segments[segment - 1].selector), entry);
}

uint32_t toolhelp16_GlobalHandleToSel(uint16_t handle)
{
    const struct block16 *block = block16_find(handle);
    return block ? block->selector : 0;
}

/* ---- bytes of any segment
 * ------------------------------------------------------------------------ */

static uint32_t bytes_at(uint16_t selector, uint32_t offset, uint32_t wanted)
{
    uint32_t bytes = selector_bytes(selector);
    uint32_t room = offset < bytes ? bytes - offset : 0;
    return wanted < room ? wanted : room;
}

uint32_t toolhelp16_MemoryRead(uint16_t selector, uint32_t offset, struct far16 to, uint32_t wanted)
{
    uint32_t bytes = bytes_at(selector, offset, wanted);
    if (bytes)
        memmove(win16_buffer(cpu16_outer(), far16_value(to), bytes),
                (const uint8_t *)selector_base(selector) + offset, bytes);
    return bytes;
}

uint32_t toolhelp16_MemoryWrite(uint16_t selector, uint32_t offset, struct far16 from,
                                uint32_t wanted)
{
    uint32_t bytes = bytes_at(selector, offset, wanted);
    if (bytes)
        memmove((uint8_t *)selector_base(selector) + offset,
                win16_buffer(cpu16_outer(), far16_value(from), bytes), bytes);
    return bytes;
}

/* task 0: the calling one. Another ends when it would have its turn. */
uint32_t toolhelp16_TerminateApp(uint16_t handle, uint16_t flags)
{
    struct task16 *task = handle ? task16_find(handle) : task16_current();
    if (!task)
        return 0;
    program_complain("%s was ended by TerminateApp", task->name);
    task16_doom(task);
    return 0;
}

/* ---- what there is ----------------------------------------------------------------------------
 */

struct __attribute__((packed)) memory_manager {
    uint32_t size, largest_free, most_lockable, linear_bytes, unlocked_bytes, swap_bytes,
        total_bytes, free_bytes, swap_used;
    uint16_t page_bytes;
};

struct __attribute__((packed)) global_info {
    uint32_t size;
    uint16_t items, free_items, least_used;
};

struct __attribute__((packed)) heap_info {
    uint32_t size;
    uint16_t user_free_percent, gdi_free_percent, user_segment, gdi_segment;
};

struct __attribute__((packed)) timer_info {
    uint32_t size, since_start, in_this_machine;
};

#define MEMORY_BYTES 0x01000000u /* as GetFreeSpace */

uint32_t toolhelp16_MemManInfo(void *to)
{
    struct memory_manager *info = to;
    if (size_given(to) < sizeof *info)
        return 0;
    *info = (struct memory_manager){info->size,
                                    MEMORY_BYTES,
                                    MEMORY_BYTES / 4096,
                                    MEMORY_BYTES / 4096,
                                    MEMORY_BYTES / 4096,
                                    0,
                                    MEMORY_BYTES / 4096,
                                    MEMORY_BYTES / 4096,
                                    0,
                                    4096};
    return 1;
}

uint32_t toolhelp16_GlobalInfo(void *to)
{
    struct global_info *info = to;
    if (size_given(to) < sizeof *info)
        return 0;
    *info = (struct global_info){.size = info->size};
    for (const struct block16 *block = block16_first(); block; block = block->next)
        info->items++;
    return 1;
}

/* There are no such heaps to run full. */
uint32_t toolhelp16_SystemHeapInfo(void *to)
{
    struct heap_info *info = to;
    if (size_given(to) < sizeof *info)
        return 0;
    *info = (struct heap_info){info->size, 100, 100, 0, 0};
    return 1;
}

uint32_t toolhelp16_TimerCount(void *to)
{
    struct timer_info *info = to;
    if (size_given(to) < sizeof *info)
        return 0;
    uint32_t now = GetTickCount();
    *info = (struct timer_info){info->size, now, now};
    return 1;
}

/* No classes of windows. */
uint32_t toolhelp16_ClassFirst(void *entry)
{
    return 0;
}

uint32_t toolhelp16_ClassNext(void *entry)
{
    return 0;
}
