/* SPDX-License-Identifier: MIT */
/* spinlock.h - spin locks between virtual processors. */
#ifndef KE_SPINLOCK_H
#define KE_SPINLOCK_H

#include "ke_internal.h"

/* The word is 0, or 1 with the owning thread's address: who takes twice, or gives what
 * nobody has, is stopped (bug checks 0xF and 0x10). IRQL is the caller's. */
void spinlock_take(KSPIN_LOCK *lock);
bool spinlock_try_take(KSPIN_LOCK *lock);
void spinlock_give(KSPIN_LOCK *lock);

/* Reader-writer: bit 31 is the writer, the rest counts readers; bit 30: a writer waits. */
void rwspin_take_shared(EX_SPIN_LOCK *lock);
void rwspin_give_shared(EX_SPIN_LOCK *lock);
void rwspin_take_exclusive(EX_SPIN_LOCK *lock);
void rwspin_give_exclusive(EX_SPIN_LOCK *lock);
bool rwspin_try_convert(EX_SPIN_LOCK *lock);

#endif
