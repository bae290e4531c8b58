/* SPDX-License-Identifier: MIT */
/* trap_patch.h - driver code that is changed so that it does not trap again.
 *
 * A site is an instruction that trapped once; a slot, some 100 MiB above its image, holds the
 * code that replaces it and knows the bytes that were there. Everything may be asked in fault
 * handlers, on any thread.
 */
#ifndef TRAP_PATCH_H
#define TRAP_PATCH_H

#include "trap_internal.h"

#define TRAP_POINTS     8u
#define TRAP_COVERED    24u /* most bytes of a site that a slot replaces */
#define TRAP_SAVED_NONE 0xffu

/* An address in a slot at which the driver's own state can be told. */
struct trap_point {
    uint16_t at;   /* offset in code */
    uint8_t to;    /* offset from the site of the instruction that would run now */
    uint8_t saved; /* register whose value lies at rsp, below 128 bytes left free; or NONE */
};

struct trap_slot {
    uint64_t site;    /* address of the first instruction; set once, as all */
    uint8_t length;   /* of all instructions that the slot replaces */
    uint8_t is_patch; /* the site jumps here; else the trap leads here each time */
    uint8_t point_count, next_count;
    uint16_t bytes; /* of the slot, code and all */
    uint8_t original[TRAP_COVERED];
    struct trap_point points[TRAP_POINTS];
    uint64_t lower, refresh, next[2]; /* addresses that the code uses */
    uint8_t code[];
};

/* What stubs are made of; set at install. */
struct trap_patch_environment {
    uint32_t irql, pending; /* from GS */
    uint64_t page;          /* our shared-data page */
    const uint64_t *fresh_until;
};
extern struct trap_patch_environment trap_patch_environment;

/* ---- trap_stub.c ------------------------------------------------------------------------ */

/* Is it an instruction that a stub can do? */
bool trap_stub_can(const struct trap_instruction *instruction);
/* Appends one instruction at *at, which moves on; to: its offset from the site; base: a register
 * that may point to the shared-data page: reads through it are made ready for that. false: the
 * instruction cannot be anywhere but where it is. */
bool trap_stub_item(struct trap_slot *slot, uint8_t **at, uint8_t to,
                    const struct trap_instruction *instruction, ZydisRegister base);
/* The base of the operand by which it reads memory; NONE: by an absolute address, or not. */
ZydisRegister trap_stub_base(const struct trap_instruction *instruction);
/* The way back to the driver. */
void trap_stub_end(struct trap_slot *slot, uint8_t *at);

#endif
