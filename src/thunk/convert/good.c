/* SPDX-License-Identifier: MIT */
/* good.c - a table is believed only after its addresses and numbers have been looked at. */
#include "thunk/convert.h"
#include "thunk/thunk.h"

#define DEPTH_MAX 24u
#define STEPS_MAX 200000u

struct checker {
    const struct convert_world *world;
    bool (*is_readable)(void *, uint32_t, uint32_t);
    uint32_t steps;
};

static const void *look(const struct checker *checker, uint32_t address, uint64_t bytes)
{
    if (!address || address & 3 || bytes > UINT32_MAX - address ||
        !checker->is_readable(checker->world->context, address, (uint32_t)bytes))
        return NULL;
    return convert_at(checker->world, address);
}

static bool type_is_good(struct checker *checker, uint32_t address, uint32_t depth);

static bool fields_are_good(struct checker *checker, uint32_t address,
                            const struct thunk_type32 *type, uint32_t depth)
{
    if (!look(checker, address, sizeof *type + (uint64_t)type->count * sizeof *type->fields))
        return false;
    for (uint32_t i = 0; i < type->count; i++) {
        const struct thunk_field32 *field = &type->fields[i];
        const struct thunk_type32 *of = look(checker, field->type, sizeof *of);
        if (!of || field->offset_16 > type->bytes_16 ||
            of->bytes_16 > type->bytes_16 - field->offset_16 || field->offset_32 > type->bytes_32 ||
            of->bytes_32 > type->bytes_32 - field->offset_32 ||
            !type_is_good(checker, field->type, depth + 1))
            return false;
    }
    return true;
}

static bool type_is_good(struct checker *checker, uint32_t address, uint32_t depth)
{
    const struct thunk_type32 *type = look(checker, address, sizeof *type), *of;
    if (!type || depth > DEPTH_MAX || ++checker->steps > STEPS_MAX || type->bytes_16 > 0xffff ||
        type->bytes_32 > 0xffff ||
        (type->flags & THUNK_TYPE32_SAME && type->bytes_16 != type->bytes_32))
        return false;
    switch (type->kind) {
    case THUNK_SIGNED:
    case THUNK_UNSIGNED:
    case THUNK_BOOL:
        return type->bytes_16 && type->bytes_16 <= 4 && type->bytes_32 && type->bytes_32 <= 4;
    case THUNK_POINTER:
        return type->bytes_16 == 4 && type->bytes_32 == 4 &&
               (!type->target || type_is_good(checker, type->target, depth + 1));
    case THUNK_STRUCT:
        return fields_are_good(checker, address, type, depth);
    case THUNK_ARRAY:
        of = look(checker, type->target, sizeof *of);
        return of && type_is_good(checker, type->target, depth + 1) &&
               (uint64_t)of->bytes_16 * type->count <= type->bytes_16 &&
               (uint64_t)of->bytes_32 * type->count <= type->bytes_32;
    default:
        return false;
    }
}

static bool function_is_good(struct checker *checker, uint32_t address)
{
    const struct thunk_function32 *function = look(checker, address, sizeof *function);
    uint32_t bytes_16 = 0, bytes_32 = 0;
    if (!function || function->parameter_count > THUNK_PARAMETERS_MAX ||
        !look(checker, address,
              sizeof *function + function->parameter_count * sizeof *function->parameters) ||
        (function->result && !type_is_good(checker, function->result, 0)))
        return false;
    for (uint32_t i = 0; i < function->parameter_count; i++) {
        const struct thunk_parameter32 *parameter = &function->parameters[i];
        if (!type_is_good(checker, parameter->type, 0))
            return false;
        const struct thunk_type32 *type = look(checker, parameter->type, sizeof *type);
        bytes_16 += (type->bytes_16 + 1) & ~1u;
        bytes_32 += (type->bytes_32 + 3) & ~3u;
    }
    return bytes_16 == function->argument_bytes_16 && bytes_32 == function->argument_bytes_32;
}

bool convert_table_is_good(const struct convert_world *world, const struct thunk_table32 *table,
                           bool (*is_readable)(void *, uint32_t, uint32_t))
{
    struct checker checker = {world, is_readable, 0};
    if (table->magic != THUNK_TABLE_MAGIC_32 || table->version != THUNK_TABLE_VERSION ||
        (table->direction != THUNK_TABLE_16_TO_32 && table->direction != THUNK_TABLE_32_TO_16) ||
        !table->count || table->count > THUNK_TABLE_FUNCTIONS_MAX)
        return false;
    const uint32_t *functions = look(&checker, table->functions, 4ull * table->count);
    if (!functions)
        return false;
    for (uint32_t i = 0; i < table->count; i++)
        if (!function_is_good(&checker, functions[i]))
            return false;
    return true;
}
