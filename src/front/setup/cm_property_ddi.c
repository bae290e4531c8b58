/* SPDX-License-Identifier: MIT */
/* cm_property_ddi.c - cfgmgr32: properties, keys and classes. Doc: cfgmgr32.h */
#include <string.h>

#include "crt/string.h"
#include "plug.h"

/* ---- by number ----------------------------------------------------------------------------------
 */

static CONFIGRET cr_of_property(NTSTATUS status)
{
    return status == STATUS_INVALID_PARAMETER ? CR_INVALID_PROPERTY : cr_of_status(status);
}

static CONFIGRET numbered_get(DEVINST node, ULONG number, bool is_wide, ULONG *out_type,
                              void *buffer, ULONG *in_out_length)
{
    struct registry_property property;
    const wchar_t *name = node_name(node);
    if (!name)
        return CR_INVALID_DEVNODE;
    if (!in_out_length || (*in_out_length && !buffer))
        return CR_INVALID_POINTER;
    if (!number)
        return CR_INVALID_PROPERTY;
    NTSTATUS status = registry_property_get(name, number - 1, is_wide, &property);
    if (!NT_SUCCESS(status))
        return cr_of_property(status);
    bool fits = *in_out_length >= property.length && buffer;
    if (out_type)
        *out_type = property.type;
    if (fits)
        memcpy(buffer, property.data, property.length);
    *in_out_length = property.length;
    heap_give(property.data);
    return fits ? CR_SUCCESS : CR_BUFFER_SMALL;
}

static CONFIGRET numbered_set(DEVINST node, ULONG number, bool is_wide, const void *buffer,
                              ULONG length)
{
    const wchar_t *name = node_name(node);
    if (!name)
        return CR_INVALID_DEVNODE;
    if (length && !buffer)
        return CR_INVALID_POINTER;
    if (!number)
        return CR_INVALID_PROPERTY;
    return cr_of_property(registry_property_set(name, number - 1, is_wide, buffer, length));
}

#define NUMBERED(letter, wide)                                                                   \
    EXPORT(CONFIGRET, CM_Get_DevNode_Registry_Property##letter,                                  \
           (DEVINST node, ULONG number, ULONG * type, void *buffer, ULONG *length, ULONG flags)) \
    {                                                                                            \
        return numbered_get(node, number, wide, type, buffer, length);                           \
    }                                                                                            \
    EXPORT(CONFIGRET, CM_Get_DevNode_Registry_Property_Ex##letter,                               \
           (DEVINST node, ULONG number, ULONG * type, void *buffer, ULONG *length, ULONG flags,  \
            HANDLE machine))                                                                     \
    {                                                                                            \
        return numbered_get(node, number, wide, type, buffer, length);                           \
    }                                                                                            \
    EXPORT(CONFIGRET, CM_Set_DevNode_Registry_Property##letter,                                  \
           (DEVINST node, ULONG number, const void *buffer, ULONG length, ULONG flags))          \
    {                                                                                            \
        return numbered_set(node, number, wide, buffer, length);                                 \
    }
NUMBERED(W, true)
NUMBERED(A, false)

/* ---- by key
 * -------------------------------------------------------------------------------------- */

static CONFIGRET key_get(uint32_t kind, const wchar_t *name, const DEVPROPKEY *key,
                         DEVPROPTYPE *out_type, void *buffer, ULONG *in_out_length)
{
    struct plug plug;
    if (!key || !out_type || !in_out_length || (*in_out_length && !buffer))
        return CR_INVALID_POINTER;
    *out_type = DEVPROP_TYPE_EMPTY;
    NTSTATUS status = property_ask(kind, name, key, 0, &plug);
    if (!NT_SUCCESS(status)) {
        plug_free(&plug);
        *in_out_length = 0;
        return status == STATUS_NO_SUCH_DEVICE && kind == WIRE_OF_INTERFACE
                   ? CR_NO_SUCH_DEVICE_INTERFACE
                   : cr_of_status(status);
    }
    bool fits = *in_out_length >= plug.reply->length;
    if (fits)
        memcpy(buffer, plug.data, plug.reply->length);
    *out_type = plug.reply->type;
    *in_out_length = plug.reply->length;
    plug_free(&plug);
    return fits ? CR_SUCCESS : CR_BUFFER_SMALL;
}

static CONFIGRET keys_get(uint32_t kind, const wchar_t *name, DEVPROPKEY *keys, ULONG *in_out_count)
{
    struct plug plug;
    if (!in_out_count || (*in_out_count && !keys))
        return CR_INVALID_POINTER;
    NTSTATUS status = property_list(kind, name, &plug);
    if (!NT_SUCCESS(status)) {
        plug_free(&plug);
        return cr_of_status(status);
    }
    ULONG count = plug.reply->length / (ULONG)sizeof *keys;
    bool fits = *in_out_count >= count;
    if (fits && count)
        memcpy(keys, plug.data, plug.reply->length);
    *in_out_count = count;
    plug_free(&plug);
    return fits ? CR_SUCCESS : CR_BUFFER_SMALL;
}

static CONFIGRET key_set(uint32_t kind, const wchar_t *name, const DEVPROPKEY *key,
                         DEVPROPTYPE type, const void *data, ULONG length)
{
    if (!key || (length && !data))
        return CR_INVALID_POINTER;
    return cr_of_status(property_put(kind, name, key, 0, type, data, length));
}

EXPORT(CONFIGRET, CM_Get_DevNode_PropertyW,
       (DEVINST node, const DEVPROPKEY *key, DEVPROPTYPE *type, void *buffer, ULONG *length,
        ULONG flags))
{
    const wchar_t *name = node_name(node);
    if (flags)
        return CR_INVALID_FLAG;
    return name ? key_get(WIRE_OF_DEVICE, name, key, type, buffer, length) : CR_INVALID_DEVNODE;
}
EXPORT(CONFIGRET, CM_Set_DevNode_PropertyW,
       (DEVINST node, const DEVPROPKEY *key, DEVPROPTYPE type, const void *data, ULONG length,
        ULONG flags))
{
    const wchar_t *name = node_name(node);
    return name ? key_set(WIRE_OF_DEVICE, name, key, type, data, length) : CR_INVALID_DEVNODE;
}
EXPORT(CONFIGRET, CM_Get_DevNode_Property_Keys,
       (DEVINST node, DEVPROPKEY *keys, ULONG *count, ULONG flags))
{
    const wchar_t *name = node_name(node);
    return name ? keys_get(WIRE_OF_DEVICE, name, keys, count) : CR_INVALID_DEVNODE;
}
EXPORT(CONFIGRET, CM_Get_Device_Interface_PropertyW,
       (const wchar_t *link, const DEVPROPKEY *key, DEVPROPTYPE *type, void *buffer, ULONG *length,
        ULONG flags))
{
    return link ? key_get(WIRE_OF_INTERFACE, link, key, type, buffer, length) : CR_INVALID_POINTER;
}
EXPORT(CONFIGRET, CM_Set_Device_Interface_PropertyW,
       (const wchar_t *link, const DEVPROPKEY *key, DEVPROPTYPE type, const void *data,
        ULONG length, ULONG flags))
{
    return link ? key_set(WIRE_OF_INTERFACE, link, key, type, data, length) : CR_INVALID_POINTER;
}
EXPORT(CONFIGRET, CM_Get_Device_Interface_Property_KeysW,
       (const wchar_t *link, DEVPROPKEY *keys, ULONG *count, ULONG flags))
{
    return link ? keys_get(WIRE_OF_INTERFACE, link, keys, count) : CR_INVALID_POINTER;
}
EXPORT(CONFIGRET, CM_Get_Class_PropertyW,
       (const GUID *class_guid, const DEVPROPKEY *key, DEVPROPTYPE *type, void *buffer,
        ULONG *length, ULONG flags))
{
    wchar_t name[39];
    if (!class_guid)
        return CR_INVALID_POINTER;
    guid_text(class_guid, name);
    return key_get(flags & 1 ? WIRE_OF_INTERFACE_CLASS : WIRE_OF_CLASS, name, key, type, buffer,
                   length);
}

EXPORT(CONFIGRET, CM_Get_Device_Interface_AliasW,
       (const wchar_t *link, GUID *class_guid, wchar_t *buffer, ULONG *in_out_count, ULONG flags))
{
    struct plug plug;
    if (!link || !class_guid || !in_out_count)
        return CR_INVALID_POINTER;
    struct wire_plugplay *in = plug_input(link);
    if (!in)
        return CR_INVALID_DATA;
    memcpy(in->guid, class_guid, sizeof in->guid);
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_INTERFACE_ALIAS, in, NULL, 0, &plug);
    heap_give(in);
    CONFIGRET cr = NT_SUCCESS(status) ? CR_SUCCESS : CR_NO_SUCH_DEVICE_INTERFACE;
    if (!cr) {
        ((wchar_t *)plug.data)[1] = '\\';
        DWORD room = *in_out_count;
        if (!text_answer(plug.data, true, buffer, room, in_out_count))
            cr = CR_BUFFER_SMALL;
    }
    plug_free(&plug);
    return cr;
}

/* ---- keys
 * ---------------------------------------------------------------------------------------- */

#define OPEN_EXISTING 1u
#define KEY_SOFTWARE  1u

static CONFIGRET cr_of_key(LSTATUS error)
{
    switch (error) {
    case ERROR_SUCCESS:
        return CR_SUCCESS;
    case ERROR_FILE_NOT_FOUND:
    case (LSTATUS)ERROR_KEY_DOES_NOT_EXIST:
        return CR_NO_SUCH_REGISTRY_KEY;
    case ERROR_ACCESS_DENIED:
        return CR_ACCESS_DENIED;
    default:
        return CR_REGISTRY_ERROR;
    }
}

EXPORT(CONFIGRET, CM_Open_DevNode_Key,
       (DEVINST node, ACCESS_MASK access, ULONG profile, ULONG disposition, HKEY *out_key,
        ULONG flags))
{
    const wchar_t *name = node_name(node);
    if (!out_key)
        return CR_INVALID_POINTER;
    if (!name)
        return CR_INVALID_DEVNODE;
    return cr_of_key(
        node_key_open(name, flags & KEY_SOFTWARE, disposition != OPEN_EXISTING, access, out_key));
}

EXPORT(CONFIGRET, CM_Open_Device_Interface_KeyW,
       (const wchar_t *link, ACCESS_MASK access, ULONG disposition, HKEY *out_key, ULONG flags))
{
    if (!out_key || !link)
        return CR_INVALID_POINTER;
    return cr_of_key(interface_key_open(link, disposition != OPEN_EXISTING, access, out_key));
}

/* ---- classes
 * ------------------------------------------------------------------------------------- */

#define CLASS_OF_INTERFACES 1u

EXPORT(CONFIGRET, CM_Open_Class_KeyW,
       (const GUID *class_guid, const wchar_t *class_name, ACCESS_MASK access, ULONG disposition,
        HKEY *out_key, ULONG flags))
{
    wchar_t path[120], name[39];
    if (!out_key)
        return CR_INVALID_POINTER;
    crt_wcscpy(path, flags & CLASS_OF_INTERFACES ? INTERFACE_KEY : CLASS_KEY);
    path[crt_wcslen(path) - 1] = 0;
    if (class_guid) {
        guid_text(class_guid, name);
        crt_wcscat(path, L"\\");
        crt_wcscat(path, name);
    }
    return cr_of_key(
        disposition == OPEN_EXISTING
            ? RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, access, out_key)
            : RegCreateKeyExW(HKEY_LOCAL_MACHINE, path, 0, NULL, 0, access, NULL, out_key, NULL));
}

EXPORT(CONFIGRET, CM_Enumerate_Classes, (ULONG index, GUID *out_class, ULONG flags))
{
    HKEY key;
    wchar_t name[64];
    DWORD count = 64;
    if (!out_class)
        return CR_INVALID_POINTER;
    CONFIGRET cr = CM_Open_Class_KeyW(NULL, NULL, KEY_READ, OPEN_EXISTING, &key, flags);
    if (cr)
        return CR_NO_SUCH_VALUE;
    LSTATUS error = RegEnumKeyExW(key, index, name, &count, NULL, NULL, NULL, NULL);
    RegCloseKey(key);
    if (error)
        return error == ERROR_NO_MORE_ITEMS ? CR_NO_SUCH_VALUE : CR_REGISTRY_ERROR;
    return guid_parse(name, out_class) ? CR_SUCCESS : CR_INVALID_DATA;
}

EXPORT(CONFIGRET, CM_Enumerate_EnumeratorsW,
       (ULONG index, wchar_t *buffer, ULONG *in_out_count, ULONG flags))
{
    HKEY key;
    wchar_t path[64];
    if (!buffer || !in_out_count)
        return CR_INVALID_POINTER;
    crt_wcscpy(path, ENUM_KEY);
    path[crt_wcslen(path) - 1] = 0;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, KEY_READ, &key))
        return CR_NO_SUCH_VALUE;
    LSTATUS error = RegEnumKeyExW(key, index, buffer, in_out_count, NULL, NULL, NULL, NULL);
    RegCloseKey(key);
    return !error ? CR_SUCCESS : error == ERROR_NO_MORE_ITEMS ? CR_NO_SUCH_VALUE : CR_BUFFER_SMALL;
}
