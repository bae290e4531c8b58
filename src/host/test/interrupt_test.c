/* SPDX-License-Identifier: MIT */
/* interrupt_test.c - a thread is interrupted at any instruction and notices nothing.
 *
 * The spinner below loads known values into every general register, the vector
 * registers, the flags and the red zone, and compares them all turn after turn while
 * it is interrupted thousands of times by a hook that overwrites whatever it may.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/host.h"

/* Shared with the assembly. */
__attribute__((used)) static volatile uint32_t spin_stop;
__attribute__((used)) static volatile uint64_t spin_turns;
__attribute__((used)) static uint32_t spin_check; /* which comparison is being made */
__attribute__((used)) static uint32_t spin_avx;
__attribute__((used)) static uint32_t spin_mxcsr_before, spin_mxcsr = 0x9fc0, spin_mxcsr_seen;
__attribute__((used)) static uint8_t spin_bytes[16];
__attribute__((used)) static _Alignas(32) uint64_t spin_vectors[15][4];

/* Returns 0, or the number of the comparison that failed. */
uint32_t spin(void);
extern const char spin_end[];

__asm__(".text\n"
        ".globl spin, spin_end\n"
        ".hidden spin, spin_end\n"
        "spin:\n"
        "push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
        "stmxcsr spin_mxcsr_before(%rip)\n"
        "ldmxcsr spin_mxcsr(%rip)\n"
        "fldpi\n"
        "leaq spin_vectors(%rip), %rax\n"
        ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14\n"
        "movdqa 32*\\n(%rax), %xmm\\n\n"
        ".endr\n"
        "cmpl $0, spin_avx(%rip)\n"
        "je 1f\n"
        ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14\n"
        "vmovdqa 32*\\n(%rax), %ymm\\n\n"
        ".endr\n"
        "1:\n"
        ".irp n,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n"
        "movq $0x1000+\\n, -8*\\n(%rsp)\n"
        ".endr\n"

        "2:\n" /* a turn */
        "movq $0x11111101, %rcx; movq $0x11111102, %rdx; movq $-0x11111103, %rbx\n"
        "movq $0x11111104, %rbp; movq $-0x11111105, %rdi; movq $0x11111106, %r8\n"
        "movq $0x11111107, %r9; movq $-0x11111108, %r10; movq $0x11111109, %r11\n"
        "movq $-0x1111110a, %r12; movq $0x1111110b, %r13; movq $-0x1111110c, %r14\n"
        "movq $0x1111110d, %r15; leaq spin_bytes+8(%rip), %rsi\n"
        "movl $0x7fffffff, %eax\n"
        "addl $1, %eax\n" /* OF SF AF PF, no ZF */
        "stc\n"
        "std\n"
        ".rept 64\n nop\n .endr\n"
        "movl $1, spin_check(%rip)\n"
        "jnc 9f; jno 9f; jns 9f; jz 9f; jnp 9f\n"
        "movl $2, spin_check(%rip)\n"
        "cmpl $-0x80000000, %eax; jne 9f\n"
        "movl $3, spin_check(%rip)\n"
        "lodsb\n" /* backwards, if the direction flag is still set */
        "cld\n"
        "leaq spin_bytes+7(%rip), %rax\n"
        "cmpq %rax, %rsi; jne 9f\n"
        "movl $4, spin_check(%rip)\n"
        "cmpq $0x11111101, %rcx; jne 9f\n cmpq $0x11111102, %rdx; jne 9f\n"
        "cmpq $-0x11111103, %rbx; jne 9f\n cmpq $0x11111104, %rbp; jne 9f\n"
        "cmpq $-0x11111105, %rdi; jne 9f\n cmpq $0x11111106, %r8; jne 9f\n"
        "cmpq $0x11111107, %r9; jne 9f\n cmpq $-0x11111108, %r10; jne 9f\n"
        "cmpq $0x11111109, %r11; jne 9f\n cmpq $-0x1111110a, %r12; jne 9f\n"
        "cmpq $0x1111110b, %r13; jne 9f\n cmpq $-0x1111110c, %r14; jne 9f\n"
        "cmpq $0x1111110d, %r15; jne 9f\n"
        "movl $5, spin_check(%rip)\n"
        ".irp n,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n"
        "cmpq $0x1000+\\n, -8*\\n(%rsp); jne 9f\n"
        ".endr\n"
        "movl $6, spin_check(%rip)\n"
        "leaq spin_vectors(%rip), %rcx\n"
        ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14\n"
        "movdqa 32*\\n(%rcx), %xmm15\n"
        "pcmpeqb %xmm\\n, %xmm15\n"
        "pmovmskb %xmm15, %eax\n"
        "cmpl $0xffff, %eax; jne 9f\n"
        ".endr\n"
        "movl $7, spin_check(%rip)\n"
        "cmpl $0, spin_avx(%rip)\n"
        "je 3f\n"
        ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14\n"
        "vextractf128 $1, %ymm\\n, %xmm15\n"
        "vpcmpeqb 32*\\n+16(%rcx), %xmm15, %xmm15\n"
        "vpmovmskb %xmm15, %eax\n"
        "cmpl $0xffff, %eax; jne 9f\n"
        ".endr\n"
        "3:\n"
        "movl $8, spin_check(%rip)\n"
        "stmxcsr spin_mxcsr_seen(%rip)\n"
        "movl spin_mxcsr_seen(%rip), %eax\n"
        "cmpl spin_mxcsr(%rip), %eax; jne 9f\n"
        "incq spin_turns(%rip)\n"
        "cmpl $0, spin_stop(%rip)\n"
        "je 2b\n"
        "movl $9, spin_check(%rip)\n"
        "fldpi\n"
        "fcomip %st(1), %st\n"
        "jne 9f; jp 9f\n"
        "movl $0, spin_check(%rip)\n"
        "9:\n"
        "cld\n"
        "fstp %st(0)\n"
        "ldmxcsr spin_mxcsr_before(%rip)\n"
        "cmpl $0, spin_avx(%rip)\n"
        "je 4f\n"
        "vzeroupper\n"
        "4:\n"
        "movl spin_check(%rip), %eax\n"
        "pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "ret\n"
        "spin_end:\n");

static _Atomic uint32_t asked, hooked, started, ended, gate, backwards;
static uint32_t result;
static void *hook_gs;
static uintptr_t hook_frame, hook_rsp;
static jmp_buf way_out;

static bool in_spin(const struct host_registers *registers)
{
    return registers->rip >= (uintptr_t)spin && registers->rip < (uintptr_t)spin_end;
}

static bool accept_spin(const struct host_registers *registers)
{
    bool yes = in_spin(registers);

    asked++;
    return yes;
}

static bool refuse(const struct host_registers *registers)
{
    asked++;
    return false;
}

/* Overwrites what a function may, and what it may not but an interrupt must hide. */
static void overwrite(struct host_registers *registers)
{
    volatile char below[4096];
    uint32_t mxcsr = 0x1f80 | 0x6000;

    for (size_t i = 0; i < sizeof(below); i++)
        below[i] = (char)0xa5;
    hook_frame = (uintptr_t)__builtin_frame_address(0);
    hook_rsp = registers->rsp;
    if (__builtin_ia32_readeflags_u64() & 0x400)
        backwards++; /* the direction flag of the spinner is not for us */
    if (spin_avx)
        __asm__ volatile("vzeroall" : : : "memory");
    __asm__ volatile("pcmpeqd %%xmm0, %%xmm0\n\t"
                     "movdqa %%xmm0, %%xmm7\n\t"
                     "movdqa %%xmm0, %%xmm13\n\t"
                     "ldmxcsr %0\n\t"
                     "fninit\n\t"
                     "fld1"
                     :
                     : "m"(mxcsr)
                     : "xmm0", "xmm7", "xmm13", "memory");
    hook_gs = host_gs_get();
    hooked++;
}

static void spinner(void *argument)
{
    host_gs_set(argument);
    started = 1;
    result = spin();
    if (host_gs_get() != argument)
        result = 101;
    ended = 1;
}

static struct host_thread *start_spinner(void)
{
    struct host_thread *thread;

    for (size_t i = 0; i < 15; i++)
        for (size_t j = 0; j < 4; j++)
            spin_vectors[i][j] = 0x0123456789abcdefull * (4 * i + j + 1);
    spin_avx = __builtin_cpu_supports("avx") != 0;
    spin_stop = 0;
    asked = hooked = started = ended = gate = backwards = 0;
    result = 999;
    assert_int_equal(host_thread_create(NULL, spinner, &spin_vectors, &thread), 0);
    while (started == 0)
        host_thread_yield();
    return thread;
}

static void interrupt_once(struct host_thread *thread)
{
    uint32_t before = hooked;

    while (hooked == before && !ended) {
        host_thread_interrupt(thread);
        host_thread_yield();
    }
    if (ended) /* on its own: a comparison has failed */
        fail_msg("comparison %u failed after %u interrupts", result, before);
}

static void nothing_is_lost_over_thousands(void **state)
{
    struct host_thread *thread;
    uint64_t turns;

    host_interrupt_install(accept_spin, overwrite);
    thread = start_spinner();
    turns = spin_turns;
    for (int i = 0; i < 5000; i++)
        interrupt_once(thread);
    spin_stop = 1;
    host_thread_join(thread);
    assert_int_equal(result, 0);
    assert_true(hooked >= 5000);
    assert_int_equal(backwards, 0);
    assert_true(spin_turns > turns);
    assert_ptr_equal(hook_gs, &spin_vectors);
    /* on the interrupted stack, below the red zone */
    assert_true(hook_frame < hook_rsp - 128);
    assert_true(hook_rsp - hook_frame < HOST_INTERRUPT_STACK);
}

static void a_refused_point_is_left_alone(void **state)
{
    struct host_thread *thread;
    uint32_t before;

    host_interrupt_install(refuse, overwrite);
    thread = start_spinner();
    for (int i = 0; i < 500; i++) {
        before = asked;
        while (asked == before && !ended) {
            host_thread_interrupt(thread);
            host_thread_yield();
        }
    }
    assert_int_equal(ended, 0);
    assert_int_equal(hooked, 0);
    /* refused, not dropped: the next one is asked again, and now accepted */
    host_interrupt_install(accept_spin, overwrite);
    interrupt_once(thread);
    spin_stop = 1;
    host_thread_join(thread);
    assert_int_equal(result, 0);
}

static void wait_at_the_gate(struct host_registers *registers)
{
    hooked++;
    while (gate == 0)
        host_wait(&gate, 0, HOST_FOREVER);
}

static void the_hook_may_block(void **state)
{
    struct host_thread *thread;
    uint32_t before;

    host_interrupt_install(accept_spin, wait_at_the_gate);
    thread = start_spinner();
    interrupt_once(thread);
    /* while it blocks the signal is open: the filter is asked, and says no to host_wait */
    for (int i = 0; i < 20; i++) {
        before = asked;
        while (asked == before) {
            host_thread_interrupt(thread);
            host_thread_yield();
        }
    }
    assert_int_equal(hooked, 1);
    gate = 1;
    host_wake(&gate, 1);
    spin_stop = 1;
    host_thread_join(thread);
    assert_int_equal(result, 0);
    assert_int_equal(hooked, 1);
}

static void jump_out(struct host_registers *registers)
{
    hooked++;
    longjmp(way_out, 1);
}

static void spin_until_thrown_out(void *argument)
{
    volatile uint32_t times = 0;

    if (setjmp(way_out) != 0)
        times++;
    started = 1;
    if (times < 3)
        spin();
    result = times;
}

static void the_hook_need_not_return(void **state)
{
    struct host_thread *thread;

    host_interrupt_install(accept_spin, jump_out);
    spin_stop = 0;
    spin_avx = 0;
    hooked = started = ended = 0;
    assert_int_equal(host_thread_create(NULL, spin_until_thrown_out, NULL, &thread), 0);
    while (hooked < 3) { /* one that was sent may count for the next */
        host_thread_interrupt(thread);
        host_thread_yield();
    }
    host_thread_join(thread);
    assert_int_equal(result, 3);
    assert_int_equal(hooked, 3);
}

/* Loops until the hook changes rax, carry and xmm0. */
uint32_t loop_until_changed(void);
extern const char loop_begin[], loop_end[];
__asm__(".text\n"
        ".globl loop_until_changed, loop_begin, loop_end\n"
        ".hidden loop_until_changed, loop_begin, loop_end\n"
        "loop_until_changed:\n"
        "movl $1, %ecx\n"
        "movd %ecx, %xmm0\n"
        "xorl %eax, %eax\n"
        "clc\n"
        "loop_begin:\n"
        "pause\n"
        "jnc loop_begin\n"
        "loop_end:\n"
        "movd %xmm0, %ecx\n"
        "shll $16, %ecx\n"
        "orl %ecx, %eax\n"
        "ret\n");

static bool in_loop(const struct host_registers *registers)
{
    /* not before the loop itself: clc would undo the change */
    return registers->rip >= (uintptr_t)loop_begin && registers->rip < (uintptr_t)loop_end;
}

static void change(struct host_registers *registers)
{
    uint32_t value = 0x4321;

    registers->rax = 0x1234;
    registers->eflags |= 1;
    memcpy((char *)registers->fpu + 160, &value, sizeof(value)); /* xmm0 */
    hooked++;
}

static void looper(void *argument)
{
    result = loop_until_changed();
}

static void what_the_hook_changes_is_loaded(void **state)
{
    struct host_thread *thread;

    host_interrupt_install(in_loop, change);
    hooked = ended = 0;
    assert_int_equal(host_thread_create(NULL, looper, NULL, &thread), 0);
    interrupt_once(thread);
    host_thread_join(thread);
    assert_int_equal(result, 0x43211234);
}

static void end_at_once(void *argument)
{
    started = 1;
}

static void wait_until_asked(void *argument)
{
    while (asked == 0)
        host_thread_yield();
}

static void threads_that_begin_and_end_are_safe(void **state)
{
    struct host_thread *thread;

    host_interrupt_install(refuse, overwrite);
    for (int i = 0; i < 200; i++) {
        started = 0;
        assert_int_equal(host_thread_create(NULL, end_at_once, NULL, &thread), 0);
        while (started == 0)
            host_thread_interrupt(thread);
        for (int j = 0; j < 50; j++)
            host_thread_interrupt(thread); /* ending, or ended */
        host_thread_join(thread);
    }
    for (int i = 0; i < 50; i++) {
        asked = 0;
        assert_int_equal(host_thread_create(NULL, wait_until_asked, NULL, &thread), 0);
        host_thread_interrupt(thread); /* once, perhaps before it has begun */
        host_thread_join(thread);
        assert_true(asked != 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_over_thousands),
        cmocka_unit_test(a_refused_point_is_left_alone),
        cmocka_unit_test(the_hook_may_block),
        cmocka_unit_test(the_hook_need_not_return),
        cmocka_unit_test(what_the_hook_changes_is_loaded),
        cmocka_unit_test(threads_that_begin_and_end_are_safe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
