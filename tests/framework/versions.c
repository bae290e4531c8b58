/* SPDX-License-Identifier: MIT */
/* versions.c - a driver built for one version of the Framework, for each version: what it was bound
 * to, and that it works.
 */
#include "kmdf_test.h"

typedef struct _THING {
    ULONG number;
} THING;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(THING, thing_of);

static void table(void)
{
    ULONG i, missing = 0;

    for (i = 0; i < WdfFunctionTableNumEntries; i++)
        missing += WdfFunctions[i] == NULL;
    expect_number(missing, 0);
    expect_number(KMDF_VERSION_MINOR < 11   ? 396
                  : KMDF_VERSION_MINOR < 13 ? 432
                  : KMDF_VERSION_MINOR < 15 ? 438
                  : KMDF_VERSION_MINOR < 19 ? 444
                  : KMDF_VERSION_MINOR < 21 ? 446
                  : KMDF_VERSION_MINOR < 23 ? 448
                  : KMDF_VERSION_MINOR < 25 ? 451
                  : KMDF_VERSION_MINOR < 29 ? 453
                  : KMDF_VERSION_MINOR < 31 ? 454
                                            : 458,
                  WdfFunctionTableNumEntries);
}

static void globals(void)
{
    expect(WdfDriverGlobals != NULL && WdfDriverGlobals->Driver == kmdf_driver);
    expect(WdfDriverGlobals->DriverFlags == WdfDriverInitNonPnpDriver);
    expect(strncmp(WdfDriverGlobals->DriverName, "version_", 8) == 0);
}

static void counts(void)
{
#if KMDF_VERSION_MINOR >= 25
    expect(!WdfClientVersionHigherThanFramework);
    expect_number(WdfFunctionCount, 458);
    expect_number(WdfStructureCount, 81);
    expect_number(WdfStructures[INDEX_WDF_OBJECT_ATTRIBUTES], sizeof(WDF_OBJECT_ATTRIBUTES));
    expect_number(WdfStructures[INDEX_WDF_DRIVER_CONFIG], sizeof(WDF_DRIVER_CONFIG));
    expect(WDF_IS_FUNCTION_AVAILABLE(WdfDriverCreate));
    expect(WDF_IS_FIELD_AVAILABLE(WDF_DRIVER_CONFIG, DriverPoolTag));
#endif
}

static void objects(void)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFOBJECT object = NULL;

    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, THING);
    expect_status(WdfObjectCreate(&attributes, &object), STATUS_SUCCESS);
    thing_of(object)->number = KMDF_VERSION_MINOR;
    expect(WdfObjectContextGetObject(thing_of(object)) == object);
    WdfObjectDelete(object);
}

DRIVERTEST_LIST = {
    DRIVERTEST(table), DRIVERTEST(globals), DRIVERTEST(counts), DRIVERTEST(objects), DRIVERTEST_END,
};
