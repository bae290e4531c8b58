/* SPDX-License-Identifier: MIT */
/* se_start.c - what the room needs before the first check: tokens, default lists, and the
 * object manager's two questions.
 */
#include "se_internal.h"

#include "se_exports.h"

ACL *system_default_dacl, *public_default_dacl;

static NTSTATUS object_check(PSECURITY_DESCRIPTOR descriptor, ACCESS_MASK desired,
                             const GENERIC_MAPPING *mapping, KPROCESSOR_MODE mode,
                             ACCESS_MASK *out_granted)
{
    void *primary, *client;
    subject_capture(NULL, NULL, &primary, &client);
    NTSTATUS status =
        se_check(descriptor, client ? client : primary, desired, mapping, mode, out_granted);
    ob_dereference(primary);
    if (client)
        ob_dereference(client);
    return status;
}

static NTSTATUS object_copy(PSECURITY_DESCRIPTOR descriptor, ULONG tag,
                            PSECURITY_DESCRIPTOR *out_copy, ULONG *out_length)
{
    struct descriptor_parts parts;
    if (!descriptor_is_valid(descriptor))
        return STATUS_INVALID_SECURITY_DESCR;
    descriptor_parts(descriptor, &parts);
    return descriptor_make(&parts, tag, out_copy, out_length);
}

static const struct ob_security_ops security_ops = {object_check, object_copy};

/* A list that allows each of two to four identifiers its mask. */
static NTSTATUS list_create(const struct fixed_sid *const sids[], const ACCESS_MASK masks[],
                            unsigned count, ACL **out_acl)
{
    ULONG length = sizeof(ACL);
    for (unsigned i = 0; i < count; i++)
        length += FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + sid_length(SID_OF(*sids[i]));
    ACL *acl = ExAllocatePool2(POOL_FLAG_NON_PAGED, length, SE_TAG);
    if (!acl)
        return STATUS_INSUFFICIENT_RESOURCES;
    *acl = (ACL){ACL_REVISION, 0, (USHORT)length, 0, 0};
    for (unsigned i = 0; i < count; i++)
        acl_add(acl, ACCESS_ALLOWED_ACE_TYPE, 0, masks[i], SID_OF(*sids[i]), ACL_REVISION);
    *out_acl = acl;
    return STATUS_SUCCESS;
}

NTSTATUS se_init(void)
{
    static const struct fixed_sid *const system_sids[] = {&sid_system, &sid_admins};
    static const ACCESS_MASK system_masks[] = {GENERIC_ALL,
                                               GENERIC_READ | GENERIC_EXECUTE | READ_CONTROL};
    static const struct fixed_sid *const public_sids[] = {&sid_world, &sid_system, &sid_admins};
    static const ACCESS_MASK public_masks[] = {GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE,
                                               GENERIC_ALL, GENERIC_ALL};
    NTSTATUS status = tokens_create();
    if (NT_SUCCESS(status))
        status = list_create(system_sids, system_masks, 2, &system_default_dacl);
    if (NT_SUCCESS(status))
        status = list_create(public_sids, public_masks, 3, &public_default_dacl);
    if (!NT_SUCCESS(status))
        return status;
    exports_fill();
    ob_security_ops_set(&security_ops);
    return STATUS_SUCCESS;
}

void se_fini(void)
{
    se_subject_set(NULL);
    ob_security_ops_set(NULL);
    tokens_fini();
    ExFreePoolWithTag(system_default_dacl, SE_TAG);
    ExFreePoolWithTag(public_default_dacl, SE_TAG);
    system_default_dacl = public_default_dacl = NULL;
}
