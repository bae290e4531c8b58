/* SPDX-License-Identifier: MIT */
/* seh_load.S - leaving for a machine state: void seh_load(const CONTEXT *context)
 *
 * The last registers travel over the 32 bytes below the target's stack pointer, which Windows
 * code leaves free (it has no red zone). The context itself may lie anywhere else.
 */
#define FLAGS  0x30
#define EFLAGS 0x44
#define RAX    0x78
#define RCX    0x80
#define RDX    0x88
#define RBX    0x90
#define RSP    0x98
#define RBP    0xa0
#define RSI    0xa8
#define RDI    0xb0
#define R8     0xb8
#define RIP    0xf8
#define FLOAT  0x100

    .text
    .globl seh_load
    .hidden seh_load
    .type seh_load, @function
seh_load:
    .cfi_startproc
    testl $8, FLAGS(%rdi)
    jz 1f
    fxrstor64 FLOAT(%rdi)
1:  movq %rdi, %rcx
    movq RSP(%rcx), %rdx
    movq RIP(%rcx), %rax
    movq %rax, -8(%rdx)
    movl EFLAGS(%rcx), %eax
    movq %rax, -16(%rdx)
    movq RCX(%rcx), %rax
    movq %rax, -24(%rdx)
    movq RDX(%rcx), %rax
    movq %rax, -32(%rdx)
    movq RAX(%rcx), %rax
    movq RBX(%rcx), %rbx
    movq RBP(%rcx), %rbp
    movq RSI(%rcx), %rsi
    movq RDI(%rcx), %rdi
    movq R8 + 0(%rcx), %r8
    movq R8 + 8(%rcx), %r9
    movq R8 + 16(%rcx), %r10
    movq R8 + 24(%rcx), %r11
    movq R8 + 32(%rcx), %r12
    movq R8 + 40(%rcx), %r13
    movq R8 + 48(%rcx), %r14
    movq R8 + 56(%rcx), %r15
    leaq -32(%rdx), %rsp
    popq %rdx
    popq %rcx
    popfq
    ret
    .cfi_endproc
    .size seh_load, . - seh_load

/* VOID RtlCaptureContext(PCONTEXT): the caller's registers as they are right after the call.
 * Bound without a thunk, because it may change none of them. */
    .globl RtlCaptureContext
    .hidden RtlCaptureContext
    .type RtlCaptureContext, @function
RtlCaptureContext:
    .cfi_startproc
    pushfq
    .cfi_adjust_cfa_offset 8
    movq %rax, RAX(%rcx)
    movq %rcx, RCX(%rcx)
    movq %rdx, RDX(%rcx)
    movq %rbx, RBX(%rcx)
    leaq 16(%rsp), %rax
    movq %rax, RSP(%rcx)
    movq %rbp, RBP(%rcx)
    movq %rsi, RSI(%rcx)
    movq %rdi, RDI(%rcx)
    movq %r8, R8 + 0(%rcx)
    movq %r9, R8 + 8(%rcx)
    movq %r10, R8 + 16(%rcx)
    movq %r11, R8 + 24(%rcx)
    movq %r12, R8 + 32(%rcx)
    movq %r13, R8 + 40(%rcx)
    movq %r14, R8 + 48(%rcx)
    movq %r15, R8 + 56(%rcx)
    movq 8(%rsp), %rax
    movq %rax, RIP(%rcx)
    movq (%rsp), %rax
    movl %eax, EFLAGS(%rcx)
    fxsave64 FLOAT(%rcx)
    stmxcsr 0x34(%rcx)
    movl $0x10000f, FLAGS(%rcx)
    movw %cs, 0x38(%rcx)
    movw %ds, 0x3a(%rcx)
    movw %es, 0x3c(%rcx)
    movw %fs, 0x3e(%rcx)
    movw %gs, 0x40(%rcx)
    movw %ss, 0x42(%rcx)
    movq RAX(%rcx), %rax
    popfq
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .size RtlCaptureContext, . - RtlCaptureContext

    .section .note.GNU-stack,"",@progbits
