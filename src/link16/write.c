/* SPDX-License-Identifier: MIT */
/* write.c - the file: DOS program, header, tables, segments; and the map. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link_internal.h"
#include "ne/ne.h"

#define HEADER_BYTES 64u
#define SHIFT_LEAST  4u
#define SHIFT_MOST   12u

struct sink {
    struct linker *linker;
    struct list16 bytes;
};

static void put(struct sink *sink, const void *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t *added = list16_add(sink->linker, &sink->bytes, 1);
        if (!added)
            return;
        *added = ((const uint8_t *)bytes)[i];
    }
}

static void put_u8(struct sink *sink, uint32_t value)
{
    put(sink, &(uint8_t){(uint8_t)value}, 1);
}

static void put_u16(struct sink *sink, uint32_t value)
{
    put_u8(sink, value & 0xff);
    put_u8(sink, value >> 8 & 0xff);
}

static void put_zeros(struct sink *sink, uint32_t until)
{
    while (sink->bytes.count < until && !sink->linker->has_failed)
        put_u8(sink, 0);
}

static void set_u16(struct sink *sink, uint32_t at, uint32_t value)
{
    uint8_t *bytes = sink->bytes.items;
    if (sink->linker->has_failed)
        return;
    bytes[at] = (uint8_t)value;
    bytes[at + 1] = (uint8_t)(value >> 8);
}

static void put_text(struct sink *sink, const char *text, size_t length)
{
    put_u8(sink, (uint32_t)length);
    put(sink, text, length);
}

/* ---- what DOS runs ----------------------------------------------------------------------------
 */

static void stub_put(struct sink *sink)
{
    /* Prints the text behind it and ends: push cs; pop ds; mov dx,14; mov ah,9; int 21h;
     * mov ax,4c01h; int 21h. */
    static const uint8_t code[14] = {0x0e, 0x1f, 0xba, 14,   0,    0xb4, 9,
                                     0xcd, 0x21, 0xb8, 0x01, 0x4c, 0xcd, 0x21};
    static const char text[] = "This program needs Windows.\r\n$";
    static const uint16_t header[] = {0x5a4d, 0, 1, 0, 4, 0, 0xffff, 0, 0xb8, 0, 0, 0, 0x40, 0};
    const struct link16_input *input = sink->linker->input;
    if (input->stub) {
        put(sink, input->stub, input->stub_bytes);
        put_zeros(sink, HEADER_BYTES);
        set_u16(sink, 0x18, 0x40);
    } else {
        for (size_t i = 0; i < sizeof header / sizeof *header; i++)
            put_u16(sink, header[i]);
        put_zeros(sink, HEADER_BYTES);
        put(sink, code, sizeof code);
        put(sink, text, sizeof text - 1);
        set_u16(sink, 2, sink->bytes.count);
    }
    put_zeros(sink, (sink->bytes.count + 15) & ~15u);
    set_u16(sink, 0x3c, sink->bytes.count);
    set_u16(sink, 0x3e, sink->bytes.count >> 16);
}

/* ---- tables -----------------------------------------------------------------------------------
 */

static void segment_table_put(struct sink *sink)
{
    struct linker *linker = sink->linker;
    for (uint32_t i = 0; i < linker->segments.count; i++) {
        const struct image_segment *segment = segment_at(linker, i);
        if (!segment->number)
            continue;
        put_u16(sink, 0); /* its sector: once it is known */
        put_u16(sink, segment->written);
        put_u16(sink, (uint32_t)segment->flags |
                          (segment->relocations.count ? NE_SEGMENT_RELOCATIONS : 0));
        put_u16(sink, segment->length ? segment->length : 1);
    }
}

static void names_put(struct sink *sink, bool is_resident)
{
    struct linker *linker = sink->linker;
    for (uint32_t i = 0; i < linker->entries.count; i++) {
        const struct entry16 *entry = (struct entry16 *)linker->entries.items + i;
        if (entry->is_resident != is_resident)
            continue;
        put_text(sink, entry->name, strlen(entry->name));
        put_u16(sink, entry->ordinal);
    }
    put_u8(sink, 0);
}

static void modules_put(struct sink *sink)
{
    struct linker *linker = sink->linker;
    const uint8_t *names = linker->names.items;
    for (uint32_t i = 0; i < linker->imports.count; i++) {
        const char *module = ((const char **)linker->imports.items)[i];
        uint32_t at = 1;
        while (names[at] != strlen(module) || memcmp(names + at + 1, module, names[at]))
            at += 1u + names[at];
        put_u16(sink, at);
    }
}

#define BUNDLE_CONSTANTS 0xfeu
#define BUNDLE_MOVEABLE  0xffu

static unsigned entry_bundle(const struct linker *linker, const struct entry16 *entry)
{
    if (entry->segment == OMF_NONE)
        return BUNDLE_CONSTANTS;
    const struct image_segment *segment = segment_at(linker, entry->segment);
    return segment->flags & NE_SEGMENT_MOVEABLE ? BUNDLE_MOVEABLE : segment->number;
}

static void entry_put(struct sink *sink, const struct entry16 *entry, unsigned bundle)
{
    put_u8(sink, entry->is_no_data ? 1 : 3);
    if (bundle == BUNDLE_MOVEABLE) {
        put_u16(sink, 0x3fcd);
        put_u8(sink, segment_at(sink->linker, entry->segment)->number);
    }
    put_u16(sink, entry->offset);
}

/* Bundles of up to 255 entries of a kind; ordinals that nobody has are skipped. */
static uint32_t entry_table_put(struct sink *sink)
{
    struct linker *linker = sink->linker;
    const struct entry16 *entries = linker->entries.items;
    uint32_t next = 1, moveable = 0;
    for (uint32_t i = 0; i < linker->entries.count;) {
        for (uint32_t gap; (gap = entries[i].ordinal - next) != 0; next += gap) {
            gap = gap > 255 ? 255 : gap;
            put_u8(sink, gap);
            put_u8(sink, 0);
        }
        unsigned bundle = entry_bundle(linker, &entries[i]);
        uint32_t count = 1;
        while (count < 255 && i + count < linker->entries.count &&
               entries[i + count].ordinal == next + count &&
               entry_bundle(linker, &entries[i + count]) == bundle)
            count++;
        put_u8(sink, count);
        put_u8(sink, bundle);
        moveable += bundle == BUNDLE_MOVEABLE ? count : 0;
        for (next += count; count; count--, i++)
            entry_put(sink, &entries[i], bundle);
    }
    put_u8(sink, 0);
    return moveable;
}

/* ---- segments ----------------------------------------------------------------------------------
 */

static void relocations_put(struct sink *sink, const struct image_segment *segment)
{
    const struct relocation16 *all = segment->relocations.items;
    put_u16(sink, segment->relocations.count);
    for (uint32_t i = 0; i < segment->relocations.count; i++) {
        put_u8(sink, all[i].address);
        put_u8(sink, all[i].target | (all[i].is_additive ? 4u : 0u));
        put_u16(sink, all[i].place);
        put_u16(sink, all[i].target == NE_TARGET_INTERNAL
                          ? segment_at(sink->linker, all[i].first)->number
                          : all[i].first);
        put_u16(sink, all[i].second);
    }
}

/* Bytes that segments and resources take at most, to choose how coarse their places are. */
static uint32_t shift_choose(const struct linker *linker, uint32_t tables)
{
    uint32_t shift = SHIFT_LEAST;
    for (; shift < SHIFT_MOST; shift++) {
        uint64_t end = tables;
        for (uint32_t i = 0; i < linker->resources.count; i++)
            end += (uint64_t)resource_at(linker, i)->length + (1ull << shift);
        for (uint32_t i = 0; i < linker->segments.count; i++) {
            const struct image_segment *segment = segment_at(linker, i);
            end += (uint64_t)segment->written + 2 + segment->relocations.count * 8ull +
                   (1ull << shift);
        }
        if (end >> shift <= UINT16_MAX)
            break;
    }
    return shift;
}

static void segments_put(struct sink *sink, uint32_t table, uint32_t shift)
{
    struct linker *linker = sink->linker;
    for (uint32_t i = 0; i < linker->segments.count; i++) {
        const struct image_segment *segment = segment_at(linker, i);
        if (!segment->number || !segment->written)
            continue;
        put_zeros(sink, (sink->bytes.count + (1u << shift) - 1) >> shift << shift);
        set_u16(sink, table + (segment->number - 1u) * 8u, sink->bytes.count >> shift);
        put(sink, segment->bytes, segment->written);
        if (segment->relocations.count)
            relocations_put(sink, segment);
    }
}

/* ---- resources ---------------------------------------------------------------------------------
 */

/* Numbers have the high bit; of text comes, once it is written, where it is in the table. */
static void resource_name_put(struct sink *sink, const struct resource16_name *name)
{
    put_u16(sink, name->number ? name->number | 0x8000u : 0);
}

static void resource_text_put(struct sink *sink, uint32_t table, uint32_t field,
                              const struct resource16_name *name)
{
    if (name->number)
        return;
    set_u16(sink, field, sink->bytes.count - table);
    put_text(sink, name->text, name->length);
}

static bool resource_begins_type(const struct linker *linker, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (resource_names_match(&resource_at(linker, i)->type, &resource_at(linker, index)->type))
            return false;
    return true;
}

/* The types in the order of their first resources; a zero ends them, then come the texts. */
static void resource_table_put(struct sink *sink, uint32_t *out_table)
{
    struct linker *linker = sink->linker;
    uint32_t table = sink->bytes.count, count = linker->resources.count;
    *out_table = table;
    if (!count)
        return; /* it begins where the next does */
    put_u16(sink, 0);
    for (uint32_t first = 0; first < count && !linker->has_failed; first++) {
        const struct resource16_name *type = &resource_at(linker, first)->type;
        uint32_t same = 0, head = sink->bytes.count;
        if (!resource_begins_type(linker, first))
            continue;
        resource_name_put(sink, type);
        put_zeros(sink, sink->bytes.count + 6);
        for (uint32_t i = first; i < count; i++) {
            struct resource16 *resource = resource_at(linker, i);
            if (!resource_names_match(&resource->type, type))
                continue;
            resource->entry = sink->bytes.count;
            put_u16(sink, 0); /* sector and length: once they are known */
            put_u16(sink, 0);
            put_u16(sink, resource->flags);
            resource_name_put(sink, &resource->name);
            put_zeros(sink, sink->bytes.count + 4);
            same++;
        }
        set_u16(sink, head + 2, same);
        resource_at(linker, first)->type_entry = head;
    }
    put_u16(sink, 0);
    for (uint32_t i = 0; i < count; i++) {
        const struct resource16 *resource = resource_at(linker, i);
        if (resource->type_entry)
            resource_text_put(sink, table, resource->type_entry, &resource->type);
        resource_text_put(sink, table, resource->entry + 6, &resource->name);
    }
    put_u8(sink, 0);
}

static void resources_put(struct sink *sink, uint32_t table, uint32_t shift)
{
    struct linker *linker = sink->linker;
    if (linker->resources.count)
        set_u16(sink, table, shift);
    for (uint32_t i = 0; i < linker->resources.count; i++) {
        const struct resource16 *resource = resource_at(linker, i);
        put_zeros(sink, (sink->bytes.count + (1u << shift) - 1) >> shift << shift);
        set_u16(sink, resource->entry, sink->bytes.count >> shift);
        put(sink, resource->bytes, resource->length);
        put_zeros(sink, (sink->bytes.count + (1u << shift) - 1) >> shift << shift);
        set_u16(sink, resource->entry + 2, (resource->length + (1u << shift) - 1) >> shift);
    }
}

/* ---- header -------------------------------------------------------------------------------------
 */

static bool segments_number(struct linker *linker)
{
    uint32_t number = 0;
    for (uint32_t i = 0; i < linker->segments.count; i++) {
        struct image_segment *segment = segment_at(linker, i);
        if (!segment->length && !segment->is_wanted && i != linker->auto_data)
            continue;
        if (++number > NE_SEGMENTS_MAX)
            return link_fail(linker, "there are more than %u segments", NE_SEGMENTS_MAX);
        segment->number = (uint16_t)number;
    }
    return true;
}

static uint32_t program_flags(const struct linker *linker)
{
    const struct link16_definition *definition = linker->definition;
    uint32_t flags = 0x300; /* it uses Windows' calls */
    bool has_data = linker->auto_data != OMF_NONE;
    if (definition->is_library)
        flags |= NE_FLAG_LIBRARY;
    if (has_data)
        flags |= definition->is_library || definition->is_data_single ? NE_FLAG_SINGLE_DATA
                                                                      : NE_FLAG_MULTIPLE_DATA;
    if (definition->is_protected_only)
        flags |= NE_FLAG_PROTECTED_ONLY;
    return flags;
}

static const char *module_name(const struct linker *linker)
{
    return linker->definition->module_name ? linker->definition->module_name
                                           : linker->input->module_name;
}

static void header_put(struct sink *sink)
{
    struct linker *linker = sink->linker;
    const struct link16_definition *definition = linker->definition;
    uint32_t begin = sink->bytes.count, segments = 0;
    for (uint32_t i = 0; i < linker->segments.count; i++)
        segments += segment_at(linker, i)->number != 0;
    put(sink, "NE", 2);
    put_u8(sink, 5);
    put_u8(sink, 20);
    put_zeros(sink, begin + 0x0c);
    put_u16(sink, program_flags(linker));
    put_u16(sink,
            linker->auto_data == OMF_NONE ? 0 : segment_at(linker, linker->auto_data)->number);
    put_u16(sink, definition->heap_bytes);
    put_u16(sink, linker->stack_bytes);
    put_u16(sink, linker->start_offset);
    put_u16(sink, linker->has_start ? segment_at(linker, linker->start_segment)->number : 0);
    put_u16(sink, 0); /* the loader puts the stack behind data and heap */
    put_u16(sink, linker->stack_bytes && linker->auto_data != OMF_NONE
                      ? segment_at(linker, linker->auto_data)->number
                      : 0);
    put_u16(sink, segments);
    put_u16(sink, linker->imports.count);
    put_zeros(sink, begin + 0x36);
    put_u8(sink, NE_OS_WINDOWS);
    put_zeros(sink, begin + 0x3e);
    put_u8(sink, definition->windows_minor);
    put_u8(sink, definition->windows_major);
}

bool file_write(struct linker *linker, struct link16_output *out_output)
{
    struct sink sink = {.linker = linker};
    const char *name = module_name(linker);
    char upper[256] = "";
    for (size_t i = 0; name[i] && i < sizeof upper - 1; i++)
        upper[i] = (char)toupper((unsigned char)name[i]);
    if (!segments_number(linker))
        return false;
    stub_put(&sink);
    uint32_t header = sink.bytes.count;
    header_put(&sink);
#define AT (sink.bytes.count - header)
    uint32_t table = sink.bytes.count;
    set_u16(&sink, header + 0x22, AT);
    segment_table_put(&sink);
    set_u16(&sink, header + 0x24, AT);
    uint32_t resource_table;
    resource_table_put(&sink, &resource_table);
    set_u16(&sink, header + 0x26, AT);
    put_text(&sink, upper, strlen(upper));
    put_u16(&sink, 0);
    names_put(&sink, true);
    set_u16(&sink, header + 0x28, AT);
    modules_put(&sink);
    set_u16(&sink, header + 0x2a, AT);
    put(&sink, linker->names.count ? linker->names.items : "",
        linker->names.count ? linker->names.count : 1);
    set_u16(&sink, header + 0x04, AT);
    uint32_t entries = sink.bytes.count;
    set_u16(&sink, header + 0x30, entry_table_put(&sink));
    set_u16(&sink, header + 0x06, sink.bytes.count - entries);
    if (AT > UINT16_MAX && !linker->has_failed)
        link_fail(linker, "the tables need more than 64 KiB");
#undef AT
    uint32_t nonresident = sink.bytes.count;
    const char *description =
        linker->definition->description ? linker->definition->description : upper;
    put_text(&sink, description, strnlen(description, 255));
    put_u16(&sink, 0);
    names_put(&sink, false);
    set_u16(&sink, header + 0x20, sink.bytes.count - nonresident);
    set_u16(&sink, header + 0x2c, nonresident);
    set_u16(&sink, header + 0x2e, nonresident >> 16);
    uint32_t shift = shift_choose(linker, sink.bytes.count);
    set_u16(&sink, header + 0x32, shift);
    segments_put(&sink, table, shift);
    resources_put(&sink, resource_table, shift);
    if (linker->has_failed) {
        list16_free(&sink.bytes);
        return false;
    }
    out_output->bytes = sink.bytes.items;
    out_output->size = sink.bytes.count;
    return true;
}

/* ---- the map
 * ------------------------------------------------------------------------------------- */

char *map_write(const struct linker *linker)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    if (!file)
        return NULL;
    fprintf(file, "module %s\n\nsegment  length  in file  kind  name\n", module_name(linker));
    for (uint32_t i = 0; i < linker->segments.count; i++) {
        const struct image_segment *segment = segment_at(linker, i);
        if (segment->number)
            fprintf(file, "%7u  0x%04x  0x%05x  %s  %s%s\n", segment->number, segment->length,
                    segment->written, segment->is_code ? "code" : "data", segment->name,
                    i == linker->auto_data ? " (automatic data)" : "");
    }
    fprintf(file, "\naddress    from      name\n");
    for (uint32_t i = 0; i < linker->symbols.count; i++) {
        const struct symbol *symbol = symbol_at(linker, i);
        if (symbol->kind == SYMBOL_PLACE) {
            const struct module16 *module = module_at(linker, symbol->module);
            uint32_t image = module->image[symbol->segment];
            if (image != OMF_NONE)
                fprintf(file, "%04x:%04x  %-8s  %s\n", segment_at(linker, image)->number,
                        module->offset[symbol->segment] + symbol->offset, module->omf->name,
                        symbol->name);
        } else if (symbol->kind == SYMBOL_COMMUNAL) {
            fprintf(file, "%04x:%04x  common    %s\n", segment_at(linker, symbol->segment)->number,
                    symbol->offset, symbol->name);
        } else if (symbol->kind == SYMBOL_IMPORT) {
            fprintf(file, "import     %-8s  %s\n", symbol->import->module, symbol->name);
        }
    }
    fclose(file);
    return text;
}
