/* SPDX-License-Identifier: MIT */
/* frame_call.S - pieces of a function that a handler calls: filters, finally and catch blocks.
 *
 * Such a piece finds the function's variables by ebp and may change every register.
 */
    .text

.macro FUNCTION name
    .globl \name
    .hidden \name
    .type \name, @function
\name:
.endm

/* uint32_t frame_call(const void *piece, uint32_t ebp) */
FUNCTION frame_call
    pushl %ebp
    movl %esp, %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    movl 8(%ebp), %eax
    movl 12(%ebp), %ecx
    pushl %ebp
    movl %ecx, %ebp
    call *%eax
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret
    .size frame_call, . - frame_call

/* void frame_enter(const void *code, uint32_t ebp, uint32_t esp): goes on there for good. */
FUNCTION frame_enter
    movl 4(%esp), %eax
    movl 8(%esp), %ebp
    movl 12(%esp), %esp
    jmp *%eax
    .size frame_enter, . - frame_enter

/* void frame_check(void *routine, uint32_t value): value in ecx, as fastcall takes it. */
FUNCTION frame_check
    movl 8(%esp), %ecx
    jmp *4(%esp)
    .size frame_check, . - frame_check

/* The handler of functions with C++ tables: eax holds the tables' address, the rest is a
 * handler's. int cxx_frame_entry(tables, record, frame) */
FUNCTION ucrt___CxxFrameHandler3
    pushl %ebp
    movl %esp, %ebp
    andl $-16, %esp
    subl $4, %esp
    pushl 12(%ebp)
    pushl 8(%ebp)
    pushl %eax
    cld
    call cxx_frame_entry
    leave
    ret
    .size ucrt___CxxFrameHandler3, . - ucrt___CxxFrameHandler3

    .section .note.GNU-stack,"",@progbits
