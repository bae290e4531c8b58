; SPDX-License-Identifier: MIT
; rest.asm - KERNEL's functions that programs call now and then, and TOOLHELP's and KEYBOARD's.
%include "task.inc"
%include "check.inc"

use LocalInit, LocalAlloc, LocalShrink, LockSegment, UnlockSegment, GlobalCompact, GetFreeSpace
use GetModuleHandle, GetModuleName, GetExePtr, GetExpWinVer, GetExeVersion, GetInstanceData
use InitAtomTable, OpenPathName, DeletePathName, GetTempDrive, GetTempFileName, GetDriveType
use GetWindowsDirectory, GetSystemDirectory, GetDOSEnvironment, OutputDebugString, IsTaskLocked
use GlobalAlloc, GlobalFree, GlobalLock, GlobalWire, GlobalUnWire, GlobalFix, GlobalUnfix
use GlobalPageLock, GlobalPageUnlock, GlobalLRUOldest, GlobalLRUNewest, GetTaskDS
use AllocCStoDSAlias, AllocAlias, AllocSelectorArray, FreeSelector, SelectorAccessRights
use SetHandleCount, IsDBCSLeadByte, IsBadHugeWritePtr, LoadLibrary, FreeModule, GetProcAddress
use SetSelectorBase, GetSelectorBase, SetSelectorLimit, GetVersion, _lclose, GetCurrentTask
use MakeProcInstance, __AHSHIFT, __WINFLAGS, IsTask, GetModuleUsage
%define MODULE USER
use lstrcmp, IsCharAlphaNumeric, IsCharLower, AnsiUpperBuff, AnsiLowerBuff
%define MODULE KEYBOARD
use OemToAnsi, AnsiToOemBuff, OemToAnsiBuff
%define MODULE TOOLHELP
use GlobalHandleToSel, GlobalEntryModule, ModuleFindHandle, MemoryWrite, GlobalInfo, MemManInfo
use SystemHeapInfo, TimerCount, ClassFirst, ClassNext, InterruptRegister, InterruptUnRegister
use NotifyRegister, NotifyUnRegister

main:
    mov [instance], di
    mov [prefix], es
    ; ---- a local heap of another segment -------------------------------------------------------
    call_far GlobalAlloc, word 40h, dword 4096
    mov [block], ax
    call_far LocalInit, word [block], word 100h, word 0f00h
    check ne, ax, 0
    push ds
    mov ds, [block]
    call_far LocalAlloc, word 0, word 200
    call_far LocalShrink, word 0, word 0
    pop ds
    call_far GlobalFree, word [block]
    check e, ax, 0
    ; ---- blocks that stay ----------------------------------------------------------------------
    call_far GlobalAlloc, word 2, dword 100
    mov [block], ax
    call_far GlobalFix, word [block]
    call_far GlobalUnfix, word [block]
    check e, ax, 0
    call_far GlobalWire, word [block]
    mov [selector], dx
    check ne, dx, 0
    call_far GlobalUnWire, word [block]
    check e, ax, 0
    call_far GlobalPageLock, word [selector]
    check e, ax, 1
    call_far GlobalPageUnlock, word [selector]
    check e, ax, 0
    call_far GlobalLRUOldest, word [block]
    check e, ax, [block]
    call_far GlobalLRUNewest, word [block]
    check e, ax, [block]
    call_far GlobalHandleToSel, word [block]
    check e, ax, [selector]
    call_far IsBadHugeWritePtr, word [selector], word 0, dword 100
    check e, ax, 0
    call_far IsBadHugeWritePtr, word [selector], word 0, dword 1000
    check e, ax, 1
    call_far MemoryWrite, word [selector], dword 2, ds, word magic, dword 2
    check e, ax, 2
    mov es, [selector]
    check e, word [es:2], 0cafeh
    call_far MemoryWrite, word [selector], dword 100000, ds, word magic, dword 2
    check e, ax, 0
    call_far LockSegment, ds
    mov bx, ds
    check e, ax, bx
    call_far UnlockSegment, ds
    call_far GlobalCompact, dword 0
    check ne, dx, 0
    call_far GetFreeSpace, word 0
    check ne, dx, 0
    ; ---- selectors -----------------------------------------------------------------------------
    call_far AllocCStoDSAlias, cs
    mov es, ax
    mov bx, main
    mov ax, [es:bx]
    check e, ax, [cs:bx]
    call_far FreeSelector, es
    call_far AllocAlias, ds
    mov es, ax
    check e, word [es:magic], 0cafeh
    call_far FreeSelector, es
    call_far AllocSelectorArray, word 3
    mov [selector], ax
    check ne, ax, 0
    add ax, 16
    call_far GetSelectorBase, ax
    call_far FreeSelector, word [selector]
    mov ax, __AHSHIFT
    check e, ax, 3
    mov ax, __WINFLAGS
    check e, ax, 413h
    ; ---- modules -------------------------------------------------------------------------------
    call_far GetModuleHandle, ds, word rest
    mov [module], ax
    check ne, ax, 0
    call_far GetModuleName, ax, ds, word buffer, word 20
    check e, ax, 1
    check e, word [buffer], 'RE'
    call_far GetExePtr, word [instance]
    check e, ax, [module]
    call_far GetExpWinVer, word [module]
    mov bx, ax
    call_far GetExeVersion
    check e, ax, bx
    call_far GetTaskDS
    mov bx, ds
    check e, ax, bx
    call_far IsTaskLocked
    check e, ax, 0
    call_far GetCurrentTask
    call_far IsTask, ax
    check e, ax, 1
    call_far IsTask, word 3
    check e, ax, 0
    mov word [magic], 1234h
    call_far GetInstanceData, ds, word magic, word 2
    check e, ax, 2
    mov word [magic], 0cafeh
    mov dword [entry], 276
    call_far ModuleFindHandle, ds, word entry, word [module]
    check e, ax, [module]
    check e, word [entry + 4], 'RE'
    mov dword [entry], 36
    call_far GlobalEntryModule, ds, word entry, word [module], word 1
    check e, ax, 1
    ; ---- what TOOLHELP knows of the whole ------------------------------------------------------
    mov dword [entry], 10
    call_far GlobalInfo, ds, word entry
    check e, ax, 1
    check a, word [entry + 4], 5
    mov dword [entry], 38
    call_far MemManInfo, ds, word entry
    check e, ax, 1
    check e, word [entry + 36], 4096
    mov dword [entry], 12
    call_far SystemHeapInfo, ds, word entry
    check e, ax, 1
    check e, word [entry + 4], 100
    mov dword [entry], 12
    call_far TimerCount, ds, word entry
    check e, ax, 1
    mov dword [entry], 4
    call_far TimerCount, ds, word entry
    check e, ax, 0
    call_far ClassFirst, ds, word entry
    check e, ax, 0
    call_far ClassNext, ds, word entry
    check e, ax, 0
    ; ---- text ----------------------------------------------------------------------------------
    call_far lstrcmp, ds, word rest, ds, word rest
    check e, ax, 0
    call_far lstrcmp, ds, word rest, ds, word lower
    check ne, ax, 0
    call_far IsCharAlphaNumeric, word '7'
    check e, ax, 1
    call_far IsCharAlphaNumeric, word '-'
    check e, ax, 0
    call_far IsCharLower, word 'x'
    check e, ax, 1
    call_far AnsiUpperBuff, ds, word lower, word 2
    check e, word [lower], 'RE'
    check e, word [lower + 2], 'st'
    call_far AnsiLowerBuff, ds, word lower, word 4
    check e, word [lower], 're'
    call_far OemToAnsi, ds, word rest, ds, word buffer
    check e, ax, 0ffffh
    check e, word [buffer + 2], 'ST'
    call_far AnsiToOemBuff, ds, word lower, ds, word buffer, word 3
    check e, word [buffer], 're'
    check e, byte [buffer + 3], 'T'
    call_far OemToAnsiBuff, ds, word lower, ds, word buffer, word 4
    check e, byte [buffer + 3], 't'
    call_far IsDBCSLeadByte, word 81h
    check e, ax, 0
    ; ---- files and folders ---------------------------------------------------------------------
    call_far GetTempFileName, word 0, ds, word tmp, word 77h, ds, word buffer
    check e, ax, 77h
    call_far GetTempFileName, word 0, ds, word tmp, word 0, ds, word buffer
    check ne, ax, 0
    call_far OpenPathName, ds, word buffer, word 0
    check ne, ax, 0ffffh        ; it was made
    call_far _lclose, ax
    call_far DeletePathName, ds, word buffer
    check ne, ax, 0ffffh
    call_far OpenPathName, ds, word buffer, word 0
    check e, ax, 0ffffh
    call_far GetTempDrive, word 0
    check ae, al, 'A'
    call_far GetDriveType, word 2
    check e, ax, 3              ; C: is fixed
    call_far GetWindowsDirectory, ds, word buffer, word 60
    check a, ax, 3
    check e, byte [buffer + 1], ':'
    call_far GetSystemDirectory, ds, word buffer, word 60
    check a, ax, 3
    call_far GetDOSEnvironment
    mov es, dx
    check ne, byte [es:0], 0
    call_far SetHandleCount, word 40
    check e, ax, 40
    call_far InitAtomTable, word 37
    check ne, ax, 0
    ; ---- what happens --------------------------------------------------------------------------
    push cs
    push word noticed
    push word [instance]
    call far MakeProcInstance
    mov [routine], ax
    mov [routine + 2], dx
    call_far NotifyRegister, word 0, dx, ax, word 0
    check e, ax, 1
    call_far NotifyRegister, word 0, word [routine + 2], word [routine], word 0
    check e, ax, 0              ; one a task
    call_far OutputDebugString, ds, word debug
    check e, word [notice_id], 11
    check e, word [notice_data], debug
    call_far LoadLibrary, ds, word library
    check a, ax, 31
    mov [module], ax
    call_far FreeModule, ax
    check e, ax, 0              ; nobody else has it
    check e, word [notice_id], 6
    call_far NotifyUnRegister, word 0
    check e, ax, 1
    call_far NotifyUnRegister, word 0
    check e, ax, 0
    call_far OutputDebugString, ds, word debug
    check e, word [notices], 2
    ; ---- faults --------------------------------------------------------------------------------
    push cs
    push word faulted
    push word [instance]
    call far MakeProcInstance
    call_far InterruptRegister, word 0, dx, ax
    check e, ax, 1
    mov si, sp
    mov es, [prefix]
    mov bx, 0fffeh
    mov ax, 1111h
    mov [es:bx], al             ; the handler goes on behind it
    check e, ax, 1111h
    check e, sp, si
    check e, word [fault_number], 13
    mov cx, 0
    mov dx, 0
    div cx                      ; here, too
    check e, word [fault_number], 0
    check e, sp, si
    check e, word [faults], 2
    push ds                     ; a breakpoint is handed on to the interrupt's routine
    mov ax, cs
    mov ds, ax
    mov dx, trapped
    mov ax, 2503h
    call far DOS3Call
    pop ds
    mov ax, 5
    int 3
    check e, ax, 6
    check e, word [faults], 3
    call_far InterruptUnRegister, word 0
    check e, ax, 1
    call_far InterruptUnRegister, word 0
    check e, ax, 0
    mov ax, [failures]
    ret

trapped:
    inc ax
    iret

; BOOL FAR PASCAL (WORD id, DWORD data)
noticed:
    push bp
    mov bp, sp
    push ds
    mov ds, ax
    mov ax, [bp + 10]
    mov [notice_id], ax
    mov ax, [bp + 6]
    mov [notice_data], ax
    inc word [notices]
    pop ds
    pop bp
    mov ax, 0
    retf 6

; ss:sp: way back, AX, number, handle; ip, cs, flags
faulted:
    push bp
    mov bp, sp
    push ds
    mov ds, ax
    inc word [faults]
    mov ax, [bp + 8]
    mov [fault_number], ax
    cmp ax, 3
    je .hand_on
    add word [bp + 12], 2       ; `div cx` has two bytes, the other three
    cmp ax, 13
    jne .back
    inc word [bp + 12]
.back:
    mov ax, [bp + 6]
    pop ds
    pop bp
    add sp, 10
    iret
.hand_on:
    pop ds
    pop bp
    retf

segment data
instance: dw 0
prefix: dw 0
module: dw 0
block: dw 0
selector: dw 0
magic: dw 0cafeh
routine: dw 0, 0
notice_id: dw 0
notice_data: dw 0
notices: dw 0
faults: dw 0
fault_number: dw 0ffffh
rest: db "REST", 0
lower: db "rest", 0
tmp: db "tst", 0
library: db "LIBRARY.DLL", 0
debug: db "debug text", 0
buffer: times 160 db 0
entry: times 300 db 0
