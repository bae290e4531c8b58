; SPDX-License-Identifier: MIT
; thunkbench.asm - times CallProc32W with three parameters.
;
;   thunkbench t    a function that adds them up
;   thunkbench l    the whole ladder: one that calls a driver
; Prints nanoseconds a call, five times; ends with 1 when an answer is wrong.
    cpu 386

%define ROUNDS 5
%define CALLS  1000

    extern InitTask, LoadLibraryEx32W, GetProcAddress32W, CallProc32W
    import InitTask          KERNEL 91
    import LoadLibraryEx32W  KERNEL 513
    import GetProcAddress32W KERNEL 515
    import CallProc32W       KERNEL 517

    group DGROUP data
    segment data use16 class=DATA public align=4
    times 16 db 0
library:    dd 0
begin_proc: dd 0
end_proc:   dd 0
timed_proc: dd 0
rounds:     dw ROUNDS
dll_name:   db "thunkbench.dll", 0
begin_name: db "Begin", 0
end_name:   db "End", 0
three_name: db "Three", 0
ladder_name: db "Ladder", 0

    segment stack use16 class=STACK stack align=16
    resb 4096

    segment code use16 class=CODE public

; find(name, where)
find:
    push bp
    mov bp, sp
    push dword [library]
    push ds
    push word [bp + 6]
    call far GetProcAddress32W
    mov bx, [bp + 4]
    mov [bx], ax
    mov [bx + 2], dx
    pop bp
    ret 4

%macro procedure_of 2
    push word %1
    push word %2
    call near find
%endmacro

..start:
    call far InitTask
    mov ax, DGROUP
    mov ds, ax
next_letter:
    mov al, [es:bx]
    inc bx
    cmp al, ' '
    je next_letter
    mov si, three_name
    cmp al, 'l'
    jne chosen
    mov si, ladder_name
chosen:
    push ds
    push word dll_name
    push dword 0
    push dword 0
    call far LoadLibraryEx32W
    mov [library], ax
    mov [library + 2], dx
    or ax, dx
    jz near wrong
    procedure_of begin_name, begin_proc
    procedure_of end_name, end_proc
    procedure_of si, timed_proc
each_round:
    push dword [begin_proc]
    push dword 0
    push dword 0
    call far CallProc32W
    or ax, ax
    jz near wrong
    mov si, CALLS
each_call:
    push dword 41
    push dword 1
    push dword 2
    push dword [timed_proc]
    push dword 0
    push dword 3
    call far CallProc32W
    cmp ax, 44
    jne near wrong
    dec si
    jnz each_call
    push dword CALLS
    push dword [end_proc]
    push dword 0
    push dword 1
    call far CallProc32W
    dec word [rounds]
    jnz each_round
    mov ax, 0x4c00
    int 0x21
wrong:
    mov ax, 0x4c01
    int 0x21
