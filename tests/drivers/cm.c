/* SPDX-License-Identifier: MIT */
/* cm.c - tests of the registry's rarer half: who watches it, and change notification. */
#include "drivertest.h"

NTSTATUS NTAPI ZwRenameKey(HANDLE key, PUNICODE_STRING name);

static LARGE_INTEGER cookie;
static ULONG seen[MaxRegNtNotifyClass];
static ULONG_PTR context_seen, context_cleaned;
static NTSTATUS answer_to_set;

static NTSTATUS NTAPI watcher(PVOID context, PVOID what, PVOID information)
{
    REG_NOTIFY_CLASS class = (REG_NOTIFY_CLASS)(ULONG_PTR)what;

    seen[class]++;
    if (class == RegNtPostCreateKeyEx) {
        PREG_POST_OPERATION_INFORMATION post = information;
        if (NT_SUCCESS(post->Status))
            CmSetCallbackObjectContext(post->Object, &cookie, (PVOID)0x77, NULL);
    } else if (class == RegNtPreSetValueKey) {
        context_seen = (ULONG_PTR)((PREG_SET_VALUE_KEY_INFORMATION)information)->ObjectContext;
        return answer_to_set;
    } else if (class == RegNtCallbackObjectContextCleanup) {
        context_cleaned =
            (ULONG_PTR)((PREG_CALLBACK_CONTEXT_CLEANUP_INFORMATION)information)->ObjectContext;
    }
    return STATUS_SUCCESS;
}

static HANDLE key_make(PCWSTR path)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    HANDLE key = NULL;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    expect_status(
        ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, REG_OPTION_VOLATILE, NULL),
        STATUS_SUCCESS);
    return key;
}

static NTSTATUS value_set(HANDLE key, ULONG number)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"Number");

    return ZwSetValueKey(key, &name, 0, REG_DWORD, &number, sizeof number);
}

static void callbacks(void)
{
    UNICODE_STRING altitude = RTL_CONSTANT_STRING(L"380011"), other = RTL_CONSTANT_STRING(L"Moved");
    LARGE_INTEGER old_kind;
    KEY_WRITE_TIME_INFORMATION time = {{.QuadPart = 12345}};
    PCUNICODE_STRING path;
    ULONG_PTR id = 0;
    PVOID object;
    HANDLE key;
    ULONG length;

    RtlZeroMemory(seen, sizeof seen);
    context_seen = context_cleaned = 0;
    answer_to_set = STATUS_SUCCESS;
    expect_status(CmRegisterCallbackEx(watcher, &altitude, drivertest_driver, NULL, &cookie, NULL),
                  STATUS_SUCCESS);
    expect_status(CmRegisterCallback(watcher, NULL, &old_kind), STATUS_SUCCESS);
    expect_status(CmUnRegisterCallback(old_kind), STATUS_SUCCESS);
    key = key_make(L"\\Registry\\Machine\\Software\\CmTest");
    expect(seen[RegNtPreCreateKeyEx] == 1 && seen[RegNtPostCreateKeyEx] == 1);
    expect_status(value_set(key, 1), STATUS_SUCCESS);
    expect_number(context_seen, 0x77);
    answer_to_set = STATUS_ACCESS_DENIED;
    expect_status(value_set(key, 2), STATUS_ACCESS_DENIED);
    answer_to_set = STATUS_CALLBACK_BYPASS;
    expect_status(value_set(key, 2), STATUS_SUCCESS);
    answer_to_set = STATUS_SUCCESS;
    expect_status(ObReferenceObjectByHandle(key, 0, *CmKeyObjectType, KernelMode, &object, NULL),
                  STATUS_SUCCESS);
    expect_status(CmCallbackGetKeyObjectID(&cookie, object, &id, &path), STATUS_SUCCESS);
    expect(id != 0 && path->Length == 33 * sizeof(WCHAR));
    old_kind.QuadPart = -1;
    expect_status(CmCallbackGetKeyObjectID(&old_kind, object, &id, &path),
                  STATUS_INVALID_PARAMETER);
    expect(CmGetBoundTransaction(&cookie, object) == NULL);
    ObDereferenceObject(object);
    ZwFlushKey(key);
    expect(seen[RegNtPreFlushKey] == 1 && seen[RegNtPostFlushKey] == 1);
    expect_status(ZwRenameKey(key, &other), STATUS_SUCCESS);
    expect(seen[RegNtPreRenameKey] == 1 && seen[RegNtPostRenameKey] == 1);
    expect_status(ZwSetInformationKey(key, KeyWriteTimeInformation, &time, sizeof time),
                  STATUS_SUCCESS);
    expect_number(seen[RegNtPostSetInformationKey], 1);
    ZwQuerySecurityObject(key, DACL_SECURITY_INFORMATION, NULL, 0, &length);
    expect_number(seen[RegNtPreQueryKeySecurity], 1);
    expect_status(ZwDeleteKey(key), STATUS_SUCCESS);
    ZwClose(key);
    expect(seen[RegNtPreKeyHandleClose] == 1 && seen[RegNtPostKeyHandleClose] == 1);
    expect_number(context_cleaned, 0x77);
    expect_status(CmUnRegisterCallback(cookie), STATUS_SUCCESS);
    expect_status(CmUnRegisterCallback(cookie), STATUS_INVALID_PARAMETER);
}

static BOOLEAN is_set(HANDLE event)
{
    LARGE_INTEGER none = {.QuadPart = 0};

    return ZwWaitForSingleObject(event, FALSE, &none) == STATUS_SUCCESS;
}

static void notification(void)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK status = {0};
    HANDLE event = NULL, key = key_make(L"\\Registry\\Machine\\Software\\CmTest");
    HANDLE below;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    ZwCreateEvent(&event, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE);
    expect_status(ZwNotifyChangeKey(key, event, NULL, NULL, &status, REG_NOTIFY_CHANGE_LAST_SET,
                                    FALSE, NULL, 0, TRUE),
                  STATUS_PENDING);
    below = key_make(L"\\Registry\\Machine\\Software\\CmTest\\Below");
    expect(!is_set(event)); /* another kind of change */
    expect_status(value_set(key, 5), STATUS_SUCCESS);
    expect_status(ZwWaitForSingleObject(event, FALSE, NULL), STATUS_SUCCESS);
    expect_status(status.Status, STATUS_SUCCESS);
    expect_status(ZwNotifyChangeKey(key, event, NULL, NULL, &status, REG_NOTIFY_CHANGE_LAST_SET,
                                    TRUE, NULL, 0, TRUE),
                  STATUS_PENDING);
    expect(!is_set(event));
    expect_status(value_set(key, 5), STATUS_SUCCESS); /* the same value: no change */
    expect(!is_set(event));
    expect_status(value_set(below, 6), STATUS_SUCCESS); /* the tree is watched */
    expect_status(ZwWaitForSingleObject(event, FALSE, NULL), STATUS_SUCCESS);
    expect_status(ZwNotifyChangeKey(key, event, NULL, NULL, &status, 0, TRUE, NULL, 0, TRUE),
                  STATUS_INVALID_PARAMETER);
    ZwDeleteKey(below);
    ZwClose(below);
    expect_status(ZwNotifyChangeKey(key, event, NULL, NULL, &status, REG_NOTIFY_CHANGE_NAME, FALSE,
                                    NULL, 0, TRUE),
                  STATUS_PENDING);
    ZwDeleteKey(key);
    expect_status(ZwWaitForSingleObject(event, FALSE, NULL), STATUS_SUCCESS);
    expect_status(status.Status, STATUS_NOTIFY_CLEANUP);
    ZwClose(key);
    ZwClose(event);
}

static void security(void)
{
    HANDLE key = key_make(L"\\Registry\\Machine\\Software\\CmTest");
    SECURITY_DESCRIPTOR descriptor;
    UCHAR buffer[256];
    PSID owner = NULL;
    BOOLEAN defaulted;
    ULONG length = 0;

    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlSetOwnerSecurityDescriptor(&descriptor, SeExports->SeAliasAdminsSid, FALSE);
    expect_status(ZwSetSecurityObject(key, OWNER_SECURITY_INFORMATION, &descriptor),
                  STATUS_SUCCESS);
    expect_status(ZwQuerySecurityObject(key, OWNER_SECURITY_INFORMATION, buffer, 8, &length),
                  STATUS_BUFFER_TOO_SMALL);
    expect_status(
        ZwQuerySecurityObject(key, OWNER_SECURITY_INFORMATION, buffer, sizeof buffer, &length),
        STATUS_SUCCESS);
    expect_status(RtlGetOwnerSecurityDescriptor(buffer, &owner, &defaulted), STATUS_SUCCESS);
    expect(owner != NULL && RtlEqualSid(owner, SeExports->SeAliasAdminsSid));
    ZwDeleteKey(key);
    ZwClose(key);
}

DRIVERTEST_LIST = {
    DRIVERTEST(callbacks),
    DRIVERTEST(notification),
    DRIVERTEST(security),
    DRIVERTEST_END,
};
