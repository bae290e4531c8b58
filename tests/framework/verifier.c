/* SPDX-License-Identifier: MIT */
/* verifier.c - the Framework's verifier, by the settings of a service: another table, allocations
 * that fail one after the other, handles of another driver.
 */
#define INITGUID
#include "kmdf_test.h"

#include <wdfldr.h>

#include "service.h"

static void setting(PCWSTR service, PCWSTR name, ULONG value)
{
    HANDLE key = service_key(service, L"Parameters");

    ZwClose(key);
    key = service_key(service, L"Parameters\\Wdf");
    service_value(key, name, REG_DWORD, &value, sizeof(value));
    ZwClose(key);
}

static void settings_delete(PCWSTR service)
{
    service_delete(service, L"Parameters\\Wdf");
    service_delete(service, L"Parameters");
    service_delete(service, NULL);
}

static void without(void)
{
    service_make(L"FxTestPlain", L"verified.sys");
    setting(L"FxTestPlain", L"VerifierAllocateFailCount", 2); /* nothing without VerifierOn */
    expect_status(service_load(L"FxTestPlain"), STATUS_SUCCESS);
    service_end(L"FxTestPlain");
    settings_delete(L"FxTestPlain");
}

static void with(void)
{
    static const WCHAR types[] = L"WDFSTRING\0WDFOBJECT\0";
    HANDLE key;

    service_make(L"FxTestVerified", L"verified.sys");
    setting(L"FxTestVerified", L"VerifierOn", 1);
    setting(L"FxTestVerified", L"EnhancedVerifierOptions", 1);
    key = service_key(L"FxTestVerified", L"Parameters\\Wdf");
    service_value(key, L"TrackHandles", REG_MULTI_SZ, types, sizeof(types));
    ZwClose(key);
    expect_status(service_load(L"FxTestVerified"), STATUS_SUCCESS);
    service_end(L"FxTestVerified");
    settings_delete(L"FxTestVerified");
}

/* With n allocations the n + 1st fails: the driver does not start, and nothing is left; with
 * enough it does. */
static void allocations_fail(void)
{
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    ULONG count;

    service_make(L"FxTestFew", L"verified.sys");
    setting(L"FxTestFew", L"VerifierOn", 1);
    for (count = 0; count < 100 && status == STATUS_INSUFFICIENT_RESOURCES; count++) {
        setting(L"FxTestFew", L"VerifierAllocateFailCount", count);
        status = service_load(L"FxTestFew");
    }
    expect_status(status, STATUS_SUCCESS);
    expect(count > 5 && count < 100);
    if (NT_SUCCESS(status))
        service_end(L"FxTestFew");
    settings_delete(L"FxTestFew");
}

/* A client of the verifier beside our own: its table is another one, and looks at handles. */
static void another_table(void)
{
    WDFFUNC *plain = NULL, *verified = NULL;
    WDF_BIND_INFO info = {sizeof(info), L"KmdfLibrary", {1, 33, 0}, 458, (WDFFUNC *)&plain, NULL};
    PWDF_COMPONENT_GLOBALS globals;
    WCHAR path[SERVICE_CHARS];
    UNICODE_STRING service;
    WDFOBJECT object = NULL;

    expect_status(WdfVersionBind(drivertest_driver, &drivertest_registry_path, &info, &globals),
                  STATUS_SUCCESS);
    WdfVersionUnbind(&drivertest_registry_path, &info, globals);
    service_make(L"FxTestOther", L"verified.sys");
    setting(L"FxTestOther", L"VerifierOn", 1);
    service_path(L"FxTestOther", path, &service);
    info.FuncTable = (WDFFUNC *)&verified;
    expect_status(WdfVersionBind(drivertest_driver, &service, &info, &globals), STATUS_SUCCESS);
    expect(plain != NULL && verified != NULL && plain != verified);
    expect(plain[WdfObjectDeleteTableIndex] != verified[WdfObjectDeleteTableIndex]);
    /* Said in the log, and done: what is deleted is ours. */
    expect_status(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &object), STATUS_SUCCESS);
    ((PFN_WDFOBJECTDELETE)verified[WdfObjectDeleteTableIndex])((PWDF_DRIVER_GLOBALS)globals,
                                                               object);
    WdfVersionUnbind(&service, &info, globals);
    settings_delete(L"FxTestOther");
}

DRIVERTEST_LIST = {
    DRIVERTEST(without),       DRIVERTEST(with), DRIVERTEST(allocations_fail),
    DRIVERTEST(another_table), DRIVERTEST_END,
};
