/* SPDX-License-Identifier: MIT */
/* jump.S - setjmp and longjmp of 32-bit programs: _JUMP_BUFFER of the public setjmp.h. */
    .set EBP,          0x00
    .set EBX,          0x04
    .set EDI,          0x08
    .set ESI,          0x0c
    .set ESP,          0x10
    .set EIP,          0x14
    .set REGISTRATION, 0x18

    .text

.macro FUNCTION name
    .globl \name
    .hidden \name
    .type \name, @function
\name:
.endm

/* Stores the caller's registers and the head of the chain at edx. */
.macro STORE
    movl 4(%esp), %edx
    movl %ebp, EBP(%edx)
    movl %ebx, EBX(%edx)
    movl %edi, EDI(%edx)
    movl %esi, ESI(%edx)
    movl %esp, ESP(%edx)
    movl (%esp), %eax
    movl %eax, EIP(%edx)
    movl %fs:0, %eax
    movl %eax, REGISTRATION(%edx)
.endm

/* int _setjmp(buffer) */
FUNCTION ucrt__setjmp
    STORE
    pushl $0
    pushl $0
    pushl %edx
    call jump_describe
    addl $12, %esp
    xorl %eax, %eax
    ret
    .size ucrt__setjmp, . - ucrt__setjmp

/* int _setjmp3(buffer, count, ...): how many words follow, and what unwinds the caller's frame. */
FUNCTION ucrt__setjmp3
    STORE
    leal 12(%esp), %eax
    pushl %eax
    pushl 12(%esp)
    pushl %edx
    call jump_describe
    addl $12, %esp
    xorl %eax, %eax
    ret
    .size ucrt__setjmp3, . - ucrt__setjmp3

/* void jump_restore(const void *buffer, int value) */
FUNCTION jump_restore
    movl 4(%esp), %edx
    movl 8(%esp), %eax
    testl %eax, %eax
    jnz 1f
    incl %eax
1:  movl EBP(%edx), %ebp
    movl EBX(%edx), %ebx
    movl EDI(%edx), %edi
    movl ESI(%edx), %esi
    movl ESP(%edx), %esp
    addl $4, %esp
    jmp *EIP(%edx)
    .size jump_restore, . - jump_restore

    .section .note.GNU-stack,"",@progbits
