/* SPDX-License-Identifier: MIT */
/* exception_handlers_ddi.c - who is asked about exceptions, by the names that programs call. */
#include "exception_internal.h"

EXPORT(PVOID, RtlPcToFileHeader, (PVOID pc, PVOID *base))
{
    const struct ldr_module *module = ldr_by_address((uint64_t)pc);
    *base = module ? (PVOID)module->base : NULL;
    return *base;
}

EXPORT(PVOID, RtlAddVectoredExceptionHandler, (ULONG first, exception_filter handler))
{
    return exception_vectored_add(false, first, handler);
}

EXPORT(ULONG, RtlRemoveVectoredExceptionHandler, (PVOID handle))
{
    return exception_vectored_remove(false, handle);
}

EXPORT(PVOID, RtlAddVectoredContinueHandler, (ULONG first, exception_filter handler))
{
    return exception_vectored_add(true, first, handler);
}

EXPORT(ULONG, RtlRemoveVectoredContinueHandler, (PVOID handle))
{
    return exception_vectored_remove(true, handle);
}

EXPORT(exception_filter, SetUnhandledExceptionFilter, (exception_filter filter))
{
    return exception_unhandled_set(filter);
}

EXPORT(LONG, UnhandledExceptionFilter, (EXCEPTION_POINTERS * pointers))
{
    return exception_unhandled(pointers);
}
