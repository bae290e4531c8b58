/* SPDX-License-Identifier: MIT */
/* fiber_switch.S - void fiber_switch(void **out_from, void *to): leaves the stack at *out_from
 * and goes on at to. What Microsoft's convention keeps beyond this, its C caller has kept. */
    .text

    .globl fiber_switch
    .hidden fiber_switch
    .type fiber_switch, @function
fiber_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp
    stmxcsr (%rsp)
    fnstcw 4(%rsp)
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    ldmxcsr (%rsp)
    fldcw 4(%rsp)
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size fiber_switch, . - fiber_switch

/* Where a fiber begins: rbx holds its routine. */
    .globl fiber_begin
    .hidden fiber_begin
    .type fiber_begin, @function
fiber_begin:
    xorl %ebp, %ebp
    call *%rbx
    ud2
    .size fiber_begin, . - fiber_begin

    .section .note.GNU-stack,"",@progbits
