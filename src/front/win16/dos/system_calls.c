/* SPDX-License-Identifier: MIT */
/* system_calls.c - INT 21h: the program, its memory, vectors, time and the system itself. */
#include <string.h>

#include "dos16/windows.h"
#include "dos_internal.h"
#include "loader16/memory16.h"
#include "task16/task16.h"

#define DOS_VERSION 0x0005u /* 5.0: minor above major */
#define PARAGRAPH   16u
#define DRIVE_C     2

static uint16_t drive_select(struct cpu16_registers *registers)
{
    AL(registers) = 26;
    return 0;
}

static uint16_t drive_get(struct cpu16_registers *registers)
{
    AL(registers) = DRIVE_C;
    return 0;
}

static uint16_t transfer_set(struct cpu16_registers *registers)
{
    task16_current()->transfer_area = FAR16(registers->ds, DX(registers));
    return 0;
}

static uint16_t transfer_get(struct cpu16_registers *registers)
{
    struct far16 area = task16_current()->transfer_area;
    registers->es = area.selector;
    BX(registers) = area.offset;
    return 0;
}

static uint16_t vector_set(struct cpu16_registers *registers)
{
    dos_interrupt_set(AL(registers), FAR16(registers->ds, DX(registers)));
    return 0;
}

static uint16_t vector_get(struct cpu16_registers *registers)
{
    struct far16 vector = dos_interrupt_get(AL(registers));
    registers->es = vector.selector;
    BX(registers) = vector.offset;
    return 0;
}

static uint16_t date_get(struct cpu16_registers *registers)
{
    SYSTEMTIME now;
    GetLocalTime(&now);
    CX(registers) = now.wYear;
    DX(registers) = (uint16_t)(now.wMonth << 8 | now.wDay);
    AL(registers) = (uint8_t)now.wDayOfWeek;
    return 0;
}

static uint16_t time_get(struct cpu16_registers *registers)
{
    SYSTEMTIME now;
    GetLocalTime(&now);
    CX(registers) = (uint16_t)(now.wHour << 8 | now.wMinute);
    DX(registers) = (uint16_t)(now.wSecond << 8 | now.wMilliseconds / 10);
    return 0;
}

/* 2Bh, 2Dh: the clock is the host's; what a program sets is refused as if it were no time. */
static uint16_t clock_set(struct cpu16_registers *registers)
{
    AL(registers) = 0xff;
    return 0;
}

static uint16_t version_get(struct cpu16_registers *registers)
{
    AX(registers) = DOS_VERSION;
    BX(registers) = CX(registers) = 0;
    return 0;
}

static uint16_t break_check(struct cpu16_registers *registers)
{
    DL(registers) = 0;
    return 0;
}

static uint16_t memory_take(struct cpu16_registers *registers)
{
    struct block16 *block =
        block16_take((uint32_t)BX(registers) * PARAGRAPH, 0, CPU16_DATA, task16_current()->pdb);
    if (!block) {
        BX(registers) = 0;
        return DOS16_NO_MEMORY;
    }
    AX(registers) = block->selector;
    return 0;
}

static uint16_t memory_give(struct cpu16_registers *registers)
{
    struct block16 *block = block16_find((uint16_t)registers->es);
    if (!block)
        return 9; /* no such block */
    block16_give(block);
    return 0;
}

static uint16_t memory_resize(struct cpu16_registers *registers)
{
    struct block16 *block = block16_find((uint16_t)registers->es);
    if (!block)
        return 9;
    uint32_t bytes = (uint32_t)BX(registers) * PARAGRAPH;
    if (block16_resize(block, bytes, 0))
        return 0;
    BX(registers) = (uint16_t)(block->bytes / PARAGRAPH);
    return DOS16_NO_MEMORY;
}

static uint16_t program_end(struct cpu16_registers *registers)
{
    task16_exit(AL(registers));
}

static uint16_t program_end_plain(struct cpu16_registers *registers)
{
    task16_exit(0);
}

static uint16_t prefix_get(struct cpu16_registers *registers)
{
    BX(registers) = task16_current()->pdb;
    return 0;
}

const struct dos_row dos_system_rows[] = {
    {0x00, program_end_plain}, {0x0e, drive_select}, {0x19, drive_get},   {0x1a, transfer_set},
    {0x25, vector_set},        {0x2a, date_get},     {0x2b, clock_set},   {0x2c, time_get},
    {0x2d, clock_set},         {0x2f, transfer_get}, {0x30, version_get}, {0x33, break_check},
    {0x35, vector_get},        {0x48, memory_take},  {0x49, memory_give}, {0x4a, memory_resize},
    {0x4c, program_end},       {0x51, prefix_get},   {0x62, prefix_get},
};
const unsigned dos_system_row_count = sizeof dos_system_rows / sizeof *dos_system_rows;
