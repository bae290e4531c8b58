/* SPDX-License-Identifier: MIT */
/* widen.c - the structures that hold pointers, made wide and narrow again. */
#include "wow64/widen.h"

#include "wow64_internal.h"

#define HANDLES_MAX 64u

uint64_t wow64_number(uint32_t pointer, uint64_t *wide)
{
    if (!pointer)
        return 0;
    *wide = *POINTER32(const uint32_t, pointer);
    return (uintptr_t)wide;
}

void wow64_number_end(uint32_t pointer, uint64_t wide)
{
    if (pointer)
        *POINTER32(uint32_t, pointer) = (uint32_t)wide;
}

uint64_t wow64_status(uint32_t pointer, struct wow64_status *wide)
{
    if (!pointer)
        return 0;
    wide->status = POINTER32(const uint32_t, pointer)[0];
    wide->information = POINTER32(const uint32_t, pointer)[1];
    return (uintptr_t)wide;
}

void wow64_status_end(uint32_t pointer, const struct wow64_status *wide)
{
    if (!pointer)
        return;
    POINTER32(uint32_t, pointer)[0] = (uint32_t)wide->status;
    POINTER32(uint32_t, pointer)[1] = (uint32_t)wide->information;
}

uint64_t wow64_string(uint32_t pointer, struct wow64_string *wide)
{
    const UNICODE_STRING *string = POINTER32(const UNICODE_STRING, pointer);
    if (!pointer)
        return 0;
    *wide = (struct wow64_string){.length = string->Length,
                                  .maximum = string->MaximumLength,
                                  .buffer = (uintptr_t)string->Buffer};
    return (uintptr_t)wide;
}

void wow64_string_end(uint32_t pointer, const struct wow64_string *wide)
{
    if (pointer)
        POINTER32(UNICODE_STRING, pointer)->Length = wide->length;
}

uint64_t wow64_attributes(uint32_t pointer, struct wow64_attributes *wide)
{
    const OBJECT_ATTRIBUTES *attributes = POINTER32(const OBJECT_ATTRIBUTES, pointer);
    if (!pointer)
        return 0;
    *wide =
        (struct wow64_attributes){.length = attributes->Length == sizeof *attributes
                                                ? (uint32_t)offsetof(struct wow64_attributes, text)
                                                : attributes->Length,
                                  .root = (uint64_t)(int64_t)(intptr_t)attributes->RootDirectory,
                                  .flags = attributes->Attributes,
                                  .security = (uintptr_t)attributes->SecurityDescriptor,
                                  .quality = (uintptr_t)attributes->SecurityQualityOfService};
    wide->name = wow64_string((uintptr_t)attributes->ObjectName, &wide->text);
    return (uintptr_t)wide;
}

uint64_t wow64_pointers(uint32_t pointer, uint32_t count, uint64_t *wide)
{
    for (uint32_t i = 0; pointer && i < count; i++)
        wide[i] = POINTER32(const uint32_t, pointer)[i];
    return pointer ? (uintptr_t)wide : 0;
}

void wow64_pointers_end(uint32_t pointer, uint32_t count, const uint64_t *wide)
{
    for (uint32_t i = 0; pointer && i < count; i++)
        POINTER32(uint32_t, pointer)[i] = (uint32_t)wide[i];
}

uint64_t wow64_handles(uint32_t pointer, uint32_t count, uint64_t *wide)
{
    /* Of more than there may be the service looks at none. */
    for (uint32_t i = 0; pointer && count <= HANDLES_MAX && i < count; i++)
        wide[i] = (uint64_t)(int64_t)POINTER32(const int32_t, pointer)[i];
    return pointer ? (uintptr_t)wide : 0;
}
