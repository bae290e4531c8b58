; SPDX-License-Identifier: MIT
; uptest.asm - a 16-bit program that calls 32-bit code through UP16.DLL; task.inc has its start.

%include "task.inc"

extern TEXTLENGTH, POINTMIRROR, DIFFERENCE
import TEXTLENGTH UP16 TEXTLENGTH
import POINTMIRROR UP16 POINTMIRROR
import DIFFERENCE UP16 DIFFERENCE

segment code
main:
    push ds
    push word text
    call far TEXTLENGTH
    push dx
    call print_word
    pop ax
    call print_word
    push ds
    push word point
    call far POINTMIRROR
    mov ax, [point]
    call print_word
    mov ax, [point+2]
    call print_word
    push word 3
    push word 5
    call far DIFFERENCE
    call print_word
    xor ax, ax
    ret

segment data
text: db "flat thunk", 0
point: dw 100, -2
