; SPDX-License-Identifier: MIT
; modules.asm - segments, libraries linked to and loaded, functions by name and number, callbacks.
%include "task.inc"
cpu 386

extern LoadLibrary, FreeLibrary, GetProcAddress, GetModuleHandle, GetModuleUsage
extern MakeProcInstance, GetModuleFileName, add_up, call_back, text_get, by_shift
import LoadLibrary KERNEL LoadLibrary
import FreeLibrary KERNEL 96
import GetProcAddress KERNEL GetProcAddress
import GetModuleHandle KERNEL GetModuleHandle
import GetModuleUsage KERNEL GetModuleUsage
import MakeProcInstance KERNEL MakeProcInstance
import GetModuleFileName KERNEL GetModuleFileName
import add_up LIBRARY 2
import call_back LIBRARY CALLBACK
import text_get LIBRARY TEXTGET
import by_shift KERNEL __AHINCR

global twice
export twice TWICE

main:
    mov [instance], di
    ; A function of another segment, near data of a third.
    call far away
    call print_word         ; 1234
    mov es, [far_data]
    mov ax, [es:far_word]
    call print_word         ; beef
    mov ax, by_shift        ; a constant
    call print_word         ; 0008
    ; The library that it is linked to: 5 + 0x10000 + 1 start
    push word 5
    push dword 10000h
    call far add_up
    push ax
    mov ax, dx
    call print_word         ; 0001
    pop ax
    call print_word         ; 0006
    ; By a thunk for this instance: 2 * 0x21 and one call of AddUp
    push cs
    push word twice
    push word [instance]
    call far MakeProcInstance
    push dx
    push ax
    push word 21h
    call far call_back
    call print_word         ; 0043
    call far text_get
    push ds
    mov ds, dx
    call print_far
    pop ds
    ; One that is loaded.
    push ds
    push word name
    call far LoadLibrary
    mov [library], ax
    cmp ax, 32
    mov ax, bad
    jb .say
    push word [library]
    push ds
    push word function
    call far GetProcAddress
    mov [pointer], ax
    mov [pointer + 2], dx
    push word 1
    push dword 2
    call far [pointer]
    call print_word         ; 0004
    push word [library]     ; by number
    push dword 2
    call far GetProcAddress
    sub ax, [pointer]
    sub dx, [pointer + 2]
    or ax, dx
    call print_word         ; 0000
    push word [library]
    push ds
    push word nothing
    call far GetProcAddress
    or ax, dx
    call print_word         ; 0000: it has no such function
    push word [library]
    call far GetModuleUsage
    call print_word         ; 0001
    push word [library]
    call far FreeLibrary
    push ds
    push word second
    call far GetModuleHandle
    call print_word         ; 0000: gone
    push ds
    push word missing
    call far LoadLibrary
    call print_word         ; 0002: file not found
    push ds
    push word damaged
    call far LoadLibrary
    call print_word         ; 000c
    xor ax, ax
    ret
.say:
    call print
    mov ax, 1
    ret

; The text at DS:AX, from anywhere: lengths and writing need no data of ours.
print_far:
    jmp print

; int FAR PASCAL Twice(int n), with its program's data
twice:
    push ds
    pop ax
    nop
    push bp
    mov bp, sp
    push ds
    mov ds, ax
    mov ax, [bp + 6]
    add ax, ax
    add ax, [zero]
    pop ds
    pop bp
    retf 2

segment more use16 class=CODE
away:
    mov ax, 1234h
    retf

segment other use16 class=FAR_DATA
    db 0
far_word: dw 0beefh

segment data
instance: dw 0
zero: dw 0
library: dw 0
pointer: dw 0, 0
far_data: dw other
name: db "SECOND.DLL", 0
second: db "SECOND", 0
missing: db "MISSING.DLL", 0
damaged: db "DAMAGED.DLL", 0
function: db "AddUp", 0
nothing: db "Nothing", 0
bad: db "it cannot be loaded", 10, 0
