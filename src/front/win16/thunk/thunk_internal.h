/* SPDX-License-Identifier: MIT */
/* thunk_internal.h - shared by both halves of the generic thunks. */
#ifndef THUNK_INTERNAL_H
#define THUNK_INTERNAL_H

#include "base/trace.h"
#include "cpu16/cpu16.h"
#include "door/door.h"
#include "ntdll/nt.h"
#include "ntdll/win.h"

/* proc_call.S: calls flat code with count parameters, the first at *parameters. It does not matter
 * who takes them off. */
uint32_t proc_call(const void *procedure, const uint32_t *parameters, uint32_t count);

/* Flat address of a far pointer; NULL: its selector is none. Beyond the limit nobody looks. */
void *thunk_flat(uint32_t far);

/* Tells those who follow the program's requests, cheap while nobody does. */
static inline void thunk_tell(enum trace_thunk kind, uint32_t first, uint32_t second)
{
    if (__builtin_expect(door_is_watched(), 0))
        NtCoveTraceThunk(kind, first, second);
}

/* False, with ERROR_INVALID_FUNCTION: no 16-bit program is calling on this thread. */
bool thunk_is_here(void);

#endif
