/* SPDX-License-Identifier: MIT */
/* module_ddi.c - KERNEL: libraries, their functions, and what is known of a module. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/win16.h"
#include "dos16/dos16.h"
#include "dos16/windows.h"
#include "kernel_internal.h"
#include "loader16/builtin.h"
#include "loader16/file16.h"
#include "loader16/memory16.h"
#include "task16/task16.h"

#define LOAD_REFUSED    0
#define NAMES_APART     0x10000u /* a far pointer below is an ordinal */
#define INSTANCE_THUNK  8u
#define INSTANCE_THUNKS 512u

uint32_t kernel16_LoadLibrary(const char *name)
{
    struct module16_error error;
    struct module16 *module = name ? module16_library(name, &error) : NULL;
    if (!module)
        return name ? error.code : LOAD_REFUSED;
    if (!module16_start(module)) {
        module16_free(module);
        return LOAD_REFUSED;
    }
    return module->builtin ? module->handle : module->instance;
}

uint32_t kernel16_FreeLibrary(uint16_t handle)
{
    struct module16 *module = module16_by_handle(handle);
    if (!module || !module->is_library)
        return 0;
    bool is_last = module->references == 1 && !module->builtin;
    if (is_last) {
        task16_notice(TASK16_MODULE_GOES, module->handle);
        resource_handlers_drop(module);
    }
    module16_free(module);
    return !is_last;
}

/* TRUE: others still use it. */
uint32_t kernel16_FreeModule(uint16_t handle)
{
    return kernel16_FreeLibrary(handle);
}

/* A module's name; or its instance in the low word with a selector above it 0. */
uint32_t kernel16_GetModuleHandle(const char *name)
{
    struct module16 *module = name ? module16_by_name(name) : NULL;
    return module ? (uint32_t)module->handle << 16 | module->handle : 0;
}

uint32_t kernel16_GetModuleUsage(uint16_t handle)
{
    const struct module16 *module = module16_by_handle(handle);
    return module ? module->references : 0;
}

static uint32_t text_answer(const char *text, char *out, uint16_t size)
{
    if (!size)
        return 0;
    size_t length = strlen(text);
    if (length >= size)
        length = size - 1u;
    memcpy(out, text, length);
    out[length] = '\0';
    return (uint32_t)length;
}

uint32_t kernel16_GetModuleFileName(uint16_t handle, void *out, uint16_t size)
{
    const struct module16 *module = handle ? module16_by_handle(handle) : task16_current()->module;
    return module && out ? text_answer(module->path, out, size) : 0;
}

uint32_t kernel16_GetModuleName(uint16_t handle, void *out, uint16_t size)
{
    const struct module16 *module = module16_by_handle(handle);
    return module && out && text_answer(module->name, out, size);
}

uint32_t kernel16_GetExePtr(uint16_t handle)
{
    const struct module16 *module = module16_by_handle(handle);
    return module ? module->handle : 0;
}

uint32_t kernel16_GetExpWinVer(uint16_t handle)
{
    const struct module16 *module = module16_by_handle(handle);
    if (!module || module->builtin)
        return module ? 0x030a : 0;
    return (uint32_t)module->image.windows_major << 8 | module->image.windows_minor;
}

uint32_t kernel16_GetExeVersion(void)
{
    return kernel16_GetExpWinVer(task16_current()->module->handle);
}

/* 0: the program's own module. A name is text, or an ordinal in the low word. */
uint32_t kernel16_GetProcAddress(uint16_t handle, struct far16 name)
{
    struct module16 *module = handle ? module16_by_handle(handle) : task16_current()->module;
    if (!module)
        return 0;
    if (!name.selector)
        return far16_value(module16_ordinal(module, name.offset));
    struct cpu16_registers *caller = cpu16_outer();
    return far16_value(module16_name(module, win16_string(caller, far16_value(name))));
}

/* ---- instance thunks: mov ax, instance; jmp far function
 * ------------------------------------------
 */

static struct {
    struct block16 *block;
    uint8_t is_taken[INSTANCE_THUNKS];
} thunks;

uint32_t kernel16_MakeProcInstance(struct far16 function, uint16_t instance)
{
    const struct module16 *module = module16_by_handle(function.selector);
    if (module && module->is_library)
        return far16_value(function); /* a library's data are its own */
    if (!thunks.block)
        thunks.block = block16_take(INSTANCE_THUNKS * INSTANCE_THUNK, GMEM_ZEROINIT, CPU16_CODE, 0);
    for (uint16_t i = 0; thunks.block && i < INSTANCE_THUNKS; i++) {
        uint8_t *at = thunks.block->memory + i * INSTANCE_THUNK;
        if (thunks.is_taken[i])
            continue;
        thunks.is_taken[i] = 1;
        at[0] = 0xb8;
        memcpy(at + 1, &instance, sizeof instance);
        at[3] = 0xea;
        memcpy(at + 4, &function, sizeof function);
        return far16_value(FAR16(thunks.block->selector, i * INSTANCE_THUNK));
    }
    return 0;
}

uint32_t kernel16_FreeProcInstance(struct far16 thunk)
{
    if (thunks.block && thunk.selector == thunks.block->selector &&
        thunk.offset / INSTANCE_THUNK < INSTANCE_THUNKS)
        thunks.is_taken[thunk.offset / INSTANCE_THUNK] = 0;
    return 1;
}

/* The data segment of another instance of the program: there is none but its own. */
uint32_t kernel16_GetInstanceData(uint16_t instance, uint16_t offset, uint16_t bytes)
{
    uint16_t own = task16_current()->instance;
    void *to = far16_flat(FAR16(own, offset), bytes);
    const void *from = far16_flat(FAR16(instance, offset), bytes);
    if (!to || !from)
        return 0;
    memmove(to, from, bytes);
    return bytes;
}

#define SHOW_MINIMIZED 2u /* SW_SHOWMINIMIZED */

/* The program's name on a command line, in quotes or up to a blank; answers what follows. */
static const char *line_name(const char *line, char *name, size_t size)
{
    char end = *line == '"' ? *line++ : ' ';
    size_t length = strcspn(line, end == ' ' ? " " : "\"");
    snprintf(name, size, "%.*s", (int)length, line);
    line += length;
    line += *line && end == '"';
    return line + strspn(line, " ");
}

/* Another task here, where this process is shared and the program has 16 bits; else a process. */
static uint32_t program_start(const char *line, uint16_t show)
{
    char name[260], path[260];
    size_t size;
    const char *tail = line_name(line, name, sizeof name);
    void *bytes = task16_is_shared() ? file16_program(name, path, sizeof path, &size) : NULL;
    if (bytes && ne_is(bytes, size))
        return task16_add(bytes, size, path, tail, show);
    free(bytes);
    return WinExec(line, show);
}

uint32_t kernel16_WinExec(const char *line, uint16_t show)
{
    return line ? program_start(line, show) : DOS16_FILE_NOT_FOUND;
}

/* What LoadModule gets besides the program's name. */
struct __attribute__((packed)) load_parameters {
    uint16_t environment; /* 0: the caller's */
    uint32_t line, show;  /* far pointers: length, text; 2, show command */
    uint32_t reserved;
};

/* The line: the program's name in quotes, then the parameters' text. False: too long. */
static bool load_line(const char *name, const struct load_parameters *parameters, char *out,
                      size_t size)
{
    const uint8_t *tail = win16_buffer(cpu16_outer(), parameters->line, 1);
    tail = win16_buffer(cpu16_outer(), parameters->line, 1u + *tail);
    int length = snprintf(out, size, "\"%s\" %.*s", name, *tail, (const char *)tail + 1);
    return length > 0 && (size_t)length < size;
}

uint32_t kernel16_LoadModule(const char *name, struct far16 block)
{
    const struct load_parameters *parameters =
        win16_buffer(cpu16_outer(), far16_value(block), sizeof *parameters);
    char line[600];
    if (!load_line(name, parameters, line, sizeof line))
        return DOS16_INVALID_DATA;
    return program_start(line, SHOW_MINIMIZED);
}
