/* SPDX-License-Identifier: MIT */
/* copy.S - memory that a program names, read and written by code of ours that may meet a fault.
 *
 * What is there in between is copied or nothing is promised: a fault between wow64_copy_begin and
 * wow64_copy_end goes on at wow64_copy_failed (exception_context.c), which answers false.
 * The frame of all functions is the same: edi and esi on top of the stack.
 */
    .text

/* bool wow64_copy(void *to, const void *from, uint32_t bytes) */
    .globl wow64_copy
    .hidden wow64_copy
    .type wow64_copy, @function
wow64_copy:
    pushl %edi
    pushl %esi
    movl 12(%esp), %edi
    movl 16(%esp), %esi
    movl 20(%esp), %ecx
    movl %ecx, %edx
    shrl $2, %ecx
    jz .Lbytes
    .globl wow64_copy_begin
    .hidden wow64_copy_begin
wow64_copy_begin:
    movl (%esi), %eax
    movl %eax, (%edi)
    addl $4, %esi
    addl $4, %edi
    decl %ecx
    jnz wow64_copy_begin
.Lbytes:
    andl $3, %edx
    jz .Ldone
.Lbyte:
    movb (%esi), %al
    movb %al, (%edi)
    incl %esi
    incl %edi
    decl %edx
    jnz .Lbyte
.Ldone:
    movl $1, %eax
    popl %esi
    popl %edi
    ret
    .size wow64_copy, . - wow64_copy

/* Eight bytes at a time where there are as many: the compiler reads two members at once, and what
 * was stored as two would be waited for. */
.macro PIECES bytes, is_renewed
    .set offset, 0
    .rept \bytes / 8
    movq offset(%esi), %xmm0
    .if \is_renewed
    movq %xmm0, offset(%esi)
    .endif
    movq %xmm0, offset(%edi)
    .set offset, offset + 8
    .endr
    .if \bytes % 8
    movl offset(%esi), %eax
    .if \is_renewed
    movl %eax, offset(%esi)
    .endif
    movl %eax, offset(%edi)
    .endif
.endm

/* bool wow64_copy4(void *to, const void *from), and other sizes: no loop to be guessed wrong. */
.macro COPY_FIXED bytes
    .globl wow64_copy\bytes
    .hidden wow64_copy\bytes
    .type wow64_copy\bytes, @function
wow64_copy\bytes:
    pushl %edi
    pushl %esi
    movl 12(%esp), %edi
    movl 16(%esp), %esi
    PIECES \bytes, 0
    movl $1, %eax
    popl %esi
    popl %edi
    ret
    .size wow64_copy\bytes, . - wow64_copy\bytes
.endm
COPY_FIXED 4
COPY_FIXED 8
COPY_FIXED 16
COPY_FIXED 24

/* bool wow64_renew4(void *to, void *from), and 8 bytes: copied, and written back where they are,
 * which shows whether they may be. */
.macro RENEW_FIXED bytes
    .globl wow64_renew\bytes
    .hidden wow64_renew\bytes
    .type wow64_renew\bytes, @function
wow64_renew\bytes:
    pushl %edi
    pushl %esi
    movl 12(%esp), %edi
    movl 16(%esp), %esi
    PIECES \bytes, 1
    movl $1, %eax
    popl %esi
    popl %edi
    ret
    .size wow64_renew\bytes, . - wow64_renew\bytes
.endm
RENEW_FIXED 4
RENEW_FIXED 8

/* bool wow64_touch(void *at): is the word there, and may it be written? It keeps its value. */
    .globl wow64_touch
    .hidden wow64_touch
    .type wow64_touch, @function
wow64_touch:
    pushl %edi
    pushl %esi
    movl 12(%esp), %edi
    lock
    orl $0, (%edi)
    movl $1, %eax
    popl %esi
    popl %edi
    ret
    .globl wow64_copy_end
    .hidden wow64_copy_end
wow64_copy_end:
    .size wow64_touch, . - wow64_touch

    .globl wow64_copy_failed
    .hidden wow64_copy_failed
    .type wow64_copy_failed, @function
wow64_copy_failed:
    xorl %eax, %eax
    popl %esi
    popl %edi
    ret
    .size wow64_copy_failed, . - wow64_copy_failed
    .section .note.GNU-stack, "", @progbits
