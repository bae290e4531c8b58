/* SPDX-License-Identifier: MIT */
/* convert.c - one value after the other, as its type says.
 *
 * Scalars are cut or widened; pointers to what both sides lay out alike are translated; objects
 * that they lay out differently are repacked into scratch memory of the called side.
 */
#include <string.h>

#include "thunk/convert.h"
#include "thunk/thunk.h"

typedef const struct thunk_type32 *type32;

static type32 type_at(const struct convert_world *world, uint32_t address)
{
    return address ? (type32)convert_at(world, address) : NULL;
}

static uint32_t bytes_of(type32 type, enum convert_side side)
{
    return side == CONVERT_16 ? type->bytes_16 : type->bytes_32;
}

static enum convert_side other(enum convert_side side)
{
    return side == CONVERT_16 ? CONVERT_32 : CONVERT_16;
}

/* Such a pointer's object is shared. */
static bool is_mapped(type32 target)
{
    return !target || target->flags & THUNK_TYPE32_SAME;
}

static uint32_t value_get(const uint8_t *from, uint32_t bytes)
{
    uint32_t value = 0;
    memcpy(&value, from, bytes > 4 ? 4 : bytes);
    return value;
}

static uint32_t scalar_convert(type32 type, uint32_t value, enum convert_side from)
{
    uint32_t bits = 8 * bytes_of(type, from);
    if (type->kind == THUNK_BOOL)
        return (bits < 32 ? value & ((1u << bits) - 1) : value) != 0;
    if (bits < 32)
        value &= (1u << bits) - 1;
    if (type->kind == THUNK_SIGNED && bits < 32 && value >> (bits - 1))
        value |= ~0u << bits;
    return value;
}

static uint32_t pointer_convert(struct convert_call *call, uint32_t address, type32 target,
                                enum convert_side from)
{
    const struct convert_world *world = call->world;
    uint32_t bytes = target ? bytes_of(target, from) : 1, result;
    if (!address)
        return 0;
    result = from == CONVERT_32 ? world->to_far(world->context, address, bytes)
                                : world->to_flat(world->context, address, bytes);
    call->has_failed |= !result;
    return result;
}

/* An object in memory. slot: bytes that the destination has, for a scalar on the stack. */
static void object_convert(struct convert_call *call, type32 type, const uint8_t *from, uint8_t *to,
                           uint32_t slot, enum convert_side from_side)
{
    const struct convert_world *world = call->world;
    uint32_t value, from_bytes = bytes_of(type, from_side);
    if (type->flags & THUNK_TYPE32_SAME && slot == from_bytes) {
        memcpy(to, from, slot);
        return;
    }
    switch (type->kind) {
    case THUNK_STRUCT:
        for (uint32_t i = 0; i < type->count; i++) {
            const struct thunk_field32 *field = &type->fields[i];
            type32 of = type_at(world, field->type);
            bool is_16 = from_side == CONVERT_16;
            object_convert(call, of, from + (is_16 ? field->offset_16 : field->offset_32),
                           to + (is_16 ? field->offset_32 : field->offset_16),
                           bytes_of(of, other(from_side)), from_side);
        }
        return;
    case THUNK_ARRAY: {
        type32 of = type_at(world, type->target);
        uint32_t step = bytes_of(of, from_side), to_step = bytes_of(of, other(from_side));
        for (uint32_t i = 0; i < type->count; i++)
            object_convert(call, of, from + i * step, to + i * to_step, to_step, from_side);
        return;
    }
    case THUNK_POINTER:
        value = pointer_convert(call, value_get(from, 4), type_at(world, type->target), from_side);
        break;
    default:
        value = scalar_convert(type, value_get(from, from_bytes), from_side);
    }
    memcpy(to, &value, slot);
}

/* ---- parameters --------------------------------------------------------------------------------
 */

static uint32_t slot_bytes(type32 type, enum convert_side side)
{
    return side == CONVERT_16 ? (type->bytes_16 + 1) & ~1u : (type->bytes_32 + 3) & ~3u;
}

/* What a pointer parameter points at, where that is repacked; else NULL. */
static type32 repacked(const struct convert_world *world, type32 type)
{
    type32 target = type->kind == THUNK_POINTER ? type_at(world, type->target) : NULL;
    return is_mapped(target) ? NULL : target;
}

static uint32_t scratch_step(type32 target, enum convert_side side)
{
    return (bytes_of(target, side) + 3) & ~3u;
}

uint32_t convert_scratch_bytes(const struct convert_world *world,
                               const struct thunk_function32 *function, enum convert_side from)
{
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < function->parameter_count; i++) {
        type32 target = repacked(world, type_at(world, function->parameters[i].type));
        bytes += target ? scratch_step(target, other(from)) : 0;
    }
    return bytes;
}

struct places {
    uint8_t *from, *to;
};

/* Where parameter i lies on both sides, given how much stands before it. */
static struct places places_of(const struct convert_call *call, type32 type, uint32_t *at_16,
                               uint32_t *at_32)
{
    *at_16 += slot_bytes(type, CONVERT_16);
    uint8_t *in_16 = call->arguments_16 + (call->function->argument_bytes_16 - *at_16);
    uint8_t *in_32 = call->arguments_32 + *at_32;
    *at_32 += slot_bytes(type, CONVERT_32);
    return call->from == CONVERT_16 ? (struct places){in_16, in_32} : (struct places){in_32, in_16};
}

/* The caller's object, as this program reaches it. NULL: there is none. */
static uint8_t *object_of(struct convert_call *call, uint32_t address, type32 target)
{
    const struct convert_world *world = call->world;
    if (address && call->from == CONVERT_16) {
        address = world->to_flat(world->context, address, target->bytes_16);
        call->has_failed |= !address;
    }
    return address ? convert_at(world, address) : NULL;
}

static void repack_in(struct convert_call *call, const struct thunk_parameter32 *parameter,
                      type32 target, struct places places)
{
    enum convert_side to_side = other(call->from);
    uint8_t *object = object_of(call, value_get(places.from, 4), target);
    uint8_t *copy = call->scratch + call->scratch_used;
    uint32_t address = object ? call->scratch_address + call->scratch_used : 0;
    memcpy(places.to, &address, 4);
    call->scratch_used += scratch_step(target, to_side);
    if (!object)
        return;
    memset(copy, 0, bytes_of(target, to_side));
    if (parameter->mode & THUNK_INPUT)
        object_convert(call, target, object, copy, bytes_of(target, to_side), call->from);
}

bool convert_arguments(struct convert_call *call)
{
    const struct convert_world *world = call->world;
    uint32_t at_16 = 0, at_32 = 0;
    call->scratch_used = 0;
    for (uint32_t i = 0; i < call->function->parameter_count && !call->has_failed; i++) {
        const struct thunk_parameter32 *parameter = &call->function->parameters[i];
        type32 type = type_at(world, parameter->type), target = repacked(world, type);
        struct places places = places_of(call, type, &at_16, &at_32);
        if (target)
            repack_in(call, parameter, target, places);
        else
            object_convert(call, type, places.from, places.to,
                           type->kind == THUNK_STRUCT ? bytes_of(type, other(call->from))
                                                      : slot_bytes(type, other(call->from)),
                           call->from);
    }
    return !call->has_failed;
}

void convert_back(struct convert_call *call)
{
    const struct convert_world *world = call->world;
    enum convert_side to_side = other(call->from);
    uint32_t at_16 = 0, at_32 = 0, used = 0;
    if (!call->scratch_used)
        return; /* nothing was repacked */
    for (uint32_t i = 0; i < call->function->parameter_count; i++) {
        const struct thunk_parameter32 *parameter = &call->function->parameters[i];
        type32 type = type_at(world, parameter->type), target = repacked(world, type);
        struct places places = places_of(call, type, &at_16, &at_32);
        if (!target)
            continue;
        uint8_t *copy = call->scratch + used;
        used += scratch_step(target, to_side);
        uint8_t *object = parameter->mode & THUNK_OUTPUT
                              ? object_of(call, value_get(places.from, 4), target)
                              : NULL;
        if (object)
            object_convert(call, target, copy, object, bytes_of(target, call->from), to_side);
    }
}

uint32_t convert_result(struct convert_call *call, uint32_t value)
{
    type32 type = type_at(call->world, call->function->result);
    enum convert_side from = other(call->from);
    if (!type)
        return value; /* void: whatever the registers have */
    if (type->kind == THUNK_POINTER)
        return pointer_convert(call, value, type_at(call->world, type->target), from);
    return scalar_convert(type, value, from);
}
