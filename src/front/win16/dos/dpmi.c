/* SPDX-License-Identifier: MIT */
/* dpmi.c - INT 31h and 2Fh: selectors and memory as protected-mode programs ask for them.
 *
 * Doc: DOS Protected Mode Interface Specification 0.9. Nothing of real mode is there: calls that
 * would go to it fail.
 */
#include <string.h>

#include "dos_internal.h"
#include "host/host.h"
#include "loader16/memory16.h"
#include "ntdll/heap.h"
#include "task16/task16.h"

#define DPMI_VERSION 0x005au /* 0.90 */
#define DPMI_FLAGS   0x0001u /* 32-bit programs could run */
#define CPU_486      4
#define TILE         8u
#define RIGHTS_CODE  0x08u

static uint32_t pair(uint16_t high, uint16_t low)
{
    return (uint32_t)high << 16 | low;
}

static bool selectors_take(struct cpu16_registers *registers)
{
    static const uint8_t nothing;
    if (!CX(registers))
        return false;
    uint16_t first = selector_take_tiled(&nothing, (size_t)CX(registers) << 16, CPU16_DATA);
    for (unsigned i = 0; first && i < CX(registers); i++)
        selector_set((uint16_t)(first + i * TILE), NULL, 1, CPU16_DATA);
    AX(registers) = first;
    return first;
}

static bool selector_give_one(struct cpu16_registers *registers)
{
    if (!selector_is(BX(registers)) || block16_find(BX(registers)))
        return false;
    selector_give(BX(registers), 1);
    return true;
}

static bool base_get(struct cpu16_registers *registers)
{
    uint32_t base = (uint32_t)(uintptr_t)selector_base(BX(registers));
    CX(registers) = (uint16_t)(base >> 16);
    DX(registers) = (uint16_t)base;
    return selector_is(BX(registers));
}

static bool base_set(struct cpu16_registers *registers)
{
    uint16_t selector = BX(registers);
    void *base = (void *)(uintptr_t)pair(CX(registers), DX(registers));
    return selector_set(selector, base, selector_bytes(selector), selector_kind(selector)) == 0;
}

static bool limit_set(struct cpu16_registers *registers)
{
    uint16_t selector = BX(registers);
    uint32_t limit = pair(CX(registers), DX(registers));
    return limit < UINT32_MAX && selector_set(selector, selector_base(selector), (size_t)limit + 1,
                                              selector_kind(selector)) == 0;
}

static bool rights_set(struct cpu16_registers *registers)
{
    uint16_t selector = BX(registers);
    enum cpu16_segment kind = CX(registers) & RIGHTS_CODE ? CPU16_CODE : CPU16_DATA;
    return selector_set(selector, selector_base(selector), selector_bytes(selector), kind) == 0;
}

static bool alias_make(struct cpu16_registers *registers)
{
    uint16_t selector = BX(registers);
    AX(registers) = selector_is(selector) ? selector_take(selector_base(selector),
                                                          selector_bytes(selector), CPU16_DATA)
                                          : 0;
    return AX(registers);
}

static bool version_get(struct cpu16_registers *registers)
{
    AX(registers) = DPMI_VERSION;
    BX(registers) = DPMI_FLAGS;
    REG8(registers->ecx) = CPU_486;
    DX(registers) = 0x0870;
    return true;
}

static bool increment_get(struct cpu16_registers *registers)
{
    AX(registers) = TILE;
    return true;
}

static bool memory_take(struct cpu16_registers *registers)
{
    uint32_t bytes = pair(BX(registers), CX(registers));
    void *memory;
    if (!bytes || !NT_SUCCESS(memory_allocate(bytes, PAGE_EXECUTE_READWRITE, &memory)))
        return false;
    uint32_t address = (uint32_t)(uintptr_t)memory;
    BX(registers) = SI(registers) = (uint16_t)(address >> 16); /* the address is the handle */
    CX(registers) = DI(registers) = (uint16_t)address;
    return true;
}

static bool memory_give(struct cpu16_registers *registers)
{
    memory_free((void *)(uintptr_t)pair(SI(registers), DI(registers)));
    return true;
}

static bool nothing_to_do(struct cpu16_registers *registers)
{
    return true;
}

static bool page_size_get(struct cpu16_registers *registers)
{
    BX(registers) = 0;
    CX(registers) = 4096;
    return true;
}

/* 0900h … 0902h: the virtual interrupt flag is always on. */
static bool flag_get(struct cpu16_registers *registers)
{
    AL(registers) = 1;
    return true;
}

static const struct {
    uint16_t number;
    bool (*service)(struct cpu16_registers *registers);
} services[] = {
    {0x0000, selectors_take}, {0x0001, selector_give_one}, {0x0003, increment_get},
    {0x0006, base_get},       {0x0007, base_set},          {0x0008, limit_set},
    {0x0009, rights_set},     {0x000a, alias_make},        {0x0400, version_get},
    {0x0501, memory_take},    {0x0502, memory_give},       {0x0600, nothing_to_do},
    {0x0601, nothing_to_do},  {0x0604, page_size_get},     {0x0900, flag_get},
    {0x0901, flag_get},       {0x0902, flag_get},
};

bool dpmi_call(struct cpu16_registers *registers)
{
    bool is_done = false;
    for (unsigned i = 0; i < sizeof services / sizeof *services; i++) {
        if (services[i].number == AX(registers)) {
            is_done = services[i].service(registers);
            break;
        }
    }
    registers->eflags &= ~CPU16_FLAG_CARRY;
    registers->eflags |= is_done ? 0 : CPU16_FLAG_CARRY;
    return true;
}

/* ---- 2Fh ----------------------------------------------------------------------------------------
 */

bool multiplex_call(struct cpu16_registers *registers)
{
    switch (AX(registers)) {
    case 0x1600: /* Windows in enhanced mode: its version */
        AX(registers) = 0x0a03;
        break;
    case 0x160a: /* version and mode */
        AX(registers) = 0;
        BX(registers) = 0x030a;
        CX(registers) = 3;
        break;
    case 0x1680: /* gives up its time slice */
        host_thread_yield();
        AL(registers) = 0;
        break;
    case 0x1686: /* in protected mode? */
        AX(registers) = 0;
        break;
    default: /* nobody answers: registers stay as they are */
        break;
    }
    return true;
}
