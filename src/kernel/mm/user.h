/* SPDX-License-Identifier: MIT */
/* user.h - the assembler's routines and what is built on them, for this room. */
#ifndef MM_USER_H
#define MM_USER_H

#include "mm/mm.h"

NTSTATUS user_write_status(IO_STATUS_BLOCK *to, NTSTATUS status, ULONG_PTR information);
NTSTATUS user_fill_bytes(void *to, int byte, size_t length);
NTSTATUS user_touch_read(const volatile void *address);
NTSTATUS user_touch_write(volatile void *address);

/* Counts changes of what programs' pages may be used for: one more after each. */
extern _Atomic uint64_t user_changes;

/* May be read here, whatever it belongs to? */
bool address_is_readable(const volatile void *address);

#endif
