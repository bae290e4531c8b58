/* SPDX-License-Identifier: MIT */
/* cxx_pointer.c - std::exception_ptr: an exception kept beyond its catch block.
 *
 * A pointer is two words, the object and who counts it; only the second is used here. What is
 * kept is a copy of the thrown object, which is copied once more for each throw of it.
 * Doc: microsoft/STL (exception); "Transporting exceptions between threads".
 */
#include <stdatomic.h>
#include <string.h>

#include "cxx.h"
#include "ntdll/ldr.h"

struct kept {
    atomic_long count;
    EXCEPTION_RECORD record;
    _Alignas(16) char object[];
};

struct exception_pointer {
    void *object;
    struct kept *kept;
};

static struct cxx_type *type_first(const struct cxx_thrown *thrown)
{
    const struct cxx_type_list *types = cxx_at(thrown->image, thrown->info->types_rva);
    return (struct cxx_type *)cxx_at(thrown->image, types->rva[0]);
}

/* NULL: no memory. */
static struct kept *kept_make(const EXCEPTION_RECORD *record)
{
    EXCEPTION_RECORD copy = *record;
    size_t size = cxx_is(&copy) ? (size_t)type_first(cxx_thrown_of(&copy))->size_bytes : 0;
    struct kept *kept = heap_take(sizeof *kept + size);
    if (!kept)
        return NULL;
    kept->count = 1;
    kept->record = copy;
    if (size) {
        struct cxx_thrown *thrown = cxx_thrown_of(&kept->record);
        cxx_object_copy(kept->object, thrown, type_first(thrown));
        thrown->object = kept->object;
    }
    return kept;
}

static void pointer_drop(struct exception_pointer *pointer)
{
    struct kept *kept = pointer->kept;
    *pointer = (struct exception_pointer){0};
    if (!kept || --kept->count)
        return;
    cxx_object_destroy(&kept->record);
    heap_give(kept);
}

static void pointer_set(struct exception_pointer *pointer, struct kept *kept)
{
    *pointer = (struct exception_pointer){kept ? &kept->record : NULL, kept};
}

CRT(void, msvcp_ExceptionPtrCreate, (struct exception_pointer * out))
{
    pointer_set(out, NULL);
}

CRT(void, msvcp_ExceptionPtrDestroy, (struct exception_pointer * pointer))
{
    pointer_drop(pointer);
}

CRT(void, msvcp_ExceptionPtrCopy,
    (struct exception_pointer * out, const struct exception_pointer *from))
{
    if (from->kept)
        from->kept->count++;
    *out = *from;
}

CRT(void, msvcp_ExceptionPtrAssign,
    (struct exception_pointer * to, const struct exception_pointer *from))
{
    struct exception_pointer old = *to;
    if (from->kept)
        from->kept->count++;
    *to = *from;
    pointer_drop(&old);
}

CRT(bool, msvcp_ExceptionPtrCompare,
    (const struct exception_pointer *a, const struct exception_pointer *b))
{
    return a->kept == b->kept;
}

CRT(bool, msvcp_ExceptionPtrToBool, (const struct exception_pointer *pointer))
{
    return pointer->kept;
}

CRT(void, msvcp_ExceptionPtrSwap, (struct exception_pointer * a, struct exception_pointer *b))
{
    struct exception_pointer old = *a;
    *a = *b;
    *b = old;
}

/* Differs: without memory the pointer is empty instead of holding a bad_alloc. */
CRT(void, msvcp_ExceptionPtrCurrentException, (struct exception_pointer * out))
{
    const struct cxx_block *block = cxx_current();
    pointer_set(out, block ? kept_make(block->record) : NULL);
}

/* std::make_exception_ptr: of an object that was not thrown. */
CRT(void, msvcp_ExceptionPtrCopyException,
    (struct exception_pointer * out, void *object, const struct cxx_throw *info))
{
    const struct ldr_module *module = ldr_by_address((uint64_t)info);
    EXCEPTION_RECORD record = {.ExceptionCode = (NTSTATUS)CXX_EXCEPTION,
                               .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                               .NumberParameters = 4};
    *cxx_thrown_of(&record) =
        (struct cxx_thrown){CXX_MAGIC, object, info, module ? module->base : 0};
    pointer_set(out, kept_make(&record));
}

/* The copy lies in this frame, which stays on the stack until the catch block is left. */
CRT(void, msvcp_ExceptionPtrRethrow, (const struct exception_pointer *pointer))
{
    if (!pointer->kept)
        cxx_raise_standard(CXX_BAD_EXCEPTION, "bad exception");
    EXCEPTION_RECORD *record = &pointer->kept->record;
    if (!cxx_is(record)) {
        RaiseException((DWORD)record->ExceptionCode, record->ExceptionFlags,
                       record->NumberParameters, record->ExceptionInformation);
        ucrt_terminate();
    }
    const struct cxx_thrown *thrown = cxx_thrown_of(record);
    struct cxx_type *type = type_first(thrown);
    void *copy = __builtin_alloca_with_align((size_t)type->size_bytes, 128);
    cxx_object_copy(copy, thrown, type);
    cxx_raise(copy, thrown->info, thrown->image);
}
