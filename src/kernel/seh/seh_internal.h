/* SPDX-License-Identifier: MIT */
/* seh_internal.h - frames, activations and the walk over them.
 *
 * A walk starts at a machine state in driver code and goes up one frame at a time. While a
 * handler runs, an activation stands in ddi_top: it looks like a driver's call into us, made
 * from where the exception (or the unwind) was, so that a walk that begins inside the handler
 * goes on there. The owner thread alone touches any of this.
 */
#ifndef SEH_INTERNAL_H
#define SEH_INTERNAL_H

#include "seh/seh.h"

#include "callout/callout.h"
#include "image/image.h"
#include "pe/unwind.h"

/* A handler is being called; first a ddi_frame whose row is seh_activation_row. */
struct activation {
    struct ddi_frame ddi;
    const DISPATCHER_CONTEXT *dispatcher; /* of the frame whose handler runs; NULL: a callback */
    bool is_unwind;
    const CONTEXT *from; /* all of what ddi says; lives as long */
};
extern const struct abi_export seh_activation_row;

/* One frame of driver code. */
struct seh_frame {
    struct image *image;     /* NULL: not in any image, taken for a leaf */
    RUNTIME_FUNCTION *entry; /* NULL: a leaf */
    uint64_t control_pc;
    uint64_t establisher;       /* 0 for a leaf */
    PEXCEPTION_ROUTINE handler; /* NULL: none of the kind asked for */
    void *handler_data;
};

enum seh_step {
    SEH_STEP_FRAME,    /* a driver's frame was described; context is its caller's */
    SEH_STEP_BOUNDARY, /* native code was crossed; context is at the driver call above it */
    SEH_STEP_END,      /* no driver code further up */
    SEH_STEP_BROKEN,   /* stack or tables make no sense */
};

struct seh_walk {
    /* Where the walk is; CONTEXT_UNWOUND_TO_CALL: Rip is a return address, not the
     * instruction at fault. */
    CONTEXT context; /* where the walk is */
    bool is_call;    /* context.Rip is a return address, not the instruction at fault */
    struct callout_frame *boundary;   /* the last one met */
    const struct activation *crossed; /* set by SEH_STEP_BOUNDARY when it was one */
};

static inline bool seh_is_call(const CONTEXT *context)
{
    return (context->ContextFlags & CONTEXT_UNWOUND_TO_CALL) != 0;
}

/* seh_frame.c */
void seh_walk_start(struct seh_walk *walk, const CONTEXT *context);
/* handler_types: UNW_FLAG_EHANDLER or UNW_FLAG_UHANDLER, 0 for none. */
enum seh_step seh_walk_step(struct seh_walk *walk, ULONG handler_types,
                            struct seh_frame *out_frame);
RUNTIME_FUNCTION *seh_function_find(const struct image *image, uint64_t address);
bool seh_on_stack(uint64_t address, size_t size_bytes);
/* One frame by the tables; context becomes the caller's. false: broken. */
bool seh_frame_unwind(const struct image *image, ULONG handler_types, uint64_t control_pc,
                      const RUNTIME_FUNCTION *entry, CONTEXT *context,
                      KNONVOLATILE_CONTEXT_POINTERS *pointers, struct pe_unwind_frame *out_frame);

/* seh_dispatch.c */
EXCEPTION_DISPOSITION seh_handler_call(const CONTEXT *from, bool is_unwind,
                                       const struct seh_frame *frame, EXCEPTION_RECORD *record,
                                       CONTEXT *context, DISPATCHER_CONTEXT *dispatcher);
[[noreturn]] void seh_unhandled(EXCEPTION_RECORD *record, const CONTEXT *context,
                                const struct seh_walk *walk);

/* seh_unwind.c */
[[noreturn]] void seh_unwind(uint64_t target_frame, uint64_t target_ip, EXCEPTION_RECORD *record,
                             uint64_t result);
[[noreturn]] void seh_restore(CONTEXT *context, EXCEPTION_RECORD *record);

/* seh_raise.c */
/* Raises code above (nested in) record, at the newest driver call. */
[[noreturn]] void seh_raise_nested(NTSTATUS code, EXCEPTION_RECORD *record);

/* seh_context.c */
/* seh_load.S: every register, the flags and rip. */
[[noreturn]] void seh_load(const CONTEXT *context);
void seh_ddi_of_context(const CONTEXT *context, struct ddi_frame *out_frame);

#endif
