; SPDX-License-Identifier: MIT
; ladder.asm - the lowest rung: a 16-bit Windows program that reaches a 64-bit driver.
;
; It loads a 32-bit DLL through KERNEL's generic thunks, calls it with a far pointer that the mask
; turns into a flat one, and is called back with the driver's notice. Prints what comes back and
; ends with 0, or with the number of the step that failed.
    cpu 386

%define CPEX_DEST_CDECL 0x80000000
%define TEXT_BYTES      14
%define TEXT_SUM        1296          ; of the bytes of `text`

    extern InitTask, LoadLibraryEx32W, FreeLibrary32W, GetProcAddress32W
    extern CallProc32W, CallProcEx32W, _lwrite
    import InitTask          KERNEL 91
    import LoadLibraryEx32W  KERNEL 513
    import FreeLibrary32W    KERNEL 514
    import GetProcAddress32W KERNEL 515
    import CallProc32W       KERNEL 517
    import CallProcEx32W     KERNEL 518
    import _lwrite           KERNEL 86

    group DGROUP data
    segment data use16 class=DATA public align=4
    times 16 db 0                     ; what Windows keeps at the start of a task's data
dll_name:    db "LADDER32.DLL", 0
open_name:   db "LadderOpen", 0
climb_name:  db "LadderClimb", 0
close_name:  db "LadderClose", 0
text:        db "all the way up"
             align 4
library:     dd 0
procedure:   dd 0
notice:      dd 0                     ; what the callback was given
said_loaded: db "16-bit program: the 32-bit DLL is loaded", 13, 10
loaded_end:
said_notice: db "16-bit program: called back with the driver's notice", 13, 10
notice_end:
said_answer: db "16-bit program: the driver saw a 32-bit caller and added up right", 13, 10
answer_end:
said_failed: db "16-bit program: step "
step:        db "0 failed", 13, 10
failed_end:

    segment stack use16 class=STACK stack align=16
    resb 4096

%macro say 2                          ; from, to
    push word 1                       ; standard output
    push ds
    push word %1
    push word %2 - %1
    call far _lwrite
%endmacro

%macro must 1                         ; step: dx:ax is not zero
    mov byte [step], %1
    mov cx, ax
    or cx, dx
    jz near failed
%endmacro

; Finds the DLL's function of that name; its address is in `procedure`.
%macro find 2                         ; name, step
    push dword [library]
    push ds
    push word %1
    call far GetProcAddress32W
    mov [procedure], ax
    mov [procedure + 2], dx
    must %2
%endmacro

    segment code use16 class=CODE public
..start:
    call far InitTask
    mov ax, DGROUP
    mov ds, ax

    push ds
    push word dll_name
    push dword 0                      ; no file
    push dword 0                      ; no flags
    call far LoadLibraryEx32W
    mov [library], ax
    mov [library + 2], dx
    must '1'
    say said_loaded, loaded_end

    find open_name, '2'
    push dword [procedure]            ; CallProc32W: parameters, address, mask, how many
    push dword 0
    push dword 0
    call far CallProc32W
    must '3'

    find climb_name, '4'
    push ds                           ; param1: the text, a far pointer
    push word text
    push dword TEXT_BYTES             ; param2
    push cs                           ; param3: the callback, 16:16 as it is
    push word heard
    push dword [procedure]
    push dword 100b                   ; the lowest bit is the last parameter
    push dword 3
    call far CallProc32W
    push dx
    push ax
    must '5'
    pop eax
    mov byte [step], '6'
    cmp eax, 0x10000 | TEXT_SUM
    jne near failed
    mov byte [step], '7'
    cmp dword [notice], TEXT_SUM
    jne near failed
    say said_answer, answer_end

    find close_name, '8'              ; _CallProcEx32W: how many, mask, address, parameters
    push dword [procedure]
    push dword 0
    push dword CPEX_DEST_CDECL
    call far CallProcEx32W
    add sp, 12
    must '9'
    push dword [library]
    call far FreeLibrary32W
    mov ax, 0x4c00
    int 0x21

failed:
    say said_failed, failed_end
    mov al, [step]
    sub al, '0'
    mov ah, 0x4c
    int 0x21

; DWORD FAR PASCAL heard(DWORD sum)
heard:
    push bp
    mov bp, sp
    push ds
    mov ax, DGROUP
    mov ds, ax
    mov eax, [bp + 6]
    mov [notice], eax
    say said_notice, notice_end
    pop ds
    pop bp
    xor ax, ax
    xor dx, dx
    retf 4
