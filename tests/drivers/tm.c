/* SPDX-License-Identifier: MIT */
/* tm.c - kernel transactions: keys in them, resource managers that are told, all that may end one.
 */
#include "drivertest.h"

#define PLACE L"\\Registry\\Machine\\Software\\TxTest"

static HANDLE transaction_make(void)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE transaction = NULL;
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(ZwCreateTransaction(&transaction, TRANSACTION_ALL_ACCESS, &attributes, NULL, NULL,
                                      0, 0, 0, NULL, NULL),
                  STATUS_SUCCESS);
    return transaction;
}

static OBJECT_ATTRIBUTES named(PUNICODE_STRING name, PCWSTR text, HANDLE root)
{
    OBJECT_ATTRIBUTES attributes;
    RtlInitUnicodeString(name, text);
    InitializeObjectAttributes(&attributes, name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, root,
                               NULL);
    return attributes;
}

static HANDLE key_make(PCWSTR path, HANDLE root)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes = named(&name, path, root);
    HANDLE key = NULL;
    expect_status(ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, NULL), STATUS_SUCCESS);
    return key;
}

static NTSTATUS key_find(PCWSTR path, HANDLE root, PHANDLE key)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes = named(&name, path, root);
    return ZwOpenKey(key, KEY_ALL_ACCESS, &attributes);
}

static NTSTATUS key_in(PCWSTR path, HANDLE transaction, PHANDLE key)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes = named(&name, path, NULL);
    return ZwOpenKeyTransacted(key, KEY_ALL_ACCESS, &attributes, transaction);
}

static void number_set(HANDLE key, PCWSTR value, ULONG number)
{
    UNICODE_STRING name;
    RtlInitUnicodeString(&name, value);
    expect_status(ZwSetValueKey(key, &name, 0, REG_DWORD, &number, sizeof number), STATUS_SUCCESS);
}

static ULONG number_get(HANDLE key, PCWSTR value)
{
    struct {
        KEY_VALUE_PARTIAL_INFORMATION partial;
        UCHAR more[8];
    } answer;
    UNICODE_STRING name;
    ULONG length = 0;
    RtlInitUnicodeString(&name, value);
    if (!NT_SUCCESS(ZwQueryValueKey(key, &name, KeyValuePartialInformation, &answer, sizeof answer,
                                    &length)))
        return 0xffffffff;
    return *(ULONG *)answer.partial.Data;
}

static void key_remove(HANDLE key)
{
    expect_status(ZwDeleteKey(key), STATUS_SUCCESS);
    ZwClose(key);
}

static void keys_are_seen_when_committed(void)
{
    UNICODE_STRING name, class_name = RTL_CONSTANT_STRING(L"a class");
    HANDLE transaction = transaction_make(), outside = key_make(PLACE, NULL), inside = NULL,
           fresh = NULL, seen = NULL, gone = key_make(L"gone", outside);
    OBJECT_ATTRIBUTES attributes = named(&name, PLACE L"\\fresh", NULL);
    TRANSACTION_BASIC_INFORMATION basic;
    ULONG disposition = 0, length = 0;
    number_set(outside, L"number", 1);
    ZwClose(gone);
    expect_status(key_in(PLACE, transaction, &inside), STATUS_SUCCESS);
    expect_number(number_get(inside, L"number"), 1);
    number_set(inside, L"number", 2);
    expect_status(ZwCreateKeyTransacted(&fresh, KEY_ALL_ACCESS, &attributes, 0, &class_name, 0,
                                        transaction, &disposition),
                  STATUS_SUCCESS);
    expect_number(disposition, REG_CREATED_NEW_KEY);
    number_set(fresh, L"new", 5);
    /* A key by a root that is in it, is in it. */
    expect_status(key_find(L"gone", inside, &gone), STATUS_SUCCESS);
    key_remove(gone);
    expect_status(key_find(L"gone", inside, &gone), STATUS_OBJECT_NAME_NOT_FOUND);
    /* Others see nothing of it yet. */
    expect_number(number_get(outside, L"number"), 1);
    expect_status(key_find(L"fresh", outside, &seen), STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(key_find(L"gone", outside, &seen), STATUS_SUCCESS);
    ZwClose(seen);
    expect_status(ZwQueryInformationTransaction(transaction, TransactionBasicInformation, &basic,
                                                sizeof basic, &length),
                  STATUS_SUCCESS);
    expect_number(basic.Outcome, TransactionOutcomeUndetermined);
    expect_status(ZwCommitTransaction(transaction, TRUE), STATUS_SUCCESS);
    expect_number(number_get(outside, L"number"), 2);
    expect_status(key_find(L"fresh", outside, &seen), STATUS_SUCCESS);
    expect_number(number_get(seen, L"new"), 5);
    key_remove(seen);
    expect_status(key_find(L"gone", outside, &seen), STATUS_OBJECT_NAME_NOT_FOUND);
    /* Its keys are of no more use. */
    expect(number_get(inside, L"number") == 0xffffffff);
    expect_status(key_find(L"fresh", inside, &seen), STATUS_TRANSACTION_NOT_ACTIVE);
    expect_status(key_in(PLACE, transaction, &seen), STATUS_TRANSACTION_NOT_ACTIVE);
    expect_status(ZwCommitTransaction(transaction, TRUE), STATUS_TRANSACTION_ALREADY_COMMITTED);
    ZwQueryInformationTransaction(transaction, TransactionBasicInformation, &basic, sizeof basic,
                                  &length);
    expect_number(basic.Outcome, TransactionOutcomeCommitted);
    ZwClose(fresh);
    ZwClose(inside);
    ZwClose(transaction);
    key_remove(outside);
}

static void rolled_back_and_forgotten(void)
{
    HANDLE transaction = transaction_make(), outside = key_make(PLACE, NULL), inside = NULL,
           fresh = NULL, seen = NULL;
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes = named(&name, PLACE L"\\fresh", NULL);
    expect_status(key_in(PLACE, transaction, &inside), STATUS_SUCCESS);
    number_set(inside, L"number", 2);
    fresh = key_make(L"fresh", inside);
    ZwClose(fresh);
    expect_status(ZwRollbackTransaction(transaction, TRUE), STATUS_SUCCESS);
    expect_status(ZwRollbackTransaction(transaction, TRUE), STATUS_TRANSACTION_ALREADY_ABORTED);
    expect_number(number_get(outside, L"number"), 0xffffffff);
    expect_status(key_find(L"fresh", outside, &seen), STATUS_OBJECT_NAME_NOT_FOUND);
    ZwClose(inside);
    ZwClose(transaction);
    /* The last handle of one that was not committed. */
    transaction = transaction_make();
    expect_status(ZwOpenKeyTransactedEx(&inside, KEY_ALL_ACCESS, &attributes, 0, transaction),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(key_in(PLACE, transaction, &inside), STATUS_SUCCESS);
    number_set(inside, L"number", 2);
    ZwClose(inside);
    ZwClose(transaction);
    expect_number(number_get(outside, L"number"), 0xffffffff);
    /* Two that change the same: the second loses. */
    transaction = transaction_make();
    HANDLE other = transaction_make(), too = NULL;
    expect_status(key_in(PLACE, transaction, &inside), STATUS_SUCCESS);
    expect_status(key_in(PLACE, other, &too), STATUS_SUCCESS);
    number_set(inside, L"number", 3);
    number_set(too, L"number", 4);
    expect_status(ZwCommitTransaction(transaction, TRUE), STATUS_SUCCESS);
    expect_status(ZwCommitTransaction(other, TRUE), STATUS_TRANSACTIONAL_CONFLICT);
    expect_number(number_get(outside, L"number"), 3);
    ZwClose(too);
    ZwClose(inside);
    ZwClose(other);
    ZwClose(transaction);
    key_remove(outside);
}

/* ---- resource managers
 * ------------------------------------------------------------------------------ */

static struct {
    HANDLE manager, resources;
    PKRESOURCEMANAGER object;
    ULONG told, count;
    PVOID key;
    ULONG refuses; /* the notification that it answers with a rollback */
} rm;

static NTSTATUS NTAPI notified(PKENLISTMENT enlistment, PVOID context, PVOID key, ULONG what,
                               PLARGE_INTEGER clock, ULONG length, PVOID argument)
{
    PVOID same = NULL;
    BOOLEAN last = TRUE;
    expect(context == &rm && length == 0 && argument == NULL && clock != NULL);
    rm.told |= what;
    rm.count++;
    rm.key = key;
    expect_status(TmReferenceEnlistmentKey(enlistment, &same), STATUS_SUCCESS);
    expect(same == key);
    expect_status(TmDereferenceEnlistmentKey(enlistment, &last), STATUS_SUCCESS);
    expect(!last);
    if (what == rm.refuses)
        return TmRollbackEnlistment(enlistment, clock);
    expect_status(TmCommitComplete(enlistment, clock), what == TRANSACTION_NOTIFY_COMMIT
                                                           ? STATUS_SUCCESS
                                                           : STATUS_TRANSACTION_NOT_REQUESTED);
    if (what == TRANSACTION_NOTIFY_PREPREPARE)
        expect_status(TmPrePrepareComplete(enlistment, clock), STATUS_SUCCESS);
    if (what == TRANSACTION_NOTIFY_PREPARE)
        expect_status(TmPrepareComplete(enlistment, clock), STATUS_SUCCESS);
    if (what == TRANSACTION_NOTIFY_ROLLBACK)
        expect_status(TmRollbackComplete(enlistment, clock), STATUS_SUCCESS);
    return STATUS_SUCCESS;
}

static void rm_make(BOOLEAN calls_back)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING log = RTL_CONSTANT_STRING(L"\\??\\C:\\tm.log");
    GUID id;
    RtlZeroMemory(&rm, sizeof rm);
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(ZwCreateTransactionManager(&rm.manager, TRANSACTIONMANAGER_ALL_ACCESS,
                                             &attributes, &log, 0, 0),
                  STATUS_NOT_SUPPORTED);
    expect_status(ZwCreateTransactionManager(&rm.manager, TRANSACTIONMANAGER_ALL_ACCESS,
                                             &attributes, NULL, TRANSACTION_MANAGER_VOLATILE, 0),
                  STATUS_SUCCESS);
    ExUuidCreate(&id);
    expect_status(ZwCreateResourceManager(&rm.resources, RESOURCEMANAGER_ALL_ACCESS, rm.manager,
                                          &id, &attributes, RESOURCE_MANAGER_VOLATILE, NULL),
                  STATUS_SUCCESS);
    expect_status(ObReferenceObjectByHandle(rm.resources, 0, *TmResourceManagerObjectType,
                                            KernelMode, (PVOID *)&rm.object, NULL),
                  STATUS_SUCCESS);
    if (calls_back) {
        expect_status(TmEnableCallbacks(rm.object, NULL, &rm), STATUS_INVALID_PARAMETER);
        expect_status(TmEnableCallbacks(rm.object, notified, &rm), STATUS_SUCCESS);
        expect_status(TmEnableCallbacks(rm.object, notified, &rm), STATUS_INVALID_PARAMETER);
    }
}

static void rm_end(void)
{
    ObDereferenceObject(rm.object);
    ZwClose(rm.resources);
    ZwClose(rm.manager);
}

static HANDLE enlist(HANDLE transaction, ULONG mask)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE enlistment = NULL;
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(ZwCreateEnlistment(&enlistment, ENLISTMENT_SUBORDINATE_RIGHTS, rm.resources,
                                     transaction, &attributes, 0, mask, &mask + 1),
                  STATUS_SUCCESS);
    return enlistment;
}

#define ALL                                                                                   \
    (TRANSACTION_NOTIFY_PREPREPARE | TRANSACTION_NOTIFY_PREPARE | TRANSACTION_NOTIFY_COMMIT | \
     TRANSACTION_NOTIFY_ROLLBACK)

static void resource_managers_are_told(void)
{
    HANDLE transaction = transaction_make(), enlistment, left;
    PKTRANSACTION object = NULL;
    UOW id, same;
    TRANSACTION_BASIC_INFORMATION basic;
    ULONG length;
    rm_make(TRUE);
    enlistment = enlist(transaction, ALL);
    left = enlist(transaction, ALL);
    expect_status(ZwReadOnlyEnlistment(left, NULL), STATUS_SUCCESS);
    expect_status(ZwCommitTransaction(transaction, TRUE), STATUS_SUCCESS);
    expect_number(rm.told, ALL & ~TRANSACTION_NOTIFY_ROLLBACK);
    expect_number(rm.count, 3);
    expect_status(ZwReadOnlyEnlistment(enlistment, NULL), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    ZwClose(left);
    ZwClose(enlistment);
    ZwClose(transaction);
    /* One says no as it is asked: all is undone, those who wanted to hear of it do. */
    transaction = transaction_make();
    rm.told = 0;
    rm.refuses = TRANSACTION_NOTIFY_PREPARE;
    enlistment = enlist(transaction, ALL);
    expect_status(ObReferenceObjectByHandle(transaction, 0, *TmTransactionObjectType, KernelMode,
                                            (PVOID *)&object, NULL),
                  STATUS_SUCCESS);
    TmGetTransactionId(object, &id);
    ZwQueryInformationTransaction(transaction, TransactionBasicInformation, &basic, sizeof basic,
                                  &length);
    same = basic.TransactionId;
    expect(RtlEqualMemory(&id, &same, sizeof id));
    expect(TmIsTransactionActive(object));
    expect_status(TmCommitTransaction(object, TRUE), STATUS_TRANSACTION_ABORTED);
    expect(!TmIsTransactionActive(object));
    expect_number(rm.told, TRANSACTION_NOTIFY_PREPREPARE | TRANSACTION_NOTIFY_PREPARE |
                               TRANSACTION_NOTIFY_ROLLBACK);
    expect_status(TmRollbackTransaction(object, TRUE), STATUS_TRANSACTION_ALREADY_ABORTED);
    ObDereferenceObject(object);
    ZwClose(enlistment);
    ZwClose(transaction);
    /* One says no by itself. */
    transaction = transaction_make();
    rm.told = rm.refuses = 0;
    enlistment = enlist(transaction, TRANSACTION_NOTIFY_ROLLBACK);
    expect_status(ZwRollbackEnlistment(enlistment, NULL), STATUS_SUCCESS);
    expect_number(rm.told, TRANSACTION_NOTIFY_ROLLBACK);
    expect_status(ZwCommitTransaction(transaction, TRUE), STATUS_TRANSACTION_ALREADY_ABORTED);
    ZwClose(enlistment);
    ZwClose(transaction);
    rm_end();
}

static void notifications_are_fetched(void)
{
    HANDLE transaction = transaction_make(), enlistment;
    TRANSACTION_NOTIFICATION heard;
    LARGE_INTEGER now = {.QuadPart = 0};
    ULONG length = 0;
    rm_make(FALSE);
    enlistment = enlist(transaction, TRANSACTION_NOTIFY_COMMIT | TRANSACTION_NOTIFY_ROLLBACK);
    expect_status(
        ZwGetNotificationResourceManager(rm.resources, &heard, sizeof heard, &now, &length, 0, 0),
        STATUS_TIMEOUT);
    expect_status(ZwCommitTransaction(transaction, FALSE), STATUS_SUCCESS);
    expect_status(
        ZwGetNotificationResourceManager(rm.resources, &heard, sizeof heard, &now, &length, 0, 0),
        STATUS_SUCCESS);
    expect_number(heard.TransactionNotification, TRANSACTION_NOTIFY_COMMIT);
    expect_status(ZwPrepareComplete(enlistment, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    expect_status(ZwPrePrepareComplete(enlistment, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    expect_status(ZwRollbackComplete(enlistment, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    expect_status(ZwCommitComplete(enlistment, NULL), STATUS_SUCCESS);
    ZwClose(enlistment);
    ZwClose(transaction);
    /* Nobody fetches it: nothing is left behind. */
    transaction = transaction_make();
    PKTRANSACTION object = NULL;
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    ObReferenceObjectByHandle(transaction, 0, *TmTransactionObjectType, KernelMode,
                              (PVOID *)&object, NULL);
    expect_status(TmCreateEnlistment(&enlistment, KernelMode, ENLISTMENT_SUBORDINATE_RIGHTS,
                                     &attributes, rm.object, object, ENLISTMENT_SUPERIOR,
                                     TRANSACTION_NOTIFY_COMMIT, &rm),
                  STATUS_NOT_SUPPORTED);
    expect_status(TmCreateEnlistment(&enlistment, KernelMode, ENLISTMENT_SUBORDINATE_RIGHTS,
                                     &attributes, rm.object, object, 0, TRANSACTION_NOTIFY_COMMIT,
                                     &rm),
                  STATUS_SUCCESS);
    PKENLISTMENT body = NULL;
    expect_status(ObReferenceObjectByHandle(enlistment, 0, *TmEnlistmentObjectType, KernelMode,
                                            (PVOID *)&body, NULL),
                  STATUS_SUCCESS);
    expect_status(TmCommitTransaction(object, FALSE), STATUS_SUCCESS);
    expect_status(TmReadOnlyEnlistment(body, NULL), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    ObDereferenceObject(body);
    ObDereferenceObject(object);
    ZwClose(enlistment);
    ZwClose(transaction);
    expect(*TmTransactionManagerObjectType != NULL);
    rm_end();
}

/* ---- drivers that watch the registry
 * -------------------------------------------------------------------- */

static PVOID bound;
static LARGE_INTEGER cookie;
static ULONG asked;

static NTSTATUS NTAPI watch(PVOID context, PVOID what, PVOID information)
{
    UNREFERENCED_PARAMETER(context);
    if ((ULONG_PTR)what == RegNtPreCreateKeyEx) {
        /* An absolute name's root is the registry's. */
        PREG_CREATE_KEY_INFORMATION_V1 create = information;
        UNICODE_STRING rest = RTL_CONSTANT_STRING(L"Machine\\Software\\TxTest");
        expect(create->RootObject != NULL);
        expect(RtlEqualUnicodeString(create->RemainingName, &rest, TRUE));
        bound = create->Transaction;
    }
    if ((ULONG_PTR)what == RegNtPreSetValueKey) {
        /* What it does itself is not told to it: this would have no end. */
        UNICODE_STRING name;
        HANDLE key = NULL;
        asked++;
        RtlInitUnicodeString(&name, L"again");
        if (NT_SUCCESS(ObOpenObjectByPointer(((PREG_SET_VALUE_KEY_INFORMATION)information)->Object,
                                             OBJ_KERNEL_HANDLE, NULL, KEY_ALL_ACCESS,
                                             *CmKeyObjectType, KernelMode, &key))) {
            expect_status(ZwSetValueKey(key, &name, 0, REG_DWORD, &asked, sizeof asked),
                          STATUS_SUCCESS);
            ZwClose(key);
        }
        bound =
            CmGetBoundTransaction(&cookie, ((PREG_SET_VALUE_KEY_INFORMATION)information)->Object);
    }
    return STATUS_SUCCESS;
}

static void watchers_see_the_transaction(void)
{
    UNICODE_STRING name, altitude = RTL_CONSTANT_STRING(L"371000.6");
    OBJECT_ATTRIBUTES attributes = named(&name, PLACE, NULL);
    HANDLE transaction = transaction_make(), key = NULL;
    PVOID object = NULL;
    ObReferenceObjectByHandle(transaction, 0, *TmTransactionObjectType, KernelMode, &object, NULL);
    expect_status(CmRegisterCallbackEx(watch, &altitude, drivertest_driver, NULL, &cookie, NULL),
                  STATUS_SUCCESS);
    expect_status(
        ZwCreateKeyTransacted(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, transaction, NULL),
        STATUS_SUCCESS);
    expect(bound == object);
    bound = NULL;
    asked = 0;
    number_set(key, L"number", 1);
    expect(bound == object);
    expect_number(asked, 1);
    expect_number(number_get(key, L"again"), 1);
    ZwClose(key);
    expect_status(ZwRollbackTransaction(transaction, TRUE), STATUS_SUCCESS);
    key = key_make(PLACE, NULL);
    number_set(key, L"number", 1);
    expect(bound == NULL);
    key_remove(key);
    expect_status(CmUnRegisterCallback(cookie), STATUS_SUCCESS);
    ObDereferenceObject(object);
    ZwClose(transaction);
}

DRIVERTEST_LIST = {DRIVERTEST(keys_are_seen_when_committed), DRIVERTEST(rolled_back_and_forgotten),
                   DRIVERTEST(resource_managers_are_told),   DRIVERTEST(notifications_are_fetched),
                   DRIVERTEST(watchers_see_the_transaction), DRIVERTEST_END};
