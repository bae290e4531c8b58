/* SPDX-License-Identifier: MIT */
/* loader16/call16.h - calls of 16-bit code into our modules, as the task hands them over. */
#ifndef LOADER16_CALL16_H
#define LOADER16_CALL16_H

#include "cpu16/cpu16.h"

/* cpu16_hooks.call: does what the thunk's row says. */
void call16_answer(uint32_t number, struct cpu16_registers *registers);
const char *call16_name(uint32_t number);
/* "PROG 0001:0042", or the selector and offset where no module has it. */
void call16_place_describe(struct far16 place, char *text, size_t size);

/* A program handed over a pointer that leads nowhere. Does not return. */
typedef void call16_bad_pointer(struct far16 pointer, struct cpu16_registers *registers);
void call16_bad_pointer_set(call16_bad_pointer *hook);

#endif
