/* SPDX-License-Identifier: MIT */
/* ntdll/process.h - the program as a whole: its blocks in the window, its start and its end. */
#ifndef NTDLL_PROCESS_H
#define NTDLL_PROCESS_H

#include "ntdll/teb.h"

struct process_start {
    uint64_t process_id, thread_id;
    uint64_t standard_handle[3];
    const char *current_directory; /* "C:\\dir" */
    const char *image_path;        /* as programs see it; quoted into the command line */
    const char *line;              /* the whole command line; NULL: of image_path and arguments */
    int argument_count;
    char **arguments;   /* without the program's own name */
    char **environment; /* "NAME=value" …, NULL */
    uint32_t windows_major, windows_minor, windows_build;
    uint32_t subsystem;
};

/* Makes the process block on memory of the window; no heap is needed. */
NTSTATUS process_block_create(const struct process_start *start, struct peb **out_peb);
/* The heap, the parameters, the environment. Needs the first thread's TEB. */
NTSTATUS process_init(const struct process_start *start);

/* Detaches modules, runs what is registered, then ends. */
[[noreturn]] void process_exit(ULONG code);
/* The C run-time's last act, as at its own DLL's detach; at most one. */
void process_end_register(void (*end)(void));
/* At once. */
[[noreturn]] void process_terminate(ULONG code);

/* Appends an argument to a command line the way CommandLineToArgvW takes it apart again. */
size_t argument_quote(const char *argument, char *out, size_t size);

#endif
