/* SPDX-License-Identifier: MIT */
/* fault_test.c - each kind of fault reaches the hook as the processor reported it, and
 * what the hook changes is what the thread goes on with.
 *
 * cmocka takes the fault signals for each test, so each test installs the hook again.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/host.h"

static struct host_fault last;          /* what the hook saw last */
static struct host_registers last_regs; /* and with which registers */
static int faults;
static uint64_t skip;                   /* length of the instruction to step over */
static uint64_t resume_rip, resume_rsp; /* where to go instead, when set */
static void *gs_to_set;
static uintptr_t hook_frame;
static uint64_t hook_eflags;

static bool record(const struct host_fault *fault, struct host_registers *registers)
{
    last = *fault;
    last_regs = *registers;
    hook_frame = (uintptr_t)__builtin_frame_address(0);
    hook_eflags = __builtin_ia32_readeflags_u64();
    faults++;
    if (gs_to_set != NULL)
        host_gs_set(gs_to_set);
    if (resume_rip != 0) {
        registers->rip = resume_rip;
        registers->rsp = resume_rsp;
    } else {
        registers->rip += skip;
    }
    return true;
}

static void expect_after(uint64_t length)
{
    memset(&last, 0xee, sizeof(last));
    faults = 0;
    skip = length;
    resume_rip = 0;
    gs_to_set = NULL;
    host_fault_install(record);
}

static void a_read_is_repaired_by_skipping(void **state)
{
    uint64_t value = 7, address = 0xfffff78000000014ull; /* the kernel's half: never mapped */

    expect_after(3);
    __asm__ volatile("movq (%1), %0" : "+r"(value) : "r"(address) : "memory");
    assert_int_equal(faults, 1);
    assert_int_equal(value, 7);
    assert_int_equal(last.kind, HOST_FAULT_ACCESS);
    assert_int_equal(last.address, address);
    assert_false(last.is_write);
    assert_false(last.is_execute);
    assert_non_null(last_regs.fpu);
}

static bool commit_page(const struct host_fault *fault, struct host_registers *registers)
{
    last = *fault;
    faults++;
    return fault->kind == HOST_FAULT_ACCESS &&
           host_memory_commit((void *)(fault->address & ~(uint64_t)(HOST_PAGE - 1)), HOST_PAGE,
                              HOST_READ | HOST_WRITE) == 0;
}

static void a_write_is_repaired_by_mapping(void **state)
{
    volatile uint32_t *memory;

    assert_int_equal(host_memory_reserve(NULL, 4 * HOST_PAGE, (void **)&memory), 0);
    faults = 0;
    host_fault_install(commit_page);
    memory[HOST_PAGE / 4 + 5] = 99;
    assert_int_equal(faults, 1);
    assert_int_equal(last.address, (uintptr_t)&memory[HOST_PAGE / 4 + 5]);
    assert_true(last.is_write);
    assert_int_equal(memory[HOST_PAGE / 4 + 5], 99);
    assert_int_equal(faults, 1);
    host_memory_release((void *)memory, 4 * HOST_PAGE);
}

static bool return_from_call(const struct host_fault *fault, struct host_registers *registers)
{
    last = *fault;
    last_regs = *registers;
    faults++;
    registers->rip = *(uint64_t *)registers->rsp;
    registers->rsp += 8;
    registers->rax = 4711;
    return true;
}

static void running_data_is_an_execute_fault(void **state)
{
    void *page;
    int (*function)(void);

    assert_int_equal(host_memory_reserve(NULL, HOST_PAGE, &page), 0);
    assert_int_equal(host_memory_commit(page, HOST_PAGE, HOST_READ | HOST_WRITE), 0);
    faults = 0;
    host_fault_install(return_from_call);
    function = (int (*)(void))page;
    assert_int_equal(function(), 4711);
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_ACCESS);
    assert_true(last.is_execute);
    assert_false(last.is_write);
    assert_int_equal(last.address, (uintptr_t)page);
    assert_int_equal(last_regs.rip, (uintptr_t)page);
    host_memory_release(page, HOST_PAGE);
}

static void privileged_instructions_are_privileged(void **state)
{
    expect_after(1);
    __asm__ volatile("hlt");
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_PRIVILEGED);
    assert_int_equal(last.error_code, 0);

    expect_after(4);
    __asm__ volatile("movq %%cr8, %%rax" : : : "rax");
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_PRIVILEGED);

    expect_after(1);
    __asm__ volatile("inb %%dx, %%al" : : "d"(0x60) : "rax");
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_PRIVILEGED);
}

static void a_non_canonical_address_is_privileged(void **state)
{
    uint64_t value = 1, address = 0x8000000000000000ull;

    expect_after(3);
    __asm__ volatile("movq (%1), %0" : "+r"(value) : "r"(address) : "memory");
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_PRIVILEGED);
    assert_int_equal(last.error_code, 0);
    assert_int_equal(value, 1);
}

static void int_n_shows_its_number(void **state)
{
    expect_after(2);
    __asm__ volatile("int $0x29");
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_PRIVILEGED);
    assert_int_equal(last.error_code, 0x29 * 8 + 2);

    expect_after(2);
    __asm__ volatile("int $0x2c");
    assert_int_equal(faults, 1);
    assert_int_equal(last.error_code, 0x2c * 8 + 2);

    expect_after(0); /* a trap: already past the instruction */
    __asm__ volatile("int $4");
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_PRIVILEGED);
    assert_int_equal(last.error_code, 4 * 8 + 2);
}

static void traps_and_exceptions_have_their_kinds(void **state)
{
    extern char fault_test_int3[] __asm__("fault_test_int3");
    uint32_t quotient = 5, remainder = 0;

    expect_after(2);
    __asm__ volatile("ud2");
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_ILLEGAL);

    expect_after(2);
    __asm__ volatile("divl %2" : "+a"(quotient), "+d"(remainder) : "r"(0));
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_DIVIDE);
    assert_int_equal(quotient, 5);

    expect_after(0);
    __asm__ volatile("fault_test_int3: int3");
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_BREAKPOINT);
    assert_int_equal(last_regs.rip, (uintptr_t)fault_test_int3 + 1);
}

static bool end_stepping(const struct host_fault *fault, struct host_registers *registers)
{
    last = *fault;
    if (++faults == 3)
        registers->eflags &= ~0x100ull;
    return true;
}

static void a_set_trap_flag_steps(void **state)
{
    expect_after(0);
    host_fault_install(end_stepping);
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\t"
                     "pushfq\n\t"
                     "orq $0x100, (%%rsp)\n\t"
                     "popfq\n\t"
                     "nop\n\tnop\n\tnop\n\tnop\n\tnop\n\t"
                     "leaq 128(%%rsp), %%rsp"
                     :
                     :
                     : "cc", "memory");
    assert_int_equal(faults, 3);
    assert_int_equal(last.kind, HOST_FAULT_STEP);
}

static void unmasked_float_exceptions_are_float(void **state)
{
    uint32_t before, unmasked;
    float one = 1.0f, zero = 0.0f;

    expect_after(4);
    __asm__ volatile("stmxcsr %0" : "=m"(before));
    unmasked = before & ~0x200u; /* divide by zero */
    __asm__ volatile("ldmxcsr %1\n\t"
                     "divss %2, %0\n\t"
                     "ldmxcsr %3"
                     : "+x"(one)
                     : "m"(unmasked), "x"(zero), "m"(before));
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_FLOAT);
    assert_true(one == 1.0f);
}

static void alignment_is_checked_where_asked(void **state)
{
    _Alignas(8) static char bytes[16];
    uint64_t value = 3;

    expect_after(3);
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\t"
                     "pushfq\n\t"
                     "orq $0x40000, (%%rsp)\n\t"
                     "popfq\n\t"
                     "movq (%1), %0\n\t"
                     "pushfq\n\t"
                     "andq $~0x40000, (%%rsp)\n\t"
                     "popfq\n\t"
                     "leaq 128(%%rsp), %%rsp"
                     : "+r"(value)
                     : "r"(bytes + 1)
                     : "cc", "memory");
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_ALIGNMENT);
    assert_false(hook_eflags & 0x40000); /* or the hook would be checked as well */
    assert_int_equal(value, 3);
}

static void memory_behind_the_end_of_a_share_is_bus(void **state)
{
    char *memory;
    uint64_t value = 2;
    int fd;

    expect_after(3);
    assert_int_equal(host_share_create("fault-test", HOST_PAGE, &fd), 0);
    assert_int_equal(host_share_map(fd, 0, 2 * HOST_PAGE, HOST_READ, NULL, (void **)&memory), 0);
    __asm__ volatile("movq (%1), %0" : "+r"(value) : "r"(memory + HOST_PAGE) : "memory");
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_BUS);
    assert_int_equal(last.address, (uintptr_t)memory + HOST_PAGE);
    host_memory_release(memory, 2 * HOST_PAGE);
    close(fd);
}

static void gs_stays_as_the_hook_left_it(void **state)
{
    static char first, second;
    void *before = host_gs_get();

    host_gs_set(&first);
    expect_after(1);
    __asm__ volatile("hlt");
    assert_ptr_equal(host_gs_get(), &first);
    gs_to_set = &second;
    __asm__ volatile("hlt");
    assert_ptr_equal(host_gs_get(), &second);
    assert_int_equal(faults, 2);
    host_gs_set(before);
}

static uint64_t *nested_page;
static uint64_t nested_value;

static bool fault_inside(const struct host_fault *fault, struct host_registers *registers)
{
    faults++;
    if (fault->kind == HOST_FAULT_ACCESS)
        return host_memory_commit(nested_page, HOST_PAGE, HOST_READ | HOST_WRITE) == 0;
    nested_value = *nested_page + 1;
    registers->rip += 1;
    return true;
}

static void the_hook_may_fault_itself(void **state)
{
    assert_int_equal(host_memory_reserve(NULL, HOST_PAGE, (void **)&nested_page), 0);
    expect_after(0);
    nested_value = 0;
    host_fault_install(fault_inside);
    __asm__ volatile("hlt");
    assert_int_equal(faults, 2);
    assert_int_equal(nested_value, 1);
    host_memory_release(nested_page, HOST_PAGE);
}

/* Pushes until the stack is used up; the hook brings the thread back to label 2. */
static void overflow_the_stack(void *argument)
{
    __asm__ volatile("leaq 2f(%%rip), %%rax\n\t"
                     "movq %%rax, %0\n\t"
                     "movq %%rsp, %1\n\t"
                     "1: pushq $0\n\t"
                     "jmp 1b\n\t"
                     "2:"
                     : "=m"(resume_rip), "=m"(resume_rsp)
                     :
                     : "rax", "memory", "cc");
    host_thread_stack(&((uintptr_t *)argument)[0], &((uintptr_t *)argument)[1]);
}

static void an_exhausted_stack_meets_its_guard(void **state)
{
    struct host_thread *thread;
    uintptr_t bounds[2] = {0};

    expect_after(0);
    assert_int_equal(host_thread_create(NULL, overflow_the_stack, bounds, &thread), 0);
    host_thread_join(thread);
    assert_int_equal(faults, 1);
    assert_int_equal(last.kind, HOST_FAULT_ACCESS);
    assert_true(last.is_write);
    assert_int_equal(last.address, bounds[0] - 8);
    /* the hook ran elsewhere */
    assert_true(hook_frame < bounds[0] || hook_frame >= bounds[1]);
}

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))
static struct sigaction at_start[SIGNALS]; /* the default, or the sanitizer's */

static bool decline(const struct host_fault *fault, struct host_registers *registers)
{
    return false;
}

/* Runs one faulting statement in a child whose hook declines; returns how it ended and what
 * it wrote to stderr. */
static int die_in_child(void (*fault)(void), char *text, size_t size)
{
    int ends[2], status;
    size_t length = 0;
    ssize_t got;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        for (size_t i = 0; i < SIGNALS; i++)
            sigaction(signals[i], &at_start[i], NULL); /* not cmocka's */
        host_fault_install(decline);
        fault();
        host_exit(0);
    }
    close(ends[1]);
    while (length < size - 1 && (got = read(ends[0], text + length, size - 1 - length)) > 0)
        length += (size_t)got;
    text[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void touch_nothing(void)
{
    *(volatile int *)16 = 1;
}

static void stop_here(void)
{
    __asm__ volatile("int3");
}

static void what_the_hook_declines_is_deadly(void **state)
{
    char text[8192];
    int status = die_in_child(touch_nothing, text, sizeof(text));

#ifndef COVE_SANITIZE
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSEGV);
#else
    assert_non_null(strstr(text, "AddressSanitizer: SEGV on unknown address"));
#endif
    assert_non_null(strstr(text, "cove: fatal page fault (signal 11)"));
    assert_non_null(strstr(text, "write address 0x10 "));
    status = die_in_child(stop_here, text, sizeof(text));
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTRAP);
    assert_non_null(strstr(text, "cove: fatal breakpoint (signal 5)"));
}

static void send_a_signal(void)
{
    kill(getpid(), SIGSEGV);
}

static void a_signal_that_was_sent_is_no_fault(void **state)
{
    char text[8192];
    int status = die_in_child(send_a_signal, text, sizeof(text));

    assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_null(strstr(text, "cove: fatal"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_read_is_repaired_by_skipping),
        cmocka_unit_test(a_write_is_repaired_by_mapping),
        cmocka_unit_test(running_data_is_an_execute_fault),
        cmocka_unit_test(privileged_instructions_are_privileged),
        cmocka_unit_test(a_non_canonical_address_is_privileged),
        cmocka_unit_test(int_n_shows_its_number),
        cmocka_unit_test(traps_and_exceptions_have_their_kinds),
        cmocka_unit_test(a_set_trap_flag_steps),
        cmocka_unit_test(unmasked_float_exceptions_are_float),
        cmocka_unit_test(alignment_is_checked_where_asked),
        cmocka_unit_test(memory_behind_the_end_of_a_share_is_bus),
        cmocka_unit_test(gs_stays_as_the_hook_left_it),
        cmocka_unit_test(the_hook_may_fault_itself),
        cmocka_unit_test(an_exhausted_stack_meets_its_guard),
        cmocka_unit_test(what_the_hook_declines_is_deadly),
        cmocka_unit_test(a_signal_that_was_sent_is_no_fault),
    };

    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i], NULL, &at_start[i]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
