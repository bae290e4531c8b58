/* SPDX-License-Identifier: MIT */
/* ctype.h - character classes and case, as ntoskrnl.exe exports them. */
#pragma once
#include <crtdefs.h>

#define _UPPER    0x01
#define _LOWER    0x02
#define _DIGIT    0x04
#define _SPACE    0x08
#define _PUNCT    0x10
#define _CONTROL  0x20
#define _BLANK    0x40
#define _HEX      0x80
#define _LEADBYTE 0x8000
#define _ALPHA    (0x0100 | _UPPER | _LOWER)

_CRT_BEGIN_C_HEADER
int __cdecl isalnum(int);
int __cdecl isalpha(int);
int __cdecl iscntrl(int);
int __cdecl isdigit(int);
int __cdecl isgraph(int);
int __cdecl islower(int);
int __cdecl isprint(int);
int __cdecl ispunct(int);
int __cdecl isspace(int);
int __cdecl isupper(int);
int __cdecl isxdigit(int);
int __cdecl tolower(int);
wint_t __cdecl towlower(wint_t);
wint_t __cdecl towupper(wint_t);
int __cdecl toupper(int);
int __cdecl _tolower(int);
int __cdecl _toupper(int);
_CRT_END_C_HEADER

#define __isascii(c) ((unsigned)(c) < 0x80)
#define __toascii(c) ((c) & 0x7f)
#ifndef isascii
#define isascii __isascii
#define toascii __toascii
#endif
