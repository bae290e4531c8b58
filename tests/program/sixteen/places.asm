; SPDX-License-Identifier: MIT
; places.asm - writes what references became into PLACES.BIN: addresses first, then the segment.
;
; The test puts its own bytes, references and entries into the linked file before it is run.
%include "task.inc"
cpu 386

extern _lcreat, _lclose, GetProcAddress, GetModuleHandle, add_up
import _lcreat KERNEL _lcreat
import _lclose KERNEL _lclose
import GetProcAddress KERNEL 50
import GetModuleHandle KERNEL GetModuleHandle
import add_up LIBRARY 2

global moveable_one, fixed_one
export moveable_one MOVEABLEONE 1
export fixed_one FIXEDONE 2

%macro address 3                ; module, name or number as a far pointer
    push ds
    push word %1
    call far GetModuleHandle
    push ax
    push %2
    push word %3
    call far GetProcAddress
    mov [di], ax
    mov [di + 2], dx
    add di, 4
%endmacro

main:
    mov di, addresses
    mov [di], cs
    mov word [di + 2], more
    add di, 4
    address kernel, ds, function
    address library, word 0, 2
    address library, ds, by_name
    push ds
    push word file
    push word 0
    call far _lcreat
    mov si, ax
    push si
    push ds
    push word addresses
    push word 16
    call far _lwrite
    push si
    push word places
    push word 0
    push word 2000h
    call far _lwrite
    push si
    call far _lclose
    ret
    call far add_up         ; never: the file refers to its library
    times 20 nop
moveable_one:
    retf

segment more use16 class=CODE
    times 0c5h nop
fixed_one:
    mov ax, 1
    retf

segment places use16 class=FAR_DATA
    db "PLACES"
    times 1ffah db 0

segment data
addresses: times 8 dw 0
kernel: db "KERNEL", 0
function: db "_lwrite", 0
library: db "LIBRARY", 0
by_name: db "TEXTGET", 0
file: db "PLACES.BIN", 0
