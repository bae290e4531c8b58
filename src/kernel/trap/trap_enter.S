/* SPDX-License-Identifier: MIT */
/* trap_enter.S - lowering IRQL where driver code wrote CR8, on the thread's own stack.
 *
 * In: rsp points at the new IRQL, the flags and the address to go on at; 128 bytes above them
 * lies the interrupted stack. Every other register is the driver's and comes back unchanged:
 * vector registers too, because DPCs run in between.
 */
#define XSAVE_BYTES 2816
#define XSAVE_MASK  0xe7

    .text
    .globl trap_lower_enter
    .hidden trap_lower_enter
    .type trap_lower_enter, @function
trap_lower_enter:
    .cfi_startproc
    pushq %rbp
    movq %rsp, %rbp
    pushq %rax
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    subq $XSAVE_BYTES, %rsp
    andq $-64, %rsp
    xorl %eax, %eax
    .irp n, 0, 8, 16, 24, 32, 40, 48, 56
    movq %rax, (512 + \n)(%rsp)
    .endr
    movl $XSAVE_MASK, %eax
    xorl %edx, %edx
    xsave64 (%rsp)
    movl 8(%rbp), %edi
    call trap_lower
    movl $XSAVE_MASK, %eax
    xorl %edx, %edx
    xrstor64 (%rsp)
    leaq -72(%rbp), %rsp
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rax
    popq %rbp
    leaq 8(%rsp), %rsp
    popfq
    ret $128
    .cfi_endproc
    .size trap_lower_enter, . - trap_lower_enter

    .section .note.GNU-stack,"",@progbits
