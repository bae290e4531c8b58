/* SPDX-License-Identifier: MIT */
/* loader16/builtin.h - modules of 16-bit code that are ours: tables of exports.
 *
 * Generated from abi/exports/win16/MODULE.tsv into exports_win16.c. A row's function is
 * MODULE16_Name (kernel16_GlobalAlloc) or what its symbol column says; it gets its arguments
 * unpacked and returns AX or DX:AX as the row's result says. The functions' prototypes stand in
 * the generated abi/win16.h. Arguments are taken off the stack as the row says, afterwards.
 */
#ifndef LOADER16_BUILTIN_H
#define LOADER16_BUILTIN_H

#include "cpu16/cpu16.h"

enum win16_export_kind {
    WIN16_FUNCTION,
    WIN16_CONSTANT, /* an absolute value: the offset of its address */
    WIN16_ABSENT,   /* a function that names itself and its caller and ends the program */
};

struct win16_export {
    const char *name; /* in capitals, as importers by name write it; NULL: by ordinal alone */
    uint16_t ordinal;
    uint8_t kind;
    uint8_t result_words;    /* 0: registers stay as they are, or the function sets them */
    uint16_t argument_bytes; /* taken off the stack by the callee; of cdecl 0 */
    uint16_t value;          /* of a constant */
    uint32_t (*call)(struct cpu16_registers *registers); /* unpacks, calls */
};

struct win16_builtin {
    const char *name;                   /* "KERNEL" */
    const struct win16_export *exports; /* by rising ordinal */
    uint16_t export_count;
};

extern const struct win16_builtin win16_builtins[];
extern const uint16_t win16_builtin_count;

/* What rows of the result `frame` get and may change: see cpu16_hooks.call. */
#define WIN16_ARGUMENT_BYTES(registers, offset) \
    ((uint8_t *)selector_base((uint16_t)(registers)->ss) + REG16((registers)->esp) + (offset))

/* Arguments of the kinds ptr and str: a flat address, NULL for NULL. A pointer that no segment
 * holds, or a string without an end in its segment, is the program's general protection fault. */
void *win16_pointer(struct cpu16_registers *registers, uint32_t far);
const char *win16_string(struct cpu16_registers *registers, uint32_t far);
/* size_bytes must be there; else the same fault. */
void *win16_buffer(struct cpu16_registers *registers, uint32_t far, uint32_t size_bytes);

#endif
