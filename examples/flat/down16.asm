; SPDX-License-Identifier: MIT
; down16.asm - a 16-bit library whose functions 32-bit programs call (down.thk).

extern DOWN_THUNKCONNECT16
global DLLMAIN, TEXTSUM, SAMPLEUPDATE, NEGATE

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
    call far DOWN_THUNKCONNECT16
    pop bp
    retf 16

; DWORD FAR PASCAL TextSum(LPSTR text, int length, DWORD start)
TEXTSUM:
    push bp
    mov bp, sp
    push ds
    push si
    lds si, [bp+12]
    mov cx, [bp+10]
    mov ax, [bp+6]
    mov dx, [bp+8]
    jcxz .end
.next:
    mov bl, [si]
    inc si
    xor bh, bh
    add ax, bx
    adc dx, 0
    loop .next
.end:
    pop si
    pop ds
    pop bp
    retf 10

; BOOL FAR PASCAL SampleUpdate(LPSAMPLE sample, int factor); any truth but 1
SAMPLEUPDATE:
    push bp
    mov bp, sp
    push ds
    push si
    lds si, [bp+8]
    mov ax, [si]            ; Number
    imul word [bp+6]
    mov [si], ax
    inc byte [si+2]         ; Kind
    mov ax, [bp+6]
    cwd
    add [si+4], ax          ; Total
    adc [si+6], dx
    les bx, [si+14]         ; Name
    mov al, [es:bx]
    cbw
    mov [si+10], ax         ; Three[1]
    mov byte [es:bx], '*'
    mov ax, 0x100
    pop si
    pop ds
    pop bp
    retf 6

; int FAR PASCAL Negate(int number)
NEGATE:
    push bp
    mov bp, sp
    mov ax, [bp+6]
    neg ax
    pop bp
    retf 2

name_16: db "DOWN16.DLL", 0
name_32: db "DOWN32.DLL", 0
