/* SPDX-License-Identifier: MIT */
/* proc_call.S - calls a 32-bit function with any number of parameters, of either convention.
 *
 * The stack pointer comes back from the frame, so it is the same who takes the parameters off.
 */
    .text
    .globl proc_call
    .hidden proc_call
    .type proc_call, @function
proc_call:
    pushl %ebp
    movl %esp, %ebp
    pushl %esi
    pushl %edi
    pushl %ebx
    movl 12(%ebp), %esi
    movl 16(%ebp), %ecx
    leal (, %ecx, 4), %eax
    subl %eax, %esp
    andl $-16, %esp
    movl %esp, %edi
    cld
    rep movsl
    call *8(%ebp)
    cld
    leal -12(%ebp), %esp
    popl %ebx
    popl %edi
    popl %esi
    popl %ebp
    ret
    .size proc_call, . - proc_call

    .section .note.GNU-stack,"",@progbits
