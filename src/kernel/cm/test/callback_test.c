/* SPDX-License-Identifier: MIT */
/* callback_test.c - drivers that watch, refuse or replace operations on the registry. */
#include "cm_test.h"

static struct {
    unsigned before, after;
    REG_NOTIFY_CLASS first, last;
    NTSTATUS told, answer, answer_after, replace;
    PVOID context_before, context_after;
} seen[2];

static NTSTATUS NTAPI watch(PVOID context, PVOID argument1, PVOID argument2)
{
    unsigned who = (unsigned)(uintptr_t)context;
    REG_NOTIFY_CLASS what = (REG_NOTIFY_CLASS)(uintptr_t)argument1;
    switch (what) {
    case RegNtPreSetValueKey:
        ((REG_SET_VALUE_KEY_INFORMATION *)argument2)->CallContext = &seen[who];
        seen[who].first = what;
        seen[who].before++;
        return seen[who].answer;
    case RegNtPreCreateKeyEx:
    case RegNtPreOpenKeyEx:
    case RegNtPreDeleteKey:
        seen[who].first = what;
        seen[who].before++;
        return seen[who].answer;
    case RegNtPostSetValueKey:
    case RegNtPostCreateKeyEx:
    case RegNtPostOpenKeyEx:
    case RegNtPostDeleteKey:
        seen[who].last = what;
        seen[who].after++;
        seen[who].told = ((REG_POST_OPERATION_INFORMATION *)argument2)->Status;
        seen[who].context_after = ((REG_POST_OPERATION_INFORMATION *)argument2)->CallContext;
        ((REG_POST_OPERATION_INFORMATION *)argument2)->ReturnStatus = seen[who].replace;
        return seen[who].answer_after;
    default:
        return STATUS_SUCCESS;
    }
}

static LARGE_INTEGER cookies[2];

static void watch_begin(void)
{
    memset(seen, 0, sizeof seen);
    assert_int_equal(
        CmRegisterCallbackEx(watch, NAME("370000"), &cookies, (PVOID)0, &cookies[0], NULL),
        STATUS_SUCCESS);
    assert_int_equal(
        CmRegisterCallbackEx(watch, NAME("1000"), &cookies, (PVOID)1, &cookies[1], NULL),
        STATUS_SUCCESS);
}

static void watch_end(void)
{
    assert_int_equal(CmUnRegisterCallback(cookies[0]), STATUS_SUCCESS);
    assert_int_equal(CmUnRegisterCallback(cookies[1]), STATUS_SUCCESS);
    assert_int_equal(CmUnRegisterCallback(cookies[1]), STATUS_INVALID_PARAMETER);
    counts_check();
}

static void operations_are_seen(void **state)
{
    LARGE_INTEGER cookie;
    watch_begin();
    ULONG major, minor;
    CmGetCallbackVersion(&major, &minor);
    assert_int_equal(major << 8 | minor, 0x101);
    CmGetCallbackVersion(NULL, NULL);
    assert_int_equal(CmRegisterCallbackEx(watch, NAME("1000"), &cookie, NULL, &cookie, NULL),
                     STATUS_FLT_INSTANCE_ALTITUDE_COLLISION);
    void *key = key_new(NAME("\\Registry\\Machine\\Software\\Seen"));
    assert_int_equal(seen[0].first, RegNtPreCreateKeyEx);
    assert_int_equal(seen[1].last, RegNtPostCreateKeyEx);
    assert_int_equal(cm_value_set(key, NAME("v"), REG_DWORD, "1234", 4), STATUS_SUCCESS);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(seen[i].first, RegNtPreSetValueKey);
        assert_int_equal(seen[i].last, RegNtPostSetValueKey);
        assert_ptr_equal(seen[i].context_after, &seen[i]); /* each its own */
        assert_int_equal(seen[i].told, STATUS_SUCCESS);
    }
    PCUNICODE_STRING name;
    ULONG_PTR id;
    assert_int_equal(CmCallbackGetKeyObjectIDEx(&cookies[0], key, &id, &name, 0), STATUS_SUCCESS);
    assert_true(RtlEqualUnicodeString(name, NAME("\\REGISTRY\\MACHINE\\SOFTWARE\\Seen"), FALSE));
    CmCallbackReleaseKeyObjectIDEx(name);
    key_end(key);
    watch_end();
}

static void an_operation_may_be_refused(void **state)
{
    ULONG type, length;
    void *data;
    void *key = key_new(NAME("\\Registry\\Machine\\Software\\No"));
    watch_begin();
    seen[0].answer = STATUS_ACCESS_DENIED;
    assert_int_equal(cm_value_set(key, NAME("v"), REG_DWORD, "1234", 4), STATUS_ACCESS_DENIED);
    assert_int_equal(seen[1].before, 0); /* the lower one was not even asked */
    assert_int_equal(cm_value_get(key, NAME("v"), &type, &data, &length),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    void *other;
    assert_int_equal(key_open(NAME("\\Registry\\Machine\\Software\\No2"), true, 0, 0, &other),
                     STATUS_ACCESS_DENIED);
    seen[0].answer = STATUS_SUCCESS;
    seen[0].answer = seen[1].answer = seen[1].answer_after = STATUS_SUCCESS;
    key_end(key);
    watch_end();
}

static void an_operation_may_be_done_by_the_driver(void **state)
{
    ULONG type, length;
    void *data;
    void *key = key_new(NAME("\\Registry\\Machine\\Software\\Bypass"));
    watch_begin();
    seen[1].answer = STATUS_CALLBACK_BYPASS;
    assert_int_equal(cm_value_set(key, NAME("v"), REG_DWORD, "1234", 4), STATUS_SUCCESS);
    assert_int_equal(cm_value_get(key, NAME("v"), &type, &data, &length),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    /* Or its outcome replaced. */
    seen[1].answer = STATUS_SUCCESS;
    seen[1].answer_after = STATUS_CALLBACK_BYPASS;
    seen[1].replace = STATUS_DISK_FULL;
    assert_int_equal(cm_value_set(key, NAME("v"), REG_DWORD, "1234", 4), STATUS_DISK_FULL);
    assert_int_equal(seen[0].told, STATUS_DISK_FULL);
    seen[0].answer = seen[1].answer = seen[1].answer_after = STATUS_SUCCESS;
    key_end(key);
    watch_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_are_seen),
        cmocka_unit_test(an_operation_may_be_refused),
        cmocka_unit_test(an_operation_may_be_done_by_the_driver),
    };
    return cmocka_run_group_tests(tests, machine_start, machine_stop);
}
