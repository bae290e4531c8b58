/* SPDX-License-Identifier: MIT */
/* device_ddi.c - WdfDeviceCreate, and what a driver asks of and sets in a device afterwards. */
#include "device_internal.h"

NTSTATUS NTAPI imp_WdfDeviceCreate(PWDF_DRIVER_GLOBALS abi, PWDFDEVICE_INIT *DeviceInit,
                                   PWDF_OBJECT_ATTRIBUTES DeviceAttributes, WDFDEVICE *Device)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct WDFDEVICE_INIT *init;
    struct fx_device *device;
    NTSTATUS status;

    fx_needed(globals, DeviceInit);
    fx_needed(globals, Device);
    init = init_of(globals, *DeviceInit);
    *Device = NULL;
    status = passive_check(globals, "WdfDeviceCreate");
    if (!NT_SUCCESS(status))
        return status;
    status = device_create(init, DeviceAttributes, &device);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&device->object, _ReturnAddress());
    *DeviceInit = NULL;
    if (!init->ours)
        init_free(init);
    *Device = device_handle(device);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfDeviceMiniportCreate(PWDF_DRIVER_GLOBALS abi, WDFDRIVER Driver,
                                           PWDF_OBJECT_ATTRIBUTES Attributes,
                                           PDEVICE_OBJECT DeviceObject,
                                           PDEVICE_OBJECT AttachedDeviceObject, PDEVICE_OBJECT Pdo,
                                           WDFDEVICE *Device)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_driver *driver = fx_driver_of(globals, Driver);
    struct WDFDEVICE_INIT *init;
    struct fx_device *device;
    NTSTATUS status;

    fx_needed(globals, DeviceObject);
    fx_needed(globals, AttachedDeviceObject);
    fx_needed(globals, Pdo);
    fx_needed(globals, Device);
    *Device = NULL;
    init = init_create(driver, FX_DEVICE_MINIPORT);
    if (init == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    init->miniport = DeviceObject;
    init->miniport_lower = AttachedDeviceObject;
    init->physical = Pdo;
    status = device_create(init, Attributes, &device);
    init_free(init);
    if (NT_SUCCESS(status))
        *Device = device_handle(device);
    return status;
}

PDEVICE_OBJECT NTAPI imp_WdfDeviceWdmGetDeviceObject(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device)
{
    return device_of(fx_globals_of(abi), Device)->wdm;
}

PDEVICE_OBJECT NTAPI imp_WdfDeviceWdmGetAttachedDevice(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device)
{
    return device_of(fx_globals_of(abi), Device)->lower;
}

PDEVICE_OBJECT NTAPI imp_WdfDeviceWdmGetPhysicalDevice(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device)
{
    return device_of(fx_globals_of(abi), Device)->physical;
}

WDFDRIVER NTAPI imp_WdfDeviceGetDriver(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device)
{
    return (WDFDRIVER)fx_handle_of(&device_of(fx_globals_of(abi), Device)->driver->object);
}

NTSTATUS NTAPI imp_WdfDeviceRetrieveDeviceName(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                               WDFSTRING String)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);
    struct fx_string *string = (struct fx_string *)fx_object_of(globals, String, &fx_type_string);
    NTSTATUS status = passive_check(globals, "WdfDeviceRetrieveDeviceName");

    if (!NT_SUCCESS(status))
        return status;
    if (device->own->name.Buffer == NULL) {
        fx_log(globals, FX_LOG_ERROR, "WdfDeviceRetrieveDeviceName: WDFDEVICE %p was given no name",
               Device);
        return STATUS_INVALID_DEVICE_STATE;
    }
    return fx_string_assign(string, &device->own->name);
}

VOID NTAPI imp_WdfDeviceSetCharacteristics(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                           ULONG DeviceCharacteristics)
{
    device_of(fx_globals_of(abi), Device)->wdm->Characteristics = DeviceCharacteristics;
}

ULONG NTAPI imp_WdfDeviceGetCharacteristics(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device)
{
    return device_of(fx_globals_of(abi), Device)->wdm->Characteristics;
}

VOID NTAPI imp_WdfDeviceSetAlignmentRequirement(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                                ULONG AlignmentRequirement)
{
    device_of(fx_globals_of(abi), Device)->wdm->AlignmentRequirement = AlignmentRequirement;
}

ULONG NTAPI imp_WdfDeviceGetAlignmentRequirement(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device)
{
    return device_of(fx_globals_of(abi), Device)->wdm->AlignmentRequirement;
}

VOID NTAPI imp_WdfDeviceSetBusInformationForChildren(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                                     PPNP_BUS_INFORMATION BusInformation)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);

    fx_needed(globals, BusInformation);
    device->own->bus_information = *BusInformation;
    device->own->has_bus_information = TRUE;
}

/* The name that a symbolic link leads to: the device's own, or that of its PDO. */
static NTSTATUS link_target(struct fx_device *device, UNICODE_STRING *out_name)
{
    struct fx_globals *globals = device->object.globals;
    DEVICE_OBJECT *physical = device_known_physical(device);
    ULONG length = 0;
    PWCH buffer;
    NTSTATUS status;

    if (device->own->name.Buffer != NULL)
        return name_copy(globals, &device->own->name, out_name);
    if (device->kind == FX_DEVICE_CONTROL || physical == NULL) {
        fx_log(
            globals, FX_LOG_ERROR,
            "WdfDeviceCreateSymbolicLink: WDFDEVICE %p has no name: call WdfDeviceInitAssignName",
            device_handle(device));
        return STATUS_INVALID_DEVICE_STATE;
    }
    status =
        IoGetDeviceProperty(physical, DevicePropertyPhysicalDeviceObjectName, 0, NULL, &length);
    if (status != STATUS_BUFFER_TOO_SMALL && !NT_SUCCESS(status))
        return status;
    if (length < sizeof(WCHAR) || length > MAXUSHORT)
        return STATUS_INVALID_DEVICE_STATE;
    buffer = room_allocate(globals, length);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoGetDeviceProperty(physical, DevicePropertyPhysicalDeviceObjectName, length, buffer,
                                 &length);
    if (!NT_SUCCESS(status)) {
        room_free(buffer);
        return status;
    }
    out_name->Buffer = buffer;
    out_name->MaximumLength = (USHORT)length;
    out_name->Length = (USHORT)(length - sizeof(WCHAR));
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfDeviceCreateSymbolicLink(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                               PCUNICODE_STRING SymbolicLinkName)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = device_of(globals, Device);
    UNICODE_STRING target, link;
    NTSTATUS status = passive_check(globals, "WdfDeviceCreateSymbolicLink");

    fx_needed(globals, SymbolicLinkName);
    if (!NT_SUCCESS(status))
        return status;
    status = link_target(device, &target);
    if (!NT_SUCCESS(status))
        return status;
    status = name_copy(globals, SymbolicLinkName, &link);
    if (NT_SUCCESS(status)) {
        status = IoCreateSymbolicLink(&link, &target);
        if (!NT_SUCCESS(status)) {
            fx_log(globals, FX_LOG_ERROR, "WdfDeviceCreateSymbolicLink: %wZ: status %x", &link,
                   status);
            name_free(&link);
        } else {
            /* A second link replaces the first in what the device's end removes. */
            name_free(&device->own->symbolic_link);
            device->own->symbolic_link = link;
        }
    }
    name_free(&target);
    return status;
}
