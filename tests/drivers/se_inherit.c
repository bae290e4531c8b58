/* SPDX-License-Identifier: MIT */
/* se_inherit.c - what a new object inherits: who made it takes the place of CREATOR OWNER. */
#include <ntifs.h>

#include "drivertest.h"

#define LIST_BYTES  256
#define INHERITABLE (OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE)

static GENERIC_MAPPING mapping = {1, 2, 4, 7};

static BOOLEAN entry_is(PACL list, ULONG index, PSID sid, ACCESS_MASK mask, UCHAR flags)
{
    PACCESS_ALLOWED_ACE ace = NULL;
    if (!NT_SUCCESS(RtlGetAce(list, index, (PVOID *)&ace)))
        return FALSE;
    return ace->Mask == mask && ace->Header.AceFlags == flags &&
           RtlEqualSid((PSID)&ace->SidStart, sid) &&
           ace->Header.AceSize == FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + RtlLengthSid(sid);
}

/* The list of an object that the administrators make below a parent with that list. */
static PSECURITY_DESCRIPTOR make(PACL parent_list, BOOLEAN is_container, PACL *list)
{
    SECURITY_DESCRIPTOR parent, given;
    SECURITY_SUBJECT_CONTEXT subject;
    PSECURITY_DESCRIPTOR made = NULL;
    BOOLEAN is_present = FALSE, is_defaulted;
    *list = NULL;
    RtlCreateSecurityDescriptor(&parent, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateSecurityDescriptor(&given, SECURITY_DESCRIPTOR_REVISION);
    RtlSetDaclSecurityDescriptor(&parent, TRUE, parent_list, FALSE);
    RtlSetOwnerSecurityDescriptor(&given, SeExports->SeAliasAdminsSid, FALSE);
    SeCaptureSubjectContext(&subject);
    expect_status(
        SeAssignSecurity(&parent, &given, &made, is_container, &subject, &mapping, PagedPool),
        STATUS_SUCCESS);
    SeReleaseSubjectContext(&subject);
    expect_status(RtlGetDaclSecurityDescriptor(made, &is_present, list, &is_defaulted),
                  STATUS_SUCCESS);
    expect(is_present && *list != NULL && RtlValidSecurityDescriptor(made));
    return made;
}

static PACL parent_make(ULONG creator_flags)
{
    PACL list = ExAllocatePool2(POOL_FLAG_PAGED, LIST_BYTES, 'tseT');
    if (!list)
        return NULL;
    expect_status(RtlCreateAcl(list, LIST_BYTES, ACL_REVISION), STATUS_SUCCESS);
    expect_status(RtlAddAccessAllowedAceEx(list, ACL_REVISION, creator_flags, GENERIC_ALL,
                                           SeExports->SeCreatorOwnerSid),
                  STATUS_SUCCESS);
    expect_status(RtlAddAccessAllowedAceEx(list, ACL_REVISION, CONTAINER_INHERIT_ACE, 1,
                                           SeExports->SeWorldSid),
                  STATUS_SUCCESS);
    return list;
}

/* A container: an entry for itself, and one that waits for what is made below it. */
static void containers(void)
{
    PACL parent = parent_make(INHERITABLE | INHERIT_ONLY_ACE), list;
    if (!parent)
        return;
    PSECURITY_DESCRIPTOR made = make(parent, TRUE, &list);
    expect_number(list->AceCount, 3);
    expect(entry_is(list, 0, SeExports->SeAliasAdminsSid, 7, 0));
    expect(entry_is(list, 1, SeExports->SeCreatorOwnerSid, GENERIC_ALL,
                    INHERITABLE | INHERIT_ONLY_ACE));
    expect(entry_is(list, 2, SeExports->SeWorldSid, 1, CONTAINER_INHERIT_ACE));
    SeDeassignSecurity(&made);
    ExFreePoolWithTag(parent, 'tseT');
}

static void others(void)
{
    PACL parent = parent_make(INHERITABLE | INHERIT_ONLY_ACE), list;
    if (!parent)
        return;
    PSECURITY_DESCRIPTOR made = make(parent, FALSE, &list);
    expect_number(list->AceCount, 1);
    expect(entry_is(list, 0, SeExports->SeAliasAdminsSid, 7, 0));
    SeDeassignSecurity(&made);
    ExFreePoolWithTag(parent, 'tseT');
    /* Not to be passed on: nothing waits. One that is for files alone waits in a container. */
    parent = parent_make(INHERITABLE | NO_PROPAGATE_INHERIT_ACE);
    made = make(parent, TRUE, &list);
    expect_number(list->AceCount, 2);
    expect(entry_is(list, 0, SeExports->SeAliasAdminsSid, 7, 0));
    SeDeassignSecurity(&made);
    ExFreePoolWithTag(parent, 'tseT');
    parent = parent_make(OBJECT_INHERIT_ACE);
    made = make(parent, TRUE, &list);
    expect_number(list->AceCount, 2);
    expect(entry_is(list, 0, SeExports->SeCreatorOwnerSid, GENERIC_ALL,
                    OBJECT_INHERIT_ACE | INHERIT_ONLY_ACE));
    SeDeassignSecurity(&made);
    ExFreePoolWithTag(parent, 'tseT');
}

DRIVERTEST_LIST = {DRIVERTEST(containers), DRIVERTEST(others), DRIVERTEST_END};
