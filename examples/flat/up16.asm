; SPDX-License-Identifier: MIT
; up16.asm - a 16-bit library whose functions are 32-bit code (up.thk): all are in its half.

extern UP_THUNKCONNECT16
global DLLMAIN

segment code use16 class=CODE public

; BOOL FAR PASCAL DllMain(DWORD reason, WORD instance, WORD data, WORD heap, DWORD, WORD)
DLLMAIN:
    push bp
    mov bp, sp
    push cs
    push word name_16
    push cs
    push word name_32
    push word [bp+16]
    push dword [bp+18]
    call far UP_THUNKCONNECT16
    pop bp
    retf 16

name_16: db "UP16.DLL", 0
name_32: db "UP32.DLL", 0
