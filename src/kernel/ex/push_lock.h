/* SPDX-License-Identifier: MIT */
/* push_lock.h - push locks for this room's DDI files. IRQL <= APC_LEVEL, APCs disabled. */
#ifndef EX_PUSH_LOCK_H
#define EX_PUSH_LOCK_H

#include "ex/ex.h"

void push_lock_take(EX_PUSH_LOCK *lock, bool is_exclusive);
bool push_lock_try_take(EX_PUSH_LOCK *lock, bool is_exclusive);
void push_lock_give(EX_PUSH_LOCK *lock, bool is_exclusive);
bool push_lock_is_exclusive(const EX_PUSH_LOCK *lock);

#endif
