; SPDX-License-Identifier: MIT
; system.asm - USER's text and queue, KEYBOARD, WIN87EM, TOOLHELP, and resources of the program.
%include "task.inc"
%include "check.inc"

use GetModuleHandle
%define MODULE USER
use _wsprintf, wvsprintf, AnsiUpper, AnsiLower, AnsiNext, AnsiPrev, IsCharAlpha, IsCharUpper
use PostAppMessage, PeekMessage, GetMessage, PostQuitMessage, InitApp, lstrcmpi
%define MODULE KEYBOARD
use AnsiToOem
%define MODULE WIN87EM
use __fpMath
%define MODULE TOOLHELP
use ModuleFirst, ModuleNext, ModuleFindName, TaskFirst, TaskNext, GlobalFirst, GlobalNext
use MemoryRead, GlobalEntryHandle

main:
    call_far InitApp, di
    check e, ax, 1
    ; ---- text ----------------------------------------------------------------------------------
    push word 'z'               ; from the right, as in C
    push dword 0fffffff9h       ; -7
    push word 255
    push ds
    push word name
    push word -5
    push ds
    push word format
    push ds
    push word buffer
    call far _wsprintf
    add sp, 22
    check e, ax, expected.length
    mov si, buffer
    mov di, expected
    mov cx, expected.length + 1
    push ds
    pop es
    repe cmpsb
    check e
    call_far AnsiUpper, ds, word name
    check e, word [name], 'NA'
    call_far AnsiLower, word 0, word 'Q'
    check e, ax, 'q'
    call_far lstrcmpi, ds, word name, ds, word name_small
    check e, ax, 0
    call_far AnsiNext, ds, word name
    check e, ax, name + 1
    call_far AnsiPrev, ds, word name, ds, word name + 1
    check e, ax, name
    call_far IsCharAlpha, word '7'
    check e, ax, 0
    call_far IsCharUpper, word 'X'
    check e, ax, 1
    call_far AnsiToOem, ds, word name, ds, word buffer
    check e, word [buffer], 'NA'
    ; ---- the queue -----------------------------------------------------------------------------
    call_far PeekMessage, ds, word message, word 0, word 0, word 0, word 1
    check e, ax, 0
    call_far PostAppMessage, word 0, word 400h, word 11, dword 22
    call_far PostAppMessage, word 0, word 401h, word 33, dword 44
    call_far PostQuitMessage, word 5
    call_far PeekMessage, ds, word message, word 0, word 401h, word 401h, word 0
    check e, ax, 1
    check e, word [message + 4], 33
    call_far GetMessage, ds, word message, word 0, word 0, word 0
    check e, ax, 1
    check e, word [message + 2], 400h
    call_far GetMessage, ds, word message, word 0, word 0, word 0
    check e, word [message + 2], 401h
    call_far GetMessage, ds, word message, word 0, word 0, word 0
    check e, ax, 0
    check e, word [message + 4], 5
    ; ---- the coprocessor -----------------------------------------------------------------------
    mov bx, 11
    call far __fpMath
    check e, ax, 1
    fild word [three]
    fmul st0, st0
    fistp word [three]
    check e, word [three], 9
    ; ---- modules, tasks, blocks ----------------------------------------------------------------
    mov dword [entry], 276
    call_far ModuleFindName, ds, word entry, ds, word kernel
    check ne, ax, 0
    check e, word [entry + 4], 'KE'
    mov si, 0
    call_far ModuleFirst, ds, word entry
.module:
    inc si
    call_far ModuleNext, ds, word entry
    or ax, ax
    jnz .module
    check e, si, 6              ; this one and the five that it imports from
    mov dword [entry], 4
    call_far ModuleFirst, ds, word entry
    check e, ax, 0              ; too small a structure
    mov dword [entry], 40
    call_far TaskFirst, ds, word entry
    check e, ax, 1
    check e, word [entry + 26], 'SY'
    call_far TaskNext, ds, word entry
    check e, ax, 0
    mov dword [entry], 36
    mov si, 0
    call_far GlobalFirst, ds, word entry, word 0
.block:
    inc si
    call_far GlobalNext, ds, word entry, word 0
    or ax, ax
    jnz .block
    check a, si, 10
    call_far GlobalEntryHandle, ds, word entry, ds
    check e, ax, 1
    mov ax, ds
    check e, word [entry + 12], ax
    call_far MemoryRead, ds, dword three, ds, word buffer, dword 2
    check e, ax, 2
    check e, word [buffer], 9
    call_far MemoryRead, word 0fff7h, dword 0, ds, word buffer, dword 2
    check e, ax, 0              ; no such segment
    mov ax, [failures]
    ret

segment data
format: db "%d|%-6s|%04X|%ld|%c|%%", 0
expected: db "-5|name  |00FF|-7|z|%", 0
.length equ $ - expected - 1
name: db "name", 0
name_small: db "name", 0
kernel: db "KERNEL", 0
three: dw 3
message: times 18 db 0
buffer: times 64 db 0
entry: times 300 db 0
