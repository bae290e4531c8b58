/* SPDX-License-Identifier: MIT */
/* types.c - the table of a module's types and what is asked of it. */
#include "types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NUMBER_MAX 4000000u
#define ALIAS_MAX  32u /* how far a chain of names is followed */

static const struct type nothing = {
    .kind = TYPE_BASE, .base = BASE_VOID, .name = (char *)(uintptr_t)"Void"};

void types_destroy(struct types *types)
{
    if (!types)
        return;
    for (size_t i = 0; i < types->count; i++) {
        struct type *type = &types->items[i];
        for (uint32_t k = 0; k < type->member_count; k++)
            free(type->member[k].name);
        free(type->member);
        free(type->name);
    }
    free(types->items);
    free(types);
}

struct type *types_slot(struct types *types, uint32_t number)
{
    if (number >= NUMBER_MAX)
        return NULL;
    if (number >= types->room) {
        size_t room = types->room ? types->room : 8192;
        while (room <= number)
            room *= 2;
        struct type *items = realloc(types->items, room * sizeof *items);
        if (!items)
            return NULL;
        memset(items + types->room, 0, (room - types->room) * sizeof *items);
        types->items = items;
        types->room = room;
    }
    if (number >= types->count)
        types->count = number + 1;
    return &types->items[number];
}

void type_member_add(struct type *type, const char *name, size_t length, uint32_t member_type,
                     int64_t offset)
{
    /* Room grows by powers of two. */
    uint32_t count = type->member_count;
    if (!(count & (count - 1))) {
        struct member *member = realloc(type->member, (count ? count * 2 : 1) * sizeof *member);
        if (!member)
            return;
        type->member = member;
    }
    type->member[count] = (struct member){strndup(name, length), member_type, offset};
    type->member_count += type->member[count].name != NULL;
}

const struct type *type_at(const struct types *types, uint32_t number)
{
    return number < types->count && types->items[number].kind != TYPE_NONE ? &types->items[number]
                                                                           : &nothing;
}

static bool is_record(const struct type *type)
{
    return type->kind == TYPE_STRUCT || type->kind == TYPE_UNION || type->kind == TYPE_ENUM;
}

static const struct type *definition_of(const struct types *types, const struct type *forward)
{
    for (size_t i = 0; forward->name && i < types->count; i++) {
        const struct type *type = &types->items[i];
        if (is_record(type) && !type->is_forward && type->name &&
            !strcmp(type->name, forward->name))
            return type;
    }
    return forward;
}

const struct type *type_real(const struct types *types, uint32_t number)
{
    const struct type *type = type_at(types, number);
    for (unsigned i = 0; i < ALIAS_MAX && type->kind == TYPE_ALIAS; i++)
        type = type_at(types, type->target);
    if (type->is_forward && type->target)
        type = type_at(types, type->target);
    return type->is_forward ? definition_of(types, type) : type;
}

static uint64_t size_within(const struct types *types, uint32_t number, unsigned depth)
{
    const struct type *type = type_real(types, number);
    if (type->kind == TYPE_POINTER && !type->size)
        return 8;
    if (type->size || !depth)
        return type->size;
    if (type->kind == TYPE_ARRAY)
        return type->count * size_within(types, type->target, depth - 1);
    if (type->kind == TYPE_ENUM || type->kind == TYPE_BITFIELD)
        return size_within(types, type->target, depth - 1);
    return 0;
}

uint64_t type_size(const struct types *types, uint32_t number)
{
    return size_within(types, number, ALIAS_MAX);
}

const struct type *type_members(const struct types *types, const struct type *type)
{
    return type->members ? type_at(types, type->members) : type;
}

static bool name_fits(const struct type *type, const char *name)
{
    return type->name &&
           (!strcmp(type->name, name) || (type->name[0] == '_' && !strcmp(type->name + 1, name)));
}

uint32_t type_named(const struct types *types, const char *name)
{
    uint32_t alias = 0;
    for (uint32_t i = 1; i < types->count; i++) {
        const struct type *type = &types->items[i];
        if (is_record(type) && !type->is_forward && name_fits(type, name))
            return i;
        if (!alias && type->kind == TYPE_ALIAS && type->name && !strcmp(type->name, name))
            alias = i;
    }
    for (uint32_t i = 1; !alias && i < types->count; i++) {
        const struct type *type = &types->items[i];
        if (type->name && (type->kind == TYPE_BASE || is_record(type)) &&
            !strcasecmp(type->name, name))
            alias = i;
    }
    return alias;
}

/* What C calls a base type, for what a routine returns. */
static const char *c_name(const struct type *type)
{
    static const char *const names[][2] = {{"Void", "void"},
                                           {"Char", "char"},
                                           {"UChar", "unsigned char"},
                                           {"Int2B", "short"},
                                           {"Uint2B", "unsigned short"},
                                           {"Int4B", "long"},
                                           {"Uint4B", "unsigned long"},
                                           {"Int8B", "int64"},
                                           {"Uint8B", "unsigned int64"}};
    for (size_t i = 0; type->name && i < sizeof names / sizeof *names; i++)
        if (!strcmp(type->name, names[i][0]))
            return names[i][1];
    return type->name ? type->name : "void";
}

static void text_within(const struct types *types, uint32_t number, char *out_text, size_t size,
                        unsigned depth)
{
    const struct type *type = type_real(types, number);
    char inner[512] = "";
    if (depth && type->target && type->kind != TYPE_FUNCTION)
        text_within(types, type->target, inner, sizeof inner, depth - 1);
    uint64_t element = type->kind == TYPE_ARRAY ? type_size(types, type->target) : 0;
    switch (type->kind) {
    case TYPE_POINTER:
        snprintf(out_text, size, "Ptr%u %s", type->size == 4 ? 32 : 64,
                 type->target ? inner : "Void");
        break;
    case TYPE_ARRAY:
        snprintf(out_text, size, "[%llu] %s",
                 (unsigned long long)(type->count ? type->count
                                      : element   ? type->size / element
                                                  : 0),
                 inner);
        break;
    case TYPE_BITFIELD:
        snprintf(out_text, size, "Pos %u, %u Bit%s", type->bit_offset, type->bit_count,
                 type->bit_count == 1 ? "" : "s");
        break;
    case TYPE_FUNCTION: {
        const struct type *result = type_real(types, type->target);
        snprintf(out_text, size, "    %s %s", c_name(result),
                 result->kind == TYPE_POINTER ? "*" : "");
        break;
    }
    default:
        snprintf(out_text, size, "%s", type->name ? type->name : "<unnamed-tag>");
    }
}

void type_text(const struct types *types, uint32_t number, char *out_text, size_t size)
{
    text_within(types, number, out_text, size, 8);
}
