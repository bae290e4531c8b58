/* SPDX-License-Identifier: MIT */
/* seh_raise.c - exceptions that software raises, always at the newest driver call.
 */
#include "ke/ke.h"
#include "seh_internal.h"

[[noreturn]] static void raise_without_driver(const EXCEPTION_RECORD *record)
{
    struct bugcheck bugcheck = {
        .code = KMODE_EXCEPTION_NOT_HANDLED,
        .parameter = {(ULONG_PTR)(LONG_PTR)record->ExceptionCode,
                      (ULONG_PTR)record->ExceptionAddress},
        .exception = record,
    };
    ke_bugcheck(&bugcheck);
}

/* IRQL:    any
 * Takes:   record; its address becomes that of the driver's call when it has none
 * Errors:  does not return; continues after the driver's call when a filter says so
 */
void seh_raise_record(EXCEPTION_RECORD *record)
{
    CONTEXT context;
    if (!callout_in_ddi())
        raise_without_driver(record);
    seh_context_of_ddi(ddi_top, &context);
    if (record->ExceptionAddress == NULL)
        record->ExceptionAddress = (PVOID)context.Rip;
    seh_dispatch(record, &context);
    seh_resume(&context);
}

void seh_raise(NTSTATUS status)
{
    EXCEPTION_RECORD record = {
        .ExceptionCode = status,
        .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
    };
    seh_raise_record(&record);
}

void seh_raise_nested(NTSTATUS code, EXCEPTION_RECORD *record)
{
    EXCEPTION_RECORD nested = {
        .ExceptionCode = code,
        .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
        .ExceptionRecord = record,
        .ExceptionAddress = record->ExceptionAddress,
    };
    seh_raise_record(&nested);
}

void seh_init(void)
{
    ke_raise_set(seh_raise);
}
