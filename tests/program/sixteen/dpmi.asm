; SPDX-License-Identifier: MIT
; dpmi.asm - INT 31h and 2Fh: descriptors, memory, vectors; interrupts and faults served here.
;
; A word on the command line says how the program is to end instead of well.
%include "task.inc"
%include "check.inc"

%macro dpmi 1
    mov ax, %1
    int 31h
%endmacro

global chained
export chained CHAINED

main:
    mov al, [es:82h]
    mov [ending], al
    mov [prefix], es
    ; ---- descriptors ---------------------------------------------------------------------------
    mov cx, 3
    dpmi 0000h
    check nc
    mov [selector], ax
    dpmi 0003h
    check e, ax, 8
    mov bx, ds
    dpmi 0006h                  ; the data segment's base
    check nc
    mov [base], dx
    mov [base + 2], cx
    add dx, magic
    adc cx, 0
    mov bx, [selector]
    dpmi 0007h
    check nc
    mov cx, 0
    mov dx, 1
    dpmi 0008h                  ; two bytes
    check nc
    mov es, [selector]
    check e, word [es:0], 0cafeh
    lsl ax, [selector]
    check e, ax, 1
    mov bx, [selector]
    dpmi 0004h                  ; locking changes nothing
    check nc
    dpmi 0005h
    check nc
    mov di, descriptor
    push ds
    pop es
    dpmi 000bh
    check nc
    check e, word [descriptor], 1
    check e, byte [descriptor + 5], 0f2h
    mov ax, [base]
    add ax, magic
    check e, word [descriptor + 2], ax
    mov word [descriptor], 0    ; one byte
    mov bx, [selector]
    add bx, 8                   ; the second one becomes the first
    dpmi 000ch
    check nc
    mov es, bx
    check e, byte [es:0], 0feh
    lsl ax, bx
    check e, ax, 0
    push ds
    pop es
    mov byte [descriptor + 5], 82h ; of the system
    dpmi 000ch
    check c
    mov byte [descriptor + 5], 72h ; not there
    dpmi 000ch
    check c
    mov bx, ds
    dpmi 000ah                  ; an alias
    check nc
    mov [alias + 2], ax
    mov es, ax
    check e, word [es:magic], 0cafeh
    mov bx, ax
    mov cx, 0fah                ; made code
    dpmi 0009h
    check nc
    call far [alias]
    check e, ax, 99
    mov bx, [alias + 2]
    dpmi 0001h
    check nc
    mov bx, [alias + 2]
    dpmi 0001h
    check c                     ; twice
    mov bx, ds
    dpmi 0001h
    check c                     ; a segment of a module
    mov bx, 0b800h
    dpmi 0002h
    check c                     ; of real mode nothing is there
    mov bx, 10h
    dpmi 0100h
    check c
    mov bx, [selector]
    dpmi 0001h
    check nc
    verr [selector]
    check nz
    ; ---- memory --------------------------------------------------------------------------------
    mov bx, 2                   ; 128 KiB and 16
    mov cx, 10h
    dpmi 0501h
    check nc
    mov [handle], di
    mov [handle + 2], si
    mov dx, cx
    mov cx, bx
    mov bx, [selector]
    add bx, 8
    dpmi 0007h
    check nc
    mov cx, 2
    mov dx, 0fh
    dpmi 0008h
    check nc
    mov es, bx
    mov ebx, 2000eh
    mov word [es:ebx], 4567h
    mov word [es:10h], 89abh
    mov di, [handle]
    mov si, [handle + 2]
    mov bx, 0
    mov cx, 4000h
    dpmi 0503h                  ; less
    check nc
    mov [handle], di
    mov [handle + 2], si
    mov dx, cx
    mov cx, bx
    mov bx, [selector]
    add bx, 8
    dpmi 0007h
    mov es, bx
    check e, word [es:10h], 89abh
    mov di, [handle]
    mov si, [handle + 2]
    dpmi 0502h
    check nc
    mov di, [handle]
    mov si, [handle + 2]
    dpmi 0502h
    check c
    mov di, 0
    mov si, 1
    dpmi 0502h
    check c                     ; none of its blocks
    push ds
    pop es
    mov di, information
    dpmi 0500h
    check nc
    check ne, dword [information], 0
    check e, dword [information + 2ch], 0ffffffffh
    mov bx, 0
    mov cx, 0
    dpmi 0501h
    check c                     ; nothing is no block
    dpmi 0604h
    check nc
    check e, cx, 4096
    dpmi 0600h
    check nc
    dpmi 0601h
    check nc
    dpmi 0702h
    check nc
    dpmi 0703h
    check nc
    ; ---- what there is -------------------------------------------------------------------------
    dpmi 0400h
    check e, ax, 5ah
    check e, bx, 1
    check ae, cl, 3
    dpmi 0900h
    check e, al, 1
    dpmi 0902h
    check e, al, 1
    dpmi 0301h                  ; a call into real mode
    check c
    mov ax, 1600h
    int 2fh
    check e, ax, 0a03h
    mov ax, 160ah
    int 2fh
    check e, ax, 0
    check e, bx, 30ah
    check e, cx, 3
    mov ax, 1680h
    int 2fh
    check e, al, 0
    mov ax, 1686h
    int 2fh
    check e, ax, 0
    mov ax, 4300h               ; no extended memory's driver
    int 2fh
    check e, ax, 4300h
    ; ---- interrupts ----------------------------------------------------------------------------
    mov bl, 60h
    dpmi 0204h
    mov [old], dx
    mov [old + 2], cx
    mov bl, 60h
    mov cx, cs
    mov dx, served
    dpmi 0205h
    check nc
    mov ax, 5
    stc
    int 60h
    check c                     ; the flags are back
    check e, ax, 105h
    mov bl, 60h
    mov cx, 0fff4h
    dpmi 0205h
    check c                     ; no such segment
    mov ax, 3560h
    int 21h
    check e, bx, served
    mov ax, cs
    check e, es, ax
    ; INT 21h by way of a routine that counts and goes on to what was there.
    mov ax, 3521h
    int 21h
    mov [old], bx
    mov [old + 2], es
    push ds
    mov dx, counted
    mov ax, cs
    mov ds, ax
    mov ax, 2521h
    int 21h
    pop ds
    mov ah, 30h
    int 21h
    check e, ax, 5
    check e, word [count], 1
    mov bx, 77
    mov ah, 3eh
    int 21h                     ; its answer, flags included, comes through
    check c
    check e, ax, 6
    check e, word [count], 2
    push ds
    lds dx, [old]
    mov ax, 2521h
    int 21h
    pop ds
    mov ah, 30h
    int 21h
    check e, word [count], 3    ; only the one that took it away
    ; ---- faults --------------------------------------------------------------------------------
    push ds
    mov ax, cs
    mov ds, ax
    mov dx, divided
    mov ax, 2500h
    int 21h
    pop ds
    mov ax, 7
    mov cx, 0
    mov dx, 0
    div cx                      ; its handler makes CX 1
    check e, ax, 7
    mov bl, 13
    dpmi 0202h
    check nc
    mov [old], dx
    mov [old + 2], cx
    mov bl, 13
    mov cx, cs
    mov dx, protected
    dpmi 0203h
    check nc
    mov es, [prefix]
    mov si, sp
    mov bx, 0fffeh
    mov al, [es:bx]             ; skipped by the handler, which answers 42
fault_end:
    check e, al, 42
    check e, sp, si
    mov ax, ss
    check e, [fault_ss], ax
    check e, word [fault_ip], fault_end - 3
    check e, word [faults], 1
    mov bl, 32
    dpmi 0202h
    check c
    mov bl, 32
    mov cx, cs
    mov dx, protected
    dpmi 0203h
    check c
    cmp byte [ending], 'c'      ; a handler that chains: the report is of the fault itself
    jne good
    mov byte [chains], 1
    mov es, [prefix]
    mov bx, 0fffeh
chained:
    mov al, [es:bx]
good:
    mov ax, [failures]
    ret

served:
    add ax, 100h
    iret
; Where what a routine chains to is put on the stack, below what it was entered with.
%macro chain_begin 0
    sub sp, 4
    push bp
    mov bp, sp
    push ds
    push ax
    mov ax, DGROUP
    mov ds, ax
    mov ax, [old]
    mov [bp + 2], ax
    mov ax, [old + 2]
    mov [bp + 4], ax
%endmacro
%macro chain 0
    pop ax
    pop ds
    pop bp
    retf
%endmacro
counted:
    chain_begin
    inc word [count]
    chain
divided:
    mov cx, 1
    iret
protected:
    chain_begin
    inc word [faults]
    cmp byte [chains], 0
    jne .chain
    mov ax, [bp + 12]           ; ip
    mov [fault_ip], ax
    add word [bp + 12], 3
    mov ax, [bp + 20]
    mov [fault_ss], ax
    pop ax
    mov al, 42
    pop ds
    pop bp
    add sp, 4
    retf
.chain:
    chain

segment data
code_in_data:
    db 0b8h, 99, 0, 0cbh        ; mov ax, 99; retf
alias: dw code_in_data, 0
ending: db 0
chains: db 0
prefix: dw 0
selector: dw 0
base: dw 0, 0
magic: dw 0cafeh
descriptor: times 8 db 0
handle: dw 0, 0
information: times 30h db 0
old: dw 0, 0
count: dw 0
faults: dw 0
fault_ip: dw 0
fault_ss: dw 0
