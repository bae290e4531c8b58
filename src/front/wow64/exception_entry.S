/* SPDX-License-Identifier: MIT */
/* exception_entry.S - where registers are taken as a 32-bit program had them, and given back.
 *
 * A routine of ENTRY is called by a program; the C routine behind it is given a CONTEXT of the
 * caller as it will be after the return (its arguments popped) and where the arguments are.
 * Offsets are those of the 32-bit CONTEXT (ntcontext.h).
 */
#define FLAGS   0x00
#define SEGGS   0x8c
#define SEGFS   0x90
#define SEGES   0x94
#define SEGDS   0x98
#define EDI     0x9c
#define ESI     0xa0
#define EBX     0xa4
#define EDX     0xa8
#define ECX     0xac
#define EAX     0xb0
#define EBP     0xb4
#define EIP     0xb8
#define SEGCS   0xbc
#define EFLAGS  0xc0
#define ESP     0xc4
#define SEGSS   0xc8
#define CONTEXT_BYTES 0x2cc
#define CONTEXT_FULL  0x10007
#define HAS_EXTENDED  0x20
#define EXTENDED      0xcc /* an image of fxsave */
#define MXCSR         24

    .text

/* Stores everything but Eip, Esp, Eax and EFlags at eax. */
.macro STORE
    movl $CONTEXT_FULL, FLAGS(%eax)
    movl %ecx, ECX(%eax)
    movl %edx, EDX(%eax)
    movl %ebx, EBX(%eax)
    movl %ebp, EBP(%eax)
    movl %esi, ESI(%eax)
    movl %edi, EDI(%eax)
    movl $0, SEGGS(%eax)
    movw %gs, SEGGS(%eax)
    movl $0, SEGFS(%eax)
    movw %fs, SEGFS(%eax)
    movl $0, SEGES(%eax)
    movw %es, SEGES(%eax)
    movl $0, SEGDS(%eax)
    movw %ds, SEGDS(%eax)
    movl $0, SEGCS(%eax)
    movw %cs, SEGCS(%eax)
    movl $0, SEGSS(%eax)
    movw %ss, SEGSS(%eax)
.endm

.macro FUNCTION name
    .globl \name
    .hidden \name
    .type \name, @function
\name:
.endm

/* words: so many arguments the callee pops. */
.macro ENTRY name target words
FUNCTION \name
    leal -CONTEXT_BYTES(%esp), %eax
    STORE
    movl $0, EAX(%eax)
    movl $0x246, EFLAGS(%eax)
    movl (%esp), %ecx
    movl %ecx, EIP(%eax)
    leal 4 + 4 * \words(%esp), %ecx
    movl %ecx, ESP(%eax)
    leal 4(%esp), %ecx
    leal -0x20(%eax), %esp
    andl $-16, %esp
    movl %eax, (%esp)
    movl %ecx, 4(%esp)
    call \target
    ud2
    .size \name, . - \name
.endm

ENTRY RaiseException exception_raise_entry 4
ENTRY RtlRaiseException exception_raise_record_entry 1
ENTRY RtlRaiseStatus exception_raise_status_entry 1
ENTRY ucrt__CxxThrowException cxx_throw_entry 2

/* void RtlCaptureContext(CONTEXT *context), as programs call it: the caller's frame. */
FUNCTION RtlCaptureContext
    pushl %eax
    movl 8(%esp), %eax
    STORE
    popl EAX(%eax)
    pushfl
    popl EFLAGS(%eax)
    movl (%esp), %ecx
    movl %ecx, EIP(%eax)
    leal 8(%esp), %ecx
    movl %ecx, ESP(%eax)
    movl ECX(%eax), %ecx
    ret $4
    .size RtlCaptureContext, . - RtlCaptureContext

/* void context_restore(const CONTEXT *context). The flags and Eip are put below the new stack
 * pointer first: nothing of the program lies there. */
FUNCTION context_restore
    movl 4(%esp), %eax
    testl $HAS_EXTENDED, FLAGS(%eax)
    jz 1f
    subl $528, %esp
    andl $-16, %esp
    leal EXTENDED(%eax), %esi
    movl %esp, %edi
    movl $128, %ecx
    cld
    rep movsl
    andl $0xffff, MXCSR(%esp)
    fxrstor (%esp)
1:  movl ESP(%eax), %edx
    movl EIP(%eax), %ecx
    movl %ecx, -4(%edx)
    movl EFLAGS(%eax), %ecx
    movl %ecx, -8(%edx)
    movl EAX(%eax), %ecx
    movl %ecx, -12(%edx)
    movl EDX(%eax), %ecx
    movl %ecx, -16(%edx)
    movl ECX(%eax), %ecx
    movl EBX(%eax), %ebx
    movl EBP(%eax), %ebp
    movl ESI(%eax), %esi
    movl EDI(%eax), %edi
    leal -16(%edx), %esp
    popl %edx
    popl %eax
    popfl
    ret
    .size context_restore, . - context_restore

/* int handler_call(routine, record, frame, context, dispatcher): a handler of the program's, called
 * as C functions are. Whatever it does with its registers, ours are back afterwards. */
FUNCTION handler_call
    pushl %ebp
    movl %esp, %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    andl $-16, %esp
    pushl 24(%ebp)
    pushl 20(%ebp)
    pushl 16(%ebp)
    pushl 12(%ebp)
    call *8(%ebp)
    leal -12(%ebp), %esp
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret
    .size handler_call, . - handler_call

    .section .note.GNU-stack,"",@progbits
