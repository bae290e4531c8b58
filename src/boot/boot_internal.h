/* SPDX-License-Identifier: MIT */
/* boot_internal.h - steps that are more than a line, and the counting of what is left. */
#ifndef BOOT_INTERNAL_H
#define BOOT_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "boot/boot.h"

struct boot_counts {
    uint64_t pool_blocks, objects, handles, irps, files, devices, drivers, locked_pages, timers,
        providers;
};
void boot_counts_take(struct boot_counts *out_counts);
/* Compares with what the machine began with; a line for each kind that is more. */
unsigned boot_leaks_report(const struct boot_counts *began,
                           void (*report)(const char *line, void *context), void *context);
/* Says which drivers hold requests of programs that have ended. */
unsigned boot_stuck_report(void (*report)(const char *line, void *context), void *context);
unsigned boot_drivers_unload(void (*report)(const char *line, void *context), void *context);

/* May code of drivers still run, on threads or workers that they have left? Says whose. */
bool boot_drivers_run(void (*report)(const char *line, void *context), void *context);

NTSTATUS boot_gate_start(void); /* gate_init with the generated service table */
void boot_log_line(const char *line, size_t length, void *options);

/* Where export drivers are that do not lie beside their importer (image_library_folders_set). */
char *boot_library_folder(unsigned index);
/* The file behind a service's ImagePath (io_host_path_set). */
NTSTATUS boot_driver_host_path(const UNICODE_STRING *nt_path, char **out_path);

#endif
