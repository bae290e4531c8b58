/* SPDX-License-Identifier: MIT */
/* set_ddi.c - setupapi: device information sets, made, filled, walked. Doc: setupapi.h */
#include "set.h"

#include <stdlib.h>
#include <string.h>

#include "crt/string.h"

#define DIGCF_PRESENT         0x02u
#define DIGCF_ALLCLASSES      0x04u
#define DIGCF_DEVICEINTERFACE 0x10u

/* ---- made and freed
 * ------------------------------------------------------------------------------ */

static struct set *set_make(const GUID *class_guid)
{
    struct set *set = calloc(1, sizeof *set);
    if (!set)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), INVALID_HANDLE_VALUE;
    set->magic = SET_MAGIC;
    set->has_class = class_guid;
    if (class_guid)
        set->class_guid = *class_guid;
    list_init(&set->devices);
    list_init(&set->interfaces);
    return set;
}

EXPORT(BOOL, SetupDiDestroyDeviceInfoList, (HDEVINFO handle))
{
    struct list *node;
    struct set *set = set_of(handle);
    if (!set)
        return FALSE;
    set->magic = 0;
    while ((node = list_pop_front(&set->interfaces)))
        free(list_entry(node, struct interface_element, link));
    while ((node = list_pop_front(&set->devices)))
        device_free(list_entry(node, struct device_element, link));
    if (set->own)
        device_free(set->own);
    free(set);
    return TRUE;
}

EXPORT(HDEVINFO, SetupDiCreateDeviceInfoList, (const GUID *class_guid, HWND parent))
{
    return set_make(class_guid);
}
EXPORT(HDEVINFO, SetupDiCreateDeviceInfoListExW,
       (const GUID *class_guid, HWND parent, const wchar_t *machine, void *reserved))
{
    if (machine && *machine)
        return error_fail(ERROR_INVALID_MACHINENAME), INVALID_HANDLE_VALUE;
    return set_make(class_guid);
}
EXPORT(HDEVINFO, SetupDiCreateDeviceInfoListExA,
       (const GUID *class_guid, HWND parent, const char *machine, void *reserved))
{
    if (machine && *machine)
        return error_fail(ERROR_INVALID_MACHINENAME), INVALID_HANDLE_VALUE;
    return set_make(class_guid);
}

/* ---- filled
 * -------------------------------------------------------------------------------------- */

static NTSTATUS devices_fill(struct set *set, const GUID *class_guid, const wchar_t *enumerator,
                             DWORD flags)
{
    struct plug plug;
    struct wire_plugplay *in = plug_input(enumerator ? enumerator : L"");
    if (!in)
        return STATUS_NO_MEMORY;
    in->flags = !(flags & DIGCF_PRESENT);
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_DEVICES, in, NULL, 0, &plug);
    heap_give(in);
    for (const wchar_t *at = plug.data; NT_SUCCESS(status) && *at; at += crt_wcslen(at) + 1) {
        GUID guid = class_guid ? class_of(at) : (GUID){0};
        if (class_guid && memcmp(&guid, class_guid, sizeof guid) != 0)
            continue;
        if (!set_device_add(set, at, true))
            status = STATUS_NO_MEMORY;
    }
    plug_free(&plug);
    return status;
}

/* One interface by its link; its device comes with it. */
static NTSTATUS interface_fill(struct set *set, const wchar_t *link,
                               struct interface_element **out_element)
{
    struct plug plug;
    GUID guid;
    struct wire_plugplay *in = plug_input(link);
    if (!in)
        return STATUS_NO_MEMORY;
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_INTERFACE, in, NULL, 0, &plug);
    heap_give(in);
    if (NT_SUCCESS(status)) {
        memcpy(&guid, plug.reply->guid, sizeof guid);
        struct device_element *device = set_device_add(set, plug.data, true);
        struct interface_element *element =
            device ? set_interface_add(set, device, &guid, link, plug.reply->flags & 1) : NULL;
        status = element ? STATUS_SUCCESS : STATUS_NO_MEMORY;
        if (out_element)
            *out_element = element;
    }
    plug_free(&plug);
    return status;
}

static NTSTATUS interfaces_fill(struct set *set, const GUID *class_guid, const wchar_t *device,
                                DWORD flags)
{
    struct plug plug;
    struct wire_plugplay *in = plug_input(device ? device : L"");
    if (!in)
        return STATUS_NO_MEMORY;
    in->flags = !(flags & DIGCF_PRESENT);
    if (class_guid)
        memcpy(in->guid, class_guid, sizeof in->guid);
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_INTERFACES, in, NULL, 0, &plug);
    heap_give(in);
    for (const wchar_t *at = plug.data; NT_SUCCESS(status) && *at; at += crt_wcslen(at) + 1) {
        status = interface_fill(set, at, NULL);
        if (status == STATUS_OBJECT_NAME_NOT_FOUND)
            status = STATUS_SUCCESS; /* gone meanwhile */
    }
    plug_free(&plug);
    return status;
}

static HDEVINFO class_devs(const GUID *class_guid, const wchar_t *enumerator, DWORD flags,
                           HDEVINFO into, bool has_machine)
{
    const GUID *wanted = flags & DIGCF_ALLCLASSES ? NULL : class_guid;
    NTSTATUS status;
    if (has_machine)
        return error_fail(ERROR_INVALID_MACHINENAME), INVALID_HANDLE_VALUE;
    if (!class_guid && !(flags & DIGCF_ALLCLASSES))
        return error_fail(ERROR_INVALID_PARAMETER), INVALID_HANDLE_VALUE;
    struct set *set = into ? set_of(into) : set_make(flags & DIGCF_DEVICEINTERFACE ? NULL : wanted);
    if (!set || set == INVALID_HANDLE_VALUE)
        return INVALID_HANDLE_VALUE;
    if (flags & DIGCF_DEVICEINTERFACE)
        status = interfaces_fill(set, wanted, enumerator, flags);
    else
        status = devices_fill(set, wanted, enumerator, flags);
    if (NT_SUCCESS(status))
        return set;
    if (!into)
        SetupDiDestroyDeviceInfoList(set);
    setup_result(status);
    return INVALID_HANDLE_VALUE;
}

EXPORT(HDEVINFO, SetupDiGetClassDevsW,
       (const GUID *class_guid, const wchar_t *enumerator, HWND parent, DWORD flags))
{
    return class_devs(class_guid, enumerator, flags, NULL, false);
}
EXPORT(HDEVINFO, SetupDiGetClassDevsA,
       (const GUID *class_guid, const char *enumerator, HWND parent, DWORD flags))
{
    struct wide wide;
    wide_of(&wide, enumerator);
    HDEVINFO set = class_devs(class_guid, wide.text, flags, NULL, false);
    wide_drop(&wide);
    return set;
}
EXPORT(HDEVINFO, SetupDiGetClassDevsExW,
       (const GUID *class_guid, const wchar_t *enumerator, HWND parent, DWORD flags, HDEVINFO into,
        const wchar_t *machine, void *reserved))
{
    return class_devs(class_guid, enumerator, flags, into, machine && *machine);
}
EXPORT(HDEVINFO, SetupDiGetClassDevsExA,
       (const GUID *class_guid, const char *enumerator, HWND parent, DWORD flags, HDEVINFO into,
        const char *machine, void *reserved))
{
    struct wide wide;
    wide_of(&wide, enumerator);
    HDEVINFO set = class_devs(class_guid, wide.text, flags, into, machine && *machine);
    wide_drop(&wide);
    return set;
}

/* ---- walked
 * -------------------------------------------------------------------------------------- */

EXPORT(BOOL, SetupDiEnumDeviceInfo, (HDEVINFO handle, DWORD index, struct devinfo_data *data))
{
    struct set *set = set_of(handle);
    if (!set)
        return FALSE;
    if (!data || data->size != sizeof *data)
        return error_fail(data ? ERROR_INVALID_USER_BUFFER : ERROR_INVALID_PARAMETER);
    list_for_each(node, &set->devices)
    {
        struct device_element *element = list_entry(node, struct device_element, link);
        if (!element->is_member || index--)
            continue;
        data_fill(data, element);
        return TRUE;
    }
    return error_fail(ERROR_NO_MORE_ITEMS);
}

EXPORT(BOOL, SetupDiEnumDeviceInterfaces,
       (HDEVINFO handle, struct devinfo_data *device, const GUID *class_guid, DWORD index,
        struct interface_data *data))
{
    struct set *set = set_of(handle);
    struct device_element *owner = device && set ? element_of(handle, device, false) : NULL;
    if (!set || (device && !owner))
        return FALSE;
    if (!data || data->size != sizeof *data || !class_guid)
        return error_fail(data && class_guid ? ERROR_INVALID_USER_BUFFER : ERROR_INVALID_PARAMETER);
    list_for_each(node, &set->interfaces)
    {
        struct interface_element *element = list_entry(node, struct interface_element, link);
        if ((owner && element->device != owner) ||
            memcmp(&element->class_guid, class_guid, sizeof *class_guid) != 0 || index--)
            continue;
        data->class_guid = element->class_guid;
        data->flags = element->is_enabled;
        data->reserved = (ULONG_PTR)element;
        return TRUE;
    }
    return error_fail(ERROR_NO_MORE_ITEMS);
}

/* SP_DEVICE_INTERFACE_DETAIL_DATA: a size that is 8 for 64-bit programs, then the path. */

static BOOL interface_detail(HDEVINFO handle, const struct interface_data *data, bool is_wide,
                             DWORD *detail, DWORD room, DWORD *out_needed,
                             struct devinfo_data *device)
{
    struct interface_element *element = interface_of(handle, data);
    DWORD head = sizeof(DWORD), unit = is_wide ? sizeof(wchar_t) : 1, count;
    /* cbSize: the fixed part with one character, packed in 32-bit programs. */
    DWORD least = BY_WIDTH(8, head + unit);
    if (!element)
        return FALSE;
    if (detail && *detail != least)
        return error_fail(ERROR_INVALID_USER_BUFFER);
    DWORD space = room > head ? (room - head) / unit : 0;
    bool fits = text_answer(element->name, is_wide, detail ? detail + 1 : NULL, space, &count);
    DWORD needed = head + count * unit;
    if (needed < least)
        needed = least;
    if (out_needed)
        *out_needed = needed;
    if (device && device->size == sizeof *device)
        data_fill(device, element->device);
    return fits ? TRUE : error_fail(ERROR_INSUFFICIENT_BUFFER);
}

EXPORT(BOOL, SetupDiGetDeviceInterfaceDetailW,
       (HDEVINFO handle, struct interface_data *data, DWORD *detail, DWORD room, DWORD *needed,
        struct devinfo_data *device))
{
    return interface_detail(handle, data, true, detail, room, needed, device);
}
EXPORT(BOOL, SetupDiGetDeviceInterfaceDetailA,
       (HDEVINFO handle, struct interface_data *data, DWORD *detail, DWORD room, DWORD *needed,
        struct devinfo_data *device))
{
    return interface_detail(handle, data, false, detail, room, needed, device);
}

/* ---- one by name
 * --------------------------------------------------------------------------------- */

EXPORT(BOOL, SetupDiOpenDeviceInfoW,
       (HDEVINFO handle, const wchar_t *instance, HWND parent, DWORD flags,
        struct devinfo_data *data))
{
    struct plug plug;
    struct set *set = set_of(handle);
    if (!set)
        return FALSE;
    if (data && data->size != sizeof *data)
        return error_fail(ERROR_INVALID_USER_BUFFER);
    struct wire_plugplay *in = instance ? plug_input(instance) : NULL;
    if (!in)
        return error_fail(ERROR_INVALID_DEVINST_NAME);
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_DEVICE, in, NULL, 0, &plug);
    heap_give(in);
    struct device_element *element =
        NT_SUCCESS(status) ? set_device_add(set, plug.data, true) : NULL;
    plug_free(&plug);
    if (!NT_SUCCESS(status))
        return setup_result(status);
    if (!element)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    data_fill(data, element);
    return TRUE;
}
EXPORT(BOOL, SetupDiOpenDeviceInfoA,
       (HDEVINFO handle, const char *instance, HWND parent, DWORD flags, struct devinfo_data *data))
{
    struct wide wide;
    wide_of(&wide, instance);
    BOOL answer = SetupDiOpenDeviceInfoW(handle, wide.text, parent, flags, data);
    wide_drop(&wide);
    return answer;
}

EXPORT(BOOL, SetupDiDeleteDeviceInfo, (HDEVINFO handle, struct devinfo_data *data))
{
    struct device_element *element = element_of(handle, data, false);
    if (!element)
        return FALSE;
    list_for_each_safe(node, &((struct set *)handle)->interfaces)
    {
        struct interface_element *interface = list_entry(node, struct interface_element, link);
        if (interface->device != element)
            continue;
        list_remove(&interface->link);
        free(interface);
    }
    list_remove(&element->link);
    device_free(element);
    return TRUE;
}

EXPORT(BOOL, SetupDiOpenDeviceInterfaceW,
       (HDEVINFO handle, const wchar_t *link, DWORD flags, struct interface_data *data))
{
    struct interface_element *element = NULL;
    struct set *set = set_of(handle);
    if (!set)
        return FALSE;
    if (!link || (data && data->size != sizeof *data))
        return error_fail(link ? ERROR_INVALID_USER_BUFFER : ERROR_INVALID_PARAMETER);
    NTSTATUS status = interface_fill(set, link, &element);
    if (!NT_SUCCESS(status))
        return error_fail(status == STATUS_NO_MEMORY ? ERROR_NOT_ENOUGH_MEMORY
                                                     : ERROR_NO_SUCH_DEVICE_INTERFACE);
    if (data) {
        data->class_guid = element->class_guid;
        data->flags = element->is_enabled;
        data->reserved = (ULONG_PTR)element;
    }
    return TRUE;
}
EXPORT(BOOL, SetupDiOpenDeviceInterfaceA,
       (HDEVINFO handle, const char *link, DWORD flags, struct interface_data *data))
{
    struct wide wide;
    wide_of(&wide, link);
    BOOL answer = SetupDiOpenDeviceInterfaceW(handle, wide.text, flags, data);
    wide_drop(&wide);
    return answer;
}
EXPORT(BOOL, SetupDiDeleteDeviceInterfaceData, (HDEVINFO handle, struct interface_data *data))
{
    struct interface_element *element = interface_of(handle, data);
    if (!element)
        return FALSE;
    list_remove(&element->link);
    free(element);
    return TRUE;
}

/* ---- what a set and its elements say of themselves
 * ------------------------------------------------- */

static BOOL instance_id(HDEVINFO handle, const struct devinfo_data *data, bool is_wide,
                        void *buffer, DWORD room, DWORD *out_needed)
{
    struct device_element *element = element_of(handle, data, false);
    if (!element)
        return FALSE;
    return text_answer(element->instance, is_wide, buffer, room, out_needed)
               ? TRUE
               : error_fail(ERROR_INSUFFICIENT_BUFFER);
}
EXPORT(BOOL, SetupDiGetDeviceInstanceIdW,
       (HDEVINFO handle, struct devinfo_data *data, wchar_t *buffer, DWORD room, DWORD *needed))
{
    return instance_id(handle, data, true, buffer, room, needed);
}
EXPORT(BOOL, SetupDiGetDeviceInstanceIdA,
       (HDEVINFO handle, struct devinfo_data *data, char *buffer, DWORD room, DWORD *needed))
{
    return instance_id(handle, data, false, buffer, room, needed);
}

#include "pack_begin.h"
struct list_detail_w { /* SP_DEVINFO_LIST_DETAIL_DATA_W */
    DWORD size;
    GUID class_guid;
    HANDLE machine;
    wchar_t machine_name[263];
};
struct list_detail_a {
    DWORD size;
    GUID class_guid;
    HANDLE machine;
    char machine_name[263];
};
#include "pack_end.h"
_Static_assert(sizeof(struct list_detail_w) == BY_WIDTH(560, 550), "SP_DEVINFO_LIST_DETAIL_DATA_W");

EXPORT(BOOL, SetupDiGetDeviceInfoListDetailW, (HDEVINFO handle, struct list_detail_w *detail))
{
    struct set *set = set_of(handle);
    if (!set)
        return FALSE;
    if (!detail || detail->size != sizeof *detail)
        return error_fail(ERROR_INVALID_PARAMETER);
    *detail = (struct list_detail_w){.size = sizeof *detail, .class_guid = set->class_guid};
    return TRUE;
}
EXPORT(BOOL, SetupDiGetDeviceInfoListDetailA, (HDEVINFO handle, struct list_detail_a *detail))
{
    struct set *set = set_of(handle);
    if (!set)
        return FALSE;
    if (!detail || detail->size != sizeof *detail)
        return error_fail(ERROR_INVALID_PARAMETER);
    *detail = (struct list_detail_a){.size = sizeof *detail, .class_guid = set->class_guid};
    return TRUE;
}
EXPORT(BOOL, SetupDiGetDeviceInfoListClass, (HDEVINFO handle, GUID *out_class))
{
    struct set *set = set_of(handle);
    if (!set)
        return FALSE;
    if (!set->has_class)
        return error_fail(SETUP_ERROR(0x200)); /* ERROR_NO_ASSOCIATED_CLASS */
    *out_class = set->class_guid;
    return TRUE;
}
