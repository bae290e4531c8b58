/* SPDX-License-Identifier: MIT */
/* init.c - start and stop of the room. */
#include "mm_internal.h"

NTSTATUS mm_init(void)
{
    window_low_init();
    return mappings_init();
}

void mm_fini(void)
{
    mappings_fini();
}
