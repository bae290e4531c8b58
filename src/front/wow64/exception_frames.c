/* SPDX-License-Identifier: MIT */
/* exception_frames.c - handlers of a 32-bit program: searched and unwound along the chain.
 *
 * Each frame that wants to know of exceptions has a record on the stack; the innermost stands in
 * the thread's block. A handler that wants the exception unwinds and does not return.
 * Doc: "Structured Exception Handling"; EXCEPTION_REGISTRATION_RECORD of the public ntdef.
 */
#include "../ntdll/exception_internal.h"
#include "host/host.h"
#include "ntdll/error.h"
#include "ntdll/nt.h"
#include "ntdll/teb.h"

int handler_call(PVOID routine, EXCEPTION_RECORD *record, PVOID frame, CONTEXT *context,
                 PVOID dispatcher);

void exception_raise_entry(CONTEXT *caller, const ULONG *arguments);
void exception_raise_record_entry(CONTEXT *caller, const ULONG *arguments);
void exception_raise_status_entry(CONTEXT *caller, const ULONG *arguments);

/* A record lies on the thread's stack, above those that came after it. */
static bool frame_is_valid(const struct teb *teb, const EXCEPTION_REGISTRATION_RECORD *frame)
{
    return ((uintptr_t)frame & 3) == 0 && (const char *)frame >= (const char *)teb->StackLimit &&
           (const char *)(frame + 1) <= (const char *)teb->StackBase;
}

bool exception_frames_search(EXCEPTION_RECORD *record, CONTEXT *context, struct dispatch *self)
{
    struct teb *teb = teb_current();
    EXCEPTION_REGISTRATION_RECORD *frame = teb->ExceptionList, *nested = NULL;
    while (frame != EXCEPTION_CHAIN_END) {
        EXCEPTION_REGISTRATION_RECORD *dispatcher = NULL;
        if (!frame_is_valid(teb, frame)) {
            record->ExceptionFlags |= EXCEPTION_STACK_INVALID;
            return false;
        }
        int answer = handler_call((PVOID)frame->Handler, record, frame, context, &dispatcher);
        if (frame == nested) {
            nested = NULL;
            record->ExceptionFlags &= ~(ULONG)EXCEPTION_NESTED_CALL;
        }
        if (answer == ExceptionContinueExecution) {
            if (record->ExceptionFlags & EXCEPTION_NONCONTINUABLE)
                exception_raise_status(STATUS_NONCONTINUABLE_EXCEPTION);
            return true;
        }
        if (answer == ExceptionNestedException) {
            record->ExceptionFlags |= EXCEPTION_NESTED_CALL;
            if (dispatcher > nested)
                nested = dispatcher;
        } else if (answer != ExceptionContinueSearch) {
            exception_raise_status(STATUS_INVALID_DISPOSITION);
        }
        frame = frame->Next;
    }
    return false;
}

void exception_forget_below(uint64_t rsp)
{
    struct teb *teb = teb_current();
    while (teb->dispatch && (uintptr_t)teb->dispatch < rsp)
        teb->dispatch = teb->dispatch->outer;
}

/* RtlUnwind: the handlers of the frames inside the target are called, and the frames are taken off
 * the chain; it returns to its caller, whatever target_ip says, with value in eax. */
EXPORT(PVOID, RtlUnwind, (PVOID target, PVOID target_ip, EXCEPTION_RECORD *record, PVOID value))
{
    struct teb *teb = teb_current();
    EXCEPTION_RECORD own = {.ExceptionCode = STATUS_UNWIND};
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};
    own.ExceptionAddress = __builtin_return_address(0);
    context.Eip = (ULONG)(uintptr_t)own.ExceptionAddress;
    context.Esp = (ULONG)(uintptr_t)__builtin_frame_address(0) + 8 + 16;
    context.Ebp = *(const ULONG *)__builtin_frame_address(0);
    context.Eax = (ULONG)(uintptr_t)value;
    record = record ? record : &own;
    record->ExceptionFlags |= EXCEPTION_UNWINDING | (target ? 0 : EXCEPTION_EXIT_UNWIND);
    for (EXCEPTION_REGISTRATION_RECORD *frame = teb->ExceptionList;
         frame != EXCEPTION_CHAIN_END && frame != target; frame = teb->ExceptionList) {
        EXCEPTION_REGISTRATION_RECORD *dispatcher = NULL;
        if (target && (PVOID)frame > target)
            exception_raise_status(STATUS_INVALID_UNWIND_TARGET);
        if (!frame_is_valid(teb, frame))
            exception_raise_status(STATUS_BAD_STACK);
        EXCEPTION_REGISTRATION_RECORD *next = frame->Next;
        int answer = handler_call((PVOID)frame->Handler, record, frame, &context, &dispatcher);
        if (answer == ExceptionCollidedUnwind && dispatcher)
            next = dispatcher->Next;
        teb->ExceptionList = next;
    }
    exception_forget_below((uintptr_t)target);
    return value;
}

/* ---- raising --------------------------------------------------------------------------------- */

/* RaiseException(code, flags, count, arguments) */
void exception_raise_entry(CONTEXT *caller, const ULONG *arguments)
{
    EXCEPTION_RECORD record = {.ExceptionCode = (NTSTATUS)arguments[0],
                               .ExceptionFlags = arguments[1] & EXCEPTION_NONCONTINUABLE,
                               .ExceptionAddress = (PVOID)(uintptr_t)caller->Eip};
    const ULONG_PTR *values = (const ULONG_PTR *)(uintptr_t)arguments[3];
    for (ULONG i = 0; values && i < arguments[2] && i < EXCEPTION_MAXIMUM_PARAMETERS; i++)
        record.ExceptionInformation[record.NumberParameters++] = values[i];
    exception_dispatch(&record, caller);
}

/* RtlRaiseException(record) */
void exception_raise_record_entry(CONTEXT *caller, const ULONG *arguments)
{
    EXCEPTION_RECORD *record = (EXCEPTION_RECORD *)(uintptr_t)arguments[0];
    record->ExceptionAddress = (PVOID)(uintptr_t)caller->Eip;
    exception_dispatch(record, caller);
}

/* RtlRaiseStatus(status) */
void exception_raise_status_entry(CONTEXT *caller, const ULONG *arguments)
{
    EXCEPTION_RECORD record = {.ExceptionCode = (NTSTATUS)arguments[0],
                               .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                               .ExceptionAddress = (PVOID)(uintptr_t)caller->Eip};
    exception_dispatch(&record, caller);
}

EXPORT(void, front_RtlRestoreContext, (CONTEXT * context, EXCEPTION_RECORD *record))
{
    exception_forget_below(context->Esp);
    context_restore(context);
}

/* TestAlert: APCs that are queued run first. */
EXPORT(NTSTATUS, front_NtContinue, (CONTEXT * context, BOOLEAN test_alert))
{
    if (test_alert)
        NtTestAlert();
    exception_forget_below(context->Esp);
    context_restore(context);
}
