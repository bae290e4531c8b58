/* SPDX-License-Identifier: MIT */
/* exception_fault.c - the processor's faults become exceptions of the program.
 *
 * The hook runs on the signal stack: it writes the record and the registers below the stack
 * pointer of the faulting code and lets the thread go on in exception_dispatch.
 * A fault inside our own code is dispatched from the program's call; a lock of ours that was
 * held then stays held. Differs: without a record of the call it ends the program.
 */
#include <string.h>

#include "exception_internal.h"
#include "door/door.h"
#include "host/host.h"
#include "ntdll/error.h"
#include "ntdll/nt.h"
#include "thread_internal.h"

#define FAST_FAIL_VECTOR 0x29u
#define ASSERT_VECTOR    0x2cu
#define RED_ZONE         128u

/* What is written onto the faulting stack. */
struct fault_frame {
    CONTEXT context;
    EXCEPTION_RECORD record;
};

static bool byte_is_privileged(const uint8_t *code)
{
    switch (code[0]) {
    case 0xf4: /* hlt */
    case 0xfa: /* cli */
    case 0xfb: /* sti */
    case 0x6c: /* ins, outs, in, out */
    case 0x6d:
    case 0x6e:
    case 0x6f:
    case 0xe4:
    case 0xe5:
    case 0xe6:
    case 0xe7:
    case 0xec:
    case 0xed:
    case 0xee:
    case 0xef:
        return true;
    case 0x0f: /* system registers, rdmsr, wrmsr, lgdt … */
        return code[1] <= 0x01 || (code[1] >= 0x06 && code[1] <= 0x09) ||
               (code[1] >= 0x20 && code[1] <= 0x23) || code[1] == 0x30 || code[1] == 0x32;
    default:
        return false;
    }
}

static void protection_describe(const struct host_fault *fault, const struct host_registers *at,
                                EXCEPTION_RECORD *record)
{
    unsigned vector = fault->error_code & 2 ? fault->error_code >> 3 : 0;
    if (vector == FAST_FAIL_VECTOR) {
        record->ExceptionCode = STATUS_STACK_BUFFER_OVERRUN;
        record->ExceptionFlags = EXCEPTION_NONCONTINUABLE;
        record->NumberParameters = 1;
        record->ExceptionInformation[0] = at->rcx;
        return;
    }
    if (vector == ASSERT_VECTOR) {
        record->ExceptionCode = STATUS_ASSERTION_FAILURE;
        return;
    }
    if (ldr_by_address(at->rip) && byte_is_privileged((const uint8_t *)at->rip)) {
        record->ExceptionCode = STATUS_PRIVILEGED_INSTRUCTION;
        return;
    }
    record->ExceptionCode = STATUS_ACCESS_VIOLATION;
    record->NumberParameters = 2;
    record->ExceptionInformation[1] = (ULONG_PTR)-1;
}

static void fault_describe(const struct host_fault *fault, struct host_registers *at,
                           EXCEPTION_RECORD *record)
{
    const struct teb *teb = teb_current();
    switch (fault->kind) {
    case HOST_FAULT_ACCESS:
        record->ExceptionCode = STATUS_ACCESS_VIOLATION;
        record->NumberParameters = 2;
        record->ExceptionInformation[0] = fault->is_execute ? 8 : fault->is_write;
        record->ExceptionInformation[1] = fault->address;
        if (fault->address < (uint64_t)teb->StackLimit &&
            fault->address + 0x10000 >= (uint64_t)teb->StackLimit)
            record->ExceptionCode = STATUS_STACK_OVERFLOW;
        break;
    case HOST_FAULT_PRIVILEGED:
        protection_describe(fault, at, record);
        break;
    case HOST_FAULT_ILLEGAL:
        record->ExceptionCode = STATUS_ILLEGAL_INSTRUCTION;
        break;
    case HOST_FAULT_SYSTEM_CALL:
        record->ExceptionCode = STATUS_PRIVILEGED_INSTRUCTION;
        break;
    case HOST_FAULT_DIVIDE:
        record->ExceptionCode = STATUS_INTEGER_DIVIDE_BY_ZERO;
        break;
    case HOST_FAULT_BREAKPOINT:
        record->ExceptionCode = STATUS_BREAKPOINT;
        record->NumberParameters = 1;
        at->rip--;
        break;
    case HOST_FAULT_STEP:
        record->ExceptionCode = STATUS_SINGLE_STEP;
        break;
    case HOST_FAULT_FLOAT:
        record->ExceptionCode = STATUS_FLOAT_INVALID_OPERATION;
        break;
    case HOST_FAULT_ALIGNMENT:
        record->ExceptionCode = STATUS_DATATYPE_MISALIGNMENT;
        break;
    case HOST_FAULT_BUS:
        record->ExceptionCode = STATUS_IN_PAGE_ERROR;
        record->NumberParameters = 3;
        record->ExceptionInformation[0] = fault->is_write;
        record->ExceptionInformation[1] = fault->address;
        break;
    }
    record->ExceptionAddress = (PVOID)at->rip;
}

uint64_t exception_caller_guess(uint64_t sp)
{
    const struct teb *teb = teb_current();
    if (sp < (uint64_t)teb->StackLimit || sp % sizeof(uintptr_t))
        return 0;
    for (; sp + sizeof(uintptr_t) <= (uint64_t)teb->StackBase; sp += sizeof(uintptr_t)) {
        uintptr_t word = *(const uintptr_t *)(uintptr_t)sp;
        const struct ldr_module *module = ldr_by_address(word);
        if (module && !module->builtin && word > module->base + PE_PAGE_SIZE)
            return word;
    }
    return 0;
}

/* Our own code met the fault, mostly through an address that the program gave it. */
[[noreturn]] static void native_fault(const EXCEPTION_RECORD *record, uint64_t rsp)
{
    uint64_t caller = exception_caller_guess(rsp);
    const struct ldr_module *module = caller ? ldr_by_address(caller) : NULL;
    program_die(record->ExceptionCode,
                "exception 0x%08X at address 0x%llx inside a system function, called from about "
                "%s+0x%llx",
                (unsigned)record->ExceptionCode,
                (unsigned long long)record->ExceptionInformation[1], module ? module->name : "?",
                (unsigned long long)(module ? caller - module->base : 0));
}

/* How often one touch may be tried again before it is believed that it never works. */
#define TRIES 64u
static __thread uint64_t tried_address; /* owner thread only */
static __thread unsigned tried_count;

/* The kernel may have changed the page meanwhile, or change it now: a copy is made of what is
 * copied when it is written to, a guard goes. */
static NTSTATUS window_ask(const struct host_fault *fault)
{
    if (fault->kind != HOST_FAULT_ACCESS || !door_holds(fault->address))
        return STATUS_ACCESS_VIOLATION;
    if (tried_address != fault->address)
        tried_count = 0;
    tried_address = fault->address;
    if (++tried_count > TRIES)
        return STATUS_ACCESS_VIOLATION;
    return NtCoveMemoryFault(fault->address, fault->is_write, fault->is_execute);
}

/* On the stack of the overflow: handlers have what is left of it from here on. */
static void overflow_dispatch(EXCEPTION_RECORD *record, CONTEXT *context)
{
    thread_reserve_open();
    exception_dispatch(record, context);
}

static host_fault_hook *first_hook; /* set before there is code that it knows */

void exception_fault_first(host_fault_hook *hook)
{
    first_hook = hook;
}

static bool fault_hook(const struct host_fault *fault, struct host_registers *registers)
{
    struct teb *teb = host_gs_get();
    if (!teb || teb->Self != teb)
        return false;
    NTSTATUS answer = window_ask(fault);
    if (NT_SUCCESS(answer) || (first_hook && first_hook(fault, registers)) ||
        exception_is_expected(registers))
        return true;
    EXCEPTION_RECORD record = {0};
    fault_describe(fault, registers, &record);
    uint64_t top = (registers->rsp - RED_ZONE - sizeof(struct fault_frame)) & ~(uint64_t)63;
    bool is_overflow = false;
    if (answer == STATUS_GUARD_PAGE_VIOLATION) {
        is_overflow = thread_reserve_has(teb, fault->address);
        record.ExceptionCode = is_overflow ? STATUS_STACK_OVERFLOW : answer;
    }
    bool has_stack = top > (uint64_t)teb->StackLimit && registers->rsp <= (uint64_t)teb->StackBase;
    struct ldr_module *module = ldr_by_address(registers->rip);
    /* Ours makes no call that is refused: one that comes from the kernel's page is the program's.
     */
    bool is_program =
        (module && !module->builtin) || fault->is_execute || fault->kind == HOST_FAULT_SYSTEM_CALL;
    if (!has_stack && record.ExceptionCode == STATUS_STACK_OVERFLOW) {
        program_die(STATUS_STACK_OVERFLOW, "its stack overflowed at %s+0x%llx",
                    module ? module->name : "0x0",
                    (unsigned long long)(registers->rip - (module ? module->base : 0)));
    }
    /* What is written below must not meet the guard again. */
    for (uint64_t page = fault->address & ~(uint64_t)(HOST_PAGE - 1); is_overflow && page > top;) {
        page -= HOST_PAGE;
        if (thread_reserve_has(teb, page))
            NtCoveMemoryFault(page, true, false);
    }
    if (is_overflow && !is_program)
        return true; /* ours is bounded: the program's next touch raises it */
    if (!is_program && !(has_stack && exception_is_reachable(teb, registers->rsp)))
        native_fault(&record, registers->rsp);
    if (!has_stack)
        return false;
    struct fault_frame *frame = (struct fault_frame *)top;
    context_of_registers(registers, &frame->context);
    frame->record = record;
    exception_divert(registers, top, &frame->record, &frame->context,
                     is_overflow ? overflow_dispatch : exception_dispatch);
    return true;
}

void exception_init(void)
{
    host_fault_install(fault_hook);
}
