/* SPDX-License-Identifier: MIT */
/* dispatch_enter.S - where the C library enters the kernel, in place of the kernel's own page.
 *
 * In: registers as that page wants them. The thread's word allows calls while this one is made, and
 * then says again what it said before (a signal's handler calls, too). A caller below 3 GiB is a
 * program: its call goes on as if it had been made there, and is refused.
 */
#define NATIVE_LOW 0xc0000000

        .text
        .globl  host_call_enter
        .hidden host_call_enter
        .type   host_call_enter, @function
        .balign 16
host_call_enter:
        cmpl    $NATIVE_LOW, (%esp)
        jb      1f
        pushl   %gs:host_call_filter@ntpoff
        movl    $0, %gs:host_call_filter@ntpoff
        call    *host_kernel_enter
        popl    %gs:host_call_filter@ntpoff
        ret
1:      jmp     *host_kernel_enter
        .size   host_call_enter, . - host_call_enter

/* int32_t host_call_make(uint32_t call, const greg_t *registers): the arguments as a signal frame
 * has them, in the order of REG_*. */
#define REG_EDI 16
#define REG_ESI 20
#define REG_EBP 24
#define REG_EBX 32
#define REG_EDX 36
#define REG_ECX 40
        .globl  host_call_make
        .hidden host_call_make
        .type   host_call_make, @function
        .balign 16
host_call_make:
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    20(%esp), %eax
        movl    24(%esp), %edx
        movl    REG_EBX(%edx), %ebx
        movl    REG_ECX(%edx), %ecx
        movl    REG_ESI(%edx), %esi
        movl    REG_EDI(%edx), %edi
        movl    REG_EBP(%edx), %ebp
        movl    REG_EDX(%edx), %edx
        int     $0x80
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret
        .size   host_call_make, . - host_call_make
        .section .note.GNU-stack, "", @progbits
