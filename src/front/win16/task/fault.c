/* SPDX-License-Identifier: MIT */
/* fault.c - the report of what a 16-bit program did wrong, and its end.
 *
 * It says what Windows said: which program, which kind of fault, in which module, at which segment
 * and offset; then registers, the bytes there and the top of the stack.
 */
#include <stdio.h>
#include <string.h>

#include "loader16/call16.h"
#include "ntdll/error.h"
#include "ntdll/process.h"
#include "task_internal.h"

#define BYTES_SHOWN 16u
#define WORDS_SHOWN 16u
#define STACK_NEAR  64u /* a stack fault this near to the end is an overflow */

static const struct {
    uint8_t vector;
    uint32_t status;
    const char *text;
} kinds[] = {
    {0, (uint32_t)STATUS_INTEGER_DIVIDE_BY_ZERO, "Divide Error"},
    {1, (uint32_t)STATUS_SINGLE_STEP, "Single Step"},
    {3, (uint32_t)STATUS_BREAKPOINT, "Breakpoint"},
    {4, (uint32_t)STATUS_INTEGER_OVERFLOW, "Overflow"},
    {5, (uint32_t)STATUS_ARRAY_BOUNDS_EXCEEDED, "Bounds Check"},
    {6, (uint32_t)STATUS_ILLEGAL_INSTRUCTION, "Invalid Instruction"},
    {11, (uint32_t)STATUS_ACCESS_VIOLATION, "Segment Not Present Fault"},
    {12, (uint32_t)STATUS_STACK_OVERFLOW, "Stack Fault"},
    {14, (uint32_t)STATUS_ACCESS_VIOLATION, "Page Fault"},
    {16, (uint32_t)STATUS_FLOAT_INVALID_OPERATION, "Coprocessor Error"},
};

/* ---- the report ---------------------------------------------------------------------------------
 */

static size_t add(char *text, size_t at, size_t size, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static size_t add(char *text, size_t at, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text + at, size - at, format, arguments);
    va_end(arguments);
    at += length > 0 ? (size_t)length : 0;
    return at < size ? at : size - 1;
}

static size_t place_add(char *text, size_t at, size_t size, struct far16 place)
{
    unsigned segment;
    char name[128];
    uint16_t distance;
    struct module16 *module = module16_by_selector(place.selector, &segment);
    if (!module)
        return add(text, at, size, "no module at %04X:%04X", place.selector, place.offset);
    const char *file = strrchr(module->path, '\\');
    at = add(text, at, size, "module %s at %04X:%04X", file ? file + 1 : module->path, segment,
             place.offset);
    const char *nearest = module16_nearest(module, place, name, sizeof name, &distance);
    return nearest ? add(text, at, size, " (%s+%X)", nearest, distance) : at;
}

static size_t dump_add(char *text, size_t at, size_t size, const struct cpu16_registers *registers)
{
    struct far16 code = FAR16(registers->cs, registers->eip);
    struct far16 stack = FAR16(registers->ss, registers->esp);
    at = add(text, at, size,
             ".\n  AX=%04X BX=%04X CX=%04X DX=%04X SI=%04X DI=%04X BP=%04X SP=%04X\n"
             "  CS=%04X IP=%04X SS=%04X DS=%04X ES=%04X flags=%04X\n  bytes at CS:IP:",
             (uint16_t)registers->eax, (uint16_t)registers->ebx, (uint16_t)registers->ecx,
             (uint16_t)registers->edx, (uint16_t)registers->esi, (uint16_t)registers->edi,
             (uint16_t)registers->ebp, stack.offset, code.selector, code.offset, stack.selector,
             (uint16_t)registers->ds, (uint16_t)registers->es, (uint16_t)registers->eflags);
    uint32_t room = far16_room(code);
    const uint8_t *bytes = far16_flat(code, 1);
    for (uint32_t i = 0; i < BYTES_SHOWN && i < room; i++)
        at = add(text, at, size, " %02x", bytes[i]);
    at = add(text, at, size, "%s\n  stack:", room ? "" : " none");
    room = far16_room(stack) / 2;
    bytes = far16_flat(stack, 1);
    for (uint32_t i = 0; i < WORDS_SHOWN && i < room; i++)
        at = add(text, at, size, " %04x", bytes[2 * i] | bytes[2 * i + 1] << 8);
    return at;
}

void task16_die(uint32_t status, const char *text, const struct cpu16_registers *registers)
{
    char report[640];
    struct task16 *task = task16_current();
    size_t at = add(report, 0, sizeof report, "%s caused %s %s in ", task ? task->name : "it",
                    strchr("AEIOU", text[0]) ? "an" : "a", text);
    at = place_add(report, at, sizeof report, FAR16(registers->cs, registers->eip));
    dump_add(report, at, sizeof report, registers);
    program_complain("%s", report);
    task16_terminate(status);
}

/* ---- faults
 * -------------------------------------------------------------------------------------- */

/* cli and sti are the virtual interrupt flag's, which nothing here looks at. */
bool task_instruction_answer(const struct cpu16_fault *fault, struct cpu16_registers *registers)
{
    const uint8_t *code = far16_flat(FAR16(registers->cs, registers->eip), 1);
    if (fault->kind != CPU16_FAULT || fault->vector != 13 || !code ||
        (code[0] != 0xfa && code[0] != 0xfb))
        return false;
    registers->eip++;
    return true;
}

static bool is_privileged(const struct cpu16_registers *registers)
{
    static const uint8_t opcodes[] = {0xf4, 0x6c, 0x6d, 0x6e, 0x6f, 0xe4, 0xe5,
                                      0xe6, 0xe7, 0xec, 0xed, 0xee, 0xef};
    struct far16 at = FAR16(registers->cs, registers->eip);
    const uint8_t *code = far16_flat(at, 1);
    while (code && (code[0] == 0x66 || code[0] == 0x67 || code[0] == 0xf3 || code[0] == 0xf2)) {
        at.offset++;
        code = far16_flat(at, 1);
    }
    if (!code)
        return false;
    if (code[0] == 0x0f) { /* system registers */
        const uint8_t *second = far16_flat(at, 2);
        return second &&
               (second[1] <= 0x01 || (second[1] >= 0x06 && second[1] <= 0x09) ||
                (second[1] >= 0x20 && second[1] <= 0x23) || second[1] == 0x30 || second[1] == 0x32);
    }
    return memchr(opcodes, code[0], sizeof opcodes);
}

void task_fault_answer(const struct cpu16_fault *fault, struct cpu16_registers *registers)
{
    char text[80];
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].vector == fault->vector &&
            (fault->kind == CPU16_FAULT || fault->vector <= 4)) {
            bool is_overflow = fault->vector == 12 && (uint16_t)registers->esp < STACK_NEAR;
            task16_die(kinds[i].status, is_overflow ? "Stack Overflow" : kinds[i].text, registers);
        }
    }
    if (fault->kind == CPU16_INTERRUPT) {
        const uint8_t *at = far16_flat(FAR16(registers->cs, registers->eip - 2), 1);
        if (at)
            registers->eip -= 2;
        snprintf(text, sizeof text, "call of interrupt %02Xh (AX=%04X), which is not there,",
                 fault->vector, (uint16_t)registers->eax);
        task16_die((uint32_t)STATUS_ACCESS_VIOLATION, text, registers);
    }
    if (is_privileged(registers))
        task16_die((uint32_t)STATUS_PRIVILEGED_INSTRUCTION,
                   "General Protection Fault (privileged instruction)", registers);
    task16_die((uint32_t)STATUS_ACCESS_VIOLATION, "General Protection Fault", registers);
}

void task_bad_pointer(struct far16 pointer, struct cpu16_registers *registers)
{
    char text[80];
    snprintf(text, sizeof text, "General Protection Fault (pointer %04X:%04X handed to a function)",
             pointer.selector, pointer.offset);
    task16_die((uint32_t)STATUS_ACCESS_VIOLATION, text, registers);
}
