/* SPDX-License-Identifier: MIT */
/* access_test.c - what descriptors grant to the system's and the owner's token. */
#include "se_test.h"

static GENERIC_MAPPING mapping = {0x00020001, 0x00020002, 0x00020004, 0x001f0007};

static NTSTATUS check(UNICODE_STRING *text, void *token, ACCESS_MASK desired, ACCESS_MASK *granted)
{
    PSECURITY_DESCRIPTOR descriptor = sddl(text);
    NTSTATUS status = se_check(descriptor, token, desired, &mapping, UserMode, granted);
    ExFreePool(descriptor);
    return status;
}

static void the_list_decides(void **state)
{
    ACCESS_MASK granted = 0;
    void *user = se_user_token(), *system = se_system_token();
    /* Generic bits of the entry and of the request mean the type's own. */
    assert_int_equal(check(NAME("D:P(A;;GA;;;BA)"), user, GENERIC_READ, &granted), STATUS_SUCCESS);
    assert_int_equal(granted, mapping.GenericRead);
    assert_int_equal(check(NAME("D:P(A;;GR;;;WD)"), user, GENERIC_READ, &granted), STATUS_SUCCESS);
    assert_int_equal(check(NAME("D:P(A;;GR;;;WD)"), user, GENERIC_WRITE, &granted),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(check(NAME("D:P(A;;GA;;;SY)"), user, GENERIC_READ, &granted),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(check(NAME("D:P(A;;GA;;;SY)"), system, GENERIC_ALL, &granted), STATUS_SUCCESS);
    assert_int_equal(granted, mapping.GenericAll);
    /* Rights may come from several entries. */
    assert_int_equal(check(NAME("D:(A;;0x1;;;WD)(A;;0x2;;;BA)"), user, 3, &granted),
                     STATUS_SUCCESS);
    assert_int_equal(granted, 3);
    /* An empty list grants nothing; no list grants everything. */
    assert_int_equal(check(NAME("D:"), user, 1, &granted), STATUS_ACCESS_DENIED);
    assert_int_equal(check(NAME("O:BA"), user, 7, &granted), STATUS_SUCCESS);
    assert_int_equal(granted, 7);
    ob_dereference(user);
    ob_dereference(system);
}

static void order_matters(void **state)
{
    ACCESS_MASK granted = 0;
    void *user = se_user_token();
    assert_int_equal(check(NAME("D:(D;;0x1;;;WD)(A;;0x3;;;BA)"), user, 1, &granted),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(check(NAME("D:(A;;0x3;;;BA)(D;;0x1;;;WD)"), user, 1, &granted),
                     STATUS_SUCCESS);
    assert_int_equal(check(NAME("D:(D;;0x1;;;WD)(A;;0x3;;;BA)"), user, 2, &granted),
                     STATUS_SUCCESS);
    /* An object's ACE is about the whole of it, or about a part that nobody asks for. */
    assert_int_equal(check(NAME("D:(OD;;0x1;;;WD)(A;;0x3;;;BA)"), user, 1, &granted),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(check(NAME("D:(OA;;0x1;;;BA)"), user, 1, &granted), STATUS_SUCCESS);
    assert_int_equal(check(NAME("D:(OD;;0x1;01020304-0506-0708-090a-0b0c0d0e0f10;;WD)"
                                "(A;;0x3;;;BA)"),
                           user, 1, &granted),
                     STATUS_SUCCESS);
    assert_int_equal(
        check(NAME("D:(OA;;0x1;01020304-0506-0708-090a-0b0c0d0e0f10;;WD)"), user, 1, &granted),
        STATUS_ACCESS_DENIED);
    /* What is meant for children only does not count here. */
    assert_int_equal(check(NAME("D:(A;OICIIO;GA;;;WD)"), user, 1, &granted), STATUS_ACCESS_DENIED);
    assert_int_equal(check(NAME("D:(D;IO;GA;;;WD)(A;;GA;;;WD)"), user, 1, &granted),
                     STATUS_SUCCESS);
    ob_dereference(user);
}

static void maximum_allowed_is_all_there_is(void **state)
{
    ACCESS_MASK granted = 0;
    void *user = se_user_token();
    assert_int_equal(
        check(NAME("D:(D;;0x2;;;WD)(A;;0x7;;;BA)(A;;0x100;;;SY)"), user, MAXIMUM_ALLOWED, &granted),
        STATUS_SUCCESS);
    assert_int_equal(granted, 5);
    assert_int_equal(check(NAME("D:"), user, MAXIMUM_ALLOWED, &granted), STATUS_ACCESS_DENIED);
    ob_dereference(user);
}

static void owners_and_privileges_have_rights_of_their_own(void **state)
{
    ACCESS_MASK granted = 0;
    bool was;
    void *user = se_user_token();
    assert_int_equal(check(NAME("O:BAD:"), user, READ_CONTROL | WRITE_DAC, &granted),
                     STATUS_SUCCESS);
    assert_int_equal(check(NAME("O:SYD:"), user, READ_CONTROL, &granted), STATUS_ACCESS_DENIED);
    assert_int_equal(check(NAME("O:BAD:(A;;GA;;;WD)"), user, ACCESS_SYSTEM_SECURITY, &granted),
                     STATUS_PRIVILEGE_NOT_HELD);
    assert_true(se_privilege_enable(user, SE_SECURITY_PRIVILEGE, true, &was));
    assert_false(was);
    assert_int_equal(check(NAME("O:BAD:(A;;GA;;;WD)"), user, ACCESS_SYSTEM_SECURITY, &granted),
                     STATUS_SUCCESS);
    assert_true(se_privilege_enable(user, SE_SECURITY_PRIVILEGE, false, &was));
    assert_true(was);
    assert_int_equal(check(NAME("O:SYD:"), user, WRITE_OWNER, &granted), STATUS_ACCESS_DENIED);
    assert_true(se_privilege_enable(user, SE_TAKE_OWNERSHIP_PRIVILEGE, true, NULL));
    assert_int_equal(check(NAME("O:SYD:"), user, WRITE_OWNER, &granted), STATUS_SUCCESS);
    assert_true(se_privilege_enable(user, SE_TAKE_OWNERSHIP_PRIVILEGE, false, NULL));
    assert_false(se_privilege_enable(user, SE_TCB_PRIVILEGE, true, NULL));
    ob_dereference(user);
}

static void kernel_mode_is_never_refused(void **state)
{
    ACCESS_MASK granted;
    PSECURITY_DESCRIPTOR descriptor = sddl(NAME("D:"));
    void *user = se_user_token();
    assert_int_equal(se_check(descriptor, user, GENERIC_ALL, &mapping, KernelMode, &granted),
                     STATUS_SUCCESS);
    assert_int_equal(granted, mapping.GenericAll);
    ExFreePool(descriptor);
    ob_dereference(user);
}

static void the_driver_s_check_does_the_same(void **state)
{
    SECURITY_SUBJECT_CONTEXT subject;
    ACCESS_MASK granted;
    NTSTATUS status;
    PSECURITY_DESCRIPTOR descriptor = sddl(NAME("D:P(A;;GR;;;SY)"));
    SeCaptureSubjectContext(&subject); /* without ps: the system's token */
    assert_non_null(subject.PrimaryToken);
    assert_true(SeAccessCheck(descriptor, &subject, FALSE, GENERIC_READ, 0, NULL, &mapping,
                              UserMode, &granted, &status));
    assert_int_equal(granted, mapping.GenericRead);
    assert_false(SeAccessCheck(descriptor, &subject, FALSE, GENERIC_WRITE, 0, NULL, &mapping,
                               UserMode, &granted, &status));
    assert_int_equal(status, STATUS_ACCESS_DENIED);
    assert_true(SeAccessCheck(descriptor, &subject, FALSE, GENERIC_WRITE, mapping.GenericWrite,
                              NULL, &mapping, UserMode, &granted, &status));
    assert_true(SeAccessCheck(descriptor, &subject, FALSE, GENERIC_WRITE, 0, NULL, &mapping,
                              KernelMode, &granted, &status));
    assert_false(
        SeAccessCheck(NULL, &subject, FALSE, 1, 0, NULL, &mapping, UserMode, &granted, &status));
    PRIVILEGE_SET set = {1, PRIVILEGE_SET_ALL_NECESSARY, {{{SE_LOAD_DRIVER_PRIVILEGE, 0}, 0}}};
    assert_true(SePrivilegeCheck(&set, &subject, UserMode));
    assert_true(set.Privilege[0].Attributes & SE_PRIVILEGE_USED_FOR_ACCESS);
    assert_true(SeSinglePrivilegeCheck(SeExports->SeDebugPrivilege, UserMode));
    assert_false(SeSinglePrivilegeCheck((LUID){63, 0}, UserMode));
    assert_true(SeTokenIsAdmin(subject.PrimaryToken));
    SeReleaseSubjectContext(&subject);
    ExFreePool(descriptor);
}

static void objects_are_guarded_by_their_descriptor(void **state)
{
    void *body;
    ACCESS_MASK granted;
    static const struct object_type_ops ops = {.mapping = {1, 2, 4, 7}, .valid_access = 7};
    struct object_type *type;
    assert_int_equal(ob_type_create("Guarded", &ops, &type), STATUS_SUCCESS);
    assert_int_equal(ob_create(type, 1, &body), STATUS_SUCCESS);
    assert_int_equal(ob_access_check(body, GENERIC_ALL, UserMode, &granted), STATUS_SUCCESS);
    PSECURITY_DESCRIPTOR descriptor = sddl(NAME("O:BAD:(A;;0x1;;;SY)"));
    assert_int_equal(ob_security_set(body, descriptor), STATUS_SUCCESS);
    ExFreePool(descriptor);
    assert_int_equal(ob_access_check(body, GENERIC_READ, UserMode, &granted), STATUS_SUCCESS);
    assert_int_equal(granted, 1);
    assert_int_equal(ob_access_check(body, GENERIC_WRITE, UserMode, &granted),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(ob_access_check(body, GENERIC_WRITE, KernelMode, &granted), STATUS_SUCCESS);
    BOOLEAN allocated;
    assert_int_equal(ObGetObjectSecurity(body, &descriptor, &allocated), STATUS_SUCCESS);
    assert_true(allocated);
    assert_true(RtlValidSecurityDescriptor(descriptor));
    ObReleaseObjectSecurity(descriptor, allocated);
    ob_dereference(body);
}

static void tokens_tell_about_themselves(void **state)
{
    TOKEN_USER *user;
    TOKEN_GROUPS *groups;
    TOKEN_PRIVILEGES *privileges;
    ULONG length, number;
    char small[8];
    void *token = se_user_token();
    assert_int_equal(SeQueryInformationToken(token, TokenUser, (PVOID *)&user), STATUS_SUCCESS);
    assert_true(RtlValidSid(user->User.Sid));
    UNICODE_STRING text;
    assert_int_equal(RtlConvertSidToUnicodeString(&text, user->User.Sid, TRUE), STATUS_SUCCESS);
    assert_memory_equal(text.Buffer, L"S-1-5-21-", 18);
    RtlFreeUnicodeString(&text);
    ExFreePool(user);
    assert_int_equal(SeQueryInformationToken(token, TokenGroups, (PVOID *)&groups), STATUS_SUCCESS);
    bool is_admin = false;
    for (ULONG i = 0; i < groups->GroupCount; i++)
        is_admin |= RtlEqualSid(groups->Groups[i].Sid, SeExports->SeAliasAdminsSid);
    assert_true(is_admin);
    ExFreePool(groups);
    assert_int_equal(SeQueryInformationToken(token, TokenPrivileges, (PVOID *)&privileges),
                     STATUS_SUCCESS);
    assert_true(privileges->PrivilegeCount > 20);
    ExFreePool(privileges);
    assert_int_equal(se_token_query(token, TokenElevation, &number, 0, 4, &length), STATUS_SUCCESS);
    assert_int_equal(number, 1);
    assert_int_equal(se_token_query(token, TokenUser, small, 0, sizeof small, &length),
                     STATUS_BUFFER_TOO_SMALL);
    assert_true(length > sizeof small);
    assert_int_equal(
        se_token_query(token, TokenImpersonationLevel, small, 0, sizeof small, &length),
        STATUS_INVALID_PARAMETER);
    assert_int_equal(se_token_query(token, 999, small, 0, sizeof small, &length),
                     STATUS_INVALID_INFO_CLASS);
    assert_int_equal(SeTokenType(token), TokenPrimary);
    ob_dereference(token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_decides),
        cmocka_unit_test(order_matters),
        cmocka_unit_test(maximum_allowed_is_all_there_is),
        cmocka_unit_test(owners_and_privileges_have_rights_of_their_own),
        cmocka_unit_test(kernel_mode_is_never_refused),
        cmocka_unit_test(the_driver_s_check_does_the_same),
        cmocka_unit_test(objects_are_guarded_by_their_descriptor),
        cmocka_unit_test(tokens_tell_about_themselves),
    };
    return cmocka_run_group_tests(tests, machine_start, machine_stop);
}
