; SPDX-License-Identifier: MIT
; clean.asm - interrupts and flags that a program may touch; ends well.
%include "task.inc"
cpu 486

main:
    cli
    sti
    mov ax, 1600h
    int 2fh
    call print_word         ; 0a03
    mov ax, 0400h
    int 31h
    call print_word         ; 005a
    mov ax, 1111h           ; no service has that number
    int 31h
    sbb ax, ax
    call print_word         ; ffff
    mov ah, 0ffh
    int 21h
    sbb bx, bx
    add ax, bx
    call print_word         ; error 1, less 1: 0000
    ; High halves of registers and segment registers of the 386 stay over calls.
    mov esi, 12345678h
    mov edi, 87654321h
    mov ebp, 0abcdef01h
    push ds
    pop fs
    push ds
    pop gs
    mov ax, empty
    call print
    cmp esi, 12345678h
    jne .bad
    cmp edi, 87654321h
    jne .bad
    cmp ebp, 0abcdef01h
    jne .bad
    mov ax, fs
    mov bx, ds
    cmp ax, bx
    jne .bad
    mov ax, gs
    cmp ax, bx
    jne .bad
    xor ax, ax
    ret
.bad:
    mov ax, 1
    ret

segment data
empty: db 0
