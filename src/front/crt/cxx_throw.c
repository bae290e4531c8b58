/* SPDX-License-Identifier: MIT */
/* cxx_throw.c - throwing, and what a thread can ask about exceptions under way. */
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

CRT(void **, ucrt___current_exception, (void))
{
    return &crt_thread()->current_exception;
}

CRT(void **, ucrt___current_exception_context, (void))
{
    return &crt_thread()->current_context;
}

CRT(int *, ucrt___processing_throw, (void))
{
    return &crt_thread()->cxx_in_flight;
}

CRT(int, ucrt___uncaught_exceptions, (void))
{
    return crt_thread()->cxx_in_flight;
}

CRT(bool, ucrt___uncaught_exception, (void))
{
    return crt_thread()->cxx_in_flight;
}

CRT(void *, ucrt___AdjustPointer, (void *object, const struct cxx_place *place))
{
    return cxx_base(object, place);
}

CRT(void, ucrt___DestructExceptionObject, (EXCEPTION_RECORD * record, BOOLEAN may_not_throw))
{
    if (record)
        cxx_object_destroy(record);
}

/* ---- what the run-time throws itself --------------------------------------------------------- */

/* std::exception: a table of functions and the text. */
struct standard_exception {
    const void *const *vtable;
    struct {
        const char *what;
        bool is_owned;
    } data;
};

static void *WINAPI standard_destroy(struct standard_exception *self, unsigned flags)
{
    if (self->data.is_owned)
        heap_give((void *)self->data.what);
    return self;
}

static const char *WINAPI standard_what(const struct standard_exception *self)
{
    return self->data.what ? self->data.what : "Unknown exception";
}

static const void *const standard_vtable[] = {(const void *)standard_destroy,
                                              (const void *)standard_what};

/* The text is a literal, so a copy of the object is one of its bytes. */
#define NAME_BYTES 32u
struct standard_descriptor {
    const void *vtable;
    char *undecorated;
    char name[NAME_BYTES];
};

/* All that is thrown lies in one block, so that its parts can be named relative to it. */
static struct standard {
    struct cxx_throw info[2];
    struct {
        int32_t count, rva[2];
    } list[2];
    struct cxx_type type[3];
    struct standard_descriptor descriptor[3];
} standard = {.descriptor = {{.name = ".?AVexception@std@@"},
                             {.name = ".?AVbad_cast@std@@"},
                             {.name = ".?AVbad_typeid@std@@"}}};

#define RVA(member) ((int32_t)((char *)&standard.member - (char *)&standard) + 16)

static void standard_throw(unsigned which, const char *text)
{
    static const struct cxx_place none = {0, -1, 0};
    struct standard_exception object = {standard_vtable, {text, false}};
    for (unsigned i = 0; i < 3; i++)
        standard.type[i] = (struct cxx_type){0, RVA(descriptor[i]), none, sizeof object, 0};
    standard.list[which].count = 2;
    standard.list[which].rva[0] = RVA(type[which + 1]);
    standard.list[which].rva[1] = RVA(type[0]);
    standard.info[which].types_rva = RVA(list[which]);
    cxx_raise(&object, &standard.info[which], (uint64_t)&standard - 16);
}

void cxx_raise_bad_cast(const char *text)
{
    standard_throw(0, text);
    __builtin_unreachable();
}

void cxx_raise_bad_typeid(const char *text)
{
    standard_throw(1, text);
    __builtin_unreachable();
}
