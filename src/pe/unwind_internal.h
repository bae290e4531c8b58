/* SPDX-License-Identifier: MIT */
/* unwind_internal.h - unwind information as read and checked, shared by this room's unwinder.
 *
 * A struct unwind_info that unwind_info_read returned is well formed: every code is known and
 * has all its slots.
 */
#pragma once

#include "pe_internal.h"

#include "pe/unwind.h"

enum unwind_op {
    UWOP_PUSH_NONVOL,
    UWOP_ALLOC_LARGE,
    UWOP_ALLOC_SMALL,
    UWOP_SET_FPREG,
    UWOP_SAVE_NONVOL,
    UWOP_SAVE_NONVOL_FAR,
    UWOP_EPILOG, /* version 2 */
    UWOP_SPARE,
    UWOP_SAVE_XMM128,
    UWOP_SAVE_XMM128_FAR,
    UWOP_PUSH_MACHFRAME,
};

#define UNWIND_CHAIN_LIMIT 32

struct unwind_info {
    uint8_t version, flags, prologue_size, code_count, frame_register;
    uint32_t frame_offset; /* bytes */
    uint32_t tail_rva;     /* handler or chained entry */
    uint16_t codes[256];
};

static inline unsigned code_offset(uint16_t code)
{
    return code & 0xff;
}

static inline unsigned code_op(uint16_t code)
{
    return code >> 8 & 0xf;
}

static inline unsigned code_info(uint16_t code)
{
    return code >> 12;
}

/* Slots a code takes in all; 0 when there is no such code. */
unsigned unwind_code_slots(unsigned version, uint16_t code);

/* Bytes of the image through the reader; field names them in the error. */
int unwind_image_read(const struct pe_unwind_image *image, uint32_t rva, void *out, uint32_t size,
                      const char *field, struct pe_error *error);
int unwind_info_read(const struct pe_unwind_image *image, uint32_t rva, struct unwind_info *out,
                     struct pe_error *error);
/* The entry a chained info names. */
int unwind_chain_next(const struct pe_unwind_image *image, const struct unwind_info *info,
                      struct pe_function *out, struct pe_error *error);

/* Eight bytes of stack. */
int unwind_stack_read(const struct pe_unwind_image *image, uint64_t address, uint64_t *out,
                      struct pe_error *error);

/* Undoes the rest of an epilogue if control_rva is in one: PE_OK done, PE_ABSENT not in one. */
int unwind_epilogue(const struct pe_unwind_image *image, const struct pe_function *function,
                    const struct unwind_info *info, uint32_t control_rva,
                    struct pe_context *context, struct pe_context_pointers *pointers,
                    struct pe_error *error);
