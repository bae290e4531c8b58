; SPDX-License-Identifier: MIT
; child.asm - what parent.asm starts: tells its parent who it is, then does as it is told.
%include "task.inc"
%include "check.inc"

use GetCurrentTask, Yield, WaitEvent
%define MODULE USER
use GetMessage, PostAppMessage

global divide
export divide DIVIDE

main:
    mov [instance], di
    mov [previous], si
    mov al, [es:82h]
    mov [letter], al
    call_far WaitEvent, word 0
    call_far GetCurrentTask
    mov [task], ax
    mov es, ax
    mov ax, [es:22h]            ; the task that started it
    mov [parent], ax
    or ax, ax
    jz alone
    mov bx, [previous]
    cmp byte [letter], 'w'
    je .tell
    mov es, ax
    mov bx, [es:1ch]            ; the parent's instance
.tell:
    call_far PostAppMessage, word [parent], word 400h, word [task], word [instance], bx
    cmp byte [letter], 'w'
    je wait_for_event
    call_far Yield
    mov cx, 3
.turn:
    push cx
    mov ax, my_turn
    call print
    call_far Yield
    pop cx
    loop .turn
.message:
    call_far GetMessage, ds, word message, word 0, word 0, word 0
    cmp word [message + 2], 401h
    jne .last
    les bx, [message + 6]
    mov word [es:bx], 'OK'
    jmp .message
.last:
    mov ax, last_words
    call print
    mov cx, 0
divide:
    div cx
    ret
wait_for_event:
    call_far WaitEvent, word 0
    check e, ax, 1
    call_far PostAppMessage, word [parent], word 402h, word [task], dword 0
.for_ever:
    call_far Yield
    jmp .for_ever
alone:
    mov ax, by_itself
    call print
    mov ax, 0
    ret

segment data
letter: db 0
instance: dw 0
previous: dw 0
task: dw 0
parent: dw 0
my_turn: db "child's turn", 10, 0
last_words: db "child divides", 10, 0
by_itself: db "child alone", 10, 0
message: times 18 db 0
