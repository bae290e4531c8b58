/* SPDX-License-Identifier: MIT */
/* chkstk.S - __chkstk: what compiled code calls before it takes a large frame.
 *
 * In: rax, the bytes it will take; out: nothing changed. Touches every page of them from
 * the top, so that a frame that does not fit faults here, at the stack's end, and not in
 * somebody else's memory. A driver is bound to it without a thunk: it may change no
 * register at all.
 */
    .text
    .globl ddi_chkstk
    .hidden ddi_chkstk
    .type ddi_chkstk, @function
    .p2align 4
ddi_chkstk:
    .cfi_startproc
    pushq %rax
    .cfi_adjust_cfa_offset 8
    pushq %r10
    .cfi_adjust_cfa_offset 8
    leaq 24(%rsp), %r10
1:  cmpq $4096, %rax
    jb 2f
    subq $4096, %r10
    subq $4096, %rax
    testb %al, (%r10)
    jmp 1b
2:  subq %rax, %r10
    testb %al, (%r10)
    popq %r10
    .cfi_adjust_cfa_offset -8
    popq %rax
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .size ddi_chkstk, . - ddi_chkstk

    .section .note.GNU-stack,"",@progbits
