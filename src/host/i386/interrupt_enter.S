/* SPDX-License-Identifier: MIT */
/* interrupt_enter.S - where an interrupted 32-bit thread goes on, on its own stack.
 *
 * In: eax = a copy of the kernel's ucontext, esp 140 bytes below it, as rt_sigreturn wants it.
 * Never returns; nothing of the interrupted state is lost, because all of it is in the copy.
 */
        .section .rodata
        .balign 4
host_mxcsr_default:
        .long   0x1f80

        .text
        .globl  host_interrupt_enter
        .hidden host_interrupt_enter
        .type   host_interrupt_enter, @function
        .balign 16
host_interrupt_enter:
        fninit
        ldmxcsr host_mxcsr_default
        movl    %esp, %ebx
        andl    $-16, %esp
        subl    $12, %esp
        pushl   %eax
        call    host_interrupt_run
        movl    %ebx, %esp
        movl    $173, %eax              /* rt_sigreturn */
        int     $0x80
        ud2
        .size   host_interrupt_enter, . - host_interrupt_enter
        .section .note.GNU-stack, "", @progbits
