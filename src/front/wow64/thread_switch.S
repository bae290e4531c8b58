/* SPDX-License-Identifier: MIT */
/* thread_switch.S - from the host's stack to one of the program, and back; 32 bits. */
    .text

/* uint64_t stack_run(void *top, uint64_t (*function)(void *), void *argument, void **out_return) */
    .globl stack_run
    .hidden stack_run
    .type stack_run, @function
stack_run:
    pushl %ebp
    movl %esp, %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    movl 20(%ebp), %eax
    movl %esp, (%eax)
    movl 8(%ebp), %ecx
    movl 12(%ebp), %edx
    movl 16(%ebp), %eax
    movl %ecx, %esp
    andl $-16, %esp
    subl $12, %esp
    pushl %eax
    call *%edx
    leal -12(%ebp), %esp
.Lback:
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret
    .size stack_run, . - stack_run

/* void stack_leave(void *to, uint64_t value) */
    .globl stack_leave
    .hidden stack_leave
    .type stack_leave, @function
stack_leave:
    movl 8(%esp), %eax
    movl 12(%esp), %edx
    movl 4(%esp), %esp
    jmp .Lback
    .size stack_leave, . - stack_leave

    .section .note.GNU-stack,"",@progbits
