/* SPDX-License-Identifier: MIT */
/* fiber.h - stacks of fibers; what lies on one while it does not run is its width's own. */
#ifndef WIN32_FIBER_H
#define WIN32_FIBER_H

/* A stack that begins with run when it is changed to; answers what to change to. */
void *fiber_stack_make(void *base, void (*run)(void));
/* Leaves this stack at *out_from and goes on at to. */
void fiber_switch(void **out_from, void *to);

#endif
