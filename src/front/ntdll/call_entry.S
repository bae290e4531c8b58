/* SPDX-License-Identifier: MIT */
/* call_entry.S - the way of a program's call into our code, and back: struct call_record.
 *
 * The stub of a system function comes here with the function in r11. The record takes the
 * registers that Microsoft's convention keeps and the return address, whose place gets ours;
 * so arguments stay where they are, however many. Without a free record the call goes through
 * unrecorded. Only rax, r10 and r11 are touched, on the way back only r10 and r11.
 */
    .set CALLS, 0x1850 /* struct teb: calls, calls_free (asserted in call.c) */
    .set FREE,  0x1858
    .set NEXT,  0x00   /* struct call_record (asserted in call.c) */
    .set RIP,   0x08
    .set RSP,   0x10
    .set RBX,   0x18
    .set RBP,   0x20
    .set RSI,   0x28
    .set RDI,   0x30
    .set R12,   0x38
    .set R13,   0x40
    .set R14,   0x48
    .set R15,   0x50
    .set XMM6,  0x60

    .text
    .globl call_entry
    .hidden call_entry
    .type call_entry, @function
call_entry:
    movq %gs:FREE, %rax
    testq %rax, %rax
    jz 1f
    movq %rsp, RSP(%rax)
    movq %rbx, RBX(%rax)
    movq %rbp, RBP(%rax)
    movq %rsi, RSI(%rax)
    movq %rdi, RDI(%rax)
    movq %r12, R12(%rax)
    movq %r13, R13(%rax)
    movq %r14, R14(%rax)
    movq %r15, R15(%rax)
    .irp n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movaps %xmm\n, XMM6 + 16 * (\n - 6)(%rax)
    .endr
    movq NEXT(%rax), %r10
    movq %r10, %gs:FREE
    movq %gs:CALLS, %r10
    movq %r10, NEXT(%rax)
    movq (%rsp), %r10
    movq %r10, RIP(%rax)
    leaq call_return(%rip), %r10
    movq %r10, (%rsp)
    movq %rax, %gs:CALLS
1:  jmp *%r11
    .size call_entry, . - call_entry

/* Records below ours belong to calls that the program left by a jump of its own. */
    .globl call_return
    .hidden call_return
    .type call_return, @function
call_return:
    movq %gs:CALLS, %r10
    movq NEXT(%r10), %r11
    movq %r11, %gs:CALLS
    movq %gs:FREE, %r11
    movq %r11, NEXT(%r10)
    movq %r10, %gs:FREE
    leaq -8(%rsp), %r11
    cmpq %r11, RSP(%r10)
    jb call_return
    jmp *RIP(%r10)
    .size call_return, . - call_return

    .section .note.GNU-stack,"",@progbits
