/* SPDX-License-Identifier: MIT */
/* load.c - an NE file becomes a module: check, segments, imports, references, then its start.
 *
 * A module stands in the list while its imports are loaded, so that two that import each other
 * find each other. Libraries start in the order in which they were needed first.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader16/file16.h"
#include "loader_internal.h"

#define DATABASE_MOST 0x8000u
#define DEPTH_MOST    64u

static unsigned depth; /* of imports that load imports */

bool load_fail(struct module16_error *error, enum load16 code, const char *format, ...)
{
    va_list arguments;
    error->code = (uint16_t)code;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return false;
}

static bool image_check(const struct ne_image *image, bool is_library, struct module16_error *error)
{
    if (image->target_os && image->target_os != NE_OS_WINDOWS)
        return load_fail(error, LOAD16_OTHER_SYSTEM, "it is a program for another system (%u)",
                         image->target_os);
    if (image->flags & NE_FLAG_LINK_ERRORS)
        return load_fail(error, LOAD16_BAD_FORMAT, "its linker found errors in it");
    if (image->flags & NE_FLAG_SELF_LOADING)
        return load_fail(error, LOAD16_BAD_FORMAT, "it has a loader of its own, which is not run");
    if (!is_library && image->flags & NE_FLAG_LIBRARY)
        return load_fail(error, LOAD16_BAD_FORMAT, "it is a library, not a program");
    if (is_library && !(image->flags & NE_FLAG_LIBRARY))
        return load_fail(error, LOAD16_BAD_FORMAT, "it is a program, not a library");
    if (image->auto_data > image->segment_count || image->entry_segment > image->segment_count)
        return load_fail(error, LOAD16_DAMAGED, "it names segments that it does not have");
    return true;
}

/* What a program sees behind a module handle: the header and tables of the file. */
static bool database_make(struct module16 *module, struct module16_error *error)
{
    size_t bytes = module->image.size - module->image.header;
    if (bytes > DATABASE_MOST)
        bytes = DATABASE_MOST;
    struct block16 *block = block16_take((uint32_t)bytes, 0, CPU16_DATA, 0);
    if (!block)
        return load_fail(error, LOAD16_NO_MEMORY, "there is no memory for it");
    memcpy(block->memory, module->image.bytes + module->image.header, bytes);
    module->handle = module->instance = block->selector;
    return true;
}

static bool imports_load(struct module16 *module, struct module16_error *error)
{
    unsigned count = module->image.module_count;
    module->imports = calloc(count + 1, sizeof *module->imports);
    if (!module->imports)
        return load_fail(error, LOAD16_NO_MEMORY, "there is no memory for it");
    for (unsigned i = 0; i < count; i++) {
        struct ne_text text;
        struct ne_error damage;
        struct module16_error inner;
        char name[256];
        if (ne_module(&module->image, i + 1, &text, &damage) != NE_OK)
            return load_fail(error, LOAD16_DAMAGED, "%s", damage.text);
        snprintf(name, sizeof name, "%.*s", text.length, text.bytes);
        module->imports[i] = module16_library(name, &inner);
        if (!module->imports[i])
            return load_fail(error, inner.code == LOAD16_NOT_FOUND ? LOAD16_NOT_FOUND : inner.code,
                             "its library %.60s cannot be loaded: %.180s", name, inner.text);
    }
    return true;
}

static void module_drop(struct module16 *module)
{
    module_remove(module);
    for (unsigned i = 0; module->imports && i < module->image.module_count; i++) {
        if (module->imports[i])
            module16_free(module->imports[i]);
    }
    segments_unload(module);
    if (module->handle)
        block16_give(block16_find(module->handle));
    free(module->imports);
    free(module->file);
    free(module);
}

/* bytes are taken. */
static struct module16 *module_load(void *bytes, size_t size, const char *path, bool is_library,
                                    struct module16_error *error)
{
    struct module16 *module = calloc(1, sizeof *module);
    struct ne_error damage;
    if (!module) {
        free(bytes);
        load_fail(error, LOAD16_NO_MEMORY, "there is no memory for it");
        return NULL;
    }
    module->file = bytes;
    module->is_library = is_library;
    module->references = 1;
    snprintf(module->path, sizeof module->path, "%s", path);
    bool is_loaded = ne_parse(bytes, size, &module->image, &damage) == NE_OK ||
                     load_fail(error, LOAD16_DAMAGED, "%s", damage.text);
    if (is_loaded)
        module_name_set(module, module->image.module_name.bytes, module->image.module_name.length);
    is_loaded = is_loaded && image_check(&module->image, is_library, error) &&
                database_make(module, error) && segments_load(module, error);
    module_add(module);
    is_loaded = is_loaded && imports_load(module, error) && segments_relocate(module, error);
    if (!is_loaded) {
        module_drop(module);
        return NULL;
    }
    return module;
}

struct module16 *module16_program(void *bytes, size_t size, const char *path,
                                  struct module16_error *out_error)
{
    return module_load(bytes, size, path, false, out_error);
}

/* ---- libraries --------------------------------------------------------------------------------
 */

static bool (*library_main)(struct module16 *module, uint32_t reason);

void module16_main_set(bool (*main)(struct module16 *module, uint32_t reason))
{
    library_main = main;
}

/* Registers at a library's entry: DI instance, DS its data, CX bytes of local heap, ES:SI 0. */
static bool library_start(struct module16 *module)
{
    const struct ne_image *image = &module->image;
    if (module->is_started)
        return true;
    module->is_started = true;
    for (unsigned i = 0; i < image->module_count; i++) {
        if (!library_start(module->imports[i]))
            return false;
    }
    if (!image->entry_segment)
        return !library_main || library_main(module, 1);
    struct cpu16_registers registers = {.ds = image->auto_data ? module->instance : 0,
                                        .edi = module->instance,
                                        .ecx = image->heap_bytes};
    cpu16_call(FAR16(module->segments[image->entry_segment - 1].selector, image->entry_offset),
               NULL, 0, &registers);
    return (uint16_t)registers.eax != 0 && (!library_main || library_main(module, 1));
}

static struct module16 *library_load(const char *name, struct module16_error *error)
{
    char path[260];
    size_t size;
    void *bytes = file16_library(name, path, sizeof path, &size);
    if (!bytes) {
        load_fail(error, LOAD16_NOT_FOUND, "it was not found");
        return NULL;
    }
    if (!ne_is(bytes, size)) {
        bool is_pe = size > 0x40 && !memcmp(bytes, "MZ", 2);
        free(bytes);
        load_fail(error, is_pe ? LOAD16_IS_32_BIT : LOAD16_BAD_FORMAT, "%s is not a 16-bit library",
                  path);
        return NULL;
    }
    return module_load(bytes, size, path, true, error);
}

struct module16 *module16_library(const char *name, struct module16_error *out_error)
{
    struct module16 *module = module16_by_name(name);
    if (module && module->is_library) {
        module->references++;
        return module;
    }
    if (depth >= DEPTH_MOST) {
        load_fail(out_error, LOAD16_NO_MEMORY, "its imports are nested too deeply");
        return NULL;
    }
    depth++;
    module = builtin_module(name);
    if (!module)
        module = library_load(name, out_error);
    depth--;
    return module;
}

bool module16_start(struct module16 *module)
{
    for (unsigned i = 0; !module->is_library && i < module->image.module_count; i++) {
        if (!library_start(module->imports[i]))
            return false;
    }
    return !module->is_library || library_start(module);
}

/* WEP(WEP_FREE_DLL), where the library has one. */
static void library_end(struct module16 *module)
{
    static const uint16_t free_dll = 0;
    struct far16 wep = module16_name(module, "WEP");
    struct cpu16_registers registers = {.ds = module->image.auto_data ? module->instance : 0};
    if (module->is_started && library_main)
        library_main(module, 0);
    if (module->is_started && module->image.entry_segment && wep.selector)
        cpu16_call(wep, &free_dll, sizeof free_dll, &registers);
}

void module16_free(struct module16 *module)
{
    if (--module->references || module->builtin) {
        module->references += module->builtin && !module->references;
        return;
    }
    if (module->is_library)
        library_end(module);
    module_drop(module);
}
