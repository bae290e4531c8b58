/* SPDX-License-Identifier: MIT */
/* jump.S - setjmp and longjmp: _JUMP_BUFFER of the public setjmp.h, Microsoft's convention.
 *
 * rcx: the buffer; rdx: setjmp's frame, longjmp's value. jump.c drops what the exceptions'
 * dispatcher remembers of the frames that go.
 */
    .set FRAME, 0x00
    .set RBX,   0x08
    .set RSP,   0x10
    .set RBP,   0x18
    .set RSI,   0x20
    .set RDI,   0x28
    .set R12,   0x30
    .set R13,   0x38
    .set R14,   0x40
    .set R15,   0x48
    .set RIP,   0x50
    .set MXCSR, 0x58
    .set FPCSR, 0x5c
    .set XMM6,  0x60

    .text
    .globl ucrt__setjmp
    .hidden ucrt__setjmp
    .type ucrt__setjmp, @function
ucrt__setjmp:
    .cfi_startproc
    movq %rdx, FRAME(%rcx)
    movq %rbx, RBX(%rcx)
    leaq 8(%rsp), %rax
    movq %rax, RSP(%rcx)
    movq %rbp, RBP(%rcx)
    movq %rsi, RSI(%rcx)
    movq %rdi, RDI(%rcx)
    movq %r12, R12(%rcx)
    movq %r13, R13(%rcx)
    movq %r14, R14(%rcx)
    movq %r15, R15(%rcx)
    movq (%rsp), %rax
    movq %rax, RIP(%rcx)
    stmxcsr MXCSR(%rcx)
    fnstcw FPCSR(%rcx)
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movdqu %xmm\n, XMM6 + 16 * (\n - 6)(%rcx)
    .endr
    xorl %eax, %eax
    ret
    .cfi_endproc
    .size ucrt__setjmp, . - ucrt__setjmp

/* void jump_restore(const void *buffer (rdi), int value (esi)), the host's convention. */
    .globl jump_restore
    .hidden jump_restore
    .type jump_restore, @function
jump_restore:
    .cfi_startproc
    movq %rdi, %rcx
    movl %esi, %eax
    testl %eax, %eax
    jnz 1f
    incl %eax
1:  ldmxcsr MXCSR(%rcx)
    fnclex
    fldcw FPCSR(%rcx)
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movdqu XMM6 + 16 * (\n - 6)(%rcx), %xmm\n
    .endr
    movq RBX(%rcx), %rbx
    movq RBP(%rcx), %rbp
    movq RSI(%rcx), %rsi
    movq RDI(%rcx), %rdi
    movq R12(%rcx), %r12
    movq R13(%rcx), %r13
    movq R14(%rcx), %r14
    movq R15(%rcx), %r15
    movq RSP(%rcx), %rsp
    jmpq *RIP(%rcx)
    .cfi_endproc
    .size jump_restore, . - jump_restore

    .section .note.GNU-stack,"",@progbits
