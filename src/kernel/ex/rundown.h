/* SPDX-License-Identifier: MIT */
/* rundown.h - rundown protection for this room's DDI files. */
#ifndef EX_RUNDOWN_H
#define EX_RUNDOWN_H

#include "ex/ex.h"

bool rundown_acquire(EX_RUNDOWN_REF *reference, ULONG count); /* any IRQL */
void rundown_release(EX_RUNDOWN_REF *reference, ULONG count); /* <= DISPATCH_LEVEL */
void rundown_wait(EX_RUNDOWN_REF *reference);                 /* <= APC_LEVEL */

#endif
