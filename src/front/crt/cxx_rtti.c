/* SPDX-License-Identifier: MIT */
/* cxx_rtti.c - dynamic_cast, typeid and names of types, from the tables beside vtables.
 *
 * Doc: "Run-Time Type Information"; layouts as LLVM emits them (MicrosoftCXXABI.cpp).
 */
#include <string.h>

#include "cxx.h"

struct rtti_base {
    int32_t descriptor_rva;
    uint32_t contained_count;
    struct cxx_place place;
    uint32_t attributes;
    int32_t hierarchy_rva;
};

#define BASE_HIDDEN    1u /* private on the way to it */
#define BASE_AMBIGUOUS 2u
#define BASE_PRIVATE   4u

struct rtti_hierarchy {
    uint32_t signature, attributes, base_count;
    int32_t bases_rva; /* of RVAs; the class itself, then each base before its own bases */
};

struct rtti_locator {
    uint32_t signature, offset, constructor_offset;
    int32_t descriptor_rva, hierarchy_rva;
#ifdef __LP64__
    int32_t self_rva;
#endif
};

struct rtti_object {
    const struct rtti_locator *locator;
    uint64_t image;
    char *complete;
};

static struct rtti_object object_look(char *object)
{
    struct rtti_object found = {.locator = (*(const struct rtti_locator ***)object)[-1]};
#ifdef __LP64__
    found.image = (uint64_t)found.locator - (uint32_t)found.locator->self_rva;
#endif
    found.complete = object - found.locator->offset;
    if (found.locator->constructor_offset)
        found.complete -= *(int32_t *)(object - found.locator->constructor_offset);
    return found;
}

static bool type_is(const struct rtti_object *object, const struct rtti_base *base,
                    const struct cxx_descriptor *type)
{
    const struct cxx_descriptor *other = cxx_at(object->image, base->descriptor_rva);
    return other == type || !strcmp(other->name, type->name);
}

struct bases {
    const struct rtti_object *object;
    const int32_t *rva;
    uint32_t count;
};

static const struct rtti_base *base_at(const struct bases *bases, uint32_t index)
{
    return cxx_at(bases->object->image, bases->rva[index]);
}

static char *base_in(const struct bases *bases, uint32_t index)
{
    return cxx_base(bases->object->complete, &base_at(bases, index)->place);
}

/* Is the subobject part of the base at index, and may it be seen from there? */
static bool base_contains(const struct bases *bases, uint32_t index, const char *source,
                          const struct cxx_descriptor *type)
{
    uint32_t end = index + base_at(bases, index)->contained_count;
    for (uint32_t i = index; i <= end && i < bases->count; i++) {
        const struct rtti_base *base = base_at(bases, i);
        bool is_seen = i == index || !(base->attributes & (index ? BASE_PRIVATE : BASE_HIDDEN));
        if (type_is(bases->object, base, type) && base_in(bases, i) == source && is_seen)
            return true;
    }
    return false;
}

static void *cast(const struct bases *bases, const char *source,
                  const struct cxx_descriptor *source_type,
                  const struct cxx_descriptor *target_type)
{
    /* Down: the target that has the source in it. */
    for (uint32_t i = 0; i < bases->count; i++) {
        if (type_is(bases->object, base_at(bases, i), target_type) &&
            base_contains(bases, i, source, source_type))
            return base_in(bases, i);
    }
    /* Across: by way of the whole object, if the target is one and both can be seen from it. */
    if (!base_contains(bases, 0, source, source_type))
        return NULL;
    char *found = NULL;
    for (uint32_t i = 0; i < bases->count; i++) {
        const struct rtti_base *base = base_at(bases, i);
        if (!type_is(bases->object, base, target_type))
            continue;
        if (base->attributes & (BASE_HIDDEN | BASE_AMBIGUOUS) ||
            (found && found != base_in(bases, i)))
            return NULL;
        found = base_in(bases, i);
    }
    return found;
}

CRT(void *, ucrt___RTDynamicCast,
    (char *object, LONG vtable_offset, const struct cxx_descriptor *source,
     const struct cxx_descriptor *target, BOOL is_reference))
{
    void *found = NULL;
    if (object) {
        struct rtti_object whole = object_look(object + vtable_offset);
        const struct rtti_hierarchy *hierarchy = cxx_at(whole.image, whole.locator->hierarchy_rva);
        struct bases bases = {&whole, cxx_at(whole.image, hierarchy->bases_rva),
                              hierarchy->base_count};
        found = cast(&bases, object, source, target);
    }
    if (!found && is_reference)
        cxx_raise_standard(CXX_BAD_CAST, "Bad dynamic_cast!");
    return found;
}

CRT(const void *, ucrt___RTtypeid, (char *object))
{
    if (!object)
        cxx_raise_standard(CXX_BAD_TYPEID, "Attempted a typeid of nullptr pointer!");
    struct rtti_object whole = object_look(object);
    return cxx_at(whole.image, whole.locator->descriptor_rva);
}

CRT(void *, ucrt___RTCastToVoid, (char *object))
{
    return object ? object_look(object).complete : NULL;
}
