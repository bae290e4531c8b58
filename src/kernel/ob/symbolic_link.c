/* SPDX-License-Identifier: MIT */
/* symbolic_link.c - names that stand for other names.
 *
 * A link's body holds the target; following it is the walk's business (name.c). Links made
 * here are permanent until ob_symbolic_link_delete, as IoCreateSymbolicLink wants it.
 */
#include "ob_internal.h"

#include <string.h>

struct object_type *ob_symbolic_link_type;

NTSTATUS ob_symbolic_link_new(const UNICODE_STRING *target, void **out_body)
{
    struct symbolic_link *link;
    NTSTATUS status = ob_create(ob_symbolic_link_type, sizeof *link, (void **)&link);
    if (!NT_SUCCESS(status))
        return status;
    link->target.Buffer =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, (SIZE_T)target->Length + sizeof(WCHAR), OB_TAG_NAME);
    if (!link->target.Buffer) {
        ob_dereference(link);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    link->target.Length = link->target.MaximumLength = target->Length;
    memcpy(link->target.Buffer, target->Buffer, target->Length);
    *out_body = link;
    return STATUS_SUCCESS;
}

void symbolic_link_delete_body(void *body)
{
    struct symbolic_link *link = body;
    if (link->target.Buffer)
        ExFreePoolWithTag(link->target.Buffer, OB_TAG_NAME);
}

NTSTATUS ob_symbolic_link_create(const UNICODE_STRING *name, const UNICODE_STRING *target)
{
    OBJECT_ATTRIBUTES attributes;
    void *link;
    InitializeObjectAttributes(&attributes, (UNICODE_STRING *)name,
                               OBJ_CASE_INSENSITIVE | OBJ_PERMANENT, NULL, NULL);
    NTSTATUS status = ob_symbolic_link_new(target, &link);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_insert(link, &attributes, 0, KernelMode, NULL, NULL);
    ob_dereference(link);
    return status;
}

NTSTATUS ob_symbolic_link_delete(const UNICODE_STRING *name)
{
    OBJECT_ATTRIBUTES attributes;
    void *link;
    InitializeObjectAttributes(&attributes, (UNICODE_STRING *)name,
                               OBJ_CASE_INSENSITIVE | OBJ_OPENLINK, NULL, NULL);
    NTSTATUS status = ob_open(&attributes, ob_symbolic_link_type, 0, KernelMode, NULL, &link);
    if (!NT_SUCCESS(status))
        return status;
    ob_make_temporary(link);
    ob_dereference(link);
    return STATUS_SUCCESS;
}

const UNICODE_STRING *ob_symbolic_link_target(void *body)
{
    return &((struct symbolic_link *)body)->target;
}
