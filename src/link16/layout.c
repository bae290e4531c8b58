/* SPDX-License-Identifier: MIT */
/* layout.c - segments of modules become segments of the file.
 *
 * Segments of one name and class that may be combined lie one behind the other; all of a group lie
 * in one segment of the file, so that one selector reaches them. A stack is not written: the
 * loader makes it behind the automatic data.
 */
#include <string.h>
#include <strings.h>

#include "link_internal.h"
#include "ne/ne.h"

#define SEGMENT_MAX 0x10000u

static bool class_is_code(const char *class_name)
{
    size_t length = strlen(class_name);
    return length >= 4 && !strcasecmp(class_name + length - 4, "CODE");
}

/* The group of a segment; NULL: none. */
static const char *group_of(const struct omf_module *omf, uint32_t segment)
{
    for (uint32_t g = 0; g < omf->group_count; g++)
        for (uint32_t s = 0; s < omf->groups[g].segment_count; s++)
            if (omf->groups[g].segments[s] == segment)
                return omf->groups[g].name;
    return NULL;
}

static struct image_segment *image_segment_add(struct linker *linker, const char *name,
                                               const char *class_name)
{
    struct image_segment *segment = list16_add(linker, &linker->segments, sizeof *segment);
    if (segment)
        *segment = (struct image_segment){
            .name = name, .class_name = class_name, .is_code = class_is_code(class_name)};
    return segment;
}

static uint32_t image_segment_find(const struct linker *linker, const char *name,
                                   const char *class_name, bool is_group)
{
    for (uint32_t i = 0; i < linker->segments.count; i++) {
        const struct image_segment *segment = segment_at(linker, i);
        if (segment->is_group == is_group && names_match(linker, segment->name, name) &&
            (is_group || names_match(linker, segment->class_name, class_name)))
            return i;
    }
    return OMF_NONE;
}

/* The segment of the file that a module's segment goes to. */
static uint32_t image_segment_for(struct linker *linker, const struct omf_module *omf,
                                  uint32_t index)
{
    const struct omf_segment *segment = &omf->segments[index];
    const char *group = group_of(omf, index);
    const char *name = group ? group : segment->name;
    uint32_t found = OMF_NONE;
    if (group || segment->combine != OMF_PRIVATE)
        found = image_segment_find(linker, name, segment->class_name, group != NULL);
    if (found == OMF_NONE) {
        struct image_segment *added = image_segment_add(linker, name, segment->class_name);
        if (!added)
            return OMF_NONE;
        added->is_group = group != NULL;
        found = linker->segments.count - 1;
    }
    struct image_segment *image = segment_at(linker, found);
    /* DGROUP is data, whatever else a tiny program puts into it. */
    if (group && !class_is_code(segment->class_name))
        image->is_code = false;
    image->is_use32 |= segment->is_use32;
    return found;
}

static bool piece_place(struct linker *linker, struct module16 *module, uint32_t index)
{
    const struct omf_segment *segment = &module->omf->segments[index];
    if (segment->is_absolute && segment->length)
        return link_fail(linker,
                         "segment %s of %s lies at a fixed place of memory: there is none "
                         "in protected mode",
                         segment->name, module->omf->name);
    struct image_segment *image = segment_at(linker, module->image[index]);
    if (segment->combine == OMF_COMMON && image->length) {
        /* All lie on top of each other. */
        module->offset[index] = 0;
        if (image->length < segment->length)
            image->length = segment->length;
        return true;
    }
    uint32_t offset = (image->length + segment->align - 1) / segment->align * segment->align;
    if (offset + segment->length > SEGMENT_MAX)
        return link_fail(linker, "segment %s is larger than 64 KiB: %s adds 0x%x bytes to 0x%x",
                         image->name, module->omf->name, segment->length, image->length);
    module->offset[index] = offset;
    image->length = offset + segment->length;
    return true;
}

/* One pass a segment of the first module that names it, so that equal names lie together even in
 * a group: CODE of all modules, then DATA of all, then BSS of all. */
struct kind16 {
    const char *name, *class_name;
};

static bool kind_is(const struct linker *linker, const struct kind16 *kind,
                    const struct omf_segment *segment)
{
    return names_match(linker, kind->name, segment->name) &&
           names_match(linker, kind->class_name, segment->class_name);
}

static bool kinds_list(struct linker *linker, struct list16 *kinds)
{
    for (uint32_t m = 0; m < linker->modules.count; m++) {
        const struct omf_module *omf = module_at(linker, m)->omf;
        for (uint32_t s = 0; s < omf->segment_count; s++) {
            uint32_t k = 0;
            while (k < kinds->count &&
                   !kind_is(linker, (struct kind16 *)kinds->items + k, &omf->segments[s]))
                k++;
            if (k < kinds->count)
                continue;
            struct kind16 *kind = list16_add(linker, kinds, sizeof *kind);
            if (!kind)
                return false;
            *kind = (struct kind16){omf->segments[s].name, omf->segments[s].class_name};
        }
    }
    return true;
}

static bool class_is_bss(const struct kind16 *kind)
{
    return !strcasecmp(kind->class_name, "BSS");
}

static bool kind_place(struct linker *linker, const struct kind16 *kind)
{
    for (uint32_t m = 0; m < linker->modules.count; m++) {
        struct module16 *module = module_at(linker, m);
        for (uint32_t s = 0; s < module->omf->segment_count; s++) {
            const struct omf_segment *segment = &module->omf->segments[s];
            if (!kind_is(linker, kind, segment))
                continue;
            if (segment->combine == OMF_STACK) {
                linker->stack_bytes += segment->length;
                module->image[s] = OMF_NONE;
                continue;
            }
            module->image[s] = image_segment_for(linker, module->omf, s);
            if (module->image[s] == OMF_NONE || !piece_place(linker, module, s))
                return false;
        }
    }
    return true;
}

static bool pieces_place(struct linker *linker)
{
    struct list16 kinds = {0};
    bool is_good = kinds_list(linker, &kinds);
    /* What is not in the file comes last. */
    for (unsigned pass = 0; is_good && pass < 2; pass++)
        for (uint32_t k = 0; is_good && k < kinds.count; k++) {
            const struct kind16 *kind = (struct kind16 *)kinds.items + k;
            if (class_is_bss(kind) == (pass == 1))
                is_good = kind_place(linker, kind);
        }
    list16_free(&kinds);
    return is_good;
}

/* ---- the linker's own
 * ---------------------------------------------------------------------------- */

static uint32_t auto_data_find(struct linker *linker)
{
    uint32_t found = image_segment_find(linker, "DGROUP", "", true);
    for (uint32_t i = 0; found == OMF_NONE && i < linker->segments.count; i++)
        if (!segment_at(linker, i)->is_code && segment_at(linker, i)->is_group)
            found = i;
    for (uint32_t i = 0; found == OMF_NONE && i < linker->segments.count; i++)
        if (!strcasecmp(segment_at(linker, i)->class_name, "DATA"))
            found = i;
    return found;
}

static bool communals_place(struct linker *linker)
{
    for (uint32_t i = 0; i < linker->symbols.count; i++) {
        struct symbol *symbol = symbol_at(linker, i);
        if (symbol->kind != SYMBOL_COMMUNAL)
            continue;
        uint32_t to = symbol->is_far ? OMF_NONE : linker->auto_data;
        if (to == OMF_NONE) {
            if (!image_segment_add(linker, symbol->is_far ? "FAR_BSS" : "DGROUP", "BSS"))
                return false;
            to = linker->segments.count - 1;
            if (!symbol->is_far)
                linker->auto_data = to;
        }
        struct image_segment *segment = segment_at(linker, to);
        uint32_t offset = (segment->length + 1) & ~1u;
        if (offset + symbol->bytes > SEGMENT_MAX)
            return link_fail(linker, "segment %s is larger than 64 KiB with %s (0x%x bytes)",
                             segment->name, symbol->name, symbol->bytes);
        symbol->segment = to;
        symbol->offset = offset;
        segment->length = offset + symbol->bytes;
    }
    return true;
}

static bool bytes_copy(struct linker *linker)
{
    for (uint32_t i = 0; i < linker->segments.count; i++) {
        struct image_segment *segment = segment_at(linker, i);
        segment->bytes = link_take(linker, segment->length + 1, 1);
        if (!segment->bytes)
            return false;
    }
    for (uint32_t m = 0; m < linker->modules.count; m++) {
        const struct module16 *module = module_at(linker, m);
        for (uint32_t s = 0; s < module->omf->segment_count; s++) {
            const struct omf_segment *from = &module->omf->segments[s];
            if (module->image[s] == OMF_NONE || !from->written)
                continue;
            struct image_segment *to = segment_at(linker, module->image[s]);
            memcpy(to->bytes + module->offset[s], from->bytes, from->written);
            if (to->written < module->offset[s] + from->written)
                to->written = module->offset[s] + from->written;
        }
    }
    return true;
}

static void flags_set(struct linker *linker, struct image_segment *segment)
{
    const struct link16_definition *definition = linker->definition;
    const struct link16_segment *all = segment->is_code ? &definition->code : &definition->data;
    uint16_t flags = segment->is_code ? 0 : NE_SEGMENT_DATA;
    flags |= NE_SEGMENT_PRELOAD | NE_SEGMENT_MOVEABLE;
    flags = (uint16_t)((flags & ~all->clear) | all->set);
    for (uint32_t i = 0; i < definition->segment_count; i++)
        if (!strcasecmp(definition->segments[i].name, segment->name))
            flags =
                (uint16_t)((flags & ~definition->segments[i].clear) | definition->segments[i].set);
    if (segment->is_use32)
        flags |= NE_SEGMENT_32_BIT;
    segment->flags = flags;
}

bool layout_make(struct linker *linker)
{
    if (!pieces_place(linker))
        return false;
    linker->auto_data = auto_data_find(linker);
    if (!communals_place(linker))
        return false;
    for (uint32_t i = 0; i < linker->segments.count; i++)
        flags_set(linker, segment_at(linker, i));
    return bytes_copy(linker);
}
