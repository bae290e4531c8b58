/* SPDX-License-Identifier: MIT */
/* image_guard_routines.S - where guarded code's indirect calls go through.
 *
 * check: in rcx, the target; changes no register but the flags. dispatch: in rax, the target;
 * goes there as if called directly. A target that may not be called ends in bug check 0x139,
 * parameter 10, as if the caller had called KeBugCheckEx: the report names the caller.
 */
    .macro guard_ask target
    pushq %rax
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11 /* with the return address the stack is aligned now */
    movq \target, %rdi
    call image_guard_allows
    testb %al, %al
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rax
    .endm

    .text
    .globl image_guard_check
    .hidden image_guard_check
    .hidden image_guard_allows
    .type image_guard_check, @function
    .p2align 4
image_guard_check:
    .cfi_startproc
    guard_ask %rcx
    jz 1f
    ret
1:  movq %rcx, %r9
    jmp image_guard_refuse
    .cfi_endproc
    .size image_guard_check, . - image_guard_check

    .globl image_guard_dispatch
    .hidden image_guard_dispatch
    .type image_guard_dispatch, @function
    .p2align 4
image_guard_dispatch:
    .cfi_startproc
    guard_ask %rax
    jz 1f
    jmp *%rax
1:  movq %rax, %r9
    jmp image_guard_refuse
    .cfi_endproc
    .size image_guard_dispatch, . - image_guard_dispatch

/* KeBugCheckEx(KERNEL_SECURITY_CHECK_FAILURE, FAST_FAIL_GUARD_ICALL_CHECK_FAILURE, 0, target, 0),
 * the target in r9; the last parameter lies above the caller's home area.
 */
    .type image_guard_refuse, @function
    .p2align 4
image_guard_refuse:
    .cfi_startproc
    movl $0x139, %ecx
    movl $10, %edx
    xorl %r8d, %r8d
    movq %r8, 0x28(%rsp)
    movq image_guard_stop(%rip), %rax
    testq %rax, %rax
    jz 1f
    jmp *%rax
1:  ud2
    .cfi_endproc
    .size image_guard_refuse, . - image_guard_refuse

    .section .note.GNU-stack,"",@progbits
