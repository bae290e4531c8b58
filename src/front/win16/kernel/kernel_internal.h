/* SPDX-License-Identifier: MIT */
/* kernel_internal.h - shared inside win16/kernel. */
#ifndef KERNEL_INTERNAL_H
#define KERNEL_INTERNAL_H

#include "cpu16/cpu16.h"

/* The caller's data segment: what local memory and atoms are looked for in. */
uint16_t caller_data(void);

/* A module goes: what it has set for loading its resources goes with it. */
struct module16;
void resource_handlers_drop(const struct module16 *module);

#endif
