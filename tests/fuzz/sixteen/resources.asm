; SPDX-License-Identifier: MIT
; resources.asm - a compiled resource file, byte for byte: numbers and texts as types and names.
    cpu 286

%macro resource 1 ; behind type and name: the text
    dw 0x1030
    dd %%end - %%begin
%%begin:
    db %1
%%end:
%endmacro

    db 0xff
    dw 10
    db 0xff
    dw 1
    resource "one"
    db "MAP", 0, "EAST", 0
    resource "a map of the east"
    db 0xff
    dw 10
    db "Text", 0
    resource "text by name"
    db "map", 0
    db 0xff
    dw 7
    resource ""
