/* SPDX-License-Identifier: MIT */
/* user_copy.S - the only instructions of ours that touch a program's memory.
 *
 * NTSTATUS user_copy_bytes(void *to, const void *from, size_t length)
 * NTSTATUS user_write_status(IO_STATUS_BLOCK *to, NTSTATUS status, ULONG_PTR information)
 * NTSTATUS user_fill_bytes(void *to, int byte, size_t length)
 * NTSTATUS user_touch_read(const void *address), user_touch_write(void *address)
 *
 * No routine here pushes anything, so whoever finds a fault between user_code_begin and
 * user_code_end goes on at user_code_fault, which returns STATUS_ACCESS_VIOLATION.
 */
    .text
    .p2align 4
    .globl user_code_begin
    .hidden user_code_begin
user_code_begin:

    .globl user_copy_bytes
    .hidden user_copy_bytes
    .type user_copy_bytes, @function
user_copy_bytes:
    endbr64
    cmp $16, %rdx
    ja 2f
    cmp $8, %rdx
    jae 1f
    cmp $4, %rdx
    jae 3f
    test %rdx, %rdx
    je 5f
4:  movb (%rsi), %al
    movb %al, (%rdi)
    inc %rsi
    inc %rdi
    dec %rdx
    jne 4b
5:  xor %eax, %eax
    ret
1:  mov (%rsi), %rax
    mov -8(%rsi,%rdx), %rcx
    mov %rax, (%rdi)
    mov %rcx, -8(%rdi,%rdx)
    xor %eax, %eax
    ret
3:  mov (%rsi), %eax
    mov -4(%rsi,%rdx), %ecx
    mov %eax, (%rdi)
    mov %ecx, -4(%rdi,%rdx)
    xor %eax, %eax
    ret
2:  mov %rdx, %rcx
    rep movsb
    xor %eax, %eax
    ret
    .size user_copy_bytes, . - user_copy_bytes

    .globl user_write_status
    .hidden user_write_status
    .type user_write_status, @function
user_write_status:
    endbr64
    mov %rdx, 8(%rdi)
    mov %esi, (%rdi)
    xor %eax, %eax
    ret
    .size user_write_status, . - user_write_status

    .globl user_fill_bytes
    .hidden user_fill_bytes
    .type user_fill_bytes, @function
user_fill_bytes:
    endbr64
    mov %rdx, %rcx
    mov %esi, %eax
    rep stosb
    xor %eax, %eax
    ret
    .size user_fill_bytes, . - user_fill_bytes

    .globl user_touch_read
    .hidden user_touch_read
    .type user_touch_read, @function
user_touch_read:
    endbr64
    movb (%rdi), %al
    xor %eax, %eax
    ret
    .size user_touch_read, . - user_touch_read

/* Changes nothing, even when another thread writes the byte at the same time. */
    .globl user_touch_write
    .hidden user_touch_write
    .type user_touch_write, @function
user_touch_write:
    endbr64
    lock orb $0, (%rdi)
    xor %eax, %eax
    ret
    .size user_touch_write, . - user_touch_write

    .globl user_code_end
    .hidden user_code_end
user_code_end:

    .globl user_code_fault
    .hidden user_code_fault
user_code_fault:
    mov $0xc0000005, %eax
    ret

    .section .note.GNU-stack, "", @progbits
