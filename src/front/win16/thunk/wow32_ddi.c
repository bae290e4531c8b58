/* SPDX-License-Identifier: MIT */
/* wow32_ddi.c - wow32.dll: what 32-bit code may ask of the 16-bit program that called it.
 *
 * All of it works in the context of a thunk alone; else the answer is nothing and the error
 * ERROR_INVALID_FUNCTION. Far pointers and 16-bit handles are just numbers here.
 * Doc: "32-bit Generic Thunk Functions"
 */
#include "abi/win16.h"
#include "ntdll/error.h"
#include "thunk_internal.h"

#define CALLBACK_BYTES_MAX 16u /* WCB16_MAX_CBARGS */
#define CALLED_BY_C        1u  /* WCB16_CDECL */

bool thunk_is_here(void)
{
    if (cpu16_is_here() && cpu16_outer())
        return true;
    error_set(ERROR_INVALID_FUNCTION);
    return false;
}

/* ---- calls back -------------------------------------------------------------------------------
 */

/* The routine finds its caller's data segments, and in AX its stack's: what the prologues of
 * callbacks may count on. */
static uint32_t callback_run(uint32_t target, const void *arguments, uint32_t size_bytes,
                             bool is_cdecl)
{
    cpu16_unwind((uintptr_t)__builtin_frame_address(0));
    const struct cpu16_registers *outer = cpu16_outer();
    struct cpu16_registers registers = {.eax = outer->ss, .ds = outer->ds, .es = outer->es};
    thunk_tell(TRACE_THUNK_BACK, size_bytes, is_cdecl);
    cpu16_call(far16_of(target), arguments, size_bytes, &registers);
    thunk_tell(TRACE_THUNK_BACK_RETURN, 0, 0);
    return (uint32_t)REG16(registers.edx) << 16 | REG16(registers.eax);
}

EXPORT(DWORD, WOWCallback16, (DWORD routine, DWORD parameter))
{
    return thunk_is_here() ? callback_run(routine, &parameter, sizeof parameter, false) : 0;
}

/* The arguments lie as the routine finds them on its stack. Differs: no more than size bytes are
 * read, not always WCB16_MAX_CBARGS. */
EXPORT(BOOL, WOWCallback16Ex,
       (DWORD routine, DWORD flags, DWORD size, PVOID arguments, DWORD *out_result))
{
    if (!thunk_is_here())
        return FALSE;
    if (size > CALLBACK_BYTES_MAX || flags & ~CALLED_BY_C)
        return error_fail(ERROR_INVALID_PARAMETER);
    uint32_t result = callback_run(routine, arguments, size, flags & CALLED_BY_C);
    if (out_result)
        *out_result = result;
    return TRUE;
}

EXPORT(VOID, WOWYield16, (void))
{
    if (thunk_is_here())
        kernel16_Yield();
}

/* All others have their turns, the one that is named among them. */
EXPORT(VOID, WOWDirectedYield16, (WORD task))
{
    WOWYield16();
}

/* ---- memory -----------------------------------------------------------------------------------
 */

/* A real-mode address means nothing here. */
EXPORT(LPVOID, WOWGetVDMPointer, (DWORD pointer, DWORD size, BOOL is_protected))
{
    return thunk_is_here() && is_protected ? thunk_flat(pointer) : NULL;
}

/* Blocks stay where they are. */
EXPORT(LPVOID, WOWGetVDMPointerFix, (DWORD pointer, DWORD size, BOOL is_protected))
{
    return WOWGetVDMPointer(pointer, size, is_protected);
}

EXPORT(VOID, WOWGetVDMPointerUnfix, (DWORD pointer))
{
    thunk_is_here();
}

EXPORT(WORD, WOWGlobalAlloc16, (WORD flags, DWORD size))
{
    return thunk_is_here() ? (WORD)kernel16_GlobalAlloc(flags, size) : 0;
}

/* 0: it is freed. */
EXPORT(WORD, WOWGlobalFree16, (WORD handle))
{
    return thunk_is_here() ? (WORD)kernel16_GlobalFree(handle) : handle;
}

EXPORT(DWORD, WOWGlobalLock16, (WORD handle))
{
    return thunk_is_here() ? kernel16_GlobalLock(handle) : 0;
}

EXPORT(DWORD, WOWGlobalLockSize16, (WORD handle, DWORD *out_size))
{
    DWORD pointer = WOWGlobalLock16(handle);
    if (out_size)
        *out_size = pointer ? kernel16_GlobalSize(handle) : 0;
    return pointer;
}

EXPORT(BOOL, WOWGlobalUnlock16, (WORD handle))
{
    return thunk_is_here() ? (WORD)kernel16_GlobalUnlock(handle) : FALSE;
}

EXPORT(DWORD, WOWGlobalAllocLock16, (WORD flags, DWORD size, WORD *out_handle))
{
    WORD handle = WOWGlobalAlloc16(flags, size);
    DWORD pointer = handle ? WOWGlobalLock16(handle) : 0;
    if (handle && !pointer) {
        WOWGlobalFree16(handle);
        handle = 0;
    }
    if (out_handle)
        *out_handle = handle;
    return pointer;
}

/* By its far pointer. 0: it is freed. */
EXPORT(WORD, WOWGlobalUnlockFree16, (DWORD pointer))
{
    if (!thunk_is_here())
        return (WORD)(pointer >> 16);
    WORD handle = (WORD)kernel16_GlobalHandle((WORD)(pointer >> 16));
    if (!handle)
        return (WORD)(pointer >> 16);
    kernel16_GlobalUnlock(handle);
    return (WORD)kernel16_GlobalFree(handle);
}
