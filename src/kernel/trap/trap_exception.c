/* SPDX-License-Identifier: MIT */
/* trap_exception.c - faults that become exceptions or stop the machine.
 *
 * The signal stack is no place to run handlers: record and registers are put below the
 * interrupted stack, and the thread goes on in a function that dispatches from there. What is
 * no exception on Windows either (a bad system address, any page fault at a raised IRQL) is a
 * bug check, made in the same way so that drivers' callbacks find their own stack.
 */
#include <string.h>

#include "callout/callout.h"
#include "ex/ex.h"
#include "image/image.h"
#include "mm/mm.h"
#include "seh/seh.h"
#include "trap_internal.h"

/* Left alone below the interrupted stack pointer: native code keeps values there. */
#define RED_ZONE 128u
/* Less than this left: handlers could not run. */
#define STACK_NEEDED 24576u
/* Where an overflowing stack faults: below its end, within a large frame's reach. */
#define STACK_OVERFLOW_REACH 65536u
#define DOUBLE_FAULT         8u

#define ACCESS_READ    0u
#define ACCESS_WRITE   1u
#define ACCESS_EXECUTE 8u

/* What travels from the signal stack to the thread's own. */
struct delivery {
    EXCEPTION_RECORD record;
    CONTEXT context;                 /* an exception's */
    struct host_registers registers; /* a bug check's */
    struct bugcheck bugcheck;
};

/* ---- to the thread's own stack ---------------------------------------------------------- */

/* The target may be stack that a sanitizer holds poisoned. */
static void copy_bytes(void *to, const void *from, size_t size_bytes)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size_bytes) : : "memory");
}

static bool has_own_stack(const struct host_registers *registers)
{
    uintptr_t low, high;
    host_thread_stack(&low, &high);
    return registers->rsp >= low && registers->rsp < high && registers->rsp - low >= STACK_NEEDED;
}

/* Goes on in entry(delivery), which does not return. */
static void deliver(struct host_registers *registers, const struct delivery *delivery,
                    void (*entry)(struct delivery *))
{
    uint64_t place = (registers->rsp - RED_ZONE - sizeof(*delivery)) & ~63ull;
    copy_bytes((void *)place, delivery, sizeof(*delivery));
    registers->rdi = place;
    registers->rsp = place - 8; /* as after a call */
    *(uint64_t *)registers->rsp = 0;
    registers->rbp = 0;
    registers->rip = (uint64_t)entry;
    registers->eflags &= ~(EFLAGS_TRAP | EFLAGS_DIRECTION);
}

[[noreturn]] static void deliver_exception(struct delivery *delivery)
{
    seh_dispatch(&delivery->record, &delivery->context);
    seh_resume(&delivery->context);
}

[[noreturn]] static void deliver_in_call(struct delivery *delivery)
{
    seh_raise_record(&delivery->record);
}

[[noreturn]] static void deliver_bugcheck(struct delivery *delivery)
{
    delivery->bugcheck.registers = &delivery->registers;
    if (delivery->bugcheck.exception != NULL)
        delivery->bugcheck.exception = &delivery->record;
    ke_bugcheck(&delivery->bugcheck);
}

static void context_of_registers(const struct host_registers *registers, CONTEXT *out_context)
{
    CONTEXT *context = out_context;
    memset(context, 0, sizeof(*context));
    context->ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER;
    if (registers->fpu != NULL) {
        memcpy(&context->FltSave, registers->fpu, sizeof(context->FltSave));
        context->ContextFlags |= CONTEXT_FLOATING_POINT;
        context->MxCsr = context->FltSave.MxCsr;
    }
    memcpy(&context->Rax, &registers->rax, 16 * sizeof(uint64_t));
    context->Rsp = registers->rsp;
    context->Rip = registers->rip;
    context->EFlags = (ULONG)registers->eflags;
}

_Static_assert(offsetof(struct host_registers, rsp) - offsetof(struct host_registers, rax) ==
                   offsetof(CONTEXT, Rsp) - offsetof(CONTEXT, Rax),
               "both are in machine order");

static void raise_exception(struct host_registers *registers, const EXCEPTION_RECORD *record)
{
    struct delivery delivery = {.record = *record};
    context_of_registers(registers, &delivery.context);
    if (!has_own_stack(registers))
        trap_stack_overflow(registers);
    deliver(registers, &delivery, deliver_exception);
}

static void stop(struct host_registers *registers, const struct bugcheck *bugcheck,
                 const EXCEPTION_RECORD *record)
{
    struct delivery delivery = {.bugcheck = *bugcheck, .registers = *registers};
    if (record != NULL) {
        delivery.record = *record;
        delivery.bugcheck.exception = record;
    }
    delivery.registers.fpu = NULL; /* lies in the signal frame */
    if (!has_own_stack(registers))
        deliver_bugcheck(&delivery);
    deliver(registers, &delivery, deliver_bugcheck);
}

bool trap_is_stack_overflow(const struct host_fault *fault, const struct host_registers *registers)
{
    uintptr_t low, high;
    if (fault->kind != HOST_FAULT_ACCESS)
        return false;
    host_thread_stack(&low, &high);
    return fault->address < low && low - fault->address <= STACK_OVERFLOW_REACH &&
           registers->rsp < low + STACK_OVERFLOW_REACH;
}

void trap_stack_overflow(const struct host_registers *registers)
{
    struct bugcheck bugcheck = {
        .code = UNEXPECTED_KERNEL_MODE_TRAP,
        .parameter = {DOUBLE_FAULT, registers->rsp, registers->rip, 0},
        .registers = registers,
    };
    ke_bugcheck(&bugcheck);
}

/* ---- page faults ------------------------------------------------------------------------------
 */

static EXCEPTION_RECORD access_record(uint64_t rip, ULONG_PTR operation, uint64_t address)
{
    return (EXCEPTION_RECORD){
        .ExceptionCode = STATUS_ACCESS_VIOLATION,
        .ExceptionAddress = (PVOID)rip,
        .NumberParameters = 2,
        .ExceptionInformation = {operation, address},
    };
}

static ULONG_PTR operation_of(const struct host_fault *fault)
{
    if (fault->is_execute)
        return ACCESS_EXECUTE;
    return fault->is_write ? ACCESS_WRITE : ACCESS_READ;
}

/* Any page fault at DISPATCH_LEVEL or above: nobody could bring the page in. */
static bool stop_at_irql(struct host_registers *registers, const struct host_fault *fault,
                         ULONG code)
{
    KIRQL irql = ke_irql();
    if (irql < DISPATCH_LEVEL)
        return false;
    struct bugcheck bugcheck = {
        .code = code, .parameter = {fault->address, irql, operation_of(fault), registers->rip}};
    stop(registers, &bugcheck, NULL);
    return true;
}

/* A timer, a work item or a thread goes on in a driver that is gone. Doc: "Bug Check 0xCE" */
bool trap_unloaded_code(const struct host_fault *fault, struct host_registers *registers)
{
    uint64_t offset;
    if (fault->kind != HOST_FAULT_ACCESS || !fault->is_execute ||
        fault->address != registers->rip || image_gone_of_address(registers->rip, &offset) == NULL)
        return false;
    struct bugcheck bugcheck = {
        .code = DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS,
        .parameter = {fault->address, ACCESS_EXECUTE, registers->rip, 0},
    };
    stop(registers, &bugcheck, NULL);
    return true;
}

/* A bad address in system space is no exception: a handler never sees it. The shared-data page
 * is there, but not for writing. Doc: "Bug Check 0x50", 0xBE, 0xFC */
static bool stop_at_address(struct host_registers *registers, const struct host_fault *fault)
{
    struct bugcheck bugcheck = {
        .code = PAGE_FAULT_IN_NONPAGED_AREA,
        .parameter = {fault->address, 0, registers->rip, 0},
    };
    if (fault->address < MM_USER_END || fault->address - SHARED_DATA_BASE < SHARED_DATA_SIZE)
        return false;
    if (fault->is_write)
        bugcheck.parameter[1] = 2;
    else if (fault->is_execute)
        bugcheck.parameter[1] = 0x10;
    if (fault->is_write && image_can_read(fault->address, 1)) {
        bugcheck.code = ATTEMPTED_WRITE_TO_READONLY_MEMORY;
        bugcheck.parameter[1] = bugcheck.parameter[2] = 0;
    }
    if (fault->is_execute && image_can_read(fault->address, 1)) {
        bugcheck.code = ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY;
        bugcheck.parameter[1] = bugcheck.parameter[2] = 0;
    }
    stop(registers, &bugcheck, NULL);
    return true;
}

/* A driver or a routine that works for it touched a special block that is freed, or the page
 * behind one. No handler sees it. Doc: "Bug Check 0xCC", 0xCD, 0xD5, 0xD6 */
bool trap_special_pool(const struct host_fault *fault, struct host_registers *registers)
{
    struct ex_pool_special special;
    if (fault->kind != HOST_FAULT_ACCESS || !ex_pool_special_find(fault->address, &special))
        return false;
    bool is_driver = image_is_driver_code(registers->rip);
    struct bugcheck bugcheck = {
        .code = special.is_freed ? (is_driver ? DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL
                                              : PAGE_FAULT_IN_FREED_SPECIAL_POOL)
                                 : (is_driver ? DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION
                                              : PAGE_FAULT_BEYOND_END_OF_ALLOCATION),
        .parameter = {fault->address, fault->is_write, registers->rip, 0},
    };
    stop(registers, &bugcheck, NULL);
    return true;
}

void trap_exception_access(struct host_registers *registers, bool is_write, uint64_t address)
{
    struct host_fault fault = {.kind = HOST_FAULT_ACCESS, .address = address, .is_write = is_write};
    trap_exception(&fault, registers);
}

/* ---- the other faults ---------------------------------------------------------------------------
 */

static NTSTATUS divide_status(struct host_registers *registers)
{
    struct trap_instruction instruction;
    uint64_t divisor;
    if (trap_decode(registers->rip, &instruction) &&
        trap_operand_read(&instruction, &instruction.operands[0], registers, &divisor) &&
        divisor != 0)
        return STATUS_INTEGER_OVERFLOW;
    return STATUS_INTEGER_DIVIDE_BY_ZERO;
}

/* The unmasked exceptions among those that happened; x87 status word and MXCSR have the same
 * six bits. The first in the processor's order of priority. */
static NTSTATUS float_status(const struct host_registers *registers)
{
    static const struct {
        unsigned bit;
        NTSTATUS status;
    } kinds[] = {
        {0x01, STATUS_FLOAT_INVALID_OPERATION}, {0x02, STATUS_FLOAT_DENORMAL_OPERAND},
        {0x04, STATUS_FLOAT_DIVIDE_BY_ZERO},    {0x08, STATUS_FLOAT_OVERFLOW},
        {0x10, STATUS_FLOAT_UNDERFLOW},         {0x20, STATUS_FLOAT_INEXACT_RESULT},
    };
    const XSAVE_FORMAT *fpu = registers->fpu;
    if (fpu == NULL)
        return STATUS_FLOAT_INVALID_OPERATION;
    unsigned raised = (fpu->MxCsr & ~(fpu->MxCsr >> 7)) | (fpu->StatusWord & ~fpu->ControlWord);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (raised & kinds[i].bit)
            return kinds[i].status;
    return STATUS_FLOAT_INVALID_OPERATION;
}

static EXCEPTION_RECORD record_of(const struct host_fault *fault, struct host_registers *registers)
{
    EXCEPTION_RECORD record = {.ExceptionAddress = (PVOID)registers->rip};
    switch (fault->kind) {
    case HOST_FAULT_ACCESS:
        return access_record(registers->rip, operation_of(fault), fault->address);
    case HOST_FAULT_PRIVILEGED: /* a non-canonical address: the processor does not say which */
        return access_record(registers->rip, ACCESS_READ, UINT64_MAX);
    case HOST_FAULT_ILLEGAL:
        record.ExceptionCode = STATUS_ILLEGAL_INSTRUCTION;
        break;
    case HOST_FAULT_SYSTEM_CALL:
        record.ExceptionCode = STATUS_PRIVILEGED_INSTRUCTION;
        break;
    case HOST_FAULT_DIVIDE:
        record.ExceptionCode = divide_status(registers);
        break;
    case HOST_FAULT_BREAKPOINT: /* the exception is at the instruction, not after it */
        registers->rip--;
        record.ExceptionAddress = (PVOID)registers->rip;
        record.ExceptionCode = STATUS_BREAKPOINT;
        record.NumberParameters = 1;
        break;
    case HOST_FAULT_STEP:
        registers->eflags &= ~EFLAGS_TRAP;
        record.ExceptionCode = STATUS_SINGLE_STEP;
        break;
    case HOST_FAULT_FLOAT:
        record.ExceptionCode = float_status(registers);
        break;
    case HOST_FAULT_ALIGNMENT:
        record.ExceptionCode = STATUS_DATATYPE_MISALIGNMENT;
        break;
    case HOST_FAULT_BUS:
        record = access_record(registers->rip, operation_of(fault), fault->address);
        record.ExceptionCode = STATUS_IN_PAGE_ERROR;
        record.NumberParameters = 3;
        record.ExceptionInformation[2] = (ULONG_PTR)(LONG_PTR)STATUS_UNSUCCESSFUL;
        break;
    }
    return record;
}

void trap_exception_guard(const struct host_fault *fault, struct host_registers *registers)
{
    EXCEPTION_RECORD record = record_of(fault, registers);
    record.ExceptionCode = STATUS_GUARD_PAGE_VIOLATION;
    raise_exception(registers, &record);
}

void trap_exception(const struct host_fault *fault, struct host_registers *registers)
{
    bool is_page_fault = fault->kind == HOST_FAULT_ACCESS || fault->kind == HOST_FAULT_BUS;
    if (is_page_fault && (stop_at_irql(registers, fault, DRIVER_IRQL_NOT_LESS_OR_EQUAL) ||
                          stop_at_address(registers, fault)))
        return;
    EXCEPTION_RECORD record = record_of(fault, registers);
    raise_exception(registers, &record);
}

/* No handler is asked: where the driver stood when it jumped is not known. */
void trap_astray(const struct host_fault *fault, struct host_registers *registers)
{
    EXCEPTION_RECORD record = record_of(fault, registers);
    struct bugcheck bugcheck = {
        .code = KMODE_EXCEPTION_NOT_HANDLED,
        .parameter = {(ULONG)record.ExceptionCode, registers->rip, record.ExceptionInformation[0],
                      record.ExceptionInformation[1]},
    };
    stop(registers, &bugcheck, &record);
}

/* A routine that serves a driver met the driver's bad pointer, or what the driver has done to a
 * list, while it held a lock of ours: to go back to the driver would leave it locked. On Windows
 * these structures are walked at DISPATCH_LEVEL or above. Doc: "Bug Check 0xA" */
static bool stop_in_lock(struct host_registers *registers, const struct host_fault *fault,
                         const EXCEPTION_RECORD *record)
{
    if (host_locks_held == 0)
        return false;
    bool is_access = fault->kind == HOST_FAULT_ACCESS || fault->kind == HOST_FAULT_BUS;
    struct bugcheck bugcheck = {
        .code = IRQL_NOT_LESS_OR_EQUAL,
        .parameter = {is_access ? fault->address : UINT64_MAX, max(ke_irql(), DISPATCH_LEVEL),
                      operation_of(fault), registers->rip},
    };
    stop(registers, &bugcheck, record);
    return true;
}

void trap_exception_in_call(const struct host_fault *fault, struct host_registers *registers)
{
    struct delivery delivery;
    bool is_page_fault = fault->kind == HOST_FAULT_ACCESS || fault->kind == HOST_FAULT_BUS;
    if (is_page_fault && (stop_at_irql(registers, fault, IRQL_NOT_LESS_OR_EQUAL) ||
                          stop_at_address(registers, fault)))
        return;
    memset(&delivery, 0, sizeof(delivery));
    delivery.record = record_of(fault, registers);
    if (stop_in_lock(registers, fault, &delivery.record))
        return;
    delivery.record.ExceptionAddress = NULL; /* the driver's call */
    if (!has_own_stack(registers))
        trap_stack_overflow(registers);
    deliver(registers, &delivery, deliver_in_call);
}

void trap_exception_privileged(struct host_registers *registers)
{
    EXCEPTION_RECORD record = {.ExceptionCode = STATUS_PRIVILEGED_INSTRUCTION,
                               .ExceptionAddress = (PVOID)registers->rip};
    raise_exception(registers, &record);
}

/* ---- INT n ------------------------------------------------------------------------------ */

/* The driver asks to be stopped: rcx says why. No handler is asked.
 * Doc: __fastfail (Microsoft Learn); "Bug Check 0x139" */
static void fast_fail(struct host_registers *registers)
{
    EXCEPTION_RECORD record = {
        .ExceptionCode = STATUS_STACK_BUFFER_OVERRUN,
        .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
        .ExceptionAddress = (PVOID)registers->rip,
        .NumberParameters = 1,
        .ExceptionInformation = {(uint32_t)registers->rcx},
    };
    struct bugcheck bugcheck = {
        .code = KERNEL_SECURITY_CHECK_FAILURE,
        .parameter = {(uint32_t)registers->rcx, registers->rsp, registers->rip, 0},
    };
    stop(registers, &bugcheck, &record);
}

void trap_interrupt_vector(unsigned vector, struct host_registers *registers)
{
    EXCEPTION_RECORD record = {.ExceptionAddress = (PVOID)registers->rip};
    switch (vector) {
    case 0x29:
        fast_fail(registers);
        return;
    case 0x2c:
        record.ExceptionCode = STATUS_ASSERTION_FAILURE;
        break;
    case 0x2d: /* a debugger service; there is none */
        record.ExceptionCode = STATUS_BREAKPOINT;
        record.NumberParameters = 1;
        break;
    case 4:
        record.ExceptionCode = STATUS_INTEGER_OVERFLOW;
        break;
    default:
        record = access_record(registers->rip, ACCESS_READ, UINT64_MAX);
        break;
    }
    raise_exception(registers, &record);
}
