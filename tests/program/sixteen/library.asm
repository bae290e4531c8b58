; SPDX-License-Identifier: MIT
; library.asm - a DLL with data of its own: counts, calls back, keeps a text.
cpu 386

extern GlobalAlloc, lstrcpy
import GlobalAlloc KERNEL 15
import lstrcpy KERNEL 88

segment code use16 class=CODE public
group DGROUP data

global library_start, add_up, call_back, wep, text_get, counter
export add_up ADDUP 2
export call_back CALLBACK 3
export text_get TEXTGET
export wep WEP

..start:
library_start:              ; DI instance, DS data
    mov [instance], di
    inc word [starts]
    mov ax, 1
    retf

; long FAR PASCAL AddUp(int a, long b): a + b, and counts in the library's own data
add_up:
    push ds
    pop ax
    nop
    inc bp
    push bp
    mov bp, sp
    push ds
    mov ds, ax
    inc word [counter]
    mov ax, [bp + 6]        ; b
    mov dx, [bp + 8]
    add ax, [bp + 10]       ; a
    adc dx, 0
    add ax, [starts]        ; 1
    adc dx, 0
    pop ds
    pop bp
    dec bp
    retf 6

; int FAR PASCAL CallBack(FARPROC f, int n): f(n) + times AddUp was called
call_back:
    mov ax, ds
    nop
    push bp
    mov bp, sp
    push ds
    mov ds, ax
    push word [bp + 6]
    call far [bp + 8]
    add ax, [counter]
    pop ds
    pop bp
    retf 6

; LPSTR FAR PASCAL TextGet(void)
text_get:
    mov ax, word [text_pointer]
    mov dx, word [text_pointer + 2]
    push cs                 ; the far pointer in code, too, read through CS
    pop es
    mov ax, [es:pointer_in_code]
    mov dx, [es:pointer_in_code + 2]
    retf

wep:
    mov ax, 1
    retf 2

pointer_in_code:
    dw text, DGROUP

segment data use16 class=DATA public align=2
    times 8 dw 0
instance: dw 0
starts: dw 0
counter: dw 0
text: db "text of the library", 10, 0
text_pointer: dw text, DGROUP
