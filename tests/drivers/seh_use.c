/* SPDX-License-Identifier: MIT */
/* seh_use.c - tests of structured exceptions as drivers use them: probes of a program's
 * memory, raised statuses, the order of handlers. */
#include "drivertest.h"

/* Probes and reads as a driver does with METHOD_NEITHER; answers how it went. */
static NTSTATUS read_user(const VOID *address, SIZE_T length, ULONG alignment, PUCHAR out_first)
{
    __try {
        ProbeForRead((PVOID)address, length, alignment);
        *out_first = *(const volatile UCHAR *)address;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS write_user(VOID *address, SIZE_T length, ULONG alignment)
{
    __try {
        ProbeForWrite(address, length, alignment);
        RtlFillMemory(address, length, 0x11);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static void probes(void)
{
    PUCHAR user = drivertest_user_memory, block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 'tstS');
    UCHAR first = 0;

    user[0] = 42;
    expect_status(read_user(user, 16, 1, &first), STATUS_SUCCESS);
    expect_number(first, 42);
    expect_status(read_user(user + 1, 16, 4, &first), STATUS_DATATYPE_MISALIGNMENT);
    expect_status(read_user(block, 16, 1, &first), STATUS_ACCESS_VIOLATION);
    expect_status(read_user((PVOID)0x10000, 16, 1, &first), STATUS_ACCESS_VIOLATION);
    expect_status(read_user(user, (SIZE_T)-1, 1, &first), STATUS_ACCESS_VIOLATION);
    expect_status(read_user(block, 0, 1, &first), STATUS_SUCCESS); /* nothing to probe; ours */
    expect_status(write_user(user + PAGE_SIZE - 8, 16, 8), STATUS_SUCCESS);
    expect(user[PAGE_SIZE] == 0x11);
    expect_status(write_user(block, 16, 1), STATUS_ACCESS_VIOLATION);
    expect_number(block[0], 0);
    expect_status(write_user((PVOID)0x10000, 16, 1), STATUS_ACCESS_VIOLATION);
    ExFreePoolWithTag(block, 'tstS');
}

static void copy_from_nowhere(void)
{
    UCHAR bytes[32];
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        RtlCopyMemory(bytes, (PVOID)0x20000, sizeof bytes);
    } __except (GetExceptionCode() == STATUS_ACCESS_VIOLATION ? EXCEPTION_EXECUTE_HANDLER
                                                              : EXCEPTION_CONTINUE_SEARCH) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_ACCESS_VIOLATION);
}

static void raised_statuses(void)
{
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        ExRaiseStatus(STATUS_DEVICE_NOT_READY);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_DEVICE_NOT_READY);
    __try {
        ExRaiseAccessViolation();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_ACCESS_VIOLATION);
    __try {
        ExRaiseDatatypeMisalignment();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_DATATYPE_MISALIGNMENT);
}

/* ---- order --------------------------------------------------------------------------------------
 */

static CHAR order[16];
static ULONG order_used;

static void note(CHAR what)
{
    if (order_used < sizeof order - 1)
        order[order_used++] = what;
    order[order_used] = 0;
}

static LONG filter(CHAR what, LONG answer)
{
    note(what);
    return answer;
}

__attribute__((noinline)) static void inner(void)
{
    __try {
        __try {
            note('a');
            ExRaiseStatus(STATUS_NO_SUCH_DEVICE);
        } __finally {
            note(AbnormalTermination() ? 'F' : 'n');
        }
    } __except (filter('s', EXCEPTION_CONTINUE_SEARCH)) {
        note('!');
    }
}

static BOOLEAN order_is(const CHAR *wanted)
{
    BOOLEAN is = strcmp(order, wanted) == 0;

    if (!is)
        DbgPrint("order is %s, not %s\n", order, wanted);
    order_used = 0;
    return is;
}

/* Filters run from the inside out before any frame is left, then the finally blocks. */
static void handlers_in_order(void)
{
    __try {
        __try {
            inner();
            note('!');
        } __finally {
            note('G');
        }
    } __except (filter('x', EXCEPTION_EXECUTE_HANDLER)) {
        note('h');
    }
    expect(order_is("asxFGh"));
    __try {
        note('a');
    } __finally {
        note(AbnormalTermination() ? 'F' : 'n');
    }
    expect(order_is("an"));
}

static ULONG leave_early(BOOLEAN is_early)
{
    ULONG value = 0;

    __try {
        value = 1;
        if (is_early)
            __leave;
        value = 2;
    } __finally {
        note(AbnormalTermination() ? 'F' : 'n');
    }
    return value;
}

static void leaving(void)
{
    expect_number(leave_early(TRUE), 1);
    expect_number(leave_early(FALSE), 2);
    expect(order_is("nn"));
}

static void nested_exceptions(void)
{
    NTSTATUS first = 0, second = 0;

    __try {
        __try {
            ExRaiseStatus(STATUS_NO_MEMORY);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            first = GetExceptionCode();
            *(volatile ULONG *)8 = 1; /* inside the handler */
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        second = GetExceptionCode();
    }
    expect_status(first, STATUS_NO_MEMORY);
    expect_status(second, STATUS_ACCESS_VIOLATION);
}

static ULONG_PTR fault_address;

static LONG look_at(PEXCEPTION_POINTERS pointers)
{
    PEXCEPTION_RECORD record = pointers->ExceptionRecord;

    expect_number(record->NumberParameters, 2);
    expect_number(record->ExceptionInformation[0], 1); /* a write */
    fault_address = record->ExceptionInformation[1];
    expect((ULONG_PTR)record->ExceptionAddress == pointers->ContextRecord->Rip);
    return EXCEPTION_EXECUTE_HANDLER;
}

static void records(void)
{
    __try {
        *(volatile ULONG *)0x1230 = 1;
    } __except (look_at(GetExceptionInformation())) {
        note('h');
    }
    expect(order_is("h"));
    expect_number(fault_address, 0x1230);
}

static LONG divide(volatile LONG by)
{
    LONG result = -1;

    __try {
        result = 10 / by;
    } __except (GetExceptionCode() == STATUS_INTEGER_DIVIDE_BY_ZERO ? EXCEPTION_EXECUTE_HANDLER
                                                                    : EXCEPTION_CONTINUE_SEARCH) {
        result = -2;
    }
    return result;
}

static void arithmetic(void)
{
    expect_number(divide(5), 2);
    expect_number(divide(0), -2);
}

/* An exception through locals that live in registers: they keep their values. */
static void registers_survive(void)
{
    ULONG64 one = KeQueryInterruptTime() | 1, two = one * 3, three = two ^ one, sum = 0;
    ULONG i;

    for (i = 0; i < 100; i++) {
        __try {
            sum += i;
            ExRaiseStatus(STATUS_CANCELLED);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            sum += 1;
        }
    }
    expect_number(sum, 4950 + 100);
    expect(two == one * 3 && three == (two ^ one));
}

DRIVERTEST_LIST = {
    DRIVERTEST(probes),
    DRIVERTEST(copy_from_nowhere),
    DRIVERTEST(raised_statuses),
    DRIVERTEST(handlers_in_order),
    DRIVERTEST(leaving),
    DRIVERTEST(nested_exceptions),
    DRIVERTEST(records),
    DRIVERTEST(arithmetic),
    DRIVERTEST(registers_survive),
    DRIVERTEST_END,
};
