/* SPDX-License-Identifier: MIT */
/* cxx_raise.c - throwing in x64 programs: raised where the program called. */
#include <string.h>

#include "cxx.h"
#include "ntdll/call.h"
#include "ntdll/ldr.h"

void cxx_raise(void *object, const struct cxx_throw *info, uint64_t image)
{
    const struct call_record *call = teb_current()->calls;
    CONTEXT context = {.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER,
                       .Rsp = (uint64_t)__builtin_frame_address(0),
                       .SegCs = 0x33,
                       .SegSs = 0x2b,
                       .EFlags = 0x202};
    if (call)
        call_caller(call, &context);
    EXCEPTION_RECORD record = {.ExceptionCode = (NTSTATUS)CXX_EXCEPTION,
                               .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                               .ExceptionAddress = (PVOID)context.Rip,
                               .NumberParameters = 4};
    *cxx_thrown_of(&record) = (struct cxx_thrown){CXX_MAGIC, object, info, image};
    crt_thread()->cxx_in_flight++;
    exception_dispatch(&record, &context);
}

/* Without an object: what is being handled, again. */
CRT(void, ucrt__CxxThrowException, (void *object, const struct cxx_throw *info))
{
    if (info) {
        const struct ldr_module *module = ldr_by_address((uint64_t)info);
        cxx_raise(object, info, module ? module->base : 0);
    }
    const struct cxx_block *block = cxx_current();
    if (!block || !cxx_is(block->record))
        ucrt_terminate();
    const struct cxx_thrown *thrown = cxx_thrown_of(block->record);
    cxx_raise(thrown->object, thrown->info, thrown->image);
}
