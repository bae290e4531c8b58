/* SPDX-License-Identifier: MIT */
/* frame.h - frames of compiled functions that have handlers, and their pieces (frame_call.S). */
#ifndef WOW64_FRAME_H
#define WOW64_FRAME_H

#include "ntdll/win.h"

/* Runs a filter, a finally block or a catch block of the function with that ebp. */
uint32_t frame_call(const void *piece, uint32_t ebp);
[[noreturn]] void frame_enter(const void *code, uint32_t ebp, uint32_t esp);
void frame_check(void *routine, uint32_t value);

/* As long as it runs the thread's chain begins at the target. */
PVOID WINAPI RtlUnwind(PVOID target, PVOID target_ip, EXCEPTION_RECORD *record, PVOID value);

struct jump_buffer { /* _JUMP_BUFFER */
    uint32_t ebp, ebx, edi, esi, esp, eip;
    EXCEPTION_REGISTRATION_RECORD *registration;
    int32_t level;
    uint32_t cookie;
    void(WINAPI *unwind)(struct jump_buffer *buffer);
    uint32_t data[6];
};

#endif
