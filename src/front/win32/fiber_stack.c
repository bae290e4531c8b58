/* SPDX-License-Identifier: MIT */
/* fiber_stack.c - the first frame of a fiber's stack. */
#include "fiber.h"

#include <stdint.h>

void fiber_begin(void);

/* What fiber_switch leaves on a stack, lowest first. */
struct switch_frame {
    uint32_t mxcsr, control;
    uint64_t r15, r14, r13, r12, rbx, rbp, back;
};

void *fiber_stack_make(void *base, void (*run)(void))
{
    struct switch_frame *frame = (struct switch_frame *)base - 1;
    *frame = (struct switch_frame){
        .mxcsr = 0x1f80, .control = 0x27f, .rbx = (uint64_t)run, .back = (uint64_t)fiber_begin};
    return frame;
}
