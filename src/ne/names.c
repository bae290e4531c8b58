/* SPDX-License-Identifier: MIT */
/* names.c - modules, entries, exported names, resources. */
#include "ne_internal.h"

int ne_module(const struct ne_image *image, unsigned number, struct ne_text *out_name,
              struct ne_error *out_error)
{
    if (number < 1 || number > image->module_count)
        return NE_ABSENT;
    struct ne_reader reader = {
        .image = image, .at = image->modules + (number - 1) * 2, .end = (uint32_t)image->size};
    uint32_t place = reader.at, offset = ne_u16(&reader);
    struct ne_reader names = {.image = image,
                              .at = image->names,
                              .end = image->names_end,
                              .field = "module's name",
                              .error = out_error};
    if (!ne_has(&names, offset))
        return ne_fail(out_error, "module's name", place, offset,
                       "it does not lie in the table of names");
    names.at += offset;
    return ne_text_read(&names, out_name);
}

/* ---- entries --------------------------------------------------------------------------------- */

#define BUNDLE_NONE      0x00u
#define BUNDLE_CONSTANTS 0xfeu
#define BUNDLE_MOVEABLE  0xffu

static int entry_read(struct ne_reader *reader, unsigned bundle, struct ne_entry *entry)
{
    bool is_moveable = bundle == BUNDLE_MOVEABLE;
    if (!ne_has(reader, is_moveable ? 6 : 3))
        return ne_cut(reader);
    uint8_t flags = ne_u8(reader);
    uint32_t place = reader->at;
    entry->is_exported = flags & 1;
    entry->is_shared_data = flags & 2;
    entry->parameter_words = flags >> 3;
    entry->is_moveable = is_moveable;
    entry->segment = (uint16_t)bundle;
    if (bundle == BUNDLE_CONSTANTS)
        entry->segment = 0;
    if (is_moveable) {
        if (ne_u16(reader) != 0x3fcd)
            return ne_fail(reader->error, "moveable entry", place, reader->image->bytes[place],
                           "no INT 3Fh stands there");
        entry->segment = ne_u8(reader);
    }
    entry->offset = ne_u16(reader);
    if (bundle != BUNDLE_CONSTANTS &&
        (!entry->segment || entry->segment > reader->image->segment_count))
        return ne_fail(reader->error, "entry's segment", place, entry->segment,
                       "there are %u segments", reader->image->segment_count);
    return NE_OK;
}

int ne_entries_visit(const struct ne_image *image,
                     bool (*visit)(const struct ne_entry *entry, void *context), void *context,
                     struct ne_error *out_error)
{
    struct ne_reader reader = {.image = image,
                               .at = image->entries,
                               .end = image->entries_end,
                               .field = "entry table",
                               .error = out_error};
    uint32_t ordinal = 1;
    for (;;) {
        if (!ne_has(&reader, 1))
            return NE_OK; /* linkers differ in whether they write the last zero */
        uint32_t count = ne_u8(&reader);
        if (!count)
            return NE_OK;
        if (!ne_has(&reader, 1))
            return ne_cut(&reader);
        uint32_t bundle = ne_u8(&reader);
        if (ordinal + count > UINT16_MAX)
            return ne_fail(out_error, "entry table", reader.at - 2, count,
                           "there would be more than 65534 entries");
        for (; count; count--, ordinal++) {
            struct ne_entry entry = {.ordinal = (uint16_t)ordinal};
            if (bundle == BUNDLE_NONE)
                continue;
            if (entry_read(&reader, bundle, &entry))
                return NE_DAMAGED;
            if (!visit(&entry, context))
                return NE_ABSENT;
        }
    }
}

struct entry_search {
    unsigned ordinal;
    struct ne_entry *found;
    bool is_found;
};

static bool entry_match(const struct ne_entry *entry, void *context)
{
    struct entry_search *search = context;
    if (entry->ordinal != search->ordinal)
        return true;
    *search->found = *entry;
    search->is_found = true;
    return false;
}

int ne_entry(const struct ne_image *image, unsigned ordinal, struct ne_entry *out_entry,
             struct ne_error *out_error)
{
    struct entry_search search = {.ordinal = ordinal, .found = out_entry};
    int result = ne_entries_visit(image, entry_match, &search, out_error);
    if (result == NE_DAMAGED)
        return result;
    return search.is_found ? NE_OK : NE_ABSENT;
}

/* ---- names ----------------------------------------------------------------------------------- */

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool ne_text_equal(struct ne_text a, struct ne_text b)
{
    if (a.length != b.length)
        return false;
    for (unsigned i = 0; i < a.length; i++)
        if (upper(a.bytes[i]) != upper(b.bytes[i]))
            return false;
    return true;
}

typedef bool name_visit(struct ne_text name, uint16_t ordinal, bool is_resident, void *context);

/* One of the two tables; its first name is not an export's. */
static int names_visit(struct ne_reader *reader, bool is_resident, name_visit *visit, void *context)
{
    for (bool is_first = true; ne_has(reader, 1); is_first = false) {
        struct ne_text name;
        if (ne_text_read(reader, &name))
            return NE_DAMAGED;
        if (!name.length && (!is_first || is_resident))
            return NE_OK;
        if (!ne_has(reader, 2))
            return ne_cut(reader);
        uint16_t ordinal = ne_u16(reader);
        if (!is_first && !visit(name, ordinal, is_resident, context))
            return NE_ABSENT;
    }
    return NE_OK;
}

int ne_names_visit(const struct ne_image *image, name_visit *visit, void *context,
                   struct ne_error *out_error)
{
    struct ne_reader resident = {.image = image,
                                 .at = image->resident,
                                 .end = image->resident_end,
                                 .field = "resident name table",
                                 .error = out_error};
    struct ne_reader nonresident = {.image = image,
                                    .at = image->nonresident,
                                    .end = image->nonresident_end,
                                    .field = "non-resident name table",
                                    .error = out_error};
    int result = names_visit(&resident, true, visit, context);
    return result ? result : names_visit(&nonresident, false, visit, context);
}

struct name_search {
    struct ne_text name;
    uint16_t ordinal;
    bool is_found;
};

static bool name_match(struct ne_text name, uint16_t ordinal, bool is_resident, void *context)
{
    struct name_search *search = context;
    (void)is_resident;
    if (!ne_text_equal(name, search->name))
        return true;
    search->ordinal = ordinal;
    search->is_found = true;
    return false;
}

int ne_name_find(const struct ne_image *image, struct ne_text name, uint16_t *out_ordinal,
                 struct ne_error *out_error)
{
    struct name_search search = {.name = name};
    int result = ne_names_visit(image, name_match, &search, out_error);
    if (result == NE_DAMAGED)
        return result;
    *out_ordinal = search.ordinal;
    return search.is_found ? NE_OK : NE_ABSENT;
}

/* ---- resources --------------------------------------------------------------------------------
 */

#define RESOURCE_BYTES 12u
#define BY_NUMBER      0x8000u

/* A type or name: a number with the high bit, or the offset of a string in the table. */
static int resource_name(const struct ne_reader *table, uint32_t place, uint16_t value,
                         uint16_t *out_number, struct ne_text *out_text)
{
    if (value & BY_NUMBER) {
        *out_number = (uint16_t)(value & ~BY_NUMBER);
        return NE_OK;
    }
    struct ne_reader reader = *table;
    reader.at = reader.image->resources;
    reader.field = "resource's name";
    if (!ne_has(&reader, value))
        return ne_fail(table->error, "resource's name", place, value,
                       "it does not lie in the resource table");
    reader.at += value;
    return ne_text_read(&reader, out_text);
}

static int resource_read(struct ne_reader *reader, unsigned shift, struct ne_resource *resource)
{
    const struct ne_image *image = reader->image;
    uint32_t place = reader->at;
    uint64_t offset = (uint64_t)ne_u16(reader) << shift, bytes = (uint64_t)ne_u16(reader) << shift;
    resource->flags = ne_u16(reader);
    uint16_t id = ne_u16(reader);
    ne_u32(reader); /* handle and usage: of a loaded module */
    if (offset > image->size)
        return ne_fail(reader->error, "resource's place", place, offset,
                       "it does not lie in the file");
    /* Lengths are whole sectors; the last one may be cut by the end of the file. */
    if (bytes > image->size - offset)
        bytes = image->size - offset;
    resource->file_offset = (uint32_t)offset;
    resource->file_bytes = (uint32_t)bytes;
    resource->id = 0;
    resource->name = (struct ne_text){0};
    return resource_name(reader, place + 6, id, &resource->id, &resource->name);
}

int ne_resources_visit(const struct ne_image *image,
                       bool (*visit)(const struct ne_resource *resource, void *context),
                       void *context, struct ne_error *out_error)
{
    struct ne_reader reader = {.image = image,
                               .at = image->resources,
                               .end = image->resources_end,
                               .field = "resource table",
                               .error = out_error};
    if (reader.at == reader.end)
        return NE_OK;
    if (!ne_has(&reader, 2))
        return ne_cut(&reader);
    unsigned shift = ne_u16(&reader);
    if (shift > 15)
        return ne_fail(out_error, "resource alignment shift", reader.at - 2, shift,
                       "at most 15 makes sense");
    for (;;) {
        struct ne_resource resource = {0};
        if (!ne_has(&reader, 2))
            return ne_cut(&reader);
        uint32_t place = reader.at;
        uint16_t type = ne_u16(&reader);
        if (!type)
            return NE_OK;
        if (!ne_has(&reader, 6))
            return ne_cut(&reader);
        unsigned count = ne_u16(&reader);
        ne_u32(&reader);
        if (!ne_has(&reader, count * RESOURCE_BYTES))
            return ne_cut(&reader);
        if (resource_name(&reader, place, type, &resource.type, &resource.type_name))
            return NE_DAMAGED;
        for (; count; count--) {
            if (resource_read(&reader, shift, &resource))
                return NE_DAMAGED;
            if (!visit(&resource, context))
                return NE_ABSENT;
        }
    }
}
