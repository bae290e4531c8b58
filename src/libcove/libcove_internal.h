/* SPDX-License-Identifier: MIT */
/* libcove_internal.h - the calling thread as a thread of the in-process program. */
#ifndef LIBCOVE_INTERNAL_H
#define LIBCOVE_INTERNAL_H

#include <stdatomic.h>

#include <ntifs.h>

#include "cove/cove.h"
#include "host/host.h"
#include "ps/ps.h"

struct cove_machine {
    struct cove_options options;
    struct process *process; /* the program all callers are threads of */
    struct host_thread *boot_thread;
    _Atomic uint32_t stage; /* enum machine_stage; the boot thread and callers wait on it */
    NTSTATUS boot_status;
    unsigned left_behind;
};

enum machine_stage { MACHINE_BOOTING, MACHINE_UP, MACHINE_ENDING, MACHINE_DOWN };

#define STAGING_BYTES (128u * 1024)

/* What a thread needs to call services: its kernel half and a piece of program memory. */
struct caller {
    struct cove_machine *machine;
    struct process_thread *thread;
    uint64_t window_base;    /* set once */
    IO_STATUS_BLOCK *status; /* in program memory, in front of staging */
    uint8_t *staging;
};

extern __thread struct caller *caller_own; /* owner thread only */
NTSTATUS caller_make(struct cove_machine *machine, struct caller **out_caller);
/* Makes the calling thread a thread of the program; again and again is cheap. */
static inline NTSTATUS caller_get(struct cove_machine *machine, struct caller **out_caller)
{
    *out_caller = caller_own;
    return *out_caller ? STATUS_SUCCESS : caller_make(machine, out_caller);
}
/* Undone for every thread that ends, and for the calling one by this. */
void caller_leave(void);
/* A service with previous mode UserMode, on a virtual processor. */
NTSTATUS caller_call(uint32_t service, const uint64_t *arguments, uint32_t count);

extern struct cove_machine *cove_machine_only; /* one a process */

#endif
