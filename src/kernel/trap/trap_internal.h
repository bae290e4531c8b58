/* SPDX-License-Identifier: MIT */
/* trap_internal.h - what the files of this room share.
 *
 * Everything here runs on the faulting thread's signal stack, between fault and resumption,
 * unless it says that it runs on the thread's own stack. Nothing allocates or takes a lock, but
 * for mm_window_fault: what touches programs' pages holds no lock that it takes.
 */
#ifndef TRAP_INTERNAL_H
#define TRAP_INTERNAL_H

#include "trap/trap.h"

#include <stdbool.h>
#include <stdint.h>

#include <Zydis/Zydis.h>
#include <ntifs.h>

#include "host/host.h"
#include "ke/ke.h"

#define SHARED_DATA_BASE 0xfffff78000000000ull
#define SHARED_DATA_SIZE 0x1000ull
#define EFLAGS_TRAP      0x100ull
#define EFLAGS_DIRECTION 0x400ull

struct trap_instruction {
    ZydisDecodedInstruction zydis;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
};

/* trap_decode.c */
void trap_decode_init(void);
bool trap_decode(uint64_t rip, struct trap_instruction *out_instruction);
/* The place of a general register in registers; NULL for others. */
uint64_t *trap_register(struct host_registers *registers, ZydisRegister name);
uint64_t trap_register_read(struct host_registers *registers, ZydisRegister name);
void trap_register_write(struct host_registers *registers, ZydisRegister name, uint64_t value);
uint64_t trap_operand_address(const struct trap_instruction *instruction,
                              const ZydisDecodedOperand *operand, struct host_registers *registers);
/* Value of a register, memory or immediate operand, zero-extended. false: cannot be read. */
bool trap_operand_read(const struct trap_instruction *instruction,
                       const ZydisDecodedOperand *operand, struct host_registers *registers,
                       uint64_t *out_value);

/* trap_privileged.c, trap_port.c: what ring 0 may do. */
enum trap_answer {
    TRAP_NOT_OURS,   /* an ordinary instruction */
    TRAP_DONE,       /* registers say where to go on */
    TRAP_PRIVILEGED, /* nobody may */
    TRAP_FAULTED,    /* memory that it uses is not there: *out_address */
};
enum trap_answer trap_privileged(const struct trap_instruction *instruction,
                                 struct host_registers *registers);
enum trap_answer trap_port(const struct trap_instruction *instruction,
                           struct host_registers *registers, uint64_t *out_address);

/* trap_shared.c: the shared-data page. may_patch: the site may be changed. */
bool trap_shared_read(const struct host_fault *fault, struct host_registers *registers,
                      bool may_patch);
/* The single step after an adjusted instruction. false: not one of ours. */
bool trap_shared_step(struct host_registers *registers);
/* The page is brought up to date by whoever reads it when the processor's counter is past this;
 * 0: always. atomic */
extern uint64_t trap_fresh_until;
/* Called by trap_refresh_enter. */
void trap_refresh(void);
void trap_shared_init(void);

/* trap_patch.c: sites that do not trap again. */
void trap_patch_install(void);
/* Code that does what the instruction at site does: from now on the site leads there if it can,
 * else each trap does. 0: there is none. */
uint64_t trap_patch_site(const struct trap_instruction *instruction, uint64_t site);
/* A fault in such code becomes one at the driver's instruction. false: it is not there. */
bool trap_patch_leave(struct host_registers *registers);
/* A fault that only the change of a site brought about: goes on behind it. */
bool trap_patch_stray(const struct host_fault *fault, struct host_registers *registers);
/* May the driver be interrupted at rip, as in its own code? */
bool trap_patch_is_driver_code(uint64_t rip);
/* Puts the driver's own bytes into a copy of its code. */
void trap_patch_original(uint64_t address, void *bytes, size_t count);
/* trap_decode.c: a copy of code, at most count bytes that are there; how many. */
size_t trap_code_read(uint64_t address, uint8_t *out_bytes, size_t count);

/* trap_void.c: a write to where there is no memory is lost. false: not such a write. */
bool trap_void_write(const struct host_fault *fault, struct host_registers *registers);

/* trap_exception.c: what cannot go on. All change registers so that the thread continues on
 * its own stack, or end the machine. */
void trap_exception(const struct host_fault *fault, struct host_registers *registers);
/* The same for a page whose guard has gone with this touch. */
void trap_exception_guard(const struct host_fault *fault, struct host_registers *registers);
/* Is it that? The machine stops then. */
/* Driver code was running and has jumped into code that is not a driver's. */
void trap_astray(const struct host_fault *fault, struct host_registers *registers);
bool trap_special_pool(const struct host_fault *fault, struct host_registers *registers);
bool trap_unloaded_code(const struct host_fault *fault, struct host_registers *registers);
void trap_exception_access(struct host_registers *registers, bool is_write, uint64_t address);
void trap_exception_privileged(struct host_registers *registers);
void trap_interrupt_vector(unsigned vector, struct host_registers *registers);
/* For a fault in native code that serves a driver's call. */
void trap_exception_in_call(const struct host_fault *fault, struct host_registers *registers);
bool trap_is_stack_overflow(const struct host_fault *fault, const struct host_registers *registers);
[[noreturn]] void trap_stack_overflow(const struct host_registers *registers);

/* trap_enter.S: lowers IRQL on the thread's own stack, keeping every register. */
void trap_lower_enter(void);
/* Calls trap_refresh; changes nothing but rax and the flags. */
void trap_refresh_enter(void);
/* called from there */
void trap_lower(uint32_t irql);

#endif
