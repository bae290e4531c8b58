/* SPDX-License-Identifier: MIT */
/* abi.h - how Windows code calls C functions: by Microsoft's convention, in 32 bits by C's own. */
#ifndef CRT_ABI_H
#define CRT_ABI_H

#ifdef __i386__
#define CRT_MS_ABI
#else
#define CRT_MS_ABI __attribute__((ms_abi))
#endif

#endif
