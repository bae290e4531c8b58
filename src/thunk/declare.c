/* SPDX-License-Identifier: MIT */
/* declare.c - declarations of types: base types, structures, stars, dimensions.
 *
 * What the published compiler does not know (floating point, unions, bit fields, function
 * pointers …) is refused with what its documentation advises instead.
 */
#include <stdio.h>
#include <string.h>

#include "thunk_internal.h"

#define DEPTH_MAX  16u
#define FIELDS_MAX 1000u

static bool is_flat(const struct thunk_reader *reader)
{
    return reader->options->language == THUNK_FLAT;
}

/* Words of 16-bit C that say nothing here; those that would say something false are refused. */
static bool attributes_skip(struct thunk_reader *reader)
{
    static const char *const nothing[] = {
        "const",     "volatile", "far",      "FAR",    "_far",     "__far",    "pascal",
        "PASCAL",    "_pascal",  "__pascal", "WINAPI", "CALLBACK", "_stdcall", "__stdcall",
        "_export",   "__export", "APIENTRY", "CONST",  "IN",       "OUT",      "OPTIONAL",
        "UNALIGNED", "_In_",     "_Out_",    "_Inout_"};
    static const char *const wrong[] = {"near",     "_near",     "__near",     "NEAR",   "huge",
                                        "_huge",    "__huge",    "cdecl",      "_cdecl", "__cdecl",
                                        "fastcall", "_fastcall", "__fastcall", NULL};
    for (bool found = true; found;) {
        found = false;
        for (size_t i = 0; i < sizeof nothing / sizeof nothing[0] && !found; i++)
            found = thunk_accept(reader, nothing[i]);
        for (size_t i = 0; wrong[i] && !found && is_flat(reader); i++)
            if (thunk_is(reader, wrong[i]))
                return i < 4   ? thunk_fail(reader,
                                            "a near pointer means nothing on the other "
                                              "side; every pointer here is far: leave "
                                              "\"%s\" away",
                                            wrong[i])
                       : i < 7 ? thunk_fail(reader,
                                            "pointers that cross have one selector of 64 "
                                            "KiB and cannot be huge: leave \"%s\" away",
                                            wrong[i])
                               : thunk_fail(reader,
                                            "thunks are __pascal on the 16-bit side and "
                                            "__stdcall on the other: let one such function "
                                            "call yours, and leave \"%s\" away",
                                            wrong[i]);
    }
    return !reader->has_failed;
}

static bool unsupported(struct thunk_reader *reader)
{
    if (thunk_is(reader, "float"))
        return thunk_fail(reader, "thunks know no floating point; pass a float as an unsigned "
                                  "long, which is not translated");
    if (thunk_is(reader, "double"))
        return thunk_fail(reader, "thunks know no floating point; pass a double as a structure of "
                                  "two unsigned longs");
    if (thunk_is(reader, "__int64"))
        return thunk_fail(reader, "16-bit C has no 64-bit integers; pass a structure of two "
                                  "unsigned longs");
    if (thunk_is(reader, "union"))
        return thunk_fail(reader, "which member of a union is valid is not known here; declare its "
                                  "largest member and convert it by hand");
    if (thunk_is(reader, "class"))
        return thunk_fail(reader, "a class is no type of a script; declare a struct");
    return thunk_fail(reader,
                      "\"%.*s\" is no type that is known here; declare it first: typedef "
                      "unsigned long %.*s;",
                      (int)reader->word.length, reader->word.text, (int)reader->word.length,
                      reader->word.text);
}

struct thunk_type *thunk_stars_read(struct thunk_reader *reader, struct thunk_type *type)
{
    if (!attributes_skip(reader))
        return NULL;
    for (uint32_t stars = 0; type && thunk_is(reader, "*"); stars++) {
        if (stars == DEPTH_MAX) {
            thunk_fail(reader, "more than %u stars in a row", DEPTH_MAX);
            return NULL;
        }
        type = thunk_type_pointer(reader, type);
        thunk_next(reader);
        if (!attributes_skip(reader))
            return NULL;
    }
    if (type && thunk_is(reader, "(")) {
        thunk_fail(reader, "%s",
                   is_flat(reader) ? "a pointer to a function cannot be called on the other side; "
                                     "pass it as an unsigned long, which is not translated"
                                   : "a pointer to a function has no name of its own here; give "
                                     "it one with PVOID");
        return NULL;
    }
    return type;
}

/* [2][3] is two arrays of three. */
struct thunk_type *thunk_dimensions_read(struct thunk_reader *reader, struct thunk_type *type)
{
    uint64_t counts[DEPTH_MAX];
    uint32_t dimensions = 0;
    while (type && thunk_accept(reader, "[")) {
        if (reader->word.kind != WORD_NUMBER) {
            thunk_fail(reader, "the number of elements should stand here");
            return NULL;
        }
        if (dimensions == DEPTH_MAX) {
            thunk_fail(reader, "more than %u dimensions", DEPTH_MAX);
            return NULL;
        }
        if (!type->is_complete) {
            thunk_fail(reader, "nothing is known of the elements; declare their structure first");
            return NULL;
        }
        counts[dimensions++] = reader->word.number;
        thunk_next(reader);
        if (!thunk_expect(reader, "]", "the number of elements"))
            return NULL;
    }
    while (type && dimensions)
        type = thunk_type_array(reader, type, counts[--dimensions]);
    return type;
}

/* ---- structures -------------------------------------------------------------------------------
 */

struct field_list {
    struct thunk_field *fields;
    uint32_t count, capacity;
};

static bool field_add(struct thunk_reader *reader, struct field_list *list,
                      struct thunk_type *of_declaration)
{
    struct thunk_type *type = thunk_stars_read(reader, of_declaration);
    struct thunk_word at = reader->word;
    if (!type)
        return false;
    const char *name = thunk_name(reader, "a field's name");
    if (!name)
        return false;
    if (thunk_is(reader, ":"))
        return thunk_fail(reader, "bit fields are laid out by each compiler in its own way; "
                                  "declare the integer that holds them");
    type = thunk_dimensions_read(reader, type);
    if (!type)
        return false;
    if (!type->is_complete)
        return thunk_fail_at(reader, at.line, at.column,
                             "nothing is known of the field's type%s; declare its structure first",
                             type->kind == THUNK_VOID ? ", void" : "");
    for (uint32_t i = 0; i < list->count; i++)
        if (!strcmp(list->fields[i].name, name))
            return thunk_fail_at(reader, at.line, at.column, "there is a field \"%s\" already",
                                 name);
    if (list->count == FIELDS_MAX)
        return thunk_fail(reader, "a structure has at most %u fields", FIELDS_MAX);
    struct thunk_field *grown =
        thunk_grow(reader, list->fields, list->count, &list->capacity, sizeof *grown);
    if (!grown)
        return false;
    list->fields = grown;
    grown[list->count++] = (struct thunk_field){.name = name, .type = type};
    return true;
}

static bool fields_read(struct thunk_reader *reader, struct thunk_type *type)
{
    struct field_list list = {0};
    while (!reader->has_failed && !thunk_is(reader, "}")) {
        if (reader->word.kind == WORD_END)
            return thunk_fail(reader, "the script ends within a structure; } is missing");
        struct thunk_type *base = thunk_type_read(reader);
        if (!base)
            return false;
        do {
            if (!field_add(reader, &list, base))
                return false;
        } while (thunk_accept(reader, ","));
        if (!thunk_expect(reader, ";", "a field"))
            return false;
    }
    thunk_next(reader);
    if (!list.count)
        return thunk_fail_at(reader, type->line, type->column, "the structure has no fields");
    type->fields = list.fields;
    type->count = list.count;
    return thunk_type_lay_out(reader, type);
}

/* After "struct". */
static struct thunk_type *struct_read(struct thunk_reader *reader)
{
    struct thunk_type *type = NULL;
    struct thunk_word at = reader->word;
    if (!thunk_is(reader, "{")) {
        const char *tag = thunk_name(reader, "a structure's tag or {");
        if (!tag)
            return NULL;
        type = thunk_type_find(reader, tag, strlen(tag), true);
        if (!type) {
            type = thunk_type_make(reader, THUNK_STRUCT);
            if (!type || !thunk_type_define(reader, tag, true, type))
                return NULL;
            type->name = tag;
        }
    }
    if (!thunk_is(reader, "{"))
        return type;
    if (type && type->is_being_read) {
        thunk_fail_at(
            reader, at.line, at.column,
            "the structure \"%s\" is being declared, since line %u: it cannot be declared "
            "again within itself",
            type->name, type->line);
        return NULL;
    }
    if (type && type->fields) {
        thunk_fail_at(reader, at.line, at.column, "there is a structure \"%s\" already, in line %u",
                      type->name, type->line);
        return NULL;
    }
    if (!type)
        type = thunk_type_make(reader, THUNK_STRUCT);
    if (!type || reader->depth == DEPTH_MAX) {
        thunk_fail(reader, "structures within structures go %u deep at most", DEPTH_MAX);
        return NULL;
    }
    struct thunk_script *script = reader->script;
    thunk_next(reader);
    reader->depth++;
    type->is_being_read = true;
    bool is_good = fields_read(reader, type);
    type->is_being_read = false;
    reader->depth--;
    if (!is_good)
        return NULL;
    const struct thunk_type **grown = thunk_grow(reader, script->types, script->type_count,
                                                 &reader->type_capacity, sizeof *grown);
    if (!grown)
        return NULL;
    script->types = grown;
    grown[script->type_count++] = type;
    return type;
}

/* An enumeration is an int; its names are of no use here. */
static struct thunk_type *enum_read(struct thunk_reader *reader)
{
    if (is_flat(reader)) {
        thunk_fail(reader, "scripts have no enumerations; their type is int: typedef int NAME;");
        return NULL;
    }
    thunk_next(reader);
    if (!thunk_is(reader, "{") && !thunk_name(reader, "an enumeration's tag or {"))
        return NULL;
    if (thunk_accept(reader, "{")) {
        while (!thunk_is(reader, "}") && reader->word.kind != WORD_END)
            thunk_next(reader);
        if (!thunk_expect(reader, "}", "the names of an enumeration"))
            return NULL;
    }
    return thunk_type_find(reader, "INT", 3, false);
}

struct thunk_type *thunk_type_read(struct thunk_reader *reader)
{
    if (!attributes_skip(reader))
        return NULL;
    if (thunk_accept(reader, "struct"))
        return struct_read(reader);
    if (thunk_is(reader, "enum"))
        return enum_read(reader);
    struct thunk_type *type = (struct thunk_type *)thunk_type_builtin(reader);
    if (!type && !reader->has_failed && reader->word.kind == WORD_NAME) {
        type = thunk_type_find(reader, reader->word.text, reader->word.length, false);
        if (type)
            thunk_next(reader);
    }
    if (!type) {
        if (reader->word.kind == WORD_NAME)
            unsupported(reader);
        else if (reader->word.kind == WORD_END)
            thunk_fail(reader, "the script ends; a type should stand here");
        else
            thunk_fail(reader, "a type should stand here, not \"%.*s\"", (int)reader->word.length,
                       reader->word.text);
        return NULL;
    }
    return attributes_skip(reader) ? type : NULL;
}
