/* SPDX-License-Identifier: MIT */
/* thunk/convert.h - arguments and results of flat thunks, converted by their tables.
 *
 * Rules of use, for a call from `from` to the other width: convert_scratch_bytes says how much
 * memory of the called side repacked objects need; convert_arguments fills in that side's arguments
 * and objects; after the call convert_back writes objects back that are output; convert_result
 * gives the caller's result. Nothing is kept. Both sides' memory is reached at base + flat address.
 */
#ifndef THUNK_CONVERT_H
#define THUNK_CONVERT_H

#include <stdbool.h>
#include <stdint.h>

#include "thunk/table.h"

enum convert_side { CONVERT_16, CONVERT_32 };

struct convert_world {
    uint8_t *base; /* of flat addresses; NULL where they are this program's own */
    /* Addresses that both sides can use, of at least so many bytes. 0: there is none. */
    uint32_t (*to_far)(void *context, uint32_t flat, uint32_t bytes);
    uint32_t (*to_flat)(void *context, uint32_t far, uint32_t bytes);
    void *context;
};

static inline void *convert_at(const struct convert_world *world, uint32_t address)
{
    return (void *)((uintptr_t)world->base + address);
}

struct convert_call {
    const struct convert_world *world;
    const struct thunk_function32 *function;
    enum convert_side from;
    uint8_t *arguments_16;    /* Pascal: the last one first */
    uint8_t *arguments_32;    /* stdcall: the first one first */
    uint8_t *scratch;         /* of the called side */
    uint32_t scratch_address; /* the same as the called side writes it: selector:offset, or flat */
    uint32_t scratch_used;
    bool has_failed; /* an address could not be translated */
};

uint32_t convert_scratch_bytes(const struct convert_world *world,
                               const struct thunk_function32 *function, enum convert_side from);
/* False: an address could not be translated; the call must not be made. */
bool convert_arguments(struct convert_call *call);
void convert_back(struct convert_call *call);
/* value: EAX, or DX:AX of the called side. */
uint32_t convert_result(struct convert_call *call, uint32_t value);

/* The table is whole: its addresses lie in the memory that is said to be readable, its numbers
 * within their limits. is_readable(context, address, bytes) decides. */
bool convert_table_is_good(const struct convert_world *world, const struct thunk_table32 *table,
                           bool (*is_readable)(void *, uint32_t, uint32_t));

#endif
