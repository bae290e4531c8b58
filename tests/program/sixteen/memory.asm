; SPDX-License-Identifier: MIT
; memory.asm - global and local heaps, selectors, atoms, files, text, Catch and Throw.
%include "task.inc"
%include "check.inc"

use GlobalAlloc, GlobalFree, GlobalLock, GlobalUnlock, GlobalSize, GlobalReAlloc, GlobalHandle
use GlobalFlags, LocalAlloc, LocalFree, LocalLock, LocalUnlock, LocalSize, LocalReAlloc, LocalHandle
use LocalFlags, LocalCompact, AllocSelector, FreeSelector, AllocDStoCSAlias, GetSelectorBase
use SetSelectorBase, SetSelectorLimit, GetSelectorLimit, PrestoChangoSelector, AddAtom, FindAtom
use DeleteAtom, GetAtomName, _lcreat, _lclose, _lopen, _lread, _llseek, _hwrite, _hread, OpenFile
use lstrcpy, lstrcat, lstrcpyn, hmemcpy, IsBadReadPtr, IsBadWritePtr, IsBadCodePtr, IsBadStringPtr
use Catch, Throw, GetCurrentPDB, GetCurrentTask, GetNumTasks, SetErrorMode, GetWinFlags
use SelectorAccessRights, GlobalDosAlloc, GlobalDosFree, IsBadHugeReadPtr

main:
    ; ---- global blocks -------------------------------------------------------------------------
    call_far GlobalAlloc, word 42h, dword 1000
    mov [handle], ax
    check ne, ax, 0
    test ax, 1
    check z                     ; a moveable block's handle is even
    call_far GlobalLock, word [handle]
    mov [selector], dx
    check e, ax, 0
    mov es, dx
    check e, word [es:998], 0   ; it was asked to be empty
    mov word [es:0], 1234h
    call_far GlobalSize, word [handle]
    check e, ax, 1024           ; in steps of 32 bytes
    call_far GlobalFlags, word [handle]
    check e, ax, 1              ; a lock
    call_far GlobalUnlock, word [handle]
    check e, ax, 0
    call_far GlobalHandle, word [selector]
    check e, ax, [handle]
    check e, dx, [selector]
    call_far GlobalReAlloc, word [handle], dword 5000, word 42h
    check e, ax, [handle]
    mov es, [selector]
    check e, word [es:0], 1234h
    check e, word [es:4000], 0
    ; More than 64 KiB: selectors eight apart.
    call_far GlobalReAlloc, word [handle], dword 200000, word 42h
    mov [handle], ax
    call_far GlobalLock, ax
    mov [selector], dx
    mov ax, dx
    add ax, 16
    mov es, ax
    mov word [es:100], 5678h
    call_far IsBadHugeReadPtr, word [selector], word 0, dword 200000
    check e, ax, 0
    call_far IsBadHugeReadPtr, word [selector], word 0, dword 200065
    check e, ax, 1
    mov es, [selector]
    mov ebx, 131072 + 100       ; the first one reaches everything
    check e, word [es:ebx], 5678h
    check e, word [es:0], 1234h
    push ds
    pop es
    call_far GlobalUnlock, word [handle]
    call_far GlobalFree, word [handle]
    check e, ax, 0
    call_far GlobalSize, word [handle]
    check e, ax, 0
    call_far GlobalAlloc, word 0, dword 20000000
    check e, ax, 0              ; more than there may be
    call_far GlobalAlloc, word 2, dword 0
    mov [handle], ax            ; discarded from the start
    call_far GlobalFlags, ax
    test ax, 4000h
    check nz
    call_far GlobalFree, word [handle]
    call_far GlobalDosAlloc, dword 100
    check e, ax, 0              ; nothing of real mode is there
    ; ---- local blocks --------------------------------------------------------------------------
    call_far LocalCompact, word 0
    mov [largest], ax
    call_far LocalAlloc, word 40h, word 100
    mov [fixed], ax
    mov bx, ax
    check e, word [bx + 98], 0
    mov word [bx], 4321h
    call_far LocalLock, word [fixed]
    check e, ax, [fixed]
    call_far LocalAlloc, word 42h, word 50
    mov [moveable], ax
    mov bx, ax
    mov ax, [bx]                ; the documented shortcut to the block
    mov [block], ax
    call_far LocalLock, word [moveable]
    check e, ax, [block]
    call_far LocalFlags, word [moveable]
    check e, ax, 1
    call_far LocalHandle, word [block]
    check e, ax, [moveable]
    call_far LocalUnlock, word [moveable]
    call_far LocalSize, word [moveable]
    check e, ax, 52
    call_far LocalReAlloc, word [fixed], word 400, word 42h
    mov bx, ax
    mov [fixed], ax
    check e, word [bx], 4321h
    check e, word [bx + 398], 0
    call_far LocalReAlloc, word [moveable], word 300, word 42h
    check e, ax, [moveable]
    call_far LocalAlloc, word 0, word 60000
    check e, ax, 0
    call_far LocalFree, word [fixed]
    check e, ax, 0
    call_far LocalFree, word [moveable]
    check e, ax, 0
    call_far LocalFree, word 1234h
    check e, ax, 1234h          ; none of its blocks
    call_far LocalCompact, word 0
    check e, ax, [largest]
    ; ---- selectors -----------------------------------------------------------------------------
    call_far AllocSelector, ds
    mov [selector], ax
    mov es, ax
    check e, word [es:magic], 0cafeh
    call_far GetSelectorBase, ds
    mov [base], ax
    mov [base + 2], dx
    add word [base], magic
    adc word [base + 2], 0
    call_far SetSelectorBase, word [selector], word [base + 2], word [base]
    call_far SetSelectorLimit, word [selector], dword 1
    call_far GetSelectorLimit, word [selector]
    check e, ax, 1
    mov es, [selector]
    check e, word [es:0], 0cafeh
    call_far IsBadReadPtr, word [selector], word 0, word 2
    check e, ax, 0
    call_far IsBadReadPtr, word [selector], word 0, word 3
    check e, ax, 1
    call_far FreeSelector, word [selector]
    check e, ax, 0
    check e, es, 0              ; what was freed is no longer loaded
    call_far AllocDStoCSAlias, ds
    mov [alias + 2], ax
    call far [alias]            ; code in data
    check e, ax, 99
    call_far SelectorAccessRights, word [alias + 2], word 0, word 0
    check e, ax, 0fah
    call_far IsBadCodePtr, word [alias + 2], word 0
    check e, ax, 0
    call_far IsBadWritePtr, word [alias + 2], word 0, word 1
    check e, ax, 1
    call_far FreeSelector, word [alias + 2]
    call_far FreeSelector, ds
    mov bx, ds
    check e, ax, bx             ; a segment of a module stays
    ; ---- atoms ---------------------------------------------------------------------------------
    call_far AddAtom, ds, word name
    mov [atom], ax
    call_far FindAtom, ds, word name_in_capitals
    check e, ax, [atom]
    call_far AddAtom, ds, word number
    check e, ax, 77
    call_far GetAtomName, word [atom], ds, word buffer, word 20
    check e, ax, 4
    check e, word [buffer], 'na'
    call_far DeleteAtom, word [atom]
    call_far FindAtom, ds, word name
    check e, ax, 0
    ; ---- files ---------------------------------------------------------------------------------
    call_far _lcreat, ds, word file, word 0
    mov [handle], ax
    call_far _hwrite, word [handle], ds, word name, dword 4
    check e, ax, 4
    call_far _llseek, word [handle], dword 1, word 0
    check e, ax, 1
    call_far _lread, word [handle], ds, word buffer, word 20
    check e, ax, 3
    check e, word [buffer], 'am'
    call_far _lclose, word [handle]
    check e, ax, 0
    call_far _lclose, word [handle]
    check e, ax, 0ffffh
    call_far OpenFile, ds, word file, ds, word structure, word 0
    mov [handle], ax
    check ne, ax, 0ffffh
    call_far _hread, word [handle], ds, word buffer, dword 2
    check e, ax, 2
    call_far _lclose, word [handle]
    call_far OpenFile, ds, word file, ds, word structure, word 200h
    check e, ax, 1              ; deleted
    call_far _lopen, ds, word file, word 0
    check e, ax, 0ffffh
    ; ---- text ----------------------------------------------------------------------------------
    call_far lstrcpy, ds, word buffer, ds, word name
    check e, ax, buffer
    call_far lstrcat, ds, word buffer, ds, word number
    check e, word [buffer + 4], '#7'
    call_far lstrcpyn, ds, word buffer, ds, word number, word 2
    check e, word [buffer], '#'
    call_far hmemcpy, ds, word buffer, ds, word name, dword 2
    check e, word [buffer], 'na'
    call_far IsBadStringPtr, ds, word name, word 100
    check e, ax, 0
    ; ---- the task ------------------------------------------------------------------------------
    call_far GetCurrentPDB
    mov es, ax
    check e, word [es:0], 20cdh
    call_far GetCurrentTask
    mov es, ax
    check e, word [es:0fah], 'TD'
    call_far GetNumTasks
    check e, ax, 1
    call_far SetErrorMode, word 1
    check e, ax, 0
    call_far SetErrorMode, word 0
    check e, ax, 1
    call_far GetWinFlags
    check e, ax, 413h
    ; ---- Catch and Throw -----------------------------------------------------------------------
    mov si, 1111h
    mov di, 2222h
    call_far Catch, ds, word buffer
    cmp ax, 0
    jne .thrown
    call deeper
    jmp .missed
.thrown:
    check e, ax, 55
    check e, si, 1111h
    check e, di, 2222h
    jmp .end
.missed:
    check e, ax, 0ffffh
.end:
    mov ax, [failures]
    ret

deeper:
    mov si, 0
    mov di, 0
    push ax
    call_far Throw, ds, word buffer, word 55
    pop ax
    ret

segment data
code_in_data:
    db 0b8h, 99, 0, 0cbh        ; mov ax, 99; retf
alias: dw code_in_data, 0
handle: dw 0
selector: dw 0
largest: dw 0
fixed: dw 0
moveable: dw 0
block: dw 0
base: dw 0, 0
magic: dw 0cafeh
atom: dw 0
name: db "name", 0
name_in_capitals: db "NAME", 0
number: db "#77", 0
file: db "SIXTEEN.TMP", 0
buffer: times 64 db 0
structure: times 136 db 0
