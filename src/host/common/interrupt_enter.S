/* SPDX-License-Identifier: MIT */
/* interrupt_enter.S - where an interrupted thread goes on, on its own stack.
 *
 * In: rsp = rdi = a copy of the kernel's ucontext, 64-byte aligned. The call pushes
 * its return address where the kernel's own frames have theirs, so that rt_sigreturn
 * finds the layout it knows, and the unwind rules below show debuggers the
 * interrupted frame. Never returns; nothing of the interrupted state is lost, because
 * all of it is in the copy.
 */
        .section .rodata
        .balign 4
host_mxcsr_default:
        .long   0x1f80

/* Offsets of a ucontext from rsp: the saved registers. Columns: DWARF number, offset. */
        .macro  saved_at number, offset
        .cfi_escape 0x10, \number, 3, 0x77, (\offset & 0x7f) | 0x80, \offset >> 7
        .endm

        .text
        .globl  host_interrupt_enter
        .hidden host_interrupt_enter
        .type   host_interrupt_enter, @function
        .balign 16
        .cfi_startproc
        .cfi_signal_frame
        /* CFA = *(rsp + 160), the interrupted rsp */
        .cfi_escape 0x0f, 4, 0x77, (160 & 0x7f) | 0x80, 160 >> 7, 0x06
        saved_at 8, 40
        saved_at 9, 48
        saved_at 10, 56
        saved_at 11, 64
        saved_at 12, 72
        saved_at 13, 80
        saved_at 14, 88
        saved_at 15, 96
        saved_at 5, 104
        saved_at 4, 112
        saved_at 6, 120
        saved_at 3, 128
        saved_at 1, 136
        saved_at 0, 144
        saved_at 2, 152
        saved_at 7, 160
        saved_at 16, 168
        nop
host_interrupt_enter:
        fninit
        ldmxcsr host_mxcsr_default(%rip)
        call    host_interrupt_run
        mov     $15, %rax               /* rt_sigreturn */
        syscall
        ud2
        .cfi_endproc
        .size   host_interrupt_enter, . - host_interrupt_enter
        .section .note.GNU-stack, "", @progbits
