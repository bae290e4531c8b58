/* SPDX-License-Identifier: MIT */
/* c_specific_ddi.c - the language handler of C: __try, __except, __finally by scope tables.
 *
 * Asked in the first pass it runs filters, from the innermost scope out; told in the second it
 * runs the termination handlers of the scopes that are left. ScopeIndex says where to go on
 * after a termination handler that did not return.
 */
#include "seh_ddi.h"

/* HandlerAddress of __except(EXCEPTION_EXECUTE_HANDLER) is this instead of a filter. */
#define FILTER_ALWAYS 1u

struct scopes {
    const SCOPE_TABLE *table;
    uint64_t base;
    uint32_t pc, target; /* RVAs */
};

static bool scope_holds(const struct scopes *scopes, ULONG index, uint32_t rva)
{
    return rva >= scopes->table->ScopeRecord[index].BeginAddress &&
           rva < scopes->table->ScopeRecord[index].EndAddress;
}

static LONG filter_call(const struct scopes *scopes, ULONG index, EXCEPTION_POINTERS *pointers,
                        PVOID frame)
{
    ULONG filter = scopes->table->ScopeRecord[index].HandlerAddress;
    uint64_t arguments[2] = {(uint64_t)pointers, (uint64_t)frame};
    if (filter == FILTER_ALWAYS)
        return 1;
    return (LONG)callout_invoke((const void *)(scopes->base + filter), arguments, 2);
}

static EXCEPTION_DISPOSITION dispatch(const struct scopes *scopes, EXCEPTION_RECORD *record,
                                      PVOID frame, CONTEXT *context, ULONG index)
{
    EXCEPTION_POINTERS pointers = {.ExceptionRecord = record, .ContextRecord = context};
    for (; index < scopes->table->Count; index++) {
        ULONG target = scopes->table->ScopeRecord[index].JumpTarget;
        if (target == 0 || !scope_holds(scopes, index, scopes->pc))
            continue;
        LONG answer = filter_call(scopes, index, &pointers, frame);
        if (answer < 0)
            return ExceptionContinueExecution;
        if (answer > 0)
            seh_unwind((uint64_t)frame, scopes->base + target, record,
                       (uint64_t)(uint32_t)record->ExceptionCode);
    }
    return ExceptionContinueSearch;
}

static EXCEPTION_DISPOSITION leave(const struct scopes *scopes, const EXCEPTION_RECORD *record,
                                   PVOID frame, DISPATCHER_CONTEXT *dispatcher)
{
    bool is_target = (record->ExceptionFlags & EXCEPTION_TARGET_UNWIND) != 0;
    for (ULONG i = dispatcher->ScopeIndex; i < scopes->table->Count; i++) {
        if (!scope_holds(scopes, i, scopes->pc))
            continue;
        /* The target lies in this scope, or is its handler: it is not left, nor are those
         * around it. */
        if (is_target && (scope_holds(scopes, i, scopes->target) ||
                          scopes->table->ScopeRecord[i].JumpTarget == scopes->target))
            break;
        if (scopes->table->ScopeRecord[i].JumpTarget != 0)
            continue;
        uint64_t arguments[2] = {TRUE, (uint64_t)frame};
        const void *handler =
            (const void *)(scopes->base + scopes->table->ScopeRecord[i].HandlerAddress);
        dispatcher->ScopeIndex = i + 1; /* should it not come back */
        callout_invoke(handler, arguments, 2);
    }
    return ExceptionContinueSearch;
}

/* IRQL:    any
 * Doc:     "x64 exception handling" (Microsoft Learn); public excpt.h, scope tables
 */
EXCEPTION_DISPOSITION NTAPI __C_specific_handler(EXCEPTION_RECORD *ExceptionRecord,
                                                 PVOID EstablisherFrame, CONTEXT *ContextRecord,
                                                 DISPATCHER_CONTEXT *DispatcherContext)
{
    uint64_t base = DispatcherContext->ImageBase;
    /* A return address may be the first of the next scope already; the call was before it. */
    struct scopes scopes = {
        .table = DispatcherContext->HandlerData,
        .base = base,
        .pc = (uint32_t)(DispatcherContext->ControlPc - base) -
              seh_is_call(DispatcherContext->ContextRecord),
        .target = (uint32_t)(DispatcherContext->TargetIp - base),
    };
    if (IS_UNWINDING(ExceptionRecord->ExceptionFlags))
        return leave(&scopes, ExceptionRecord, EstablisherFrame, DispatcherContext);
    return dispatch(&scopes, ExceptionRecord, EstablisherFrame, ContextRecord,
                    DispatcherContext->ScopeIndex);
}

/* Leaves __try blocks of the calling function, or of one above it, by a jump.
 *
 * IRQL:    any
 * Doc:     "x64 exception handling"; called by compiled code for goto and return
 */
VOID NTAPI _local_unwind(PVOID TargetFrame, PVOID TargetIp)
{
    seh_unwind((uint64_t)TargetFrame, (uint64_t)TargetIp, NULL, 0);
}
