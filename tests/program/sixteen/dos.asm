; SPDX-License-Identifier: MIT
; dos.asm - searches, dates of files and the clock of DOS; initialization files; other programs.
%include "task.inc"
%include "check.inc"

use WritePrivateProfileString, GetPrivateProfileString, GetPrivateProfileInt, GetProfileInt
use GetProfileString, WriteProfileString, WriteOutProfiles, WinExec, LoadModule

%macro dos 0
    call far DOS3Call
%endmacro
%macro make 1
    mov ah, 3ch
    mov cx, 0
    mov dx, %1
    dos
    check nc
    mov bx, ax
%endmacro
%macro close 0
    mov ah, 3eh
    dos
    check nc
%endmacro
%macro find 2                   ; pattern, attributes
    mov ah, 4eh
    mov cx, %2
    mov dx, %1
    dos
%endmacro

main:
    ; ---- dates ---------------------------------------------------------------------------------
    make first
    mov ax, 5701h
    mov cx, 645ch               ; 12:34:56
    mov dx, 279fh               ; 1999-12-31
    dos
    check nc
    mov ax, 5700h
    dos
    check nc
    check e, cx, 645ch
    check e, dx, 279fh
    mov ax, 5701h
    mov dx, 275eh               ; November has no 31st: 1999-10-30 is right, month 0 is not
    and dx, 0fe1fh
    dos
    check c
    mov ax, 5700h
    mov si, bx
    mov bx, 77
    dos
    check c
    check e, ax, 6
    mov bx, si
    close
    make second
    close
    ; ---- searches ------------------------------------------------------------------------------
    mov ah, 1ah
    mov dx, area
    dos
    find pattern, 0
    check nc
    check e, word [area + 30], 'FO'
    cmp byte [area + 35], '1'
    jne .other
    check e, word [area + 22], 645ch
    check e, word [area + 24], 279fh
.other:
    mov cl, [area + 35]
    add [digits_found], cl
    mov ah, 4fh
    dos
    check nc
    mov cl, [area + 35]
    add [digits_found], cl
    check e, byte [digits_found], '1' + '2'
    check e, dword [area + 26], 0
    mov ah, 4fh
    dos
    check c
    check e, ax, 18
    mov ah, 4fh
    dos
    check c
    check e, ax, 18
    find nothing, 0
    check c
    check e, ax, 18
    mov ah, 39h
    mov dx, folder
    dos
    check nc
    find folder, 0
    check c
    find folder, 10h
    check nc
    check e, byte [area + 21], 10h
    find pattern, 8             ; a label
    check c
    mov ah, 3ah
    mov dx, folder
    dos
    check nc
    mov ah, 41h
    mov dx, first
    dos
    mov ah, 41h
    mov dx, second
    dos
    check nc
    ; ---- the clock -----------------------------------------------------------------------------
    mov ah, 2ah
    dos
    check ae, cx, 2024
    check be, al, 6
    mov ah, 2bh
    dos
    check e, al, 0ffh
    mov ah, 2ch
    dos
    check b, ch, 24
    mov ah, 2dh
    dos
    check e, al, 0ffh
    ; ---- initialization files ------------------------------------------------------------------
    call_far WritePrivateProfileString, ds, word part, ds, word key, ds, word value, ds, word ini
    check e, ax, 1
    call_far GetPrivateProfileInt, ds, word part, ds, word key, word 3, ds, word ini
    check e, ax, 42
    call_far GetPrivateProfileString, ds, word part, ds, word key, ds, word key, ds, word area, word 20, ds, word ini
    check e, ax, 3
    check e, word [area], '42'
    call_far GetPrivateProfileString, ds, word part, dword 0, ds, word key, ds, word area, word 20, ds, word ini
    check e, ax, 4
    check e, word [area], 'ke'
    mov ah, 41h
    mov dx, ini
    dos
    check nc
    call_far GetProfileInt, ds, word part, ds, word key, word 7
    check e, ax, 7
    call_far GetProfileString, ds, word part, ds, word key, ds, word value, ds, word area, word 20
    check e, ax, 3
    call_far WriteOutProfiles
    ; ---- other programs ------------------------------------------------------------------------
    call_far WinExec, ds, word nothing, word 1
    check e, ax, 2
    call_far WinExec, ds, word hello, word 1
    check a, ax, 31
    mov [parameters + 4], ds
    mov [parameters + 8], ds
    call_far LoadModule, ds, word hello, ds, word parameters
    check a, ax, 31
    mov ax, [failures]
    ret

segment data
first: db "FOUND1.TMP", 0
second: db "FOUND2.TMP", 0
pattern: db "FOUND?.TMP", 0
folder: db "FOLDER.TMP", 0
nothing: db "NOTHING.TMP", 0
digits_found: db 0
part: db "section", 0
key: db "key", 0
value: db "42!", 0
ini: db ".\SIXTEEN.INI", 0
hello: db "hello.exe", 0
tail: db 4, " one"
show: dw 2, 1
parameters: dw 0, tail, 0, show, 0
    dd 0
area: times 64 db 0
