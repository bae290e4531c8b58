/* SPDX-License-Identifier: MIT */
/* init.c - start and stop of the room: pool first, because the rest may allocate. */
#include "ex_internal.h"

NTSTATUS ex_init(void)
{
    NTSTATUS status = pool_init();

    if (!NT_SUCCESS(status))
        return status;
    processor_features_init();
    status = work_init();
    if (!NT_SUCCESS(status))
        pool_fini();
    return status;
}

void ex_fini(void)
{
    work_fini();
    pool_fini();
}
