/* SPDX-License-Identifier: MIT */
/* callout_invoke.S - the boundary: a native call becomes a driver's.
 *
 * uint64_t callout_enter(const void *routine, const uint64_t *arguments, unsigned count)
 *
 * Links a struct callout_frame (callout.h has its layout) into callout_top for as long as the
 * routine runs. The driver's calling convention keeps every register that ours must keep,
 * so nothing else is saved. callout_return is the address that tells the unwinder: driver
 * frames end here.
 */
#define FRAME_PREVIOUS 0
#define FRAME_DDI      8
#define FRAME_ROUTINE  16
#define FRAME_RSP      24
#define FRAME_SIZE     32
/* 32 bytes home space, 48 for arguments 5 to 10. */
#define ARGS_SIZE      80

    .text
    .globl callout_enter
    .hidden callout_enter
    .globl callout_return
    .hidden callout_return
    .type callout_enter, @function
callout_enter:
    .cfi_startproc
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq %rsp, %rbp
    .cfi_def_cfa_register %rbp
    subq $(ARGS_SIZE + FRAME_SIZE), %rsp

    movq callout_top@gottpoff(%rip), %r10
    movq ddi_top@gottpoff(%rip), %r11
    movq %fs:(%r10), %rax
    movq %rax, ARGS_SIZE + FRAME_PREVIOUS(%rsp)
    movq %fs:(%r11), %rax
    movq %rax, ARGS_SIZE + FRAME_DDI(%rsp)
    movq %rdi, ARGS_SIZE + FRAME_ROUTINE(%rsp)
    leaq -8(%rsp), %rax
    movq %rax, ARGS_SIZE + FRAME_RSP(%rsp)
    leaq ARGS_SIZE(%rsp), %rax
    movq %rax, %fs:(%r10)

    movq %rdi, %rax
    movq %rsi, %r10
    cmpl $5, %edx
    jb 1f
    movl %edx, %ecx
0:  movq -8(%r10,%rcx,8), %r11
    movq %r11, -8(%rsp,%rcx,8)
    decl %ecx
    cmpl $4, %ecx
    ja 0b
1:  cmpl $4, %edx
    jb 2f
    movq 24(%r10), %r9
2:  cmpl $3, %edx
    jb 3f
    movq 16(%r10), %r8
3:  movl %edx, %r11d
    cmpl $1, %r11d
    jb 5f
    je 4f
    movq 8(%r10), %rdx
4:  movq (%r10), %rcx
5:  call *%rax
callout_return:
    movq callout_top@gottpoff(%rip), %r10
    movq ARGS_SIZE + FRAME_PREVIOUS(%rsp), %r11
    movq %r11, %fs:(%r10)
    leave
    .cfi_def_cfa %rsp, 8
    ret
    .cfi_endproc
    .size callout_enter, . - callout_enter

    .section .note.GNU-stack,"",@progbits
