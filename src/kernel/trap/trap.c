/* SPDX-License-Identifier: MIT */
/* trap.c - the third crossing: a fault of the processor, and whose it is.
 *
 * Driver code: emulate what ring 0 may do, else an exception. Native code: mm's copies go on
 * at their fixup; a routine that serves a driver's call gives the driver an exception at that
 * call. Anything else is our own fault, and the host reports it.
 */
#include "callout/callout.h"
#include "image/image.h"
#include "mm/mm.h"
#include "seh/seh.h"
#include "trap_internal.h"

#define INT_IMMEDIATE_LENGTH 2u

/* Instructions that the processor refuses outside ring 0. False: an ordinary fault. */
static bool emulate(struct host_registers *registers, bool may_patch)
{
    struct trap_instruction instruction;
    uint64_t address, code;
    if (!trap_decode(registers->rip, &instruction))
        return false;
    if (instruction.zydis.mnemonic == ZYDIS_MNEMONIC_INT) {
        trap_interrupt_vector((unsigned)instruction.operands[0].imm.value.u, registers);
        return true;
    }
    if (may_patch && instruction.zydis.mnemonic == ZYDIS_MNEMONIC_MOV &&
        (code = trap_patch_site(&instruction, registers->rip)) != 0) {
        registers->rip = code;
        return true;
    }
    enum trap_answer answer = trap_port(&instruction, registers, &address);
    if (answer == TRAP_NOT_OURS)
        answer = trap_privileged(&instruction, registers);
    switch (answer) {
    case TRAP_DONE:
        return true;
    case TRAP_PRIVILEGED:
        trap_exception_privileged(registers);
        return true;
    case TRAP_FAULTED:
        /* Input writes memory: its first operand. */
        trap_exception_access(registers, instruction.operands[0].type == ZYDIS_OPERAND_TYPE_MEMORY,
                              address);
        return true;
    case TRAP_NOT_OURS:
        break;
    }
    return false;
}

static bool fault_in_driver(const struct host_fault *fault, struct host_registers *registers,
                            bool may_patch)
{
    if (fault->kind == HOST_FAULT_PRIVILEGED) {
        /* `int 4` passes its gate: the address is behind it. */
        if (fault->error_code == 4 * 8 + 2) {
            registers->rip -= INT_IMMEDIATE_LENGTH;
            trap_interrupt_vector(4, registers);
            return true;
        }
        if (emulate(registers, may_patch))
            return true;
    }
    if (trap_void_write(fault, registers))
        return true;
    trap_exception(fault, registers);
    return true;
}

/* Driver code called or jumped to an address without code: its return address is on top. */
static bool is_wild_call(const struct host_fault *fault, const struct host_registers *registers)
{
    uint64_t caller;
    return fault->kind == HOST_FAULT_ACCESS && fault->is_execute &&
           fault->address == registers->rip &&
           NT_SUCCESS(mm_user_copy(&caller, (const void *)registers->rsp, sizeof(caller))) &&
           (image_is_driver_code(caller) || callout_is_boundary(caller));
}

static bool fault_in_native(const struct host_fault *fault, struct host_registers *registers)
{
    uint64_t fixup = mm_user_fixup(registers->rip);
    if (fixup != 0) {
        registers->rip = fixup;
        return true;
    }
    if (fault->kind == HOST_FAULT_BREAKPOINT)
        return false;
    if (callout_top != NULL && !callout_in_ddi()) {
        trap_astray(fault, registers);
        return true;
    }
    if (!callout_in_ddi())
        return false;
    trap_exception_in_call(fault, registers);
    return true;
}

/* A program's page that may be touched after all (a copy is made of it, say), or whose guard
 * has just gone. Whatever else there is goes the way of other faults. */
static bool fault_in_window(const struct host_fault *fault, struct host_registers *registers)
{
    NTSTATUS status;
    if ((fault->address < MM_WINDOW_BASE || fault->address >= MM_WINDOW_END) &&
        !mm_address_is_low((void *)fault->address))
        return false;
    status = mm_window_fault(fault->address, fault->is_write, fault->is_execute);
    if (status != STATUS_GUARD_PAGE_VIOLATION || ke_irql() >= DISPATCH_LEVEL)
        return NT_SUCCESS(status);
    if (image_is_driver_code(registers->rip))
        trap_exception_guard(fault, registers);
    else if (mm_user_fixup(registers->rip) != 0)
        registers->rip = mm_user_fixup(registers->rip);
    else
        return false;
    return true;
}

static bool trap_fault(const struct host_fault *fault, struct host_registers *registers)
{
    /* int3 reports the address behind itself, perhaps behind the image. */
    uint64_t rip = registers->rip - (fault->kind == HOST_FAULT_BREAKPOINT);
    if (fault->kind == HOST_FAULT_ACCESS && fault_in_window(fault, registers))
        return true;
    if (fault->kind == HOST_FAULT_STEP && trap_shared_step(registers))
        return true;
    bool was_replaced = trap_patch_leave(registers);
    if (was_replaced)
        rip = registers->rip;
    if (trap_patch_stray(fault, registers) || trap_shared_read(fault, registers, !was_replaced))
        return true;
    bool is_driver = image_is_driver_code(rip);
    if ((is_driver || callout_top != NULL) && trap_is_stack_overflow(fault, registers))
        trap_stack_overflow(registers);
    if (mm_user_fixup(rip) == 0 && trap_special_pool(fault, registers))
        return true;
    if (is_driver)
        return fault_in_driver(fault, registers, !was_replaced);
    if (trap_unloaded_code(fault, registers))
        return true;
    if (is_wild_call(fault, registers)) {
        trap_exception(fault, registers);
        return true;
    }
    return fault_in_native(fault, registers);
}

bool trap_is_driver_code(uint64_t rip)
{
    return image_is_driver_code(rip) || trap_patch_is_driver_code(rip);
}

/* Takes the host's faults, from now on. May be called again.
 *
 * IRQL:    PASSIVE_LEVEL
 */
void trap_install(void)
{
    trap_decode_init();
    trap_shared_init();
    trap_patch_install();
    seh_init();
    host_fault_install(trap_fault);
}
