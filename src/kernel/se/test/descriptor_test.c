/* SPDX-License-Identifier: MIT */
/* descriptor_test.c - identifiers, lists and descriptors: built, read, and found damaged. */
#include "se_test.h"

#include "se_exports.h"

static void identifiers(void **state)
{
    SE_SID sid, copy;
    SID_IDENTIFIER_AUTHORITY nt = {SECURITY_NT_AUTHORITY};
    WCHAR buffer[64];
    UNICODE_STRING text = {0, sizeof buffer, buffer};
    assert_int_equal(RtlInitializeSid(&sid, &nt, 2), STATUS_SUCCESS);
    *RtlSubAuthoritySid(&sid, 0) = 32;
    *RtlSubAuthoritySid(&sid, 1) = 544;
    assert_true(RtlValidSid(&sid));
    assert_int_equal(RtlLengthSid(&sid), RtlLengthRequiredSid(2));
    assert_true(RtlEqualSid(&sid, SeExports->SeAliasAdminsSid));
    assert_true(RtlEqualPrefixSid(&sid, SeExports->SeAliasUsersSid));
    assert_false(RtlEqualSid(&sid, SeExports->SeAliasUsersSid));
    assert_int_equal(RtlConvertSidToUnicodeString(&text, &sid, FALSE), STATUS_SUCCESS);
    assert_true(RtlEqualUnicodeString(&text, NAME("S-1-5-32-544"), FALSE));
    text.MaximumLength = 4;
    assert_int_equal(RtlConvertSidToUnicodeString(&text, &sid, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(RtlCopySid(sizeof copy, &copy, &sid), STATUS_SUCCESS);
    assert_true(RtlEqualSid(&copy, &sid));
    assert_int_equal(RtlCopySid(8, &copy, &sid), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(RtlInitializeSid(&sid, &nt, 16), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlInitializeSidEx(&sid, &nt, 2, 32, 545), STATUS_SUCCESS);
    assert_true(RtlEqualSid(&sid, SeExports->SeAliasUsersSid));
    sid.Sid.SubAuthorityCount = 200;
    assert_false(RtlValidSid(&sid));
}

static void lists(void **state)
{
    char memory[128];
    ACL *acl = (ACL *)memory;
    ACCESS_ALLOWED_ACE *ace;
    assert_int_equal(RtlCreateAcl(acl, 4, ACL_REVISION), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(RtlCreateAcl(acl, 64, 9), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlCreateAcl(acl, 64, ACL_REVISION), STATUS_SUCCESS);
    assert_int_equal(RtlAddAccessAllowedAce(acl, ACL_REVISION, 7, SeExports->SeWorldSid),
                     STATUS_SUCCESS);
    assert_int_equal(RtlAddAccessDeniedAce(acl, ACL_REVISION, 1, SeExports->SeAliasAdminsSid),
                     STATUS_SUCCESS);
    assert_int_equal(RtlAddAccessAllowedAce(acl, ACL_REVISION, 7, SeExports->SeWorldSid),
                     STATUS_ALLOTTED_SPACE_EXCEEDED);
    assert_int_equal(acl->AceCount, 2);
    assert_int_equal(RtlGetAce(acl, 1, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->Header.AceType, ACCESS_DENIED_ACE_TYPE);
    assert_true(RtlEqualSid(&ace->SidStart, SeExports->SeAliasAdminsSid));
    assert_int_equal(RtlGetAce(acl, 2, (PVOID *)&ace), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlDeleteAce(acl, 0), STATUS_SUCCESS);
    assert_int_equal(RtlGetAce(acl, 0, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->Header.AceType, ACCESS_DENIED_ACE_TYPE);
    /* The one that is there, put in front of itself. */
    char entry[32];
    USHORT size = ace->Header.AceSize;
    memcpy(entry, ace, size);
    ((ACE_HEADER *)entry)->AceType = ACCESS_ALLOWED_ACE_TYPE;
    assert_int_equal(RtlAddAce(acl, ACL_REVISION, 0, entry, size), STATUS_SUCCESS);
    assert_int_equal(RtlGetAce(acl, 0, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->Header.AceType, ACCESS_ALLOWED_ACE_TYPE);
    /* Damage is seen. */
    ace->Header.AceSize = 200;
    assert_false(RtlValidAcl(acl));
    assert_int_equal(RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, SeExports->SeWorldSid),
                     STATUS_INVALID_ACL);
    ace->Header.AceSize = 0;
    assert_false(RtlValidAcl(acl));
    ace->Header.AceSize = size;
    ((SID *)&ace->SidStart)->SubAuthorityCount = 15;
    assert_false(RtlValidAcl(acl));
}

static void both_forms_of_a_descriptor(void **state)
{
    SECURITY_DESCRIPTOR absolute, back;
    char list[64], self[128], dacl[64], owner[64];
    ULONG length = 0;
    BOOLEAN present, defaulted;
    ACL *acl;
    PSID sid;
    assert_int_equal(RtlCreateSecurityDescriptor(&absolute, 2), STATUS_UNKNOWN_REVISION);
    assert_int_equal(RtlCreateSecurityDescriptor(&absolute, 1), STATUS_SUCCESS);
    RtlCreateAcl((ACL *)list, sizeof list, ACL_REVISION);
    RtlAddAccessAllowedAce((ACL *)list, ACL_REVISION, 3, SeExports->SeWorldSid);
    assert_int_equal(RtlSetDaclSecurityDescriptor(&absolute, TRUE, (ACL *)list, FALSE),
                     STATUS_SUCCESS);
    assert_int_equal(RtlSetOwnerSecurityDescriptor(&absolute, SeExports->SeLocalSystemSid, TRUE),
                     STATUS_SUCCESS);
    assert_true(RtlValidSecurityDescriptor(&absolute));
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(&absolute, self, &length),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(length, sizeof(SECURITY_DESCRIPTOR_RELATIVE) + 64 + 12);
    assert_int_equal(RtlAbsoluteToSelfRelativeSD(&absolute, self, &length), STATUS_SUCCESS);
    assert_int_equal(RtlLengthSecurityDescriptor(self), length);
    assert_true(RtlValidRelativeSecurityDescriptor(
        self, length, DACL_SECURITY_INFORMATION | OWNER_SECURITY_INFORMATION));
    assert_false(RtlValidRelativeSecurityDescriptor(self, length, GROUP_SECURITY_INFORMATION));
    for (ULONG cut = 0; cut < length; cut++)
        assert_false(RtlValidRelativeSecurityDescriptor(self, cut, 0));
    assert_int_equal(RtlAbsoluteToSelfRelativeSD((PSECURITY_DESCRIPTOR)self, list, &length),
                     STATUS_BAD_DESCRIPTOR_FORMAT);
    assert_int_equal(RtlSetDaclSecurityDescriptor(self, TRUE, NULL, FALSE),
                     STATUS_INVALID_SECURITY_DESCR);
    assert_int_equal(RtlGetDaclSecurityDescriptor(self, &present, &acl, &defaulted),
                     STATUS_SUCCESS);
    assert_true(present);
    assert_int_equal(acl->AceCount, 1);
    assert_int_equal(RtlGetOwnerSecurityDescriptor(self, &sid, &defaulted), STATUS_SUCCESS);
    assert_true(defaulted && RtlEqualSid(sid, SeExports->SeLocalSystemSid));
    assert_int_equal(RtlGetSaclSecurityDescriptor(self, &present, &acl, &defaulted),
                     STATUS_SUCCESS);
    assert_false(present);
    ULONG sizes[5] = {sizeof back, sizeof dacl, 0, 4, 0};
    assert_int_equal(RtlSelfRelativeToAbsoluteSD(self, &back, &sizes[0], (ACL *)dacl, &sizes[1],
                                                 NULL, &sizes[2], owner, &sizes[3], NULL,
                                                 &sizes[4]),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(sizes[3], 12);
    assert_int_equal(RtlSelfRelativeToAbsoluteSD(self, &back, &sizes[0], (ACL *)dacl, &sizes[1],
                                                 NULL, &sizes[2], owner, &sizes[3], NULL,
                                                 &sizes[4]),
                     STATUS_SUCCESS);
    assert_true(RtlEqualSid(back.Owner, SeExports->SeLocalSystemSid));
    assert_ptr_equal(back.Dacl, dacl);
}

static void sddl_is_read(void **state)
{
    struct descriptor_parts parts;
    /* The descriptor that WDK's SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R stands for. */
    PSECURITY_DESCRIPTOR descriptor =
        sddl(NAME("D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGW;;;WD)(A;;GR;;;RC)"));
    descriptor_parts(descriptor, &parts);
    assert_null(parts.owner);
    assert_true(parts.control & SE_DACL_PROTECTED);
    assert_int_equal(parts.dacl->AceCount, 4);
    ACCESS_ALLOWED_ACE *ace;
    assert_int_equal(RtlGetAce(parts.dacl, 1, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->Mask, GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE);
    assert_true(RtlEqualSid(&ace->SidStart, SeExports->SeAliasAdminsSid));
    ExFreePool(descriptor);

    descriptor = sddl(NAME("O:BAG:S-1-5-18D:AI(D;CIOI;0x1F;;;S-1-5-32-545)(A;ID;FA;;;WD)"
                           "S:P(ML;;NWNR;;;HI)"));
    descriptor_parts(descriptor, &parts);
    assert_true(RtlEqualSid(parts.owner, SeExports->SeAliasAdminsSid));
    assert_true(RtlEqualSid(parts.group, SeExports->SeLocalSystemSid));
    assert_true(parts.control & SE_DACL_AUTO_INHERITED);
    assert_true(parts.control & SE_SACL_PROTECTED);
    assert_int_equal(RtlGetAce(parts.dacl, 0, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->Header.AceType, ACCESS_DENIED_ACE_TYPE);
    assert_int_equal(ace->Header.AceFlags, CONTAINER_INHERIT_ACE | OBJECT_INHERIT_ACE);
    assert_int_equal(ace->Mask, 0x1f);
    assert_int_equal(RtlGetAce(parts.dacl, 1, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->Mask, FILE_ALL_ACCESS);
    assert_int_equal(RtlGetAce(parts.sacl, 0, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->Header.AceType, SYSTEM_MANDATORY_LABEL_ACE_TYPE);
    assert_int_equal(ace->Mask, 3);
    ExFreePool(descriptor);
}

static void sddl_of_object_aces(void **state)
{
    static const GUID type = {
        0x01020304, 0x0506, 0x0708, {0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10}};
    struct descriptor_parts parts;
    struct object_ace *ace;
    PSECURITY_DESCRIPTOR descriptor =
        sddl(NAME("D:P(OD;CI;KA;;;BA)(A;;GA;;;SY)"
                  "(OA;;CR;01020304-0506-0708-090a-0b0c0d0e0f10;;BU)"
                  "(OA;;CR;;01020304-0506-0708-090A-0B0C0D0E0F10;BG)"));
    descriptor_parts(descriptor, &parts);
    assert_true(acl_is_valid(parts.dacl));
    assert_int_equal(parts.dacl->AclRevision, ACL_REVISION_DS);
    assert_int_equal(parts.dacl->AceCount, 4);
    assert_int_equal(RtlGetAce(parts.dacl, 0, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->header.AceType, ACCESS_DENIED_OBJECT_ACE_TYPE);
    assert_int_equal(ace->header.AceFlags, CONTAINER_INHERIT_ACE);
    assert_int_equal(ace->present, 0);
    assert_true(RtlEqualSid(ace->types, SeExports->SeAliasAdminsSid));
    assert_int_equal(RtlGetAce(parts.dacl, 2, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->present, OBJECT_ACE_TYPE);
    assert_memory_equal(&ace->types[0], &type, sizeof type);
    assert_true(RtlEqualSid(ace_sid(&ace->header), SeExports->SeAliasUsersSid));
    assert_int_equal(RtlGetAce(parts.dacl, 3, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->present, OBJECT_ACE_INHERITED);
    assert_memory_equal(&ace->types[0], &type, sizeof type);
    ace->header.AceSize = sizeof *ace - 4; /* an ACE that ends before it says what it has */
    assert_false(acl_is_valid(parts.dacl));
    ExFreePool(descriptor);
}

static void bad_sddl_is_refused(void **state)
{
    UNICODE_STRING *const texts[] = {
        NAME("X:BA"),
        NAME("D"),
        NAME("D:("),
        NAME("D:(A;;GA;;;"),
        NAME("D:(A;;GA;;;SY"),
        NAME("D:(Q;;GA;;;SY)"),
        NAME("D:(A;ZZ;GA;;;SY)"),
        NAME("D:(A;;ZZ;;;SY)"),
        NAME("D:(A;;GA;;;ZZ)"),
        NAME("O:S-1-"),
        NAME("O:S-1-5-99999999999"),
        NAME("D:(A;;0x1FFFFFFFF;;;SY)"),
        NAME("D:(A;;GA;;;SY)D:(A;;GA;;;SY)"),
        NAME("D:(A;;GA;;;SY)x"),
        NAME("D:(A;;GA;01020304-0506-0708-090a-0b0c0d0e0f10;;SY)"),
        NAME("D:(OA;;GA;01020304-0506-0708-090a-0b0c0d0e0f1;;SY)"),
        NAME("D:(OA;;GA;01020304-0506-0708-090a0b0c0d0e0f10;;SY)"),
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        PSECURITY_DESCRIPTOR descriptor;
        assert_false(NT_SUCCESS(se_descriptor_of_sddl(texts[i], &descriptor)));
    }
}

static void new_objects_get_a_descriptor(void **state)
{
    SECURITY_SUBJECT_CONTEXT subject;
    struct descriptor_parts parts;
    GENERIC_MAPPING mapping = {1, 2, 4, 7};
    ACCESS_ALLOWED_ACE *ace;
    PSECURITY_DESCRIPTOR fresh;
    PSECURITY_DESCRIPTOR parent = sddl(NAME("D:(A;OI;GR;;;WD)(A;CI;GA;;;BU)(A;;GA;;;BG)"));
    PSECURITY_DESCRIPTOR given = sddl(NAME("D:(A;;GW;;;WD)"));
    SeCaptureSubjectContext(&subject);
    assert_int_equal(SeAssignSecurity(parent, NULL, &fresh, FALSE, &subject, &mapping, PagedPool),
                     STATUS_SUCCESS);
    descriptor_parts(fresh, &parts);
    assert_int_equal(parts.dacl->AceCount, 1);
    assert_int_equal(RtlGetAce(parts.dacl, 0, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->Mask, 1); /* mapped */
    assert_int_equal(ace->Header.AceFlags, 0);
    assert_true(RtlEqualSid(parts.owner, SeExports->SeAliasAdminsSid));
    assert_int_equal(SeDeassignSecurity(&fresh), STATUS_SUCCESS);
    assert_null(fresh);
    assert_int_equal(SeAssignSecurity(parent, given, &fresh, FALSE, &subject, &mapping, PagedPool),
                     STATUS_SUCCESS);
    descriptor_parts(fresh, &parts);
    assert_int_equal(RtlGetAce(parts.dacl, 0, (PVOID *)&ace), STATUS_SUCCESS);
    assert_int_equal(ace->Mask, 2);
    SECURITY_INFORMATION what = DACL_SECURITY_INFORMATION;
    assert_int_equal(SeSetSecurityDescriptorInfo(NULL, &what, parent, &fresh, PagedPool, &mapping),
                     STATUS_SUCCESS);
    char buffer[128];
    ULONG length = 4;
    assert_int_equal(SeQuerySecurityDescriptorInfo(&what, buffer, &length, &fresh),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(SeQuerySecurityDescriptorInfo(&what, buffer, &length, &fresh), STATUS_SUCCESS);
    descriptor_parts(buffer, &parts);
    assert_null(parts.owner);
    assert_int_equal(parts.dacl->AceCount, 3);
    SeDeassignSecurity(&fresh);
    SeReleaseSubjectContext(&subject);
    ExFreePool(parent);
    ExFreePool(given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers),
        cmocka_unit_test(lists),
        cmocka_unit_test(both_forms_of_a_descriptor),
        cmocka_unit_test(sddl_is_read),
        cmocka_unit_test(sddl_of_object_aces),
        cmocka_unit_test(bad_sddl_is_refused),
        cmocka_unit_test(new_objects_get_a_descriptor),
    };
    return cmocka_run_group_tests(tests, machine_start, machine_stop);
}
