/* SPDX-License-Identifier: MIT */
/* msvc_names.S - two nested frames as MSVC makes them for functions with a stack cookie: the
 * handler is __GSHandlerCheck, its data the place of the cookie. MsvcFrames counts them.
 */
    .data
    .globl MsvcFrames
MsvcFrames:
    .long 0

    .text
    .globl MsvcCallThrough
    .def MsvcCallThrough; .scl 2; .type 32; .endef
    .seh_proc MsvcCallThrough
MsvcCallThrough:
    subq $0x38, %rsp
    .seh_stackalloc 0x38
    .seh_handler __GSHandlerCheck, @except, @unwind
    .seh_handlerdata
    .long 0x30
    .text
    .seh_endprologue
    incl MsvcFrames(%rip)
    call inner
    addq $0x38, %rsp
    ret
    .seh_endproc

    .def inner; .scl 3; .type 32; .endef
    .seh_proc inner
inner:
    subq $0x38, %rsp
    .seh_stackalloc 0x38
    .seh_handler __GSHandlerCheck, @except, @unwind
    .seh_handlerdata
    .long 0x30
    .text
    .seh_endprologue
    incl MsvcFrames(%rip)
    call *%rcx
    nop
    addq $0x38, %rsp
    ret
    .seh_endproc
