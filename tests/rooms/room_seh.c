/* SPDX-License-Identifier: MIT */
/* room_seh.c - structured exceptions as compiled code uses them.
 *
 * Part 0: raised by software. Part 1: by the processor. Parts from 100 on are not handled by
 * anybody and end the machine.
 */
#define ROOM_DRIVER
#include <ntifs.h>

#include "room_report.h"

NTSYSAPI VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD ExceptionRecord);
NTSYSAPI PRUNTIME_FUNCTION NTAPI RtlLookupFunctionEntry(ULONG64 ControlPc, PULONG64 ImageBase,
                                                        PUNWIND_HISTORY_TABLE HistoryTable);
NTSYSAPI PEXCEPTION_ROUTINE NTAPI RtlVirtualUnwind(ULONG HandlerType, ULONG64 ImageBase,
                                                   ULONG64 ControlPc,
                                                   PRUNTIME_FUNCTION FunctionEntry,
                                                   PCONTEXT ContextRecord, PVOID *HandlerData,
                                                   PULONG64 EstablisherFrame,
                                                   PKNONVOLATILE_CONTEXT_POINTERS ContextPointers);
NTSYSAPI VOID NTAPI RtlUnwindEx(PVOID TargetFrame, PVOID TargetIp,
                                PEXCEPTION_RECORD ExceptionRecord, PVOID ReturnValue,
                                PCONTEXT OriginalContext, PUNWIND_HISTORY_TABLE HistoryTable);
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));

#define CODE_A ((NTSTATUS)0xe0000001)
#define CODE_B ((NTSTATUS)0xe0000002)

/* Letters in the order in which things happened. */
static char trail[128];
static unsigned trail_length;

static void trail_begin(void)
{
    trail_length = 0;
    trail[0] = 0;
}

static NOINLINE int mark(char letter)
{
    if (trail_length < sizeof(trail) - 1)
        trail[trail_length++] = letter;
    trail[trail_length] = 0;
    return 0;
}

static BOOLEAN trail_equals(const char *wanted)
{
    unsigned i = 0;
    while (wanted[i] && wanted[i] == trail[i])
        i++;
    return wanted[i] == trail[i];
}

/* What a failure shows: the first eight letters, first highest. */
static ULONG64 trail_number(void)
{
    ULONG64 number = 0;
    for (unsigned i = 0; i < 8 && trail[i]; i++)
        number = number << 8 | (unsigned char)trail[i];
    return number;
}

#define CHECK_TRAIL(wanted) \
    room_check(trail_equals(wanted), trail_number(), "the trail is " wanted, __LINE__)

static NOINLINE void raise(NTSTATUS code)
{
    ExRaiseStatus(code);
}

/* Raises so that a filter may say "go on". */
static NOINLINE void raise_soft(NTSTATUS code)
{
    EXCEPTION_RECORD record = {0};
    record.ExceptionCode = code;
    record.NumberParameters = 1;
    record.ExceptionInformation[0] = 0x1234;
    RtlRaiseException(&record);
}

/* ---- one function ----------------------------------------------------------------------- */

static void caught_with_its_code(void)
{
    NTSTATUS code = 0;
    trail_begin();
    __try {
        mark('t');
        raise(CODE_A);
        mark('!');
    } __except (mark('f'), EXCEPTION_EXECUTE_HANDLER) {
        code = GetExceptionCode();
        mark('h');
    }
    mark('e');
    CHECK_IS((ULONG)code, (ULONG)CODE_A);
    CHECK_TRAIL("tfhe");
}

static void filters_from_inside_out(void)
{
    trail_begin();
    __try {
        __try {
            __try {
                raise(CODE_A);
            } __except (mark('1'), EXCEPTION_CONTINUE_SEARCH) {
                mark('!');
            }
        } __except (mark('2'), GetExceptionCode() == CODE_B) {
            mark('!');
        }
    } __except (mark('3'), GetExceptionCode() == CODE_A) {
        mark('h');
    }
    CHECK_TRAIL("123h");
}

static int take_information(EXCEPTION_POINTERS *pointers, EXCEPTION_RECORD *out)
{
    *out = *pointers->ExceptionRecord;
    return EXCEPTION_EXECUTE_HANDLER;
}

static void continues_after_the_raise(void)
{
    trail_begin();
    __try {
        mark('t');
        raise_soft(CODE_A);
        mark('c');
    } __except (mark('f'), EXCEPTION_CONTINUE_EXECUTION) {
        mark('!');
    }
    CHECK_TRAIL("tfc");
}

static void record_travels(void)
{
    EXCEPTION_RECORD record = {0};
    __try {
        raise_soft(CODE_B);
    } __except (take_information(GetExceptionInformation(), &record)) {
        mark('h');
    }
    CHECK_IS((ULONG)record.ExceptionCode, (ULONG)CODE_B);
    CHECK_IS(record.NumberParameters, 1);
    CHECK_IS(record.ExceptionInformation[0], 0x1234);
    CHECK_IS(record.ExceptionFlags, 0);
    CHECK((ULONG_PTR)record.ExceptionAddress - (ULONG_PTR)raise_soft < 256);
}

/* ExRaiseStatus cannot be continued: that is an exception of its own. */
static void cannot_continue_a_status(void)
{
    EXCEPTION_RECORD record = {0};
    trail_begin();
    __try {
        __try {
            raise(CODE_A);
        } __except (GetExceptionCode() == CODE_A ? (mark('f'), EXCEPTION_CONTINUE_EXECUTION)
                                                 : (mark('n'), EXCEPTION_CONTINUE_SEARCH)) {
            mark('!');
        }
    } __except (take_information(GetExceptionInformation(), &record)) {
        mark('h');
    }
    CHECK_IS((ULONG)record.ExceptionCode, (ULONG)STATUS_NONCONTINUABLE_EXCEPTION);
    CHECK(record.ExceptionFlags & EXCEPTION_NONCONTINUABLE);
    CHECK_TRAIL("fnh");
}

/* ---- termination handlers --------------------------------------------------------------- */

static void finally_both_ways(void)
{
    trail_begin();
    __try {
        mark('t');
    } __finally {
        mark(AbnormalTermination() ? '!' : 'n');
    }
    __try {
        __try {
            raise(CODE_A);
        } __finally {
            mark(AbnormalTermination() ? 'a' : '!');
        }
    } __except (mark('f'), EXCEPTION_EXECUTE_HANDLER) {
        mark('h');
    }
    CHECK_TRAIL("tnfah");
}

static NOINLINE void nest(int depth)
{
    __try {
        if (depth == 0)
            raise(CODE_A);
        nest(depth - 1);
        mark('!');
    } __finally {
        if (AbnormalTermination())
            mark((char)('a' + depth));
    }
}

static void frames_unwind_in_order(void)
{
    trail_begin();
    __try {
        nest(20);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        mark('H');
    }
    CHECK_TRAIL("abcdefghijklmnopqrstuH");
}

static NOINLINE int leave_by_return(void)
{
    __try {
        mark('t');
        return 7;
    } __finally {
        mark('f');
    }
}

static NOINLINE void leave_by_goto(int how)
{
    __try {
        __try {
            if (how)
                goto out;
            mark('!');
        } __finally {
            mark('1');
        }
    } __finally {
        mark('2');
    }
    mark('!');
out:
    mark('o');
}

static void leaving_runs_finally(void)
{
    trail_begin();
    CHECK_IS(leave_by_return(), 7);
    leave_by_goto(1);
    CHECK_TRAIL("tf12o");
}

/* ---- exceptions in handlers ------------------------------------------------------------- */

static NOINLINE int filter_with_its_own(void)
{
    __try {
        raise(CODE_B);
    } __except (GetExceptionCode() == CODE_B) {
        mark('i');
    }
    return EXCEPTION_EXECUTE_HANDLER;
}

static void filter_may_handle(void)
{
    NTSTATUS code = 0;
    trail_begin();
    __try {
        raise(CODE_A);
    } __except (filter_with_its_own()) {
        code = GetExceptionCode();
        mark('h');
    }
    CHECK_IS((ULONG)code, (ULONG)CODE_A);
    CHECK_TRAIL("ih");
}

static int filter_raises(ULONG code)
{
    mark(code == (ULONG)CODE_A ? 'a' : 'b');
    if (code == (ULONG)CODE_A)
        raise(CODE_B);
    return EXCEPTION_CONTINUE_SEARCH;
}

/* The exception of a filter is nested: it passes the frames of the first again. */
static void filter_may_raise(void)
{
    NTSTATUS code = 0;
    trail_begin();
    __try {
        __try {
            raise(CODE_A);
        } __except (filter_raises(GetExceptionCode())) {
            mark('!');
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        code = GetExceptionCode();
        mark('h');
    }
    CHECK_IS((ULONG)code, (ULONG)CODE_B);
    CHECK_TRAIL("abh");
}

static void handler_may_raise(void)
{
    trail_begin();
    __try {
        __try {
            raise(CODE_A);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            mark('1');
            raise(CODE_B);
        }
    } __except (GetExceptionCode() == CODE_B) {
        mark('2');
    }
    CHECK_TRAIL("12");
}

static NOINLINE void finally_raises(void)
{
    __try {
        __try {
            raise(CODE_A);
        } __finally {
            mark('i');
            raise(CODE_B);
        }
    } __finally {
        mark('o');
    }
}

/* An unwind within an unwind: the second goes on where the first was, and the inner
 * termination handler does not run twice. */
static void collided_unwind(void)
{
    NTSTATUS code = 0;
    trail_begin();
    __try {
        __try {
            finally_raises();
        } __except (GetExceptionCode() == CODE_B) {
            code = GetExceptionCode();
            mark('h');
        }
    } __except (mark('x'), EXCEPTION_EXECUTE_HANDLER) {
        mark('!');
    }
    CHECK_IS((ULONG)code, (ULONG)CODE_B);
    CHECK_TRAIL("xioh");
}

static void collided_in_one_function(void)
{
    NTSTATUS code = 0;
    trail_begin();
    __try {
        __try {
            __try {
                raise(CODE_A);
            } __finally {
                mark('1');
                raise(CODE_B);
            }
        } __finally {
            mark('2');
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        code = GetExceptionCode();
        mark('h');
    }
    CHECK_IS((ULONG)code, (ULONG)CODE_B);
    CHECK_TRAIL("12h");
}

/* ---- across native code ----------------------------------------------------------------- */

static ULONG_PTR NTAPI call_raises(ULONG_PTR argument)
{
    __try {
        raise((NTSTATUS)argument);
    } __finally {
        mark('c');
    }
    return 0;
}

static ULONG_PTR NTAPI call_calls(ULONG_PTR argument)
{
    __try {
        KeIpiGenericCall(call_raises, argument);
    } __finally {
        mark('d');
    }
    return 0;
}

static ULONG_PTR NTAPI call_handles(ULONG_PTR argument)
{
    __try {
        KeIpiGenericCall(call_raises, argument);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        mark('h');
    }
    return 5;
}

static void passes_native_frames(void)
{
    NTSTATUS code = 0;
    trail_begin();
    __try {
        KeIpiGenericCall(call_calls, (ULONG_PTR)(ULONG)CODE_A);
    } __except (mark('f'), EXCEPTION_EXECUTE_HANDLER) {
        code = GetExceptionCode();
        mark('h');
    }
    CHECK_IS((ULONG)code, (ULONG)CODE_A);
    CHECK_TRAIL("fcdh");
    trail_begin();
    CHECK_IS(KeIpiGenericCall(call_handles, (ULONG_PTR)(ULONG)CODE_A), 5);
    CHECK_TRAIL("ch");
}

static int compare_raises(const void *a, const void *b)
{
    UNREFERENCED_PARAMETER(a);
    UNREFERENCED_PARAMETER(b);
    raise(CODE_B);
    return 0;
}

static void passes_a_sort(void)
{
    int values[4] = {4, 3, 2, 1};
    trail_begin();
    __try {
        qsort(values, 4, sizeof(int), compare_raises);
    } __except (GetExceptionCode() == CODE_B) {
        mark('h');
    }
    CHECK_TRAIL("h");
}

/* ---- registers, walks ------------------------------------------------------------------- */

static NOINLINE double spoil(double seed)
{
    double a = seed * 3, b = seed * 5, c = seed * 7, d = seed * 11, e = seed * 13;
    __try {
        raise(CODE_A);
    } __finally {
        mark('f');
    }
    return a + b + c + d + e;
}

static void registers_come_back(void)
{
    volatile double source = 2;
    volatile ULONG64 integer = 3;
    double a = source * 2, b = source * 3, c = source * 4, d = source * 5, e = source * 6;
    ULONG64 i = integer * 2, j = integer * 3, k = integer * 4, l = integer * 5, m = integer * 6;
    __try {
        a += spoil(source);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        trail_length = 0;
    }
    CHECK(a == 4 && b == 6 && c == 8 && d == 10 && e == 12);
    CHECK(i == 6 && j == 9 && k == 12 && l == 15 && m == 18);
}

static NOINLINE void walk_by_hand(ULONG_PTR until)
{
    CONTEXT context;
    unsigned depth = 0;
    BOOLEAN found = FALSE;
    RtlCaptureContext(&context);
    while (depth++ < 8 && !found) {
        ULONG64 base, establisher;
        PVOID data;
        RUNTIME_FUNCTION *function = RtlLookupFunctionEntry(context.Rip, &base, NULL);
        if (!function)
            break;
        found = context.Rip > until && context.Rip < until + 64 * 1024 &&
                base + function->BeginAddress == until;
        RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, context.Rip, function, &context, &data,
                         &establisher, NULL);
    }
    CHECK(found);
}

static NOINLINE void walks(void)
{
    PVOID callers[8] = {0};
    USHORT count = RtlCaptureStackBackTrace(0, 8, callers, NULL);
    CHECK(count >= 2);
    CHECK((ULONG_PTR)callers[0] - (ULONG_PTR)walks < 512);
    CHECK(RtlCaptureStackBackTrace(1, 1, callers + 4, NULL) == 1 && callers[4] == callers[1]);
    walk_by_hand((ULONG_PTR)walks);
}

static void software(void)
{
    caught_with_its_code();
    filters_from_inside_out();
    continues_after_the_raise();
    record_travels();
    cannot_continue_a_status();
    finally_both_ways();
    frames_unwind_in_order();
    leaving_runs_finally();
    filter_may_handle();
    filter_may_raise();
    handler_may_raise();
    collided_unwind();
    collided_in_one_function();
    passes_native_frames();
    passes_a_sort();
    registers_come_back();
    walks();
}

/* ---- the processor's exceptions --------------------------------------------------------- */

static EXCEPTION_RECORD fault;

#define FAULT(statement)                                                   \
    do {                                                                   \
        fault.ExceptionCode = 0;                                           \
        __try {                                                            \
            statement;                                                     \
        } __except (take_information(GetExceptionInformation(), &fault)) { \
            mark('h');                                                     \
        }                                                                  \
    } while (0)

static void access_faults(void)
{
    volatile int *null = (volatile int *)room->argument; /* NULL */
    volatile int *wild = (volatile int *)0xf000780000000000ull;
    void (*volatile nowhere)(void) = NULL;
    FAULT(null[4] = 1);
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_ACCESS_VIOLATION);
    CHECK_IS(fault.NumberParameters, 2);
    CHECK_IS(fault.ExceptionInformation[0], 1);
    CHECK_IS(fault.ExceptionInformation[1], 16);
    CHECK((ULONG_PTR)fault.ExceptionAddress - (ULONG_PTR)access_faults < 512);
    FAULT(trail[0] = (char)null[2]);
    CHECK_IS(fault.ExceptionInformation[0], 0);
    CHECK_IS(fault.ExceptionInformation[1], 8);
    FAULT(trail[0] = (char)*wild);
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_ACCESS_VIOLATION);
    CHECK_IS(fault.ExceptionInformation[1], ~0ull);
    FAULT(nowhere());
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_ACCESS_VIOLATION);
    CHECK_IS(fault.ExceptionInformation[0], 8);
    CHECK_IS(fault.ExceptionInformation[1], 0);
}

static void arithmetic_faults(void)
{
    volatile int zero = 0, minus = -1, least = MINLONG, result;
    FAULT(result = 7 / zero);
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_INTEGER_DIVIDE_BY_ZERO);
    FAULT(result = least / minus);
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_INTEGER_OVERFLOW);
    FAULT(__asm__ volatile("ud2"));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_ILLEGAL_INSTRUCTION);
}

static int skip_two(EXCEPTION_POINTERS *pointers)
{
    pointers->ContextRecord->Rip += 2;
    pointers->ContextRecord->Rbx = 0x77;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void continues_where_it_says(void)
{
    ULONG64 value = 0, flags = 0;
    double kept = 1.5;
    __try {
        __asm__ volatile("movq $5, %%rbx\n\tmovsd %2, %%xmm1\n\tstc\n\tud2\n\tpushfq\n\t"
                         "popq %1\n\tmovq %%rbx, %0\n\tmovsd %%xmm1, %2"
                         : "=r"(value), "=r"(flags), "+m"(kept)
                         :
                         : "rbx", "xmm1", "memory");
    } __except (skip_two(GetExceptionInformation())) {
        mark('!');
    }
    CHECK_IS(value, 0x77);
    CHECK_IS(flags & 1, 1);
    CHECK(kept == 1.5);
}

/* memcpy is native code that serves this driver's call. */
static void native_faults(void)
{
    void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    char target[16];
    trail_begin();
    FAULT(copy(target, (char *)room->argument + 32, 8));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_ACCESS_VIOLATION);
    CHECK_IS(fault.ExceptionInformation[0], 0);
    CHECK((ULONG_PTR)fault.ExceptionAddress - (ULONG_PTR)native_faults < 512);
    FAULT(copy((char *)room->argument + 32, target, 8));
    CHECK_IS(fault.ExceptionInformation[0], 1);
    CHECK_TRAIL("hh");
}

static ULONG_PTR NTAPI call_faults(ULONG_PTR argument)
{
    *(volatile char *)argument = 1;
    return 0;
}

static void faults_pass_native_frames(void)
{
    trail_begin();
    FAULT(KeIpiGenericCall(call_faults, 8));
    CHECK_IS(fault.ExceptionInformation[1], 8);
    CHECK_TRAIL("h");
}

static void many_times(void)
{
    unsigned caught = 0;
    for (unsigned i = 0; i < 10000; i++) {
        __try {
            *(volatile char *)room->argument = 1;
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            caught++;
        }
    }
    CHECK_IS(caught, 10000);
}

static void hardware(void)
{
    access_faults();
    arithmetic_faults();
    continues_where_it_says();
    native_faults();
    faults_pass_native_frames();
    many_times();
}

/* ---- unhandled ----------------------------------------------------------------------------------
 */

static NOINLINE void unhandled(unsigned part)
{
    volatile char *system = (volatile char *)0x4f0000000000ull;
    switch (part) {
    case 100:
        __try {
            raise(CODE_A);
        } __except (EXCEPTION_CONTINUE_SEARCH) {
            mark('!');
        }
        break;
    case 101:
        *(volatile char *)room->argument = 1;
        break;
    case 102: /* a bad system address is no exception */
        __try {
            *system = 1;
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            mark('!');
        }
        break;
    case 103: /* writing to code */
        *(volatile char *)(ULONG_PTR)unhandled = 1;
        break;
    case 104: {
        RtlUnwindEx((PVOID)((ULONG_PTR)&part + 0x100000), NULL, NULL, NULL, NULL, NULL);
        break;
    }
    }
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    room = (struct room_report *)DriverObject;
    if (room->part == 0)
        software();
    else if (room->part == 1)
        hardware();
    else
        unhandled(room->part);
    return (NTSTATUS)room->failed;
}
