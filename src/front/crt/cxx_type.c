/* SPDX-License-Identifier: MIT */
/* cxx_type.c - which catch takes what was thrown, and how the object gets there. */
#include <string.h>

#include "cxx.h"

bool cxx_is(const EXCEPTION_RECORD *record)
{
    uint64_t magic = record->ExceptionInformation[0];
    return (uint32_t)record->ExceptionCode == CXX_EXCEPTION &&
           record->NumberParameters == CXX_THROWN_WORDS && magic >= CXX_MAGIC &&
           magic <= CXX_MAGIC_NEW && record->ExceptionInformation[2];
}

void *cxx_base(void *object, const struct cxx_place *place)
{
    char *base = (char *)object + place->member;
    if (place->table >= 0) {
        char *table = *(char **)((char *)object + place->table);
        base += place->table + *(int32_t *)(table + place->index);
    }
    return base;
}

static bool type_fits(const struct cxx_catch *handler, const struct cxx_descriptor *wanted,
                      const struct cxx_thrown *thrown, const struct cxx_type *type)
{
    const struct cxx_descriptor *given = cxx_at(cxx_image_of(thrown), type->descriptor_rva);
    if (given != wanted && strcmp(given->name, wanted->name) != 0)
        return false;
    if (type->properties & CXX_BY_REFERENCE && !(handler->adjectives & CXX_REFERENCE))
        return false;
    uint32_t lost = thrown->info->attributes & ~handler->adjectives;
    return !(lost & (CXX_CONST | CXX_VOLATILE | CXX_UNALIGNED));
}

static bool takes_everything(const struct cxx_catch *handler, uint64_t image)
{
    const struct cxx_descriptor *wanted = cxx_at(image, handler->type_rva);
    return !wanted || !wanted->name[0];
}

bool cxx_matches(const struct cxx_catch *handler, uint64_t image, EXCEPTION_RECORD *record,
                 const struct cxx_type **out_type)
{
    *out_type = NULL;
    if (takes_everything(handler, image))
        return true;
    if (!cxx_is(record))
        return false;
    const struct cxx_thrown *thrown = cxx_thrown_of(record);
    const struct cxx_type_list *types = cxx_at(cxx_image_of(thrown), thrown->info->types_rva);
    for (int32_t i = 0; i < types->count; i++) {
        *out_type = cxx_at(cxx_image_of(thrown), types->rva[i]);
        if (type_fits(handler, cxx_at(image, handler->type_rva), thrown, *out_type))
            return true;
    }
    return false;
}

/* The last argument is there for types with virtual bases only: build those, too. A callee of a
 * 32-bit program takes its arguments off the stack, so it is given no more than it has. */
static void copy_call(const void *copy, void *to, void *from, const struct cxx_type *type)
{
    if (type->properties & CXX_VIRTUAL_BASE)
        ((void(CXX_METHOD *)(void *, void *, int))copy)(to, from, 1);
    else
        ((void(CXX_METHOD *)(void *, void *))copy)(to, from);
}

void cxx_object_copy(void *to, const struct cxx_thrown *from, const struct cxx_type *type)
{
    const void *copy = cxx_at(cxx_image_of(from), type->copy_rva);
    void *base = cxx_base(from->object, &type->place);
    if (copy)
        copy_call(copy, to, base, type);
    else
        memmove(to, base, (size_t)type->size_bytes);
}

void cxx_object_catch(const struct cxx_catch *handler, uint64_t image, uint64_t frame,
                      EXCEPTION_RECORD *record, const struct cxx_type *type)
{
    if (!type || !handler->object_offset)
        return;
    const struct cxx_thrown *thrown = cxx_thrown_of(record);
    void *to = (void *)(frame + (uint64_t)(int64_t)handler->object_offset);
    if (handler->adjectives & CXX_REFERENCE) {
        *(void **)to = cxx_base(thrown->object, &type->place);
    } else if (type->properties & CXX_SIMPLE) {
        memmove(to, thrown->object, (size_t)type->size_bytes);
        if (type->size_bytes == sizeof(void *) && *(void **)to)
            *(void **)to = cxx_base(*(void **)to, &type->place);
    } else {
        cxx_object_copy(to, thrown, type);
    }
}

void cxx_object_destroy(EXCEPTION_RECORD *record)
{
    if (!cxx_is(record))
        return;
    const struct cxx_thrown *thrown = cxx_thrown_of(record);
    const void *destructor = cxx_at(cxx_image_of(thrown), thrown->info->destructor_rva);
    if (destructor)
        ((void(CXX_METHOD *)(void *))destructor)(thrown->object);
}
