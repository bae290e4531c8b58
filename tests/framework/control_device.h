/* SPDX-License-Identifier: MIT */
/* control_device.h - a device of the Framework for tests that want one above their objects. */
#ifndef TESTS_CONTROL_DEVICE_H
#define TESTS_CONTROL_DEVICE_H

#include "kmdf_test.h"

/* Without a name; delete it with WdfObjectDelete. NULL: a check has failed. */
static WDFDEVICE control_device_create(WDF_SYNCHRONIZATION_SCOPE scope, WDF_EXECUTION_LEVEL level)
{
    static const UNICODE_STRING everybody = RTL_CONSTANT_STRING(L"D:P(A;;GA;;;WD)");
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(kmdf_driver, &everybody);
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDEVICE device = NULL;

    expect(init != NULL);
    if (!init)
        return NULL;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.SynchronizationScope = scope;
    attributes.ExecutionLevel = level;
    expect_status(WdfDeviceCreate(&init, &attributes, &device), STATUS_SUCCESS);
    if (!device) {
        WdfDeviceInitFree(init);
        return NULL;
    }
    WdfControlFinishInitializing(device);
    return device;
}

#endif
