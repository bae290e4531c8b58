/* SPDX-License-Identifier: MIT */
/* thread_switch.S - from the host's stack to one in the window, and back. */
    .text

    .globl stack_run
    .hidden stack_run
    .type stack_run, @function
stack_run:
    .cfi_startproc
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq %rsp, %rbp
    .cfi_def_cfa_register %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    .cfi_offset %rbx, -24
    .cfi_offset %r12, -32
    .cfi_offset %r13, -40
    .cfi_offset %r14, -48
    .cfi_offset %r15, -56
    movq %rsp, (%rcx)
    movq %rdi, %rsp
    andq $-16, %rsp
    movq %rdx, %rdi
    call *%rsi
    leaq -40(%rbp), %rsp
.Lback:
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    .cfi_def_cfa %rsp, 8
    ret
    .cfi_endproc
    .size stack_run, . - stack_run

    .globl stack_leave
    .hidden stack_leave
    .type stack_leave, @function
stack_leave:
    movq %rdi, %rsp
    movq %rsi, %rax
    jmp .Lback
    .size stack_leave, . - stack_leave

    .section .note.GNU-stack,"",@progbits
