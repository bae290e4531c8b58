/* SPDX-License-Identifier: MIT */
/* fiber_switch.S - void fiber_switch(void **out_from, void *to) for 32-bit programs. */
    .text

    .globl fiber_switch
    .hidden fiber_switch
    .type fiber_switch, @function
fiber_switch:
    movl 4(%esp), %eax
    movl 8(%esp), %edx
    pushl %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    subl $8, %esp
    stmxcsr (%esp)
    fnstcw 4(%esp)
    movl %esp, (%eax)
    movl %edx, %esp
    ldmxcsr (%esp)
    fldcw 4(%esp)
    addl $8, %esp
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret
    .size fiber_switch, . - fiber_switch

/* Where a fiber begins: ebx holds its routine. */
    .globl fiber_begin
    .hidden fiber_begin
    .type fiber_begin, @function
fiber_begin:
    xorl %ebp, %ebp
    call *%ebx
    ud2
    .size fiber_begin, . - fiber_begin

    .section .note.GNU-stack,"",@progbits
