/* SPDX-License-Identifier: MIT */
/* widen.c - the structures that hold pointers, made wide and narrow again. */
#include "wow64/widen.h"

#include "wow64_internal.h"

_Static_assert(sizeof(UNICODE_STRING) == 8 && sizeof(OBJECT_ATTRIBUTES) == 24, "copy.S");

#define HANDLES_MAX 64u
/* Nobody's address: the service that is given it fails with STATUS_ACCESS_VIOLATION. */
#define NOWHERE 0xffff800000000000u

/* Copies of what the program names; false: it is not there. */
#define COPY_IN(bytes, to, pointer) \
    (wow64_is_programs(pointer) && wow64_copy##bytes(to, POINTER32(const void, pointer)))
#define COPY_OUT(bytes, pointer, from) \
    (wow64_is_programs(pointer) && wow64_copy##bytes(POINTER32(void, pointer), from))
#define RENEW(bytes, to, pointer) \
    (wow64_is_programs(pointer) && wow64_renew##bytes(to, POINTER32(void, pointer)))

bool wow64_is_writable(void *at, uint32_t bytes)
{
    enum { PAGE = 0x1000 };
    uint32_t begin = (uint32_t)(uintptr_t)at & ~3u, end = (uint32_t)(uintptr_t)at + bytes;
    if (!at || !bytes)
        return !bytes;
    if (end < begin || !wow64_is_programs(end))
        return false;
    for (uint32_t page = begin; page < end; page = (page | (PAGE - 1)) + 1) {
        if (!wow64_touch(POINTER32(void, page)))
            return false;
    }
    return true;
}

/* What a service will answer to is read and written back, which shows whether it may be. */
uint64_t wow64_number(uint32_t pointer, uint64_t *wide)
{
    uint32_t number;
    if (!pointer)
        return 0;
    if (!RENEW(4, &number, pointer))
        return NOWHERE;
    *wide = number;
    return (uintptr_t)wide;
}

bool wow64_number_end(uint32_t pointer, uint64_t wide)
{
    uint32_t number = (uint32_t)wide;
    return !pointer || COPY_OUT(4, pointer, &number);
}

uint64_t wow64_status(uint32_t pointer, struct wow64_status *wide)
{
    uint32_t words[2];
    if (!pointer)
        return 0;
    if (!RENEW(8, words, pointer))
        return NOWHERE;
    wide->status = words[0];
    wide->information = words[1];
    return (uintptr_t)wide;
}

bool wow64_status_end(uint32_t pointer, const struct wow64_status *wide)
{
    const uint32_t words[2] = {(uint32_t)wide->status, (uint32_t)wide->information};
    return !pointer || COPY_OUT(8, pointer, words);
}

uint64_t wow64_string(uint32_t pointer, struct wow64_string *wide)
{
    UNICODE_STRING string;
    if (!pointer)
        return 0;
    if (!COPY_IN(8, &string, pointer))
        return NOWHERE;
    /* Member by member: what is built elsewhere and copied waits for its own stores. */
    wide->length = string.Length;
    wide->maximum = string.MaximumLength;
    wide->unused = 0;
    wide->buffer = (uintptr_t)string.Buffer;
    return (uintptr_t)wide;
}

uint64_t wow64_string_out(uint32_t pointer, struct wow64_string *wide)
{
    if (pointer && (!wow64_is_programs(pointer) || !wow64_touch(POINTER32(void, pointer))))
        return NOWHERE;
    return wow64_string(pointer, wide);
}

bool wow64_string_out_end(uint32_t pointer, const struct wow64_string *wide)
{
    return !pointer || (wow64_is_programs(pointer) &&
                        wow64_copy(POINTER32(void, pointer), &wide->length, sizeof wide->length));
}

uint64_t wow64_attributes(uint32_t pointer, struct wow64_attributes *wide)
{
    OBJECT_ATTRIBUTES attributes;
    if (!pointer)
        return 0;
    if (!COPY_IN(24, &attributes, pointer))
        return NOWHERE;
    wide->length = attributes.Length == sizeof attributes
                       ? (uint32_t)offsetof(struct wow64_attributes, text)
                       : attributes.Length;
    wide->unused = wide->unused2 = 0;
    wide->root = (uint64_t)(int64_t)(intptr_t)attributes.RootDirectory;
    wide->flags = attributes.Attributes;
    wide->security = (uintptr_t)attributes.SecurityDescriptor;
    wide->quality = (uintptr_t)attributes.SecurityQualityOfService;
    wide->name = wow64_string((uintptr_t)attributes.ObjectName, &wide->text);
    return (uintptr_t)wide;
}

uint64_t wow64_pointers(uint32_t pointer, uint32_t count, uint64_t *wide)
{
    uint32_t word;
    for (uint32_t i = 0; pointer && i < count; i++) {
        if (!COPY_IN(4, &word, pointer + i * 4))
            return NOWHERE;
        wide[i] = word;
    }
    return pointer ? (uintptr_t)wide : 0;
}

uint64_t wow64_pointers_out(uint32_t pointer, uint32_t count, uint64_t *wide)
{
    return wow64_is_writable(POINTER32(void, pointer), pointer ? count * 4 : 0)
               ? wow64_pointers(pointer, count, wide)
               : NOWHERE;
}

bool wow64_pointers_out_end(uint32_t pointer, uint32_t count, const uint64_t *wide)
{
    bool is_done = true;
    for (uint32_t i = 0; pointer && i < count; i++)
        is_done &= wow64_number_end(pointer + i * 4, wide[i]);
    return is_done;
}

uint64_t wow64_handles(uint32_t pointer, uint32_t count, uint64_t *wide)
{
    uint32_t words[HANDLES_MAX];
    /* Of more than there may be the service looks at none. */
    if (!pointer || count > HANDLES_MAX)
        return pointer ? (uintptr_t)wide : 0;
    if (!wow64_is_programs(pointer) ||
        !wow64_copy(words, POINTER32(const void, pointer), count * (uint32_t)sizeof *words))
        return NOWHERE;
    for (uint32_t i = 0; i < count; i++)
        wide[i] = (uint64_t)(int64_t)(int32_t)words[i];
    return (uintptr_t)wide;
}
