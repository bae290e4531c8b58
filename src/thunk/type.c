/* SPDX-License-Identifier: MIT */
/* type.c - types: how large they are in each width, where fields lie, and what both sides share. */
#include <stdio.h>
#include <string.h>

#include "thunk_internal.h"

#define TYPES_MAX 20000u

struct builtin {
    const char *name;
    enum thunk_kind kind;
    uint8_t bytes[THUNK_WIDTHS];
    bool is_handle;
};

/* What scripts may use without saying it first: the types of C, and bool. */
static const struct builtin flat_types[] = {
    {"void", THUNK_VOID, {0, 0, 0}, false},
    {"bool", THUNK_BOOL, {2, 4, 4}, false},
};

/* What drivers' headers use. Pointers are those that are an address and nothing more here. */
static const struct builtin ioctl_types[] = {
    {"void", THUNK_VOID, {0, 0, 0}, false},
    {"VOID", THUNK_VOID, {0, 0, 0}, false},
    {"UCHAR", THUNK_UNSIGNED, {1, 1, 1}, false},
    {"BYTE", THUNK_UNSIGNED, {1, 1, 1}, false},
    {"BOOLEAN", THUNK_UNSIGNED, {1, 1, 1}, false},
    {"UINT8", THUNK_UNSIGNED, {1, 1, 1}, false},
    {"uint8_t", THUNK_UNSIGNED, {1, 1, 1}, false},
    {"CHAR", THUNK_SIGNED, {1, 1, 1}, false},
    {"CCHAR", THUNK_SIGNED, {1, 1, 1}, false},
    {"INT8", THUNK_SIGNED, {1, 1, 1}, false},
    {"int8_t", THUNK_SIGNED, {1, 1, 1}, false},
    {"USHORT", THUNK_UNSIGNED, {2, 2, 2}, false},
    {"WORD", THUNK_UNSIGNED, {2, 2, 2}, false},
    {"WCHAR", THUNK_UNSIGNED, {2, 2, 2}, false},
    {"UINT16", THUNK_UNSIGNED, {2, 2, 2}, false},
    {"uint16_t", THUNK_UNSIGNED, {2, 2, 2}, false},
    {"SHORT", THUNK_SIGNED, {2, 2, 2}, false},
    {"INT16", THUNK_SIGNED, {2, 2, 2}, false},
    {"int16_t", THUNK_SIGNED, {2, 2, 2}, false},
    {"ULONG", THUNK_UNSIGNED, {4, 4, 4}, false},
    {"DWORD", THUNK_UNSIGNED, {4, 4, 4}, false},
    {"UINT", THUNK_UNSIGNED, {4, 4, 4}, false},
    {"UINT32", THUNK_UNSIGNED, {4, 4, 4}, false},
    {"ULONG32", THUNK_UNSIGNED, {4, 4, 4}, false},
    {"DWORD32", THUNK_UNSIGNED, {4, 4, 4}, false},
    {"uint32_t", THUNK_UNSIGNED, {4, 4, 4}, false},
    {"ACCESS_MASK", THUNK_UNSIGNED, {4, 4, 4}, false},
    {"LONG", THUNK_SIGNED, {4, 4, 4}, false},
    {"INT", THUNK_SIGNED, {4, 4, 4}, false},
    {"BOOL", THUNK_SIGNED, {4, 4, 4}, false},
    {"INT32", THUNK_SIGNED, {4, 4, 4}, false},
    {"LONG32", THUNK_SIGNED, {4, 4, 4}, false},
    {"int32_t", THUNK_SIGNED, {4, 4, 4}, false},
    {"NTSTATUS", THUNK_SIGNED, {4, 4, 4}, false},
    {"ULONGLONG", THUNK_UNSIGNED, {8, 8, 8}, false},
    {"ULONG64", THUNK_UNSIGNED, {8, 8, 8}, false},
    {"DWORD64", THUNK_UNSIGNED, {8, 8, 8}, false},
    {"UINT64", THUNK_UNSIGNED, {8, 8, 8}, false},
    {"uint64_t", THUNK_UNSIGNED, {8, 8, 8}, false},
    {"LONGLONG", THUNK_SIGNED, {8, 8, 8}, false},
    {"LONG64", THUNK_SIGNED, {8, 8, 8}, false},
    {"INT64", THUNK_SIGNED, {8, 8, 8}, false},
    {"int64_t", THUNK_SIGNED, {8, 8, 8}, false},
    {"LARGE_INTEGER", THUNK_SIGNED, {8, 8, 8}, false},
    {"ULARGE_INTEGER", THUNK_UNSIGNED, {8, 8, 8}, false},
    {"PHYSICAL_ADDRESS", THUNK_SIGNED, {8, 8, 8}, false},
    {"SIZE_T", THUNK_UNSIGNED, {4, 4, 8}, false},
    {"ULONG_PTR", THUNK_UNSIGNED, {4, 4, 8}, false},
    {"DWORD_PTR", THUNK_UNSIGNED, {4, 4, 8}, false},
    {"UINT_PTR", THUNK_UNSIGNED, {4, 4, 8}, false},
    {"KAFFINITY", THUNK_UNSIGNED, {4, 4, 8}, false},
    {"size_t", THUNK_UNSIGNED, {4, 4, 8}, false},
    {"uintptr_t", THUNK_UNSIGNED, {4, 4, 8}, false},
    {"SSIZE_T", THUNK_SIGNED, {4, 4, 8}, false},
    {"LONG_PTR", THUNK_SIGNED, {4, 4, 8}, false},
    {"INT_PTR", THUNK_SIGNED, {4, 4, 8}, false},
    {"intptr_t", THUNK_SIGNED, {4, 4, 8}, false},
    {"PVOID", THUNK_POINTER, {4, 4, 8}, false},
    {"LPVOID", THUNK_POINTER, {4, 4, 8}, false},
    {"PSTR", THUNK_POINTER, {4, 4, 8}, false},
    {"LPSTR", THUNK_POINTER, {4, 4, 8}, false},
    {"PCSTR", THUNK_POINTER, {4, 4, 8}, false},
    {"PWSTR", THUNK_POINTER, {4, 4, 8}, false},
    {"PCWSTR", THUNK_POINTER, {4, 4, 8}, false},
    {"LPWSTR", THUNK_POINTER, {4, 4, 8}, false},
    {"PCHAR", THUNK_POINTER, {4, 4, 8}, false},
    {"PUCHAR", THUNK_POINTER, {4, 4, 8}, false},
    {"PBYTE", THUNK_POINTER, {4, 4, 8}, false},
    {"PUSHORT", THUNK_POINTER, {4, 4, 8}, false},
    {"PWCHAR", THUNK_POINTER, {4, 4, 8}, false},
    {"PULONG", THUNK_POINTER, {4, 4, 8}, false},
    {"PLONG", THUNK_POINTER, {4, 4, 8}, false},
    {"PDWORD", THUNK_POINTER, {4, 4, 8}, false},
    {"PULONGLONG", THUNK_POINTER, {4, 4, 8}, false},
    {"PSIZE_T", THUNK_POINTER, {4, 4, 8}, false},
    {"HANDLE", THUNK_POINTER, {4, 4, 8}, true},
};

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t round_up(uint32_t value, uint32_t to)
{
    return (value + to - 1) / to * to;
}

struct thunk_type *thunk_type_make(struct thunk_reader *reader, enum thunk_kind kind)
{
    if (reader->type_number >= TYPES_MAX) {
        thunk_fail(reader, "a script has at most %u types", TYPES_MAX);
        return NULL;
    }
    struct thunk_type *type = thunk_take(reader->script, sizeof *type);
    if (!type) {
        thunk_fail(reader, "there is no memory left");
        return NULL;
    }
    type->kind = kind;
    type->number = reader->type_number++;
    type->line = reader->word.line;
    type->column = reader->word.column;
    for (int w = 0; w < THUNK_WIDTHS; w++)
        type->alignment[w] = 1;
    return type;
}

static struct thunk_type *scalar_make(struct thunk_reader *reader, const struct builtin *from)
{
    struct thunk_type *type = thunk_type_make(reader, from->kind);
    if (!type)
        return NULL;
    type->name = from->name;
    type->is_handle = from->is_handle;
    type->is_complete = from->kind != THUNK_VOID;
    for (int w = 0; w < THUNK_WIDTHS; w++) {
        type->bytes[w] = from->bytes[w];
        type->alignment[w] = from->bytes[w] ? smaller(from->bytes[w], reader->pack[w]) : 1;
    }
    type->is_same = from->kind != THUNK_POINTER && from->bytes[0] == from->bytes[1];
    return type;
}

bool thunk_types_begin(struct thunk_reader *reader)
{
    bool is_flat = reader->options->language == THUNK_FLAT;
    const struct builtin *from = is_flat ? flat_types : ioctl_types;
    size_t count = is_flat ? sizeof flat_types / sizeof *from : sizeof ioctl_types / sizeof *from;
    for (size_t i = 0; i < count; i++) {
        struct thunk_type *type = scalar_make(reader, &from[i]);
        if (!type || !thunk_type_define(reader, from[i].name, false, type))
            return false;
    }
    return true;
}

struct thunk_type *thunk_type_find(struct thunk_reader *reader, const char *name, size_t length,
                                   bool is_tag)
{
    for (struct thunk_type_name *known = reader->names; known; known = known->next)
        if (known->is_tag == is_tag && strlen(known->name) == length &&
            !memcmp(known->name, name, length))
            return known->type;
    return NULL;
}

bool thunk_type_define(struct thunk_reader *reader, const char *name, bool is_tag,
                       struct thunk_type *type)
{
    struct thunk_type_name *known = thunk_take(reader->script, sizeof *known);
    if (!known)
        return thunk_fail(reader, "there is no memory left");
    *known = (struct thunk_type_name){reader->names, name, is_tag, type};
    reader->names = known;
    return true;
}

struct thunk_type *thunk_type_pointer(struct thunk_reader *reader, const struct thunk_type *target)
{
    static const struct builtin address = {NULL, THUNK_POINTER, {4, 4, 8}, false};
    struct thunk_type *type = scalar_make(reader, &address);
    if (type)
        type->target = target;
    return type;
}

struct thunk_type *thunk_type_array(struct thunk_reader *reader, const struct thunk_type *element,
                                    uint64_t count)
{
    struct thunk_type *type = thunk_type_make(reader, THUNK_ARRAY);
    if (!type)
        return NULL;
    type->target = element;
    type->is_same = element->is_same;
    type->is_complete = true;
    for (int w = 0; w < THUNK_WIDTHS; w++) {
        if (!count || count > THUNK_STRUCT_MAX || count * element->bytes[w] > THUNK_STRUCT_MAX) {
            thunk_fail(reader, "an array has 1 to %u elements, and at most 64 KiB",
                       THUNK_STRUCT_MAX);
            return NULL;
        }
        type->bytes[w] = element->bytes[w] * (uint32_t)count;
        type->alignment[w] = element->alignment[w];
    }
    type->count = (uint32_t)count;
    return type;
}

bool thunk_type_lay_out(struct thunk_reader *reader, struct thunk_type *type)
{
    struct thunk_field *fields = (struct thunk_field *)type->fields;
    type->is_same = true;
    for (int w = 0; w < THUNK_WIDTHS; w++) {
        uint32_t at = 0, alignment = 1;
        for (uint32_t i = 0; i < type->count; i++) {
            const struct thunk_type *of = fields[i].type;
            at = round_up(at, of->alignment[w]);
            fields[i].offset[w] = at;
            at += of->bytes[w];
            if (at > THUNK_STRUCT_MAX)
                return thunk_fail_at(reader, type->line, type->column,
                                     "a structure has at most 64 KiB");
            if (of->alignment[w] > alignment)
                alignment = of->alignment[w];
            type->is_same &= of->is_same && fields[i].offset[0] == fields[i].offset[w ? 1 : 0];
        }
        type->bytes[w] = round_up(at, alignment);
        type->alignment[w] = alignment;
    }
    type->is_same &= type->bytes[THUNK_16] == type->bytes[THUNK_32];
    type->is_complete = true;
    return true;
}

/* ---- the words of C that stand in a row -------------------------------------------------------
 */

static const struct thunk_type *integer_type(struct thunk_reader *reader, bool is_unsigned,
                                             char size)
{
    static const struct builtin integers[2][5] = {
        {{"char", THUNK_SIGNED, {1, 1, 1}, false},
         {"short", THUNK_SIGNED, {2, 2, 2}, false},
         {"int", THUNK_SIGNED, {2, 4, 4}, false},
         {"long", THUNK_SIGNED, {4, 4, 4}, false},
         {"long long", THUNK_SIGNED, {8, 8, 8}, false}},
        {{"unsigned char", THUNK_UNSIGNED, {1, 1, 1}, false},
         {"unsigned short", THUNK_UNSIGNED, {2, 2, 2}, false},
         {"unsigned int", THUNK_UNSIGNED, {2, 4, 4}, false},
         {"unsigned long", THUNK_UNSIGNED, {4, 4, 4}, false},
         {"unsigned long long", THUNK_UNSIGNED, {8, 8, 8}, false}}};
    const struct builtin *from = &integers[is_unsigned][strchr("csilq", size) - "csilq"];
    struct thunk_type *type = thunk_type_find(reader, from->name, strlen(from->name), false);
    if (type)
        return type;
    type = scalar_make(reader, from);
    return type && thunk_type_define(reader, from->name, false, type) ? type : NULL;
}

const struct thunk_type *thunk_type_builtin(struct thunk_reader *reader)
{
    bool is_unsigned = false, is_signed = false, is_int = false;
    char size = 0;
    uint32_t words = 0;
    for (;; words++) {
        if (thunk_is(reader, "unsigned") && !is_signed && !is_unsigned)
            is_unsigned = true;
        else if (thunk_is(reader, "signed") && !is_signed && !is_unsigned)
            is_signed = true;
        else if (thunk_is(reader, "char") && !size && !is_int)
            size = 'c';
        else if (thunk_is(reader, "short") && !size)
            size = 's';
        else if (thunk_is(reader, "long") && !size)
            size = 'l';
        else if (thunk_is(reader, "long") && size == 'l' &&
                 reader->options->language == THUNK_IOCTL)
            size = 'q';
        else if (thunk_is(reader, "__int64") && !size && reader->options->language == THUNK_IOCTL)
            size = 'q';
        else if (thunk_is(reader, "int") && !is_int && size != 'c')
            is_int = true;
        else
            break;
        thunk_next(reader);
    }
    if (!words)
        return NULL;
    if (thunk_is(reader, "float") || thunk_is(reader, "double"))
        return NULL; /* the caller says what to do instead */
    return integer_type(reader, is_unsigned, size ? size : 'i');
}

void thunk_type_print(struct thunk_text *text, const struct thunk_type *type)
{
    if (type->name) {
        thunk_put(text, "%s", type->name);
    } else if (type->kind == THUNK_POINTER) {
        if (type->target)
            thunk_type_print(text, type->target);
        thunk_put(text, " *");
    } else if (type->kind == THUNK_ARRAY) {
        thunk_type_print(text, type->target);
        thunk_put(text, "[%u]", type->count);
    } else {
        thunk_put(text, "a structure");
    }
}
