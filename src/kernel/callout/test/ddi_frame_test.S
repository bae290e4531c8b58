/* SPDX-License-Identifier: MIT */
/* ddi_frame_test.S - thunks under test, and a caller that behaves like a driver.
 *
 * driver_call loads all registers that a callee must keep with known values, calls, and
 * stores what it finds in them afterwards.
 */
#include "callout/ddi_entry.inc"

    .text
    ddi_entry entry_sum0, sum0, 0, test_rows
    ddi_entry entry_sum1, sum1, 0, test_rows
    ddi_entry entry_sum4, sum4, 0, test_rows
    ddi_entry entry_sum5, sum5, 1, test_rows
    ddi_entry entry_sum6, sum6, 2, test_rows
    ddi_entry entry_sum11, sum11, 7, test_rows + 32
    ddi_entry entry_variadic, variadic, DDI_VARIADIC_SLOTS, test_rows
    ddi_entry entry_float, floats, 1, test_rows
    ddi_entry entry_nested, nested, 0, test_rows
    ddi_absent_tail absent_tail, test_rows, abi_export_absent
    ddi_absent_stub absent_first, 0, absent_tail
    ddi_absent_stub absent_second, 1, absent_tail

/* Offsets in struct registers of the test. */
#define R_RBX 0
#define R_RBP 8
#define R_RSI 16
#define R_RDI 24
#define R_R12 32
#define R_R13 40
#define R_R14 48
#define R_R15 56
#define R_XMM 64
#define R_RSP 224
#define R_RIP 232

/* Room for 28 arguments, then what we keep for ourselves. */
#define K_IN    (28 * 8)
#define K_OUT   (K_IN + 8)
#define K_FRAME (K_OUT + 8)

    .globl driver_call
    .type driver_call, @function
driver_call:
    .cfi_startproc
    pushq %rbx
    .cfi_adjust_cfa_offset 8
    pushq %rbp
    .cfi_adjust_cfa_offset 8
    pushq %r12
    .cfi_adjust_cfa_offset 8
    pushq %r13
    .cfi_adjust_cfa_offset 8
    pushq %r14
    .cfi_adjust_cfa_offset 8
    pushq %r15
    .cfi_adjust_cfa_offset 8
    subq $(K_FRAME + 8), %rsp
    .cfi_adjust_cfa_offset (K_FRAME + 8)
    movq %rcx, K_IN(%rsp)
    movq %r8, K_OUT(%rsp)
    movq %r8, %r9
    movq %rdi, %rax
    xorl %r10d, %r10d
1:  cmpq %rdx, %r10
    jae 2f
    movq (%rsi, %r10, 8), %r11
    movq %r11, (%rsp, %r10, 8)
    incq %r10
    jmp 1b
2:  leaq 3f(%rip), %r11
    movq %rsp, R_RSP(%r9)
    movq %r11, R_RIP(%r9)
    movq %rcx, %r10
    movq R_RBX(%r10), %rbx
    movq R_RBP(%r10), %rbp
    movq R_RSI(%r10), %rsi
    movq R_RDI(%r10), %rdi
    movq R_R12(%r10), %r12
    movq R_R13(%r10), %r13
    movq R_R14(%r10), %r14
    movq R_R15(%r10), %r15
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups (R_XMM + 16 * (\n - 6))(%r10), %xmm\n
    .endr
    movq (%rsp), %rcx
    movq 8(%rsp), %rdx
    movq 16(%rsp), %r8
    movq 24(%rsp), %r9
    call *%rax
3:  movq K_OUT(%rsp), %r10
    movq %rbx, R_RBX(%r10)
    movq %rbp, R_RBP(%r10)
    movq %rsi, R_RSI(%r10)
    movq %rdi, R_RDI(%r10)
    movq %r12, R_R12(%r10)
    movq %r13, R_R13(%r10)
    movq %r14, R_R14(%r10)
    movq %r15, R_R15(%r10)
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups %xmm\n, (R_XMM + 16 * (\n - 6))(%r10)
    .endr
    addq $(K_FRAME + 8), %rsp
    .cfi_adjust_cfa_offset -(K_FRAME + 8)
    popq %r15
    .cfi_adjust_cfa_offset -8
    popq %r14
    .cfi_adjust_cfa_offset -8
    popq %r13
    .cfi_adjust_cfa_offset -8
    popq %r12
    .cfi_adjust_cfa_offset -8
    popq %rbp
    .cfi_adjust_cfa_offset -8
    popq %rbx
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .size driver_call, . - driver_call

    .section .note.GNU-stack,"",@progbits
