/* SPDX-License-Identifier: MIT */
/* object_security.c - the descriptor that an object carries, and what it grants.
 *
 * This room keeps descriptors but cannot read them: se says how to copy one and what it
 * grants. Invariant: a descriptor, once set, is replaced but never changed; readers copy
 * it under the lock.
 */
#include "ob_internal.h"

#include <string.h>

static struct host_lock security_lock; /* guards: object_header.security of all objects */
static const struct ob_security_ops *_Atomic security_ops;

/* What lies behind object_header.security. */
struct object_security {
    ULONG length;
    char descriptor[] __attribute__((aligned(8)));
};

void ob_security_ops_set(const struct ob_security_ops *ops)
{
    atomic_store(&security_ops, ops);
}

void ob_security_free(PSECURITY_DESCRIPTOR descriptor)
{
    if (descriptor)
        ExFreePoolWithTag(descriptor, OB_TAG_SECURITY);
}

NTSTATUS ob_security_set(void *body, PSECURITY_DESCRIPTOR descriptor)
{
    const struct ob_security_ops *ops = atomic_load(&security_ops);
    const struct object_type_ops *type = ob_type_ops(ob_type_of(body));
    struct object_security *fresh = NULL;
    if (descriptor && ops) {
        PSECURITY_DESCRIPTOR copy;
        ULONG length;
        NTSTATUS status = ops->copy(descriptor, OB_TAG_SECURITY, &copy, &length);
        if (!NT_SUCCESS(status))
            return status;
        if (type->descriptor_set) {
            ex_pool_disown(copy);
            type->descriptor_set(body, copy);
            return STATUS_SUCCESS;
        }
        fresh = ExAllocatePool2(POOL_FLAG_PAGED, sizeof *fresh + length, OB_TAG_SECURITY);
        if (fresh) {
            fresh->length = length;
            memcpy(fresh->descriptor, copy, length);
        }
        ob_security_free(copy);
        if (!fresh)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    host_lock_take(&security_lock);
    void *old = atomic_exchange(&header_of(body)->security, (void *)fresh);
    host_lock_give(&security_lock);
    ob_security_free(old);
    return STATUS_SUCCESS;
}

/* It may be another one between the two questions. */
static NTSTATUS own_descriptor_get(const void *body, const struct object_type_ops *type,
                                   PSECURITY_DESCRIPTOR *out_descriptor)
{
    PSECURITY_DESCRIPTOR copy = NULL;
    ULONG room = 0, length;
    while ((length = type->descriptor_copy(body, copy, room)) > room) {
        ob_security_free(copy);
        copy = ExAllocatePool2(POOL_FLAG_PAGED, length, OB_TAG_SECURITY);
        if (!copy)
            return STATUS_INSUFFICIENT_RESOURCES;
        room = length;
    }
    if (length == 0) {
        ob_security_free(copy);
        copy = NULL;
    }
    *out_descriptor = copy;
    return STATUS_SUCCESS;
}

NTSTATUS ob_security_get(const void *body, PSECURITY_DESCRIPTOR *out_descriptor)
{
    const struct object_type_ops *type = ob_type_ops(ob_type_of(body));
    if (type->descriptor_copy)
        return own_descriptor_get(body, type, out_descriptor);
    struct object_header *header = header_of(body);
    PSECURITY_DESCRIPTOR copy = NULL;
    NTSTATUS status = STATUS_SUCCESS;
    if (atomic_load(&header->security)) {
        host_lock_take(&security_lock);
        struct object_security *security = atomic_load(&header->security);
        if (security) {
            copy = ExAllocatePool2(POOL_FLAG_PAGED, security->length, OB_TAG_SECURITY);
            if (copy)
                memcpy(copy, security->descriptor, security->length);
            else
                status = STATUS_INSUFFICIENT_RESOURCES;
        }
        host_lock_give(&security_lock);
    }
    if (NT_SUCCESS(status))
        *out_descriptor = copy;
    return status;
}

static ACCESS_MASK access_map(ACCESS_MASK access, const GENERIC_MAPPING *mapping)
{
    ACCESS_MASK mapped = access & 0x0fffffff & ~(ACCESS_MASK)MAXIMUM_ALLOWED;
    if (access & GENERIC_READ)
        mapped |= mapping->GenericRead;
    if (access & GENERIC_WRITE)
        mapped |= mapping->GenericWrite;
    if (access & GENERIC_EXECUTE)
        mapped |= mapping->GenericExecute;
    if (access & (GENERIC_ALL | MAXIMUM_ALLOWED))
        mapped |= mapping->GenericAll;
    return mapped;
}

/* What is asked for by name must lie within the limit; MAXIMUM_ALLOWED is content with less. */
static NTSTATUS limit_apply(const void *body, ACCESS_MASK desired, ACCESS_MASK *granted)
{
    const struct object_type_ops *type = ob_type_ops(ob_type_of(body));
    if (!type->user_limit)
        return STATUS_SUCCESS;
    ACCESS_MASK limit = type->user_limit(body);
    ACCESS_MASK named = desired & ~(ACCESS_MASK)MAXIMUM_ALLOWED;
    if (access_map(named, &type->mapping) & ~limit)
        return STATUS_ACCESS_DENIED;
    *granted &= limit;
    return STATUS_SUCCESS;
}

NTSTATUS ob_access_check(const void *body, ACCESS_MASK desired, KPROCESSOR_MODE mode,
                         ACCESS_MASK *out_granted)
{
    const struct ob_security_ops *ops = atomic_load(&security_ops);
    const struct object_type_ops *type = ob_type_ops(ob_type_of(body));
    PSECURITY_DESCRIPTOR descriptor = NULL;
    NTSTATUS status = STATUS_SUCCESS;
    if (mode != KernelMode && ops)
        status = ob_security_get(body, &descriptor);
    if (!NT_SUCCESS(status))
        return status;
    if (descriptor) {
        status = ops->check(descriptor, desired, &type->mapping, mode, out_granted);
        ob_security_free(descriptor);
    } else {
        ACCESS_MASK mapped = access_map(desired, &type->mapping);
        if (mode != KernelMode &&
            (mapped & ~(type->valid_access | STANDARD_RIGHTS_ALL | ACCESS_SYSTEM_SECURITY)))
            return STATUS_ACCESS_DENIED;
        *out_granted = mapped;
    }
    return NT_SUCCESS(status) && mode != KernelMode ? limit_apply(body, desired, out_granted)
                                                    : status;
}
