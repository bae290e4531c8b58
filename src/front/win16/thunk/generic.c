/* SPDX-License-Identifier: MIT */
/* generic.c - KERNEL's half of the generic thunks: 16-bit code loads 32-bit DLLs and calls them.
 *
 * Comes in: calls out of 16-bit code, with 32-bit module handles and addresses, which are just
 * numbers there. Always holds: a 32-bit function is called on the thread's flat stack, and what an
 * exception left of deeper 16-bit code is forgotten when it is back.
 * Doc: "16-bit Generic Thunk Functions"
 */
#include "abi/win16.h"
#include "loader16/builtin.h"
#include "thunk_internal.h"
#include "win32/win32.h"

#define PARAMETERS_MAX     32u
#define CALLED_BY_C        0x80000000u /* CPEX_DEST_CDECL, where the count stands */
#define FIXED_BYTES        12u         /* address, mask, count */
#define VDM_PROTECTED_MODE 1u

void *thunk_flat(uint32_t far)
{
    struct far16 pointer = far16_of(far);
    uint8_t *base = selector_is(pointer.selector) ? selector_base(pointer.selector) : NULL;
    return base ? base + pointer.offset : NULL;
}

/* ---- modules ----------------------------------------------------------------------------------
 */

uint32_t kernel16_LoadLibraryEx32W(const char *name, uint32_t file, uint32_t flags)
{
    return (uint32_t)(uintptr_t)LoadLibraryExA(name, (HANDLE)(uintptr_t)file, flags);
}

uint32_t kernel16_FreeLibrary32W(uint32_t module)
{
    return (uint32_t)FreeLibrary((HMODULE)(uintptr_t)module);
}

/* name: text, or an ordinal without selector. */
uint32_t kernel16_GetProcAddress32W(uint32_t module, struct far16 name)
{
    const char *wanted = name.selector ? win16_string(cpu16_outer(), far16_value(name))
                                       : (const char *)(uintptr_t)name.offset;
    return (uint32_t)(uintptr_t)GetProcAddress((HMODULE)(uintptr_t)module, wanted);
}

/* There is no memory that a real-mode address could mean. */
uint32_t kernel16_GetVDMPointer32W(struct far16 address, uint16_t mode)
{
    return mode == VDM_PROTECTED_MODE ? (uint32_t)(uintptr_t)thunk_flat(far16_value(address)) : 0;
}

/* ---- calls ------------------------------------------------------------------------------------
 */

struct proc_request {
    const void *procedure;
    uint32_t count, mask;
    uint32_t parameters[PARAMETERS_MAX]; /* the first one first */
};

/* Bits of the mask are those of the parameters: 0 is the first. */
static uint32_t request_run(struct proc_request *request)
{
    uint32_t flat = 0;
    for (uint32_t i = 0; i < request->count; i++) {
        if (request->mask >> i & 1) {
            request->parameters[i] = (uint32_t)(uintptr_t)thunk_flat(request->parameters[i]);
            flat++;
        }
    }
    thunk_tell(TRACE_THUNK_CALL, request->count, flat);
    uint32_t result = proc_call(request->procedure, request->parameters, request->count);
    cpu16_unwind((uintptr_t)__builtin_frame_address(0));
    thunk_tell(TRACE_THUNK_RETURN, 0, 0);
    return result;
}

static uint32_t stack_u32(const uint8_t *stack, uint32_t at)
{
    uint32_t value;
    __builtin_memcpy(&value, stack + at, sizeof value);
    return value;
}

/* As many parameters as the caller can have pushed. */
static bool request_fits(const struct cpu16_registers *registers, uint32_t count)
{
    uint32_t room = far16_room(FAR16(registers->ss, registers->esp));
    return room >= FIXED_BYTES && (room - FIXED_BYTES) / 4 >= count;
}

static void result_set(struct cpu16_registers *registers, uint32_t result)
{
    REG16(registers->eax) = (uint16_t)result;
    REG16(registers->edx) = (uint16_t)(result >> 16);
}

/* DWORD PASCAL CallProc32W(parameters…, address, mask, count): the count is on top, the last
 * parameter below the address; bit 0 of the mask is the last parameter. */
void kernel16_CallProc32W(struct cpu16_registers *registers)
{
    const uint8_t *stack = WIN16_ARGUMENT_BYTES(registers, 0);
    struct proc_request request;
    request.count = stack_u32(stack, 0) & ~CALLED_BY_C;
    uint32_t given = stack_u32(stack, 4), taken = FIXED_BYTES, result = 0;
    request.procedure = (const void *)(uintptr_t)stack_u32(stack, 8);
    bool fits = request_fits(registers, request.count);
    if (fits && request.count <= PARAMETERS_MAX && request.procedure) {
        request.mask = 0;
        for (uint32_t i = 0; i < request.count; i++) {
            uint32_t from_last = request.count - 1 - i;
            request.parameters[i] = stack_u32(stack, FIXED_BYTES + from_last * 4);
            request.mask |= (given >> from_last & 1) << i;
        }
        result = request_run(&request);
    }
    if (fits)
        taken += request.count * 4;
    REG16(registers->esp) = (uint16_t)(REG16(registers->esp) + taken);
    result_set(registers, result);
}

/* DWORD CDECL _CallProcEx32W(count, mask, address, parameters…): bit 0 of the mask is the first
 * parameter; the caller takes all of it off. */
void kernel16_CallProcEx32W(struct cpu16_registers *registers)
{
    const uint8_t *stack = WIN16_ARGUMENT_BYTES(registers, 0);
    struct proc_request request;
    request.count = stack_u32(stack, 0) & ~CALLED_BY_C;
    request.mask = stack_u32(stack, 4);
    request.procedure = (const void *)(uintptr_t)stack_u32(stack, 8);
    uint32_t result = 0;
    if (request.count <= PARAMETERS_MAX && request.procedure &&
        request_fits(registers, request.count)) {
        for (uint32_t i = 0; i < request.count; i++)
            request.parameters[i] = stack_u32(stack, FIXED_BYTES + i * 4);
        result = request_run(&request);
    }
    result_set(registers, result);
}
