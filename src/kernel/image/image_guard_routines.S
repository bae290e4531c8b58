/* SPDX-License-Identifier: MIT */
/* image_guard_routines.S - where guarded code's indirect calls go through.
 *
 * check: in rcx, the target; changes no register. dispatch: in rax, the target; goes there as
 * if called directly. Neither has a frame, so an unwinder never sees them.
 */
    .text
    .globl image_guard_check
    .hidden image_guard_check
    .type image_guard_check, @function
    .p2align 4
image_guard_check:
    .cfi_startproc
    ret
    .cfi_endproc
    .size image_guard_check, . - image_guard_check

    .globl image_guard_dispatch
    .hidden image_guard_dispatch
    .type image_guard_dispatch, @function
    .p2align 4
image_guard_dispatch:
    .cfi_startproc
    jmp *%rax
    .cfi_endproc
    .size image_guard_dispatch, . - image_guard_dispatch

    .section .note.GNU-stack,"",@progbits
