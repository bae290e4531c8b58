/* SPDX-License-Identifier: MIT */
/* toolhelp_ddi.c - TOOLHELP: walks of modules, tasks and the global heap; other segments' bytes.
 *
 * Doc: TOOLHELP.H of the Windows 3.1 SDK. Structures begin with their size, which the caller sets;
 * a smaller one is refused.
 */
#include <string.h>

#include "abi/win16.h"
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

uint32_t toolhelp16_TaskFirst(void *to)
{
    const struct task16 *task = task16_current();
    const struct cpu16_registers *caller = cpu16_outer();
    struct task_entry *entry = to;
    if (size_given(entry) < sizeof *entry)
        return 0;
    *entry = (struct task_entry){
        .size = entry->size,
        .task = task->handle,
        .instance = task->instance,
        .module = task->module->handle,
        .ss = (uint16_t)caller->ss,
        .sp = (uint16_t)caller->esp,
        .stack_top = task->stack_low,
        .stack_least = task->stack_top,
        .stack_bottom = task->stack_top,
        .psp_offset = 0x100,
    };
    strncpy(entry->name, task->module->name, sizeof entry->name - 1);
    return 1;
}

uint32_t toolhelp16_TaskNext(void *entry)
{
    return 0; /* one a process */
}

uint32_t toolhelp16_TaskFindHandle(void *entry, uint16_t handle)
{
    return handle == task16_current()->handle && toolhelp16_TaskFirst(entry);
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

uint32_t toolhelp16_TerminateApp(uint16_t task, uint16_t flags)
{
    program_complain("it was ended by TerminateApp");
    task16_exit(0xff);
}
