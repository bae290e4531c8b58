/* SPDX-License-Identifier: MIT */
/* po.c - the room's start and end. */
#include "po_internal.h"

#include "io/io.h"

NTSTATUS po_init(void)
{
    requests_init();
    idle_init();
    settings_init();
    fx_init();
    io_device_end_set(idle_forget);
    return system_init();
}

void po_fini(void)
{
    io_device_end_set(NULL);
    system_fini();
}
