/* SPDX-License-Identifier: MIT */
/* link.c - one run of the linker, from inputs to the file. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link_internal.h"

#define STACK_USUAL 8192u

bool link_fail(struct linker *linker, const char *reason, ...)
{
    if (linker->has_failed)
        return false;
    linker->has_failed = true;
    va_list arguments;
    va_start(arguments, reason);
    vsnprintf(linker->error->text, sizeof linker->error->text, reason, arguments);
    va_end(arguments);
    for (char *at = linker->error->text; *at; at++) /* names come from the files */
        if ((unsigned char)*at < ' ')
            *at = '?';
    return false;
}

void *list16_add(struct linker *linker, struct list16 *list, size_t item_bytes)
{
    if (linker->has_failed)
        return NULL;
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 16;
        void *items = realloc(list->items, capacity * item_bytes);
        if (!items) {
            link_fail(linker, "there is no memory left");
            return NULL;
        }
        list->items = items;
        list->capacity = capacity;
    }
    return (uint8_t *)list->items + list->count++ * item_bytes;
}

void list16_free(struct list16 *list)
{
    free(list->items);
    *list = (struct list16){0};
}

void *link_take(struct linker *linker, size_t count, size_t bytes)
{
    void *taken = calloc(count ? count : 1, bytes);
    if (!taken)
        link_fail(linker, "there is no memory left");
    return taken;
}

static void linker_free(struct linker *linker)
{
    for (uint32_t i = 0; i < linker->modules.count; i++) {
        struct module16 *module = module_at(linker, i);
        free(module->externals);
        free(module->image);
        free(module->offset);
    }
    for (uint32_t i = 0; i < linker->segments.count; i++) {
        free(segment_at(linker, i)->bytes);
        list16_free(&segment_at(linker, i)->relocations);
    }
    free(linker->buckets);
    list16_free(&linker->modules);
    list16_free(&linker->symbols);
    list16_free(&linker->segments);
    list16_free(&linker->entries);
    list16_free(&linker->imports);
    list16_free(&linker->names);
    list16_free(&linker->resources);
}

/* What only a program or only a library has. */
static bool kind_check(struct linker *linker)
{
    const struct link16_definition *definition = linker->definition;
    if (definition->is_library) {
        linker->stack_bytes = 0;
        return true;
    }
    if (!linker->has_start)
        return link_fail(linker, "no module says where the program starts; in nasm: ..start:");
    if (linker->auto_data == OMF_NONE)
        return link_fail(linker, "a program needs automatic data (a group DGROUP): its stack and "
                                 "heap lie in it");
    if (definition->stack_bytes)
        linker->stack_bytes = definition->stack_bytes;
    if (!linker->stack_bytes)
        linker->stack_bytes = STACK_USUAL;
    uint64_t all = (uint64_t)segment_at(linker, linker->auto_data)->length + linker->stack_bytes +
                   definition->heap_bytes;
    return all <= 0x10000 || link_fail(linker,
                                       "data, stack and heap need 0x%llx bytes together; "
                                       "a segment holds 0x10000",
                                       (unsigned long long)all);
}

int link16(const struct link16_input *input, struct link16_output *out_output,
           struct link16_error *out_error)
{
    struct linker linker = {
        .input = input, .definition = input->definition, .error = out_error, .auto_data = OMF_NONE};
    *out_output = (struct link16_output){0};
    bool is_good = symbols_resolve(&linker) && layout_make(&linker) && fixups_apply(&linker) &&
                   entries_make(&linker) && kind_check(&linker) && resources_read(&linker) &&
                   file_write(&linker, out_output);
    if (is_good)
        out_output->map = map_write(&linker);
    linker_free(&linker);
    return is_good ? LINK16_OK : LINK16_FAILED;
}
