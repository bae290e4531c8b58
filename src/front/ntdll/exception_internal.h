/* SPDX-License-Identifier: MIT */
/* exception_internal.h - walking frames, shared by dispatch and unwind. */
#ifndef EXCEPTION_INTERNAL_H
#define EXCEPTION_INTERNAL_H

#include "ntdll/call.h"
#include "ntdll/exception.h"
#include "ntdll/ldr.h"

/* A dispatch or an unwind under way; lies on the stack of the thread it belongs to. */
struct dispatch {
    struct dispatch *outer;
    CONTEXT *context;              /* where frames go on below our native ones */
    DISPATCHER_CONTEXT *unwinding; /* of the handler an unwind is calling; NULL: a dispatch */
};

#ifdef __LP64__
#define CONTEXT_PC(context) ((context)->Rip)
#define CONTEXT_SP(context) ((context)->Rsp)
#else
#define CONTEXT_PC(context) ((context)->Eip)
#define CONTEXT_SP(context) ((context)->Esp)
#endif

/* Asks the handlers of the frames. True: go on at context. */
bool exception_frames_search(EXCEPTION_RECORD *record, CONTEXT *context, struct dispatch *self);

/* The nearest return address into the program's own code, for a message; 0: none. */
uint64_t exception_caller_guess(uint64_t sp);

struct host_registers;
/* Can handlers be looked for from native code that stands at this stack pointer? Only when no
 * service would stay half asked. */
bool exception_is_reachable(const struct teb *teb, uint64_t rsp);
/* Code of ours that expects the fault goes on where it says so. */
bool exception_is_expected(struct host_registers *registers);
/* Makes a thread go on in `to`, on its own stack below that address. */
void exception_divert(struct host_registers *registers, uint64_t stack, EXCEPTION_RECORD *record,
                      CONTEXT *context, void (*to)(EXCEPTION_RECORD *, CONTEXT *));

#ifdef __LP64__
struct walk {
    CONTEXT context;        /* of the frame to look at */
    struct dispatch *under; /* the next records to step over native frames with */
    const struct call_record *call;
    ULONG scope; /* where the handler of this frame goes on */
};

struct frame {
    struct ldr_module *module;
    RUNTIME_FUNCTION *function; /* NULL: a leaf */
    uint64_t pc, establisher, handler_data;
    PEXCEPTION_ROUTINE handler;
    CONTEXT caller;
};

/* Starts at context; under: the dispatch or unwind around it. */
void walk_begin(struct walk *walk, const CONTEXT *context, struct dispatch *under);
/* Looks at the frame that walk stands at; false at the end of the frames. */
bool frame_read(struct walk *walk, ULONG handler_types, struct frame *out_frame);
/* Goes to the caller. */
void walk_on(struct walk *walk, const struct frame *frame);
void frame_describe(const struct frame *frame, CONTEXT *context, DISPATCHER_CONTEXT *out);

RUNTIME_FUNCTION *function_find(const struct ldr_module *module, uint64_t pc);
int context_unwind(const struct ldr_module *module, ULONG handler_types, uint64_t pc,
                   const RUNTIME_FUNCTION *function, CONTEXT *context,
                   KNONVOLATILE_CONTEXT_POINTERS *pointers, struct pe_unwind_frame *out_frame);
#endif

#endif
