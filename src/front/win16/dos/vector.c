/* SPDX-License-Identifier: MIT */
/* vector.c - interrupts and exceptions that a program serves itself.
 *
 * A program's interrupt routine gets the frame of `int` and returns by iret; its exception handler
 * that of DPMI, on a stack of ours, and returns by retf, after which everything in the frame
 * counts. What is asked for and was not set is a stub of ours: whoever chains to it has ours done.
 * Doc: DOS Protected Mode Interface Specification 0.9, chapter 4 and functions 0202h to 0205h.
 */
#include <string.h>

#include "dos_internal.h"
#include "loader16/memory16.h"

#define INTERRUPTS  256u
#define EXCEPTIONS  32u
#define REFLECTED   8u /* exceptions below come to the interrupt of that number, too */
#define INT_STUB    5u /* int number; retf 2, because its flags are the answer */
#define INT_BYTES   2u
#define FAULT_STUB  4u
#define FAULTS_AT   (INTERRUPTS * INT_STUB)
#define BACK_AT     (FAULTS_AT + EXCEPTIONS * FAULT_STUB)
#define STUBS_BYTES (BACK_AT + FAULT_STUB)
#define STACK_BYTES 4096u

/* The 16-bit world's thread only. */
static struct far16 interrupts[INTERRUPTS], exceptions[EXCEPTIONS];
static struct block16 *stubs, *stack;

struct __attribute__((packed)) fault_frame {
    struct far16 back;
    uint16_t error_code;
    struct far16 code;
    uint16_t flags;
    struct far16 stack;
};

static bool stubs_make(void)
{
    if (stubs)
        return true;
    stack = block16_take(STACK_BYTES, 0, CPU16_DATA, 0);
    stubs = stack ? block16_take(STUBS_BYTES, GMEM_ZEROINIT, CPU16_CODE, 0) : NULL;
    if (!stubs)
        return false;
    for (unsigned i = 0; i < INTERRUPTS; i++)
        memcpy(stubs->memory + i * INT_STUB, (uint8_t[]){0xcd, (uint8_t)i, 0xca, 2, 0}, INT_STUB);
    for (unsigned i = 0; i <= EXCEPTIONS; i++)
        memcpy(stubs->memory + FAULTS_AT + i * FAULT_STUB, "\xcd\x31", INT_BYTES);
    return true;
}

struct far16 dos_interrupt_get(uint8_t number)
{
    if (!interrupts[number].selector && stubs_make())
        return FAR16(stubs->selector, number * INT_STUB);
    return interrupts[number];
}

static bool is_stub(struct far16 at, uint32_t offset)
{
    return stubs && at.selector == stubs->selector && at.offset == offset;
}

void dos_interrupt_set(uint8_t number, struct far16 routine)
{
    interrupts[number] = is_stub(routine, number * INT_STUB) ? FAR16(0, 0) : routine;
}

bool dos_exception_get(uint8_t number, struct far16 *out_handler)
{
    if (number >= EXCEPTIONS || !stubs_make())
        return false;
    *out_handler = exceptions[number];
    if (!out_handler->selector)
        *out_handler = FAR16(stubs->selector, FAULTS_AT + number * FAULT_STUB);
    return true;
}

bool dos_exception_set(uint8_t number, struct far16 handler)
{
    if (number >= EXCEPTIONS || !stubs_make())
        return false;
    exceptions[number] = is_stub(handler, FAULTS_AT + number * FAULT_STUB) ? FAR16(0, 0) : handler;
    return true;
}

/* ---- entering what a program has set -------------------------------------------------------- */

/* As `int` does it. False: there is no room. */
static bool routine_enter(struct far16 routine, struct cpu16_registers *registers)
{
    uint16_t frame[] = {(uint16_t)registers->eip, (uint16_t)registers->cs,
                        (uint16_t)registers->eflags};
    uint16_t sp = (uint16_t)(REG16(registers->esp) - sizeof frame);
    void *at = far16_flat(FAR16(registers->ss, sp), sizeof frame);
    if (!at || sp > REG16(registers->esp))
        return false;
    memcpy(at, frame, sizeof frame);
    REG16(registers->esp) = sp;
    registers->cs = routine.selector;
    registers->eip = routine.offset;
    return true;
}

/* On our stack; further down it when a handler has a fault of its own. */
static bool handler_enter(const struct cpu16_fault *fault, struct cpu16_registers *registers)
{
    struct fault_frame frame = {
        .back = FAR16(stubs->selector, BACK_AT),
        .error_code = (uint16_t)fault->error_code,
        .code = FAR16(registers->cs, registers->eip),
        .flags = (uint16_t)registers->eflags,
        .stack = FAR16(registers->ss, registers->esp),
    };
    uint16_t top = frame.stack.selector == stack->selector ? frame.stack.offset : STACK_BYTES;
    if (top < sizeof frame || top > STACK_BYTES)
        return false;
    top = (uint16_t)(top - sizeof frame);
    memcpy(stack->memory + top, &frame, sizeof frame);
    registers->ss = stack->selector;
    registers->esp = top;
    registers->cs = exceptions[fault->vector].selector;
    registers->eip = exceptions[fault->vector].offset;
    return true;
}

/* ss:sp is at a frame, or behind its way back. */
static bool frame_leave(struct cpu16_registers *registers, bool is_back_taken)
{
    struct fault_frame frame;
    uint16_t skipped = is_back_taken ? sizeof frame.back : 0;
    const void *at = far16_flat(FAR16(registers->ss, registers->esp - skipped), sizeof frame);
    if (!at)
        return false;
    memcpy(&frame, at, sizeof frame);
    registers->ss = frame.stack.selector;
    registers->esp = frame.stack.offset;
    registers->cs = frame.code.selector;
    registers->eip = frame.code.offset;
    registers->eflags = frame.flags;
    return true;
}

/* ---- faults and interrupts as they come ------------------------------------------------------ */

/* Ours: true when the program goes on. */
static bool stub_answer(struct cpu16_fault *fault, struct cpu16_registers *registers)
{
    uint32_t offset = (uint16_t)registers->eip - INT_BYTES;
    if (offset < FAULTS_AT)
        return dos16_interrupt(fault->vector, registers);
    if (offset == BACK_AT)
        return frame_leave(registers, true);
    *fault = (struct cpu16_fault){.kind = CPU16_FAULT,
                                  .vector = (uint8_t)((offset - FAULTS_AT) / FAULT_STUB)};
    frame_leave(registers, false);
    return false;
}

bool dos16_fault(struct cpu16_fault *fault, struct cpu16_registers *registers)
{
    bool is_interrupt = fault->kind == CPU16_INTERRUPT;
    if (is_interrupt && stubs && (uint16_t)registers->cs == stubs->selector)
        return stub_answer(fault, registers);
    if (!is_interrupt && fault->vector < EXCEPTIONS && exceptions[fault->vector].selector)
        return handler_enter(fault, registers);
    if ((is_interrupt || fault->vector < REFLECTED) && interrupts[fault->vector].selector)
        return routine_enter(interrupts[fault->vector], registers);
    return is_interrupt && dos16_interrupt(fault->vector, registers);
}
