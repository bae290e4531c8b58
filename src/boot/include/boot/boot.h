/* SPDX-License-Identifier: MIT */
/* boot.h - the order in which a machine starts and stops. */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include <stdint.h>

#include <ntifs.h>

#include "cm/store.h"

struct wire_log_ring;

struct boot_options {
    unsigned processors;       /* 0: as the host has */
    const char *host_folder;   /* drive C: of the machine; NULL: a private empty folder */
    const char *socket_path;   /* NULL: no programs (in-process mode) */
    uint32_t windows_build;    /* 0: the default; see base/windows.h */
    struct cm_store *registry; /* where it is kept, the machine's from now on; NULL: in memory */
    uint64_t fail_allocation;  /* the n-th allocation after the start fails; 0: none */
    unsigned signing;          /* enum setup_signing of setup/setup.h */
    int listener;              /* where it is listened already; the machine's from now on */
    void (*log_line)(const char *line, void *context); /* each DebugPrint line; may be NULL */
    void *log_context;
    struct wire_log_ring *log_ring; /* keeps the lines, the caller's; NULL: none of them last */
};
/* The folder of the drivers that come with the machine; NULL: it is not there.
 * Looked for by the first call, which must come before the machine shuts itself in. */
const char *boot_drivers_folder(void);
/* Starts every room in order; on failure those already up are stopped again and error
 * (>= 256 bytes) says which and why. The calling thread becomes a kernel thread. */
NTSTATUS boot_start(const struct boot_options *options, char *error);
/* Unloads drivers, stops the rooms. Returns the number of things that were left behind
 * (objects, pool blocks, IRPs, handles), each reported through report. When a driver holds a
 * request of a program that has ended, nothing below the programs is stopped: the process
 * must end then. */
unsigned boot_stop(void (*report)(const char *line, void *context), void *context);

#endif
