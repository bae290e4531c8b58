/* SPDX-License-Identifier: MIT */
/* unload.c - drivers go before the rooms they stand on. */
#include <stdio.h>
#include <string.h>

#include "boot_internal.h"
#include "ex/ex.h"
#include "gate/gate.h"
#include "host/host.h"
#include "image/image.h"
#include "io/io.h"
#include "ps/ps.h"
#include "abi/services.h"

static struct {
    void (*report)(const char *line, void *context);
    void *context;
} reporter; /* set for the time of one call on the boot thread */

static void report_line(const char *line)
{
    reporter.report(line, reporter.context);
}

unsigned boot_drivers_unload(void (*report)(const char *line, void *context), void *context)
{
    reporter.report = report;
    reporter.context = context;
    return io_driver_unload_all(report_line);
}

static void thread_report(struct image *image, void *found)
{
    char line[128];
    if (image->is_native || !ps_system_thread_find(image->base, image->base + image->size))
        return;
    snprintf(line, sizeof line, "a thread of %s is still running", image->name);
    report_line(line);
    *(bool *)found = true;
}

bool boot_drivers_run(void (*report)(const char *line, void *context), void *context)
{
    reporter.report = report;
    reporter.context = context;
    bool found = !ex_work_drain_until(host_clock_ns());
    if (found)
        report_line("a work item of a driver is still running");
    image_visit(thread_report, &found);
    return found || io_driver_is_stuck(); /* those have been named */
}

NTSTATUS boot_gate_start(void)
{
    gate_hives_start();
    return gate_init(service_table, SERVICE_COUNT);
}

void boot_log_line(const char *line, size_t length, void *options)
{
    const struct boot_options *boot = options;
    char text[1100];
    snprintf(text, sizeof text, "%.*s", (int)length, line);
    boot->log_line(text, boot->log_context);
}
