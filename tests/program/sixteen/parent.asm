; SPDX-License-Identifier: MIT
; parent.asm - starts child.exe; where they share a process they take turns, and talk by messages.
;
; The first letter of its command line: a task of this process is expected (s) or another process.
%include "task.inc"
%include "check.inc"

use WinExec, GetNumTasks, GetCurrentTask, Yield, DirectedYield, OldYield, IsTask, PostEvent
use WaitEvent
%define MODULE USER
use GetMessage, PostAppMessage, PeekMessage
%define MODULE TOOLHELP
use TaskFirst, TaskNext, TaskFindHandle, TerminateApp

%macro get 0
    call_far GetMessage, ds, word message, word 0, word 0, word 0
%endmacro

main:
    mov al, [es:82h]
    mov [letter], al
    call_far WaitEvent, word 0
    call_far GetCurrentTask
    mov [mine], ax
    call_far GetNumTasks
    check e, ax, 1
    mov ax, started
    call print
    call_far WinExec, ds, word child, word 1
    check a, ax, 31
    mov [instance], ax
    cmp byte [letter], 's'
    je shared
    call_far GetNumTasks
    check e, ax, 1
    mov ax, [failures]
    ret
shared:
    call_far GetNumTasks
    check e, ax, 2
    get                         ; its first words: its task
    check e, word [message + 2], 400h
    mov ax, [message + 4]
    mov [task], ax
    check ne, ax, [mine]
    call_far IsTask, word [task]
    check e, ax, 1
    mov ax, ds
    check e, [message + 6], ax  ; our instance, out of our task's database
    mov ax, [message + 8]
    check e, [instance], ax
    ; Turns: each prints its letter and yields.
    mov cx, 3
.turn:
    push cx
    mov ax, my_turn
    call print
    call_far Yield
    pop cx
    loop .turn
    ; Far pointers are the same for both.
    call_far PostAppMessage, word [task], word 401h, word 0, ds, word room
    call_far DirectedYield, word [task]
    check e, word [room], 'OK'
    ; Tasks as TOOLHELP tells of them.
    mov dword [entry], 40
    call_far TaskFirst, ds, word entry
    check e, ax, 1
    mov cx, 1
.task:
    push cx
    call_far TaskNext, ds, word entry
    pop cx
    or ax, ax
    jz .counted
    inc cx
    jmp .task
.counted:
    check e, cx, 2
    call_far TaskFindHandle, ds, word entry, word [task]
    check e, ax, 1
    mov ax, [mine]
    check e, [entry + 6], ax    ; its parent
    check e, word [entry + 26], 'CH'
    ; A second copy of it knows of the first; its end and its events are its own.
    call_far WinExec, ds, word child_waits, word 1
    check a, ax, 31
    get
    mov ax, [message + 4]
    mov [second], ax
    mov ax, [instance]
    check e, [message + 6], ax
    call_far GetNumTasks
    check e, ax, 3
    call_far PostEvent, word [second]
    call_far Yield
    get                         ; that it has ended its wait
    check e, word [message + 2], 402h
    call_far TerminateApp, word [second], word 0
    call_far Yield
    call_far GetNumTasks
    check e, ax, 2
    call_far IsTask, word [second]
    check e, ax, 0
    call_far PostAppMessage, word [second], word 402h, word 0, dword 0
    check e, ax, 0
    ; The first one does what it must not: it ends, this one does not.
    call_far PostAppMessage, word [task], word 403h, word 0, dword 0
    call_far Yield
    call_far GetNumTasks
    check e, ax, 1
    call_far Yield
    call_far OldYield
    call_far DirectedYield, word [task]
    mov ax, ended
    call print
    mov ax, [failures]
    ret

segment data
letter: db 0
mine: dw 0
task: dw 0
second: dw 0
instance: dw 0
room: dw 0
child: db "child.exe", 0
child_waits: db "CHILD wait", 0
started: db "parent", 10, 0
my_turn: db "parent's turn", 10, 0
ended: db "parent goes on", 10, 0
message: times 18 db 0
entry: times 40 db 0
