/* SPDX-License-Identifier: MIT */
/* check.c - what a thunk can carry, as the documentation of the thunk compiler lists it.
 *
 * Pointers cross by mapping where both sides see the same bytes, and by repacking one object where
 * they do not; what would need repacking behind a pointer within a structure cannot cross.
 * Doc: "Data Types Supported By the Thunk Compiler", "Late Loading"
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "thunk_internal.h"

static void type_name(const struct thunk_type *type, char *out, size_t size)
{
    struct thunk_text text = {0};
    thunk_type_print(&text, type);
    snprintf(out, size, "%.80s", text.bytes ? text.bytes : "the type");
    free(text.bytes);
}

/* What a pointer may point at without being copied. */
static bool is_mapped(const struct thunk_type *target)
{
    return !target || target->kind == THUNK_VOID || (target->is_complete && target->is_same);
}

/* Fields, elements, and what they point at. */
static bool contents_check(struct thunk_reader *reader, const struct thunk_function *function,
                           const struct thunk_type *type, const char *where)
{
    char name[96];
    if (type->kind == THUNK_ARRAY)
        return contents_check(reader, function, type->target, where);
    if (type->kind == THUNK_POINTER && !is_mapped(type->target)) {
        type_name(type->target, name, sizeof name);
        return thunk_fail_at(
            reader, function->line, function->column,
            "the pointer \"%s\" within a structure that \"%s\" takes points to %s, "
            "which the sides lay out differently; only what is the same on both "
            "can be pointed at: use short or long instead of int, or pass it as a "
            "parameter of its own",
            where, function->name, name);
    }
    for (uint32_t i = 0; type->kind == THUNK_STRUCT && i < type->count; i++)
        if (!contents_check(reader, function, type->fields[i].type, type->fields[i].name))
            return false;
    return true;
}

static bool parameter_check(struct thunk_reader *reader, const struct thunk_function *function,
                            const struct thunk_parameter *parameter)
{
    const struct thunk_type *type = parameter->type;
    const char *name = parameter->name ? parameter->name : "(without a name)";
    char of[96];
    if (type->kind != THUNK_POINTER && parameter->has_mode && parameter->mode != THUNK_INPUT)
        return thunk_fail_at(reader, function->line, function->column,
                             "\"%s\" of \"%s\" is passed by value and can only be input; pass a "
                             "pointer",
                             name, function->name);
    if (type->kind != THUNK_POINTER)
        return contents_check(reader, function, type, name);
    if (is_mapped(type->target))
        return true;
    if (!type->target->is_complete) {
        type_name(type->target, of, sizeof of);
        return thunk_fail_at(reader, function->line, function->column,
                             "nothing is known of %s, which \"%s\" of \"%s\" points to; declare "
                             "the structure, or pass void *",
                             of, name, function->name);
    }
    return contents_check(reader, function, type->target, name);
}

static bool result_check(struct thunk_reader *reader, const struct thunk_function *function)
{
    const struct thunk_type *type = function->result;
    char of[96];
    if (type->kind == THUNK_STRUCT || type->kind == THUNK_ARRAY)
        return thunk_fail_at(reader, function->line, function->column,
                             "\"%s\" returns a structure; let it fill one through a pointer, or "
                             "return a long",
                             function->name);
    if (type->kind != THUNK_POINTER)
        return true;
    if (reader->script->direction == THUNK_16_TO_32)
        return thunk_fail_at(reader, function->line, function->column,
                             "\"%s\" returns a pointer, which is translated from 16 to 32 bits "
                             "only, not back; return an unsigned long",
                             function->name);
    if (is_mapped(type->target))
        return true;
    type_name(type->target, of, sizeof of);
    return thunk_fail_at(reader, function->line, function->column,
                         "\"%s\" returns a pointer to %s, which the sides lay out differently; "
                         "return a pointer to what is the same on both, or fill it in through a "
                         "parameter",
                         function->name, of);
}

uint32_t thunk_argument_bytes(const struct thunk_type *type, enum thunk_width width)
{
    uint32_t unit = width == THUNK_16 ? 2 : 4;
    return (type->bytes[width] + unit - 1) / unit * unit;
}

bool thunk_function_check(struct thunk_reader *reader, struct thunk_function *function)
{
    if (!reader->script->direction)
        return thunk_fail_at(reader, function->line, function->column,
                             "the script does not say its direction; enablemapdirect3216 = true; "
                             "or enablemapdirect1632 = true; should stand at its beginning");
    if (!result_check(reader, function))
        return false;
    for (uint32_t i = 0; i < function->parameter_count; i++) {
        if (!parameter_check(reader, function, &function->parameters[i]))
            return false;
        for (int w = THUNK_16; w <= THUNK_32; w++)
            function->argument_bytes[w] +=
                thunk_argument_bytes(function->parameters[i].type, (enum thunk_width)w);
    }
    if (function->argument_bytes[THUNK_16] > 1024 || function->argument_bytes[THUNK_32] > 2048)
        return thunk_fail_at(reader, function->line, function->column,
                             "the arguments of \"%s\" have more than 1 KiB; pass the structure by "
                             "a pointer",
                             function->name);
    return true;
}

/* ---- the whole ----------------------------------------------------------------------------------
 */

static uint32_t sum_word(uint32_t sum, uint32_t word)
{
    for (int i = 0; i < 4; i++, word >>= 8)
        sum = (sum ^ (word & 0xff)) * 16777619u;
    return sum;
}

static uint32_t sum_type(uint32_t sum, const struct thunk_type *type, uint32_t depth)
{
    sum = sum_word(sum, (uint32_t)type->kind);
    sum = sum_word(sum, type->bytes[THUNK_16]);
    sum = sum_word(sum, type->bytes[THUNK_32]);
    sum = sum_word(sum, type->count);
    if (type->target && (type->kind == THUNK_ARRAY || !depth) && depth < 8)
        sum = sum_type(sum, type->target, depth + 1);
    for (uint32_t i = 0; type->kind == THUNK_STRUCT && depth < 8 && i < type->count; i++) {
        sum = sum_word(sum, type->fields[i].offset[THUNK_16]);
        sum = sum_word(sum, type->fields[i].offset[THUNK_32]);
        sum = sum_type(sum, type->fields[i].type, depth + 1);
    }
    return sum;
}

/* Two halves belong together when this agrees. */
static uint32_t sum_script(const struct thunk_script *script)
{
    uint32_t sum = sum_word(2166136261u, (uint32_t)script->direction);
    for (uint32_t i = 0; i < script->function_count; i++) {
        const struct thunk_function *function = &script->functions[i];
        for (const char *at = function->name; *at; at++)
            sum = sum_word(sum, (unsigned char)*at);
        sum = sum_type(sum, function->result, 0);
        for (uint32_t p = 0; p < function->parameter_count; p++) {
            sum = sum_word(sum, (uint32_t)function->parameters[p].mode);
            sum = sum_type(sum, function->parameters[p].type, 0);
        }
    }
    return sum;
}

static bool header_check(struct thunk_reader *reader)
{
    const struct thunk_script *script = reader->script;
    for (uint32_t i = 0; i < script->type_count; i++)
        if (!script->types[i]->name)
            return thunk_fail_at(reader, script->types[i]->line, script->types[i]->column,
                                 "the structure has no name to convert it by; give it a tag or a "
                                 "typedef");
    return script->type_count ||
           thunk_fail(reader, "the header declares no structure; there is nothing to convert");
}

bool thunk_script_check(struct thunk_reader *reader)
{
    struct thunk_script *script = reader->script;
    script->type_number = reader->type_number;
    if (script->language == THUNK_IOCTL)
        return header_check(reader);
    if (script->preloads_32 && script->is_win31_compatible)
        return thunk_fail(reader, "preload32 cannot stand together with win31compat: loading the "
                                  "32-bit DLL would let other 16-bit code run; leave one away");
    if (!script->direction)
        return thunk_fail(reader, "the script does not say its direction; enablemapdirect3216 = "
                                  "true; or enablemapdirect1632 = true; should stand at its "
                                  "beginning");
    if (!script->function_count)
        return thunk_fail(reader, "the script declares no function; there is nothing to call");
    script->checksum = sum_script(script);
    return true;
}
