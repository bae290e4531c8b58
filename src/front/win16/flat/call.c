/* SPDX-License-Identifier: MIT */
/* call.c - one call through a flat thunk, in either direction. */
#include <string.h>

#include "abi/win16.h"
#include "flat_internal.h"
#include "ntdll/error.h"

#define ARGUMENT_BYTES_MAX 2048u
#define OBJECT_BYTES_MAX   0x4000u
#define RETURN_BYTES       4u /* to the stub's caller, below the arguments */

static struct far16 entry_of(const struct flat_link *link, uint32_t index)
{
    const struct thunk_entry16 *entries = (const void *)(link->table_16 + 1);
    return far16_of(entries[index].value);
}

static uint32_t down_run(struct convert_call *call, const struct flat_link *link)
{
    const struct thunk_function32 *function = call->function;
    struct cpu16_registers registers = {.ds = link->module_16->instance};
    if (!convert_arguments(call))
        return error_fail(ERROR_NOACCESS);
    cpu16_call(entry_of(link, function->index), call->arguments_16, function->argument_bytes_16,
               &registers);
    convert_back(call);
    return convert_result(call, registers.edx << 16 | (registers.eax & 0xffff));
}

uint32_t __attribute__((fastcall)) flat_call_down(const struct thunk_function32 *function,
                                                  uint8_t *arguments)
{
    struct flat_addresses addresses = {.count = 0};
    struct convert_world world = {NULL, flat_to_far, flat_to_flat, &addresses};
    const struct thunk_table32 *table = (const void *)(uintptr_t)function->table;
    const struct flat_link *link = flat_link_of(table->state);
    uint8_t arguments_16[ARGUMENT_BYTES_MAX];
    /* There is one 16-bit world, and it belongs to the thread that connected first. */
    if (!link || !cpu16_is_here())
        return error_fail(ERROR_INVALID_THREAD_ID);
    struct convert_call call = {.world = &world,
                                .function = function,
                                .from = CONVERT_32,
                                .arguments_16 = arguments_16,
                                .arguments_32 = arguments};
    uint32_t bytes = convert_scratch_bytes(&world, function, CONVERT_32);
    if (bytes) {
        call.scratch = flat_scratch_take(bytes, &call.scratch_address);
        if (!call.scratch)
            return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    uint32_t result = down_run(&call, link);
    if (bytes)
        flat_scratch_give(call.scratch);
    flat_addresses_release(&addresses);
    return result;
}

/* ---- 16 to 32 bits ------------------------------------------------------------------------------
 */

static uint32_t up_run(struct convert_call *call)
{
    const struct thunk_function32 *function = call->function;
    uint8_t arguments_32[ARGUMENT_BYTES_MAX], objects[OBJECT_BYTES_MAX];
    call->arguments_32 = arguments_32;
    call->scratch = objects;
    call->scratch_address = (uint32_t)(uintptr_t)objects;
    if (!convert_arguments(call))
        return 0;
    uint32_t value = flat_stdcall(function->target, arguments_32, function->argument_bytes_32);
    convert_back(call);
    return convert_result(call, value);
}

/* The table that a stub names, and its function. NULL: it is no table that is connected. */
static struct flat_link *stub_link(const struct cpu16_registers *registers,
                                   const struct thunk_entry16 **out_entry)
{
    struct far16 place = FAR16(registers->edx, registers->ebx);
    const struct thunk_table16 *table = far16_flat(place, sizeof *table);
    uint32_t index = (uint16_t)registers->ecx;
    if (!table || table->magic != THUNK_TABLE_MAGIC_16 || index >= table->count)
        return NULL;
    struct flat_link *link = flat_link_of(table->state);
    *out_entry = (const struct thunk_entry16 *)(table + 1) + index;
    return link && link->table_16 == table ? link : NULL;
}

/* Of a stub: CX the function's number, DX:BX the table; on the stack, above the stub's caller, the
 * arguments. DX:AX is the result. */
void kernel16_C16ThkSL01(struct cpu16_registers *registers)
{
    struct flat_addresses addresses = {.count = 0};
    struct convert_world world = {NULL, flat_to_far, flat_to_flat, &addresses};
    const struct thunk_entry16 *entry;
    uint32_t result = 0;
    struct flat_link *link = stub_link(registers, &entry);
    if (link && !flat_link_load(link)) {
        result = entry->value; /* faulterrorcode */
    } else if (link) {
        const uint32_t *functions = (const void *)(uintptr_t)link->table_32->functions;
        struct convert_call call = {
            .world = &world,
            .function = (const void *)(uintptr_t)functions[(uint16_t)registers->ecx],
            .from = CONVERT_16,
            .arguments_16 = WIN16_ARGUMENT_BYTES(registers, RETURN_BYTES)};
        if (convert_scratch_bytes(&world, call.function, CONVERT_16) <= OBJECT_BYTES_MAX)
            result = up_run(&call);
        flat_addresses_release(&addresses);
    }
    REG16(registers->eax) = (uint16_t)result;
    REG16(registers->edx) = (uint16_t)(result >> 16);
}
