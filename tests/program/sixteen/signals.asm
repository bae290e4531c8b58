; SPDX-License-Identifier: MIT
; signals.asm - crosses every border again and again and checks that no register changes.
%include "task.inc"
cpu 386

extern GetVersion
import GetVersion KERNEL GetVersion

main:
    mov ax, started
    call print
    mov dword [rounds], 60000
.again:
    mov ebx, 11112222h
    mov esi, 33334444h
    mov edi, 55556666h
    mov ebp, 77778888h
    push ds
    pop fs
    push word [rounds]
    call far GetVersion     ; a call out
    cmp ax, 0a03h
    jne .bad
    mov eax, 9999aaaah
    mov ecx, 0bbbbccccH
    mov edx, 0ddddeeeeh
    clc
    int 28h                 ; a fault that is answered
    cmp eax, 9999aaaah
    jne .bad
    cmp ecx, 0bbbbccccH
    jne .bad
    cmp edx, 0ddddeeeeh
    jne .bad
    cmp ebx, 11112222h
    jne .bad
    cmp esi, 33334444h
    jne .bad
    cmp edi, 55556666h
    jne .bad
    cmp ebp, 77778888h
    jne .bad
    mov ax, fs
    mov cx, ds
    cmp ax, cx
    jne .bad
    pop ax
    cmp ax, [rounds]
    jne .bad
    dec dword [rounds]
    jnz .again
    mov ax, good
    call print
    xor ax, ax
    ret
.bad:
    mov ax, bad
    call print
    mov ax, 1
    ret

segment data
rounds: dd 0
started: db "started", 10, 0
good: db "nothing has changed", 10, 0
bad: db "a register has changed", 10, 0
