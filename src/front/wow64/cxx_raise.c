/* SPDX-License-Identifier: MIT */
/* cxx_raise.c - throwing in 32-bit programs. */
#include "../crt/cxx.h"

void cxx_throw_entry(CONTEXT *caller, const ULONG *arguments);

static void record_fill(EXCEPTION_RECORD *record, void *object, const struct cxx_throw *info)
{
    *record = (EXCEPTION_RECORD){.ExceptionCode = (NTSTATUS)CXX_EXCEPTION,
                                 .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                                 .NumberParameters = CXX_THROWN_WORDS};
    *cxx_thrown_of(record) = (struct cxx_thrown){CXX_MAGIC, object, info};
    crt_thread()->cxx_in_flight++;
}

/* _CxxThrowException(object, info). Without an object: what is being handled, again. */
void cxx_throw_entry(CONTEXT *caller, const ULONG *arguments)
{
    EXCEPTION_RECORD record;
    void *object = (void *)(uintptr_t)arguments[0];
    const struct cxx_throw *info = (const struct cxx_throw *)(uintptr_t)arguments[1];
    if (!info) {
        const struct cxx_block *block = cxx_current();
        if (!block || !cxx_is(block->record))
            ucrt_terminate();
        object = cxx_thrown_of(block->record)->object;
        info = cxx_thrown_of(block->record)->info;
    }
    record_fill(&record, object, info);
    record.ExceptionAddress = (PVOID)(uintptr_t)caller->Eip;
    exception_dispatch(&record, caller);
}

void cxx_raise(void *object, const struct cxx_throw *info, uint64_t image)
{
    EXCEPTION_RECORD record;
    CONTEXT context = {.ContextFlags = CONTEXT_CONTROL};
    record_fill(&record, object, info);
    context.Esp = (ULONG)(uintptr_t)__builtin_frame_address(0);
    context.Eip = (ULONG)(uintptr_t)__builtin_return_address(0);
    record.ExceptionAddress = (PVOID)(uintptr_t)context.Eip;
    exception_dispatch(&record, &context);
}
