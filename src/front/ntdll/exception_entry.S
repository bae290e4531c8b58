/* SPDX-License-Identifier: MIT */
/* exception_entry.S - where registers are taken as the program's code had them, and given back.
 *
 * A routine of ENTRY is called by a program; the C routine behind it is given a CONTEXT of
 * the caller as it will be after the return. Offsets are those of CONTEXT (ntcontext.h).
 */
#define FLAGS   0x30
#define MXCSR   0x34
#define SEGCS   0x38
#define SEGSS   0x42
#define EFLAGS  0x44
#define RAX     0x78
#define RCX     0x80
#define RDX     0x88
#define RBX     0x90
#define RSP     0x98
#define RBP     0xa0
#define RSI     0xa8
#define RDI     0xb0
#define R8      0xb8
#define R15     0xf0
#define RIP     0xf8
#define FLOAT   0x100
#define CONTEXT_FULL 0x10000b

    .text

/* Stores everything but Rip, Rsp and EFlags at \at(\base). */
.macro STORE base at
    movl $CONTEXT_FULL, \at+FLAGS(\base)
    stmxcsr \at+MXCSR(\base)
    movw %cs, \at+SEGCS(\base)
    movw %ss, \at+SEGSS(\base)
    movq %rax, \at+RAX(\base)
    movq %rcx, \at+RCX(\base)
    movq %rdx, \at+RDX(\base)
    movq %rbx, \at+RBX(\base)
    movq %rbp, \at+RBP(\base)
    movq %rsi, \at+RSI(\base)
    movq %rdi, \at+RDI(\base)
    movq %r8, \at+R8(\base)
    movq %r9, \at+R8+8(\base)
    movq %r10, \at+R8+16(\base)
    movq %r11, \at+R8+24(\base)
    movq %r12, \at+R8+32(\base)
    movq %r13, \at+R8+40(\base)
    movq %r14, \at+R8+48(\base)
    movq %r15, \at+R15(\base)
    fxsave64 \at+FLOAT(\base)
.endm

.macro FUNCTION name
    .globl \name
    .hidden \name
    .type \name, @function
\name:
    .cfi_startproc
.endm

.macro END name
    .cfi_endproc
    .size \name, . - \name
.endm

/* 0x518: a CONTEXT at 0x40 and an aligned stack for the C routine. */
.macro ENTRY name target
FUNCTION \name
    leaq -0x518(%rsp), %rsp
    .cfi_adjust_cfa_offset 0x518
    STORE %rsp 0x40
    movl $0x246, 0x40+EFLAGS(%rsp)
    leaq 0x520(%rsp), %rax
    movq %rax, 0x40+RSP(%rsp)
    movq 0x518(%rsp), %rax
    movq %rax, 0x40+RIP(%rsp)
    leaq 0x40(%rsp), %rdi
    call \target
    ud2
END \name
.endm

ENTRY RaiseException exception_raise_entry
ENTRY RtlRaiseException exception_raise_record_entry
ENTRY RtlUnwindEx exception_unwind_entry
ENTRY RtlUnwind exception_unwind_entry
ENTRY RtlRaiseStatus exception_raise_status_entry

/* void RtlCaptureContext(CONTEXT *context), as programs call it. */
FUNCTION RtlCaptureContext
    pushfq
    .cfi_adjust_cfa_offset 8
    STORE %rcx 0
    popq %rax
    .cfi_adjust_cfa_offset -8
    movl %eax, EFLAGS(%rcx)
    leaq 8(%rsp), %rax
    movq %rax, RSP(%rcx)
    movq (%rsp), %rax
    movq %rax, RIP(%rcx)
    movq RAX(%rcx), %rax
    ret
END RtlCaptureContext

/* void context_restore(const CONTEXT *context): rdi. One instruction loads rip, rsp and the
 * flags at once, so nothing below the new stack pointer is touched. */
FUNCTION context_restore
    movl FLAGS(%rdi), %eax
    testl $8, %eax
    jz 1f
    fxrstor64 FLOAT(%rdi)
    ldmxcsr MXCSR(%rdi)
1:  movl %ss, %eax
    pushq %rax
    pushq RSP(%rdi)
    movl EFLAGS(%rdi), %eax
    pushq %rax
    movl %cs, %eax
    pushq %rax
    pushq RIP(%rdi)
    movq RAX(%rdi), %rax
    movq RCX(%rdi), %rcx
    movq RDX(%rdi), %rdx
    movq RBX(%rdi), %rbx
    movq RBP(%rdi), %rbp
    movq RSI(%rdi), %rsi
    movq R8(%rdi), %r8
    movq R8+8(%rdi), %r9
    movq R8+16(%rdi), %r10
    movq R8+24(%rdi), %r11
    movq R8+32(%rdi), %r12
    movq R8+40(%rdi), %r13
    movq R8+48(%rdi), %r14
    movq R15(%rdi), %r15
    movq RDI(%rdi), %rdi
    iretq
END context_restore

    .section .note.GNU-stack,"",@progbits
