/* SPDX-License-Identifier: MIT */
/* ntdll/sync.h - locks that never reach the kernel: words that threads of the program wait on.
 *
 * Timeouts are the services' (relative when negative, in 100 ns; NULL: for ever).
 */
#ifndef NTDLL_SYNC_H
#define NTDLL_SYNC_H

#include "ntdll/win.h"

void section_init(RTL_CRITICAL_SECTION *section, ULONG spins);
void section_enter(RTL_CRITICAL_SECTION *section);
bool section_try(RTL_CRITICAL_SECTION *section);
void section_leave(RTL_CRITICAL_SECTION *section);

void srw_take_exclusive(RTL_SRWLOCK *lock);
void srw_take_shared(RTL_SRWLOCK *lock);
bool srw_try_exclusive(RTL_SRWLOCK *lock);
bool srw_try_shared(RTL_SRWLOCK *lock);
void srw_give_exclusive(RTL_SRWLOCK *lock);
void srw_give_shared(RTL_SRWLOCK *lock);

/* Host time at which a wait of that many milliseconds (INFINITE: never) is over. */
uint64_t deadline_of_ms(DWORD milliseconds);
uint64_t deadline_of_timeout(const LARGE_INTEGER *timeout);

/* The caller has read sequence under its lock, given the lock back and takes it again after.
 * False: the time was over. */
bool condition_wait(RTL_CONDITION_VARIABLE *variable, uint32_t sequence, uint64_t deadline_ns);
void condition_wake(RTL_CONDITION_VARIABLE *variable, bool all);

#endif
