/* SPDX-License-Identifier: MIT */
/* random.h - random bytes at any IRQL up to DISPATCH_LEVEL. */
#ifndef CNG_RANDOM_H
#define CNG_RANDOM_H

#include <wdm.h>

NTSTATUS RandomBegin(VOID); /* PASSIVE_LEVEL */
VOID RandomFill(PUCHAR Buffer, ULONG Length);

#endif
