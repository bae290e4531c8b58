/* SPDX-License-Identifier: MIT */
/* thread_internal.h - a thread's own record, shared by the files that make and stop threads. */
#ifndef THREAD_INTERNAL_H
#define THREAD_INTERNAL_H

#include "host/host.h"
#include "ntdll/call.h"
#include "ntdll/thread.h"

#define END_HOOKS 4u

struct thread {
    struct thread *next, *previous; /* living, or spare */
    struct teb *teb;
    char *memory;
    size_t stack_bytes;
    bool is_hidden; /* not counted among the living; under the lock */
    struct call_record *records;
    bool is_reserve_open; /* a stack overflow was raised, and the guard not set up again */
    void *host_stack;     /* where stack_leave goes; NULL: it does not stand on its own stack yet */
    LPTHREAD_START_ROUTINE start;
    void *argument;
    uint32_t channel;
    struct host_thread *host; /* NULL: not running, or no longer; under the lock */
    /* Of a thread that is asked to stop: its registers, which it waits to load again, or (not
     * in the program's code) a copy of what they were when it was last looked at. */
    struct host_registers *_Atomic parked;
    struct host_registers seen;
    _Atomic bool has_seen;
};

struct threads {
    struct host_lock lock; /* guards: living, spare and their counts, a thread's host */
    struct thread *living, *spare;
    uint32_t living_count, spare_count;
    size_t stack_default;                 /* set once at start */
    void (*end[END_HOOKS])(struct teb *); /* set at start */
};

extern struct threads threads;

#endif
