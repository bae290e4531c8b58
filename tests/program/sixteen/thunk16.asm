; SPDX-License-Identifier: MIT
; thunk16.asm - a 16-bit program that tries KERNEL's generic thunks, with thunk32.dll behind them.
;
; Without arguments all checks run; the first letter of the command line chooses another end:
; f a fault in the 32-bit half, w a wait that is killed, n a callback to nowhere. Prints a line for
; each check; ends with the number of those that failed.
    cpu 386

%define CPEX_DEST_CDECL 0x80000000

    extern InitTask, LoadLibraryEx32W, FreeLibrary32W, GetProcAddress32W, GetVDMPointer32W
    extern CallProc32W, CallProcEx32W, _lwrite
    import InitTask          KERNEL 91
    import LoadLibraryEx32W  KERNEL 513
    import FreeLibrary32W    KERNEL 514
    import GetProcAddress32W KERNEL 515
    import GetVDMPointer32W  KERNEL 516
    import CallProc32W       KERNEL 517
    import CallProcEx32W     KERNEL 518
    import _lwrite           KERNEL 86

    group DGROUP data stack
    segment data use16 class=DATA public align=4
    times 16 db 0
given:                                ; struct given
    dw add_one, code
    dw weigh, code
    dw weigh_c, code
    dw nothing, code
    dw nest, code
    dw text, DGROUP
    dw unload, code
    dw fault, code
    dw segments, code

library:    dd 0
procedure:  dd 0
fault_here: dd 0
deeper:     dd 0
stack_was:  dw 0
failures:   db 0
dll_name:   db "thunk32.dll", 0
gone_dll:   db "thunkgone.dll", 0
gone_name:  db "GONE32.DLL", 0
text:       db "text of 16 bits", 0
a_letter:   db "A"
c_letter:   db "C"

said_ok:     db ": ok", 13, 10
ok_end:
said_missing: db "GetProcAddress32W: FAILED", 13, 10
missing_end:
said_failed: db ": FAILED, "
failed_end:
digits:      db "00000000", 13, 10
digits_end:

%macro name 1                         ; label
n_%1: db %str(%1), 0
%endmacro
    name Answer
    name None
    name Three
    name ThreeC
    name Many
    name Letters
    name Same
    name Count
    name Deeper
    name FaultHere
    name WaitForEver
    name CallNowhere
    name TestCallbacks
    name TestSegments
    name TestDepth
    name TestMemory
    name TestPointers
    name TestHandles
    name TestThread
    name TestErrors
    name TestUnload
    name TestExceptions
tests:
    dw n_TestCallbacks, n_TestSegments, n_TestDepth, n_TestMemory, n_TestPointers, n_TestHandles
    dw n_TestThread, n_TestErrors, n_TestUnload, n_TestExceptions, 0

    segment stack use16 class=STACK stack align=16
    resb 24576

    segment code use16 class=CODE public
..start:
    call far InitTask
    push es
    push bx
    mov ax, DGROUP
    mov ds, ax
    push ds
    push word dll_name
    push dword 0
    push dword 0
    call far LoadLibraryEx32W
    mov [library], ax
    mov [library + 2], dx
    pop bx
    pop es
next_letter:
    mov al, [es:bx]
    inc bx
    cmp al, ' '
    je next_letter
    cmp al, 'f'
    je near end_by_fault
    cmp al, 'w'
    je near end_by_wait
    cmp al, 'n'
    je near end_nowhere

%macro procedure_of 1
    push word n_%1
    call near find
%endmacro
; dx:ax must be the value; says so under a name.
%macro result_is 2                    ; name, value
    push dx
    push ax
    push dword %2
    push word %%name
    call near compare
    jmp short %%on
%%name: db %1, 0
%%on:
%endmacro

; ---- modules and addresses
    mov ax, [library]
    mov dx, [library + 2]
    cmp dword [library], 0
    mov ax, 0
    setne al
    xor dx, dx
    result_is "LoadLibraryEx32W", 1
    push ds
    push word gone_name
    push dword 0
    push dword 0
    call far LoadLibraryEx32W
    result_is "LoadLibraryEx32W of what is not there", 0
    push dword [library]
    push ds
    push word gone_name
    call far GetProcAddress32W
    result_is "GetProcAddress32W of what is not there", 0
    procedure_of Same
    push ds
    push word text
    push word 1
    call far GetVDMPointer32W
    push dx
    push ax
    pop ecx
    push ecx
    push ds                           ; the mask gives the same address
    push word text
    push dword [procedure]
    push dword 1
    push dword 1
    call far CallProc32W
    pop ecx
    push dx
    push ax
    pop eax
    sub eax, ecx
    or ecx, ecx
    jnz was_address
    inc eax
was_address:
    push eax
    pop ax
    pop dx
    result_is "GetVDMPointer32W", 0
    push ds
    push word text
    push word 0
    call far GetVDMPointer32W
    result_is "GetVDMPointer32W of a real-mode address", 0
    push dword 0xfff70000
    push word 1
    call far GetVDMPointer32W
    result_is "GetVDMPointer32W of no selector", 0

; ---- CallProc32W
    mov [stack_was], sp
    procedure_of None
    push dword [procedure]
    push dword 0
    push dword 0
    call far CallProc32W
    result_is "CallProc32W, no parameters", 0xcafe1234
    procedure_of Three
    push dword 1
    push dword 2
    push dword 3
    push dword [procedure]
    push dword 0
    push dword 3
    call far CallProc32W
    result_is "CallProc32W, three parameters", 321
    procedure_of ThreeC
    push dword 1
    push dword 2
    push dword 3
    push dword [procedure]
    push dword 0
    push dword CPEX_DEST_CDECL | 3
    call far CallProc32W
    result_is "CallProc32W, the C convention", 321
    procedure_of Many
    mov eax, 1
many_more:
    push eax
    inc eax
    cmp eax, 32
    jbe many_more
    push dword [procedure]
    push dword 0
    push dword 32
    call far CallProc32W
    result_is "CallProc32W, 32 parameters", 11440
    procedure_of Letters              ; A flat, B a number, C flat: the first and the last
    push ds
    push word a_letter
    push dword 'B'
    push ds
    push word c_letter
    push dword [procedure]
    push dword 101b
    push dword 3
    call far CallProc32W
    result_is "CallProc32W, a mask of two", 0x434241
    procedure_of Count                ; the lowest bit is the last parameter
    push dword 0xfff70000
    push dword [procedure]
    push dword 1
    push dword 1
    call far CallProc32W
    result_is "CallProc32W, a pointer without selector is NULL", 0xffffffff
    procedure_of Same
    push dword 0x12345678
    push dword [procedure]
    push dword 11111110b              ; bits of parameters that there are not
    push dword 1
    call far CallProc32W
    result_is "CallProc32W, a mask that is too wide", 0x12345678
    push dword 7
    push dword 0
    push dword 0
    push dword 1
    call far CallProc32W
    result_is "CallProc32W of no address", 0
    mov cx, 33
push_more:
    push dword 1
    loop push_more
    push dword [procedure]
    push dword 0
    push dword 33
    call far CallProc32W
    result_is "CallProc32W, 33 parameters", 0

; ---- _CallProcEx32W
    procedure_of Three
    push dword 3
    push dword 2
    push dword 1
    push dword [procedure]
    push dword 0
    push dword 3
    call far CallProcEx32W
    add sp, 24
    result_is "_CallProcEx32W", 321
    procedure_of ThreeC
    push dword 3
    push dword 2
    push dword 1
    push dword [procedure]
    push dword 0
    push dword CPEX_DEST_CDECL | 3
    call far CallProcEx32W
    add sp, 24
    result_is "_CallProcEx32W, the C convention", 321
    procedure_of Many
    mov eax, 32
many_less:
    push eax
    dec eax
    jnz many_less
    push dword [procedure]
    push dword 0
    push dword 32
    call far CallProcEx32W
    add sp, 12 + 32 * 4
    result_is "_CallProcEx32W, 32 parameters", 11440
    procedure_of Letters              ; the lowest bit is the first parameter
    push ds
    push word c_letter
    push dword 'B'
    push ds
    push word a_letter
    push dword [procedure]
    push dword 101b
    push dword 3
    call far CallProcEx32W
    add sp, 24
    result_is "_CallProcEx32W, a mask of two", 0x434241
    push dword [procedure]
    push dword 0
    push dword 33
    call far CallProcEx32W
    add sp, 12
    result_is "_CallProcEx32W, 33 parameters", 0
    mov ax, sp
    sub ax, [stack_was]
    cwd
    result_is "the stack is where it was", 0

; ---- what the DLL checks
    procedure_of Deeper
    mov eax, [procedure]
    mov [deeper], eax
    procedure_of FaultHere
    mov eax, [procedure]
    mov [fault_here], eax
    mov si, tests
each_test:
    mov ax, [si]
    or ax, ax
    jz near all_done
    push ax
    call near find
    push ds
    push word given
    push dword [procedure]
    push dword 1
    push dword 1
    call far CallProc32W
    push dx
    push ax
    push dword 0
    push word [si]
    call near compare_data
    add si, 2
    jmp near each_test
all_done:
    push dword [library]
    call far FreeLibrary32W
    or ax, ax
    setz al
    cbw
    cwd
    result_is "FreeLibrary32W", 0
    push ds
    push word gone_dll
    push dword 0
    push dword 0
    call far LoadLibraryEx32W
    mov [library], ax
    mov [library + 2], dx
    procedure_of Answer
    push dword 41
    push dword [procedure]
    push dword 0
    push dword 1
    call far CallProc32W
    result_is "a second DLL", 42
    push dword [library]
    call far FreeLibrary32W
    result_is "FreeLibrary32W of the second DLL", 1
    push dword [library]
    call far FreeLibrary32W
    result_is "FreeLibrary32W of what is gone", 0
    push dword [library]
    push ds
    push word n_Answer
    call far GetProcAddress32W
    result_is "GetProcAddress32W of what is gone", 0
    mov al, [failures]
    mov ah, 0x4c
    int 0x21

; ---- other ends
end_by_fault:
    procedure_of FaultHere
    push dword 2
    jmp short call_and_end
end_by_wait:
    procedure_of WaitForEver
    push dword [procedure]
    push dword 0
    push dword 0
    call far CallProc32W
    mov ax, 0x4c09
    int 0x21
end_nowhere:
    procedure_of CallNowhere
    push ds
    push word given
call_and_end:
    push dword [procedure]
    push dword 0
    push dword 1
    call far CallProc32W
    mov ax, 0x4c09
    int 0x21

; ---- what is called back
add_one:
    push bp
    mov bp, sp
    mov eax, [bp + 6]
    inc eax
    push eax
    pop ax
    pop dx
    pop bp
    retf 4

; a + 10 * b + 100 * c to dx:ax; where a and c are depends on the convention.
%macro weigh_with 3                   ; place of a, of c, bytes to take off
    push bp
    mov bp, sp
    movzx eax, word [bp + %1]
    imul ecx, dword [bp + 8], 10
    add eax, ecx
    movzx ecx, word [bp + %2]
    imul ecx, ecx, 100
    add eax, ecx
    push eax
    pop ax
    pop dx
    pop bp
    retf %3
%endmacro
weigh:   weigh_with 12, 6, 8          ; Pascal: c is on top
weigh_c: weigh_with 6, 12, 0

nothing:
    mov ax, 0x5678
    mov dx, 0x1234
    retf

; Deeper(given, depth) of the DLL
nest:
    push bp
    mov bp, sp
    push ds
    push si
    mov ax, DGROUP
    mov ds, ax
    mov si, [bp + 6]
    push ds
    push word given
    push dword [bp + 6]
    push dword [deeper]
    push dword 10b
    push dword 2
    call far CallProc32W
    cmp si, [bp + 6]
    je kept
    mov dx, 0x8000
kept:
    pop si
    pop ds
    pop bp
    retf 4

unload:
    push bp
    mov bp, sp
    push dword [bp + 6]
    call far FreeLibrary32W
    cwd
    pop bp
    retf 4

fault:
    push bp
    mov bp, sp
    push ds
    mov ax, DGROUP
    mov ds, ax
    push dword [bp + 6]
    push dword [fault_here]
    push dword 0
    push dword 1
    call far CallProc32W
    pop ds
    pop bp
    retf 4

segments:
    mov dx, ds
    mov ax, ss
    retf 4

; ---- helpers, near
; find(name): its address to `procedure`
find:
    push bp
    mov bp, sp
    push dword [library]
    push ds
    push word [bp + 4]
    call far GetProcAddress32W
    mov [procedure], ax
    mov [procedure + 2], dx
    or ax, dx
    jnz found
    inc byte [failures]
    push word 1
    push ds
    push word said_missing
    push word missing_end - said_missing
    call far _lwrite
found:
    pop bp
    ret 2

; compare(found, wanted, name): the name in this segment, or in that of the data
compare_data:
    mov cx, ds
    jmp short compare_any
compare:
    mov cx, cs
compare_any:
    push bp
    mov bp, sp
    push si
    mov si, [bp + 4]
    mov es, cx
    push word 1
    push es
    push si
    mov bx, si
measure:
    cmp byte [es:bx], 0
    lea bx, [bx + 1]
    jne measure
    sub bx, si
    dec bx
    push bx
    call far _lwrite
    mov eax, [bp + 10]
    cmp eax, [bp + 6]
    jne differs
    push word 1
    push ds
    push word said_ok
    push word ok_end - said_ok
    call far _lwrite
    jmp short compared
differs:
    inc byte [failures]
    mov di, digits + 7
    mov cx, 8
hexadecimal:
    mov bl, al
    and bl, 15
    add bl, '0'
    cmp bl, '9'
    jbe decimal
    add bl, 'a' - '0' - 10
decimal:
    mov [di], bl
    dec di
    shr eax, 4
    loop hexadecimal
    push word 1
    push ds
    push word said_failed
    push word digits_end - said_failed
    call far _lwrite
compared:
    pop si
    pop bp
    ret 10
