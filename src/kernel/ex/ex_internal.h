/* SPDX-License-Identifier: MIT */
/* ex_internal.h - start and stop of the room's parts. */
#ifndef EX_EX_INTERNAL_H
#define EX_EX_INTERNAL_H

#include "ex/ex.h"
#include "ke/ke.h"

NTSTATUS pool_init(void);
void pool_fini(void);
NTSTATUS work_init(void);
void work_fini(void);
void processor_features_init(void);

#endif
