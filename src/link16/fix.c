/* SPDX-License-Identifier: MIT */
/* fix.c - every place that refers to something gets its value, or a relocation that the loader
 * gives it.
 *
 * In protected mode a frame is a segment of the file, so offsets are those in it, whatever frame
 * the object names. Only selectors are known at load time alone: an offset within the file is
 * written here.
 */
#include <string.h>

#include "link_internal.h"
#include "ne/ne.h"

/* What a fixup refers to. */
struct meaning {
    enum symbol_kind kind;
    const char *name;
    uint32_t segment; /* of the image */
    uint32_t offset;
    const struct omf_import *import;
};

static bool symbol_meaning(const struct linker *linker, uint32_t index, struct meaning *out)
{
    const struct symbol *symbol = symbol_at(linker, index);
    *out = (struct meaning){.kind = symbol->kind,
                            .name = symbol->name,
                            .segment = symbol->segment,
                            .offset = symbol->offset,
                            .import = symbol->import};
    if (symbol->kind == SYMBOL_PLACE) {
        const struct module16 *module = module_at(linker, symbol->module);
        out->segment = module->image[symbol->segment];
        out->offset += module->offset[symbol->segment];
    } else if (symbol->kind == SYMBOL_COMMUNAL) {
        out->kind = SYMBOL_PLACE;
    }
    return true;
}

/* The image segment that a group of a module became; one of its members tells. */
static uint32_t group_segment(const struct module16 *module, uint32_t group)
{
    const struct omf_group *omf = &module->omf->groups[group];
    for (uint32_t i = 0; i < omf->segment_count; i++)
        if (module->image[omf->segments[i]] != OMF_NONE)
            return module->image[omf->segments[i]];
    return OMF_NONE;
}

static bool datum_find(struct linker *linker, const struct module16 *module,
                       const struct omf_fixup *fixup, struct meaning *out)
{
    const struct omf_module *omf = module->omf;
    switch (fixup->target) {
    case OMF_BY_SEGMENT:
        *out = (struct meaning){.kind = SYMBOL_PLACE,
                                .name = omf->segments[fixup->target_index].name,
                                .segment = module->image[fixup->target_index],
                                .offset = module->offset[fixup->target_index]};
        break;
    case OMF_BY_GROUP:
        *out = (struct meaning){.kind = SYMBOL_PLACE,
                                .name = omf->groups[fixup->target_index].name,
                                .segment = group_segment(module, fixup->target_index)};
        /* A group of nothing but a stack is the automatic data all the same. */
        if (out->segment == OMF_NONE)
            out->segment = linker->auto_data;
        break;
    default:
        symbol_meaning(linker, module->externals[fixup->target_index], out);
        break;
    }
    out->offset += fixup->displacement;
    if (out->kind == SYMBOL_PLACE && out->segment == OMF_NONE)
        return link_fail(linker,
                         "module %s refers to segment %s, which is a stack: the loader "
                         "makes it, and it has no place in the file",
                         omf->name, out->name);
    return true;
}

/* ---- bytes ------------------------------------------------------------------------------------
 */

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)(at[0] | at[1] << 8);
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static uint32_t get32(const uint8_t *at)
{
    return get16(at) | get16(at + 2) << 16;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value);
    put16(at + 2, value >> 16);
}

/* ---- imports ------------------------------------------------------------------------------------
 */

/* Offset of a name in the table of imported names, added when it is new. */
static bool name_intern(struct linker *linker, const char *name, uint16_t *out_offset)
{
    size_t length = strlen(name);
    const uint8_t *bytes = linker->names.items;
    if (!linker->names.count && !list16_add(linker, &linker->names, 1))
        return false;
    bytes = linker->names.items;
    for (uint32_t at = 1; at < linker->names.count; at += 1u + bytes[at])
        if (bytes[at] == length && !memcmp(bytes + at + 1, name, length)) {
            *out_offset = (uint16_t)at;
            return true;
        }
    if (length > 255 || linker->names.count + length + 1 > UINT16_MAX)
        return link_fail(linker, "the names of imports need more than 64 KiB with %s", name);
    *out_offset = (uint16_t)linker->names.count;
    for (size_t i = 0; i <= length; i++) {
        uint8_t *added = list16_add(linker, &linker->names, 1);
        if (!added)
            return false;
        *added = i ? (uint8_t)name[i - 1] : (uint8_t)length;
    }
    return true;
}

static bool module_intern(struct linker *linker, const char *name, uint16_t *out_number)
{
    uint16_t unused;
    const char **names = linker->imports.items;
    for (uint32_t i = 0; i < linker->imports.count; i++)
        if (!strcmp(names[i], name)) {
            *out_number = (uint16_t)(i + 1);
            return true;
        }
    const char **added = list16_add(linker, &linker->imports, sizeof *added);
    if (!added)
        return false;
    *added = name;
    *out_number = (uint16_t)linker->imports.count;
    return name_intern(linker, name, &unused);
}

/* ---- relocations
 * --------------------------------------------------------------------------------- */

static uint8_t address_type(enum omf_place place)
{
    switch (place) {
    case OMF_PLACE_LOW_BYTE:
        return NE_ADDRESS_LOW_BYTE;
    case OMF_PLACE_SELECTOR:
        return NE_ADDRESS_SELECTOR;
    case OMF_PLACE_FAR:
        return NE_ADDRESS_FAR;
    case OMF_PLACE_FAR_48:
        return NE_ADDRESS_FAR_48;
    case OMF_PLACE_OFFSET_32:
    case OMF_PLACE_OFFSET_32_LOADER:
        return NE_ADDRESS_OFFSET_32;
    default:
        return NE_ADDRESS_OFFSET;
    }
}

static uint32_t address_bytes(uint8_t address)
{
    switch (address) {
    case NE_ADDRESS_LOW_BYTE:
        return 1;
    case NE_ADDRESS_FAR:
    case NE_ADDRESS_OFFSET_32:
        return 4;
    case NE_ADDRESS_FAR_48:
        return 6;
    default:
        return 2;
    }
}

/* Places with the same meaning form a chain through the places themselves. What stood at an
 * additive one is added by the loader, so that it cannot be in a chain. */
static bool relocation_add(struct linker *linker, struct image_segment *segment,
                           struct relocation16 wanted)
{
    uint8_t *at = segment->bytes + wanted.place;
    uint32_t end = wanted.place + address_bytes(wanted.address);
    if (segment->written < end)
        segment->written = end;
    struct relocation16 *all = segment->relocations.items;
    bool is_chained = !wanted.is_additive && wanted.target != NE_TARGET_OSFIXUP &&
                      wanted.address != NE_ADDRESS_LOW_BYTE;
    for (uint32_t i = 0; is_chained && i < segment->relocations.count; i++) {
        if (all[i].address != wanted.address || all[i].target != wanted.target ||
            all[i].is_additive || all[i].first != wanted.first || all[i].second != wanted.second)
            continue;
        put16(at, all[i].place);
        all[i].place = wanted.place;
        return true;
    }
    if (is_chained)
        put16(at, 0xffff);
    struct relocation16 *added = list16_add(linker, &segment->relocations, sizeof *added);
    if (!added)
        return false;
    if (segment->relocations.count > UINT16_MAX)
        return link_fail(linker, "segment %s has more than 65535 relocations", segment->name);
    *added = wanted;
    return true;
}

static bool import_fix(struct linker *linker, const struct omf_fixup *fixup,
                       struct image_segment *segment, uint16_t place, const struct meaning *meaning)
{
    const struct omf_import *import = meaning->import;
    struct relocation16 relocation = {
        .address = address_type(fixup->place), .target = NE_TARGET_ORDINAL, .place = place};
    if (fixup->is_relative || fixup->place == OMF_PLACE_HIGH_BYTE)
        return link_fail(linker, "%s is imported from %s: a near reference does not reach it",
                         meaning->name, import->module);
    if (!module_intern(linker, import->module, &relocation.first))
        return false;
    relocation.second = import->ordinal;
    if (import->entry) {
        relocation.target = NE_TARGET_NAME;
        if (!name_intern(linker, import->entry, &relocation.second))
            return false;
    }
    uint8_t *at = segment->bytes + place;
    uint32_t added =
        meaning->offset + (relocation.address == NE_ADDRESS_LOW_BYTE ? *at : get16(at));
    if (added && relocation.address != NE_ADDRESS_SELECTOR) {
        relocation.is_additive = true;
        if (relocation.address == NE_ADDRESS_LOW_BYTE)
            *at = (uint8_t)added;
        else
            put16(at, added);
    }
    return relocation_add(linker, segment, relocation);
}

/* The place lies in the same segment as what it refers to: the distance is known. */
static bool relative_fix(struct linker *linker, const struct module16 *module,
                         const struct omf_fixup *fixup, struct image_segment *segment,
                         uint32_t place, const struct meaning *meaning)
{
    uint8_t *at = segment->bytes + place;
    if (meaning->kind == SYMBOL_PLACE && segment_at(linker, meaning->segment) != segment)
        return link_fail(linker,
                         "module %s calls %s from segment %s near, but it lies in segment %s",
                         module->omf->name, meaning->name, segment->name,
                         segment_at(linker, meaning->segment)->name);
    switch (fixup->place) {
    case OMF_PLACE_LOW_BYTE: {
        int32_t distance = (int32_t)(meaning->offset - (place + 1)) + (int8_t)*at;
        if (distance < -128 || distance > 127)
            return link_fail(linker, "module %s jumps short to %s, which is %d bytes away",
                             module->omf->name, meaning->name, distance);
        *at = (uint8_t)distance;
        return true;
    }
    case OMF_PLACE_OFFSET:
    case OMF_PLACE_OFFSET_LOADER:
        put16(at, get16(at) + meaning->offset - (place + 2));
        return true;
    case OMF_PLACE_OFFSET_32:
    case OMF_PLACE_OFFSET_32_LOADER:
        put32(at, get32(at) + meaning->offset - (place + 4));
        return true;
    default:
        return link_fail(linker, "module %s: a selector cannot be relative (to %s)",
                         module->omf->name, meaning->name);
    }
}

/* A selector of our own file is wanted, perhaps with an offset. */
static bool selector_fix(struct linker *linker, const struct omf_fixup *fixup,
                         struct image_segment *segment, uint32_t place,
                         const struct meaning *meaning)
{
    uint8_t *at = segment->bytes + place;
    struct relocation16 relocation = {.address = address_type(fixup->place),
                                      .target = NE_TARGET_INTERNAL,
                                      .place = (uint16_t)place,
                                      .first = (uint16_t)meaning->segment};
    if (relocation.address != NE_ADDRESS_SELECTOR)
        relocation.second = (uint16_t)(meaning->offset + get16(at));
    put16(at, 0);
    return relocation_add(linker, segment, relocation);
}

static bool float_fix(struct linker *linker, struct image_segment *segment, uint32_t place,
                      const struct meaning *meaning)
{
    struct relocation16 relocation = {.address = NE_ADDRESS_OFFSET,
                                      .target = NE_TARGET_OSFIXUP,
                                      .place = (uint16_t)place,
                                      .first = (uint16_t)meaning->offset};
    return relocation_add(linker, segment, relocation);
}

static bool fixup_apply(struct linker *linker, const struct module16 *module,
                        const struct omf_fixup *fixup)
{
    struct meaning meaning;
    if (module->image[fixup->segment] == OMF_NONE)
        return true; /* of a stack: it is not written */
    struct image_segment *segment = segment_at(linker, module->image[fixup->segment]);
    uint32_t place = module->offset[fixup->segment] + fixup->offset;
    uint8_t *at = segment->bytes + place;
    if (!datum_find(linker, module, fixup, &meaning))
        return false;
    if (meaning.kind == SYMBOL_FLOAT)
        return float_fix(linker, segment, place, &meaning);
    if (meaning.kind == SYMBOL_IMPORT)
        return import_fix(linker, fixup, segment, (uint16_t)place, &meaning);
    if (meaning.kind == SYMBOL_PLACE)
        segment_at(linker, meaning.segment)->is_wanted = true;
    if (fixup->is_relative)
        return relative_fix(linker, module, fixup, segment, place, &meaning);
    switch (fixup->place) {
    case OMF_PLACE_LOW_BYTE:
        *at = (uint8_t)(*at + meaning.offset);
        return true;
    case OMF_PLACE_HIGH_BYTE:
        *at = (uint8_t)(*at + (meaning.offset >> 8));
        return true;
    case OMF_PLACE_OFFSET:
    case OMF_PLACE_OFFSET_LOADER:
        put16(at, get16(at) + meaning.offset);
        return true;
    case OMF_PLACE_OFFSET_32:
    case OMF_PLACE_OFFSET_32_LOADER:
        put32(at, get32(at) + meaning.offset);
        return true;
    default:
        if (meaning.kind == SYMBOL_CONSTANT)
            return link_fail(linker, "module %s wants the segment of %s, which is a number",
                             module->omf->name, meaning.name);
        return selector_fix(linker, fixup, segment, place, &meaning);
    }
}

static bool start_find(struct linker *linker, const struct module16 *module)
{
    struct meaning meaning;
    if (linker->has_start)
        return link_fail(linker, "%s and a module before it both say where to start",
                         module->omf->name);
    if (!datum_find(linker, module, &module->omf->start, &meaning))
        return false;
    if (meaning.kind != SYMBOL_PLACE)
        return link_fail(linker, "the program would start at %s, which is no place in it",
                         meaning.name);
    linker->has_start = true;
    linker->start_segment = meaning.segment;
    linker->start_offset = meaning.offset;
    segment_at(linker, meaning.segment)->is_wanted = true;
    return true;
}

bool fixups_apply(struct linker *linker)
{
    for (uint32_t m = 0; m < linker->modules.count; m++) {
        const struct module16 *module = module_at(linker, m);
        for (uint32_t f = 0; f < module->omf->fixup_count; f++)
            if (!fixup_apply(linker, module, &module->omf->fixups[f]))
                return false;
        if (module->omf->has_start && !start_find(linker, module))
            return false;
    }
    return true;
}

/* ---- exports
 * --------------------------------------------------------------------------------------- */

static bool entry_add(struct linker *linker, const struct link16_export *export)
{
    struct meaning meaning;
    struct entry16 *entries = linker->entries.items;
    for (uint32_t i = 0; i < linker->entries.count; i++)
        if (names_match(linker, entries[i].name, export->name))
            return true; /* the definition file comes first */
    uint32_t symbol = symbol_by_name(linker, export->internal);
    if (symbol == OMF_NONE || !symbol_meaning(linker, symbol, &meaning) ||
        (meaning.kind != SYMBOL_PLACE && meaning.kind != SYMBOL_CONSTANT))
        return link_fail(linker, "%s is exported as %s, but no module defines it", export->internal,
                         export->name);
    struct entry16 *entry = list16_add(linker, &linker->entries, sizeof *entry);
    if (!entry)
        return false;
    *entry = (struct entry16){.name = export->name,
                              .ordinal = export->ordinal,
                              .offset = (uint16_t)meaning.offset,
                              .segment = OMF_NONE,
                              .is_resident = export->is_resident || !export->ordinal,
                              .is_no_data = export->is_no_data};
    if (meaning.kind == SYMBOL_PLACE) {
        entry->segment = meaning.segment;
        segment_at(linker, meaning.segment)->is_wanted = true;
    }
    return true;
}

static struct entry16 *entry_by_ordinal(struct linker *linker, uint32_t ordinal,
                                        const struct entry16 *but)
{
    struct entry16 *entries = linker->entries.items;
    for (uint32_t i = 0; i < linker->entries.count; i++)
        if (entries[i].ordinal == ordinal && &entries[i] != but)
            return &entries[i];
    return NULL;
}

static bool ordinals_give(struct linker *linker)
{
    struct entry16 *entries = linker->entries.items;
    uint32_t next = 1;
    for (uint32_t i = 0; i < linker->entries.count; i++) {
        const struct entry16 *other;
        if (entries[i].ordinal &&
            (other = entry_by_ordinal(linker, entries[i].ordinal, &entries[i])))
            return link_fail(linker, "%s and %s both have ordinal %u", entries[i].name, other->name,
                             entries[i].ordinal);
    }
    for (uint32_t i = 0; i < linker->entries.count; i++) {
        if (entries[i].ordinal)
            continue;
        while (entry_by_ordinal(linker, next, NULL))
            next++;
        if (next > UINT16_MAX - 1u)
            return link_fail(linker, "there are more than 65534 exports");
        entries[i].ordinal = (uint16_t)next;
    }
    for (uint32_t i = 1; i < linker->entries.count; i++) { /* few, and mostly in order */
        struct entry16 entry = entries[i];
        uint32_t j = i;
        for (; j && entries[j - 1].ordinal > entry.ordinal; j--)
            entries[j] = entries[j - 1];
        entries[j] = entry;
    }
    return true;
}

bool entries_make(struct linker *linker)
{
    const struct link16_definition *definition = linker->definition;
    for (uint32_t i = 0; i < definition->export_count; i++)
        if (!entry_add(linker, &definition->exports[i]))
            return false;
    for (uint32_t m = 0; m < linker->modules.count; m++) {
        const struct omf_module *omf = module_at(linker, m)->omf;
        for (uint32_t i = 0; i < omf->export_count; i++) {
            const struct omf_export *from = &omf->exports[i];
            struct link16_export export = {.name = from->name,
                                           .internal = from->internal,
                                           .ordinal = from->ordinal,
                                           .is_resident = from->is_resident,
                                           .is_no_data = from->is_no_data};
            if (!entry_add(linker, &export))
                return false;
        }
    }
    return ordinals_give(linker);
}
