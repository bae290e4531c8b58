/* SPDX-License-Identifier: MIT */
/* dpmi.c - INT 31h and 2Fh: selectors and memory as protected-mode programs ask for them.
 *
 * Doc: DOS Protected Mode Interface Specification 0.9. Nothing of real mode is there: calls that
 * would go to it fail.
 */
#include <stdlib.h>
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

/* ---- descriptors ------------------------------------------------------------------------------
 */

#define DESCRIPTOR_BYTES 8u
#define RIGHTS_PRESENT   0x80u
#define RIGHTS_USER      0x70u /* privilege 3, of code or data */
#define RIGHTS_WRITE     0x02u
#define RIGHTS_PAGES     0x80u

/* 000Bh: to ES:DI, as the processor has it. */
static bool descriptor_get(struct cpu16_registers *registers)
{
    uint16_t selector = BX(registers);
    uint8_t *to = dos_buffer(registers, registers->es, DI(registers), DESCRIPTOR_BYTES);
    uint32_t base = (uint32_t)(uintptr_t)selector_base(selector), limit = selector_limit(selector);
    bool is_code = selector_kind(selector) == CPU16_CODE;
    bool is_writable = selector_kind(selector) != CPU16_DATA_READ_ONLY;
    if (!selector_is(selector))
        return false;
    bool is_in_pages = limit > 0xfffff;
    limit = is_in_pages ? limit >> 12 : limit;
    to[0] = (uint8_t)limit;
    to[1] = (uint8_t)(limit >> 8);
    memcpy(to + 2, &base, 3);
    to[5] = (uint8_t)(RIGHTS_PRESENT | RIGHTS_USER | (is_code ? RIGHTS_CODE : 0) |
                      (is_writable ? RIGHTS_WRITE : 0));
    to[6] = (uint8_t)(limit >> 16 | (is_in_pages ? RIGHTS_PAGES : 0));
    to[7] = (uint8_t)(base >> 24);
    return true;
}

/* 000Ch: from ES:DI. What is not present, or not for programs, is not made. */
static bool descriptor_set(struct cpu16_registers *registers)
{
    const uint8_t *from = dos_buffer(registers, registers->es, DI(registers), DESCRIPTOR_BYTES);
    uint32_t base = 0, limit = from[0] | from[1] << 8 | (from[6] & 15u) << 16;
    memcpy(&base, from + 2, 3);
    base |= (uint32_t)from[7] << 24;
    if (from[6] & RIGHTS_PAGES)
        limit = limit << 12 | 0xfff;
    if ((from[5] & (RIGHTS_PRESENT | RIGHTS_USER)) != (RIGHTS_PRESENT | RIGHTS_USER) ||
        limit == UINT32_MAX)
        return false;
    enum cpu16_segment kind = from[5] & RIGHTS_CODE    ? CPU16_CODE
                              : from[5] & RIGHTS_WRITE ? CPU16_DATA
                                                       : CPU16_DATA_READ_ONLY;
    return selector_set(BX(registers), (void *)(uintptr_t)base, (size_t)limit + 1, kind) == 0;
}

/* ---- exceptions and interrupts ----------------------------------------------------------------
 */

static bool exception_get(struct cpu16_registers *registers)
{
    struct far16 handler;
    if (!dos_exception_get(REG8(registers->ebx), &handler))
        return false;
    CX(registers) = handler.selector;
    DX(registers) = handler.offset;
    return true;
}

static bool exception_set(struct cpu16_registers *registers)
{
    return selector_is(CX(registers)) &&
           dos_exception_set(REG8(registers->ebx), FAR16(CX(registers), DX(registers)));
}

static bool interrupt_get(struct cpu16_registers *registers)
{
    struct far16 routine = dos_interrupt_get(REG8(registers->ebx));
    CX(registers) = routine.selector;
    DX(registers) = routine.offset;
    return true;
}

static bool interrupt_set(struct cpu16_registers *registers)
{
    if (!selector_is(CX(registers)))
        return false;
    dos_interrupt_set(REG8(registers->ebx), FAR16(CX(registers), DX(registers)));
    return true;
}

/* ---- what there is, memory --------------------------------------------------------------------
 */

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

/* Blocks of 0501h: the address is the handle. The 16-bit world's thread only. */
struct dpmi_block {
    struct dpmi_block *next;
    void *memory;
    uint32_t bytes;
};
static struct dpmi_block *blocks;

static struct dpmi_block **block_find(struct cpu16_registers *registers)
{
    void *memory = (void *)(uintptr_t)pair(SI(registers), DI(registers));
    struct dpmi_block **at = &blocks;
    while (*at && (*at)->memory != memory)
        at = &(*at)->next;
    return at;
}

static void address_tell(struct cpu16_registers *registers, const struct dpmi_block *block)
{
    uint32_t address = (uint32_t)(uintptr_t)block->memory;
    BX(registers) = SI(registers) = (uint16_t)(address >> 16);
    CX(registers) = DI(registers) = (uint16_t)address;
}

static bool memory_take(struct cpu16_registers *registers)
{
    uint32_t bytes = pair(BX(registers), CX(registers));
    struct dpmi_block *block = calloc(1, sizeof *block);
    if (!block || !bytes ||
        !NT_SUCCESS(memory_allocate(bytes, PAGE_EXECUTE_READWRITE, &block->memory))) {
        free(block);
        return false;
    }
    block->bytes = bytes;
    block->next = blocks;
    blocks = block;
    address_tell(registers, block);
    return true;
}

static bool memory_give(struct cpu16_registers *registers)
{
    struct dpmi_block **at = block_find(registers), *block = *at;
    if (!block)
        return false;
    *at = block->next;
    memory_free(block->memory);
    free(block);
    return true;
}

/* 0503h: it may move; selectors over it are the program's to set again. */
static bool memory_resize(struct cpu16_registers *registers)
{
    struct dpmi_block *block = *block_find(registers);
    uint32_t bytes = pair(BX(registers), CX(registers));
    void *memory;
    if (!block || !bytes || !NT_SUCCESS(memory_allocate(bytes, PAGE_EXECUTE_READWRITE, &memory)))
        return false;
    memcpy(memory, block->memory, bytes < block->bytes ? bytes : block->bytes);
    memory_free(block->memory);
    block->memory = memory;
    block->bytes = bytes;
    address_tell(registers, block);
    return true;
}

/* 0500h: 30h bytes at ES:DI; what is not known is -1. */
static bool memory_tell(struct cpu16_registers *registers)
{
    uint8_t *to = dos_buffer(registers, registers->es, DI(registers), 0x30);
    const uint32_t free_bytes = 0x01000000;
    memset(to, 0xff, 0x30);
    memcpy(to, &free_bytes, sizeof free_bytes);
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
    {0x0004, nothing_to_do},  {0x0005, nothing_to_do},     {0x000b, descriptor_get},
    {0x000c, descriptor_set}, {0x0202, exception_get},     {0x0203, exception_set},
    {0x0204, interrupt_get},  {0x0205, interrupt_set},     {0x0500, memory_tell},
    {0x0702, nothing_to_do},  {0x0703, nothing_to_do},     {0x0501, memory_take},
    {0x0502, memory_give},    {0x0503, memory_resize},     {0x0600, nothing_to_do},
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
