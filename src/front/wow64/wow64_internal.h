/* SPDX-License-Identifier: MIT */
/* wow64_internal.h - pointers as numbers, and the program's memory, which may be gone. */
#ifndef WOW64_INTERNAL_H
#define WOW64_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ntdll/win.h"

#define POINTER32(type, number) ((type *)(uintptr_t)(number))
/* A handle as the kernel takes it: -1 and -2 mean something. */
#define HANDLE64(handle)   ((uint64_t)(int64_t)(intptr_t)(handle))
#define ADDRESS64(pointer) ((uint64_t)(uintptr_t)(pointer))

/* Could it be the program's own? Behind its addresses lies its host, which the functions of copy.S
 * would reach: where a number of the program's goes to them, this is asked before. */
static inline bool wow64_is_programs(uint32_t pointer)
{
    return pointer < 0x80000000u;
}

/* copy.S: false when a fault was met; what was copied up to there stays. */
bool wow64_copy(void *to, const void *from, uint32_t bytes);
bool wow64_copy4(void *to, const void *from);
bool wow64_copy8(void *to, const void *from);
bool wow64_copy16(void *to, const void *from);
bool wow64_copy24(void *to, const void *from);
/* Written back where it is, too: may it be? */
bool wow64_renew4(void *to, void *from);
bool wow64_renew8(void *to, void *from);
bool wow64_touch(void *at);
/* Whether each page of it may be written just now; an answer of no bytes always may. */
bool wow64_is_writable(void *at, uint32_t bytes);

/* redirect.c: another name for a file's, on the heap; NULL: it stays. */
wchar_t *wow64_name_redirect(const wchar_t *name, size_t count, size_t *out_count);

#endif
