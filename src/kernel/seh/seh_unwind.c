/* SPDX-License-Identifier: MIT */
/* seh_unwind.c - the second pass: frames are taken down, one after the other, to a target.
 *
 * Each frame with a termination handler is told on the way. If a handler does not return but
 * unwinds on its own, that unwind meets this one's activation and goes on at the same frame,
 * after the scopes that have been left. In the end the target's registers are loaded; native
 * frames between are simply gone.
 */
#include <string.h>

#include "ke/ke.h"
#include "seh_internal.h"

struct unwind {
    struct seh_walk walk;
    EXCEPTION_RECORD *record;
    uint64_t target_frame, target_ip, result;
    const struct activation *collided;
};

static void unwind_tell(struct unwind *unwind, const struct seh_frame *frame, CONTEXT *at)
{
    EXCEPTION_RECORD *record = unwind->record;
    DISPATCHER_CONTEXT dispatcher = {
        .ControlPc = frame->control_pc,
        .ImageBase = frame->image->base,
        .FunctionEntry = frame->entry,
        .EstablisherFrame = frame->establisher,
        .TargetIp = unwind->target_ip,
        .ContextRecord = at,
        .LanguageHandler = frame->handler,
        .HandlerData = frame->handler_data,
    };
    if (unwind->collided != NULL &&
        unwind->collided->dispatcher->EstablisherFrame == frame->establisher) {
        dispatcher.ScopeIndex = unwind->collided->dispatcher->ScopeIndex;
        record->ExceptionFlags |= EXCEPTION_COLLIDED_UNWIND;
    }
    unwind->collided = NULL;
    if (frame->establisher == unwind->target_frame)
        record->ExceptionFlags |= EXCEPTION_TARGET_UNWIND;
    at->Rax = unwind->result;
    CONTEXT from = *at; /* handlers may change theirs */
    EXCEPTION_DISPOSITION answer = seh_handler_call(&from, true, frame, record, at, &dispatcher);
    record->ExceptionFlags &= ~(ULONG)(EXCEPTION_TARGET_UNWIND | EXCEPTION_COLLIDED_UNWIND);
    if (answer != ExceptionContinueSearch)
        seh_raise_nested(STATUS_INVALID_DISPOSITION, record);
}

/* context: where the call of unwinding was made. Returns the target's state in it. */
static void unwind_run(struct unwind *unwind, CONTEXT *context)
{
    EXCEPTION_RECORD *record = unwind->record;
    struct seh_frame frame;
    seh_walk_start(&unwind->walk, context);
    for (;;) {
        CONTEXT at = unwind->walk.context;
        switch (seh_walk_step(&unwind->walk, UNW_FLAG_UHANDLER, &frame)) {
        case SEH_STEP_FRAME:
            if (unwind->target_frame != 0 && frame.establisher > unwind->target_frame)
                seh_raise_nested(STATUS_INVALID_UNWIND_TARGET, record);
            if (frame.handler != NULL)
                unwind_tell(unwind, &frame, &at);
            if (frame.establisher != 0 && frame.establisher == unwind->target_frame) {
                *context = at;
                return;
            }
            break;
        case SEH_STEP_BOUNDARY:
            if (unwind->walk.crossed != NULL && unwind->walk.crossed->is_unwind)
                unwind->collided = unwind->walk.crossed;
            break;
        case SEH_STEP_BROKEN:
            seh_raise_nested(STATUS_BAD_STACK, record);
        case SEH_STEP_END:
            if (unwind->target_frame != 0)
                seh_raise_nested(STATUS_INVALID_UNWIND_TARGET, record);
            seh_unhandled(record, &at, &unwind->walk); /* an exit unwind leaves nothing to run */
        }
    }
}

/* target_frame 0: every frame (an exit unwind). record NULL: a plain unwind's. */
void seh_unwind(uint64_t target_frame, uint64_t target_ip, EXCEPTION_RECORD *record,
                uint64_t result)
{
    EXCEPTION_RECORD plain = {.ExceptionCode = STATUS_UNWIND};
    struct unwind unwind = {.target_frame = target_frame,
                            .target_ip = target_ip,
                            .result = result,
                            .record = record != NULL ? record : &plain};
    CONTEXT context;
    seh_context_of_ddi(ddi_top, &context);
    plain.ExceptionAddress = (PVOID)context.Rip;
    unwind.record->ExceptionFlags |= EXCEPTION_UNWINDING;
    if (target_frame == 0)
        unwind.record->ExceptionFlags |= EXCEPTION_EXIT_UNWIND;
    unwind_run(&unwind, &context);
    context.Rax = result;
    if (unwind.record->ExceptionCode != STATUS_UNWIND_CONSOLIDATE)
        context.Rip = target_ip;
    seh_restore(&context, unwind.record);
}

/* ---- RtlRestoreContext ------------------------------------------------------------------ */

/* What setjmp of the x64 C runtime saves; the public _JUMP_BUFFER. */
struct jump_buffer {
    uint64_t frame, rbx, rsp, rbp, rsi, rdi, r12, r13, r14, r15, rip;
    uint32_t mxcsr;
    uint16_t fpu_control, spare;
    struct pe_xmm xmm[10];
};

static void load_jump_buffer(CONTEXT *context, const struct jump_buffer *jump)
{
    context->Rbx = jump->rbx;
    context->Rsp = jump->rsp;
    context->Rbp = jump->rbp;
    context->Rsi = jump->rsi;
    context->Rdi = jump->rdi;
    context->R12 = jump->r12;
    context->R13 = jump->r13;
    context->R14 = jump->r14;
    context->R15 = jump->r15;
    context->Rip = jump->rip;
    context->MxCsr = context->FltSave.MxCsr = jump->mxcsr;
    context->FltSave.ControlWord = jump->fpu_control;
    memcpy(&context->Xmm6, jump->xmm, sizeof(jump->xmm));
}

/* The callback runs above the target's frame, as if the target had been left already only
 * when it returns; what it answers is where the target goes on. */
static uint64_t consolidate(const CONTEXT *context, EXCEPTION_RECORD *record)
{
    struct activation activation = {.dispatcher = NULL, .from = context};
    uint64_t arguments[1] = {(uint64_t)record};
    seh_ddi_of_context(context, &activation.ddi);
    activation.ddi.previous = ddi_top;
    ddi_top = &activation.ddi;
    uint64_t target = callout_invoke((const void *)record->ExceptionInformation[0], arguments, 1);
    ddi_top = activation.ddi.previous;
    return target;
}

/* Doc: RtlRestoreContext (Microsoft Learn): STATUS_LONGJUMP and STATUS_UNWIND_CONSOLIDATE */
void seh_restore(CONTEXT *context, EXCEPTION_RECORD *record)
{
    if (record != NULL && record->ExceptionCode == STATUS_LONGJUMP && record->NumberParameters >= 1)
        load_jump_buffer(context, (const struct jump_buffer *)record->ExceptionInformation[0]);
    if (record != NULL && record->ExceptionCode == STATUS_UNWIND_CONSOLIDATE &&
        record->NumberParameters >= 1)
        context->Rip = consolidate(context, record);
    seh_resume(context);
}
