; SPDX-License-Identifier: MIT
; hello.asm - prints by KERNEL and by INT 21h, and shows what a program is started with.
%include "task.inc"

main:
    push es
    mov ax, hello
    call print
    mov dx, by_dos          ; INT 21h, AH=40h
    mov cx, by_dos.length
    mov bx, 1
    mov ah, 40h
    int 21h
    mov dx, by_dollar
    mov ah, 9
    int 21h
    pop es                  ; the command tail, as DOS has it in the prefix
    mov cl, [es:80h]
    xor ch, ch
    jcxz .bare
    push ds
    push es
    pop ds
    mov dx, 81h
    mov bx, 1
    mov ah, 40h
    int 21h
    pop ds
.bare:
    mov ax, 7
    ret

segment data
hello: db "hello from 16 bits", 10, 0
by_dos: db "and from DOS", 10
.length equ $ - by_dos
by_dollar: db "to the dollar", 10, "$"
