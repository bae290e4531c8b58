/* SPDX-License-Identifier: MIT */
/* switch.S - between flat 32-bit code and 16-bit code, through the local descriptor table.
 *
 * All registers of 16-bit code pass through cpu16_state, whose layout is that of
 * struct cpu16_registers. Everything on the way out is loaded through CS, which is flat when DS is
 * not any more; SS is the last of ours to go and the first to come back, so that a signal handler
 * knows by it whose FS and GS it found.
 */
#define EAX    0
#define ECX    4
#define EDX    8
#define EBX    12
#define EBP    16
#define ESI    20
#define EDI    24
#define ESP    28
#define SS     32
#define EIP    36
#define CS     40
#define EFLAGS 44
#define DS     48
#define ES     52
#define FS     56
#define GS     60

#define FLAT_DATA 0x2b

    .text

/* void cpu16_enter(void): runs cpu16_state until it comes back. */
    .globl cpu16_enter
    .hidden cpu16_enter
    .type cpu16_enter, @function
cpu16_enter:
    pushl %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl cpu16_flat_stack
    movl %esp, cpu16_flat_stack
cpu16_resume:
    movl cpu16_state + ECX, %ecx
    movl cpu16_state + EDX, %edx
    movl cpu16_state + EBX, %ebx
    movl cpu16_state + EBP, %ebp
    movl cpu16_state + ESI, %esi
    movl cpu16_state + EDI, %edi
    movl cpu16_state + EAX, %eax
    pushl cpu16_state + EFLAGS
    popfl
    lss cpu16_state + ESP, %esp
    movw %cs:cpu16_state + GS, %gs
    movw %cs:cpu16_state + FS, %fs
    movw %cs:cpu16_state + ES, %es
    movw %cs:cpu16_state + DS, %ds
    ljmp *%cs:cpu16_state + EIP
    .size cpu16_enter, . - cpu16_enter

/* Comes from a thunk: [eip32] [cs32] [number32] [return 16:16] [arguments] on the 16-bit stack. */
    .globl cpu16_out
    .hidden cpu16_out
    .type cpu16_out, @function
cpu16_out:
    pushl %ds
    pushl %eax
    movl $FLAT_DATA, %eax
    movl %eax, %ds
    popl cpu16_state + EAX
    popl cpu16_state + DS
    pushfl
    popl cpu16_state + EFLAGS
    movl %edx, cpu16_state + EDX
    movl %ebx, cpu16_state + EBX
    popl %edx                       /* in the thunk: nobody goes back there */
    popl %edx
    popl %edx                       /* the number */
    popl %ebx                       /* where it was called from */
    movzwl %bx, %eax
    movl %eax, cpu16_state + EIP
    shrl $16, %ebx
    movl %ebx, cpu16_state + CS
.Lcall_c:
    cld
    movl %ecx, cpu16_state + ECX
    movl %ebp, cpu16_state + EBP
    movl %esi, cpu16_state + ESI
    movl %edi, cpu16_state + EDI
    movl %esp, cpu16_state + ESP
    movl %ss, %eax
    movl %eax, cpu16_state + SS
    movl %es, %eax
    movl %eax, cpu16_state + ES
    movl %fs, %eax
    movl %eax, cpu16_state + FS
    movl %gs, %eax
    movl %eax, cpu16_state + GS
    movw cpu16_host_fs, %fs
    movw cpu16_host_gs, %gs
    movl $FLAT_DATA, %eax
    movl %eax, %es
    movl %eax, %ss
    movl cpu16_flat_stack, %esp
    pushl %edx
    call cpu16_out_run
    addl $4, %esp
    testl %eax, %eax
    jz cpu16_resume
    /* Back out of cpu16_enter. */
    popl cpu16_flat_stack
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret
    .size cpu16_out, . - cpu16_out

/* Comes from the far address that called code returns to; nothing of ours is on the stack. */
    .globl cpu16_back
    .hidden cpu16_back
    .type cpu16_back, @function
cpu16_back:
    pushl %ds
    pushl %eax
    movl $FLAT_DATA, %eax
    movl %eax, %ds
    popl cpu16_state + EAX
    popl cpu16_state + DS
    pushfl
    popl cpu16_state + EFLAGS
    movl %edx, cpu16_state + EDX
    movl %ebx, cpu16_state + EBX
    xorl %edx, %edx
    jmp .Lcall_c
    .size cpu16_back, . - cpu16_back

/* Comes from the signal handler, which has filled cpu16_state and put us on the flat stack. */
    .globl cpu16_fault_enter
    .hidden cpu16_fault_enter
    .type cpu16_fault_enter, @function
cpu16_fault_enter:
    call cpu16_fault_run
    jmp cpu16_resume
    .size cpu16_fault_enter, . - cpu16_fault_enter

    .section .note.GNU-stack,"",@progbits
