/* SPDX-License-Identifier: MIT */
/* bind.c - binding as the entry library does it: counts, versions, class extensions, drivers that
 * fail to start.
 */
#define INITGUID
#include "kmdf_test.h"

#include <wdfldr.h>

#include "service.h"

/* ---- drivers ------------------------------------------------------------------------------------
 */

static WDFFUNC functions[500];
static WDFFUNC *function_pointer;
static const struct {
    ULONG minor, count;
} known[] = {{9, 396},  {11, 432}, {13, 438}, {15, 444}, {17, 444}, {19, 446}, {21, 448},
             {23, 451}, {25, 453}, {27, 453}, {29, 454}, {31, 458}, {33, 458}};

static NTSTATUS bind(WDF_BIND_INFO *info, PWDF_COMPONENT_GLOBALS *globals)
{
    *globals = NULL;
    return WdfVersionBind(drivertest_driver, &drivertest_registry_path, info, globals);
}

static WDF_BIND_INFO info_of(ULONG minor, ULONG count)
{
    WDF_BIND_INFO info = {sizeof(info), L"KmdfLibrary", {1, minor, 0}, count, NULL, NULL};

    info.FuncTable = count <= 438 ? functions : (WDFFUNC *)&function_pointer;
    RtlZeroMemory(functions, sizeof(functions));
    function_pointer = NULL;
    return info;
}

/* Up to 1.13 the table is copied, to the entry and not beyond; later it is pointed to. */
static void every_version(void)
{
    PWDF_COMPONENT_GLOBALS globals;

    for (ULONG i = 0; i < ARRAYSIZE(known); i++) {
        WDF_BIND_INFO info = info_of(known[i].minor, known[i].count);
        expect_status(bind(&info, &globals), STATUS_SUCCESS);
        expect(globals != NULL && info.Module != NULL);
        if (known[i].count <= 438) {
            expect(functions[0] != NULL && functions[known[i].count - 1] != NULL);
            expect(functions[known[i].count] == NULL && function_pointer == NULL);
        } else {
            expect(functions[0] == NULL && function_pointer != NULL);
            expect(function_pointer[known[i].count - 1] != NULL);
        }
        expect_status(WdfVersionUnbind(&drivertest_registry_path, &info, globals), STATUS_SUCCESS);
        expect(info.Module == NULL);
    }
}

static void other_counts(void)
{
    static const ULONG counts[] = {0, 1, 395, 397, 433, 439, 445, 452, 457, 459, 500};
    PWDF_COMPONENT_GLOBALS globals;

    for (ULONG i = 0; i < ARRAYSIZE(counts); i++) {
        WDF_BIND_INFO info = info_of(9, counts[i]);
        expect_status(bind(&info, &globals), STATUS_INVALID_PARAMETER);
        expect(globals == NULL && info.Module == NULL);
        expect(functions[0] == NULL && function_pointer == NULL);
    }
}

static void other_components(void)
{
    PWDF_COMPONENT_GLOBALS globals;
    WDF_BIND_INFO info = info_of(15, 444);

    info.Component = L"NobodysLibrary";
    expect(!NT_SUCCESS(bind(&info, &globals)));
    info = info_of(15, 444);
    info.Version.Major = 7; /* service Wdf07000 is not there */
    expect(!NT_SUCCESS(bind(&info, &globals)));
    info = info_of(35, 458);
    expect_status(bind(&info, &globals), STATUS_REVISION_MISMATCH);
    info = info_of(15, 444);
    info.Size = 47;
    expect_status(bind(&info, &globals), STATUS_INVALID_PARAMETER);
    info = info_of(15, 444);
    info.FuncTable = NULL;
    expect_status(bind(&info, &globals), STATUS_INVALID_PARAMETER);
    expect_status(WdfVersionUnbind(&drivertest_registry_path, &info, NULL),
                  STATUS_INVALID_PARAMETER);
}

/* From 1.25 on a driver may be newer than the Framework and is told so. */
static void newer_than_the_framework(void)
{
    ULONG minimum = 31, function_count = 0, struct_count = 0;
    BOOLEAN is_higher = 9;
    size_t *sizes = NULL;
    PWDF_COMPONENT_GLOBALS globals;
    WDF_BIND_INFO2 info = {info_of(99, 700), &minimum,      &is_higher,
                           &function_count,  &struct_count, &sizes};

    info.V1.Size = sizeof(info);
    expect_status(bind(&info.V1, &globals), STATUS_SUCCESS);
    expect_number(is_higher, TRUE);
    expect_number(function_count, 458);
    expect_number(struct_count, 81);
    expect(sizes != NULL && sizes[INDEX_WDF_OBJECT_ATTRIBUTES] == sizeof(WDF_OBJECT_ATTRIBUTES));
    expect_status(WdfVersionUnbind(&drivertest_registry_path, &info.V1, globals), STATUS_SUCCESS);
    minimum = 35;
    expect_status(bind(&info.V1, &globals), STATUS_REVISION_MISMATCH);
    info.V1 = info_of(31, 458);
    info.V1.Size = sizeof(info);
    minimum = 25;
    expect_status(bind(&info.V1, &globals), STATUS_SUCCESS);
    expect_number(is_higher, FALSE);
    expect_status(WdfVersionUnbind(&drivertest_registry_path, &info.V1, globals), STATUS_SUCCESS);
}

static void the_loader(void)
{
    DECLARE_CONST_UNICODE_STRING(print, L"DbgPrintOn");
    DECLARE_CONST_UNICODE_STRING(none, L"NoSuchValue");
    WDF_LOADER_INTERFACE loader = {{&GUID_WDF_LOADER_INTERFACE_STANDARD, sizeof(loader)}};
    ULONG value = 7;

    expect_status(WdfLdrDiagnosticsValueByNameAsULONG((PUNICODE_STRING)&print, &value),
                  STATUS_SUCCESS);
    expect_number(value, 1);
    expect_status(WdfLdrDiagnosticsValueByNameAsULONG((PUNICODE_STRING)&none, &value),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(WdfLdrQueryInterface(&loader.Header), STATUS_SUCCESS);
    expect(loader.VersionBind != NULL && loader.VersionUnbind != NULL &&
           loader.RegisterLibrary != NULL && loader.DiagnosticsValueByNameAsULONG != NULL);
    loader.Header.InterfaceSize--;
    expect_status(WdfLdrQueryInterface(&loader.Header), STATUS_INVALID_PARAMETER);
    expect_status(WdfRegisterLibrary(NULL, &drivertest_registry_path, &print),
                  STATUS_INVALID_PARAMETER);
    expect_status(WdfRegisterClassLibrary(NULL, NULL, NULL), STATUS_INVALID_PARAMETER);
}

/* ---- class extensions ---------------------------------------------------------------------------
 */

static WDFFUNC class_functions[2];

static NTSTATUS class_bind(WDF_CLASS_BIND_INFO *class)
{
    WDF_BIND_INFO info = info_of(15, 444);

    return WdfVersionBindClass(&info, (PWDF_COMPONENT_GLOBALS)WdfDriverGlobals, class);
}

/* The class extension is loaded for its first client, by its service's name, and stays while it has
 * one.
 */
static void class_extension(void)
{
    WDF_CLASS_BIND_INFO class = {sizeof(class), L"FxTestCx1", {1, 1, 0}, class_functions, 2};

    expect(!NT_SUCCESS(class_bind(&class)));
    service_make(L"FxTestCx1", L"class_library.sys");
    expect_status(class_bind(&class), STATUS_SUCCESS);
    expect(class_functions[0] != NULL && class_functions[1] != NULL);
    expect(class.ClassModule != NULL && class.ClassBindInfo != NULL);
    /* Its device is held open: asked to unload, it waits for its client. */
    expect_status(service_unload(L"FxTestCx1"), STATUS_SUCCESS);
    expect_number(((ULONG(*)(void))class_functions[0])(), 1);
    WdfVersionUnbindClass(NULL, (PWDF_COMPONENT_GLOBALS)WdfDriverGlobals, &class);
    expect(class.ClassModule == NULL);
    service_end(L"FxTestCx1");
    service_delete(L"FxTestCx1", NULL);
}

/* What a class extension has begun ends with its last client, and begins anew with the next. */
static void class_begins_and_ends(void)
{
    WDF_CLASS_BIND_INFO class = {sizeof(class), L"FxTestCx3", {1, 1, 0}, class_functions, 2};
    WDF_CLASS_BIND_INFO second = class;

    service_make(L"FxTestCx3", L"class_library.sys");
    for (ULONG i = 0; i < 3; i++) {
        expect_status(class_bind(&class), STATUS_SUCCESS);
        expect_number(((ULONG(*)(void))class_functions[1])(), (i + 1) | i << 16);
        expect_status(class_bind(&second), STATUS_SUCCESS);
        WdfVersionUnbindClass(NULL, (PWDF_COMPONENT_GLOBALS)WdfDriverGlobals, &class);
        expect_number(((ULONG(*)(void))class_functions[1])(), (i + 1) | i << 16);
        WdfVersionUnbindClass(NULL, (PWDF_COMPONENT_GLOBALS)WdfDriverGlobals, &second);
    }
    service_end(L"FxTestCx3");
    service_delete(L"FxTestCx3", NULL);
}

static void class_versions(void)
{
    WDF_CLASS_BIND_INFO class = {sizeof(class), L"FxTestCx2", {1, 2, 0}, class_functions, 2};

    service_make(L"FxTestCx2", L"class_library.sys");
    expect_status(class_bind(&class), STATUS_REVISION_MISMATCH);
    class.Version.Minor = 0;
    expect_status(class_bind(&class), STATUS_SUCCESS);
    WdfVersionUnbindClass(NULL, (PWDF_COMPONENT_GLOBALS)WdfDriverGlobals, &class);
    class.FunctionTableCount = 3; /* the library's own rule */
    expect_status(class_bind(&class), STATUS_INVALID_PARAMETER);
    class.Size = 79;
    expect_status(class_bind(&class), STATUS_INVALID_PARAMETER);
    service_end(L"FxTestCx2");
    service_delete(L"FxTestCx2", NULL);
}

/* A whole driver whose records lie in .kmdfclassbind and .kmdftypeinit. */
static void a_client_of_a_class(void)
{
    service_make(L"FxTestClient", L"class_client.sys");
    expect(!NT_SUCCESS(service_load(L"FxTestClient"))); /* no class extension, no driver */
    service_make(L"FxTestCx", L"class_library.sys");
    expect_status(service_load(L"FxTestClient"), STATUS_SUCCESS);
    expect_status(service_unload(L"FxTestClient"), STATUS_SUCCESS);
    service_end(L"FxTestCx");
    service_delete(L"FxTestCx", NULL);
    service_delete(L"FxTestClient", NULL);
}

/* ---- drivers that fail
 * --------------------------------------------------------------------------- */

/* Whatever a driver had made before its DriverEntry failed is gone; the count of pool says so. */
static void a_driver_that_fails(void)
{
    service_make(L"FxTestFailing", L"failing.sys");
    for (int i = 0; i < 3; i++)
        expect_status(service_load(L"FxTestFailing"), STATUS_DEVICE_NOT_READY);
    service_delete(L"FxTestFailing", NULL);
}

/* Another library owns the driver object; the driver says itself when the Framework may go. */
static void a_miniport(void)
{
    service_make(L"FxTestMiniport", L"miniport.sys");
    for (int i = 0; i < 2; i++) {
        expect_status(service_load(L"FxTestMiniport"), STATUS_SUCCESS);
        expect_status(service_unload(L"FxTestMiniport"), STATUS_SUCCESS);
    }
    service_delete(L"FxTestMiniport", NULL);
}

DRIVERTEST_LIST = {
    DRIVERTEST(every_version),
    DRIVERTEST(other_counts),
    DRIVERTEST(other_components),
    DRIVERTEST(newer_than_the_framework),
    DRIVERTEST(the_loader),
    DRIVERTEST(class_extension),
    DRIVERTEST(class_begins_and_ends),
    DRIVERTEST(class_versions),
    DRIVERTEST(a_client_of_a_class),
    DRIVERTEST(a_driver_that_fails),
    DRIVERTEST(a_miniport),
    DRIVERTEST_END,
};
