/* SPDX-License-Identifier: MIT */
/* ntdll/thread.h - threads of a program: a host thread on a stack in the window.
 *
 * The kernel's half is the channel; NtCoveThreadCreate makes both. A thread's stack and TEB
 * are one allocation in the window, freed when it ends by itself.
 */
#ifndef NTDLL_THREAD_H
#define NTDLL_THREAD_H

#include "ntdll/teb.h"

struct thread;

#define THREAD_STACK_DEFAULT (1u << 20)

/* The first thread: from the small start stack onto its own, there runs body and does not
 * come back. */
NTSTATUS thread_first(const CLIENT_ID *id, size_t stack_bytes, struct peb *peb,
                      uint64_t (*body)(void *), void *argument);
/* Starts start(argument) as a program's thread. stack_bytes 0: as the program's file says. */
NTSTATUS thread_create(LPTHREAD_START_ROUTINE start, void *argument, size_t stack_bytes,
                       bool is_suspended, HANDLE *out_handle, ULONG_PTR *out_id);
/* Ends the calling thread in order: callbacks, memory, then the kernel's half. */
[[noreturn]] void thread_exit(ULONG code);
void thread_stack_default_set(size_t bytes);
/* Calls visit for each living thread, under the threads' lock. */
void thread_each(void (*visit)(struct teb *teb, void *context), void *context);
/* What else a thread's end calls, innermost last: fiber storage, the C run-time. At most 4. */
void thread_end_register(void (*end)(struct teb *teb));
ULONG thread_count(void);
/* The calling thread is one of ours: the process does not live on for it. */
void thread_hide(void);

/* A thread of this process that is asked to stop: see thread_ask.c. Called once at start, before
 * threads are made. */
void thread_asks_init(void);
/* Registers of a suspended thread of this process; false: it has none to show yet. */
bool thread_context_get(ULONG_PTR id, CONTEXT *context);
/* False: it does not stand in the program's own code. */
bool thread_context_set(ULONG_PTR id, const CONTEXT *context);
/* Waits a moment for a suspended thread to have stopped. */
void thread_stopped_wait(ULONG_PTR id);

/* The pages below a stack that a stack overflow's handlers run on. Opened, they are plain
 * memory; closed, the first touch by the program's code is a stack overflow. Close fails
 * for a thread that stands on them. */
bool thread_reserve_has(const struct teb *teb, uint64_t address);
void thread_reserve_open(void);
bool thread_reserve_close(void);

/* thread_switch.S: runs function(argument) on the stack below top; where to come back to is
 * stored in *out_return before. stack_leave goes back there. */
uint64_t stack_run(void *top, uint64_t (*function)(void *), void *argument, void **out_return);
[[noreturn]] void stack_leave(void *to, uint64_t value);

#endif
