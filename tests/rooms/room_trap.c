/* SPDX-License-Identifier: MIT */
/* room_trap.c - what driver code does as if it were in ring 0.
 *
 * Part 0: control registers, ports, model-specific registers, the shared-data page. Part 1:
 * what raises. Part 2: DPCs on the way down. Parts from 100 on end the machine.
 */
#define ROOM_DRIVER
#include <ntifs.h>

#include "room_report.h"

#define SHARED 0xfffff78000000000ull

static EXCEPTION_RECORD fault;

static int take(EXCEPTION_POINTERS *pointers)
{
    fault = *pointers->ExceptionRecord;
    return EXCEPTION_EXECUTE_HANDLER;
}

#define FAULT(statement)                               \
    do {                                               \
        fault.ExceptionCode = 0;                       \
        __try {                                        \
            statement;                                 \
        } __except (take(GetExceptionInformation())) { \
        }                                              \
    } while (0)

/* ---- CR8 and other control registers ---------------------------------------------------- */

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

static void irql_is_cr8(void)
{
    ULONG64 value;
    CHECK_IS(cr8_read(), PASSIVE_LEVEL);
    cr8_write(DISPATCH_LEVEL);
    CHECK_IS(cr8_read(), DISPATCH_LEVEL);
    cr8_write(HIGH_LEVEL);
    CHECK_IS(cr8_read(), HIGH_LEVEL);
    cr8_write(APC_LEVEL);
    CHECK_IS(cr8_read(), APC_LEVEL);
    __asm__ volatile("movq %%cr8, %%r9\n\tmovq %%r9, %0" : "=r"(value) : : "r9");
    CHECK_IS(value, APC_LEVEL);
    cr8_write(PASSIVE_LEVEL);
    CHECK_IS(cr8_read(), PASSIVE_LEVEL);
}

/* Every register and the flags over a lowering. */
static void lowering_keeps_registers(void)
{
    static ULONG64 seen[18];
    static const double doubles[2] = {1.25, 2.5};
    static double seen_doubles[2];
    cr8_write(DISPATCH_LEVEL);
    __asm__ volatile(
        "movsd (%1), %%xmm0\n\tmovsd 8(%1), %%xmm15\n\t"
        "xorl %%eax, %%eax\n\tmovq $2, %%rcx\n\tmovq $3, %%rdx\n\tmovq $4, %%rsi\n\t"
        "movq $5, %%rdi\n\tmovq $6, %%r8\n\tmovq $7, %%r9\n\tmovq $8, %%r10\n\tmovq $9, %%r11\n\t"
        "movq $0x77, -8(%%rsp)\n\t"
        "stc\n\tmovq %%rax, %%cr8\n\t"
        "movq %%rax, 0(%0)\n\tmovq %%rcx, 8(%0)\n\tmovq %%rdx, 16(%0)\n\tmovq %%rsi, 24(%0)\n\t"
        "movq %%rdi, 32(%0)\n\tmovq %%r8, 40(%0)\n\tmovq %%r9, 48(%0)\n\tmovq %%r10, 56(%0)\n\t"
        "movq %%r11, 64(%0)\n\tmovq -8(%%rsp), %%rax\n\tmovq %%rax, 72(%0)\n\t"
        "pushfq\n\tpopq 80(%0)\n\tmovsd %%xmm0, (%2)\n\tmovsd %%xmm15, 8(%2)"
        :
        : "b"(seen), "r"(doubles + 0), "r"(seen_doubles + 0)
        : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm0", "xmm15", "memory");
    for (unsigned i = 1; i < 9; i++)
        CHECK_IS(seen[i], i + 1);
    CHECK_IS(seen[0], 0);
    CHECK_IS(seen[9], 0x77);
    CHECK_IS(seen[10] & 1, 1);
    CHECK_IS(seen[10] & 0x100, 0);
    CHECK(seen_doubles[0] == 1.25 && seen_doubles[1] == 2.5);
}

static void other_control_registers(void)
{
    ULONG64 cr0, cr4, dr7;
    __asm__ volatile("movq %%cr0, %0\n\tmovq %%cr4, %1\n\tmovq %%dr7, %2"
                     : "=r"(cr0), "=r"(cr4), "=r"(dr7));
    CHECK((cr0 & 0x80010001) == 0x80010001); /* paging, write protection, protected mode */
    CHECK(cr4 & 0x20);
    CHECK_IS(dr7, 0x400);
    __asm__ volatile("cli\n\tsti\n\twbinvd\n\tinvlpg (%0)" : : "r"(&cr0));
}

/* ---- ports and model-specific registers ---------------------------------------------------------
 */

static void ports(void)
{
    UCHAR bytes[4] = {0};
    ULONG words[3] = {1, 2, 3};
    ULONG64 whole = 0x1122334455667788, count, place;
    CHECK_IS(READ_PORT_UCHAR((PUCHAR)0x64), 0xff);
    CHECK_IS(READ_PORT_USHORT((PUSHORT)0x1f0), 0xffff);
    CHECK_IS(READ_PORT_ULONG((PULONG)0xcfc), 0xffffffff);
    WRITE_PORT_UCHAR((PUCHAR)0x80, 1);
    WRITE_PORT_ULONG((PULONG)0xcf8, 0x80000000);
    __asm__ volatile("inb $0x60, %%al" : "+a"(whole));
    CHECK_IS(whole, 0x11223344556677ff);
    __asm__ volatile("inl $0x60, %%eax" : "+a"(whole));
    CHECK_IS(whole, 0xffffffff);
    count = 3;
    place = (ULONG64)bytes;
    __asm__ volatile("rep insb" : "+c"(count), "+D"(place) : "d"(0x60) : "memory");
    CHECK_IS(count, 0);
    CHECK_IS(place, (ULONG64)bytes + 3);
    CHECK(bytes[0] == 0xff && bytes[2] == 0xff && bytes[3] == 0);
    count = 3;
    place = (ULONG64)words;
    __asm__ volatile("rep outsl" : "+c"(count), "+S"(place) : "d"(0x60) : "memory");
    CHECK_IS(count, 0);
    CHECK_IS(place, (ULONG64)(words + 3));
    place = (ULONG64)(words + 2);
    __asm__ volatile("std\n\tinsl\n\tcld" : "+D"(place) : "d"(0x60) : "memory");
    CHECK_IS(place, (ULONG64)(words + 1));
    CHECK_IS(words[2], 0xffffffff);
}

static ULONG64 msr_read(ULONG number)
{
    ULONG low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (ULONG64)high << 32 | low;
}

static void model_specific_registers(void)
{
    CHECK(msr_read(0xc0000080) & 0x400); /* long mode is active */
    ULONG64 self;
    __asm__ volatile("movq %%gs:0x18, %0" : "=r"(self)); /* the KPCR's pointer to itself */
    CHECK_IS(msr_read(0xc0000101), self);
    CHECK(msr_read(0x10) != 0);
    FAULT(msr_read(0x12345));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_PRIVILEGED_INSTRUCTION);
    FAULT(__asm__ volatile("wrmsr" : : "c"(0xc0000082), "a"(1), "d"(0)));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_PRIVILEGED_INSTRUCTION);
}

/* ---- the shared-data page -----------------------------------------------------------------------
 */

#define OFFSET_MAJOR 0x26c
#define OFFSET_ROOT  0x30

/* Operand 1 is the page's address in a register. */
#define SHARED_ASM(text, result, ...) \
    __asm__ volatile(text : "+r"(result) : "r"(page), "r"((ULONG64)OFFSET_MAJOR) : __VA_ARGS__)

static void shared_integers(const char *mine)
{
    ULONG64 page = SHARED, value;
    ULONG major = *(const ULONG *)(mine + OFFSET_MAJOR);
    CHECK_IS(*(volatile ULONG *)(page + OFFSET_MAJOR), major);
    CHECK_IS(*(volatile UCHAR *)(page + OFFSET_MAJOR), (UCHAR)major);
    CHECK_IS(*(volatile USHORT *)(page + OFFSET_MAJOR), (USHORT)major);
    CHECK_IS(*(volatile ULONG64 *)(page + OFFSET_MAJOR), *(const ULONG64 *)(mine + OFFSET_MAJOR));
    value = 0x1111111111111111;
    SHARED_ASM("movb 0x26c(%1), %b0", value, "memory");
    CHECK_IS(value, 0x1111111111111100 | (major & 0xff));
    SHARED_ASM("movw (%1,%2), %w0", value, "memory");
    CHECK_IS(value, 0x1111111111110000 | (major & 0xffff));
    SHARED_ASM("movl (%1,%2), %k0", value, "memory");
    CHECK_IS(value, major);
    SHARED_ASM("movzbl 0x26c(%1), %k0", value, "memory");
    CHECK_IS(value, major & 0xff);
    SHARED_ASM("movslq 0x26c(%1), %0", value, "memory");
    CHECK_IS(value, major);
    value = 100;
    SHARED_ASM("addl 0x26c(%1), %k0", value, "memory", "cc");
    CHECK_IS(value, 100 + major);
    value = 0xff;
    SHARED_ASM("andq (%1,%2,1), %0", value, "memory", "cc");
    CHECK_IS(value, major & 0xff);
    value = 0;
    SHARED_ASM("imulq $3, 0x26c(%1), %0", value, "memory", "cc");
    CHECK_IS(value, 3 * *(const ULONG64 *)(mine + OFFSET_MAJOR));
    __asm__ volatile("movabsq 0xfffff7800000026c, %%rax\n\tmovl %%eax, %%eax" : "=a"(value));
    CHECK_IS(value, major);
}

static void shared_flags(const char *mine)
{
    ULONG64 page = SHARED, kept = page, value = 0;
    ULONG major = *(const ULONG *)(mine + OFFSET_MAJOR);
    UCHAR is_equal, is_set;
    __asm__ volatile("cmpl %3, 0x26c(%2)\n\tsete %0\n\ttestl $2, 0x26c(%2)\n\tsetnz %1"
                     : "=&r"(is_equal), "=&r"(is_set), "+r"(kept)
                     : "r"(major)
                     : "cc");
    CHECK(is_equal);
    CHECK_IS(is_set, (major & 2) != 0);
    CHECK_IS(kept, page); /* the base register is what it was */
    __asm__ volatile("btl $1, 0x26c(%1)\n\tsetc %0" : "=r"(is_set), "+r"(kept) : : "cc");
    CHECK_IS(is_set, (major >> 1) & 1);
    __asm__ volatile("cmpl %1, %1\n\tcmovel 0x26c(%2), %k0" : "+r"(value), "+r"(major), "+r"(kept));
    CHECK_IS(value, major);
    value = 9;
    __asm__ volatile("cmpl %1, %1\n\tcmovneq 0x26c(%2), %0" : "+r"(value), "+r"(major), "+r"(kept));
    CHECK_IS(value, 9);
    CHECK_IS(kept, page);
    /* Its own base as target: whole and narrow. */
    value = page;
    __asm__ volatile("xorl %%edx, %%edx\n\tcmpl %%edx, %%edx\n\tcmovneq 8(%0), %0"
                     : "+r"(value)
                     :
                     : "rdx", "cc");
    CHECK_IS(value, page);
    value = page;
    __asm__ volatile("movl 0x26c(%0), %k0" : "+r"(value));
    CHECK_IS(value, major);
    __asm__ volatile("pushq 0x26c(%1)\n\tpopq %0" : "=r"(value) : "r"(page));
    CHECK_IS(value, *(const ULONG64 *)(mine + OFFSET_MAJOR));
}

static void shared_vectors_and_strings(const char *mine)
{
    ULONG64 page = SHARED, count = 10, from = page + OFFSET_ROOT, to;
    UCHAR bytes[32] = {0};
    unsigned differ = 0;
    __asm__ volatile("movdqu 0x30(%0), %%xmm3\n\tmovdqu %%xmm3, (%1)"
                     :
                     : "r"(page), "r"(bytes)
                     : "xmm3", "memory");
    for (unsigned i = 0; i < 16; i++)
        differ += bytes[i] != (UCHAR)mine[OFFSET_ROOT + i];
    CHECK_IS(differ, 0);
    for (unsigned i = 0; i < 32; i++)
        bytes[i] = 0;
    to = (ULONG64)bytes;
    __asm__ volatile("rep movsb" : "+c"(count), "+S"(from), "+D"(to) : : "memory");
    CHECK_IS(count, 0);
    CHECK_IS(from, page + OFFSET_ROOT + 10);
    CHECK_IS(to, (ULONG64)bytes + 10);
    for (unsigned i = 0; i < 10; i++)
        differ += bytes[i] != (UCHAR)mine[OFFSET_ROOT + i];
    CHECK_IS(differ, 0);
    CHECK_IS(bytes[10], 0);
    /* Native code that serves this driver's call reads the page, too. */
    void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    copy(bytes, (const void *)(page + OFFSET_ROOT), 16);
    for (unsigned i = 0; i < 16; i++)
        differ += bytes[i] != (UCHAR)mine[OFFSET_ROOT + i];
    CHECK_IS(differ, 0);
}

static void shared_times(void)
{
    LARGE_INTEGER first, second;
    KeQuerySystemTime(&first);
    CHECK(first.QuadPart > 0x01d0000000000000);
    KeQuerySystemTime(&second);
    CHECK(second.QuadPart >= first.QuadPart);
    FAULT(*(volatile ULONG *)(SHARED + OFFSET_MAJOR) = 1);
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_ACCESS_VIOLATION);
    CHECK_IS(fault.ExceptionInformation[0], 1);
    CHECK_IS(fault.ExceptionInformation[1], SHARED + OFFSET_MAJOR);
}

/* ---- what raises ------------------------------------------------------------------------ */

static NOINLINE double divide(double a, double b)
{
    return a / b;
}

static void float_faults(void)
{
    volatile double zero = 0, result;
    unsigned control = 0x1f80 & ~0x200u; /* division by zero is an exception */
    __asm__ volatile("ldmxcsr %0" : : "m"(control));
    FAULT(result = divide(1, zero));
    control = 0x1f80;
    __asm__ volatile("ldmxcsr %0" : : "m"(control));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_FLOAT_DIVIDE_BY_ZERO);
}

static void software_interrupts(void)
{
    FAULT(__asm__ volatile("int $0x2c"));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_ASSERTION_FAILURE);
    FAULT(__asm__ volatile("int3"));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_BREAKPOINT);
    CHECK_IS(*(UCHAR *)fault.ExceptionAddress, 0xcc);
    FAULT(__asm__ volatile("int $0x55"));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_ACCESS_VIOLATION);
    FAULT(__asm__ volatile("pushfq\n\torl $0x100, (%%rsp)\n\tpopfq\n\tnop\n\tnop" : : : "memory"));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_SINGLE_STEP);
}

static void privileged_instructions(void)
{
    ULONG64 memory[2] = {0};
    FAULT(__asm__ volatile("movq %0, %%cr3" : : "r"(0ull)));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_PRIVILEGED_INSTRUCTION);
    FAULT(__asm__ volatile("lgdt (%0)" : : "r"(memory)));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_PRIVILEGED_INSTRUCTION);
    FAULT(__asm__ volatile("swapgs"));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_PRIVILEGED_INSTRUCTION);
    FAULT(__asm__ volatile("insb" : : "D"(16ull), "d"(0x60)));
    CHECK_IS((ULONG)fault.ExceptionCode, (ULONG)STATUS_ACCESS_VIOLATION);
    CHECK_IS(fault.ExceptionInformation[0], 1);
    CHECK_IS(fault.ExceptionInformation[1], 16);
}

/* ---- DPCs on the way down --------------------------------------------------------------- */

static KDPC dpc;
static volatile LONG dpc_runs;

static void NTAPI dpc_routine(PKDPC self, PVOID context, PVOID argument1, PVOID argument2)
{
    UNREFERENCED_PARAMETER(self);
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(argument1);
    UNREFERENCED_PARAMETER(argument2);
    dpc_runs += cr8_read() == DISPATCH_LEVEL;
    /* As rude as a routine may be. */
    __asm__ volatile("pxor %%xmm0, %%xmm0\n\tmovl $0x99, %%ecx\n\tmovl $0x99, %%edx\n\t"
                     "movl $0x99, %%r8d\n\tmovl $0x99, %%r9d\n\tmovl $0x99, %%r10d"
                     :
                     :
                     : "xmm0", "rcx", "rdx", "r8", "r9", "r10");
    __try {
        __asm__ volatile("int $0x2c"); /* not a page fault, which nobody may handle here */
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        dpc_runs += 100;
    }
}

static void dpcs_run_on_the_way_down(void)
{
    KeInitializeDpc(&dpc, dpc_routine, NULL);
    cr8_write(DISPATCH_LEVEL);
    CHECK(KeInsertQueueDpc(&dpc, NULL, NULL));
    CHECK_IS(dpc_runs, 0);
    lowering_keeps_registers(); /* writes 2, then 0 */
    CHECK_IS(dpc_runs, 101);
}

/* ---- the end ---------------------------------------------------------------------------- */

static void NTAPI dpc_raises(PKDPC self, PVOID context, PVOID argument1, PVOID argument2)
{
    UNREFERENCED_PARAMETER(self);
    UNREFERENCED_PARAMETER(context);
    UNREFERENCED_PARAMETER(argument1);
    UNREFERENCED_PARAMETER(argument2);
    __asm__ volatile("int $0x2c");
}

static NOINLINE unsigned recurse(unsigned depth)
{
    volatile char frame[600];
    frame[depth % 600] = (char)depth;
    return recurse(depth + 1) + frame[0];
}

static void ends(unsigned part)
{
    switch (part) {
    case 100:
        __asm__ volatile("int $0x29" : : "c"(2));
        break;
    case 101:
        cr8_write(DISPATCH_LEVEL);
        __try {
            *(volatile char *)16 = 1;
        } __except (EXCEPTION_EXECUTE_HANDLER) {
        }
        break;
    case 102:
        room->checks = recurse(1);
        break;
    case 103:
        __asm__ volatile("int $0x2c");
        break;
    case 104: /* what the DPC interrupted is not asked */
        KeInitializeDpc(&dpc, dpc_raises, NULL);
        __try {
            cr8_write(DISPATCH_LEVEL);
            KeInsertQueueDpc(&dpc, NULL, NULL);
            cr8_write(PASSIVE_LEVEL);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
        }
        break;
    }
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    room = (struct room_report *)DriverObject;
    switch (room->part) {
    case 0:
        irql_is_cr8();
        lowering_keeps_registers();
        other_control_registers();
        ports();
        model_specific_registers();
        break;
    case 1:
        float_faults();
        software_interrupts();
        privileged_instructions();
        break;
    case 2:
        dpcs_run_on_the_way_down();
        break;
    case 3:
        shared_integers(room->argument);
        shared_flags(room->argument);
        shared_vectors_and_strings(room->argument);
        shared_times();
        break;
    default:
        ends(room->part);
    }
    return (NTSTATUS)room->failed;
}
