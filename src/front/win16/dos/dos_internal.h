/* SPDX-License-Identifier: MIT */
/* dos_internal.h - shared inside win16/dos: the services of an interrupt are rows of a table. */
#ifndef DOS_INTERNAL_H
#define DOS_INTERNAL_H

#include "dos16/dos16.h"

/* Does the service; a DOS error code goes into AX with the carry flag, 0 clears it. */
typedef uint16_t dos_service(struct cpu16_registers *registers);
struct dos_row {
    uint8_t number;
    dos_service *service;
};

extern const struct dos_row dos_file_rows[], dos_find_rows[], dos_system_rows[];
extern const unsigned dos_file_row_count, dos_find_row_count, dos_system_row_count;

#define AX(registers) REG16((registers)->eax)
#define AL(registers) REG8((registers)->eax)
#define AH(registers) REG8H((registers)->eax)
#define BX(registers) REG16((registers)->ebx)
#define CX(registers) REG16((registers)->ecx)
#define DX(registers) REG16((registers)->edx)
#define DL(registers) REG8((registers)->edx)
#define SI(registers) REG16((registers)->esi)
#define DI(registers) REG16((registers)->edi)

/* A string, or size_bytes, at DS:DX and the like; what is not there is the program's fault. */
const char *dos_text(struct cpu16_registers *registers, uint32_t selector, uint16_t offset);
void *dos_buffer(struct cpu16_registers *registers, uint32_t selector, uint16_t offset,
                 uint32_t size_bytes);

/* vector.c: routines of interrupts and handlers of exceptions. False: there is no such exception.
 */
struct far16 dos_interrupt_get(uint8_t number);
void dos_interrupt_set(uint8_t number, struct far16 routine);
bool dos_exception_get(uint8_t number, struct far16 *out_handler);
bool dos_exception_set(uint8_t number, struct far16 handler);

/* DPMI and the multiplexer. */
bool dpmi_call(struct cpu16_registers *registers);
bool multiplex_call(struct cpu16_registers *registers);

#endif
