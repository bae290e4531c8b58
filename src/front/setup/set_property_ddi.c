/* SPDX-License-Identifier: MIT */
/* set_property_ddi.c - setupapi: properties of devices, interfaces and classes; their keys.
 * Doc: setupapi.h
 */
#include <stdlib.h>
#include <string.h>

#include "crt/string.h"
#include "set.h"

#define HARDWARE_ID 1u

/* ---- by number ----------------------------------------------------------------------------------
 */

static BOOL numbered_get(HDEVINFO handle, const struct devinfo_data *data, DWORD number,
                         bool is_wide, DWORD *type, void *buffer, DWORD room, DWORD *needed)
{
    struct registry_property property;
    struct device_element *element = element_of(handle, data, false);
    if (!element)
        return FALSE;
    if (!element->is_registered) {
        size_t count;
        if (number != HARDWARE_ID || !element->hardware_ids)
            return error_fail(ERROR_INVALID_DATA);
        count = list_count(element->hardware_ids);
        property = (struct registry_property){REG_MULTI_SZ, NULL, 0};
        size_t bytes = count * sizeof(wchar_t);
        property.data =
            is_wide ? heap_take(bytes) : narrow_of(element->hardware_ids, count, &bytes);
        if (!property.data)
            return error_fail(ERROR_NOT_ENOUGH_MEMORY);
        if (is_wide)
            memcpy(property.data, element->hardware_ids, bytes);
        property.length = (DWORD)bytes;
        return property_answer(STATUS_SUCCESS, &property, type, buffer, room, needed);
    }
    NTSTATUS status = registry_property_get(element->instance, number, is_wide, &property);
    return property_answer(status, &property, type, buffer, room, needed);
}

static BOOL numbered_set(HDEVINFO handle, const struct devinfo_data *data, DWORD number,
                         bool is_wide, const void *buffer, DWORD length)
{
    struct device_element *element = element_of(handle, data, false);
    if (!element)
        return FALSE;
    if (element->is_registered) {
        NTSTATUS status = registry_property_set(element->instance, number, is_wide, buffer, length);
        return status == STATUS_INVALID_PARAMETER ? error_fail(ERROR_INVALID_DATA)
                                                  : setup_result(status);
    }
    /* The machine gets a new device's hardware IDs when it is registered. */
    if (number != HARDWARE_ID)
        return error_fail(ERROR_DEVINFO_NOT_REGISTERED);
    wchar_t *ids;
    size_t count;
    if (is_wide) {
        ids = heap_take(length + 2 * sizeof *ids);
        count = length / sizeof *ids;
        if (ids)
            memcpy(ids, buffer, length);
    } else {
        ids = wide_copy(buffer, length, &count);
    }
    if (!ids || !count || ids[count - 1] || (count > 1 && ids[count - 2])) {
        heap_give(ids);
        return error_fail(ids ? ERROR_INVALID_DATA : ERROR_NOT_ENOUGH_MEMORY);
    }
    heap_give(element->hardware_ids);
    element->hardware_ids = ids;
    return TRUE;
}

#define NUMBERED(letter, wide)                                                             \
    EXPORT(BOOL, SetupDiGetDeviceRegistryProperty##letter,                                 \
           (HDEVINFO handle, struct devinfo_data * data, DWORD number, DWORD * type,       \
            BYTE * buffer, DWORD room, DWORD * needed))                                    \
    {                                                                                      \
        return numbered_get(handle, data, number, wide, type, buffer, room, needed);       \
    }                                                                                      \
    EXPORT(BOOL, SetupDiSetDeviceRegistryProperty##letter,                                 \
           (HDEVINFO handle, struct devinfo_data * data, DWORD number, const BYTE *buffer, \
            DWORD length))                                                                 \
    {                                                                                      \
        return numbered_set(handle, data, number, wide, buffer, length);                   \
    }
NUMBERED(W, true)
NUMBERED(A, false)

/* ---- by key
 * -------------------------------------------------------------------------------------- */

static BOOL keyed_get(uint32_t kind, const wchar_t *name, const DEVPROPKEY *key, DEVPROPTYPE *type,
                      void *buffer, DWORD room, DWORD *needed, DWORD flags)
{
    struct plug plug;
    if (flags)
        return error_fail(ERROR_INVALID_FLAGS);
    if (!key || !type || (room && !buffer))
        return error_fail(key ? ERROR_INVALID_USER_BUFFER : ERROR_INVALID_DATA);
    *type = DEVPROP_TYPE_EMPTY;
    if (needed)
        *needed = 0;
    NTSTATUS status = property_ask(kind, name, key, 0, &plug);
    if (!NT_SUCCESS(status)) {
        plug_free(&plug);
        return setup_result(status);
    }
    bool fits = room >= plug.reply->length;
    *type = plug.reply->type;
    if (needed)
        *needed = plug.reply->length;
    if (fits)
        memcpy(buffer, plug.data, plug.reply->length);
    plug_free(&plug);
    return fits ? TRUE : error_fail(ERROR_INSUFFICIENT_BUFFER);
}

static BOOL keys_get(uint32_t kind, const wchar_t *name, DEVPROPKEY *keys, DWORD room,
                     DWORD *needed, DWORD flags)
{
    struct plug plug;
    if (flags || (room && !keys))
        return error_fail(flags ? ERROR_INVALID_FLAGS : ERROR_INVALID_USER_BUFFER);
    NTSTATUS status = property_list(kind, name, &plug);
    if (!NT_SUCCESS(status)) {
        plug_free(&plug);
        return setup_result(status);
    }
    DWORD count = plug.reply->length / (DWORD)sizeof *keys;
    bool fits = room >= count;
    if (needed)
        *needed = count;
    if (fits && count)
        memcpy(keys, plug.data, plug.reply->length);
    plug_free(&plug);
    return fits ? TRUE : error_fail(ERROR_INSUFFICIENT_BUFFER);
}

EXPORT(BOOL, SetupDiGetDevicePropertyW,
       (HDEVINFO handle, struct devinfo_data *data, const DEVPROPKEY *key, DEVPROPTYPE *type,
        BYTE *buffer, DWORD room, DWORD *needed, DWORD flags))
{
    struct device_element *element = element_of(handle, data, false);
    return element &&
           keyed_get(WIRE_OF_DEVICE, element->instance, key, type, buffer, room, needed, flags);
}
EXPORT(BOOL, SetupDiSetDevicePropertyW,
       (HDEVINFO handle, struct devinfo_data *data, const DEVPROPKEY *key, DEVPROPTYPE type,
        const BYTE *buffer, DWORD length, DWORD flags))
{
    struct device_element *element = element_of(handle, data, false);
    if (!element)
        return FALSE;
    if (flags || !key)
        return error_fail(flags ? ERROR_INVALID_FLAGS : ERROR_INVALID_DATA);
    NTSTATUS status = property_put(WIRE_OF_DEVICE, element->instance, key, 0, type, buffer, length);
    return status == STATUS_INVALID_PARAMETER ? error_fail(ERROR_INVALID_DATA)
                                              : setup_result(status);
}
EXPORT(BOOL, SetupDiGetDevicePropertyKeys,
       (HDEVINFO handle, struct devinfo_data *data, DEVPROPKEY *keys, DWORD room, DWORD *needed,
        DWORD flags))
{
    struct device_element *element = element_of(handle, data, false);
    return element && keys_get(WIRE_OF_DEVICE, element->instance, keys, room, needed, flags);
}
EXPORT(BOOL, SetupDiGetDeviceInterfacePropertyW,
       (HDEVINFO handle, struct interface_data *data, const DEVPROPKEY *key, DEVPROPTYPE *type,
        BYTE *buffer, DWORD room, DWORD *needed, DWORD flags))
{
    struct interface_element *element = interface_of(handle, data);
    return element &&
           keyed_get(WIRE_OF_INTERFACE, element->name, key, type, buffer, room, needed, flags);
}
EXPORT(BOOL, SetupDiGetDeviceInterfacePropertyKeys,
       (HDEVINFO handle, struct interface_data *data, DEVPROPKEY *keys, DWORD room, DWORD *needed,
        DWORD flags))
{
    struct interface_element *element = interface_of(handle, data);
    return element && keys_get(WIRE_OF_INTERFACE, element->name, keys, room, needed, flags);
}

#define CLASS_INTERFACE 2u /* DICLASSPROP_INTERFACE */

EXPORT(BOOL, SetupDiGetClassPropertyW,
       (const GUID *class_guid, const DEVPROPKEY *key, DEVPROPTYPE *type, BYTE *buffer, DWORD room,
        DWORD *needed, DWORD flags))
{
    wchar_t name[39];
    if (!class_guid)
        return error_fail(ERROR_INVALID_CLASS);
    guid_text(class_guid, name);
    return keyed_get(flags & CLASS_INTERFACE ? WIRE_OF_INTERFACE_CLASS : WIRE_OF_CLASS, name, key,
                     type, buffer, room, needed, 0);
}

/* ---- keys
 * ---------------------------------------------------------------------------------------- */

#define DIREG_DEV 1u
#define DIREG_DRV 2u

static HKEY key_answer(LSTATUS error, HKEY key)
{
    if (!error)
        return key;
    error_set(error == ERROR_FILE_NOT_FOUND ? ERROR_KEY_DOES_NOT_EXIST : (ULONG)error);
    return INVALID_HANDLE_VALUE;
}

EXPORT(HKEY, SetupDiOpenDevRegKey,
       (HDEVINFO handle, struct devinfo_data *data, DWORD scope, DWORD profile, DWORD kind,
        ACCESS_MASK access))
{
    HKEY key = NULL;
    struct device_element *element = element_of(handle, data, false);
    if (!element)
        return INVALID_HANDLE_VALUE;
    if (!element->is_registered)
        return error_fail(ERROR_DEVINFO_NOT_REGISTERED), INVALID_HANDLE_VALUE;
    if (kind != DIREG_DEV && kind != DIREG_DRV)
        return error_fail(ERROR_INVALID_PARAMETER), INVALID_HANDLE_VALUE;
    return key_answer(node_key_open(element->instance, kind == DIREG_DRV, false, access, &key),
                      key);
}

EXPORT(HKEY, SetupDiCreateDevRegKeyW,
       (HDEVINFO handle, struct devinfo_data *data, DWORD scope, DWORD profile, DWORD kind,
        void *inf, const wchar_t *section))
{
    HKEY key = NULL;
    struct device_element *element = element_of(handle, data, false);
    if (!element)
        return INVALID_HANDLE_VALUE;
    if (!element->is_registered)
        return error_fail(ERROR_DEVINFO_NOT_REGISTERED), INVALID_HANDLE_VALUE;
    if (inf || section || (kind != DIREG_DEV && kind != DIREG_DRV))
        return error_fail(inf ? ERROR_CALL_NOT_IMPLEMENTED : ERROR_INVALID_PARAMETER),
               INVALID_HANDLE_VALUE;
    return key_answer(
        node_key_open(element->instance, kind == DIREG_DRV, true, KEY_ALL_ACCESS, &key), key);
}
EXPORT(HKEY, SetupDiCreateDevRegKeyA,
       (HDEVINFO handle, struct devinfo_data *data, DWORD scope, DWORD profile, DWORD kind,
        void *inf, const char *section))
{
    return SetupDiCreateDevRegKeyW(handle, data, scope, profile, kind, inf, section ? L"" : NULL);
}

EXPORT(BOOL, SetupDiDeleteDevRegKey,
       (HDEVINFO handle, struct devinfo_data *data, DWORD scope, DWORD profile, DWORD kind))
{
    HKEY key;
    struct device_element *element = element_of(handle, data, false);
    if (!element)
        return FALSE;
    for (DWORD one = DIREG_DEV; one <= DIREG_DRV; one++) {
        if (kind != one && kind != 4) /* DIREG_BOTH */
            continue;
        if (node_key_open(element->instance, one == DIREG_DRV, false, KEY_ALL_ACCESS, &key))
            continue;
        LSTATUS error = RegDeleteTreeW(key, NULL);
        NTSTATUS status = error ? STATUS_SUCCESS : NtDeleteKey(key);
        RegCloseKey(key);
        if (error)
            return error_fail((ULONG)error);
        if (!NT_SUCCESS(status))
            return error_result(status);
    }
    return TRUE;
}

EXPORT(HKEY, SetupDiOpenDeviceInterfaceRegKey,
       (HDEVINFO handle, struct interface_data *data, DWORD reserved, ACCESS_MASK access))
{
    HKEY key = NULL;
    struct interface_element *element = interface_of(handle, data);
    if (!element)
        return INVALID_HANDLE_VALUE;
    return key_answer(interface_key_open(element->name, false, access, &key), key);
}
EXPORT(HKEY, SetupDiCreateDeviceInterfaceRegKeyW,
       (HDEVINFO handle, struct interface_data *data, DWORD reserved, ACCESS_MASK access, void *inf,
        const wchar_t *section))
{
    HKEY key = NULL;
    struct interface_element *element = interface_of(handle, data);
    if (!element)
        return INVALID_HANDLE_VALUE;
    if (inf || section)
        return error_fail(ERROR_CALL_NOT_IMPLEMENTED), INVALID_HANDLE_VALUE;
    return key_answer(interface_key_open(element->name, true, access, &key), key);
}

/* ---- interfaces
 * ---------------------------------------------------------------------------------- */

static BOOL interface_created(HDEVINFO handle, struct device_element *device,
                              const GUID *class_guid, const wchar_t *reference,
                              struct interface_data *out_data)
{
    struct plug plug;
    struct wire_plugplay *in = plug_input(device->instance);
    if (!in)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    memcpy(in->guid, class_guid, sizeof in->guid);
    NTSTATUS status = plug_ask(
        WIRE_PLUGPLAY_INTERFACE_REGISTER, in, reference,
        reference ? (uint32_t)((crt_wcslen(reference) + 1) * sizeof *reference) : 0, &plug);
    heap_give(in);
    struct interface_element *element =
        NT_SUCCESS(status) ? set_interface_add(handle, device, class_guid, plug.data, false) : NULL;
    plug_free(&plug);
    if (!NT_SUCCESS(status))
        return status == STATUS_INVALID_DEVICE_REQUEST
                   ? error_fail(SETUP_ERROR(0x21f)) /* ERROR_INVALID_REFERENCE_STRING */
                   : setup_result(status);
    if (!element)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    if (out_data) {
        out_data->class_guid = *class_guid;
        out_data->flags = 0;
        out_data->reserved = (ULONG_PTR)element;
    }
    return TRUE;
}

EXPORT(BOOL, SetupDiCreateDeviceInterfaceW,
       (HDEVINFO handle, struct devinfo_data *data, const GUID *class_guid,
        const wchar_t *reference, DWORD flags, struct interface_data *out_data))
{
    struct device_element *device = element_of(handle, data, false);
    if (!device)
        return FALSE;
    if (!class_guid || (out_data && out_data->size != sizeof *out_data))
        return error_fail(class_guid ? ERROR_INVALID_USER_BUFFER : ERROR_INVALID_PARAMETER);
    return interface_created(handle, device, class_guid, reference, out_data);
}
EXPORT(BOOL, SetupDiCreateDeviceInterfaceA,
       (HDEVINFO handle, struct devinfo_data *data, const GUID *class_guid, const char *reference,
        DWORD flags, struct interface_data *out_data))
{
    struct wide wide;
    wide_of(&wide, reference);
    BOOL answer =
        SetupDiCreateDeviceInterfaceW(handle, data, class_guid, wide.text, flags, out_data);
    wide_drop(&wide);
    return answer;
}

EXPORT(BOOL, SetupDiRemoveDeviceInterface, (HDEVINFO handle, struct interface_data *data))
{
    struct interface_element *element = interface_of(handle, data);
    if (!element)
        return FALSE;
    struct wire_plugplay *in = plug_input(element->name);
    if (!in)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    NTSTATUS status = plug_do(WIRE_PLUGPLAY_INTERFACE_DELETE, in);
    heap_give(in);
    if (NT_SUCCESS(status))
        data->flags = 4; /* SPINT_REMOVED */
    return setup_result(status);
}

EXPORT(BOOL, SetupDiGetDeviceInterfaceAlias,
       (HDEVINFO handle, struct interface_data *data, const GUID *class_guid,
        struct interface_data *out_data))
{
    struct plug plug;
    struct interface_element *element = interface_of(handle, data);
    if (!element)
        return FALSE;
    if (!class_guid || !out_data || out_data->size != sizeof *out_data)
        return error_fail(ERROR_INVALID_PARAMETER);
    struct wire_plugplay *in = plug_input(element->name);
    if (!in)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    memcpy(in->guid, class_guid, sizeof in->guid);
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_INTERFACE_ALIAS, in, NULL, 0, &plug);
    heap_give(in);
    struct interface_element *alias =
        NT_SUCCESS(status)
            ? set_interface_add(handle, element->device, class_guid, plug.data, false)
            : NULL;
    plug_free(&plug);
    if (!alias)
        return error_fail(NT_SUCCESS(status) ? ERROR_NOT_ENOUGH_MEMORY
                                             : ERROR_NO_SUCH_DEVICE_INTERFACE);
    out_data->class_guid = *class_guid;
    out_data->flags = 0;
    out_data->reserved = (ULONG_PTR)alias;
    return TRUE;
}
