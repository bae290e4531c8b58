/* SPDX-License-Identifier: MIT */
/* wow64_internal.h - pointers as numbers. */
#ifndef WOW64_INTERNAL_H
#define WOW64_INTERNAL_H

#include "ntdll/win.h"

#define POINTER32(type, number) ((type *)(uintptr_t)(number))
/* A handle as the kernel takes it: -1 and -2 mean something. */
#define HANDLE64(handle)   ((uint64_t)(int64_t)(intptr_t)(handle))
#define ADDRESS64(pointer) ((uint64_t)(uintptr_t)(pointer))

#endif
