/* SPDX-License-Identifier: MIT */
/* property.c - properties by key and by number; keys of devices and interfaces. */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "plug.h"

NTSTATUS property_ask(uint32_t kind, const wchar_t *name, const DEVPROPKEY *key, LCID locale,
                      struct plug *out_plug)
{
    *out_plug = (struct plug){0};
    struct wire_plugplay *in = plug_input(name);
    if (!in)
        return STATUS_NO_MEMORY;
    in->kind = kind;
    in->locale = locale;
    memcpy(&in->property, key, sizeof *key);
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_PROPERTY_GET, in, NULL, 0, out_plug);
    heap_give(in);
    return status;
}

NTSTATUS property_put(uint32_t kind, const wchar_t *name, const DEVPROPKEY *key, LCID locale,
                      DEVPROPTYPE type, const void *data, DWORD length)
{
    struct plug plug;
    struct wire_plugplay *in = plug_input(name);
    if (!in)
        return STATUS_NO_MEMORY;
    in->kind = kind;
    in->locale = locale;
    in->type = type;
    memcpy(&in->property, key, sizeof *key);
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_PROPERTY_SET, in, data, length, &plug);
    plug_free(&plug);
    heap_give(in);
    return status;
}

NTSTATUS property_list(uint32_t kind, const wchar_t *name, struct plug *out_plug)
{
    *out_plug = (struct plug){0};
    struct wire_plugplay *in = plug_input(name);
    if (!in)
        return STATUS_NO_MEMORY;
    in->kind = kind;
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_PROPERTY_KEYS, in, NULL, 0, out_plug);
    heap_give(in);
    return status;
}

/* ---- by number ----------------------------------------------------------------------------------
 */

/* The numbers are those of the keys of one format, less two. */
static const GUID device_format = {
    0xa45c254e, 0xdf1c, 0x4efd, {0x80, 0x20, 0x67, 0xd1, 0x46, 0xa8, 0x50, 0xe0}};
#define NUMBER_CLASS_GUID   8u
#define NUMBER_MULTI(n)     ((n) == 1 || (n) == 2 || (n) == 0x11 || (n) == 0x12)
#define NUMBER_MOST         0x24u
#define NUMBER_CONTAINER    0x24u
#define NUMBER_CONFIG_FLAGS 0xau

static DWORD registry_type_of(DEVPROPTYPE type)
{
    switch (type) {
    case DEVPROP_TYPE_STRING:
    case DEVPROP_TYPE_SECURITY_DESCRIPTOR_STRING:
        return REG_SZ;
    case DEVPROP_TYPE_STRING_LIST:
        return REG_MULTI_SZ;
    case DEVPROP_TYPE_UINT32:
        return REG_DWORD;
    default:
        return REG_BINARY;
    }
}

NTSTATUS registry_property_get(const wchar_t *instance, DWORD number, bool is_wide,
                               struct registry_property *out_property)
{
    struct plug plug;
    DEVPROPKEY key = {device_format, number + 2};
    wchar_t text[39];
    if (number > NUMBER_MOST)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = property_ask(WIRE_OF_DEVICE, instance, &key, 0, &plug);
    if (!NT_SUCCESS(status)) {
        plug_free(&plug);
        return status;
    }
    const void *data = plug.data;
    size_t length = plug.reply->length;
    DWORD type = registry_type_of(plug.reply->type);
    if (number == NUMBER_CLASS_GUID || number == NUMBER_CONTAINER) {
        guid_text(plug.data, text);
        data = text;
        length = sizeof text;
        type = REG_SZ;
    }
    char *copy;
    if (!is_wide && (type == REG_SZ || type == REG_MULTI_SZ)) {
        copy = narrow_of(data, length / sizeof(wchar_t), &length);
    } else {
        copy = heap_take(length + 1);
        if (copy)
            memcpy(copy, data, length);
    }
    plug_free(&plug);
    *out_property = (struct registry_property){type, copy, (DWORD)length};
    return copy ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static bool number_is_text(DWORD number)
{
    /* DWORDs are the flags, types and policies; all else that can be set is text. */
    static const DWORD numbers[] = {0xa, 0xf, 0x10, 0x14, 0x15, 0x19, 0x1a, 0x1b, 0x1c, 0x21, 0x17};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i] == number)
            return false;
    return true;
}

NTSTATUS registry_property_set(const wchar_t *instance, DWORD number, bool is_wide,
                               const void *data, DWORD length)
{
    DEVPROPKEY key = {device_format, number + 2};
    wchar_t *wide = NULL;
    GUID guid;
    NTSTATUS status;
    if (number > NUMBER_MOST)
        return STATUS_INVALID_PARAMETER;
    if (!data || !length)
        return property_put(WIRE_OF_DEVICE, instance, &key, 0, DEVPROP_TYPE_EMPTY, NULL, 0);
    if (!number_is_text(number))
        return property_put(WIRE_OF_DEVICE, instance, &key, 0,
                            number == 0x17 ? DEVPROP_TYPE_SECURITY_DESCRIPTOR : DEVPROP_TYPE_UINT32,
                            data, length);
    if (!is_wide) {
        size_t count;
        wide = wide_copy(data, length, &count);
        if (!wide)
            return STATUS_NO_MEMORY;
        data = wide;
        length = (DWORD)(count * sizeof *wide);
    }
    if (number == NUMBER_CLASS_GUID)
        status = length == 39 * sizeof(wchar_t) && guid_parse(data, &guid)
                     ? property_put(WIRE_OF_DEVICE, instance, &key, 0, DEVPROP_TYPE_GUID, &guid,
                                    sizeof guid)
                     : STATUS_INVALID_PARAMETER;
    else
        status = property_put(WIRE_OF_DEVICE, instance, &key, 0,
                              NUMBER_MULTI(number) ? DEVPROP_TYPE_STRING_LIST : DEVPROP_TYPE_STRING,
                              data, length);
    heap_give(wide);
    return status;
}

wchar_t *text_property(const wchar_t *instance, DWORD number)
{
    struct registry_property property;
    if (!NT_SUCCESS(registry_property_get(instance, number, true, &property)))
        return NULL;
    if (property.type == REG_SZ)
        return property.data;
    heap_give(property.data);
    return NULL;
}

/* ---- keys
 * ---------------------------------------------------------------------------------------- */

static LSTATUS key_open(const wchar_t *base, const wchar_t *name, const wchar_t *below, bool create,
                        ACCESS_MASK access, HKEY *out_key)
{
    wchar_t path[700];
    if (crt_wcscpy_s(path, 700, base) || crt_wcscat_s(path, 700, name) ||
        crt_wcscat_s(path, 700, below))
        return ERROR_INVALID_PARAMETER;
    return create
               ? RegCreateKeyExW(HKEY_LOCAL_MACHINE, path, 0, NULL, 0, access, NULL, out_key, NULL)
               : RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, access, out_key);
}

LSTATUS node_key_open(const wchar_t *instance, bool is_driver, bool create, ACCESS_MASK access,
                      HKEY *out_key)
{
    if (!is_driver)
        return key_open(ENUM_KEY, instance, L"\\Device Parameters", create, access, out_key);
    wchar_t *driver = text_property(instance, 9);
    if (!driver)
        return (LSTATUS)ERROR_KEY_DOES_NOT_EXIST;
    LSTATUS error = key_open(CLASS_KEY, driver, L"", create, access, out_key);
    heap_give(driver);
    return error;
}

LSTATUS interface_key_open(const wchar_t *link, bool create, ACCESS_MASK access, HKEY *out_key)
{
    wchar_t name[600];
    const wchar_t *rest = crt_wcslen(link) > 4 ? crt_wcschr(link + 4, '\\') : NULL;
    size_t count = rest ? (size_t)(rest - link) : crt_wcslen(link);
    if (count < 44 || count > 500)
        return ERROR_INVALID_PARAMETER;
    memcpy(name, link + count - 38, 38 * sizeof *name);
    name[38] = 0;
    crt_wcscat(name, L"\\##?#");
    crt_wcsncat(name, link + 4, count - 4);
    crt_wcscat(name, L"\\#");
    if (crt_wcscat_s(name, 600, rest ? rest + 1 : L""))
        return ERROR_INVALID_PARAMETER;
    return key_open(INTERFACE_KEY, name, L"\\Device Parameters", create, access, out_key);
}
