/* SPDX-License-Identifier: MIT */
/* chkstk_test.c - __chkstk keeps registers, touches each page, and faults at the end.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#define PAGE   4096
#define PAGES  16
#define GUARDS 2

/* Registers before in, after out: rax rbx rcx rdx rsi rdi r8..r15. Runs on stack. */
void chkstk_call(uint64_t *registers, void *stack);

__asm__(".text\n"
        ".globl chkstk_call\n"
        "chkstk_call:\n"
        "    pushq %rbp\n    pushq %rbx\n    pushq %r12\n    pushq %r13\n"
        "    pushq %r14\n    pushq %r15\n"
        "    movq %rsp, %rbp\n"
        "    movq %rsi, %rsp\n"
        "    pushq %rbp\n"
        "    movq %rdi, %rbp\n"
        "    movq 0(%rbp), %rax\n    movq 8(%rbp), %rbx\n    movq 16(%rbp), %rcx\n"
        "    movq 24(%rbp), %rdx\n    movq 32(%rbp), %rsi\n    movq 40(%rbp), %rdi\n"
        "    movq 48(%rbp), %r8\n    movq 56(%rbp), %r9\n    movq 64(%rbp), %r10\n"
        "    movq 72(%rbp), %r11\n    movq 80(%rbp), %r12\n    movq 88(%rbp), %r13\n"
        "    movq 96(%rbp), %r14\n    movq 104(%rbp), %r15\n"
        "    call ddi_chkstk\n"
        "    movq %rax, 0(%rbp)\n    movq %rbx, 8(%rbp)\n    movq %rcx, 16(%rbp)\n"
        "    movq %rdx, 24(%rbp)\n    movq %rsi, 32(%rbp)\n    movq %rdi, 40(%rbp)\n"
        "    movq %r8, 48(%rbp)\n    movq %r9, 56(%rbp)\n    movq %r10, 64(%rbp)\n"
        "    movq %r11, 72(%rbp)\n    movq %r12, 80(%rbp)\n    movq %r13, 88(%rbp)\n"
        "    movq %r14, 96(%rbp)\n    movq %r15, 104(%rbp)\n"
        "    popq %rsp\n"
        "    popq %r15\n    popq %r14\n    popq %r13\n    popq %r12\n"
        "    popq %rbx\n    popq %rbp\n    ret\n");

static char *stack; /* GUARDS pages without access, then PAGES pages */
static sigjmp_buf overflow;
static void *volatile fault_address;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    fault_address = info->si_addr;
    siglongjmp(overflow, 1);
}

static int group_setup(void **state)
{
    static char alternate[64 * 1024];
    stack_t where = {.ss_sp = alternate, .ss_size = sizeof(alternate)};

    (void)state;
    stack = mmap(NULL, (PAGES + GUARDS) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                 -1, 0);
    if (stack == MAP_FAILED || mprotect(stack, GUARDS * PAGE, PROT_NONE) != 0)
        return -1;
    return sigaltstack(&where, NULL) != 0;
}

static int group_teardown(void **state)
{
    (void)state;
    return munmap(stack, (PAGES + GUARDS) * PAGE);
}

/* Answers 1 if it faulted. cmocka puts its own handler before every test. */
static int touch(uint64_t size, uint64_t *registers)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    if (sigaction(SIGSEGV, &action, NULL) != 0)
        return -1;
    for (uint64_t i = 0; i < 14; i++)
        registers[i] = 0x1111111111111111 * (i + 1);
    registers[0] = size;
    if (sigsetjmp(overflow, 1) != 0)
        return 1;
    chkstk_call(registers, stack + (PAGES + GUARDS) * PAGE);
    return 0;
}

static void test_keeps_registers(void **state)
{
    static const uint64_t sizes[] = {0, 1, 4095, 4096, 4097, 8192, 40000};
    uint64_t registers[14];

    (void)state;
    for (size_t at = 0; at < sizeof(sizes) / sizeof(sizes[0]); at++) {
        assert_int_equal(touch(sizes[at], registers), 0);
        assert_int_equal(registers[0], sizes[at]);
        for (uint64_t i = 1; i < 14; i++)
            assert_int_equal(registers[i], 0x1111111111111111 * (i + 1));
    }
}

static void test_touches_the_last_byte(void **state)
{
    uint64_t registers[14];
    /* The caller's stack pointer is 8 below the top: one saved word. */
    uint64_t room = PAGES * PAGE - 8;

    (void)state;
    assert_int_equal(touch(room, registers), 0);
    assert_int_equal(touch(room + 1, registers), 1);
    assert_ptr_equal(fault_address, stack + GUARDS * PAGE - 1);
}

static void test_skips_no_page(void **state)
{
    uint64_t registers[14];
    char *hole = stack + (GUARDS + PAGES / 2) * PAGE;

    (void)state;
    assert_int_equal(mprotect(hole, PAGE, PROT_NONE), 0);
    assert_int_equal(touch((PAGES - 1) * PAGE, registers), 1);
    assert_true((char *)fault_address >= hole && (char *)fault_address < hole + PAGE);
    assert_int_equal(mprotect(hole, PAGE, PROT_READ | PROT_WRITE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_registers),
        cmocka_unit_test(test_touches_the_last_byte),
        cmocka_unit_test(test_skips_no_page),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
