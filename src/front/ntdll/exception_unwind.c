/* SPDX-License-Identifier: MIT */
/* exception_unwind.c - taking frames down to a target, calling their termination handlers.
 *
 * Doc: "x64 exception handling", RtlUnwindEx. Differs: a target that is not on the stack ends
 * the program instead of raising STATUS_BAD_STACK.
 */
#include "exception_internal.h"
#include "host/host.h"
#include "ntdll/error.h"
#include "ntdll/nt.h"

#define CONSOLIDATE ((NTSTATUS)0x80000029)

/* Calls a frame's termination handler; it may change the frame's context. */
static void handler_call(struct walk *walk, const struct frame *frame, EXCEPTION_RECORD *record,
                         CONTEXT *original, PVOID target_ip)
{
    struct teb *teb = teb_current();
    DISPATCHER_CONTEXT dispatcher;
    frame_describe(frame, &walk->context, &dispatcher);
    dispatcher.TargetIp = (ULONG64)target_ip;
    dispatcher.ScopeIndex = walk->scope;
    struct dispatch self = {
        .outer = walk->under, .context = &walk->context, .unwinding = &dispatcher};
    struct dispatch *outer = teb->dispatch;
    teb->dispatch = &self;
    frame->handler(record, (PVOID)frame->establisher, original, &dispatcher);
    teb->dispatch = outer;
}

[[noreturn]] static void target_enter(struct walk *walk, PVOID target_ip, EXCEPTION_RECORD *record,
                                      PVOID value)
{
    CONTEXT *context = &walk->context;
    context->Rax = (ULONG64)value;
    if (record->ExceptionCode == CONSOLIDATE && record->NumberParameters > 0) {
        /* The frames that are gone are still below us; what the routine raises goes on at the
         * target's frame. */
        ULONG64(NTAPI * routine)(EXCEPTION_RECORD *) =
            (ULONG64(NTAPI *)(EXCEPTION_RECORD *))record->ExceptionInformation[0];
        struct teb *teb = teb_current();
        struct dispatch self = {.outer = walk->under, .context = context};
        teb->dispatch = &self;
        context->Rip = routine(record);
        teb->dispatch = self.outer;
    } else {
        context->Rip = (ULONG64)target_ip;
    }
    exception_forget_below(context->Rsp);
    context_restore(context);
}

static void unwind(struct walk *walk, PVOID target_frame, PVOID target_ip, EXCEPTION_RECORD *record,
                   PVOID value)
{
    CONTEXT original = walk->context;
    struct frame frame;
    record->ExceptionFlags |= EXCEPTION_UNWINDING | (target_frame ? 0 : EXCEPTION_EXIT_UNWIND);
    while (frame_read(walk, UNW_FLAG_UHANDLER, &frame)) {
        bool is_target = target_frame && frame.establisher == (ULONG64)target_frame;
        if (is_target)
            record->ExceptionFlags |= EXCEPTION_TARGET_UNWIND;
        if (frame.handler)
            handler_call(walk, &frame, record, &original, target_ip);
        if (is_target)
            target_enter(walk, target_ip, record, value);
        if (target_frame && frame.establisher > (ULONG64)target_frame)
            break; /* passed by */
        walk_on(walk, &frame);
    }
}

static void unwind_run(struct walk *walk, PVOID target_frame, PVOID target_ip,
                       EXCEPTION_RECORD *record, PVOID value)
{
    EXCEPTION_RECORD own = {.ExceptionCode = STATUS_UNWIND,
                            .ExceptionAddress = (PVOID)walk->context.Rip};
    unwind(walk, target_frame, target_ip, record ? record : &own, value);
    program_complain("an exception unwinds to frame %p, which is not on the stack", target_frame);
    NtTerminateProcess(ZwCurrentProcess(), STATUS_BAD_STACK);
    host_exit(STATUS_BAD_STACK);
}

void exception_unwind(CONTEXT *start, PVOID target_frame, PVOID target_ip, EXCEPTION_RECORD *record,
                      PVOID value)
{
    struct walk walk;
    walk_begin(&walk, start, teb_current()->dispatch);
    unwind_run(&walk, target_frame, target_ip, record, value);
    __builtin_unreachable();
}

void exception_unwind_raised(PVOID target_frame, PVOID target_ip, EXCEPTION_RECORD *record)
{
    struct dispatch *current = teb_current()->dispatch;
    struct walk walk;
    walk_begin(&walk, current->context, current->outer);
    unwind_run(&walk, target_frame, target_ip, record, NULL);
    __builtin_unreachable();
}

void exception_unwind_jump(uint64_t target_rsp, uint64_t target_ip, const void *buffer)
{
    EXCEPTION_RECORD record = {.ExceptionCode = STATUS_LONGJUMP,
                               .ExceptionFlags = EXCEPTION_UNWINDING,
                               .NumberParameters = 1,
                               .ExceptionInformation = {(ULONG_PTR)buffer}};
    CONTEXT here = {.ContextFlags = CONTEXT_FULL, .Rsp = (uint64_t)__builtin_frame_address(0)};
    struct walk walk;
    struct frame frame;
    walk_begin(&walk, &here, teb_current()->dispatch);
    while (frame_read(&walk, UNW_FLAG_UHANDLER, &frame)) {
        bool is_target = frame.caller.Rsp > target_rsp;
        if (is_target)
            record.ExceptionFlags |= EXCEPTION_TARGET_UNWIND;
        if (frame.handler)
            handler_call(&walk, &frame, &record, &here, (PVOID)target_ip);
        if (is_target)
            break;
        walk_on(&walk, &frame);
    }
    exception_forget_below(target_rsp);
}

/* ---- __try/__except/__finally -------------------------------------------------------------------
 */

/* The filter said yes: from where the exception happened down to this frame. */
static void except_enter(EXCEPTION_RECORD *record, PVOID frame, DISPATCHER_CONTEXT *dispatcher,
                         ULONG jump_target)
{
    struct dispatch *current = teb_current()->dispatch;
    struct walk walk;
    walk_begin(&walk, current->context, current->outer);
    unwind_run(&walk, frame, (PVOID)(dispatcher->ImageBase + jump_target), record,
               (PVOID)(ULONG_PTR)(ULONG)record->ExceptionCode);
}

static EXCEPTION_DISPOSITION filters_ask(EXCEPTION_RECORD *record, PVOID frame, CONTEXT *context,
                                         DISPATCHER_CONTEXT *dispatcher)
{
    const SCOPE_TABLE_AMD64 *scopes = dispatcher->HandlerData;
    ULONG pc = (ULONG)(dispatcher->ControlPc - dispatcher->ImageBase);
    EXCEPTION_POINTERS pointers = {record, context};
    for (ULONG i = dispatcher->ScopeIndex; i < scopes->Count; i++) {
        if (pc < scopes->ScopeRecord[i].BeginAddress || pc >= scopes->ScopeRecord[i].EndAddress ||
            !scopes->ScopeRecord[i].JumpTarget)
            continue;
        ULONG handler = scopes->ScopeRecord[i].HandlerAddress;
        LONG answer = EXCEPTION_EXECUTE_HANDLER;
        if (handler != EXCEPTION_EXECUTE_HANDLER)
            answer = ((PEXCEPTION_FILTER)(dispatcher->ImageBase + handler))(&pointers, frame);
        if (answer < 0)
            return ExceptionContinueExecution;
        if (answer > 0)
            except_enter(record, frame, dispatcher, scopes->ScopeRecord[i].JumpTarget);
    }
    return ExceptionContinueSearch;
}

static void finallys_call(EXCEPTION_RECORD *record, PVOID frame, DISPATCHER_CONTEXT *dispatcher)
{
    const SCOPE_TABLE_AMD64 *scopes = dispatcher->HandlerData;
    ULONG pc = (ULONG)(dispatcher->ControlPc - dispatcher->ImageBase);
    ULONG target = (ULONG)(dispatcher->TargetIp - dispatcher->ImageBase);
    bool is_target = record->ExceptionFlags & EXCEPTION_TARGET_UNWIND;
    for (ULONG i = dispatcher->ScopeIndex; i < scopes->Count; i++) {
        ULONG begin = scopes->ScopeRecord[i].BeginAddress, end = scopes->ScopeRecord[i].EndAddress;
        if (pc < begin || pc >= end)
            continue;
        /* Control stays inside this scope, so it and those around it do not end. */
        if (is_target && target >= begin && target < end)
            break;
        if (scopes->ScopeRecord[i].JumpTarget) {
            if (is_target && target == scopes->ScopeRecord[i].JumpTarget)
                break;
            continue;
        }
        dispatcher->ScopeIndex = i + 1; /* not again if the handler raises */
        ((PTERMINATION_HANDLER)(dispatcher->ImageBase + scopes->ScopeRecord[i].HandlerAddress))(
            TRUE, frame);
    }
}

EXPORT(EXCEPTION_DISPOSITION, front__C_specific_handler,
       (EXCEPTION_RECORD * record, PVOID frame, CONTEXT *context, DISPATCHER_CONTEXT *dispatcher))
{
    if (IS_DISPATCHING(record->ExceptionFlags))
        return filters_ask(record, frame, context, dispatcher);
    finallys_call(record, frame, dispatcher);
    return ExceptionContinueSearch;
}
