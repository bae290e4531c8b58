/* SPDX-License-Identifier: MIT */
/* frontcrt/frontcrt.h - the C run-times' door for the program's start. */
#ifndef FRONTCRT_FRONTCRT_H
#define FRONTCRT_FRONTCRT_H

/* Standard streams and per-thread data; after win32_init. */
void frontcrt_init(void);

#endif
