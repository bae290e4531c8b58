/* SPDX-License-Identifier: MIT */
/* pe/unwind.h - walking x64 frames by the tables of PE images.
 *
 * Rules of use: describe the image (base, function table, a checked reader of memory), find the
 * function that holds an address, unwind one frame; without a function the frame is a leaf's.
 * All memory is read through the reader, so damaged tables and wild stacks give an error.
 * A failed unwind leaves the context as it was.
 */
#pragma once

#include "pe/pe.h"

/* Machine numbers; also the order of Rax…R15 in Windows' CONTEXT. */
enum pe_register {
    PE_RAX,
    PE_RCX,
    PE_RDX,
    PE_RBX,
    PE_RSP,
    PE_RBP,
    PE_RSI,
    PE_RDI,
    PE_R8,
    PE_R9,
    PE_R10,
    PE_R11,
    PE_R12,
    PE_R13,
    PE_R14,
    PE_R15,
};

struct pe_xmm {
    uint64_t low, high;
};

/* gpr and rip are laid out as CONTEXT's Rax…Rip, xmm as its Xmm0…Xmm15. */
struct pe_context {
    uint64_t gpr[16];
    uint64_t rip;
    struct pe_xmm xmm[16];
};

/* Where the caller's values were found: address of each restored register, 0 if not restored. */
struct pe_context_pointers {
    uint64_t gpr[16];
    uint64_t xmm[16];
};

/* A RUNTIME_FUNCTION. */
struct pe_function {
    uint32_t begin, end, unwind;
};

/* read copies size bytes from address, or returns nonzero when any of them is not readable. */
struct pe_memory {
    int (*read)(void *context, uint64_t address, void *out, size_t size);
    void *context;
};

struct pe_unwind_image {
    const struct pe_memory *memory;
    uint64_t base;
    uint32_t size_bytes;
    uint32_t table_rva; /* of the function table */
    uint32_t table_count;
};

#define PE_UNWIND_EHANDLER 0x1u
#define PE_UNWIND_UHANDLER 0x2u
#define PE_UNWIND_CHAIN    0x4u

struct pe_unwind_frame {
    uint64_t establisher;
    uint32_t handler_rva;  /* 0: no handler of the asked type, or in prologue or epilogue */
    uint32_t flags;        /* of the primary function's unwind information */
    uint64_t handler_data; /* address of the language-specific data, with handler_rva */
    bool is_interrupt;     /* a machine frame was crossed: rip is not a return address */
};

/* The image a mapped view describes, based where the view was relocated to. */
struct pe_unwind_image pe_unwind_image(const struct pe_image *image, const struct pe_memory *memory,
                                       uint64_t base);

/* The entry that holds rva, indirection followed. PE_ABSENT: a leaf, or not code. */
int pe_function_find(const struct pe_unwind_image *image, uint32_t rva,
                     struct pe_function *out_function, struct pe_error *out_error);
/* The head of a chained entry; the entry itself when it is not chained. */
int pe_function_primary(const struct pe_unwind_image *image, const struct pe_function *function,
                        struct pe_function *out_function, struct pe_error *out_error);

/* Undoes one frame: context becomes the caller's.
 *
 * Takes:   function NULL for a leaf; handler_types PE_UNWIND_EHANDLER and/or _UHANDLER, 0 for
 *          none; pointers may be NULL, else only restored registers are written
 * Errors:  PE_DAMAGED: tables or stack cannot be read or make no sense
 * Doc:     "x64 exception handling", "RtlVirtualUnwind" (Microsoft Learn)
 */
int pe_virtual_unwind(const struct pe_unwind_image *image, uint32_t handler_types,
                      uint64_t control_pc, const struct pe_function *function,
                      struct pe_context *context, struct pe_context_pointers *pointers,
                      struct pe_unwind_frame *out_frame, struct pe_error *out_error);
