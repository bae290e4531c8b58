/* SPDX-License-Identifier: MIT */
/* unload.c - drivers go before the rooms they stand on. */
#include <stdio.h>
#include <string.h>

#include "boot_internal.h"
#include "gate/gate.h"
#include "image/image.h"
#include "io/io.h"
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

NTSTATUS boot_gate_start(void)
{
    return gate_init(service_table, SERVICE_COUNT);
}

void boot_log_line(const char *line, size_t length, void *options)
{
    const struct boot_options *boot = options;
    char text[1100];
    snprintf(text, sizeof text, "%.*s", (int)length, line);
    boot->log_line(text, boot->log_context);
}
