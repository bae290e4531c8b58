/* SPDX-License-Identifier: MIT */
/* interface_ddi.c - the driver's calls about device interfaces and query interfaces. */
#include "device_internal.h"

NTSTATUS NTAPI imp_WdfDeviceCreateDeviceInterface(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                                  CONST GUID *InterfaceClassGUID,
                                                  PCUNICODE_STRING ReferenceString)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);
    NTSTATUS status = passive_check(globals, "WdfDeviceCreateDeviceInterface");

    fx_needed(globals, InterfaceClassGUID);
    if (!NT_SUCCESS(status))
        return status;
    if (device->kind == FX_DEVICE_CONTROL) {
        fx_log(globals, FX_LOG_ERROR,
               "WdfDeviceCreateDeviceInterface: control device %p is not known to PnP", Device);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return interface_create(device, InterfaceClassGUID, ReferenceString);
}

static void state_set(struct fx_globals *globals, WDFDEVICE Device, CONST GUID *InterfaceClassGUID,
                      PCUNICODE_STRING ReferenceString, BOOLEAN enable, BOOLEAN remember)
{
    struct fx_device *device = device_of(globals, Device);
    NTSTATUS status;

    if (!NT_SUCCESS(passive_check(globals, "WdfDeviceSetDeviceInterfaceState")))
        return;
    status = interface_state_set(device, InterfaceClassGUID, ReferenceString, enable, remember);
    if (!NT_SUCCESS(status))
        fx_log(globals, FX_LOG_ERROR,
               "WdfDeviceSetDeviceInterfaceState: WDFDEVICE %p, status %x: was it created with the "
               "same reference string?",
               Device, status);
}

VOID NTAPI imp_WdfDeviceSetDeviceInterfaceState(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                                CONST GUID *InterfaceClassGUID,
                                                PCUNICODE_STRING ReferenceString,
                                                BOOLEAN IsInterfaceEnabled)
{
    struct fx_globals *globals = fx_globals_of(abi);

    fx_needed(globals, InterfaceClassGUID);
    state_set(globals, Device, InterfaceClassGUID, ReferenceString, IsInterfaceEnabled, FALSE);
}

VOID NTAPI imp_WdfDeviceSetDeviceInterfaceStateEx(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                                  CONST GUID *InterfaceClassGUID,
                                                  PCUNICODE_STRING ReferenceString,
                                                  BOOLEAN IsInterfaceEnabled)
{
    struct fx_globals *globals = fx_globals_of(abi);

    fx_needed(globals, InterfaceClassGUID);
    state_set(globals, Device, InterfaceClassGUID, ReferenceString, IsInterfaceEnabled, TRUE);
}

NTSTATUS NTAPI imp_WdfDeviceRetrieveDeviceInterfaceString(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                                          CONST GUID *InterfaceClassGUID,
                                                          PCUNICODE_STRING ReferenceString,
                                                          WDFSTRING String)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);
    struct fx_string *string = (struct fx_string *)fx_object_of(globals, String, &fx_type_string);
    NTSTATUS status = passive_check(globals, "WdfDeviceRetrieveDeviceInterfaceString");

    fx_needed(globals, InterfaceClassGUID);
    if (!NT_SUCCESS(status))
        return status;
    return interface_string(device, InterfaceClassGUID, ReferenceString, string);
}

NTSTATUS NTAPI imp_WdfDeviceAddQueryInterface(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                              PWDF_QUERY_INTERFACE_CONFIG InterfaceConfig)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);
    WDF_QUERY_INTERFACE_CONFIG config;
    NTSTATUS status = passive_check(globals, "WdfDeviceAddQueryInterface");

    fx_needed(globals, InterfaceConfig);
    if (NT_SUCCESS(status))
        status = fx_struct_copy(globals, &config, sizeof config, InterfaceConfig,
                                INDEX_WDF_QUERY_INTERFACE_CONFIG);
    if (!NT_SUCCESS(status))
        return status;
    fx_needed(globals, config.InterfaceType);
    return query_interface_add(device, &config);
}
