/* SPDX-License-Identifier: MIT */
/* set.c - device information sets: elements come, are found and go. */
#include "set.h"

#include <stdlib.h>
#include <string.h>

#include "crt/string.h"

struct set *set_of(HDEVINFO handle)
{
    struct set *set = handle;
    if (!set || set == INVALID_HANDLE_VALUE || set->magic != SET_MAGIC)
        return error_fail(ERROR_INVALID_HANDLE), NULL;
    return set;
}

GUID class_of(const wchar_t *instance)
{
    GUID guid = {0};
    wchar_t *text = text_property(instance, 8);
    if (text)
        (void)guid_parse(text, &guid);
    heap_give(text);
    return guid;
}

static struct device_element *device_make(const wchar_t *instance)
{
    struct device_element *element = calloc(1, sizeof *element);
    if (!element || crt_wcscpy_s(element->instance, WIRE_PLUGPLAY_NAME, instance)) {
        free(element);
        return NULL;
    }
    list_init(&element->link);
    list_init(&element->drivers);
    element->params.size = sizeof element->params;
    return element;
}

struct device_element *set_device_add(struct set *set, const wchar_t *instance, bool is_member)
{
    list_for_each(node, &set->devices)
    {
        struct device_element *known = list_entry(node, struct device_element, link);
        if (crt_wcsicmp(known->instance, instance))
            continue;
        known->is_member |= is_member;
        return known;
    }
    struct device_element *element = device_make(instance);
    if (!element)
        return NULL;
    element->node = node_of(instance);
    element->is_registered = true;
    element->is_member = is_member;
    element->class_guid = class_of(instance);
    list_push_back(&set->devices, &element->link);
    return element;
}

struct interface_element *set_interface_add(struct set *set, struct device_element *device,
                                            const GUID *class_guid, const wchar_t *name,
                                            bool is_enabled)
{
    size_t bytes = (crt_wcslen(name) + 1) * sizeof *name;
    struct interface_element *element = calloc(1, sizeof *element + bytes);
    if (!element)
        return NULL;
    memcpy(element->name, name, bytes);
    element->name[1] = '\\';
    element->class_guid = *class_guid;
    element->device = device;
    element->is_enabled = is_enabled;
    list_push_back(&set->interfaces, &element->link);
    return element;
}

void drivers_free(struct device_element *element)
{
    struct list *node;
    while ((node = list_pop_front(&element->drivers)))
        heap_give(node); /* the link is a driver's first member */
    element->selected = NULL;
    element->has_drivers = false;
}

void device_free(struct device_element *element)
{
    drivers_free(element);
    heap_give(element->hardware_ids);
    heap_give(element->class_params);
    free(element);
}

static bool is_of(const struct set *set, const struct device_element *element)
{
    list_for_each(node, &set->devices)
    {
        if (list_entry(node, struct device_element, link) == element)
            return true;
    }
    return false;
}

struct device_element *element_of(HDEVINFO handle, const struct devinfo_data *data,
                                  bool is_set_allowed)
{
    struct set *set = set_of(handle);
    if (!set)
        return NULL;
    if (!data && is_set_allowed) {
        if (!set->own)
            set->own = device_make(L"");
        if (!set->own)
            error_set(ERROR_NOT_ENOUGH_MEMORY);
        return set->own;
    }
    if (!data || data->size != sizeof *data ||
        !is_of(set, (const struct device_element *)data->reserved))
        return error_fail(data && data->size != sizeof *data ? ERROR_INVALID_USER_BUFFER
                                                             : ERROR_INVALID_PARAMETER),
               NULL;
    return (struct device_element *)data->reserved;
}

struct interface_element *interface_of(HDEVINFO handle, const struct interface_data *data)
{
    struct set *set = set_of(handle);
    if (!set)
        return NULL;
    if (!data || data->size != sizeof *data)
        return error_fail(data ? ERROR_INVALID_USER_BUFFER : ERROR_INVALID_PARAMETER), NULL;
    list_for_each(node, &set->interfaces)
    {
        struct interface_element *element = list_entry(node, struct interface_element, link);
        if ((ULONG_PTR)element == data->reserved)
            return element;
    }
    return error_fail(ERROR_INVALID_PARAMETER), NULL;
}

void data_fill(struct devinfo_data *data, const struct device_element *element)
{
    if (!data)
        return;
    data->class_guid = element->class_guid;
    data->node = element->node;
    data->reserved = (ULONG_PTR)element;
}

BOOL property_answer(NTSTATUS status, struct registry_property *property, DWORD *out_type,
                     void *buffer, DWORD room, DWORD *out_needed)
{
    if (!NT_SUCCESS(status))
        return status == STATUS_OBJECT_NAME_NOT_FOUND ? error_fail(ERROR_INVALID_DATA)
               : status == STATUS_INVALID_PARAMETER   ? error_fail(ERROR_INVALID_REG_PROPERTY)
                                                      : setup_result(status);
    if (out_type)
        *out_type = property->type;
    if (out_needed)
        *out_needed = property->length;
    bool fits = buffer && room >= property->length;
    if (fits)
        memcpy(buffer, property->data, property->length);
    heap_give(property->data);
    return fits ? TRUE : error_fail(ERROR_INSUFFICIENT_BUFFER);
}
