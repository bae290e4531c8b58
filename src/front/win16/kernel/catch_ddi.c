/* SPDX-License-Identifier: MIT */
/* catch_ddi.c - KERNEL: Catch and Throw, and calls that look like a caller's own jump. */
#include <string.h>

#include "abi/win16.h"
#include "loader16/builtin.h"

/* CATCHBUF has nine words. */
struct catch_buffer {
    uint16_t ip, cs, sp, bp, si, di, ds, ss, reserved;
};
#define CATCH_ARGUMENTS 4u
#define THROW_ARGUMENTS 6u

/* int Catch(LPCATCHBUF): 0, and again what Throw is given. */
void kernel16_Catch(struct cpu16_registers *registers)
{
    uint32_t far;
    memcpy(&far, WIN16_ARGUMENT_BYTES(registers, 0), sizeof far);
    struct catch_buffer *buffer = win16_buffer(registers, far, sizeof *buffer);
    REG16(registers->eax) = 0;
    if (!buffer)
        return;
    *buffer = (struct catch_buffer){
        .ip = (uint16_t)registers->eip,
        .cs = (uint16_t)registers->cs,
        .sp = (uint16_t)(registers->esp + CATCH_ARGUMENTS),
        .bp = (uint16_t)registers->ebp,
        .si = (uint16_t)registers->esi,
        .di = (uint16_t)registers->edi,
        .ds = (uint16_t)registers->ds,
        .ss = (uint16_t)registers->ss,
    };
}

/* void Throw(LPCATCHBUF, int): back to where Catch was called. */
void kernel16_Throw(struct cpu16_registers *registers)
{
    uint32_t far;
    memcpy(&far, WIN16_ARGUMENT_BYTES(registers, 2), sizeof far);
    const struct catch_buffer *buffer = win16_buffer(registers, far, sizeof *buffer);
    if (!buffer)
        return;
    memcpy(&REG16(registers->eax), WIN16_ARGUMENT_BYTES(registers, 0), sizeof(uint16_t));
    registers->eip = buffer->ip;
    registers->cs = buffer->cs;
    registers->ss = buffer->ss;
    registers->ds = buffer->ds;
    REG16(registers->ebp) = buffer->bp;
    REG16(registers->esi) = buffer->si;
    REG16(registers->edi) = buffer->di;
    /* The row takes Throw's own arguments off afterwards. */
    REG16(registers->esp) = (uint16_t)(buffer->sp - THROW_ARGUMENTS);
}
