/* SPDX-License-Identifier: MIT */
/* cpu_internal.h - shared inside win16/cpu: the state that passes between C and switch.S. */
#ifndef CPU_INTERNAL_H
#define CPU_INTERNAL_H

#include "cpu16/cpu16.h"
#include "host/host.h"

#define FLAT_CODE 0x23u
#define FLAT_DATA 0x2bu

/* 16-bit code's registers on their way in or out; the 16-bit world's thread only. */
extern struct cpu16_registers cpu16_state;
/* Where our side goes on when 16-bit code calls: the stack of the innermost cpu16_enter, at which
 * the one around it is kept. */
extern uintptr_t cpu16_flat_stack;
extern uint16_t cpu16_host_fs, cpu16_host_gs;

/* switch.S */
void cpu16_enter(void);
void cpu16_out(void);
void cpu16_back(void);
void cpu16_fault_enter(void);

/* Called by switch.S. out_run: true, leave cpu16_enter. */
uint32_t cpu16_out_run(uint32_t number);
void cpu16_fault_run(void);

/* fault.c: asked before anybody else about a fault. */
bool cpu16_fault_hook(const struct host_fault *fault, struct host_registers *registers);
/* run.c: the hooks, as given at the start. */
const struct cpu16_hooks *cpu16_hooks_get(void);

/* A call or a fault that is being answered; they form a chain on the flat stack. */
struct cpu16_frame {
    struct cpu16_registers registers;
    struct cpu16_frame *outer;
};
/* Takes cpu16_state over; gives it back. */
void cpu16_frame_begin(struct cpu16_frame *frame);
void cpu16_frame_end(struct cpu16_frame *frame);

/* How a processor is come by: natively (ldt.c) or emulated (emulator.c). */
struct cpu16_backend {
    const char *name;
    /* 0, or an errno value with *out_reason a sentence fragment. */
    int (*start)(const char **out_reason);
    /* What describes an entry of the table has changed. 0 or an errno value. */
    int (*entry_write)(uint16_t selector);
    /* May a selector that is not of our table be loaded? */
    bool (*is_loadable)(uint16_t selector);
    void (*thunk_write)(void *where, uint32_t number);
    /* What called code returns to; CPU16_THUNK_BYTES at most. */
    void (*back_write)(void *where);
    /* Runs cpu16_state until it comes back; as cpu16_enter of switch.S. */
    void (*enter)(void);
};
extern const struct cpu16_backend cpu16_ldt, cpu16_emulator;
const struct cpu16_backend *cpu16_backend(void);

/* What cpu16_fault_run hands on. */
extern struct cpu16_fault cpu16_fault_pending;

/* Can the host's table be had at all? Takes an entry to find out. */
/* True for what may be loaded into DS, ES, FS, GS. */
bool selector_is_loadable(uint32_t selector);

#endif
