/* SPDX-License-Identifier: MIT */
/* resource_ddi.c - KERNEL: resources of NE files.
 *
 * What FindResource answers is the number of the resource in its file, from 1. Types and names are
 * text, "#number", or a number in the low word. Loaded resources are global blocks.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "abi/win16.h"
#include "dos16/dos16.h"
#include "kernel_internal.h"
#include "loader16/builtin.h"
#include "loader16/memory16.h"
#include "task16/task16.h"

struct wanted {
    const char *type_name, *name; /* NULL: by number */
    uint16_t type, id;
    unsigned index, found; /* from 1; 0: none */
    unsigned number;       /* the one asked for; 0: by name */
    struct ne_resource resource;
};

static bool is_named(uint16_t id, struct ne_text text, uint16_t wanted_id, const char *wanted)
{
    if (!wanted)
        return id && id == wanted_id;
    return !id && text.length == strlen(wanted) && !strncasecmp(text.bytes, wanted, text.length);
}

static bool resource_look(const struct ne_resource *resource, void *context)
{
    struct wanted *wanted = context;
    wanted->index++;
    bool is_it =
        wanted->number
            ? wanted->index == wanted->number
            : is_named(resource->type, resource->type_name, wanted->type, wanted->type_name) &&
                  is_named(resource->id, resource->name, wanted->id, wanted->name);
    if (is_it) {
        wanted->found = wanted->index;
        wanted->resource = *resource;
    }
    return !is_it;
}

static void name_of(struct far16 far, const char **out_text, uint16_t *out_id)
{
    *out_text = NULL;
    *out_id = far.offset;
    if (!far.selector)
        return;
    *out_text = win16_string(cpu16_outer(), far16_value(far));
    if (**out_text == '#') {
        *out_id = (uint16_t)strtoul(*out_text + 1, NULL, 10);
        *out_text = NULL;
    }
}

static struct module16 *module_of(uint16_t handle)
{
    struct module16 *module = handle ? module16_by_handle(handle) : task16_current()->module;
    return module && !module->builtin ? module : NULL;
}

static bool resource_find(uint16_t handle, uint16_t number, struct module16 **out_module,
                          struct ne_resource *out_resource)
{
    struct wanted wanted = {.number = number};
    struct ne_error error;
    *out_module = module_of(handle);
    if (!*out_module || !number)
        return false;
    ne_resources_visit(&(*out_module)->image, resource_look, &wanted, &error);
    *out_resource = wanted.resource;
    return wanted.found;
}

uint32_t kernel16_FindResource(uint16_t handle, struct far16 name, struct far16 type)
{
    struct wanted wanted = {0};
    struct ne_error error;
    struct module16 *module = module_of(handle);
    if (!module)
        return 0;
    name_of(name, &wanted.name, &wanted.id);
    name_of(type, &wanted.type_name, &wanted.type);
    ne_resources_visit(&module->image, resource_look, &wanted, &error);
    return wanted.found;
}

uint32_t kernel16_SizeofResource(uint16_t handle, uint16_t resource)
{
    struct module16 *module;
    struct ne_resource found;
    return resource_find(handle, resource, &module, &found) ? found.file_bytes : 0;
}

/* ---- handlers: functions of programs that load resources of a type ----------------------------
 */

#define HANDLERS_MOST 32u

static struct handler {
    const struct module16 *module; /* NULL: free */
    char *type_name;               /* NULL: by number */
    uint16_t type;
    struct far16 function;
} handlers[HANDLERS_MOST]; /* the 16-bit world's thread only */

static struct handler *handler_find(const struct module16 *module, uint16_t type, const char *name,
                                    size_t length)
{
    for (unsigned i = 0; i < HANDLERS_MOST; i++) {
        struct handler *handler = &handlers[i];
        bool is_it = name ? handler->type_name && strlen(handler->type_name) == length &&
                                !strncasecmp(handler->type_name, name, length)
                          : !handler->type_name && handler->type == type;
        if (handler->module == module && (!module || is_it))
            return handler;
    }
    return NULL;
}

static void handler_drop(struct handler *handler)
{
    free(handler->type_name);
    *handler = (struct handler){0};
}

void resource_handlers_drop(const struct module16 *module)
{
    for (unsigned i = 0; i < HANDLERS_MOST; i++) {
        if (handlers[i].module == module)
            handler_drop(&handlers[i]);
    }
}

/* Answers the one before it; NULL: resources of the type are simply read. */
uint32_t kernel16_SetResourceHandler(uint16_t handle, struct far16 type, struct far16 function)
{
    struct module16 *module = module_of(handle);
    const char *name;
    uint16_t id;
    name_of(type, &name, &id);
    struct handler *handler =
        module ? handler_find(module, id, name, name ? strlen(name) : 0) : NULL;
    struct far16 before = handler ? handler->function : FAR16(0, 0);
    if (!handler && module && function.selector) {
        handler = handler_find(NULL, 0, NULL, 0);
        if (!handler)
            return 0;
        *handler = (struct handler){.module = module, .type = id};
        handler->type_name = name ? strdup(name) : NULL;
    }
    if (handler)
        handler->function = function;
    if (handler && !function.selector)
        handler_drop(handler);
    return far16_value(before);
}

/* HGLOBAL FAR PASCAL (HGLOBAL, HINSTANCE, HRSRC): a handle that was not loaded before is 0. */
static uint16_t handler_call(const struct handler *handler, uint16_t resource)
{
    uint16_t instance = handler->module->instance;
    const uint16_t arguments[] = {resource, instance, 0};
    struct cpu16_registers registers = {.eax = instance, .ds = instance};
    cpu16_call(handler->function, arguments, sizeof arguments, &registers);
    return (uint16_t)registers.eax;
}

uint32_t kernel16_LoadResource(uint16_t handle, uint16_t resource)
{
    struct module16 *module;
    struct ne_resource found;
    if (!resource_find(handle, resource, &module, &found))
        return 0;
    const struct handler *handler = handler_find(
        module, found.type, found.type ? NULL : found.type_name.bytes, found.type_name.length);
    if (handler)
        return handler_call(handler, resource);
    struct block16 *block = block16_take(found.file_bytes ? found.file_bytes : 1,
                                         GMEM_MOVEABLE | GMEM_ZEROINIT, CPU16_DATA, module->handle);
    if (!block)
        return 0;
    memcpy(block->memory, (const uint8_t *)module->file + found.file_offset, found.file_bytes);
    return block16_handle(block);
}

uint32_t kernel16_LockResource(uint16_t handle)
{
    return kernel16_GlobalLock(handle);
}

uint32_t kernel16_FreeResource(uint16_t handle)
{
    return kernel16_GlobalFree(handle);
}

uint32_t kernel16_AllocResource(uint16_t handle, uint16_t resource, uint32_t bytes)
{
    struct module16 *module;
    struct ne_resource found;
    if (!resource_find(handle, resource, &module, &found))
        return 0;
    return kernel16_GlobalAlloc(GMEM_MOVEABLE | GMEM_ZEROINIT, bytes ? bytes : found.file_bytes);
}

/* Memory for a resource that is no file's. */
uint32_t kernel16_DirectResAlloc(uint16_t handle, uint16_t type, uint16_t bytes)
{
    return kernel16_GlobalAlloc(GMEM_MOVEABLE | GMEM_ZEROINIT, bytes);
}

/* The file, opened, at the resource. */
uint32_t kernel16_AccessResource(uint16_t handle, uint16_t resource)
{
    struct module16 *module;
    struct ne_resource found;
    uint16_t file;
    uint32_t position;
    if (!resource_find(handle, resource, &module, &found) || dos16_open(module->path, 0, &file))
        return 0xffff;
    dos16_seek(file, (int32_t)found.file_offset, 0, &position);
    return file;
}
