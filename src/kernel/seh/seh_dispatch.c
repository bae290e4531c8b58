/* SPDX-License-Identifier: MIT */
/* seh_dispatch.c - the first pass: who handles this exception?
 *
 * Every frame with an exception handler is asked, from the exception up. A handler that takes
 * it does not return here: it unwinds (seh_unwind.c). Nobody: the machine stops.
 */
#include "ke/ke.h"
#include "seh_internal.h"

/* Calls frame's handler. A walk begun in it goes on at `from` after the handler's own frames. */
EXCEPTION_DISPOSITION seh_handler_call(const CONTEXT *from, bool is_unwind,
                                       const struct seh_frame *frame, EXCEPTION_RECORD *record,
                                       CONTEXT *context, DISPATCHER_CONTEXT *dispatcher)
{
    struct activation activation = {.dispatcher = dispatcher, .is_unwind = is_unwind, .from = from};
    uint64_t arguments[4] = {(uint64_t)record, frame->establisher, (uint64_t)context,
                             (uint64_t)dispatcher};
    seh_ddi_of_context(from, &activation.ddi);
    activation.ddi.previous = ddi_top;
    ddi_top = &activation.ddi;
    uint64_t answer = callout_invoke((const void *)frame->handler, arguments, 4);
    ddi_top = activation.ddi.previous;
    return (EXCEPTION_DISPOSITION)(uint32_t)answer;
}

/* What a search remembers between frames. */
struct search {
    struct seh_walk walk;
    EXCEPTION_RECORD *record;
    CONTEXT *context;
    uint64_t nested_frame; /* handlers up to this frame are told that the call is nested */
    const struct activation *collided;
};

/* The walk passed a handler that is running: this exception was raised inside it. */
static void search_cross(struct search *search)
{
    const struct activation *crossed = search->walk.crossed;
    if (crossed == NULL || crossed->dispatcher == NULL)
        return;
    if (crossed->is_unwind) {
        search->collided = crossed;
    } else {
        search->record->ExceptionFlags |= EXCEPTION_NESTED_CALL;
        if (crossed->dispatcher->EstablisherFrame > search->nested_frame)
            search->nested_frame = crossed->dispatcher->EstablisherFrame;
    }
}

/* True: execution goes on in search->context. */
static bool search_ask(struct search *search, const struct seh_frame *frame, CONTEXT *at)
{
    EXCEPTION_RECORD *record = search->record;
    DISPATCHER_CONTEXT dispatcher = {
        .ControlPc = frame->control_pc,
        .ImageBase = frame->image->base,
        .FunctionEntry = frame->entry,
        .EstablisherFrame = frame->establisher,
        .ContextRecord = at,
        .LanguageHandler = frame->handler,
        .HandlerData = frame->handler_data,
    };
    if (search->collided != NULL &&
        search->collided->dispatcher->EstablisherFrame == frame->establisher)
        dispatcher.ScopeIndex = search->collided->dispatcher->ScopeIndex;
    search->collided = NULL;
    switch (seh_handler_call(search->context, false, frame, record, search->context, &dispatcher)) {
    case ExceptionContinueExecution:
        if (record->ExceptionFlags & EXCEPTION_NONCONTINUABLE)
            seh_raise_nested(STATUS_NONCONTINUABLE_EXCEPTION, record);
        return true;
    case ExceptionContinueSearch:
        break;
    default:
        seh_raise_nested(STATUS_INVALID_DISPOSITION, record);
    }
    if (search->nested_frame == frame->establisher) {
        record->ExceptionFlags &= ~(ULONG)EXCEPTION_NESTED_CALL;
        search->nested_frame = 0;
    }
    return false;
}

/* IRQL:    any
 * Takes:   context is where the exception was; the walk begins there
 * Errors:  none: unhandled ends the machine
 * Doc:     "x64 exception handling"; "Structured Exception Handling" (Microsoft Learn)
 */
void seh_dispatch(EXCEPTION_RECORD *record, CONTEXT *context)
{
    struct search search = {.record = record, .context = context};
    struct seh_frame frame;
    seh_walk_start(&search.walk, context);
    record->ExceptionFlags &= EXCEPTION_NONCONTINUABLE | EXCEPTION_SOFTWARE_ORIGINATE;
    for (;;) {
        CONTEXT at = search.walk.context;
        switch (seh_walk_step(&search.walk, UNW_FLAG_EHANDLER, &frame)) {
        case SEH_STEP_FRAME:
            if (frame.handler != NULL && search_ask(&search, &frame, &at))
                return;
            break;
        case SEH_STEP_BOUNDARY:
            search_cross(&search);
            break;
        case SEH_STEP_BROKEN:
            record->ExceptionFlags |= EXCEPTION_STACK_INVALID;
            seh_unhandled(record, context, &search.walk);
        case SEH_STEP_END:
            seh_unhandled(record, context, &search.walk);
        }
    }
}

/* ---- nobody ----------------------------------------------------------------------------- */

static void registers_of_context(const CONTEXT *context, struct host_registers *out)
{
    *out = (struct host_registers){
        .rax = context->Rax,
        .rcx = context->Rcx,
        .rdx = context->Rdx,
        .rbx = context->Rbx,
        .rsp = context->Rsp,
        .rbp = context->Rbp,
        .rsi = context->Rsi,
        .rdi = context->Rdi,
        .r8 = context->R8,
        .r9 = context->R9,
        .r10 = context->R10,
        .r11 = context->R11,
        .r12 = context->R12,
        .r13 = context->R13,
        .r14 = context->R14,
        .r15 = context->R15,
        .rip = context->Rip,
        .eflags = context->EFlags,
    };
}

/* Did the walk reach the routine with which a system thread began? */
static bool is_system_thread_end(const struct seh_walk *walk)
{
    const struct thread *thread = ke_thread_current();
    return thread != NULL && thread->is_system && ke_irql() < DISPATCH_LEVEL &&
           walk->boundary != NULL && walk->boundary->previous == NULL;
}

void seh_unhandled(EXCEPTION_RECORD *record, const CONTEXT *context, const struct seh_walk *walk)
{
    struct host_registers registers;
    ULONG_PTR code = (ULONG_PTR)(LONG_PTR)record->ExceptionCode;
    ULONG_PTR address = (ULONG_PTR)record->ExceptionAddress;
    struct bugcheck bugcheck = {.registers = &registers, .exception = record};
    registers_of_context(context, &registers);
    if (is_system_thread_end(walk)) {
        bugcheck.code = SYSTEM_THREAD_EXCEPTION_NOT_HANDLED;
        bugcheck.parameter[2] = (ULONG_PTR)record;
        bugcheck.parameter[3] = (ULONG_PTR)context;
    } else {
        bugcheck.code = KMODE_EXCEPTION_NOT_HANDLED;
        bugcheck.parameter[2] = record->NumberParameters > 0 ? record->ExceptionInformation[0] : 0;
        bugcheck.parameter[3] = record->NumberParameters > 1 ? record->ExceptionInformation[1] : 0;
    }
    bugcheck.parameter[0] = code;
    bugcheck.parameter[1] = address;
    ke_bugcheck(&bugcheck);
}
