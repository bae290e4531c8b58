/* SPDX-License-Identifier: MIT */
/* symbol.c - which modules are linked, and what every name means.
 *
 * Objects are taken as they come. A library's module is taken when it defines a name that is
 * wanted, which may want more: libraries are looked through until nothing changes.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "link_internal.h"

#define BUCKETS 4096u

bool names_match(const struct linker *linker, const char *a, const char *b)
{
    return linker->input->ignores_case ? !strcasecmp(a, b) : !strcmp(a, b);
}

static uint32_t bucket_of(const char *name)
{
    uint32_t hash = 2166136261u;
    for (; *name; name++)
        hash = (hash ^ (uint32_t)toupper((unsigned char)*name)) * 16777619u;
    return hash % BUCKETS;
}

uint32_t symbol_by_name(const struct linker *linker, const char *name)
{
    for (uint32_t at = linker->buckets[bucket_of(name)]; at;) {
        const struct symbol *symbol = symbol_at(linker, at - 1);
        if (names_match(linker, symbol->name, name))
            return at - 1;
        at = symbol->next;
    }
    return OMF_NONE;
}

/* The symbol of a name; made undefined when there is none yet. */
static uint32_t symbol_get(struct linker *linker, const char *name, uint32_t module)
{
    uint32_t found = symbol_by_name(linker, name);
    if (found != OMF_NONE)
        return found;
    struct symbol *symbol = list16_add(linker, &linker->symbols, sizeof *symbol);
    if (!symbol)
        return OMF_NONE;
    uint32_t *bucket = &linker->buckets[bucket_of(name)];
    *symbol = (struct symbol){.name = name, .module = module, .next = *bucket};
    *bucket = linker->symbols.count;
    return linker->symbols.count - 1;
}

static const char *where(const struct linker *linker, uint32_t module)
{
    return module == OMF_NONE ? "the definition file" : module_at(linker, module)->omf->name;
}

/* Gives a name its meaning; two meanings are an error, but communal data give way. */
static bool symbol_define(struct linker *linker, const struct symbol *meaning)
{
    uint32_t index = symbol_get(linker, meaning->name, meaning->module);
    if (index == OMF_NONE)
        return false;
    struct symbol *symbol = symbol_at(linker, index);
    if (symbol->kind == SYMBOL_COMMUNAL && meaning->kind == SYMBOL_COMMUNAL) {
        if (symbol->bytes < meaning->bytes)
            symbol->bytes = meaning->bytes;
        return true;
    }
    if (meaning->kind == SYMBOL_COMMUNAL && symbol->kind != SYMBOL_UNDEFINED)
        return true;
    if (symbol->kind == SYMBOL_IMPORT && meaning->kind == SYMBOL_IMPORT)
        return true; /* several objects may say whence the same name comes: the first counts */
    if (symbol->kind != SYMBOL_UNDEFINED && symbol->kind != SYMBOL_COMMUNAL)
        return link_fail(linker, "%s is defined in %s and in %s", meaning->name,
                         where(linker, symbol->module), where(linker, meaning->module));
    uint32_t next = symbol->next;
    const char *name = symbol->name;
    *symbol = *meaning;
    symbol->next = next;
    symbol->name = name;
    return true;
}

/* ---- modules --------------------------------------------------------------------------------- */

static bool publics_define(struct linker *linker, const struct omf_module *omf, uint32_t module)
{
    for (uint32_t i = 0; i < omf->public_count; i++) {
        const struct omf_public *public = &omf->publics[i];
        if (public->is_local)
            continue;
        struct symbol meaning = {.name = public->name,
                                 .kind =
                                     public->segment == OMF_NONE ? SYMBOL_CONSTANT : SYMBOL_PLACE,
                                 .module = module,
                                 .segment = public->segment,
                                 .offset = public->offset};
        if (!symbol_define(linker, &meaning))
            return false;
    }
    for (uint32_t i = 0; i < omf->import_count; i++) {
        struct symbol meaning = {.name = omf->imports[i].name,
                                 .kind = SYMBOL_IMPORT,
                                 .module = module,
                                 .import = &omf->imports[i]};
        if (!symbol_define(linker, &meaning))
            return false;
    }
    return true;
}

/* Local externals refer to local publics of the same module. */
static bool local_define(struct linker *linker, struct module16 *module, uint32_t index)
{
    const struct omf_module *omf = module->omf;
    const char *name = omf->externals[index].name;
    for (uint32_t i = 0; i < omf->public_count; i++) {
        const struct omf_public *public = &omf->publics[i];
        if (!public->is_local || strcmp(public->name, name))
            continue;
        struct symbol *symbol = list16_add(linker, &linker->symbols, sizeof *symbol);
        if (!symbol)
            return false;
        *symbol =
            (struct symbol){.name = public->name,
                            .kind = public->segment == OMF_NONE ? SYMBOL_CONSTANT : SYMBOL_PLACE,
                            .module = (uint32_t)(module - module_at(linker, 0)),
                            .segment = public->segment,
                            .offset = public->offset};
        module->externals[index] = linker->symbols.count - 1;
        return true;
    }
    return link_fail(linker, "%s is local to module %s, which does not define it", name, omf->name);
}

static bool externals_want(struct linker *linker, uint32_t index)
{
    struct module16 *module = module_at(linker, index);
    const struct omf_module *omf = module->omf;
    for (uint32_t i = 0; i < omf->external_count; i++) {
        const struct omf_external *external = &omf->externals[i];
        if (external->is_local) {
            if (!local_define(linker, module, i))
                return false;
            continue;
        }
        if (external->communal_bytes) {
            struct symbol meaning = {.name = external->name,
                                     .kind = SYMBOL_COMMUNAL,
                                     .module = index,
                                     .bytes = external->communal_bytes,
                                     .is_far = external->is_far};
            if (!symbol_define(linker, &meaning))
                return false;
        }
        module->externals[i] = symbol_get(linker, external->name, index);
        if (module->externals[i] == OMF_NONE)
            return false;
    }
    return true;
}

static bool module_take(struct linker *linker, const struct omf_module *omf)
{
    uint32_t index = linker->modules.count;
    struct module16 *module = list16_add(linker, &linker->modules, sizeof *module);
    if (!module)
        return false;
    *module = (struct module16){.omf = omf};
    module->externals = link_take(linker, omf->external_count, sizeof(uint32_t));
    module->image = link_take(linker, omf->segment_count, sizeof(uint32_t));
    module->offset = link_take(linker, omf->segment_count, sizeof(uint32_t));
    if (linker->has_failed)
        return false;
    return publics_define(linker, omf, index) && externals_want(linker, index);
}

static bool module_is_taken(const struct linker *linker, const struct omf_module *omf)
{
    for (uint32_t i = 0; i < linker->modules.count; i++)
        if (module_at(linker, i)->omf == omf)
            return true;
    return false;
}

static bool is_wanted(const struct linker *linker, const char *name)
{
    uint32_t found = symbol_by_name(linker, name);
    return found != OMF_NONE && symbol_at(linker, found)->kind == SYMBOL_UNDEFINED;
}

static bool module_is_wanted(const struct linker *linker, const struct omf_module *omf)
{
    for (uint32_t i = 0; i < omf->public_count; i++)
        if (!omf->publics[i].is_local && is_wanted(linker, omf->publics[i].name))
            return true;
    for (uint32_t i = 0; i < omf->import_count; i++)
        if (is_wanted(linker, omf->imports[i].name))
            return true;
    return false;
}

static bool libraries_search(struct linker *linker)
{
    const struct link16_input *input = linker->input;
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (uint32_t f = 0; f < input->file_count; f++) {
            const struct omf_file *file = &input->files[f];
            for (uint32_t m = 0; file->is_library && m < file->module_count; m++) {
                const struct omf_module *omf = &file->modules[m];
                if (!module_is_wanted(linker, omf) || module_is_taken(linker, omf))
                    continue;
                if (!module_take(linker, omf))
                    return false;
                is_changed = true;
            }
        }
    }
    return true;
}

/* ---- the end of it ------------------------------------------------------------------------------
 */

/* Compilers mark floating point instructions by references to these; the loader may replace them
 * where there is no coprocessor. */
static bool float_mark(struct symbol *symbol)
{
    static const char names[][8] = {"FIARQQ", "FISRQQ", "FICRQQ", "FIERQQ", "FIDRQQ",
                                    "FIWRQQ", "FJARQQ", "FJSRQQ", "FJCRQQ"};
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(symbol->name, names[i]))
            continue;
        symbol->kind = SYMBOL_FLOAT;
        symbol->offset = i < 6 ? i + 1 : i - 5;
        return true;
    }
    return false;
}

static bool undefined_report(struct linker *linker)
{
    const struct symbol *first = NULL;
    uint32_t others = 0;
    for (uint32_t i = 0; i < linker->symbols.count; i++) {
        struct symbol *symbol = symbol_at(linker, i);
        if (symbol->kind != SYMBOL_UNDEFINED || float_mark(symbol))
            continue;
        others += first != NULL;
        first = first ? first : symbol;
    }
    if (!first)
        return true;
    if (others)
        return link_fail(linker,
                         "%s, which %s refers to, is not defined, and %u more names are "
                         "not; name the library, or import them in the .def file",
                         first->name, where(linker, first->module), others);
    return link_fail(linker,
                     "%s, which %s refers to, is not defined; name the library, or import "
                     "it in the .def file",
                     first->name, where(linker, first->module));
}

static bool definition_define(struct linker *linker)
{
    const struct link16_definition *definition = linker->definition;
    for (uint32_t i = 0; i < definition->import_count; i++) {
        struct symbol meaning = {.name = definition->imports[i].name,
                                 .kind = SYMBOL_IMPORT,
                                 .module = OMF_NONE,
                                 .import = &definition->imports[i]};
        if (!symbol_define(linker, &meaning))
            return false;
    }
    for (uint32_t i = 0; i < definition->export_count; i++)
        if (symbol_get(linker, definition->exports[i].internal, OMF_NONE) == OMF_NONE)
            return false;
    return true;
}

bool symbols_resolve(struct linker *linker)
{
    const struct link16_input *input = linker->input;
    linker->buckets = link_take(linker, BUCKETS, sizeof *linker->buckets);
    if (linker->has_failed || !definition_define(linker))
        return false;
    for (uint32_t f = 0; f < input->file_count; f++)
        for (uint32_t m = 0; !input->files[f].is_library && m < input->files[f].module_count; m++)
            if (!module_take(linker, &input->files[f].modules[m]))
                return false;
    if (!linker->modules.count)
        return link_fail(linker, "there is no object module to link");
    return libraries_search(linker) && undefined_report(linker);
}
