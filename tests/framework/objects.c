/* SPDX-License-Identifier: MIT */
/* objects.c - objects of the Framework: the tree, contexts, order of cleanup, references. */
#include "kmdf_test.h"

#include <wdmsec.h>

typedef struct _FIRST {
    ULONG number;
    PVOID pointer;
} FIRST;
typedef struct _SECOND {
    CHAR letter;
    DECLSPEC_ALIGN(16) UCHAR aligned[16];
} SECOND;
typedef struct _NEVER {
    ULONG nothing;
} NEVER;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(FIRST, first_of);
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(SECOND, second_of);
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NEVER, never_of);

/* ---- what was called, in which order ------------------------------------------------------------
 */

static char calls[64];
static ULONG call_count;
static KIRQL call_irql;

static void calls_clear(void)
{
    RtlZeroMemory(calls, sizeof(calls));
    call_count = 0;
}

static void call_note(char what)
{
    if (call_count < sizeof(calls) - 1)
        calls[call_count++] = what;
    call_irql = KeGetCurrentIrql();
}

#define expect_calls(text) expect(strcmp(calls, (text)) == 0)

/* A context's letter: small at cleanup, large at destruction. */
static VOID evt_cleanup(WDFOBJECT object)
{
    call_note(second_of(object)->letter);
}

static VOID evt_destroy(WDFOBJECT object)
{
    call_note(second_of(object)->letter - 'a' + 'A');
}

static WDFOBJECT object_make(WDFOBJECT parent, char letter)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT object = NULL;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, SECOND);
    attributes.ParentObject = parent;
    attributes.EvtCleanupCallback = evt_cleanup;
    attributes.EvtDestroyCallback = evt_destroy;
    expect_status(WdfObjectCreate(&attributes, &object), STATUS_SUCCESS);
    if (object != NULL)
        second_of(object)->letter = letter;
    return object;
}

/* ---- contexts ---------------------------------------------------------------------------------
 */

static void contexts(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT object = NULL;
    FIRST *first;
    SECOND *second = NULL, *again = NULL;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, FIRST);
    attributes.ContextSizeOverride = sizeof(FIRST) + 100;
    expect_status(WdfObjectCreate(&attributes, &object), STATUS_SUCCESS);
    first = first_of(object);
    expect(first != NULL && first->number == 0 && first->pointer == NULL);
    expect(((ULONG_PTR)first & 15) == 0);
    RtlFillMemory(first, sizeof(FIRST) + 100, 0x5a);
    expect(WdfObjectContextGetObject(first) == object);
    expect(second_of(object) == NULL && never_of(object) == NULL);

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, SECOND);
    expect_status(WdfObjectAllocateContext(object, &attributes, (PVOID *)&second), STATUS_SUCCESS);
    expect(second != NULL && second == second_of(object) && ((ULONG_PTR)second & 15) == 0);
    expect(WdfObjectContextGetObject(second) == object);
    expect_status(WdfObjectAllocateContext(object, &attributes, (PVOID *)&again),
                  STATUS_OBJECT_NAME_EXISTS);
    expect(again == second);
    expect(first_of(object) == first && first->number == 0x5a5a5a5a);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    expect_status(WdfObjectAllocateContext(object, &attributes, (PVOID *)&again),
                  STATUS_OBJECT_NAME_INVALID);
    expect(again == NULL);
    WdfObjectDelete(object);
}

/* Callbacks of contexts that were added later are called, too, each with its own object. */
static void contexts_added_are_cleaned_up(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT object = NULL;

    calls_clear();
    expect_status(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &object), STATUS_SUCCESS);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, SECOND);
    attributes.EvtCleanupCallback = evt_cleanup;
    attributes.EvtDestroyCallback = evt_destroy;
    expect_status(WdfObjectAllocateContext(object, &attributes, NULL), STATUS_SUCCESS);
    second_of(object)->letter = 'x';
    WdfObjectDelete(object);
    expect_calls("xX");
}

static void attributes_are_checked(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT object = (WDFOBJECT)1;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, FIRST);
    attributes.Size--;
    expect_status(WdfObjectCreate(&attributes, &object), STATUS_INFO_LENGTH_MISMATCH);
    expect(object == NULL);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ContextSizeOverride = 8;
    expect_status(WdfObjectCreate(&attributes, &object), STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, FIRST);
    attributes.ContextSizeOverride = sizeof(FIRST) - 1;
    expect_status(WdfObjectCreate(&attributes, &object), STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = WdfExecutionLevelInvalid;
    expect_status(WdfObjectCreate(&attributes, &object), STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = (WDF_SYNCHRONIZATION_SCOPE)9;
    expect_status(WdfObjectCreate(&attributes, &object), STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    expect(object == NULL);
}

/* ---- the tree ----------------------------------------------------------------------------------
 */

/* Cleanup from the leaves up, in order of creation; then destruction, children before parents. */
static void order_of_deletion(void)
{
    WDFOBJECT a, b, c, d;

    calls_clear();
    a = object_make(NULL, 'a');
    b = object_make(a, 'b');
    c = object_make(a, 'c');
    d = object_make(b, 'd');
    expect(a && b && c && d);
    WdfObjectDelete(a);
    expect_calls("dbcaDBCA");
}

static void a_child_alone(void)
{
    WDFOBJECT a, b;

    calls_clear();
    a = object_make(NULL, 'a');
    b = object_make(a, 'b');
    WdfObjectDelete(b);
    expect_calls("bB");
    WdfObjectDelete(a);
    expect_calls("bBaA");
}

static WDFOBJECT to_delete;
static VOID evt_cleanup_deletes(WDFOBJECT object)
{
    evt_cleanup(object);
    if (to_delete != NULL)
        WdfObjectDelete(to_delete);
    to_delete = NULL;
}

/* A cleanup callback deletes another child of the same parent, itself, and the parent. */
static void deletion_inside_a_cleanup(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT a, b, c;

    for (int which = 0; which < 3; which++) {
        calls_clear();
        a = object_make(NULL, 'a');
        WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, SECOND);
        attributes.ParentObject = a;
        attributes.EvtCleanupCallback = evt_cleanup_deletes;
        attributes.EvtDestroyCallback = evt_destroy;
        expect_status(WdfObjectCreate(&attributes, &b), STATUS_SUCCESS);
        second_of(b)->letter = 'b';
        c = object_make(a, 'c');
        to_delete = which == 0 ? c : which == 1 ? b : a;
        WdfObjectDelete(a);
        expect_calls("bcaBCA");
    }
}

static void nothing_is_born_below_the_dying(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT a, b = NULL;

    calls_clear();
    a = object_make(NULL, 'a');
    WdfObjectReference(a);
    WdfObjectDelete(a);
    expect_calls("a");
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = a;
    expect_status(WdfObjectCreate(&attributes, &b), STATUS_DELETE_PENDING);
    expect(b == NULL);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, FIRST);
    expect_status(WdfObjectAllocateContext(a, &attributes, NULL), STATUS_DELETE_PENDING);
    WdfObjectDereference(a);
    expect_calls("aA");
}

/* ---- references --------------------------------------------------------------------------------
 */

/* Cleanup comes with the deletion, destruction with the last reference; contexts stay until then.
 */
static void references(void)
{
    WDFOBJECT a, b;

    calls_clear();
    a = object_make(NULL, 'a');
    b = object_make(a, 'b');
    WdfObjectReferenceWithTag(b, (PVOID)'tagX');
    WdfObjectReference(b);
    WdfObjectDelete(a);
    expect_calls("baA");
    expect(second_of(b) != NULL && second_of(b)->letter == 'b');
    WdfObjectDereferenceWithTag(b, (PVOID)'tagX');
    expect_calls("baA");
    WdfObjectDereference(b);
    expect_calls("baAB");
}

static void deletion_at_dispatch(void)
{
    WDFOBJECT a;
    KIRQL irql;

    calls_clear();
    a = object_make(NULL, 'a');
    (void)object_make(a, 'b');
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    WdfObjectDelete(a);
    KeLowerIrql(irql);
    expect_calls("baBA");
    expect_number(call_irql, DISPATCH_LEVEL);
}

static KEVENT destroyed;
static VOID evt_destroy_signals(WDFOBJECT object)
{
    evt_destroy(object);
    KeSetEvent(&destroyed, IO_NO_INCREMENT, FALSE);
}

/* A tree in which something wants PASSIVE_LEVEL goes as a whole to a work item. */
static void passive_deletion_at_dispatch(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT a = NULL, b = NULL;
    KIRQL irql;

    calls_clear();
    KeInitializeEvent(&destroyed, NotificationEvent, FALSE);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, SECOND);
    attributes.EvtCleanupCallback = evt_cleanup;
    attributes.EvtDestroyCallback = evt_destroy_signals;
    expect_status(WdfObjectCreate(&attributes, &a), STATUS_SUCCESS);
    second_of(a)->letter = 'a';
    attributes.ParentObject = a;
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    attributes.EvtDestroyCallback = evt_destroy;
    expect_status(WdfObjectCreate(&attributes, &b), STATUS_SUCCESS);
    second_of(b)->letter = 'b';
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    WdfObjectDelete(a);
    KeLowerIrql(irql);
    KeWaitForSingleObject(&destroyed, Executive, KernelMode, FALSE, NULL);
    expect_calls("baBA");
    expect_number(call_irql, PASSIVE_LEVEL);
}

/* The last reference of such an object is given back above PASSIVE_LEVEL. */
static void passive_destruction(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT a = NULL;
    KIRQL irql;

    calls_clear();
    KeInitializeEvent(&destroyed, NotificationEvent, FALSE);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, SECOND);
    attributes.EvtDestroyCallback = evt_destroy_signals;
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    expect_status(WdfObjectCreate(&attributes, &a), STATUS_SUCCESS);
    second_of(a)->letter = 'a';
    WdfObjectReference(a);
    WdfObjectDelete(a);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    WdfObjectDereference(a);
    KeLowerIrql(irql);
    KeWaitForSingleObject(&destroyed, Executive, KernelMode, FALSE, NULL);
    expect_calls("A");
    expect_number(call_irql, PASSIVE_LEVEL);
}

/* ---- locks -------------------------------------------------------------------------------------
 */

static WDFDEVICE device_make(WDF_EXECUTION_LEVEL level)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDEVICE device = NULL;
    PWDFDEVICE_INIT init;

    init = WdfControlDeviceInitAllocate(kmdf_driver, &SDDL_DEVOBJ_KERNEL_ONLY);
    if (init == NULL)
        return NULL;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
    attributes.ExecutionLevel = level;
    expect_status(WdfDeviceCreate(&init, &attributes, &device), STATUS_SUCCESS);
    if (device == NULL)
        WdfDeviceInitFree(init);
    return device;
}

static VOID lock_taker(PVOID context)
{
    WDFDEVICE device = context;

    WdfObjectAcquireLock(device);
    call_note('t');
    WdfObjectReleaseLock(device);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

/* A device's lock: a spin lock, or one that is waited for at PASSIVE_LEVEL; the same thread may
 * take it again, another one comes when it is free.
 */
static void locks_of_devices(void)
{
    static const WDF_EXECUTION_LEVEL levels[] = {WdfExecutionLevelDispatch,
                                                 WdfExecutionLevelPassive};

    for (ULONG i = 0; i < ARRAYSIZE(levels); i++) {
        WDFDEVICE device = device_make(levels[i]);
        HANDLE thread = NULL;

        if (device == NULL)
            return;
        calls_clear();
        WdfObjectAcquireLock(device);
        expect_number(KeGetCurrentIrql(), i == 0 ? DISPATCH_LEVEL : PASSIVE_LEVEL);
        WdfObjectAcquireLock(device);
        WdfObjectReleaseLock(device);
        expect_number(KeGetCurrentIrql(), i == 0 ? DISPATCH_LEVEL : PASSIVE_LEVEL);
        if (i == 1)
            expect_status(
                PsCreateSystemThread(&thread, SYNCHRONIZE, NULL, NULL, NULL, lock_taker, device),
                STATUS_SUCCESS);
        call_note('o');
        WdfObjectReleaseLock(device);
        expect_number(KeGetCurrentIrql(), PASSIVE_LEVEL);
        if (thread != NULL) {
            ZwWaitForSingleObject(thread, FALSE, NULL);
            ZwClose(thread);
            expect_calls("ot");
        }
        WdfObjectDelete(device);
    }
}

/* ---- the driver object --------------------------------------------------------------------------
 */

static void the_driver(void)
{
    WDF_DRIVER_VERSION_AVAILABLE_PARAMS version;
    WDF_DRIVER_CONFIG config;
    WDFDRIVER second = (WDFDRIVER)1;
    WDFOBJECT object = NULL;
    UNICODE_STRING path;
    GUID guid = {0};

    expect(kmdf_driver == WdfGetDriver());
    expect(WdfDriverWdmGetDriverObject(kmdf_driver) == drivertest_driver);
    expect(WdfWdmDriverGetWdfDriverHandle(drivertest_driver) == kmdf_driver);
    RtlInitUnicodeString(&path, WdfDriverGetRegistryPath(kmdf_driver));
    expect(RtlEqualUnicodeString(&path, &drivertest_registry_path, TRUE));
    WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(&version, 1, 9);
    expect(WdfDriverIsVersionAvailable(kmdf_driver, &version));
    WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(&version, 1, 33);
    expect(WdfDriverIsVersionAvailable(kmdf_driver, &version));
    WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(&version, 1, 99);
    expect(!WdfDriverIsVersionAvailable(kmdf_driver, &version));
    WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(&version, 2, 0);
    expect(!WdfDriverIsVersionAvailable(kmdf_driver, &version));
    version.Size++;
    expect(!WdfDriverIsVersionAvailable(kmdf_driver, &version));
    WDF_DRIVER_CONFIG_INIT(&config, NULL);
    expect_status(WdfDriverCreate(drivertest_driver, &drivertest_registry_path,
                                  WDF_NO_OBJECT_ATTRIBUTES, &config, &second),
                  STATUS_DRIVER_INTERNAL_ERROR);
    expect(second == NULL);
    /* The driver object is the parent of what names none; it cannot be deleted itself. */
    expect_status(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &object), STATUS_SUCCESS);
    WdfObjectDelete(kmdf_driver);
    expect(WdfGetDriver() == kmdf_driver);
    WdfObjectDelete(object);
    expect_status(WdfDriverRegisterTraceInfo(drivertest_driver, NULL, NULL), STATUS_NOT_SUPPORTED);
    expect_status(WdfObjectQuery(kmdf_driver, &guid, 0, NULL), STATUS_NOT_FOUND);
    expect(WdfDriverGlobals->DriverTag == 'tmdK');
    WdfVerifierDbgBreakPoint();
}

static void keys_of_the_driver(void)
{
    DECLARE_CONST_UNICODE_STRING(name, L"Answer");
    ULONG value = 0;
    WDFKEY key = NULL;

    expect_status(WdfDriverOpenParametersRegistryKey(kmdf_driver, KEY_ALL_ACCESS,
                                                     WDF_NO_OBJECT_ATTRIBUTES, &key),
                  STATUS_SUCCESS);
    if (key == NULL)
        return;
    expect_status(WdfRegistryAssignULong(key, &name, 42), STATUS_SUCCESS);
    expect_status(WdfRegistryQueryULong(key, &name, &value), STATUS_SUCCESS);
    expect_number(value, 42);
    expect_status(WdfRegistryRemoveValue(key, &name), STATUS_SUCCESS);
    WdfRegistryClose(key);
    expect_status(WdfDriverOpenPersistentStateRegistryKey(kmdf_driver, KEY_ALL_ACCESS,
                                                          WDF_NO_OBJECT_ATTRIBUTES, &key),
                  STATUS_SUCCESS);
    WdfRegistryClose(key);
}

static void version_as_text(void)
{
    DECLARE_CONST_UNICODE_STRING(wanted, L"Kernel Mode Driver Framework version 1.33.0");
    UNICODE_STRING is = {0};
    WDFSTRING string = NULL;

    expect_status(WdfStringCreate(NULL, WDF_NO_OBJECT_ATTRIBUTES, &string), STATUS_SUCCESS);
    expect_status(WdfDriverRetrieveVersionString(kmdf_driver, string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &is);
    expect(RtlEqualUnicodeString(&is, &wanted, FALSE));
    WdfObjectDelete(string);
}

/* A function that is not there says so with a status, where it can. */
static void missing_functions(void)
{
    expect_status(WdfDriverErrorReportApiMissing(kmdf_driver, NULL, 999, TRUE),
                  STATUS_NOT_IMPLEMENTED);
}

DRIVERTEST_LIST = {
    DRIVERTEST(contexts),
    DRIVERTEST(contexts_added_are_cleaned_up),
    DRIVERTEST(attributes_are_checked),
    DRIVERTEST(order_of_deletion),
    DRIVERTEST(a_child_alone),
    DRIVERTEST(deletion_inside_a_cleanup),
    DRIVERTEST(nothing_is_born_below_the_dying),
    DRIVERTEST(references),
    DRIVERTEST(deletion_at_dispatch),
    DRIVERTEST(passive_deletion_at_dispatch),
    DRIVERTEST(passive_destruction),
    DRIVERTEST(locks_of_devices),
    DRIVERTEST(the_driver),
    DRIVERTEST(keys_of_the_driver),
    DRIVERTEST(version_as_text),
    DRIVERTEST(missing_functions),
    DRIVERTEST_END,
};
