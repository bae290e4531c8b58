/* SPDX-License-Identifier: MIT */
/* add_device.c - AddDevice of every client: EvtDriverDeviceAdd with a WDFDEVICE_INIT.
 *
 * In: a driver and the PDO of a stack; out: the device that the driver created, attached and open
 * for IRPs, or none. What a driver created and then refused is undone here.
 */
#include "device_internal.h"

NTSTATUS NTAPI device_add(PDRIVER_OBJECT driver_object, PDEVICE_OBJECT physical)
{
    struct fx_globals *globals = fx_client_find(driver_object);
    struct WDFDEVICE_INIT *init;
    struct fx_device *device;
    struct fx_driver *driver;
    NTSTATUS status;

    if (globals == NULL || globals->driver == NULL)
        return STATUS_UNSUCCESSFUL;
    driver = globals->driver;
    if (driver->config.EvtDriverDeviceAdd == NULL) {
        fx_log(globals, FX_LOG_ERROR,
               "the driver has no EvtDriverDeviceAdd, but PnP adds a device");
        return STATUS_UNSUCCESSFUL;
    }
    init = init_create(driver, FX_DEVICE_FDO);
    if (init == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    init->physical = physical;
    init->ours = TRUE;
    status = driver->config.EvtDriverDeviceAdd(globals->abi.Driver, init);
    device = init->created;
    init_free(init);
    if (device == NULL)
        return status;
    if (NT_SUCCESS(status)) {
        device->wdm->Flags &= ~DO_DEVICE_INITIALIZING;
        return status;
    }
    fx_log(globals, FX_LOG_ERROR,
           "EvtDriverDeviceAdd created WDFDEVICE %p and then failed with %x: the device is deleted",
           device_handle(device), status);
    /* A filter that cannot do its work leaves the stack as it is. */
    if (device->kind == FX_DEVICE_FILTER)
        status = STATUS_SUCCESS;
    device_cancel(device);
    return status;
}
