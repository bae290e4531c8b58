/* SPDX-License-Identifier: MIT */
/* width.h - numbers that depend on whether a process is of 64 or of 32 bits. */
#ifndef BASE_WIDTH_H
#define BASE_WIDTH_H

#ifdef __LP64__
#define BY_WIDTH(on_64, on_32) (on_64)
#else
#define BY_WIDTH(on_64, on_32) (on_32)
#endif

#endif
