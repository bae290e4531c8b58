/* SPDX-License-Identifier: MIT */
/* kmdf_main.c - DriverEntry of a test driver of the Framework.
 *
 * The Framework takes the driver object first; then drivertest_main.c puts its own device and its
 * dispatch routine in front. IRPs for other devices go to what the Framework had installed.
 */
#include "kmdf_test.h"

WDFDRIVER kmdf_driver;
#pragma comment(linker, "/alternatename:kmdf_device_add=kmdf_no_device_add")
PFN_WDF_DRIVER_DEVICE_ADD kmdf_no_device_add = NULL;

/* DriverEntry of drivertest_main.c, renamed where it is compiled. */
DRIVER_INITIALIZE drivertest_entry;
DRIVER_INITIALIZE DriverEntry;

static PDRIVER_DISPATCH framework_dispatch[IRP_MJ_MAXIMUM_FUNCTION + 1];
static PDRIVER_UNLOAD framework_unload, test_unload;

static NTSTATUS dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    return framework_dispatch[IoGetCurrentIrpStackLocation(irp)->MajorFunction](device, irp);
}

static VOID unload(PDRIVER_OBJECT driver)
{
    test_unload(driver);
    framework_unload(driver);
}

static VOID evt_unload(WDFDRIVER driver)
{
    kmdf_driver = NULL;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;
    NTSTATUS status;

    WDF_DRIVER_CONFIG_INIT(&config, kmdf_device_add);
    if (kmdf_device_add == NULL)
        config.DriverInitFlags = WdfDriverInitNonPnpDriver;
    config.EvtDriverUnload = evt_unload;
    config.DriverPoolTag = 'tmdK';
    status = WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                             &kmdf_driver);
    if (!NT_SUCCESS(status))
        return status;
    RtlCopyMemory(framework_dispatch, DriverObject->MajorFunction, sizeof(framework_dispatch));
    framework_unload = DriverObject->DriverUnload;
    status = drivertest_entry(DriverObject, RegistryPath);
    if (!NT_SUCCESS(status))
        return status;
    drivertest_dispatch = dispatch;
    test_unload = DriverObject->DriverUnload;
    DriverObject->DriverUnload = unload;
    return STATUS_SUCCESS;
}
