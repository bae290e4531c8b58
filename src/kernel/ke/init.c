/* SPDX-License-Identifier: MIT */
/* init.c - start and stop of the room, in the order its parts need each other. */
#include "host/points.h"
#include "ke_internal.h"

NTSTATUS ke_init(const struct ke_options *options)
{
    unsigned count = options != NULL ? options->processors : 0;
    NTSTATUS status;

    if (count == 0)
        count = (unsigned)host_cpu_count();
    if (count > KE_PROCESSORS_MAX)
        count = KE_PROCESSORS_MAX;
    /* On the simulated ground there is one, but for who asks for more while it draws at locks. */
    if ((host_is_sim() && !host_points) || count == 0)
        count = 1;
    processors_init(count);
    interrupts_init();
    time_init();
    timers_init();
    status = clock_start();
    if (NT_SUCCESS(status)) {
        status = watchdog_start();
        if (!NT_SUCCESS(status))
            clock_stop();
    }
    if (!NT_SUCCESS(status))
        processors_fini();
    return status;
}

void ke_fini(void)
{
    if (processor_self != NULL)
        processor_give();
    dpc_threads_stop();
    threads_fini();
    dpc_threads_reset();
    watchdog_stop();
    clock_stop();
    processors_fini();
}
