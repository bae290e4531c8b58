/* SPDX-License-Identifier: MIT */
/* exception_ddi.c - raising and unwinding under the names programs call.
 *
 * The …_entry routines are called from exception_entry.S with the caller's registers; their
 * arguments are the registers and stack slots of the Microsoft convention.
 */
#include <string.h>

#include "exception_internal.h"
#include "ntdll/error.h"
#include "ntdll/nt.h"

void exception_raise_entry(CONTEXT *caller);
void exception_raise_record_entry(CONTEXT *caller);
void exception_raise_status_entry(CONTEXT *caller);
void exception_unwind_entry(CONTEXT *caller);

/* RaiseException(code, flags, count, arguments) */
void exception_raise_entry(CONTEXT *caller)
{
    EXCEPTION_RECORD record = {.ExceptionCode = (NTSTATUS)caller->Rcx,
                               .ExceptionFlags = (ULONG)caller->Rdx & EXCEPTION_NONCONTINUABLE,
                               .ExceptionAddress = (PVOID)caller->Rip};
    const ULONG_PTR *arguments = (const ULONG_PTR *)caller->R9;
    if (arguments) {
        ULONG count = (ULONG)caller->R8;
        record.NumberParameters =
            count < EXCEPTION_MAXIMUM_PARAMETERS ? count : EXCEPTION_MAXIMUM_PARAMETERS;
        memcpy(record.ExceptionInformation, arguments, record.NumberParameters * sizeof *arguments);
    }
    exception_dispatch(&record, caller);
}

/* RtlRaiseException(record) */
void exception_raise_record_entry(CONTEXT *caller)
{
    EXCEPTION_RECORD *record = (EXCEPTION_RECORD *)caller->Rcx;
    record->ExceptionAddress = (PVOID)caller->Rip;
    exception_dispatch(record, caller);
}

/* RtlRaiseStatus(status) */
void exception_raise_status_entry(CONTEXT *caller)
{
    EXCEPTION_RECORD record = {.ExceptionCode = (NTSTATUS)caller->Rcx,
                               .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                               .ExceptionAddress = (PVOID)caller->Rip};
    exception_dispatch(&record, caller);
}

/* RtlUnwindEx(frame, ip, record, value, context, history); RtlUnwind has the first four. */
void exception_unwind_entry(CONTEXT *caller)
{
    exception_unwind(caller, (PVOID)caller->Rcx, (PVOID)caller->Rdx, (EXCEPTION_RECORD *)caller->R8,
                     (PVOID)caller->R9);
}

EXPORT(void, front_RtlRestoreContext, (CONTEXT * context, EXCEPTION_RECORD *record))
{
    exception_forget_below(context->Rsp);
    context_restore(context);
}

/* TestAlert: APCs that are queued run first. */
EXPORT(NTSTATUS, front_NtContinue, (CONTEXT * context, BOOLEAN test_alert))
{
    if (test_alert)
        NtTestAlert();
    exception_forget_below(context->Rsp);
    context_restore(context);
}

/* Differs: tables that a program made at run time are not known. */
EXPORT(PRUNTIME_FUNCTION, RtlLookupFunctionEntry,
       (ULONG64 pc, ULONG64 *image_base, PUNWIND_HISTORY_TABLE history))
{
    const struct ldr_module *module = ldr_by_address(pc);
    if (!module)
        return NULL;
    *image_base = module->base;
    return module->builtin ? NULL : function_find(module, pc);
}

EXPORT(PEXCEPTION_ROUTINE, RtlVirtualUnwind,
       (ULONG handler_type, ULONG64 image_base, ULONG64 pc, PRUNTIME_FUNCTION function,
        CONTEXT *context, PVOID *handler_data, ULONG64 *establisher,
        KNONVOLATILE_CONTEXT_POINTERS *pointers))
{
    const struct ldr_module *module = ldr_by_base((const void *)image_base);
    struct pe_unwind_frame frame;
    if (!module ||
        context_unwind(module, handler_type, pc, function, context, pointers, &frame) != PE_OK) {
        context->Rip = 0; /* the end, for a caller that walks */
        return NULL;
    }
    *establisher = frame.establisher;
    if (!frame.handler_rva)
        return NULL;
    *handler_data = (PVOID)frame.handler_data;
    return (PEXCEPTION_ROUTINE)(image_base + frame.handler_rva);
}

EXPORT(USHORT, front_RtlCaptureStackBackTrace, (ULONG skip, ULONG count, PVOID *trace, ULONG *hash))
{
    CONTEXT context;
    void WINAPI RtlCaptureContext(CONTEXT *);
    RtlCaptureContext(&context);
    /* Native frames have frame pointers: up to the first return address in an image. */
    uint64_t *frame = __builtin_frame_address(0);
    context.Rbp = frame[0];
    context.Rip = frame[1];
    context.Rsp = (uint64_t)(frame + 2);
    struct walk walk;
    walk_begin(&walk, &context, teb_current()->dispatch);
    struct frame at;
    USHORT stored = 0;
    ULONG sum = 0;
    for (ULONG i = 0; stored < count && frame_read(&walk, 0, &at); i++) {
        if (i >= skip) {
            trace[stored++] = (PVOID)at.pc;
            sum += (ULONG)at.pc;
        }
        walk_on(&walk, &at);
    }
    if (hash)
        *hash = sum;
    return stored;
}
