/* SPDX-License-Identifier: MIT */
/* seh.h - structured exceptions in kernel mode: dispatch, unwind, raise.
 *
 * Rules of use. An exception begins at driver code (a fault there, or a raise or a fault in
 * native code that a driver called: then at the call site that ddi_top recorded). The
 * search walks driver frames by their .pdata, jumps over native frames at callout
 * boundaries, and ends in a bug check when the outermost driver frame does not handle it.
 */
#ifndef SEH_SEH_H
#define SEH_SEH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ntifs.h>

/* Makes ke's documented exceptions ours (ke_raise_set). */
void seh_init(void);
/* Dispatches record for the machine state context. Returns when a filter said "continue
 * execution" (context may have been changed; resume it), otherwise never. Runs on the
 * faulting stack, below the frame. */
void seh_dispatch(EXCEPTION_RECORD *record, CONTEXT *context);
/* Raises status for the driver call the running native code serves. Never returns. */
[[noreturn]] void seh_raise(NTSTATUS status);
[[noreturn]] void seh_raise_record(EXCEPTION_RECORD *record);
/* Loads every register from context and goes on there. */
[[noreturn]] void seh_resume(const CONTEXT *context);
/* The context of the driver code that made the DDI call in frame (ddi_frame.h). */
struct ddi_frame;
void seh_context_of_ddi(const struct ddi_frame *frame, CONTEXT *out_context);

/* Where code was changed, original puts what was there into a copy of it: epilogues are told by
 * their bytes. Called in fault handlers. */
void seh_code_original_set(void (*original)(uint64_t address, void *bytes, size_t size_bytes));

/* Walks the stack from context, driver frames and boundaries alike, at most count frames. */
struct seh_stack_frame {
    uint64_t rip, rsp;
    bool is_boundary; /* native code lies between this frame and the next */
};
unsigned seh_walk(const CONTEXT *context, struct seh_stack_frame *frames, unsigned count);

#endif
