/* SPDX-License-Identifier: MIT */
/* fiber_stack.c - the first frame of a 32-bit program's fiber. */
#include "../win32/fiber.h"

#include <stdint.h>

void fiber_begin(void);

/* What fiber_switch leaves on a stack, lowest first. */
struct switch_frame {
    uint32_t mxcsr, control;
    uint32_t edi, esi, ebx, ebp, back;
};

void *fiber_stack_make(void *base, void (*run)(void))
{
    struct switch_frame *frame = (struct switch_frame *)((uint32_t *)base - 4) - 1;
    *frame = (struct switch_frame){
        .mxcsr = 0x1f80, .control = 0x27f, .ebx = (uintptr_t)run, .back = (uintptr_t)fiber_begin};
    return frame;
}
