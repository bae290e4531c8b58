; SPDX-License-Identifier: MIT
; faults.asm - does what a program must not do; the first letter of the command line says what.
;
; Where it happens is a label that is exported, so that the report can be checked.
%include "task.inc"
cpu 486

extern GlobalAlloc, _lread, NOWHERE
import GlobalAlloc KERNEL GlobalAlloc
import _lread KERNEL _lread
import NOWHERE KERNEL NOSUCHFUNCTION

global overrun, divide, halt, control, recurse, nowhere, loop_for_ever, far_away, bad_pointer
extern GetSelectorBase, DebugBreak, ExitKernel, FatalAppExit, FatalExit
import DebugBreak KERNEL DebugBreak
import ExitKernel KERNEL ExitKernel
import FatalAppExit KERNEL FatalAppExit
import FatalExit KERNEL FatalExit
import GetSelectorBase KERNEL GetSelectorBase

global interrupt, absent, illegal, port, linux, enter, wide, long_mode
export overrun OVERRUN
export divide DIVIDE
export halt HALT
export control CONTROL
export recurse RECURSE
export nowhere NOWHERE
export far_away FARAWAY
export bad_pointer BADPOINTER
export interrupt INTERRUPT
export absent ABSENT
export illegal ILLEGAL
export port PORT
export linux LINUX
export enter ENTER
export wide WIDE
export long_mode LONGMODE

main:
    mov al, [es:82h]
    mov bx, table
.next:
    cmp byte [bx], 0
    je .none
    cmp al, [bx]
    je .found
    add bx, 3
    jmp .next
.found:
    jmp word [bx + 1]
.none:
    mov ax, 99
    ret

overrun:                    ; one byte behind a block of 64
    push word 40h
    push dword 64
    call far GlobalAlloc
    mov es, ax
    mov byte [es:63], 1
    mov byte [es:64], 1
    ret
divide:
    xor cx, cx
    xor dx, dx
    mov ax, 1
    div cx
    ret
halt:
    hlt
    ret
control:
    mov eax, cr0
    ret
recurse:
    call recurse
    ret
nowhere:
    push word 0
    push word 1234h
    retf
far_away:
    push ds                 ; data are no code
    push word 0
    retf
loop_for_ever:
    mov ax, looping
    call print
.again:
    jmp .again
bad_pointer:
    push word 0
    push dword 0ffff1234h
    push word 16
    call far _lread
    ret
interrupt:
    int 13h
    ret
absent:
    call far NOWHERE
    ret
illegal:
    ud2
    ret
port:
    in al, 60h
    ret
linux:                      ; exit(5) of the host, were it let through
    mov eax, 1
    mov ebx, 5
    int 80h
    ret

break_here:
    call far DebugBreak
    ret
end_kernel:
    push word 9
    call far ExitKernel
    ret
end_fatal:
    push word 3
    call far FatalExit
    ret
end_with_text:
    push word 0
    push ds
    push word looping
    call far FatalAppExit
    ret

enter:                      ; exit(77) by sysenter, whose stack pointer is flat
    push ss
    call far GetSelectorBase
    shl edx, 16
    mov dx, ax
    movzx ebp, sp
    lea ebp, [ebp + edx - 16]
    mov eax, 1
    mov ebx, 77
    db 0fh, 34h             ; sysenter
    ret
wide:                       ; by a jump into the kernel's 32-bit segment
    mov si, .code
    mov cx, 23h
    jmp escape
.code:
    db 0b8h, 1, 0, 0, 0     ; mov eax, 1
    db 0bbh, 77, 0, 0, 0    ; mov ebx, 77
    db 0cdh, 80h            ; int 80h
    db 0cch
long_mode:                  ; and into that of 64-bit code
    mov si, .code
    mov cx, 33h
    jmp escape
.code:
    db 0b8h, 60, 0, 0, 0    ; mov eax, 60
    db 0bfh, 77, 0, 0, 0    ; mov edi, 77
    db 0fh, 5               ; syscall
    db 0cch
escape:                     ; to cx:(the flat address of cs:si)
    push cx
    push si
    push cs
    call far GetSelectorBase
    pop si
    pop cx
    shl edx, 16
    mov dx, ax
    movzx esi, si
    add edx, esi
    movzx ecx, cx
    push ecx
    push edx
    o32 retf

segment data
table:
    db "o"
    dw overrun
    db "d"
    dw divide
    db "h"
    dw halt
    db "c"
    dw control
    db "r"
    dw recurse
    db "n"
    dw nowhere
    db "f"
    dw far_away
    db "l"
    dw loop_for_ever
    db "b"
    dw bad_pointer
    db "i"
    dw interrupt
    db "a"
    dw absent
    db "u"
    dw illegal
    db "p"
    dw port
    db "x"
    dw linux
    db "e"
    dw enter
    db "w"
    dw wide
    db "g"
    dw long_mode
    db "D"
    dw break_here
    db "K"
    dw end_kernel
    db "F"
    dw end_fatal
    db "T"
    dw end_with_text
    db 0
looping: db "looping", 10, 0
