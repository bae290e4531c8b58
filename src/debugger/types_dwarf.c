/* SPDX-License-Identifier: MIT */
/* types_dwarf.c - types out of llvm-dwarfdump's text, for drivers of mingw-w64.
 *
 * An entry is a line "0x0000002a:   DW_TAG_…" whose depth is its indentation; attributes stand on
 * the lines behind it. An entry's number here is its place in the order of the text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"
#include "types.h"

#define DEPTH_MAX 64u

struct reader {
    struct types *types;
    uint64_t *offsets; /* of the entry with that number; rising */
    size_t count, room;
    uint32_t parents[DEPTH_MAX]; /* the type that is open at each depth; 0: none */
    /* the entry that is being read */
    uint32_t number;
    unsigned depth;
    char tag[48];
    char name[512];
    uint64_t type, size, place, value, bit_offset, bit_count, data_bit_offset, element_count;
    bool is_open, has_type, has_bits, has_data_bits, has_value, is_declaration;
};

static enum type_kind kind_of(const char *tag)
{
    static const struct {
        const char *tag;
        enum type_kind kind;
    } kinds[] = {{"DW_TAG_structure_type", TYPE_STRUCT},   {"DW_TAG_class_type", TYPE_STRUCT},
                 {"DW_TAG_union_type", TYPE_UNION},        {"DW_TAG_enumeration_type", TYPE_ENUM},
                 {"DW_TAG_base_type", TYPE_BASE},          {"DW_TAG_pointer_type", TYPE_POINTER},
                 {"DW_TAG_array_type", TYPE_ARRAY},        {"DW_TAG_typedef", TYPE_ALIAS},
                 {"DW_TAG_const_type", TYPE_ALIAS},        {"DW_TAG_volatile_type", TYPE_ALIAS},
                 {"DW_TAG_subroutine_type", TYPE_FUNCTION}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(tag, kinds[i].tag))
            return kinds[i].kind;
    return TYPE_NONE;
}

/* As a debugger calls C's types. */
static void base_name(struct type *type, const char *name)
{
    static const char *const signed_names[] = {
        [1] = "Char", [2] = "Int2B", [4] = "Int4B", [8] = "Int8B"};
    static const char *const unsigned_names[] = {
        [1] = "UChar", [2] = "Uint2B", [4] = "Uint4B", [8] = "Uint8B"};
    bool is_unsigned = strstr(name, "unsigned") != NULL;
    type->base = is_unsigned ? BASE_UNSIGNED : BASE_SIGNED;
    if (strstr(name, "float") || strstr(name, "double"))
        type->base = BASE_FLOAT;
    else if (strstr(name, "bool") || strstr(name, "_Bool"))
        type->base = BASE_BOOL;
    else if (type->size == 1)
        type->base = BASE_CHARACTER;
    const char *known = type->size <= 8 && type->base != BASE_FLOAT && type->base != BASE_BOOL
                            ? (is_unsigned ? unsigned_names : signed_names)[type->size]
                            : NULL;
    free(type->name);
    type->name = strdup(known ? known : name);
}

/* Offsets become numbers when all of them are known. */
static uint32_t number_of(const struct reader *reader, uint64_t offset)
{
    size_t low = 0, high = reader->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (reader->offsets[middle] == offset)
            return (uint32_t)middle + 1;
        if (reader->offsets[middle] < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* A bit field's type is made when its member is: behind all entries, where nothing else is. */
static uint32_t parent_of(const struct reader *reader)
{
    return reader->depth ? reader->parents[reader->depth - 1] : 0;
}

static void member_end(struct reader *reader, struct type *parent)
{
    size_t length = strlen(reader->name);
    uint64_t bit = reader->data_bit_offset;
    type_member_add(parent, length ? reader->name : "u", length ? length : 1,
                    (uint32_t)reader->type,
                    (int64_t)(reader->has_data_bits ? bit / 8 : reader->place));
    if (!reader->has_bits || !parent->member_count)
        return;
    /* Told apart from plain ones by the highest bit, until the types are bound. */
    struct member *member = &parent->member[parent->member_count - 1];
    uint64_t bits = reader->has_data_bits ? bit : reader->place * 8 + reader->bit_offset;
    member->offset = (int64_t)(1ull << 63 | reader->bit_count << 48 | bits);
}

static void entry_end(struct reader *reader)
{
    if (!reader->is_open)
        return;
    reader->is_open = false;
    enum type_kind kind = kind_of(reader->tag);
    struct type *type = types_slot(reader->types, reader->number);
    uint32_t above = parent_of(reader);
    struct type *parent = above ? types_slot(reader->types, above) : NULL;
    if (!type || reader->depth >= DEPTH_MAX)
        return;
    /* A variable is a name for its type that no type can have. */
    if (!strcmp(reader->tag, "DW_TAG_variable") && reader->depth == 1 && *reader->name &&
        reader->has_type) {
        char name[sizeof reader->name + 16];
        snprintf(name, sizeof name, "variable %s", reader->name);
        *type = (struct type){
            .kind = TYPE_ALIAS, .target = (uint32_t)reader->type, .name = strdup(name)};
    }
    reader->parents[reader->depth] = kind == TYPE_NONE ? 0 : reader->number;
    type = types_slot(reader->types, reader->number);
    if (kind != TYPE_NONE) {
        *type = (struct type){.kind = kind,
                              .size = reader->size,
                              .is_forward = reader->is_declaration,
                              .target = reader->has_type ? (uint32_t)reader->type : 0,
                              .name = *reader->name ? strdup(reader->name) : NULL};
        if (kind == TYPE_BASE)
            base_name(type, reader->name);
    } else if (parent && !strcmp(reader->tag, "DW_TAG_member")) {
        member_end(reader, parent);
    } else if (parent && !strcmp(reader->tag, "DW_TAG_enumerator")) {
        type_member_add(parent, reader->name, strlen(reader->name), 0, (int64_t)reader->value);
    } else if (parent && !strcmp(reader->tag, "DW_TAG_subrange_type") &&
               parent->kind == TYPE_ARRAY) {
        uint32_t elements = (uint32_t)reader->element_count;
        parent->count = parent->count ? parent->count * elements : elements;
    }
}

static bool attribute(const char *line, const char *name, const char **out_text)
{
    const char *at = strstr(line, name);
    if (!at || at[strlen(name)] != '\t' || at[strlen(name) + 1] != '(')
        return false;
    *out_text = at + strlen(name) + 2;
    return true;
}

static void attribute_line(struct reader *reader, const char *line)
{
    const char *text;
    if (attribute(line, "DW_AT_name", &text) && *text == '"') {
        snprintf(reader->name, sizeof reader->name, "%s", text + 1);
        char *end = strrchr(reader->name, '"');
        if (end)
            *end = '\0';
    } else if (attribute(line, "DW_AT_type", &text)) {
        reader->type = strtoull(text, NULL, 0);
        reader->has_type = true;
    } else if (attribute(line, "DW_AT_byte_size", &text)) {
        reader->size = strtoull(text, NULL, 0);
    } else if (attribute(line, "DW_AT_data_member_location", &text)) {
        reader->place = strtoull(text, NULL, 0);
    } else if (attribute(line, "DW_AT_const_value", &text)) {
        reader->value = *text == '-' ? (uint64_t)strtoll(text, NULL, 0) : strtoull(text, NULL, 0);
    } else if (attribute(line, "DW_AT_bit_size", &text)) {
        reader->bit_count = strtoull(text, NULL, 0) & 0x7f;
        reader->has_bits = true;
    } else if (attribute(line, "DW_AT_data_bit_offset", &text)) {
        reader->data_bit_offset = strtoull(text, NULL, 0);
        reader->has_data_bits = true;
    } else if (attribute(line, "DW_AT_upper_bound", &text)) {
        reader->element_count = strtoull(text, NULL, 0) + 1;
    } else if (attribute(line, "DW_AT_count", &text)) {
        reader->element_count = strtoull(text, NULL, 0);
    } else if (attribute(line, "DW_AT_declaration", &text)) {
        reader->is_declaration = true;
    }
}

static bool entry_begin(struct reader *reader, uint64_t offset, unsigned depth, const char *tag)
{
    if (reader->count == reader->room) {
        size_t room = reader->room ? reader->room * 2 : 4096;
        uint64_t *offsets = realloc(reader->offsets, room * sizeof *offsets);
        if (!offsets)
            return false;
        reader->offsets = offsets;
        reader->room = room;
    }
    reader->offsets[reader->count++] = offset;
    reader->number = (uint32_t)reader->count;
    reader->depth = depth < DEPTH_MAX ? depth : DEPTH_MAX - 1;
    snprintf(reader->tag, sizeof reader->tag, "%s", tag);
    reader->name[0] = '\0';
    reader->type = reader->size = reader->place = reader->value = 0;
    reader->bit_offset = reader->bit_count = reader->data_bit_offset = reader->element_count = 0;
    reader->has_type = reader->has_bits = reader->has_data_bits = reader->is_declaration = false;
    reader->is_open = true;
    return true;
}

static void member_bind(struct reader *reader, uint32_t owner, uint32_t index)
{
    struct member member = reader->types->items[owner].member[index];
    member.type = number_of(reader, member.type);
    if ((uint64_t)member.offset >> 63 && reader->types->items[owner].kind != TYPE_ENUM) {
        uint64_t bits = (uint64_t)member.offset & 0xffffffffffffull,
                 count = (uint64_t)member.offset >> 48 & 0x7f;
        uint64_t whole = type_size(reader->types, member.type);
        uint32_t number = (uint32_t)reader->types->count;
        struct type *field = types_slot(reader->types, number);
        if (!whole || !field)
            return;
        uint64_t start = bits / (whole * 8) * whole;
        *field = (struct type){.kind = TYPE_BITFIELD,
                               .target = member.type,
                               .size = whole,
                               .bit_offset = (uint32_t)(bits - start * 8),
                               .bit_count = (uint32_t)count};
        member.type = number;
        member.offset = (int64_t)start;
    }
    reader->types->items[owner].member[index] = member;
}

static void types_bind(struct reader *reader)
{
    size_t count = reader->types->count;
    for (size_t i = 1; i < count; i++) {
        struct type *type = &reader->types->items[i];
        if (type->target)
            type->target = number_of(reader, type->target);
    }
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t k = 0; k < reader->types->items[i].member_count; k++)
            member_bind(reader, i, k);
}

struct types *types_of_dwarf(char *text)
{
    struct reader reader = {.types = calloc(1, sizeof(struct types))};
    if (!reader.types)
        return NULL;
    for (char *line; (line = line_next(&text));) {
        unsigned long long offset;
        char tag[48];
        int at = 0;
        if (sscanf(line, "0x%llx:%n", &offset, &at) == 1 && at) {
            entry_end(&reader);
            size_t blanks = strspn(line + at, " ");
            if (sscanf(line + at, "%47s", tag) != 1 || strncmp(tag, "DW_TAG_", 7))
                continue;
            if (!entry_begin(&reader, offset, (unsigned)(blanks ? (blanks - 1) / 2 : 0), tag))
                break;
        } else if (reader.is_open) {
            attribute_line(&reader, line);
        }
    }
    entry_end(&reader);
    types_bind(&reader);
    free(reader.offsets);
    return reader.types;
}
