/* SPDX-License-Identifier: MIT */
/* cpu16/cpu16.h - a processor for 16-bit protected-mode code, and its selectors.
 *
 * Rules of use. One thread of the process, the one that called cpu16_start, is the 16-bit world's:
 * every function here is called on it. Selectors describe memory that the process has anyway (the
 * caller allocates and frees that, in the program's window, so that system services and 32-bit
 * code may be handed it). 16-bit code calls out through thunks, each with a number; the handler
 * sees all registers and may change any. Two back ends: the processor itself through the local
 * descriptor table, and an emulator; nothing above this header knows which.
 */
#ifndef CPU16_CPU16_H
#define CPU16_CPU16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As it lies in memory; NULL is selector 0. */
struct far16 {
    uint16_t offset, selector;
};
#define FAR16(selector_, offset_) \
    ((struct far16){.offset = (uint16_t)(offset_), .selector = (uint16_t)(selector_)})

static inline struct far16 far16_of(uint32_t value)
{
    return FAR16(value >> 16, value);
}
static inline uint32_t far16_value(struct far16 far)
{
    return (uint32_t)far.selector << 16 | far.offset;
}

/* What 16-bit code has. The order is that of cpu_switch.S. */
struct cpu16_registers {
    uint32_t eax, ecx, edx, ebx, ebp, esi, edi;
    uint32_t esp, ss;
    uint32_t eip, cs;
    uint32_t eflags;
    uint32_t ds, es, fs, gs; /* 16 bits count */
};

/* The 16-bit halves, as lvalues. */
#define REG16(field) (*(uint16_t *)&(field))
#define REG8(field)  (*(uint8_t *)&(field))
#define REG8H(field) (((uint8_t *)&(field))[1])

#define CPU16_FLAG_CARRY 0x0001u
#define CPU16_FLAG_ZERO  0x0040u

enum cpu16_fault_kind {
    CPU16_FAULT,     /* vector and error say what; cs:eip is the instruction */
    CPU16_INTERRUPT, /* int vector; cs:eip is behind it */
};

struct cpu16_fault {
    enum cpu16_fault_kind kind;
    uint8_t vector;      /* 0 divide, 3, 4, 6, 11, 12, 13, 14 …; of an interrupt its number */
    uint32_t error_code; /* as the processor pushed it */
    uint32_t address;    /* of a page fault: flat */
};

struct cpu16_hooks {
    /* A thunk with that number was called: cs:eip is where it returns to, ss:esp is above that
     * far return address, at the last argument. Arguments are taken off by changing esp. */
    void (*call)(uint32_t number, struct cpu16_registers *registers);
    /* Returns when the code is to go on with these registers. */
    void (*fault)(const struct cpu16_fault *fault, struct cpu16_registers *registers);
};

/* Chooses the back end (COVE_CPU16=ldt|unicorn forces it) and makes the calling thread the
 * 16-bit world's. Errors: ENOTSUP with *out_reason a sentence fragment; then nothing works. */
int cpu16_start(const struct cpu16_hooks *hooks, const char **out_reason);
/* "ldt" or "unicorn". */
const char *cpu16_name(void);
/* The calling thread may use this header. */
bool cpu16_is_here(void);

/* ---- selectors ---------------------------------------------------------------------------- */

enum cpu16_segment { CPU16_DATA, CPU16_CODE, CPU16_DATA_READ_ONLY };

/* Selector of size_bytes (1 … 64 KiB; of data up to 4 GiB) at base; 0: there are no more. */
uint16_t selector_take(const void *base, size_t size_bytes, enum cpu16_segment kind);
/* So many selectors that follow each other by 8 (__AHINCR), each 64 KiB further; the first one's
 * limit reaches to the end of it all. 0: there are no more. */
uint16_t selector_take_tiled(const void *base, size_t size_bytes, enum cpu16_segment kind);
void selector_give(uint16_t first, unsigned count);
/* Changes what a selector that was taken describes; the number stays. */
int selector_set(uint16_t selector, const void *base, size_t size_bytes, enum cpu16_segment kind);

bool selector_is(uint16_t selector);
void *selector_base(uint16_t selector);     /* NULL: none */
uint32_t selector_limit(uint16_t selector); /* last byte; of none: 0 */
enum cpu16_segment selector_kind(uint16_t selector);
static inline uint32_t selector_bytes(uint16_t selector)
{
    return selector_is(selector) ? selector_limit(selector) + 1 : 0;
}

/* Flat address of a far pointer, whose first size_bytes lie in the segment; else NULL.
 * A NULL far pointer gives NULL. */
void *far16_flat(struct far16 far, uint32_t size_bytes);
/* How many bytes there are from there to the end of the segment. */
uint32_t far16_room(struct far16 far);
/* The far pointer of a flat address inside something that has a selector, smallest offset first;
 * NULL far pointer: nothing there has one. */
struct far16 far16_find(const void *flat);

/* ---- running ------------------------------------------------------------------------------ */

/* Length of a thunk in 16-bit code. */
#define CPU16_THUNK_BYTES 16
/* Writes one: far-called, it comes out as that number. Numbers begin with 1. */
void cpu16_thunk_write(void *where, uint32_t number);

/* Runs with these registers until the far pointer of cpu16_return is jumped to, and leaves the
 * registers of that moment there. Nests: handlers may run 16-bit code again. */
void cpu16_run(struct cpu16_registers *registers);
/* Where called code must return to to come back out of cpu16_run. */
struct far16 cpu16_return(void);

/* Calls far code on the current stack, below what is on it: pushes size_bytes of arguments as they
 * are and the way back. In registers go in: eax … edi, ds, es; everything comes out, ss:esp as the
 * callee left them. The caller's own stack pointer is put back whatever the callee popped. */
void cpu16_call(struct far16 target, const void *arguments, size_t size_bytes,
                struct cpu16_registers *registers);
/* Registers of the innermost call out of 16-bit code that is under way; NULL: none. Its ss:esp is
 * where the 16-bit stack ends now. */
struct cpu16_registers *cpu16_outer(void);
/* A new stack for the code that runs next where nothing is under way (a task's start). */
void cpu16_stack_set(struct far16 top);

/* The world goes from thread to thread, one at a time: what one has under way while another has it.
 * Zeroes: nothing. Whoever gives it up and whoever takes it see to it that there is one owner. */
struct cpu16_world {
    struct cpu16_frame *innermost;
    struct far16 stack;
    uintptr_t flat_stack;
};
void cpu16_give_up(struct cpu16_world *out_world);
void cpu16_take_over(const struct cpu16_world *world);

/* An exception of 32-bit code goes on at that flat stack address: what ran 16-bit code below it
 * is forgotten. */
void cpu16_unwind(uintptr_t flat_stack);

#endif
