; SPDX-License-Identifier: MIT
; resources.asm - resources of the program: found, loaded, read as a file, by handlers; strings.
%include "task.inc"
%include "check.inc"

use FindResource, LoadResource, LockResource, FreeResource, SizeofResource, AccessResource
use AllocResource, SetResourceHandler, DirectResAlloc, MakeProcInstance, GlobalUnlock, GlobalAlloc
use GlobalSize, _lread, _lclose
%define MODULE USER
use LoadString

main:
    mov [instance], di
    ; ---- by name and number --------------------------------------------------------------------
    call_far FindResource, di, ds, word name, ds, word type
    mov [resource], ax
    check ne, ax, 0
    call_far FindResource, word [instance], dword 7, dword 10
    check ne, ax, 0
    check ne, ax, [resource]
    call_far FindResource, word [instance], ds, word seven, dword 10
    check ne, ax, 0             ; "#7"
    call_far FindResource, word [instance], dword 8, dword 10
    check e, ax, 0
    call_far SizeofResource, word [instance], word [resource]
    check ae, ax, 5
    call_far LoadResource, word [instance], word [resource]
    mov [handle], ax
    check ne, ax, 0
    call_far LockResource, ax
    mov es, dx
    mov bx, ax
    check e, word [es:bx], 'ea'
    call_far GlobalUnlock, word [handle]
    call_far FreeResource, word [handle]
    check e, ax, 0
    call_far LoadResource, word [instance], word 0
    check e, ax, 0
    call_far AccessResource, word [instance], word [resource]
    mov [file], ax
    check ne, ax, 0ffffh
    call_far _lread, word [file], ds, word buffer, word 4
    check e, ax, 4
    check e, word [buffer + 2], 'st'
    call_far _lclose, word [file]
    check e, ax, 0
    call_far AllocResource, word [instance], word [resource], dword 100
    call_far GlobalSize, ax
    check ae, ax, 100
    call_far DirectResAlloc, word [instance], word 0, word 60
    call_far GlobalSize, ax
    check ae, ax, 60
    ; ---- strings -------------------------------------------------------------------------------
    call_far LoadString, word [instance], word 17, ds, word buffer, word 20
    check e, ax, 6
    check e, word [buffer], 'se'
    check e, byte [buffer + 6], 0
    call_far LoadString, word [instance], word 17, ds, word buffer, word 4
    check e, ax, 3              ; what fits
    check e, byte [buffer + 3], 0
    call_far LoadString, word [instance], word 18, ds, word buffer, word 20
    check e, ax, 0              ; an empty one
    call_far LoadString, word [instance], word 99, ds, word buffer, word 20
    check e, ax, 0
    ; ---- handlers ------------------------------------------------------------------------------
    push cs
    push word load
    push word [instance]
    call far MakeProcInstance
    mov [routine], ax
    mov [routine + 2], dx
    call_far SetResourceHandler, word [instance], ds, word type, dx, ax
    or ax, dx
    check e, ax, 0              ; there was none
    call_far LoadResource, word [instance], word [resource]
    check e, ax, [made]
    check ne, ax, 0
    mov ax, [resource]
    check e, [told_resource], ax
    mov ax, [instance]
    check e, [told_instance], ax
    check e, word [told_memory], 0
    call_far FindResource, word [instance], dword 7, dword 10
    call_far LoadResource, word [instance], ax
    check ne, ax, 0
    check e, word [calls], 1    ; another type's is simply read
    call_far SetResourceHandler, word [instance], ds, word type, dword 0
    check e, ax, [routine]
    check e, dx, [routine + 2]
    call_far LoadResource, word [instance], word [resource]
    check ne, ax, [made]
    check e, word [calls], 1
    mov ax, [failures]
    ret

; HGLOBAL FAR PASCAL (HGLOBAL memory, HINSTANCE instance, HRSRC resource)
load:
    push bp
    mov bp, sp
    push ds
    mov ds, ax
    mov ax, [bp + 10]
    mov [told_memory], ax
    mov ax, [bp + 8]
    mov [told_instance], ax
    mov ax, [bp + 6]
    mov [told_resource], ax
    inc word [calls]
    call_far GlobalAlloc, word 42h, dword 16
    mov [made], ax
    pop ds
    pop bp
    retf 6

segment data
instance: dw 0
resource: dw 0
handle: dw 0
file: dw 0
calls: dw 0
made: dw 0
told_memory: dw 0ffffh
told_instance: dw 0
told_resource: dw 0
routine: dw 0, 0
type: db "MAP", 0
name: db "EAST", 0
seven: db "#7", 0
buffer: times 40 db 0
