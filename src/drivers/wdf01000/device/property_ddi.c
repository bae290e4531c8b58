/* SPDX-License-Identifier: MIT */
/* property_ddi.c - properties and registry keys of a device, before and after it is made.
 *
 * In: a device, or the init of an FDO, whose physical device PnP knows; out: what PnP keeps of it,
 * in the driver's buffer, in a new memory object or as a registry-key object.
 */
#include "device_internal.h"

/* Where properties are asked: the classic ones by number, the unified ones by key. */
struct property_question {
    DEVICE_OBJECT *physical;
    BOOLEAN is_unified;
    DEVICE_REGISTRY_PROPERTY number;
    WDF_DEVICE_PROPERTY_DATA data;
};

static NTSTATUS property_ask(const struct property_question *question, ULONG length, PVOID buffer,
                             ULONG *out_needed, DEVPROPTYPE *out_type)
{
    DEVPROPTYPE type = DEVPROP_TYPE_EMPTY;
    NTSTATUS status;

    *out_needed = 0;
    if (!question->is_unified)
        return IoGetDeviceProperty(question->physical, question->number, length, buffer,
                                   out_needed);
    status =
        IoGetDevicePropertyData(question->physical, question->data.PropertyKey, question->data.Lcid,
                                question->data.Flags, length, buffer, out_needed, &type);
    if (out_type != NULL)
        *out_type = type;
    return status;
}

/* Asks for the size, allocates, asks again; a property that grew in between is asked once more. */
static NTSTATUS property_to_memory(struct fx_globals *globals,
                                   const struct property_question *question, POOL_TYPE pool,
                                   PWDF_OBJECT_ATTRIBUTES attributes, WDFMEMORY *out_memory,
                                   DEVPROPTYPE *out_type)
{
    ULONG needed, attempt;
    struct fx_memory *memory;
    NTSTATUS status = property_ask(question, 0, NULL, &needed, out_type);

    for (attempt = 0; attempt < 4; attempt++) {
        if (status != STATUS_BUFFER_TOO_SMALL && !NT_SUCCESS(status))
            return status;
        if (needed == 0)
            return STATUS_OBJECT_NAME_NOT_FOUND;
        status = fx_memory_create(globals, attributes, NULL, pool, 0, needed, &memory);
        if (!NT_SUCCESS(status))
            return status;
        status = property_ask(question, needed, memory->buffer, &needed, out_type);
        if (NT_SUCCESS(status)) {
            *out_memory = (WDFMEMORY)fx_handle_of(&memory->object);
            return STATUS_SUCCESS;
        }
        fx_object_abandon(&memory->object);
    }
    return status;
}

/* The questions that the eight entries ask. Each fails where PnP does not know the device. */
static NTSTATUS question_of_device(struct fx_globals *globals, WDFDEVICE Device, const char *call,
                                   struct property_question *out_question)
{
    struct fx_device *device = device_of(globals, Device);
    NTSTATUS status = passive_check(globals, call);

    if (!NT_SUCCESS(status))
        return status;
    RtlZeroMemory(out_question, sizeof *out_question);
    out_question->physical = device_known_physical(device);
    if (out_question->physical == NULL) {
        fx_log(globals, FX_LOG_ERROR, "%s: PnP does not know WDFDEVICE %p (yet)", call, Device);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS question_of_init(struct fx_globals *globals, PWDFDEVICE_INIT DeviceInit,
                                 const char *call, struct property_question *out_question)
{
    struct WDFDEVICE_INIT *init = init_of(globals, DeviceInit);
    NTSTATUS status = passive_check(globals, call);

    if (!NT_SUCCESS(status))
        return status;
    RtlZeroMemory(out_question, sizeof *out_question);
    out_question->physical = init->physical;
    if (init->physical == NULL) {
        fx_log(globals, FX_LOG_ERROR, "%s: the WDFDEVICE_INIT is not one of an FDO", call);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS question_unified(struct fx_globals *globals, PWDF_DEVICE_PROPERTY_DATA data,
                                 struct property_question *question)
{
    fx_needed(globals, data);
    question->is_unified = TRUE;
    return fx_struct_copy(globals, &question->data, sizeof question->data, data,
                          INDEX_WDF_DEVICE_PROPERTY_DATA);
}

/* The four ways to ask, once it is known whom: asked is how question_of_... went. */
static NTSTATUS query_number(struct fx_globals *globals, NTSTATUS asked,
                             struct property_question *question, DEVICE_REGISTRY_PROPERTY number,
                             ULONG length, PVOID buffer, PULONG out_needed)
{
    fx_needed(globals, out_needed);
    if (!NT_SUCCESS(asked))
        return asked;
    question->number = number;
    return property_ask(question, length, buffer, out_needed, NULL);
}

static NTSTATUS query_unified(struct fx_globals *globals, NTSTATUS asked,
                              struct property_question *question, PWDF_DEVICE_PROPERTY_DATA data,
                              ULONG length, PVOID buffer, PULONG out_needed, PDEVPROPTYPE out_type)
{
    fx_needed(globals, out_needed);
    fx_needed(globals, out_type);
    if (NT_SUCCESS(asked))
        asked = question_unified(globals, data, question);
    if (!NT_SUCCESS(asked))
        return asked;
    return property_ask(question, length, buffer, out_needed, out_type);
}

static NTSTATUS memory_number(struct fx_globals *globals, NTSTATUS asked,
                              struct property_question *question, DEVICE_REGISTRY_PROPERTY number,
                              POOL_TYPE pool, PWDF_OBJECT_ATTRIBUTES attributes,
                              WDFMEMORY *out_memory)
{
    fx_needed(globals, out_memory);
    *out_memory = NULL;
    if (!NT_SUCCESS(asked))
        return asked;
    question->number = number;
    return property_to_memory(globals, question, pool, attributes, out_memory, NULL);
}

static NTSTATUS memory_unified(struct fx_globals *globals, NTSTATUS asked,
                               struct property_question *question, PWDF_DEVICE_PROPERTY_DATA data,
                               POOL_TYPE pool, PWDF_OBJECT_ATTRIBUTES attributes,
                               WDFMEMORY *out_memory, PDEVPROPTYPE out_type)
{
    fx_needed(globals, out_memory);
    fx_needed(globals, out_type);
    *out_memory = NULL;
    if (NT_SUCCESS(asked))
        asked = question_unified(globals, data, question);
    if (!NT_SUCCESS(asked))
        return asked;
    return property_to_memory(globals, question, pool, attributes, out_memory, out_type);
}

NTSTATUS NTAPI imp_WdfDeviceQueryProperty(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                          DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                          ULONG BufferLength, PVOID PropertyBuffer,
                                          PULONG ResultLength)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct property_question question;
    NTSTATUS status = question_of_device(globals, Device, "WdfDeviceQueryProperty", &question);

    return query_number(globals, status, &question, DeviceProperty, BufferLength, PropertyBuffer,
                        ResultLength);
}

NTSTATUS NTAPI imp_WdfDeviceAllocAndQueryProperty(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                                  DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                                  POOL_TYPE PoolType,
                                                  PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                                  WDFMEMORY *PropertyMemory)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct property_question question;
    NTSTATUS status =
        question_of_device(globals, Device, "WdfDeviceAllocAndQueryProperty", &question);

    return memory_number(globals, status, &question, DeviceProperty, PoolType,
                         PropertyMemoryAttributes, PropertyMemory);
}

NTSTATUS NTAPI imp_WdfDeviceQueryPropertyEx(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                            PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                            ULONG BufferLength, PVOID PropertyBuffer,
                                            PULONG RequiredSize, PDEVPROPTYPE Type)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct property_question question;
    NTSTATUS status = question_of_device(globals, Device, "WdfDeviceQueryPropertyEx", &question);

    return query_unified(globals, status, &question, DeviceProperty, BufferLength, PropertyBuffer,
                         RequiredSize, Type);
}

NTSTATUS NTAPI imp_WdfDeviceAllocAndQueryPropertyEx(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                                    PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                                    POOL_TYPE PoolType,
                                                    PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                                    WDFMEMORY *PropertyMemory, PDEVPROPTYPE Type)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct property_question question;
    NTSTATUS status =
        question_of_device(globals, Device, "WdfDeviceAllocAndQueryPropertyEx", &question);

    return memory_unified(globals, status, &question, DeviceProperty, PoolType,
                          PropertyMemoryAttributes, PropertyMemory, Type);
}

NTSTATUS NTAPI imp_WdfDeviceAssignProperty(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                           PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                           DEVPROPTYPE Type, ULONG Size, PVOID Data)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct property_question question;
    NTSTATUS status = question_of_device(globals, Device, "WdfDeviceAssignProperty", &question);

    if (NT_SUCCESS(status))
        status = question_unified(globals, DeviceProperty, &question);
    if (!NT_SUCCESS(status))
        return status;
    return IoSetDevicePropertyData(question.physical, question.data.PropertyKey, question.data.Lcid,
                                   question.data.Flags, Type, Size, Data);
}

NTSTATUS NTAPI imp_WdfFdoInitQueryProperty(PWDF_DRIVER_GLOBALS abi, PWDFDEVICE_INIT DeviceInit,
                                           DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                           ULONG BufferLength, PVOID PropertyBuffer,
                                           PULONG ResultLength)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct property_question question;
    NTSTATUS status = question_of_init(globals, DeviceInit, "WdfFdoInitQueryProperty", &question);

    return query_number(globals, status, &question, DeviceProperty, BufferLength, PropertyBuffer,
                        ResultLength);
}

NTSTATUS NTAPI imp_WdfFdoInitAllocAndQueryProperty(
    PWDF_DRIVER_GLOBALS abi, PWDFDEVICE_INIT DeviceInit, DEVICE_REGISTRY_PROPERTY DeviceProperty,
    POOL_TYPE PoolType, PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes, WDFMEMORY *PropertyMemory)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct property_question question;
    NTSTATUS status =
        question_of_init(globals, DeviceInit, "WdfFdoInitAllocAndQueryProperty", &question);

    return memory_number(globals, status, &question, DeviceProperty, PoolType,
                         PropertyMemoryAttributes, PropertyMemory);
}

NTSTATUS NTAPI imp_WdfFdoInitQueryPropertyEx(PWDF_DRIVER_GLOBALS abi, PWDFDEVICE_INIT DeviceInit,
                                             PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                             ULONG BufferLength, PVOID PropertyBuffer,
                                             PULONG ResultLength, PDEVPROPTYPE Type)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct property_question question;
    NTSTATUS status = question_of_init(globals, DeviceInit, "WdfFdoInitQueryPropertyEx", &question);

    return query_unified(globals, status, &question, DeviceProperty, BufferLength, PropertyBuffer,
                         ResultLength, Type);
}

NTSTATUS NTAPI imp_WdfFdoInitAllocAndQueryPropertyEx(
    PWDF_DRIVER_GLOBALS abi, PWDFDEVICE_INIT DeviceInit, PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
    POOL_TYPE PoolType, PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes, WDFMEMORY *PropertyMemory,
    PDEVPROPTYPE Type)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct property_question question;
    NTSTATUS status =
        question_of_init(globals, DeviceInit, "WdfFdoInitAllocAndQueryPropertyEx", &question);

    return memory_unified(globals, status, &question, DeviceProperty, PoolType,
                          PropertyMemoryAttributes, PropertyMemory, Type);
}

/* Opens a key of the device and makes an object of it. */
static NTSTATUS key_open(struct fx_globals *globals, const struct property_question *question,
                         ULONG type, ACCESS_MASK access, PWDF_OBJECT_ATTRIBUTES attributes,
                         WDFKEY *out_key)
{
    struct fx_key *key;
    HANDLE handle;
    NTSTATUS status = IoOpenDeviceRegistryKey(question->physical, type, access, &handle);

    if (!NT_SUCCESS(status))
        return status;
    status = fx_key_create(globals, attributes, NULL, handle, &key);
    if (!NT_SUCCESS(status)) {
        ZwClose(handle);
        return status;
    }
    *out_key = (WDFKEY)fx_handle_of(&key->object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI imp_WdfDeviceOpenRegistryKey(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                            ULONG DeviceInstanceKeyType, ACCESS_MASK DesiredAccess,
                                            PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct property_question question;
    NTSTATUS status = question_of_device(globals, Device, "WdfDeviceOpenRegistryKey", &question);

    fx_needed(globals, Key);
    *Key = NULL;
    if (!NT_SUCCESS(status))
        return status;
    return key_open(globals, &question, DeviceInstanceKeyType, DesiredAccess, KeyAttributes, Key);
}

NTSTATUS NTAPI imp_WdfFdoInitOpenRegistryKey(PWDF_DRIVER_GLOBALS abi, PWDFDEVICE_INIT DeviceInit,
                                             ULONG DeviceInstanceKeyType, ACCESS_MASK DesiredAccess,
                                             PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct property_question question;
    NTSTATUS status = question_of_init(globals, DeviceInit, "WdfFdoInitOpenRegistryKey", &question);

    fx_needed(globals, Key);
    *Key = NULL;
    if (!NT_SUCCESS(status))
        return status;
    return key_open(globals, &question, DeviceInstanceKeyType, DesiredAccess, KeyAttributes, Key);
}

NTSTATUS NTAPI imp_WdfDeviceOpenDevicemapKey(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                             PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
                                             PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    static const WCHAR map[] = L"\\Registry\\Machine\\HARDWARE\\DEVICEMAP";
    struct fx_globals *globals = fx_globals_of(abi);
    UNICODE_STRING map_name = RTL_CONSTANT_STRING(map);
    OBJECT_ATTRIBUTES attributes;
    struct fx_key *key;
    HANDLE root, handle;
    NTSTATUS status;

    device_of(globals, Device);
    fx_needed(globals, KeyName);
    fx_needed(globals, Key);
    *Key = NULL;
    status = passive_check(globals, "WdfDeviceOpenDevicemapKey");
    if (!NT_SUCCESS(status))
        return status;
    InitializeObjectAttributes(&attributes, &map_name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                               NULL, NULL);
    status = ZwCreateKey(&root, KEY_ALL_ACCESS, &attributes, 0, NULL, REG_OPTION_VOLATILE, NULL);
    if (!NT_SUCCESS(status))
        return status;
    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)KeyName,
                               OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, root, NULL);
    status = ZwCreateKey(&handle, DesiredAccess, &attributes, 0, NULL, REG_OPTION_VOLATILE, NULL);
    ZwClose(root);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_key_create(globals, KeyAttributes, NULL, handle, &key);
    if (!NT_SUCCESS(status)) {
        ZwClose(handle);
        return status;
    }
    *Key = (WDFKEY)fx_handle_of(&key->object);
    return STATUS_SUCCESS;
}
