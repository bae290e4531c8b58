/* SPDX-License-Identifier: MIT */
/* setjmp.h - saved machine state for _setjmp and longjmp on x64. */
#pragma once
#include <crtdefs.h>

#define _JBLEN 16
typedef struct __declspec(align(16)) _SETJMP_FLOAT128 {
    unsigned __int64 Part[2];
} SETJMP_FLOAT128;
typedef SETJMP_FLOAT128 _JBTYPE;

typedef struct _JUMP_BUFFER {
    unsigned __int64 Frame, Rbx, Rsp, Rbp, Rsi, Rdi, R12, R13, R14, R15, Rip;
    unsigned long MxCsr;
    unsigned short FpCsr, Spare;
    SETJMP_FLOAT128 Xmm6, Xmm7, Xmm8, Xmm9, Xmm10, Xmm11, Xmm12, Xmm13, Xmm14, Xmm15;
} _JUMP_BUFFER;
typedef _JBTYPE jmp_buf[_JBLEN];

_CRT_BEGIN_C_HEADER
#ifndef __cplusplus
int __cdecl _setjmp(jmp_buf);
#define setjmp _setjmp
#endif
__declspec(noreturn) void __cdecl longjmp(jmp_buf, int);
_CRT_END_C_HEADER
