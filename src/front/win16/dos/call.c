/* SPDX-License-Identifier: MIT */
/* call.c - the interrupts of 16-bit programs, by their numbers.
 *
 * Doc: the DOS Programmer's Reference's INT 21h; DPMI 0.9 for 2Fh and 31h. A service that is not
 * there answers "invalid function", as DOS does.
 */
#include <string.h>

#include "dos_internal.h"
#include "loader16/builtin.h"

#define VECTOR_TIMER     0x1a
#define VECTOR_DOS       0x21
#define VECTOR_MULTIPLEX 0x2f
#define VECTOR_DPMI      0x31
#define VECTOR_IDLE      0x28

const char *dos_text(struct cpu16_registers *registers, uint32_t selector, uint16_t offset)
{
    return win16_string(registers, (uint32_t)(uint16_t)selector << 16 | offset);
}

void *dos_buffer(struct cpu16_registers *registers, uint32_t selector, uint16_t offset,
                 uint32_t size_bytes)
{
    return size_bytes
               ? win16_buffer(registers, (uint32_t)(uint16_t)selector << 16 | offset, size_bytes)
               : NULL;
}

static dos_service *service_find(const struct dos_row *rows, unsigned count, uint8_t number)
{
    for (unsigned i = 0; i < count; i++) {
        if (rows[i].number == number)
            return rows[i].service;
    }
    return NULL;
}

static uint16_t last_error; /* for AH=59h */

void dos16_call(struct cpu16_registers *registers)
{
    uint8_t number = AH(registers);
    if (number == 0x59) {
        AX(registers) = last_error;
        BX(registers) = 0;
        return;
    }
    dos_service *service = service_find(dos_file_rows, dos_file_row_count, number);
    if (!service)
        service = service_find(dos_find_rows, dos_find_row_count, number);
    if (!service)
        service = service_find(dos_system_rows, dos_system_row_count, number);
    uint16_t error = service ? service(registers) : DOS16_INVALID_FUNCTION;
    registers->eflags &= ~CPU16_FLAG_CARRY;
    if (error) {
        last_error = AX(registers) = error;
        registers->eflags |= CPU16_FLAG_CARRY;
    }
}

bool dos16_interrupt(uint8_t number, struct cpu16_registers *registers)
{
    switch (number) {
    case VECTOR_DOS:
        dos16_call(registers);
        return true;
    case VECTOR_MULTIPLEX:
        return multiplex_call(registers);
    case VECTOR_DPMI:
        return dpmi_call(registers);
    case VECTOR_IDLE:
        return true;
    default:
        return false;
    }
}
