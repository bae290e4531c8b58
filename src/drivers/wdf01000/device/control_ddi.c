/* SPDX-License-Identifier: MIT */
/* control_ddi.c - control devices: no PnP, a name, alive until the driver deletes them or goes. */
#include "device_internal.h"

PWDFDEVICE_INIT NTAPI imp_WdfControlDeviceInitAllocate(PWDF_DRIVER_GLOBALS abi, WDFDRIVER Driver,
                                                       CONST UNICODE_STRING *SDDLString)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_driver *driver = fx_driver_of(globals, Driver);
    struct WDFDEVICE_INIT *init;

    fx_needed(globals, SDDLString);
    if (!NT_SUCCESS(passive_check(globals, "WdfControlDeviceInitAllocate")))
        return NULL;
    init = init_create(driver, FX_DEVICE_CONTROL);
    if (init == NULL)
        return NULL;
    if (!NT_SUCCESS(name_copy(globals, SDDLString, &init->sddl))) {
        init_free(init);
        return NULL;
    }
    return init;
}

VOID NTAPI imp_WdfControlDeviceInitSetShutdownNotification(
    PWDF_DRIVER_GLOBALS abi, PWDFDEVICE_INIT DeviceInit,
    PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION Notification, UCHAR Flags)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct WDFDEVICE_INIT *init = init_of(globals, DeviceInit);

    fx_needed(globals, Notification);
    if (init->kind != FX_DEVICE_CONTROL || Flags == 0 ||
        (Flags & ~(WdfDeviceShutdown | WdfDeviceLastChanceShutdown)) != 0) {
        fx_log(
            globals, FX_LOG_ERROR,
            "WdfControlDeviceInitSetShutdownNotification: flags %x, or the WDFDEVICE_INIT is not "
            "one of a control device",
            Flags);
        return;
    }
    init->shutdown = Notification;
    init->shutdown_flags = Flags;
}

VOID NTAPI imp_WdfControlFinishInitializing(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);
    NTSTATUS status = STATUS_SUCCESS;

    if (!NT_SUCCESS(passive_check(globals, "WdfControlFinishInitializing")))
        return;
    if (device->kind != FX_DEVICE_CONTROL || device->wdm == NULL) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfControlFinishInitializing: WDFDEVICE %p is no control device", Device);
        return;
    }
    fx_wmi_start(device);
    if ((device->own->shutdown_flags & WdfDeviceShutdown) != 0)
        status = IoRegisterShutdownNotification(device->wdm);
    else if ((device->own->shutdown_flags & WdfDeviceLastChanceShutdown) != 0)
        status = IoRegisterLastChanceShutdownNotification(device->wdm);
    if (!NT_SUCCESS(status))
        fx_log(globals, FX_LOG_ERROR,
               "WdfControlFinishInitializing: no shutdown notification: status %x", status);
    else
        device->own->shutdown_registered = device->own->shutdown_flags != 0;
    device->wdm->Flags &= ~DO_DEVICE_INITIALIZING;
}
