/* SPDX-License-Identifier: MIT */
/* types_pdb.c - types out of llvm-pdbutil's text: records by number, then the names of typedefs.
 *
 * A record is a line "  0x1018 | LF_KIND [size = 352] `name`" with indented lines behind it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"
#include "types.h"

static const struct {
    uint32_t number;
    const char *name;
    uint8_t size, base;
} simple[] = {
    {0x03, "Void", 0, BASE_VOID},       {0x08, "Int4B", 4, BASE_SIGNED},
    {0x10, "Char", 1, BASE_CHARACTER},  {0x11, "Int2B", 2, BASE_SIGNED},
    {0x12, "Int4B", 4, BASE_SIGNED},    {0x13, "Int8B", 8, BASE_SIGNED},
    {0x20, "UChar", 1, BASE_CHARACTER}, {0x21, "Uint2B", 2, BASE_UNSIGNED},
    {0x22, "Uint4B", 4, BASE_UNSIGNED}, {0x23, "Uint8B", 8, BASE_UNSIGNED},
    {0x30, "Bool", 1, BASE_BOOL},       {0x40, "Float", 4, BASE_FLOAT},
    {0x41, "Double", 8, BASE_FLOAT},    {0x68, "Char", 1, BASE_SIGNED},
    {0x69, "UChar", 1, BASE_UNSIGNED},  {0x70, "Char", 1, BASE_CHARACTER},
    {0x71, "Wchar", 2, BASE_UNSIGNED},  {0x72, "Int2B", 2, BASE_SIGNED},
    {0x73, "Uint2B", 2, BASE_UNSIGNED}, {0x74, "Int4B", 4, BASE_SIGNED},
    {0x75, "Uint4B", 4, BASE_UNSIGNED}, {0x76, "Int8B", 8, BASE_SIGNED},
    {0x77, "Uint8B", 8, BASE_UNSIGNED}, {0x7a, "Wchar", 2, BASE_UNSIGNED},
    {0x7b, "Uint4B", 4, BASE_UNSIGNED},
};

static void simple_types_add(struct types *types)
{
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++) {
        struct type *type = types_slot(types, simple[i].number);
        struct type *pointer = type ? types_slot(types, 0x600 | simple[i].number) : NULL;
        if (!pointer)
            return;
        *pointer = (struct type){.kind = TYPE_POINTER, .size = 8, .target = simple[i].number};
        type = types_slot(types, simple[i].number);
        *type = (struct type){.kind = TYPE_BASE,
                              .base = simple[i].base,
                              .size = simple[i].size,
                              .name = strdup(simple[i].name)};
    }
}

/* The number behind words in line; false: they are not there. */
static bool number_after(const char *line, const char *words, uint64_t *out_number)
{
    const char *at = strstr(line, words);
    if (!at)
        return false;
    at += strlen(words);
    char *end;
    *out_number = *at == '-' ? (uint64_t)strtoll(at, &end, 0) : strtoull(at, &end, 0);
    return end != at;
}

static void member_line(struct type *list, const char *line)
{
    uint64_t type = 0, offset = 0;
    const char *name = strchr(line, '`'), *end = name ? strchr(name + 1, '`') : NULL;
    if (strstr(line, "- LF_MEMBER [") && end) {
        number_after(end, "Type = ", &type);
        number_after(end, "offset = ", &offset);
        type_member_add(list, name + 1, (size_t)(end - name - 1), (uint32_t)type, (int64_t)offset);
        return;
    }
    name = strstr(line, "- LF_ENUMERATE [");
    if (!name)
        return;
    name += strlen("- LF_ENUMERATE [");
    end = strstr(name, " = ");
    if (end && number_after(end, " = ", &offset))
        type_member_add(list, name, (size_t)(end - name), 0, (int64_t)offset);
}

static void detail_line(struct type *type, const char *line)
{
    uint64_t number;
    switch (type->kind) {
    case TYPE_MEMBERS:
        member_line(type, line);
        break;
    case TYPE_POINTER:
    case TYPE_ALIAS:
        if (number_after(line, "referent = ", &number))
            type->target = (uint32_t)number;
        break;
    case TYPE_ARRAY:
        if (number_after(line, "element type: ", &number))
            type->target = (uint32_t)number;
        if (number_after(line, "size: ", &number))
            type->size = number;
        break;
    case TYPE_BITFIELD:
        if (number_after(line, "type = ", &number))
            type->target = (uint32_t)number;
        if (number_after(line, "bit offset = ", &number))
            type->bit_offset = (uint32_t)number;
        if (number_after(line, "# bits = ", &number))
            type->bit_count = (uint32_t)number;
        break;
    case TYPE_FUNCTION:
        if (number_after(line, "return type = ", &number))
            type->target = (uint32_t)number;
        break;
    case TYPE_STRUCT:
    case TYPE_UNION:
    case TYPE_ENUM:
        if (number_after(line, "field list: ", &number))
            type->members = (uint32_t)number;
        if (number_after(line, "underlying type: ", &number))
            type->target = (uint32_t)number;
        if (number_after(line, "sizeof ", &number))
            type->size = number;
        if (strstr(line, "forward ref")) {
            type->is_forward = true;
            type->target = number_after(line, "(-> ", &number) ? (uint32_t)number : 0;
        }
        break;
    default:
        break;
    }
}

/* "Foo::Bar::<unnamed-tag>" is shown as it ends. */
static char *short_name(const char *line)
{
    const char *first = strchr(line, '`'), *last = strrchr(line, '`');
    if (!first || last <= first + 1)
        return NULL;
    static const char unnamed[] = "<unnamed-tag>`";
    size_t length = (size_t)(last + 1 - first);
    if (length > sizeof unnamed && !strncmp(last + 1 - strlen(unnamed), unnamed, strlen(unnamed)))
        first = last - strlen("<unnamed-tag>") - 1;
    return strndup(first + 1, (size_t)(last - first - 1));
}

static enum type_kind kind_of(const char *leaf)
{
    static const struct {
        const char *leaf;
        enum type_kind kind;
    } kinds[] = {{"LF_POINTER", TYPE_POINTER},    {"LF_ARRAY", TYPE_ARRAY},
                 {"LF_STRUCTURE", TYPE_STRUCT},   {"LF_CLASS", TYPE_STRUCT},
                 {"LF_INTERFACE", TYPE_STRUCT},   {"LF_UNION", TYPE_UNION},
                 {"LF_ENUM", TYPE_ENUM},          {"LF_BITFIELD", TYPE_BITFIELD},
                 {"LF_MODIFIER", TYPE_ALIAS},     {"LF_PROCEDURE", TYPE_FUNCTION},
                 {"LF_MFUNCTION", TYPE_FUNCTION}, {"LF_FIELDLIST", TYPE_MEMBERS}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(leaf, kinds[i].leaf))
            return kinds[i].kind;
    return TYPE_NONE;
}

struct types *types_of_pdb(char *text)
{
    struct types *types = calloc(1, sizeof *types);
    struct type *open = NULL;
    char *typedef_name = NULL;
    uint32_t last = 0;
    if (!types)
        return NULL;
    simple_types_add(types);
    for (char *line; (line = line_next(&text));) {
        unsigned number;
        char leaf[32];
        if (sscanf(line, " 0x%X | %31s", &number, leaf) == 2) {
            enum type_kind kind = kind_of(leaf);
            open = number >= 0x1000 && kind != TYPE_NONE ? types_slot(types, number) : NULL;
            last = number > last ? number : last;
            if (open && open->kind == TYPE_NONE)
                *open = (struct type){.kind = kind, .name = short_name(line)};
            continue;
        }
        if (strstr(line, "| S_")) {
            open = NULL;
            free(typedef_name);
            typedef_name = strstr(line, "| S_UDT ") ? short_name(line) : NULL;
            continue;
        }
        uint64_t target;
        if (typedef_name && number_after(line, "original type = ", &target)) {
            struct type *alias = types_slot(types, ++last);
            if (alias)
                *alias = (struct type){
                    .kind = TYPE_ALIAS, .name = typedef_name, .target = (uint32_t)target};
            typedef_name = alias ? NULL : typedef_name;
        } else if (open) {
            detail_line(open, line);
        }
    }
    free(typedef_name);
    return types;
}
