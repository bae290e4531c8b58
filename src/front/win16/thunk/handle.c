/* SPDX-License-Identifier: MIT */
/* handle.c - handles of one width for those of the other.
 *
 * A table for each kind of handle: a 32-bit handle gets a 16-bit one when it is first asked for,
 * and keeps it. Tasks are threads: the 16-bit handle is KERNEL's. The 16-bit world's thread only.
 * Doc: WOWHandle16, WOWHandle32
 */
#include <stdlib.h>

#include "abi/win16.h"
#include "ntdll/error.h"
#include "thunk_internal.h"
#include "win32/win32.h"

enum wow_handle_type { /* WOW_HANDLE_TYPE */
                       WOW_HWND,
                       WOW_HTASK = 13,
                       WOW_FULLHWND,
                       WOW_TYPES,
};

/* 16-bit handles are told from small numbers and from each other's neighbours. */
#define HANDLE_FIRST 0x1000u
#define HANDLE_STEP  4u
#define HANDLES_MAX  ((0xff00u - HANDLE_FIRST) / HANDLE_STEP)

static struct {
    uint32_t *wide;
    uint32_t count, capacity;
} handles[WOW_TYPES];

/* A full handle of a window and a handle of it are the same here. */
static unsigned table_of(unsigned type)
{
    return type == WOW_FULLHWND ? WOW_HWND : type;
}

static uint16_t narrow_find(unsigned type, uint32_t wide)
{
    for (uint32_t i = 0; i < handles[type].count; i++)
        if (handles[type].wide[i] == wide)
            return (uint16_t)(HANDLE_FIRST + i * HANDLE_STEP);
    return 0;
}

static uint16_t narrow_make(unsigned type, uint32_t wide)
{
    if (handles[type].count == handles[type].capacity) {
        uint32_t capacity = handles[type].capacity ? handles[type].capacity * 2 : 16;
        uint32_t *grown = handles[type].count < HANDLES_MAX
                              ? realloc(handles[type].wide, capacity * sizeof *grown)
                              : NULL;
        if (!grown) {
            error_set(ERROR_NOT_ENOUGH_MEMORY);
            return 0;
        }
        handles[type].wide = grown;
        handles[type].capacity = capacity;
    }
    handles[type].wide[handles[type].count] = wide;
    return (uint16_t)(HANDLE_FIRST + handles[type].count++ * HANDLE_STEP);
}

static bool request_is_good(unsigned type)
{
    if (!thunk_is_here())
        return false;
    if (type >= WOW_TYPES) {
        error_set(ERROR_INVALID_PARAMETER);
        return false;
    }
    return true;
}

static uint16_t task_now(void)
{
    return (uint16_t)kernel16_GetCurrentTask();
}

/* 0: no such handle, or nothing to give. */
EXPORT(WORD, WOWHandle16, (HANDLE handle, unsigned type))
{
    uint32_t wide = (uint32_t)(uintptr_t)handle;
    if (!request_is_good(type) || !wide)
        return 0;
    if (type == WOW_HTASK)
        return wide == GetCurrentThreadId() ? task_now() : 0;
    uint16_t narrow = narrow_find(table_of(type), wide);
    return narrow ? narrow : narrow_make(table_of(type), wide);
}

EXPORT(HANDLE, WOWHandle32, (WORD handle, unsigned type))
{
    if (!request_is_good(type))
        return NULL;
    if (type == WOW_HTASK)
        return handle && handle == task_now() ? (HANDLE)(uintptr_t)GetCurrentThreadId() : NULL;
    uint32_t index = (handle - HANDLE_FIRST) / HANDLE_STEP;
    if (handle < HANDLE_FIRST || handle % HANDLE_STEP || index >= handles[table_of(type)].count) {
        error_set(ERROR_INVALID_HANDLE);
        return NULL;
    }
    return (HANDLE)(uintptr_t)handles[table_of(type)].wide[index];
}
