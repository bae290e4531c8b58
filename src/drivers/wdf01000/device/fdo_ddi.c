/* SPDX-License-Identifier: MIT */
/* fdo_ddi.c - WdfFdo…: what only a device with a stack below it has. */
#include "device_internal.h"

/* The init of an FDO, or NULL for one of another kind: logged. */
static struct WDFDEVICE_INIT *fdo_init_of(struct fx_globals *globals, PWDFDEVICE_INIT DeviceInit,
                                          const char *call)
{
    struct WDFDEVICE_INIT *init = init_of(globals, DeviceInit);

    if (init->kind == FX_DEVICE_FDO || init->kind == FX_DEVICE_FILTER)
        return init;
    fx_log(globals, FX_LOG_ERROR, "%s: the WDFDEVICE_INIT is not one of an FDO", call);
    return NULL;
}

PDEVICE_OBJECT NTAPI imp_WdfFdoInitWdmGetPhysicalDevice(PWDF_DRIVER_GLOBALS abi,
                                                        PWDFDEVICE_INIT DeviceInit)
{
    struct WDFDEVICE_INIT *init =
        fdo_init_of(fx_globals_of(abi), DeviceInit, "WdfFdoInitWdmGetPhysicalDevice");

    return init != NULL ? init->physical : NULL;
}

VOID NTAPI imp_WdfFdoInitSetFilter(PWDF_DRIVER_GLOBALS abi, PWDFDEVICE_INIT DeviceInit)
{
    struct WDFDEVICE_INIT *init =
        fdo_init_of(fx_globals_of(abi), DeviceInit, "WdfFdoInitSetFilter");

    if (init != NULL)
        init->kind = FX_DEVICE_FILTER;
}

VOID NTAPI imp_WdfFdoInitSetDefaultChildListConfig(
    PWDF_DRIVER_GLOBALS abi, PWDFDEVICE_INIT DeviceInit, PWDF_CHILD_LIST_CONFIG Config,
    PWDF_OBJECT_ATTRIBUTES DefaultChildListAttributes)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct WDFDEVICE_INIT *init =
        fdo_init_of(globals, DeviceInit, "WdfFdoInitSetDefaultChildListConfig");
    WDF_CHILD_LIST_CONFIG config;

    fx_needed(globals, Config);
    if (init == NULL || !NT_SUCCESS(child_list_config_check(globals, Config, &config)) ||
        !NT_SUCCESS(fx_attributes_check(globals, &fx_type_child_list, DefaultChildListAttributes)))
        return;
    init->list_config = config;
    if (DefaultChildListAttributes != NULL)
        init->list_attributes = *DefaultChildListAttributes;
    else
        init->list_attributes.Size = 0;
}

WDFCHILDLIST NTAPI imp_WdfFdoGetDefaultChildList(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Fdo)
{
    struct fx_device *device = device_of(fx_globals_of(abi), Fdo);
    struct fx_child_list *list = device->own->default_list;

    return list != NULL ? (WDFCHILDLIST)fx_handle_of(&list->object) : NULL;
}

NTSTATUS NTAPI imp_WdfFdoQueryForInterface(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Fdo,
                                           LPCGUID InterfaceType, PINTERFACE Interface, USHORT Size,
                                           USHORT Version, PVOID InterfaceSpecificData)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Fdo);
    NTSTATUS status = passive_check(globals, "WdfFdoQueryForInterface");

    fx_needed(globals, InterfaceType);
    fx_needed(globals, Interface);
    if (!NT_SUCCESS(status))
        return status;
    if (!device_is_fdo(device)) {
        fx_log(globals, FX_LOG_ERROR, "WdfFdoQueryForInterface: WDFDEVICE %p is no FDO", Fdo);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    /* The whole stack is asked, as PnP would: filters above may answer, too. */
    return fx_interface_query(device->wdm, InterfaceType, Interface, Size, Version,
                              InterfaceSpecificData);
}
