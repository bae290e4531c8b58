; SPDX-License-Identifier: MIT
; program.asm - a 16-bit program with every kind of reference, to be damaged. It is never run.
cpu 286
extern InitTask, FatalExit, add3
import InitTask KERNEL 91
import FatalExit KERNEL FatalExit
import add3 MYDLL ADD3
group DGROUP data bss stack
segment code use16 class=CODE public
..start:
    mov ax, data
    mov ds, ax
    mov ax, DGROUP
    push ax
    call far InitTask
    call near local
    call far helper
    push word seg text
    push word text + 2
    call far FatalExit
local:
    mov ax, seg helper
    mov bx, helper
    ret
    dw add3 + 4, seg add3
    jmp short local
segment code2 use16 class=CODE
global helper
helper:
    call far [cs:fp]
    retf
fp: dw text, seg text
export helper HELPER 5
segment data use16 class=DATA align=2 public
text: db "hello", 13, 10
global counter
counter: dw 7
times 3 dd text
common near_common 10:near
common far_common 21:far 7
segment bss use16 class=BSS
    resb 100
segment stack use16 class=STACK stack
    resb 4096
