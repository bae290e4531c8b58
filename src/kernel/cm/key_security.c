/* SPDX-License-Identifier: MIT */
/* key_security.c - the descriptor of a key: asked for and changed by parts.
 *
 * The node keeps it, so that every key object of the same key shows it; a key object carries a
 * copy from when it was opened, against which ob checks. A key without one is open to all.
 */
#include "cm_internal.h"

#include <string.h>

NTSTATUS key_security_query_raw(void *body, SECURITY_INFORMATION what,
                                PSECURITY_DESCRIPTOR descriptor, ULONG *in_out_length)
{
    struct cm_key *key = body;
    host_lock_take(&cm_lock);
    PSECURITY_DESCRIPTOR has = key->node->security;
    NTSTATUS status = key->node->is_deleted
                          ? STATUS_KEY_DELETED
                          : SeQuerySecurityDescriptorInfo(&what, descriptor, in_out_length, &has);
    host_lock_give(&cm_lock);
    return status;
}

/* What SeSetSecurityDescriptorInfo can begin with: a descriptor without parts. */
static NTSTATUS descriptor_empty(PSECURITY_DESCRIPTOR *out_descriptor)
{
    SECURITY_DESCRIPTOR_RELATIVE *empty = ExAllocatePool2(POOL_FLAG_PAGED, sizeof *empty, CM_TAG);
    if (!empty)
        return STATUS_INSUFFICIENT_RESOURCES;
    *empty = (SECURITY_DESCRIPTOR_RELATIVE){.Revision = SECURITY_DESCRIPTOR_REVISION,
                                            .Control = SE_SELF_RELATIVE};
    *out_descriptor = empty;
    return STATUS_SUCCESS;
}

/* A copy that is the registry's own and carries its tag. */
static NTSTATUS descriptor_adopt(PSECURITY_DESCRIPTOR from, PSECURITY_DESCRIPTOR *out_descriptor)
{
    ULONG length = RtlLengthSecurityDescriptor(from);
    *out_descriptor = cm_allocate(length);
    if (!*out_descriptor)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(*out_descriptor, from, length);
    return STATUS_SUCCESS;
}

static NTSTATUS descriptor_begin(const struct cm_node *node, PSECURITY_DESCRIPTOR *out_descriptor)
{
    NTSTATUS status = STATUS_SUCCESS;
    host_lock_take(&cm_lock);
    if (node->is_deleted)
        status = STATUS_KEY_DELETED;
    else if (node->security)
        status = descriptor_adopt(node->security, out_descriptor);
    else
        status = descriptor_empty(out_descriptor);
    host_lock_give(&cm_lock);
    return status;
}

NTSTATUS key_security_set_raw(void *body, SECURITY_INFORMATION what,
                              PSECURITY_DESCRIPTOR descriptor)
{
    struct cm_key *key = body;
    GENERIC_MAPPING mapping = cm_key_ops.mapping;
    PSECURITY_DESCRIPTOR changed, fresh = NULL;
    NTSTATUS status = descriptor_begin(key->node, &changed);
    if (!NT_SUCCESS(status))
        return status;
    status = SeSetSecurityDescriptorInfo(NULL, &what, descriptor, &changed, PagedPool, &mapping);
    if (NT_SUCCESS(status))
        status = descriptor_adopt(changed, &fresh);
    ExFreePool(changed);
    if (!NT_SUCCESS(status))
        return status;
    host_lock_take(&cm_lock);
    PSECURITY_DESCRIPTOR old = key->node->security;
    key->node->security = fresh;
    if (!key->node->is_deleted)
        node_mark_locked(key->node, NODE_ROW);
    watch_notify_locked(key->node, REG_NOTIFY_CHANGE_SECURITY | REG_NOTIFY_CHANGE_ATTRIBUTES);
    host_lock_give(&cm_lock);
    if (old)
        ExFreePoolWithTag(old, CM_TAG);
    return STATUS_SUCCESS;
}
