/* SPDX-License-Identifier: MIT */
/* image.c - the list of modules: the kernel's own two by name, then what was loaded.
 *
 * A module lives as long as somebody imports from it or its driver object stands. The list is
 * guarded by image_lock; who must not wait asks the index.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "image_internal.h"

struct host_lock image_lock;
struct list image_modules = LIST_INIT(image_modules);

static struct module native_modules[IMAGE_NATIVES];

struct module *module_native(unsigned index)
{
    return &native_modules[index];
}

NTSTATUS image_fail(struct image_error *error, NTSTATUS status, const char *format, ...)
{
    va_list arguments;
    if (error != NULL) {
        error->status = status;
        va_start(arguments, format);
        vsnprintf(error->text, sizeof(error->text), format, arguments);
        va_end(arguments);
    }
    return status;
}

unsigned module_kernel_bits(const char *name)
{
    if (strcasecmp(name, "ntoskrnl.exe") == 0)
        return ABI_NTOSKRNL;
    return strcasecmp(name, "hal.dll") == 0 ? ABI_HAL : 0;
}

struct pe_view module_view(const struct module *module)
{
    return pe_view_mapped(&module->abi.pe, (const void *)module->abi.base, module->abi.size);
}

struct module *module_find_locked(const char *name)
{
    list_for_each(node, &image_modules)
    {
        struct image *image = list_entry(node, struct image, link);
        if (strcasecmp(image->name, name) == 0)
            return module_of(image);
    }
    return NULL;
}

struct module *module_find_path_locked(const char *path)
{
    list_for_each(node, &image_modules)
    {
        struct image *image = list_entry(node, struct image, link);
        if (image->path != NULL && strcmp(image->path, path) == 0)
            return module_of(image);
    }
    return NULL;
}

void module_publish_locked(struct module *module)
{
    list_push_back(&image_modules, &module->abi.link);
}

void module_get_locked(struct module *module)
{
    module->abi.references++;
    if (module->state == LIBRARY_IDLE)
        module->state = LIBRARY_READY;
}

static void (*gone_hook)(const struct image *image); /* set once */

void image_gone_hook_set(void (*hook)(const struct image *image))
{
    gone_hook = hook;
}

/* Gives back everything of a module that nobody can find any more, or never could. */
void module_free(struct module *module)
{
    image_index_remove(&module->abi);
    if (gone_hook != NULL && module->layout != NULL && module->abi.base != 0)
        gone_hook(&module->abi);
    list_remove(&module->abi.link);
    image_unplace(module);
    for (uint32_t i = 0; i < module->import_count; i++)
        module_put_locked(module->imports[i]);
    free(module->imports);
    free(module->layout);
    free(module->abi.path);
    free(module);
}

void module_put_locked(struct module *module)
{
    if (--module->abi.references != 0)
        return;
    /* A library that has begun is asked before it goes; in busy hands it is looked at after. */
    if (module->state == LIBRARY_READY)
        module->state = LIBRARY_IDLE;
    else if (module->state == LIBRARY_NEW)
        module_free(module);
}

NTSTATUS image_init(void)
{
    static const char *const names[] = {"ntoskrnl.exe", "hal.dll"};
    for (unsigned i = 0; i < IMAGE_NATIVES; i++) {
        struct image *image = &native_modules[i].abi;
        *image = (struct image){.is_native = true, .references = 1};
        strcpy(image->name, names[i]);
        list_push_back(&image_modules, &image->link);
    }
    return image_map_init();
}

void image_fini(void)
{
    host_lock_take(&image_lock);
    for (unsigned i = 0; i < IMAGE_NATIVES; i++)
        list_remove(&native_modules[i].abi.link);
    /* What is still loaded is reported by who counts leaks; its memory goes with the process. */
    image_index_fini();
    list_init(&image_modules);
    host_lock_give(&image_lock);
    image_absent_fini();
    image_map_fini();
}

void image_visit(void (*visit)(struct image *image, void *context), void *context)
{
    host_lock_take(&image_lock);
    list_for_each(node, &image_modules) visit(list_entry(node, struct image, link), context);
    host_lock_give(&image_lock);
}
