/* SPDX-License-Identifier: MIT */
/* stdcall.S - uint32_t flat_stdcall(target, arguments, bytes): a call whose arguments are memory. */
    .text
    .globl flat_stdcall
    .hidden flat_stdcall
    .type flat_stdcall, @function
flat_stdcall:
    pushl %ebp
    movl %esp, %ebp
    pushl %esi
    pushl %edi
    movl 16(%ebp), %ecx
    subl %ecx, %esp
    andl $-16, %esp
    movl 12(%ebp), %esi
    movl %esp, %edi
    shrl $2, %ecx
    rep movsl
    call *8(%ebp)
    /* Whoever takes the arguments off, and whether rightly: */
    leal -8(%ebp), %esp
    popl %edi
    popl %esi
    popl %ebp
    ret
    .size flat_stdcall, . - flat_stdcall
    .section .note.GNU-stack, "", @progbits
