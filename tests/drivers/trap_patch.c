/* SPDX-License-Identifier: MIT */
/* trap_patch.c - tests of privileged instructions that run again and again at one place.
 *
 * What traps once may be replaced by the machine. Every instruction here runs several times, so
 * that the trap, the replacement and the way between are all seen, and must do the same each
 * time: registers, flags, faults, DPCs, unwinding. On real Windows nothing is replaced and the
 * same holds.
 */
#include "drivertest.h"

#define SHARED       0xfffff78000000000ull
#define OFFSET_MAJOR 0x26c
#define OFFSET_ROOT  0x30
#define TURNS        4
#define MANY         1000

static ULONG64 cr8_read(void)
{
    ULONG64 value;
    __asm__ volatile("movq %%cr8, %0" : "=r"(value));
    return value;
}

static void cr8_write(ULONG64 value)
{
    __asm__ volatile("movq %0, %%cr8" : : "r"(value) : "memory");
}

/* ---- every register, and what lies around ------------------------------------------------ */

/* Raises through the register, reads back through it, lowers through it; flags stay. */
#define THROUGH(name)                                                                 \
    do {                                                                              \
        register ULONG64 seen __asm__("r8");                                          \
        register ULONG64 flags __asm__("r9");                                         \
        for (ULONG i = 0; i < TURNS; i++) {                                           \
            __asm__ volatile("movl $2, %%e" name "\n\t"                               \
                             "movb $0x7f, %%cl\n\taddb $1, %%cl\n\tstc\n\t"           \
                             "movq %%r" name ", %%cr8\n\tnop\n\tnop\n\t"              \
                             "movl $77, %%e" name "\n\t"                              \
                             "movq %%cr8, %%r" name "\n\tnop\n\t"                     \
                             "pushfq\n\tpopq %1\n\tmovq %%r" name ", %0\n\t"          \
                             "movl $0, %%e" name "\n\tmovq %%r" name ", %%cr8\n\tnop" \
                             : "=&r"(seen), "=&r"(flags)                              \
                             :                                                        \
                             : "r" name, "rcx", "memory", "cc");                      \
            expect_number(seen, DISPATCH_LEVEL);                                      \
            expect_number(flags & 0x8d5, 0x891); /* OF, SF, AF, CF; no ZF, no PF */   \
            expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);                         \
        }                                                                             \
    } while (0)

#define THROUGH_HIGH(name)                                                                \
    do {                                                                                  \
        ULONG64 seen;                                                                     \
        for (ULONG i = 0; i < TURNS; i++) {                                               \
            __asm__ volatile("movl $2, %%" name "d\n\tmovq %%" name ", %%cr8\n\tnop\n\t"  \
                             "movl $77, %%" name "d\n\tmovq %%cr8, %%" name "\n\tnop\n\t" \
                             "movq %%" name ", %0\n\t"                                    \
                             "xorl %%" name "d, %%" name "d\n\tmovq %%" name ", %%cr8"    \
                             : "=&r"(seen)                                                \
                             :                                                            \
                             : name, "memory", "cc");                                     \
            expect_number(seen, DISPATCH_LEVEL);                                          \
            expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);                             \
        }                                                                                 \
    } while (0)

static void irql_through_each_register(void)
{
    THROUGH("ax");
    THROUGH("dx");
    THROUGH("bx");
    THROUGH("si");
    THROUGH("di");
    THROUGH_HIGH("r8");
    THROUGH_HIGH("r9");
    THROUGH_HIGH("r10");
    THROUGH_HIGH("r11");
    THROUGH_HIGH("r12");
    THROUGH_HIGH("r13");
    THROUGH_HIGH("r14");
    THROUGH_HIGH("r15");
}

/* No IRQL: a fault at the instruction, at whatever turn. */
static NTSTATUS irql_try(ULONG64 value)
{
    __try {
        cr8_write(value);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static void irql_that_is_none(void)
{
    for (ULONG i = 0; i < TURNS; i++) {
        expect_status(irql_try(DISPATCH_LEVEL), STATUS_SUCCESS);
        expect_status(irql_try(PASSIVE_LEVEL), STATUS_SUCCESS);
        expect(!NT_SUCCESS(irql_try(16)));
        expect(!NT_SUCCESS(irql_try(0x100000000ull)));
        expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
    }
}

/* ---- DPCs on the way down ----------------------------------------------------------------------
 */

static volatile LONG dpc_runs;

static KDEFERRED_ROUTINE dpc_run;
static VOID dpc_run(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    dpc_runs += KeGetCurrentIrql() == DISPATCH_LEVEL;
}

static void lowering_delivers(void)
{
    static KDPC dpc;
    double kept = 0;

    KeInitializeDpc(&dpc, dpc_run, NULL);
    KeSetTargetProcessorDpc(&dpc, 0);
    KeSetSystemAffinityThread(1);
    dpc_runs = 0;
    for (LONG i = 0; i < MANY; i++) {
        cr8_write(DISPATCH_LEVEL);
        expect(KeInsertQueueDpc(&dpc, NULL, NULL));
        expect_number(dpc_runs, i);
        kept += 1.5;
        cr8_write(PASSIVE_LEVEL);
        expect_number(dpc_runs, i + 1);
    }
    expect(kept == 1.5 * MANY);
    KeRevertToUserAffinityThread();
}

/* ---- what lies behind a short instruction
 * -------------------------------------------------------- */

static ULONG64 __attribute__((noinline)) add_one(ULONG64 value)
{
    return value + 1;
}

static void covered_instructions(void)
{
    static ULONG64 memory = 5;
    for (ULONG i = 0; i < TURNS; i++) {
        ULONG64 a, b = 0;
        __asm__ volatile("movq %%cr8, %0\n\tmovq %2, %1" : "=r"(a), "=r"(b) : "m"(memory));
        expect_number(b, 5); /* relative to rip */
        __asm__ volatile("movq %%cr8, %0\n\tjmp 1f\n\tmovl $1, %k1\n1:" : "=r"(a), "+r"(b));
        expect_number(b, 5);
        __asm__ volatile("testq %1, %1\n\tmovq %%cr8, %0\n\tje 1f\n\tincq %1\n1:"
                         : "=r"(a), "+r"(b)
                         :
                         : "cc");
        expect_number(b, 6);
        __asm__ volatile("movq %%cr8, %0\n\tpushq %0\n\tpopq %1" : "=r"(a), "=r"(b));
        expect_number(b, 0);
        /* two in a row */
        __asm__ volatile("movl $2, %k1\n\tmovq %%cr8, %0\n\tmovq %1, %%cr8\n\t"
                         "movq %%cr8, %1\n\tmovq %0, %%cr8\n\tnop"
                         : "=&r"(a), "=&r"(b)
                         :
                         : "memory");
        expect_number(a, PASSIVE_LEVEL);
        expect_number(b, DISPATCH_LEVEL);
        expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
        /* a call: its return address must be the driver's */
        __asm__ volatile("movl $41, %%ecx\n\tmovq %%cr8, %%rdx\n\tcallq *%1"
                         : "=a"(a)
                         : "r"(add_one)
                         : "rcx", "rdx", "r8", "r9", "r10", "r11", "memory", "cc");
        expect_number(a, 42);
    }
}

/* The instruction behind it is a loop's first: entered more often by the jump than by the fall. */
static void covered_instruction_is_a_target(void)
{
    for (ULONG i = 0; i < TURNS; i++) {
        ULONG64 count = 0, left = MANY, level;
        __asm__ volatile("movq %%cr8, %2\n1:\taddq $3, %0\n\tdecq %1\n\tjnz 1b"
                         : "+r"(count), "+r"(left), "=r"(level)
                         :
                         : "cc");
        expect_number(count, 3 * MANY);
        expect_number(level, PASSIVE_LEVEL);
    }
}

/* ---- the shared-data page
 * ------------------------------------------------------------------------- */

#define READ(text, wanted)                                                              \
    do {                                                                                \
        for (ULONG i_ = 0; i_ < TURNS; i_++) {                                          \
            ULONG64 value = 0x1111111111111111ull, base = SHARED, index = OFFSET_MAJOR; \
            __asm__ volatile(text                                                       \
                             : "+&r"(value), "+&r"(base), "+&r"(index)                  \
                             :                                                          \
                             : "cc", "memory", "xmm0");                                 \
            expect_number(value, (wanted));                                             \
            if (base != SHARED)                                                         \
                drivertest_failed(__FILE__, __LINE__, "base of " text);                 \
        }                                                                               \
    } while (0)

static ULONG major(void)
{
    RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
    RtlGetVersion(&version);
    return version.dwMajorVersion;
}

static void reads_of_the_page(void)
{
    const ULONG64 ones = 0x1111111111111111ull;
    ULONG is = major();

    READ("movl 0x26c(%1), %k0", is);
    READ("movb 0x26c(%1), %b0", (ones & ~0xffull) | is);
    READ("movw (%1,%2), %w0", (ones & ~0xffffull) | is);
    READ("movl (%1,%2,1), %k0\n\tnop", is);
    READ("movzbl 0x26c(%1), %k0", is);
    READ("movslq 0x26c(%1), %0", is);
    READ("addq 0x26c(%1), %0", ones + (is | (ULONG64) * (volatile ULONG *)(SHARED + 0x270) << 32));
    READ("stc\n\tadcl 0x26c(%1), %k0", (ULONG)ones + is + 1);
    READ("cmpl $0, 0x26c(%1)\n\tsetne %b0\n\tmovzbl %b0, %k0", 1);
    READ("testl $0xffff, 0x26c(%1)\n\tsetz %b0\n\tmovzbl %b0, %k0", 0);
    READ("imull $3, 0x26c(%1), %k0", 3 * is);
    READ("cmpl %k0, %k0\n\tcmovel 0x26c(%1), %k0", is);
    READ("movd 0x26c(%1), %%xmm0\n\tmovd %%xmm0, %k0", is);
    READ("movups 0x260(%1), %%xmm0\n\tpextrd $3, %%xmm0, %k0", is);
    READ("stc\n\tmovl 0x26c(%1), %k0\n\tsetc %b0", (is & ~0xffu) | 1);
    READ("pushq %%rcx\n\tmovq %1, %%rcx\n\tmovl $2, %%eax\n\tmull 0x26c(%%rcx)\n\t"
         "popq %%rcx\n\tmovl %%eax, %k0",
         2 * is);
    /* the base is the target, or a source as well */
    READ("movq %1, %0\n\tmovl 0x26c(%0), %k0", is);
    READ("leaq (%1,%2), %0\n\tmovl (%0), %k0", is);
    READ("leaq (%1,%2), %0\n\taddl (%0), %k0", (ULONG)(SHARED + OFFSET_MAJOR) + is);
    READ("leaq (%1,%2), %0\n\tcmpq %0, (%0)\n\tmovl $7, %k0\n\tcmovel %k1, %k0", 7);
    READ("movq %1, %0\n\txorq 0x30(%0), %0\n\tshrq $48, %0",
         (SHARED >> 48) ^ (*(volatile ULONG64 *)(SHARED + OFFSET_ROOT) >> 48));
}

static void reads_by_an_absolute_address(void)
{
    for (ULONG i = 0; i < TURNS; i++) {
        ULONG value;
        __asm__ volatile("movabsl 0xfffff7800000026c, %%eax" : "=a"(value));
        expect_number(value, major());
    }
}

/* One instruction, whatever it is given. */
static ULONG __attribute__((noinline)) read_at(const volatile ULONG *address)
{
    return *address;
}

static NTSTATUS read_try(ULONG64 address, ULONG *out_value)
{
    __try {
        *out_value = read_at((const volatile ULONG *)address);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static void one_read_of_many_addresses(void)
{
    ULONG other = 77, value = 0;

    for (ULONG i = 0; i < TURNS; i++) {
        expect_status(read_try(SHARED + OFFSET_MAJOR, &value), STATUS_SUCCESS);
        expect_number(value, major());
        expect_status(read_try((ULONG64)&other, &value), STATUS_SUCCESS);
        expect_number(value, 77);
        expect_status(read_try(0x18, &value), STATUS_ACCESS_VIOLATION);
        expect_status(read_try(SHARED + 0xffc, &value), STATUS_SUCCESS);
    }
}

/* Where the exception says it was, and what its context says. */
static ULONG64 fault_rip, fault_base;

static int fault_take(EXCEPTION_POINTERS *pointers)
{
    fault_rip = (ULONG64)pointers->ExceptionRecord->ExceptionAddress;
    fault_base = pointers->ContextRecord->R10;
    expect_number(fault_rip, pointers->ContextRecord->Rip);
    return EXCEPTION_EXECUTE_HANDLER;
}

static void faults_are_the_drivers(void)
{
    for (ULONG i = 0; i < TURNS; i++) {
        ULONG64 address = i % 2 ? 0x2000 : SHARED + OFFSET_MAJOR, here = 0;
        fault_rip = 0;
        __try {
            __asm__ volatile("leaq 1f(%%rip), %0\n\tmovq %1, %%r10\n1:\tmovl 4(%%r10), %%r11d"
                             : "=&r"(here)
                             : "r"(address)
                             : "r10", "r11", "memory");
        } __except (fault_take(GetExceptionInformation())) {
            expect_number(fault_base, 0x2000);
            expect_number(fault_rip & 0xffff000000000000ull, 0);
            expect(fault_rip >= (ULONG64)drivertest_driver->DriverStart &&
                   fault_rip <
                       (ULONG64)drivertest_driver->DriverStart + drivertest_driver->DriverSize);
        }
        expect_number(fault_rip != 0, i % 2);
    }
}

static void time_goes_on(void)
{
    LARGE_INTEGER before, after;
    ULONGLONG start = KeQueryInterruptTime();

    KeQuerySystemTime(&before);
    for (ULONG i = 0; i < 20; i++) {
        ULONGLONG now = KeQueryInterruptTime();
        KeStallExecutionProcessor(50);
        expect(KeQueryInterruptTime() >= now + 100);
    }
    KeQuerySystemTime(&after);
    expect(KeQueryInterruptTime() >= start + 20 * 500 - 200);
    expect(after.QuadPart >= before.QuadPart + 20 * 500 - 200);
}

/* ---- many threads at one place
 * ---------------------------------------------------------------------- */

#define FOUR(text)  text text text text
#define SITES(text) FOUR(FOUR(FOUR(text)))
#define SITE_COUNT  64
#define THREADS     4

static volatile LONG threads_wrong;
static KEVENT threads_begin;

/* 64 places, each met by all threads at about the same moment; raised and lowered in between,
 * and the instruction behind each is counted. */
static ULONG64 __attribute__((noinline)) sites_run(void)
{
    ULONG64 count = 0, level, two = 2;
    __asm__ volatile(SITES("movq %2, %%cr8\n\tincq %0\n\tmovq %%cr8, %1\n\taddq %1, %0\n\t"
                           "xorl %k1, %k1\n\tmovq %1, %%cr8\n\tincq %0\n\t")
                     : "+&r"(count), "=&r"(level)
                     : "r"(two)
                     : "memory", "cc");
    return count;
}

static KSTART_ROUTINE sites_thread;
static VOID sites_thread(PVOID Context)
{
    KeWaitForSingleObject(&threads_begin, Executive, KernelMode, FALSE, NULL);
    for (ULONG i = 0; i < 200; i++)
        if (sites_run() != SITE_COUNT * 4)
            InterlockedIncrement(&threads_wrong);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void threads_at_one_place(void)
{
    HANDLE handle;
    PVOID thread[THREADS];

    threads_wrong = 0;
    KeInitializeEvent(&threads_begin, NotificationEvent, FALSE);
    for (ULONG i = 0; i < THREADS; i++) {
        expect_status(
            PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, sites_thread, NULL),
            STATUS_SUCCESS);
        expect_status(ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode,
                                                &thread[i], NULL),
                      STATUS_SUCCESS);
        ZwClose(handle);
    }
    KeSetEvent(&threads_begin, IO_NO_INCREMENT, FALSE);
    for (ULONG i = 0; i < THREADS; i++) {
        KeWaitForSingleObject(thread[i], Executive, KernelMode, FALSE, NULL);
        ObDereferenceObject(thread[i]);
    }
    expect_number(threads_wrong, 0);
    expect_number(cr8_read(), PASSIVE_LEVEL);
}

DRIVERTEST_LIST = {
    DRIVERTEST(irql_through_each_register),
    DRIVERTEST(irql_that_is_none),
    DRIVERTEST(lowering_delivers),
    DRIVERTEST(covered_instructions),
    DRIVERTEST(covered_instruction_is_a_target),
    DRIVERTEST(reads_of_the_page),
    DRIVERTEST(reads_by_an_absolute_address),
    DRIVERTEST(one_read_of_many_addresses),
    DRIVERTEST(faults_are_the_drivers),
    DRIVERTEST(time_goes_on),
    DRIVERTEST(threads_at_one_place),
    DRIVERTEST_END,
};
