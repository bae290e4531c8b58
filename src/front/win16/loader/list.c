/* SPDX-License-Identifier: MIT */
/* list.c - the modules that are there, and finding one by what is known of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "loader_internal.h"

static struct module16 *modules; /* newest first; the 16-bit world's thread only */

void module_add(struct module16 *module)
{
    module->next = modules;
    modules = module;
}

void module_remove(struct module16 *module)
{
    for (struct module16 **at = &modules; *at; at = &(*at)->next) {
        if (*at == module) {
            *at = module->next;
            return;
        }
    }
}

struct module16 *module16_first(void)
{
    return modules;
}

void module_name_set(struct module16 *module, const char *bytes, size_t length)
{
    size_t i = 0;
    for (; i < length && i + 1 < sizeof module->name; i++) {
        char c = bytes[i];
        module->name[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    module->name[i] = '\0';
}

static const char *file_part(const char *path)
{
    const char *name = path;
    for (const char *at = path; *at; at++) {
        if (*at == '\\' || *at == '/' || *at == ':')
            name = at + 1;
    }
    return name;
}

struct module16 *module16_by_name(const char *name)
{
    const char *file = file_part(name);
    for (struct module16 *module = modules; module; module = module->next) {
        if (!strcasecmp(module->name, name) || !strcasecmp(file_part(module->path), file))
            return module;
    }
    return NULL;
}

struct module16 *module16_by_selector(uint16_t selector, unsigned *out_segment)
{
    for (struct module16 *module = modules; module; module = module->next) {
        if (module->builtin && module->thunks >> 3 == selector >> 3) {
            *out_segment = 1;
            return module;
        }
        for (unsigned i = 0; module->segments && i < module->image.segment_count; i++) {
            if (module->segments[i].selector &&
                module->segments[i].selector >> 3 == selector >> 3) {
                *out_segment = i + 1;
                return module;
            }
        }
    }
    return NULL;
}

struct module16 *module16_by_handle(uint16_t handle)
{
    unsigned segment;
    if (!handle)
        return NULL;
    for (struct module16 *module = modules; module; module = module->next) {
        if (module->handle >> 3 == handle >> 3 || module->instance >> 3 == handle >> 3)
            return module;
    }
    return module16_by_selector(handle, &segment);
}

/* ---- the nearest name -------------------------------------------------------------------------
 */

struct nearest {
    struct module16 *module;
    unsigned segment;
    uint16_t offset, ordinal, best;
};

static bool entry_look(const struct ne_entry *entry, void *context)
{
    struct nearest *nearest = context;
    if (entry->segment == nearest->segment && entry->offset <= nearest->offset &&
        (!nearest->ordinal || entry->offset >= nearest->best)) {
        nearest->ordinal = entry->ordinal;
        nearest->best = entry->offset;
    }
    return true;
}

struct naming {
    uint16_t ordinal;
    struct ne_text name;
};

static bool name_look(struct ne_text name, uint16_t ordinal, bool is_resident, void *context)
{
    struct naming *naming = context;
    (void)is_resident;
    if (ordinal != naming->ordinal)
        return true;
    naming->name = name;
    return false;
}

const char *module16_nearest(struct module16 *module, struct far16 address, char *buffer,
                             size_t size, uint16_t *out_distance)
{
    struct nearest nearest = {.module = module, .offset = address.offset};
    struct ne_error error;
    if (module->builtin) {
        unsigned index = address.offset / CPU16_THUNK_BYTES;
        if (index >= module->builtin->export_count)
            return NULL;
        *out_distance = (uint16_t)(address.offset % CPU16_THUNK_BYTES);
        snprintf(buffer, size, "%s", module->builtin->exports[index].name);
        return buffer;
    }
    if (module16_by_selector(address.selector, &nearest.segment) != module)
        return NULL;
    ne_entries_visit(&module->image, entry_look, &nearest, &error);
    if (!nearest.ordinal)
        return NULL;
    struct naming naming = {.ordinal = nearest.ordinal};
    ne_names_visit(&module->image, name_look, &naming, &error);
    if (naming.name.length)
        snprintf(buffer, size, "%.*s", naming.name.length, naming.name.bytes);
    else
        snprintf(buffer, size, "#%u", nearest.ordinal);
    *out_distance = (uint16_t)(nearest.offset - nearest.best);
    return buffer;
}
