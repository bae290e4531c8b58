/* SPDX-License-Identifier: MIT */
/* interface.c - device interfaces: made by the driver, told to PnP, enabled while the device is
 * started.
 *
 * A PDO that PnP does not know yet cannot register one: its interfaces are registered at its
 * start. Invariant: PnP sees an interface enabled only between start and removal.
 */
#include "device_internal.h"

static NTSTATUS interface_register(struct fx_device *device, struct fx_device_interface *interface)
{
    DEVICE_OBJECT *physical = device_known_physical(device);

    if (interface->symbolic_link.Buffer != NULL)
        return STATUS_SUCCESS;
    if (physical == NULL)
        return STATUS_INVALID_DEVICE_STATE;
    return IoRegisterDeviceInterface(physical, &interface->class_guid,
                                     interface->reference.Buffer != NULL ? &interface->reference
                                                                         : NULL,
                                     &interface->symbolic_link);
}

static NTSTATUS interface_set(struct fx_device *device, struct fx_device_interface *interface,
                              BOOLEAN enable)
{
    NTSTATUS status;

    if (interface->is_enabled == enable)
        return STATUS_SUCCESS;
    status = IoSetDeviceInterfaceState(&interface->symbolic_link, enable);
    /* While a device goes PnP has disabled its interfaces itself. */
    if (!NT_SUCCESS(status) && enable) {
        fx_log(device->object.globals, FX_LOG_ERROR,
               "device interface %wZ cannot be enabled: status %x", &interface->symbolic_link,
               status);
        return status;
    }
    interface->is_enabled = enable;
    return STATUS_SUCCESS;
}

NTSTATUS fx_device_interfaces_enable(struct fx_device *device, BOOLEAN enable)
{
    struct fx_device_interface *interface;
    NTSTATUS result = STATUS_SUCCESS, status;

    interfaces_lock(device);
    device->own->interfaces_on = enable;
    for (interface = device->own->interfaces; interface != NULL; interface = interface->next) {
        status = STATUS_SUCCESS;
        if (!enable) {
            interface_set(device, interface, FALSE);
            continue;
        }
        status = interface_register(device, interface);
        if (NT_SUCCESS(status) && interface->wants_enabled)
            status = interface_set(device, interface, TRUE);
        if (!NT_SUCCESS(status) && NT_SUCCESS(result))
            result = status;
    }
    interfaces_unlock(device);
    return result;
}

void interfaces_free(struct fx_device *device)
{
    while (device->own->interfaces != NULL) {
        struct fx_device_interface *interface = device->own->interfaces;

        device->own->interfaces = interface->next;
        if (interface->is_enabled)
            interface_set(device, interface, FALSE);
        RtlFreeUnicodeString(&interface->symbolic_link);
        name_free(&interface->reference);
        room_free(interface);
    }
}

NTSTATUS interface_create(struct fx_device *device, const GUID *class_guid,
                          PCUNICODE_STRING reference)
{
    struct fx_globals *globals = device->object.globals;
    struct fx_device_interface *interface, **end;
    NTSTATUS status = STATUS_SUCCESS;

    interface = room_allocate(globals, sizeof *interface);
    if (interface == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    interface->class_guid = *class_guid;
    if (reference != NULL)
        status = name_copy(globals, reference, &interface->reference);
    if (NT_SUCCESS(status) && device_known_physical(device) != NULL)
        status = interface_register(device, interface);
    if (!NT_SUCCESS(status)) {
        fx_log(globals, FX_LOG_ERROR, "WdfDeviceCreateDeviceInterface: status %x", status);
        name_free(&interface->reference);
        room_free(interface);
        return status;
    }
    interfaces_lock(device);
    /* One that comes after the start waits for the driver's word. */
    interface->wants_enabled = !device->own->interfaces_on;
    end = &device->own->interfaces;
    while (*end != NULL)
        end = &(*end)->next;
    *end = interface;
    interfaces_unlock(device);
    return STATUS_SUCCESS;
}

/* The interface of a class and reference string, or NULL. Under the mutex. */
static struct fx_device_interface *
interface_find_locked(struct fx_device *device, const GUID *class_guid, PCUNICODE_STRING reference)
{
    struct fx_device_interface *interface;

    for (interface = device->own->interfaces; interface != NULL; interface = interface->next) {
        if (!IsEqualGUID(&interface->class_guid, class_guid))
            continue;
        if (reference == NULL && interface->reference.Buffer == NULL)
            return interface;
        if (reference != NULL && interface->reference.Buffer != NULL &&
            RtlEqualUnicodeString(reference, &interface->reference, FALSE))
            return interface;
    }
    return NULL;
}

NTSTATUS interface_state_set(struct fx_device *device, const GUID *class_guid,
                             PCUNICODE_STRING reference, BOOLEAN enable, BOOLEAN remember)
{
    struct fx_device_interface *interface;
    NTSTATUS status = STATUS_SUCCESS;

    interfaces_lock(device);
    interface = interface_find_locked(device, class_guid, reference);
    if (interface == NULL) {
        status = STATUS_NOT_FOUND;
    } else if (device->own->interfaces_on) {
        interface->wants_enabled = enable;
        status = interface_set(device, interface, enable);
    } else if (remember) {
        interface->wants_enabled = enable;
    }
    interfaces_unlock(device);
    return status;
}

NTSTATUS interface_string(struct fx_device *device, const GUID *class_guid,
                          PCUNICODE_STRING reference, struct fx_string *string)
{
    struct fx_device_interface *interface;
    NTSTATUS status;

    interfaces_lock(device);
    interface = interface_find_locked(device, class_guid, reference);
    if (interface == NULL)
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    else if (interface->symbolic_link.Buffer == NULL)
        status = STATUS_INVALID_DEVICE_STATE;
    else
        status = fx_string_assign(string, &interface->symbolic_link);
    interfaces_unlock(device);
    return status;
}
