/* SPDX-License-Identifier: MIT */
/* emulator.h - shared by the files of the emulated back end: the library's functions, the engine.
 */
#ifndef EMULATOR_H
#define EMULATOR_H

#include <unicorn/unicorn.h>

#include "cpu_internal.h"

#define EMULATOR_WINDOW     0x10000u /* a 32-bit program's addresses */
#define EMULATOR_WINDOW_END 0x7fff0000u
#define EMULATOR_TABLES     0x80000000u /* emulated: the tables of descriptors */
#define EMULATOR_NOWHERE    UINT64_MAX

/* The library is loaded when it is needed. */
struct unicorn {
    uc_err (*open)(uc_arch arch, uc_mode mode, uc_engine **out_engine);
    uc_err (*mem_map_ptr)(uc_engine *engine, uint64_t address, size_t size, uint32_t perms,
                          void *memory);
    uc_err (*reg_read)(uc_engine *engine, int name, void *out_value);
    uc_err (*reg_write)(uc_engine *engine, int name, const void *value);
    uc_err (*hook_add)(uc_engine *engine, uc_hook *out_hook, int type, void *callback,
                       void *context, uint64_t begin, uint64_t end, ...);
    uc_err (*emu_start)(uc_engine *engine, uint64_t begin, uint64_t until, uint64_t timeout,
                        size_t count);
    uc_err (*emu_stop)(uc_engine *engine);
    uc_err (*ctl)(uc_engine *engine, uc_control_type control, ...);
    uc_err (*context_alloc)(uc_engine *engine, uc_context **out_context);
    uc_err (*context_save)(uc_engine *engine, uc_context *context);
    uc_err (*context_restore)(uc_engine *engine, uc_context *context);
};
extern struct unicorn unicorn;
/* 0, or an errno value with a sentence fragment. */
int unicorn_load(const char **out_reason);

/* The 16-bit world's thread only. */
extern struct emulator {
    uc_engine *engine;
    uc_context *pristine;
    uint8_t *tables;
    bool is_running, is_broken, has_fault;
    int32_t fault_offset; /* of an instruction that the engine has not reached; -1: none */
    uint16_t block_offset;
    uint32_t block_bytes;
    void *way_out[5];
} emulator;

/* While it touches memory the library leaves the flat address of the instruction in EIP; all of
 * the window's are above what an offset can be. */
static inline uint32_t emulator_offset(uint32_t eip, const void *base)
{
    return eip >= EMULATOR_WINDOW ? eip - (uint32_t)(uintptr_t)base : eip;
}

void emulator_fault(uint8_t vector, uint32_t address);
[[noreturn]] void emulator_leave(void);

/* The library's hooks: does what is touched, or run, lie inside the segment? */
void emulator_access_check(uc_engine *engine, uc_mem_type type, uint64_t address, int size,
                           int64_t value, void *context);
void emulator_block_check(uc_engine *engine, uint64_t address, uint32_t size, void *context);
/* As of UC_HOOK_INSN: nobody may. */
uint32_t emulator_port_in(uc_engine *engine, uint32_t port, int size, void *context);
void emulator_port_out(uc_engine *engine, uint32_t port, int size, uint32_t value, void *context);

#endif
