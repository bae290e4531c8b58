/* SPDX-License-Identifier: MIT */
/* ntdll/exception.h - structured exceptions of a program: raising, dispatching, unwinding.
 *
 * Frames of PE images are walked by their tables; native frames are stepped over by the record
 * of the dispatch, the unwind or the call that made them (ntdll/call.h).
 */
#ifndef NTDLL_EXCEPTION_H
#define NTDLL_EXCEPTION_H

#include "ntdll/win.h"

/* The head of what is kept on the stack while a catch block runs; innermost first. */
struct catch_record {
    struct catch_record *outer;
};

/* Hooks the processor's faults. */
void exception_init(void);

struct host_fault;
struct host_registers;
/* Asked before a fault becomes an exception: code of another kind lives in the process. True when
 * it is dealt with, as host_fault_hook. */
void exception_fault_first(bool (*hook)(const struct host_fault *fault,
                                        struct host_registers *registers));

/* Raises on behalf of native code: only vectored handlers and the unhandled filter see it. */
[[noreturn]] void exception_raise_status(NTSTATUS status);

/* Finds a handler for record raised at context and lets the program go on there. */
[[noreturn]] void exception_dispatch(EXCEPTION_RECORD *record, CONTEXT *context);
/* Unwinds from start (the context of the first frame to go) to target. */
[[noreturn]] void exception_unwind(CONTEXT *start, PVOID target_frame, PVOID target_ip,
                                   EXCEPTION_RECORD *record, PVOID value);
/* The same, from where the exception happened whose handler is being called. */
[[noreturn]] void exception_unwind_raised(PVOID target_frame, PVOID target_ip,
                                          EXCEPTION_RECORD *record);
/* Runs the termination handlers of the frames below target_rsp, and those that a jump to
 * target_ip leaves in its own frame. */
void exception_unwind_jump(uint64_t target_rsp, uint64_t target_ip, const void *buffer);
void context_of_registers(const struct host_registers *from, CONTEXT *to);
void registers_of_context(const CONTEXT *from, struct host_registers *to);
/* Drops records of dispatches whose frames are below that stack address. */
void exception_forget_below(uint64_t rsp);

typedef LONG(WINAPI *exception_filter)(EXCEPTION_POINTERS *);
exception_filter exception_unhandled_set(exception_filter filter);
/* What UnhandledExceptionFilter does: the program's filter, else the report and the end. */
LONG exception_unhandled(EXCEPTION_POINTERS *pointers);
PVOID exception_vectored_add(bool is_continue, bool first, exception_filter handler);
bool exception_vectored_remove(bool is_continue, PVOID handle);

/* exception_entry.S: loads every register of context. */
[[noreturn]] void context_restore(const CONTEXT *context);

#endif
