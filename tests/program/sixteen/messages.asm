; SPDX-License-Identifier: MIT
; messages.asm - a program without windows that lives by messages: queue, timers, their routines.
;
; With a word on its command line it waits, in the end, for what nobody will send.
%include "task.inc"
%include "check.inc"

use MakeProcInstance, FreeProcInstance, GetCurrentTask
%define MODULE USER
use InitApp, SetMessageQueue, PostAppMessage, PostMessage, PeekMessage, GetMessage, WaitMessage
use TranslateMessage, DispatchMessage, PostQuitMessage, GetMessageTime, GetMessagePos, GetTickCount
use GetCurrentTime, SetTimer, KillTimer, RegisterWindowMessage, MessageBox, MessageBeep

%macro get 0
    call_far GetMessage, ds, word message, word 0, word 0, word 0
%endmacro

main:
    mov al, [es:82h]
    mov [ending], al
    mov [instance], di
    call_far InitApp, di
    call_far SetMessageQueue, word 20
    check e, ax, 1
    call_far SetMessageQueue, word -1
    check e, ax, 0
    ; ---- a name's number -----------------------------------------------------------------------
    call_far RegisterWindowMessage, ds, word name
    check ae, ax, 0c000h
    mov [named], ax
    call_far RegisterWindowMessage, ds, word name
    check e, ax, [named]
    call_far RegisterWindowMessage, ds, word other
    check ne, ax, [named]
    ; ---- posted ones ---------------------------------------------------------------------------
    call_far GetCurrentTask
    mov [task], ax
    call_far PostAppMessage, ax, word [named], word 1, dword 12345678h
    check e, ax, 1
    call_far PostMessage, word 0, word 401h, word 2, dword 0
    check e, ax, 1
    call_far PostMessage, word 77h, word 401h, word 2, dword 0
    check e, ax, 0              ; no such window
    call_far PostAppMessage, word 33h, word 401h, word 2, dword 0
    check e, ax, 0              ; no such task
    call_far WaitMessage
    call_far PeekMessage, ds, word message, word 0, word 0, word 0, word 2
    check e, ax, 1              ; looked at only, and nobody else has a turn
    get
    check e, ax, 1
    mov ax, [named]
    check e, [message + 2], ax
    check e, dword [message + 6], 12345678h
    call_far GetMessageTime
    check e, ax, [message + 10]
    check e, dx, [message + 12]
    call_far GetMessagePos
    check e, ax, 0
    call_far TranslateMessage, ds, word message
    check e, ax, 0
    call_far DispatchMessage, ds, word message
    check e, ax, 0              ; to nobody
    get
    check e, word [message + 2], 401h
    mov cx, 64
.fill:
    push cx
    call_far PostAppMessage, word 0, word 402h, cx, dword 0
    pop cx
    check e, ax, 1
    loop .fill
    call_far PostAppMessage, word 0, word 402h, word 0, dword 0
    check e, ax, 0              ; full
    mov cx, 64
.empty:
    push cx
    call_far PeekMessage, ds, word message, word 0, word 402h, word 402h, word 1
    pop cx
    check e, [message + 4], cx  ; in the order in which they came
    loop .empty
    call_far PeekMessage, ds, word message, word 0, word 0, word 0, word 1
    check e, ax, 0
    ; ---- timers --------------------------------------------------------------------------------
    call_far GetTickCount
    mov [then], ax
    mov [then + 2], dx
    call_far SetTimer, word 0, word 0, word 2, dword 0
    mov [timer], ax
    check ne, ax, 0
    push cs
    push word each_time
    push word [instance]
    call far MakeProcInstance
    mov [routine], ax
    mov [routine + 2], dx
    call_far SetTimer, word 0, word 0, word 1, word [routine + 2], word [routine]
    mov [second], ax
    check ne, ax, [timer]
    call_far SetTimer, word 5, word 1, word 1, dword 0
    check e, ax, 0              ; no such window
    ; The loop of every program, until the routine has been called three times.
.loop:
    get
    or ax, ax
    jz .quit
    cmp word [message + 2], 113h
    jne .other
    mov ax, [message + 4]
    cmp ax, [timer]
    jne .other
    inc word [ticks]
.other:
    call_far TranslateMessage, ds, word message
    call_far DispatchMessage, ds, word message
    jmp .loop
.quit:
    check e, word [message + 2], 12h
    check e, word [message + 4], 9
    check e, word [calls], 3
    mov ax, [second]
    check e, [told_id], ax
    check e, word [told_message], 113h
    check e, word [told_window], 0
    ; Only what is asked for: the timer that goes on is not.
.first:
    cmp word [ticks], 0
    jne .ticked
    get
    inc word [ticks]
.ticked:
    call_far PostAppMessage, word 0, word 403h, word 7, dword 0
    call_far GetMessage, ds, word message, word 0, word 403h, word 403h
    check e, word [message + 4], 7
    call_far WaitMessage        ; the timer again
    call_far KillTimer, word 0, word [timer]
    check e, ax, 1
    call_far KillTimer, word 0, word [timer]
    check e, ax, 0
    call_far PeekMessage, ds, word message, word 0, word 0, word 0, word 1
    check e, ax, 0
    call_far GetCurrentTime
    sub ax, [then]
    sbb dx, [then + 2]
    check ge, dx, 0             ; time has not gone back
    call_far FreeProcInstance, word [routine + 2], word [routine]
    call_far MessageBeep, word 0
    cmp byte [ending], 'w'
    jne .end
    call_far MessageBox, word 0, ds, word name, ds, word other, word 4
    check e, ax, 6              ; the first button is Yes
    get
.end:
    mov ax, [failures]
    ret

; void FAR PASCAL (HWND window, UINT message, UINT id, DWORD time)
global each_time
export each_time EACHTIME
each_time:
    push ds
    pop ax
    nop
    push bp
    mov bp, sp
    push ds
    mov ds, ax
    mov ax, [bp + 14]
    mov [told_window], ax
    mov ax, [bp + 12]
    mov [told_message], ax
    mov ax, [bp + 10]
    mov [told_id], ax
    inc word [calls]
    cmp word [calls], 3
    jne .out
    call_far KillTimer, word 0, word [bp + 10]
    call_far PostQuitMessage, word 9
.out:
    pop ds
    pop bp
    retf 10

segment data
ending: db 0
instance: dw 0
task: dw 0
named: dw 0
timer: dw 0
second: dw 0
ticks: dw 0
calls: dw 0
then: dw 0, 0
told_window: dw 0ffffh
told_message: dw 0
told_id: dw 0
routine: dw 0, 0
name: db "a name", 0
other: db "another", 0
message: times 18 db 0
