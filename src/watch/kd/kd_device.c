/* SPDX-License-Identifier: MIT */
/* kd_device.c - drivers, devices, stacks and files, as their public structures show them.
 *
 * The object is held while it is looked at; what it points to is copied before it is believed.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/io.h"
#include "kd_internal.h"

#define DEVICES_MAX 1024u

static void driver_add(DRIVER_OBJECT *driver, void *list)
{
    cJSON *item = cJSON_CreateObject();
    kd_address(item, "address", (uint64_t)(uintptr_t)driver);
    kd_address(item, "start", (uint64_t)(uintptr_t)driver->DriverStart);
    kd_text_take(item, "name", kd_string(&driver->DriverName));
    cJSON_AddItemToArray(list, item);
}

cJSON *kd_drivers(char **words)
{
    cJSON *list = cJSON_CreateArray();
    io_driver_visit(driver_add, list);
    return list;
}

static void routine_add(cJSON *list, const void *routine)
{
    char text[24];
    snprintf(text, sizeof text, "0x%llx", (unsigned long long)(uintptr_t)routine);
    cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

static void fast_io_add(cJSON *answer, const FAST_IO_DISPATCH *table)
{
    ULONG size;
    const void *routine;
    kd_address(answer, "fast_io", (uint64_t)(uintptr_t)table);
    if (!table || !kd_read(table, &size, sizeof size))
        return;
    if (size > sizeof *table)
        size = sizeof *table;
    cJSON *list = cJSON_AddArrayToObject(answer, "fast_io_routines");
    for (size_t at = offsetof(FAST_IO_DISPATCH, FastIoCheckIfPossible); at + sizeof routine <= size;
         at += sizeof routine) {
        if (!kd_read((const char *)table + at, &routine, sizeof routine))
            break;
        routine_add(list, routine);
    }
}

static void driver_devices_add(cJSON *list, DRIVER_OBJECT *driver)
{
    DEVICE_OBJECT *devices[DEVICES_MAX];
    ULONG count = 0;
    IoEnumerateDeviceObjectList(driver, devices, sizeof devices, &count);
    for (ULONG i = 0; i < count && i < DEVICES_MAX; i++) {
        cJSON *item = cJSON_CreateObject();
        kd_address(item, "address", (uint64_t)(uintptr_t)devices[i]);
        kd_text_take(item, "name", kd_object_name(devices[i]));
        cJSON_AddItemToArray(list, item);
        ob_dereference(devices[i]);
    }
}

cJSON *kd_driver(char **words)
{
    DRIVER_OBJECT *driver = kd_object_get(strtoull(words[1], NULL, 0), io_driver_type);
    DRIVER_EXTENSION extension = {0};
    if (!driver)
        return kd_refuse(STATUS_INVALID_ADDRESS, "%s: is not a driver object", words[1]);
    cJSON *answer = cJSON_CreateObject();
    kd_address(answer, "address", (uint64_t)(uintptr_t)driver);
    kd_text_take(answer, "name", kd_string(&driver->DriverName));
    kd_address(answer, "start", (uint64_t)(uintptr_t)driver->DriverStart);
    kd_number(answer, "size", driver->DriverSize);
    kd_number(answer, "flags", driver->Flags);
    kd_address(answer, "entry", (uint64_t)(uintptr_t)driver->DriverInit);
    kd_address(answer, "start_io", (uint64_t)(uintptr_t)driver->DriverStartIo);
    kd_address(answer, "unload", (uint64_t)(uintptr_t)driver->DriverUnload);
    kd_address(answer, "extension", (uint64_t)(uintptr_t)driver->DriverExtension);
    kd_read(driver->DriverExtension, &extension, sizeof extension);
    kd_address(answer, "add_device", (uint64_t)(uintptr_t)extension.AddDevice);
    cJSON *dispatch = cJSON_AddArrayToObject(answer, "dispatch");
    for (unsigned i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        routine_add(dispatch, (const void *)driver->MajorFunction[i]);
    fast_io_add(answer, driver->FastIoDispatch);
    driver_devices_add(cJSON_AddArrayToObject(answer, "devices"), driver);
    ob_dereference(driver);
    return answer;
}

/* ---- devices -----------------------------------------------------------------------------------
 */

static void device_describe(cJSON *answer, DEVICE_OBJECT *device)
{
    DEVOBJ_EXTENSION extension = {0};
    kd_address(answer, "address", (uint64_t)(uintptr_t)device);
    kd_text_take(answer, "name", kd_object_name(device));
    kd_address(answer, "driver", (uint64_t)(uintptr_t)device->DriverObject);
    kd_text_take(answer, "driver_name", kd_driver_name_of_device(device));
    kd_address(answer, "device_extension", (uint64_t)(uintptr_t)device->DeviceExtension);
    kd_address(answer, "object_extension", (uint64_t)(uintptr_t)device->DeviceObjectExtension);
    kd_address(answer, "current_irp", (uint64_t)(uintptr_t)device->CurrentIrp);
    kd_address(answer, "vpb", (uint64_t)(uintptr_t)device->Vpb);
    kd_number(answer, "reference_count", device->ReferenceCount);
    kd_number(answer, "type", device->DeviceType);
    kd_number(answer, "flags", device->Flags);
    kd_number(answer, "characteristics", device->Characteristics);
    kd_number(answer, "stack_size", device->StackSize);
    kd_address(answer, "attached_device", (uint64_t)(uintptr_t)device->AttachedDevice);
    kd_text_take(answer, "attached_driver_name", kd_driver_name_of_device(device->AttachedDevice));
    kd_read(device->DeviceObjectExtension, &extension, sizeof extension);
    kd_number(answer, "extension_flags", extension.ExtensionFlags);
    kd_node_describe(answer, device);
    DEVICE_OBJECT *lower = IoGetLowerDeviceObject(device);
    kd_address(answer, "attached_to", (uint64_t)(uintptr_t)lower);
    kd_text_take(answer, "attached_to_driver_name", kd_driver_name_of_device(lower));
    if (lower)
        ob_dereference(lower);
}

/* The requests that wait in the device's own queue: a driver's list, which may be broken. */
static void device_queue_add(cJSON *answer, DEVICE_OBJECT *device)
{
    const LIST_ENTRY *head = &device->DeviceQueue.DeviceListHead;
    LIST_ENTRY at;
    cJSON_AddBoolToObject(answer, "is_queue_busy", device->DeviceQueue.Busy);
    cJSON *list = cJSON_AddArrayToObject(answer, "queue");
    const LIST_ENTRY *next = head->Flink;
    for (unsigned i = 0; i < KD_LIST_MAX && next != head && kd_read(next, &at, sizeof at); i++) {
        const IRP *irp = CONTAINING_RECORD(next, IRP, Tail.Overlay.DeviceQueueEntry);
        routine_add(list, irp);
        next = at.Flink;
    }
}

cJSON *kd_device(char **words)
{
    DEVICE_OBJECT *device = kd_object_get(strtoull(words[1], NULL, 0), io_device_type);
    if (!device)
        return kd_refuse(STATUS_INVALID_ADDRESS, "%s: is not a device object", words[1]);
    cJSON *answer = cJSON_CreateObject();
    device_describe(answer, device);
    device_queue_add(answer, device);
    ob_dereference(device);
    return answer;
}

/* stack DEVICE: from the top of its stack to the bottom. */
cJSON *kd_stack(char **words)
{
    DEVICE_OBJECT *device = kd_object_get(strtoull(words[1], NULL, 0), io_device_type);
    if (!device)
        return kd_refuse(STATUS_INVALID_ADDRESS, "%s: is not a device object", words[1]);
    cJSON *list = cJSON_CreateArray();
    DEVICE_OBJECT *at = IoGetAttachedDeviceReference(device);
    for (unsigned i = 0; at && i < KD_LIST_MAX; i++) {
        cJSON *item = cJSON_CreateObject();
        device_describe(item, at);
        cJSON_AddBoolToObject(item, "is_asked", at == device);
        cJSON_AddItemToArray(list, item);
        DEVICE_OBJECT *lower = IoGetLowerDeviceObject(at);
        ob_dereference(at);
        at = lower;
    }
    if (at)
        ob_dereference(at);
    ob_dereference(device);
    return list;
}

/* ---- files -------------------------------------------------------------------------------------
 */

cJSON *kd_file(char **words)
{
    FILE_OBJECT *file = kd_object_get(strtoull(words[1], NULL, 0), io_file_type);
    if (!file)
        return kd_refuse(STATUS_INVALID_ADDRESS, "%s: is not a file object", words[1]);
    cJSON *answer = cJSON_CreateObject();
    kd_address(answer, "address", (uint64_t)(uintptr_t)file);
    kd_text_take(answer, "name", kd_string(&file->FileName));
    kd_address(answer, "device", (uint64_t)(uintptr_t)file->DeviceObject);
    kd_text_take(answer, "driver_name", kd_driver_name_of_device(file->DeviceObject));
    kd_address(answer, "vpb", (uint64_t)(uintptr_t)file->Vpb);
    kd_address(answer, "related", (uint64_t)(uintptr_t)file->RelatedFileObject);
    kd_address(answer, "context", (uint64_t)(uintptr_t)file->FsContext);
    kd_address(answer, "context2", (uint64_t)(uintptr_t)file->FsContext2);
    kd_number(answer, "flags", file->Flags);
    kd_address(answer, "offset", (uint64_t)file->CurrentByteOffset.QuadPart);
    cJSON_AddBoolToObject(answer, "is_event_signalled", file->Event.Header.SignalState);
    static const char *const names[] = {"Read",       "Write",       "Delete",
                                        "SharedRead", "SharedWrite", "SharedDelete"};
    const BOOLEAN access[] = {file->ReadAccess, file->WriteAccess, file->DeleteAccess,
                              file->SharedRead, file->SharedWrite, file->SharedDelete};
    cJSON *list = cJSON_AddArrayToObject(answer, "access");
    for (size_t i = 0; i < sizeof access; i++)
        if (access[i])
            cJSON_AddItemToArray(list, cJSON_CreateString(names[i]));
    ob_dereference(file);
    return answer;
}
