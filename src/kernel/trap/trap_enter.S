/* SPDX-License-Identifier: MIT */
/* trap_enter.S - our C code in the middle of a driver's, on the thread's own stack.
 *
 * trap_lower_enter: driver code wrote CR8 and lowers IRQL. In: rsp points at the new IRQL, the
 * flags and the address to go on at; 128 bytes above them lies the interrupted stack.
 * trap_refresh_enter: driver code reads the shared-data page; called.
 * Every other register is the driver's and comes back unchanged: vector registers too.
 */
#define XSAVE_BYTES 2816
#define XSAVE_MASK  0xe7

    .macro save_all
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
    .endm

    .macro restore_all
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
    .endm

    .text
    .globl trap_lower_enter
    .hidden trap_lower_enter
    .type trap_lower_enter, @function
trap_lower_enter:
    .cfi_startproc
    save_all
    movl 8(%rbp), %edi
    call trap_lower
    restore_all
    leaq 8(%rsp), %rsp
    popfq
    ret $128
    .cfi_endproc
    .size trap_lower_enter, . - trap_lower_enter

    .globl trap_refresh_enter
    .hidden trap_refresh_enter
    .type trap_refresh_enter, @function
trap_refresh_enter:
    .cfi_startproc
    save_all
    call trap_refresh
    restore_all
    ret
    .cfi_endproc
    .size trap_refresh_enter, . - trap_refresh_enter

    .section .note.GNU-stack,"",@progbits
