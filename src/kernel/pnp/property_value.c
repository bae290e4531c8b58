/* SPDX-License-Identifier: MIT */
/* property_value.c - a property's data: made, checked, read from and written to old values.
 */
#include <string.h>

#include "cm/cm.h"
#include "key_path.h"
#include "pnp_internal.h"
#include "property.h"

NTSTATUS property_make(DEVPROPTYPE type, const void *data, ULONG length,
                       struct pnp_property *out_property)
{
    void *copy = ExAllocatePool2(POOL_FLAG_PAGED, length ? length : 1, PNP_TAG);
    if (!copy)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(copy, data, length);
    *out_property = (struct pnp_property){type, copy, length};
    return STATUS_SUCCESS;
}

NTSTATUS property_of_string(const UNICODE_STRING *text, struct pnp_property *out_property)
{
    ULONG length = text->Length + (ULONG)sizeof(WCHAR);
    WCHAR *copy = ExAllocatePool2(POOL_FLAG_PAGED, length, PNP_TAG);
    if (!copy)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(copy, text->Buffer, text->Length);
    copy[text->Length / sizeof(WCHAR)] = 0;
    *out_property = (struct pnp_property){DEVPROP_TYPE_STRING, copy, length};
    return STATUS_SUCCESS;
}

static const ULONG fixed_bytes[] = {
    [DEVPROP_TYPE_SBYTE] = 1,    [DEVPROP_TYPE_BYTE] = 1,        [DEVPROP_TYPE_INT16] = 2,
    [DEVPROP_TYPE_UINT16] = 2,   [DEVPROP_TYPE_INT32] = 4,       [DEVPROP_TYPE_UINT32] = 4,
    [DEVPROP_TYPE_INT64] = 8,    [DEVPROP_TYPE_UINT64] = 8,      [DEVPROP_TYPE_FLOAT] = 4,
    [DEVPROP_TYPE_DOUBLE] = 8,   [DEVPROP_TYPE_DECIMAL] = 16,    [DEVPROP_TYPE_GUID] = 16,
    [DEVPROP_TYPE_CURRENCY] = 8, [DEVPROP_TYPE_DATE] = 8,        [DEVPROP_TYPE_FILETIME] = 8,
    [DEVPROP_TYPE_BOOLEAN] = 1,  [DEVPROP_TYPE_DEVPROPKEY] = 20, [DEVPROP_TYPE_DEVPROPTYPE] = 4,
    [DEVPROP_TYPE_ERROR] = 4,    [DEVPROP_TYPE_NTSTATUS] = 4,    [MAX_DEVPROP_TYPE] = 0,
};

/* Doc:     "DEVPROP_TYPEMOD_ARRAY", "DEVPROP_TYPEMOD_LIST": an array is of a fixed type, a list of
 *          terminated strings, ended by an empty one */
bool property_is_good(const struct pnp_property *property)
{
    DEVPROPTYPE base = property->type & DEVPROP_MASK_TYPE;
    DEVPROPTYPE form = property->type & DEVPROP_MASK_TYPEMOD;
    if (base > MAX_DEVPROP_TYPE || form > MAX_DEVPROP_TYPEMOD ||
        (property->type & ~(DEVPROP_MASK_TYPE | DEVPROP_MASK_TYPEMOD)))
        return false;
    if (base == DEVPROP_TYPE_EMPTY || base == DEVPROP_TYPE_NULL)
        return !form && !property->length;
    bool is_text = base == DEVPROP_TYPE_STRING || base == DEVPROP_TYPE_SECURITY_DESCRIPTOR_STRING ||
                   base == DEVPROP_TYPE_STRING_INDIRECT;
    ULONG count = property->length / (ULONG)sizeof(WCHAR);
    const WCHAR *text = property->data;
    if (is_text && (property->length % sizeof(WCHAR) || !count || text[count - 1]))
        return false;
    if (form == DEVPROP_TYPEMOD_LIST)
        return is_text && (count == 1 || !text[count - 2]);
    if (is_text)
        return !form;
    ULONG fixed = fixed_bytes[base];
    if (form == DEVPROP_TYPEMOD_ARRAY)
        return fixed && property->length % fixed == 0;
    return !fixed || property->length == fixed;
}

/* "@oem1.inf,%name%;Text" stands for the text. */
static UNICODE_STRING text_shown(WCHAR *text, ULONG length)
{
    ULONG count = length / (ULONG)sizeof(WCHAR), from = 0;
    while (count && !text[count - 1])
        count--;
    for (ULONG i = 0; count && text[0] == '@' && i < count; i++)
        if (text[i] == ';')
            from = i + 1;
    USHORT bytes = (USHORT)((count - from) * sizeof(WCHAR));
    return (UNICODE_STRING){bytes, bytes, text + from};
}

static NTSTATUS value_convert(ULONG stored, void *data, ULONG length, DEVPROPTYPE type,
                              struct pnp_property *out_property)
{
    bool is_text = stored == REG_SZ || stored == REG_EXPAND_SZ;
    if (type == DEVPROP_TYPE_STRING || type == DEVPROP_TYPE_GUID) {
        if (!is_text || length > 0xfff0)
            return STATUS_OBJECT_NAME_NOT_FOUND;
        UNICODE_STRING text = text_shown(data, length);
        if (type == DEVPROP_TYPE_STRING)
            return property_of_string(&text, out_property);
        GUID guid;
        if (!NT_SUCCESS(RtlGUIDFromString(&text, &guid)))
            return STATUS_OBJECT_NAME_NOT_FOUND;
        return property_make(type, &guid, sizeof guid, out_property);
    }
    if ((type == DEVPROP_TYPE_UINT32 && (stored != REG_DWORD || length != sizeof(ULONG))) ||
        (type == DEVPROP_TYPE_STRING_LIST && stored != REG_MULTI_SZ) ||
        (type == DEVPROP_TYPE_FILETIME && length != 8))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (type == DEVPROP_TYPE_BOOLEAN) {
        DEVPROP_BOOLEAN value = is_text && length >= sizeof(WCHAR) && *(WCHAR *)data == '1'
                                    ? DEVPROP_TRUE
                                    : DEVPROP_FALSE;
        return property_make(type, &value, sizeof value, out_property);
    }
    return property_make(type, data, length, out_property);
}

NTSTATUS property_value_get(void *key, const WCHAR *value, DEVPROPTYPE type,
                            struct pnp_property *out_property)
{
    UNICODE_STRING name;
    ULONG stored, length;
    void *data;
    RtlInitUnicodeString(&name, value);
    NTSTATUS status = cm_value_get(key, &name, &stored, &data, &length);
    if (!NT_SUCCESS(status))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    status = value_convert(stored, data, length, type, out_property);
    ExFreePool(data);
    return status;
}

NTSTATUS property_value_set(void *key, const WCHAR *value, const struct pnp_property *property)
{
    static const ULONG types[] = {
        [DEVPROP_TYPE_STRING] = REG_SZ, [DEVPROP_TYPE_UINT32] = REG_DWORD, [MAX_DEVPROP_TYPE] = 0};
    UNICODE_STRING name;
    RtlInitUnicodeString(&name, value);
    if (!property->data)
        return cm_value_delete(key, &name);
    if (property->type == DEVPROP_TYPE_GUID) {
        struct key_path text;
        key_path_begin(&text, L"");
        key_path_add_guid(&text, property->data);
        return value_text_set(key, value, &text.name);
    }
    ULONG stored = property->type == DEVPROP_TYPE_STRING_LIST ? REG_MULTI_SZ
                   : property->type <= MAX_DEVPROP_TYPE       ? types[property->type]
                                                              : 0;
    return cm_value_set(key, &name, stored ? stored : REG_BINARY, property->data, property->length);
}
